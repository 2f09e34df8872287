//! What rows must satisfy: primary, unique and foreign keys, checks and exclusions.

use std::fmt;

use super::{IndexPart, ObjectName, Sql};

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
    /// No two rows for which all operators are true (PostgreSQL).
    Exclude(Exclude),
}

/// Which kind of constraint one is; `Display` is what SQL calls it, in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConstraintKind {
    /// A primary key.
    PrimaryKey,
    /// A unique constraint.
    Unique,
    /// A check constraint.
    Check,
    /// A foreign key.
    ForeignKey,
    /// An exclusion constraint.
    Exclude,
}

impl fmt::Display for ConstraintKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ConstraintKind::PrimaryKey => "primary key",
            ConstraintKind::Unique => "unique constraint",
            ConstraintKind::Check => "check constraint",
            ConstraintKind::ForeignKey => "foreign key",
            ConstraintKind::Exclude => "exclusion constraint",
        })
    }
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

constraint_from!(PrimaryKey Unique Check ForeignKey Exclude);

impl Constraint {
    /// The constraint's own name, if it was given one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Constraint::PrimaryKey(key) => key.name.as_deref(),
            Constraint::Unique(key) => key.name.as_deref(),
            Constraint::Check(check) => check.name.as_deref(),
            Constraint::ForeignKey(key) => key.name.as_deref(),
            Constraint::Exclude(exclude) => exclude.name.as_deref(),
        }
    }

    /// The same constraint under another name.
    #[must_use]
    pub fn renamed(&self, name: impl Into<String>) -> Constraint {
        let mut renamed = self.clone();
        let own = match &mut renamed {
            Constraint::PrimaryKey(key) => &mut key.name,
            Constraint::Unique(key) => &mut key.name,
            Constraint::Check(check) => &mut check.name,
            Constraint::ForeignKey(key) => &mut key.name,
            Constraint::Exclude(exclude) => &mut exclude.name,
        };
        *own = Some(name.into());
        renamed
    }

    /// Which kind of constraint it is.
    #[must_use]
    pub fn kind(&self) -> ConstraintKind {
        match self {
            Constraint::PrimaryKey(_) => ConstraintKind::PrimaryKey,
            Constraint::Unique(_) => ConstraintKind::Unique,
            Constraint::Check(_) => ConstraintKind::Check,
            Constraint::ForeignKey(_) => ConstraintKind::ForeignKey,
            Constraint::Exclude(_) => ConstraintKind::Exclude,
        }
    }

    /// The columns of its own table that it is about; a check or an exclusion does not say.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        match self {
            Constraint::PrimaryKey(key) => &key.columns,
            Constraint::Unique(key) => &key.columns,
            Constraint::Check(_) | Constraint::Exclude(_) => &[],
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
    /// Columns that its index carries without being sorted by them (PostgreSQL).
    pub include: Vec<String>,
    /// When it is checked, if not at once (PostgreSQL).
    pub deferrable: Option<Deferrable>,
}

/// No two rows alike in these columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unique {
    /// The constraint's name.
    pub name: Option<String>,
    /// The columns, in the order of the key.
    pub columns: Vec<String>,
    /// Columns that its index carries without being sorted by them (PostgreSQL).
    pub include: Vec<String>,
    /// When it is checked, if not at once (PostgreSQL).
    pub deferrable: Option<Deferrable>,
    /// Whether two NULLs are alike (PostgreSQL 15).
    pub nulls_not_distinct: bool,
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
    /// Whether the rows that are there need not satisfy it until it is validated (PostgreSQL).
    pub not_valid: bool,
    /// Whether tables that inherit from this one are exempt (PostgreSQL).
    pub no_inherit: bool,
}

impl Check {
    /// An unnamed check of the table.
    #[must_use]
    pub fn new(expression: impl Into<Sql>) -> Check {
        Check {
            name: None,
            expression: expression.into(),
            column: None,
            not_valid: false,
            no_inherit: false,
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
    /// What counts as pointing when some of several columns are NULL.
    pub match_type: Option<Match>,
    /// Whether the rows that are there need not satisfy it until it is validated (PostgreSQL).
    pub not_valid: bool,
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
            match_type: None,
            not_valid: false,
        }
    }
}

/// What counts as pointing at a row when some of several columns are NULL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Match {
    /// Any NULL: the row points nowhere.
    Simple,
    /// Either all columns are NULL or none is.
    Full,
    /// The columns that are not NULL must be found.
    Partial,
}

/// No two rows for which all operators are true (PostgreSQL).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exclude {
    /// The constraint's name.
    pub name: Option<String>,
    /// How its index is organised, by the server's name for it; `gist` when nothing is said.
    pub method: Option<String>,
    /// What is compared, each with its operator.
    pub parts: Vec<(IndexPart, String)>,
    /// Which rows it covers, if not all.
    pub predicate: Option<Sql>,
    /// When it is checked, if not at once.
    pub deferrable: Option<Deferrable>,
}

impl Exclude {
    /// An unnamed exclusion over all rows.
    #[must_use]
    pub fn new(parts: Vec<(IndexPart, String)>) -> Exclude {
        Exclude {
            name: None,
            method: None,
            parts,
            predicate: None,
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
