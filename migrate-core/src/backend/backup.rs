//! A copy of a database that was made and checked: plain data.

use std::path::PathBuf;

/// A copy of a database, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Backup {
    /// Where it is.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// How many tables are in it.
    pub tables: usize,
    /// How many rows are in them.
    pub rows: u64,
}
