//! The operations of a revision, as far as they are known without a database: its functions are
//! called, and their operations only collected. Nothing runs.

use std::panic::{AssertUnwindSafe, catch_unwind};

use migrate_graph::{Direction, Help};

use super::body::panic_message;
use super::collect::Collect;
use super::context::RunContext;
use crate::backend::Backend;
use crate::error::{IrreversibleReason, OperationError, RevisionError, Unsupported};
use crate::op::Executor;
use crate::operation::{Operation, reverse_of_all};
use crate::revision::{Body, Downgrade, Needs, Revision};
use crate::sql;

/// Why the operations of a body cannot be collected without a database.
pub(crate) struct Uncollected {
    /// Whether a database would help.
    pub(crate) needs_database: bool,
    pub(crate) reason: String,
    pub(crate) help: Option<Help>,
}

impl Uncollected {
    pub(crate) fn other(reason: String) -> Uncollected {
        Uncollected {
            needs_database: false,
            reason,
            help: None,
        }
    }

    fn without_database(reason: String) -> Uncollected {
        Uncollected {
            needs_database: true,
            ..Uncollected::other(reason)
        }
    }
}

impl From<Unsupported> for Uncollected {
    fn from(unsupported: Unsupported) -> Uncollected {
        Uncollected {
            help: Some(unsupported.help.clone()),
            ..Uncollected::other(unsupported.to_string())
        }
    }
}

impl From<RevisionError> for Uncollected {
    fn from(error: RevisionError) -> Uncollected {
        match error.downcast_ref() {
            Some(OperationError::Unsupported(unsupported)) => unsupported.clone().into(),
            Some(OperationError::NotLive) => {
                Uncollected::without_database("its function uses the connection".to_owned())
            }
            _ => Uncollected::other(error.to_string()),
        }
    }
}

impl From<IrreversibleReason> for Uncollected {
    fn from(reason: IrreversibleReason) -> Uncollected {
        Uncollected {
            help: Some(reason.help().into()),
            ..Uncollected::other(format!("it cannot be reverted: {reason}"))
        }
    }
}

/// The operations of a body that is called without a database, or why they cannot be collected.
pub(crate) fn collected(
    body: &Body,
    backend: &'static dyn Backend,
    context: &RunContext<'_>,
) -> Result<Vec<Operation>, Uncollected> {
    let places = places(body, backend, context)?.into_iter();
    Ok(places.map(|(_, operation)| operation).collect())
}

/// The operations of a body with their places among its calls.
pub(crate) fn places(
    body: &Body,
    backend: &'static dyn Backend,
    context: &RunContext<'_>,
) -> Result<Vec<(u32, Operation)>, Uncollected> {
    let (operations, uncollected) = places_as_far_as_known(body, backend, context);
    match uncollected {
        Some(uncollected) => Err(uncollected),
        None => Ok(operations),
    }
}

/// The operations of a body up to the first that needs a database, and why the rest is unknown.
pub(crate) fn places_as_far_as_known(
    body: &Body,
    backend: &'static dyn Backend,
    context: &RunContext<'_>,
) -> (Vec<(u32, Operation)>, Option<Uncollected>) {
    call(body, Collect::new(backend).within(context))
}

/// Passes each operation of a body on when it is called.
pub(crate) fn each_collected(
    body: &Body,
    backend: &'static dyn Backend,
    context: &RunContext<'_>,
    each: &mut dyn FnMut(Operation),
) -> Result<(), Uncollected> {
    let collect = Collect::new(backend).within(context).passing(each);
    let (_, uncollected) = call(body, collect);
    uncollected.map_or(Ok(()), Err)
}

fn call(body: &Body, mut collect: Collect<'_>) -> (Vec<(u32, Operation)>, Option<Uncollected>) {
    if let Needs::Connection(name) = body.needs() {
        let reason = format!("its function takes a connection of `{name}`");
        return (Vec::new(), Some(Uncollected::without_database(reason)));
    }
    let backend = collect.backend();
    let found = body.text().map(|text| sql::findings(text, backend.kind()));
    if let Some(finding) = found.into_iter().flatten().next() {
        let uncollected = Uncollected {
            help: Some(finding.help.into()),
            ..Uncollected::other(format!("line {}: {}", finding.line, finding.what))
        };
        return (Vec::new(), Some(uncollected));
    }
    let ran = catch_unwind(AssertUnwindSafe(|| body.run(&mut collect.operations())));
    let uncollected = match ran {
        Ok(Ok(())) => collect
            .failure()
            .map(|failure| Uncollected::other(failure.message.clone())),
        Ok(Err(error)) => Some(error.into()),
        Err(panic) => Some(Uncollected::other(panic_message(panic.as_ref()))),
    };
    (collect.into_places(), uncollected)
}

/// The reverse of each operation of a revision's upgrade, the last one first, without those that
/// another reverse covers. The upgrade is called, but its operations are only collected.
pub(crate) fn reversed(
    revision: &Revision,
    backend: &'static dyn Backend,
    context: &RunContext<'_>,
) -> Result<Vec<Operation>, IrreversibleReason> {
    let operations = collected(revision.upgrade(), backend, context)
        .map_err(|uncollected| IrreversibleReason::Body(uncollected.reason))?;
    Ok(reverse_of_all(&operations)?)
}

/// The operations of a revision in this direction, each with its place.
pub(crate) fn operations_of(
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
