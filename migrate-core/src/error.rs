//! What can go wrong, as data.

use std::error::Error as StdError;

/// What the function of a revision failed with; `?` converts every error into it.
///
/// It is not an error type itself, so that the conversion can be from all of them; as a
/// `Box<dyn Error + Send + Sync>` it is.
#[derive(Debug)]
pub struct RevisionError(Box<dyn StdError + Send + Sync>);

impl RevisionError {
    /// Takes an error that is boxed already.
    pub fn from_boxed(error: Box<dyn StdError + Send + Sync>) -> RevisionError {
        RevisionError(error)
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
