//! Database migrations for diesel: what revisions are written with, and what runs them.

pub mod backend;
pub mod error;
pub mod history;
pub mod op;
pub mod operation;
pub mod prelude;
pub mod revision;
pub mod schema;

#[cfg(feature = "cli")]
pub mod cli;

#[doc(hidden)]
pub mod __private;

pub use error::{Result, RevisionError};
pub use history::History;
pub use op::Operations;
pub use revision::Revision;
