//! Recovery from an interrupted run: whether the last statement that it sent took effect. It reads
//! the catalogue with the queries of a backend, and must not know which database that is, nor how a
//! run is planned.

mod compare;
mod concurrent_index;
mod downgrade_partial;
mod objects;
mod probe;
mod raw_sql;
mod resolve;
mod status;
mod table;

pub(crate) use downgrade_partial::{downgrade_partial, pending_reversal};
pub use probe::probe;
pub use resolve::Decision;
pub(crate) use resolve::decided;
pub use status::Found;
pub(crate) use status::open_operation;
