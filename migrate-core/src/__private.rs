//! Functions that the macros expand to calls of. Not part of the public interface: they change with
//! the macros, whose version is pinned to this crate's.

pub use crate::autogenerate::Hook;
pub use crate::error::RevisionError;
pub use crate::history::History;
pub use crate::history::check::{names, part, slots, whole};
pub use crate::revision::{Ask, Body, Downgrade, answer, function, operations};

use crate::backend::BackendKind;
use crate::revision::Revision;
use crate::sql::{Cut, statements};

/// A placeholder for a revision whose function has the wrong signature, so that the signature is
/// the only error.
pub const UNUSABLE: Revision = Revision::new(
    "",
    &[],
    "",
    "",
    0,
    Body::Operations(|_op| Ok(())),
    Downgrade::Irreversible,
);

/// The statements of a text, if it is certain where they end: for tests that also ask the
/// databases.
pub fn cut(sql: &str, backend: BackendKind) -> Option<Vec<&str>> {
    match statements(sql, backend) {
        Cut::Statements(statements) => {
            Some(statements.iter().map(|statement| statement.sql).collect())
        }
        Cut::Uncertain(_) => None,
    }
}
