//! Sequences (PostgreSQL, MariaDB).

use std::fmt;

use super::Operation;
use super::reverse::{CAME_BEFORE, Missing, definition};
use crate::schema::{ObjectName, Sequence, SequenceOptions};

/// An operation on a sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SequenceOperation {
    /// Creates a sequence.
    Create {
        /// The sequence.
        sequence: Sequence,
        /// Whether it does nothing if a sequence of this name already exists.
        if_not_exists: bool,
    },
    /// Changes the options of a sequence.
    Alter {
        /// Its name.
        name: ObjectName,
        /// The changed options; the others stay.
        options: SequenceOptions,
        /// The number with which it restarts.
        restart: Option<i64>,
        /// The changed options before.
        was: Option<SequenceOptions>,
    },
    /// Renames a sequence within its schema.
    Rename {
        /// The name before.
        from: ObjectName,
        /// The name after.
        to: String,
    },
    /// Drops a sequence.
    Drop {
        /// Its name.
        name: ObjectName,
        /// Its definition before.
        definition: Option<Sequence>,
        /// Whether it does nothing if the sequence does not exist.
        if_exists: bool,
    },
}

impl fmt::Display for SequenceOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SequenceOperation::Create { sequence, .. } => {
                write!(f, "create sequence `{}`", sequence.name)
            }
            SequenceOperation::Alter { name, .. } => write!(f, "alter sequence `{name}`"),
            SequenceOperation::Rename { from, to } => {
                write!(f, "rename sequence `{from}` to `{to}`")
            }
            SequenceOperation::Drop { name, .. } => write!(f, "drop sequence `{name}`"),
        }
    }
}

impl SequenceOperation {
    pub(super) fn reverse(&self) -> Result<Operation, Missing> {
        let reverse = match self {
            SequenceOperation::Create {
                if_not_exists: true,
                ..
            }
            | SequenceOperation::Drop {
                if_exists: true, ..
            } => return Err(CAME_BEFORE),
            SequenceOperation::Create { sequence, .. } => SequenceOperation::Drop {
                name: sequence.name.clone(),
                definition: Some(sequence.clone()),
                if_exists: false,
            },
            SequenceOperation::Alter {
                restart: Some(_), ..
            } => {
                return Err(("its last number", "write the downgrade as a function"));
            }
            SequenceOperation::Alter {
                name, options, was, ..
            } => SequenceOperation::Alter {
                name: name.clone(),
                options: was.clone().ok_or((
                    "what the sequence was",
                    "op.alter_sequence(sequence(\"…\").increment(…).was(sequence(\"…\")…))",
                ))?,
                restart: None,
                was: Some(options.clone()),
            },
            SequenceOperation::Rename { from, to } => SequenceOperation::Rename {
                from: from.sibling(to.as_str()),
                to: from.name.clone(),
            },
            SequenceOperation::Drop {
                definition: was, ..
            } => SequenceOperation::Create {
                sequence: definition(was, "op.drop_sequence(sequence(\"…\"))")?,
                if_not_exists: false,
            },
        };
        Ok(Operation::Sequence(reverse))
    }
}
