//! A help desk: customers and their tickets. Its migrations began as diesel's SQL folders, and go
//! on in Rust.

pub mod schema;

migrate_core::migrations!();

/// A connection to the database that the features choose.
#[cfg(feature = "postgres")]
pub type Database = diesel::PgConnection;

/// A connection to the database that the features choose.
#[cfg(not(feature = "postgres"))]
pub type Database = diesel::SqliteConnection;

/// Where the database is: `DATABASE_URL`, or a file beside the manifest.
pub fn database_url() -> String {
    std::env::var("DATABASE_URL").unwrap_or_else(|_| "tickets.db".to_owned())
}
