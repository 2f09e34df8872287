//! How long the statements of a run may take and wait: plain data. What a server calls it is each backend's business.

use std::time::Duration;

/// How long a statement waits for a lock by default: short enough that what queues up behind it goes unnoticed.
pub const STATEMENT_LOCK_TIMEOUT: Duration = Duration::from_secs(5);

/// How long each statement of a run may take, and how long it waits for a lock of the server's. Zero is without end.
///
/// A statement that changes a table waits until no other session uses it, and all other sessions wait behind it: so the
/// wait is limited by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timeouts {
    /// How long it waits for a lock; nothing for what the connection is set up for, or [`STATEMENT_LOCK_TIMEOUT`] where it is
    /// set up for nothing.
    pub lock: Option<Duration>,
    /// How long it takes; nothing for what the connection is set up for.
    pub statement: Option<Duration>,
}

/// What kept a statement from being done, and may be over at another try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockConflict {
    /// It waited too long for a lock that another session has.
    LockTimeout,
    /// It and another session waited for each other, and the server chose this one to give way.
    Deadlock,
}

/// Ends the statement that a session is running, from another thread and over a connection of its own.
pub type CancelHandle = Box<dyn Fn() -> Result<(), String> + Send + Sync>;
