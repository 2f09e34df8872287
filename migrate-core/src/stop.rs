//! The wish that a run ends before it is done. Somebody else, such as a signal's handler in another thread, says it; the engine
//! asks for it between statements. It knows neither signals nor databases.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

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
pub struct Stop(Arc<AtomicU8>);

/// The statement that runs is done to its end.
const REQUESTED: u8 = 1;
/// The statement that runs was ended, too.
const CANCELLED: u8 = 2;

impl Stop {
    /// One that nobody has asked for yet.
    #[must_use]
    pub fn new() -> Stop {
        Stop::default()
    }

    /// Asks for it.
    pub fn request(&self) {
        self.0.fetch_max(REQUESTED, Ordering::SeqCst);
    }

    /// Asks for it, and says that the statement that runs is ended by other means: its failure is no fault of the revision.
    pub fn cancel(&self) {
        self.0.fetch_max(CANCELLED, Ordering::SeqCst);
    }

    /// Whether somebody has asked for it.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::SeqCst) >= REQUESTED
    }

    /// Whether the statement that runs is ended, too.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::SeqCst) >= CANCELLED
    }
}

impl fmt::Debug for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stop")
            .field("requested", &self.is_requested())
            .field("cancelled", &self.is_cancelled())
            .finish()
    }
}
