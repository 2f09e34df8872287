//! Changes that SQLite cannot make in place: the table is rebuilt from its own edited text, and its
//! rows are copied. Consecutive changes of one table are collected into one rebuild.
//!
//! The old table is renamed and the new one created under its name, rather than the other way
//! round, so that SQLite keeps the text unchanged. With `legacy_alter_table`, the rename leaves
//! views, triggers and foreign keys alone, which then refer to the new table.

mod change;
mod edit;
mod keys;
pub(super) mod parse;
mod plan;

pub(super) use keys::{Violations, is_referred_to, may_refer, violations};
pub(super) use plan::with_name;

use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::sqlite::SqliteConnection;
use diesel::{OptionalExtension, QueryResult, QueryableByName, RunQueryDsl, sql_query};

use super::quote::{identifier, literal};
use super::unsupported;
use crate::error::{OperationError, Unsupported};
use crate::operation::Operation;
use crate::schema::ObjectName;
use parse::Definition;

/// The pending changes of one table.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    table: ObjectName,
    /// The text of the table, before and after.
    old: String,
    new: String,
    /// How the values of a column are converted to its new type.
    using: Vec<(String, String)>,
    /// The added columns, which have no values yet, each with what fills it: its default when it
    /// was added, whatever becomes of that.
    added: Vec<(String, Option<String>)>,
    /// The operations, in one line.
    pub(super) operations: String,
}

impl Pending {
    /// Begins with the table's current definition.
    pub(super) fn of(
        connection: &mut SqliteConnection,
        table: &ObjectName,
    ) -> Result<Pending, OperationError> {
        let old = text_of(connection, table)
            .map_err(OperationError::Catalogue)?
            .ok_or_else(|| {
                unsupported(
                    format!("change the table `{table}`, which is not there"),
                    "look at the name, or create it first",
                )
            })?;
        Definition::parse(&old).map_err(|error| not_understood(table, &old, error.at))?;
        Ok(Pending {
            table: table.clone(),
            new: old.clone(),
            old,
            using: Vec::new(),
            added: Vec::new(),
            operations: String::new(),
        })
    }

    /// Whether an operation can join the same rebuild of the table.
    pub(super) fn takes(&self, operation: &Operation) -> bool {
        let same = |table: &ObjectName| {
            let schema = |name: &ObjectName| {
                name.schema
                    .as_deref()
                    .unwrap_or("main")
                    .to_ascii_lowercase()
            };
            table.name.eq_ignore_ascii_case(&self.table.name)
                && schema(table) == schema(&self.table)
        };
        match operation {
            Operation::AddColumn {
                table,
                if_not_exists: false,
                ..
            }
            | Operation::DropColumn {
                table,
                if_exists: false,
                ..
            }
            | Operation::AlterColumn { table, .. }
            | Operation::AddConstraint { table, .. }
            | Operation::DropConstraint {
                table,
                if_exists: false,
                ..
            }
            | Operation::RenameConstraint { table, .. } => same(table),
            _ => false,
        }
    }

    /// Adds one more change.
    pub(super) fn change(&mut self, operation: &Operation) -> Result<(), Unsupported> {
        let definition = Definition::parse(&self.new)
            .map_err(|error| not_understood(&self.table, &self.new, error.at))?;
        let new = change::changed(&self.new, &definition, operation)?;
        Definition::parse(&new).map_err(|error| not_understood(&self.table, &new, error.at))?;
        self.new = new;
        match operation {
            Operation::AddColumn { column, .. } => {
                let value = column.default.as_ref().map(super::ddl::default_value);
                self.added.push((column.name.clone(), value.transpose()?));
            }
            Operation::AlterColumn { name, change, .. } => {
                if let Some(using) = &change.using {
                    let using = super::quote::sql(using)?.to_owned();
                    self.using.push((name.clone(), using));
                }
            }
            _ => {}
        }
        if !self.operations.is_empty() {
            self.operations.push_str("; ");
        }
        self.operations.push_str(&operation.describe());
        Ok(())
    }

    /// The statements of the rebuild.
    pub(super) fn statements(
        &self,
        connection: &mut SqliteConnection,
    ) -> Result<Vec<String>, OperationError> {
        let found = Found::of(connection, &self.table).map_err(OperationError::Catalogue)?;
        plan::statements(self, &found).map_err(OperationError::Unsupported)
    }

    pub(super) fn table(&self) -> &ObjectName {
        &self.table
    }
}

/// What has to be recreated with a table.
#[derive(Clone, Debug, Default)]
struct Found {
    /// The texts of its indexes and triggers, oldest first.
    objects: Vec<String>,
    /// The last number that it assigned to a row.
    last_number: Option<i64>,
    /// An unused name.
    aside: String,
}

impl Found {
    fn of(connection: &mut SqliteConnection, table: &ObjectName) -> QueryResult<Found> {
        let schema = schema_of(table);
        let name = quoted_text(&table.name);
        let objects = texts(
            connection,
            &format!(
                "SELECT sql AS text FROM {schema}.sqlite_master WHERE tbl_name = {name} COLLATE NOCASE \
                 AND type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY rowid"
            ),
        )?;
        let numbered = texts(
            connection,
            &format!(
                "SELECT name AS text FROM {schema}.sqlite_master WHERE name = 'sqlite_sequence'"
            ),
        )?;
        let last_number = match numbered.is_empty() {
            true => None,
            false => number(
                connection,
                &format!(
                    "SELECT seq AS number FROM {schema}.sqlite_sequence WHERE name = {name} COLLATE NOCASE"
                ),
            )?,
        };
        let taken = texts(
            connection,
            &format!("SELECT lower(name) AS text FROM {schema}.sqlite_master"),
        )?;
        let mut aside = format!("_migrate_old_{}", table.name);
        while taken.contains(&aside.to_lowercase()) {
            aside.insert(0, '_');
        }
        Ok(Found {
            objects,
            last_number,
            aside,
        })
    }
}

/// Whether SQLite itself cannot drop a column, because other parts of the definition depend on it.
pub(super) fn keeps_column(
    connection: &mut SqliteConnection,
    table: &ObjectName,
    column: &str,
) -> Result<bool, OperationError> {
    let text = text_of(connection, table).map_err(OperationError::Catalogue)?;
    let keeps = |text: &String| {
        Definition::parse(text).is_ok_and(|definition| !change::is_free(text, &definition, column))
    };
    Ok(text.as_ref().is_some_and(keeps))
}

/// The error of a view or a trigger, found by SQLite's own check of a whole schema, which it runs
/// when a table is renamed. The rename is rolled back.
pub(super) fn broken_schema(
    connection: &mut SqliteConnection,
    pending: &Pending,
) -> Option<String> {
    const HERE: &str = "migrate_schema_test";
    let table = pending.table();
    let renamed = format!(
        "ALTER TABLE {}.{} RENAME TO {}",
        schema_of(table),
        identifier(&table.name).ok()?,
        identifier(&format!("_migrate_test_{}", table.name)).ok()?
    );
    connection
        .batch_execute(&format!("SAVEPOINT {HERE}"))
        .ok()?;
    let broken = connection.batch_execute(&renamed).err();
    let _ = connection.batch_execute(&format!("ROLLBACK TO {HERE}; RELEASE {HERE}"));
    broken.map(|error| error.to_string())
}

/// The name of an index, and the statements that rename it.
pub(super) fn rename_index(
    connection: &mut SqliteConnection,
    table: &ObjectName,
    from: &str,
    to: &str,
) -> Result<Vec<String>, OperationError> {
    let schema = schema_of(table);
    let found = texts(
        connection,
        &format!(
            "SELECT sql AS text FROM {schema}.sqlite_master WHERE type = 'index' AND sql IS NOT NULL \
             AND name = {} COLLATE NOCASE",
            quoted_text(from)
        ),
    )
    .map_err(OperationError::Catalogue)?;
    let renamed = found.first().and_then(|text| {
        let new = format!("{schema}.{}", identifier(to).ok()?);
        plan::with_name(text, "INDEX", &new)
    });
    match renamed {
        // in this order its definition always exists
        Some(create) => Ok(vec![
            create,
            format!("DROP INDEX {schema}.{}", identifier(from)?),
        ]),
        None => Err(unsupported(
            format!("rename the index `{from}` of `{table}`, which is not there"),
            "look at the name; the index of a constraint goes by the constraint's",
        )
        .into()),
    }
}

fn text_of(connection: &mut SqliteConnection, table: &ObjectName) -> QueryResult<Option<String>> {
    let found = texts(
        connection,
        &format!(
            "SELECT sql AS text FROM {}.sqlite_master WHERE type = 'table' AND name = {} COLLATE NOCASE",
            schema_of(table),
            quoted_text(&table.name)
        ),
    )?;
    Ok(found.into_iter().next())
}

fn not_understood(table: &ObjectName, text: &str, at: usize) -> Unsupported {
    let rest: String = text[at..].chars().take(40).collect();
    let near = match rest.is_empty() {
        true => "at its end".to_owned(),
        false => format!("at `{rest}`"),
    };
    unsupported(
        format!("rebuild `{table}`: cannot parse its CREATE TABLE statement {near}"),
        "look at it: SELECT sql FROM sqlite_schema",
    )
}

/// The schema of a table, as spelled.
fn schema_of(table: &ObjectName) -> String {
    let schema = table.schema.as_deref().unwrap_or("main");
    // a name that cannot be quoted was refused already
    identifier(schema).unwrap_or_else(|_| "`main`".to_owned())
}

fn quoted_text(text: &str) -> String {
    literal(&text.into()).unwrap_or_else(|_| "NULL".to_owned())
}

/// The column `text` of a query's rows.
fn texts(connection: &mut SqliteConnection, query: &str) -> QueryResult<Vec<String>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        text: String,
    }
    let rows: Vec<Row> = sql_query(query).load(connection)?;
    Ok(rows.into_iter().map(|row| row.text).collect())
}

/// The column `number` of a query's only row.
fn number(connection: &mut SqliteConnection, query: &str) -> QueryResult<Option<i64>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Nullable<BigInt>)]
        number: Option<i64>,
    }
    let row: Option<Row> = sql_query(query).get_result(connection).optional()?;
    Ok(row.and_then(|row| row.number))
}

#[cfg(test)]
mod tests;
