//! Why a run cannot be one transaction.

use crate::backend::BackendKind;

/// Why a run cannot be one transaction: part of it could not be rolled back with the rest. Nothing was run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotInOne {
    /// The database commits each change of the schema by itself.
    #[error("a run on {} cannot be one transaction: it commits each change of the schema by itself", .0.name())]
    Backend(BackendKind),
    /// A revision runs outside a transaction.
    #[error("the run cannot be one transaction: revision `{0}` says `transaction = false`")]
    Revision(String),
}

impl NotInOne {
    /// What can be done instead.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            NotInOne::Backend(_) => "leave out `--transaction all`".to_owned(),
            NotInOne::Revision(id) => {
                format!("leave out `--transaction all`, or bring `{id}` about by itself")
            }
        }
    }
}
