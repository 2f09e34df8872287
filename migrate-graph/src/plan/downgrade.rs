//! Which revisions a downgrade reverts.
//!
//! What continues the target goes, and everything that depends on that, on any branch; the target
//! stays, and so do dependencies. It must not look at anything that is not applied.

use super::{Direction, Plan, PlanError, Warning, order};
use crate::target::resolve::{self, Branch};
use crate::target::{Point, walk};
use crate::{Applied, Graph, Node, Target, TargetError};

/// The steps down to the target.
///
/// `-N` counts from the applied head; of several, from the one that was applied last, with a
/// warning.
///
/// # Errors
/// A target that does not resolve, or that nothing applied continues; versions in the database that
/// are no revision.
///
/// ```
/// use migrate_graph::{Applied, Graph, Header, downgrade};
/// let graph = Graph::new(vec![Header::new("a", []), Header::new("b", ["a"])])?;
/// let plan = downgrade(&graph, &Applied::new(&graph, ["a", "b"]), &"-1".parse().unwrap()).unwrap();
/// assert_eq!(graph.id(plan.steps[0].node), "b");
/// # Ok::<(), Vec<migrate_graph::Problem>>(())
/// ```
pub fn downgrade(graph: &Graph, applied: &Applied, target: &Target) -> Result<Plan, PlanError> {
    super::refuse_unknown(graph, applied)?;
    let goal = Goal::of(graph, applied, target)?;
    let roots = goal.roots(graph, target)?;
    let mut todo = graph.descendants(roots);
    todo.intersect_with(applied.set());
    if let Some(node) = goal.node
        && todo.is_empty()
        && !applied.heads(graph).contains(&node)
    {
        return Err(PlanError::NothingToDrop {
            target: target.text().to_owned(),
        });
    }
    goal.check_branch(graph)?;
    let mut plan = Plan::of(Direction::Down, order::newest_first(graph, &todo));
    plan.warnings.extend(goal.warning);
    Ok(plan)
}

/// Where a downgrade ends.
struct Goal {
    /// The revision that stays; none for nothing.
    node: Option<Node>,
    /// The branch that is left, if only one is to be. Not known to exist before it is needed.
    branch: Option<Result<Branch, TargetError>>,
    warning: Option<Warning>,
}

impl Goal {
    fn of(graph: &Graph, applied: &Applied, target: &Target) -> Result<Goal, TargetError> {
        let Some(steps) = target.steps() else {
            return absolute(graph, target);
        };
        if let Some(node) = resolve::dashed(graph, target) {
            return Ok(Goal {
                node: Some(node),
                branch: None,
                warning: None,
            });
        }
        match *target.point() {
            Point::Here => here(graph, applied, target, steps),
            _ => relative(graph, target, steps),
        }
    }

    /// The lowest revisions that go.
    fn roots(&self, graph: &Graph, target: &Target) -> Result<Vec<Node>, PlanError> {
        let mut roots: Vec<Node> = match self.node {
            None => graph.bases().collect(),
            Some(node) => graph.children(node).to_vec(),
        };
        let Some(branch) = self.branch.as_ref().filter(|_| roots.len() > 1) else {
            return Ok(roots);
        };
        let branch = branch.as_ref().map_err(Clone::clone)?;
        let below = graph.below([branch.node]);
        roots.retain(|root| below.contains(*root));
        if roots.is_empty() {
            let (target, branch) = (target.text().to_owned(), branch.name.clone());
            return Err(PlanError::NotADowngradeTarget { target, branch });
        }
        Ok(roots)
    }

    /// The branch must exist, and contain the revision that stays; Alembic reverts what is above it
    /// even if it does not.
    fn check_branch(&self, graph: &Graph) -> Result<(), TargetError> {
        let Some(branch) = &self.branch else {
            return Ok(());
        };
        let branch = branch.as_ref().map_err(Clone::clone)?;
        match self.node {
            Some(node) if !branch.line.contains(node) => {
                let (revision, branch) = (graph.id(node).to_owned(), branch.name.clone());
                Err(TargetError::NotInBranch { revision, branch })
            }
            _ => Ok(()),
        }
    }
}

/// A revision, or `base`.
fn absolute(graph: &Graph, target: &Target) -> Result<Goal, TargetError> {
    let branch = target.branch().map(|branch| Branch::named(graph, branch));
    let node = resolve::one(graph, &target.without_branch())?;
    Ok(Goal {
        node,
        branch,
        warning: None,
    })
}

/// `X+N` and `X-N`.
fn relative(graph: &Graph, target: &Target, steps: i64) -> Result<Goal, TargetError> {
    let branch = Branch::of(graph, target)?;
    let start = if steps < 0 {
        target.without_steps()
    } else {
        target.without_steps_and_branch()
    };
    let from = resolve::one(graph, &start)?;
    let node = super::walk_from(graph, target, from, steps)?;
    Ok(Goal {
        node,
        branch: branch.map(Ok),
        warning: None,
    })
}

/// `-N`: counted from what is applied.
fn here(
    graph: &Graph,
    applied: &Applied,
    target: &Target,
    steps: i64,
) -> Result<Goal, TargetError> {
    if steps > 0 {
        let text = target.text().to_owned();
        return Err(TargetError::TooFar {
            text,
            asked: steps,
            possible: 0,
            from: None,
        });
    }
    let (from, branch, warning) = match Branch::of(graph, target)? {
        Some(branch) => (tip_on(graph, applied, target, &branch)?, branch, None),
        None => {
            let Some(last) = applied.last_head(graph) else {
                let text = target.text().to_owned();
                return Err(TargetError::TooFar {
                    text,
                    asked: steps,
                    possible: 0,
                    from: None,
                });
            };
            (
                last,
                Branch::at(graph, graph.id(last), last),
                warning(graph, applied, last),
            )
        }
    };
    let node = walk::down(graph, target, from, steps)?.end(graph, target, Some(from))?;
    Ok(Goal {
        node,
        branch: Some(Ok(branch)),
        warning,
    })
}

fn warning(graph: &Graph, applied: &Applied, taken: Node) -> Option<Warning> {
    let others: Vec<String> = applied
        .heads(graph)
        .iter()
        .filter(|head| **head != taken)
        .map(|head| graph.id(*head).to_owned())
        .collect();
    (!others.is_empty()).then(|| Warning::SeveralHeads {
        taken: graph.id(taken).to_owned(),
        others,
    })
}

/// The one applied head on the branch; without any, the one tip there that others depend on.
fn tip_on(
    graph: &Graph,
    applied: &Applied,
    target: &Target,
    branch: &Branch,
) -> Result<Node, TargetError> {
    let on = |mut nodes: Vec<Node>| {
        nodes.retain(|node| branch.line.contains(*node));
        nodes
    };
    let mut tips = on(applied.heads(graph));
    if tips.is_empty() {
        tips = on(applied.tips(graph));
    }
    match tips[..] {
        [tip] => Ok(tip),
        _ => {
            let heads = tips.iter().map(|node| graph.id(*node).to_owned()).collect();
            Err(TargetError::AmbiguousStart {
                text: target.text().to_owned(),
                heads,
            })
        }
    }
}
