//! How a server makes scratch databases: data, which the module `scratch` uses. It must not know
//! how any server spells it.

/// The prefix of the name of every scratch database.
pub(crate) const SCRATCH_PREFIX: &str = "__migrate_scratch_";

/// The queries and statements about one scratch database, sent over a connection to another
/// database of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScratchQueries {
    /// A query that takes the lock of the scratch database for the session: the sign that its
    /// process lives.
    pub(crate) lock: String,
    /// A query whose row is the statement that creates it, with the character set, collation or
    /// locale of the current database.
    pub(crate) create: String,
    /// A query whose rows are statements to be run in the new database, so that an unqualified name
    /// means the same schema as in the current one.
    pub(crate) prepare: Option<String>,
    /// The statement that marks it as kept, for a session on another database.
    pub(crate) keep: String,
    /// A query for the names of the scratch databases whose lock is free, and that are not kept.
    pub(crate) left: String,
    /// What a user needs to create one, as the statement that grants it, up to the user's name.
    pub(crate) grant: (&'static str, &'static str),
}
