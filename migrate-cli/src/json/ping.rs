//! The shape of `ping`.

use serde::Serialize;

use super::Database;

/// What `ping` answers.
#[doc = "```json"]
#[doc = include_str!("ping.json")]
#[doc = "```"]
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ping {
    /// Whether the database can be migrated: the exit code is 0.
    pub ok: bool,
    /// The database.
    #[serde(flatten)]
    pub database: Database,
    /// The version of the server, or of SQLite itself.
    pub server_version: Option<String>,
    /// The time that it took to connect.
    pub duration_ms: f64,
    /// Who is connected; `null` where there are no users.
    pub user: Option<String>,
    /// The schema (PostgreSQL) or database (MySQL, MariaDB) in which tables are created.
    pub place: Option<String>,
    /// Whether tables can be created there.
    pub may_create_tables: bool,
    /// Whether the server only can be read: a replica, or set so.
    pub replica: bool,
    /// Whether a pooler shares the server's sessions between transactions; `null` where that is not
    /// found out.
    pub pooled: Option<bool>,
    /// The version table.
    pub version_table: TableAccess,
    /// What would prevent a run.
    pub problems: Vec<String>,
}

/// What may be done with a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableAccess {
    /// It is there.
    pub exists: bool,
    /// It can be read.
    pub readable: bool,
    /// Rows can be written and deleted.
    pub writable: bool,
}

impl From<migrate_core::engine::backend::TableAccess> for TableAccess {
    fn from(table: migrate_core::engine::backend::TableAccess) -> TableAccess {
        TableAccess {
            exists: table.exists,
            readable: table.readable,
            writable: table.writable,
        }
    }
}
