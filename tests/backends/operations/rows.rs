//! Rows and statements: bulk insert, execute, and diesel's own DSL on the live connection.

use diesel::prelude::*;
use migrate_core::operation::Operation;
use migrate_core::prelude::*;

use super::{run, users};
use crate::backend::TestBackend;
use crate::sqlite::Sqlite;

#[test]
fn many_rows_of_every_kind_of_value_arrive_as_they_are() {
    let place = Sqlite::place();
    let mut session = Sqlite::session(&place);
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
    let values = |session: &mut dyn migrate_core::backend::Session, query: &str| {
        Sqlite::values(session, query)
    };
    let session = session.as_mut();
    assert_eq!(
        values(session, "SELECT CAST(count(*) AS TEXT) AS text FROM t"),
        ["2501"]
    );
    assert_eq!(
        values(
            session,
            "SELECT CAST(sum(f) AS TEXT) AS text FROM t WHERE n >= 0"
        ),
        ["780937.5"]
    );
    assert_eq!(
        values(
            session,
            "SELECT DISTINCT s AS text FROM t WHERE s IS NOT NULL"
        ),
        ["é'`\"\n"]
    );
    assert_eq!(
        values(session, "SELECT CAST(n AS TEXT) AS text FROM t WHERE NOT y"),
        [i64::MIN.to_string()]
    );
    assert_eq!(
        values(session, "SELECT DISTINCT hex(b) AS text FROM t WHERE y"),
        ["00FF"]
    );
}

#[test]
fn execute_runs_and_its_undo_reverses_it() {
    let place = Sqlite::place();
    let mut session = Sqlite::session(&place);
    run(session.as_mut(), users).unwrap();
    let change = Operation::Execute {
        sql: "UPDATE users SET name = upper(name)".into(),
        undo: Some("UPDATE users SET name = lower(name)".into()),
    };
    let name = "SELECT name AS text FROM users WHERE id = 1";
    Operations::running(session.as_mut())
        .apply(change.clone())
        .unwrap();
    assert_eq!(Sqlite::values(session.as_mut(), name), ["ADA"]);
    Operations::running(session.as_mut())
        .apply(change.reverse().unwrap())
        .unwrap();
    assert_eq!(Sqlite::values(session.as_mut(), name), ["ada"]);
}

diesel::table! {
    users (id) {
        id -> Integer,
        name -> Text,
        email -> Nullable<Text>,
    }
}

#[test]
fn the_connection_runs_diesels_dsl() {
    let place = Sqlite::place();
    let mut session = Sqlite::session(&place);
    run(session.as_mut(), users).unwrap();
    run(session.as_mut(), |op| {
        let changed = with_connection!(op, |connection| {
            diesel::update(users::table.filter(users::email.is_null()))
                .set(users::email.eq("none@example.com"))
                .execute(connection)
        })?;
        assert_eq!(changed, 1);
        let names: Vec<String> = with_connection!(op, |connection| users::table
            .select(users::name)
            .order(users::id)
            .load(connection))?;
        assert_eq!(names, ["Ada", "Grace"]);
        let count: i64 = users::table.count().get_result(op.sqlite()?)?;
        assert_eq!(count, 2);
        Ok(())
    })
    .unwrap();
}

#[test]
fn what_carries_too_little_says_what_is_missing() {
    let place = Sqlite::place();
    let session = Sqlite::session(&place);
    let mut op = Operations::collecting(session.backend());
    op.drop_table("users").unwrap();
    op.drop_column("users", "email").unwrap();
    op.drop_index("ix").on("users").unwrap();
    op.execute("DELETE FROM users").unwrap();
    op.bulk_insert("users", ["id"], [[1]]).unwrap();
    op.create_table(table("t").column(column("a", Text)).if_not_exists())
        .unwrap();
    let missing: Vec<String> = op
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
