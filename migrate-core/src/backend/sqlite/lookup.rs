//! What only the catalogue knows: here, what prevents dropping a column.

use diesel::sql_types::Text;
use diesel::sqlite::SqliteConnection;
use diesel::{QueryResult, QueryableByName, RunQueryDsl, sql_query};

use super::quote::literal;
use super::unsupported;
use crate::error::{OperationError, Unsupported};
use crate::operation::Operation;
use crate::schema::ObjectName;

/// Refuses what SQLite would refuse half way, or without saying what to do.
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
        Operation::AlterColumn { change, .. } => {
            know_collations(connection, change.collation.iter().flatten())
        }
        Operation::AddColumn { column, .. } => know_collations(connection, &column.collation),
        Operation::CreateTable { table, .. } => {
            let said = table
                .columns
                .iter()
                .filter_map(|column| column.collation.as_ref());
            know_collations(connection, said)
        }
        _ => Ok(()),
    }
}

/// Refuses a collation of another database: SQLite would notice only when text is compared.
fn know_collations<'c>(
    connection: &mut SqliteConnection,
    said: impl IntoIterator<Item = &'c String>,
) -> Result<(), OperationError> {
    let mut said = said.into_iter().peekable();
    if said.peek().is_none() {
        return Ok(());
    }
    let known: Vec<User> = sql_query("SELECT name FROM pragma_collation_list ORDER BY seq DESC")
        .load(connection)
        .map_err(OperationError::Catalogue)?;
    let is_known = |name: &str| {
        known
            .iter()
            .any(|known| known.name.eq_ignore_ascii_case(name))
    };
    match said.find(|name| !is_known(name)) {
        Some(name) => {
            let known: Vec<String> = known
                .iter()
                .map(|known| format!("`{}`", known.name))
                .collect();
            Err(unsupported(
                format!(
                    "compare text by `{name}`: this connection knows {}",
                    known.join(", ")
                ),
                "choose one of those where `op.backend()` is SQLite",
            )
            .into())
        }
        None => Ok(()),
    }
}

/// An index that contains a column, and does not belong to a constraint.
#[derive(QueryableByName)]
struct User {
    #[diesel(sql_type = Text)]
    name: String,
}

/// The indexes that contain a column.
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
        "SELECT list.name FROM pragma_index_list({table_text}, {schema}) AS list \
         JOIN pragma_index_info(list.name, {schema}) AS info ON info.name = {column} COLLATE NOCASE \
         WHERE list.origin = 'c'"
    ))
    .load(connection)
}

fn in_use(table: &ObjectName, column: &str, user: &User) -> Unsupported {
    unsupported(
        format!(
            "drop `{column}` of `{table}`: the index `{}` is over it",
            user.name
        ),
        format!("op.drop_index({:?}).on({:?}) first", user.name, table.name),
    )
}
