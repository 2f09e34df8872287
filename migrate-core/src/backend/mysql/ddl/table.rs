//! CREATE TABLE. Keys and checks follow the columns: the server ignores a REFERENCES clause of a
//! column.

use super::super::Dialect;
use super::super::quote::{comment as comment_text, identifier, object, sql};
use super::{column, key, optional};
use crate::error::Unsupported;
use crate::schema::{Column, Constraint, Table};

pub(super) fn create(
    dialect: Dialect,
    table: &Table,
    if_not_exists: bool,
) -> Result<String, Unsupported> {
    refuse(dialect, table)?;
    let mut lines = Vec::with_capacity(table.columns.len() + table.constraints.len());
    for column in &table.columns {
        lines.push(column::definition(dialect, column)?);
    }
    for constraint in &table.constraints {
        lines.push(key::of_table(dialect, constraint, Some(table))?);
    }
    Ok(format!(
        "CREATE TABLE {}{} (\n  {}\n){}",
        optional(if_not_exists, "IF NOT EXISTS "),
        object(dialect, &table.name)?,
        lines.join(",\n  "),
        options(dialect, table)?
    ))
}

fn options(dialect: Dialect, table: &Table) -> Result<String, Unsupported> {
    let mut text = String::new();
    let options = &table.options;
    for (word, name) in [
        ("ENGINE =", &options.engine),
        ("DEFAULT CHARACTER SET =", &options.charset),
        ("COLLATE =", &options.collation),
    ] {
        if let Some(name) = name {
            text.push_str(&format!(" {word} {}", identifier(dialect, name)?));
        }
    }
    if let Some(start) = table.columns.iter().find_map(column::first_number) {
        text.push_str(&format!(" AUTO_INCREMENT = {start}"));
    }
    if let Some(comment) = &table.comment {
        text.push_str(&format!(" COMMENT = {}", comment_text(dialect, comment)?));
    }
    if let Some(suffix) = &options.suffix {
        text.push_str(&format!(" {}", sql(dialect, suffix)?));
    }
    Ok(text)
}

fn refuse(dialect: Dialect, table: &Table) -> Result<(), Unsupported> {
    let name = &table.name;
    let options = &table.options;
    if table.columns.is_empty() {
        return Err(dialect.unsupported(
            format!("create `{name}` without a column"),
            "add one with `.column(…)`",
        ));
    }
    if options.strict || options.without_rowid {
        return Err(dialect.unsupported(
            format!("create `{name}` as STRICT or WITHOUT ROWID"),
            "leave out `.strict()` and `.without_rowid()`: they are SQLite's",
        ));
    }
    if options.unlogged || !options.parameters.is_empty() {
        return Err(dialect.unsupported(
            format!("create `{name}` with PostgreSQL's storage options"),
            "leave them out here",
        ));
    }
    let numbered: Vec<&Column> = table
        .columns
        .iter()
        .filter(|column| column.identity.is_some())
        .collect();
    if let [_, second, ..] = numbered.as_slice() {
        return Err(dialect.unsupported(
            format!(
                "number the rows of `{name}` a second time, by `{}`",
                second.name
            ),
            "number them by one column",
        ));
    }
    let keys: Vec<&Constraint> = table
        .constraints
        .iter()
        .filter(|constraint| matches!(constraint, Constraint::PrimaryKey(_)))
        .collect();
    match keys.as_slice() {
        [_, second, ..] => Err(dialect.unsupported(
            format!(
                "give `{name}` a second primary key, over `{}`",
                second.columns().join("`, `")
            ),
            "say a key over several columns once: `.primary_key([…])`",
        )),
        _ => Ok(()),
    }
}
