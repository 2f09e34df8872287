//! Whether a statement took effect that was sent by a run which was interrupted. Recovery finds it out; execution decides what is left
//! to do.

/// Whether a statement took effect, as far as the catalogue shows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ProbeResult {
    /// It is there: the statement was carried out.
    There,
    /// It is not there: the statement can be run.
    Absent,
    /// That cannot be told, and need not be: the statement leaves the same when it is run again.
    Repeatable,
    /// The catalogue cannot tell, or has something else in its place.
    Unclear {
        /// What was found, for people: one line.
        found: String,
    },
    /// A piece of it is there, and of no use: it is to be taken away before the statement is run
    /// again.
    Broken {
        /// The statements that take it away, to be sent one by one, outside a transaction.
        undo: Vec<String>,
    },
}
