//! What models say nothing about stays as it was: other objects of the schema, and of an open table
//! the constraints and indexes whose columns stay. Pure.

use std::collections::{BTreeMap, BTreeSet};

use migrate_core::schema::{
    Constraint, EnumType, Index, IndexKey, IndexPart, ObjectName, Schema, Sql, Table, Type,
};
use migrate_models::{ColumnKey, Models};

use super::convert::{self, Declared};
use super::{Ground, ModelError};

/// The whole schema, with remarks for people.
///
/// # Errors
///
/// Tables that would go, and that something may declare that is not read.
pub(super) fn complete(
    models: &Models,
    declared: Vec<Declared>,
    ground: Ground<'_>,
) -> Result<(Schema, Vec<String>), Vec<ModelError>> {
    let mut schema = ground.before.clone();
    let mut notes = Vec::new();
    let followed = Followed::of(models, ground);
    let renamed = &followed.tables;
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
    let undeclared = schema.tables.iter();
    let undeclared = undeclared.filter(|one| !stays(one) && !goes(&one.name));
    let undeclared = undeclared.map(|one| &one.name);
    let undeclared = undeclared.filter(|name| !is_declared(name));
    unread(models, undeclared.collect())?;
    schema.tables.retain(stays);
    for table in &mut schema.tables {
        followed.foreign_keys(table);
    }
    let kept: BTreeSet<ObjectName> = schema.tables.iter().map(|one| one.name.clone()).collect();
    let on_view = |index: &Index| ground.before.table(&index.table).is_none();
    schema
        .indexes
        .retain(|index| kept.contains(&index.table) || on_view(index));
    for one in declared {
        schema.tables.push(one.table);
        schema.indexes.extend(one.indexes);
    }
    for model in &models.tables {
        let name = ground.name(model.schema.as_deref(), &model.name);
        if convert::is_meant(model, ground)
            && let Some(what) = ground.occupied(&name)
        {
            let tail = match what {
                "a view" => ": `#[migrate(view)]` says so",
                _ => "",
            };
            notes.push(format!(
                "`{name}` is {what}, which models do not declare: it is not compared{tail}"
            ));
        }
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
    Ok((schema, notes))
}

/// Refuses to drop tables that something may declare that is not read. What names one says more
/// than what may declare any.
fn unread(models: &Models, mut tables: Vec<&ObjectName>) -> Result<(), Vec<ModelError>> {
    let mut problems = Vec::new();
    let (any, named): (Vec<_>, Vec<_>) = models.unread.iter().partition(|one| one.names.is_empty());
    for one in named.into_iter().chain(any) {
        let may = |table: &&ObjectName| one.names.is_empty() || one.names.contains(&table.name);
        let (found, rest) = tables.into_iter().partition(may);
        tables = rest;
        let found: Vec<&ObjectName> = found;
        let Some(first) = found.first() else { continue };
        let names: Vec<String> = found.iter().map(|name| format!("`{name}`")).collect();
        let message = format!(
            "{} may declare {}: it is not read, and what no model declares is dropped",
            one.what,
            names.join(", ")
        );
        let help = format!(
            "declare each table in a file of models, outside of macros; or leave it out of comparisons: `exclude = [\"{first}\"]`; `new --autogenerate --drop {first}` drops it"
        );
        problems.push(ModelError::new(&one.place, message).help(help));
    }
    match problems.is_empty() {
        true => Ok(()),
        false => Err(problems),
    }
}

/// The tables that are declared and were there, and their columns that have another name now.
#[derive(Default)]
pub(super) struct Followed {
    /// The name now, by the one before.
    tables: BTreeMap<ObjectName, ObjectName>,
    /// The name now, by the table's name before and the column's.
    columns: BTreeMap<(ObjectName, String), String>,
}

impl Followed {
    pub(super) fn of(models: &Models, ground: Ground<'_>) -> Followed {
        let mut found = Followed::default();
        for model in &models.tables {
            let name = ground.name(model.schema.as_deref(), &model.name);
            let Some(was) = ground
                .was(model)
                .filter(|_| convert::is_table(model, ground))
            else {
                continue;
            };
            let answered: Vec<_> = ground.renamed_columns(&name, Some(&was.name)).collect();
            for column in &model.columns {
                let said = column.attributes.iter().find_map(|one| match &one.key {
                    ColumnKey::RenamedFrom(old) => Some(old.as_str()),
                    _ => None,
                });
                let answered = answered.iter().find(|(_, new)| *new == column.name);
                if let Some(old) = answered.map(|(old, _)| *old).or(said) {
                    let old = (was.name.clone(), old.to_owned());
                    found.columns.insert(old, column.name.clone());
                }
            }
            found.tables.insert(was.name.clone(), name);
        }
        found
    }

    /// Foreign keys that a table had follow the tables and columns that were renamed.
    pub(super) fn foreign_keys(&self, table: &mut Table) {
        for constraint in &mut table.constraints {
            let Constraint::ForeignKey(key) = constraint else {
                continue;
            };
            for referred in &mut key.referred {
                if let Some(new) = self.columns.get(&(key.table.clone(), referred.clone())) {
                    referred.clone_from(new);
                }
            }
            if let Some(new) = self.tables.get(&key.table) {
                key.table.clone_from(new);
            }
        }
    }
}

/// Takes out the constraints of a table of which a column goes; the others follow renamed columns,
/// in their texts too.
pub(super) fn keep_constraints(
    table: &mut Table,
    renamed: &impl Fn(&String) -> Option<String>,
    spelled: &impl Fn(&Sql) -> Option<Sql>,
) {
    let all = std::mem::take(&mut table.constraints);
    for mut constraint in all {
        let follows = |columns: &mut Vec<String>| {
            let new: Option<Vec<String>> = columns.iter().map(renamed).collect();
            new.map(|new| *columns = new).is_some()
        };
        let stays = match &mut constraint {
            Constraint::PrimaryKey(_) => true, // the models say what it is
            Constraint::Unique(key) => follows(&mut key.columns) && follows(&mut key.include),
            Constraint::ForeignKey(key) => follows(&mut key.columns),
            Constraint::Check(check) => {
                let column = check.column.as_ref().and_then(renamed);
                check.column = column.or(check.column.take());
                follow(&mut check.expression, spelled)
            }
            Constraint::Exclude(exclude) => {
                let mut parts = exclude.parts.iter_mut();
                parts.all(|(part, _)| follow_part(part, renamed, spelled))
                    && exclude
                        .predicate
                        .as_mut()
                        .is_none_or(|sql| follow(sql, spelled))
            }
            _ => true,
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
    spelled: &impl Fn(&Sql) -> Option<Sql>,
) -> Option<Index> {
    let mut index = index.clone();
    let mut parts = index.parts.iter_mut();
    let stays = parts.all(|part| follow_part(part, renamed, spelled))
        && index
            .predicate
            .as_mut()
            .is_none_or(|sql| follow(sql, spelled));
    for name in &mut index.include {
        *name = renamed(name)?;
    }
    stays.then_some(index)
}

fn follow_part(
    part: &mut IndexPart,
    renamed: &impl Fn(&String) -> Option<String>,
    spelled: &impl Fn(&Sql) -> Option<Sql>,
) -> bool {
    match &mut part.key {
        IndexKey::Column(name) => renamed(name).map(|new| *name = new).is_some(),
        IndexKey::Expression(sql) => follow(sql, spelled),
        _ => true,
    }
}

/// An expression under the new names; whether all that it names stays.
fn follow(sql: &mut Sql, spelled: &impl Fn(&Sql) -> Option<Sql>) -> bool {
    spelled(sql).map(|new| *sql = new).is_some()
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
