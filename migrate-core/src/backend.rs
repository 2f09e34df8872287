//! What a database must answer for revisions to run on it, and the only list of the databases there
//! are. Everything that differs between them is behind these traits.

mod about;
mod backup;
mod catalog_queries;
mod catalog_rows;
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
pub use roles::{
    Bookkeeping, Catalog, Connected, DeferredWork, ImplicitCommits, Instrumentation, Locking,
    Maintenance, RevisionSettings, Transactions,
};
pub use schema_object::{NotDropped, SchemaObject};
#[allow(
    unused_imports,
    reason = "only backends are sessions, and there may be none"
)]
pub(crate) use session::sealed;
pub(crate) use session::trouble;
pub use session::{
    Access, Closed, FailedStatement, Inside, LockRequest, MigrateConnection, MigrationLock,
    OpenTransaction, SavedSettings, SeenStatement, Session,
};

use std::fmt;

use crate::error::{ConnectError, Unsupported};
use crate::operation::Operation;

/// What the journal's table is made of where databases differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JournalTypes {
    /// The type of a key that the database numbers, with what makes it one.
    pub key: &'static str,
    /// The type of a long text.
    pub text: &'static str,
    /// What follows the columns.
    pub options: &'static str,
    /// What follows the columns of the version table, which is otherwise as diesel creates it.
    pub engine: &'static str,
}

/// What a script does about the settings of its session, of which a client has its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScriptSettings {
    /// What keeps the settings from the beginning of the script.
    pub save: Vec<String>,
    /// What is set before the transaction of the revision; none of it for a revision without one.
    pub ahead: Vec<String>,
    /// What comes first in that transaction, and in each that a revision without one begins itself.
    pub first: Vec<String>,
    /// What comes last in these transactions, before the version table is written.
    pub last: Vec<String>,
    /// What has to be restored before the version table is written.
    pub before_record: Vec<String>,
    /// What restores the settings once the revision is done.
    pub restore: Vec<String>,
}

/// The rules of one kind of database: pure, without a connection.
pub trait Backend: Quoting + fmt::Debug + Sync {
    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// The statements that carry an operation out, to be sent one by one.
    ///
    /// # Errors
    ///
    /// When it cannot do it.
    fn ddl(&self, operation: &Operation) -> Result<Vec<String>, Unsupported>;

    /// Refuses what it cannot do even with a look at the database, which [`ddl`](Backend::ddl) is
    /// without.
    ///
    /// # Errors
    ///
    /// When it cannot do it.
    fn can(&self, operation: &Operation) -> Result<(), Unsupported> {
        self.ddl(operation).map(drop)
    }

    /// Refuses what cannot be part of a transaction.
    ///
    /// # Errors
    ///
    /// When it cannot do it there.
    fn inside_transaction(&self, operation: &Operation) -> Result<(), Unsupported> {
        let _ = operation;
        Ok(())
    }

    /// Refuses limits that it cannot keep.
    ///
    /// # Errors
    ///
    /// Which one, and what to do instead.
    fn can_limit(&self, limits: &Timeouts) -> Result<(), Unsupported> {
        let _ = limits;
        Ok(())
    }

    /// The statements of an operation for a script, with what makes the script fail where a run looks at the database's rows and
    /// refuses them.
    ///
    /// # Errors
    ///
    /// When a script cannot do it as a run does.
    fn in_script(&self, operation: &Operation) -> Result<Vec<String>, Unsupported> {
        self.ddl(operation)
    }

    /// The settings of the connections that a run opens, as statements for a client, which has others.
    fn session_settings(&self) -> Vec<String>;

    /// What makes a script keep the rule that each revision begins with the settings of the connection, for a revision with this SQL.
    ///
    /// # Errors
    ///
    /// When it changes something that a client cannot restore.
    fn script_settings(&self, sql: &[String]) -> Result<ScriptSettings, Unsupported>;

    /// What the journal's table is made of here.
    fn journal_types(&self) -> JournalTypes;
}

/// The rules of a kind of database, without one.
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

/// Opens a session with the database that a URL names.
///
/// With [`Access::Read`], nothing is created: a SQLite file that is not there reads as empty. With
/// [`Access::Existing`] it is an error.
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
