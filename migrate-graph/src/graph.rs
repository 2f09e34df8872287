//! The graph of revisions: parents, dependencies, and what follows from them.
//!
//! A [`Graph`] is always sound: [`Graph::new`] is the only way to one, and gives every problem
//! instead if there is any. It knows nothing of a database, nor of what is applied there. Nodes are
//! numbered in the order of ids, so that nothing depends on the order in which headers came.

mod build;
mod cycle;
mod effective;
mod labels;
mod links;
mod names;
mod shape;
mod walk;

pub use shape::{MultipleHeads, Rules};

use crate::{Header, Node, NodeSet, Problem};
use labels::Labels;
use links::Links;
use names::Names;

/// A sound history: ids are unique, every link leads to a revision, and no revision comes before
/// itself.
#[derive(Clone, Debug)]
pub struct Graph {
    headers: Vec<Header>,
    origins: Vec<usize>,
    names: Names,
    parents: Links,
    dependencies: Links,
    effective: Links,
    children: Links,
    dependents: Links,
    topological: Vec<Node>,
    labels: Labels,
}

impl Graph {
    /// The graph that these headers form, whatever their order.
    ///
    /// # Errors
    /// Every problem that they have, in the order of the headers.
    ///
    /// ```
    /// use migrate_graph::{Graph, Header};
    /// let graph = Graph::new(vec![Header::new("b", ["a"]), Header::new("a", [])])?;
    /// let heads: Vec<&str> = graph.heads().map(|node| graph.id(node)).collect();
    /// assert_eq!(heads, ["b"]);
    ///
    /// let problems = Graph::new(vec![Header::new("b", ["c"])]).unwrap_err();
    /// assert_eq!(problems[0].message(), "no revision `c` in this history");
    /// # Ok::<(), Vec<migrate_graph::Problem>>(())
    /// ```
    pub fn new(headers: Vec<Header>) -> Result<Graph, Vec<Problem>> {
        build::sound(headers)
    }

    /// As [`Graph::new`], and the graph must also have the [`shape`](Graph::shape) that the rules
    /// want. Of headers that form no graph, the problems of shape that are certain all the same are
    /// given too.
    ///
    /// # Errors
    /// Every problem, in the order of the headers.
    pub fn check(headers: Vec<Header>, rules: &Rules) -> Result<Graph, Vec<Problem>> {
        build::shapely(headers, rules)
    }

    /// How many revisions there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.headers.len()
    }

    /// Whether there is no revision at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.headers.is_empty()
    }

    /// The revision with exactly this id.
    #[must_use]
    pub fn node(&self, id: &str) -> Option<Node> {
        self.headers
            .binary_search_by(|header| header.id.as_str().cmp(id))
            .ok()
            .map(Node::at)
    }

    /// The revision that declares exactly this branch label.
    #[must_use]
    pub fn labelled(&self, label: &str) -> Option<Node> {
        self.names.labelled(label)
    }

    /// What the revision declares.
    #[must_use]
    pub fn header(&self, node: Node) -> &Header {
        &self.headers[node.index()]
    }

    /// The revision's id.
    #[must_use]
    pub fn id(&self, node: Node) -> &str {
        &self.header(node).id
    }

    /// The index of the revision's header in the list that the graph was built from.
    #[must_use]
    pub fn origin(&self, node: Node) -> usize {
        self.origins[node.index()]
    }

    /// All revisions, in the order of their ids.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = Node> + DoubleEndedIterator + use<> {
        (0..self.len()).map(Node::at)
    }

    /// All revisions, each after its parents and dependencies; among those that could be next, the
    /// smallest id is.
    #[must_use]
    pub fn topological(&self) -> &[Node] {
        &self.topological
    }

    /// The parents, in the order in which they are declared.
    #[must_use]
    pub fn parents(&self, node: Node) -> &[Node] {
        self.parents.of(node)
    }

    /// The dependencies, in the order in which they are declared, labels resolved.
    #[must_use]
    pub fn dependencies(&self, node: Node) -> &[Node] {
        self.dependencies.of(node)
    }

    /// The dependencies that none of the revisions below this one (over parents) declares already.
    #[must_use]
    pub fn effective_dependencies(&self, node: Node) -> &[Node] {
        self.effective.of(node)
    }

    /// The revisions that have this one as a parent.
    #[must_use]
    pub fn children(&self, node: Node) -> &[Node] {
        self.children.of(node)
    }

    /// The revisions that have this one as a dependency.
    #[must_use]
    pub fn dependents(&self, node: Node) -> &[Node] {
        self.dependents.of(node)
    }

    /// Parents and dependencies. A revision that is both comes twice.
    pub fn before(&self, node: Node) -> impl Iterator<Item = Node> {
        self.parents(node)
            .iter()
            .chain(self.dependencies(node))
            .copied()
    }

    /// Children and dependents. A revision that is both comes twice.
    pub fn after(&self, node: Node) -> impl Iterator<Item = Node> {
        self.children(node)
            .iter()
            .chain(self.dependents(node))
            .copied()
    }

    /// The revisions that no other continues, though another may depend on them: what `head` means.
    pub fn heads(&self) -> impl Iterator<Item = Node> {
        self.nodes().filter(|node| self.is_head(*node))
    }

    /// The revisions that no other continues nor depends on: what `heads` means.
    pub fn real_heads(&self) -> impl Iterator<Item = Node> {
        self.nodes().filter(|node| self.is_real_head(*node))
    }

    /// The revisions without a parent.
    pub fn bases(&self) -> impl Iterator<Item = Node> {
        self.nodes().filter(|node| self.parents(*node).is_empty())
    }

    /// The revisions with neither a parent nor a dependency.
    pub fn real_bases(&self) -> impl Iterator<Item = Node> {
        self.nodes()
            .filter(|node| self.parents(*node).is_empty() && self.dependencies(*node).is_empty())
    }

    /// The revisions that several others continue.
    pub fn branch_points(&self) -> impl Iterator<Item = Node> {
        self.nodes().filter(|node| self.is_branch_point(*node))
    }

    /// The revisions that continue several others.
    pub fn merge_points(&self) -> impl Iterator<Item = Node> {
        self.nodes().filter(|node| self.is_merge_point(*node))
    }

    /// Whether no revision continues this one.
    #[must_use]
    pub fn is_head(&self, node: Node) -> bool {
        self.children(node).is_empty()
    }

    /// Whether no revision continues this one or depends on it.
    #[must_use]
    pub fn is_real_head(&self, node: Node) -> bool {
        self.is_head(node) && self.dependents(node).is_empty()
    }

    /// Whether several revisions continue this one.
    #[must_use]
    pub fn is_branch_point(&self, node: Node) -> bool {
        self.children(node).len() > 1
    }

    /// Whether this revision continues several others.
    #[must_use]
    pub fn is_merge_point(&self, node: Node) -> bool {
        self.parents(node).len() > 1
    }

    /// The branch labels of the line that the revision is on, its own and those that come to it
    /// from above and below, sorted.
    ///
    /// A label goes to every revision that continues the one it is declared on. It goes down as
    /// well, up to and without the next fork or merge, if the revisions above form one plain line.
    pub fn labels(&self, node: Node) -> impl ExactSizeIterator<Item = &str> {
        self.labels
            .of(node)
            .iter()
            .map(|label| self.names.label(*label))
    }

    /// Whether the revisions' labels are the same.
    #[must_use]
    pub fn same_labels(&self, a: Node, b: Node) -> bool {
        self.labels.of(a) == self.labels.of(b)
    }

    /// All branch labels, sorted, each with the revision that declares it.
    pub fn branch_labels(&self) -> impl ExactSizeIterator<Item = (&str, Node)> {
        self.names.labels()
    }

    /// The ids, then the branch labels, that begin with a text, each with its revision.
    pub fn names_from(&self, text: &str) -> impl Iterator<Item = (&str, Node)> {
        let start = self
            .headers
            .partition_point(|header| header.id.as_str() < text);
        let ids = self.headers[start..].iter().enumerate();
        let ids = ids.map(move |(index, header)| (header.id.as_str(), Node::at(start + index)));
        ids.take_while(move |(id, _)| id.starts_with(text))
            .chain(self.names.from(text))
    }

    /// What the rules do not want of this graph. Sites are those of the list that the graph was
    /// built from.
    #[must_use]
    pub fn shape(&self, rules: &Rules) -> Vec<Problem> {
        shape::problems(self, rules)
    }

    /// These revisions and all that come before them, over parents and dependencies.
    #[must_use]
    pub fn ancestors(&self, of: impl IntoIterator<Item = Node>) -> NodeSet {
        walk::reach(self.len(), of, |node| self.before(node))
    }

    /// These revisions and all that come after them, over children and dependents.
    #[must_use]
    pub fn descendants(&self, of: impl IntoIterator<Item = Node>) -> NodeSet {
        walk::reach(self.len(), of, |node| self.after(node))
    }

    /// The lines of these revisions: themselves, and what is below and above them over parents
    /// alone.
    #[must_use]
    pub fn lines(&self, of: impl IntoIterator<Item = Node>) -> NodeSet {
        let of: Vec<Node> = of.into_iter().collect();
        let mut lines = self.below(of.iter().copied());
        lines.union_with(&self.above(of));
        lines
    }

    /// These revisions and all that they continue, over parents alone.
    #[must_use]
    pub fn below(&self, of: impl IntoIterator<Item = Node>) -> NodeSet {
        walk::reach(self.len(), of, |node| self.parents(node).iter().copied())
    }

    /// These revisions and all that continue them, over children alone.
    #[must_use]
    pub fn above(&self, of: impl IntoIterator<Item = Node>) -> NodeSet {
        walk::reach(self.len(), of, |node| self.children(node).iter().copied())
    }
}
