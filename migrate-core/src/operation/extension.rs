//! Extensions of the server (PostgreSQL).

use std::fmt;

use super::Operation;
use super::reverse::{CAME_BEFORE, Missing};

/// An operation on an extension.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExtensionOperation {
    /// Creates an extension.
    Create {
        /// Its name.
        name: String,
        /// The schema for its objects, when not the default.
        schema: Option<String>,
        /// Its version, when not the newest.
        version: Option<String>,
        /// Whether it does nothing if the extension already exists.
        if_not_exists: bool,
    },
    /// Drops an extension.
    Drop {
        /// Its name.
        name: String,
        /// Whether it does nothing if the extension does not exist.
        if_exists: bool,
        /// Whether everything that uses it is dropped, too.
        cascade: bool,
    },
}

impl fmt::Display for ExtensionOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExtensionOperation::Create { name, .. } => write!(f, "create extension `{name}`"),
            ExtensionOperation::Drop {
                name,
                cascade: true,
                ..
            } => write!(f, "drop extension `{name}` with all that uses it"),
            ExtensionOperation::Drop { name, .. } => write!(f, "drop extension `{name}`"),
        }
    }
}

impl ExtensionOperation {
    pub(super) fn reverse(&self) -> Result<Operation, Missing> {
        match self {
            ExtensionOperation::Create {
                if_not_exists: true,
                ..
            }
            | ExtensionOperation::Drop {
                if_exists: true, ..
            } => Err(CAME_BEFORE),
            ExtensionOperation::Create { name, .. } => {
                Ok(Operation::Extension(ExtensionOperation::Drop {
                    name: name.clone(),
                    if_exists: false,
                    cascade: false,
                }))
            }
            ExtensionOperation::Drop { .. } => Err((
                "its schema and version, and what used it",
                "write the downgrade as a function with `op.create_extension(extension(\"…\"))`",
            )),
        }
    }
}
