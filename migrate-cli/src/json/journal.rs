//! The shapes of what the journal says: `log`, `accept`, and the parts of `status` and `check`.

use crate::CARGO_MIGRATE;
use migrate_graph::Help;
use serde::Serialize;

use super::{CliError, Database};

/// What `log` answers.
#[doc = "```json"]
#[doc = include_str!("log.json")]
#[doc = "```"]
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Log {
    /// The database.
    #[serde(flatten)]
    pub database: Database,
    /// Whether there is a journal: `absent` or `read`.
    pub journal: &'static str,
    /// The runs, newest first.
    pub runs: Vec<LogRun>,
    /// How many older runs were left out.
    pub older: usize,
    /// Whether the text shows every row.
    #[serde(skip)]
    pub verbose: bool,
}

/// One run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LogRun {
    /// Its unique id.
    pub run: String,
    /// The time of its first row, by the program's clock in UTC.
    pub at: String,
    /// The time of its last row.
    pub until: String,
    /// Who ran it: `user@host, process 42 (program)`.
    pub actor: String,
    /// The version of the tool.
    pub tool: String,
    /// The ids the database was at before.
    pub from: Vec<String>,
    /// The ids it was at afterwards.
    pub to: Vec<String>,
    /// `done`, `failed`, or `open` when it recorded no end: interrupted or still running.
    pub outcome: &'static str,
    /// The time that its revisions took.
    pub duration_ms: f64,
    /// Its rows, in the order in which they were written.
    pub entries: Vec<LogEntry>,
}

/// One row of the journal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LogEntry {
    /// When, in UTC.
    pub at: String,
    /// What happened: `applied`, `reverted`, `stamped`, `failed`, `resolved`, `accepted`; and of a
    /// revision that commits step by step, `intent`, `planned`, `done`, `refused`, `opened`,
    /// `batch`.
    pub event: &'static str,
    /// The revision.
    pub revision: String,
    /// The first line of its doc comment; empty when the history does not know it.
    pub message: String,
    /// `up` or `down`.
    pub direction: &'static str,
    /// Which of its operations, from 0; `null` for the revision as a whole.
    pub step: Option<u32>,
    /// Which statement of that, from 0.
    pub statement: Option<u32>,
    /// The operation, in one line.
    pub operation: Option<String>,
    /// The time it took.
    pub duration_ms: Option<f64>,
    /// The checksum of the revision.
    pub checksum: Option<String>,
    /// Details, such as the server's message.
    pub detail: Option<String>,
}

/// A revision that was changed after it was applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChecksumMismatch {
    /// Its id.
    pub revision: String,
    /// Its checksum when it was applied, stamped or accepted.
    pub recorded: String,
    /// When that was, in UTC.
    pub recorded_at: String,
    /// Its checksum now.
    pub compiled: String,
}

impl From<&migrate_core::migrator::ChecksumMismatch> for ChecksumMismatch {
    fn from(edited: &migrate_core::migrator::ChecksumMismatch) -> ChecksumMismatch {
        ChecksumMismatch {
            revision: edited.revision.clone(),
            recorded: edited.recorded.to_string(),
            recorded_at: edited.recorded_at.clone(),
            compiled: edited.compiled.to_string(),
        }
    }
}

/// A partially applied revision: begun, and neither completed nor reverted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PartialRevision {
    /// Its id.
    pub revision: String,
    /// The first line of its doc comment; empty when the history does not know it.
    pub message: String,
    /// `up` or `down`.
    pub direction: &'static str,
    /// When it was begun, in UTC.
    pub since: String,
    /// Who worked on it last.
    pub actor: String,
    /// The operations that were completed, a line each.
    pub finished: Vec<String>,
    /// The operation in progress after them.
    pub open: Option<OpenOperation>,
    /// The error of the last attempt, if it recorded one.
    pub failed: Option<String>,
    /// The operation that failed, in one line, if it was one.
    pub failed_at: Option<String>,
    /// The lock holder, in words: its run may be working on this revision, so the catalogue was not
    /// probed.
    pub at_work: Option<String>,
    /// What can be typed.
    #[serde(serialize_with = "typed")]
    pub help: Option<Help>,
}

/// An operation in progress: begun and not completed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OpenOperation {
    /// Which operation of the revision, from 0.
    pub step: u32,
    /// The operation, in one line.
    pub operation: String,
    /// How far it went: `statement` (sent, outcome unknown), `between` two statements, `opaque`, or
    /// `batches`.
    pub kind: &'static str,
    /// Whether it was being reverted.
    pub back: bool,
    /// The statement in question, where the journal has it.
    pub statement: Option<String>,
    /// The last key that was changed, of `batches`.
    pub key: Option<String>,
    /// What the catalogue shows of it: `done`, `not_done`, `broken` when half of it took effect,
    /// `repeatable` when it can be run twice, `later` when only the next run can tell, or
    /// `unclear`; `null` when there is nothing to probe.
    pub found: Option<&'static str>,
    /// The same in words.
    pub found_text: Option<String>,
}

/// What `accept` answers.
#[doc = "```json"]
#[doc = include_str!("accept.json")]
#[doc = "```"]
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Accept {
    /// The database's URL without the password; `null` when the command failed before opening it.
    pub database: Option<String>,
    /// Its kind: `sqlite`.
    pub backend: Option<String>,
    /// The ids whose checksums were updated.
    pub accepted: Vec<String>,
    /// What went wrong; `null` when nothing did.
    pub error: Option<CliError>,
    /// What the text says in addition.
    #[serde(skip)]
    pub remark: Option<Help>,
}

/// What `resolve` answers.
#[doc = "```json"]
#[doc = include_str!("resolve.json")]
#[doc = "```"]
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Resolve {
    /// The database's URL without the password; `null` when the command failed before opening it.
    pub database: Option<String>,
    /// Its kind: `sqlite`.
    pub backend: Option<String>,
    /// The id of the revision.
    pub revision: Option<String>,
    /// What was decided: `done`, `not done`, `applied` or `not applied`.
    pub decision: Option<&'static str>,
    /// The partially applied revision before.
    pub before: Option<PartialRevision>,
    /// The partially applied revision now; `null` when there is none.
    pub after: Option<PartialRevision>,
    /// What went wrong; `null` when nothing did.
    pub error: Option<CliError>,
}

/// A help with the commands of `cargo migrate`.
fn typed<S: serde::Serializer>(help: &Option<Help>, serializer: S) -> Result<S::Ok, S::Error> {
    help.as_ref()
        .map(|help| help.typed(CARGO_MIGRATE))
        .serialize(serializer)
}
