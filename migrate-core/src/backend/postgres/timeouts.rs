//! Statement and lock timeouts in the settings of PostgreSQL, and the errors that report a timeout.
//! Text only; the session sends it.

use std::time::Duration;

use diesel::result::{DatabaseErrorKind, Error};

use crate::backend::{LockConflict, STATEMENT_LOCK_TIMEOUT, Timeouts};

/// The settings of the connection before the run changed them, as the server prints them.
#[derive(Clone, Debug)]
pub(super) struct Before {
    pub(super) lock_timeout: String,
    pub(super) statement_timeout: String,
}

impl Before {
    /// The settings, each with its value in a run with these timeouts.
    pub(super) fn limited(&self, limits: &Timeouts) -> [(&'static str, String); 2] {
        let lock = match limits.lock {
            Some(limit) => millis(limit),
            // it is set for this user or this database, and takes precedence
            None if self.lock_timeout != "0" => self.lock_timeout.clone(),
            None => millis(STATEMENT_LOCK_TIMEOUT),
        };
        let statement = limits.statement.map(millis);
        [
            ("lock_timeout", lock),
            (
                "statement_timeout",
                statement.unwrap_or_else(|| self.statement_timeout.clone()),
            ),
        ]
    }

    /// The settings, each with its old value.
    pub(super) fn given_back(&self) -> [(&'static str, String); 2] {
        [
            ("lock_timeout", self.lock_timeout.clone()),
            ("statement_timeout", self.statement_timeout.clone()),
        ]
    }
}

/// Whether an error is a lock conflict with another session. If the server's messages are not in
/// English, a statement that failed only after the lock timeout counts as one that waited.
pub(super) fn lock_conflict(
    error: &Error,
    speaks_english: bool,
    was_up: bool,
) -> Option<LockConflict> {
    let Error::DatabaseError(kind, facts) = error else {
        return None;
    };
    let message = facts.message();
    match kind {
        DatabaseErrorKind::SerializationFailure => Some(LockConflict::Deadlock),
        _ if message == "deadlock detected" => Some(LockConflict::Deadlock),
        _ if message == "canceling statement due to lock timeout" => {
            Some(LockConflict::LockTimeout)
        }
        DatabaseErrorKind::Unknown if !speaks_english && was_up => Some(LockConflict::LockTimeout),
        _ => None,
    }
}

/// Whole milliseconds, and at least one, as zero means no limit.
fn millis(limit: Duration) -> String {
    const MOST: u128 = i32::MAX as u128;
    match limit.is_zero() {
        true => "0".to_owned(),
        false => limit.as_millis().clamp(1, MOST).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn before(lock: &str) -> Before {
        Before {
            lock_timeout: lock.to_owned(),
            statement_timeout: "1min".to_owned(),
        }
    }

    #[test]
    fn what_is_said_counts_before_what_is_set_before_the_default() {
        let limits = |lock, statement| Timeouts { lock, statement };
        let values =
            |before: &Before, limits: &Timeouts| before.limited(limits).map(|(_, value)| value);
        let nothing = Timeouts::default();
        assert_eq!(values(&before("0"), &nothing), ["5000", "1min"]);
        assert_eq!(values(&before("90s"), &nothing), ["90s", "1min"]);
        let both = limits(Some(Duration::from_micros(1)), Some(Duration::ZERO));
        assert_eq!(values(&before("90s"), &both), ["1", "0"]);
        let long = limits(Some(Duration::MAX), None);
        assert_eq!(values(&before("0"), &long), ["2147483647", "1min"]);
    }
}
