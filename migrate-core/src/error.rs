//! What can go wrong, as data: facts and whose fault it is. Words beyond the first line, places and
//! exit codes are added at the edge.

mod connect;
mod lock;
mod operation;

pub use connect::ConnectError;
pub use lock::LockError;
pub use operation::{OperationError, RevisionError, Unsupported};

/// What a revision's body returns; with one argument, what any function of a body may return.
pub type Result<T = (), E = RevisionError> = std::result::Result<T, E>;
