//! What rows must satisfy: primary, unique and foreign keys, and checks.

use super::{ObjectName, Sql};

/// One constraint of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Constraint {
    /// What identifies a row.
    PrimaryKey(PrimaryKey),
    /// No two rows alike in these columns.
    Unique(Unique),
    /// An expression that is not false for any row.
    Check(Check),
    /// Each row points at a row of another table.
    ForeignKey(ForeignKey),
}

macro_rules! constraint_from {
    ($($kind:ident)*) => {$(
        impl From<$kind> for Constraint {
            fn from(constraint: $kind) -> Constraint {
                Constraint::$kind(constraint)
            }
        }
    )*};
}

constraint_from!(PrimaryKey Unique Check ForeignKey);

impl Constraint {
    /// The constraint's own name, if it was given one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Constraint::PrimaryKey(key) => key.name.as_deref(),
            Constraint::Unique(key) => key.name.as_deref(),
            Constraint::Check(check) => check.name.as_deref(),
            Constraint::ForeignKey(key) => key.name.as_deref(),
        }
    }

    /// What SQL calls this kind of constraint, in lower case.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Constraint::PrimaryKey(_) => "primary key",
            Constraint::Unique(_) => "unique constraint",
            Constraint::Check(_) => "check constraint",
            Constraint::ForeignKey(_) => "foreign key",
        }
    }

    /// The columns of its own table that it is about; a check does not say.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        match self {
            Constraint::PrimaryKey(key) => &key.columns,
            Constraint::Unique(key) => &key.columns,
            Constraint::Check(_) => &[],
            Constraint::ForeignKey(key) => &key.columns,
        }
    }
}

/// What identifies a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PrimaryKey {
    /// The constraint's name.
    pub name: Option<String>,
    /// The columns, in the order of the key.
    pub columns: Vec<String>,
}

/// No two rows alike in these columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unique {
    /// The constraint's name.
    pub name: Option<String>,
    /// The columns, in the order of the key.
    pub columns: Vec<String>,
}

/// An expression that is not false for any row.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Check {
    /// The constraint's name.
    pub name: Option<String>,
    /// The expression.
    pub expression: Sql,
    /// The column that it was said with, and goes with.
    pub column: Option<String>,
}

impl Check {
    /// An unnamed check of the table.
    #[must_use]
    pub fn new(expression: impl Into<Sql>) -> Check {
        Check {
            name: None,
            expression: expression.into(),
            column: None,
        }
    }
}

/// Each row points at a row of another table.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ForeignKey {
    /// The constraint's name.
    pub name: Option<String>,
    /// The columns that point.
    pub columns: Vec<String>,
    /// The table that they point at.
    pub table: ObjectName,
    /// Its columns; none for its primary key.
    pub referred: Vec<String>,
    /// What happens when the row pointed at is deleted.
    pub on_delete: Option<Action>,
    /// What happens when the key pointed at changes.
    pub on_update: Option<Action>,
    /// When it is checked, if not at once.
    pub deferrable: Option<Deferrable>,
}

impl ForeignKey {
    /// An unnamed foreign key without actions.
    #[must_use]
    pub fn new(columns: Vec<String>, table: ObjectName, referred: Vec<String>) -> ForeignKey {
        ForeignKey {
            name: None,
            columns,
            table,
            referred,
            on_delete: None,
            on_update: None,
            deferrable: None,
        }
    }
}

/// What happens to a row when the row that it points at goes away or changes its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// The change is refused at the end of the statement or transaction.
    NoAction,
    /// The change is refused at once.
    Restrict,
    /// The row goes or changes too.
    Cascade,
    /// The columns that point become NULL.
    SetNull,
    /// The columns that point become their default.
    SetDefault,
}

/// When a constraint that can wait is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Deferrable {
    /// After each statement, unless a transaction asks to wait.
    InitiallyImmediate,
    /// At the end of the transaction.
    InitiallyDeferred,
}
