//! Operations as PostgreSQL's statements. Pure: what depends on the connection is in `lookup`.

mod alter;
mod column;
mod constraint;
mod index;
mod insert;
mod key;
mod named_type;
mod sequence;
mod table;
mod view;

use super::quote::{identifier, object, sql, text};

use crate::backend::BackendKind;
use crate::error::Unsupported;
use crate::operation::{ExtensionOperation, Operation, SchemaOperation};
use crate::schema::{Column, Constraint, ObjectName};

/// A column as it is defined in a table.
pub(super) fn column_definition(column: &Column) -> Result<String, Unsupported> {
    column::definition(column)
}

/// A constraint as it is added to a table.
pub(super) fn constraint_definition(constraint: &Constraint) -> Result<String, Unsupported> {
    key::added(constraint)
}

/// The statements of an operation.
pub(super) fn statements(operation: &Operation) -> Result<Vec<String>, Unsupported> {
    let statement = match operation {
        Operation::CreateTable {
            table,
            if_not_exists,
        } => return table::create(table, *if_not_exists),
        Operation::DropTable {
            name, if_exists, ..
        } => drop("TABLE", *if_exists, &object(name)?),
        Operation::RenameTable { from, to } => rename("TABLE", from, to)?,
        Operation::SetTableComment { table, comment, .. } => {
            table::comment(table, comment.as_deref())?
        }
        Operation::AddColumn {
            table,
            column,
            constraints,
            if_not_exists,
        } => return column::add(table, column, constraints, *if_not_exists),
        Operation::DropColumn {
            table,
            name,
            if_exists,
            ..
        } => of_table(table, &drop("COLUMN", *if_exists, &identifier(name)?))?,
        Operation::AlterColumn {
            table,
            name,
            change,
            was,
            ..
        } => return alter::statements(table, name, change, was.as_ref()),
        Operation::RenameColumn { table, from, to } => of_table(
            table,
            &format!("RENAME COLUMN {} TO {}", identifier(from)?, identifier(to)?),
        )?,
        Operation::AddConstraint { table, constraint } => {
            of_table(table, &format!("ADD {}", key::added(constraint)?))?
        }
        Operation::DropConstraint {
            table,
            name,
            kind,
            definition,
            if_exists,
        } => constraint::drop(
            table,
            name.as_deref(),
            *kind,
            definition.as_ref(),
            *if_exists,
        )?,
        Operation::RenameConstraint { table, from, to } => of_table(
            table,
            &format!(
                "RENAME CONSTRAINT {} TO {}",
                identifier(from)?,
                identifier(to)?
            ),
        )?,
        Operation::ValidateConstraint { table, name } => {
            of_table(table, &format!("VALIDATE CONSTRAINT {}", identifier(name)?))?
        }
        Operation::CreateIndex {
            index,
            if_not_exists,
            concurrently,
        } => index::create(index, *if_not_exists, *concurrently)?,
        Operation::DropIndex {
            name,
            table,
            if_exists,
            concurrently,
            ..
        } => drop(
            &format!("INDEX{}", optional(*concurrently, " CONCURRENTLY")),
            *if_exists,
            &object(&table.sibling(name))?,
        ),
        Operation::RenameIndex { table, from, to } => rename("INDEX", &table.sibling(from), to)?,
        Operation::View(operation) => return view::statements(operation),
        Operation::Sequence(operation) => sequence::statement(operation)?,
        Operation::EnumType(operation) => named_type::of_enum(operation)?,
        Operation::Domain(operation) => named_type::of_domain(operation)?,
        Operation::Schema(operation) => schema(operation)?,
        Operation::Extension(operation) => extension(operation)?,
        Operation::Custom(custom) => return custom.operation().statements(&super::Postgres),
        Operation::Execute { sql: text, .. } if !text.is_for(BackendKind::Postgres) => {
            return Ok(Vec::new());
        }
        Operation::Execute { sql: text, .. } => sql(text)?.to_owned(),
        Operation::BulkInsert {
            table,
            columns,
            rows,
        } => return insert::statements(table, columns, rows),
    };
    Ok(vec![statement])
}

fn schema(operation: &SchemaOperation) -> Result<String, Unsupported> {
    Ok(match operation {
        SchemaOperation::Create {
            name,
            if_not_exists,
        } => format!(
            "CREATE SCHEMA {}{}",
            optional(*if_not_exists, "IF NOT EXISTS "),
            identifier(name)?
        ),
        SchemaOperation::Drop {
            name,
            if_exists,
            cascade,
        } => format!(
            "{}{}",
            drop("SCHEMA", *if_exists, &identifier(name)?),
            optional(*cascade, " CASCADE")
        ),
        SchemaOperation::Rename { from, to } => rename("SCHEMA", &from.as_str().into(), to)?,
    })
}

fn extension(operation: &ExtensionOperation) -> Result<String, Unsupported> {
    match operation {
        ExtensionOperation::Create {
            name,
            schema,
            version,
            if_not_exists,
        } => {
            let mut statement = format!(
                "CREATE EXTENSION {}{}",
                optional(*if_not_exists, "IF NOT EXISTS "),
                identifier(name)?
            );
            if let Some(schema) = schema {
                statement.push_str(&format!(" SCHEMA {}", identifier(schema)?));
            }
            if let Some(version) = version {
                statement.push_str(&format!(" VERSION {}", text(version)?));
            }
            Ok(statement)
        }
        ExtensionOperation::Drop {
            name,
            if_exists,
            cascade,
        } => Ok(format!(
            "{}{}",
            drop("EXTENSION", *if_exists, &identifier(name)?),
            optional(*cascade, " CASCADE")
        )),
    }
}

/// An action on an existing table.
fn of_table(table: &ObjectName, action: &str) -> Result<String, Unsupported> {
    Ok(format!("ALTER TABLE {} {action}", object(table)?))
}

fn drop(what: &str, if_exists: bool, name: &str) -> String {
    format!("DROP {what} {}{name}", optional(if_exists, "IF EXISTS "))
}

fn rename(what: &str, from: &ObjectName, to: &str) -> Result<String, Unsupported> {
    Ok(format!(
        "ALTER {what} {} RENAME TO {}",
        object(from)?,
        identifier(to)?
    ))
}

/// A comment on a catalogue object; no statement removes one by itself.
fn comment_on(what: &str, name: &str, comment: Option<&str>) -> Result<String, Unsupported> {
    let comment = match comment {
        Some(comment) => text(comment)?,
        None => "NULL".to_owned(),
    };
    Ok(format!("COMMENT ON {what} {name} IS {comment}"))
}

fn optional(wanted: bool, words: &'static str) -> &'static str {
    if wanted { words } else { "" }
}

#[cfg(test)]
mod tests;
