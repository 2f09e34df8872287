//! SQLite: its rules, and how to connect to it.

mod about;
mod backup;
mod canonical;
mod connect;
mod ddl;
mod inspect;
mod literal;
mod lock;
mod lookup;
mod quote;
mod rebuild;
mod reset;
mod script;
mod session;
mod types;

pub(super) use connect::connect;
pub use session::SqliteSession;

/// Diesel's connection, for the code that the macros generate.
#[doc(hidden)]
pub use diesel::sqlite::SqliteConnection;

use super::{
    Backend, BackendKind, Capabilities, DiffRules, JournalTypes, MigrateConnection, Quoting,
    ScriptSettings, Session, Timeouts,
};
use crate::error::{Result, Unsupported};
use crate::operation::Operation;
use crate::schema::{ObjectName, Schema, Value};

/// The rules of SQLite.
#[derive(Clone, Copy, Debug)]
pub struct Sqlite;

impl Quoting for Sqlite {
    fn kind(&self) -> BackendKind {
        BackendKind::Sqlite
    }

    fn name(&self, name: &ObjectName) -> Result<String, Unsupported> {
        quote::object(name)
    }

    fn literal(&self, value: &Value) -> Result<String, Unsupported> {
        quote::literal(value)
    }
}

impl Backend for Sqlite {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            transactional_ddl: true,
        }
    }

    fn ddl(&self, operation: &Operation) -> Result<Vec<String>, Unsupported> {
        ddl::statements(operation)
    }

    fn can(&self, operation: &Operation) -> Result<(), Unsupported> {
        ddl::refuse(operation)
    }

    fn can_limit(&self, limits: &Timeouts) -> Result<(), Unsupported> {
        match limits.statement {
            Some(limit) if !limit.is_zero() => Err(Unsupported {
                backend: BackendKind::Sqlite,
                what: "limit how long a statement takes".to_owned(),
                help: "leave out `--statement-timeout`; a run that is ended by Ctrl-C is undone by SQLite"
                    .into(),
            }),
            _ => Ok(()),
        }
    }

    fn in_script(&self, operation: &Operation) -> Result<Vec<String>, Unsupported> {
        script::guarded(self.ddl(operation)?)
    }

    fn canonical(&self, schema: &Schema) -> Schema {
        canonical::canonical(schema)
    }

    fn diff_rules(&self) -> DiffRules {
        DiffRules {
            names_ignore_case: true,
            keys_before_tables: true,
            unique_is_index: false,
            keys_need_indexes: false,
            keys_pin_types: false,
            users_pin_columns: false,
            alters_generated: true,
            renames_follow: true,
            numbers_need_key: true,
            collations_name_charsets: false,
            keeps_values: true,
            keeps_text: true,
        }
    }

    fn session_settings(&self) -> Vec<String> {
        script::session_settings()
    }

    fn script_settings(&self, sql: &[String]) -> Result<ScriptSettings, Unsupported> {
        Ok(script::script_settings(sql))
    }

    fn journal_types(&self) -> JournalTypes {
        JournalTypes {
            key: "INTEGER PRIMARY KEY",
            text: "TEXT",
            options: "",
            engine: "",
        }
    }
}

impl MigrateConnection for SqliteConnection {
    fn with_session<T>(&mut self, run: impl FnOnce(&mut dyn Session) -> T) -> T {
        run(&mut SqliteSession::new(self))
    }
}

/// An `Unsupported` for SQLite.
fn unsupported(what: impl Into<String>, help: impl Into<migrate_graph::Help>) -> Unsupported {
    Unsupported {
        backend: BackendKind::Sqlite,
        what: what.into(),
        help: help.into(),
    }
}
