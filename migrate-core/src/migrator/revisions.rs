//! A history with its graph: from a node to the functions behind it.

use migrate_graph::{Graph, Header, Node, Problem};

use crate::history::History;
use crate::revision::Revision;

/// The revisions of a history and the graph that they form.
pub(super) struct Revisions {
    pub(super) graph: Graph,
    /// In the order in which the graph was given their headers.
    revisions: Vec<&'static Revision>,
}

impl Revisions {
    pub(super) fn new(history: &History) -> Result<Revisions, Vec<Problem>> {
        let revisions: Vec<&'static Revision> = history.revisions().collect();
        let graph = Graph::new(revisions.iter().map(|revision| header(revision)).collect())?;
        Ok(Revisions { graph, revisions })
    }

    pub(super) fn get(&self, node: Node) -> &'static Revision {
        self.revisions[self.graph.origin(node)]
    }
}

fn header(revision: &Revision) -> Header {
    let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    Header {
        id: revision.id().to_owned(),
        down_revision: owned(revision.down_revision()),
        depends_on: owned(revision.depends_on()),
        branch_labels: owned(revision.branch_labels()),
        message: revision.message().to_owned(),
    }
}
