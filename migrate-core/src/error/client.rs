//! What an SQL file has that the server cannot run.

/// A part of an SQL file that the server cannot run. Nothing was run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[error("revision `{revision}` cannot be run: {what} (`{file}:{line}`)")]
pub struct NotRunnable {
    /// The revision.
    pub revision: String,
    /// The SQL file.
    pub file: String,
    /// Its line, from 1.
    pub line: u32,
    /// What it is.
    pub what: String,
    /// What to write instead.
    pub help: &'static str,
}
