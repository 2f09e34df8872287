//! Behind a pooler that gives each transaction to any free session, no advisory lock keeps two runs
//! apart: this is detected, and nothing runs.

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use migrate_core::engine::backend::{self, Access, LockRequest, MigrateConnection, Session};
use migrate_core::error::LockError;
use migrate_core::migrator::Event;
use migrate_core::prelude::*;
use migrate_core::{Error, Migrator};
use migrate_tests::pooler::Pooler;

use super::Postgres;
use crate::backend::TestBackend;
use crate::engine::applied;
use crate::histories::{history, reversible, three};

/// The advisory locks of a database.
fn locks(place: &<Postgres as TestBackend>::Place) -> Vec<String> {
    Postgres::session(place)
        .texts(
            "SELECT CAST(l.pid AS text) AS text FROM pg_locks AS l WHERE locktype = 'advisory' \
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        )
        .unwrap()
}

fn lock(session: &mut dyn Session) -> Result<(), LockError> {
    session
        .lock(&mut LockRequest {
            timeout: Duration::ZERO,
            on_wait: &mut |_| {},
        })
        .map(drop)
}

#[test]
fn a_run_through_it_is_refused_before_anything_is_locked() {
    let place = Postgres::place();
    let pooler = Pooler::before(place.url());
    for _ in 0..2 {
        let url = pooler.url().parse().unwrap();
        let mut session = backend::connect(&url, Access::Write).unwrap();
        let migrator = Migrator::new(&three());
        assert_eq!(migrator.status(session.as_mut()).unwrap().pending.len(), 3);
        let error = migrator.upgrade(session.as_mut(), "head").unwrap_err();
        assert!(matches!(error, Error::Lock(LockError::Shared)), "{error}");
        assert_eq!(error.kind(), migrate_core::ErrorKind::Database);
        assert!(
            error
                .help()
                .unwrap()
                .typed("cargo migrate")
                .contains("session mode")
        );
    }
    assert_eq!(locks(&place), [""; 0]);
    assert_eq!(Postgres::tables(Postgres::session(&place).as_mut()), 0);
}

#[test]
fn two_runs_on_one_session_do_not_both_acquire_the_lock() {
    let place = Postgres::place();
    let pooler = Pooler::before(place.url());
    let mut one = PgConnection::establish(pooler.url()).unwrap();
    let mut other = PgConnection::establish(pooler.url()).unwrap();
    one.with_session(|session| {
        lock(session).unwrap();
        let error = other.with_session(lock).unwrap_err();
        assert!(matches!(error, LockError::Shared), "{error}");
        assert_eq!(locks(&place).len(), 2, "the lock and its mark");
    });
    assert_eq!(locks(&place), [""; 0]);
}

#[test]
fn a_lock_left_in_another_session_is_released() {
    let place = Postgres::place();
    let pooler = Pooler::before(place.url());
    let mut own = PgConnection::establish(pooler.url()).unwrap();
    let mut stranger = PgConnection::establish(pooler.url()).unwrap();
    own.with_session(|session| {
        lock(session).unwrap();
        // takes the session that holds the lock
        stranger.batch_execute("BEGIN").unwrap();
        let found = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                // if the search is in the other session just then, that one is on top again
                while !found.load(Ordering::SeqCst) {
                    std::thread::sleep(Duration::from_millis(20));
                    stranger.batch_execute("ROLLBACK").unwrap();
                    std::thread::sleep(Duration::from_millis(20));
                    stranger.batch_execute("BEGIN").unwrap();
                }
                stranger.batch_execute("ROLLBACK").unwrap();
            });
            session.unlock();
            found.store(true, Ordering::SeqCst);
        });
    });
    assert_eq!(locks(&place), [""; 0]);
}

#[test]
fn a_borrowed_connection_that_is_given_another_session_runs_nothing_there() {
    let place = Postgres::place();
    let pooler = Pooler::before(place.url());
    let history = history(vec![
        reversible("a", &[], |_| Ok(())),
        reversible("b", &["a"], |op| {
            op.create_table(table("t").column(column("n", Integer)))
        }),
    ]);
    let mut own = PgConnection::establish(pooler.url()).unwrap();
    let stranger = RefCell::new(PgConnection::establish(pooler.url()).unwrap());
    let error = Migrator::new(&history)
        .on_event(|event| {
            if let Event::Started { number: 2, .. } = event {
                stranger.borrow_mut().batch_execute("BEGIN").unwrap();
            }
        })
        .upgrade(&mut own, "head")
        .unwrap_err();
    assert!(
        error.to_string().contains("the migration lock was lost"),
        "{error}"
    );
    assert_eq!(applied(&history, Postgres::session(&place).as_mut()), ["a"]);
    assert_eq!(Postgres::tables(Postgres::session(&place).as_mut()), 0);
}
