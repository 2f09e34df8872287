//! An index and its parts.

use super::{ObjectName, Sql};

/// An index of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Index {
    /// Its name. An index lives in its table's schema.
    pub name: String,
    /// Its table.
    pub table: ObjectName,
    /// What it is sorted by, in order.
    pub parts: Vec<IndexPart>,
    /// Whether it refuses a second row with the same parts.
    pub unique: bool,
    /// Which rows it covers, if not all.
    pub predicate: Option<Sql>,
}

impl Index {
    /// A plain index over all rows.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        table: impl Into<ObjectName>,
        parts: Vec<IndexPart>,
    ) -> Index {
        Index {
            name: name.into(),
            table: table.into(),
            parts,
            unique: false,
            predicate: None,
        }
    }
}

/// One thing that an index is sorted by.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IndexPart {
    /// A column or an expression.
    pub key: IndexKey,
    /// Which way, when that is said.
    pub order: Option<Order>,
    /// How text is compared, when not as the column does.
    pub collation: Option<String>,
}

impl From<IndexKey> for IndexPart {
    fn from(key: IndexKey) -> IndexPart {
        IndexPart {
            key,
            order: None,
            collation: None,
        }
    }
}

impl From<&str> for IndexPart {
    fn from(column: &str) -> IndexPart {
        IndexKey::Column(column.to_owned()).into()
    }
}

impl From<String> for IndexPart {
    fn from(column: String) -> IndexPart {
        IndexKey::Column(column).into()
    }
}

impl From<Sql> for IndexPart {
    fn from(expression: Sql) -> IndexPart {
        IndexKey::Expression(expression).into()
    }
}

/// What a part of an index is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IndexKey {
    /// A column, by name.
    Column(String),
    /// An expression over the row.
    Expression(Sql),
}

/// Which way an index is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}
