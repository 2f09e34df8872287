//! Events of a run, its report, and the state of a database.

use std::collections::HashMap;
use std::time::Duration;

use migrate_graph::{Applied, Direction, Graph, Node};

use super::applied_set;
use super::checksum::edited;
use crate::backend::{Holder, LockConflict};
use crate::execute::OperationEvent;
pub use crate::execute::{Abandon, Failpoint};
use crate::journal::AppliedRow;
use crate::journal::{Entry, PartialRevision, Run};
use crate::outcome::{JournalAccess, Status, StepReport};
use crate::revision::Revision;

/// An event of a run.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// Another run has the lock; this one waits.
    Waiting {
        /// The lock holder, if that could be read.
        holder: Option<&'a Holder>,
    },
    /// A step begins.
    Started {
        /// The revision.
        revision: &'a Revision,
        /// Whether it is applied or reverted.
        direction: Direction,
        /// The number of the step in the run, from 1.
        number: usize,
        /// How many steps the run has.
        of: usize,
        /// How many operations of it an earlier run has done, where this one resumes it.
        resumes_after: Option<usize>,
    },
    /// A statement of an operation was run, successfully or not.
    Statement {
        /// The statement.
        sql: &'a str,
        /// How long it took.
        duration: Duration,
    },
    /// The step's body took the connection; what it does there is not reported.
    Connection,
    /// Rows were changed in batches.
    Rows {
        /// The table.
        table: &'a str,
        /// How many rows so far.
        done: u64,
        /// How many there were to change when it began.
        of: u64,
    },
    /// A dry run was rolled back half way and starts again, because something had to be set before
    /// its transaction.
    StartedOver,
    /// A failpoint: a statement, a write to the journal or a commit comes next, or is just over.
    #[doc(hidden)]
    Failpoint {
        /// Which failpoint.
        at: Failpoint,
    },
    /// The step was rolled back after a lock conflict and is retried after a pause.
    Retrying {
        /// The lock conflict.
        lock_conflict: LockConflict,
        /// The number of the retry, from 1.
        number: u32,
        /// The maximum number of retries.
        of: u32,
        /// How long the pause is.
        pause: Duration,
    },
    /// A step is done and recorded.
    Finished {
        /// The step.
        step: &'a StepReport,
    },
}

impl<'a> From<&OperationEvent<'a>> for Event<'a> {
    fn from(event: &OperationEvent<'a>) -> Event<'a> {
        match *event {
            OperationEvent::Statement { sql, duration } => Event::Statement { sql, duration },
            OperationEvent::Connection => Event::Connection,
            OperationEvent::Failpoint(at) => Event::Failpoint { at },
            OperationEvent::Rows { table, done, of } => Event::Rows { table, done, of },
        }
    }
}

/// The journal, as far as it could be read.
pub(super) enum Seen {
    Absent,
    Read(Vec<Entry>),
    Closed(String),
}

impl Status {
    pub(super) fn new(graph: &Graph, rows: &[AppliedRow]) -> Status {
        let applied = applied_set(graph, Some(rows));
        let gaps = applied.gaps(graph);
        let (current, at_heads) = standing(graph, &applied);
        Status {
            current,
            heads: graph
                .heads()
                .map(|node| graph.id(node).to_owned())
                .collect(),
            at_heads,
            applied: known_rows(graph, rows),
            pending: ids(graph, applied.pending(graph)),
            unknown: applied.unknown().to_vec(),
            gaps: ids(graph, in_order(graph, &gaps)),
            ..Status::default()
        }
    }

    /// Adds what the journal says.
    pub(super) fn take_in(&mut self, journal: Seen, revisions: &HashMap<&str, &Revision>) {
        match journal {
            Seen::Absent => self.journal = JournalAccess::Absent,
            Seen::Closed(why) => self.journal = JournalAccess::Closed(why),
            Seen::Read(entries) => {
                self.journal = JournalAccess::Read;
                self.partial = PartialRevision::of(&entries);
                let applied = self.applied.iter().map(|row| row.version.as_str());
                self.edited = edited(applied, revisions, &entries);
                self.last_run = Run::all(entries).pop();
            }
        }
    }
}

/// The current ids, and whether everything is applied and nothing unknown is recorded.
pub(super) fn standing(graph: &Graph, applied: &Applied) -> (Vec<String>, bool) {
    let at_heads = applied.len() == graph.len() && applied.unknown().is_empty();
    (ids(graph, in_order(graph, &applied.tips(graph))), at_heads)
}

pub(super) fn ids(graph: &Graph, nodes: impl IntoIterator<Item = Node>) -> Vec<String> {
    nodes
        .into_iter()
        .map(|node| graph.id(node).to_owned())
        .collect()
}

/// Nodes, which must be sorted by their ids, in the order of an upgrade.
fn in_order<'a>(graph: &'a Graph, sorted: &'a [Node]) -> impl Iterator<Item = Node> {
    graph
        .topological()
        .iter()
        .copied()
        .filter(|node| sorted.binary_search(node).is_ok())
}

fn known_rows(graph: &Graph, rows: &[AppliedRow]) -> Vec<AppliedRow> {
    let mut by_node: Vec<Option<&AppliedRow>> = vec![None; graph.len()];
    for row in rows {
        if let Some(node) = graph.node(&row.version) {
            by_node[node.index()] = Some(row);
        }
    }
    graph
        .topological()
        .iter()
        .filter_map(|node| by_node[node.index()].cloned())
        .collect()
}
