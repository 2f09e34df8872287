//! Runs the runner as a child and returns what it prints. Must not know what the commands do.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{RunnerError, compile};

/// What a child printed, and how it ended.
pub(crate) struct Answered {
    /// Its exit code.
    pub(crate) code: i32,
    /// What it wrote to stdout.
    pub(crate) out: String,
}

/// Runs the executable, and returns what it printed. What it says to people goes to stderr, or
/// nowhere if `silent`.
pub(crate) fn ask(
    executable: &Path,
    arguments: &[OsString],
    variables: &[(&str, String)],
    silent: bool,
) -> Result<Answered, RunnerError> {
    let mut command = Command::new(executable);
    command
        .args(arguments)
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::inherit())
        .stderr(if silent {
            Stdio::null()
        } else {
            Stdio::inherit()
        });
    compile::forget_ourselves(&mut command);
    match command.output() {
        Ok(output) => Ok(Answered {
            code: output.status.code().unwrap_or(2),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
        }),
        Err(error) => Err(RunnerError::Start {
            path: executable.to_owned(),
            error,
        }),
    }
}
