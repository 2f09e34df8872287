//! Statement and lock timeouts: a lock conflict ends the wait, the revision is rolled back and
//! retried as long as nothing of it was committed, and the connection has its own settings
//! afterwards.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use migrate_core::engine::backend::{BackendKind, LockConflict, MigrateConnection, Session};
use migrate_core::migrator::{Event, Report};
use migrate_core::prelude::*;
use migrate_core::{Error, ErrorKind, History, Migrator};

use super::applied;
use crate::backend::{TestBackend, on_each_server};
use crate::histories::{Run, history, irreversible, reversible};

/// A table, and a revision that changes it.
fn changing() -> History {
    history(vec![
        reversible("a", &[], |op| {
            op.create_table(table("t").column(column("n", Integer).primary_key()))
        }),
        reversible("b", &["a"], |op| {
            op.add_column("t", column("m", Integer).nullable())
        }),
    ])
}

/// A session that reads the table in a transaction, which keeps others from changing it, until it
/// receives a message.
fn reading<B: TestBackend>(place: &B::Place, until: &mpsc::Receiver<()>, begun: &mpsc::Sender<()>) {
    let mut session = B::session(place);
    session.execute("BEGIN").unwrap();
    session.texts("SELECT 'x' AS text FROM t").unwrap();
    begun.send(()).unwrap();
    let _ = until.recv();
    session.execute("COMMIT").unwrap();
}

/// Runs something while another session reads the table, and passes it what ends the reading.
pub(crate) fn while_read<B: TestBackend, T>(
    place: &B::Place,
    run: impl FnOnce(mpsc::Sender<()>) -> T,
) -> T {
    let (end, until) = mpsc::channel();
    let (begins, begun) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(move || reading::<B>(place, &until, &begins));
        begun.recv().unwrap();
        run(end)
    })
}

fn prepared<B: TestBackend>() -> (History, B::Place) {
    let (history, place) = (changing(), B::place());
    Migrator::new(&history)
        .upgrade(B::session(&place).as_mut(), "a")
        .unwrap();
    (history, place)
}

fn waiting_for_a_table_in_use_times_out<B: TestBackend>() {
    let (history, place) = prepared::<B>();
    let retries = AtomicUsize::new(0);
    let start = Instant::now();
    let error = while_read::<B, _>(&place, |_end| {
        Migrator::new(&history)
            .statement_lock_timeout(Duration::from_secs(1))
            .lock_retries(1)
            .on_event(|event| {
                if let Event::Retrying { lock_conflict, .. } = event {
                    assert_eq!(*lock_conflict, LockConflict::LockTimeout);
                    retries.fetch_add(1, Ordering::SeqCst);
                }
            })
            .upgrade(B::session(&place).as_mut(), "head")
            .unwrap_err()
    });
    let took = start.elapsed();
    assert!(
        (Duration::from_millis(2_400)..Duration::from_secs(6)).contains(&took),
        "two tries of a second and half a second between them: {took:?}"
    );
    assert_eq!(retries.into_inner(), 1);
    assert_eq!(error.kind(), ErrorKind::Revision);
    let Error::Revision(failure) = error else {
        panic!("{error}")
    };
    assert!(failure.operation.is_some() && failure.statement.is_some());
    assert_eq!(applied(&history, B::session(&place).as_mut()), ["a"]);
}

fn the_revision_is_retried_until_the_table_is_free<B: TestBackend>() {
    let (history, place) = prepared::<B>();
    let report = while_read::<B, _>(&place, |end| {
        Migrator::new(&history)
            .statement_lock_timeout(Duration::from_secs(1))
            .on_event(|event| {
                if let Event::Retrying { .. } = event {
                    end.send(()).unwrap();
                }
            })
            .upgrade(B::session(&place).as_mut(), "head")
            .unwrap()
    });
    assert_eq!(report.steps.len(), 1);
    assert_eq!(applied(&history, B::session(&place).as_mut()), ["a", "b"]);
    let facts = B::catalogue(B::session(&place).as_mut());
    assert!(facts.iter().any(|fact| fact.contains("t.m")), "{facts:?}");
}

fn nothing_is_retried_after_a_commit<B: TestBackend>() {
    let history = history(vec![
        reversible("a", &[], |op| {
            op.create_table(table("t").column(column("n", Integer).primary_key()))
        }),
        irreversible("b", &["a"], |op| {
            op.create_table(table("u").column(column("n", Integer)))?;
            op.drop_table("t")
        })
        .without_transaction(),
    ]);
    let place = B::place();
    Migrator::new(&history)
        .upgrade(B::session(&place).as_mut(), "a")
        .unwrap();
    let error = while_read::<B, _>(&place, |_end| {
        Migrator::new(&history)
            .statement_lock_timeout(Duration::from_secs(1))
            .on_event(|event| assert!(!matches!(event, Event::Retrying { .. }), "{event:?}"))
            .upgrade(B::session(&place).as_mut(), "head")
            .unwrap_err()
    });
    let Error::Revision(failure) = error else {
        panic!("{error}")
    };
    assert!(!failure.undone);
    assert_eq!(failure.kept, ["create table `u`"]);
}

/// How long a session waits for a table and for a row, in the server's units.
fn lock_waits<B: TestBackend>(session: &mut dyn Session) -> Vec<String> {
    session
        .texts(match B::KIND {
            BackendKind::Postgres => {
                "SELECT current_setting('lock_timeout') || ' ' || current_setting('statement_timeout') AS text"
            }
            _ => {
                "SELECT CAST(CONCAT(@@lock_wait_timeout, ' ', @@innodb_lock_wait_timeout) AS CHAR) AS text"
            }
        })
        .unwrap()
}

fn a_borrowed_connection_gets_its_settings_back<B: TestBackend>() {
    let (history, place) = prepared::<B>();
    let mut connection = B::connection(&place);
    let set = match B::KIND {
        BackendKind::Postgres => {
            "SELECT set_config('lock_timeout', '70s', false), set_config('statement_timeout', '1h', false)"
        }
        _ => "SET SESSION lock_wait_timeout = 70, SESSION innodb_lock_wait_timeout = 71",
    };
    let before = connection.with_session(|session| {
        session.execute(set).unwrap();
        lock_waits::<B>(session)
    });
    let migrator = Migrator::new(&history).statement_lock_timeout(Duration::from_secs(2));
    migrator.upgrade(&mut connection, "head").unwrap();
    let after = connection.with_session(lock_waits::<B>);
    assert_eq!(before, after);
}

fn waits_are_limited_by_default<B: TestBackend>() {
    let place = B::place();
    let seen = std::cell::RefCell::new(Vec::new());
    let look = history(vec![irreversible("a", &[], |op| {
        op.execute(match op.backend() {
            BackendKind::Postgres => {
                "CREATE TABLE seen AS SELECT current_setting('lock_timeout') AS said"
            }
            _ => "CREATE TABLE seen AS SELECT CAST(@@lock_wait_timeout AS CHAR) AS said",
        })
    })]);
    for (said, expected) in [(None, ["5s", "5"]), (Some(90), ["90s", "90"])] {
        let mut session = B::session(&place);
        let mut migrator = Migrator::new(&look);
        if let Some(said) = said {
            migrator = migrator.statement_lock_timeout(Duration::from_secs(said));
        }
        migrator.upgrade(session.as_mut(), "head").unwrap();
        let said = B::of_rows(session.as_mut(), "said", "seen").remove(0);
        assert!(expected.contains(&said.trim_end_matches("min")), "{said}");
        seen.borrow_mut().push(said);
        session.execute("DROP TABLE seen").unwrap();
        migrator.stamp(session.as_mut(), &["base"], false).unwrap();
    }
}

fn statements_time_out<B: TestBackend>() {
    let history = history(vec![irreversible("a", &[], |op| {
        op.execute(match op.backend() {
            BackendKind::Postgres => "SELECT pg_sleep(20)",
            // neither SLEEP nor BENCHMARK reports that it was interrupted
            _ => "SELECT COUNT(*) FROM information_schema.collations AS a, information_schema.collations AS b, \
                  information_schema.collations AS c, information_schema.collations AS d",
        })
    })]);
    let place = B::place();
    let mut session = B::session(&place);
    let start = Instant::now();
    let migrator = Migrator::new(&history).statement_timeout(Duration::from_millis(700));
    let outcome = migrator.upgrade(session.as_mut(), "head");
    match B::KIND {
        BackendKind::Mysql => {
            let error = outcome.unwrap_err();
            assert!(matches!(error, Error::Unsupported(_)), "{error}");
            assert_eq!(error.kind(), ErrorKind::Usage);
        }
        _ => {
            let error = outcome.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Revision, "{error}");
        }
    }
    assert!(start.elapsed() < Duration::from_secs(10));
    assert_eq!(applied(&history, session.as_mut()), [""; 0]);
}

fn deadlock_victims_are_retried<B: TestBackend>() {
    let body: Run = |op| {
        op.execute("UPDATE t SET n = n + 10")?;
        op.execute("UPDATE u SET n = n + 10")
    };
    let deadlock = in_a_deadlock::<B>(body, |migrator, place| {
        migrator.upgrade(B::session(place).as_mut(), "head")
    });
    deadlock.outcome.as_ref().unwrap();
    // the server chooses the victim; whichever it was, the revision is applied once
    assert_eq!(deadlock.retries, usize::from(!deadlock.other_lost));
    assert_eq!(deadlock.rows::<B>("t"), ["11"]);
    assert_eq!(deadlock.rows::<B>("u"), ["11"]);
}

/// The outcome of a run that met another session.
pub(crate) struct Deadlock<P> {
    pub(crate) outcome: Result<Report, Error>,
    pub(crate) retries: usize,
    /// Whether the other session was the deadlock victim.
    pub(crate) other_lost: bool,
    pub(crate) place: P,
}

impl<P> Deadlock<P> {
    /// The numbers in a table.
    pub(crate) fn rows<B: TestBackend<Place = P>>(&self, table: &str) -> Vec<String> {
        B::of_rows(B::session(&self.place).as_mut(), "n", table)
    }
}

/// Runs a revision that adds 10 to the row of `t` and then to that of `u`, against another session
/// that has locked `u` and wants `t`.
pub(crate) fn in_a_deadlock<B: TestBackend>(
    body: Run,
    run: impl FnOnce(&Migrator<'_>, &B::Place) -> Result<Report, Error>,
) -> Deadlock<B::Place> {
    let history = history(vec![
        reversible("a", &[], |op| {
            op.create_table(table("t").column(column("n", Integer).primary_key()))?;
            op.create_table(table("u").column(column("n", Integer).primary_key()))?;
            op.bulk_insert("t", ["n"], [[1]])?;
            op.bulk_insert("u", ["n"], [[1]])
        }),
        irreversible("b", &["a"], body),
    ]);
    let place = B::place();
    Migrator::new(&history)
        .upgrade(B::session(&place).as_mut(), "a")
        .unwrap();
    let (go, gone) = mpsc::channel::<()>();
    let (ready, is_ready) = mpsc::channel::<()>();
    let retries = AtomicUsize::new(0);
    let (outcome, other_lost) = thread::scope(|scope| {
        let place = &place;
        let other = scope.spawn(move || {
            let mut other = B::session(place);
            other.execute("BEGIN").unwrap();
            // it has changed more, so that the run is the victim
            for n in 100..140 {
                other
                    .execute(&format!("INSERT INTO u VALUES ({n})"))
                    .unwrap();
            }
            other.execute("UPDATE u SET n = n + 1000").unwrap();
            ready.send(()).unwrap();
            gone.recv().unwrap();
            thread::sleep(Duration::from_millis(200)); // the run waits for `u` by now
            let lost = other.execute("UPDATE t SET n = n + 1000").is_err();
            let _ = other.execute("ROLLBACK");
            lost
        });
        is_ready.recv().unwrap();
        let migrator = Migrator::new(&history)
            .statement_lock_timeout(Duration::from_secs(30))
            .on_event(|event| match event {
                Event::Statement { sql, .. } if sql.starts_with("UPDATE t") => {
                    let _ = go.send(());
                }
                Event::Retrying { lock_conflict, .. } => {
                    assert_eq!(*lock_conflict, LockConflict::Deadlock);
                    retries.fetch_add(1, Ordering::SeqCst);
                }
                _ => {}
            });
        let outcome = run(&migrator, place);
        (outcome, other.join().unwrap())
    });
    Deadlock {
        outcome,
        retries: retries.into_inner(),
        other_lost,
        place,
    }
}

on_each_server! {
    waiting_for_a_table_in_use_times_out
    the_revision_is_retried_until_the_table_is_free
    nothing_is_retried_after_a_commit
    a_borrowed_connection_gets_its_settings_back
    waits_are_limited_by_default
    statements_time_out
    deadlock_victims_are_retried
}
