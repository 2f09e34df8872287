//! Operations as statements of MySQL and MariaDB. Pure: what needs the catalogue is in `lookup`.

pub(super) mod alter;
pub(super) mod column;
mod index;
mod insert;
pub(super) mod key;
mod sequence;
mod table;
mod view;

use super::Dialect;
use super::definition::Definition;
use super::quote::{comment as comment_text, identifier, object, sql};
use crate::error::Unsupported;
use crate::operation::{Operation, SchemaOperation};
use crate::schema::{Constraint, ObjectName};

/// The statements of an operation.
pub(super) fn statements(
    dialect: Dialect,
    operation: &Operation,
) -> Result<Vec<String>, Unsupported> {
    let statement = match operation {
        Operation::CreateTable {
            table,
            if_not_exists,
        } => table::create(dialect, table, *if_not_exists)?,
        Operation::DropTable {
            name, if_exists, ..
        } => format!(
            "DROP TABLE {}{}",
            optional(*if_exists, "IF EXISTS "),
            object(dialect, name)?
        ),
        Operation::RenameTable { from, to } => rename_table(dialect, from, to)?,
        Operation::SetTableComment { table, comment, .. } => format!(
            "ALTER TABLE {} COMMENT = {}",
            object(dialect, table)?,
            comment_text(dialect, comment.as_deref().unwrap_or_default())?
        ),
        Operation::AddColumn {
            table,
            column,
            constraints,
            if_not_exists,
        } => column::add(dialect, table, column, constraints, *if_not_exists)?,
        Operation::DropColumn {
            table,
            name,
            definition,
            if_exists,
        } => column::drop(dialect, table, name, definition.as_ref(), *if_exists)?,
        Operation::AlterColumn {
            table,
            name,
            change,
            was,
            ..
        } => alter::statement(dialect, table, name, change, was.as_ref())?,
        Operation::RenameColumn { table, from, to } => format!(
            "ALTER TABLE {} RENAME COLUMN {} TO {}",
            object(dialect, table)?,
            identifier(dialect, from)?,
            identifier(dialect, to)?
        ),
        Operation::AddConstraint { table, constraint } => format!(
            "ALTER TABLE {} ADD {}",
            object(dialect, table)?,
            key::of_table(dialect, constraint, None)?
        ),
        Operation::DropConstraint {
            table,
            name: Some(name),
            definition: Some(Constraint::ForeignKey(key)),
            if_exists: false,
            ..
        } => return key::drop_with_index(dialect, table, name, key),
        Operation::DropConstraint {
            table,
            name,
            kind,
            definition,
            if_exists,
        } => {
            let kind = kind.or_else(|| definition.as_ref().map(Constraint::kind));
            key::drop(dialect, table, name.as_deref(), kind, *if_exists)?
        }
        Operation::RenameConstraint { table, from, to } => {
            return Err(dialect.unsupported(
                format!("rename the constraint `{from}` of `{table}`"),
                format!(
                    "op.rename_index({:?}, {from:?}, {to:?}) for a unique constraint; others are dropped and added again",
                    table.name
                ),
            ));
        }
        Operation::ValidateConstraint { table, name } => {
            return Err(dialect.lacks(format!(
                "validate the constraint `{name}` of `{table}`: it has none that are not valid"
            )));
        }
        Operation::CreateIndex {
            index,
            if_not_exists,
            concurrently,
        } => index::create(dialect, index, *if_not_exists, *concurrently)?,
        Operation::DropIndex {
            name,
            table,
            if_exists,
            concurrently,
            ..
        } => index::drop(dialect, table, name, *if_exists, *concurrently)?,
        Operation::RenameIndex { table, from, to } => format!(
            "ALTER TABLE {} RENAME INDEX {} TO {}",
            object(dialect, table)?,
            identifier(dialect, from)?,
            identifier(dialect, to)?
        ),
        Operation::View(operation) => view::statement(dialect, operation)?,
        Operation::Sequence(operation) => sequence::statement(dialect, operation)?,
        Operation::EnumType(operation) => {
            return Err(dialect.unsupported(
                format!("{operation}: its values are listed with each column"),
                "use the column type `Type::one_of([…])`",
            ));
        }
        Operation::Domain(operation) => {
            return Err(dialect.unsupported(
                format!("{operation}: it has no domains"),
                "give the column itself the type and a `.check(…)`",
            ));
        }
        Operation::Extension(operation) => {
            return Err(dialect.lacks(format!("{operation}: it has no extensions")));
        }
        Operation::Schema(operation) => schema(dialect, operation)?,
        Operation::Execute { sql: text, .. } => {
            return match text.is_for(dialect.kind()) {
                true => Ok(vec![sql(dialect, text)?.to_owned()]),
                false => Ok(Vec::new()),
            };
        }
        Operation::BulkInsert {
            table,
            columns,
            rows,
        } => return insert::statements(dialect, table, columns, rows),
        Operation::Custom(custom) => return custom.operation().statements(dialect.rules()),
    };
    Ok(vec![statement])
}

/// Refuses what is impossible even with access to the catalogue.
pub(super) fn can(dialect: Dialect, operation: &Operation) -> Result<(), Unsupported> {
    match operation {
        Operation::AlterColumn {
            table,
            name,
            change,
            ..
        } => {
            let anything = Definition {
                ty: "int".to_owned(),
                ..Definition::default()
            };
            alter::restated(dialect, table, name, change, anything).map(drop)
        }
        Operation::DropColumn {
            table,
            name,
            if_exists,
            ..
        } => column::drop(dialect, table, name, None, *if_exists).map(drop),
        Operation::DropConstraint {
            name: None,
            definition: Some(_),
            ..
        }
        | Operation::RenameConstraint { .. }
        | Operation::Schema(SchemaOperation::Drop { cascade: false, .. }) => Ok(()),
        operation => {
            let some_column = |_: &ObjectName| Ok(vec!["id".to_owned()]);
            let complete = key::with_referred(operation, some_column)?;
            statements(dialect, &complete).map(drop)
        }
    }
}

/// Renames a table, view or sequence within its database.
fn rename_table(dialect: Dialect, from: &ObjectName, to: &str) -> Result<String, Unsupported> {
    Ok(format!(
        "RENAME TABLE {} TO {}",
        object(dialect, from)?,
        object(dialect, &from.sibling(to))?
    ))
}

fn schema(dialect: Dialect, operation: &SchemaOperation) -> Result<String, Unsupported> {
    match operation {
        SchemaOperation::Create {
            name,
            if_not_exists,
        } => Ok(format!(
            "CREATE SCHEMA {}{}",
            optional(*if_not_exists, "IF NOT EXISTS "),
            identifier(dialect, name)?
        )),
        SchemaOperation::Drop {
            name,
            if_exists,
            cascade: true,
        } => drop_schema(dialect, name, *if_exists),
        SchemaOperation::Drop { name, .. } => Err(dialect.unsupported(
            format!("drop `{name}` only if it is empty: without a connection, this is unknown"),
            "add `.cascade()`, which it always does",
        )),
        SchemaOperation::Rename { from, to } => Err(dialect.unsupported(
            format!("rename the database `{from}` to `{to}`"),
            "create the other one, and move each table: `RENAME TABLE a.t TO b.t`",
        )),
    }
}

/// DROP SCHEMA, which also drops its contents.
pub(super) fn drop_schema(
    dialect: Dialect,
    name: &str,
    if_exists: bool,
) -> Result<String, Unsupported> {
    Ok(format!(
        "DROP SCHEMA {}{}",
        optional(if_exists, "IF EXISTS "),
        identifier(dialect, name)?
    ))
}

/// `IF EXISTS` or `IF NOT EXISTS`, which only MariaDB supports here.
fn only_mariadb(
    dialect: Dialect,
    wanted: bool,
    words: &'static str,
    what: impl FnOnce() -> String,
) -> Result<&'static str, Unsupported> {
    match (wanted, dialect) {
        (true, Dialect::Mysql) => Err(dialect.unsupported(
            format!("{} with `{}`", what(), words.trim()),
            "leave that out",
        )),
        (wanted, _) => Ok(optional(wanted, words)),
    }
}

fn optional(wanted: bool, words: &'static str) -> &'static str {
    if wanted { words } else { "" }
}

#[cfg(test)]
mod tests;
