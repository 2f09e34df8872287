//! Which revisions a database has.
//!
//! Its input is the content of the version table; it must not know how that was read. The set need
//! not be closed: a revision that was inserted below an applied one leaves a gap, which is reported
//! and which an upgrade closes.

use crate::{Graph, Node, NodeSet};

/// The applied set: the revisions of a graph that a database has, and the versions there that are
/// no revision.
#[derive(Clone, Debug, Default)]
pub struct Applied {
    nodes: NodeSet,
    unknown: Vec<String>,
    /// The nodes in the order in which they were applied, if known; may have nodes that are gone.
    recent: Vec<Node>,
}

impl Applied {
    /// The applied set from the versions that a database records, one for each applied revision, in
    /// the order in which they were applied: `-1` reverts the last one.
    ///
    /// ```
    /// use migrate_graph::{Applied, Graph, Header};
    /// let graph = Graph::new(vec![Header::new("a", []), Header::new("b", ["a"])])?;
    /// let applied = Applied::new(&graph, ["a", "gone"]);
    /// assert_eq!(applied.unknown(), ["gone"]);
    /// assert_eq!(applied.pending(&graph).map(|node| graph.id(node)).collect::<Vec<_>>(), ["b"]);
    /// # Ok::<(), Vec<migrate_graph::Problem>>(())
    /// ```
    pub fn new(graph: &Graph, versions: impl IntoIterator<Item: AsRef<str>>) -> Applied {
        let mut applied = Applied {
            nodes: NodeSet::new(graph.len()),
            unknown: Vec::new(),
            recent: Vec::new(),
        };
        for version in versions {
            let version = version.as_ref();
            match graph.node(version) {
                Some(node) => {
                    applied.nodes.insert(node);
                    applied.recent.push(node);
                }
                None => applied.unknown.push(version.to_owned()),
            }
        }
        applied.unknown.sort();
        applied.unknown.dedup();
        applied
    }

    /// The applied set from the rows that Alembic keeps: only the heads of what is applied.
    pub fn from_heads(graph: &Graph, rows: impl IntoIterator<Item: AsRef<str>>) -> Applied {
        let rows = Applied::new(graph, rows);
        Applied {
            nodes: graph.ancestors(rows.nodes.iter()),
            ..rows
        }
    }

    /// The applied set of exactly these revisions.
    #[must_use]
    pub fn from_nodes(nodes: NodeSet) -> Applied {
        Applied {
            nodes,
            ..Applied::default()
        }
    }

    /// Whether the revision is applied.
    #[must_use]
    pub fn contains(&self, node: Node) -> bool {
        self.nodes.contains(node)
    }

    /// The versions in the database that no revision has, sorted.
    #[must_use]
    pub fn unknown(&self) -> &[String] {
        &self.unknown
    }

    /// The applied revisions, in the order of their ids.
    pub fn nodes(&self) -> impl Iterator<Item = Node> {
        self.nodes.iter()
    }

    /// The applied revisions as a set.
    #[must_use]
    pub fn set(&self) -> &NodeSet {
        &self.nodes
    }

    /// Records that a revision was applied.
    pub fn insert(&mut self, node: Node) {
        self.nodes.insert(node);
        self.recent.push(node);
    }

    /// Records that a revision was reverted.
    pub fn remove(&mut self, node: Node) {
        self.nodes.remove(node);
    }

    /// How many revisions are applied.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether no revision of the graph is applied.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Whether every revision of the history is applied, and nothing else is.
    #[must_use]
    pub fn is_complete(&self, graph: &Graph) -> bool {
        self.unknown.is_empty() && self.len() == graph.len()
    }

    /// The applied revisions that no applied revision comes after, over parents or dependencies:
    /// Alembic's rows.
    #[must_use]
    pub fn heads(&self, graph: &Graph) -> Vec<Node> {
        let covered = self.covered(graph, |node| graph.before(node));
        self.nodes
            .iter()
            .filter(|node| !covered.contains(*node))
            .collect()
    }

    /// The [head](Applied::heads) that was applied last; of those for which that is not known, the
    /// one with the greatest id.
    #[must_use]
    pub fn last_head(&self, graph: &Graph) -> Option<Node> {
        let heads = self.heads(graph);
        let known = self.recent.iter().rev().find(|node| heads.contains(node));
        known.or(heads.last()).copied()
    }

    /// The applied revisions that no applied revision continues: the [heads](Applied::heads), and
    /// those that are only depended on. What `current` shows.
    #[must_use]
    pub fn tips(&self, graph: &Graph) -> Vec<Node> {
        let covered = self.covered(graph, |node| graph.parents(node).iter().copied());
        self.nodes
            .iter()
            .filter(|node| !covered.contains(*node))
            .collect()
    }

    /// The revisions that are not applied, each after its parents and dependencies.
    pub fn pending<'a>(&self, graph: &'a Graph) -> impl Iterator<Item = Node> + use<'a, '_> {
        graph
            .topological()
            .iter()
            .copied()
            .filter(|node| !self.contains(*node))
    }

    /// The revisions that are not applied although one that comes after them is, in the order of
    /// their ids.
    #[must_use]
    pub fn gaps(&self, graph: &Graph) -> Vec<Node> {
        let covered = self.covered(graph, |node| graph.before(node));
        covered
            .iter()
            .filter(|node| !self.contains(*node))
            .collect()
    }

    /// Everything strictly below something applied.
    fn covered<I: Iterator<Item = Node>>(
        &self,
        graph: &Graph,
        below: impl Fn(Node) -> I,
    ) -> NodeSet {
        let mut covered = NodeSet::new(graph.len());
        for &node in graph.topological().iter().rev() {
            if self.contains(node) || covered.contains(node) {
                covered.extend(below(node));
            }
        }
        covered
    }
}

/// The order in which revisions were applied does not count.
impl PartialEq for Applied {
    fn eq(&self, other: &Applied) -> bool {
        self.nodes == other.nodes && self.unknown == other.unknown
    }
}

impl Eq for Applied {}
