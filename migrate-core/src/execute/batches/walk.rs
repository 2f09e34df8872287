//! The keys of a table, batch by batch: the queries that read them, and the condition that selects
//! the rows of a batch.

use crate::Result;
use crate::backend::{Backend, BackendKind};
use crate::error::{OperationError, RevisionError};
use crate::execute::live::Live;
use crate::execute::script::raw;
use crate::op::{Batch, BatchRange};
use crate::schema::{ObjectName, Value};

/// How the keys of a table are read, in the database's SQL. The hash of batches covers its `Debug`
/// output, so the names here cannot change.
#[derive(Debug)]
pub(in crate::execute) struct Walk {
    /// The table.
    from: String,
    /// The column's name alone.
    column: String,
    filter: String,
    kind: BackendKind,
    text: bool,
}

impl Walk {
    pub(in crate::execute) fn new(
        rules: &dyn Backend,
        range: &BatchRange,
    ) -> Result<Walk, OperationError> {
        let filter = match &range.filter {
            Some(filter) => {
                // checked as any raw SQL is
                rules.ddl(&raw(filter.clone()))?;
                format!(" AND (\n{}\n)", filter.text(rules.kind()))
            }
            None => String::new(),
        };
        Ok(Walk {
            from: rules.name(&range.table)?,
            column: rules.name(&ObjectName::from(range.key.as_str()))?,
            filter,
            kind: rules.kind(),
            text: range.text,
        })
    }

    /// The only batch of an SQL script.
    pub(in crate::execute) fn all(&self) -> Batch {
        Batch {
            condition: format!("{} IS NOT NULL{}", self.column, self.filter),
            integers: None,
            rows: 0,
        }
    }

    /// The number of rows to change.
    pub(super) fn count(&self, live: &mut Live<'_>) -> Result<u64> {
        self.count_of(live, &format!("{} IS NOT NULL", self.column))
    }

    /// The last key.
    pub(super) fn end(&self, live: &mut Live<'_>) -> Result<Option<String>> {
        self.key(live, &format!("{} IS NOT NULL", self.column), "DESC", 0)
    }

    /// The next batch after a key, and the last key of that batch.
    pub(super) fn next(
        &self,
        live: &mut Live<'_>,
        after: Option<&str>,
        end: &str,
        size: u64,
    ) -> Result<Option<(String, Batch)>> {
        let up_to = |live: &Live<'_>, key: &str| -> Result<String> {
            Ok(format!("{} <= {}", self.column, self.literal(live, key)?))
        };
        let beyond = match after {
            Some(key) => format!("{} > {} AND ", self.column, self.literal(live, key)?),
            None => String::new(),
        };
        let left = format!("{beyond}{}", up_to(live, end)?);
        let Some(first) = self.key(live, &left, "ASC", 0)? else {
            return Ok(None);
        };
        let full = self.key(live, &left, "ASC", size - 1)?;
        let rows = full.as_ref().map(|_| size);
        let last = full.unwrap_or_else(|| end.to_owned());
        let keys = format!("{beyond}{}", up_to(live, &last)?);
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
                None => self.count_of(live, &keys)?,
            },
        };
        Ok(Some((last, batch)))
    }

    fn count_of(&self, live: &mut Live<'_>, condition: &str) -> Result<u64> {
        let query = format!(
            "SELECT {} AS text FROM {} WHERE {condition}{}",
            self.as_text("COUNT(*)"),
            self.from,
            self.filter
        );
        let counted = live.session.texts(&query)?;
        Ok(counted
            .first()
            .and_then(|text| text.parse().ok())
            .unwrap_or(0))
    }

    /// The key of the row with this offset, among those that meet a condition.
    fn key(
        &self,
        live: &mut Live<'_>,
        condition: &str,
        order: &str,
        others: u64,
    ) -> Result<Option<String>> {
        // a subquery sorts by the column, where no alias hides it
        let query = format!(
            "SELECT {} AS text FROM (SELECT {column} AS batch_key FROM {} WHERE {condition}{} \
             ORDER BY {column} {order} LIMIT 1 OFFSET {others}) AS batch_keys",
            self.as_text("batch_key"),
            self.from,
            self.filter,
            column = self.column,
        );
        let mut keys = live.session.texts(&query)?;
        Ok(keys.pop())
    }

    fn literal(&self, live: &Live<'_>, key: &str) -> Result<String> {
        let value = match (self.text, key.parse()) {
            (true, _) => Value::from(key),
            (false, Ok(number)) => Value::Integer(number),
            (false, Err(_)) => {
                return Err(RevisionError::message(format!(
                    "the key {} holds `{key}`, which is not an integer: call `.text_key()`",
                    self.column
                )));
            }
        };
        Ok(live.rules().literal(&value).map_err(OperationError::from)?)
    }

    fn as_text(&self, expression: &str) -> String {
        let text = match self.kind {
            BackendKind::Mysql | BackendKind::Mariadb => "CHAR",
            BackendKind::Sqlite | BackendKind::Postgres => "TEXT",
        };
        format!("CAST({expression} AS {text})")
    }
}
