//! What every command answers, as data: the shapes of `--json`, one struct each. The text that a
//! command prints is made from the same struct (`text`), so there is no fact in the text without a
//! key here.
//!
//! Ids are lists of strings; other facts about a revision are in an object next to them. Lists are
//! in the order in which `up` applies the revisions, unless their key says otherwise. A key is
//! always present: what does not apply is `null` or an empty list. Later versions may add keys.
//!
//! A command that fails prints the object of [`Failed`]; `up`, `down`, `redo`, `reset` and `stamp`
//! print their own object, with the failure under `error`, unless a script (`--sql`) was asked for.
//! The exit code is the same with and without `--json`.

mod journal;
mod ping;
mod runs;
mod schema;
mod test;

pub use journal::{
    Accept, ChecksumMismatch, Log, LogEntry, LogRun, OpenOperation, PartialRevision, Resolve,
};
pub use ping::{Ping, TableAccess};
pub use runs::{
    Backup, DatabaseChange, Dropped, DryRun, DryStatement, DryStep, Reset, Run, Script, ScriptPart,
    Stamp, Step,
};

pub use schema::{
    DUMP_VERSION, DifferenceCheck, Drift, GeneratedRevision, RevisionTexts, SchemaChange,
    SchemaDiff, SchemaDump, SchemaQuestion, SchemaText,
};
pub use test::{Test, TestFailure, TestedBackend, TestedRung};

use std::io::{self, Write};

use migrate_graph::Help;
use serde::Serialize;

use super::args::Form;
use super::error::CliError;
use super::exit::Exit;
use super::screen::Screen;

/// One revision: what it declares, and its place in the graph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Revision {
    /// Its id.
    pub id: String,
    /// The first line of its doc comment.
    pub message: String,
    /// The whole doc comment.
    pub doc: String,
    /// The ids of its parents; empty for a base.
    pub down_revision: Vec<String>,
    /// The ids or labels it depends on, as written.
    pub depends_on: Vec<String>,
    /// The branch labels it declares.
    pub branch_labels: Vec<String>,
    /// The branches it belongs to: its own labels, and those of its line.
    pub labels: Vec<String>,
    /// The ids of the revisions that continue it.
    pub continued_by: Vec<String>,
    /// Nothing continues it.
    pub head: bool,
    /// It is a head, but another revision depends on it.
    pub effective_head: bool,
    /// Several revisions continue it.
    pub branch_point: bool,
    /// It has several parents.
    pub merge: bool,
    /// The package that holds it; `null` where that is not known.
    pub package: Option<String>,
    /// The file it is in, relative to its workspace's root.
    pub file: Option<String>,
    /// The line of its function there.
    pub line: Option<u32>,
    /// Whether it runs in a transaction.
    pub transaction: bool,
    /// How it is reverted: `function`, `reversible`, `irreversible` or `nothing`.
    pub downgrade: &'static str,
    /// Whether the database is at it; `null` when no database was asked.
    pub current: Option<bool>,
}

/// What `history` answers.
#[doc = "```json"]
#[doc = include_str!("json/history.json")]
#[doc = "```"]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct History {
    /// The revisions, newest first.
    pub revisions: Vec<Revision>,
    /// Whether the text shows all that is known.
    #[serde(skip)]
    pub verbose: bool,
}

/// What `graph` answers.
#[doc = "```json"]
#[doc = include_str!("json/graph.json")]
#[doc = "```"]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Graph {
    /// The revisions, newest first.
    pub revisions: Vec<GraphRevision>,
    /// The applied ids that the history does not know; `null` when no database was asked.
    pub unknown: Option<Vec<String>>,
    /// The form of the drawing.
    #[serde(skip)]
    pub form: Form,
    /// Where it is drawn.
    #[serde(skip)]
    pub screen: Screen,
}

/// A revision as the graph shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GraphRevision {
    /// All about it.
    #[serde(flatten)]
    pub revision: Revision,
    /// The ids of the revisions it depends on: `depends_on` without labels.
    pub dependencies: Vec<String>,
    /// Whether the database has it; `null` when no database was asked.
    pub applied: Option<bool>,
    /// Whether it is pending, although a later revision is applied; `null` when no database was
    /// asked.
    pub gap: Option<bool>,
}

/// What `heads` answers.
#[doc = "```json"]
#[doc = include_str!("json/heads.json")]
#[doc = "```"]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Heads {
    /// The heads, in the order of their ids.
    pub heads: Vec<Revision>,
    /// Whether the text shows all that is known.
    #[serde(skip)]
    pub verbose: bool,
}

/// What `branches` answers.
#[doc = "```json"]
#[doc = include_str!("json/branches.json")]
#[doc = "```"]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Branches {
    /// The branch points, newest first.
    pub branches: Vec<Branch>,
    /// Whether the text shows all that is known.
    #[serde(skip)]
    pub verbose: bool,
}

/// One branch point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Branch {
    /// The revision that several continue.
    pub revision: Revision,
    /// The revisions that continue it.
    pub continued_by: Vec<Revision>,
}

/// What `show` answers.
#[doc = "```json"]
#[doc = include_str!("json/show.json")]
#[doc = "```"]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Show {
    /// The revisions, in the order in which they were asked for.
    pub revisions: Vec<Revision>,
}

/// The database that a command was about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Database {
    /// Its URL, without the password.
    pub database: String,
    /// Its kind: `sqlite`.
    pub backend: String,
    /// Whether it is there: a SQLite file that is missing reads as empty.
    pub exists: bool,
}

/// What `current` answers.
#[doc = "```json"]
#[doc = include_str!("json/current.json")]
#[doc = "```"]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Current {
    /// The database.
    #[serde(flatten)]
    pub database: Database,
    /// The ids it is at: the applied revisions that no applied one continues.
    pub current: Vec<String>,
    /// The ids of the history's heads.
    pub heads: Vec<String>,
    /// Whether it is at every head, with nothing unknown.
    pub at_heads: bool,
    /// The applied ids that the history does not know.
    pub unknown: Vec<String>,
    /// The pending ids below an applied one: they were inserted later.
    pub gaps: Vec<String>,
    /// All about the revisions under `current`.
    pub revisions: Vec<Revision>,
    /// Whether the exit code depends on `at_heads`.
    #[serde(skip)]
    pub check_heads: bool,
    /// Whether the text shows all that is known.
    #[serde(skip)]
    pub verbose: bool,
}

/// What `status` answers.
#[doc = "```json"]
#[doc = include_str!("json/status.json")]
#[doc = "```"]
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Status {
    /// The database.
    #[serde(flatten)]
    pub database: Database,
    /// The version of its server; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_version: Option<String>,
    /// The version table that was read; absent where the search path leaves no choice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version_table: Option<String>,
    /// The ids it is at: the applied revisions that no applied one continues.
    pub current: Vec<String>,
    /// The ids of the history's heads.
    pub heads: Vec<String>,
    /// Whether everything is applied, with nothing unknown.
    pub at_heads: bool,
    /// The ids that are applied.
    pub applied: Vec<String>,
    /// The ids that are not applied.
    pub pending: Vec<String>,
    /// The applied ids that the history does not know.
    pub unknown: Vec<String>,
    /// The pending ids below an applied one: they were inserted later.
    pub gaps: Vec<String>,
    /// The applied revisions that were changed since.
    pub edited: Vec<ChecksumMismatch>,
    /// The partially applied revision; `null` when there is none.
    #[serde(rename = "unfinished")]
    pub partial: Option<PartialRevision>,
    /// Where the journal has the database, if the version table is missing; absent when it is
    /// there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lost_at: Vec<String>,
    /// The run that holds the lock now; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_work: Option<String>,
    /// The last run; `null` when the journal is empty.
    pub last_run: Option<LogRun>,
    /// Whether there is a journal: `absent`, `read`, or `closed` when it cannot be read. The three
    /// facts above are known from it alone.
    pub journal: &'static str,
    /// Why it cannot be read; `null` when it can.
    pub journal_error: Option<String>,
    /// What to type where another tool's table says what is applied.
    #[serde(skip)]
    pub recorded_elsewhere: Option<Help>,
    /// What is known of each revision of the history.
    pub revisions: Vec<StatusRevision>,
}

/// A revision as the database sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatusRevision {
    /// Its id.
    pub id: String,
    /// The package that holds it; `null` where that is not known.
    pub package: Option<String>,
    /// The first line of its doc comment.
    pub message: String,
    /// Whether it is applied.
    pub applied: bool,
    /// When it was applied, by the database's clock in UTC; `null` when it is not.
    pub run_on: Option<String>,
}

/// What `check` answers.
#[doc = "```json"]
#[doc = include_str!("json/check.json")]
#[doc = "```"]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Whether everything is in order: the exit code is 0.
    pub ok: bool,
    /// The number of revisions in the history.
    pub revisions: usize,
    /// The ids of the history's heads.
    pub heads: Vec<String>,
    /// What is wrong with the history itself.
    pub problems: Vec<Problem>,
    /// What may not do what its author meant; does not affect `ok`: `setting_left` for a setting
    /// that an SQL file makes for the session, which ends with its revision.
    pub warnings: Vec<Problem>,
    /// The database's URL without the password, and `null` when none was given.
    pub database: Option<String>,
    /// Its kind: `sqlite`.
    pub backend: Option<String>,
    /// The ids it is at.
    pub current: Vec<String>,
    /// The ids that are not applied.
    pub pending: Vec<String>,
    /// The applied ids that the history does not know.
    pub unknown: Vec<String>,
    /// The pending ids below an applied one.
    pub gaps: Vec<String>,
    /// The applied revisions that were changed since.
    pub edited: Vec<ChecksumMismatch>,
    /// The partially applied revision; `null` when there is none.
    #[serde(rename = "unfinished")]
    pub partial: Option<PartialRevision>,
    /// Where the journal has the database, if the version table is missing; absent when it is
    /// there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lost_at: Vec<String>,
    /// Why the journal cannot be read, by which the three above are known; `null` when it can, or
    /// there is none.
    pub journal_error: Option<String>,
    /// Whether the database was changed past the history; `null` unless that was asked.
    pub drift: Option<DifferenceCheck>,
    /// Whether the history leads to what the models declare; `null` when that was not asked.
    pub models: Option<DifferenceCheck>,
    /// What to type where another tool's table says what is applied.
    #[serde(skip)]
    pub recorded_elsewhere: Option<Help>,
}

/// One thing that is wrong with a history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What sort of problem: `unknown_link`, `duplicate_id`, `cycle`, …; `attribute`, `syntax` or
    /// `folder` for what could not be read; `not_reversible` for a `reversible` revision that
    /// cannot be reversed; `idle_downgrade` for a downgrade that does nothing although the upgrade
    /// does something, and does not declare it.
    pub kind: &'static str,
    /// The ids of the revisions that have a part in it, the one that is wrong first.
    pub revisions: Vec<String>,
    /// What is wrong.
    pub message: String,
    /// Where it shows, the place that is wrong first; none where that is not known.
    pub places: Vec<Place>,
    /// What can be done.
    pub help: Option<String>,
}

/// A place in a source file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1; `null` when only the line is known.
    pub column: Option<u32>,
    /// Its part in the problem; `null` where the message says so.
    pub note: Option<String>,
}

/// What `config` answers.
#[doc = "```json"]
#[doc = include_str!("json/config.json")]
#[doc = "```"]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Config {
    /// Every value: the environment, the history, then the keys.
    pub values: Vec<ConfigValue>,
}

/// One value of the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConfigValue {
    /// Its key, as written in a manifest.
    pub key: &'static str,
    /// The value as text, without passwords; `null` where there is none.
    pub value: Option<String>,
    /// Where it comes from.
    pub origin: ConfigOrigin,
}

/// Where a value of the configuration comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConfigOrigin {
    /// `flag`, `variable`, `env-file`, `section`, `package`, `default`, or `none` where there is no
    /// value.
    pub kind: &'static str,
    /// The name of the option, the variable or the package.
    pub name: Option<String>,
    /// The section of the manifest, without brackets.
    pub section: Option<String>,
    /// The `.env` file or the manifest.
    pub file: Option<String>,
    /// The line there.
    pub line: Option<u32>,
}

/// What any other command answers when it fails.
#[doc = "```json"]
#[doc = include_str!("json/failed.json")]
#[doc = "```"]
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Failed {
    /// What went wrong.
    pub error: CliError,
}

/// The answer of a command.
pub trait Answer: Serialize {
    /// The answer as styled text; may be empty.
    fn text(&self) -> String;

    /// Writes the text of a script, which may be long and is not in memory as a whole.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    fn write(&self, to: &mut dyn Write) -> io::Result<()> {
        to.write_all(self.text().as_bytes())
    }

    /// The exit code.
    fn exit(&self) -> Exit {
        Exit::Done
    }

    /// What went wrong, for an answer that also has data.
    fn failure(&mut self) -> Option<&mut CliError> {
        None
    }

    /// Whether it is a script, which must not be changed. In all other answers passwords are
    /// hidden.
    fn is_to_be_run(&self) -> bool {
        false
    }

    /// A message in addition to the text, unless quiet.
    fn remark(&self) -> Option<Help> {
        None
    }
}
