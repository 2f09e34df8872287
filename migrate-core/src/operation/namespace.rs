//! Schemas, which qualify the names of tables.

use std::fmt;

use super::Operation;
use super::reverse::{CAME_BEFORE, Missing};

/// An operation on a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SchemaOperation {
    /// Creates a schema.
    Create {
        /// Its name.
        name: String,
        /// Whether it does nothing if a schema of this name already exists.
        if_not_exists: bool,
    },
    /// Drops a schema.
    Drop {
        /// Its name.
        name: String,
        /// Whether it does nothing if the schema does not exist.
        if_exists: bool,
        /// Whether everything in it is dropped, too.
        cascade: bool,
    },
    /// Renames a schema.
    Rename {
        /// The name before.
        from: String,
        /// The name after.
        to: String,
    },
}

impl fmt::Display for SchemaOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SchemaOperation::Create { name, .. } => write!(f, "create schema `{name}`"),
            SchemaOperation::Drop {
                name,
                cascade: true,
                ..
            } => write!(f, "drop schema `{name}` with all that is in it"),
            SchemaOperation::Drop { name, .. } => write!(f, "drop schema `{name}`"),
            SchemaOperation::Rename { from, to } => write!(f, "rename schema `{from}` to `{to}`"),
        }
    }
}

impl SchemaOperation {
    pub(super) fn reverse(&self) -> Result<Operation, Missing> {
        let reverse = match self {
            SchemaOperation::Create {
                if_not_exists: true,
                ..
            }
            | SchemaOperation::Drop {
                if_exists: true, ..
            } => return Err(CAME_BEFORE),
            SchemaOperation::Drop { cascade: true, .. } => {
                return Err((
                    "the definitions of all that was in it",
                    "write the downgrade as a function that creates the schema and what was in it",
                ));
            }
            SchemaOperation::Create { name, .. } => SchemaOperation::Drop {
                name: name.clone(),
                if_exists: false,
                cascade: false,
            },
            SchemaOperation::Drop { name, .. } => SchemaOperation::Create {
                name: name.clone(),
                if_not_exists: false,
            },
            SchemaOperation::Rename { from, to } => SchemaOperation::Rename {
                from: to.clone(),
                to: from.clone(),
            },
        };
        Ok(Operation::Schema(reverse))
    }
}
