//! Which kinds of database there are, and plain facts about them that every layer may know. It must not know how one is asked.

use migrate_graph::Help;

mod holder;
mod timeouts;

pub use holder::Holder;
pub use timeouts::{CancelHandle, LockConflict, STATEMENT_LOCK_TIMEOUT, Timeouts};

/// A kind of database, compiled in or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    /// What people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            BackendKind::Sqlite => "SQLite",
            BackendKind::Postgres => "PostgreSQL",
            BackendKind::Mysql => "MySQL",
            BackendKind::Mariadb => "MariaDB",
        }
    }

    /// The backend that this one comes from: what is written for that one is understood here too, unless there is a text for
    /// this one.
    #[must_use]
    pub fn offspring_of(self) -> Option<BackendKind> {
        match self {
            BackendKind::Mariadb => Some(BackendKind::Mysql),
            BackendKind::Sqlite | BackendKind::Postgres | BackendKind::Mysql => None,
        }
    }

    /// The feature of this crate that compiles it in.
    #[must_use]
    pub fn feature(self) -> &'static str {
        match self {
            BackendKind::Sqlite => "sqlite",
            BackendKind::Postgres => "postgres",
            BackendKind::Mysql | BackendKind::Mariadb => "mysql",
        }
    }
}

/// What a database can and cannot do, as far as it can be said without asking one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capabilities {
    /// Whether a change of the schema is undone when its transaction is rolled back.
    pub transactional_ddl: bool,
}

/// What a backend cannot do, and what to do instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} cannot {what}", backend.name())]
pub struct Unsupported {
    /// The backend.
    pub backend: BackendKind,
    /// What it cannot do, as it follows "cannot".
    pub what: String,
    /// What to do instead.
    pub help: Help,
}
