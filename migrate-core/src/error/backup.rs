//! Why a database was not backed up. Nothing of a copy that failed is left.

use std::io;
use std::path::PathBuf;

use crate::dialect::BackendKind;

/// Why a database was not backed up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// A server's database is dumped by the server's own program.
    #[error("{} is not backed up from here: its own program does that", backend.name())]
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
    /// The copy would take the place of a file.
    #[error("`{}` exists already, and a backup takes no file's place", path.display())]
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
    /// The copy cannot be read back as a sound database.
    #[error("the backup is not sound: {found}")]
    Damaged {
        /// What SQLite's own check found.
        found: String,
    },
    /// The copy does not hold as many rows.
    #[error("the backup has {copied} rows of `{table}`, and the database {rows}")]
    Differs {
        /// The table.
        table: String,
        /// How many rows there are.
        rows: i64,
        /// How many there are in the copy.
        copied: i64,
    },
    /// The database said no.
    #[error("cannot back up: {0}")]
    Database(#[from] diesel::result::Error),
    /// The file cannot be opened once more.
    #[error("cannot back up: {0}")]
    Connection(#[from] diesel::ConnectionError),
}
