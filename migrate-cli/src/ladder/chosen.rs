//! Which revisions are tested: all, those of `--only`, or those after `--since`. Pure.

use migrate_graph::{Applied, Graph, Node, NodeSet, Target, target, upgrade};

use crate::error::CliError;

/// The revisions that are tested, and those that must be there for them.
#[derive(Clone, Debug)]
pub(crate) struct Chosen {
    /// All of both, in the order of an upgrade.
    order: Vec<Node>,
    tested: NodeSet,
}

/// What `--since` names.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Since<'s> {
    /// A revision.
    Revision(&'s str),
    /// A commit with these revisions.
    Past(&'s [String]),
}

impl Chosen {
    /// All revisions; only these; or those that are not applied where `since` is.
    pub(crate) fn of(
        graph: &Graph,
        only: &[String],
        since: Option<Since<'_>>,
    ) -> Result<Chosen, CliError> {
        let mut tested = NodeSet::new(graph.len());
        match only.is_empty() {
            true => graph.nodes().for_each(|node| {
                tested.insert(node);
            }),
            false => {
                for text in only {
                    named(graph, text)?.into_iter().for_each(|node| {
                        tested.insert(node);
                    });
                }
            }
        }
        match since {
            Some(Since::Revision(text)) => tested.subtract(&graph.ancestors(named(graph, text)?)),
            Some(Since::Past(ids)) => {
                let mut past = NodeSet::new(graph.len());
                for node in ids.iter().filter_map(|id| graph.node(id)) {
                    past.insert(node);
                }
                tested.subtract(&past);
            }
            None => {}
        }
        let nodes: Vec<Node> = tested.iter().collect();
        let tips: Result<Vec<Target>, _> = Chosen::tips(graph, &nodes)
            .into_iter()
            .map(|node| graph.id(node).parse())
            .collect();
        let nothing = Applied::new(graph, [""; 0]);
        let plan = upgrade(graph, &nothing, &tips?)?;
        Ok(Chosen {
            order: plan.steps.iter().map(|step| step.node).collect(),
            tested,
        })
    }

    /// The tested revisions and all before them, in the order of an upgrade.
    pub(super) fn order(&self) -> &[Node] {
        &self.order
    }

    /// Whether a revision is tested.
    pub(super) fn is_tested(&self, node: Node) -> bool {
        self.tested.contains(node)
    }

    /// The tested ones, in the order of an upgrade.
    pub(super) fn tested(&self) -> impl DoubleEndedIterator<Item = Node> {
        let order = self.order.iter().copied();
        order.filter(|node| self.tested.contains(*node))
    }

    /// How many are tested.
    pub(crate) fn len(&self) -> usize {
        self.tested.len()
    }

    /// Whether the whole history is tested.
    pub(crate) fn is_whole(&self, graph: &Graph) -> bool {
        self.tested.len() == graph.len()
    }

    /// The revisions before the tested ones, in the order of an upgrade.
    pub(super) fn before(&self) -> Vec<Node> {
        let order = self.order.iter().copied();
        order.filter(|node| !self.is_tested(*node)).collect()
    }

    /// Of some revisions, the last ones: what leads to all.
    pub(super) fn tips(graph: &Graph, nodes: &[Node]) -> Vec<Node> {
        let mut before = NodeSet::new(graph.len());
        for node in nodes {
            graph.before(*node).for_each(|node| {
                before.insert(node);
            });
        }
        let before = graph.ancestors(before.iter());
        let is_last = |node: &Node| !before.contains(*node);
        nodes.iter().copied().filter(is_last).collect()
    }
}

/// Whether a text names revisions, or why not.
///
/// # Errors
///
/// That there are none of this name.
#[doc(hidden)]
pub fn names_revision(graph: &Graph, text: &str) -> Result<(), CliError> {
    named(graph, text).map(drop)
}

/// The revisions that a target names.
fn named(graph: &Graph, text: &str) -> Result<Vec<Node>, CliError> {
    crate::args::refuse_url(text)?;
    let target: Target = text.parse()?;
    Ok(target::resolve(graph, &target)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use migrate_graph::Header;

    fn ids(graph: &Graph, nodes: impl IntoIterator<Item = Node>) -> String {
        let ids = nodes.into_iter().map(|node| graph.id(node));
        ids.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_is_tested_and_what_is_needed() {
        // a ← b ← d, a ← c
        let none: [&str; 0] = [];
        let graph = Graph::new(vec![
            Header::new("a", none),
            Header::new("b", ["a"]),
            Header::new("c", ["a"]),
            Header::new("d", ["b"]),
        ])
        .unwrap();
        let chosen = |only: &[&str], since: Option<&str>| {
            let only: Vec<String> = only.iter().map(ToString::to_string).collect();
            let since = since.map(Since::Revision);
            let chosen = Chosen::of(&graph, &only, since).unwrap();
            format!(
                "{} of {}",
                ids(&graph, chosen.tested()),
                ids(&graph, chosen.order().iter().copied())
            )
        };
        assert_eq!(chosen(&["d"], None), "d of a b d");
        assert_eq!(chosen(&["b", "c"], None), "c b of a c b");
        assert_eq!(chosen(&[], Some("b")), "d c of a b d c");
        assert_eq!(chosen(&[], Some("heads")), " of ");
        let past = ["b", "c", "gone"].map(str::to_owned);
        let new = Chosen::of(&graph, &[], Some(Since::Past(&past))).unwrap();
        assert_eq!(ids(&graph, new.tested()), "a d"); // `a` came below `b` later
        let all = Chosen::of(&graph, &[], None).unwrap();
        assert!(all.is_whole(&graph) && all.before().is_empty());
        assert_eq!(ids(&graph, Chosen::tips(&graph, all.order())), "d c");
        assert!(Chosen::of(&graph, &["x".to_owned()], None).is_err());
        assert!(Chosen::of(&graph, &["a://b:c@d".to_owned()], None).is_err());
    }
}
