//! Database migrations for diesel: the API for writing revisions, and the engine that runs them.
//!
//! A revision is a function in a file of its own, `migrations/20261121093000_add_a_phone.rs`. It
//! names its parent, and a history that is broken does not compile:
//!
//! ```standalone_crate
//! use migrate_core::prelude::*;
//!
//! /// Add a phone number
//! #[revision(id = "20261121093000", down_revision = None, reversible)]
//! fn upgrade(op: &mut Operations) -> Result<()> {
//!     op.create_table(
//!         table("users")
//!             .column(column("id", Integer).primary_key())
//!             .column(column("phone", VarChar(20)).nullable()),
//!     )?;
//!     op.create_index(index("ix_users_phone").on("users", ["phone"]))
//! }
//! # fn main() {}
//! ```
//!
//! `cargo migrate new` writes the file, `cargo migrate up` runs it. The library of the package has
//! one line for all of them: [`migrations!()`](migrations).
//!
//! # Where things are
//!
//! - [`prelude`]: all that a revision needs. [`Operations`] has the operations; [`op::table`],
//!   [`op::column`], [`op::index`] and the other functions of [`op`] describe what they create.
//! - [`with_connection!`] and [`read_connection!`]: diesel's own queries in a revision.
//! - [`Migrator`]: applies a history in an application, when it starts or in a step of its own.
//!   [`history!`] composes the histories of several crates.
//! - [`table!`]: tables with their indexes, keys and defaults, from which `cargo migrate new
//!   --autogenerate` writes revisions.
//! - [`test_migrations!`] and [`migration_test`](macro@migration_test): tests under `cargo test`.
//! - [`Error`]: what can go wrong, as types; [`journal`]: what was done to a database.
//!
//! # In an application
//!
//! ```
//! use diesel::{Connection, sqlite::SqliteConnection};
//! use migrate_core::{History, Migrator};
//!
//! # static HISTORY: History = History::new(&[]);
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut connection = SqliteConnection::establish(":memory:")?;
//! let report = Migrator::new(&HISTORY).upgrade(&mut connection, "head")?;
//! println!("{} revisions applied", report.steps.len());
//! # Ok(())
//! # }
//! ```
//!
//! Any number of processes may do that at once. The feature `sqlite`, `postgres` or `mysql` chooses
//! the database; without one there is no backend. The repository's book (`docs/`) has a tutorial,
//! and pages on branches, data migrations, models, deploying and troubleshooting.

pub mod autogenerate;
mod backend;
mod bookkeeping;
mod cancel;
mod connections;
mod databases;
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
/// `depends_on = ["…"]`, `branch_labels = ["…"]`, `transaction = false`, and what the revision may
/// lose, for `cargo migrate test`: `lossy = ["users.note: only a cache"]`, with the table or the
/// column, and the reason. The first line of the doc comment is the revision's message.
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
/// # mod billing { pub use super::accounts::migrations; }
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

/// Tests a history without a test being written: a test for each rung of the ladder, on each
/// database that `[package.metadata.migrate.test]` lists, else on SQLite.
///
/// In `tests/migrations.rs`, with `migrate-cli` among the `[dev-dependencies]`:
///
/// ```text
/// migrate_core::test_migrations!(shop::HISTORY);
/// ```
///
/// It expands to a module for each database with a function for each rung: `sqlite::stairway`,
/// `postgres::resume`. `cargo migrate test` runs the same rungs, and says what each proves.
///
/// ```toml
/// [package.metadata.migrate.test]
/// backends = ["sqlite", "postgres"]
/// postgres-url = "postgres://postgres@localhost/postgres" # or MIGRATE_TEST_POSTGRES_URL
/// ```
///
/// Scratch databases are made beside that database, and dropped; SQLite's are in memory. The URL of
/// the application's own database is refused.
///
/// # Errors
///
/// A list that names no database is a compile error. A listed database that cannot be reached is a
/// test that fails.
pub use migrate_macros::test_migrations;

/// Makes a function a test of one revision, on each database that
/// `[package.metadata.migrate.test]` lists, else on SQLite. Each has a scratch database of its own,
/// with all that comes before the revision applied.
///
/// ```text
/// use diesel::prelude::*;
/// use migrate_cli::AtRevision;
/// use migrate_core::{Result, migration_test, read_connection, with_connection};
///
/// #[migration_test("20261116140000")]
/// fn names_are_split(at: &mut AtRevision<'_>) -> Result<()> {
///     at.run(|op| op.execute("INSERT INTO members (id, name) VALUES (1, 'Ada Lovelace')"))?;
///     at.up()?;
///     let given: String = at.run(|op| {
///         read_connection!(op, |connection| members::table.select(members::given).first(connection))
///     })?;
///     assert_eq!(given, "Ada");
///     at.down()
/// }
/// ```
///
/// The history is that of the package; another one is named:
/// `#[migration_test("…", history = shop::HISTORY)]`. The test is a function in a module with the
/// name of the function: `names_are_split::sqlite`.
///
/// # Errors
///
/// An id that no revision of the package's history has is a compile error at the literal.
pub use migrate_macros::migration_test;

/// Declares a table for diesel's queries and for `cargo migrate new`, which compares it with the
/// database: diesel's `table!`, with what SQL has and diesel does not need.
///
/// ```
/// use diesel::prelude::*;
/// use migrate_core::table;
///
/// table! {
///     #[migrate(index(ix_books_title, [title, author_id], unique))]
///     #[migrate(check("pages > 0", name = ck_books_pages))]
///     books (id) {
///         #[migrate(autoincrement)]
///         id -> Integer,
///         #[max_length = 200]
///         title -> Varchar,
///         #[migrate(references(authors.id, on_delete = Cascade))]
///         author_id -> Integer,
///         #[migrate(default = 1)]
///         pages -> Integer,
///         #[migrate(ty = Decimal(8, 2))]
///         price -> Nullable<Double>,
///         #[migrate(default_sql = "CURRENT_TIMESTAMP")]
///         added_at -> Timestamp,
///     }
/// }
///
/// table! {
///     authors (id) {
///         id -> Integer,
///         name -> Text,
///     }
/// }
///
/// # fn main() {
/// let titles = books::table.filter(books::pages.gt(100)).select(books::title);
/// let sql = diesel::debug_query::<diesel::sqlite::Sqlite, _>(&titles).to_string();
/// assert!(sql.starts_with("SELECT `books`.`title` FROM `books` WHERE (`books`.`pages` > ?)"));
/// # }
/// ```
///
/// The table is *closed*: it has what is written here, and an index, a key, a check or a default
/// that is not written is not part of it. A table of `diesel::table!` is *open*: it has at least
/// what is written; see [`migrate`](macro@migrate).
///
/// # Keys
///
/// On a column: `ty`, `default`, `default_sql`, `autoincrement`, `identity`, `identity_always`,
/// `unique`, `references`, `check`, `index`, `collate`, `charset`, `comment`, `on_update_sql`,
/// `generated`, `generated_stored`, `renamed_from`. On a table: `index`, `unique`, `foreign_key`,
/// `check`, `exclude`, `primary_key`, `no_primary_key`, `comment`, `engine`, `charset`, `collate`,
/// `strict`, `without_rowid`, `unlogged`, `with`, `suffix`, `renamed_from`, `view`. They are called
/// as the builders of [`op`] are. `only(postgres, …)` around keys limits them to these databases,
/// and SQL can be written for each: `default_sql = (postgres = "now()", sqlite = "…")`.
///
/// `ty` takes a [`Type`](schema::Type) as revisions write it, or the server's words in quotes.
///
/// # Errors
///
/// A mistake in an attribute is a compile error at its token: an unknown key, keys that contradict
/// each other, a column or a table that is not there, a default that the type cannot be. Tables
/// that are referred to are looked for in the file, then in the package, then in the workspace.
/// All else is diesel's, and its errors point at the same tokens.
pub use migrate_macros::table;

/// What `table!` of diesel does not say, where the table is to stay open, and the labels of an enum
/// type. It is checked, and expands to nothing.
///
/// ```
/// mod sql_types {
///     #[migrate_core::migrate(labels("open", "done"))]
///     #[derive(diesel::sql_types::SqlType)]
///     #[diesel(postgres_type(name = "state"))]
///     pub struct State;
/// }
///
/// diesel::table! {
///     #[migrate_core::migrate(comment = "what there is to do")]
///     tasks (id) {
///         id -> Integer,
///         #[migrate_core::migrate(default = "")]
///         title -> Text,
///     }
/// }
/// # fn main() {}
/// ```
///
/// A crate that must not depend on the library writes `#[cfg_attr(false, migrate(default = ""))]`.
/// The keys are those of [`table!`](macro@table).
///
/// # Errors
///
/// A mistake that can be told from the attribute alone is a compile error; `cargo migrate` finds
/// the others.
pub use migrate_macros::migrate;

/// Marks the function that may change what `cargo migrate new --autogenerate` writes, and what
/// `cargo migrate check` compares: at the root of a library with revisions, next to
/// `migrations!()`. Each library has at most one; in a workspace they are called one after another.
///
/// ```text
/// // src/lib.rs
/// migrate_core::migrations!();
///
/// #[migrate_core::autogenerate]
/// fn keep_what_others_own(changes: &mut Changes) {
///     changes.retain(|change| change.object.name.name != "audit");
/// }
/// ```
///
/// [`Changes`](autogenerate::Changes) says what the function can do.
///
/// # Errors
///
/// A function elsewhere, or one that does not take `&mut Changes`, is a compile error.
pub use migrate_macros::autogenerate;
