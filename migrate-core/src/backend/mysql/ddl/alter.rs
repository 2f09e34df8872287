//! Changes of a column. These servers require the whole definition and drop what it does not
//! restate: the rest comes from the server, or from the author's description of the old column.

use super::super::Dialect;
use super::super::definition::Definition;
use super::super::quote::{comment as comment_text, identifier, object};
use super::super::types::{digits_of_moment, digits_of_spelled, is_long, is_text, spelled};
use super::column::{default_value, definition, generated_as, now, refuse_numbering};
use crate::error::Unsupported;
use crate::operation::ColumnChange;
use crate::schema::{Column, Identity, ObjectName};

/// The change, without a server to query.
pub(super) fn statement(
    dialect: Dialect,
    table: &ObjectName,
    name: &str,
    change: &ColumnChange,
    was: Option<&Column>,
) -> Result<String, Unsupported> {
    refuse(dialect, table, name, change)?;
    if let Some(was) = was {
        let mut column = change.applied_to(was);
        name.clone_into(&mut column.name);
        let restated = definition(dialect, &column)?;
        return Ok(with_first_number(
            format!(
                "ALTER TABLE {} MODIFY COLUMN {restated}",
                object(dialect, table)?
            ),
            change,
        ));
    }
    let only_default = ColumnChange {
        default: None,
        ..change.clone()
    };
    match &change.default {
        Some(Some(default)) if only_default.is_empty() => Ok(format!(
            "ALTER TABLE {} ALTER COLUMN {} SET DEFAULT {}",
            object(dialect, table)?,
            identifier(dialect, name)?,
            default_value(dialect, default, "", None)?
        )),
        _ => Err(dialect.unsupported(
            format!(
                "change the {} of `{name}` of `{table}` without its other properties: the whole column is redefined",
                change.aspects().join(" and the ")
            ),
            format!("add `.was(column({name:?}, …))` with all that it is, or run it on the database"),
        )),
    }
}

/// The change of a column whose definition was read from the server.
pub(in super::super) fn restated(
    dialect: Dialect,
    table: &ObjectName,
    name: &str,
    change: &ColumnChange,
    now: Definition,
) -> Result<String, Unsupported> {
    refuse(dialect, table, name, change)?;
    let definition = changed(dialect, name, change, now)?;
    Ok(with_first_number(
        format!(
            "ALTER TABLE {} MODIFY COLUMN {} {}",
            object(dialect, table)?,
            identifier(dialect, name)?,
            definition.text()
        ),
        change,
    ))
}

fn changed(
    dialect: Dialect,
    name: &str,
    change: &ColumnChange,
    mut column: Definition,
) -> Result<Definition, Unsupported> {
    if let Some(ty) = &change.ty {
        column.ty = spelled(dialect, ty)?;
        if !is_text(&column.ty) {
            column.charset = None;
            column.collation = None;
        }
        // the check of a JSON type goes with the type, and so does the place of a geometry's axes
        column
            .rest
            .retain(|part| !part.contains("json_valid(") && !part.starts_with("SRID "));
        fit_to_type(dialect, &mut column);
    }
    let digits = match &change.ty {
        Some(ty) => digits_of_moment(ty),
        None => digits_of_spelled(&column.ty),
    };
    if let Some(nullable) = change.nullable {
        column.not_null = !nullable;
        if column.not_null && column.default.as_deref() == Some("NULL") {
            column.default = None;
        }
    }
    if let Some(default) = &change.default {
        column.default = match default {
            Some(default) => Some(default_value(dialect, default, &column.ty, digits)?),
            None => None,
        };
    }
    if let Some(identity) = &change.identity {
        if let Some(identity) = identity {
            refuse_numbering(dialect, name, identity)?;
            column.default = None;
        }
        column.auto_increment = identity.is_some();
    }
    if let Some(generated) = &change.generated {
        column.generated = match generated {
            Some(generated) => Some(generated_as(dialect, generated)?),
            None => None,
        };
        if column.generated.is_some() {
            column.default = None;
            column.on_update = None;
            if dialect == Dialect::Mariadb && column.not_null {
                return Err(dialect.unsupported(
                    format!("compute `{name}`, which may not be null"),
                    "add `.drop_not_null()`, and a check where it matters",
                ));
            }
        }
    }
    if let Some(collation) = &change.collation {
        column.charset = None; // a collation says which characters there are
        column.collation = match collation {
            Some(collation) => Some(identifier(dialect, collation)?),
            None => None,
        };
    }
    if let Some(comment) = &change.comment {
        column.comment = match comment {
            Some(comment) => Some(comment_text(dialect, comment)?),
            None => None,
        };
    }
    Ok(column)
}

/// What a new type requires of the other attributes to keep its meaning.
fn fit_to_type(dialect: Dialect, column: &mut Definition) {
    let digits = digits_of_spelled(&column.ty);
    for expression in [&mut column.default, &mut column.on_update] {
        if let Some(time) = expression.as_deref().and_then(|text| now(text, digits)) {
            *expression = Some(time);
        }
    }
    if let Some(default) = &mut column.default {
        let bare = !default.starts_with('(') && !default.eq_ignore_ascii_case("NULL");
        if dialect == Dialect::Mysql && is_long(&column.ty) && bare {
            *default = format!("({default})");
        }
    }
}

fn with_first_number(statement: String, change: &ColumnChange) -> String {
    match &change.identity {
        Some(Some(Identity { options, .. })) => match options.start {
            Some(start) => format!("{statement}, AUTO_INCREMENT = {start}"),
            None => statement,
        },
        _ => statement,
    }
}

fn refuse(
    dialect: Dialect,
    table: &ObjectName,
    name: &str,
    change: &ColumnChange,
) -> Result<(), Unsupported> {
    if change.is_empty() {
        return Err(dialect.unsupported(
            format!("change nothing about `{name}` of `{table}`"),
            "say what changes, such as `.set_type(…)`",
        ));
    }
    match &change.using {
        Some(_) => Err(dialect.unsupported(
            format!("turn the values of `{name}` of `{table}` into the new type by an expression"),
            "add another column, fill it, drop the old one, and rename the new one",
        )),
        None => Ok(()),
    }
}
