//! Why the lock that keeps two runs apart was not had.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use super::Trouble;
use crate::dialect::Holder;

/// Why the lock that keeps two runs apart was not had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// Another run kept it all the time.
    #[error("another run holds the lock of `{database}`{}", held_by(holder.as_deref()))]
    TimedOut {
        /// The database.
        database: String,
        /// How long was waited.
        waited: Duration,
        /// Who has it, when that could be read.
        holder: Option<Box<Holder>>,
    },
    /// The connection is none of its own: a pooler shares the server's sessions out, one for each transaction.
    #[error(
        "the connection goes through a pooler that shares the server's sessions between transactions, where no lock keeps two runs apart"
    )]
    Shared,
    /// The database itself was busy all the time.
    #[error("the database is busy: another connection is using it")]
    Busy {
        /// How long was waited.
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
    /// The database did not answer what is needed for locking.
    #[error("cannot take the lock: {0}")]
    Database(diesel::result::Error),
}

impl LockError {
    /// What can be typed to get further.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            LockError::TimedOut { waited, .. } | LockError::Busy { waited } => Some(format!(
                "waited {:.1} s; wait longer with `--lock-timeout SECONDS`",
                waited.as_secs_f64()
            )),
            LockError::File { path, .. } => Some(format!(
                "the lock is a file beside the database: let this user write in `{}`",
                path.parent().unwrap_or(path).display()
            )),
            LockError::ReadOnly { path } => Some(format!(
                "let this user write it: `chmod u+w {}`, or run as its owner",
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

/// The lock that keeps two runs apart is not held any more. A session gives it as a [`diesel::result::Error`], so that it passes
/// through diesel's own results.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the lock that keeps other runs away was lost: {how}")]
pub struct LockLost {
    /// How it may have been lost.
    pub how: String,
}

impl LockLost {
    /// This error, in the form in which a session gives it.
    #[allow(dead_code, reason = "only sessions give it, and there may be none")]
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
