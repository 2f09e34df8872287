//! What the backends' object lists share: which objects are bookkeeping, and that these come first.

use super::SchemaObject;
use crate::journal;

/// The tables of this tool and of diesel.
const BOOKKEEPING: [&str; 2] = [journal::VERSION_TABLE, journal::TABLE];

/// An object of this kind and name, with the statement that drops it.
pub(super) fn belonging(kind: &'static str, name: String, drop: String) -> SchemaObject {
    let plain = name.trim_matches('"');
    SchemaObject {
        kind,
        bookkeeping: kind == "tables" && BOOKKEEPING.contains(&plain),
        name,
        drop,
    }
}

/// The bookkeeping first: after an interrupted reset whose drops commit one by one, nothing is
/// recorded as applied.
pub(super) fn bookkeeping_first(mut all: Vec<SchemaObject>) -> Vec<SchemaObject> {
    all.sort_by_key(|belonging| !belonging.bookkeeping);
    all
}
