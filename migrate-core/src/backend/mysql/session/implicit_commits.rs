//! MySQL and MariaDB commit a transaction by themselves when a statement changes the schema, and
//! roll it back to end a deadlock. [`TransactionState`] holds what is known about the revision's
//! transaction; the session updates it as it sends statements.

use std::borrow::BorrowMut;

use diesel::connection::SimpleConnection;
use diesel::mysql::MysqlConnection;
use diesel::sql_types::Text;
use diesel::{QueryResult, QueryableByName, RunQueryDsl, sql_query};

use super::super::timeouts;
use super::{MysqlSession, undone};
use crate::backend::instrumentation::Watch;
use crate::backend::{BackendKind, Bookkeeping, LockConflict};
use crate::operation::Statements;
use crate::sql::{StatementKind, TransactionEffect, classify, transaction_effect};

/// The savepoint that shows whether the transaction still exists: it disappears with it.
pub(super) const INSIDE: &str = "migrate_revision";

/// What is known about the revision's transaction.
#[derive(Debug, Default)]
pub(super) struct TransactionState {
    /// How many transactions were open before the revision's.
    pub(super) outside: u32,
    pub(super) phase: Phase,
    /// How often a statement has committed a revision's transaction.
    pub(super) commits: u64,
    /// How many COMMIT and ROLLBACK statements the server has seen on this connection, if known.
    pub(super) ends: Option<i64>,
    /// Whether the server rolled the transaction back, to end a deadlock.
    pub(super) victim: bool,
    /// The last row that the engine wrote in the open transaction: it exists if the transaction was
    /// committed, and does not if the server rolled it back.
    pub(super) mark: Option<String>,
    /// Whether a block continued after the error that said so, as far as the session saw.
    pub(super) continued: Option<bool>,
    /// Whether the last statement sent was a COMMIT, whose outcome may stay unknown.
    pub(super) committing: bool,
}

/// The state of the revision's transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Phase {
    /// None exists.
    #[default]
    None,
    /// It is open, with its savepoint.
    Open,
    /// A statement has committed it.
    Committed,
    /// The revision itself has ended it.
    Ended,
    /// Its body is done, and the savepoint is released.
    Closing,
}

impl TransactionState {
    /// What must be sent before the next statement, if the last one has committed the transaction.
    pub(super) fn beginning(&self) -> Vec<String> {
        if self.phase != Phase::Committed {
            return Vec::new();
        }
        let of_diesel =
            (1..=self.outside).map(|depth| format!("SAVEPOINT diesel_savepoint_{depth}"));
        let ours = format!("SAVEPOINT {INSIDE}");
        ["BEGIN".to_owned()]
            .into_iter()
            .chain(of_diesel)
            .chain([ours])
            .collect()
    }

    /// Records that a statement has committed the transaction.
    pub(super) fn note_commit(&mut self) {
        self.phase = Phase::Committed;
        self.commits += 1;
        self.mark = None;
    }

    /// Counts one more COMMIT of the session.
    pub(super) fn note_end(&mut self) {
        self.ends = self.ends.map(|ends| ends + 1);
    }
}

impl<C: BorrowMut<MysqlConnection>> MysqlSession<C> {
    /// Begins another transaction in place of the one that a statement has committed, as deep as
    /// diesel believes it to be.
    pub(super) fn begin_again(&mut self) -> QueryResult<()> {
        let beginning = self.transaction.beginning();
        match beginning.is_empty() {
            true => Ok(()),
            false => self.send_in_new(&beginning),
        }
    }

    /// Sends statements of the engine in one batch, after which a transaction is open again.
    pub(super) fn send_in_new(&mut self, statements: &[String]) -> QueryResult<()> {
        let sent = self.send(&statements.join(";\n"));
        if self.transaction.phase == Phase::Committed {
            // if the batch failed before it, the savepoint turns out to be missing
            self.transaction.phase = Phase::Open;
        }
        sent
    }

    /// Finds out who ended the transaction: the server by itself, with a statement that commits or
    /// to end a deadlock, or the revision.
    pub(super) fn is_over(&mut self) -> QueryResult<()> {
        let continued = self.has_continued();
        let ends = self.said_ends().inspect_err(|_| {
            self.transaction.commits += 1; // the connection is lost, so the outcome is unknown
        })?;
        if Some(ends) != self.transaction.ends {
            self.transaction.phase = Phase::Ended;
        } else if self.is_undone()? {
            self.transaction.phase = Phase::Closing;
            // what came after it was committed statement by statement
            self.transaction.commits += u64::from(continued);
            return Err(undone(continued));
        } else {
            self.transaction.note_commit();
        }
        Ok(())
    }

    /// Whether the server rolled back the transaction that is gone, rather than committing it.
    pub(super) fn is_undone(&mut self) -> QueryResult<bool> {
        let Some(mark) = self.transaction.mark.clone().filter(|_| !self.is_victim()) else {
            return Ok(self.is_victim());
        };
        let journal = self.journal_table();
        let rows = self.texts(&format!(
            "SELECT 'x' AS text FROM {journal} WHERE id = {mark}"
        ))?;
        Ok(rows.is_empty())
    }

    /// Whether statements may have succeeded since the server rolled the transaction back.
    pub(super) fn has_continued(&self) -> bool {
        if self.transaction.victim {
            return false; // it was an operation, after which nothing is run
        }
        let seen = self.watch.as_ref().filter(|watch| watch.has_noticed());
        seen.is_none_or(|watch| {
            self.transaction
                .continued
                .unwrap_or_else(|| watch.continued())
        })
    }

    /// Whether the transaction still has the savepoint. Afterwards, it has one.
    pub(super) fn still_open(&mut self) -> bool {
        self.mysql()
            .batch_execute(&format!("RELEASE SAVEPOINT {INSIDE}"))
            .and_then(|()| self.mysql().batch_execute(&format!("SAVEPOINT {INSIDE}")))
            .is_ok()
    }

    /// How often COMMIT and ROLLBACK were sent on this connection. Implicit commits do not count.
    pub(super) fn said_ends(&mut self) -> QueryResult<i64> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Text, column_name = Value)]
            value: String,
        }
        let rows: Vec<Row> =
            sql_query("SHOW SESSION STATUS WHERE Variable_name IN ('Com_commit', 'Com_rollback')")
                .load(self.mysql())?;
        Ok(rows
            .iter()
            .filter_map(|row| row.value.parse::<i64>().ok())
            .sum())
    }

    /// Whether the server rolled the transaction back, to end a deadlock: then it is gone, and
    /// nothing was committed.
    pub(super) fn is_victim(&self) -> bool {
        self.transaction.victim || self.watch.as_ref().is_some_and(Watch::has_noticed)
    }

    /// A change of rows in a table without transactions: it commits by itself, after what came
    /// before it.
    pub(super) fn execute_apart(&mut self, sql: &str) -> QueryResult<()> {
        if self.transaction.phase == Phase::Open {
            self.send("COMMIT")?;
            self.transaction.note_end();
        }
        self.transaction.note_commit(); // a statement that is refused may have changed some rows
        self.send(sql)
    }

    /// Records that a statement inside a transaction may set the engine of future tables.
    pub(super) fn note_engine(&mut self, sql: &str) {
        let kind = self.server.dialect.kind();
        let is_about_engines = || sql.to_ascii_lowercase().contains("engine");
        let changes_rows = || {
            matches!(
                classify(sql, kind).kind,
                StatementKind::Read | StatementKind::Rows
            )
        };
        if is_about_engines() && !changes_rows() {
            self.engines.after(sql, kind);
        }
    }

    /// A statement of a revision, and its effect on the transaction around it.
    pub(super) fn execute_inside(&mut self, sql: &str) -> QueryResult<()> {
        let effect = transaction_effect(sql, BackendKind::Mysql);
        if effect == TransactionEffect::Joins {
            if self.without_transactions(sql)?.is_some() {
                return self.execute_apart(sql);
            }
            self.note_engine(sql);
        } else {
            self.engines.after(sql, self.server.dialect.kind());
        }
        if effect != TransactionEffect::Commits {
            // what is committed already, a change of the schema cannot commit again
            self.begin_again()?;
        }
        let sent = self.send(sql);
        self.transaction.victim |= matches!(&sent, Err(error) if timeouts::lock_conflict(error) == Some(LockConflict::Deadlock));
        if self.transaction.phase != Phase::Open || self.transaction.victim {
            if sent.is_ok() && self.transaction.phase == Phase::Committed {
                self.transaction.commits += 1;
            }
            return sent;
        }
        match (effect, &sent) {
            (TransactionEffect::Joins, _) => {}
            (TransactionEffect::Commits, Ok(())) => self.transaction.note_commit(),
            (TransactionEffect::Controls, Ok(())) => self.transaction.phase = Phase::Ended,
            // some fail before the commit, and some after it
            _ => {
                if !self.still_open() && self.is_over().is_err() {
                    // the connection is lost, so the statement's outcome is unknown
                    self.transaction.commits += 1;
                }
            }
        }
        sent
    }
}
