//! What a valid graph should look like: one base and one head, unless branch labels distinguish
//! them.
//!
//! A matter of rules, not of validity: plans work on any graph. One mistake is one problem: a
//! second base has a second head too, and only the base is reported.

use super::links::Links;
use super::{Graph, Node};
use crate::Header;
use crate::problem::{Branch, Part, Problem, Site};

/// Which shapes a project allows.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// What to say of several heads that no branch label distinguishes.
    pub multiple_heads: MultipleHeads,
}

/// What to say of several heads that no branch label distinguishes.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub enum MultipleHeads {
    /// That they are a problem.
    #[default]
    Refuse,
    /// Nothing.
    Allow,
}

/// What the rules do not want of a graph.
pub(super) fn problems(graph: &Graph, rules: &Rules) -> Vec<Problem> {
    let shape = Shape {
        headers: &graph.headers,
        origins: &graph.origins,
        children: &graph.children,
    };
    let alike = |a, b| graph.same_labels(a, b);
    let mut problems = shape.several_bases(&alike);
    if rules.multiple_heads == MultipleHeads::Refuse {
        problems.extend(shape.several_heads(&graph.topological, &alike));
    }
    problems
}

/// What is needed to judge a shape: also of headers whose links are only partly known.
pub(super) struct Shape<'a> {
    pub(super) headers: &'a [Header],
    pub(super) origins: &'a [usize],
    pub(super) children: &'a Links,
}

/// Whether no label distinguishes two revisions.
type Alike<'a> = &'a dyn Fn(Node, Node) -> bool;

impl Shape<'_> {
    /// For each base that is like another one below more of the history, a problem.
    pub(super) fn several_bases(&self, alike: Alike<'_>) -> Vec<Problem> {
        let is_base = |node: &Node| self.headers[node.index()].down_revision.is_empty();
        let bases = self
            .nodes()
            .filter(|node| is_base(node) && !self.is_repeated(*node));
        let groups = group(bases, alike);
        groups
            .iter()
            .filter(|group| group.len() > 1)
            .flat_map(|group| self.bases(group))
            .collect()
    }

    fn bases(&self, group: &[Node]) -> Vec<Problem> {
        let above =
            |node: Node| super::walk::reach(self.headers.len(), [node], |node| self.next(node));
        // the one that most revisions continue; of equals, the first
        let Some((first, line)) = group
            .iter()
            .map(|node| (*node, above(*node)))
            .rev()
            .max_by_key(|(_, line)| line.len())
        else {
            return Vec::new();
        };
        let mut heads = line
            .iter()
            .filter(|node| self.children.of(*node).is_empty());
        let head = heads
            .next()
            .filter(|_| heads.next().is_none())
            .map(|head| self.id(head));
        let others = group.iter().filter(|node| **node != first);
        others
            .map(|node| Problem::SeveralBases {
                first: self.id(first),
                first_site: self.site(first, Part::Id),
                revision: self.id(*node),
                site: self.site(*node, Part::Id),
                head: head.clone(),
            })
            .collect()
    }

    /// For each revision that is continued towards heads that are alike, a problem.
    pub(super) fn several_heads(&self, topological: &[Node], alike: Alike<'_>) -> Vec<Problem> {
        let heads = self
            .nodes()
            .filter(|node| self.children.of(*node).is_empty());
        let groups = group(heads, alike);
        groups
            .iter()
            .filter(|group| group.len() > 1)
            .flat_map(|group| self.forks(group, topological))
            .collect()
    }

    /// Where the ways down from these heads meet. Goes down once, keeping for each revision a head
    /// that it leads to; heads whose ways have met count as one from there on.
    fn forks(&self, heads: &[Node], topological: &[Node]) -> Vec<Problem> {
        let mut leads: Vec<Option<Node>> = vec![None; self.headers.len()];
        let mut met = Met {
            heads: (0..self.headers.len()).map(Node::at).collect(),
        };
        let mut problems = Vec::new();
        for head in heads {
            leads[head.index()] = Some(*head);
        }
        for &node in topological.iter().rev() {
            let mut branches: Vec<(Node, Node)> = Vec::new();
            for &child in self.children.of(node) {
                let Some(head) = leads[child.index()].map(|head| met.find(head)) else {
                    continue;
                };
                if branches.iter().all(|(_, other)| *other != head) {
                    branches.push((child, head));
                }
            }
            let Some(&(_, head)) = branches.first() else {
                continue;
            };
            leads[node.index()] = Some(head);
            for (_, other) in branches.iter().skip(1) {
                met.join(head, *other);
            }
            if branches.len() > 1 {
                problems.push(self.fork(node, &branches, heads));
            }
        }
        problems
    }

    fn fork(&self, parent: Node, branches: &[(Node, Node)], heads: &[Node]) -> Problem {
        let branches = branches.iter().map(|(revision, head)| {
            let parents = &self.headers[revision.index()].down_revision;
            let place = parents
                .iter()
                .position(|name| *name == self.headers[parent.index()].id);
            Branch {
                revision: self.id(*revision),
                site: self.site(*revision, Part::DownRevision(place.unwrap_or_default())),
                head: self.id(*head),
            }
        });
        Problem::SeveralHeads {
            parent: self.id(parent),
            branches: branches.collect(),
            heads: heads.iter().take(10).map(|head| self.id(*head)).collect(),
            count: heads.len(),
        }
    }

    /// Whether an id is a duplicate, which is a separate problem.
    fn is_repeated(&self, node: Node) -> bool {
        let index = node.index();
        index > 0 && self.headers[index - 1].id == self.headers[index].id
    }

    fn nodes(&self) -> impl Iterator<Item = Node> + use<> {
        (0..self.headers.len()).map(Node::at)
    }

    fn next(&self, node: Node) -> impl Iterator<Item = Node> {
        self.children.of(node).iter().copied()
    }

    fn id(&self, node: Node) -> String {
        self.headers[node.index()].id.clone()
    }

    fn site(&self, node: Node, part: Part) -> Site {
        Site {
            header: self.origins[node.index()],
            part,
        }
    }
}

/// Nodes that are alike together, each group in the order of nodes.
fn group(nodes: impl Iterator<Item = Node>, alike: Alike<'_>) -> Vec<Vec<Node>> {
    let mut groups: Vec<Vec<Node>> = Vec::new();
    for node in nodes {
        match groups.iter_mut().find(|group| alike(group[0], node)) {
            Some(group) => group.push(node),
            None => groups.push(vec![node]),
        }
    }
    groups
}

/// Which heads' ways have met.
struct Met {
    heads: Vec<Node>,
}

impl Met {
    fn find(&mut self, mut head: Node) -> Node {
        while self.heads[head.index()] != head {
            let next = self.heads[self.heads[head.index()].index()];
            self.heads[head.index()] = next;
            head = next;
        }
        head
    }

    fn join(&mut self, head: Node, other: Node) {
        let (head, other) = (self.find(head), self.find(other));
        self.heads[other.index().max(head.index())] = Node::at(other.index().min(head.index()));
    }
}
