//! Which revisions are recorded as applied, or as not applied, without running anything.
//!
//! A branch that no target is on is left as it is. Nothing is stamped away that is a target.

use super::PlanError;
use crate::target::{self, Point, resolve::Branch};
use crate::{Applied, Graph, Node, NodeSet, Target, TargetError};

/// What a stamp writes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    /// The revisions to record, each after its parents and dependencies.
    pub add: Vec<Node>,
    /// The revisions whose record goes, each before its parents and dependencies.
    pub remove: Vec<Node>,
}

/// The changes of the version table that put the database at the targets.
///
/// Applied heads that come before or after a target, or are on its branch, give way to it; others
/// stay. `base` alone means that nothing is applied; with other targets, that every head is
/// checked. With `purge`, all that was recorded goes first, also versions that are no revision (the
/// caller deletes those).
///
/// # Errors
/// A target that does not resolve or counts steps; versions in the database that are no revision,
/// without `purge`.
pub fn stamp(
    graph: &Graph,
    applied: &Applied,
    targets: &[Target],
    purge: bool,
) -> Result<Stamp, PlanError> {
    if !purge {
        super::refuse_unknown(graph, applied)?;
    }
    let heads: Vec<Node> = if purge {
        Vec::new()
    } else {
        applied.heads(graph)
    };
    let mut near = Vec::new();
    let mut goals = Vec::new();
    for target in targets {
        if target.is_relative_to_applied() {
            return Err(TargetError::NotHere {
                text: target.text().to_owned(),
            }
            .into());
        }
        let nodes = target::resolve(graph, target)?;
        near.extend(heads_near(graph, &heads, target, &nodes)?);
        goals.extend(nodes);
    }
    let outcome = outcome(graph, applied, &heads, &near, &goals);
    Ok(difference(graph, applied, &outcome))
}

/// The heads that come before or after what a target means, or are on its branch; for `base`, all.
fn heads_near(
    graph: &Graph,
    heads: &[Node],
    target: &Target,
    nodes: &[Node],
) -> Result<Vec<Node>, TargetError> {
    let mut of = nodes.to_vec();
    if let Some(branch) = Branch::of(graph, target)? {
        of.push(branch.node);
    }
    if of.is_empty() {
        debug_assert!(nodes.is_empty() || *target.point() == Point::Base);
        return Ok(heads.to_vec());
    }
    let related = related(graph, of.iter().copied());
    Ok(heads
        .iter()
        .copied()
        .filter(|head| related.contains(*head))
        .collect())
}

/// What is applied when the goals are reached.
fn outcome(
    graph: &Graph,
    applied: &Applied,
    heads: &[Node],
    near: &[Node],
    goals: &[Node],
) -> NodeSet {
    let near: NodeSet = near.iter().copied().collect();
    let beside_near = related(graph, near.iter());
    let moves = |goal: &Node| !near.contains(*goal) && beside_near.contains(*goal);
    let mut kept: NodeSet = heads.iter().copied().collect();
    if goals.is_empty() || goals.iter().any(moves) {
        kept.subtract(&near);
    }
    // Alembic lets a target that was a head go when another target moves the heads next to it. Here
    // it stays, unless the other target comes before or after it.
    let beside_goals = strictly_related(graph, goals);
    let stays = |goal: &Node| {
        !near.contains(*goal) || kept.contains(*goal) || !beside_goals.contains(*goal)
    };
    let mut outcome = graph.ancestors(kept.iter());
    outcome.intersect_with(applied.set());
    // closed under what comes before, so that gaps below a target are closed
    outcome.union_with(&graph.ancestors(goals.iter().copied().filter(stays)));
    outcome
}

/// These revisions, and all that come before or after them.
fn related(graph: &Graph, of: impl Iterator<Item = Node> + Clone) -> NodeSet {
    let mut related = graph.ancestors(of.clone());
    related.union_with(&graph.descendants(of));
    related
}

/// All that come before or after these revisions; one of them only if another does.
fn strictly_related(graph: &Graph, of: &[Node]) -> NodeSet {
    let mut related = graph.ancestors(of.iter().flat_map(|node| graph.before(*node)));
    related.union_with(&graph.descendants(of.iter().flat_map(|node| graph.after(*node))));
    related
}

fn difference(graph: &Graph, applied: &Applied, outcome: &NodeSet) -> Stamp {
    let order = graph.topological();
    let add = order
        .iter()
        .copied()
        .filter(|node| outcome.contains(*node) && !applied.contains(*node));
    let remove = order
        .iter()
        .rev()
        .copied()
        .filter(|node| applied.contains(*node) && !outcome.contains(*node));
    Stamp {
        add: add.collect(),
        remove: remove.collect(),
    }
}
