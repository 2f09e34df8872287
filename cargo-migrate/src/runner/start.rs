//! Starts the runner in place of this program. Must not know how the runner was built.

use std::convert::Infallible;
use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::Command;

use super::{RunnerError, compile};

/// Replaces this process by the runner, and exits with its exit code.
pub(crate) fn start(
    executable: &Path,
    arguments: &[OsString],
    variables: &[(&str, String)],
) -> Result<Infallible, RunnerError> {
    let mut command = Command::new(executable);
    command
        .args(arguments)
        .envs(variables.iter().map(|(name, value)| (name, value)));
    compile::forget_ourselves(&mut command);
    call(&mut command);
    let error = become_it(&mut command);
    Err(RunnerError::Start {
        path: executable.to_owned(),
        error,
    })
}

/// Gives the runner a name that says something where processes are listed, and to those who wait
/// for its lock: its own ends in a hash.
#[cfg(unix)]
fn call(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.arg0("cargo-migrate");
}

/// This platform does not support such a name.
#[cfg(not(unix))]
fn call(_: &mut Command) {}

/// Replaces this process; returns only if that failed.
#[cfg(unix)]
fn become_it(command: &mut Command) -> io::Error {
    use std::os::unix::process::CommandExt;
    command.exec()
}

/// Runs the program and ends with its code; returns only when it could not be started.
#[cfg(not(unix))]
fn become_it(command: &mut Command) -> io::Error {
    match command.status() {
        Ok(status) => std::process::exit(status.code().unwrap_or(2)),
        Err(error) => error,
    }
}
