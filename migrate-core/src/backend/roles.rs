//! The roles of a session: what a connection must be able to do for the engine, one trait per concern. It must not know how a
//! database does any of it.

use std::path::Path;
use std::time::{Duration, Instant};

use diesel::QueryResult;

use super::session::{
    Closed, FailedStatement, Inside, LockRequest, MigrationLock, OpenTransaction, SavedSettings,
    SeenStatement,
};
use super::{
    About, Backend, Backup, CancelHandle, CatalogQueries, Created, Holder, LockConflict,
    NotDropped, SchemaObject, Timeouts,
};
use crate::error::{BackupError, Grantee, LockError, OperationError};
use crate::journal::{self, AppliedRow, Entry, VERSION_TABLE, Which};
use crate::operation::{Operation, Statements};
use crate::sql::TransactionEffect;

/// The connection itself: the rules of its database, what is secret of it, and whether it still answers.
pub trait Connected: Statements {
    /// The rules of the database behind it.
    fn backend(&self) -> &'static dyn Backend;

    /// What is known to be secret of the connection, such as its password. It is left out of whatever only people read.
    fn secrets(&self) -> Vec<String> {
        Vec::new()
    }

    /// Whether the connection still answers.
    fn is_alive(&mut self) -> bool {
        self.texts("SELECT 'x' AS text").is_ok()
    }
}

/// Reads the version table and the journal.
pub trait Bookkeeping: Connected {
    /// The version table's name as SQL, qualified where a revision could change what a bare name
    /// means.
    fn version_table(&self) -> String {
        VERSION_TABLE.to_owned()
    }

    /// The version table's name, where others could have been meant; known once it was read.
    fn chosen_version_table(&self) -> Option<String> {
        None
    }

    /// The rows of the version table in the order in which they were written; nothing when there
    /// is no such table. Creates none.
    ///
    /// # Errors
    ///
    /// What the database said.
    fn applied(&mut self) -> QueryResult<Option<Vec<AppliedRow>>>;

    /// The journal's name as SQL, beside the version table.
    fn journal_table(&self) -> String {
        journal::TABLE.to_owned()
    }

    /// Rows of the journal in the order in which they were written; nothing when there is no such table. Creates none.
    ///
    /// # Errors
    ///
    /// What the database said.
    fn journal(&mut self, which: Which) -> QueryResult<Option<Vec<Entry>>>;
}

/// What the catalogue says: of the server, of an operation before it is run, and of one that may have been run.
pub trait Catalog: Connected {
    /// The server's own version, where there is a server.
    ///
    /// # Errors
    ///
    /// What the database said.
    fn server_version(&mut self) -> QueryResult<Option<String>> {
        Ok(None)
    }

    /// What the database says of itself and of whoever is connected. Leaves nothing behind; not to be asked while a transaction is
    /// open.
    ///
    /// # Errors
    ///
    /// What the database said.
    fn about(&mut self) -> QueryResult<About>;

    /// Who is connected, as a `GRANT` names them, where there are users. Not to be asked while a transaction has failed.
    fn grantee(&mut self) -> Option<Grantee> {
        None
    }

    /// Refuses what only the catalogue shows to be impossible, before anything of it is run.
    ///
    /// # Errors
    ///
    /// What cannot be done, and what to do instead.
    fn check(&mut self, operation: &Operation) -> Result<(), OperationError>;

    /// The statements that carry an operation out here: the rules' own, or those that need a look at
    /// what is there.
    ///
    /// # Errors
    ///
    /// When it cannot be done, or what is there cannot be read.
    fn statements(&mut self, operation: &Operation) -> Result<Vec<String>, OperationError> {
        Ok(self.backend().ddl(operation)?)
    }

    /// The queries that find what an interrupted statement left.
    fn catalog_queries(&self) -> CatalogQueries;

    /// Before a connection block: records what [`after_block`](Catalog::after_block) compares.
    ///
    /// # Errors
    ///
    /// What the database said.
    fn before_block(&mut self) -> QueryResult<()> {
        Ok(())
    }

    /// Refuses what a connection block did, where an operation that did it would have been refused.
    ///
    /// # Errors
    ///
    /// What it was.
    fn after_block(&mut self) -> Result<(), OperationError> {
        Ok(())
    }

    /// Whether queries that only read by their words do so: no view that they name may call a function that writes. What cannot
    /// be found out counts as one that may.
    fn views_only_read(&mut self, queries: &[String]) -> bool {
        let _ = queries;
        true
    }
}

/// Operations that are deferred and run together, as the rebuilds of one table on SQLite.
pub trait DeferredWork: Connected {
    /// Runs the deferred operations, unless the next operation can join them. Called before anything else is
    /// done, and after the last operation.
    ///
    /// # Errors
    ///
    /// When it cannot be done.
    fn flush(
        &mut self,
        next: Option<&Operation>,
        tell: &mut dyn FnMut(&str, Duration),
    ) -> Result<(), OperationError> {
        let _ = (next, tell);
        Ok(())
    }

    /// Whether an operation is deferred.
    fn has_deferred(&self) -> bool {
        false
    }

    /// Sets a statement that runs in the transaction of the deferred operations, and returns the one that was set before and
    /// has not run.
    fn along(&mut self, sql: Option<String>) -> Option<String> {
        let _ = sql;
        None
    }

    /// Refuses what must not be left behind by a revision that is otherwise done.
    ///
    /// # Errors
    ///
    /// What it is.
    fn settle(&mut self) -> Result<(), OperationError> {
        Ok(())
    }

    /// Whether the revision that has just failed is to be rolled back and started again: an operation needs
    /// something that can only be done before the transaction, and that the next [`begin`](Transactions::begin)
    /// will do.
    fn restarts(&mut self) -> bool {
        false
    }
}

/// Gives each revision the settings that the connection had.
pub trait RevisionSettings: Connected {
    /// Makes ready for a revision that runs without a transaction, as [`begin`](Transactions::begin) does
    /// for others: notices that the lock was lost.
    ///
    /// # Errors
    ///
    /// What the database said, or that the lock was lost.
    fn before_step(&mut self) -> QueryResult<SavedSettings>;

    /// Gives the connection back the settings that it had at [`before_step`](RevisionSettings::before_step),
    /// whether the revision was done or failed.
    fn after_step(&mut self, prepared: SavedSettings) {
        let SavedSettings { .. } = prepared;
    }

    /// Notes that a statement of a revision, or whatever it does with the connection where none is given, may change settings of the
    /// session. The session restores them before the next revision, and when the lock is given back. To be asked before it is sent.
    ///
    /// # Errors
    ///
    /// When the settings cannot be read.
    fn may_change_settings(&mut self, sql: Option<&str>) -> QueryResult<()>;
}

/// Begins and ends transactions.
pub trait Transactions: Connected {
    /// Whether the caller of the engine has a transaction open.
    ///
    /// # Errors
    ///
    /// When the connection is broken.
    fn in_transaction(&mut self) -> QueryResult<bool>;

    /// Begins the transaction of a revision; inside one of the caller's, a savepoint.
    ///
    /// # Errors
    ///
    /// What the database said.
    fn begin(&mut self) -> QueryResult<OpenTransaction>;

    /// Begins a transaction for one operation of a revision that runs without one. What the revision has set on the connection
    /// stays.
    ///
    /// # Errors
    ///
    /// What the database said.
    fn begin_small(&mut self) -> QueryResult<OpenTransaction>;

    /// Begins a transaction of a revision's own, with the statement that it has for that.
    ///
    /// # Errors
    ///
    /// What the database said.
    fn begin_own(&mut self, sql: &str) -> QueryResult<OpenTransaction>;

    /// Runs statements of a revision with nothing of the session's own between them, as between `LOCK TABLES` and
    /// `UNLOCK TABLES`, and tells of each. When one fails, no transaction and no lock is left open.
    ///
    /// # Errors
    ///
    /// The place of the statement that failed, and what the database said.
    fn run_alone(
        &mut self,
        statements: &[&str],
        tell: &mut dyn FnMut(&str, Duration),
    ) -> Result<(), (usize, diesel::result::Error)> {
        for (index, sql) in statements.iter().enumerate() {
            let start = Instant::now();
            let executed = self.execute(sql);
            tell(sql, start.elapsed());
            executed.map_err(|error| (index, error))?;
        }
        Ok(())
    }

    /// Runs statements of the engine's own in the transaction that is open, in one go; the last to be run before it is committed.
    ///
    /// # Errors
    ///
    /// What the database said about the first that failed; those after it are not run.
    fn record(&mut self, statements: &[String]) -> QueryResult<()> {
        self.execute(&statements.join(";\n"))
    }

    /// What became of a transaction, after the revision's body has returned or failed. It can be asked once.
    ///
    /// # Errors
    ///
    /// When the connection is broken.
    fn inside(&mut self, begun: &OpenTransaction) -> QueryResult<Inside>;

    /// Runs statements of the engine's own as the last of the transaction, if that is open and nothing inside it is; and commits
    /// it at once, where all of that can be sent in one go. It takes the place of [`inside`](Transactions::inside).
    ///
    /// # Errors
    ///
    /// When the connection is broken, or what the database said about the first statement that failed; those after it are not run.
    fn close(&mut self, begun: &OpenTransaction, statements: &[String]) -> QueryResult<Closed> {
        match self.inside(begun)? {
            Inside::Yes => self.record(statements).map(|()| Closed::Recorded),
            inside => Ok(Closed::Not(inside)),
        }
    }

    /// Commits the transaction of a revision.
    ///
    /// # Errors
    ///
    /// What the database said; then nothing is committed.
    fn commit(&mut self, begun: OpenTransaction) -> QueryResult<()>;

    /// Rolls the transaction of a revision back, with all that was begun inside it. Where none is open, it does nothing.
    ///
    /// # Errors
    ///
    /// What the database said.
    fn rollback(&mut self) -> QueryResult<()>;

    /// Rolls everything back that is open, whoever began it, until no transaction is left.
    ///
    /// # Errors
    ///
    /// What the database said.
    fn rollback_all(&mut self) -> QueryResult<()>;
}

/// What becomes of a transaction by the statements in it, where some commit by themselves or change rows that no rollback restores.
pub trait ImplicitCommits: Transactions {
    /// What becomes of an open transaction when a statement is run, as far as its words say it, and the engines of the tables that
    /// it names.
    ///
    /// # Errors
    ///
    /// What the database said.
    fn transaction_effect(&mut self, sql: &str) -> QueryResult<TransactionEffect> {
        let _ = sql;
        Ok(TransactionEffect::Joins)
    }

    /// What a statement changes, or may change, whose rows no rollback restores, though the statement joins a transaction by its words.
    ///
    /// # Errors
    ///
    /// What the database said.
    fn changes_without_transaction(&mut self, sql: &str) -> QueryResult<Option<String>> {
        let _ = sql;
        Ok(None)
    }

    /// Whether statements that are not known beforehand may change rows that no rollback restores: there are tables of an engine
    /// without transactions.
    ///
    /// # Errors
    ///
    /// What the database said.
    fn has_tables_without_transactions(&mut self) -> QueryResult<bool> {
        Ok(false)
    }

    /// Whether a statement that was refused may have changed some rows, and left them: its table has no transactions.
    fn may_leave_rows(&mut self, sql: &str, error: &diesel::result::Error) -> bool {
        let _ = (sql, error);
        false
    }

    /// Runs a statement of the engine's own, and commits it with all that came before it in the revision. What comes after it
    /// is in a transaction again, if the revision has one.
    ///
    /// # Errors
    ///
    /// What the database said.
    fn write_ahead(&mut self, sql: &str) -> QueryResult<()> {
        self.execute(sql)
    }

    /// Notices whether statements that went past the session have committed or ended the transaction.
    ///
    /// # Errors
    ///
    /// What the database said.
    fn look_inside(&mut self) -> QueryResult<()> {
        Ok(())
    }

    /// How many times since [`begin`](Transactions::begin) a statement has committed by itself what was done
    /// up to it, as a change of the schema does on MySQL. What comes after the last time is undone
    /// by a rollback. To be asked before or after a rollback.
    fn commits(&mut self) -> u64 {
        0
    }

    /// Whether the database has rolled the transaction back by itself over this error, which it does not do for every one. To be asked
    /// only when the transaction is gone.
    fn rolls_back_for(&self, error: &diesel::result::Error) -> bool {
        let _ = error;
        false
    }
}

/// The lock that keeps two runs apart, and how long statements wait for the locks of others.
pub trait Locking: Connected {
    /// Whether an error only says that another connection has the database for now.
    fn is_busy(&self, error: &diesel::result::Error) -> bool;

    /// Takes the lock that keeps two runs on one database apart.
    ///
    /// # Errors
    ///
    /// When it was not had in time.
    fn lock(&mut self, request: &mut LockRequest<'_>) -> Result<MigrationLock, LockError>;

    /// Who has the lock that keeps two runs apart, if anybody has it now; asked without taking it.
    ///
    /// # Errors
    ///
    /// What the database said.
    fn holder(&mut self) -> QueryResult<Option<Holder>>;

    /// Gives the lock back. It also goes with the session, and with the process.
    fn unlock(&mut self);

    /// Sets how long statements take and wait, until [`unlock`](Locking::unlock) gives the connection its own
    /// settings back.
    ///
    /// # Errors
    ///
    /// What the database said.
    fn limit(&mut self, locked: &MigrationLock, limits: &Timeouts) -> QueryResult<()>;

    /// Whether an error is a lock conflict, so that another attempt may succeed. To be called after the rollback, if there was
    /// one.
    fn lock_conflict(&mut self, error: &diesel::result::Error) -> Option<LockConflict> {
        let _ = error;
        None
    }

    /// What ends the statement that runs here, for another thread; nothing where that cannot be done.
    fn cancel_handle(&mut self, locked: &MigrationLock) -> Option<CancelHandle> {
        let _ = locked;
        None
    }
}

/// Drops what is in a database, and copies it.
pub trait Maintenance: Connected {
    /// What a reset would drop: all that is in the database, or in the current schema of one that has several, and what the history
    /// made beside it. What belongs to an extension, and what the database keeps for itself, is not among it.
    ///
    /// # Errors
    ///
    /// What the database said.
    fn schema_objects(&mut self, made: &[Created]) -> QueryResult<Vec<SchemaObject>>;

    /// What the history created outside the database, such as a role, and that would conflict when it is created again.
    ///
    /// # Errors
    ///
    /// What the database said.
    fn conflicting_objects(&mut self, made: &[Created]) -> QueryResult<Vec<String>> {
        let _ = made;
        Ok(Vec::new())
    }

    /// Drops what [`schema_objects`](Maintenance::schema_objects) gave. When something outside would go with it, or something cannot be dropped,
    /// says so; where a change of the schema can be undone, nothing is dropped then.
    ///
    /// # Errors
    ///
    /// What the database said; where a change of the schema can be undone, nothing is dropped then.
    fn drop_all(&mut self, all: &[SchemaObject], made: &[Created]) -> QueryResult<NotDropped>;

    /// Makes a copy of the database in a file that is not there yet, and checks it. To be asked outside of a transaction.
    ///
    /// # Errors
    ///
    /// Why there is none; then nothing of it is left.
    fn back_up(&mut self, to: &Path) -> Result<Backup, BackupError> {
        let _ = to;
        Err(BackupError::Server {
            backend: self.backend().kind(),
        })
    }
}

/// Sees the statements that the connection sends.
pub trait Instrumentation: Connected {
    /// Begins to keep the statements that the connection sends; whether the session can see them.
    fn watch(&mut self) -> bool {
        false
    }

    /// Ends what [`watch`](Instrumentation::watch) began, and gives the statements.
    fn watched(&mut self) -> Vec<SeenStatement> {
        Vec::new()
    }

    /// The statement that failed last, if the session can see the connection's statements.
    fn failed_statement(&mut self) -> Option<FailedStatement> {
        None
    }
}
