//! How changes of a schema are put together for a database: data that comparison reads, so that it
//! names no database.

/// Facts about a database's schema changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiffRules {
    /// Tables and columns are the same if their names differ in case only.
    pub names_ignore_case: bool,
    /// A foreign key may reference a table that is created later, so that keys are created with
    /// their tables, also in a cycle.
    pub keys_before_tables: bool,
    /// A unique constraint and a unique index are one thing.
    pub unique_is_index: bool,
    /// A foreign key needs an index that begins with its columns, and creates one if there is none.
    pub keys_need_indexes: bool,
    /// A foreign key must be dropped before the types of its columns change.
    pub keys_pin_types: bool,
    /// A change of a column is refused while a view, an index expression, a partial index or a
    /// check uses it.
    pub users_pin_columns: bool,
    /// A change of a generated column's expression is possible without dropping the column.
    pub alters_generated: bool,
    /// Views, triggers, checks and expressions follow when a table or a column that they use is
    /// renamed.
    pub renames_follow: bool,
    /// A numbered column must be the first of a key at all times.
    pub numbers_need_key: bool,
    /// A collation begins with the name of its character set, so that a change of it may convert
    /// texts.
    pub collations_name_charsets: bool,
    /// A value that is none of its column's type is kept as it is, unless the table is strict.
    pub keeps_values: bool,
    /// Text that a person wrote is kept as written, so that texts decide what is equal; otherwise
    /// the server may spell one expression in two ways.
    pub keeps_text: bool,
}
