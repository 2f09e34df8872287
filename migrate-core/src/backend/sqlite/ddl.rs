//! Operations as statements of SQLite. Pure: what needs the catalogue is in `lookup`.

mod column;
mod foreign;
mod insert;
mod key;
mod table;
mod view;

use std::borrow::Cow;

use super::quote::{identifier, object, sql};
use super::unsupported;
use crate::backend::BackendKind;
use crate::error::Unsupported;
use crate::operation::Operation;
use crate::schema::{Constraint, Index, IndexKey, IndexPart, Order};

/// The statements of an operation.
pub(super) fn statements(operation: &Operation) -> Result<Vec<String>, Unsupported> {
    let operation = &*within_schema(operation);
    let statement = match operation {
        Operation::CreateTable {
            table,
            if_not_exists,
        } => table::create(table, *if_not_exists)?,
        Operation::DropTable {
            name, if_exists, ..
        } => {
            format!(
                "DROP TABLE {}{}",
                optional(*if_exists, "IF EXISTS "),
                object(name)?
            )
        }
        Operation::RenameTable { from, to } => {
            format!(
                "ALTER TABLE {} RENAME TO {}",
                object(from)?,
                identifier(to)?
            )
        }
        Operation::SetTableComment { table, .. } => return Err(foreign::comment(table)),
        Operation::AddColumn {
            if_not_exists: true,
            ..
        } => return Err(foreign::if_not_exists("ADD COLUMN IF NOT EXISTS")),
        Operation::DropColumn {
            if_exists: true, ..
        } => return Err(foreign::if_not_exists("DROP COLUMN IF EXISTS")),
        Operation::DropConstraint {
            if_exists: true, ..
        } => return Err(foreign::if_not_exists("DROP CONSTRAINT IF EXISTS")),
        Operation::AddColumn {
            table,
            column,
            constraints,
            ..
        } => column::add(table, column, constraints)?,
        Operation::DropColumn { table, name, .. } => {
            format!(
                "ALTER TABLE {} DROP COLUMN {}",
                object(table)?,
                identifier(name)?
            )
        }
        Operation::RenameColumn { table, from, to } => format!(
            "ALTER TABLE {} RENAME COLUMN {} TO {}",
            object(table)?,
            identifier(from)?,
            identifier(to)?
        ),
        Operation::AddConstraint { constraint, .. } => {
            constraint_of_table(constraint)?;
            return Err(only_with_database(&operation.describe()));
        }
        Operation::AlterColumn { .. }
        | Operation::DropConstraint { .. }
        | Operation::RenameConstraint { .. } => {
            return Err(only_with_database(&operation.describe()));
        }
        Operation::RenameIndex { .. } => {
            return Err(unsupported(
                format!(
                    "{operation}; this recreates the index from its definition, which only the database has"
                ),
                "run this revision on the database, without `--sql`",
            ));
        }
        Operation::ValidateConstraint { table, name } => {
            return Err(foreign::validation(table, name));
        }
        Operation::CreateIndex {
            index,
            if_not_exists,
            concurrently,
        } => create_index(index, *if_not_exists, *concurrently)?,
        Operation::DropIndex {
            name,
            table,
            if_exists,
            concurrently,
            ..
        } => {
            foreign::concurrently(*concurrently)?;
            format!(
                "DROP INDEX {}{}",
                optional(*if_exists, "IF EXISTS "),
                object(&table.sibling(name))?
            )
        }
        Operation::View(view) => return view::statements(view),
        Operation::Sequence(_)
        | Operation::EnumType(_)
        | Operation::Domain(_)
        | Operation::Schema(_)
        | Operation::Extension(_) => return Err(foreign::operation(operation)),
        Operation::Custom(custom) => return custom.operation().statements(&super::Sqlite),
        Operation::Execute { sql: text, .. } if !text.is_for(BackendKind::Sqlite) => {
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

/// Refuses what SQLite cannot do even by rebuilding the table.
pub(super) fn refuse(operation: &Operation) -> Result<(), Unsupported> {
    match &*within_schema(operation) {
        Operation::AddColumn {
            table,
            column,
            constraints,
            if_not_exists: false,
        } => {
            column::refuse_addition(table, column, constraints)?;
            let constraints: Vec<&Constraint> = constraints.iter().collect();
            column::definition(column, &constraints, false).map(drop)
        }
        Operation::AlterColumn { change, .. } => {
            if let Some(ty) = &change.ty {
                column::spelling(ty, false)?;
            }
            Ok(())
        }
        Operation::AddConstraint { constraint, .. } => constraint_of_table(constraint).map(drop),
        Operation::DropConstraint {
            if_exists: false, ..
        }
        | Operation::RenameConstraint { .. }
        | Operation::RenameIndex { .. } => Ok(()),
        operation => statements(operation).map(drop),
    }
}

/// The operation as SQLite writes its foreign keys: a table of the same schema, without it.
pub(super) fn within_schema(operation: &Operation) -> Cow<'_, Operation> {
    let mut own = Cow::Borrowed(operation);
    let (table, constraints) = match operation {
        Operation::CreateTable { table, .. } => (&table.name, table.constraints.as_slice()),
        Operation::AddColumn {
            table, constraints, ..
        } => (table, constraints.as_slice()),
        Operation::AddConstraint {
            table, constraint, ..
        } => (table, std::slice::from_ref(constraint)),
        _ => return own,
    };
    let is_within = |constraint: &Constraint| match constraint {
        Constraint::ForeignKey(key) => {
            key.table.schema.is_some() && key.table.schema == table.schema
        }
        _ => false,
    };
    if !constraints.iter().any(is_within) {
        return own;
    }
    let constraints = match own.to_mut() {
        Operation::CreateTable { table, .. } => table.constraints.as_mut_slice(),
        Operation::AddColumn { constraints, .. } => constraints.as_mut_slice(),
        Operation::AddConstraint { constraint, .. } => std::slice::from_mut(constraint),
        _ => &mut [],
    };
    for constraint in constraints {
        if is_within(constraint)
            && let Constraint::ForeignKey(key) = constraint
        {
            key.table.schema = None;
        }
    }
    own
}

/// Whether an operation needs a table rebuild, as far as the operation itself says.
pub(super) fn needs_rebuild(operation: &Operation) -> bool {
    match operation {
        Operation::AddColumn {
            column,
            constraints,
            if_not_exists: false,
            ..
        } => column::needs_rebuild(column, constraints).is_some(),
        Operation::AlterColumn { .. }
        | Operation::AddConstraint { .. }
        | Operation::DropConstraint {
            if_exists: false, ..
        }
        | Operation::RenameConstraint { .. } => true,
        _ => false,
    }
}

pub(super) use column::{
    default_value, definition as column_definition, generated_as, spelling as declared_type,
};
pub(super) use foreign::column_type as foreign_type;
pub(super) use key::of_table as constraint_of_table;
pub(super) use table::is_about;

/// Refuses what is possible only with access to the table's definition.
fn only_with_database(what: &str) -> Unsupported {
    unsupported(
        format!("{what}; this rebuilds the table from its definition, which only the database has"),
        "run this revision on the database, without `--sql`",
    )
}

fn create_index(
    index: &Index,
    if_not_exists: bool,
    concurrently: bool,
) -> Result<String, Unsupported> {
    foreign::concurrently(concurrently)?;
    foreign::index(index)?;
    if index.parts.is_empty() {
        return Err(unsupported(
            "create an index over nothing",
            "name a column or an expression",
        ));
    }
    let parts: Vec<String> = index.parts.iter().map(part).collect::<Result<_, _>>()?;
    let filter = match &index.predicate {
        Some(predicate) => format!(" WHERE {}", sql(predicate)?),
        None => String::new(),
    };
    Ok(format!(
        "CREATE {}INDEX {}{} ON {} ({}){filter}",
        optional(index.unique, "UNIQUE "),
        optional(if_not_exists, "IF NOT EXISTS "),
        object(&index.table.sibling(&index.name))?,
        identifier(&index.table.name)?,
        parts.join(", ")
    ))
}

fn part(part: &IndexPart) -> Result<String, Unsupported> {
    foreign::index_part(part)?;
    let mut text = match &part.key {
        IndexKey::Column(column) => identifier(column)?,
        IndexKey::Expression(expression) => format!("({})", sql(expression)?),
    };
    if let Some(collation) = &part.collation {
        text.push_str(&format!(" COLLATE {}", identifier(collation)?));
    }
    match part.order {
        Some(Order::Ascending) => text.push_str(" ASC"),
        Some(Order::Descending) => text.push_str(" DESC"),
        None => {}
    }
    Ok(text)
}

fn optional(wanted: bool, words: &'static str) -> &'static str {
    if wanted { words } else { "" }
}

#[cfg(test)]
mod tests;
