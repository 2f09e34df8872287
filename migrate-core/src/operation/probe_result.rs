//! Whether a statement of an interrupted run took effect. Recovery finds it out; execution decides
//! what is left to do.

/// Whether a statement took effect, as far as the catalogue shows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ProbeResult {
    /// Its effect is there: the statement was run.
    There,
    /// Its effect is not there: the statement can be run.
    Absent,
    /// Unknown, but the statement can be repeated with the same result.
    Repeatable,
    /// The catalogue does not show it, or has something else of this name.
    Unclear {
        /// What was found, for people: one line.
        found: String,
    },
    /// A useless part of it is there, which must be dropped before the statement is run again.
    Broken {
        /// The statements that drop it, which are sent one by one, outside a transaction.
        undo: Vec<String>,
    },
}
