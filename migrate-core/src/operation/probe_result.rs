//! Whether a statement took effect that was sent by a run which was interrupted. Recovery finds it out; execution decides what is left
//! to do.

/// Whether a statement took effect, as far as the catalogue shows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ProbeResult {
    /// Its effect is there: the statement was run.
    There,
    /// Its effect is not there: the statement can be run.
    Absent,
    /// Unknown, and it does not matter: the statement leaves the same when it is run again.
    Repeatable,
    /// The catalogue cannot tell, or has something else in its place.
    Unclear {
        /// What was found, for people: one line.
        found: String,
    },
    /// A piece of it is there, and of no use: it must be dropped before the statement is run again.
    Broken {
        /// The statements that drop it, to be sent one by one, outside a transaction.
        undo: Vec<String>,
    },
}
