//! What only the catalogue knows: a column's whole definition, the names of keys, whether there are
//! rows.

mod columns;
mod keys;

use diesel::mysql::MysqlConnection;
use diesel::sql_types::{Integer, Text};
use diesel::{QueryResult, QueryableByName, RunQueryDsl, sql_query};

use super::quote::{identifier, identifiers, object};
use super::{Dialect, ddl};
use crate::error::OperationError;
use crate::operation::{Operation, SchemaOperation};
use crate::schema::{Column, Constraint, ConstraintKind, ObjectName, Type, Value};

/// A server that can be queried.
pub(super) struct Catalogue<'a> {
    pub(super) connection: &'a mut MysqlConnection,
    pub(super) dialect: Dialect,
    /// Whether a backslash is an ordinary character.
    pub(super) plain_backslash: bool,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    text: String,
}

/// An expression without the backslashes that the catalogue puts before quotes and backslashes.
pub(super) fn unescaped(expression: &str) -> String {
    let mut text = String::with_capacity(expression.len());
    let mut characters = expression.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => text.extend(characters.next()),
            character => text.push(character),
        }
    }
    text
}

/// The database of a name: its own, or the connection's.
const OF_DATABASE: &str = "= IF(? = '', DATABASE(), ?)";

impl Catalogue<'_> {
    /// Refuses what the server would do in another way than the operation means.
    pub(super) fn check(&mut self, operation: &Operation) -> Result<(), OperationError> {
        if quotes_backslash(operation) && self.takes_backslash_plain()? {
            return Err(self
                .dialect
                .unsupported(
                    "write a backslash in a comment or a list of values in the mode NO_BACKSLASH_ESCAPES",
                    "take the backslash away, or that mode: `SET sql_mode = …`",
                )
                .into());
        }
        match operation {
            Operation::AddColumn { table, column, .. } if is_made_up(column) => {
                match self.has_rows(table)? {
                    true => Err(self
                        .dialect
                        .unsupported(
                            format!(
                                "add `{}` to `{table}`, which has rows: it may not be null, and has no default for them",
                                column.name
                            ),
                            "add `.default(…)` or `.nullable()`",
                        )
                        .into()),
                    false => Ok(()),
                }
            }
            Operation::AlterColumn {
                table,
                name,
                change,
                ..
            } => {
                if let Some(Some(collation)) = &change.collation {
                    self.refuse_unknown_collation(collation)?;
                }
                match change.identity {
                    Some(Some(_)) => self.refuse_without_key(table, name),
                    _ => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    fn refuse_unknown_collation(&mut self, collation: &str) -> Result<(), OperationError> {
        let found: Vec<Row> = sql_query(
            "SELECT CONVERT(collation_name USING utf8mb4) AS text FROM information_schema.collations \
             WHERE collation_name = ?",
        )
        .bind::<Text, _>(collation)
        .load(self.connection)
        .map_err(OperationError::Catalogue)?;
        match found.is_empty() {
            true => Err(self
                .dialect
                .unsupported(
                    format!("compare text by `{collation}`: it has no such collation"),
                    "use one of `SHOW COLLATION`",
                )
                .into()),
            false => Ok(()),
        }
    }

    /// An auto-incremented column must be the first of a key.
    fn refuse_without_key(&mut self, table: &ObjectName, name: &str) -> Result<(), OperationError> {
        let keys = self.names(
            &format!(
                "SELECT CONVERT(index_name USING utf8mb4) AS text FROM information_schema.statistics \
                 WHERE table_schema {OF_DATABASE} AND table_name = ? AND column_name = ? AND seq_in_index = 1"
            ),
            table,
            name,
        )?;
        match keys.is_empty() {
            true => Err(self
                .dialect
                .unsupported(
                    format!("number the rows of `{table}` by `{name}`: no key begins with it"),
                    "add a primary key or a unique constraint over it first",
                )
                .into()),
            false => Ok(()),
        }
    }

    /// The statements of an operation, with all that they need from the catalogue.
    pub(super) fn statements(
        &mut self,
        operation: &Operation,
    ) -> Result<Vec<String>, OperationError> {
        let dialect = self.dialect;
        match operation {
            Operation::AlterColumn {
                table,
                name,
                change,
                ..
            } => {
                self.plain_backslash = self.takes_backslash_plain()?;
                let mut now = self.column(table, name)?;
                self.complete(table, name, change, &mut now)?;
                let statement = ddl::alter::restated(dialect, table, name, change, now)?;
                Ok(vec![statement])
            }
            Operation::DropColumn {
                table,
                name,
                definition: Some((column, constraints)),
                if_exists,
            } => {
                let mut named = Vec::with_capacity(constraints.len());
                for constraint in constraints {
                    named.push(self.named(table, constraint)?);
                }
                let definition = (column.clone(), named);
                Ok(vec![ddl::column::drop(
                    dialect,
                    table,
                    name,
                    Some(&definition),
                    *if_exists,
                )?])
            }
            // the server created an index for it, unless there was one already
            Operation::DropConstraint {
                table,
                name: Some(name),
                definition: Some(Constraint::ForeignKey(key)),
                if_exists: false,
                ..
            } => {
                let index = match self.index_of_key(table, name, &key.columns)? {
                    Some(index) => format!(", DROP INDEX {}", identifier(dialect, &index)?),
                    None => String::new(),
                };
                Ok(vec![format!(
                    "ALTER TABLE {} DROP FOREIGN KEY {}{index}",
                    object(dialect, table)?,
                    identifier(dialect, name)?
                )])
            }
            // a foreign key that needs it gets one of its own, as if there had been none
            Operation::DropIndex {
                name,
                table,
                if_exists: false,
                concurrently: false,
                ..
            } => match self.key_without_index(table, name)? {
                Some((own, columns)) => Ok(vec![format!(
                    "ALTER TABLE {} DROP INDEX {}, ADD INDEX {} {}",
                    object(dialect, table)?,
                    identifier(dialect, name)?,
                    identifier(dialect, &own)?,
                    identifiers(dialect, &columns)?
                )]),
                None => Ok(ddl::statements(dialect, operation)?),
            },
            Operation::DropConstraint {
                table,
                name: None,
                definition: Some(constraint),
                if_exists,
                ..
            } if constraint.kind() != ConstraintKind::PrimaryKey => {
                let named = self.named(table, constraint)?;
                if let (Constraint::Check(_), Some(column)) = (&named, named.name())
                    && self.is_check_of_column(table, column)?
                {
                    return self.without_check(table, column);
                }
                Ok(ddl::statements(
                    dialect,
                    &Operation::DropConstraint {
                        table: table.clone(),
                        name: named.name().map(str::to_owned),
                        kind: Some(named.kind()),
                        definition: None,
                        if_exists: *if_exists,
                    },
                )?)
            }
            // the index of a foreign key's name is not the key
            Operation::RenameConstraint { table, from, to }
                if self.has_index(table, from)? && !self.is_foreign_key(table, from)? =>
            {
                Ok(ddl::statements(
                    dialect,
                    &Operation::RenameIndex {
                        table: table.clone(),
                        from: from.clone(),
                        to: to.clone(),
                    },
                )?)
            }
            Operation::Schema(SchemaOperation::Drop {
                name,
                if_exists,
                cascade: false,
            }) => {
                self.refuse_if_used(name)?;
                Ok(vec![ddl::drop_schema(dialect, name, *if_exists)?])
            }
            operation => {
                let complete = ddl::key::with_referred(operation, |table| self.primary_key(table))?;
                Ok(ddl::statements(dialect, &complete)?)
            }
        }
    }

    fn has_rows(&mut self, table: &ObjectName) -> Result<bool, OperationError> {
        #[derive(QueryableByName)]
        struct Any {
            #[diesel(sql_type = Integer)]
            number: i32,
        }
        let rows: Vec<Any> = sql_query(format!(
            "SELECT 1 AS number FROM {} LIMIT 1",
            object(self.dialect, table)?
        ))
        .load(self.connection)
        .map_err(OperationError::Catalogue)?;
        Ok(rows.iter().any(|row| row.number == 1))
    }

    fn refuse_if_used(&mut self, schema: &str) -> Result<(), OperationError> {
        let used: Vec<Row> = sql_query(
            "SELECT CONVERT(table_name USING utf8mb4) AS text FROM information_schema.tables WHERE table_schema = ? \
             UNION ALL SELECT CONVERT(routine_name USING utf8mb4) FROM information_schema.routines \
             WHERE routine_schema = ? LIMIT 1",
        )
        .bind::<Text, _>(schema)
        .bind::<Text, _>(schema)
        .load(self.connection)
        .map_err(OperationError::Catalogue)?;
        match used.first() {
            Some(Row { text }) => Err(self
                .dialect
                .unsupported(
                    format!("drop the database `{schema}` by itself: `{text}` is in it"),
                    "drop what is in it first, or add `.cascade()`",
                )
                .into()),
            None => Ok(()),
        }
    }

    /// The names that a query returns for a table and one more text.
    fn names(
        &mut self,
        query: &str,
        table: &ObjectName,
        other: &str,
    ) -> Result<Vec<String>, OperationError> {
        let schema = table.schema.as_deref().unwrap_or_default();
        let rows: Vec<Row> = sql_query(query)
            .bind::<Text, _>(schema)
            .bind::<Text, _>(schema)
            .bind::<Text, _>(&table.name)
            .bind::<Text, _>(other)
            .load(self.connection)
            .map_err(OperationError::Catalogue)?;
        Ok(rows.into_iter().map(|row| row.text).collect())
    }
}

/// Whether a database has a table of this name.
pub(super) fn has_table(
    connection: &mut MysqlConnection,
    database: Option<&str>,
    name: &str,
) -> QueryResult<bool> {
    let rows: Vec<Row> = sql_query(
        "SELECT CONVERT(table_name USING utf8mb4) AS text FROM information_schema.tables \
         WHERE table_schema = ? AND table_name = ?",
    )
    .bind::<Text, _>(database.unwrap_or_default())
    .bind::<Text, _>(name)
    .load(connection)?;
    Ok(!rows.is_empty())
}

/// Whether the server would invent values for the existing rows.
fn is_made_up(column: &Column) -> bool {
    use crate::schema::DefaultValue;
    let nothing = matches!(
        column.default,
        None | Some(DefaultValue::Value(Value::Null))
    );
    nothing && !column.nullable && column.generated.is_none() && column.identity.is_none()
}

/// Whether the catalogue need not be asked about an operation: neither whether it is possible, nor
/// for its statements.
pub(super) fn is_plain(operation: &Operation) -> bool {
    let plain = match operation {
        Operation::AddColumn { column, .. } => !is_made_up(column),
        Operation::Execute { .. }
        | Operation::BulkInsert { .. }
        | Operation::CreateTable { .. }
        | Operation::DropTable { .. }
        | Operation::RenameTable { .. }
        | Operation::RenameColumn { .. }
        | Operation::SetTableComment { .. }
        | Operation::AddConstraint { .. }
        | Operation::CreateIndex { .. }
        | Operation::RenameIndex { .. } => true,
        _ => false,
    };
    let named = ddl::key::with_referred(operation, |_| Err(()));
    plain && named.is_ok() && !quotes_backslash(operation)
}

/// Whether a backslash would be needed where it cannot be written as bytes.
fn quotes_backslash(operation: &Operation) -> bool {
    let in_text = |text: &Option<String>| text.as_ref().is_some_and(|text| text.contains('\\'));
    let in_column = |column: &Column| {
        in_text(&column.comment)
            || match &column.ty {
                Type::Enum(values) | Type::Set(values) => {
                    values.iter().any(|value| value.contains('\\'))
                }
                _ => false,
            }
    };
    match operation {
        Operation::CreateTable { table, .. } => {
            in_text(&table.comment) || table.columns.iter().any(in_column)
        }
        Operation::SetTableComment { comment, .. } => in_text(comment),
        Operation::AddColumn { column, .. } => in_column(column),
        Operation::AlterColumn { change, .. } => {
            change.comment.as_ref().is_some_and(in_text)
                || change
                    .ty
                    .as_ref()
                    .is_some_and(|ty| in_column(&Column::new("", ty.clone())))
        }
        _ => false,
    }
}

/// An expression without what the server adds or removes when it stores it.
fn bare(expression: &str) -> String {
    expression
        .replace("_utf8mb4", "")
        .replace("\\'", "'")
        .chars()
        .filter(|character| !character.is_whitespace() && !"`()".contains(*character))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_loses_the_catalogues_backslashes() {
        assert_eq!(unescaped(r"_utf8mb4\'a\\\\b\'"), r"_utf8mb4'a\\b'");
        assert_eq!(unescaped("(`i` + 1)"), "(`i` + 1)");
    }

    #[test]
    fn an_expression_is_the_same_however_the_server_writes_it() {
        assert_eq!(bare("(`stars` >= 0)"), bare("stars>=0"));
        assert_eq!(bare(r"(`a` <> _utf8mb4\'x\')"), bare("a <> 'x'"));
        assert_ne!(bare("a > 0"), bare("a > 1"));
    }
}
