//! What a database must provide so that revisions can run on it, and the only list of the backends.
//! All differences between databases are behind these traits.

mod about;
mod backup;
mod catalog_queries;
mod catalog_rows;
mod diff_rules;
mod inspection;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod instrumentation;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod listed;
#[cfg(feature = "mysql")]
pub mod mysql;
#[cfg(feature = "postgres")]
pub mod postgres;
mod roles;
mod schema_object;
mod scratch_queries;
mod session;
#[cfg(feature = "sqlite")]
pub mod sqlite;

pub use crate::dialect::{
    BackendKind, CancelHandle, Capabilities, Holder, LockConflict, STATEMENT_LOCK_TIMEOUT, Timeouts,
};
pub use crate::operation::{ProbeResult, Quoting, Statements};
pub use crate::sql::Created;
pub use crate::url::DatabaseUrl;
pub use about::{About, TableAccess};
pub use backup::Backup;
pub(crate) use catalog_queries::{CatalogQueries, IndexQueries, Query, SchemaQueries};
pub(crate) use catalog_rows::{
    FoundColumn, FoundConstraint, FoundIndex, FoundSequence, Row, fields,
};
pub use diff_rules::DiffRules;
pub use inspection::{Scope, is_excluded};
pub use roles::{
    Bookkeeping, Catalog, Connected, DeferredWork, ImplicitCommits, Instrumentation, Locking,
    Maintenance, RevisionSettings, Transactions,
};
pub use schema_object::{NotDropped, SchemaObject};
pub(crate) use scratch_queries::{SCRATCH_PREFIX, ScratchQueries};
#[allow(
    unused_imports,
    reason = "only backends are sessions, and there may be none"
)]
pub(crate) use session::sealed;
pub(crate) use session::trouble;
pub use session::{
    Access, Batched, Batching, Closed, FailedStatement, Inside, LockRequest, MigrateConnection,
    MigrationLock, OpenTransaction, Records, SavedSettings, SeenStatement, Session, Together,
    Whole,
};

use std::fmt;

use crate::error::{ConnectError, Unsupported};
use crate::operation::Operation;
use crate::schema::{Column, ObjectName, Schema, Sequence, TableOptions, Type};

/// The parts of the journal's table that differ between databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JournalTypes {
    /// The type of an auto-incremented key, with its constraint.
    pub key: &'static str,
    /// The type of a long text.
    pub text: &'static str,
    /// The SQL after the columns.
    pub options: &'static str,
    /// The SQL after the columns of the version table, which is otherwise as diesel creates it.
    pub engine: &'static str,
}

/// What a script does about the settings of its session: a client has other settings than a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScriptSettings {
    /// Saves the settings at the beginning of the script.
    pub save: Vec<String>,
    /// Runs before the transaction of the revision; skipped for a revision without a transaction.
    pub ahead: Vec<String>,
    /// Runs first in that transaction, and in each transaction that a revision without one begins
    /// itself.
    pub first: Vec<String>,
    /// Runs last in these transactions, before the version table is written.
    pub last: Vec<String>,
    /// Restores what must be restored before the version table is written.
    pub before_record: Vec<String>,
    /// Restores the settings after the revision.
    pub restore: Vec<String>,
}

/// The rules of one kind of database: pure, without a connection.
pub trait Backend: Quoting + fmt::Debug + Sync {
    /// Its capabilities.
    fn capabilities(&self) -> Capabilities;

    /// The statements of an operation, to be sent one by one.
    fn ddl(&self, operation: &Operation) -> Result<Vec<String>, Unsupported>;

    /// Refuses what is impossible even with access to the catalogue, which [`ddl`](Backend::ddl)
    /// does not have.
    fn can(&self, operation: &Operation) -> Result<(), Unsupported> {
        self.ddl(operation).map(drop)
    }

    /// Refuses what cannot run in a transaction.
    fn inside_transaction(&self, operation: &Operation) -> Result<(), Unsupported> {
        let _ = operation;
        Ok(())
    }

    /// Refuses timeouts that the database does not support.
    fn can_limit(&self, limits: &Timeouts) -> Result<(), Unsupported> {
        let _ = limits;
        Ok(())
    }

    /// The statements of an operation for a script. Where a run checks the rows of the database,
    /// the script contains a statement that fails instead.
    fn in_script(&self, operation: &Operation) -> Result<Vec<String>, Unsupported> {
        self.ddl(operation)
    }

    /// A schema with everything spelled one way: types, defaults, expressions and options, so that
    /// two schemas that are the same to the database are equal data. Sound, not complete: what is
    /// equal is the same; of texts that differ only the database knows.
    fn canonical(&self, schema: &Schema) -> Schema;

    /// How changes of a schema are put together for this database.
    fn diff_rules(&self) -> DiffRules;

    /// The expression that turns the values of a column, given as SQL, into those of a type of
    /// another kind, where the server does not convert them by itself.
    fn cast(&self, column: &str, from: &Type, to: &Type) -> Option<String> {
        let _ = (column, from, to);
        None
    }

    /// The statements that give a table other options; `None` if no statement does.
    fn change_options(
        &self,
        table: &ObjectName,
        old: &TableOptions,
        new: &TableOptions,
    ) -> Option<Vec<String>> {
        let _ = (table, old, new);
        None
    }

    /// A column whose type stands for a sequence of its own, written out: the column and the
    /// sequence.
    fn written_out(&self, table: &ObjectName, column: &Column) -> Option<(Column, Sequence)> {
        let _ = (table, column);
        None
    }

    /// The statement that lets the numbers of a column go on after the largest one, where they do
    /// not by themselves.
    fn counts_on(&self, table: &ObjectName, column: &str) -> Option<String> {
        let _ = (table, column);
        None
    }

    /// The connection settings of a run, as statements for a client, whose defaults differ.
    fn session_settings(&self) -> Vec<String>;

    /// The statements by which a script gives each revision the settings of the connection, for a
    /// revision with this SQL.
    fn script_settings(&self, sql: &[String]) -> Result<ScriptSettings, Unsupported>;

    /// The parts of the journal's table that differ here.
    fn journal_types(&self) -> JournalTypes;
}

/// The rules of a kind of database, without a connection.
///
/// # Errors
///
/// When the backend is not compiled in.
pub fn rules(kind: BackendKind) -> Result<&'static dyn Backend, ConnectError> {
    match kind {
        #[cfg(feature = "sqlite")]
        BackendKind::Sqlite => Ok(&sqlite::Sqlite),
        #[cfg(feature = "postgres")]
        BackendKind::Postgres => Ok(&postgres::Postgres),
        #[cfg(feature = "mysql")]
        BackendKind::Mysql => Ok(&mysql::Mysql),
        #[cfg(feature = "mysql")]
        BackendKind::Mariadb => Ok(&mysql::Mariadb),
        #[allow(unreachable_patterns, reason = "unless every backend is compiled in")]
        backend => Err(ConnectError::NotEnabled { backend }),
    }
}

/// The kinds of database that are compiled in.
pub fn enabled() -> impl Iterator<Item = BackendKind> {
    let all = [
        BackendKind::Sqlite,
        BackendKind::Postgres,
        BackendKind::Mysql,
        BackendKind::Mariadb,
    ];
    all.into_iter().filter(|kind| rules(*kind).is_ok())
}

/// Opens a session on the database of a URL.
///
/// With [`Access::Read`], nothing is created: a missing SQLite file reads as empty. With
/// [`Access::Existing`], it is an error.
///
/// # Errors
///
/// When the backend is not compiled in, or the database cannot be opened.
///
/// ```
/// use migrate_core::engine::backend::{self, Access, DatabaseUrl};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let url: DatabaseUrl = "sqlite::memory:".parse()?;
/// let session = backend::connect(&url, Access::Write)?;
/// assert_eq!(session.backend().kind().name(), "SQLite");
/// # Ok(())
/// # }
/// ```
pub fn connect(url: &DatabaseUrl, access: Access) -> Result<Box<dyn Session>, ConnectError> {
    match url.kind() {
        #[cfg(feature = "sqlite")]
        BackendKind::Sqlite => sqlite::connect(url, access),
        #[cfg(feature = "postgres")]
        BackendKind::Postgres => postgres::connect(url),
        #[cfg(feature = "mysql")]
        BackendKind::Mysql | BackendKind::Mariadb => mysql::connect(url, access),
        #[allow(unreachable_patterns, reason = "unless every backend is compiled in")]
        backend => {
            let _ = access; // unused when no backend is compiled in
            Err(ConnectError::NotEnabled { backend })
        }
    }
}

/// What is known of every server of a kind, before a database on it exists.
pub(crate) struct Server {
    /// Databases that each server has; the first that can be opened is used.
    pub(crate) databases: &'static [&'static str],
    /// A query for the names of all databases.
    pub(crate) names: &'static str,
    /// Statements that keep a session from waiting for others without end.
    pub(crate) settings: &'static [&'static str],
}

/// What is known of every server of a kind.
pub(crate) fn server(kind: BackendKind) -> Server {
    match kind {
        BackendKind::Sqlite => Server {
            databases: &[],
            names: "SELECT name AS text FROM pragma_database_list",
            settings: &[],
        },
        BackendKind::Postgres => Server {
            databases: &["postgres", "template1"],
            names: "SELECT CAST(datname AS text) AS text FROM pg_catalog.pg_database",
            settings: &[],
        },
        BackendKind::Mysql | BackendKind::Mariadb => Server {
            databases: &["information_schema"],
            names: "SELECT schema_name AS text FROM information_schema.schemata",
            settings: &["SET SESSION lock_wait_timeout = 5"],
        },
    }
}
