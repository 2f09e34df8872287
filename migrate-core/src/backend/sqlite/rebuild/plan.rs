//! The statements of a rebuild, from the old text, the new text, and the table's other objects.

use super::parse::{Definition, tokens};
use super::{Found, Pending, edit, not_understood, quoted_text, schema_of};
use crate::backend::sqlite::quote::identifier;
use crate::error::Unsupported;

/// All statements, in order.
pub(super) fn statements(pending: &Pending, found: &Found) -> Result<Vec<String>, Unsupported> {
    let read = |text: &str| {
        Definition::parse(text).map_err(|error| not_understood(&pending.table, text, error.at))
    };
    let (old, new) = (read(&pending.old)?, read(&pending.new)?);
    let schema = schema_of(&pending.table);
    let name = &pending.new[new.name.clone()];
    let table = format!("{schema}.{name}");
    let aside = format!("{schema}.{}", identifier(&found.aside)?);
    let mut statements = vec![
        format!(
            "ALTER TABLE {table} RENAME TO {}",
            identifier(&found.aside)?
        ),
        edit::replace(&pending.new, new.name.clone(), &table),
    ];
    let (into, from) = copied(pending, &old, &new)?;
    if !into.is_empty() {
        // whatever the conflict clause of a constraint: no row is skipped
        statements.push(format!(
            "INSERT OR ABORT INTO {table} ({}) SELECT {} FROM {aside}",
            into.join(", "),
            from.join(", ")
        ));
    }
    statements.push(format!("DROP TABLE {aside}"));
    for object in &found.objects {
        statements.push(in_schema(object, &schema));
    }
    if let (Some(number), true) = (found.last_number, new.is_numbered()) {
        let name = quoted_text(&pending.table.name);
        statements.push(format!(
            "UPDATE {schema}.sqlite_sequence SET seq = {number} WHERE name = {name} COLLATE NOCASE"
        ));
        statements.push(format!(
            "INSERT INTO {schema}.sqlite_sequence (name, seq) SELECT name, {number} \
             FROM {schema}.sqlite_master WHERE type = 'table' AND name = {name} COLLATE NOCASE \
             AND NOT EXISTS (SELECT 1 FROM {schema}.sqlite_sequence WHERE name = {name} COLLATE NOCASE)"
        ));
    }
    Ok(statements)
}

/// The columns that get values, and the expressions for them.
fn copied(
    pending: &Pending,
    old: &Definition,
    new: &Definition,
) -> Result<(Vec<String>, Vec<String>), Unsupported> {
    let mut into = Vec::new();
    let mut from = Vec::new();
    let rowid = ["rowid", "_rowid_", "oid"]
        .into_iter()
        .find(|name| old.column(name).is_none() && new.column(name).is_none());
    let keeps_numbers = !old.is_without_rowid()
        && !new.is_without_rowid()
        && new.row_number(&pending.new).is_none();
    if let (Some(rowid), true) = (rowid, keeps_numbers) {
        into.push(rowid.to_owned());
        from.push(rowid.to_owned());
    }
    for column in &new.columns {
        let is = |name: &String| name.eq_ignore_ascii_case(&column.name);
        let name = identifier(&column.name)?;
        let added = pending.added.iter().rev().find(|(name, _)| is(name));
        if column.is_generated() {
            continue;
        }
        if let Some((_, value)) = added {
            if let Some(value) = value {
                from.push(value.clone());
                into.push(name);
            }
            continue;
        }
        if old.column(&column.name).is_none() {
            continue;
        }
        let using = pending.using.iter().rev().find(|(name, _)| is(name));
        from.push(match using {
            Some((_, expression)) => format!("({expression})"),
            None => name.clone(),
        });
        into.push(name);
    }
    Ok((into, from))
}

/// The text of an index or a trigger with its schema, which SQLite stores without it.
fn in_schema(text: &str, schema: &str) -> String {
    let tokens = tokens(text);
    let kind = tokens.iter().position(|token| {
        let word = &text[token.span.clone()];
        word.eq_ignore_ascii_case("INDEX") || word.eq_ignore_ascii_case("TRIGGER")
    });
    match kind.and_then(|kind| tokens.get(kind + 1)) {
        Some(name) => edit::replace(
            text,
            name.span.clone(),
            &format!("{schema}.{}", &text[name.span.clone()]),
        ),
        None => text.to_owned(),
    }
}

/// The text of a CREATE statement with another name after the keyword of its kind.
pub(in crate::backend::sqlite) fn with_name(text: &str, kind: &str, name: &str) -> Option<String> {
    let tokens = tokens(text);
    let at = tokens
        .iter()
        .position(|token| text[token.span.clone()].eq_ignore_ascii_case(kind))?;
    let old = tokens.get(at + 1)?;
    Some(edit::replace(text, old.span.clone(), name))
}
