//! The SQL of the version table, which is diesel's own: one row for each applied revision. The
//! migrator decides which rows are written.

pub(crate) use diesel::migration::CREATE_MIGRATIONS_TABLE;

use crate::backend::Backend;
use crate::dialect::Unsupported;
use crate::journal::VERSION_TABLE;
use crate::schema::Value;

/// The statement that creates the table if it does not exist.
pub(crate) fn create_sql(backend: &dyn Backend, table: &str) -> String {
    let create = CREATE_MIGRATIONS_TABLE.replacen(VERSION_TABLE, table, 1);
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

/// The statement that deletes a revision's record.
pub(crate) fn unrecord_sql(
    backend: &dyn Backend,
    table: &str,
    id: &str,
) -> Result<String, Unsupported> {
    let version = backend.literal(&Value::Text(id.to_owned()))?;
    Ok(format!("DELETE FROM {table} WHERE version = {version}"))
}
