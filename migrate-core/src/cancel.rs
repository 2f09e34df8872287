//! The wish that a run ends before it is done. Somebody else, such as a signal's handler in another thread, says it; the engine
//! asks for it between statements. It knows no signals, and of databases only that a statement may be ended.

use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::dialect::CancelHandle;

/// Ends a run before it is done: the statement that runs is done to its end, what can be rolled back is, and the run fails with
/// [`Error::Stopped`](crate::Error::Stopped), or with the revision that was under way.
///
/// ```
/// use migrate_core::{History, Migrator, Stop};
/// # use diesel::{Connection, sqlite::SqliteConnection};
/// # static HISTORY: History = History::new(&[]);
/// # let mut connection = SqliteConnection::establish(":memory:")?;
/// let stop = Stop::new();
/// let handler = stop.clone(); // for a thread that waits for a signal
/// assert!(!stop.is_requested());
/// Migrator::new(&HISTORY).stop(&stop).upgrade(&mut connection, "heads")?;
/// handler.request();
/// assert!(stop.is_requested());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct CancelToken(Arc<State>);

#[derive(Default)]
struct State {
    asked: AtomicU8,
    work: Mutex<Work>,
}

/// What the engine is at.
#[derive(Default)]
enum Work {
    /// Nothing that could be stopped.
    #[default]
    Nothing,
    /// A run that has the lock, and what ends its statement where that can be done.
    Run(Option<CancelHandle>),
}

/// The statement that runs is done to its end.
const REQUESTED: u8 = 1;
/// The statement that runs was ended, too.
const CANCELLED: u8 = 2;

impl CancelToken {
    /// One that nobody has asked for yet.
    #[must_use]
    pub fn new() -> CancelToken {
        CancelToken::default()
    }

    /// Asks for it.
    pub fn request(&self) {
        self.0.asked.fetch_max(REQUESTED, Ordering::SeqCst);
    }

    /// Asks for it, and ends the statement that runs, over another connection. Tells whether that could be done: not on SQLite, not
    /// on a connection that was lent, and not when the server refuses.
    pub fn cancel(&self) -> bool {
        self.request();
        let work = self.work();
        let Work::Run(Some(cancel)) = &*work else {
            return false;
        };
        // said first, as the statement may fail before this is back
        self.0.asked.fetch_max(CANCELLED, Ordering::SeqCst);
        cancel().is_ok()
    }

    /// Whether somebody has asked for it.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        self.0.asked.load(Ordering::SeqCst) >= REQUESTED
    }

    /// Whether a run is at work that has the lock: before that, nothing was begun.
    #[must_use]
    pub fn is_at_work(&self) -> bool {
        matches!(*self.work(), Work::Run(_))
    }

    /// Whether the statement that ran was ended, so that its failure is no fault of the revision.
    #[doc(hidden)]
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.asked.load(Ordering::SeqCst) >= CANCELLED
    }

    /// Says that a run has the lock, and what ends its statement.
    #[doc(hidden)]
    pub fn begin(&self, cancel: Option<CancelHandle>) {
        *self.work() = Work::Run(cancel);
    }

    /// Says that it is over.
    #[doc(hidden)]
    pub fn end(&self) {
        *self.work() = Work::Nothing;
    }

    fn work(&self) -> MutexGuard<'_, Work> {
        self.0.work.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for CancelToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stop")
            .field("requested", &self.is_requested())
            .field("cancelled", &self.is_cancelled())
            .finish()
    }
}
