//! Files put together: declarations of one table, references by the names of the database, labels
//! of enum types. It must not read text.

use super::checks;
use super::checks::{column_slot, column_word, overlap, table_slot, table_word};
use super::enums::Labels;
use super::file::FileModels;
use super::reader::Spots;
use super::references::{Outline, refer};
use super::table::written;
use super::types::canonical;
use crate::{
    Attribute, Column, ColumnKey, DieselType, EnumType, Literal, Models, Place, Problem, Table,
    TableKey,
};

impl Models {
    /// What files declare together, and all that is wrong with it: with each of them, and with
    /// what they say about each other.
    #[must_use]
    pub fn resolve(files: Vec<FileModels>) -> (Models, Vec<Problem>) {
        let mut models = Models::default();
        let mut problems = Vec::new();
        let mut labels = Vec::new();
        let mut spots = Vec::new();
        let mut tables = Vec::new();
        for file in files {
            tables.extend(file.tables);
            models.joins.extend(file.joins);
            models.enums.extend(file.sql_types);
            models.unread.extend(file.unread);
            problems.extend(file.problems);
            labels.extend(file.labels);
            spots.extend(file.spots);
        }
        label(&mut models.enums, &labels);
        models.tables = merged(tables, &mut problems);
        references(&mut models.tables, &spots, &mut problems);
        for table in &models.tables {
            renamed(table, &models.tables, &mut problems);
            defaults(table, &models, &mut problems);
        }
        problems.sort_by(|a, b| {
            let key = |problem: &Problem| {
                let Place { file, line, column } = problem.place.clone();
                (file, line, column)
            };
            key(a).cmp(&key(b))
        });
        problems.dedup();
        (models, problems)
    }
}

/// Gives SQL types the labels that enums state; what a type states itself stays.
fn label(types: &mut Vec<EnumType>, labels: &[Labels]) {
    let names: Vec<(String, String)> = types
        .iter()
        .map(|ty| (ty.rust_name.clone(), ty.place.file.clone()))
        .collect();
    for ty in types.iter_mut().filter(|ty| ty.labels.is_none()) {
        // of several types with one name, the path says which is meant
        let is_meant = |labels: &&Labels| {
            let own = nearness(&labels.sql_type, &ty.place.file);
            labels.sql_type.last() == Some(&ty.rust_name)
                && names.iter().all(|(name, file)| {
                    *name != ty.rust_name || nearness(&labels.sql_type, file) <= own
                })
        };
        let mut of_type = labels.iter().filter(is_meant);
        let first = labels
            .iter()
            .filter(is_meant)
            .find(|labels| labels.is_of_diesel);
        ty.labels = first
            .or_else(|| of_type.next())
            .map(|labels| labels.labels.clone());
    }
    // a type that several files declare alike is one
    let mut kept: Vec<EnumType> = Vec::new();
    for ty in types.drain(..) {
        let same = kept.iter_mut().find(|kept| {
            (&kept.rust_name, &kept.schema, &kept.name) == (&ty.rust_name, &ty.schema, &ty.name)
                && kept.only == ty.only
        });
        match same {
            Some(kept) => kept.labels = kept.labels.take().or(ty.labels),
            None => kept.push(ty),
        }
    }
    *types = kept;
}

/// How many of the modules in a path are folders or files in the path of this file.
fn nearness(path: &[String], file: &str) -> usize {
    let parts: Vec<&str> = file.split(['/', '\\', '.']).collect();
    let modules = path.iter().filter(|name| parts.contains(&name.as_str()));
    modules.count()
}

/// The databases that a table is for; none for all of them.
pub(crate) fn only(table: &Table) -> &[String] {
    let only = table.attributes.iter().find_map(|key| match &key.key {
        TableKey::Only(only) => Some(only.as_slice()),
        _ => None,
    });
    only.unwrap_or_default()
}

/// The tables, each once.
fn merged(tables: Vec<Table>, problems: &mut Vec<Problem>) -> Vec<Table> {
    use std::collections::HashMap;
    let mut kept: Vec<Table> = Vec::new();
    let mut by_name: HashMap<(Option<String>, String), Vec<usize>> = HashMap::new();
    for table in tables {
        let known = by_name
            .entry((table.schema.clone(), table.name.clone()))
            .or_default();
        let same = known
            .iter()
            .copied()
            .find(|index| overlap(only(&kept[*index]), only(&table)));
        match same {
            None => {
                known.push(kept.len());
                kept.push(table);
            }
            Some(index) => merge(&mut kept[index], table, problems),
        }
    }
    kept
}

/// Makes one of two declarations of a table.
fn merge(kept: &mut Table, other: Table, problems: &mut Vec<Problem>) {
    let name = &kept.rust_name;
    if kept.closed && other.closed {
        let message = format!("table `{name}` is declared twice");
        let problem = Problem::new(other.place, message)
            .help("leave one of them out: each `migrate_core::table!` is the whole of its table");
        problems.push(problem.also(kept.place.clone(), "the first one"));
        return;
    }
    if kept.key != other.key {
        let message = format!("table `{name}` has another primary key here");
        let problem = Problem::new(other.place.clone(), message);
        problems.push(problem.also(kept.place.clone(), "the other one"));
    }
    let is_open = !kept.closed && !other.closed;
    // what is open says no more than what is closed
    let (mut closed, open) = match other.closed {
        true => (other, std::mem::replace(kept, nothing())),
        false => (std::mem::replace(kept, nothing()), other),
    };
    for column in open.columns {
        let index = closed
            .columns
            .iter()
            .position(|other| other.name == column.name);
        match index {
            Some(index) => both(&mut closed.columns[index], column, is_open, problems),
            None if is_open => closed.columns.push(column),
            None => {
                let message = format!(
                    "column `{}` is not in the closed declaration of table `{}`",
                    column.rust_name, closed.rust_name
                );
                let problem = Problem::new(column.place, message).help("leave it out here");
                problems.push(problem.also(closed.place.clone(), "`migrate_core::table!`"));
            }
        }
    }
    attributes(
        &mut closed.attributes,
        open.attributes,
        is_open,
        &table_slot,
        &table_word,
        problems,
    );
    closed.doc = closed.doc.or(open.doc);
    *kept = closed;
}

fn nothing() -> Table {
    Table {
        place: Place::default(),
        closed: false,
        schema: None,
        name: String::new(),
        rust_name: String::new(),
        columns: Vec::new(),
        key: Vec::new(),
        attributes: Vec::new(),
        doc: None,
    }
}

/// Two declarations of a column.
fn both(kept: &mut Column, other: Column, is_open: bool, problems: &mut Vec<Problem>) {
    let ty = |column: &Column| match column.nullable {
        true => format!("Nullable<{}>", written(&column.ty)),
        false => written(&column.ty),
    };
    if kept.nullable != other.nullable || !is_same(&kept.ty, &other.ty) {
        let message = format!("column `{}` is `{}` here", other.rust_name, ty(&other));
        let problem = Problem::new(other.place.clone(), message)
            .help("declare it alike in both places, or in one of them");
        problems.push(problem.also(kept.place.clone(), format!("here it is `{}`", ty(kept))));
    }
    match (kept.max_length, other.max_length) {
        (Some(one), Some(two)) if one != two => {
            let message = format!(
                "column `{}` has `#[max_length = {two}]` here",
                other.rust_name
            );
            let problem = Problem::new(other.place.clone(), message);
            problems.push(problem.also(kept.place.clone(), format!("here it has {one}")));
        }
        (None, length) if is_open => kept.max_length = length,
        _ => {}
    }
    attributes(
        &mut kept.attributes,
        other.attributes,
        is_open,
        &column_slot,
        &column_word,
        problems,
    );
    kept.doc = kept.doc.take().or(other.doc);
}

/// Whether two types are one to diesel.
fn is_same(one: &DieselType, other: &DieselType) -> bool {
    canonical(&one.name) == canonical(&other.name)
        && one.arguments.len() == other.arguments.len()
        && one
            .arguments
            .iter()
            .zip(&other.arguments)
            .all(|(one, other)| is_same(one, other))
}

/// Adds what the other declaration says to what this one says.
fn attributes<K: PartialEq>(
    kept: &mut Vec<Attribute<K>>,
    others: Vec<Attribute<K>>,
    is_open: bool,
    slot: &dyn Fn(&K) -> Option<String>,
    word: &dyn Fn(&K) -> &'static str,
    problems: &mut Vec<Problem>,
) {
    for other in others {
        let says = |kept: &&Attribute<K>| {
            (kept.only.is_empty() || kept.only == other.only) && kept.key == other.key
        };
        if kept.iter().any(|attribute| says(&attribute)) {
            continue;
        }
        let rival = slot(&other.key).and_then(|own| {
            kept.iter().find(|kept| {
                slot(&kept.key).as_ref() == Some(&own) && overlap(&kept.only, &other.only)
            })
        });
        let word = word(&other.key);
        match rival {
            Some(rival) => {
                let message = format!("`{word}` contradicts another declaration of the table");
                let problem = Problem::new(other.place, message).help("leave one of them out");
                problems.push(problem.also(rival.place.clone(), "the other one"));
            }
            None if is_open => kept.push(other),
            None => {
                let message = format!("`{word}` is not in the closed declaration of the table");
                let problem = Problem::new(other.place, message);
                problems.push(problem.help("write it there: `migrate_core::table!` is the whole"));
            }
        }
    }
}

/// Puts the names of the database into foreign keys.
fn references(tables: &mut [Table], spots: &[Spots], problems: &mut Vec<Problem>) {
    let outlines: Vec<Outline> = tables.iter().map(Outline::of).collect();
    let outlines: Vec<&Outline> = outlines.iter().collect();
    for table in tables {
        refer(table, spots, &outlines, problems);
    }
}

/// A table that is renamed from one that is there.
pub(crate) fn renamed(table: &Table, all: &[Table], problems: &mut Vec<Problem>) {
    for attribute in &table.attributes {
        let TableKey::RenamedFrom(former) = &attribute.key else {
            continue;
        };
        let other = all.iter().find(|other| {
            other.name == *former
                && other.schema == table.schema
                && other.name != table.name
                && overlap(only(other), only(table))
        });
        if let Some(other) = other {
            let problem = still_there(&attribute.place, former);
            problems.push(problem.also(other.place.clone(), "it is here"));
        }
    }
}

pub(crate) fn still_there(place: &Place, former: &str) -> Problem {
    let message = format!("table `{former}` is still there");
    Problem::new(place.clone(), message).help("leave `renamed_from` out, or the other table")
}

/// Defaults of enum types that are none of their labels.
fn defaults(table: &Table, models: &Models, problems: &mut Vec<Problem>) {
    for column in &table.columns {
        let same = |ty: &&EnumType| ty.rust_name == column.ty.name && !ty.only.is_empty();
        if models.enums.iter().any(|ty| same(&ty)) {
            // each database has its own
            continue;
        }
        let ty = models.enum_type(&column.ty.name, &column.place.file, "");
        let Some(labels) = ty.and_then(|ty| ty.labels.as_deref()) else {
            continue;
        };
        for attribute in &column.attributes {
            if let ColumnKey::Default(default @ Literal::Text(_)) = &attribute.key {
                problems.extend(checks::default(
                    column,
                    default,
                    Some(labels),
                    &attribute.place,
                ));
            }
        }
    }
}
