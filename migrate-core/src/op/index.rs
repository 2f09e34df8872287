//! `index("…").on("…", […])`, and `op.drop_index("…").on("…")`.

use super::Operations;
use crate::Result;
use crate::operation::Operation;
use crate::schema::{Index, IndexKey, IndexPart, ObjectName, Order, Sql};

/// An index by its name; `.on(…)` gives its table and parts.
///
/// ```
/// use migrate_core::prelude::*;
///
/// index("ix_users_phone").on("users", ["phone"]);
/// index("ix_users_email").on("users", [expression("lower(email)")]).unique();
/// index("ix_jobs_open").on("jobs", [asc("queue"), desc("id")]).filter("done_at IS NULL");
/// index("ix_posts_tags").on("posts", ["tags"]).using("gin").with("fastupdate", "off").concurrently();
/// index("ix_posts_title").on("posts", [key("title").prefix(40), desc("at").nulls_last()]);
/// index("ix_users_name").on("users", [key("name").operator_class("text_pattern_ops")]).include(["email"]);
/// ```
pub fn index(name: impl Into<String>) -> IndexName {
    IndexName(name.into())
}

/// A part of an index: a column, with options to follow.
///
/// ```
/// # use migrate_core::prelude::*;
/// index("ix_posts_title").on("posts", [key("title").prefix(40)]);
/// ```
#[must_use]
pub fn key(column: impl Into<String>) -> IndexPart {
    IndexKey::Column(column.into()).into()
}

/// A part of an index: a column, smallest first.
///
/// ```
/// # use migrate_core::prelude::*;
/// index("ix_jobs").on("jobs", [asc("queue"), desc("id")]);
/// ```
#[must_use]
pub fn asc(column: impl Into<String>) -> IndexPart {
    ordered(column, Order::Ascending)
}

/// A part of an index: a column, largest first.
///
/// ```
/// # use migrate_core::prelude::*;
/// index("ix_posts_newest").on("posts", [desc("published_at")]);
/// ```
#[must_use]
pub fn desc(column: impl Into<String>) -> IndexPart {
    ordered(column, Order::Descending)
}

/// A part of an index: an expression over the row.
///
/// ```
/// # use migrate_core::prelude::*;
/// index("ix_users_email").on("users", [expression("lower(email)")]);
/// ```
#[must_use]
pub fn expression(sql: impl Into<Sql>) -> IndexPart {
    IndexKey::Expression(sql.into()).into()
}

fn ordered(column: impl Into<String>, order: Order) -> IndexPart {
    IndexPart {
        order: Some(order),
        ..IndexKey::Column(column.into()).into()
    }
}

/// What `index` returns.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "an index needs `.on(…)`"]
pub struct IndexName(String);

impl IndexName {
    /// The table, and its columns or expressions in the index.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// index("ix_users_name").on("users", ["last_name", "first_name"]);
    /// ```
    pub fn on(
        self,
        table: impl Into<ObjectName>,
        parts: impl IntoIterator<Item: Into<IndexPart>>,
    ) -> IndexBuilder {
        let parts = parts.into_iter().map(Into::into).collect();
        IndexBuilder {
            index: Index::new(self.0, table, parts),
            if_not_exists: false,
            concurrently: false,
        }
    }
}

/// An index with its table.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "an index is created by `op.create_index(…)`"]
pub struct IndexBuilder {
    index: Index,
    if_not_exists: bool,
    concurrently: bool,
}

impl IndexBuilder {
    /// Refuses a second row with the same parts.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// index("ux_users_email").on("users", ["email"]).unique();
    /// ```
    pub fn unique(mut self) -> IndexBuilder {
        self.index.unique = true;
        self
    }

    /// Covers only the rows for which the expression is true.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// index("ix_jobs_open").on("jobs", ["queue"]).filter("done_at IS NULL");
    /// ```
    pub fn filter(mut self, predicate: impl Into<Sql>) -> IndexBuilder {
        self.index.predicate = Some(predicate.into());
        self
    }

    /// Includes columns without sorting by them (PostgreSQL).
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// index("ix_users_email").on("users", ["email"]).include(["name"]);
    /// ```
    pub fn include(mut self, columns: impl IntoIterator<Item: Into<String>>) -> IndexBuilder {
        self.index.include = columns.into_iter().map(Into::into).collect();
        self
    }

    /// The access method: `gin`, `hash`; on MySQL also `fulltext` and `spatial`.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// index("ix_posts_tags").on("posts", ["tags"]).using("gin");
    /// ```
    pub fn using(mut self, method: impl Into<String>) -> IndexBuilder {
        self.index.method = Some(method.into());
        self
    }

    /// Sets a storage parameter (PostgreSQL).
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// index("ix_posts_tags").on("posts", ["tags"]).using("gin").with("fastupdate", "off");
    /// ```
    #[expect(
        clippy::needless_pass_by_value,
        reason = "`.with(\"fillfactor\", 70)` reads like SQL"
    )]
    pub fn with(mut self, parameter: impl Into<String>, value: impl ToString) -> IndexBuilder {
        self.index
            .parameters
            .push((parameter.into(), value.to_string()));
        self
    }

    /// Treats two NULLs as equal in a unique index (PostgreSQL 15).
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// index("ux_users_phone").on("users", ["phone"]).unique().nulls_not_distinct();
    /// ```
    pub fn nulls_not_distinct(mut self) -> IndexBuilder {
        self.index.nulls_not_distinct = true;
        self
    }

    /// Allows writes while the index is built (PostgreSQL); only in a revision with `transaction =
    /// false`.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// index("ix_users_phone").on("users", ["phone"]).concurrently();
    /// ```
    pub fn concurrently(mut self) -> IndexBuilder {
        self.concurrently = true;
        self
    }

    /// Does nothing if an index of this name already exists, whatever its definition.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// index("ix_users_phone").on("users", ["phone"]).if_not_exists();
    /// ```
    pub fn if_not_exists(mut self) -> IndexBuilder {
        self.if_not_exists = true;
        self
    }

    pub(super) fn into_operation(self) -> Operation {
        Operation::CreateIndex {
            index: self.index,
            if_not_exists: self.if_not_exists,
            concurrently: self.concurrently,
        }
    }
}

/// An index to be dropped; `.on(…)` or `.was(…)` drops it.
#[must_use = "the index is dropped by `.on(…)` or `.was(…)`"]
pub struct DropIndex<'o, 'a> {
    op: &'o mut Operations<'a>,
    name: String,
    if_exists: bool,
    concurrently: bool,
}

impl<'o, 'a> DropIndex<'o, 'a> {
    pub(super) fn new(op: &'o mut Operations<'a>, name: String) -> DropIndex<'o, 'a> {
        DropIndex {
            op,
            name,
            if_exists: false,
            concurrently: false,
        }
    }

    /// Drops the index only if it exists.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.drop_index("ix_users_phone").if_exists().on("users")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn if_exists(mut self) -> DropIndex<'o, 'a> {
        self.if_exists = true;
        self
    }

    /// Allows writes while the index is dropped (PostgreSQL); only in a revision with `transaction
    /// = false`.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.drop_index("ix_users_phone").concurrently().on("users")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn concurrently(mut self) -> DropIndex<'o, 'a> {
        self.concurrently = true;
        self
    }

    /// Drops the index of this table.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.drop_index("ix_users_phone").on("users")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn on(self, table: impl Into<ObjectName>) -> Result<()> {
        self.drop(table.into(), None)
    }

    /// Drops the index and keeps its definition, so that the operation can be reversed.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.drop_index("ix_users_phone").was(index("ix_users_phone").on("users", ["phone"]))?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn was(self, index: IndexBuilder) -> Result<()> {
        let index = Index {
            name: self.name.clone(),
            ..index.index
        };
        self.drop(index.table.clone(), Some(index))
    }

    #[track_caller]
    fn drop(self, table: ObjectName, definition: Option<Index>) -> Result<()> {
        self.op.apply(Operation::DropIndex {
            name: self.name,
            table,
            definition,
            if_exists: self.if_exists,
            concurrently: self.concurrently,
        })
    }
}
