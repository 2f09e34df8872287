//! How a session rebuilds tables: when, in which transaction, and with which foreign keys.
//!
//! SQLite can switch foreign keys off only outside a transaction, and what a revision does is known
//! only while it runs. So its first rebuild of a referenced table fails if keys are on, the engine
//! rolls back, and the revision starts again with keys off; a violation that it would leave behind
//! fails it before the commit.

use std::borrow::BorrowMut;
use std::time::{Duration, Instant};

use diesel::QueryResult;
use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::sqlite::SqliteConnection;

use super::super::rebuild::{self, Pending};
use super::super::{ddl, unsupported};
use super::{Keys, SqliteSession};
use crate::error::OperationError;
use crate::operation::Operation;
use crate::operation::Statements;
use crate::schema::ObjectName;

impl<C: BorrowMut<SqliteConnection>> SqliteSession<C> {
    /// Collects an operation that needs a table rebuild; returns whether it is one.
    pub(super) fn gather(&mut self, operation: &Operation) -> Result<bool, OperationError> {
        if let Some(pending) = &mut self.pending {
            // everything else was done by `flush`
            pending.change(operation)?;
            return Ok(true);
        }
        let table = match operation {
            Operation::AddColumn { table, .. }
            | Operation::AlterColumn { table, .. }
            | Operation::AddConstraint { table, .. }
            | Operation::DropConstraint { table, .. }
            | Operation::RenameConstraint { table, .. }
                if ddl::needs_rebuild(operation) =>
            {
                table
            }
            Operation::DropColumn { table, name, .. }
                if rebuild::keeps_column(self.sqlite(), table, name)? =>
            {
                table
            }
            _ => return Ok(false),
        };
        ddl::refuse(operation)?;
        let mut pending = Pending::of(self.sqlite(), table)?;
        pending.change(operation)?;
        self.demand_keys_off(table)?;
        self.pending = Some(pending);
        Ok(true)
    }

    /// A referenced table must not be dropped with foreign keys on: that deletes its rows first,
    /// and by cascades the rows that reference them.
    fn demand_keys_off(&mut self, table: &ObjectName) -> Result<(), OperationError> {
        let depth = self.depth().map_err(OperationError::Catalogue)?;
        if depth == 0 || !self.drops_rows(table).map_err(OperationError::Catalogue)? {
            return Ok(());
        }
        if !self.owns_outermost {
            return Err(unsupported(
                format!(
                    "rebuild `{table}` inside the caller's transaction: other tables reference it, and \
                     foreign keys are on"
                ),
                "PRAGMA foreign_keys = OFF before that transaction, or migrate without one",
            )
            .into());
        }
        Err(self.want_keys_off(format!("a rebuild of `{table}`")))
    }

    /// Makes the next transaction begin with foreign keys off.
    pub(super) fn want_keys_off(&mut self, why: String) -> OperationError {
        self.keys = Keys::WantedOff;
        OperationError::KeysAreOn { why }
    }

    /// The same, or that the next transaction begins with foreign keys off: rows cannot be copied
    /// while a key of their table refers to what only a later change makes unique.
    fn without_keys(&mut self, error: OperationError) -> OperationError {
        let mismatch = match &error {
            OperationError::Statement { source, .. } => source.to_string(),
            _ => return error,
        };
        let is_it = mismatch.contains("foreign key mismatch");
        match is_it && self.owns_outermost && self.is_on("foreign_keys").unwrap_or_default() {
            true => self.want_keys_off(mismatch),
            false => error,
        }
    }

    pub(super) fn drops_rows(&mut self, table: &ObjectName) -> QueryResult<bool> {
        Ok(self.is_on("foreign_keys")? && rebuild::is_referred_to(self.sqlite(), table)?)
    }

    /// Makes the pending changes, in a transaction of their own if none is open.
    pub(super) fn rebuild(
        &mut self,
        pending: &Pending,
        report: &mut dyn FnMut(&str, Duration),
    ) -> Result<(), OperationError> {
        if self.depth().map_err(OperationError::Catalogue)? > 0 {
            self.remember_broken();
            let made = self.run_rebuild(pending, report);
            return made.map_err(|error| self.without_keys(error));
        }
        let keys_on = self
            .is_on("foreign_keys")
            .map_err(OperationError::Catalogue)?;
        let run = |session: &mut Self, sql: &str| {
            session
                .execute(sql)
                .map_err(|source| OperationError::Statement {
                    operation: pending.operations.clone(),
                    sql: sql.to_owned(),
                    source,
                })
        };
        if keys_on {
            run(self, "PRAGMA foreign_keys = OFF")?;
        }
        let done = AnsiTransactionManager::begin_transaction_sql(self.sqlite(), "BEGIN IMMEDIATE")
            .map_err(OperationError::Catalogue)
            .and_then(|()| {
                self.remember_broken();
                let made = self
                    .run_rebuild(pending, report)
                    .and_then(|()| self.refuse_broken())
                    .and_then(|()| self.run_along());
                let ended = match made.is_ok() {
                    true => AnsiTransactionManager::commit_transaction(self.sqlite()),
                    false => AnsiTransactionManager::rollback_transaction(self.sqlite()),
                };
                made.and(ended.map_err(OperationError::Catalogue))
            });
        if keys_on {
            run(self, "PRAGMA foreign_keys = ON")?;
        }
        done
    }

    /// Runs the statement that belongs in the transaction of the changes.
    fn run_along(&mut self) -> Result<(), OperationError> {
        match self.along.take() {
            Some(sql) => self.execute(&sql).map_err(OperationError::Journal),
            None => Ok(()),
        }
    }

    pub(super) fn remember_broken(&mut self) {
        if self.broken_before.is_none() {
            self.broken_before = Some(rebuild::violations(self.sqlite()));
        }
    }

    pub(super) fn refuse_broken(&mut self) -> Result<(), OperationError> {
        match self.broken_before.take() {
            Some(before) => before.refuse_more(&rebuild::violations(self.sqlite())),
            None => Ok(()),
        }
    }

    fn run_rebuild(
        &mut self,
        pending: &Pending,
        report: &mut dyn FnMut(&str, Duration),
    ) -> Result<(), OperationError> {
        let sound = rebuild::broken_schema(self.sqlite(), pending).is_none();
        let statements = pending.statements(self.sqlite())?;
        let legacy = self
            .is_on("legacy_alter_table")
            .map_err(OperationError::Catalogue)?;
        self.execute("PRAGMA legacy_alter_table = ON")
            .map_err(OperationError::Catalogue)?;
        let made = statements.into_iter().try_for_each(|sql| {
            let start = Instant::now();
            let executed = self.execute(&sql);
            report(&sql, start.elapsed());
            executed.map_err(|source| OperationError::Statement {
                operation: pending.operations.clone(),
                sql,
                source,
            })
        });
        if !legacy {
            self.execute("PRAGMA legacy_alter_table = OFF")
                .map_err(OperationError::Catalogue)?;
        }
        made?;
        match rebuild::broken_schema(self.sqlite(), pending) {
            Some(message) if sound => Err(OperationError::BrokenSchema { message }),
            _ => Ok(()),
        }
    }
}
