//! A revision of another tool, as all readers give it: its place in the history and what it does.
//! Plain data; must not know which tool it came from, nor how it is written.

use migrate_graph::Header;

/// A revision of another tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Revision {
    pub(super) header: Header,
    /// Its file, as a person names it.
    pub(super) source: String,
    pub(super) up: Work,
    pub(super) down: Work,
    /// Whether it runs in a transaction, where the database has them.
    pub(super) transaction: bool,
}

/// What a revision does in one direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Work {
    /// These statements, or the whole text of a file.
    Sql(Vec<String>),
    /// Nothing.
    Nothing,
    /// It cannot be done: there is no downgrade.
    Missing,
    /// It is not known, for this reason, and must be ported by hand.
    Unknown(String),
}

impl Work {
    /// Statements, if there are any.
    pub(super) fn of(statements: Vec<String>) -> Work {
        match statements.is_empty() {
            true => Work::Nothing,
            false => Work::Sql(statements),
        }
    }

    /// Why it must be ported by hand, if it must.
    pub(super) fn to_port(&self) -> Option<&str> {
        match self {
            Work::Unknown(why) => Some(why),
            Work::Sql(_) | Work::Nothing | Work::Missing => None,
        }
    }
}
