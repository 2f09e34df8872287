//! The roles of a session: what a connection must be able to do for the engine, one trait per
//! concern. It must not know how a database does any of it.

use std::path::Path;
use std::time::{Duration, Instant};

use diesel::QueryResult;

use super::session::{
    Batched, Batching, Closed, FailedStatement, Inside, LockRequest, MigrationLock,
    OpenTransaction, Records, SavedSettings, SeenStatement, Together, Whole,
};
use super::{
    About, Backend, Backup, CancelHandle, CatalogQueries, Created, Holder, LockConflict,
    NotDropped, SchemaObject, Scope, ScratchQueries, Timeouts,
};
use crate::error::{BackupError, Grantee, LockError, OperationError};
use crate::journal::{self, AppliedRow, Entry, VERSION_TABLE, Which};
use crate::operation::{Operation, Statements};
use crate::schema::Schema;
use crate::sql::TransactionEffect;

/// The connection itself: the rules of its database, its secrets, and whether it still answers.
pub trait Connected: Statements {
    /// The rules of the database behind it.
    fn backend(&self) -> &'static dyn Backend;

    /// The secrets of the connection, such as its password. They are left out of whatever only
    /// people read.
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
    /// The version table's name as SQL, qualified if a revision could change what an unqualified
    /// name means.
    fn version_table(&self) -> String {
        VERSION_TABLE.to_owned()
    }

    /// The version table's name, if several are possible; known once it was read.
    fn chosen_version_table(&self) -> Option<String> {
        None
    }

    /// The rows of the version table in insertion order; `None` if it does not exist. Does not
    /// create it.
    fn applied(&mut self) -> QueryResult<Option<Vec<AppliedRow>>>;

    /// The journal's name as SQL, in the schema of the version table.
    fn journal_table(&self) -> String {
        journal::TABLE.to_owned()
    }

    /// Rows of the journal in insertion order; `None` if it does not exist. Does not create it.
    fn journal(&mut self, which: Which) -> QueryResult<Option<Vec<Entry>>>;

    /// Both, by one query where that is possible.
    fn records(&mut self, which: Which) -> QueryResult<Records> {
        let applied = self.applied()?;
        let counts = applied.is_some() || which != Which::Tail;
        let entries = if counts { self.journal(which)? } else { None };
        Ok(Records { applied, entries })
    }
}

/// What the catalogue says about the server, about an operation before it runs, and about one that
/// may have run.
pub trait Catalog: Connected {
    /// The server version, if there is a server.
    fn server_version(&mut self) -> QueryResult<Option<String>> {
        Ok(None)
    }

    /// What the database reports about itself and the connected user. Changes nothing; not to be
    /// called in a transaction.
    fn about(&mut self) -> QueryResult<About>;

    /// The connected user, as a `GRANT` names it, if the database has users. Not to be called in a
    /// failed transaction.
    fn grantee(&mut self) -> Option<Grantee> {
        None
    }

    /// Refuses what only the catalogue shows to be impossible, before anything of it runs.
    fn check(&mut self, operation: &Operation) -> Result<(), OperationError>;

    /// The statements of an operation here: those of the backend, or those that need the catalogue.
    fn statements(&mut self, operation: &Operation) -> Result<Vec<String>, OperationError> {
        Ok(self.backend().ddl(operation)?)
    }

    /// Reads a whole schema, in one snapshot where the database has one, by a number of queries
    /// that does not depend on its size. It changes nothing.
    ///
    /// # Errors
    ///
    /// When the catalogue cannot be read.
    fn inspect(&mut self, scope: &Scope) -> QueryResult<Schema>;

    /// The text of the catalogue that the current schema is made of, where it is cheaper than
    /// [`inspect`](Catalog::inspect): equal texts are equal schemas.
    fn catalogue_text(&mut self) -> QueryResult<Option<String>> {
        Ok(None)
    }

    /// Of two such texts, the objects that differ, each with all of its table.
    fn differing(&self, one: &str, other: &str) -> (Schema, Schema) {
        let _ = (one, other);
        (Schema::empty(), Schema::empty())
    }

    /// The schemas of the database beside the current one and those of the server itself.
    fn other_schemas(&mut self) -> QueryResult<Vec<String>> {
        Ok(Vec::new())
    }

    /// The queries that find the effects of an interrupted statement.
    fn catalog_queries(&self) -> CatalogQueries;

    /// Before a connection block: records what [`after_block`](Catalog::after_block) compares.
    fn before_block(&mut self) -> QueryResult<()> {
        Ok(())
    }

    /// Refuses what a connection block did, if an operation that did it would have been refused.
    fn after_block(&mut self) -> Result<(), OperationError> {
        Ok(())
    }

    /// Whether queries that only read by their words really do: no view that they name may call a
    /// function that writes. If this is unknown, it counts as writing.
    fn views_only_read(&mut self, queries: &[String]) -> bool {
        let _ = queries;
        true
    }
}

/// Operations that are deferred and run together, as the rebuilds of one table on SQLite.
pub trait DeferredWork: Connected {
    /// Runs the deferred operations, unless the next operation can join them. Called before
    /// anything else is done, and after the last operation.
    fn flush(
        &mut self,
        next: Option<&Operation>,
        report: &mut dyn FnMut(&str, Duration),
    ) -> Result<(), OperationError> {
        let _ = (next, report);
        Ok(())
    }

    /// Whether an operation is deferred.
    fn has_deferred(&self) -> bool {
        false
    }

    /// Sets a statement that runs in the transaction of the deferred operations, and returns the
    /// one that was set before and has not run.
    fn along(&mut self, sql: Option<String>) -> Option<String> {
        let _ = sql;
        None
    }

    /// Refuses what must not be left behind by a revision that is otherwise done.
    fn settle(&mut self) -> Result<(), OperationError> {
        Ok(())
    }

    /// Whether the revision that has just failed is to be rolled back and started again: an
    /// operation needs something that can only be done before the transaction, and that the next
    /// [`begin`](Transactions::begin) will do.
    fn restarts(&mut self) -> bool {
        false
    }
}

/// Gives each revision the settings that the connection had.
pub trait RevisionSettings: Connected {
    /// Prepares for a revision without a transaction, as [`begin`](Transactions::begin) does
    /// for others, and checks the lock.
    fn before_step(&mut self) -> QueryResult<SavedSettings>;

    /// Restores the settings that the connection had at
    /// [`before_step`](RevisionSettings::before_step), whether the revision was done or failed.
    fn after_step(&mut self, prepared: SavedSettings) {
        let SavedSettings { .. } = prepared;
    }

    /// Records that a statement of a revision, or any use of the connection if none is given, may
    /// change settings of the session. The session restores them before the next revision, and when
    /// the lock is released. To be called before it is sent.
    ///
    /// # Errors
    ///
    /// When the settings cannot be read.
    fn may_change_settings(&mut self, sql: Option<&str>) -> QueryResult<()>;
}

/// Begins and ends transactions.
pub trait Transactions: Connected {
    /// Whether the caller of the engine has a transaction open.
    fn in_transaction(&mut self) -> QueryResult<bool>;

    /// Begins the transaction of a revision; inside one of the caller's, a savepoint.
    fn begin(&mut self) -> QueryResult<OpenTransaction>;

    /// Begins a transaction for one operation of a revision that runs without one. The settings
    /// that the revision has changed stay.
    fn begin_small(&mut self) -> QueryResult<OpenTransaction>;

    /// Begins the transaction that a revision begins itself, with its statement.
    fn begin_own(&mut self, sql: &str) -> QueryResult<OpenTransaction>;

    /// Runs statements of a revision with no statement of the session between them, as between
    /// `LOCK TABLES` and `UNLOCK TABLES`, and reports each. When one fails, no transaction and no
    /// lock stays open.
    ///
    /// # Errors
    ///
    /// The index of the statement that failed, and the database's error.
    fn run_alone(
        &mut self,
        statements: &[&str],
        report: &mut dyn FnMut(&str, Duration),
    ) -> Result<(), (usize, diesel::result::Error)> {
        for (index, sql) in statements.iter().enumerate() {
            let start = Instant::now();
            let executed = self.execute(sql);
            report(sql, start.elapsed());
            executed.map_err(|error| (index, error))?;
        }
        Ok(())
    }

    /// Runs statements of the engine in the open transaction, in one batch; the last statements
    /// before the commit.
    ///
    /// # Errors
    ///
    /// The error of the first statement that failed; those after it do not run.
    fn record(&mut self, statements: &[String]) -> QueryResult<()> {
        self.execute(&statements.join(";\n"))
    }

    /// The state of a transaction after the revision's body has returned or failed. To be called
    /// once.
    fn inside(&mut self, begun: &OpenTransaction) -> QueryResult<Inside>;

    /// Runs statements of the engine as the last of the transaction, if that is open and nothing
    /// inside it is; and commits it at once, if all of that can be sent in one batch. Replaces
    /// [`inside`](Transactions::inside).
    ///
    /// # Errors
    ///
    /// When the connection is broken, or the error of the first statement that failed; those after
    /// it do not run.
    fn close(&mut self, begun: &OpenTransaction, statements: &[String]) -> QueryResult<Closed> {
        match self.inside(begun)? {
            Inside::Yes => self.record(statements).map(|()| Closed::Recorded),
            inside => Ok(Closed::Not(inside)),
        }
    }

    /// Whether statements of a revision may be sent in one batch with the ends of its transaction,
    /// and how. To be called before [`begin`](Transactions::begin).
    fn gathers(&mut self) -> Option<Batching> {
        None
    }

    /// Runs statements in one batch, with the beginning of the transaction if it is not open. To be
    /// called in place of [`begin`](Transactions::begin), if the session
    /// [gathers](Transactions::gathers).
    fn run_together(&mut self, statements: &[Batched]) -> Together {
        let _ = statements;
        Together::Apart
    }

    /// The same, with the statements of the engine at the end of the transaction, and the COMMIT.
    fn run_whole(&mut self, statements: &[Batched], closing: &[String]) -> Whole {
        let _ = (statements, closing);
        Whole::Before(Together::Apart)
    }

    /// Commits the transaction of a revision.
    ///
    /// # Errors
    ///
    /// The database's error; then nothing is committed.
    fn commit(&mut self, begun: OpenTransaction) -> QueryResult<()>;

    /// Rolls back the transaction of a revision, with all that was begun inside it. Does nothing if
    /// none is open.
    fn rollback(&mut self) -> QueryResult<()>;

    /// Rolls back all open transactions, whoever began them.
    fn rollback_all(&mut self) -> QueryResult<()>;
}

/// How statements affect the transaction around them, if some commit by themselves or change rows
/// that no rollback restores.
pub trait ImplicitCommits: Transactions {
    /// How a statement affects an open transaction, judged by its words and by the engines of the
    /// tables that it names.
    fn transaction_effect(&mut self, sql: &str) -> QueryResult<TransactionEffect> {
        let _ = sql;
        Ok(TransactionEffect::Joins)
    }

    /// The only statement of an operation, and its effect, if it may be sent in one batch with
    /// others and be recorded by itself. The catalogue is not asked about the operation.
    ///
    /// # Errors
    ///
    /// When the engines of tables cannot be read.
    fn for_batch(
        &mut self,
        operation: &Operation,
    ) -> QueryResult<Option<(String, TransactionEffect)>> {
        let _ = operation;
        Ok(None)
    }

    /// What a statement changes, or may change, that no rollback restores, though the statement
    /// joins a transaction by its words.
    fn changes_without_transaction(&mut self, sql: &str) -> QueryResult<Option<String>> {
        let _ = sql;
        Ok(None)
    }

    /// Whether statements that are not known beforehand may change rows that no rollback restores:
    /// there are tables whose engine has no transactions.
    fn has_tables_without_transactions(&mut self) -> QueryResult<bool> {
        Ok(false)
    }

    /// Whether a statement that failed may have changed some rows for good: its table has no
    /// transactions.
    fn may_leave_rows(&mut self, sql: &str, error: &diesel::result::Error) -> bool {
        let _ = (sql, error);
        false
    }

    /// Runs a statement of the engine, and commits it with all that came before it in the revision.
    /// What follows is in a transaction again, if the revision has one.
    fn write_ahead(&mut self, sql: &str) -> QueryResult<()> {
        self.execute(sql)
    }

    /// Notices whether statements that went past the session have committed or ended the
    /// transaction.
    fn look_inside(&mut self) -> QueryResult<()> {
        Ok(())
    }

    /// How many times since [`begin`](Transactions::begin) a statement has committed by itself, as
    /// a change of the schema does on MySQL. What comes after the last time is undone by a
    /// rollback. To be called before or after a rollback.
    fn commits(&mut self) -> u64 {
        0
    }

    /// Whether the database has rolled back the transaction by itself because of this error, which
    /// not every error causes. To be called only when the transaction is gone.
    fn rolls_back_for(&self, error: &diesel::result::Error) -> bool {
        let _ = error;
        false
    }
}

/// The migration lock, and the timeouts of statements.
pub trait Locking: Connected {
    /// Whether an error only means that the database is busy with another connection.
    fn is_busy(&self, error: &diesel::result::Error) -> bool;

    /// Acquires the migration lock.
    ///
    /// # Errors
    ///
    /// When the wait timed out.
    fn lock(&mut self, request: &mut LockRequest<'_>) -> Result<MigrationLock, LockError>;

    /// The holder of the migration lock, if any; does not acquire it.
    fn holder(&mut self) -> QueryResult<Option<Holder>>;

    /// Releases the lock. It is also released with the session, and with the process.
    fn unlock(&mut self);

    /// Sets the timeouts of statements, until [`unlock`](Locking::unlock) restores the connection's
    /// own.
    fn limit(&mut self, locked: &MigrationLock, limits: &Timeouts) -> QueryResult<()>;

    /// Whether an error is a lock conflict, so that another attempt may succeed. To be called after
    /// the rollback, if there was one.
    fn lock_conflict(&mut self, error: &diesel::result::Error) -> Option<LockConflict> {
        let _ = error;
        None
    }

    /// A handle by which another thread cancels the running statement; `None` if that is not
    /// possible.
    fn cancel_handle(&mut self, locked: &MigrationLock) -> Option<CancelHandle> {
        let _ = locked;
        None
    }
}

/// Drops the contents of a database, and backs it up.
pub trait Maintenance: Connected {
    /// What a reset would drop: all objects of the database, or of the current schema if it has
    /// several, and what the history created outside it. Objects of extensions and of the database
    /// system are left out.
    fn schema_objects(&mut self, made: &[Created]) -> QueryResult<Vec<SchemaObject>>;

    /// What the history created outside the database, such as a role, and that would conflict when
    /// it is created again.
    fn conflicting_objects(&mut self, made: &[Created]) -> QueryResult<Vec<String>> {
        let _ = made;
        Ok(Vec::new())
    }

    /// Drops the objects that [`schema_objects`](Maintenance::schema_objects) returned. Reports if
    /// something outside would be dropped too, or something cannot be dropped; if changes of the
    /// schema are transactional, nothing is dropped then.
    ///
    /// # Errors
    ///
    /// The database's error; if changes of the schema are transactional, nothing is dropped then.
    fn drop_all(&mut self, all: &[SchemaObject], made: &[Created]) -> QueryResult<NotDropped>;

    /// How a scratch database of this name is made beside the current one, if there is a server.
    fn scratch_queries(&self, name: &str) -> Option<ScratchQueries> {
        let _ = name;
        None
    }

    /// Copies the database to a new file, and verifies the copy. To be called outside a
    /// transaction.
    ///
    /// # Errors
    ///
    /// Why there is no copy; then no part of it is left.
    fn back_up(&mut self, to: &Path) -> Result<Backup, BackupError> {
        let _ = to;
        Err(BackupError::Server {
            backend: self.backend().kind(),
        })
    }
}

/// Observes the statements that the connection sends.
pub trait Instrumentation: Connected {
    /// Starts collecting the statements that the connection sends; returns whether the session can
    /// see them.
    fn watch(&mut self) -> bool {
        false
    }

    /// Ends what [`watch`](Instrumentation::watch) began, and returns the statements.
    fn watched(&mut self) -> Vec<SeenStatement> {
        Vec::new()
    }

    /// The statement that failed last, if the session can see the connection's statements.
    fn failed_statement(&mut self) -> Option<FailedStatement> {
        None
    }
}
