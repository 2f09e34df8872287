//! The process that is killed: the runner that `cargo migrate` builds from a history; or a run that
//! ends itself at a boundary. It must not know what is compared afterwards.

use std::cell::Cell;
use std::env;
use std::process::{Command, ExitCode, Stdio};

use migrate_core::Migrator;
use migrate_core::engine::backend::{self, Access, DatabaseUrl};
use migrate_core::migrator::Event;

use crate::history::history;
use crate::misbehaviour::misbehaviour;

/// The history of which this process is the runner; without it, this process is a series.
const RUNNER: &str = "MIGRATE_TEST_RUNNER";

/// The boundary at which this process ends itself; its arguments are the direction and the target.
const DIES_AT: &str = "MIGRATE_TEST_DIES_AT";

/// The direction of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Up,
    Down,
}

/// Runs as a child, if this process is to be one.
pub(crate) fn run() -> Option<ExitCode> {
    if let Ok(boundary) = env::var(DIES_AT) {
        let arguments: Vec<String> = env::args().skip(1).collect();
        return Some(go(&arguments, boundary.parse().unwrap_or(usize::MAX)));
    }
    let history = match env::var(RUNNER).ok()?.as_str() {
        "misbehaviour" => misbehaviour(),
        _ => history(),
    };
    Some(migrate_cli::main(history))
}

/// The runner with these arguments, for this database.
pub(crate) fn command(url: &str, arguments: &[&str]) -> Command {
    let mut command = this_program(url);
    command.args(arguments).env(RUNNER, "history");
    command
}

/// A run to the target that ends itself at a boundary, if it has that many.
pub(crate) fn mortal(url: &str, way: Way, target: &str, boundary: usize) -> Command {
    let mut command = this_program(url);
    command
        .arg(format!("{way:?}"))
        .arg(target)
        .env(DIES_AT, boundary.to_string());
    command
}

fn this_program(url: &str) -> Command {
    let program = env::current_exe().expect("a running program has a path");
    let mut command = Command::new(program);
    command
        .env("DATABASE_URL", url)
        .env("NO_COLOR", "1")
        .env_remove(RUNNER)
        .env_remove(DIES_AT)
        .stdin(Stdio::null());
    command
}

#[expect(clippy::print_stderr, reason = "the parent shows it")]
fn go(arguments: &[String], boundary: usize) -> ExitCode {
    let url: DatabaseUrl = env::var("DATABASE_URL")
        .ok()
        .and_then(|url| url.parse().ok())
        .expect("the parent says which database");
    let mut session = backend::connect(&url, Access::Write).expect("the database can be opened");
    let left = Cell::new(boundary);
    let history = history();
    let dies = |event: &Event<'_>| {
        if let Event::Failpoint { .. } = event {
            left.set(left.get() - 1);
            if left.get() == 0 {
                die();
            }
        }
    };
    // as the command line runs it
    let migrator = Migrator::new(&history).on_event(dies).statements_together();
    let outcome = match arguments {
        [way, target] if way == "Up" => migrator.upgrade(session.as_mut(), target),
        [_, target] => migrator.downgrade(session.as_mut(), target),
        _ => panic!("the parent says which way, and how far"),
    };
    match outcome {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Ends this process as `kill -9` does: without unwinding, closing or reporting anything.
fn die() {
    // the standard library signals only children
    let _ = Command::new("sh").args(["-c", "kill -9 $PPID"]).status();
}
