//! What the macros expand to calls of. Not part of the public interface: it changes with the
//! macros, whose version is pinned to this crate's.

pub use crate::history::History;
pub use crate::revision::{Downgrade, Revision, function};

#[cfg(feature = "sqlite")]
pub use diesel::sqlite::SqliteConnection;
