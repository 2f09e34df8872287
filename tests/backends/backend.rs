//! What the suite needs to know of a database: how to get an empty one, and what its catalogue says.

use std::collections::BTreeSet;

use migrate_core::backend::Session;

/// A kind of database under test.
pub(crate) trait TestBackend {
    /// Where one database is, for as long as it is needed.
    type Place;

    /// An empty database.
    fn place() -> Self::Place;

    /// Another connection to the same database, opened as the command line opens it.
    fn session(place: &Self::Place) -> Box<dyn Session>;

    /// All that the catalogue says, a fact a line: tables, columns, keys, checks and indexes; without
    /// the version table.
    fn catalogue(session: &mut dyn Session) -> BTreeSet<String>;

    /// The values of a query's only column, as text.
    fn values(session: &mut dyn Session, query: &str) -> Vec<String>;
}

/// What changed between two catalogues: `- fact` for each that went, `+ fact` for each that came.
pub(crate) fn difference(before: &BTreeSet<String>, after: &BTreeSet<String>) -> Vec<String> {
    let gone = before.difference(after).map(|fact| format!("- {fact}"));
    let new = after.difference(before).map(|fact| format!("+ {fact}"));
    gone.chain(new).collect()
}
