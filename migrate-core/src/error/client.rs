//! What an SQL file holds that cannot be carried out where the revision runs.

/// A part of an SQL file that cannot be carried out where the revision runs. Nothing was run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[error("revision `{revision}` cannot be run: {what} (`{file}:{line}`)")]
pub struct NotRunnable {
    /// The revision.
    pub revision: String,
    /// The SQL file.
    pub file: String,
    /// The line that it stands in, from 1.
    pub line: u32,
    /// What it is.
    pub what: String,
    /// What to write instead.
    pub help: &'static str,
}
