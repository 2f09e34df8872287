//! Foreign keys as diesel's command line sees them, and which of them become `joinable!`. Pure.

use std::collections::{BTreeMap, BTreeSet};

use migrate_core::BackendKind;
use migrate_core::schema::{Constraint, ForeignKey, Table};

use super::names::{is_reserved, rust_name};
use super::tables::{Name, Printed};

/// A foreign key, or several between the same tables.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) child: Name,
    pub(super) parent: Name,
    columns: Vec<String>,
    pub(super) rust_columns: Vec<String>,
    referred: Vec<String>,
}

impl Key {
    fn tables(&self) -> (&Name, &Name) {
        (
            (&self.child).min(&self.parent),
            (&self.child).max(&self.parent),
        )
    }
}

/// The foreign keys of one column of a table.
pub(super) fn of_column<'t>(
    table: &'t Table,
    column: &'t str,
) -> impl Iterator<Item = &'t ForeignKey> {
    foreign_keys(table).filter(move |key| {
        let mut columns = key.columns.iter();
        columns.any(|one| one.eq_ignore_ascii_case(column))
    })
}

fn foreign_keys(table: &Table) -> impl Iterator<Item = &ForeignKey> {
    table
        .constraints
        .iter()
        .filter_map(|constraint| match constraint {
            Constraint::ForeignKey(key) => Some(key),
            _ => None,
        })
}

/// All keys that can be a `joinable!` of the printed tables.
pub(super) fn joinable(printed: &Printed<'_>, names: &[&Name]) -> Vec<Key> {
    let all = all(printed);
    let twice = |key: &Key| {
        all.iter()
            .filter(|other| other.tables() == key.tables())
            .count()
            > 1
    };
    let unique = |key: &&Key| {
        key.child != key.parent
            && names.contains(&&key.parent)
            && names.contains(&&key.child)
            && key.columns.len() == 1
            && printed.primary_key(&key.parent) == key.referred
            && !twice(key)
    };
    all.iter().filter(unique).cloned().collect()
}

/// All keys in their order.
fn all(printed: &Printed<'_>) -> Vec<Key> {
    let mut found: Vec<Key> = Vec::new();
    // on PostgreSQL, all keys between two tables are taken for one
    let mut merged: BTreeMap<(Name, Name), usize> = BTreeMap::new();
    for table in &printed.tables {
        let child = printed.name(&table.name);
        for key in foreign_keys(table) {
            for parent in printed.referred(&key.table) {
                if printed.kind == BackendKind::Postgres && !printed.has_schema(&key.table) {
                    continue;
                }
                let referred = match key.referred.is_empty() {
                    true => printed.primary_key(&parent),
                    false => key.referred.clone(),
                };
                let new = |columns: &[String], referred: Vec<String>| Key {
                    child: child.clone(),
                    parent: parent.clone(),
                    columns: columns.to_vec(),
                    rust_columns: columns.iter().map(|one| rust(one, &child)).collect(),
                    referred,
                };
                match printed.kind {
                    BackendKind::Sqlite => {
                        for (at, column) in key.columns.iter().enumerate() {
                            let one = std::slice::from_ref(column);
                            let to = match key.referred.is_empty() {
                                true => referred.clone(),
                                false => key.referred.get(at).cloned().into_iter().collect(),
                            };
                            found.push(new(one, to));
                        }
                    }
                    BackendKind::Postgres => {
                        let new = new(&key.columns, referred);
                        let pair = (child.clone(), parent.clone());
                        match merged.get(&pair) {
                            Some(at) => found[*at].columns.extend(new.columns),
                            None => {
                                merged.insert(pair, found.len());
                                found.push(new);
                            }
                        }
                    }
                    _ => {
                        found.push(new(&key.columns, referred));
                    }
                }
            }
        }
    }
    found.sort();
    found
}

fn rust(column: &str, table: &Name) -> String {
    let name = rust_name(column, Some(&table.rust));
    match is_reserved(&name) {
        true => name + "_",
        false => name,
    }
}

/// The tables that keys connect, in groups.
pub(super) fn groups<'n>(names: &[&'n Name], keys: &'n [Key]) -> Vec<Vec<&'n Name>> {
    let mut seen: BTreeSet<&Name> = BTreeSet::new();
    let mut groups = Vec::new();
    for name in names {
        let mut open = vec![*name];
        let mut group = Vec::new();
        while let Some(name) = open.pop() {
            if !seen.insert(name) {
                continue;
            }
            group.push(name);
            for key in keys {
                if key.child == *name {
                    open.push(&key.parent);
                }
                if key.parent == *name {
                    open.push(&key.child);
                }
            }
        }
        group.sort();
        groups.push(group);
    }
    groups.retain(|group| group.len() > 1);
    groups.sort();
    groups
}
