//! Database migrations for diesel: what revisions are written with, and what runs them.

pub mod applied;
pub mod backend;
pub mod diesel_source;
pub mod error;
pub mod history;
pub mod migrator;
pub mod op;
pub mod operation;
pub mod prelude;
pub mod revision;
pub mod schema;

#[cfg(feature = "cli")]
pub mod cli;

#[doc(hidden)]
pub mod __private;

pub use error::{Error, ErrorKind, Result, RevisionError};
pub use history::History;
pub use migrator::{Migrator, Report, Status};
pub use op::Operations;
pub use revision::Revision;
