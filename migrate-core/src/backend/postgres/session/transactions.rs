//! Begins and ends transactions, and finds out their outcome. On PostgreSQL.

use std::borrow::BorrowMut;

use diesel::QueryResult;
use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::pg::PgConnection;

use super::together::BATCHING;
use super::{CLOSING, INSIDE, PgSession, is_about_savepoint, judged};
use crate::backend::{
    Batched, Batching, Closed, Connected, ImplicitCommits, Inside, OpenTransaction, Together,
    Transactions, Whole,
};
use crate::operation::Statements;

impl<C: BorrowMut<PgConnection>> Transactions for PgSession<C> {
    fn in_transaction(&mut self) -> QueryResult<bool> {
        Ok(self.depth()? > 0)
    }

    fn begin(&mut self) -> QueryResult<OpenTransaction> {
        self.outside = self.depth()?;
        if let Some(watch) = &self.watch {
            watch.forget();
        }
        self.committing = false;
        self.restore_settings()?;
        match self.outside {
            0 => self.pass("BEGIN; ", true).inspect_err(|_| {
                // nothing of the engine is in it, and diesel does not know about it
                let _ = self.execute("ROLLBACK");
            })?,
            _ => {
                AnsiTransactionManager::begin_transaction(self.postgres())?;
                self.pass("", false)?;
            }
        }
        Ok(OpenTransaction::new())
    }

    fn begin_small(&mut self) -> QueryResult<OpenTransaction> {
        self.outside = self.depth()?;
        self.committing = false;
        let proof = self.proof(false).map(|proof| format!("SELECT {proof}; "));
        let begin = format!("BEGIN; {}SAVEPOINT {INSIDE}", proof.unwrap_or_default());
        AnsiTransactionManager::begin_transaction_sql(self.postgres(), &begin).map_err(
            |error| {
                // diesel does not know about it
                let _ = self.execute("ROLLBACK");
                judged(error)
            },
        )?;
        Ok(OpenTransaction::new())
    }

    fn begin_own(&mut self, sql: &str) -> QueryResult<OpenTransaction> {
        self.outside = self.depth()?;
        self.committing = false;
        AnsiTransactionManager::begin_transaction_sql(self.postgres(), sql)?;
        Ok(OpenTransaction::new())
    }

    fn record(&mut self, statements: &[String]) -> QueryResult<()> {
        let itself = self.as_itself()?;
        self.execute(&format!("{itself}{}", statements.join(";\n")))
    }

    fn inside(&mut self, _: &OpenTransaction) -> QueryResult<Inside> {
        let nested = self.depth()? > self.outside + 1;
        match self.execute(&format!("RELEASE SAVEPOINT {INSIDE}")) {
            Ok(()) if nested => Ok(Inside::Nested),
            Ok(()) => Ok(Inside::Yes),
            // it is still this transaction, and spoilt
            Err(error) if self.is_inside(INSIDE) => Err(error),
            Err(_) => {
                self.leave()?;
                Ok(Inside::Ended)
            }
        }
    }

    fn close(&mut self, begun: &OpenTransaction, statements: &[String]) -> QueryResult<Closed> {
        if self.depth()? > self.outside + 1 {
            return self.inside(begun).map(Closed::Not);
        }
        let own = self.outside == 0;
        // if the transaction is not the revision's any more, the release fails, and nothing that is
        // sent with it runs
        let closing = self.closing(statements)?;
        let commit = if own { ";\nCOMMIT" } else { "" };
        self.committing = own;
        let sent = self.execute(&format!("{closing}{commit}"));
        let Err(error) = sent else {
            return Ok(match own {
                true => {
                    self.is_over();
                    Closed::Committed
                }
                false => Closed::Recorded,
            });
        };
        if !is_about_savepoint(&error) {
            // the body or one of the statements aborted it before
            if self.is_inside(INSIDE) || self.is_inside(CLOSING) || !own {
                self.committing = false;
                return Err(error);
            }
            // the COMMIT ended it; or the connection is lost, and the outcome is unknown
            if self.is_alive() || self.leave().is_err() {
                return Ok(Closed::Refused(error));
            }
        }
        self.committing = false;
        self.leave()?;
        Ok(Closed::Not(Inside::Ended))
    }

    fn gathers(&mut self) -> Option<Batching> {
        self.may_gather().then_some(BATCHING)
    }

    fn run_together(&mut self, statements: &[Batched]) -> Together {
        match self.send_together(statements, None) {
            Ok(Whole::Before(together)) => together,
            Ok(_) => Together::Ended, // without an end in the text, nothing else is possible
            Err(error) => Together::NotBegun(error),
        }
    }

    fn run_whole(&mut self, statements: &[Batched], closing: &[String]) -> Whole {
        self.send_together(statements, Some(closing))
            .unwrap_or_else(|error| Whole::Before(Together::NotBegun(error)))
    }

    fn commit(&mut self, _: OpenTransaction) -> QueryResult<()> {
        self.committing = true;
        AnsiTransactionManager::commit_transaction(self.postgres())
    }

    fn rollback(&mut self) -> QueryResult<()> {
        let mut result = Ok(());
        if self.is_broken() && !self.committing {
            return Ok(()); // the server rolls back what its client left behind
        }
        let mut depth = self.depth()?;
        while depth > self.outside {
            // a missing savepoint does not prevent the transaction around it from ending
            result = AnsiTransactionManager::rollback_transaction(self.postgres());
            let left = self.depth()?;
            if left >= depth {
                break;
            }
            depth = left;
        }
        result
    }

    fn rollback_all(&mut self) -> QueryResult<()> {
        self.outside = 0;
        self.rollback()
    }
}

impl<C: BorrowMut<PgConnection>> ImplicitCommits for PgSession<C> {
    fn write_ahead(&mut self, sql: &str) -> QueryResult<()> {
        match self.as_itself()? {
            itself if itself.is_empty() || self.depth()? > 0 => self.execute(sql),
            itself => {
                let written = self.execute(&format!("BEGIN;\n{itself}{sql};\nCOMMIT"));
                written.inspect_err(|_| {
                    // report the first error
                    let _ = self.execute("ROLLBACK");
                })
            }
        }
    }
}
