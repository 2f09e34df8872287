//! Foreign keys around a rebuild: whether a table is referenced, and which rows violate a key.

use std::collections::BTreeMap;

use diesel::sql_types::{BigInt, Text};
use diesel::sqlite::SqliteConnection;
use diesel::{QueryResult, QueryableByName, RunQueryDsl, sql_query};

use super::{quoted_text, schema_of};
use crate::error::OperationError;
use crate::schema::ObjectName;

/// How many rows of a table violate a foreign key; an error if SQLite cannot say, because a key
/// references columns that are not unique.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Violations(Result<BTreeMap<(String, String), i64>, String>);

/// The rows that violate a foreign key now.
pub(in super::super) fn violations(connection: &mut SqliteConnection) -> Violations {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        child: String,
        #[diesel(sql_type = Text)]
        parent: String,
        #[diesel(sql_type = BigInt)]
        rows: i64,
    }
    let rows: QueryResult<Vec<Row>> = sql_query(
        "SELECT \"table\" AS child, parent, count(*) AS rows FROM pragma_foreign_key_check \
         GROUP BY \"table\", parent",
    )
    .load(connection);
    Violations(match rows {
        Ok(rows) => Ok(rows
            .into_iter()
            .map(|row| ((row.child, row.parent), row.rows))
            .collect()),
        Err(error) => Err(error.to_string()),
    })
}

impl Violations {
    /// Refuses violations that did not exist before.
    pub(in super::super) fn refuse_more(&self, now: &Violations) -> Result<(), OperationError> {
        match (&self.0, &now.0) {
            (Ok(_), Err(message)) => Err(OperationError::BrokenKeys {
                message: message.clone(),
            }),
            (Ok(before), Ok(now)) => {
                let more = now
                    .iter()
                    .find(|(key, rows)| before.get(*key).is_none_or(|before| before < *rows));
                match more {
                    Some(((child, parent), rows)) => Err(OperationError::BrokenKeys {
                        message: format!(
                            "{rows} {} of `{child}` would point at no row of `{parent}`",
                            if *rows == 1 { "row" } else { "rows" }
                        ),
                    }),
                    None => Ok(()),
                }
            }
            // it was unknown before
            (Err(_), _) => Ok(()),
        }
    }
}

/// A condition for the text of `child`, that it can have a foreign key to a table: the keys of all
/// tables need not be looked at.
pub(in super::super) fn may_refer(table: &str) -> String {
    let refers = "instr(lower(child.sql), 'references') > 0";
    let is_plain = |sign: char| sign.is_ascii_alphanumeric() || sign == '_';
    match table.chars().all(is_plain) {
        true => format!(
            "{refers} AND instr(lower(child.sql), '{}') > 0",
            table.to_ascii_lowercase()
        ),
        // it may be written in several ways
        false => refers.to_owned(),
    }
}

/// Whether any foreign key references a table, its own included.
pub(in super::super) fn is_referred_to(
    connection: &mut SqliteConnection,
    table: &ObjectName,
) -> QueryResult<bool> {
    let schema = schema_of(table);
    let bare = quoted_text(table.schema.as_deref().unwrap_or("main"));
    let found = super::texts(
        connection,
        &format!(
            "SELECT child.name AS text FROM {schema}.sqlite_master AS child \
             JOIN pragma_foreign_key_list(child.name, {bare}) AS key \
             WHERE child.type = 'table' AND {} AND key.\"table\" = {} COLLATE NOCASE LIMIT 1",
            may_refer(&table.name),
            quoted_text(&table.name)
        ),
    )?;
    Ok(!found.is_empty())
}
