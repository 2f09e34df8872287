//! The request of a run, and the steps that lead there from the applied set.

use std::num::NonZeroU32;

use migrate_graph::{
    Applied, Direction, Graph, Plan, PlanError, Step, Target, TargetError, downgrade, upgrade,
};

use crate::error::Error;

/// The request of a run.
#[derive(Clone)]
pub(super) enum Request {
    /// Up to these targets.
    Up(Vec<Target>),
    /// Down to this target.
    Down(Target),
    /// So many steps down, and up again.
    Redo(NonZeroU32),
}

impl Request {
    /// The steps from the applied set.
    pub(super) fn plan(&self, graph: &Graph, applied: &Applied) -> Result<Plan, PlanError> {
        match self {
            Request::Up(targets) => upgrade(graph, applied, targets),
            Request::Down(target) => downgrade(graph, applied, target),
            Request::Redo(number) => redo(graph, applied, *number),
        }
    }

    /// The steps when another run changed the applied set after `first` was planned.
    ///
    /// A relative target was meant for the state at that time. Upwards, the revisions of the first
    /// plan are the target, and those that the other run has applied are left out; downwards, the
    /// run might revert a revision that its user did not mean, so it is refused.
    pub(super) fn plan_again(
        &self,
        graph: &Graph,
        applied: &Applied,
        first: &Plan,
    ) -> Result<Plan, Error> {
        let relative = match self {
            Request::Up(targets) => targets.iter().any(Target::is_relative_to_applied),
            Request::Down(target) => target.is_relative_to_applied(),
            Request::Redo(_) => true,
        };
        match self {
            Request::Up(_) if relative => {
                let mut todo = graph.ancestors(first.steps.iter().map(|step| step.node));
                todo.subtract(applied.set());
                let order = graph.topological().iter().copied();
                let steps = order.filter(|node| todo.contains(*node));
                let steps = steps.map(|node| Step {
                    direction: Direction::Up,
                    node,
                });
                Ok(Plan {
                    steps: steps.collect(),
                    warnings: first.warnings.clone(),
                })
            }
            _ if relative => Err(Error::Moved),
            _ => Ok(self.plan(graph, applied)?),
        }
    }
}

/// The steps that revert the revisions that an upgrade applies last. Where a merge leaves no unique
/// path for so many steps, these can still be reverted: no applied revision depends on them.
fn last(graph: &Graph, applied: &Applied, number: NonZeroU32) -> Result<Plan, PlanError> {
    let (asked, possible) = (i64::from(number.get()), applied.nodes().count());
    let possible = i64::try_from(possible).unwrap_or(i64::MAX);
    if asked > possible {
        return Err(PlanError::Target(TargetError::TooFar {
            text: format!("-{number}"),
            asked: -asked,
            possible,
            from: None,
        }));
    }
    let order = graph.topological().iter().rev().copied();
    let applied = order.filter(|node| applied.contains(*node));
    let steps = applied.take(number.get() as usize).map(|node| Step {
        direction: Direction::Down,
        node,
    });
    Ok(Plan {
        steps: steps.collect(),
        warnings: Vec::new(),
    })
}

fn redo(graph: &Graph, applied: &Applied, number: NonZeroU32) -> Result<Plan, PlanError> {
    let target: Target = format!("-{number}").parse()?;
    let mut plan = match downgrade(graph, applied, &target) {
        Err(PlanError::Target(TargetError::AmbiguousWalk { .. })) => last(graph, applied, number)?,
        plan => plan?,
    };
    let again: Vec<Step> = plan
        .steps
        .iter()
        .rev()
        .map(|step| Step {
            direction: Direction::Up,
            node: step.node,
        })
        .collect();
    plan.steps.extend(again);
    Ok(plan)
}
