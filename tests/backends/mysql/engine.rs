//! The engine on servers that commit changes of the schema by themselves.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::{Instrumentation, InstrumentationEvent};
use diesel::prelude::*;
use migrate_core::engine::backend::{Access, LockRequest, Session};
use migrate_core::error::{Cause, LockError, RevisionFailure};
use migrate_core::migrator::Report;
use migrate_core::prelude::*;
use migrate_core::{Error, ErrorKind, History, Migrator};

use super::on_both;
use crate::backend::TestBackend;
use crate::engine::applied;
use crate::engine::limits::{self, Deadlock};
use crate::histories::{Run, history, irreversible};

fn only(up: Run) -> History {
    history(vec![irreversible("a", &[], up)])
}

fn failure<B: TestBackend>(up: Run) -> (RevisionFailure, Vec<String>) {
    let history = only(up);
    let place = B::place();
    let mut session = B::session(&place);
    let error = Migrator::new(&history)
        .upgrade(session.as_mut(), "head")
        .unwrap_err();
    let Error::Revision(failure) = error else {
        panic!("{error}")
    };
    assert_eq!(applied(&history, session.as_mut()), [""; 0]);
    assert!(!session.in_transaction().unwrap());
    let tables = B::catalogue(session.as_mut())
        .into_iter()
        .filter_map(|fact| Some(fact.strip_prefix("table ")?.split(' ').next()?.to_owned()))
        .collect();
    (*failure, tables)
}

fn changes_that_stay_after_a_failure_are_reported<B: TestBackend>() {
    let (failure, tables) = failure::<B>(|op| {
        op.create_table(table("one").column(column("n", Integer)))?;
        op.bulk_insert("one", ["n"], [(1,)])?;
        op.create_table(table("two").column(column("n", Integer)))?;
        op.bulk_insert("two", ["n"], [(2,)])?;
        op.bulk_insert("nowhere", ["n"], [(3,)])
    });
    assert!(!failure.undone);
    assert_eq!(
        failure.kept,
        [
            "create table `one`",
            "insert 1 row into `one`",
            "create table `two`"
        ]
    );
    assert_eq!(tables, ["one", "two"]);
    let said = failure.to_string();
    assert!(said.contains("(error 1146)"), "{said}");
    assert!(
        said.contains("not rolled back: create table `two`"),
        "{said}"
    );
    assert!(
        failure
            .help()
            .unwrap()
            .typed("cargo migrate")
            .contains("`cargo migrate down -1`")
    );
}

/// A reverse is only offered if there is one.
fn irreversible_operations_are_not_reported_as_revertible<B: TestBackend>() {
    let (failure, _) = failure::<B>(|op| {
        op.execute("CREATE TABLE one (n INT)")?;
        op.bulk_insert("nowhere", ["n"], [(3,)])
    });
    assert!(!failure.undone);
    assert!(!failure.can_be_reverted);
    let help = failure.help().unwrap_or_default().typed("cargo migrate");
    assert!(!help.contains("down -1"), "{help}");
}

fn a_failed_change_of_the_schema_commits_what_came_before<B: TestBackend>() {
    let (failure, tables) = failure::<B>(|op| {
        op.create_table(table("one").column(column("n", Integer)))?;
        op.bulk_insert("one", ["n"], [(1,)])?;
        op.create_table(table("one").column(column("n", Integer)))
    });
    assert!(!failure.undone);
    assert_eq!(
        failure.kept,
        ["create table `one`", "insert 1 row into `one`"]
    );
    assert_eq!(tables, ["one"]);
    assert!(failure.to_string().contains("(error 1050)"), "{failure}");
}

fn rows_alone_are_undone<B: TestBackend>() {
    let up: Run = |op| {
        op.bulk_insert("t", ["n"], [(1,)])?;
        op.bulk_insert("nowhere", ["n"], [(3,)])
    };
    let history = only(up);
    let place = B::place();
    let mut session = B::session(&place);
    session.execute("CREATE TABLE t (n INT)").unwrap();
    let error = Migrator::new(&history)
        .upgrade(session.as_mut(), "head")
        .unwrap_err();
    let Error::Revision(failure) = error else {
        panic!("{error}")
    };
    assert!(failure.undone);
    assert_eq!(failure.kept, [""; 0]);
    assert_eq!(B::of_rows(session.as_mut(), "count(*)", "t"), ["0"]);
}

fn rows_after_a_change_of_the_schema_are_undone<B: TestBackend>() {
    let history = only(|op| {
        op.create_table(table("t").column(column("n", Integer)))?;
        op.bulk_insert("t", ["n"], [(1,)])?;
        diesel::sql_query("INSERT INTO t VALUES (2)").execute(op.mysql()?)?;
        Err(RevisionError::message("no more"))
    });
    let place = B::place();
    let mut session = B::session(&place);
    let error = Migrator::new(&history)
        .upgrade(session.as_mut(), "head")
        .unwrap_err();
    let Error::Revision(failure) = error else {
        panic!("{error}")
    };
    assert!(!failure.undone);
    assert_eq!(failure.kept, ["create table `t`"]);
    assert_eq!(B::of_rows(session.as_mut(), "count(*)", "t"), ["0"]);
}

fn a_change_past_the_operations_is_recorded<B: TestBackend>() {
    let history = only(|op| {
        let connection = op.mysql()?;
        diesel::sql_query("CREATE TABLE t (n INT)").execute(connection)?;
        diesel::sql_query("INSERT INTO t VALUES (1)").execute(connection)?;
        Ok(())
    });
    let place = B::place();
    let mut session = B::session(&place);
    Migrator::new(&history)
        .upgrade(session.as_mut(), "head")
        .unwrap();
    assert_eq!(applied(&history, session.as_mut()), ["a"]);
    let mut other = B::session(&place);
    assert_eq!(B::of_rows(other.as_mut(), "n", "t"), ["1"]);
}

fn a_change_past_the_operations_is_noticed_when_it_fails<B: TestBackend>() {
    let (failure, tables) = failure::<B>(|op| {
        diesel::sql_query("CREATE TABLE t (n INT)").execute(op.mysql()?)?;
        Err(RevisionError::message("no more"))
    });
    assert!(!failure.undone);
    assert_eq!(tables, ["t"]);
}

fn a_revision_must_not_end_its_transaction<B: TestBackend>() {
    let bodies: [Run; 2] = [
        |op| {
            Ok(diesel::sql_query("ROLLBACK")
                .execute(op.mysql()?)
                .map(drop)?)
        },
        |op| Ok(diesel::sql_query("COMMIT").execute(op.mysql()?).map(drop)?),
    ];
    for body in bodies {
        let (failure, _) = failure::<B>(body);
        assert!(
            matches!(failure.cause, Cause::EndedTransaction),
            "{failure}"
        );
    }
}

/// A deadlock in which the server rolled the run's transaction back. The journal inserts a row
/// between two operations: it would take the generated number, and cannot be written under the
/// lock.
fn statements_that_the_journal_would_separate_are_refused<B: TestBackend>() {
    let cases: [(Run, &str); 2] = [
        (|op| op.execute("SET insert_id = 50"), "into the INSERT"),
        (
            |op| op.execute("LOCK TABLES t WRITE"),
            "as one text, from BEGIN to COMMIT",
        ),
    ];
    for (run, help) in cases {
        let place = B::place();
        let history = only(run);
        let error = Migrator::new(&history)
            .upgrade(B::session(&place).as_mut(), "head")
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Revision, "{error}");
        let said = error.help().unwrap_or_default().typed("cargo migrate");
        assert!(said.contains(help), "{error}: {said}");
    }
}

fn a_lost_deadlock<B: TestBackend>(
    body: Run,
    run: impl Fn(&Migrator<'_>, &B::Place) -> Result<Report, Error>,
) -> Deadlock<B::Place> {
    (0..5)
        .map(|_| limits::in_a_deadlock::<B>(body, &run))
        .find(|deadlock| !deadlock.other_lost)
        .expect("the run has less to lose than the other session")
}

/// The server has rolled the transaction back, whatever the body does with the error.
fn an_ignored_deadlock_is_not_a_success<B: TestBackend>() {
    let body: Run = |op| {
        op.execute("UPDATE t SET n = n + 10")?;
        let _ = diesel::sql_query("UPDATE u SET n = n + 10").execute(op.mysql()?);
        Ok(())
    };
    let deadlock = a_lost_deadlock::<B>(body, |migrator, place| {
        migrator.upgrade(B::session(place).as_mut(), "head")
    });
    deadlock.outcome.as_ref().unwrap();
    assert_eq!(deadlock.retries, 1);
    assert_eq!(deadlock.rows::<B>("t"), ["11"]);
    assert_eq!(deadlock.rows::<B>("u"), ["11"]);

    // this also works if only the owner of a borrowed connection saw the error, without another
    // attempt
    let deadlock = a_lost_deadlock::<B>(body, |migrator, place| {
        migrator.upgrade(&mut B::connection(place), "head")
    });
    let error = deadlock.outcome.as_ref().unwrap_err();
    assert!(
        error
            .to_string()
            .contains("the server undid the transaction"),
        "{error}"
    );
    assert_eq!(deadlock.rows::<B>("t"), ["1"]);
    assert_eq!(error.report().unwrap().current, ["a"]);
}

/// After the server has rolled the transaction back, each statement commits by itself.
fn statements_after_a_deadlock_are_not_reported_as_rolled_back<B: TestBackend>() {
    let body: Run = |op| {
        op.execute("UPDATE t SET n = n + 10")?;
        let connection = op.mysql()?;
        let update = || diesel::sql_query("UPDATE u SET n = n + 10");
        let _ = update().execute(connection);
        update().execute(connection)?;
        Ok(())
    };
    let deadlock = a_lost_deadlock::<B>(body, |migrator, place| {
        migrator.upgrade(B::session(place).as_mut(), "head")
    });
    assert_eq!(deadlock.retries, 0);
    let Err(Error::Revision(failure)) = &deadlock.outcome else {
        panic!("{:?}", deadlock.outcome)
    };
    assert!(!failure.undone, "{failure}");
    assert!(
        failure
            .to_string()
            .contains("what the revision did after it is committed"),
        "{failure}"
    );
    assert_eq!(deadlock.rows::<B>("t"), ["1"]);
    assert_eq!(deadlock.rows::<B>("u"), ["11"]);
}

/// What a block did is committed by the record before the next operation, whatever the outcome of
/// that.
fn a_block_before_an_operation_that_times_out_is_not_rolled_back<B: TestBackend>() {
    let history = history(vec![
        irreversible("a", &[], |op| {
            op.create_table(table("t").column(column("n", Integer).primary_key()))?;
            op.create_table(table("kept").column(column("n", Integer)))
        }),
        irreversible("b", &["a"], |op| {
            diesel::sql_query("INSERT INTO kept VALUES (1)").execute(op.mysql()?)?;
            op.add_column("t", column("m", Integer).nullable())
        }),
    ]);
    let place = B::place();
    Migrator::new(&history)
        .upgrade(B::session(&place).as_mut(), "a")
        .unwrap();
    let error = limits::while_read::<B, _>(&place, |_end| {
        Migrator::new(&history)
            .statement_lock_timeout(Duration::from_secs(1))
            .lock_retries(2)
            .upgrade(B::session(&place).as_mut(), "head")
            .unwrap_err()
    });
    let Error::Revision(failure) = error else {
        panic!("{error}")
    };
    assert!(!failure.undone, "{failure}");
    assert_eq!(B::of_rows(B::session(&place).as_mut(), "n", "kept"), ["1"]);
}

/// Transaction statements of a revision without a transaction do not count against the one after
/// it.
fn transactions_of_an_earlier_revision_are_not_counted<B: TestBackend>() {
    let history = history(vec![
        irreversible("a", &[], |op| {
            op.create_table(table("t").column(column("n", Integer)))
        }),
        irreversible("b", &["a"], |op| {
            let insert = diesel::sql_query("INSERT INTO t VALUES (1)");
            op.mysql()?
                .transaction::<_, diesel::result::Error, _>(|connection| {
                    insert.execute(connection)
                })?;
            Ok(())
        })
        .without_transaction(),
        irreversible("c", &["b"], |op| {
            diesel::sql_query("ALTER TABLE t ADD m INT").execute(op.mysql()?)?;
            Ok(())
        }),
    ]);
    let place = B::place();
    let mut session = B::session(&place);
    Migrator::new(&history)
        .upgrade(session.as_mut(), "head")
        .unwrap();
    assert_eq!(applied(&history, session.as_mut()), ["a", "b", "c"]);
}

/// The engine commits in between, with its journal entries, and a change past the operations
/// commits too.
fn journal_writes_do_not_count_as_commits_of_the_revision<B: TestBackend>() {
    let history = only(|op| {
        op.create_table(table("t").column(column("n", Integer)))?;
        diesel::sql_query("INSERT INTO t VALUES (1)").execute(op.mysql()?)?;
        diesel::sql_query("ALTER TABLE t ADD m INT").execute(op.mysql()?)?;
        op.create_table(table("u").column(column("n", Integer)))
    });
    let place = B::place();
    let mut session = B::session(&place);
    Migrator::new(&history)
        .upgrade(session.as_mut(), "head")
        .unwrap();
    assert_eq!(applied(&history, session.as_mut()), ["a"]);
}

fn a_callers_transaction_is_not_committed<B: TestBackend>() {
    let history = only(|op| op.create_table(table("t").column(column("n", Integer))));
    let place = B::place();
    let mut connection = B::connection(&place);
    let outcome = connection.transaction::<_, diesel::result::Error, _>(|connection| {
        Ok(Migrator::new(&history).upgrade(connection, "head"))
    });
    let error = outcome.unwrap().unwrap_err();
    assert!(matches!(error, Error::InTransaction { .. }), "{error}");
    assert_eq!(error.kind(), ErrorKind::Refused);
    Migrator::new(&history)
        .upgrade(&mut connection, "head")
        .unwrap();
}

fn a_revision_may_use_another_database<B: TestBackend>() {
    let history = only(|op| op.execute("USE information_schema"));
    let place = B::place();
    let mut session = B::session(&place);
    Migrator::new(&history)
        .upgrade(session.as_mut(), "head")
        .unwrap();
    assert_eq!(applied(&history, B::session(&place).as_mut()), ["a"]);
}

fn lock(session: &mut dyn Session, timeout: Duration) -> Result<(), LockError> {
    session
        .lock(&mut LockRequest {
            timeout,
            on_wait: &mut |_| {},
        })
        .map(drop)
}

fn two_databases_do_not_block_each_other<B: TestBackend>() {
    let (one, other) = (B::place(), B::place());
    let mut first = B::session(&one);
    let mut second = B::session(&other);
    lock(first.as_mut(), Duration::ZERO).unwrap();
    lock(second.as_mut(), Duration::ZERO).unwrap();
}

fn a_held_lock_names_its_connection<B: TestBackend>() {
    let place = B::place();
    let mut first = B::session(&place);
    lock(first.as_mut(), Duration::ZERO).unwrap();
    let id = first
        .texts("SELECT CAST(CONNECTION_ID() AS CHAR) AS text")
        .unwrap()
        .remove(0);
    let mut second = B::session(&place);
    let start = Instant::now();
    let error = lock(second.as_mut(), Duration::from_millis(1300)).unwrap_err();
    let waited = start.elapsed();
    assert!(waited >= Duration::from_millis(1300), "{waited:?}");
    assert!(waited < Duration::from_secs(3), "{waited:?}");
    let said = error.to_string();
    assert!(said.contains(&format!("connection {id}")), "{said}");
    assert!(said.contains("127.0.0.1"), "{said}");
    first.unlock();
    lock(second.as_mut(), Duration::ZERO).unwrap();
}

fn a_killed_holder_frees_the_lock<B: TestBackend>() {
    let place = B::place();
    let mut first = B::session(&place);
    lock(first.as_mut(), Duration::ZERO).unwrap();
    let id = first
        .texts("SELECT CAST(CONNECTION_ID() AS CHAR) AS text")
        .unwrap()
        .remove(0);
    let mut second = B::session(&place);
    let waiter = std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(200));
            let mut killer = B::session(&place);
            killer.execute(&format!("KILL {id}")).unwrap();
        });
        let start = Instant::now();
        lock(second.as_mut(), Duration::from_secs(30)).unwrap();
        start.elapsed()
    });
    assert!(waiter < Duration::from_secs(5), "{waiter:?}");
}

fn a_lost_lock_is_noticed_before_the_next_step<B: TestBackend>() {
    let history = history(vec![
        irreversible("a", &[], |op| op.execute("DO RELEASE_ALL_LOCKS()")),
        irreversible("b", &["a"], |op| {
            op.create_table(table("t").column(column("n", Integer)))
        }),
    ]);
    let place = B::place();
    let mut session = B::session(&place);
    let error = Migrator::new(&history)
        .upgrade(session.as_mut(), "head")
        .unwrap_err();
    assert!(
        error.to_string().contains("the migration lock was lost"),
        "{error}"
    );
    assert_eq!(applied(&history, session.as_mut()), ["a"]);
    assert_eq!(B::tables(session.as_mut()), 0);
}

/// Counts the statements of a connection.
struct Counter(Arc<AtomicUsize>);

impl Instrumentation for Counter {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if matches!(event, InstrumentationEvent::StartQuery { .. }) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
}

fn reading_creates_nothing_and_asks_little<B: TestBackend>() {
    let history = only(|op| op.create_table(table("t").column(column("n", Integer))));
    let place = B::place();
    let mut session = B::session(&place);
    let migrator = Migrator::new(&history);
    assert_eq!(migrator.status(session.as_mut()).unwrap().pending, ["a"]);
    let tables = session
        .texts(
            "SELECT CONVERT(table_name USING utf8mb4) AS text FROM information_schema.tables \
             WHERE table_schema = DATABASE()",
        )
        .unwrap();
    assert_eq!(tables, [""; 0]);

    migrator.upgrade(session.as_mut(), "head").unwrap();
    let mut connection = B::connection(&place);
    let asked = Arc::new(AtomicUsize::new(0));
    connection.set_instrumentation(Counter(Arc::clone(&asked)));
    migrator.status(&mut connection).unwrap();
    assert_eq!(asked.swap(0, Ordering::SeqCst), 2, "status");
    assert!(
        migrator
            .upgrade(&mut connection, "head")
            .unwrap()
            .steps
            .is_empty()
    );
    assert_eq!(asked.swap(0, Ordering::SeqCst), 2, "nothing to do");
}

fn no_password_is_printed<B: TestBackend>() {
    let place = B::place();
    let url = B::url(&place);
    let secret = url.as_secret_str();
    let (before, after) = secret.rsplit_once('@').unwrap();
    let scheme_and_user = before.rsplit_once(':').unwrap().0;
    let wrong = format!("{scheme_and_user}:canary-s3cret@{after}");
    let error = migrate_core::engine::backend::connect(&wrong.parse().unwrap(), Access::Read)
        .err()
        .unwrap();
    for said in [error.to_string(), format!("{error:?}")] {
        assert!(!said.contains("canary"), "{said}");
    }
    let nowhere = secret.rsplit_once('/').unwrap().0;
    let error = migrate_core::engine::backend::connect(&nowhere.parse().unwrap(), Access::Read)
        .err()
        .unwrap();
    assert!(error.to_string().ends_with("names no database"), "{error}");
}

fn either_scheme_is_accepted<B: TestBackend>() {
    let place = B::place();
    let url = B::url(&place);
    let other = url.as_secret_str().replacen("mysql://", "mariadb://", 1);
    let session =
        migrate_core::engine::backend::connect(&other.parse().unwrap(), Access::Read).unwrap();
    assert_eq!(session.backend().kind(), B::KIND);
}

on_both! {
    statements_that_the_journal_would_separate_are_refused
    changes_that_stay_after_a_failure_are_reported
    irreversible_operations_are_not_reported_as_revertible
    a_failed_change_of_the_schema_commits_what_came_before
    rows_alone_are_undone
    rows_after_a_change_of_the_schema_are_undone
    a_change_past_the_operations_is_recorded
    a_change_past_the_operations_is_noticed_when_it_fails
    a_revision_must_not_end_its_transaction
    an_ignored_deadlock_is_not_a_success
    statements_after_a_deadlock_are_not_reported_as_rolled_back
    a_block_before_an_operation_that_times_out_is_not_rolled_back
    transactions_of_an_earlier_revision_are_not_counted
    journal_writes_do_not_count_as_commits_of_the_revision
    a_callers_transaction_is_not_committed
    a_revision_may_use_another_database
    two_databases_do_not_block_each_other
    a_held_lock_names_its_connection
    a_killed_holder_frees_the_lock
    a_lost_lock_is_noticed_before_the_next_step
    reading_creates_nothing_and_asks_little
    no_password_is_printed
    either_scheme_is_accepted
}
