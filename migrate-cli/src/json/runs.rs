//! What a run answers: `up`, `down`, `redo`, `stamp`, `reset`, `backup`, a dry run and a script.

use migrate_graph::Help;
use serde::Serialize;

use super::super::error::CliError;

/// What `up`, `down` and `redo` answer.
#[doc = "```json"]
#[doc = include_str!("up.json")]
#[doc = "```"]
///
/// When a revision failed:
#[doc = "```json"]
#[doc = include_str!("up_failed.json")]
#[doc = "```"]
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Run {
    /// The database's URL without the password; `null` when the command failed before opening it.
    pub database: Option<String>,
    /// Its kind: `sqlite`.
    pub backend: Option<String>,
    /// The targets, as they were given.
    pub targets: Vec<String>,
    /// The backup, if one was asked for.
    pub backup: Option<Backup>,
    /// What was done, in this order.
    pub steps: Vec<Step>,
    /// The time all of it took.
    pub duration_ms: f64,
    /// Notes on how the targets were interpreted.
    pub warnings: Vec<String>,
    /// The ids the database is at now; `null` when that could not be read.
    pub current: Option<Vec<String>>,
    /// Whether it is at every head now, with nothing unknown; `null` when that could not be read.
    pub at_heads: Option<bool>,
    /// The applied revisions that were changed since, where `up` did something.
    pub edited: Vec<String>,
    /// What went wrong; `null` when nothing did.
    pub error: Option<CliError>,
    /// What the text says in addition.
    #[serde(skip)]
    pub remark: Option<Help>,
}

/// One revision that was applied or reverted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// Its id.
    pub revision: String,
    /// `up` or `down`.
    pub direction: &'static str,
    /// The first line of its doc comment.
    pub message: String,
    /// The time it took.
    pub duration_ms: f64,
}

/// What `backup` answers.
#[doc = "```json"]
#[doc = include_str!("backup.json")]
#[doc = "```"]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Backup {
    /// The database's URL without the password.
    pub database: String,
    /// Its kind: `sqlite`.
    pub backend: String,
    /// The copy.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// How many tables are in it.
    pub tables: usize,
    /// How many rows are in them.
    pub rows: u64,
    /// The shell command that restores it.
    pub restore: String,
}

/// What `database create` and `database drop` answer.
#[doc = "```json"]
#[doc = include_str!("database.json")]
#[doc = "```"]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DatabaseChange {
    /// The database's URL without the password.
    pub database: String,
    /// Its kind, as its URL says: `sqlite`, `postgresql`, `mysql` or `mariadb`.
    pub backend: String,
    /// Whether it was created or dropped; `false` if there was nothing to do.
    pub changed: bool,
}

/// What `reset` answers.
#[doc = "```json"]
#[doc = include_str!("reset.json")]
#[doc = "```"]
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Reset {
    /// The database's URL without the password; `null` when the command failed before opening it.
    pub database: Option<String>,
    /// Its kind: `sqlite`.
    pub backend: Option<String>,
    /// What was dropped.
    pub dropped: Vec<Dropped>,
    /// What was applied then, in this order.
    pub steps: Vec<Step>,
    /// The time all of it took.
    pub duration_ms: f64,
    /// The ids the database is at now; `null` when that could not be read.
    pub current: Option<Vec<String>>,
    /// Whether it is at every head now; `null` when that could not be read.
    pub at_heads: Option<bool>,
    /// What went wrong; `null` when nothing did.
    pub error: Option<CliError>,
}

/// Something that was dropped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dropped {
    /// What it was: `table`, `view`.
    pub kind: String,
    /// Its name; of a function, with the types of its arguments.
    pub name: String,
}

/// What `stamp` answers.
#[doc = "```json"]
#[doc = include_str!("stamp.json")]
#[doc = "```"]
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Stamp {
    /// The database's URL without the password; `null` when the command failed before opening it.
    pub database: Option<String>,
    /// Its kind: `sqlite`.
    pub backend: Option<String>,
    /// The targets, as they were given.
    pub targets: Vec<String>,
    /// The ids that are recorded now and were not before.
    pub added: Vec<String>,
    /// The ids that were recorded before and are not now.
    pub removed: Vec<String>,
    /// The ids the database is at now; `null` when that could not be read.
    pub current: Option<Vec<String>>,
    /// Whether it is at every head now, with nothing unknown; `null` when that could not be read.
    pub at_heads: Option<bool>,
    /// What went wrong; `null` when nothing did.
    pub error: Option<CliError>,
}

impl Run {
    /// The answer when nothing was begun.
    pub(crate) fn failed(targets: &[String], failure: CliError) -> Run {
        Run {
            targets: targets.to_vec(),
            error: Some(failure),
            ..Run::default()
        }
    }
}

impl Reset {
    /// The answer when nothing was begun.
    pub(crate) fn failed(failure: CliError) -> Reset {
        Reset {
            error: Some(failure),
            ..Reset::default()
        }
    }
}

impl DryRun {
    /// The answer when nothing was begun.
    pub(crate) fn failed(targets: &[String], failure: CliError) -> DryRun {
        DryRun {
            targets: targets.to_vec(),
            error: Some(failure),
            ..DryRun::default()
        }
    }
}

impl Stamp {
    /// The answer when nothing was written.
    pub(crate) fn failed(targets: &[String], failure: CliError) -> Stamp {
        Stamp {
            targets: targets.to_vec(),
            error: Some(failure),
            ..Stamp::default()
        }
    }
}

/// What `up` and `down` answer with `--dry-run`.
#[doc = "```json"]
#[doc = include_str!("dry_run.json")]
#[doc = "```"]
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct DryRun {
    /// The database's URL without the password; `null` when the command failed before opening it.
    pub database: Option<String>,
    /// Its kind: `sqlite`.
    pub backend: Option<String>,
    /// The targets, as they were given.
    pub targets: Vec<String>,
    /// What was tried and rolled back, in this order.
    pub steps: Vec<DryStep>,
    /// The time all of it took.
    pub duration_ms: f64,
    /// Notes on how the targets were interpreted.
    pub warnings: Vec<String>,
    /// The ids the database would be at; `null` when the run failed.
    pub current: Option<Vec<String>>,
    /// Whether it would be at every head; `null` when the run failed.
    pub at_heads: Option<bool>,
    /// What went wrong; `null` when nothing did.
    pub error: Option<CliError>,
}

/// One revision that was tried.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DryStep {
    /// Its id.
    pub revision: String,
    /// `up` or `down`.
    pub direction: &'static str,
    /// The first line of its doc comment.
    pub message: String,
    /// The time it took; `null` when it failed.
    pub duration_ms: Option<f64>,
    /// The statements of its operations; the last one is what failed, if one did.
    pub statements: Vec<DryStatement>,
    /// Whether it also used the connection itself: those statements are not listed.
    pub connection: bool,
}

/// One statement that was tried.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DryStatement {
    /// The statement.
    pub sql: String,
    /// The time it took.
    pub duration_ms: f64,
}

/// What `up`, `down` and `stamp` answer with `--sql`.
#[doc = "```json"]
#[doc = include_str!("script.json")]
#[doc = "```"]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Script {
    /// What it is for: `sqlite`.
    pub backend: String,
    /// The ids that the database must be at before it.
    pub before: Vec<String>,
    /// The ids that the database is at after it.
    pub after: Vec<String>,
    /// Notes on how the targets were interpreted.
    pub warnings: Vec<String>,
    /// The settings of the session that it begins with, as statements.
    pub settings: Vec<String>,
    /// What it does, in this order.
    pub parts: Vec<ScriptPart>,
    /// All of it, as the text is without `--json`.
    pub script: String,
}

/// A part of a script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScriptPart {
    /// The revision's id; `null` for the version table, settings that are restored, and a stamp's
    /// records.
    pub revision: Option<String>,
    /// `up` or `down`; `null` when it is about no revision.
    pub direction: Option<&'static str>,
    /// Whether its statements are in a transaction.
    pub transaction: bool,
    /// Its statements, the record of the revision included.
    pub statements: Vec<String>,
}
