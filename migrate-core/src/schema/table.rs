//! A table: its columns and constraints. Its indexes are separate objects.

use super::{Column, Constraint, ObjectName, PrimaryKey, Sql};

/// A table.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Table {
    /// Its name.
    pub name: ObjectName,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// Its constraints, in the order in which they were given.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Vec::is_empty")
    )]
    pub constraints: Vec<Constraint>,
    /// Its comment in the catalogue.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub comment: Option<String>,
    /// Options that only some servers have.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "TableOptions::is_default")
    )]
    pub options: TableOptions,
}

impl Table {
    /// A table without columns yet.
    #[must_use]
    pub fn new(name: impl Into<ObjectName>) -> Table {
        Table {
            name: name.into(),
            columns: Vec::new(),
            constraints: Vec::new(),
            comment: None,
            options: TableOptions::default(),
        }
    }

    /// The primary key, if there is one.
    #[must_use]
    pub fn primary_key(&self) -> Option<&PrimaryKey> {
        self.constraints
            .iter()
            .find_map(|constraint| match constraint {
                Constraint::PrimaryKey(key) => Some(key),
                _ => None,
            })
    }
}

/// Options of a table that only some servers have; the others refuse them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct TableOptions {
    /// Values must be of the column's type.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "std::ops::Not::not")
    )]
    pub strict: bool,
    /// Rows are stored under the primary key itself.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "std::ops::Not::not")
    )]
    pub without_rowid: bool,
    /// The storage engine (MySQL, MariaDB).
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub engine: Option<String>,
    /// The character set of its text (MySQL, MariaDB).
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub charset: Option<String>,
    /// The collation of its text, unless a column has its own (MySQL, MariaDB).
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub collation: Option<String>,
    /// Changes of its rows are not logged, and lost in a crash (PostgreSQL).
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "std::ops::Not::not")
    )]
    pub unlogged: bool,
    /// Storage parameters by name (PostgreSQL).
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Vec::is_empty")
    )]
    pub parameters: Vec<(String, String)>,
    /// Raw SQL after the closing parenthesis.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub suffix: Option<Sql>,
}

impl TableOptions {
    /// Whether no option is given.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == TableOptions::default()
    }
}
