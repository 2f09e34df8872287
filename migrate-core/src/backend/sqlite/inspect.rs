//! What only the catalogue knows: here, what keeps a column from being dropped.

use diesel::sql_types::Text;
use diesel::sqlite::SqliteConnection;
use diesel::{QueryResult, QueryableByName, RunQueryDsl, sql_query};

use super::quote::literal;
use super::unsupported;
use crate::error::{OperationError, Unsupported};
use crate::operation::Operation;
use crate::schema::ObjectName;

/// Refuses what SQLite would refuse half way, or with a message that does not say what to do.
pub(super) fn check(
    connection: &mut SqliteConnection,
    operation: &Operation,
) -> Result<(), OperationError> {
    match operation {
        Operation::DropColumn { table, name, .. } => {
            match users(connection, table, name)
                .map_err(OperationError::Catalogue)?
                .first()
            {
                Some(user) => Err(in_use(table, name, user).into()),
                None => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

/// An index that a column is part of.
#[derive(QueryableByName)]
struct User {
    #[diesel(sql_type = Text)]
    name: String,
    /// `c` for an index of its own, `u` for a unique constraint's, `pk` for the primary key's.
    #[diesel(sql_type = Text)]
    origin: String,
}

/// The keys and indexes that a column is part of; the primary key first.
fn users(
    connection: &mut SqliteConnection,
    table: &ObjectName,
    column: &str,
) -> QueryResult<Vec<User>> {
    let (Ok(table_text), Ok(column)) = (
        literal(&table.name.as_str().into()),
        literal(&column.into()),
    ) else {
        return Ok(Vec::new()); // a name that cannot be written was refused already
    };
    let schema = table.schema.as_deref().unwrap_or("main");
    let Ok(schema) = literal(&schema.into()) else {
        return Ok(Vec::new());
    };
    sql_query(format!(
        "SELECT '' AS name, 'pk' AS origin FROM pragma_table_info({table_text}, {schema}) \
         WHERE pk > 0 AND name = {column} COLLATE NOCASE \
         UNION ALL \
         SELECT list.name, list.origin FROM pragma_index_list({table_text}, {schema}) AS list \
         JOIN pragma_index_info(list.name, {schema}) AS info ON info.name = {column} COLLATE NOCASE \
         WHERE list.origin <> 'pk'"
    ))
    .load(connection)
}

fn in_use(table: &ObjectName, column: &str, user: &User) -> Unsupported {
    let what = |why: &str| format!("drop `{column}` of `{table}`: {why}");
    let new_table =
        "create another table without it, copy the rows, drop the old one, and rename the new one";
    match user.origin.as_str() {
        "pk" => unsupported(what("it is part of the primary key"), new_table),
        "u" => unsupported(what("it is part of a unique constraint"), new_table),
        _ => unsupported(
            what(&format!("the index `{}` is over it", user.name)),
            format!("op.drop_index({:?}).on({:?}) first", user.name, table.name),
        ),
    }
}
