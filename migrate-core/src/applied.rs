//! The version table: diesel's own, one row for each applied revision. What is in it is data here; how
//! rows are read is each backend's business, and which rows are written is the migrator's.

pub(crate) use diesel::migration::CREATE_MIGRATIONS_TABLE;

use crate::backend::Backend;
use crate::error::Unsupported;
use crate::schema::Value;

/// The table's name, as diesel's own tools have it.
pub(crate) const TABLE: &str = "__diesel_schema_migrations";

/// A row of the version table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedRow {
    /// The revision's id.
    pub version: String,
    /// When it was applied, by the server's clock, as the server writes it.
    pub run_on: String,
}

/// The statement that creates the table, unless it is there.
pub(crate) fn create_sql(backend: &dyn Backend, table: &str) -> String {
    let create = CREATE_MIGRATIONS_TABLE.replacen(TABLE, table, 1);
    let create = create.trim_end().trim_end_matches(';');
    format!("{create}{}", backend.journal_types().engine)
}

/// The statement that records a revision as applied.
pub(crate) fn record_sql(
    backend: &dyn Backend,
    table: &str,
    id: &str,
) -> Result<String, Unsupported> {
    let version = backend.literal(&Value::Text(id.to_owned()))?;
    Ok(format!("INSERT INTO {table} (version) VALUES ({version})"))
}

/// The statement that takes a revision's record away.
pub(crate) fn unrecord_sql(
    backend: &dyn Backend,
    table: &str,
    id: &str,
) -> Result<String, Unsupported> {
    let version = backend.literal(&Value::Text(id.to_owned()))?;
    Ok(format!("DELETE FROM {table} WHERE version = {version}"))
}
