//! Database migrations for diesel: what revisions are written with, and what runs them.

pub mod error;
pub mod history;
pub mod op;
pub mod revision;

#[cfg(feature = "cli")]
pub mod cli;

#[doc(hidden)]
pub mod __private;

pub use error::RevisionError;
pub use history::History;
pub use op::Operations;
pub use revision::Revision;
