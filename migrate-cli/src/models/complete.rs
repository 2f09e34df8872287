//! What models say nothing about stays as it was: other objects of the schema, and of an open table
//! the constraints and indexes whose columns stay. Pure.

use std::collections::{BTreeMap, BTreeSet};

use migrate_core::schema::{
    Constraint, EnumType, Index, IndexKey, ObjectName, Schema, Table, Type,
};
use migrate_models::{ColumnKey, Models};

use super::Ground;
use super::convert::Declared;

/// The whole schema, with remarks for people.
pub(super) fn complete(
    models: &Models,
    declared: Vec<Declared>,
    ground: Ground<'_>,
) -> (Schema, Vec<String>) {
    let mut schema = ground.before.clone();
    let mut notes = Vec::new();
    let renamed: BTreeMap<ObjectName, ObjectName> = declared
        .iter()
        .filter_map(|one| Some((one.was.clone()?, one.table.name.clone())))
        .collect();
    let is_new = |name: &ObjectName| declared.iter().any(|one| one.table.name == *name);
    let has_closed = models.tables.iter().any(|model| model.closed) && !ground.keeps;
    let is_declared = |name: &ObjectName| renamed.contains_key(name) || is_new(name);
    let goes = |name: &ObjectName| {
        ground
            .drops
            .iter()
            .any(|one| *one == name.name || *one == name.to_string())
    };
    let stays = |table: &Table| {
        let is_dropped = has_closed || goes(&table.name);
        !is_declared(&table.name)
            && (!ground.is_about(&table.name)
                || !ground.config.filter.has(&table.name.name)
                || !is_dropped)
    };
    schema.tables.retain(stays);
    let kept: BTreeSet<ObjectName> = schema.tables.iter().map(|one| one.name.clone()).collect();
    let on_view = |index: &Index| ground.before.table(&index.table).is_none();
    schema
        .indexes
        .retain(|index| kept.contains(&index.table) || on_view(index));
    for one in declared {
        schema.tables.push(one.table);
        schema.indexes.extend(one.indexes);
    }
    if !has_closed {
        let unnamed: Vec<String> = kept.iter().map(|name| format!("`{name}`")).collect();
        if let Some(first) = kept.iter().find(|name| ground.is_about(name)) {
            notes.push(format!(
                "no model declares {}, which stays: `--drop {first}` drops it",
                unnamed.join(", ")
            ));
        }
    }
    let columns = renamed_columns(models, ground, &renamed);
    for table in &mut schema.tables {
        follow(table, &renamed, &columns);
    }
    let there = |name: &ObjectName| schema.tables.iter().any(|table| table.name == *name);
    let mut others = Vec::new();
    for mut other in std::mem::take(&mut schema.others) {
        let Some(on) = &other.on else {
            others.push(other);
            continue;
        };
        let now = renamed.get(on).unwrap_or(on).clone();
        let was_table = ground.before.table(on).is_some();
        if was_table && !there(&now) {
            continue; // it goes with its table
        }
        other.on = Some(now);
        others.push(other);
    }
    schema.others = others;
    let owner = |sequence: &migrate_core::schema::Sequence| {
        let Some((table, column)) = &sequence.owned_by else {
            return true;
        };
        let now = renamed.get(table).unwrap_or(table);
        let table = schema.tables.iter().find(|one| one.name == *now);
        table.is_some_and(|table| table.columns.iter().any(|one| one.name == *column))
    };
    let sequences = ground.before.sequences.iter().filter(|one| owner(one));
    schema.sequences = sequences.cloned().collect();
    enums(&mut schema, models, ground, &mut notes);
    schema.sort();
    (schema, notes)
}

/// The columns that have another name than before, by the table's name before.
fn renamed_columns(
    models: &Models,
    ground: Ground<'_>,
    renamed: &BTreeMap<ObjectName, ObjectName>,
) -> BTreeMap<(ObjectName, String), String> {
    let mut found = BTreeMap::new();
    for model in &models.tables {
        let name = ground.name(model.schema.as_deref(), &model.name);
        let Some((old_table, _)) = renamed.iter().find(|(_, new)| **new == name) else {
            continue;
        };
        for column in &model.columns {
            let said = column.attributes.iter().find_map(|one| match &one.key {
                ColumnKey::RenamedFrom(old) => Some(old.clone()),
                _ => None,
            });
            let answered = ground.renames.iter().find_map(|rename| {
                let (table, old) = rename.from.rsplit_once('.')?;
                (table == model.name && rename.to == column.name).then(|| old.to_owned())
            });
            if let Some(old) = said.or(answered) {
                found.insert((old_table.clone(), old), column.name.clone());
            }
        }
    }
    found
}

/// Foreign keys follow the tables and columns that were renamed.
fn follow(
    table: &mut Table,
    tables: &BTreeMap<ObjectName, ObjectName>,
    columns: &BTreeMap<(ObjectName, String), String>,
) {
    for constraint in &mut table.constraints {
        let Constraint::ForeignKey(key) = constraint else {
            continue;
        };
        for referred in &mut key.referred {
            if let Some(new) = columns.get(&(key.table.clone(), referred.clone())) {
                referred.clone_from(new);
            }
        }
        if let Some(new) = tables.get(&key.table) {
            key.table.clone_from(new);
        }
    }
}

/// Takes out the constraints of a table of which a column goes; the others follow renamed columns.
pub(super) fn keep_constraints(table: &mut Table, renamed: &impl Fn(&String) -> Option<String>) {
    let all = std::mem::take(&mut table.constraints);
    for mut constraint in all {
        let own = match &mut constraint {
            Constraint::PrimaryKey(_) => {
                table.constraints.push(constraint); // the models say what it is
                continue;
            }
            Constraint::Unique(key) => Some((&mut key.columns, Some(&mut key.include))),
            Constraint::ForeignKey(key) => Some((&mut key.columns, None)),
            _ => None,
        };
        let follows = |columns: &mut Vec<String>| {
            let new: Option<Vec<String>> = columns.iter().map(renamed).collect();
            new.map(|new| *columns = new).is_some()
        };
        let stays = match own {
            Some((columns, include)) => follows(columns) && include.is_none_or(follows),
            None => true,
        };
        if stays {
            table.constraints.push(constraint);
        }
    }
}

/// An index, unless one of its columns goes.
pub(super) fn kept_index(
    index: &Index,
    renamed: &impl Fn(&String) -> Option<String>,
) -> Option<Index> {
    let mut index = index.clone();
    for part in &mut index.parts {
        if let IndexKey::Column(name) = &mut part.key {
            *name = renamed(name)?;
        }
    }
    for name in &mut index.include {
        *name = renamed(name)?;
    }
    Some(index)
}

/// Enum types: their labels where models state them. One that tables used before and no table uses
/// now goes.
fn enums(schema: &mut Schema, models: &Models, ground: Ground<'_>, notes: &mut Vec<String>) {
    if ground.kind != migrate_core::BackendKind::Postgres {
        return;
    }
    for declared in &models.enums {
        let name = ground.name(declared.schema.as_deref(), &declared.name);
        let is_used = uses(schema, &name);
        let known = schema.enums.iter().position(|one| one.name == name);
        match (known, &declared.labels) {
            (Some(known), Some(labels)) => schema.enums[known].values.clone_from(labels),
            (None, Some(labels)) if is_used => {
                schema.enums.push(EnumType::new(name, labels.iter().cloned()));
            }
            // what columns had before is there: a domain, or a type of an extension
            (None, None) if is_used && !uses(ground.before, &name) => notes.push(format!(
                "the labels of the type `{name}` are not stated: write `#[migrate(labels(\"…\"))]` on `{}`",
                declared.rust_name
            )),
            _ => {}
        }
    }
    let gone: Vec<ObjectName> = schema
        .enums
        .iter()
        .filter(|one| uses(ground.before, &one.name) && !uses(schema, &one.name))
        .map(|one| one.name.clone())
        .collect();
    schema.enums.retain(|one| !gone.contains(&one.name));
}

/// Whether a column of a table has a type.
fn uses(schema: &Schema, name: &ObjectName) -> bool {
    fn is(ty: &Type, name: &ObjectName) -> bool {
        match ty {
            Type::Named(own) => own == name,
            Type::Array(element) => is(element, name),
            _ => false,
        }
    }
    let mut columns = schema.tables.iter().flat_map(|table| &table.columns);
    columns.any(|column| is(&column.ty, name))
}
