//! The state of the operation that an interrupted run was at, before the next run finds it out.
//! Changes nothing.

use migrate_graph::Direction;

use super::probe::probe;
use crate::backend::{ProbeResult, Session};
use crate::execute::{RunContext, operations_of, places_as_far_as_known};
use crate::journal::{Open, OpenKind, PartialRevision, hash_of};
use crate::operation::Operation;
use crate::revision::{Downgrade, Revision};

/// The state of an operation that was begun and not completed, according to the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It was done.
    Done,
    /// It was not.
    NotDone,
    /// Unknown, but it can be repeated with the same result.
    Repeatable,
    /// A part of it is there, and the next run drops that.
    Broken,
    /// Unknown; describes what was found instead.
    Unclear(String),
    /// The next run finds it out: the operations of the revision are known only while it runs.
    Later,
}

impl From<ProbeResult> for Found {
    fn from(effect: ProbeResult) -> Found {
        match effect {
            ProbeResult::There => Found::Done,
            ProbeResult::Absent => Found::NotDone,
            ProbeResult::Repeatable => Found::Repeatable,
            ProbeResult::Broken { .. } => Found::Broken,
            ProbeResult::Unclear { found } => Found::Unclear(found),
        }
    }
}

/// Probes the open operation of a partially applied revision, if the history still has it. None
/// when no operation is open, or when its state is known.
pub(crate) fn open_operation(
    session: &mut dyn Session,
    revision: Option<&'static Revision>,
    partial: &PartialRevision,
    context: &RunContext<'_>,
) -> Option<Found> {
    let open = partial.open.as_ref()?;
    let statement = match open.kind {
        OpenKind::Statement(statement) => statement,
        OpenKind::Between(_) | OpenKind::Batches(_) => return None,
        OpenKind::Opaque | OpenKind::Batch { .. } => {
            return Some(Found::Unclear("what it did cannot be probed".to_owned()));
        }
    };
    let sought = match revision {
        Some(revision) => sought(session, revision, partial.direction, open, context),
        None => Sought::Gone,
    };
    let operation = match sought {
        Sought::Is(operation) => operation,
        Sought::Later => return Some(Found::Later),
        Sought::Gone => {
            let found = "the revision has another operation in this place now".to_owned();
            return Some(Found::Unclear(found));
        }
    };
    let sql = open.statements.get(&statement).map_or("", String::as_str);
    let place = usize::try_from(statement).unwrap_or(usize::MAX);
    Some(match probe(session, &operation, place, sql) {
        Ok(effect) => effect.into(),
        Err(error) => Found::Unclear(error.to_string()),
    })
}

/// The open operation, if the revision still has it.
enum Sought {
    Is(Box<Operation>),
    /// It comes after the operations that are known without a database.
    Later,
    Gone,
}

fn sought(
    session: &mut dyn Session,
    revision: &'static Revision,
    direction: Direction,
    open: &Open,
    context: &RunContext<'_>,
) -> Sought {
    let backend = session.backend();
    let (operations, uncollected) = match (direction, revision.downgrade()) {
        (Direction::Up, _) => places_as_far_as_known(revision.upgrade(), backend, context),
        (Direction::Down, Downgrade::Function(body)) => {
            places_as_far_as_known(body, backend, context)
        }
        _ => match operations_of(revision, direction, backend, context) {
            Ok(operations) => (operations, None),
            Err(uncollected) => (Vec::new(), Some(uncollected)),
        },
    };
    let mut found = operations.into_iter();
    let Some((_, operation)) = found.find(|(place, _)| *place == open.step) else {
        let later = uncollected.is_some_and(|uncollected| uncollected.needs_database);
        return if later { Sought::Later } else { Sought::Gone };
    };
    let operation = match open.back {
        true => operation.reverse().ok(),
        false => Some(operation).filter(|operation| hash_of(operation) == open.hash),
    };
    operation.map_or(Sought::Gone, |operation| Sought::Is(Box::new(operation)))
}
