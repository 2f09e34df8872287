//! Database migrations for diesel: the API for writing revisions, and the engine that runs them.

mod backend;
mod bookkeeping;
mod cancel;
mod connections;
mod dialect;
mod diesel_source;
mod diff;
pub mod error;
mod execute;
mod history;
pub mod journal;
pub mod migrator;
pub mod op;
pub mod operation;
mod outcome;
pub mod prelude;
mod recovery;
mod render;
pub mod revision;
pub mod schema;
mod scratch;
mod script;
mod sql;
mod url;

#[cfg(any(doc, doctest))]
pub mod applications;

mod redact;

#[doc(hidden)]
pub mod __private;
#[doc(hidden)]
pub mod engine;

pub use backend::{BackendKind, MigrateConnection};
pub use cancel::CancelToken;
pub use diesel_source::{DieselBackend, OrderError};
pub use error::{Error, ErrorKind, Result, RevisionError};
pub use history::History;
pub use migrate_graph::Checksum;
pub use migrator::{Migrator, Report, Status, Transactions};
pub use op::Operations;
pub use revision::Revision;

/// Makes a function a revision.
///
/// ```standalone_crate
/// use migrate_core::prelude::*;
///
/// /// Add a phone number to users.
/// #[revision(
///     id = "20261121093000",
///     down_revision = "20261118170210", // `None` for a base, `["a", "b"]` for a merge
///     downgrade = downgrade,            // or `reversible`, `irreversible`, `"nothing"`
/// )]
/// fn upgrade(op: &mut Operations) -> Result<()> {
///     op.add_column("users", column("phone", VarChar(20)).nullable())?;
///     op.create_index(index("ix_users_phone").on("users", ["phone"]))
/// }
///
/// fn downgrade(op: &mut Operations) -> Result<()> {
///     op.drop_index("ix_users_phone").on("users")?;
///     op.drop_column("users", "phone")
/// }
/// ```
///
/// `id`, `down_revision` and one of `downgrade = function`, `reversible`, `irreversible` and
/// `downgrade = "nothing"` (there is nothing to revert) are compulsory. Further keys are
/// `depends_on = ["…"]`, `branch_labels = ["…"]` and `transaction = false`. The first line of the
/// doc comment is the revision's message.
///
/// The function takes [`&mut Operations`](Operations) or one diesel connection, such as
/// `&mut SqliteConnection`, and returns `Result<(), E>` for any `E` that converts into
/// `Box<dyn Error + Send + Sync>`: see [`RevisionFunction`](revision::RevisionFunction).
///
/// # Errors
///
/// A mistake in the revision, or in its place in the history, is a compile error at the literal
/// that is wrong. The other revisions are those in the package's `migrations` folder, and those of
/// the other packages of the workspace.
pub use migrate_macros::revision;

/// Declares the revisions of a crate, once, at the top of `src/lib.rs`: `pub mod migrations`
/// with a module for each file below the folder `migrations`, and `pub static HISTORY`, a
/// [`History`].
///
/// ```text
/// migrate_core::migrations!();
/// ```
///
/// Configure another folder in `Cargo.toml`, where the command line finds it too:
///
/// ```toml
/// [package.metadata.migrate]
/// directory = "db/revisions"
/// ```
///
/// `cargo migrate` notices a new file in the folder; for `cargo build` by itself, a `build.rs` with
/// `cargo::rerun-if-changed=migrations` does the same.
///
/// # Errors
///
/// A file that cannot be read is a compile error here. So is compiled data that is not a sound
/// history, which is checked once more.
pub use migrate_macros::migrations;

/// The revisions of several crates as one [`History`], for embedding in an application.
///
/// ```
/// # mod accounts { pub mod migrations { pub const __REVISIONS: &[&migrate_core::Revision] = &[]; } }
/// # mod billing { pub use crate::accounts::migrations; }
/// use migrate_core::{History, history};
///
/// static HISTORY: History = history![accounts::migrations, billing::migrations];
/// # fn main() { assert!(HISTORY.is_empty()); }
/// ```
///
/// # Errors
///
/// Revisions that do not form a sound history are a compile error: two with one id, a link to a
/// revision that is in none of the crates, a cycle.
pub use migrate_macros::history;
