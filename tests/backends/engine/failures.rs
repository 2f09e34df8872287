//! A revision that fails: nothing of it is left, and the error says all there is to say.

use diesel::prelude::*;
use migrate_core::error::{Cause, RevisionFailure};
use migrate_core::prelude::*;
use migrate_core::{Error, ErrorKind, History, Migrator};
use migrate_graph::Direction;

use super::applied;
use crate::backend::TestBackend;
use crate::histories::{Run, history, reversible, with_downgrade};
use crate::sqlite::Sqlite;

/// `a` makes a table; `b` does something to it first, and then what is asked.
fn then(up: Run) -> History {
    history(vec![
        reversible("a", &[], |op| {
            op.create_table(table("t").column(column("n", Integer).primary_key()))
        }),
        with_downgrade("b", &["a"], up, |_| Ok(())),
    ])
}

/// Runs `up` as the second of two revisions. It must fail and leave nothing.
fn failure(up: Run) -> RevisionFailure {
    let history = then(up);
    let place = Sqlite::place();
    let mut session = Sqlite::session(&place);
    let session = session.as_mut();
    let error = Migrator::new(&history)
        .upgrade(session, "head")
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Revision);
    let done: Vec<_> = error
        .report()
        .unwrap()
        .steps
        .iter()
        .map(|step| step.revision.clone())
        .collect();
    assert_eq!(done, ["a"]);
    assert_eq!(error.report().unwrap().current, ["a"]);
    let Error::Revision(failure) = error else {
        panic!("{error}")
    };
    assert_eq!(
        (failure.revision.as_str(), failure.direction),
        ("b", Direction::Up)
    );
    if failure.undone {
        assert_eq!(
            Sqlite::values(session, "SELECT CAST(count(*) AS TEXT) AS text FROM t"),
            ["0"]
        );
        assert_eq!(
            Sqlite::catalogue(session)
                .iter()
                .filter(|fact| fact.starts_with("table"))
                .count(),
            1
        );
    }
    assert_eq!(applied(&history, session), ["a"]);
    assert!(!session.in_transaction().unwrap());
    // the lock was given back, and the database can be written
    session.execute("INSERT INTO t VALUES (99)").unwrap();
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1);
    *failure
}

#[test]
fn half_way_names_revision_operation_and_statement() {
    let failure = failure(|op| {
        op.bulk_insert("t", ["n"], [[1], [2]])?;
        op.create_table(table("other").column(column("a", Text)))?;
        op.bulk_insert("t", ["n"], [[3], [1]])?;
        op.execute("never run")
    });
    assert!(failure.undone);
    assert_eq!(failure.operation.as_deref(), Some("insert 2 rows into `t`"));
    assert_eq!(
        failure.statement.as_deref(),
        Some("INSERT INTO `t` (`n`) VALUES\n  (3),\n  (1)")
    );
    assert_eq!(
        failure.to_string(),
        "the upgrade of revision `b` failed: UNIQUE constraint failed: t.n\n  \
         operation: insert 2 rows into `t`\n  statement: INSERT INTO `t` (`n`) VALUES\n  (3),\n  (1)"
    );
    assert_eq!((failure.file, failure.line), ("migrations/b.rs", 3));
}

#[test]
fn what_the_database_cannot_do_is_refused_with_what_to_do() {
    let failure = failure(|op| {
        op.bulk_insert("t", ["n"], [[1]])?;
        op.add_column("t", column("name", Text))
    });
    assert!(failure.undone && failure.statement.is_none());
    assert_eq!(
        failure.help().as_deref(),
        Some("add `.default(…)` or `.nullable()`")
    );
}

#[test]
fn a_column_in_use_is_refused_by_a_look_at_the_catalogue() {
    let refused = failure(|op| {
        op.add_column("t", column("name", Text).nullable())?;
        op.create_index(index("ix_name").on("t", ["name"]))?;
        op.drop_column("t", "name")
    });
    assert!(
        refused
            .to_string()
            .contains("SQLite cannot drop `name` of `t`: the index `ix_name` is over it")
    );
    assert_eq!(
        refused.help().as_deref(),
        Some("op.drop_index(\"ix_name\").on(\"t\") first")
    );
    let refused = failure(|op| op.drop_column("t", "N"));
    assert!(
        refused
            .to_string()
            .contains("it is part of the primary key"),
        "{refused}"
    );
}

#[test]
fn an_operations_error_that_is_swallowed_fails_the_revision_all_the_same() {
    let swallowed = failure(|op| {
        let _ = op.execute("nonsense");
        Ok(())
    });
    assert!(matches!(swallowed.cause, Cause::Swallowed(_)));
    assert_eq!(swallowed.operation.as_deref(), Some("execute `nonsense`"));
    assert!(swallowed.help().is_some());

    let went_on = failure(|op| {
        let _ = op.execute("nonsense");
        op.bulk_insert("t", ["n"], [[1]])
    });
    assert_eq!(went_on.operation.as_deref(), Some("execute `nonsense`"));
}

#[test]
fn the_operation_is_named_however_its_error_was_converted() {
    let failure = failure(|op| {
        op.execute("nonsense")
            .map_err(|_| RevisionError::message("something of my own"))
    });
    assert_eq!(failure.operation.as_deref(), Some("execute `nonsense`"));
    assert!(failure.to_string().contains("something of my own"));
}

#[test]
fn an_error_of_diesels_dsl_is_told_with_its_statement_but_not_its_values() {
    let failure = failure(|op| {
        op.bulk_insert("t", ["n"], [[1]])?;
        let insert = diesel::sql_query("INSERT INTO t (n) VALUES (?)");
        insert
            .bind::<diesel::sql_types::Integer, _>(1)
            .execute(op.sqlite()?)?;
        Ok(())
    });
    assert_eq!(
        failure.to_string(),
        "the upgrade of revision `b` failed: UNIQUE constraint failed: t.n\n  \
         statement: INSERT INTO t (n) VALUES (?)"
    );
}

#[test]
fn a_statement_that_was_allowed_to_fail_is_not_blamed() {
    let failure = failure(|op| {
        let _ = diesel::sql_query("INSERT INTO missing VALUES (1)").execute(op.sqlite()?);
        Err(RevisionError::message("something else"))
    });
    assert_eq!(failure.statement, None);
}

#[test]
fn a_panic_is_a_failure_of_its_revision() {
    let failure = failure(|op| {
        op.bulk_insert("t", ["n"], [[1]])?;
        op.sqlite()?.transaction(|connection| {
            diesel::sql_query("INSERT INTO t VALUES (2)").execute(connection)?;
            if true {
                panic!("a value in the test's body");
            }
            diesel::QueryResult::Ok(())
        })?;
        Ok(())
    });
    assert!(failure.undone);
    assert!(
        matches!(&failure.cause, Cause::Panicked(message) if message == "a value in the test's body")
    );
}

#[test]
fn a_body_that_ends_its_transaction_is_found_out() {
    for up in [
        (|op| op.execute("COMMIT")) as Run,
        |op| op.execute("ROLLBACK"),
        |op| {
            op.execute("COMMIT")?;
            op.execute("BEGIN")
        },
        |op| op.execute("ROLLBACK; BEGIN"),
    ] {
        let failure = failure(up);
        assert!(
            matches!(failure.cause, Cause::EndedTransaction),
            "{failure}"
        );
        assert!(!failure.undone && failure.help().is_some());
    }
}

#[test]
fn a_body_that_leaves_a_transaction_open_is_found_out() {
    use diesel::connection::{AnsiTransactionManager, TransactionManager};
    let failure = failure(|op| {
        op.bulk_insert("t", ["n"], [[1]])?;
        AnsiTransactionManager::begin_transaction(op.sqlite()?)?;
        Ok(())
    });
    assert!(matches!(failure.cause, Cause::OpenTransaction), "{failure}");
    assert!(failure.undone);
}

#[test]
fn a_deferred_key_that_is_broken_fails_at_the_commit() {
    let failure = failure(|op| {
        op.execute("PRAGMA defer_foreign_keys = ON")?;
        let parent = column("parent", Integer).references("t", "n");
        op.create_table(table("child").column(parent))?;
        op.bulk_insert("child", ["parent"], [[7]])
    });
    assert!(failure.undone);
    assert!(matches!(failure.cause, Cause::Commit(_)), "{failure}");
}

#[test]
fn the_first_revision_leaves_not_even_the_version_table() {
    let history = history(vec![reversible("a", &[], |op| op.execute("nonsense"))]);
    let place = Sqlite::place();
    let mut session = Sqlite::session(&place);
    Migrator::new(&history)
        .upgrade(session.as_mut(), "head")
        .unwrap_err();
    assert_eq!(
        Sqlite::values(session.as_mut(), "SELECT name AS text FROM sqlite_schema"),
        [""; 0]
    );
}

#[test]
fn a_downgrade_that_fails_says_so() {
    let history = history(vec![with_downgrade(
        "a",
        &[],
        |_| Ok(()),
        |op| op.execute("nonsense"),
    )]);
    let place = Sqlite::place();
    let mut session = Sqlite::session(&place);
    Migrator::new(&history)
        .upgrade(session.as_mut(), "head")
        .unwrap();
    let error = Migrator::new(&history)
        .downgrade(session.as_mut(), "base")
        .unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("the downgrade of revision `a` failed: near \"nonsense\""),
        "{error}"
    );
    assert_eq!(applied(&history, session.as_mut()), ["a"]);
}
