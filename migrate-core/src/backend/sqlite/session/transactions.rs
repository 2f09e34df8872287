//! Begins and ends transactions, and finds out their outcome. On SQLite.

use std::borrow::BorrowMut;

use diesel::QueryResult;
use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::sqlite::SqliteConnection;

use super::{INSIDE, Keys, SqliteSession};
use crate::backend::{ImplicitCommits, Inside, OpenTransaction, Transactions};
use crate::error::Trouble;
use crate::operation::Statements;

impl<C: BorrowMut<SqliteConnection>> Transactions for SqliteSession<C> {
    fn in_transaction(&mut self) -> QueryResult<bool> {
        Ok(self.depth()? > 0)
    }

    fn begin(&mut self) -> QueryResult<OpenTransaction> {
        if self.depth()? == 0 {
            self.begin_with_settings()?;
        }
        self.begin_small()
    }

    fn begin_small(&mut self) -> QueryResult<OpenTransaction> {
        self.guard()?;
        self.outside = self.depth()?;
        if let Some(watch) = &self.watch {
            watch.forget();
        }
        self.owns_outermost |= self.outside == 0;
        self.pending = None;
        self.broken_before = None;
        if self.outside == 0 && self.keys == Keys::WantedOff {
            self.execute("PRAGMA foreign_keys = OFF")?;
            self.keys = Keys::Off;
        }
        match self.outside {
            0 => self.begin_immediate()?,
            _ => AnsiTransactionManager::begin_transaction(self.sqlite())?,
        }
        if self.keys == Keys::Off {
            // whatever the revision does until it ends, keys are off
            self.remember_broken();
        }
        self.execute(&format!("SAVEPOINT {INSIDE}"))?;
        Ok(OpenTransaction::new())
    }

    fn begin_own(&mut self, sql: &str) -> QueryResult<OpenTransaction> {
        self.outside = self.depth()?;
        AnsiTransactionManager::begin_transaction_sql(self.sqlite(), sql)?;
        if self.keys_before == Some(true) && !self.is_on("foreign_keys")? {
            // the revision has switched them off, and SQLite's procedure for that ends with a check
            self.remember_broken();
        }
        Ok(OpenTransaction::new())
    }

    fn inside(&mut self, _: &OpenTransaction) -> QueryResult<Inside> {
        let nested = self.depth()? > self.outside + 1;
        match self.execute(&format!("RELEASE {INSIDE}")) {
            Ok(()) if nested => Ok(Inside::Nested),
            Ok(()) => Ok(Inside::Yes),
            Err(_) => Ok(Inside::Ended),
        }
    }

    fn commit(&mut self, _: OpenTransaction) -> QueryResult<()> {
        AnsiTransactionManager::commit_transaction(self.sqlite())?;
        self.restore_keys()
    }

    fn rollback(&mut self) -> QueryResult<()> {
        let mut result = Ok(());
        let mut depth = self.depth()?;
        while depth > self.outside {
            // a missing savepoint does not prevent the transaction around it from ending
            result = AnsiTransactionManager::rollback_transaction(self.sqlite());
            let left = self.depth()?;
            if left >= depth {
                break;
            }
            depth = left;
        }
        result.and(self.restore_keys())
    }

    fn rollback_all(&mut self) -> QueryResult<()> {
        self.outside = 0;
        self.rollback()
    }
}

impl<C: BorrowMut<SqliteConnection>> ImplicitCommits for SqliteSession<C> {
    fn rolls_back_for(&self, error: &diesel::result::Error) -> bool {
        matches!(
            Trouble::of(error, None),
            Some(Trouble::Full | Trouble::Disk | Trouble::Exhausted)
        )
    }
}
