//! The process that is killed: what `cargo migrate` builds from a history, and runs. It must not know what is compared afterwards.

use std::env;
use std::process::{Command, ExitCode, Stdio};

use migrate_core::cli;

use crate::history::history;
use crate::misbehaviour::misbehaviour;

/// Names the history of which this process is the runner; without it, this process is a series.
pub(crate) const RUNNER: &str = "MIGRATE_TEST_RUNNER";

/// Does what a runner does, when this process is to be one.
pub(crate) fn run() -> Option<ExitCode> {
    let history = match env::var(RUNNER).ok()?.as_str() {
        "misbehaviour" => misbehaviour(),
        _ => history(),
    };
    Some(cli::main(history))
}

/// The runner with these arguments, for this database.
pub(crate) fn command(url: &str, arguments: &[&str]) -> Command {
    let program = env::current_exe().expect("a running program has a path");
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env(RUNNER, "history")
        .env("DATABASE_URL", url)
        .env("NO_COLOR", "1")
        .stdin(Stdio::null());
    command
}
