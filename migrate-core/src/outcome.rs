//! The result of a run and the state of a database: plain data. It must not know how either is
//! found out.

use std::time::Duration;

use migrate_graph::plan::Warning;
use migrate_graph::{Checksum, Direction};

use crate::journal::{AppliedRow, PartialRevision, Run};

/// The report of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The steps, in the order in which they were done.
    pub steps: Vec<StepReport>,
    /// Warnings about the target.
    pub warnings: Vec<Warning>,
    /// The state of the database after it: the applied revisions that no applied one continues.
    pub current: Vec<String>,
    /// Whether everything is applied, and no unknown revision is recorded.
    pub at_heads: bool,
    /// Applied revisions that the run did not touch, and that were edited since they were applied.
    /// Only of a migrator that [reports](super::Migrator::report_edited) or
    /// [refuses](super::Migrator::refuse_edited) them, and empty after a failure.
    pub edited: Vec<ChecksumMismatch>,
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
    /// The duration, including its transaction.
    pub duration: Duration,
}

/// The changes that a stamp recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StampReport {
    /// The ids that are recorded now and were not before.
    pub added: Vec<String>,
    /// The ids that were recorded before and are not now, including unknown ones.
    pub removed: Vec<String>,
    /// The state of the database after it.
    pub current: Vec<String>,
    /// Whether everything is recorded as applied, and nothing unknown.
    pub at_heads: bool,
}

/// The state of a database. Lists of ids are in the order of an upgrade.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// The applied revisions that no applied one continues.
    pub current: Vec<String>,
    /// The heads of the history.
    pub heads: Vec<String>,
    /// Whether everything is applied, and no unknown revision is recorded.
    pub at_heads: bool,
    /// The applied revisions, as in the version table; without unknown ones.
    pub applied: Vec<AppliedRow>,
    /// The revisions that are not applied.
    pub pending: Vec<String>,
    /// The versions in the database that are not revisions of the history, sorted.
    pub unknown: Vec<String>,
    /// The revisions that are not applied although one that follows them is: they were inserted
    /// later.
    pub gaps: Vec<String>,
    /// The state according to the journal, if the version table is missing: the applied revisions
    /// that no applied one continues.
    pub lost_at: Vec<String>,
    /// The partially applied revision; while another run is in progress, it may be the current one
    /// of that run.
    pub partial: Option<PartialRevision>,
    /// The applied revisions with a checksum mismatch, in the order of their ids.
    pub edited: Vec<ChecksumMismatch>,
    /// The last run in the journal.
    pub last_run: Option<Run>,
    /// Whether the journal could be read: only the journal shows what is partially applied, edited
    /// and was done last.
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
    /// It exists, but cannot be read: the error of the database.
    Closed(String),
}

/// An applied revision that was edited: its checksum is not the recorded one. Comments and
/// formatting do not count.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChecksumMismatch {
    /// The revision.
    pub revision: String,
    /// Its [checksum](crate::Revision::checksum) when it was applied, stamped or accepted.
    pub recorded: Checksum,
    /// When that was recorded, in UTC.
    pub recorded_at: String,
    /// Its compiled checksum.
    pub compiled: Checksum,
}
