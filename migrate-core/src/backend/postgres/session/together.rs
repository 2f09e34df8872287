//! Statements in one text with the ends of their transaction: one round trip for all of them. On
//! PostgreSQL.
//!
//! The server runs the text statement by statement and stops at the first error, but reports
//! neither which statement that was nor where in it. Between two statements the text acquires an
//! advisory lock once more, which no rollback undoes: as often as the session has it, so many
//! statements were done. It is a shared one, so that no other session waits for it.

use std::borrow::BorrowMut;
use std::mem;
use std::time::Instant;

use diesel::QueryResult;
use diesel::connection::{AnsiTransactionManager, SimpleConnection};
use diesel::pg::PgConnection;
use diesel::result::{DatabaseErrorInformation, Error};

use super::{CLOSING, INSIDE, LOST, OPEN, PgSession, is_about_savepoint, judged};
use crate::backend::{Batched, Batching, Connected, OpenTransaction, Together, Whole};
use crate::operation::Statements;

/// How much text waits, in bytes, before it is sent.
const MOST: usize = 1 << 20;

/// How statements are sent together.
pub(super) const BATCHING: Batching = Batching {
    micros: ELAPSED,
    micros_of: |_| ELAPSED.to_owned(),
    most: MOST,
};

/// The microseconds since the server got the text.
const ELAPSED: &str = "CAST(1000000 * EXTRACT(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.statement_timestamp()) AS bigint)";

/// The key of the advisory lock that counts: `step` in ASCII, and the second half of the migration
/// lock's key.
const COUNTER: &str = "1937007984, 1635018016";

/// The first version that applies a timeout to each statement of a text by itself.
const TIMES_EACH: u32 = 13;

impl<C: BorrowMut<PgConnection>> PgSession<C> {
    /// Whether texts of several statements behave as the statements do by themselves: outside of a
    /// transaction, on a server that times each of them, and whose messages can be read, as a lock
    /// timeout could not be recognized by the time that the text took.
    pub(super) fn may_gather(&mut self) -> bool {
        let outside = self.depth().is_ok_and(|depth| depth == 0);
        let fits = |place: &super::Place| {
            let major = place.version.split('.').next().unwrap_or_default();
            place.speaks_english() && major.parse().is_ok_and(|major: u32| major >= TIMES_EACH)
        };
        outside && self.place.as_ref().is_some_and(fits)
    }

    /// Sends statements with the beginning of their transaction, and with its end if there is one.
    pub(super) fn send_together(
        &mut self,
        statements: &[Batched],
        closing: Option<&[String]>,
    ) -> QueryResult<Whole> {
        self.outside = 0;
        if let Some(watch) = &self.watch {
            watch.forget();
        }
        self.committing = false;
        self.restore_settings()?;
        self.uncount()?;
        let mut text = Text::new(format!("BEGIN; {}; SAVEPOINT {INSIDE}", self.guard(true)?));
        let mut begins = Vec::with_capacity(statements.len());
        for (index, Batched { sql, .. }) in statements.iter().enumerate() {
            if index > 0 {
                text.add(&format!(
                    "SELECT pg_catalog.pg_advisory_lock_shared({COUNTER})"
                ));
            }
            begins.push(text.add(sql));
        }
        let counted = statements.len().saturating_sub(1);
        if counted > 0 {
            text.add(&format!("SELECT {}", uncounted(counted)));
        }
        if let Some(closing) = closing {
            text.add(&self.closing(closing)?);
            text.add("COMMIT");
        }
        let start = Instant::now();
        self.committing = closing.is_some();
        let sent = match closing {
            Some(_) => self.postgres().batch_execute(&text.sql),
            None => AnsiTransactionManager::begin_transaction_sql(self.postgres(), &text.sql),
        };
        self.took = start.elapsed();
        let Err(error) = sent else {
            return Ok(match closing {
                Some(_) => Whole::Committed,
                None => Whole::Before(Together::Open(OpenTransaction::new())),
            });
        };
        self.what_failed(error, statements, &begins, closing.is_some())
    }

    /// The statements of the engine at the end of a revision, in its transaction.
    pub(super) fn closing(&self, statements: &[String]) -> QueryResult<String> {
        let statements = self.as_itself()? + &statements.join(";\n");
        Ok(format!(
            "RELEASE SAVEPOINT {INSIDE};\nSAVEPOINT {CLOSING};\n{statements}"
        ))
    }

    /// Finds out how far the server went.
    fn what_failed(
        &mut self,
        error: Error,
        statements: &[Batched],
        begins: &[usize],
        whole: bool,
    ) -> QueryResult<Whole> {
        let before = |together| Ok(Whole::Before(together));
        let is_guard = matches!(&error, Error::DatabaseError(_, facts)
            if facts.message().contains(LOST) || facts.message().contains(OPEN));
        if is_guard {
            self.committing = false;
            let _ = self.execute("ROLLBACK"); // nothing of the engine is in it
            return before(Together::NotBegun(judged(error)));
        }
        if whole && self.enters(CLOSING) {
            self.committing = false;
            return Ok(Whole::NotRecorded(OpenTransaction::new(), error));
        }
        let counted = statements.len().saturating_sub(1);
        if self.enters(INSIDE) {
            self.committing = false;
            let index = self.count(counted).ok();
            let found = index.and_then(|index| statements.get(index).zip(begins.get(index)));
            let error = match found {
                Some((Batched { sql, .. }, begin)) => moved(error, *begin, sql.chars().count()),
                None => error,
            };
            return before(Together::Failed {
                begun: OpenTransaction::new(),
                at: index.filter(|_| found.is_some()),
                error,
                certain: true,
            });
        }
        if !self.is_alive() && self.leave().is_err() {
            return match whole {
                true => Ok(Whole::NotCommitted(error)),
                false => before(Together::Failed {
                    begun: OpenTransaction::new(),
                    at: None,
                    error,
                    certain: false,
                }),
            };
        }
        self.committing = false;
        self.leave()?;
        // one of the statements ended the transaction, and the savepoint went with it
        if self.count(counted)? > 0 || is_about_savepoint(&error) {
            return Ok(Whole::Ended);
        }
        match whole && !is_unread(&error) {
            true => Ok(Whole::NotCommitted(error)),
            false => before(Together::Apart),
        }
    }

    /// Whether a savepoint of the failed transaction exists; then that is open for what follows,
    /// and diesel knows about it.
    fn enters(&mut self, savepoint: &str) -> bool {
        let rollback = format!("ROLLBACK TO SAVEPOINT {savepoint}");
        AnsiTransactionManager::begin_transaction_sql(self.postgres(), &rollback).is_ok()
    }

    /// Forgets what an earlier text counted, if it could not be asked.
    pub(super) fn uncount(&mut self) -> QueryResult<()> {
        let left = mem::take(&mut self.counted);
        self.count(left).map(drop)
    }

    /// How many statements were done, of at most so many; the count begins again.
    fn count(&mut self, most: usize) -> QueryResult<usize> {
        if most == 0 {
            return Ok(0);
        }
        self.counted = most;
        let query = format!("SELECT CAST({} AS text) AS text", uncounted(most));
        let counted = self.texts(&query)?;
        self.counted = 0;
        Ok(counted
            .first()
            .and_then(|count| count.parse().ok())
            .unwrap_or_default())
    }
}

/// The expression that releases what was counted, and says how much it was. It ends at the first
/// that is not there, as the server warns of each of these.
fn uncounted(most: usize) -> String {
    let release = format!("pg_catalog.pg_advisory_unlock_shared({COUNTER})");
    format!(
        "(WITH RECURSIVE counted (number, held) AS (SELECT 1, {release} UNION ALL SELECT number + 1, {release} FROM counted WHERE held AND number < {most}) \
         SELECT pg_catalog.count(*) FROM counted WHERE held)"
    )
}

/// Whether the server could not read the text, of which nothing was run then: it names a place in
/// it, or says that the text has a character that its encoding lacks.
fn is_unread(error: &Error) -> bool {
    matches!(error, Error::DatabaseError(_, facts)
        if facts.statement_position().is_some() || facts.message().contains("encoding"))
}

/// A text of several statements.
struct Text {
    sql: String,
    /// Its length in characters, as the server counts places.
    length: usize,
}

impl Text {
    fn new(sql: String) -> Text {
        let length = sql.chars().count();
        Text { sql, length }
    }

    /// Adds a statement; returns where it begins. What it ends with may be a comment.
    fn add(&mut self, sql: &str) -> usize {
        const END: &str = "\n;\n";
        self.sql.push_str(END);
        self.sql.push_str(sql);
        let begin = self.length + END.len();
        self.length = begin + sql.chars().count();
        begin
    }
}

/// The error of a statement in a text, with the place in the statement.
fn moved(error: Error, begin: usize, length: usize) -> Error {
    match error {
        Error::DatabaseError(kind, facts) => {
            let place = facts.statement_position().and_then(|place| {
                let place = usize::try_from(place).ok()?.checked_sub(begin)?;
                let place = (1..=length + 1).contains(&place).then_some(place)?;
                i32::try_from(place).ok()
            });
            Error::DatabaseError(kind, Box::new(Moved { facts, place }))
        }
        error => error,
    }
}

/// What the server said, with another place.
struct Moved {
    facts: Box<dyn DatabaseErrorInformation + Send + Sync>,
    place: Option<i32>,
}

impl DatabaseErrorInformation for Moved {
    fn message(&self) -> &str {
        self.facts.message()
    }

    fn details(&self) -> Option<&str> {
        self.facts.details()
    }

    fn hint(&self) -> Option<&str> {
        self.facts.hint()
    }

    fn table_name(&self) -> Option<&str> {
        self.facts.table_name()
    }

    fn column_name(&self) -> Option<&str> {
        self.facts.column_name()
    }

    fn constraint_name(&self) -> Option<&str> {
        self.facts.constraint_name()
    }

    fn statement_position(&self) -> Option<i32> {
        self.place
    }
}
