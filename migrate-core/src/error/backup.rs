//! Why a database was not backed up. A copy that failed is removed.

use std::io;
use std::path::PathBuf;

use crate::dialect::BackendKind;

/// Why a database was not backed up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// A server's database is dumped by the server's own program.
    #[error("{} cannot be backed up from here: use its own dump program", backend.name())]
    Server {
        /// What it is.
        backend: BackendKind,
    },
    /// There is no file to copy.
    #[error("a database in memory cannot be backed up")]
    InMemory,
    /// A transaction is open.
    #[error("a backup cannot be part of a transaction")]
    InTransaction,
    /// The copy would overwrite a file.
    #[error("`{}` already exists, and a backup does not overwrite files", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The copy cannot be written.
    #[error("cannot write `{}`: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The copy fails SQLite's integrity check.
    #[error("the backup is damaged: {found}")]
    Damaged {
        /// What SQLite's own check found.
        found: String,
    },
    /// The copy has another number of rows.
    #[error("the backup has {copied} rows of `{table}`, but the database has {rows}")]
    Differs {
        /// The table.
        table: String,
        /// How many rows there are.
        rows: i64,
        /// How many there are in the copy.
        copied: i64,
    },
    /// The database failed.
    #[error("cannot back up: {0}")]
    Database(#[from] diesel::result::Error),
    /// The file cannot be opened a second time.
    #[error("cannot back up: {0}")]
    Connection(#[from] diesel::ConnectionError),
}
