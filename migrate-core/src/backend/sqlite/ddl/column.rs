//! A column's definition, in CREATE TABLE and in ALTER TABLE … ADD COLUMN.

use super::super::quote::{identifier, literal, object, sql};
use super::super::{types, unsupported};
use super::{NEW_TABLE, foreign, key, no_new_constraint};
use crate::error::Unsupported;
use crate::schema::{Column, Constraint, DefaultValue, Generated, ObjectName, Type, Value};

/// A column as it stands in a table's definition.
pub(super) fn definition(
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
        text.push_str(&generated_as(generated)?);
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

/// ALTER TABLE … ADD COLUMN, when SQLite can do it whatever rows there are.
pub(super) fn add(
    table: &ObjectName,
    column: &Column,
    constraints: &[Constraint],
) -> Result<String, Unsupported> {
    refuse_addition(table, column, constraints)?;
    let constraints: Vec<&Constraint> = constraints.iter().collect();
    Ok(format!(
        "ALTER TABLE {} ADD COLUMN {}",
        object(table)?,
        definition(column, &constraints, false)?
    ))
}

fn declared_type(column: &Column, strict: bool) -> Result<String, Unsupported> {
    if column.identity.is_some() {
        // the only spelling that makes a column the row's own number
        return match column.ty.is_integer() {
            true => Ok("INTEGER".to_owned()),
            false => Err(unsupported(
                format!("number rows by `{}`, which is no integer", column.name),
                "make it `Integer`",
            )),
        };
    }
    foreign::column_type(&column.ty)?;
    let spelling = match strict {
        true => types::strict(&column.ty),
        false => types::declared(&column.ty),
    };
    if let Type::Other(text) = &column.ty {
        sql(&text.as_str().into())?; // refuses NUL
    }
    Ok(spelling)
}

fn generated_as(generated: &Generated) -> Result<String, Unsupported> {
    let kept = if generated.stored {
        "STORED"
    } else {
        "VIRTUAL"
    };
    Ok(format!(
        " GENERATED ALWAYS AS ({}) {kept}",
        sql(&generated.expression)?
    ))
}

fn default_value(default: &DefaultValue) -> Result<String, Unsupported> {
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
            "leave out `.comment(…)`; a comment in the revision's file does as well",
        ));
    }
    if column.on_update.is_some() {
        return Err(unsupported(
            format!("set `{name}` whenever its row changes"),
            "use a trigger, made by `op.execute(…)`",
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
            format!("refuse numbers of an INSERT's own for `{name}`"),
            "use `.autoincrement()`",
        )),
        Some(identity) if !identity.options.is_default() => Err(unsupported(
            format!("number rows by `{name}` from a start or by steps of your own"),
            "leave them out; SQLite counts up from the largest number so far",
        )),
        _ => Ok(()),
    }
}

/// What SQLite refuses only when the table has rows is refused always: a revision that works in an
/// empty database must not fail in the one that counts.
fn refuse_addition(
    table: &ObjectName,
    column: &Column,
    constraints: &[Constraint],
) -> Result<(), Unsupported> {
    let what = |why: &str| format!("add `{}` to `{table}`, which exists: {why}", column.name);
    if column.identity.is_some() {
        return Err(unsupported(
            what("rows are numbered from the start or not at all"),
            NEW_TABLE,
        ));
    }
    for constraint in constraints {
        match constraint {
            Constraint::PrimaryKey(_) | Constraint::Unique(_) => {
                return Err(no_new_constraint(&table.name, constraint));
            }
            Constraint::ForeignKey(key) if key.columns != [column.name.as_str()] => {
                return Err(no_new_constraint(&table.name, constraint));
            }
            Constraint::ForeignKey(_) if !fills_with_null(column) => {
                return Err(unsupported(
                    what("a column that points at another table must begin as NULL"),
                    "add it with `.nullable()` and without a default, and fill it in a second step",
                ));
            }
            _ => {}
        }
    }
    if column
        .generated
        .as_ref()
        .is_some_and(|generated| generated.stored)
    {
        return Err(unsupported(
            what("it is computed and stored"),
            "use `.generated(…)`, computed when it is read",
        ));
    }
    if !column.nullable && column.generated.is_none() && fills_with_null(column) {
        return Err(unsupported(
            what("it may not be null, and has no default for the rows that are there"),
            "add `.default(…)` or `.nullable()`",
        ));
    }
    match column.default {
        Some(DefaultValue::Expression(_) | DefaultValue::Value(Value::Expression(_))) => {
            Err(unsupported(
                what("its default is not a fixed value"),
                "use `.default(…)`, or add it with `.nullable()` and fill it in a second step",
            ))
        }
        _ => Ok(()),
    }
}

fn fills_with_null(column: &Column) -> bool {
    matches!(
        column.default,
        None | Some(DefaultValue::Value(Value::Null))
    )
}
