//! Begins and ends transactions, and finds out their outcome. On MySQL and MariaDB.

use std::borrow::BorrowMut;
use std::time::{Duration, Instant};

use diesel::QueryResult;
use diesel::connection::{AnsiTransactionManager, TransactionManager, TransactionManagerStatus};
use diesel::mysql::MysqlConnection;
use diesel::result::Error;

use super::super::engines::Engines;
use super::super::{lock, timeouts};
use super::implicit_commits::{INSIDE, Phase};
use super::{MysqlSession, is_without_savepoint, lost};
use crate::backend::{
    BackendKind, Batched, Batching, Closed, Connected, ImplicitCommits, Inside, OpenTransaction,
    Together, Transactions, Whole,
};
use crate::operation::{Operation, Statements};
use crate::sql::{TransactionEffect, transaction_effect};

impl<C: BorrowMut<MysqlConnection>> Transactions for MysqlSession<C> {
    fn in_transaction(&mut self) -> QueryResult<bool> {
        Ok(self.depth()? > 0)
    }

    fn begin(&mut self) -> QueryResult<OpenTransaction> {
        if self.depth()? == 0 {
            self.restore_settings()?;
        }
        self.begin_small()
    }

    fn begin_small(&mut self) -> QueryResult<OpenTransaction> {
        self.prepare()?;
        let savepoint = format!("SAVEPOINT {INSIDE}");
        match self.transaction.outside {
            0 => {
                let guard = self.lock.as_deref().map(lock::guard);
                let begin = guard.into_iter().chain(["BEGIN".to_owned(), savepoint]);
                let begin = begin.collect::<Vec<_>>().join(";\n");
                AnsiTransactionManager::begin_transaction_sql(self.mysql(), &begin).map_err(
                    |error| {
                        if lock::says_lost(&error) {
                            lost()
                        } else {
                            error
                        }
                    },
                )?;
            }
            _ => {
                self.require_lock()?;
                AnsiTransactionManager::begin_transaction(self.mysql())?;
                self.send(&savepoint)?;
            }
        }
        self.begun();
        Ok(OpenTransaction::new())
    }

    fn begin_own(&mut self, sql: &str) -> QueryResult<OpenTransaction> {
        self.transaction.outside = self.depth()?;
        self.transaction.committing = false;
        AnsiTransactionManager::begin_transaction_sql(self.mysql(), sql)?;
        Ok(OpenTransaction::new())
    }

    fn run_alone(
        &mut self,
        statements: &[&str],
        report: &mut dyn FnMut(&str, Duration),
    ) -> Result<(), (usize, Error)> {
        let mut ran = Ok(());
        for (index, sql) in statements.iter().enumerate() {
            let start = Instant::now();
            let sent = self.send(sql);
            report(sql, start.elapsed());
            if let Err(error) = sent {
                ran = Err((index, error));
                break;
            }
        }
        // report the first error
        let _ = match &ran {
            Ok(()) => self.send("SET autocommit = 1"),
            Err(_) => self.send("ROLLBACK;\nUNLOCK TABLES;\nSET autocommit = 1"),
        };
        if matches!(self.transaction.phase, Phase::Open | Phase::Committed) {
            self.transaction.note_commit();
            if let Ok(ends) = self.said_ends() {
                self.transaction.ends = Some(ends);
            }
        }
        ran
    }

    fn record(&mut self, statements: &[String]) -> QueryResult<()> {
        let mut all = self.transaction.beginning();
        all.extend_from_slice(statements);
        self.send_in_new(&all)?;
        let mark = self.texts("SELECT CAST(LAST_INSERT_ID() AS CHAR) AS text")?;
        self.transaction.mark = mark.into_iter().next();
        Ok(())
    }

    fn inside(&mut self, _: &OpenTransaction) -> QueryResult<Inside> {
        let nested = self.depth()? > self.transaction.outside + 1;
        if self.transaction.phase == Phase::Open {
            match self.send(&format!("RELEASE SAVEPOINT {INSIDE}")) {
                Ok(()) => self.transaction.phase = Phase::Closing,
                // by a statement that went past the session
                Err(error) if is_without_savepoint(&error) => self.is_over()?,
                Err(error) => return Err(error),
            }
        }
        Ok(match self.transaction.phase {
            Phase::Ended => Inside::Ended,
            _ if nested => Inside::Nested,
            _ => Inside::Yes,
        })
    }

    fn close(&mut self, begun: &OpenTransaction, statements: &[String]) -> QueryResult<Closed> {
        if self.depth()? > self.transaction.outside + 1 || self.transaction.phase == Phase::Ended {
            return self.inside(begun).map(Closed::Not);
        }
        let open = self.transaction.phase == Phase::Open;
        let own = self.transaction.outside == 0;
        let mut all = match open {
            true => vec![format!("RELEASE SAVEPOINT {INSIDE}")],
            false => self.transaction.beginning(),
        };
        all.extend_from_slice(statements);
        all.extend(own.then(|| "COMMIT".to_owned()));
        self.transaction.committing = own;
        let sent = self.send_in_new(&all);
        if open {
            self.transaction.phase = Phase::Closing;
        }
        match sent {
            Ok(()) if own => {
                let status = AnsiTransactionManager::transaction_manager_status_mut(self.mysql());
                *status = TransactionManagerStatus::default(); // it does not know of the COMMIT
                self.transaction.note_end();
                self.transaction.phase = Phase::None;
                Ok(Closed::Committed)
            }
            Ok(()) => Ok(Closed::Recorded),
            Err(error) if open && is_without_savepoint(&error) => {
                self.transaction.committing = false;
                self.is_over()?; // nothing but the release was run
                self.close(begun, statements)
            }
            Err(error) if own && !self.is_alive() => Ok(Closed::Refused(error)),
            Err(error) => {
                self.transaction.committing = false;
                Err(error)
            }
        }
    }

    fn gathers(&mut self) -> Option<Batching> {
        self.batching()
    }

    fn run_together(&mut self, statements: &[Batched]) -> Together {
        match self.send_together(statements, None) {
            Ok(Whole::Before(together)) => together,
            Ok(_) => Together::Apart, // without an end, it is not whole
            Err(error) => Together::NotBegun(error),
        }
    }

    fn run_whole(&mut self, statements: &[Batched], closing: &[String]) -> Whole {
        self.send_together(statements, Some(closing))
            .unwrap_or_else(|error| Whole::Before(Together::NotBegun(error)))
    }

    fn commit(&mut self, _: OpenTransaction) -> QueryResult<()> {
        if self.transaction.outside > 0 {
            self.begin_again()?; // for the savepoint that is released
        }
        self.transaction.committing = true;
        AnsiTransactionManager::commit_transaction(self.mysql())?;
        if self.transaction.outside == 0 {
            self.transaction.note_end(); // else, a savepoint was released
        }
        self.transaction.phase = Phase::None;
        Ok(())
    }

    fn rollback(&mut self) -> QueryResult<()> {
        if !self.transaction.committing && !self.is_alive() {
            return Ok(()); // the server rolls back what its client left behind
        }
        if self.transaction.phase == Phase::Open && !self.still_open() {
            let continued = self.has_continued();
            // if that is unknown, something may not be rolled back
            if continued || !self.is_undone().unwrap_or(false) {
                self.transaction.note_commit();
            }
        }
        if self.transaction.outside > 0 {
            self.begin_again()?;
        }
        let mut result = Ok(());
        let mut depth = self.depth()?;
        while depth > self.transaction.outside {
            // a missing savepoint does not prevent the transaction around it from ending
            result = AnsiTransactionManager::rollback_transaction(self.mysql());
            let left = self.depth()?;
            if left >= depth {
                break;
            }
            depth = left;
        }
        self.transaction.ends = None;
        self.transaction.phase = Phase::None;
        result
    }

    fn rollback_all(&mut self) -> QueryResult<()> {
        self.transaction.outside = 0;
        self.rollback()
    }
}

impl<C: BorrowMut<MysqlConnection>> MysqlSession<C> {
    /// Finds out what has to be known before a transaction begins.
    pub(super) fn prepare(&mut self) -> QueryResult<()> {
        self.transaction.outside = self.depth()?;
        self.require_transactional_tables()?;
        if self.transaction.ends.is_none() {
            self.transaction.ends = Some(self.said_ends()?);
        }
        Ok(())
    }

    /// Notes that the transaction of a revision has begun.
    pub(super) fn begun(&mut self) {
        self.transaction.commits = 0;
        self.transaction.victim = false;
        self.transaction.mark = None;
        self.transaction.continued = None;
        self.transaction.committing = false;
        if let Some(watch) = &self.watch {
            watch.forget();
        }
        self.transaction.phase = Phase::Open;
    }
}

impl<C: BorrowMut<MysqlConnection>> ImplicitCommits for MysqlSession<C> {
    fn for_batch(
        &mut self,
        operation: &Operation,
    ) -> QueryResult<Option<(String, TransactionEffect)>> {
        self.batched(operation)
    }

    fn transaction_effect(&mut self, sql: &str) -> QueryResult<TransactionEffect> {
        Ok(match transaction_effect(sql, BackendKind::Mysql) {
            TransactionEffect::Joins if self.without_transactions(sql)?.is_none() => {
                TransactionEffect::Joins
            }
            // whatever it does, the journal records it before it is sent, and it runs outside the
            // revision's transaction
            TransactionEffect::Joins | TransactionEffect::Commits => TransactionEffect::Commits,
            _ => TransactionEffect::Unknown,
        })
    }

    fn changes_without_transaction(&mut self, sql: &str) -> QueryResult<Option<String>> {
        match transaction_effect(sql, BackendKind::Mysql) {
            TransactionEffect::Joins => self.without_transactions(sql),
            _ => Ok(None),
        }
    }

    fn has_tables_without_transactions(&mut self) -> QueryResult<bool> {
        self.engines(Engines::any)
    }

    fn may_leave_rows(&mut self, sql: &str, error: &Error) -> bool {
        if transaction_effect(sql, BackendKind::Mysql) != TransactionEffect::Joins {
            return false;
        }
        // a connection that cannot answer is lost
        let may = !matches!(self.without_transactions(sql), Ok(None));
        let (code, kind) = (timeouts::code(error), self.server.dialect.kind());
        may && !self.engines.refused_before_rows(sql, code, kind)
    }

    fn write_ahead(&mut self, sql: &str) -> QueryResult<()> {
        match self.transaction.phase {
            Phase::Open | Phase::Committed => {
                self.send(&format!("{sql};\nCOMMIT"))?;
                self.transaction.mark = None;
                self.transaction.note_end();
                self.transaction.phase = Phase::Committed;
                Ok(())
            }
            Phase::None | Phase::Ended | Phase::Closing => self.send(sql),
        }
    }

    fn look_inside(&mut self) -> QueryResult<()> {
        match self.transaction.phase == Phase::Open && !self.still_open() {
            true => self.is_over(),
            false => Ok(()),
        }
    }

    fn commits(&mut self) -> u64 {
        self.transaction.commits
    }
}
