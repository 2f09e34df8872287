//! A verified copy of a database: plain data.

use std::path::PathBuf;

/// A verified copy of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Backup {
    /// Its path.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// The number of tables.
    pub tables: usize,
    /// The number of rows in all tables.
    pub rows: u64,
}
