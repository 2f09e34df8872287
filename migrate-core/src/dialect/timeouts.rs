//! The timeouts of a run's statements: plain data. Each backend knows the server's names for them.

use std::time::Duration;

/// How long a statement waits for a lock by default: short enough that what queues up behind it
/// goes unnoticed.
pub const STATEMENT_LOCK_TIMEOUT: Duration = Duration::from_secs(5);

/// How long each statement of a run may take, and how long it waits for a lock on the server. Zero
/// means no limit.
///
/// A statement that changes a table waits until no other session uses it, and all other sessions
/// wait behind it: so the wait is limited by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timeouts {
    /// How long it waits for a lock; `None` for the setting of the connection, or
    /// [`STATEMENT_LOCK_TIMEOUT`] if it has none.
    pub lock: Option<Duration>,
    /// How long it may run; `None` for the setting of the connection.
    pub statement: Option<Duration>,
}

/// Why a statement failed that may succeed at another attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockConflict {
    /// The wait for a lock of another session timed out.
    LockTimeout,
    /// It and another session waited for each other, and the server chose this one as the deadlock
    /// victim.
    Deadlock,
}

/// Cancels the statement that a session is running, from another thread and over another
/// connection.
pub type CancelHandle = Box<dyn Fn() -> Result<(), String> + Send + Sync>;
