//! Types with listed values (PostgreSQL).

use std::fmt;

use super::Operation;
use super::reverse::{CAME_BEFORE, Missing, definition};
use crate::schema::{EnumType, ObjectName};

/// An operation on an enum type.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EnumTypeOperation {
    /// Creates a type.
    Create {
        /// The type.
        enum_type: EnumType,
    },
    /// Drops a type.
    Drop {
        /// Its name.
        name: ObjectName,
        /// Its definition before.
        definition: Option<EnumType>,
        /// Whether it does nothing if the type does not exist.
        if_exists: bool,
    },
    /// Renames a type within its schema.
    Rename {
        /// The name before.
        from: ObjectName,
        /// The name after.
        to: String,
    },
    /// Adds a value to a type.
    AddValue {
        /// The type.
        name: ObjectName,
        /// The value.
        value: String,
        /// Its position among the others, when not last.
        position: Option<EnumPosition>,
        /// Whether it does nothing if the value already exists.
        if_not_exists: bool,
    },
    /// Gives a value a new text.
    RenameValue {
        /// The type.
        name: ObjectName,
        /// The text before.
        from: String,
        /// The text after.
        to: String,
    },
}

/// The position of a new value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnumPosition {
    /// Just before this value.
    Before(String),
    /// Just after this value.
    After(String),
}

impl fmt::Display for EnumTypeOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EnumTypeOperation::Create { enum_type } => {
                write!(f, "create enum type `{}`", enum_type.name)
            }
            EnumTypeOperation::Drop { name, .. } => write!(f, "drop enum type `{name}`"),
            EnumTypeOperation::Rename { from, to } => {
                write!(f, "rename enum type `{from}` to `{to}`")
            }
            EnumTypeOperation::AddValue { name, value, .. } => {
                write!(f, "add value `{value}` to enum type `{name}`")
            }
            EnumTypeOperation::RenameValue { name, from, to } => {
                write!(f, "rename value `{from}` of enum type `{name}` to `{to}`")
            }
        }
    }
}

impl EnumTypeOperation {
    pub(super) fn reverse(&self) -> Result<Operation, Missing> {
        let reverse = match self {
            EnumTypeOperation::Create { enum_type } => EnumTypeOperation::Drop {
                name: enum_type.name.clone(),
                definition: Some(enum_type.clone()),
                if_exists: false,
            },
            EnumTypeOperation::Drop {
                if_exists: true, ..
            } => return Err(CAME_BEFORE),
            EnumTypeOperation::Drop {
                definition: was, ..
            } => EnumTypeOperation::Create {
                enum_type: definition(was, "op.drop_enum(enum_type(\"…\", [\"…\"]))")?,
            },
            EnumTypeOperation::Rename { from, to } => EnumTypeOperation::Rename {
                from: from.sibling(to.as_str()),
                to: from.name.clone(),
            },
            EnumTypeOperation::AddValue { .. } => {
                return Err((
                    "a statement that removes a value, which no server has",
                    "write the downgrade as a function that recreates the type, or declare the revision `irreversible`",
                ));
            }
            EnumTypeOperation::RenameValue { name, from, to } => EnumTypeOperation::RenameValue {
                name: name.clone(),
                from: to.clone(),
                to: from.clone(),
            },
        };
        Ok(Operation::EnumType(reverse))
    }
}
