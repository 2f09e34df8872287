//! What processes that wait for the lock see of a run in another process: one that works, one that
//! is stopped, one that is killed. The other process is this test program again.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use migrate_core::engine::backend::{self, Access, BackendKind, Holder};
use migrate_core::error::LockError;
use migrate_core::migrator::Event;
use migrate_core::prelude::*;
use migrate_core::{Error, ErrorKind, History, Migrator};

use super::applied;
use crate::backend::{TestBackend, on_each_backend};
use crate::histories::{history, irreversible, reversible};

/// The variable that passes the database to the other process.
const URL: &str = "MIGRATE_TEST_HOLDER_URL";
/// What it prints within a revision.
const HELD: &str = "in the middle of a revision";

/// A table, then a row, with which a run can be delayed.
fn slow(middle: fn(&mut Operations<'_>) -> Result<()>) -> History {
    history(vec![
        reversible("a", &[], |op| {
            op.create_table(table("t").column(column("n", Integer).primary_key()))
        }),
        irreversible("b", &["a"], middle),
    ])
}

fn insert(op: &mut Operations<'_>) -> Result<()> {
    op.bulk_insert("t", ["n"], [[1]])
}

/// The other process: applies the history, and stays within `b` until its input ends.
#[test]
#[ignore = "a process that the other tests here start"]
fn holder() {
    let Ok(url) = env::var(URL) else {
        return;
    };
    let history = slow(|op| {
        insert(op)?;
        let mut out = std::io::stdout();
        writeln!(out, "\n{HELD}")?;
        out.flush()?;
        std::io::stdin().read_line(&mut String::new())?;
        Ok(())
    });
    let mut session = backend::connect(&url.parse().unwrap(), Access::Write).unwrap();
    Migrator::new(&history)
        .upgrade(session.as_mut(), "head")
        .unwrap();
}

/// A process that holds the lock.
struct Process {
    child: Child,
    input: Option<ChildStdin>,
}

impl Process {
    /// Starts it, and waits until it is within a revision.
    fn start<B: TestBackend>(place: &B::Place) -> Process {
        let mut child = Command::new(env::current_exe().unwrap())
            .args([
                "--exact",
                "engine::holders::holder",
                "--ignored",
                "--nocapture",
            ])
            .env(URL, B::url(place).as_secret_str())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(
            lines.any(|line| line.unwrap() == HELD),
            "the other process ended"
        );
        // the rest of its output is discarded, and must not block it
        thread::spawn(move || lines.for_each(drop));
        Process { child, input }
    }

    fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .args([format!("-{name}"), self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(status.success());
    }

    /// Lets it finish.
    fn finish(mut self) {
        drop(self.input.take());
        assert!(self.child.wait().unwrap().success());
    }

    /// Whether this describes it to those who wait for it.
    fn is<B: TestBackend>(&self, holder: &Holder) -> bool {
        let pid = self.child.id();
        let said = match B::KIND {
            // the server knows the client's name
            BackendKind::Postgres => holder
                .command
                .as_deref()
                .is_some_and(|name| name.contains(&format!("(process {pid} on "))),
            // MariaDB does not report the process of a client
            BackendKind::Mariadb => holder.connection.is_some(),
            _ => holder.pid == Some(pid),
        };
        let host = holder.host.is_some();
        said && host && holder.since.is_some()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // it may have ended already
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn a_timeout_names_the_stopped_lock_holder<B: TestBackend>() {
    let place = B::place();
    let holder = Process::start::<B>(&place);
    holder.signal("STOP");
    let history = slow(insert);
    let start = Instant::now();
    let error = Migrator::new(&history)
        .lock_timeout(Duration::from_secs(1))
        .upgrade(B::session(&place).as_mut(), "head")
        .unwrap_err();
    let waited = start.elapsed();
    assert!(
        (Duration::from_secs(1)..Duration::from_secs(4)).contains(&waited),
        "{waited:?}"
    );
    assert_eq!(error.kind(), ErrorKind::Lock);
    let Error::Lock(LockError::TimedOut {
        holder: Some(named),
        ..
    }) = &error
    else {
        panic!("{error}")
    };
    assert!(holder.is::<B>(named), "{named:?}");
    assert!(error.to_string().contains(", for "), "{error}");
    if B::KIND != BackendKind::Sqlite {
        assert!(named.doing.is_some(), "{named:?}");
    }
    // a process that only reads need not wait for it
    assert_eq!(applied(&history, B::session(&place).as_mut()), ["a"]);

    holder.signal("CONT");
    holder.finish();
    assert_eq!(applied(&history, B::session(&place).as_mut()), ["a", "b"]);
}

fn a_waiting_process_acquires_the_lock_of_a_killed_holder<B: TestBackend>() {
    let place = B::place();
    let mut holder = Process::start::<B>(&place);
    let history = slow(insert);
    thread::scope(|scope| {
        let (waits, waiting) = std::sync::mpsc::channel();
        let (place, history) = (&place, &history);
        let waiter = scope.spawn(move || {
            let report = Migrator::new(history)
                .on_event(move |event| {
                    if let Event::Waiting { .. } = event {
                        waits.send(()).unwrap();
                    }
                })
                .upgrade(B::session(place).as_mut(), "head")
                .unwrap();
            (report, Instant::now())
        });
        waiting.recv().unwrap();
        thread::sleep(Duration::from_millis(300));
        assert!(!waiter.is_finished(), "it waits");
        holder.child.kill().unwrap();
        let killed = Instant::now();
        let (report, done) = waiter.join().unwrap();
        assert_eq!(report.steps.len(), 1, "`a` was applied by the other");
        assert!(report.at_heads);
        let took = done - killed;
        assert!(took < Duration::from_secs(3), "{took:?}");
    });
    holder.child.wait().unwrap();
    let rows = B::of_rows(B::session(&place).as_mut(), "n", "t");
    assert_eq!(rows, ["1"], "the row of the killed one is gone");
}

fn a_waiting_process_finds_nothing_to_do_after_the_holder<B: TestBackend>() {
    let place = B::place();
    let holder = Process::start::<B>(&place);
    let history = slow(insert);
    thread::scope(|scope| {
        let (waits, waiting) = std::sync::mpsc::channel();
        let (place, history) = (&place, &history);
        let waiter = scope.spawn(move || {
            Migrator::new(history)
                .on_event(move |event| {
                    if let Event::Waiting { .. } = event {
                        waits.send(()).unwrap();
                    }
                })
                .upgrade(B::session(place).as_mut(), "head")
                .unwrap()
        });
        waiting.recv().unwrap();
        holder.finish();
        let report = waiter.join().unwrap();
        assert_eq!(report.steps.len(), 0);
        assert!(report.at_heads);
    });
}

fn two_databases_do_not_wait_for_each_other<B: TestBackend>() {
    let (one, other) = (B::place(), B::place());
    let holder = Process::start::<B>(&one);
    Migrator::new(&slow(insert))
        .lock_timeout(Duration::ZERO)
        .upgrade(B::session(&other).as_mut(), "head")
        .unwrap();
    holder.finish();
}

on_each_backend! {
    a_timeout_names_the_stopped_lock_holder
    a_waiting_process_acquires_the_lock_of_a_killed_holder
    a_waiting_process_finds_nothing_to_do_after_the_holder
    two_databases_do_not_wait_for_each_other
}
