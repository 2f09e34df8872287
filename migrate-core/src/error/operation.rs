//! What an operation can fail with, and what a revision's body fails with.

use std::error::Error as StdError;
use std::fmt;

use crate::backend::BackendKind;

/// What a revision's body fails with: any error, taken in by `?`.
///
/// It is not an error type itself, so that the conversion can be from all of them; as a
/// `Box<dyn Error + Send + Sync>` it is.
///
/// ```
/// use migrate_core::prelude::*;
///
/// fn upgrade(op: &mut Operations<'_>) -> Result<()> {
///     let limit: i32 = "20".parse()?;
///     if limit > 100 {
///         return Err(RevisionError::message("the limit is too high"));
///     }
///     op.add_column("users", column("quota", Integer).default(limit))
/// }
/// ```
#[derive(Debug)]
pub struct RevisionError(Box<dyn StdError + Send + Sync>);

impl RevisionError {
    /// An error that is only a text.
    #[must_use]
    pub fn message(text: impl Into<String>) -> RevisionError {
        RevisionError(text.into().into())
    }

    /// Takes an error that is boxed already.
    #[must_use]
    pub fn from_boxed(error: Box<dyn StdError + Send + Sync>) -> RevisionError {
        RevisionError(error)
    }

    /// The error inside, if it is of this type.
    #[must_use]
    pub fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        self.0.downcast_ref()
    }
}

impl fmt::Display for RevisionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<E: StdError + Send + Sync + 'static> From<E> for RevisionError {
    fn from(error: E) -> RevisionError {
        RevisionError(Box::new(error))
    }
}

impl From<RevisionError> for Box<dyn StdError + Send + Sync> {
    fn from(error: RevisionError) -> Self {
        error.0
    }
}

/// What one call on `Operations` can fail with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OperationError {
    /// The backend cannot do it; nothing of the operation was run.
    #[error(transparent)]
    Unsupported(#[from] Unsupported),
    /// The database refused one of its statements.
    #[error("{source}")]
    Statement {
        /// The operation, in one line.
        operation: String,
        /// The statement.
        sql: String,
        /// What the database said.
        source: diesel::result::Error,
    },
    /// A table was made anew, and rows point at nothing, or at what is no key.
    #[error("a foreign key would be broken: {message}")]
    BrokenKeys {
        /// Which.
        message: String,
    },
    /// A table was made anew, and a view or a trigger does not fit it any more.
    #[error("the schema would be broken: {message}")]
    BrokenSchema {
        /// What the database said.
        message: String,
    },
    /// Foreign keys must be off, which only can be done before the transaction: the engine begins the
    /// revision's anew.
    #[error("`{table}` is pointed at, and must be made anew with foreign keys off")]
    KeysAreOn {
        /// The table.
        table: String,
    },
    /// The catalogue could not be looked at before the operation.
    #[error("{0}")]
    Catalogue(diesel::result::Error),
    /// The live connection was asked for while operations are only collected.
    #[error("there is no live connection while the operations of a revision are only collected")]
    NotLive,
    /// A connection of another backend was asked for.
    #[error("the revision needs a `{wanted}`, but {} is connected", connected.name())]
    OtherConnection {
        /// The type of connection that was asked for.
        wanted: &'static str,
        /// What is connected.
        connected: BackendKind,
    },
    /// Somebody wants the run to end: nothing more is begun.
    #[error("stopped")]
    Stopped,
    /// The body went on after an operation had failed.
    #[error("the revision went on after this had failed: {failed}")]
    AfterFailure {
        /// The operation that had failed.
        failed: String,
    },
}

/// What a backend cannot do, and what to do instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} cannot {what}", backend.name())]
pub struct Unsupported {
    /// The backend.
    pub backend: BackendKind,
    /// What it cannot do, as it follows "cannot".
    pub what: String,
    /// What to do instead.
    pub help: String,
}
