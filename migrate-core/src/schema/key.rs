//! What rows must satisfy: primary, unique and foreign keys, checks and exclusions.

use std::fmt;

use super::{IndexPart, ObjectName, Sql};

/// One constraint of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Constraint {
    /// Identifies a row.
    PrimaryKey(PrimaryKey),
    /// No two rows have the same values in these columns.
    Unique(Unique),
    /// An expression that is not false for any row.
    Check(Check),
    /// Each row references a row of another table.
    ForeignKey(ForeignKey),
    /// No two rows for which all operators are true (PostgreSQL).
    Exclude(Exclude),
}

/// The kind of a constraint; `Display` is its name in SQL, in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
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
    /// The constraint's own name, if it has one.
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

    /// The kind of constraint.
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

    /// The columns of its own table; none for a check or an exclusion.
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

/// Identifies a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PrimaryKey {
    /// The constraint's name.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub name: Option<String>,
    /// The columns, in the order of the key.
    pub columns: Vec<String>,
    /// Columns that its index includes without sorting by them (PostgreSQL).
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Vec::is_empty")
    )]
    pub include: Vec<String>,
    /// When it is checked, if not at once (PostgreSQL).
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub deferrable: Option<Deferrable>,
}

/// No two rows have the same values in these columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Unique {
    /// The constraint's name.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub name: Option<String>,
    /// The columns, in the order of the key.
    pub columns: Vec<String>,
    /// Columns that its index includes without sorting by them (PostgreSQL).
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Vec::is_empty")
    )]
    pub include: Vec<String>,
    /// When it is checked, if not at once (PostgreSQL).
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub deferrable: Option<Deferrable>,
    /// Whether two NULLs are equal (PostgreSQL 15).
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "std::ops::Not::not")
    )]
    pub nulls_not_distinct: bool,
}

/// An expression that is not false for any row.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Check {
    /// The constraint's name.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub name: Option<String>,
    /// The expression.
    pub expression: Sql,
    /// The column in whose definition it was given, and with which it is dropped.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub column: Option<String>,
    /// Whether the existing rows are not checked until it is validated (PostgreSQL).
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "std::ops::Not::not")
    )]
    pub not_valid: bool,
    /// Whether tables that inherit from this one are exempt (PostgreSQL).
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "std::ops::Not::not")
    )]
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

/// Each row references a row of another table.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ForeignKey {
    /// The constraint's name.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub name: Option<String>,
    /// The referencing columns.
    pub columns: Vec<String>,
    /// The referenced table.
    pub table: ObjectName,
    /// The referenced columns; none for the primary key.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Vec::is_empty")
    )]
    pub referred: Vec<String>,
    /// What happens when the referenced row is deleted.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub on_delete: Option<Action>,
    /// What happens when the referenced key changes.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub on_update: Option<Action>,
    /// When it is checked, if not at once.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub deferrable: Option<Deferrable>,
    /// The meaning of NULL in some of several columns.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub match_type: Option<Match>,
    /// Whether the existing rows are not checked until it is validated (PostgreSQL).
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "std::ops::Not::not")
    )]
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

/// The meaning of NULL in some of several referencing columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Match {
    /// Any NULL: the row references nothing.
    Simple,
    /// Either all columns are NULL or none is.
    Full,
    /// The columns that are not NULL must match.
    Partial,
}

/// No two rows for which all operators are true (PostgreSQL).
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Exclude {
    /// The constraint's name.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub name: Option<String>,
    /// The access method of its index, by the server's name for it; `gist` by default.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub method: Option<String>,
    /// What is compared, each with its operator.
    pub parts: Vec<(IndexPart, String)>,
    /// The rows that it covers, if not all.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub predicate: Option<Sql>,
    /// When it is checked, if not at once.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
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

/// What happens to a row when the row that it references is deleted or changes its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Action {
    /// The change is refused at the end of the statement or transaction.
    NoAction,
    /// The change is refused at once.
    Restrict,
    /// The row is deleted or changes too.
    Cascade,
    /// The referencing columns become NULL.
    SetNull,
    /// The referencing columns get their default.
    SetDefault,
}

/// When a deferrable constraint is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Deferrable {
    /// After each statement, unless a transaction defers it.
    InitiallyImmediate,
    /// At the end of the transaction.
    InitiallyDeferred,
}
