//! Whether an operation's effect is in the texts that SQLite keeps of tables, indexes and views: a text is made once more, or
//! changed once more, and compared word by word.

use diesel::sqlite::SqliteConnection;

use super::change::{Wanted, changed, find, is_named, same_tokens, same_value_of_constraint};
use super::parse::Definition;
use super::{not_understood, quoted_text, schema_of, text_of, texts};
use crate::backend::Effect;
use crate::backend::sqlite::ddl;
use crate::error::{OperationError, Unsupported};
use crate::operation::{Operation, ViewOperation};
use crate::schema::{Constraint, ObjectName};

/// The answer for what is told by texts; nothing for what is told by names alone.
pub(in super::super) fn effect(
    connection: &mut SqliteConnection,
    operation: &Operation,
    statement: usize,
) -> Result<Option<Effect>, OperationError> {
    match operation {
        Operation::CreateTable {
            table,
            if_not_exists: false,
        } => made(connection, "table", &table.name, operation).map(Some),
        Operation::CreateIndex {
            index,
            if_not_exists: false,
            ..
        } => {
            let name = index.table.sibling(index.name.as_str());
            made(connection, "index", &name, operation).map(Some)
        }
        Operation::View(ViewOperation::Create {
            view,
            if_not_exists: false,
        }) => made(connection, "view", &view.name, operation).map(Some),
        Operation::View(ViewOperation::Replace { view, .. }) => {
            replaced(connection, &view.name, operation, statement).map(Some)
        }
        Operation::View(ViewOperation::Rename { .. }) => Ok(None),
        Operation::RenameIndex { table, from, to } => {
            // the one of the new name is made first
            let (name, gone) = match statement {
                0 => (to, false),
                _ => (from, true),
            };
            let there = text(connection, "index", &table.sibling(name.as_str()))?.is_some();
            Ok(Some(yes(there != gone)))
        }
        Operation::AddColumn { table, .. }
        | Operation::AlterColumn { table, .. }
        | Operation::AddConstraint { table, .. }
        | Operation::DropConstraint { table, .. }
        | Operation::RenameConstraint { table, .. } => {
            let Some(text) = text_of(connection, table).map_err(OperationError::Catalogue)? else {
                return Ok(Some(unclear(format!("there is no table `{table}`"))));
            };
            let definition =
                Definition::parse(&text).map_err(|error| not_understood(table, &text, error.at))?;
            Ok(Some(in_table(&text, &definition, operation)?))
        }
        _ => Ok(None),
    }
}

fn yes(there: bool) -> Effect {
    match there {
        true => Effect::There,
        false => Effect::Absent,
    }
}

fn unclear(found: String) -> Effect {
    Effect::Unclear { found }
}

/// Whether what a statement makes is there as it makes it.
fn made(
    connection: &mut SqliteConnection,
    kind: &str,
    name: &ObjectName,
    operation: &Operation,
) -> Result<Effect, OperationError> {
    let Some(found) = text(connection, kind, name)? else {
        return Ok(match kind_of(connection, name)? {
            Some(kind) => unclear(format!("`{name}` is a {kind}")),
            None => Effect::Absent,
        });
    };
    let wanted = ddl::statements(&without_schema(operation))?;
    Ok(match wanted.first() {
        Some(wanted) if same_tokens(wanted, &found) => Effect::There,
        _ => unclear(format!("the {kind} `{name}` is there as `{found}`")),
    })
}

/// A view is dropped and made anew.
fn replaced(
    connection: &mut SqliteConnection,
    name: &ObjectName,
    operation: &Operation,
    statement: usize,
) -> Result<Effect, OperationError> {
    let found = text(connection, "view", name)?;
    let wanted = ddl::statements(&without_schema(operation))?;
    let is_new = match (&found, wanted.last()) {
        (Some(found), Some(wanted)) => same_tokens(wanted, found),
        _ => false,
    };
    Ok(yes(is_new || statement == 0 && found.is_none()))
}

/// The operation without the name of a schema, which SQLite does not keep.
fn without_schema(operation: &Operation) -> Operation {
    let mut operation = operation.clone();
    match &mut operation {
        Operation::CreateTable { table, .. } => table.name.schema = None,
        Operation::CreateIndex { index, .. } => index.table.schema = None,
        Operation::View(
            ViewOperation::Create { view, .. } | ViewOperation::Replace { view, .. },
        ) => view.name.schema = None,
        _ => {}
    }
    operation
}

/// Whether a change of a table is in its text.
fn in_table(
    text: &str,
    definition: &Definition,
    operation: &Operation,
) -> Result<Effect, Unsupported> {
    match operation {
        Operation::AddColumn {
            column,
            constraints,
            ..
        } => {
            let Some(found) = definition.column(&column.name) else {
                return Ok(Effect::Absent);
            };
            let (own, others): (Vec<&Constraint>, Vec<&Constraint>) = constraints
                .iter()
                .partition(|constraint| ddl::is_about(column, constraint));
            let wanted = ddl::column_definition(column, &own, definition.is_strict())?;
            let found = &text[found.place.span.clone()];
            let has = |constraint: &&Constraint| {
                find(text, definition, &Wanted::of(constraint)).is_some()
            };
            Ok(
                match same_tokens(&wanted, found) && others.iter().all(has) {
                    true => Effect::There,
                    false => unclear(format!("the column is there as `{found}`")),
                },
            )
        }
        Operation::AlterColumn {
            name, change, was, ..
        } => {
            if definition.column(name).is_none() {
                return Ok(unclear(format!("there is no column `{name}`")));
            }
            if !same_tokens(text, &changed(text, definition, operation)?) {
                return Ok(Effect::Absent);
            }
            let types_differ = match (was, &change.ty) {
                (Some(was), Some(ty)) => {
                    let strict = definition.is_strict();
                    ddl::declared_type(&was.ty, strict)? != ddl::declared_type(ty, strict)?
                }
                _ => false,
            };
            Ok(match change.using.is_none() || types_differ {
                true => Effect::There,
                false => unclear(format!("`{name}` has its type, and had it before")),
            })
        }
        Operation::AddConstraint { constraint, .. } => {
            let by_name = constraint
                .name()
                .and_then(|name| definition.clauses().find(|clause| is_named(clause, name)));
            Ok(match by_name {
                Some(found) if !same_value_of_constraint(text, found, constraint) => unclear(
                    format!("the constraint is there as `{}`", &text[found.span.clone()]),
                ),
                Some(_) => Effect::There,
                None if constraint.name().is_some() => Effect::Absent,
                None => yes(find(text, definition, &Wanted::of(constraint)).is_some()),
            })
        }
        Operation::DropConstraint {
            name,
            kind,
            definition: was,
            ..
        } => {
            let wanted = Wanted {
                name: name.as_deref(),
                kind: *kind,
                was: was.as_ref(),
            };
            Ok(yes(find(text, definition, &wanted).is_none()))
        }
        Operation::RenameConstraint { from, to, .. } => {
            let has = |name: &str| definition.clauses().any(|clause| is_named(clause, name));
            Ok(match (has(from), has(to)) {
                (true, false) => Effect::Absent,
                (false, true) => Effect::There,
                (both, _) => unclear(format!(
                    "there is {} constraint `{from}` {} `{to}`",
                    if both { "a" } else { "no" },
                    if both { "and" } else { "or" }
                )),
            })
        }
        _ => Ok(unclear("it is no change of a table".to_owned())),
    }
}

fn text(
    connection: &mut SqliteConnection,
    kind: &str,
    name: &ObjectName,
) -> Result<Option<String>, OperationError> {
    let found = texts(
        connection,
        &format!(
            "SELECT sql AS text FROM {}.sqlite_master WHERE type = '{kind}' AND name = {} COLLATE NOCASE \
             AND sql IS NOT NULL",
            schema_of(name),
            quoted_text(&name.name)
        ),
    )
    .map_err(OperationError::Catalogue)?;
    Ok(found.into_iter().next())
}

/// What has this name.
fn kind_of(
    connection: &mut SqliteConnection,
    name: &ObjectName,
) -> Result<Option<String>, OperationError> {
    let found = texts(
        connection,
        &format!(
            "SELECT type AS text FROM {}.sqlite_master WHERE name = {} COLLATE NOCASE",
            schema_of(name),
            quoted_text(&name.name)
        ),
    )
    .map_err(OperationError::Catalogue)?;
    Ok(found.into_iter().next())
}
