//! Applies one operation to a table's text.

use super::edit;
use super::parse::{Clause, ClauseKind, Column, Definition, is_name, tokens};
use crate::backend::BackendKind;
use crate::backend::sqlite::quote::{identifier, sql};
use crate::backend::sqlite::{ddl, unsupported};
use crate::error::Unsupported;
use crate::operation::{ColumnChange, Operation};
use crate::schema::{self, Constraint, ConstraintKind};
use crate::sql::{PieceKind, is_reserved, unquoted};

/// The text after an operation.
pub(super) fn changed(
    text: &str,
    definition: &Definition,
    operation: &Operation,
) -> Result<String, Unsupported> {
    let cannot = |why: String, help: &str| unsupported(format!("{operation}: {why}"), help);
    match &*ddl::within_schema(operation) {
        Operation::AddColumn {
            column,
            constraints,
            ..
        } => add_column(text, definition, column, constraints),
        Operation::DropColumn { name, .. } => {
            drop_column(text, definition, name).map_err(|(why, help)| cannot(why, &help))
        }
        Operation::AlterColumn { name, change, .. } => {
            let column = definition
                .column(name)
                .ok_or_else(|| cannot(no_column(definition), "look at the name"))?;
            alter_column(text, definition, column, change)
        }
        Operation::AddConstraint { constraint, .. } => Ok(edit::add_constraint(
            text,
            definition,
            &ddl::constraint_of_table(constraint)?,
        )),
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
            let place = find(text, definition, &wanted).ok_or_else(|| {
                cannot(
                    no_constraint(definition),
                    "say what it is: op.drop_constraint(\"…\", unique([…]))",
                )
            })?;
            Ok(match place {
                Place::OfTable(index) => edit::remove(text, definition, index),
                Place::OfColumn(clause) => edit::remove_clause(text, clause),
            })
        }
        Operation::RenameConstraint { from, to, .. } => {
            let place = definition
                .clauses()
                .find(|clause| is_named(clause, from))
                .and_then(|clause| clause.name_at.clone())
                .ok_or_else(|| cannot(no_constraint(definition), "look at the name"))?;
            Ok(edit::replace(text, place, &identifier(to)?))
        }
        _ => Err(cannot(
            "it is no change of a table's definition".to_owned(),
            "run it by itself",
        )),
    }
}

fn add_column(
    text: &str,
    definition: &Definition,
    column: &schema::Column,
    constraints: &[Constraint],
) -> Result<String, Unsupported> {
    let (own, others): (Vec<&Constraint>, Vec<&Constraint>) = constraints
        .iter()
        .partition(|constraint| ddl::is_about(column, constraint));
    let rendered = ddl::column_definition(column, &own, definition.is_strict())?;
    let mut text = edit::add_column(text, definition, &rendered);
    for constraint in others {
        let Ok(definition) = Definition::parse(&text) else {
            break; // parsing the result reports it
        };
        text = edit::add_constraint(&text, &definition, &ddl::constraint_of_table(constraint)?);
    }
    Ok(text)
}

/// Constraints of the column alone are dropped with it; constraints of other columns too prevent
/// that.
fn drop_column(
    text: &str,
    definition: &Definition,
    name: &str,
) -> Result<String, (String, String)> {
    let position = |definition: &Definition| {
        definition
            .columns
            .iter()
            .position(|column| column.name.eq_ignore_ascii_case(name))
    };
    let index = position(definition)
        .ok_or_else(|| (no_column(definition), "look at the name".to_owned()))?;
    if definition.columns.len() == 1 {
        return Err(("it is the only one".to_owned(), "drop the table".to_owned()));
    }
    for (other, column) in definition.columns.iter().enumerate() {
        // in other clauses, the name is a word such as KEY
        let is_user = |clause: &Clause| {
            matches!(clause.kind, ClauseKind::Check | ClauseKind::Generated)
                && mentions(&text[clause.body.clone()], name)
        };
        if other != index && column.clauses.iter().any(is_user) {
            return Err((
                format!(
                    "`{}` is computed from it or checked against it",
                    column.name
                ),
                format!("change or drop `{}` first", column.name),
            ));
        }
    }
    let mut text = text.to_owned();
    // the last one first, so that earlier positions stay valid
    for (number, item) in definition.constraints.iter().enumerate().rev() {
        let clause = &item.clause;
        match about(&text, definition, clause, name) {
            About::Others => {}
            About::Alone => {
                let Ok(present) = Definition::parse(&text) else {
                    break;
                };
                text = edit::remove(&text, &present, definition.columns.len() + number);
            }
            About::Both => {
                let named = match &clause.name {
                    Some(name) => format!("the constraint `{name}`"),
                    None => format!("`{}`", &text[clause.span.clone()]),
                };
                return Err((
                    format!("{named} is about other columns too"),
                    "drop that first: op.drop_constraint(…)".to_owned(),
                ));
            }
        }
    }
    match Definition::parse(&text) {
        Ok(definition) => Ok(edit::remove(&text, &definition, index)),
        Err(_) => Ok(text), // parsing the result reports it
    }
}

/// Whether SQLite itself can drop the column: nothing in the definition outside the column depends
/// on it.
pub(super) fn is_free(text: &str, definition: &Definition, name: &str) -> bool {
    let keyed = |column: &Column| {
        column
            .clause(|kind| matches!(kind, ClauseKind::PrimaryKey { .. } | ClauseKind::Unique))
            .is_some()
    };
    let own = definition.column(name).is_none_or(|column| !keyed(column));
    own && definition
        .constraints
        .iter()
        .all(|item| matches!(about(text, definition, &item.clause, name), About::Others))
}

enum About {
    Alone,
    Both,
    Others,
}

/// Whether a constraint of the table depends on a column.
fn about(text: &str, definition: &Definition, clause: &Clause, name: &str) -> About {
    let is = |other: &&String| other.eq_ignore_ascii_case(name);
    let body = &text[clause.body.clone()];
    let (it, others) = match clause.kind {
        ClauseKind::Check => (
            mentions(body, name),
            definition
                .columns
                .iter()
                .any(|column| !is(&&column.name) && mentions(body, &column.name)),
        ),
        _ => (
            clause.columns.iter().any(|column| is(&column)),
            clause.columns.iter().any(|column| !is(&column)),
        ),
    };
    match (it, others) {
        (true, true) => About::Both,
        (true, false) => About::Alone,
        (false, _) => About::Others,
    }
}

/// Whether a piece of SQL contains a name, outside strings. Without quotes, a reserved word is no
/// name.
fn mentions(text: &str, name: &str) -> bool {
    tokens(text).iter().any(|token| {
        let piece = &text[token.span.clone()];
        let is_word = token.kind == PieceKind::Word
            && is_reserved(&piece.to_ascii_lowercase(), BackendKind::Sqlite);
        is_name(token)
            && !is_word
            && !piece.starts_with('\'')
            && unquoted(piece).eq_ignore_ascii_case(name)
    })
}

fn alter_column(
    text: &str,
    definition: &Definition,
    column: &Column,
    change: &ColumnChange,
) -> Result<String, Unsupported> {
    let name = column.name.clone();
    let mut text = text.to_owned();
    let set = |text: &mut String, kind: ClauseKind, clause: Option<String>| {
        if let Some(column) = Definition::parse(text)
            .ok()
            .as_ref()
            .and_then(|now| now.column(&name))
        {
            *text = edit::set_clause(text, column, kind, clause.as_deref());
        }
    };
    if change.comment.is_some() {
        return Err(unsupported(
            format!("keep a comment on `{}`", column.name),
            "leave it out where `op.backend()` is SQLite",
        ));
    }
    if let Some(collation) = &change.collation {
        let clause = match collation {
            Some(name) => Some(format!("COLLATE {}", identifier(name)?)),
            None => None,
        };
        set(&mut text, ClauseKind::Collate, clause);
    }
    if let Some(generated) = &change.generated {
        let clause = match generated {
            Some(generated) => Some(ddl::generated_as(generated)?),
            None => None,
        };
        set(&mut text, ClauseKind::Generated, clause);
    }
    if let Some(nullable) = change.nullable {
        set(&mut text, ClauseKind::Null, None);
        set(
            &mut text,
            ClauseKind::NotNull,
            (!nullable).then(|| "NOT NULL".to_owned()),
        );
    }
    if let Some(default) = &change.default {
        let clause = match default {
            Some(default) => Some(format!("DEFAULT {}", ddl::default_value(default)?)),
            None => None,
        };
        set(&mut text, ClauseKind::Default, clause);
    }
    if let Some(identity) = &change.identity {
        text = set_numbered(&text, &column.name, identity.as_ref())?;
    }
    if let Some(ty) = &change.ty {
        let numbered = definition.is_numbered()
            && definition
                .row_number(&text)
                .is_some_and(|key| key.name == column.name);
        if !(numbered && ty.is_integer()) {
            let ty = ddl::declared_type(ty, definition.is_strict())?;
            if let Some(column) = Definition::parse(&text)
                .ok()
                .as_ref()
                .and_then(|now| now.column(&column.name))
            {
                text = edit::set_type(&text, column, &ty);
            }
        }
    }
    Ok(text)
}

/// The text with or without row numbering by a column.
fn set_numbered(
    text: &str,
    name: &str,
    identity: Option<&schema::Identity>,
) -> Result<String, Unsupported> {
    if identity.is_some_and(|identity| identity.always || !identity.options.is_default()) {
        return Err(unsupported(
            format!("number rows by `{name}` by rules of your own"),
            "use `.set_identity()`",
        ));
    }
    let no_key = || {
        unsupported(
            format!("number rows by `{name}`: it is not the primary key, said with the column"),
            "make it so: `column(…, Integer).primary_key()`",
        )
    };
    let text = &with_key_in_column(text, name);
    let definition = Definition::parse(text).map_err(|_| no_key())?;
    let column = definition.column(name).ok_or_else(no_key)?;
    let key = column
        .clause(|kind| matches!(kind, ClauseKind::PrimaryKey { .. }))
        .ok_or_else(no_key)?;
    let place = key.body.clone();
    let words = &text[place.clone()];
    let word = tokens(words)
        .into_iter()
        .find(|token| words[token.span.clone()].eq_ignore_ascii_case("AUTOINCREMENT"));
    Ok(match (identity, word) {
        (Some(_), None) => edit::replace(text, place.end..place.end, " AUTOINCREMENT"),
        (None, Some(word)) => {
            let before = words[..word.span.start].trim_end().len();
            edit::replace(text, place.start + before..place.start + word.span.end, "")
        }
        _ => text.to_owned(),
    })
}

/// The text with a primary key that is over one column written with it, where numbering is said.
fn with_key_in_column(text: &str, name: &str) -> String {
    let moved = || {
        let definition = Definition::parse(text).ok()?;
        let number = definition.constraints.iter().position(|item| {
            let columns = &item.clause.columns;
            matches!(item.clause.kind, ClauseKind::PrimaryKey { .. })
                && columns.len() == 1
                && columns[0].eq_ignore_ascii_case(name)
        })?;
        let named = match &definition.constraints[number].clause.name {
            Some(name) => format!("CONSTRAINT {} ", identifier(name).ok()?),
            None => String::new(),
        };
        let text = edit::remove(text, &definition, definition.columns.len() + number);
        let definition = Definition::parse(&text).ok()?;
        let column = definition.column(name)?;
        let kind = ClauseKind::PrimaryKey {
            autoincrement: false,
        };
        Some(edit::set_clause(
            &text,
            column,
            kind,
            Some(&format!("{named}PRIMARY KEY")),
        ))
    };
    moved().unwrap_or_else(|| text.to_owned())
}

/// The constraint that is looked for.
pub(super) struct Wanted<'w> {
    pub(super) name: Option<&'w str>,
    pub(super) kind: Option<ConstraintKind>,
    pub(super) was: Option<&'w Constraint>,
}

pub(super) enum Place<'d> {
    OfTable(usize),
    OfColumn(&'d Clause),
}

pub(super) fn find<'d>(
    text: &str,
    definition: &'d Definition,
    wanted: &Wanted<'_>,
) -> Option<Place<'d>> {
    let of_table = definition
        .constraints
        .iter()
        .position(|item| is_wanted(text, &item.clause, &item.clause.columns, wanted))
        .map(|index| Place::OfTable(definition.columns.len() + index));
    of_table.or_else(|| {
        definition.columns.iter().find_map(|column| {
            let own = [column.name.clone()];
            column
                .clauses
                .iter()
                .find(|clause| is_wanted(text, clause, &own, wanted))
                .map(Place::OfColumn)
        })
    })
}

fn is_wanted(text: &str, clause: &Clause, columns: &[String], wanted: &Wanted<'_>) -> bool {
    let kind = match clause.kind {
        ClauseKind::PrimaryKey { .. } => Some(ConstraintKind::PrimaryKey),
        ClauseKind::Unique => Some(ConstraintKind::Unique),
        ClauseKind::Check => Some(ConstraintKind::Check),
        ClauseKind::References => Some(ConstraintKind::ForeignKey),
        _ => None,
    };
    if wanted.kind.is_some() && wanted.kind != kind {
        return false;
    }
    if let Some(name) = wanted.name {
        return is_named(clause, name);
    }
    match wanted.was {
        None => wanted.kind == Some(ConstraintKind::PrimaryKey),
        Some(Constraint::Check(check)) => sql(&check.expression).is_ok_and(|expression| {
            same_tokens(&text[clause.body.clone()], &format!("CHECK ({expression})"))
        }),
        Some(constraint) => {
            let said = constraint.columns();
            said.len() == columns.len()
                && said
                    .iter()
                    .zip(columns)
                    .all(|(one, other)| one.eq_ignore_ascii_case(other))
        }
    }
}

pub(super) fn is_named(clause: &Clause, name: &str) -> bool {
    clause
        .name
        .as_ref()
        .is_some_and(|own| own.eq_ignore_ascii_case(name))
}

/// Whether two texts are equal word by word.
pub(super) fn same_tokens(one: &str, other: &str) -> bool {
    let of = |text: &str| -> Vec<String> {
        tokens(text)
            .into_iter()
            .map(|token| text[token.span].to_owned())
            .collect()
    };
    of(one) == of(other)
}

fn no_column(definition: &Definition) -> String {
    let names: Vec<String> = definition
        .columns
        .iter()
        .map(|column| format!("`{}`", column.name))
        .collect();
    format!("the table's columns are {}", names.join(", "))
}

fn no_constraint(definition: &Definition) -> String {
    let names: Vec<String> = definition
        .clauses()
        .filter_map(|clause| clause.name.as_ref())
        .map(|name| format!("`{name}`"))
        .collect();
    match names.is_empty() {
        true => "no constraint of the table has a name".to_owned(),
        false => format!("the table's named constraints are {}", names.join(", ")),
    }
}
