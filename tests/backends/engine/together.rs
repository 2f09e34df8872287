//! Several runs at once on one database.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use migrate_core::backend::LockRequest;
use migrate_core::error::LockError;
use migrate_core::migrator::Event;
use migrate_core::{Error, ErrorKind, Migrator, prelude::*};

use crate::backend::TestBackend;
use crate::histories::{history, reversible, row_of, three, with_downgrade};
use crate::sqlite::Sqlite;

#[test]
fn eight_at_once_all_succeed_and_each_revision_is_applied_once() {
    let history = row_of(12);
    for _ in 0..5 {
        let place = Sqlite::place();
        let start = Barrier::new(8);
        let steps = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    start.wait();
                    let mut session = Sqlite::session(&place);
                    let report = Migrator::new(&history)
                        .upgrade(session.as_mut(), "head")
                        .unwrap();
                    assert!(report.at_heads);
                    steps.fetch_add(report.steps.len(), Ordering::SeqCst);
                });
            }
        });
        assert_eq!(steps.load(Ordering::SeqCst), 12);
        let mut session = Sqlite::session(&place);
        let tables =
            "SELECT CAST(count(*) AS TEXT) AS text FROM sqlite_schema WHERE name LIKE 'made%'";
        assert_eq!(Sqlite::values(session.as_mut(), tables), ["12"]);
    }
}

#[test]
fn readers_are_not_in_the_way_of_a_run() {
    let history = row_of(30);
    let place = Sqlite::place();
    thread::scope(|scope| {
        let run = scope.spawn(|| {
            Migrator::new(&history)
                .upgrade(Sqlite::session(&place).as_mut(), "head")
                .unwrap();
        });
        while !run.is_finished() {
            let status = Migrator::new(&history)
                .status(Sqlite::session(&place).as_mut())
                .unwrap();
            assert_eq!(status.applied.len() + status.pending.len(), 30);
        }
    });
}

#[test]
fn a_held_lock_times_out_and_names_its_holder() {
    let history = three();
    let place = Sqlite::place();
    let mut holder = Sqlite::session(&place);
    let wait = &mut LockRequest {
        timeout: Duration::ZERO,
        on_wait: &mut |_| {},
    };
    holder.lock(wait).unwrap();

    let told = AtomicUsize::new(0);
    let start = Instant::now();
    let error = Migrator::new(&history)
        .lock_timeout(Duration::from_millis(200))
        .on_event(|_| {
            told.fetch_add(1, Ordering::SeqCst);
        })
        .upgrade(Sqlite::session(&place).as_mut(), "head")
        .unwrap_err();
    assert!(start.elapsed() >= Duration::from_millis(200));
    assert_eq!(told.load(Ordering::SeqCst), 1, "the wait is told once");
    assert_eq!(error.kind(), ErrorKind::Lock);
    let Error::Lock(LockError::TimedOut {
        holder: Some(named),
        ..
    }) = &error
    else {
        panic!("{error}")
    };
    assert_eq!(named.pid, Some(std::process::id()));
    assert!(
        error
            .to_string()
            .contains(&format!("process {}", std::process::id())),
        "{error}"
    );

    holder.unlock();
    assert_eq!(
        Migrator::new(&history)
            .upgrade(Sqlite::session(&place).as_mut(), "head")
            .unwrap()
            .steps
            .len(),
        3
    );
}

#[test]
fn nothing_to_do_needs_no_lock() {
    let history = three();
    let place = Sqlite::place();
    let mut holder = Sqlite::session(&place);
    Migrator::new(&history)
        .upgrade(holder.as_mut(), "head")
        .unwrap();
    holder
        .lock(&mut LockRequest {
            timeout: Duration::ZERO,
            on_wait: &mut |_| {},
        })
        .unwrap();
    let migrator = Migrator::new(&history).lock_timeout(Duration::ZERO);
    let mut other = Sqlite::session(&place);
    assert!(
        migrator
            .upgrade(other.as_mut(), "head")
            .unwrap()
            .steps
            .is_empty()
    );
    assert!(migrator.status(other.as_mut()).unwrap().at_heads);
}

#[test]
fn a_database_that_somebody_else_writes_to_is_waited_for() {
    let history = three();
    let place = Sqlite::place();
    let mut writer = Sqlite::session(&place);
    writer.execute("BEGIN IMMEDIATE").unwrap();
    let error = Migrator::new(&history)
        .lock_timeout(Duration::from_millis(100))
        .upgrade(Sqlite::session(&place).as_mut(), "head")
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Lock, "{error}");
    thread::scope(|scope| {
        scope.spawn(|| {
            let report = Migrator::new(&history)
                .upgrade(Sqlite::session(&place).as_mut(), "head")
                .unwrap();
            assert_eq!(report.steps.len(), 3);
        });
        thread::sleep(Duration::from_millis(150));
        writer.execute("COMMIT").unwrap();
    });
}

/// A revision's work waits until the other run waits for the lock.
static WAITING: AtomicUsize = AtomicUsize::new(0);

fn until_the_other_waits(_op: &mut Operations<'_>) -> Result<()> {
    while WAITING.load(Ordering::SeqCst) == 0 {
        thread::yield_now();
    }
    Ok(())
}

#[test]
fn steps_up_mean_the_revisions_that_they_meant_when_they_were_asked_for() {
    let history = history(vec![
        with_downgrade("a", &[], until_the_other_waits, |_| Ok(())),
        reversible("b", &["a"], |_| Ok(())),
        reversible("c", &["b"], |_| Ok(())),
    ]);
    let place = Sqlite::place();
    let begun = Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(|| {
            let migrator = Migrator::new(&history).on_event(|event| {
                if let Event::Started { .. } = event {
                    begun.wait();
                }
            });
            migrator
                .upgrade(Sqlite::session(&place).as_mut(), "a")
                .unwrap();
        });
        begun.wait();
        let migrator = Migrator::new(&history).on_event(|event| {
            if let Event::Waiting { .. } = event {
                WAITING.store(1, Ordering::SeqCst);
            }
        });
        // asked for when nothing was applied: `a` and `b`
        let report = migrator
            .upgrade(Sqlite::session(&place).as_mut(), "+2")
            .unwrap();
        assert_eq!(report.steps.len(), 1);
        assert_eq!(report.current, ["b"]);
    });
}

#[test]
fn steps_down_are_not_counted_from_what_another_run_made_of_it() {
    // `b` waits in its body until the other run asked for `-1`, and waits for the lock
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    let history = history(vec![
        reversible("a", &[], |op| {
            op.create_table(table("t").column(column("n", Integer)))
        }),
        with_downgrade(
            "b",
            &["a"],
            |_| {
                while ASKED.load(Ordering::SeqCst) == 0 {
                    thread::yield_now();
                }
                Ok(())
            },
            |_| Ok(()),
        ),
    ]);
    let place = Sqlite::place();
    Migrator::new(&history)
        .upgrade(Sqlite::session(&place).as_mut(), "a")
        .unwrap();
    let begun = Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(|| {
            let migrator = Migrator::new(&history).on_event(|event| {
                if let Event::Started { .. } = event {
                    begun.wait();
                }
            });
            migrator
                .upgrade(Sqlite::session(&place).as_mut(), "head")
                .unwrap();
        });
        begun.wait();
        let migrator = Migrator::new(&history).on_event(|event| {
            if let Event::Waiting { holder } = event {
                assert_eq!(
                    holder.and_then(|holder| holder.pid),
                    Some(std::process::id())
                );
                ASKED.store(1, Ordering::SeqCst);
            }
        });
        let error = migrator
            .downgrade(Sqlite::session(&place).as_mut(), "-1")
            .unwrap_err();
        assert!(matches!(error, Error::Moved), "{error}");
    });
    assert_eq!(
        Migrator::new(&history)
            .status(Sqlite::session(&place).as_mut())
            .unwrap()
            .current,
        ["b"]
    );
}
