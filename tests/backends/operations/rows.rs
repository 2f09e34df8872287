//! Rows and statements: bulk insert, execute, and diesel's DSL on the connection.

use diesel::prelude::*;
use migrate_core::engine::backend::BackendKind;
use migrate_core::engine::execute::{Collect, Transactional};
use migrate_core::operation::Operation;
use migrate_core::prelude::*;

use super::{run, users};
use crate::backend::{TestBackend, on_each_backend};

fn many_rows_of_every_kind_of_value_arrive_unchanged<B: TestBackend>() {
    let place = B::place();
    let mut session = B::session(&place);
    run(session.as_mut(), |op| {
        op.create_table(
            table("t")
                .column(column("n", BigInt))
                .column(column("f", Double))
                .column(column("s", Text).nullable())
                .column(column("b", Binary))
                .column(column("y", Bool)),
        )?;
        let rows = (0..2_500_i64).map(|n| {
            (
                n,
                n as f64 / 4.0,
                (n % 2 == 0).then_some("é'`\"\n"),
                vec![0_u8, 255],
                true,
            )
        });
        op.bulk_insert("t", ["n", "f", "s", "b", "y"], rows)?;
        op.bulk_insert(
            "t",
            ["n", "f", "b", "y"],
            [(i64::MIN, f64::MIN_POSITIVE, vec![], false)],
        )
    })
    .unwrap();
    let session = session.as_mut();
    assert_eq!(B::of_rows(session, "count(*)", "t"), ["2501"]);
    assert_eq!(
        B::of_rows(session, "count(*)", "t WHERE n >= 0 AND f * 4 = n"),
        ["2500"]
    );
    assert_eq!(
        B::of_rows(session, "s", "t WHERE n IN (0, 2498)"),
        ["é'`\"\n", "é'`\"\n"]
    );
    assert_eq!(
        B::of_rows(session, "n", "t WHERE NOT y"),
        [i64::MIN.to_string()]
    );
    let bytes = match B::KIND {
        BackendKind::Postgres => "encode(b, 'hex')",
        _ => "lower(hex(b))",
    };
    assert_eq!(B::of_rows(session, bytes, "t WHERE n = 7"), ["00ff"]);
}

fn execute_runs_and_its_undo_reverses_it<B: TestBackend>() {
    let place = B::place();
    let mut session = B::session(&place);
    run(session.as_mut(), users).unwrap();
    let change = Operation::Execute {
        sql: "UPDATE users SET name = upper(name)".into(),
        undo: Some("UPDATE users SET name = lower(name)".into()),
    };
    let name = "SELECT name AS text FROM users WHERE id = 1";
    Transactional::new(session.as_mut())
        .operations()
        .apply(change.clone())
        .unwrap();
    assert_eq!(B::values(session.as_mut(), name), ["ADA"]);
    Transactional::new(session.as_mut())
        .operations()
        .apply(change.reverse().unwrap())
        .unwrap();
    assert_eq!(B::values(session.as_mut(), name), ["ada"]);
}

diesel::table! {
    users (id) {
        id -> Integer,
        name -> Text,
        email -> Nullable<Text>,
    }
}

fn the_connection_runs_diesels_dsl<B: TestBackend>() {
    let place = B::place();
    let mut session = B::session(&place);
    run(session.as_mut(), users).unwrap();
    run(session.as_mut(), |op| {
        let changed = with_connection!(op, |connection| {
            diesel::update(users::table.filter(users::email.is_null()))
                .set(users::email.eq("none@example.com"))
                .execute(connection)
        })?;
        assert_eq!(changed, 1);
        let names: Vec<String> = read_connection!(op, |connection| users::table
            .select(users::name)
            .order(users::id)
            .load(connection))?;
        assert_eq!(names, ["Ada", "Grace"]);
        let count: i64 =
            with_connection!(op, |connection| users::table.count().get_result(connection))?;
        assert_eq!(count, 2);
        Ok(())
    })
    .unwrap();
}

fn irreversible_operations_say_what_is_missing<B: TestBackend>() {
    let place = B::place();
    let session = B::session(&place);
    let mut collect = Collect::new(session.backend());
    let mut op = collect.operations();
    op.drop_table("users").unwrap();
    op.drop_column("users", "email").unwrap();
    op.drop_index("ix").on("users").unwrap();
    op.execute("DELETE FROM users").unwrap();
    op.bulk_insert("users", ["id"], [[1]]).unwrap();
    op.create_table(table("t").column(column("a", Text)).if_not_exists())
        .unwrap();
    let missing: Vec<String> = collect
        .into_operations()
        .iter()
        .map(|operation| operation.reverse().unwrap_err().to_string())
        .collect();
    assert_eq!(
        missing,
        [
            "drop table `users`: cannot be reversed without the definition of what it drops",
            "drop column `email` of `users`: cannot be reversed without the definition of what it drops",
            "drop index `ix` of `users`: cannot be reversed without the definition of what it drops",
            "execute `DELETE FROM users`: cannot be reversed without the SQL that undoes it",
            "insert 1 row into `users`: cannot be reversed without knowing which rows are its own",
            "create table `t`: cannot be reversed without knowing whether it was there before",
        ]
    );
}

on_each_backend! {
    many_rows_of_every_kind_of_value_arrive_unchanged
    execute_runs_and_its_undo_reverses_it
    the_connection_runs_diesels_dsl
    irreversible_operations_say_what_is_missing
}
