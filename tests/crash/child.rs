//! The process that is killed: the commands of a runner over the history, or a run that kills itself at one boundary of a step. It
//! must not know what is compared afterwards.

use std::env;
use std::process::{Command, ExitCode, Stdio};

use migrate_core::cli::{self, Invocation, Surroundings};

use crate::history::history;

/// Does what `command` says, if it is one of a child's.
pub(crate) fn run(command: &str, arguments: &[String]) -> Option<ExitCode> {
    match command {
        "migrate" => Some(runner(arguments)),
        _ => None,
    }
}

/// A command of this program, as a child, on this database.
pub(crate) fn command(url: &str, arguments: &[&str]) -> Command {
    let program = env::current_exe().expect("a running program has a path");
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env("DATABASE_URL", url)
        .env("NO_COLOR", "1")
        .stdin(Stdio::null());
    command
}

/// What `cargo migrate` builds from a history, and runs.
fn runner(arguments: &[String]) -> ExitCode {
    let invocation = Invocation {
        program: "crash migrate".to_owned(),
        arguments: arguments.iter().map(Into::into).collect(),
        surroundings: Surroundings {
            directory: env::current_dir().unwrap_or_default(),
            variable: &|name| env::var_os(name),
        },
        out: &mut anstream::stdout(),
        err: &mut anstream::stderr(),
        terminal: false,
    };
    cli::run(&history(), invocation).into()
}
