//! Transactions: the revision's own, nested ones, the caller's, and none at all.

use diesel::Connection;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use migrate_core::prelude::*;
use migrate_core::{Error, Migrator};

use super::applied;
use crate::backend::TestBackend;
use crate::histories::{history, reversible, three, with_downgrade};
use crate::sqlite::Sqlite;

#[test]
fn a_transaction_inside_a_revision_is_a_savepoint_of_it() {
    let history = history(vec![
        reversible("a", &[], |op| {
            op.create_table(table("t").column(column("n", Integer)))
        }),
        with_downgrade(
            "b",
            &["a"],
            |op| {
                op.execute("INSERT INTO t VALUES (1)")?;
                let connection = op.sqlite()?;
                let inner = connection.transaction(|connection| {
                    diesel::sql_query("INSERT INTO t VALUES (2)").execute(connection)?;
                    Err::<(), _>(diesel::result::Error::RollbackTransaction)
                });
                assert_eq!(inner, Err(diesel::result::Error::RollbackTransaction));
                connection.transaction(|connection| {
                    diesel::sql_query("INSERT INTO t VALUES (3)").execute(connection)
                })?;
                Ok(())
            },
            |_| Ok(()),
        ),
    ]);
    let place = Sqlite::place();
    let mut session = Sqlite::session(&place);
    Migrator::new(&history)
        .upgrade(session.as_mut(), "head")
        .unwrap();
    let rows = Sqlite::values(
        session.as_mut(),
        "SELECT CAST(n AS TEXT) AS text FROM t ORDER BY n",
    );
    assert_eq!(rows, ["1", "3"]);
}

#[test]
fn in_the_callers_transaction_all_can_be_rolled_back() {
    let history = three();
    let mut connection = SqliteConnection::establish(":memory:").unwrap();
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

    let mut connection = SqliteConnection::establish(":memory:").unwrap();
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

#[test]
fn a_failure_in_the_callers_transaction_leaves_that_as_it_was() {
    let history = history(vec![
        reversible("a", &[], |op| {
            op.create_table(table("t").column(column("n", Integer)))
        }),
        reversible("b", &["a"], |op| {
            op.execute("INSERT INTO t VALUES (1)")?;
            op.execute("nonsense")
        }),
    ]);
    let mut connection = SqliteConnection::establish(":memory:").unwrap();
    connection
        .transaction(|connection| {
            Migrator::new(&history)
                .upgrade(connection, "head")
                .unwrap_err();
            diesel::sql_query("INSERT INTO t VALUES (5)").execute(connection)
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

#[test]
fn without_a_transaction_what_was_done_stays_and_is_not_recorded() {
    let history = history(vec![
        reversible("a", &[], |op| {
            op.create_table(table("t").column(column("n", Integer)))
        }),
        reversible("b", &["a"], |op| {
            op.execute("PRAGMA foreign_keys = OFF")?;
            op.execute("INSERT INTO t VALUES (1)")?;
            op.execute("nonsense")
        })
        .without_transaction(),
    ]);
    let place = Sqlite::place();
    let mut session = Sqlite::session(&place);
    let session = session.as_mut();
    let Error::Revision(failure) = Migrator::new(&history)
        .upgrade(session, "head")
        .unwrap_err()
    else {
        panic!("a revision failed")
    };
    assert!(!failure.undone);
    assert_eq!(applied(&history, session), ["a"]);
    assert_eq!(
        Sqlite::values(session, "SELECT CAST(n AS TEXT) AS text FROM t"),
        ["1"]
    );
}

#[test]
fn without_a_transaction_pragmas_work_and_the_revision_is_recorded() {
    let history = history(vec![
        with_downgrade(
            "a",
            &[],
            |op| op.execute("PRAGMA journal_mode = WAL"),
            |_| Ok(()),
        )
        .without_transaction(),
        with_downgrade(
            "b",
            &["a"],
            |op| op.execute("VACUUM"),
            |op| op.execute("VACUUM"),
        )
        .without_transaction(),
    ]);
    let place = Sqlite::place();
    let mut session = Sqlite::session(&place);
    let session = session.as_mut();
    Migrator::new(&history).upgrade(session, "head").unwrap();
    assert_eq!(
        Sqlite::values(
            session,
            "SELECT journal_mode AS text FROM pragma_journal_mode"
        ),
        ["wal"]
    );
    Migrator::new(&history).downgrade(session, "-1").unwrap();
    assert_eq!(applied(&history, session), ["a"]);
}

#[test]
fn without_a_transaction_one_that_is_left_open_is_found_out() {
    let history = history(vec![
        with_downgrade("a", &[], |op| op.execute("BEGIN"), |_| Ok(())).without_transaction(),
    ]);
    let place = Sqlite::place();
    let mut session = Sqlite::session(&place);
    let error = Migrator::new(&history)
        .upgrade(session.as_mut(), "head")
        .unwrap_err();
    assert!(
        error.to_string().contains("left a transaction open"),
        "{error}"
    );
}

#[test]
fn without_a_transaction_is_refused_inside_the_callers() {
    let history = history(vec![reversible("a", &[], |_| Ok(())).without_transaction()]);
    let mut connection = SqliteConnection::establish(":memory:").unwrap();
    connection.begin_test_transaction().unwrap();
    let error = Migrator::new(&history)
        .upgrade(&mut connection, "head")
        .unwrap_err();
    assert!(matches!(error, Error::InTransaction { .. }), "{error}");
}
