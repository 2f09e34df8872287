//! Why there is no scratch database, and where a text that runs there failed.

use diesel::result::Error;

use crate::error::{ConnectError, Trouble};

/// Why a scratch database could not be made or used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScratchError {
    /// The server cannot be reached, or its kind is not compiled in.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The user may not create a database.
    #[error("cannot create a scratch database: {message}")]
    Denied {
        /// The statement that grants it.
        grant: String,
        /// The database's message.
        message: String,
    },
    /// The server reported an error.
    #[error("cannot {doing}: {source}")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// The error.
        source: Error,
    },
    /// An operation failed there.
    #[error("`{operation}` failed on a scratch database: {message}")]
    Operation {
        /// The operation, in one line.
        operation: String,
        /// What went wrong.
        message: String,
    },
    /// It is already dropped.
    #[error("the scratch database is already dropped")]
    Dropped,
}

impl ScratchError {
    pub(super) fn of(doing: &'static str, source: Error) -> ScratchError {
        ScratchError::Database { doing, source }
    }

    /// Where the user lacks a privilege: the statement that grants it.
    pub(super) fn granted_by(self, grant: String) -> ScratchError {
        match self {
            ScratchError::Database {
                source: Error::DatabaseError(kind, facts),
                doing,
            } => {
                let message = facts.message().to_owned();
                let source = Error::DatabaseError(kind, facts);
                match Trouble::of(&source, Some("CREATE DATABASE")) {
                    Some(Trouble::Denied(_)) => ScratchError::Denied { grant, message },
                    _ => ScratchError::Database { doing, source },
                }
            }
            other => other,
        }
    }
}

/// A statement of an SQL text that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlFailure {
    /// The line of the text where it begins, from 1.
    pub line: u32,
    /// What went wrong.
    pub message: String,
    /// What to write instead, if that is known.
    pub help: Option<&'static str>,
}
