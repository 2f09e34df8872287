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
    pub constraints: Vec<Constraint>,
    /// Its comment in the catalogue.
    pub comment: Option<String>,
    /// Options that only some servers have.
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
    pub strict: bool,
    /// Rows are stored under the primary key itself.
    pub without_rowid: bool,
    /// The storage engine (MySQL, MariaDB).
    pub engine: Option<String>,
    /// The character set of its text (MySQL, MariaDB).
    pub charset: Option<String>,
    /// The collation of its text, unless a column has its own (MySQL, MariaDB).
    pub collation: Option<String>,
    /// Changes of its rows are not logged, and lost in a crash (PostgreSQL).
    pub unlogged: bool,
    /// Storage parameters by name (PostgreSQL).
    pub parameters: Vec<(String, String)>,
    /// Raw SQL after the closing parenthesis.
    pub suffix: Option<Sql>,
}
