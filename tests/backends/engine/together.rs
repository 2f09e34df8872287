//! Several runs at once on one database.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use migrate_core::engine::backend::LockRequest;
use migrate_core::error::LockError;
use migrate_core::migrator::Event;
use migrate_core::{Error, ErrorKind, Migrator, prelude::*};

use crate::backend::{TestBackend, on_each_backend};
use crate::histories::{history, reversible, row_of, three, with_downgrade};

fn eight_at_once_all_succeed_and_each_revision_is_applied_once<B: TestBackend>() {
    let history = row_of(12);
    for _ in 0..5 {
        let place = B::place();
        let start = Barrier::new(8);
        let steps = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    start.wait();
                    let mut session = B::session(&place);
                    let report = Migrator::new(&history)
                        .upgrade(session.as_mut(), "head")
                        .unwrap();
                    assert!(report.at_heads);
                    steps.fetch_add(report.steps.len(), Ordering::SeqCst);
                });
            }
        });
        assert_eq!(steps.load(Ordering::SeqCst), 12);
        let mut session = B::session(&place);
        assert_eq!(B::tables(session.as_mut()), 12);
    }
}

fn readers_do_not_block_a_run<B: TestBackend>() {
    let history = row_of(30);
    let place = B::place();
    thread::scope(|scope| {
        let run = scope.spawn(|| {
            Migrator::new(&history)
                .upgrade(B::session(&place).as_mut(), "head")
                .unwrap();
        });
        while !run.is_finished() {
            let status = Migrator::new(&history)
                .status(B::session(&place).as_mut())
                .unwrap();
            assert_eq!(status.applied.len() + status.pending.len(), 30);
        }
    });
}

fn a_held_lock_times_out_and_names_its_holder<B: TestBackend>() {
    let history = three();
    let place = B::place();
    let mut holder = B::session(&place);
    let wait = &mut LockRequest {
        timeout: Duration::ZERO,
        on_wait: &mut |_| {},
    };
    holder.lock(wait).unwrap();

    let reported = AtomicUsize::new(0);
    let start = Instant::now();
    let error = Migrator::new(&history)
        .lock_timeout(Duration::from_millis(200))
        .on_event(|_| {
            reported.fetch_add(1, Ordering::SeqCst);
        })
        .upgrade(B::session(&place).as_mut(), "head")
        .unwrap_err();
    assert!(start.elapsed() >= Duration::from_millis(200));
    assert_eq!(
        reported.load(Ordering::SeqCst),
        1,
        "the wait is reported once"
    );
    assert_eq!(error.kind(), ErrorKind::Lock);
    let Error::Lock(LockError::TimedOut {
        holder: Some(named),
        ..
    }) = &error
    else {
        panic!("{error}")
    };
    assert!(B::is_this_process(named), "{named:?}");
    // MariaDB knows only the connection
    let process = format!("process {}", std::process::id());
    let connection = named.connection.map(|id| format!("connection {id}"));
    let said = error.to_string();
    assert!(
        said.contains(&process) || connection.is_some_and(|id| said.contains(&id)),
        "{error}"
    );

    holder.unlock();
    assert_eq!(
        Migrator::new(&history)
            .upgrade(B::session(&place).as_mut(), "head")
            .unwrap()
            .steps
            .len(),
        3
    );
}

fn nothing_to_do_needs_no_lock<B: TestBackend>() {
    let history = three();
    let place = B::place();
    let mut holder = B::session(&place);
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
    let mut other = B::session(&place);
    assert!(
        migrator
            .upgrade(other.as_mut(), "head")
            .unwrap()
            .steps
            .is_empty()
    );
    assert!(migrator.status(other.as_mut()).unwrap().at_heads);
}

/// A revision's work waits until the other run waits for the lock.
static WAITING: [AtomicUsize; 4] = [const { AtomicUsize::new(0) }; 4];

fn until_the_other_waits<B: TestBackend>(_op: &mut Operations<'_>) -> Result<()> {
    while WAITING[B::KIND as usize].load(Ordering::SeqCst) == 0 {
        thread::yield_now();
    }
    Ok(())
}

fn relative_upgrades_are_counted_from_the_state_at_the_request<B: TestBackend>() {
    let history = history(vec![
        with_downgrade("a", &[], until_the_other_waits::<B>, |_| Ok(())),
        reversible("b", &["a"], |_| Ok(())),
        reversible("c", &["b"], |_| Ok(())),
    ]);
    let place = B::place();
    let begun = Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(|| {
            let migrator = Migrator::new(&history).on_event(|event| {
                if let Event::Started { .. } = event {
                    begun.wait();
                }
            });
            migrator.upgrade(B::session(&place).as_mut(), "a").unwrap();
        });
        begun.wait();
        let migrator = Migrator::new(&history).on_event(|event| {
            if let Event::Waiting { .. } = event {
                WAITING[B::KIND as usize].store(1, Ordering::SeqCst);
            }
        });
        // requested when nothing was applied: `a` and `b`
        let report = migrator.upgrade(B::session(&place).as_mut(), "+2").unwrap();
        assert_eq!(report.steps.len(), 1);
        assert_eq!(report.current, ["b"]);
    });
}

fn relative_downgrades_are_not_counted_from_another_runs_result<B: TestBackend>() {
    // `b` waits in its body until the other run has requested `-1`, and waits for the lock
    static ASKED: [AtomicUsize; 4] = [const { AtomicUsize::new(0) }; 4];
    let history = history(vec![
        reversible("a", &[], |op| {
            op.create_table(table("t").column(column("n", Integer)))
        }),
        with_downgrade(
            "b",
            &["a"],
            |_| {
                while ASKED[B::KIND as usize].load(Ordering::SeqCst) == 0 {
                    thread::yield_now();
                }
                Ok(())
            },
            |_| Ok(()),
        ),
    ]);
    let place = B::place();
    Migrator::new(&history)
        .upgrade(B::session(&place).as_mut(), "a")
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
                .upgrade(B::session(&place).as_mut(), "head")
                .unwrap();
        });
        begun.wait();
        let migrator = Migrator::new(&history).on_event(|event| {
            if let Event::Waiting { holder } = event {
                assert!(holder.is_some_and(B::is_this_process), "{holder:?}");
                ASKED[B::KIND as usize].store(1, Ordering::SeqCst);
            }
        });
        let error = migrator
            .downgrade(B::session(&place).as_mut(), "-1")
            .unwrap_err();
        assert!(matches!(error, Error::Moved), "{error}");
    });
    assert_eq!(
        Migrator::new(&history)
            .status(B::session(&place).as_mut())
            .unwrap()
            .current,
        ["b"]
    );
}

on_each_backend! {
    eight_at_once_all_succeed_and_each_revision_is_applied_once
    readers_do_not_block_a_run
    a_held_lock_times_out_and_names_its_holder
    nothing_to_do_needs_no_lock
    relative_upgrades_are_counted_from_the_state_at_the_request
    relative_downgrades_are_not_counted_from_another_runs_result
}
