//! What the exit codes mean: the one list of them.

use std::process::ExitCode;

/// How a command ended. `cargo migrate`, the runner and a program's own binary end in the same
/// codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Exit {
    /// Success, also if there was nothing to do.
    Done = 0,
    /// The answer is no: something is pending or unknown, the database is not at its heads, the
    /// history is not valid.
    No = 1,
    /// The command, its arguments, the configuration or the database it names cannot be used.
    Usage = 2,
    /// A revision failed, or could not be undone.
    Revision = 3,
    /// Another process held the lock, or the database itself, for longer than `--lock-timeout`.
    Lock = 4,
    /// Ctrl-C or SIGTERM stopped it; the operation in progress was rolled back where possible. The
    /// code is that of a shell.
    Stopped = 130,
}

impl Exit {
    /// The end with this code; a code that no command has counts as a failure to start.
    pub fn of(code: i32) -> Exit {
        let all = [
            Exit::Done,
            Exit::No,
            Exit::Usage,
            Exit::Revision,
            Exit::Lock,
            Exit::Stopped,
        ];
        let is_it = |exit: &Exit| i32::from(exit.code()) == code;
        all.into_iter().find(is_it).unwrap_or(Exit::Usage)
    }

    /// The code as the operating system sees it.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The code's name in JSON.
    pub fn kind(self) -> &'static str {
        match self {
            Exit::Done => "done",
            Exit::No => "no",
            Exit::Usage => "usage",
            Exit::Revision => "revision",
            Exit::Lock => "lock",
            Exit::Stopped => "stopped",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}
