//! An index and its parts.

use super::{ObjectName, Sql};

/// An index of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Index {
    /// Its name. An index is in its table's schema.
    pub name: String,
    /// Its table.
    pub table: ObjectName,
    /// What it is sorted by, in order.
    pub parts: Vec<IndexPart>,
    /// Whether it refuses a second row with the same parts.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "std::ops::Not::not")
    )]
    pub unique: bool,
    /// The rows that it covers, if not all.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub predicate: Option<Sql>,
    /// Columns that it includes without sorting by them (PostgreSQL).
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Vec::is_empty")
    )]
    pub include: Vec<String>,
    /// The access method, by the server's name for it: `gin`, `hash`; on MySQL also `fulltext` and
    /// `spatial`.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub method: Option<String>,
    /// Storage parameters by name (PostgreSQL).
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Vec::is_empty")
    )]
    pub parameters: Vec<(String, String)>,
    /// Whether two NULLs are equal in a unique index (PostgreSQL 15).
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "std::ops::Not::not")
    )]
    pub nulls_not_distinct: bool,
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
            include: Vec::new(),
            method: None,
            parameters: Vec::new(),
            nulls_not_distinct: false,
        }
    }
}

/// One part of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct IndexPart {
    /// A column or an expression.
    pub key: IndexKey,
    /// Its order, if given.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub order: Option<Order>,
    /// Its collation, when not that of the column.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub collation: Option<String>,
    /// Where NULL is sorted, if given (PostgreSQL).
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub nulls: Option<Nulls>,
    /// The operator class that compares its values, by the server's name for it, with its
    /// parameters (PostgreSQL).
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub operator_class: Option<String>,
    /// The length of the prefix that is indexed: characters of text, bytes of bytes (MySQL,
    /// MariaDB).
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub prefix: Option<u32>,
}

impl IndexPart {
    /// Sorts the smallest first.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// index("ix_users_email").on("users", [expression("lower(email)").ascending()]);
    /// ```
    #[must_use]
    pub fn ascending(mut self) -> IndexPart {
        self.order = Some(Order::Ascending);
        self
    }

    /// Sorts the largest first.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// index("ix_users_email").on("users", [expression("lower(email)").descending()]);
    /// ```
    #[must_use]
    pub fn descending(mut self) -> IndexPart {
        self.order = Some(Order::Descending);
        self
    }

    /// Compares text by the server's collation of this name.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// index("ix_users_name").on("users", [key("name").collate("C")]);
    /// ```
    #[must_use]
    pub fn collate(mut self, collation: impl Into<String>) -> IndexPart {
        self.collation = Some(collation.into());
        self
    }

    /// Sorts NULL before everything else.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// index("ix_jobs_done").on("jobs", [asc("done_at").nulls_first()]);
    /// ```
    #[must_use]
    pub fn nulls_first(mut self) -> IndexPart {
        self.nulls = Some(Nulls::First);
        self
    }

    /// Sorts NULL after everything else.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// index("ix_jobs_done").on("jobs", [desc("done_at").nulls_last()]);
    /// ```
    #[must_use]
    pub fn nulls_last(mut self) -> IndexPart {
        self.nulls = Some(Nulls::Last);
        self
    }

    /// Compares values by the operator class of this name, such as `text_pattern_ops`.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// index("ix_users_name").on("users", [key("name").operator_class("text_pattern_ops")]);
    /// ```
    #[must_use]
    pub fn operator_class(mut self, name: impl Into<String>) -> IndexPart {
        self.operator_class = Some(name.into());
        self
    }

    /// Indexes only a prefix of this length.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// index("ix_posts_title").on("posts", [key("title").prefix(40)]);
    /// ```
    #[must_use]
    pub fn prefix(mut self, length: u32) -> IndexPart {
        self.prefix = Some(length);
        self
    }
}

impl From<IndexKey> for IndexPart {
    fn from(key: IndexKey) -> IndexPart {
        IndexPart {
            key,
            order: None,
            collation: None,
            nulls: None,
            operator_class: None,
            prefix: None,
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

/// The content of a part of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum IndexKey {
    /// A column, by name.
    Column(String),
    /// An expression over the row.
    Expression(Sql),
}

/// The order of an index part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Order {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// Where NULL is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Nulls {
    /// Before everything else.
    First,
    /// After everything else.
    Last,
}
