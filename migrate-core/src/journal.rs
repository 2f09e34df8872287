//! The journal: the log of what was done to a database, by which a run resumes. Rows are data here,
//! and so is the state that follows from them; the migrator decides who writes which row when. It
//! knows no backend by name.

mod author;
mod block;
mod entry;
mod hash;
mod partial;
mod run;
mod table;

pub use entry::{Entry, Event};
pub use partial::{Finished, Open, OpenKind, PartialRevision};
pub use run::{Outcome, Run};
pub use table::{AppliedRow, Which};

pub(crate) use author::Author;
#[doc(hidden)]
pub use author::{utc, utc_id};
pub(crate) use block::{ANYTHING, BlockHash, BlockText, hash_of_block};
pub(crate) use hash::{of_operation as hash_of, of_text as hash_of_text};
#[doc(hidden)]
pub use table::VERSION_TABLE;
#[allow(unused_imports, reason = "only backends read, and there may be none")]
pub(crate) use table::{COLUMNS, Row, Stored, TABLE, Versions, records_sql, select_sql};

/// The decisions of a person about a statement, as the journal has them.
pub(crate) const DONE: &str = "done";
pub(crate) const NOT_DONE: &str = "not done";
