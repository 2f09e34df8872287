//! The lock on PostgreSQL: released with its connection, its loss noticed, and never blocking
//! CREATE INDEX CONCURRENTLY.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use migrate_core::Migrator;
use migrate_core::engine::backend::{LockRequest, Session};
use migrate_core::migrator::Event;
use migrate_core::prelude::*;

use super::Postgres;
use crate::backend::TestBackend;
use crate::engine::applied;
use crate::histories::{history, reversible, three, with_downgrade};

fn take(session: &mut dyn Session, timeout: Duration) {
    session
        .lock(&mut LockRequest {
            timeout,
            on_wait: &mut |_| {},
        })
        .unwrap();
}

#[test]
fn a_killed_lock_holder_releases_it_at_once() {
    let place = Postgres::place();
    let mut holder = Postgres::session(&place);
    take(holder.as_mut(), Duration::ZERO);
    let pid = holder
        .texts("SELECT pg_backend_pid()::text AS text")
        .unwrap();
    thread::scope(|scope| {
        let waiter = scope.spawn(|| {
            let start = Instant::now();
            Migrator::new(&three())
                .upgrade(Postgres::session(&place).as_mut(), "head")
                .unwrap();
            start.elapsed()
        });
        thread::sleep(Duration::from_millis(300));
        place.execute(&format!("SELECT pg_terminate_backend({})", pid[0]));
        let waited = waiter.join().unwrap();
        assert!(waited >= Duration::from_millis(300), "{waited:?}");
        assert!(waited < Duration::from_secs(3), "{waited:?}");
    });
}

#[test]
fn two_databases_of_one_server_do_not_wait_for_each_other() {
    let (one, other) = (Postgres::place(), Postgres::place());
    let mut holder = Postgres::session(&one);
    take(holder.as_mut(), Duration::ZERO);
    Migrator::new(&three())
        .lock_timeout(Duration::ZERO)
        .upgrade(Postgres::session(&other).as_mut(), "head")
        .unwrap();
}

#[test]
fn a_lock_that_was_lost_is_noticed_before_the_next_step() {
    let lose = |op: &mut Operations<'_>| op.execute("SELECT pg_advisory_unlock_all()");
    for next in [
        reversible("b", &["a"], |op| {
            op.create_table(table("t").column(column("n", Integer)))
        }),
        reversible("b", &["a"], |op| {
            op.create_table(table("t").column(column("n", Integer)))
        })
        .without_transaction(),
    ] {
        let history = history(vec![with_downgrade("a", &[], lose, |_| Ok(())), next]);
        let place = Postgres::place();
        let mut session = Postgres::session(&place);
        let error = Migrator::new(&history)
            .upgrade(session.as_mut(), "head")
            .unwrap_err();
        assert!(
            error.to_string().contains("the migration lock was lost"),
            "{error}"
        );
        assert_eq!(applied(&history, session.as_mut()), ["a"]);
        assert_eq!(Postgres::tables(session.as_mut()), 0);
    }
}

#[test]
fn a_lock_lost_in_a_revision_without_a_transaction_is_reported_at_its_record() {
    let history = history(vec![
        with_downgrade(
            "a",
            &[],
            |op| op.execute("SELECT pg_advisory_unlock_all()"),
            |_| Ok(()),
        )
        .without_transaction(),
    ]);
    let place = Postgres::place();
    let mut session = Postgres::session(&place);
    let error = Migrator::new(&history)
        .upgrade(session.as_mut(), "head")
        .unwrap_err();
    let said = error.to_string();
    assert!(said.contains("the migration lock was lost"), "{said}");
    assert!(
        error
            .help()
            .unwrap()
            .typed("cargo migrate")
            .contains("cargo migrate status")
    );
    assert_eq!(applied(&history, session.as_mut()), [""; 0]);
}

#[test]
fn a_connection_that_is_cut_in_a_revision_leaves_nothing_of_it() {
    let history = history(vec![
        reversible("a", &[], |_| Ok(())),
        reversible("b", &["a"], |op| {
            op.create_table(table("t").column(column("n", Integer)))?;
            op.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        }),
    ]);
    let place = Postgres::place();
    let error = Migrator::new(&history)
        .upgrade(Postgres::session(&place).as_mut(), "head")
        .unwrap_err();
    let migrate_core::Error::Revision(failure) = error else {
        panic!("{error}")
    };
    assert!(failure.undone, "{failure}");
    let mut session = Postgres::session(&place);
    assert_eq!(applied(&history, session.as_mut()), ["a"]);
    assert_eq!(Postgres::tables(session.as_mut()), 0);
    take(session.as_mut(), Duration::from_secs(5));
}

/// Set when a second run waits for the first.
static WAITING: AtomicBool = AtomicBool::new(false);

#[test]
fn a_run_that_waits_is_not_waited_for_by_create_index_concurrently() {
    let history = history(vec![
        reversible("a", &[], |op| {
            op.create_table(table("t").column(column("n", Integer)))?;
            op.execute("INSERT INTO t SELECT generate_series(1, 1000)")
        }),
        reversible("b", &["a"], |op| {
            while !WAITING.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_millis(1));
            }
            op.create_index(index("ix").on("t", ["n"]).concurrently())
        })
        .without_transaction(),
    ]);
    let place = Postgres::place();
    let begun = Barrier::new(2);
    let start = Instant::now();
    thread::scope(|scope| {
        scope.spawn(|| {
            let migrator = Migrator::new(&history).on_event(|event| {
                if let Event::Started { number: 1, .. } = event {
                    begun.wait();
                }
            });
            let report = migrator
                .upgrade(Postgres::session(&place).as_mut(), "head")
                .unwrap();
            assert_eq!(report.steps.len(), 2);
        });
        begun.wait();
        let migrator = Migrator::new(&history).on_event(|event| {
            if let Event::Waiting { .. } = event {
                WAITING.store(true, Ordering::SeqCst);
            }
        });
        let report = migrator
            .upgrade(Postgres::session(&place).as_mut(), "head")
            .unwrap();
        assert_eq!(report.steps.len(), 0);
    });
    assert!(
        start.elapsed() < Duration::from_secs(10),
        "{:?}",
        start.elapsed()
    );
    let facts = Postgres::catalogue(Postgres::session(&place).as_mut());
    assert!(
        facts.contains("index ix ON public.t USING btree (n)"),
        "{facts:?}"
    );
}
