//! A history in diesel's harness, up and down.

use diesel::Connection;
use diesel_migrations::MigrationHarness;
use migrate_core::Migrator;
use migrate_core::prelude::*;

use crate::backend::{TestBackend, on_each_backend, on_each_that_undoes};
use crate::histories::{history, irreversible, reversible, three, with_downgrade};

fn up_and_down_with_one_record_for_both<B: TestBackend>() {
    let history = three();
    let place = B::place();
    let mut connection = B::connection(&place);
    assert!(connection.has_pending_migration(history).unwrap());
    let versions = connection.run_pending_migrations(history).unwrap();
    let versions: Vec<String> = versions.iter().map(ToString::to_string).collect();
    assert_eq!(versions, ["a", "b", "c"]);
    assert!(
        Migrator::new(&history)
            .status(&mut connection)
            .unwrap()
            .at_heads
    );
    assert!(
        Migrator::new(&history)
            .upgrade(&mut connection, "head")
            .unwrap()
            .steps
            .is_empty()
    );

    connection.revert_last_migration(history).unwrap();
    assert_eq!(
        Migrator::new(&history)
            .status(&mut connection)
            .unwrap()
            .current,
        ["b"]
    );
    connection.revert_all_migrations(history).unwrap();
    assert_eq!(
        Migrator::new(&history)
            .status(&mut connection)
            .unwrap()
            .pending
            .len(),
        3
    );

    Migrator::new(&history)
        .upgrade(&mut connection, "head")
        .unwrap();
    assert!(!connection.has_pending_migration(history).unwrap());
}

fn a_failure_rolls_back_and_names_the_revision<B: TestBackend>() {
    let history = history(vec![reversible("a", &[], |op| {
        op.create_table(table("t").column(column("n", Integer)))?;
        op.execute("nonsense")
    })]);
    let place = B::place();
    let mut connection = B::connection(&place);
    let error = connection
        .run_pending_migrations(history)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("revision `a`") && error.contains("execute `nonsense`"),
        "{error}"
    );
    assert_eq!(
        Migrator::new(&history)
            .status(&mut connection)
            .unwrap()
            .pending,
        ["a"]
    );
    connection
        .transaction(|_| diesel::QueryResult::Ok(()))
        .unwrap();
}

fn without_a_transaction_none_is_opened<B: TestBackend>() {
    let history = history(vec![
        with_downgrade(
            "a",
            &[],
            |op| op.execute("VACUUM"),
            |op| op.execute("VACUUM"),
        )
        .without_transaction(),
    ]);
    let place = B::place();
    let mut connection = B::connection(&place);
    connection.run_pending_migrations(history).unwrap();
    connection.revert_all_migrations(history).unwrap();
}

fn irreversible_revisions_are_refused<B: TestBackend>() {
    let history = history(vec![irreversible("a", &[], |_| Ok(()))]);
    let place = B::place();
    let mut connection = B::connection(&place);
    connection.run_pending_migrations(history).unwrap();
    let error = connection
        .revert_last_migration(history)
        .unwrap_err()
        .to_string();
    assert!(error.contains("`irreversible`"), "{error}");
}

fn an_order_that_diesel_ignores_is_refused<B: TestBackend>() {
    let history = history(vec![
        reversible("b", &[], |_| Ok(())),
        reversible("a", &["b"], |_| Ok(())),
    ]);
    let place = B::place();
    let mut connection = B::connection(&place);
    let error = connection
        .run_pending_migrations(history)
        .unwrap_err()
        .to_string();
    assert!(error.contains("diesel would run `a` before `b`"), "{error}");
    assert_eq!(
        Migrator::new(&history)
            .upgrade(&mut connection, "head")
            .unwrap()
            .steps
            .len(),
        2
    );
}

on_each_backend! {
    up_and_down_with_one_record_for_both
    a_failure_rolls_back_and_names_the_revision
    irreversible_revisions_are_refused
    an_order_that_diesel_ignores_is_refused
}

on_each_that_undoes! {
    without_a_transaction_none_is_opened
}
