//! Many rows changed in batches: ranges of a key that are read from the table, one after another. Each is a transaction of its own
//! where the revision has none.

use std::fmt;
use std::ops::RangeInclusive;

use super::{Boundary, Executor, Failure, Happening, Operations};
use crate::Result;
use crate::backend::{BackendKind, Inside};
use crate::error::{OperationError, RevisionError};
use crate::journal::hash_of_text;
use crate::operation::Operation;
use crate::schema::{ObjectName, Sql, Value};

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
    /// transaction of its own: nobody waits for longer than one, and after a failure those before it stay. When the revision is
    /// run again, it goes on behind the last batch that was committed. With [`filter`](Batches::filter), say which rows are left to change:
    /// rows that come in meanwhile are found so, too.
    pub fn batches(
        &mut self,
        table: impl Into<ObjectName>,
        key: impl Into<String>,
    ) -> Batches<'_, 'a> {
        Batches {
            op: self,
            table: table.into(),
            key: key.into(),
            text: false,
            size: SIZE,
            filter: None,
        }
    }
}

/// What [`Operations::batches`] returns.
#[must_use = "batches are run by `.run(|op, batch| …)`"]
pub struct Batches<'op, 'a> {
    op: &'op mut Operations<'a>,
    table: ObjectName,
    key: String,
    text: bool,
    size: u64,
    filter: Option<Sql>,
}

/// One batch: a range of keys. Shown, it is the condition that its rows meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    condition: String,
    integers: Option<RangeInclusive<i64>>,
    rows: u64,
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
        self.size = u64::from(rows).max(1);
        self
    }

    /// Leaves out rows that do not meet this condition.
    pub fn filter(mut self, condition: impl Into<Sql>) -> Self {
        self.filter = Some(condition.into());
        self
    }

    /// Says that the key is no whole number: text, a UUID, a time.
    pub fn text_key(mut self) -> Self {
        self.text = true;
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
        self.op.refuse_to_go_on()?;
        let name = format!("change rows of `{}` in batches", self.table);
        let walk = Walk::new(
            self.op,
            &self.table,
            &self.key,
            self.text,
            self.filter.as_ref(),
        )
        .map_err(|error| fail(self.op, &name, error.into()))?;
        if !self.op.is_running() {
            self.op.collect_batches(true);
            let changed = change(self.op, &walk.all());
            self.op.collect_batches(false);
            return changed;
        }
        let hash = hash_of_text(&format!("{walk:?}"));
        let begun = self.op.leave_connection().and_then(|()| {
            let begun = self.op.begin_batches(&hash, &name);
            Ok(begun?)
        });
        let Some(begun) = begun.map_err(|error| fail(self.op, &name, error))? else {
            return Ok(()); // an earlier run has done them all
        };
        let of = walk
            .count(self.op)
            .map_err(|error| fail(self.op, &name, error))?;
        let Some(end) = walk
            .end(self.op)
            .map_err(|error| fail(self.op, &name, error))?
        else {
            self.op.end_batches();
            return Ok(());
        };
        let (mut after, mut done, mut number) = (begun, 0, 0);
        while after.as_ref() != Some(&end) {
            let batch = walk
                .next(self.op, after.as_deref(), &end, self.size)
                .map_err(|error| fail(self.op, &name, error))?;
            let Some((last, batch)) = batch else {
                break; // the rows that were left are gone
            };
            self.op.next_batch(number, &last);
            carry_out(self.op, &name, |op| change(op, &batch))?;
            number += 1;
            done += batch.rows;
            self.op.situation.tell(&Happening::Rows {
                table: &self.table.name,
                done,
                of: of.max(done),
            });
            after = Some(last);
        }
        self.op.end_batches();
        Ok(())
    }
}

/// Runs one batch, in a transaction of its own where the revision has none.
fn carry_out(
    op: &mut Operations<'_>,
    name: &str,
    change: impl FnOnce(&mut Operations<'_>) -> Result<()>,
) -> Result<()> {
    let own = op.situation.outside;
    if own {
        let begun = live(op).and_then(|session| Ok(session.begin_small()?));
        begun.map_err(|error| fail(op, name, error))?;
    }
    op.situation.outside = false;
    let changed = change(op).and_then(|()| op.refuse_to_go_on());
    op.situation.outside = own;
    if !own {
        let ended = changed.and_then(|()| {
            op.leave_connection()?;
            Ok(op.end_batch(own)?)
        });
        return ended.map_err(|error| fail(op, name, error));
    }
    let ended = changed.and_then(|()| match live(op)?.inside()? {
        Inside::Yes => {
            op.end_batch(own)?;
            op.situation.at(Boundary::BeforeCommit);
            let committed = session(op)?.commit();
            op.situation.at(Boundary::AfterCommit);
            committed?;
            op.batch_is_committed();
            Ok(())
        }
        Inside::Nested => Err(RevisionError::message("a batch left a transaction open")),
        Inside::Ended => Err(RevisionError::message(
            "a batch ended the transaction that it ran in",
        )),
    });
    ended.map_err(|error| {
        if let Ok(session) = session(op) {
            let _ = session.rollback(); // the first error is the one to tell
        }
        fail(op, name, error)
    })
}

fn live<'s>(op: &'s mut Operations<'_>) -> Result<&'s mut (dyn crate::backend::Session + 's)> {
    op.leave_connection()?;
    op.flush()?;
    session(op)
}

/// The session, with what it keeps back not yet done.
fn session<'s>(op: &'s mut Operations<'_>) -> Result<&'s mut (dyn crate::backend::Session + 's)> {
    match &mut op.executor {
        Executor::Run(session) => Ok(&mut **session),
        Executor::Collect { .. } => Err(OperationError::NotLive.into()),
    }
}

/// Remembers that the batches failed, unless it is known already what did.
fn fail(op: &mut Operations<'_>, name: &str, error: RevisionError) -> RevisionError {
    op.failure.get_or_insert_with(|| Failure {
        operation: name.to_owned(),
        statement: None,
        message: error.to_string(),
        line: None,
    });
    error
}

/// How the keys of a table are read, in a database's words.
#[derive(Debug)]
struct Walk {
    /// The table.
    from: String,
    /// The column's name by itself.
    column: String,
    filter: String,
    kind: BackendKind,
    text: bool,
}

impl Walk {
    fn new(
        op: &Operations<'_>,
        table: &ObjectName,
        key: &str,
        text: bool,
        filter: Option<&Sql>,
    ) -> Result<Walk, OperationError> {
        let rules = op.rules();
        let filter = match filter {
            Some(filter) => {
                // judged as any SQL of the author's is
                rules.ddl(&Operation::Execute {
                    sql: filter.clone(),
                    undo: None,
                })?;
                format!(" AND (\n{}\n)", filter.text(rules.kind()))
            }
            None => String::new(),
        };
        Ok(Walk {
            from: rules.name(table)?,
            column: rules.name(&ObjectName::from(key))?,
            filter,
            kind: rules.kind(),
            text,
        })
    }

    /// The one batch of a script.
    fn all(&self) -> Batch {
        Batch {
            condition: format!("{} IS NOT NULL{}", self.column, self.filter),
            integers: None,
            rows: 0,
        }
    }

    /// How many rows there are to change.
    fn count(&self, op: &mut Operations<'_>) -> Result<u64> {
        self.count_of(op, &format!("{} IS NOT NULL", self.column))
    }

    /// The last key.
    fn end(&self, op: &mut Operations<'_>) -> Result<Option<String>> {
        self.key(op, &format!("{} IS NOT NULL", self.column), "DESC", 0)
    }

    /// The next batch after a key, and its own last key.
    fn next(
        &self,
        op: &mut Operations<'_>,
        after: Option<&str>,
        end: &str,
        size: u64,
    ) -> Result<Option<(String, Batch)>> {
        let up_to = |op: &Operations<'_>, key: &str| -> Result<String> {
            Ok(format!("{} <= {}", self.column, self.literal(op, key)?))
        };
        let beyond = match after {
            Some(key) => format!("{} > {} AND ", self.column, self.literal(op, key)?),
            None => String::new(),
        };
        let left = format!("{beyond}{}", up_to(op, end)?);
        let Some(first) = self.key(op, &left, "ASC", 0)? else {
            return Ok(None);
        };
        let full = self.key(op, &left, "ASC", size - 1)?;
        let rows = full.as_ref().map(|_| size);
        let last = full.unwrap_or_else(|| end.to_owned());
        let keys = format!("{beyond}{}", up_to(op, &last)?);
        let batch = Batch {
            condition: format!("{keys}{}", self.filter),
            integers: first
                .parse()
                .ok()
                .zip(last.parse().ok())
                .filter(|_| !self.text)
                .map(|(first, last)| first..=last),
            rows: match rows {
                Some(rows) => rows,
                None => self.count_of(op, &keys)?,
            },
        };
        Ok(Some((last, batch)))
    }

    fn count_of(&self, op: &mut Operations<'_>, condition: &str) -> Result<u64> {
        let query = format!(
            "SELECT {} AS text FROM {} WHERE {condition}{}",
            self.as_text("COUNT(*)"),
            self.from,
            self.filter
        );
        let counted = live(op)?.texts(&query)?;
        Ok(counted
            .first()
            .and_then(|text| text.parse().ok())
            .unwrap_or(0))
    }

    /// The key of the row that comes after so many others, of those that meet a condition.
    fn key(
        &self,
        op: &mut Operations<'_>,
        condition: &str,
        order: &str,
        others: u64,
    ) -> Result<Option<String>> {
        // the column is sorted by in a query of its own, where no alias hides it
        let query = format!(
            "SELECT {} AS text FROM (SELECT {column} AS batch_key FROM {} WHERE {condition}{} \
             ORDER BY {column} {order} LIMIT 1 OFFSET {others}) AS batch_keys",
            self.as_text("batch_key"),
            self.from,
            self.filter,
            column = self.column,
        );
        let mut keys = live(op)?.texts(&query)?;
        Ok(keys.pop())
    }

    fn literal(&self, op: &Operations<'_>, key: &str) -> Result<String> {
        let value = match (self.text, key.parse()) {
            (true, _) => Value::from(key),
            (false, Ok(number)) => Value::Integer(number),
            (false, Err(_)) => {
                return Err(RevisionError::message(format!(
                    "the key {} holds `{key}`, which is no whole number: say `.text_key()`",
                    self.column
                )));
            }
        };
        Ok(op.rules().literal(&value).map_err(OperationError::from)?)
    }

    fn as_text(&self, expression: &str) -> String {
        let text = match self.kind {
            BackendKind::Mysql | BackendKind::Mariadb => "CHAR",
            BackendKind::Sqlite | BackendKind::Postgres => "TEXT",
        };
        format!("CAST({expression} AS {text})")
    }
}
