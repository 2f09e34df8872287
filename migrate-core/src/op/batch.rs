//! Rows changed in batches: the API for bodies. It knows no keys, and no transaction.

use std::fmt;
use std::ops::RangeInclusive;
use std::panic::Location;

use super::Operations;
use crate::Result;
use crate::dialect::BackendKind;
use crate::operation::one_line;
use crate::schema::{ObjectName, Sql};

/// The default number of rows in a batch.
const SIZE: u64 = 1_000;

impl<'a> Operations<'a> {
    /// Changes many rows of a table in batches, along a key: a column without NULLs that is unique
    /// and has an index, such as the primary key.
    ///
    /// ```
    /// use migrate_core::prelude::*;
    ///
    /// fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    ///     op.batches("users", "id")
    ///         .filter("email_folded IS NULL")
    ///         .size(5_000)
    ///         .run(|op, batch| {
    ///             op.execute(format!("UPDATE users SET email_folded = lower(email) WHERE {batch}"))
    ///         })
    /// }
    /// ```
    ///
    /// In a revision's transaction, all batches are part of it. In a revision with `transaction =
    /// false`, each batch is its own transaction: other sessions wait for one batch at most, and
    /// after a failure the batches before it are not rolled back. The next run resumes after the
    /// last committed batch. Use [`filter`](Batches::filter) to select the rows that are left to
    /// change: it also finds rows that are inserted meanwhile.
    pub fn batches(
        &mut self,
        table: impl Into<ObjectName>,
        key: impl Into<String>,
    ) -> Batches<'_, 'a> {
        let range = BatchRange {
            table: table.into(),
            key: key.into(),
            text: false,
            size: SIZE,
            filter: None,
        };
        Batches { op: self, range }
    }
}

/// What [`Operations::batches`] returns.
#[must_use = "batches are run by `.run(|op, batch| …)`"]
pub struct Batches<'op, 'a> {
    op: &'op mut Operations<'a>,
    range: BatchRange,
}

/// The rows to change, and the size of the batches.
#[derive(Debug)]
pub(crate) struct BatchRange {
    pub(crate) table: ObjectName,
    pub(crate) key: String,
    /// Whether the key is not an integer.
    pub(crate) text: bool,
    pub(crate) size: u64,
    pub(crate) filter: Option<Sql>,
}

impl BatchRange {
    /// The batches in one line, with all that an interrupted run must find again.
    pub(crate) fn describe(&self, kind: BackendKind) -> String {
        let (table, key) = (&self.table, &self.key);
        let text = if self.text { "the text key " } else { "" };
        let line = format!("change rows of `{table}` in batches along {text}`{key}`");
        match &self.filter {
            Some(filter) => format!("{line} where `{}`", one_line(filter.text(kind))),
            None => line,
        }
    }
}

/// One batch: a range of keys. Its `Display` is the condition that selects its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    pub(crate) condition: String,
    pub(crate) integers: Option<RangeInclusive<i64>>,
    pub(crate) rows: u64,
}

impl Batch {
    /// The first and the last key, for diesel's DSL; none for keys that are not integers, and in an
    /// SQL script.
    ///
    /// The range may include rows that the filter excludes.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use migrate_core::prelude::*;
    /// # diesel::table! { users (id) { id -> BigInt, active -> Bool } }
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.batches("users", "id").run(|op, batch| {
    ///     let Some(ids) = batch.integers() else { return Ok(()) };
    ///     with_connection!(op, |connection| {
    ///         diesel::update(users::table.filter(users::id.between(*ids.start(), *ids.end())))
    ///             .set(users::active.eq(true))
    ///             .execute(connection)
    ///     })?;
    ///     Ok(())
    /// })?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn integers(&self) -> Option<RangeInclusive<i64>> {
        self.integers.clone()
    }

    /// The number of its rows; 0 in an SQL script.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.batches("users", "id").run(|op, batch| {
    ///     println!("{} rows", batch.rows());
    ///     op.execute(format!("UPDATE users SET active = TRUE WHERE {batch}"))
    /// })?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }
}

impl fmt::Display for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.condition)
    }
}

impl Batches<'_, '_> {
    /// Sets the number of rows in a batch, instead of 1,000; at least one.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.batches("users", "id").size(5_000).run(|op, batch| {
    ///     op.execute(format!("UPDATE users SET active = TRUE WHERE {batch}"))
    /// })?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn size(mut self, rows: u32) -> Self {
        self.range.size = u64::from(rows).max(1);
        self
    }

    /// Excludes rows that do not meet this condition.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.batches("users", "id").filter("active IS NULL").run(|op, batch| {
    ///     op.execute(format!("UPDATE users SET active = TRUE WHERE {batch}"))
    /// })?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn filter(mut self, condition: impl Into<Sql>) -> Self {
        self.range.filter = Some(condition.into());
        self
    }

    /// Declares that the key is not an integer: text, a UUID, a time.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.batches("countries", "code").text_key().run(|op, batch| {
    ///     op.execute(format!("UPDATE countries SET name = upper(name) WHERE {batch}"))
    /// })?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn text_key(mut self) -> Self {
        self.range.text = true;
        self
    }

    /// Calls the function for each batch, in the order of the key.
    ///
    /// Rows that are inserted meanwhile are left out if their keys are above the last one at the
    /// beginning. In an SQL script, which knows no keys, the function is called once, for all rows.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.batches("users", "id").run(|op, batch| {
    ///     op.execute(format!("UPDATE users SET active = TRUE WHERE {batch}"))
    /// })?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The error that the function returns, or a failure to read the keys.
    #[track_caller]
    pub fn run(
        self,
        mut change: impl FnMut(&mut Operations<'_>, &Batch) -> Result<()>,
    ) -> Result<()> {
        self.op.executor.called_at(Location::caller());
        self.op.executor.batches(&self.range, &mut change)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_shows_all_that_a_run_that_resumes_compares() {
        let kind = BackendKind::Sqlite;
        let plain = BatchRange {
            table: "users".into(),
            key: "id".to_owned(),
            text: false,
            size: SIZE,
            filter: None,
        };
        assert_eq!(
            plain.describe(kind),
            "change rows of `users` in batches along `id`"
        );
        let filtered = BatchRange {
            key: "code".to_owned(),
            text: true,
            filter: Some(Sql::from("a IS NULL").on(kind, "b\n  IS NULL")),
            ..plain
        };
        assert_eq!(
            filtered.describe(kind),
            "change rows of `users` in batches along the text key `code` where `b IS NULL`"
        );
    }
}
