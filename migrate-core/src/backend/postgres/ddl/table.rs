//! CREATE TABLE, with the comments of the table and its columns.

use super::super::quote::{object, parameters, sql};
use super::super::unsupported;
use super::{column, comment_on, key, optional};
use crate::error::Unsupported;
use crate::schema::{Constraint, ObjectName, Table, TableOptions};

pub(super) fn create(table: &Table, if_not_exists: bool) -> Result<Vec<String>, Unsupported> {
    refuse(table)?;
    let columns = table.columns.iter().map(column::definition);
    let constraints = table.constraints.iter().map(key::definition);
    let lines: Vec<String> = columns.chain(constraints).collect::<Result<_, _>>()?;
    let body = match lines.is_empty() {
        true => "()".to_owned(),
        false => format!("(\n  {}\n)", lines.join(",\n  ")),
    };
    let mut statements = vec![format!(
        "CREATE {}TABLE {}{} {body}{}",
        optional(table.options.unlogged, "UNLOGGED "),
        optional(if_not_exists, "IF NOT EXISTS "),
        object(&table.name)?,
        options(&table.options)?
    )];
    if table.comment.is_some() {
        statements.push(comment(&table.name, table.comment.as_deref())?);
    }
    for column in table.columns.iter().filter(|c| c.comment.is_some()) {
        statements.push(column::comment(
            &table.name,
            &column.name,
            column.comment.as_deref(),
        )?);
    }
    Ok(statements)
}

pub(super) fn comment(table: &ObjectName, comment: Option<&str>) -> Result<String, Unsupported> {
    comment_on("TABLE", &object(table)?, comment)
}

fn options(options: &TableOptions) -> Result<String, Unsupported> {
    let mut text = String::new();
    if !options.parameters.is_empty() {
        text.push_str(&format!(" WITH {}", parameters(&options.parameters)?));
    }
    if let Some(suffix) = &options.suffix {
        text.push_str(&format!(" {}", sql(suffix)?));
    }
    Ok(text)
}

fn refuse(table: &Table) -> Result<(), Unsupported> {
    let name = &table.name;
    let mut keys = table
        .constraints
        .iter()
        .filter(|constraint| matches!(constraint, Constraint::PrimaryKey(_)));
    if let (Some(_), Some(second)) = (keys.next(), keys.next()) {
        return Err(unsupported(
            format!(
                "give `{name}` a second primary key, over `{}`",
                second.columns().join("`, `")
            ),
            "say a key over several columns once: `.primary_key([…])`",
        ));
    }
    let TableOptions {
        strict,
        without_rowid,
        engine,
        charset,
        collation,
        ..
    } = &table.options;
    for (wanted, what, help) in [
        (
            *strict,
            "make a STRICT table",
            "leave out `.strict()`: its types always are",
        ),
        (
            *without_rowid,
            "leave out the row ids",
            "leave out `.without_rowid()`: it has none",
        ),
        (
            engine.is_some(),
            "choose the engine",
            "leave out `.engine(…)`",
        ),
        (
            charset.is_some(),
            "choose the character set of a table",
            "leave out `.charset(…)`: it is the database's",
        ),
        (
            collation.is_some(),
            "choose the collation of a table",
            "give it to the columns: `.collate(…)`",
        ),
    ] {
        if wanted {
            return Err(unsupported(format!("{what} (`{name}`)"), help));
        }
    }
    Ok(())
}
