//! A column's definition, in CREATE TABLE and in ALTER TABLE … ADD COLUMN.

use super::super::quote::{identifier, literal, object, sql};
use super::super::{types, unsupported};
use super::{comment_on, key, of_table, optional, sequence};
use crate::error::Unsupported;
use crate::schema::{Column, Constraint, DefaultValue, Generated, Identity, ObjectName};

/// A column in a table's definition, without constraints other than NOT NULL.
pub(super) fn definition(column: &Column) -> Result<String, Unsupported> {
    refuse(column)?;
    let mut text = format!(
        "{} {}",
        identifier(&column.name)?,
        types::declared(&column.ty)?
    );
    if let Some(collation) = &column.collation {
        text.push_str(&format!(" COLLATE {}", identifier(collation)?));
    }
    if let Some(generated) = &column.generated {
        text.push_str(&generated_as(&column.name, generated)?);
    }
    if let Some(identity) = &column.identity {
        text.push_str(&format!(" {}", numbered(identity)));
    }
    if !column.nullable {
        text.push_str(" NOT NULL");
    }
    if let Some(default) = &column.default {
        text.push_str(&format!(" DEFAULT {}", default_value(default)?));
    }
    Ok(text)
}

/// ALTER TABLE … ADD COLUMN with its constraints.
pub(super) fn add(
    table: &ObjectName,
    column: &Column,
    constraints: &[Constraint],
    if_not_exists: bool,
) -> Result<Vec<String>, Unsupported> {
    let mut action = format!(
        "ADD COLUMN {}{}",
        optional(if_not_exists, "IF NOT EXISTS "),
        definition(column)?
    );
    for constraint in constraints {
        // with the column, so that it is skipped if the column exists
        match key::of_column(&column.name, constraint)? {
            Some(inline) => action.push_str(&format!(" {inline}")),
            None if if_not_exists => {
                return Err(unsupported(
                    format!(
                        "add the {} of `{}` only where the column is missing",
                        constraint.kind(),
                        column.name
                    ),
                    "add it by `op.add_constraint(…)`",
                ));
            }
            None => action.push_str(&format!(", ADD {}", key::added(constraint)?)),
        }
    }
    let mut statements = vec![of_table(table, &action)?];
    if column.comment.is_some() {
        statements.push(comment(table, &column.name, column.comment.as_deref())?);
    }
    Ok(statements)
}

/// The comment of a column.
pub(super) fn comment(
    table: &ObjectName,
    column: &str,
    comment: Option<&str>,
) -> Result<String, Unsupported> {
    let name = format!("{}.{}", object(table)?, identifier(column)?);
    comment_on("COLUMN", &name, comment)
}

/// How a column gets its number.
pub(super) fn numbered(identity: &Identity) -> String {
    let options = match identity.options.is_default() {
        true => String::new(),
        false => format!(" ({})", sequence::options(&identity.options).join(" ")),
    };
    format!("GENERATED {} AS IDENTITY{options}", when(identity))
}

/// When a column gets a number: always, or only if none is given.
pub(super) fn when(identity: &Identity) -> &'static str {
    match identity.always {
        true => "ALWAYS",
        false => "BY DEFAULT",
    }
}

pub(super) fn default_value(default: &DefaultValue) -> Result<String, Unsupported> {
    match default {
        DefaultValue::Value(value) => literal(value),
        DefaultValue::Expression(expression) => Ok(sql(expression)?.to_owned()),
    }
}

fn generated_as(name: &str, generated: &Generated) -> Result<String, Unsupported> {
    match generated.stored {
        true => Ok(format!(
            " GENERATED ALWAYS AS ({}) STORED",
            sql(&generated.expression)?
        )),
        false => Err(unsupported(
            format!("compute `{name}` when it is read"),
            "use `.generated_stored(…)`, computed when the row is written, or a view",
        )),
    }
}

fn refuse(column: &Column) -> Result<(), Unsupported> {
    let name = &column.name;
    if column.on_update.is_some() {
        return Err(unsupported(
            format!("fill `{name}` again with each UPDATE"),
            "leave out `.on_update(…)`, and create a trigger with `op.execute(…)`",
        ));
    }
    let fillings = [
        column.default.is_some(),
        column.generated.is_some(),
        column.identity.is_some(),
    ];
    match fillings.into_iter().filter(|filled| *filled).count() {
        0 | 1 => Ok(()),
        _ => Err(unsupported(
            format!("fill `{name}` in two ways"),
            "say one of `.default(…)`, `.generated_stored(…)` and `.autoincrement()`",
        )),
    }
}
