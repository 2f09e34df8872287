//! A table: its columns and constraints. Its indexes are objects of their own.

use super::{Column, Constraint, ObjectName, PrimaryKey, Sql};

/// A table.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Table {
    /// Its name.
    pub name: ObjectName,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// Its constraints, in the order in which they were said.
    pub constraints: Vec<Constraint>,
    /// What is said about it in the catalogue.
    pub comment: Option<String>,
    /// What only some servers know.
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

/// What only some servers know about a table; the others refuse it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TableOptions {
    /// Values must be of the column's type.
    pub strict: bool,
    /// Rows are stored under the primary key itself.
    pub without_rowid: bool,
    /// What keeps the rows (MySQL, MariaDB).
    pub engine: Option<String>,
    /// The characters of its text (MySQL, MariaDB).
    pub charset: Option<String>,
    /// How its text is compared, where no column says otherwise (MySQL, MariaDB).
    pub collation: Option<String>,
    /// Changes of its rows are not logged, and lost in a crash (PostgreSQL).
    pub unlogged: bool,
    /// Storage parameters by name (PostgreSQL).
    pub parameters: Vec<(String, String)>,
    /// What follows the closing parenthesis, as written.
    pub suffix: Option<Sql>,
}
