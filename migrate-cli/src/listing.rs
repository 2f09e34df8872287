//! A history to read: the graph, what is known of each revision beyond its header, and what is
//! applied. The commands that need no database work on it, so that they print the same for compiled
//! revisions and source files.

use migrate_graph::{Applied, Graph, Node};

use super::json;

/// What is known of a revision beyond its header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The whole doc comment.
    pub doc: String,
    /// The package that holds it.
    pub package: Option<String>,
    /// The file it is in, relative to its workspace's root.
    pub file: Option<String>,
    /// The line of its function there.
    pub line: Option<u32>,
    /// Whether it runs in a transaction.
    pub transaction: bool,
    /// How it is reverted.
    pub downgrade: Downgrade,
}

/// How a revision is reverted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Downgrade {
    /// By a function.
    #[default]
    Function,
    /// By the reverse of its operations.
    Reversible,
    /// Not at all.
    Irreversible,
    /// Nothing has to be done.
    Nothing,
}

/// A sound graph with what is known of its revisions.
#[derive(Clone, Copy)]
pub struct Listing<'a> {
    graph: &'a Graph,
    facts: &'a dyn Fn(&str) -> Facts,
    applied: Option<&'a Applied>,
}

impl<'a> Listing<'a> {
    /// A listing that gets the facts about a revision by its id.
    pub fn new(graph: &'a Graph, facts: &'a dyn Fn(&str) -> Facts) -> Listing<'a> {
        Listing {
            graph,
            facts,
            applied: None,
        }
    }

    /// The same, over a database where this is applied.
    #[must_use]
    pub fn with_applied(self, applied: &'a Applied) -> Listing<'a> {
        Listing {
            applied: Some(applied),
            ..self
        }
    }

    /// The graph.
    pub fn graph(&self) -> &'a Graph {
        self.graph
    }

    /// What is applied; `None` when no database was asked.
    pub fn applied(&self) -> Option<&'a Applied> {
        self.applied
    }

    /// All that is known of these revisions.
    pub(super) fn revisions(&self, nodes: impl IntoIterator<Item = Node>) -> Vec<json::Revision> {
        let current = self.applied.map(|applied| applied.tips(self.graph));
        let revision = |node| self.revision(node, current.as_deref());
        nodes.into_iter().map(revision).collect()
    }

    fn revision(&self, node: Node, current: Option<&[Node]>) -> json::Revision {
        let graph = self.graph;
        let header = graph.header(node).clone();
        let facts = (self.facts)(&header.id);
        json::Revision {
            message: header.message,
            doc: facts.doc,
            down_revision: header.down_revision,
            depends_on: header.depends_on,
            branch_labels: header.branch_labels,
            labels: graph.labels(node).map(str::to_owned).collect(),
            continued_by: self.ids(graph.children(node)),
            head: graph.is_head(node),
            effective_head: graph.is_head(node) && !graph.is_real_head(node),
            branch_point: graph.is_branch_point(node),
            merge: graph.is_merge_point(node),
            package: facts.package,
            file: facts.file,
            line: facts.line,
            transaction: facts.transaction,
            downgrade: facts.downgrade.name(),
            current: current.map(|current| current.binary_search(&node).is_ok()),
            id: header.id,
        }
    }

    fn ids(&self, nodes: &[Node]) -> Vec<String> {
        nodes
            .iter()
            .map(|node| self.graph.id(*node).to_owned())
            .collect()
    }
}

impl Downgrade {
    /// Its name in JSON.
    fn name(self) -> &'static str {
        match self {
            Downgrade::Function => "function",
            Downgrade::Reversible => "reversible",
            Downgrade::Irreversible => "irreversible",
            Downgrade::Nothing => "nothing",
        }
    }
}
