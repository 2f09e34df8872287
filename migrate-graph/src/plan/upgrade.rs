//! Which revisions an upgrade applies.
//!
//! It must not look at Alembic's rows, and must not stop at a gap: what is missing below a target
//! is applied, whatever above it is applied already.

use super::{Direction, Plan, PlanError, Warning, order};
use crate::target::resolve::{self, Branch};
use crate::target::{Point, walk};
use crate::{Applied, Graph, Node, NodeSet, Target, TargetError};

/// The steps up to the targets: everything up to them that is not applied.
///
/// # Errors
/// A target that does not resolve, or that contains another; versions in the database that are no
/// revision.
///
/// ```
/// use migrate_graph::{Applied, Graph, Header, upgrade};
/// let graph = Graph::new(vec![Header::new("a", []), Header::new("b", ["a"]), Header::new("c", ["b"])])?;
/// let plan = upgrade(&graph, &Applied::new(&graph, ["a"]), &["head".parse().unwrap()]).unwrap();
/// let ids: Vec<&str> = plan.steps.iter().map(|step| graph.id(step.node)).collect();
/// assert_eq!(ids, ["b", "c"]);
/// # Ok::<(), Vec<migrate_graph::Problem>>(())
/// ```
pub fn upgrade(graph: &Graph, applied: &Applied, targets: &[Target]) -> Result<Plan, PlanError> {
    super::refuse_unknown(graph, applied)?;
    let mut nodes = Vec::new();
    for target in targets {
        nodes.extend(resolve(graph, applied, target)?);
    }
    refuse_overlap(graph, &nodes)?;
    let mut todo = graph.ancestors(nodes);
    todo.subtract(applied.set());
    let newest_first = order::newest_first(graph, &todo);
    let mut plan = Plan::of(Direction::Up, newest_first.into_iter().rev());
    plan.warnings.extend(closes_gaps(graph, applied, &todo));
    Ok(plan)
}

/// That some of the steps come before what is applied already.
fn closes_gaps(graph: &Graph, applied: &Applied, todo: &NodeSet) -> Option<Warning> {
    let gaps = applied.gaps(graph);
    let closed = gaps.into_iter().filter(|node| todo.contains(*node));
    let mut revisions: Vec<String> = closed.map(|node| graph.id(node).to_owned()).collect();
    revisions.sort_unstable();
    (!revisions.is_empty()).then_some(Warning::ClosesGaps { revisions })
}

/// The revisions that a target of an upgrade means.
fn resolve(graph: &Graph, applied: &Applied, target: &Target) -> Result<Vec<Node>, TargetError> {
    let Some(steps) = target.steps() else {
        return resolve::resolve(graph, target);
    };
    if let Some(node) = resolve::dashed(graph, target) {
        return Ok(vec![node]);
    }
    let from = if *target.point() == Point::Here {
        if steps < 0 {
            return Err(too_far(target, steps));
        }
        return here(graph, applied, target, steps).map(|node| vec![node]);
    } else if steps > 0 {
        resolve::one(graph, &target.without_steps_and_branch())?
    } else {
        resolve::one(graph, &target.without_steps())?
    };
    match super::walk_from(graph, target, from, steps)? {
        Some(end) => Ok(vec![end]),
        // `X-N` below a base is no revision to go up to
        None if steps < 0 => Err(TargetError::TooFar {
            text: target.text().to_owned(),
            asked: steps,
            possible: steps.abs() - 1,
            from: from.map(|from| graph.id(from).to_owned()),
        }),
        None => Ok(Vec::new()),
    }
}

/// `+N`: counted from the one applied head, or from the tip of what is applied on the branch.
fn here(
    graph: &Graph,
    applied: &Applied,
    target: &Target,
    steps: i64,
) -> Result<Node, TargetError> {
    let branch = Branch::of(graph, target)?;
    let starts = starts(graph, applied, branch.as_ref());
    let from = match starts[..] {
        [] => None,
        [start] => Some(start),
        _ => {
            let heads = starts
                .iter()
                .map(|node| graph.id(*node).to_owned())
                .collect();
            return Err(TargetError::AmbiguousStart {
                text: target.text().to_owned(),
                heads,
            });
        }
    };
    walk::up(graph, target, from, steps, branch.as_ref())?.node(graph, target, from)
}

fn starts(graph: &Graph, applied: &Applied, branch: Option<&Branch>) -> Vec<Node> {
    let mut heads = applied.heads(graph);
    let Some(branch) = branch else { return heads };
    heads.retain(|head| branch.line.contains(*head));
    if heads.is_empty() {
        applied_tips(graph, applied, branch)
    } else {
        heads
    }
}

/// The applied revisions on the branch that no other such revision comes after.
fn applied_tips(graph: &Graph, applied: &Applied, branch: &Branch) -> Vec<Node> {
    let mut on_branch = applied.set().clone();
    on_branch.intersect_with(&branch.line);
    let followed: NodeSet = on_branch
        .iter()
        .flat_map(|node| graph.before(node))
        .collect();
    on_branch
        .iter()
        .filter(|node| !followed.contains(*node))
        .collect()
}

fn too_far(target: &Target, asked: i64) -> TargetError {
    TargetError::TooFar {
        text: target.text().to_owned(),
        asked,
        possible: 0,
        from: None,
    }
}

fn refuse_overlap(graph: &Graph, targets: &[Node]) -> Result<(), PlanError> {
    match super::overlap(graph, targets) {
        None => Ok(()),
        Some((target, contained)) => Err(PlanError::Overlap {
            target: graph.id(target).to_owned(),
            contained: graph.id(contained).to_owned(),
        }),
    }
}
