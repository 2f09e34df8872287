//! The shape of `test`.

use serde::Serialize;

use super::{Place, SchemaChange};
use crate::error::CliError;

/// What `test` answers.
#[doc = "```json"]
#[doc = include_str!("test.json")]
#[doc = "```"]
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Test {
    /// Whether no rung failed: the exit code is 0.
    pub ok: bool,
    /// The number of revisions in the history.
    pub revisions: usize,
    /// What was found on each kind of database.
    pub backends: Vec<TestedBackend>,
}

/// The ladder on one kind of database.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TestedBackend {
    /// Its kind: `sqlite`.
    pub backend: &'static str,
    /// Why it could not be tested; `null` when it was.
    pub error: Option<CliError>,
    /// The rungs, in the order in which they ran.
    pub rungs: Vec<TestedRung>,
}

/// One rung.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TestedRung {
    /// Its name: `stairway`.
    pub rung: &'static str,
    /// `passed`, `failed` or `skipped`.
    pub outcome: &'static str,
    /// Why it was skipped; `null` when it was not.
    pub why: Option<String>,
    /// How many of `unit` were tested.
    pub count: usize,
    /// What is counted: `revision`, `pair`, `interruption`, `table`, `file`,
    /// `check`.
    pub unit: &'static str,
    /// How long it took.
    pub duration_ms: f64,
    /// The tested revisions that are declared to be irreversible, where that matters.
    pub irreversible: Vec<String>,
    /// What is no failure and should be known.
    pub notes: Vec<String>,
    /// What is wrong.
    pub failures: Vec<TestFailure>,
}

/// Something that a rung found.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TestFailure {
    /// The revision; `null` where it is no single one.
    pub revision: Option<String>,
    /// Its file and line; `null` where there is none.
    pub place: Option<Place>,
    /// What is wrong.
    pub message: String,
    /// What differs: `add` for what is there and was not expected.
    pub changes: Vec<SchemaChange>,
    /// Further facts.
    pub notes: Vec<String>,
    /// The scratch database that `--keep` left: its URL, or its file; `null` without one.
    pub database: Option<String>,
    /// The command that repeats it; `null` where there is none.
    pub repeat: Option<String>,
}
