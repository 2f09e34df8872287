//! Why the migration lock was not acquired.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use super::Trouble;
use crate::dialect::Holder;

/// Why the migration lock was not acquired.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// Another run held it all the time.
    #[error("another run holds the lock of `{database}`{}", held_by(holder.as_deref()))]
    TimedOut {
        /// The database.
        database: String,
        /// How long this run waited.
        waited: Duration,
        /// The lock holder, if known.
        holder: Option<Box<Holder>>,
    },
    /// The connection has no session of its own: a pooler reassigns the server's sessions after
    /// every transaction.
    #[error(
        "the connection goes through a pooler that reassigns server sessions after every transaction, so the migration lock does not hold"
    )]
    Shared,
    /// The database was busy all the time.
    #[error("the database is busy: another connection is using it")]
    Busy {
        /// How long this run waited.
        waited: Duration,
    },
    /// The file that is locked cannot be created or locked.
    #[error("cannot lock `{}`: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The database's file cannot be written.
    #[error("cannot write `{}`: it is read-only for this user", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// A query for the lock failed.
    #[error("cannot acquire the lock: {0}")]
    Database(diesel::result::Error),
}

impl LockError {
    /// What to do next.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            LockError::TimedOut { waited, .. } | LockError::Busy { waited } => Some(format!(
                "waited {:.1} s; wait longer with `--lock-timeout SECONDS`",
                waited.as_secs_f64()
            )),
            LockError::File { path, .. } => Some(format!(
                "the lock is a file next to the database: let this user write to `{}`",
                path.parent().unwrap_or(path).display()
            )),
            LockError::ReadOnly { path } => Some(format!(
                "make it writable: `chmod u+w {}`, or run as its owner",
                path.display()
            )),
            LockError::Shared => Some(
                "give the URL of the server itself, or of a pool in session mode: `--database-url URL`"
                    .to_owned(),
            ),
            LockError::Database(error) => Trouble::of(error, None).and_then(|trouble| trouble.help()),
        }
    }
}

fn held_by(holder: Option<&Holder>) -> String {
    holder.map_or_else(String::new, |holder| format!(": {holder}"))
}

/// The migration lock is no longer held. A session returns this as a [`diesel::result::Error`], so
/// that it passes through diesel's own results.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the migration lock was lost: {how}")]
pub struct LockLost {
    /// How it may have been lost.
    pub how: String,
}

impl LockLost {
    /// This error, in the form in which a session returns it.
    #[allow(
        dead_code,
        reason = "only sessions of servers return it, and no server may be compiled in"
    )]
    pub(crate) fn error(how: &str) -> diesel::result::Error {
        let lost = LockLost {
            how: how.to_owned(),
        };
        diesel::result::Error::QueryBuilderError(Box::new(lost))
    }

    /// Whether a session's error is this one.
    pub(crate) fn is(error: &diesel::result::Error) -> bool {
        matches!(error, diesel::result::Error::QueryBuilderError(inner) if inner.is::<LockLost>())
    }
}
