//! The arguments that several commands share. Knows clap and nothing of databases: `url` reads
//! URLs, migrate-graph reads targets.

mod run;

pub use run::{RunArgs, Transaction};

use std::fmt;

use clap::{Args, ValueEnum};

use super::configuration::keys::{self, Key};
use super::error::CliError;
use super::help::GENERAL;
use migrate_core::engine::backend::BackendKind;

/// The arguments that every command accepts, before or after its name.
#[derive(Args, Clone, Default, PartialEq, Eq)]
#[command(next_help_heading = GENERAL)]
pub struct GlobalArgs {
    /// Database to use: a URL, or the path of a SQLite file
    ///
    /// Without it: the variable DATABASE_URL, then DATABASE_URL in a `.env` file here or in a
    /// folder above, then `database-url` in `[package.metadata.migrate]`. `config` prints which one
    /// is used.
    #[arg(long, global = true, value_name = "URL")]
    pub database_url: Option<String>,

    /// Seconds to wait while another process migrates the database [default: 60]
    #[arg(long, global = true, value_name = "SECONDS", value_parser = seconds_as_typed)]
    pub lock_timeout: Option<String>,

    /// Environment, such as production, instead of MIGRATE_ENV
    ///
    /// It chooses the sections of the configuration, and `op.environment()` returns it.
    #[arg(long, global = true, value_name = "NAME")]
    pub env: Option<String>,

    /// Pass KEY=VALUE to revisions, for `op.argument`; may be repeated
    #[arg(short = 'x', global = true, value_name = "KEY=VALUE", value_parser = argument)]
    pub arguments: Vec<(String, String)>,

    /// Print data and errors only, no progress
    #[arg(short, long, global = true)]
    pub quiet: bool,
}

/// Hides the URL, which may contain a password.
impl fmt::Debug for GlobalArgs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GlobalArgs")
            .field("database_url", &self.database_url.as_ref().map(|_| "…"))
            .field("lock_timeout", &self.lock_timeout)
            .field("env", &self.env)
            .field("arguments", &self.arguments.len())
            .field("quiet", &self.quiet)
            .finish()
    }
}

impl GlobalArgs {
    /// The option given for a key of the configuration.
    pub fn given(&self, key: &Key) -> Option<&str> {
        match key.name {
            name if name == keys::DATABASE_URL.name => self.database_url.as_deref(),
            name if name == keys::LOCK_TIMEOUT.name => self.lock_timeout.as_deref(),
            _ => None,
        }
    }
}

/// The form of a command's answer.
#[derive(Args, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FormatArgs {
    /// Print one JSON object instead of text
    #[arg(long)]
    pub json: bool,
}

/// The form of a drawing.
#[derive(ValueEnum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// Lanes, for the terminal
    #[default]
    Text,
    /// A Mermaid flowchart, for Markdown
    Mermaid,
    /// The language of Graphviz
    Dot,
    /// A picture
    Svg,
    /// The data
    Json,
}

/// Options for printing a script instead of running it.
#[derive(Args, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScriptArgs {
    /// Print the SQL as a script, without a database; the target may be a range A:B
    #[arg(long)]
    pub sql: bool,

    /// Kind of database [default: that of the URL]
    #[arg(long, requires = "sql", value_name = "NAME")]
    pub dialect: Option<Dialect>,
}

/// A kind of database, as given on the command line.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "a doc comment would be shown in the help, where the names say it all"
)]
pub enum Dialect {
    Sqlite,
    #[value(alias = "postgresql")]
    Postgres,
    Mysql,
    Mariadb,
}

impl From<Dialect> for BackendKind {
    fn from(dialect: Dialect) -> BackendKind {
        match dialect {
            Dialect::Sqlite => BackendKind::Sqlite,
            Dialect::Postgres => BackendKind::Postgres,
            Dialect::Mysql => BackendKind::Mysql,
            Dialect::Mariadb => BackendKind::Mariadb,
        }
    }
}

/// Refuses the URL of a database where a target or a range is wanted: it would be quoted, password
/// and all.
pub(super) fn refuse_url(text: &str) -> Result<(), CliError> {
    match text.contains("://") {
        true => Err(CliError::usage("a database's URL is no target")
            .help("give it by `--database-url URL`")),
        false => Ok(()),
    }
}

/// Reads `key=value`; a key alone has the empty value.
fn argument(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').unwrap_or((text, ""));
    match key {
        "" => Err("expected a key, such as seed=demo".to_owned()),
        key => Ok((key.to_owned(), value.to_owned())),
    }
}

/// The same text, if it is a number of seconds.
fn seconds_as_typed(text: &str) -> Result<String, String> {
    keys::seconds(text).map(|_| text.to_owned())
}
