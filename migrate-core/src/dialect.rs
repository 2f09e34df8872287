//! The kinds of database, and plain facts about them that every layer may know. It must not know
//! how to query one.

use migrate_graph::Help;

mod holder;
mod timeouts;

pub use holder::Holder;
pub use timeouts::{CancelHandle, LockConflict, STATEMENT_LOCK_TIMEOUT, Timeouts};

/// A kind of database, compiled in or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum BackendKind {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
    /// MySQL.
    Mysql,
    /// MariaDB, where it differs from MySQL.
    Mariadb,
}

impl BackendKind {
    /// Its name, for display.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            BackendKind::Sqlite => "SQLite",
            BackendKind::Postgres => "PostgreSQL",
            BackendKind::Mysql => "MySQL",
            BackendKind::Mariadb => "MariaDB",
        }
    }

    /// The dialect whose SQL this one falls back to: SQL that is given for that one is used here
    /// too, unless there is SQL for this one.
    #[must_use]
    pub fn offspring_of(self) -> Option<BackendKind> {
        match self {
            BackendKind::Mariadb => Some(BackendKind::Mysql),
            BackendKind::Sqlite | BackendKind::Postgres | BackendKind::Mysql => None,
        }
    }

    /// The feature of this crate that enables it.
    #[must_use]
    pub fn feature(self) -> &'static str {
        match self {
            BackendKind::Sqlite => "sqlite",
            BackendKind::Postgres => "postgres",
            BackendKind::Mysql | BackendKind::Mariadb => "mysql",
        }
    }
}

/// The capabilities of a database, as far as they are known without a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capabilities {
    /// Whether a rollback undoes changes of the schema.
    pub transactional_ddl: bool,
}

/// What a backend cannot do, and what to do instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} cannot {what}", backend.name())]
pub struct Unsupported {
    /// The backend.
    pub backend: BackendKind,
    /// What it cannot do; completes "cannot".
    pub what: String,
    /// What to do instead.
    pub help: Help,
}
