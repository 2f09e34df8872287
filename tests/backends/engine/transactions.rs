//! Transactions: the revision's own, nested ones, the caller's, and none at all.

use diesel::Connection;
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::prelude::*;
use migrate_core::prelude::*;
use migrate_core::{Error, Migrator, with_connection};

use super::applied;
use super::failures::{failure, past_the_operations};
use crate::backend::{TestBackend, on_each_backend, on_each_that_undoes};
use crate::histories::{history, reversible, three, with_downgrade};

fn a_transaction_inside_a_revision_is_a_savepoint_of_it<B: TestBackend>() {
    let history = history(vec![
        reversible("a", &[], |op| {
            op.create_table(table("t").column(column("n", Integer)))
        }),
        with_downgrade(
            "b",
            &["a"],
            |op| {
                op.execute("INSERT INTO t VALUES (1)")?;
                let inner = with_connection!(op, |connection| {
                    connection.transaction(|connection| {
                        diesel::sql_query("INSERT INTO t VALUES (2)").execute(connection)?;
                        Err::<(), _>(diesel::result::Error::RollbackTransaction)
                    })
                });
                let error = inner.unwrap_err();
                assert_eq!(
                    error.downcast_ref(),
                    Some(&diesel::result::Error::RollbackTransaction)
                );
                with_connection!(op, |connection| {
                    connection.transaction(|connection| {
                        diesel::sql_query("INSERT INTO t VALUES (3)").execute(connection)
                    })
                })?;
                Ok(())
            },
            |_| Ok(()),
        ),
    ]);
    let place = B::place();
    let mut session = B::session(&place);
    Migrator::new(&history)
        .upgrade(session.as_mut(), "head")
        .unwrap();
    let rows = B::of_rows(session.as_mut(), "n", "t");
    assert_eq!(rows, ["1", "3"]);
}

fn in_the_callers_transaction_all_can_be_rolled_back<B: TestBackend>() {
    let history = three();
    let place = B::place();
    let mut connection = B::connection(&place);
    connection.begin_test_transaction().unwrap();
    assert_eq!(
        Migrator::new(&history)
            .upgrade(&mut connection, "head")
            .unwrap()
            .steps
            .len(),
        3
    );
    assert!(
        Migrator::new(&history)
            .status(&mut connection)
            .unwrap()
            .at_heads
    );

    let place = B::place();
    let mut connection = B::connection(&place);
    let rolled_back = connection.transaction(|connection| {
        Migrator::new(&history).upgrade(connection, "head").unwrap();
        Err::<(), _>(diesel::result::Error::RollbackTransaction)
    });
    assert!(rolled_back.is_err());
    assert_eq!(
        Migrator::new(&history)
            .status(&mut connection)
            .unwrap()
            .pending
            .len(),
        3
    );
}

fn a_failure_in_the_callers_transaction_leaves_that_as_it_was<B: TestBackend>() {
    let history = history(vec![
        reversible("a", &[], |op| {
            op.create_table(table("t").column(column("n", Integer)))
        }),
        reversible("b", &["a"], |op| {
            op.execute("INSERT INTO t VALUES (1)")?;
            op.execute("nonsense")
        }),
    ]);
    let place = B::place();
    let mut connection = B::connection(&place);
    connection
        .transaction(|connection| {
            Migrator::new(&history)
                .upgrade(connection, "head")
                .unwrap_err();
            connection.batch_execute("INSERT INTO t VALUES (5)")
        })
        .unwrap();
    assert_eq!(
        Migrator::new(&history)
            .status(&mut connection)
            .unwrap()
            .current,
        ["a"]
    );
}

fn without_a_transaction_changes_stay_and_are_not_recorded<B: TestBackend>() {
    let history = history(vec![
        reversible("a", &[], |op| {
            op.create_table(table("t").column(column("n", Integer)))
        }),
        reversible("b", &["a"], |op| {
            op.execute("INSERT INTO t VALUES (1)")?;
            op.execute("nonsense")
        })
        .without_transaction(),
    ]);
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    let Error::Revision(failure) = Migrator::new(&history)
        .upgrade(session, "head")
        .unwrap_err()
    else {
        panic!("a revision failed")
    };
    assert!(!failure.undone);
    assert_eq!(applied(&history, session), ["a"]);
    assert_eq!(B::of_rows(session, "n", "t"), ["1"]);
}

fn commits_of_a_failed_body_are_not_reported_as_rolled_back<B: TestBackend>() {
    let one_by_one = failure::<B>(|op| {
        op.execute("INSERT INTO t VALUES (1)")?;
        past_the_operations(op, "COMMIT")?;
        op.execute("INSERT INTO t VALUES (2)")?;
        op.execute("SELECT nope")
    });
    assert!(!one_by_one.undone);
    let swallowed = failure::<B>(|op| {
        op.execute("INSERT INTO t VALUES (1)")?;
        past_the_operations(op, "COMMIT")?;
        Err(std::io::Error::other("enough").into())
    });
    assert!(!swallowed.undone);
}

fn a_nested_transaction_left_open_by_a_failure_is_rolled_back<B: TestBackend>() {
    let history = history(vec![
        reversible("a", &[], |op| {
            op.create_table(table("t").column(column("n", Integer)))
        }),
        reversible("b", &["a"], |op| {
            with_connection!(op, |connection| {
                AnsiTransactionManager::begin_transaction(connection)
            })?;
            op.execute("INSERT INTO t VALUES (1)")?;
            Err(std::io::Error::other("enough").into())
        }),
    ]);
    let place = B::place();
    let mut connection = B::connection(&place);
    connection
        .transaction(|connection| {
            let error = Migrator::new(&history)
                .upgrade(connection, "head")
                .unwrap_err();
            let Error::Revision(failure) = error else {
                panic!("{error}")
            };
            assert!(failure.undone);
            connection.batch_execute("INSERT INTO t VALUES (5)")
        })
        .unwrap();
    let mut session = B::session(&place);
    assert_eq!(B::of_rows(session.as_mut(), "n", "t"), ["5"]);
    assert_eq!(applied(&history, session.as_mut()), ["a"]);
}

fn without_a_transaction_one_left_open_is_detected<B: TestBackend>() {
    let history = history(vec![
        with_downgrade(
            "a",
            &[],
            |op| {
                with_connection!(op, |connection| connection.batch_execute("BEGIN"))?;
                Ok(())
            },
            |_| Ok(()),
        )
        .without_transaction(),
    ]);
    let place = B::place();
    let mut session = B::session(&place);
    let error = Migrator::new(&history)
        .upgrade(session.as_mut(), "head")
        .unwrap_err();
    assert!(
        error.to_string().contains("left a transaction open"),
        "{error}"
    );
}

fn without_a_transaction_is_refused_inside_the_callers<B: TestBackend>() {
    let history = history(vec![reversible("a", &[], |_| Ok(())).without_transaction()]);
    let place = B::place();
    let mut connection = B::connection(&place);
    connection.begin_test_transaction().unwrap();
    let error = Migrator::new(&history)
        .upgrade(&mut connection, "head")
        .unwrap_err();
    assert!(matches!(error, Error::InTransaction { .. }), "{error}");
}

on_each_backend! {
    a_transaction_inside_a_revision_is_a_savepoint_of_it
    commits_of_a_failed_body_are_not_reported_as_rolled_back
    without_a_transaction_changes_stay_and_are_not_recorded
    without_a_transaction_is_refused_inside_the_callers
}

on_each_that_undoes! {
    a_nested_transaction_left_open_by_a_failure_is_rolled_back
    in_the_callers_transaction_all_can_be_rolled_back
    a_failure_in_the_callers_transaction_leaves_that_as_it_was
    without_a_transaction_one_left_open_is_detected
}
