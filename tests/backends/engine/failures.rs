//! A revision that fails: nothing of it is left, and the error contains all details.

use std::time::Duration;

use diesel::prelude::*;
use migrate_core::engine::backend::LockRequest;
use migrate_core::error::{Cause, OperationError, RevisionFailure, TransactionFault};
use migrate_core::prelude::*;
use migrate_core::{Error, ErrorKind, History, Migrator, with_connection};
use migrate_graph::Direction;

use super::applied;
use crate::backend::{TestBackend, on_each_backend, on_each_that_undoes};
use crate::histories::{Run, history, reversible, with_downgrade};

/// `a` creates a table; `b` first changes it, and then does what the test asks for.
fn then(up: Run) -> History {
    history(vec![
        reversible("a", &[], |op| {
            op.create_table(table("t").column(column("n", Integer).primary_key()))
        }),
        with_downgrade("b", &["a"], up, |_| Ok(())),
    ])
}

/// Runs `up` as the second of two revisions. It must fail and leave nothing.
pub(crate) fn failure<B: TestBackend>(up: Run) -> RevisionFailure {
    let history = then(up);
    let place = B::place();
    let mut session = B::session(&place);
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
        assert_eq!(B::of_rows(session, "count(*)", "t"), ["0"]);
        assert_eq!(B::tables(session), 1);
    }
    assert_eq!(applied(&history, session), ["a"]);
    assert!(!session.in_transaction().unwrap());
    // the lock was released, and the database can be written
    B::session(&place)
        .lock(&mut LockRequest {
            timeout: Duration::ZERO,
            on_wait: &mut |_| {},
        })
        .unwrap();
    session.execute("INSERT INTO t VALUES (99)").unwrap();
    *failure
}

fn a_failure_half_way_names_revision_operation_and_statement<B: TestBackend>() {
    let failure = failure::<B>(|op| {
        op.bulk_insert("t", ["n"], [[1], [2]])?;
        op.create_table(table("other").column(column("a", Text)))?;
        op.bulk_insert("t", ["n"], [[3], [1]])?;
        op.execute("never run")
    });
    assert!(failure.undone);
    assert_eq!(failure.operation.as_deref(), Some("insert 2 rows into `t`"));
    let statement = failure.statement.as_deref().unwrap();
    assert!(statement.ends_with("VALUES\n  (3),\n  (1)"), "{statement}");
    let text = failure.to_string();
    assert!(
        text.starts_with("the upgrade of revision `b` failed: ")
            && text.contains("\n  operation: insert 2 rows into `t`\n  statement: INSERT INTO "),
        "{text}"
    );
    assert_eq!(
        (failure.file.as_str(), failure.line),
        ("migrations/b.rs", 3)
    );
}

fn a_call_in_another_file_is_named<B: TestBackend>() {
    const BEFORE: u32 = line!();
    fn fails(op: &mut Operations<'_>) -> Result<()> {
        op.drop_table("nothing")
    }
    let failure = failure::<B>(|op| {
        op.execute("INSERT INTO t (n) VALUES (1)")?;
        fails(op)
    });
    let call = format!("{}:{}", file!(), BEFORE + 2);
    assert_eq!(failure.called_at, Some(call));
    // the revision's own place is no call
    assert_eq!(
        (failure.file.as_str(), failure.line),
        ("migrations/b.rs", 3)
    );
}

fn the_first_revision_leaves_no_more_than_the_tables_of_the_engine<B: TestBackend>() {
    let history = history(vec![reversible("a", &[], |op| {
        op.create_table(table("t").column(column("n", Integer)))?;
        op.execute("nonsense")
    })]);
    let place = B::place();
    let mut session = B::session(&place);
    Migrator::new(&history)
        .upgrade(session.as_mut(), "head")
        .unwrap_err();
    assert_eq!(session.applied().unwrap(), Some(vec![]));
    assert_eq!(B::catalogue(session.as_mut()).len(), 0);
}

fn a_swallowed_operation_error_still_fails_the_revision<B: TestBackend>() {
    let swallowed = failure::<B>(|op| {
        let _ = op.execute("nonsense");
        Ok(())
    });
    assert!(matches!(swallowed.cause, Cause::Swallowed(_)));
    assert_eq!(swallowed.operation.as_deref(), Some("execute `nonsense`"));
    assert!(swallowed.help().is_some());

    let went_on = failure::<B>(|op| {
        let _ = op.execute("nonsense");
        op.bulk_insert("t", ["n"], [[1]])
    });
    assert_eq!(went_on.operation.as_deref(), Some("execute `nonsense`"));
}

fn the_operation_is_named_however_its_error_was_converted<B: TestBackend>() {
    let failure = failure::<B>(|op| {
        op.execute("nonsense")
            .map_err(|_| RevisionError::message("something of my own"))
    });
    assert_eq!(failure.operation.as_deref(), Some("execute `nonsense`"));
    assert!(failure.to_string().contains("something of my own"));
}

fn diesel_errors_show_the_statement_but_not_its_values<B: TestBackend>() {
    let failure = failure::<B>(|op| {
        op.bulk_insert("t", ["n"], [[1]])?;
        let insert = format!("INSERT INTO t (n) VALUES ({})", B::PLACEHOLDER);
        with_connection!(op, |connection| diesel::sql_query(&insert)
            .bind::<diesel::sql_types::Integer, _>(1)
            .execute(connection))?;
        Ok(())
    });
    assert!(failure.operation.is_none(), "{failure}");
    assert_eq!(
        failure.statement,
        Some(format!("INSERT INTO t (n) VALUES ({})", B::PLACEHOLDER))
    );
}

fn a_statement_that_was_allowed_to_fail_is_not_blamed<B: TestBackend>() {
    let failure = failure::<B>(|op| {
        let _ = with_connection!(op, |connection| diesel::sql_query(
            "INSERT INTO missing VALUES (1)"
        )
        .execute(connection));
        Err(RevisionError::message("something else"))
    });
    assert_eq!(failure.statement, None);
}

fn a_panic_is_a_failure_of_its_revision<B: TestBackend>() {
    let failure = failure::<B>(|op| {
        op.bulk_insert("t", ["n"], [[1]])?;
        with_connection!(op, |connection| {
            connection.transaction(|connection| {
                diesel::sql_query("INSERT INTO t VALUES (2)").execute(connection)?;
                if true {
                    panic!("a value in the test's body");
                }
                diesel::QueryResult::Ok(())
            })
        })
    });
    assert!(failure.undone);
    assert!(
        matches!(&failure.cause, Cause::Panicked(message) if message == "a value in the test's body")
    );
}

/// Sends SQL over the connection itself, past the operations.
pub(crate) fn past_the_operations(op: &mut Operations<'_>, sql: &str) -> Result<()> {
    use diesel::connection::SimpleConnection;
    with_connection!(op, |connection| connection.batch_execute(sql))?;
    Ok(())
}

fn a_statement_that_would_end_the_transaction_is_not_sent<B: TestBackend>() {
    for up in [
        (|op| op.execute("COMMIT")) as Run,
        |op| op.execute("/* a */ Rollback"),
        |op| op.execute("INSERT INTO t VALUES (2); COMMIT; BEGIN"),
    ] {
        let failure = failure::<B>(up);
        let Cause::Body(error) = &failure.cause else {
            panic!("{failure}")
        };
        let Some(OperationError::TransactionControl(control)) = error.downcast_ref() else {
            panic!("{failure}")
        };
        assert_eq!(
            (control.fault, control.line),
            (TransactionFault::Controls, None)
        );
        assert!(
            failure
                .help()
                .unwrap()
                .typed("cargo migrate")
                .contains("transaction = false")
        );
        assert!(failure.undone);
    }
}

fn a_body_that_ends_its_transaction_is_detected<B: TestBackend>() {
    for up in [
        (|op| past_the_operations(op, "COMMIT")) as Run,
        |op| past_the_operations(op, "ROLLBACK"),
        |op| {
            past_the_operations(op, "COMMIT")?;
            past_the_operations(op, "BEGIN")
        },
        |op| past_the_operations(op, "ROLLBACK; BEGIN"),
    ] {
        let failure = failure::<B>(up);
        assert!(
            matches!(failure.cause, Cause::EndedTransaction),
            "{failure}"
        );
        assert!(!failure.undone && failure.help().is_some());
    }
}

fn a_body_that_leaves_a_transaction_open_is_detected<B: TestBackend>() {
    use diesel::connection::{AnsiTransactionManager, TransactionManager};
    let failure = failure::<B>(|op| {
        op.bulk_insert("t", ["n"], [[1]])?;
        with_connection!(op, |connection| {
            AnsiTransactionManager::begin_transaction(connection)
        })
    });
    assert!(matches!(failure.cause, Cause::OpenTransaction), "{failure}");
    assert!(failure.undone);
}

fn a_downgrade_that_fails_says_so<B: TestBackend>() {
    let history = history(vec![with_downgrade(
        "a",
        &[],
        |_| Ok(()),
        |op| op.execute("nonsense"),
    )]);
    let place = B::place();
    let mut session = B::session(&place);
    Migrator::new(&history)
        .upgrade(session.as_mut(), "head")
        .unwrap();
    let error = Migrator::new(&history)
        .downgrade(session.as_mut(), "base")
        .unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("the downgrade of revision `a` failed: "),
        "{error}"
    );
    assert_eq!(applied(&history, session.as_mut()), ["a"]);
}

on_each_backend! {
    a_call_in_another_file_is_named
    a_swallowed_operation_error_still_fails_the_revision
    the_operation_is_named_however_its_error_was_converted
    diesel_errors_show_the_statement_but_not_its_values
    a_statement_that_was_allowed_to_fail_is_not_blamed
    a_panic_is_a_failure_of_its_revision
    a_body_that_ends_its_transaction_is_detected
    a_statement_that_would_end_the_transaction_is_not_sent
    a_body_that_leaves_a_transaction_open_is_detected
    a_downgrade_that_fails_says_so
}

on_each_that_undoes! {
    a_failure_half_way_names_revision_operation_and_statement
    the_first_revision_leaves_no_more_than_the_tables_of_the_engine
}
