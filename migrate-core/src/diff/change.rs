//! What a comparison answers with: changes, questions and notes, as data. It must not know how they
//! are found.

use std::fmt;

use super::Rename;
use crate::backend::Backend;
use crate::operation::Operation;
use crate::schema::{ObjectName, ObjectRef};

/// The difference between two schemas.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Difference {
    /// The changes that lead from the one to the other, in the order in which they can be run.
    pub changes: Vec<Change>,
    /// What only a person knows: what was probably renamed. While a question is open, the changes
    /// leave out what it is about.
    pub questions: Vec<Question>,
    /// Differences that no operation expresses, and what else a person should know.
    pub notes: Vec<Note>,
    /// Tables with a difference that is one of texts only, where the server may spell one
    /// expression in two ways. Written to a scratch schema and read again, both sides may be equal.
    pub doubtful: Vec<ObjectName>,
}

impl Difference {
    /// Whether there is nothing to do, to ask or to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.questions.is_empty() && self.notes.is_empty()
    }

    /// The operations that lead back, if each change has a reverse that the backend accepts. Where
    /// there are none, the difference in the other direction leads back.
    #[must_use]
    pub fn reversed(&self, backend: &dyn Backend) -> Option<Vec<Operation>> {
        let back = self.changes.iter().rev().map(|change| {
            let reverse = change.operation.reverse().ok()?;
            backend.can(&reverse).ok()?;
            Some(reverse)
        });
        back.collect()
    }

    /// The operations of the changes, in order.
    pub fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.changes.iter().map(|change| &change.operation)
    }
}

/// The kind of the object of an operation that a project's own function adds.
pub const ADDED: &str = "operation";

/// One change of a schema.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The operation.
    pub operation: Operation,
    /// What it does.
    pub kind: ChangeKind,
    /// To what it does it: under its name before, if it is renamed.
    pub object: ObjectRef,
    /// What is lost with it, as a short sentence.
    pub loses: Option<String>,
    /// When it fails on the rows that are there, as a short sentence.
    pub may_fail: Option<String>,
    /// Whether it must be committed before the changes after it, in a revision of its own.
    pub commits: bool,
    /// The value that it gives to rows that have none.
    pub fills: Option<String>,
}

impl fmt::Display for Change {
    /// One line for people. A statement in the server's own words goes by what it is about.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_text = matches!(self.operation, Operation::Execute { .. });
        if !is_text || self.object.kind == ADDED {
            return self.operation.fmt(f);
        }
        if let Some(value) = &self.fills {
            return write!(
                f,
                "fill {} with {value} where it is NULL",
                described(&self.object)
            );
        }
        let verb = match self.kind {
            ChangeKind::Add => "create",
            ChangeKind::Remove => "drop",
            ChangeKind::Alter => "alter",
            ChangeKind::Rename => "rename",
        };
        write!(f, "{verb} {}", described(&self.object))
    }
}

/// An object in one line: its kind, its name, and its table.
pub(super) fn described(object: &ObjectRef) -> String {
    let ObjectRef {
        kind,
        name,
        on,
        column,
    } = object;
    match (column, on) {
        (Some(column), _) => format!("column `{column}` of `{name}`"),
        (None, Some(table)) => format!("{kind} `{name}` on `{table}`"),
        (None, None) => format!("{kind} `{name}`"),
    }
}

/// What a change does to its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum ChangeKind {
    /// It is new.
    Add,
    /// It is dropped.
    Remove,
    /// It stays, and changes.
    Alter,
    /// It stays under another name.
    Rename,
}

/// Something goes and something like it comes: whether it is a rename.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Question {
    /// `table`, `column` or `label`.
    pub kind: &'static str,
    /// What goes, as an answer names it: `users.age`.
    pub from: String,
    /// The name of what comes: `years`.
    pub to: String,
    /// What it is that goes: `Integer, null`.
    pub was: String,
    /// What it is that comes.
    pub becomes: String,
    /// Why it is likely.
    pub why: String,
    /// How alike they are, of 100.
    pub likeness: u8,
}

impl Question {
    /// The answer that it is a rename.
    #[must_use]
    pub fn rename(&self) -> Rename {
        Rename {
            from: self.from.clone(),
            to: self.to.clone(),
        }
    }

    /// Where the new one is: `users.years`.
    #[must_use]
    pub fn target(&self) -> String {
        self.rename().target()
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let described = |text: &str| match text.is_empty() {
            true => String::new(),
            false => format!(" ({text})"),
        };
        write!(
            f,
            "{} `{}`{} goes and `{}`{} comes: {}",
            self.kind,
            self.from,
            described(&self.was),
            self.target(),
            described(&self.becomes),
            self.why
        )
    }
}

/// Something that a person should know and that is no change.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Note {
    /// What it is about.
    pub object: ObjectRef,
    /// The note.
    pub text: String,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", described(&self.object), self.text)
    }
}
