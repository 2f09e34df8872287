//! What only shows on the live connection: here, what may not run inside a transaction.

use super::unsupported;
use crate::error::OperationError;
use crate::operation::Operation;

/// Refuses what the server would refuse half way, or with a message that does not say what to do.
pub(super) fn check(operation: &Operation, in_transaction: bool) -> Result<(), OperationError> {
    let concurrently = matches!(
        operation,
        Operation::CreateIndex {
            concurrently: true,
            ..
        } | Operation::DropIndex {
            concurrently: true,
            ..
        }
    );
    match concurrently && in_transaction {
        true => Err(unsupported(
            format!("{operation} concurrently inside a transaction"),
            "give the revision `transaction = false`, and let it do nothing else",
        )
        .into()),
        false => Ok(()),
    }
}
