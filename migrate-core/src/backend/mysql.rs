//! MySQL and MariaDB: their rules, which differ, and how to connect to either.

mod about;
mod canonical;
mod catalogue;
mod changing;
mod connect;
mod ddl;
mod definition;
mod engines;
mod inspect;
mod lock;
mod lookup;
mod quote;
mod reset;
mod scratch;
mod script;
mod session;
mod timeouts;
mod types;
mod views;

pub(super) use connect::connect;
pub use session::MysqlSession;

/// Diesel's connection, for the code that the macros generate.
#[doc(hidden)]
pub use diesel::mysql::MysqlConnection;

use super::{
    Backend, BackendKind, Capabilities, DiffRules, JournalTypes, MigrateConnection, Quoting,
    ScriptSettings, Session, Timeouts,
};
use crate::error::{Result, Unsupported};
use crate::operation::Operation;
use crate::schema::{ObjectName, Schema, TableOptions, Value};

/// The rules of MySQL.
#[derive(Clone, Copy, Debug)]
pub struct Mysql;

/// The rules of MariaDB.
#[derive(Clone, Copy, Debug)]
pub struct Mariadb;

/// Which of the two a piece of SQL is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialect {
    Mysql,
    Mariadb,
}

impl Dialect {
    fn kind(self) -> BackendKind {
        match self {
            Dialect::Mysql => BackendKind::Mysql,
            Dialect::Mariadb => BackendKind::Mariadb,
        }
    }

    fn rules(self) -> &'static dyn Backend {
        match self {
            Dialect::Mysql => &Mysql,
            Dialect::Mariadb => &Mariadb,
        }
    }

    /// An `Unsupported` for this server.
    fn unsupported(
        self,
        what: impl Into<String>,
        help: impl Into<migrate_graph::Help>,
    ) -> Unsupported {
        Unsupported {
            backend: self.kind(),
            what: what.into(),
            help: help.into(),
        }
    }

    /// An `Unsupported` for something that the other server, or PostgreSQL, can do.
    fn lacks(self, what: impl Into<String>) -> Unsupported {
        self.unsupported(
            what,
            "leave it out here: `if op.backend() == BackendKind::Postgres { … }`",
        )
    }
}

macro_rules! rules {
    ($($name:ident)*) => {$(
        impl Quoting for $name {
            fn kind(&self) -> BackendKind {
                Dialect::$name.kind()
            }

            fn name(&self, name: &ObjectName) -> Result<String, Unsupported> {
                quote::object(Dialect::$name, name)
            }

            fn literal(&self, value: &Value) -> Result<String, Unsupported> {
                quote::literal(Dialect::$name, value)
            }
        }

        impl Backend for $name {
            fn capabilities(&self) -> Capabilities {
                Capabilities {
                    transactional_ddl: false,
                }
            }

            fn ddl(&self, operation: &Operation) -> Result<Vec<String>, Unsupported> {
                ddl::statements(Dialect::$name, operation)
            }

            fn can(&self, operation: &Operation) -> Result<(), Unsupported> {
                ddl::can(Dialect::$name, operation)
            }

            fn can_limit(&self, limits: &Timeouts) -> Result<(), Unsupported> {
                Dialect::$name.can_limit(limits)
            }

            fn canonical(&self, schema: &Schema) -> Schema {
                canonical::canonical(Dialect::$name, schema)
            }

            fn diff_rules(&self) -> DiffRules {
                DiffRules {
                    names_ignore_case: false,
                    keys_before_tables: false,
                    unique_is_index: true,
                    keys_need_indexes: true,
                    keys_pin_types: true,
                    users_pin_columns: false,
                    alters_generated: true,
                    renames_follow: false,
                    numbers_need_key: true,
                    collations_name_charsets: true,
                    keeps_values: false,
                    keeps_text: false,
                }
            }

            fn change_options(
                &self,
                table: &ObjectName,
                old: &TableOptions,
                new: &TableOptions,
            ) -> Option<Vec<String>> {
                changing::options(Dialect::$name, table, old, new)
            }

            fn session_settings(&self) -> Vec<String> {
                script::session_settings()
            }

            fn script_settings(&self, sql: &[String]) -> Result<ScriptSettings, Unsupported> {
                Dialect::$name.script_settings(sql)
            }

            fn journal_types(&self) -> JournalTypes {
                JournalTypes {
                    key: "BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY",
                    text: "LONGTEXT",
                    options: " ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
                    engine: " ENGINE = InnoDB",
                }
            }
        }
    )*};
}

rules!(Mysql Mariadb);

impl MigrateConnection for MysqlConnection {
    fn with_session<T>(&mut self, run: impl FnOnce(&mut dyn Session) -> T) -> T {
        run(&mut MysqlSession::new(self))
    }
}
