//! From a graph, what is applied, and a target, to the steps in order.
//!
//! It must not know what a step does. Plans are computed from the applied set, never from Alembic's
//! rows; the order is Alembic's: a branch is finished before the next is begun, and ids break ties.

mod downgrade;
mod error;
mod offline;
mod order;
mod stamp;
mod upgrade;

pub(crate) use order::newest_first;

pub use downgrade::downgrade;
pub use error::{PlanError, Warning};
pub use offline::{downgrade_script, stamp_script, upgrade_script};
pub use stamp::{Stamp, stamp};
pub use upgrade::upgrade;

use crate::target::{resolve::Branch, walk};
use crate::{Applied, Graph, Node, NodeSet, Target, TargetError};

/// Which of a revision's two functions runs.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// The upgrade: the revision is applied.
    Up,
    /// The downgrade: the revision is reverted.
    Down,
}

impl Applied {
    /// As [`Applied::from_heads`], of rows that can be what they should be: heads.
    ///
    /// # Errors
    /// A row that no revision has; a row that is below another, which is what Alembic sometimes
    /// leaves behind and then refuses to go on with.
    pub fn from_sound_heads(
        graph: &Graph,
        rows: impl IntoIterator<Item: AsRef<str>>,
    ) -> Result<Applied, PlanError> {
        let rows: Vec<_> = rows.into_iter().collect();
        let heads = Applied::new(graph, &rows);
        refuse_unknown(graph, &heads)?;
        let nodes: Vec<Node> = heads.nodes().collect();
        if let Some((target, contained)) = overlap(graph, &nodes) {
            let id = |node| graph.id(node).to_owned();
            return Err(PlanError::Overlap {
                target: id(target),
                contained: id(contained),
            });
        }
        Ok(Applied::from_heads(graph, &rows))
    }
}

/// One revision up or down.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Step {
    /// Up or down.
    pub direction: Direction,
    /// The revision.
    pub node: Node,
}

/// Steps in the order in which they run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The steps: each revision after its parents and dependencies, or before them on the way down.
    pub steps: Vec<Step>,
    /// What the user should know of how the target was understood.
    pub warnings: Vec<Warning>,
}

impl Plan {
    fn of(direction: Direction, nodes: impl IntoIterator<Item = Node>) -> Plan {
        let steps = nodes
            .into_iter()
            .map(|node| Step { direction, node })
            .collect();
        Plan {
            steps,
            warnings: Vec::new(),
        }
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// How many steps there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// What is applied after all steps.
    #[must_use]
    pub fn outcome(&self, applied: &Applied) -> Applied {
        let mut outcome = applied.clone();
        for step in &self.steps {
            match step.direction {
                Direction::Up => outcome.insert(step.node),
                Direction::Down => outcome.remove(step.node),
            }
        }
        outcome
    }
}

/// Plans are made only where every version in the database is a revision: what an unknown one needs
/// or blocks cannot be known.
pub(crate) fn refuse_unknown(graph: &Graph, applied: &Applied) -> Result<(), PlanError> {
    if applied.unknown().is_empty() {
        return Ok(());
    }
    let known = applied
        .heads(graph)
        .iter()
        .map(|head| graph.id(*head).to_owned())
        .collect();
    Err(PlanError::UnknownApplied {
        versions: applied.unknown().to_vec(),
        known,
    })
}

/// The end of a walk from a named revision, or from nothing: for `base+2`, `app@head-1`.
fn walk_from(
    graph: &Graph,
    target: &Target,
    from: Option<Node>,
    steps: i64,
) -> Result<Option<Node>, TargetError> {
    match from {
        _ if steps >= 0 => {
            let branch = Branch::of(graph, target)?;
            walk::up(graph, target, from, steps, branch.as_ref())?.end(graph, target, from)
        }
        Some(from) => walk::down(graph, target, from, steps)?.end(graph, target, Some(from)),
        None => {
            let text = target.text().to_owned();
            Err(TargetError::TooFar {
                text,
                asked: steps,
                possible: 0,
                from: Some("base".to_owned()),
            })
        }
    }
}

/// Two of the nodes of which the first comes after the second, if there are any.
pub(crate) fn overlap(graph: &Graph, nodes: &[Node]) -> Option<(Node, Node)> {
    if nodes.len() < 2 {
        return None;
    }
    let wanted: NodeSet = nodes.iter().copied().collect();
    let below = graph.ancestors(wanted.iter().flat_map(|node| graph.before(node)));
    let contained = wanted.iter().find(|node| below.contains(*node))?;
    let above = graph.descendants([contained]);
    let container = wanted
        .iter()
        .find(|node| *node != contained && above.contains(*node))?;
    Some((container, contained))
}
