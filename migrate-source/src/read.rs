//! Reads the text of one file below the folder of the revisions, or reports why it cannot. It must
//! not know what the files contain.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Something in the folder that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderProblem {
    /// Which file or folder, relative to the package.
    pub path: PathBuf,
    /// Why not.
    pub kind: FolderProblemKind,
}

/// Why something in the folder could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FolderProblemKind {
    /// The folder of the revisions is not there.
    Missing,
    /// The operating system refused.
    Unreadable(String),
    /// Not text, from this line on.
    NotUtf8 {
        /// The line, from 1.
        line: usize,
    },
    /// An SQL folder without `up.sql`.
    NoUpSql,
    /// A file of an SQL folder whose name is nearly the one that is read.
    MisnamedSql {
        /// The name that is read.
        name: &'static str,
    },
    /// An SQL file that is not in an SQL folder.
    LooseSql,
    /// An SQL folder below another folder, where diesel does not look.
    NestedSql {
        /// The folder in between.
        within: PathBuf,
    },
    /// A Rust file in an SQL folder.
    RustInSql,
}

/// The text of a file.
pub(super) fn read_text(path: &Path) -> Result<String, FolderProblemKind> {
    let unreadable = |error: io::Error| FolderProblemKind::Unreadable(error.to_string());
    if !fs::metadata(path).map_err(unreadable)?.is_file() {
        // reading a pipe would block until another process writes to it
        return Err(FolderProblemKind::Unreadable(
            "not a regular file".to_owned(),
        ));
    }
    let bytes = fs::read(path).map_err(unreadable)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let readable = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let newlines = readable.iter().filter(|byte| **byte == b'\n').count();
        FolderProblemKind::NotUtf8 { line: newlines + 1 }
    })?;
    // an editor's mark for UTF-8 is no part of the text, to the compiler and the servers' clients
    // neither
    Ok(match text.strip_prefix('\u{feff}') {
        Some(text) => text.to_owned(),
        None => text,
    })
}
