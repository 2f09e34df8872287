//! The result of a command: exit code and both streams, with checks that show everything when they
//! fail.

use std::fmt;
use std::process;

/// The result of one command.
#[derive(Clone, Debug)]
pub struct Output {
    /// The command line, for messages.
    pub command: String,
    /// The exit code; -1 when a signal ended it.
    pub code: i32,
    /// Its stdout.
    pub stdout: String,
    /// Its stderr.
    pub stderr: String,
}

impl Output {
    pub(crate) fn new(command: String, output: &process::Output) -> Output {
        Output {
            command,
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Expects this exit code.
    #[track_caller]
    pub fn code(self, expected: i32) -> Output {
        assert_eq!(self.code, expected, "{self}");
        self
    }

    /// Expects success.
    #[track_caller]
    pub fn ok(self) -> Output {
        self.code(0)
    }

    /// Expects this text on stderr.
    #[track_caller]
    pub fn says(self, expected: &str) -> Output {
        assert!(
            self.stderr.contains(expected),
            "expected to be said: {expected}\n{self}"
        );
        self
    }

    /// Expects that this text is not on stderr.
    #[track_caller]
    pub fn keeps_quiet_about(self, unexpected: &str) -> Output {
        assert!(
            !self.stderr.contains(unexpected),
            "not expected to be said: {unexpected}\n{self}"
        );
        self
    }

    /// Expects this text on stdout.
    #[track_caller]
    pub fn prints(self, expected: &str) -> Output {
        assert!(
            self.stdout.contains(expected),
            "expected on stdout: {expected}\n{self}"
        );
        self
    }

    /// Its stdout as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        match serde_json::from_str(&self.stdout) {
            Ok(value) => value,
            Err(error) => panic!("stdout is not one JSON value: {error}\n{self}"),
        }
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "$ {}\nexit code {}\n--- stdout\n{}--- stderr\n{}",
            self.command, self.code, self.stdout, self.stderr
        )
    }
}
