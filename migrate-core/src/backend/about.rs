//! What a database reports about itself and the connected user: whether it can be migrated, before
//! anything is tried. Data only; each backend has its own queries.

/// A database as the connected user sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct About {
    /// The connected user, if the database has users.
    pub user: Option<String>,
    /// The server version.
    pub version: Option<String>,
    /// The schema or database in which a table would be created.
    pub place: Option<String>,
    /// Why no table can be created; `None` if one can.
    pub refuses_tables: Option<String>,
    /// Whether the server is a read-only replica.
    pub is_replica: bool,
    /// Whether a pooler reassigns the server's sessions after every transaction; `None` if that is
    /// unknown.
    pub is_pooled: Option<bool>,
    /// The version table.
    pub version_table: TableAccess,
    /// The journal.
    pub journal: TableAccess,
    /// Why the migration lock cannot be inspected; `None` if it can.
    pub hides_locks: Option<String>,
}

/// The user's rights on a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TableAccess {
    /// It exists.
    pub exists: bool,
    /// The user may read it.
    pub readable: bool,
    /// The user may insert and delete rows.
    pub writable: bool,
}
