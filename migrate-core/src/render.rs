//! Operations as the text of a revision: a Rust file, or the files of an SQL folder. Pure. It must
//! not know where a text is written, or how the operations were found.

mod code;
mod file;
mod folder;
mod groups;
mod layout;
mod literal;
mod objects;
mod operation;
mod values;

pub use file::{Body, Downgrade, doc_comment, is_harmless};
pub use folder::SqlFolder;

use crate::backend::BackendKind;
use crate::diff::Change;
use crate::operation::Operation;

/// An operation with what is to be said about it: what it loses, and on what rows it fails.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The operation.
    pub operation: Operation,
    /// Each becomes a comment before it.
    pub notes: Vec<String>,
    /// The kinds of database that need it; all, if there is none.
    pub only: Vec<BackendKind>,
}

impl From<&Change> for Step {
    fn from(change: &Change) -> Step {
        let notes = [&change.loses, &change.may_fail].into_iter().flatten();
        Step {
            operation: change.operation.clone(),
            notes: notes.cloned().collect(),
            only: Vec::new(),
        }
    }
}

impl From<Operation> for Step {
    fn from(operation: Operation) -> Step {
        Step {
            operation,
            notes: Vec::new(),
            only: Vec::new(),
        }
    }
}
