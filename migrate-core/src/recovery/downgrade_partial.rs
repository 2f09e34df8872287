//! How a partially applied revision is reverted: the reverses of its operations, the last one
//! first. Only plans; the executor runs them. It asks no database.

use migrate_graph::Direction;

use crate::backend::Backend;
use crate::error::{CannotRevert, Error};
use crate::execute::{Reversal, RevertStep, RunContext, operations_of};
use crate::journal::{PartialRevision, hash_of};
use crate::operation::{Operation, goes_along};
use crate::revision::Revision;

/// The reverse of an operation that was being reverted when the run was interrupted; none where
/// there was no such operation.
///
/// # Errors
///
/// When the revision no longer has a reverse for it.
pub(crate) fn pending_reversal(
    revision: &'static Revision,
    partial: &PartialRevision,
    backend: &'static dyn Backend,
    context: &RunContext<'_>,
) -> Result<Option<Reversal>, Error> {
    let Some(open) = partial.open.as_ref().filter(|open| open.back) else {
        return Ok(None);
    };
    let refuse = |why: String| cannot_revert(partial, vec![why]);
    let operations = operations_of(revision, partial.direction, backend, context)
        .map_err(|uncollected| refuse(uncollected.reason))?;
    let found = operations
        .into_iter()
        .find(|(place, _)| *place == open.step);
    let reverse = match found {
        Some((_, operation)) => operation.reverse().map_err(|why| refuse(why.to_string()))?,
        None => return Err(refuse(format!("it has no operation {} now", open.step + 1))),
    };
    Ok(Some(Reversal {
        step: open.step,
        reverse,
    }))
}

/// The reverses of the operations that were done or begun, the last one first.
///
/// # Errors
///
/// All operations that cannot be reverted.
pub(crate) fn downgrade_partial(
    revision: &'static Revision,
    partial: &PartialRevision,
    backend: &'static dyn Backend,
    context: &RunContext<'_>,
) -> Result<Vec<RevertStep>, Error> {
    let operations = operations_of(revision, partial.direction, backend, context)
        .map_err(|uncollected| cannot_revert(partial, vec![uncollected.reason]))?;
    let mut back = Vec::new();
    let mut reasons = Vec::new();
    let begun = partial.open.iter().map(|open| {
        let hash = (!open.back).then_some(&open.hash);
        (open.step, hash, &open.operation, !open.back)
    });
    let finished = partial.finished.iter();
    let finished = finished
        .filter(|finished| {
            partial
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
                reasons.push(format!("{name}: its reverse is unknown"));
                continue;
            }
        };
        if partial.direction == Direction::Down && loses_rows(&operation) {
            reasons.push(format!("{name}: its data is lost"));
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
        false => Err(cannot_revert(partial, reasons)),
    }
}

/// Whether values are lost that the reverse does not restore.
fn loses_rows(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::DropTable { .. } | Operation::DropColumn { .. }
    )
}

fn cannot_revert(partial: &PartialRevision, reasons: Vec<String>) -> Error {
    Error::CannotRevert(Box::new(CannotRevert {
        revision: partial.revision.clone(),
        direction: partial.direction,
        reasons,
    }))
}
