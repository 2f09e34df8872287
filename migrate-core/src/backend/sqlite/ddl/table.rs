//! CREATE TABLE. A constraint of one column is written with the column, so that dropping the column
//! drops it too; the others follow the columns.

use super::super::quote::{object, sql};
use super::super::unsupported;
use super::{column, foreign, key, optional};
use crate::error::Unsupported;
use crate::schema::{Column, Constraint, Table};

pub(super) fn create(table: &Table, if_not_exists: bool) -> Result<String, Unsupported> {
    refuse(table)?;
    let (with_columns, own): (Vec<&Constraint>, Vec<&Constraint>) = table
        .constraints
        .iter()
        .partition(|constraint| belongs_to_column(table, constraint));
    let mut lines = Vec::with_capacity(table.columns.len() + own.len());
    for column in &table.columns {
        let inline: Vec<&Constraint> = with_columns
            .iter()
            .copied()
            .filter(|constraint| is_about(column, constraint))
            .collect();
        lines.push(column::definition(column, &inline, table.options.strict)?);
    }
    for constraint in own {
        lines.push(key::of_table(constraint)?);
    }
    Ok(format!(
        "CREATE TABLE {}{} (\n  {}\n){}{}",
        optional(if_not_exists, "IF NOT EXISTS "),
        object(&table.name)?,
        lines.join(",\n  "),
        options(table),
        suffix(table)?
    ))
}

fn belongs_to_column(table: &Table, constraint: &Constraint) -> bool {
    table
        .columns
        .iter()
        .any(|column| is_about(column, constraint))
}

pub(in super::super) fn is_about(column: &Column, constraint: &Constraint) -> bool {
    match constraint {
        Constraint::Check(check) => check.column.as_ref() == Some(&column.name),
        _ => constraint.columns() == [column.name.as_str()],
    }
}

fn options(table: &Table) -> String {
    let options: Vec<&str> = [
        (table.options.strict, "STRICT"),
        (table.options.without_rowid, "WITHOUT ROWID"),
    ]
    .into_iter()
    .filter_map(|(wanted, word)| wanted.then_some(word))
    .collect();
    match options.is_empty() {
        true => String::new(),
        false => format!(" {}", options.join(", ")),
    }
}

fn suffix(table: &Table) -> Result<String, Unsupported> {
    match &table.options.suffix {
        Some(suffix) => Ok(format!(" {}", sql(suffix)?)),
        None => Ok(String::new()),
    }
}

fn refuse(table: &Table) -> Result<(), Unsupported> {
    let name = &table.name;
    if table.comment.is_some() {
        return Err(unsupported(
            format!("keep a comment on `{name}`"),
            "leave out `.comment(…)`; write a comment in the revision's file instead",
        ));
    }
    if table.columns.is_empty() {
        return Err(unsupported(
            format!("create `{name}` without a column"),
            "add one with `.column(…)`",
        ));
    }
    if let [_, second, ..] = primary_keys(table).as_slice() {
        return Err(unsupported(
            format!(
                "give `{name}` a second primary key, over `{}`",
                second.columns().join("`, `")
            ),
            "say a key over several columns once: `.primary_key([…])`",
        ));
    }
    foreign::table_options(name, &table.options)?;
    refuse_numbering(table)
}

fn refuse_numbering(table: &Table) -> Result<(), Unsupported> {
    let Some(column) = table
        .columns
        .iter()
        .find(|column| column.identity.is_some())
    else {
        return Ok(());
    };
    let what = |why: &str| {
        format!(
            "number the rows of `{}` by `{}`: {why}",
            table.name, column.name
        )
    };
    if table
        .primary_key()
        .is_none_or(|key| key.columns != [column.name.as_str()])
    {
        return Err(unsupported(
            what("it is not the primary key by itself"),
            "add `.primary_key()` to the column",
        ));
    }
    if table.options.without_rowid {
        return Err(unsupported(
            what("the table is without row ids"),
            "leave out `.without_rowid()`",
        ));
    }
    Ok(())
}

fn primary_keys(table: &Table) -> Vec<&Constraint> {
    table
        .constraints
        .iter()
        .filter(|constraint| matches!(constraint, Constraint::PrimaryKey(_)))
        .collect()
}
