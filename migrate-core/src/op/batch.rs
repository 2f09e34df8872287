//! Many rows changed in batches: what a body says about them. It knows no keys, and no transaction.

use std::fmt;
use std::ops::RangeInclusive;

use super::Operations;
use crate::Result;
use crate::schema::{ObjectName, Sql};

/// How many rows a batch has, if nothing else is said.
const SIZE: u64 = 1_000;

impl<'a> Operations<'a> {
    /// Changes many rows of a table in batches, along a key: a column without NULLs that is unique and has an index, such as
    /// the primary key.
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
    /// In a revision's transaction, all batches are part of it. In a revision with `transaction = false`, each batch is a
    /// transaction of its own: other sessions wait for one batch at most, and after a failure those before it stay. When the revision is
    /// run again, it resumes after the last batch that was committed. With [`filter`](Batches::filter), say which rows are left to change:
    /// rows that come in meanwhile are found so, too.
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

/// Which rows are changed, and in which steps.
#[derive(Debug)]
pub(crate) struct BatchRange {
    pub(crate) table: ObjectName,
    pub(crate) key: String,
    /// Whether the key is no whole number.
    pub(crate) text: bool,
    pub(crate) size: u64,
    pub(crate) filter: Option<Sql>,
}

impl BatchRange {
    /// The batches in one line.
    pub(crate) fn describe(&self) -> String {
        format!("change rows of `{}` in batches", self.table)
    }
}

/// One batch: a range of keys. Shown, it is the condition that its rows meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    pub(crate) condition: String,
    pub(crate) integers: Option<RangeInclusive<i64>>,
    pub(crate) rows: u64,
}

impl Batch {
    /// The first and the last key, for diesel's DSL; nothing for keys that are no whole numbers, and in a script.
    ///
    /// Between them there may be rows that the filter leaves out.
    #[must_use]
    pub fn integers(&self) -> Option<RangeInclusive<i64>> {
        self.integers.clone()
    }

    /// How many rows it has; 0 in a script.
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
    /// Sets how many rows a batch has, instead of 1,000; at least one.
    pub fn size(mut self, rows: u32) -> Self {
        self.range.size = u64::from(rows).max(1);
        self
    }

    /// Leaves out rows that do not meet this condition.
    pub fn filter(mut self, condition: impl Into<Sql>) -> Self {
        self.range.filter = Some(condition.into());
        self
    }

    /// Says that the key is no whole number: text, a UUID, a time.
    pub fn text_key(mut self) -> Self {
        self.range.text = true;
        self
    }

    /// Calls the function for each batch, in the order of the key.
    ///
    /// Rows that are added meanwhile are left out if their keys are above the last one that was there at the beginning. In a script,
    /// which knows no keys, the function is called once, for all rows.
    ///
    /// # Errors
    ///
    /// What the function returns, or that the keys cannot be read.
    pub fn run(
        self,
        mut change: impl FnMut(&mut Operations<'_>, &Batch) -> Result<()>,
    ) -> Result<()> {
        self.op.executor.batches(&self.range, &mut change)
    }
}
