//! A history with its graph: maps a node to its revision.

use migrate_graph::{Graph, Node, Problem};

use crate::history::History;
use crate::revision::Revision;

/// The revisions of a history and the graph that they form.
pub(super) struct Revisions {
    pub(super) graph: Graph,
    /// In the order of the graph's input.
    revisions: Vec<&'static Revision>,
}

impl Revisions {
    pub(super) fn new(history: &History) -> Result<Revisions, Vec<Problem>> {
        Ok(Revisions {
            graph: history.graph()?,
            revisions: history.revisions().collect(),
        })
    }

    pub(super) fn get(&self, node: Node) -> &'static Revision {
        self.revisions[self.graph.origin(node)]
    }
}
