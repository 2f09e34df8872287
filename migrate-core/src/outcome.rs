//! What a run did and where a database stands: plain data. It must not know how either is found out.

use std::time::Duration;

use migrate_graph::plan::Warning;
use migrate_graph::{Checksum, Direction};

use crate::journal::{AppliedRow, PartialRevision, Run};

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The steps, in the order in which they were done.
    pub steps: Vec<StepReport>,
    /// What should be known of how the target was understood.
    pub warnings: Vec<Warning>,
    /// Where the database stands after it: the applied revisions that no applied one continues.
    pub current: Vec<String>,
    /// Whether everything is applied, with nothing unknown beside.
    pub at_heads: bool,
}

/// One revision that was applied or reverted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StepReport {
    /// Its id.
    pub revision: String,
    /// Whether it was applied or reverted.
    pub direction: Direction,
    /// Its message.
    pub message: String,
    /// How long it took, its transaction included.
    pub duration: Duration,
}

/// What a stamp wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StampReport {
    /// The ids that are recorded now and were not before.
    pub added: Vec<String>,
    /// The ids that were recorded before and are not now, unknown ones included.
    pub removed: Vec<String>,
    /// Where the database stands after it.
    pub current: Vec<String>,
    /// Whether everything is recorded as applied, with nothing unknown beside.
    pub at_heads: bool,
}

/// Where a database stands. Lists of ids are in the order in which an upgrade applies them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// The applied revisions that no applied one continues.
    pub current: Vec<String>,
    /// The heads of the history.
    pub heads: Vec<String>,
    /// Whether everything is applied, with nothing unknown beside.
    pub at_heads: bool,
    /// What is applied, as the version table has it; unknown revisions are not among it.
    pub applied: Vec<AppliedRow>,
    /// What is not applied.
    pub pending: Vec<String>,
    /// The versions in the database that are no revision of the history, sorted.
    pub unknown: Vec<String>,
    /// What is not applied although something above it is: it was inserted later.
    pub gaps: Vec<String>,
    /// Where the journal has the database, if the version table is missing: the applied revisions that no applied one continues.
    pub lost_at: Vec<String>,
    /// The revision that was begun and neither ended nor undone; while another run is at work, that may be the one that it
    /// works on.
    pub partial: Option<PartialRevision>,
    /// The applied revisions that were changed since, in the order of their ids.
    pub edited: Vec<ChecksumMismatch>,
    /// What was done last, as the journal has it.
    pub last_run: Option<Run>,
    /// Whether the journal could be read: what is unfinished, edited and was done last is known from it alone.
    pub journal: JournalAccess,
}

/// Whether the journal could be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum JournalAccess {
    /// There is none yet.
    #[default]
    Absent,
    /// It was read.
    Read,
    /// It is there, and cannot be read: what the database said.
    Closed(String),
}

/// A revision that is not what it was when it was applied. Comments and formatting do not count.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChecksumMismatch {
    /// The revision.
    pub revision: String,
    /// Its [checksum](crate::Revision::checksum) when it was applied, stamped or accepted.
    pub recorded: Checksum,
    /// When that was, in UTC.
    pub recorded_at: String,
    /// Its checksum as it is compiled.
    pub compiled: Checksum,
}
