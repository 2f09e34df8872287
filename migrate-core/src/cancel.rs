//! Cancellation of a run. Another thread, such as a signal handler, requests it; the engine polls
//! for it between statements, and between the messages of several. It knows no signals, and of
//! databases only that a statement may be cancelled.

use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::dialect::CancelHandle;

/// Cancels a run: the current statement completes (on a server also those that were sent with it
/// in one message, as far as the COMMIT), everything that can be rolled back is rolled back, and
/// the run fails with [`Error::Stopped`](crate::Error::Stopped), or with the error of the current
/// revision.
///
/// ```
/// use migrate_core::{CancelToken, History, Migrator};
/// # use diesel::{Connection, sqlite::SqliteConnection};
/// # static HISTORY: History = History::new(&[]);
/// # let mut connection = SqliteConnection::establish(":memory:")?;
/// let token = CancelToken::new();
/// let handler = token.clone(); // for a thread that waits for a signal
/// assert!(!token.is_requested());
/// Migrator::new(&HISTORY).stop(&token).upgrade(&mut connection, "heads")?;
/// handler.request();
/// assert!(token.is_requested());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct CancelToken(Arc<State>);

#[derive(Default)]
struct State {
    asked: Arc<AtomicU8>,
    work: Mutex<Work>,
}

/// What the engine is doing.
#[derive(Default)]
enum Work {
    /// Nothing that can be cancelled.
    #[default]
    Nothing,
    /// A run that has the lock, and the handle that cancels its statement where the backend
    /// supports that.
    Run(Option<CancelHandle>),
}

/// Requested: the current statement completes.
const REQUESTED: u8 = 1;
/// The current statement was cancelled, too.
const CANCELLED: u8 = 2;

impl CancelToken {
    /// A token without a request.
    #[must_use]
    pub fn new() -> CancelToken {
        CancelToken::default()
    }

    /// Requests cancellation.
    pub fn request(&self) {
        self.0.asked.fetch_max(REQUESTED, Ordering::SeqCst);
    }

    /// Requests cancellation, and cancels the current statement over another connection. Returns
    /// whether that was possible: not on SQLite, not on a connection that the caller lent, and not
    /// when the server refuses.
    pub fn cancel(&self) -> bool {
        self.request();
        let work = self.work();
        let Work::Run(Some(cancel)) = &*work else {
            return false;
        };
        // set first, as the statement may fail before this returns
        self.0.asked.fetch_max(CANCELLED, Ordering::SeqCst);
        cancel().is_ok()
    }

    /// Whether cancellation was requested.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        self.0.asked.load(Ordering::SeqCst) >= REQUESTED
    }

    /// Whether a run that has the lock is in progress: before that, nothing was begun.
    #[must_use]
    pub fn is_at_work(&self) -> bool {
        matches!(*self.work(), Work::Run(_))
    }

    /// Whether the current statement was cancelled, so that its failure is not the revision's
    /// fault.
    #[doc(hidden)]
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.asked.load(Ordering::SeqCst) >= CANCELLED
    }

    /// Registers a run that has the lock, and the handle that cancels its statement.
    #[doc(hidden)]
    pub fn begin(&self, cancel: Option<CancelHandle>) {
        *self.work() = Work::Run(cancel);
    }

    /// A token for another run at the same time: what is requested of one is of both, and each
    /// registers its own run.
    #[doc(hidden)]
    #[must_use]
    pub fn beside(&self) -> CancelToken {
        CancelToken(Arc::new(State {
            asked: Arc::clone(&self.0.asked),
            work: Mutex::default(),
        }))
    }

    /// Ends the registration of the run.
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
