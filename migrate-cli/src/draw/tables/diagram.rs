//! What is drawn: boxes for tables, a row for each column, and the keys between them. Pure.

use std::collections::{BTreeMap, BTreeSet};

use migrate_core::schema::{Constraint, ForeignKey, ObjectName, Schema, Table, Type};

/// Which tables are drawn.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selection {
    /// These; all if there are none.
    pub(crate) only: Vec<String>,
    /// Those that are so many keys away from these, too.
    pub(crate) around: Vec<String>,
    pub(crate) depth: usize,
}

/// Tables and the keys between them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Diagram {
    pub(super) tables: Vec<Entity>,
    pub(super) keys: Vec<Key>,
}

/// A table.
#[derive(Clone, Debug)]
pub(super) struct Entity {
    pub(super) name: String,
    pub(super) columns: Vec<Field>,
}

/// A column.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) ty: String,
    pub(super) nullable: bool,
    pub(super) primary: bool,
    pub(super) foreign: bool,
}

/// A foreign key: from a column of the table that has it to one of the table that it references.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) child: usize,
    pub(super) column: usize,
    pub(super) parent: usize,
    pub(super) referred: usize,
    pub(super) columns: Vec<String>,
    /// Whether a row may reference nothing.
    pub(super) optional: bool,
    /// Whether a row of the parent has at most one of the child.
    pub(super) unique: bool,
}

impl Diagram {
    /// The selected tables of a schema; or the name that none of them has.
    pub(crate) fn new(schema: &Schema, selection: &Selection) -> Result<Diagram, String> {
        let chosen = chosen(schema, selection)?;
        let mut tables: Vec<&Table> = schema.tables.iter().collect();
        tables.retain(|table| chosen.contains(&table.name));
        tables.sort_by_key(|table| &table.name);
        let places: BTreeMap<&ObjectName, usize> = tables
            .iter()
            .enumerate()
            .map(|(at, table)| (&table.name, at))
            .collect();
        let mut keys = Vec::new();
        for (child, table) in tables.iter().enumerate() {
            for key in foreign_keys(table) {
                let Some(parent) = places.get(&key.table) else {
                    continue;
                };
                keys.extend(drawn(schema, table, key, child, *parent, tables[*parent]));
            }
        }
        keys.sort();
        keys.dedup();
        Ok(Diagram {
            tables: tables.into_iter().map(entity).collect(),
            keys,
        })
    }
}

fn chosen<'s>(
    schema: &'s Schema,
    selection: &Selection,
) -> Result<BTreeSet<&'s ObjectName>, String> {
    let find = |name: &String| {
        let mut tables = schema.tables.iter();
        let found = tables.find(|table| table.name.to_string() == *name);
        found.map(|table| &table.name).ok_or_else(|| name.clone())
    };
    let only: BTreeSet<&ObjectName> = selection.only.iter().map(find).collect::<Result<_, _>>()?;
    let mut around: BTreeSet<&ObjectName> = selection
        .around
        .iter()
        .map(find)
        .collect::<Result<_, _>>()?;
    for _ in 0..selection.depth {
        let mut wider = around.clone();
        for table in &schema.tables {
            for key in foreign_keys(table) {
                let parent = schema.table(&key.table).map(|parent| &parent.name);
                if around.contains(&table.name) {
                    wider.extend(parent);
                }
                if parent.is_some_and(|parent| around.contains(parent)) {
                    wider.insert(&table.name);
                }
            }
        }
        around = wider;
    }
    let all = || schema.tables.iter().map(|table| &table.name).collect();
    Ok(
        match (selection.only.is_empty(), selection.around.is_empty()) {
            (true, true) => all(),
            (false, true) => only,
            (true, false) => around,
            (false, false) => only.union(&around).copied().collect(),
        },
    )
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

fn position(table: &Table, column: Option<&String>) -> Option<usize> {
    let column = column?;
    let mut columns = table.columns.iter();
    columns.position(|one| one.name.eq_ignore_ascii_case(column))
}

fn drawn(
    schema: &Schema,
    table: &Table,
    key: &ForeignKey,
    child: usize,
    parent: usize,
    to: &Table,
) -> Option<Key> {
    let own = to.primary_key().map(|key| key.columns.as_slice());
    let referred = match key.referred.is_empty() {
        true => own.unwrap_or_default(),
        false => &key.referred,
    };
    let nullable = |column: &String| {
        position(table, Some(column)).is_some_and(|at| table.columns[at].nullable)
    };
    let same = |columns: &[String]| {
        columns.len() == key.columns.len() && columns.iter().all(|one| key.columns.contains(one))
    };
    let constraint = table.constraints.iter().any(|constraint| match constraint {
        Constraint::PrimaryKey(own) => same(&own.columns),
        Constraint::Unique(own) => same(&own.columns),
        _ => false,
    });
    let index = schema.indexes_of(&table.name).any(|index| {
        let columns: Vec<String> = index
            .parts
            .iter()
            .filter_map(|part| match &part.key {
                migrate_core::schema::IndexKey::Column(column) => Some(column.clone()),
                _ => None,
            })
            .collect();
        index.unique
            && index.predicate.is_none()
            && columns.len() == index.parts.len()
            && same(&columns)
    });
    Some(Key {
        child,
        column: position(table, key.columns.first())?,
        parent,
        referred: position(to, referred.first()).unwrap_or(0),
        columns: key.columns.clone(),
        optional: key.columns.iter().any(nullable),
        unique: constraint || index,
    })
}

fn entity(table: &Table) -> Entity {
    let primary = table.primary_key().map(|key| key.columns.as_slice());
    let primary = primary.unwrap_or_default();
    let foreign: Vec<&String> = foreign_keys(table).flat_map(|key| &key.columns).collect();
    let columns = table.columns.iter().map(|column| {
        let is = |name: &&String| name.eq_ignore_ascii_case(&column.name);
        let primary = primary.iter().any(|name| is(&name));
        Field {
            name: column.name.clone(),
            ty: type_text(&column.ty),
            nullable: column.nullable && !primary,
            primary,
            foreign: foreign.iter().any(is),
        }
    });
    Entity {
        name: table.name.to_string(),
        columns: columns.collect(),
    }
}

/// A type in a few letters.
fn type_text(ty: &Type) -> String {
    match ty {
        Type::Other(text) if text.is_empty() => "any".to_owned(),
        Type::Other(text) => text.clone(),
        Type::Named(name) => name.name.clone(),
        Type::Array(element) => format!("{}[]", type_text(element)),
        Type::Unsigned(number) => format!("{} unsigned", type_text(number)),
        Type::Precise(time, digits) => format!("{}({digits})", type_text(time)),
        Type::Enum(_) => "enum".to_owned(),
        Type::Set(_) => "set".to_owned(),
        Type::Range(of) => format!("{of:?} range").to_lowercase(),
        Type::Multirange(of) => format!("{of:?} multirange").to_lowercase(),
        Type::FixedBinary(length) => format!("binary({length})"),
        ty => format!("{ty:?}").to_lowercase(),
    }
}
