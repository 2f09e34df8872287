//! A column's definition, in CREATE TABLE and in ALTER TABLE; adding and dropping columns.

use super::super::Dialect;
use super::super::quote::{comment as comment_text, identifier, literal, object, sql};
use super::super::types::{digits_of_moment, is_long, spelled};
use super::{key, only_mariadb};
use crate::backend::BackendKind;
use crate::error::Unsupported;
use crate::schema::{
    Column, Constraint, DefaultValue, Generated, Identity, ObjectName, SequenceOptions, Value,
};
use crate::sql::tokens;

/// A column in a table's definition.
pub(in super::super) fn definition(
    dialect: Dialect,
    column: &Column,
) -> Result<String, Unsupported> {
    refuse(dialect, column)?;
    let ty = spelled(dialect, &column.ty)?;
    let digits = digits_of_moment(&column.ty);
    let mut text = format!("{} {ty}", identifier(dialect, &column.name)?);
    if let Some(collation) = &column.collation {
        text.push_str(&format!(" COLLATE {}", identifier(dialect, collation)?));
    }
    if let Some(generated) = &column.generated {
        text.push_str(&format!(" {}", generated_as(dialect, generated)?));
    }
    if !column.nullable {
        text.push_str(" NOT NULL");
    } else if column.generated.is_none() {
        text.push_str(" NULL");
    }
    if let Some(default) = &column.default {
        text.push_str(&format!(
            " DEFAULT {}",
            default_value(dialect, default, &ty, digits)?
        ));
    }
    if let Some(expression) = &column.on_update {
        text.push_str(&format!(
            " ON UPDATE {}",
            on_update(sql(dialect, expression)?, digits)
        ));
    }
    if let Some(identity) = &column.identity {
        refuse_numbering(dialect, &column.name, identity)?;
        text.push_str(" AUTO_INCREMENT");
    }
    if let Some(comment) = &column.comment {
        text.push_str(&format!(" COMMENT {}", comment_text(dialect, comment)?));
    }
    Ok(text)
}

/// ALTER TABLE … ADD COLUMN with its constraints, as one statement.
pub(super) fn add(
    dialect: Dialect,
    table: &ObjectName,
    column: &Column,
    constraints: &[Constraint],
    if_not_exists: bool,
) -> Result<String, Unsupported> {
    let exists = only_mariadb(dialect, if_not_exists, "IF NOT EXISTS ", || {
        format!("add `{}` to `{table}`", column.name)
    })?;
    if if_not_exists && !constraints.is_empty() {
        return Err(dialect.unsupported(
            format!(
                "add `{}` to `{table}` with a constraint only if it is not there: the constraint would be added all the same",
                column.name
            ),
            "add the constraint in an operation of its own",
        ));
    }
    let mut parts = vec![format!(
        "ADD COLUMN {exists}{}",
        definition(dialect, column)?
    )];
    for constraint in constraints {
        parts.push(format!("ADD {}", key::of_table(dialect, constraint, None)?));
    }
    if let Some(start) = first_number(column) {
        parts.push(format!("AUTO_INCREMENT = {start}"));
    }
    Ok(format!(
        "ALTER TABLE {} {}",
        object(dialect, table)?,
        parts.join(", ")
    ))
}

/// ALTER TABLE … DROP COLUMN, after dropping the constraints of the column that would block it.
pub(in super::super) fn drop(
    dialect: Dialect,
    table: &ObjectName,
    name: &str,
    definition: Option<&(Column, Vec<Constraint>)>,
    if_exists: bool,
) -> Result<String, Unsupported> {
    let exists = only_mariadb(dialect, if_exists, "IF EXISTS ", || {
        format!("drop `{name}` of `{table}`")
    })?;
    let mut parts = Vec::new();
    for constraint in definition.iter().flat_map(|(_, constraints)| constraints) {
        match constraint {
            Constraint::ForeignKey(_) | Constraint::Check(_) => parts.push(key::drop_part(
                dialect,
                table,
                constraint.name(),
                Some(constraint.kind()),
                false,
            )?),
            // an index is dropped with its last column
            _ => {}
        }
    }
    parts.push(format!(
        "DROP COLUMN {exists}{}",
        identifier(dialect, name)?
    ));
    Ok(format!(
        "ALTER TABLE {} {}",
        object(dialect, table)?,
        parts.join(", ")
    ))
}

/// The first number of an auto-incremented column, if given.
pub(super) fn first_number(column: &Column) -> Option<i64> {
    column.identity.as_ref()?.options.start
}

/// The generation clause of a column.
pub(in super::super) fn generated_as(
    dialect: Dialect,
    generated: &Generated,
) -> Result<String, Unsupported> {
    let kept = if generated.stored {
        "STORED"
    } else {
        "VIRTUAL"
    };
    Ok(format!(
        "GENERATED ALWAYS AS ({}) {kept}",
        sql(dialect, &generated.expression)?
    ))
}

/// The implicit default of a type, as the server spells it.
pub(in super::super) fn default_value(
    dialect: Dialect,
    default: &DefaultValue,
    ty: &str,
    digits: Option<u8>,
) -> Result<String, Unsupported> {
    let expression = match default {
        DefaultValue::Value(Value::Expression(expression))
        | DefaultValue::Expression(expression) => expression,
        DefaultValue::Value(value) => {
            let text = literal(dialect, value)?;
            return Ok(match dialect {
                Dialect::Mysql if is_long(ty) && *value != Value::Null => format!("({text})"),
                _ => text,
            });
        }
    };
    let text = sql(dialect, expression)?;
    Ok(now(text, digits).unwrap_or_else(|| format!("({text})")))
}

/// The ON UPDATE clause of a column.
pub(in super::super) fn on_update(expression: &str, digits: Option<u8>) -> String {
    now(expression, digits).unwrap_or_else(|| expression.to_owned())
}

/// The current time, with as many fractional digits as the column has, which is all that the server
/// accepts.
pub(in super::super) fn now(expression: &str, digits: Option<u8>) -> Option<String> {
    let digits = digits?;
    let tokens: Vec<&str> = tokens(expression, BackendKind::Mysql).collect();
    let (name, arguments) = tokens.split_first()?;
    let is_known = match name.to_ascii_uppercase().as_str() {
        "CURRENT_TIMESTAMP" | "LOCALTIMESTAMP" | "LOCALTIME" => true,
        "NOW" => !arguments.is_empty(),
        _ => false,
    };
    let is_plain = match arguments {
        [] | ["(", ")"] => true,
        ["(", digits, ")"] => digits.bytes().all(|byte| byte.is_ascii_digit()),
        _ => false,
    };
    (is_known && is_plain).then(|| match digits {
        0 => "CURRENT_TIMESTAMP".to_owned(),
        digits => format!("CURRENT_TIMESTAMP({digits})"),
    })
}

/// Refuses options that a numbered column does not support.
pub(in super::super) fn refuse_numbering(
    dialect: Dialect,
    column: &str,
    identity: &Identity,
) -> Result<(), Unsupported> {
    if identity.always {
        return Err(dialect.unsupported(
            format!("keep an INSERT from giving a number of its own to `{column}`"),
            "leave out `.always()`",
        ));
    }
    let others = SequenceOptions {
        start: None,
        ..identity.options.clone()
    };
    if !others.is_default() {
        return Err(dialect.unsupported(
            format!("number rows by `{column}` otherwise than one by one"),
            "leave out all but the first number",
        ));
    }
    match identity.options.start {
        Some(start) if start < 1 => Err(dialect.unsupported(
            format!("begin to number rows by `{column}` with {start}"),
            "begin with 1 or more",
        )),
        _ => Ok(()),
    }
}

fn refuse(dialect: Dialect, column: &Column) -> Result<(), Unsupported> {
    let name = &column.name;
    if column.generated.is_none() {
        return Ok(());
    }
    if column.default.is_some() || column.on_update.is_some() || column.identity.is_some() {
        return Err(dialect.unsupported(
            format!("give `{name}` a value of another kind: it is computed"),
            "leave out one of `.default(…)` and `.generated(…)`",
        ));
    }
    if dialect == Dialect::Mariadb && !column.nullable {
        return Err(dialect.unsupported(
            format!("say of `{name}` that it is not null: it is computed"),
            "add `.nullable()`, and a `.check(…)` where it matters",
        ));
    }
    Ok(())
}
