//! A column's definition, in CREATE TABLE and in ALTER TABLE … ADD COLUMN.

use super::super::quote::{identifier, literal, object, sql};
use super::super::{types, unsupported};
use super::{foreign, key, only_with_database};
use crate::error::Unsupported;
use crate::schema::{Column, Constraint, DefaultValue, Generated, ObjectName, Type, Value};

/// A column in a table's definition.
pub(in super::super) fn definition(
    column: &Column,
    constraints: &[&Constraint],
    strict: bool,
) -> Result<String, Unsupported> {
    refuse(column)?;
    let mut text = format!(
        "{} {}",
        identifier(&column.name)?,
        declared_type(column, strict)?
    );
    if let Some(collation) = &column.collation {
        text.push_str(&format!(" COLLATE {}", identifier(collation)?));
    }
    if let Some(generated) = &column.generated {
        text.push_str(&format!(" {}", generated_as(generated)?));
    }
    if !column.nullable {
        text.push_str(" NOT NULL");
    }
    if let Some(default) = &column.default {
        text.push_str(&format!(" DEFAULT {}", default_value(default)?));
    }
    for constraint in constraints {
        text.push_str(&format!(
            " {}",
            key::of_column(constraint, column.identity.is_some())?
        ));
    }
    Ok(text)
}

/// ALTER TABLE … ADD COLUMN, if it works for any existing rows.
pub(super) fn add(
    table: &ObjectName,
    column: &Column,
    constraints: &[Constraint],
) -> Result<String, Unsupported> {
    refuse_addition(table, column, constraints)?;
    if let Some(why) = needs_rebuild(column, constraints) {
        return Err(only_with_database(&format!(
            "add `{}` to `{table}`: {why}",
            column.name
        )));
    }
    let constraints: Vec<&Constraint> = constraints.iter().collect();
    Ok(format!(
        "ALTER TABLE {} ADD COLUMN {}",
        object(table)?,
        definition(column, &constraints, false)?
    ))
}

fn declared_type(column: &Column, strict: bool) -> Result<String, Unsupported> {
    if column.identity.is_some() {
        // the only spelling of an alias of the rowid
        return match column.ty.is_integer() {
            true => Ok("INTEGER".to_owned()),
            false => Err(unsupported(
                format!("number rows by `{}`, which is no integer", column.name),
                "make it `Integer`",
            )),
        };
    }
    spelling(&column.ty, strict)
}

/// A type in a table's definition.
pub(in super::super) fn spelling(ty: &Type, strict: bool) -> Result<String, Unsupported> {
    foreign::column_type(ty)?;
    if let Type::Other(text) = ty {
        sql(&text.as_str().into())?; // refuses NUL
    }
    Ok(match strict {
        true => types::strict(ty),
        false => types::declared(ty),
    })
}

pub(in super::super) fn generated_as(generated: &Generated) -> Result<String, Unsupported> {
    let kept = if generated.stored {
        "STORED"
    } else {
        "VIRTUAL"
    };
    Ok(format!(
        "GENERATED ALWAYS AS ({}) {kept}",
        sql(&generated.expression)?
    ))
}

pub(in super::super) fn default_value(default: &DefaultValue) -> Result<String, Unsupported> {
    match default {
        DefaultValue::Value(value) => literal(value),
        DefaultValue::Expression(expression) => match sql(expression)? {
            keyword @ ("CURRENT_TIMESTAMP" | "CURRENT_DATE" | "CURRENT_TIME") => {
                Ok(keyword.to_owned())
            }
            expression => Ok(format!("({expression})")),
        },
    }
}

fn refuse(column: &Column) -> Result<(), Unsupported> {
    let name = &column.name;
    if column.comment.is_some() {
        return Err(unsupported(
            format!("keep a comment on `{name}`"),
            "leave out `.comment(…)`; write a comment in the revision's file instead",
        ));
    }
    if column.on_update.is_some() {
        return Err(unsupported(
            format!("set `{name}` whenever its row changes"),
            "use a trigger, created with `op.execute(…)`",
        ));
    }
    if column.generated.is_some() && column.default.is_some() {
        return Err(unsupported(
            format!("give `{name}` a default: it is computed"),
            "leave out one of `.default(…)` and `.generated(…)`",
        ));
    }
    match &column.identity {
        Some(identity) if identity.always => Err(unsupported(
            format!("refuse explicit numbers in an INSERT for `{name}`"),
            "use `.autoincrement()`",
        )),
        Some(identity) if !identity.options.is_default() => Err(unsupported(
            format!("number rows by `{name}` from a start or by steps of your own"),
            "leave them out; SQLite counts up from the largest number so far",
        )),
        _ => Ok(()),
    }
}

/// What existing rows would violate is always refused: a revision that works in an empty database
/// must not fail in production.
pub(super) fn refuse_addition(
    table: &ObjectName,
    column: &Column,
    constraints: &[Constraint],
) -> Result<(), Unsupported> {
    let what = |why: &str| format!("add `{}` to `{table}`, which exists: {why}", column.name);
    let is_key = constraints
        .iter()
        .any(|constraint| matches!(constraint, Constraint::PrimaryKey(_)));
    if column.identity.is_some() && !is_key {
        return Err(unsupported(
            what("rows are numbered by a primary key only"),
            "add `.primary_key()`",
        ));
    }
    let filled = column.generated.is_some() || column.identity.is_some();
    if !column.nullable && !filled && fills_with_null(column) {
        return Err(unsupported(
            what("it may not be null, and has no default for the rows that are there"),
            "add `.default(…)` or `.nullable()`",
        ));
    }
    Ok(())
}

/// Why adding a column needs a table rebuild, if it does.
pub(super) fn needs_rebuild(column: &Column, constraints: &[Constraint]) -> Option<&'static str> {
    for constraint in constraints {
        match constraint {
            Constraint::PrimaryKey(_) => return Some("it is the primary key"),
            Constraint::Unique(_) => return Some("it is unique"),
            Constraint::ForeignKey(_) if !fills_with_null(column) => {
                return Some("it points at another table and does not begin as NULL");
            }
            Constraint::ForeignKey(key) if key.columns.len() > 1 => {
                return Some("it is one of several columns that point at another table");
            }
            _ => {}
        }
    }
    if column
        .generated
        .as_ref()
        .is_some_and(|generated| generated.stored)
    {
        return Some("it is computed and stored");
    }
    match column.default {
        Some(DefaultValue::Expression(_) | DefaultValue::Value(Value::Expression(_))) => {
            Some("its default is not a fixed value")
        }
        _ => None,
    }
}

fn fills_with_null(column: &Column) -> bool {
    matches!(
        column.default,
        None | Some(DefaultValue::Value(Value::Null))
    )
}
