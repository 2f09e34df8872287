//! Types whose values are listed: created, extended, dropped (PostgreSQL).

use std::fmt;

use super::Operation;
use super::reverse::{CAME_BEFORE, Missing, definition};
use crate::schema::{EnumType, ObjectName};

/// Something about an enum type.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EnumTypeOperation {
    /// A new type.
    Create {
        /// The type.
        enum_type: EnumType,
    },
    /// A type goes.
    Drop {
        /// Its name.
        name: ObjectName,
        /// What it was.
        definition: Option<EnumType>,
        /// Whether it may be missing.
        if_exists: bool,
    },
    /// A type gets another name in the same schema.
    Rename {
        /// Its name so far.
        from: ObjectName,
        /// Its name from now on.
        to: String,
    },
    /// A type gets another value.
    AddValue {
        /// The type.
        name: ObjectName,
        /// The value.
        value: String,
        /// Where among the others, when not last.
        position: Option<EnumPosition>,
        /// Whether a value that is already there is left alone.
        if_not_exists: bool,
    },
    /// A value gets another text.
    RenameValue {
        /// The type.
        name: ObjectName,
        /// The text so far.
        from: String,
        /// The text from now on.
        to: String,
    },
}

/// Where a new value stands.
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
                    "write the downgrade as a function that makes the type anew, or declare the revision `irreversible`",
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
