//! What a database must answer for revisions to run on it, and the only list of the databases there
//! are. Everything that differs between them is behind these traits.

mod about;
mod backup;
mod belonging;
mod effect;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod listed;
#[cfg(feature = "mysql")]
pub mod mysql;
#[cfg(feature = "postgres")]
pub mod postgres;
mod session;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod settle;
#[cfg(feature = "sqlite")]
pub mod sqlite;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod watch;

pub use crate::dialect::{
    BackendKind, Canceller, Capabilities, Hindrance, Holder, Limits, STATEMENT_LOCK_TIMEOUT,
};
pub use crate::sql::Created;
pub use crate::url::DatabaseUrl;
pub use about::{About, TableAccess};
pub use backup::Backup;
pub use belonging::{Belonging, NotDropped};
pub use effect::Effect;
pub use session::{
    Access, Closed, FailedStatement, Fate, Inside, LockRequest, MigrateConnection, SeenStatement,
    Session,
};

use std::fmt;

use crate::error::{ConnectError, Unsupported};
use crate::operation::Operation;
use crate::schema::{ObjectName, Value};

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
    /// What has to be restored before the version table is written.
    pub before_record: Vec<String>,
    /// What restores the settings once the revision is done.
    pub restore: Vec<String>,
}

/// The rules of one kind of database: pure, without a connection.
pub trait Backend: fmt::Debug + Sync {
    /// Which one.
    fn kind(&self) -> BackendKind;

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
    fn can_limit(&self, limits: &Limits) -> Result<(), Unsupported> {
        let _ = limits;
        Ok(())
    }

    /// A table's or column's name as it is written into a statement, quoted.
    ///
    /// # Errors
    ///
    /// When it can have no such name.
    fn name(&self, name: &ObjectName) -> Result<String, Unsupported>;

    /// A value as it is written into a statement.
    ///
    /// # Errors
    ///
    /// When it has no such value.
    fn literal(&self, value: &Value) -> Result<String, Unsupported>;

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
/// use migrate_core::backend::{self, Access, DatabaseUrl};
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

/// Runs a diesel statement on the live connection, whichever enabled backend it is of.
///
/// The statement is compiled once for each enabled backend, so that what one of them lacks is a
/// compile error. It must give a `Result`, whose error becomes a [`RevisionError`](crate::RevisionError);
/// it is part of the revision's transaction. The value must own what it holds.
///
/// Where something is committed before the revision is done, the block is left out when a run that was cut is gone on with, if its
/// value is nothing, a number, a truth value or a text, such as the number of rows that `execute` gives. A block whose text was changed
/// since stops the run, as its earlier form was carried out. The text is the block's own: functions that it calls are not compared.
///
/// ```
/// use diesel::prelude::*;
/// use migrate_core::{prelude::*, with_connection};
///
/// diesel::table! {
///     users (id) { id -> Integer, name -> Text, shown_as -> Nullable<Text> }
/// }
///
/// fn upgrade(op: &mut Operations<'_>) -> Result<()> {
///     let changed = with_connection!(op, |connection| {
///         diesel::update(users::table.filter(users::shown_as.is_null()))
///             .set(users::shown_as.eq(users::name.nullable()))
///             .execute(connection)
///     })?;
///     op.execute(format!("INSERT INTO log (text) VALUES ('changed {changed}')"))
/// }
/// ```
#[macro_export]
macro_rules! with_connection {
    // tokens are printed the same by each version of the compiler, expressions are not
    ($op:expr, |$connection:ident| $($body:tt)+) => {
        $crate::__with_connection!(
            [::core::stringify!($($body)+), ::core::line!()] $op, |$connection| $($body)+
        )
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __with_connection {
    ([$text:expr, $line:expr] $op:expr, |$connection:ident| $body:expr) => {
        (|op: &mut $crate::Operations<'_>| -> $crate::Result<_> {
            // a run that goes on with what was cut has the value already
            if let Some(value) = op.remembered($text, $line)? {
                return Ok(value);
            }
            $crate::__with_sqlite!(op, $connection, $body);
            $crate::__with_postgres!(op, $connection, $body);
            $crate::__with_mysql!(op, $connection, $body);
            Err(op.no_connection())
        })($op)
    };
}

#[cfg(not(feature = "sqlite"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __with_sqlite {
    ($op:ident, $connection:ident, $body:expr) => {};
}

#[cfg(not(feature = "postgres"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __with_postgres {
    ($op:ident, $connection:ident, $body:expr) => {};
}

#[cfg(not(feature = "mysql"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __with_mysql {
    ($op:ident, $connection:ident, $body:expr) => {};
}
