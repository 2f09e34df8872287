//! Options of a run: where transactions begin and end, how long statements may run and wait, how
//! often a revision is retried. Plain data, and the builder's methods for it.

use std::time::Duration;

use super::Migrator;
use crate::backend::Timeouts;
use crate::cancel::CancelToken;

/// The default number of retries of a revision after a lock conflict.
pub const LOCK_RETRIES: u32 = 5;

/// The pause before the first retry; each pause after it is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Where the transactions of a run begin and end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Transactions {
    /// Each revision has its own, unless it declares `transaction = false`.
    #[default]
    Revision,
    /// The whole run is one: all of it is done or nothing. Not on MySQL and MariaDB, which commit
    /// each change of the schema by themselves, and not with a revision that declares `transaction
    /// = false`.
    All,
    /// None has one, as if each declared `transaction = false`.
    None,
}

impl Transactions {
    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Transactions::Revision => "revision",
            Transactions::All => "all",
            Transactions::None => "none",
        }
    }
}

/// The options of a run.
#[derive(Clone, Debug)]
pub(super) struct Options {
    pub(super) transactions: Transactions,
    pub(super) limits: Timeouts,
    pub(super) retries: u32,
    pub(super) stop: CancelToken,
    /// Whether statements may be sent together.
    pub(super) together: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            transactions: Transactions::default(),
            limits: Timeouts::default(),
            retries: LOCK_RETRIES,
            stop: CancelToken::new(),
            together: true,
        }
    }
}

impl Options {
    /// The pause before a retry, counted from 1; none when there is to be no retry.
    pub(super) fn pause_before(&self, retry: u32) -> Option<Duration> {
        let doublings = retry.saturating_sub(1).min(16);
        (retry <= self.retries).then(|| (FIRST_PAUSE * 2_u32.pow(doublings)).min(LONGEST_PAUSE))
    }
}

impl Migrator<'_> {
    /// Sets where transactions begin and end, instead of one for each revision.
    #[must_use]
    pub fn transactions(mut self, transactions: Transactions) -> Self {
        self.options.transactions = transactions;
        self
    }

    /// Limits how long each statement waits for a lock of the server; zero is unlimited.
    ///
    /// Without it, the connection's own setting counts, and where that has none,
    /// [`STATEMENT_LOCK_TIMEOUT`](crate::backend::STATEMENT_LOCK_TIMEOUT). It is independent of
    /// [`lock_timeout`](Migrator::lock_timeout), which limits how long this run waits for another
    /// one.
    #[must_use]
    pub fn statement_lock_timeout(mut self, timeout: Duration) -> Self {
        self.options.limits.lock = Some(timeout);
        self
    }

    /// Limits how long each statement runs, on PostgreSQL and MariaDB; zero is unlimited. The
    /// others refuse it.
    #[must_use]
    pub fn statement_timeout(mut self, timeout: Duration) -> Self {
        self.options.limits.statement = Some(timeout);
        self
    }

    /// Retries a revision up to this many times after a lock timeout, or when it was chosen as
    /// deadlock victim, as long as nothing of it was committed. Instead of [`LOCK_RETRIES`]; the
    /// pauses grow from half a second to ten.
    #[must_use]
    pub fn lock_retries(mut self, retries: u32) -> Self {
        self.options.retries = retries;
        self
    }

    /// Lets another thread cancel a run.
    #[must_use]
    pub fn stop(mut self, stop: &CancelToken) -> Self {
        self.options.stop = stop.clone();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        let options = Options::default();
        let pauses: Vec<u128> = (1..)
            .map_while(|retry| options.pause_before(retry))
            .map(|pause| pause.as_millis())
            .collect();
        assert_eq!(pauses, [500, 1000, 2000, 4000, 8000]);
        let many = Options {
            retries: u32::MAX,
            ..options
        };
        assert_eq!(many.pause_before(u32::MAX), Some(LONGEST_PAUSE));
    }
}
