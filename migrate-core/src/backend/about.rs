//! What a database says of itself and of whoever is connected: whether it can be migrated, before anything is tried. Data only;
//! each backend asks in its own way.

/// A database as the one who is connected sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct About {
    /// Who is connected, where there are users.
    pub user: Option<String>,
    /// The server's own version.
    pub version: Option<String>,
    /// Where a table would be created: a schema, or a database.
    pub place: Option<String>,
    /// Why no table can be created; nothing when one can.
    pub refuses_tables: Option<String>,
    /// Whether the server is a copy that another one writes.
    pub is_replica: bool,
    /// Whether a pooler reassigns the server's sessions after every transaction; `None` if that is unknown.
    pub is_pooled: Option<bool>,
    /// The version table.
    pub version_table: TableAccess,
    /// The journal.
    pub journal: TableAccess,
    /// Why the lock of a run cannot be looked at; nothing when it can.
    pub hides_locks: Option<String>,
}

/// What may be done with a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TableAccess {
    /// It is there.
    pub exists: bool,
    /// It can be read.
    pub readable: bool,
    /// Rows can be written and deleted.
    pub writable: bool,
}
