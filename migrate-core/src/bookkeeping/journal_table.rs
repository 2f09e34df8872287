//! The SQL that creates and writes the journal table. Differences between databases come from their
//! rules; the session sends the SQL.

use crate::backend::Backend;
use crate::dialect::Unsupported;
use crate::journal::{Author, COLUMNS, Row};

/// The statement that creates the table if it does not exist.
pub(crate) fn create_sql(backend: &dyn Backend, table: &str) -> String {
    let types = backend.journal_types();
    let (key, text, options) = (types.key, types.text, types.options);
    format!(
        "CREATE TABLE IF NOT EXISTS {table} (\n  \
         id {key},\n  \
         run VARCHAR(64) NOT NULL,\n  \
         at VARCHAR(32) NOT NULL,\n  \
         actor {text} NOT NULL,\n  \
         tool VARCHAR(32) NOT NULL,\n  \
         revision VARCHAR(64) NOT NULL,\n  \
         direction VARCHAR(8) NOT NULL,\n  \
         event VARCHAR(16) NOT NULL,\n  \
         step BIGINT,\n  \
         statement BIGINT,\n  \
         hash VARCHAR(32),\n  \
         operation {text},\n  \
         query {text},\n  \
         micros BIGINT,\n  \
         checksum VARCHAR(64),\n  \
         from_version {text} NOT NULL,\n  \
         detail {text}\n\
         ){options}"
    )
}

/// The statement that adds rows; none when there are no rows.
pub(crate) fn insert_sql(
    backend: &dyn Backend,
    table: &str,
    author: &Author,
    rows: Vec<Row>,
) -> Result<Option<String>, Unsupported> {
    if rows.is_empty() {
        return Ok(None);
    }
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        let and_micros = row.and_micros.clone();
        let values = row.values(author);
        let mut written: Vec<String> = values
            .iter()
            .map(|value| backend.literal(value))
            .collect::<Result<_, _>>()?;
        if let Some(more) = and_micros {
            let micros = COLUMNS.split(", ").position(|column| column == "micros");
            if let Some(value) = micros.and_then(|at| written.get_mut(at)) {
                value.push_str(" + ");
                value.push_str(&more);
            }
        }
        lines.push(format!("({})", written.join(", ")));
    }
    let rows = lines.join(",\n  ");
    Ok(Some(format!(
        "INSERT INTO {table} ({COLUMNS}) VALUES\n  {rows}"
    )))
}
