//! The steps of a run: those that lead to the request, after the partially applied revision of an
//! earlier run, which comes first. Only plans; `step` runs them.

use migrate_graph::{Applied, Direction, Graph, Node, Plan, Step};

use super::preflight::{ReadyStep, ready, ready_step, refuse_other_place, refuse_text};
use super::request::Request;
use super::{Migrator, State, Transactions};
use crate::backend::{Backend, MigrateConnection, Session};
use crate::error::Error;
use crate::execute::{RunContext, Work};
use crate::journal::{PartialRevision, Which};
use crate::recovery::{Found, downgrade_partial, open_operation, pending_reversal};
use crate::revision::Revision;

/// The steps of a run, and the state that they start from.
pub(super) struct Prepared {
    pub(super) applied: Applied,
    pub(super) plan: Plan,
    pub(super) steps: Vec<ReadyStep>,
}

/// Whether a partially applied revision is completed or reverted, and what is done afterwards.
struct Continuation {
    forward: bool,
    then: Then,
}

enum Then {
    /// The rest of the request.
    Request(Request),
    /// The revision is applied again.
    Again,
    /// Nothing: that was the request.
    Nothing,
}

impl Migrator<'_> {
    /// The steps that lead to the request. With `first`, the plan that was made before this run had
    /// the lock.
    pub(super) fn prepare(
        &self,
        session: &mut dyn Session,
        request: &Request,
        state: &State,
        first: Option<&Plan>,
    ) -> Result<Prepared, Error> {
        let revisions = self.revisions()?;
        let graph = &revisions.graph;
        let applied = state.applied(graph);
        let context = self.context();
        let Some(partial) = state.partial() else {
            let plan = match first {
                Some(first) => request.plan_again(graph, &applied, first)?,
                None => request.plan(graph, &applied)?,
            };
            let steps = self.ready(&plan, session)?;
            return Ok(Prepared {
                applied,
                plan,
                steps,
            });
        };
        if first.is_some() && request.is_a_walk_down() {
            return Err(Error::Moved);
        }
        let Some(node) = graph.node(&partial.revision) else {
            return Err(Error::UnknownPartialRevision(Box::new(partial)));
        };
        if self.options.transactions == Transactions::All {
            return Err(Error::PartialRevision(Box::new(partial)));
        }
        let next = request.after(partial.direction);
        let mut outcome = applied.clone();
        if next.forward {
            apply(&mut outcome, node, partial.direction);
        }
        let plan = next.then.plan(graph, &outcome, node)?;
        let revision = revisions.get(node);
        let first = resumed(revision, partial, next.forward, session, &context)?;
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
    /// Every step of a plan, ready.
    pub(super) fn ready(
        &self,
        plan: &Plan,
        session: &mut dyn Session,
    ) -> Result<Vec<ReadyStep>, Error> {
        let transactions = self.options.transactions;
        ready(
            plan,
            self.revisions()?,
            session,
            transactions,
            &self.context(),
        )
    }

    /// Looks in the catalogue for the operation that a partially applied revision had begun. None
    /// when no operation is open, or when its state is known.
    ///
    /// # Errors
    ///
    /// When the catalogue cannot be read.
    pub fn look<C>(
        &self,
        connection: &mut C,
        partial: &PartialRevision,
    ) -> Result<Option<Found>, Error>
    where
        C: MigrateConnection + ?Sized,
    {
        connection.with_session(|session| {
            let (revisions, context) = (self.revisions()?, self.context());
            let node = revisions.graph.node(&partial.revision);
            let revision = node.map(|node| revisions.get(node));
            Ok(open_operation(session, revision, partial, &context))
        })
    }

    /// Whether the operations of a partially applied revision can be reverted, as it is compiled
    /// now. Does not ask a database.
    #[must_use]
    pub fn can_revert(&self, partial: &PartialRevision, backend: &'static dyn Backend) -> bool {
        let Ok(revisions) = self.revisions() else {
            return false;
        };
        let node = revisions.graph.node(&partial.revision);
        let back = node
            .map(|node| downgrade_partial(revisions.get(node), partial, backend, &self.context()));
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

    /// The partially applied revision after a failure, as far as it can be read, and whether it can
    /// be reverted.
    pub(super) fn after_failure(
        &self,
        session: &mut dyn Session,
    ) -> Option<(PartialRevision, bool)> {
        if !matches!(session.in_transaction(), Ok(false)) {
            return None;
        }
        let state = self.read(session, Which::Tail).ok()?;
        let partial = state.partial()?;
        let can = self.can_revert(&partial, session.backend());
        Some((partial, can))
    }
}

/// Adds a step.
fn apply(applied: &mut Applied, node: Node, direction: Direction) {
    match direction {
        Direction::Up => applied.insert(node),
        Direction::Down => applied.remove(node),
    }
}

impl Then {
    fn plan(&self, graph: &Graph, applied: &Applied, node: Node) -> Result<Plan, Error> {
        let steps = match self {
            Then::Request(request) => return Ok(request.plan(graph, applied)?),
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

impl Request {
    /// What is done about a revision that was interrupted in this direction. It counts as one step
    /// of the request.
    fn after(&self, direction: Direction) -> Continuation {
        let (forward, then) = match (self, direction) {
            (Request::Up(_), Direction::Up) | (Request::Down(_), Direction::Down) => {
                (true, self.less())
            }
            (Request::Up(_), Direction::Down) => (false, Then::Request(self.clone())),
            (Request::Down(_), Direction::Up) => (false, self.less()),
            (Request::Redo(_), Direction::Up) => (true, Then::Nothing),
            (Request::Redo(_), Direction::Down) => (true, Then::Again),
        };
        Continuation { forward, then }
    }

    /// Whether it reverts a given number of steps, from whatever state the database is in.
    pub(super) fn is_a_walk_down(&self) -> bool {
        match self {
            Request::Up(_) => false,
            Request::Down(target) => target.is_relative_to_applied(),
            Request::Redo(_) => true,
        }
    }

    /// The request after one step of it is done.
    fn less(&self) -> Then {
        let fewer = |target: &migrate_graph::Target| {
            let steps = target.steps().filter(|_| target.is_relative_to_applied())?;
            Some(steps - steps.signum())
        };
        match self {
            Request::Up(targets) => match &targets[..] {
                [only] => match fewer(only) {
                    Some(0) => Then::Nothing,
                    Some(left) => parsed(&format!("+{left}")).map_or(Then::Nothing, |target| {
                        Then::Request(Request::Up(vec![target]))
                    }),
                    None => Then::Request(self.clone()),
                },
                _ => Then::Request(self.clone()),
            },
            Request::Down(target) => match fewer(target) {
                Some(0) => Then::Nothing,
                Some(left) => parsed(&left.to_string())
                    .map_or(Then::Nothing, |target| Then::Request(Request::Down(target))),
                None => Then::Request(self.clone()),
            },
            Request::Redo(_) => Then::Nothing,
        }
    }
}

fn parsed(text: &str) -> Option<migrate_graph::Target> {
    text.parse().ok()
}

/// The step that completes or reverts a partially applied revision.
fn resumed(
    revision: &'static Revision,
    partial: PartialRevision,
    forward: bool,
    session: &mut dyn Session,
    context: &RunContext<'_>,
) -> Result<ReadyStep, Error> {
    refuse_other_place(revision, session)?;
    let backend = session.backend();
    let mut step = match forward {
        true => {
            let mut step = ready_step(revision, partial.direction, backend, context)?;
            if let Some(reversal) = pending_reversal(revision, &partial, backend, context)? {
                step.work = step.work.after(reversal);
            }
            step
        }
        false => ReadyStep {
            revision,
            direction: opposite(partial.direction),
            transaction: revision.transaction(),
            work: Work::Revert(downgrade_partial(revision, &partial, backend, context)?),
            resume: None,
        },
    };
    step.resume = Some(Box::new(partial));
    refuse_text(&step, backend, false)?;
    Ok(step)
}

fn opposite(direction: Direction) -> Direction {
    match direction {
        Direction::Up => Direction::Down,
        Direction::Down => Direction::Up,
    }
}
