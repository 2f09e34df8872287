//! Checks that depend on where an operation runs: here, what cannot run in a transaction.

use super::unsupported;
use crate::error::Unsupported;
use crate::operation::Operation;

/// Refuses what the server would refuse without saying what to do.
pub(super) fn inside_transaction(operation: &Operation) -> Result<(), Unsupported> {
    match operation {
        Operation::CreateIndex {
            concurrently: true, ..
        }
        | Operation::DropIndex {
            concurrently: true, ..
        } => Err(unsupported(
            format!("{operation} concurrently inside a transaction"),
            "give the revision `transaction = false`, and let it do nothing else",
        )),
        _ => Ok(()),
    }
}
