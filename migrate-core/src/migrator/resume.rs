//! What is done about a revision that an earlier run left unfinished: it comes first, whatever else was asked for. Only plans;
//! `step` carries them out.

use migrate_graph::{Applied, Direction, Graph, Node, Plan, Step};

use super::goal::Goal;
use super::preflight::{
    ReadyStep, Uncollected, places, ready_step, refuse_other_place, refuse_text,
};
use super::reversal::reversed;
use super::{Migrator, State, Transactions};
use crate::backend::{Backend, Session};
use crate::error::{Error, NoWayBack};
use crate::execute::{Reversal, RevertStep, RunContext, Work};
use crate::journal::{Unfinished, hash_of};
use crate::operation::{Operation, goes_along};
use crate::revision::{Downgrade, Revision};

/// The steps of a run, and what they start from.
pub(super) struct Prepared {
    pub(super) applied: Applied,
    pub(super) plan: Plan,
    pub(super) steps: Vec<ReadyStep>,
}

/// Whether an unfinished revision is ended the way it went, or taken back, and what is done afterwards.
struct Continuation {
    forward: bool,
    then: Then,
}

enum Then {
    /// What is left of what was asked for.
    Goal(Goal),
    /// The revision is applied again.
    Again,
    /// Nothing: that was what was asked for.
    Nothing,
}

impl Migrator<'_> {
    /// The steps that lead to the goal. With `first`, the plan that was made before this run had the lock.
    pub(super) fn prepare(
        &self,
        session: &mut dyn Session,
        goal: &Goal,
        state: &State,
        first: Option<&Plan>,
    ) -> Result<Prepared, Error> {
        let revisions = self.revisions()?;
        let graph = &revisions.graph;
        let applied = state.applied(graph);
        let context = self.context();
        let Some(unfinished) = state.unfinished() else {
            let plan = match first {
                Some(first) => goal.plan_again(graph, &applied, first)?,
                None => goal.plan(graph, &applied)?,
            };
            let steps = self.ready(&plan, session)?;
            return Ok(Prepared {
                applied,
                plan,
                steps,
            });
        };
        if first.is_some() && goal.is_a_walk_down() {
            return Err(Error::Moved);
        }
        let Some(node) = graph.node(&unfinished.revision) else {
            return Err(Error::UnknownUnfinished(Box::new(unfinished)));
        };
        if self.options.transactions == Transactions::All {
            return Err(Error::Unfinished(Box::new(unfinished)));
        }
        let next = goal.after(unfinished.direction);
        let mut outcome = applied.clone();
        if next.forward {
            apply(&mut outcome, node, unfinished.direction);
        }
        let plan = next.then.plan(graph, &outcome, node)?;
        let revision = revisions.get(node);
        let first = resumed(revision, unfinished, next.forward, session, &context)?;
        let mut steps = vec![first];
        steps.extend(self.ready(&plan, session)?);
        Ok(Prepared {
            applied,
            plan,
            steps,
        })
    }
}

impl Migrator<'_> {
    /// Whether what was carried out of an unfinished revision can be taken back, as it is compiled now. Asks no database.
    #[must_use]
    pub fn can_take_back(&self, unfinished: &Unfinished, backend: &'static dyn Backend) -> bool {
        let Ok(revisions) = self.revisions() else {
            return false;
        };
        let node = revisions.graph.node(&unfinished.revision);
        let back =
            node.map(|node| way_back(revisions.get(node), unfinished, backend, &self.context()));
        matches!(back, Some(Ok(_)))
    }

    /// Whether a revision is SQL text.
    #[doc(hidden)]
    pub fn is_sql(&self, revision: &str) -> bool {
        let Ok(revisions) = self.revisions() else {
            return false;
        };
        let node = revisions.graph.node(revision);
        node.is_some_and(|node| revisions.get(node).upgrade().text().is_some())
    }

    /// What is unfinished after a revision failed, as far as it can be read, and whether it can be taken back.
    pub(super) fn after_failure(&self, session: &mut dyn Session) -> Option<(Unfinished, bool)> {
        if !matches!(session.in_transaction(), Ok(false)) {
            return None;
        }
        let state = self.read(session).ok()?;
        let unfinished = state.unfinished()?;
        let can = self.can_take_back(&unfinished, session.backend());
        Some((unfinished, can))
    }
}

/// Takes a step in.
fn apply(applied: &mut Applied, node: Node, direction: Direction) {
    match direction {
        Direction::Up => applied.insert(node),
        Direction::Down => applied.remove(node),
    }
}

impl Then {
    fn plan(&self, graph: &Graph, applied: &Applied, node: Node) -> Result<Plan, Error> {
        let steps = match self {
            Then::Goal(goal) => return Ok(goal.plan(graph, applied)?),
            Then::Nothing => Vec::new(),
            Then::Again => vec![Step {
                direction: Direction::Up,
                node,
            }],
        };
        Ok(Plan {
            steps,
            warnings: Vec::new(),
        })
    }
}

impl Goal {
    /// What becomes of a revision that was going this way and was cut. It counts as one step of those that were asked for.
    fn after(&self, direction: Direction) -> Continuation {
        let (forward, then) = match (self, direction) {
            (Goal::Up(_), Direction::Up) | (Goal::Down(_), Direction::Down) => (true, self.less()),
            (Goal::Up(_), Direction::Down) => (false, Then::Goal(self.clone())),
            (Goal::Down(_), Direction::Up) => (false, self.less()),
            (Goal::Redo(_), Direction::Up) => (true, Then::Nothing),
            (Goal::Redo(_), Direction::Down) => (true, Then::Again),
        };
        Continuation { forward, then }
    }

    /// Whether it takes back as many steps as it says, from wherever the database stands.
    pub(super) fn is_a_walk_down(&self) -> bool {
        match self {
            Goal::Up(_) => false,
            Goal::Down(target) => target.is_relative_to_applied(),
            Goal::Redo(_) => true,
        }
    }

    /// The goal when one step of it is done.
    fn less(&self) -> Then {
        let fewer = |target: &migrate_graph::Target| {
            let steps = target.steps().filter(|_| target.is_relative_to_applied())?;
            Some(steps - steps.signum())
        };
        match self {
            Goal::Up(targets) => match &targets[..] {
                [only] => match fewer(only) {
                    Some(0) => Then::Nothing,
                    Some(left) => parsed(&format!("+{left}"))
                        .map_or(Then::Nothing, |target| Then::Goal(Goal::Up(vec![target]))),
                    None => Then::Goal(self.clone()),
                },
                _ => Then::Goal(self.clone()),
            },
            Goal::Down(target) => match fewer(target) {
                Some(0) => Then::Nothing,
                Some(left) => parsed(&left.to_string())
                    .map_or(Then::Nothing, |target| Then::Goal(Goal::Down(target))),
                None => Then::Goal(self.clone()),
            },
            Goal::Redo(_) => Then::Nothing,
        }
    }
}

fn parsed(text: &str) -> Option<migrate_graph::Target> {
    text.parse().ok()
}

/// The step that ends an unfinished revision, the way it went or the other way.
fn resumed(
    revision: &'static Revision,
    unfinished: Unfinished,
    forward: bool,
    session: &mut dyn Session,
    context: &RunContext<'_>,
) -> Result<ReadyStep, Error> {
    refuse_other_place(revision, session)?;
    let backend = session.backend();
    let mut step = match forward {
        true => {
            let step = ready_step(revision, unfinished.direction, backend, context)?;
            after_reversal(step, &unfinished, backend, context)?
        }
        false => ReadyStep {
            revision,
            direction: opposite(unfinished.direction),
            transaction: revision.transaction(),
            work: Work::Revert(way_back(revision, &unfinished, backend, context)?),
            resume: None,
        },
    };
    step.resume = Some(Box::new(unfinished));
    refuse_text(&step, backend, false)?;
    Ok(step)
}

fn opposite(direction: Direction) -> Direction {
    match direction {
        Direction::Up => Direction::Down,
        Direction::Down => Direction::Up,
    }
}

/// A step that goes on the way it went, where an operation was about to be taken back when it was cut.
fn after_reversal(
    step: ReadyStep,
    unfinished: &Unfinished,
    backend: &'static dyn Backend,
    context: &RunContext<'_>,
) -> Result<ReadyStep, Error> {
    let Some(open) = unfinished.open.as_ref().filter(|open| open.back) else {
        return Ok(step);
    };
    let no_way = |why: String| no_way_back(unfinished, vec![why]);
    let operations = operations_of(step.revision, unfinished.direction, backend, context)
        .map_err(|uncollected| no_way(uncollected.reason))?;
    let found = operations
        .into_iter()
        .find(|(place, _)| *place == open.step);
    let reverse = match found {
        Some((_, operation)) => operation.reverse().map_err(|why| no_way(why.to_string()))?,
        None => return Err(no_way(format!("it has no operation {} now", open.step + 1))),
    };
    let reversal = Reversal {
        step: open.step,
        reverse,
    };
    let work = match step.work {
        Work::Run(work) => Work::RunAfter(Box::new(reversal), work),
        work => work,
    };
    Ok(ReadyStep { work, ..step })
}

/// What takes the operations back that were carried out or begun, the last first; or all that cannot be.
fn way_back(
    revision: &'static Revision,
    unfinished: &Unfinished,
    backend: &'static dyn Backend,
    context: &RunContext<'_>,
) -> Result<Vec<RevertStep>, Error> {
    let operations = operations_of(revision, unfinished.direction, backend, context)
        .map_err(|uncollected| no_way_back(unfinished, vec![uncollected.reason]))?;
    let mut back = Vec::new();
    let mut reasons = Vec::new();
    let begun = unfinished.open.iter().map(|open| {
        let hash = (!open.back).then_some(&open.hash);
        (open.step, hash, &open.operation, !open.back)
    });
    let finished = unfinished.finished.iter();
    let finished = finished
        .filter(|finished| {
            unfinished
                .open
                .as_ref()
                .is_none_or(|open| open.step != finished.step)
        })
        .map(|finished| {
            (
                finished.step,
                Some(&finished.hash),
                &finished.operation,
                false,
            )
        });
    for (step, hash, name, begun) in finished.chain(begun) {
        let mut here = operations.iter().filter(|(place, _)| *place == step);
        let operation = match (here.next(), here.next()) {
            (Some((_, operation)), None) if hash.is_none_or(|hash| *hash == hash_of(operation)) => {
                operation.clone()
            }
            (Some((_, operation)), None) => {
                let is = operation.describe();
                reasons.push(format!("{name}: it is another operation now: {is}"));
                continue;
            }
            _ => {
                reasons.push(format!("{name}: nothing says what takes it back"));
                continue;
            }
        };
        if unfinished.direction == Direction::Down && loses_rows(&operation) {
            reasons.push(format!("{name}: what was in it is gone"));
            continue;
        }
        let reverse = match operation.reverse() {
            Ok(reverse) => Some(reverse),
            Err(_)
                if goes_along(
                    &operation,
                    back.iter().map(|step: &RevertStep| &step.operation),
                ) =>
            {
                None
            }
            Err(why) => {
                reasons.push(why.to_string());
                continue;
            }
        };
        back.push(RevertStep {
            step,
            operation,
            reverse,
            begun,
        });
    }
    match reasons.is_empty() {
        true => {
            back.reverse();
            Ok(back)
        }
        false => Err(no_way_back(unfinished, reasons)),
    }
}

/// Whether values go that the reverse does not bring back.
fn loses_rows(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::DropTable { .. } | Operation::DropColumn { .. }
    )
}

/// The operations of a revision this way, each with its place.
pub(super) fn operations_of(
    revision: &'static Revision,
    direction: Direction,
    backend: &'static dyn Backend,
    context: &RunContext<'_>,
) -> Result<Vec<(u32, Operation)>, Uncollected> {
    match (direction, revision.downgrade()) {
        (Direction::Up, _) => places(revision.upgrade(), backend, context),
        (Direction::Down, Downgrade::Function(body)) => places(body, backend, context),
        (Direction::Down, Downgrade::Reversible) => {
            let operations = reversed(revision, backend, context)?;
            Ok((0..).zip(operations).collect())
        }
        (Direction::Down, Downgrade::Nothing) => Ok(Vec::new()),
        (Direction::Down, Downgrade::Irreversible) => Err(Uncollected::other(
            "it is declared `irreversible`".to_owned(),
        )),
    }
}

fn no_way_back(unfinished: &Unfinished, reasons: Vec<String>) -> Error {
    Error::NoWayBack(Box::new(NoWayBack {
        revision: unfinished.revision.clone(),
        direction: unfinished.direction,
        reasons,
    }))
}
