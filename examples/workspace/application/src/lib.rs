//! The shop: one history out of those of three crates, and what the program does with it when it
//! starts.

use migrate_core::{History, Migrator, history};

/// The history of the whole workspace, proven when this crate is compiled.
pub static HISTORY: History = history![
    accounts::migrations,
    billing::migrations,
    notifications::migrations,
];

/// A connection to the database that the features choose.
#[cfg(feature = "postgres")]
pub type Database = diesel::PgConnection;

/// A connection to the database that the features choose.
#[cfg(not(feature = "postgres"))]
pub type Database = diesel::SqliteConnection;

/// Brings the database to the head, whoever else is at it, and gives the number of revisions that
/// this took.
///
/// # Errors
///
/// Fails when a revision fails, or another process holds the lock for too long.
pub fn migrate(database: &mut Database) -> Result<usize, migrate_core::Error> {
    let report = Migrator::new(&HISTORY).upgrade(database, "head")?;
    Ok(report.steps.len())
}

/// Makes sure that the database is at the head: nothing pending, nothing unknown, nothing
/// unfinished. Changes nothing.
///
/// # Errors
///
/// Fails with [`NotAtHead`](migrate_core::Error::NotAtHead) when it is not, and when the database
/// cannot be asked.
pub fn require_head(database: &mut Database) -> Result<(), migrate_core::Error> {
    Migrator::new(&HISTORY).require_head(database)?;
    Ok(())
}
