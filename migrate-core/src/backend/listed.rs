//! What the backends' lists of belongings have in common: what is bookkeeping, and that it comes first.

use super::SchemaObject;
use crate::journal;

/// The tables that this tool and diesel's keep.
const BOOKKEEPING: [&str; 2] = [journal::VERSION_TABLE, journal::TABLE];

/// Something of this kind and name, with the statement that drops it.
pub(super) fn belonging(kind: &'static str, name: String, drop: String) -> SchemaObject {
    let plain = name.trim_matches('"');
    SchemaObject {
        kind,
        bookkeeping: kind == "tables" && BOOKKEEPING.contains(&plain),
        name,
        drop,
    }
}

/// The bookkeeping first: were a reset cut off where each drop is final, nothing would still be recorded as applied.
pub(super) fn bookkeeping_first(mut all: Vec<SchemaObject>) -> Vec<SchemaObject> {
    all.sort_by_key(|belonging| !belonging.bookkeeping);
    all
}
