//! Which table and columns a foreign key means: the names in Rust become those of the database. It
//! needs outlines of the other tables only.

use super::checks::overlap;
use super::file::FileModels;
use super::reader::{Spots, meant};
use super::resolve::{only, still_there};
use super::table::meant_table;
use crate::{ColumnKey, ForeignKey, Place, Problem, Table, TableKey};

/// As much of a table as a reference to it needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// The schema, where one is written.
    pub schema: Option<String>,
    /// The name in the database.
    pub name: String,
    /// The name in Rust.
    pub rust_name: String,
    /// The columns: their names in Rust and in the database.
    pub columns: Vec<(String, String)>,
    /// The columns of the key, by their names in the database.
    pub key: Vec<String>,
    /// The databases that it is for; none for all of them.
    pub only: Vec<String>,
}

impl Outline {
    /// The outline of a table.
    #[must_use]
    pub fn of(table: &Table) -> Outline {
        let columns = table.columns.iter();
        let columns = columns.map(|column| (column.rust_name.clone(), column.name.clone()));
        Outline {
            schema: table.schema.clone(),
            name: table.name.clone(),
            rust_name: table.rust_name.clone(),
            columns: columns.collect(),
            key: table.key.clone(),
            only: only(table).to_vec(),
        }
    }
}

impl FileModels {
    /// Whether something in here is about other tables.
    #[must_use]
    pub fn looks_at_others(&self) -> bool {
        !self.spots.is_empty() || self.is_renamed()
    }

    /// Whether a table has another name than before.
    #[must_use]
    pub fn is_renamed(&self) -> bool {
        let mut keys = self.tables.iter().flat_map(|table| &table.attributes);
        keys.any(|key| matches!(key.key, TableKey::RenamedFrom(_)))
    }

    /// What is wrong with the references of these tables to each other and to others.
    #[must_use]
    pub fn wrong_references(&self, others: &[&Outline]) -> Vec<Problem> {
        let mut problems = Vec::new();
        let own: Vec<Outline> = self.tables.iter().map(Outline::of).collect();
        let is_own = |other: &Outline| {
            own.iter().any(|own| {
                (&own.schema, &own.name) == (&other.schema, &other.name)
                    && overlap(&own.only, &other.only)
            })
        };
        // a table is not copied: each of hundreds is compared with all of them
        let strangers = others.iter().copied().filter(|other| !is_own(other));
        let all: Vec<&Outline> = own.iter().chain(strangers).collect();
        for table in &self.tables {
            refer(&mut table.clone(), &self.spots, &all, &mut problems);
            for attribute in &table.attributes {
                let TableKey::RenamedFrom(former) = &attribute.key else {
                    continue;
                };
                let is_there = others.iter().any(|other| {
                    other.name == *former
                        && other.schema == table.schema
                        && other.name != table.name
                        && overlap(&other.only, only(table))
                });
                if is_there {
                    problems.push(still_there(&attribute.place, former));
                }
            }
        }
        problems
    }
}

/// Puts the names of the database into the foreign keys of a table; what leads nowhere is reported.
pub(crate) fn refer(
    table: &mut Table,
    spots: &[Spots],
    all: &[&Outline],
    problems: &mut Vec<Problem>,
) {
    let schema = table.schema.clone();
    let own = only(table).to_vec();
    let mut keys: Vec<(&Place, &mut ForeignKey, usize)> = Vec::new();
    for attribute in &mut table.attributes {
        if let TableKey::ForeignKey(key) = &mut attribute.key {
            let count = key.columns.len();
            keys.push((&attribute.place, key, count));
        }
    }
    for column in &mut table.columns {
        for attribute in &mut column.attributes {
            if let ColumnKey::References(key) = &mut attribute.key {
                keys.push((&attribute.place, key, 1));
            }
        }
    }
    for (place, key, count) in keys {
        let known = spots.iter().find(|spots| spots.key == *place);
        let target = Target {
            place,
            spots: known,
            schema: schema.as_deref(),
            only: &own,
        };
        target.resolve(key, count, all, problems);
    }
}

/// One reference.
struct Target<'t> {
    place: &'t Place,
    spots: Option<&'t Spots>,
    /// The schema and the databases of the table that refers.
    schema: Option<&'t str>,
    only: &'t [String],
}

impl Target<'_> {
    fn table_place(&self) -> Place {
        let place = self.spots.map_or(self.place, |spots| &spots.table);
        place.clone()
    }

    fn resolve(
        &self,
        key: &mut ForeignKey,
        count: usize,
        all: &[&Outline],
        problems: &mut Vec<Problem>,
    ) {
        let Some(table) = self.table(key, all, problems) else {
            return;
        };
        key.table.clone_from(&table.name);
        key.schema.clone_from(&table.schema);
        let referred = match key.referred.len() {
            0 => table.key.len(),
            referred => referred,
        };
        for (index, column) in key.referred.iter_mut().enumerate() {
            let found = table.columns.iter().find(|(rust, _)| rust == column);
            if let Some((_, name)) = found {
                column.clone_from(name);
                continue;
            }
            let place = self.spots.and_then(|spots| spots.columns.get(index));
            let names = table.columns.iter().map(|(rust, _)| rust.as_str());
            let by_name = table.columns.iter().find(|(_, name)| name == column);
            let help = match by_name {
                Some((rust, _)) => format!("did you mean `{rust}`?"),
                None => meant(column, "the columns are", names),
            };
            let message = format!("no column `{column}` in table `{}`", table.rust_name);
            let problem = Problem::new(place.unwrap_or(self.place).clone(), message);
            problems.push(problem.help(help));
        }
        if referred != count {
            let columns = |count: usize| match count {
                1 => "1 column".to_owned(),
                count => format!("{count} columns"),
            };
            let message = format!(
                "{} refer to {} of table `{}`",
                columns(count),
                columns(referred),
                table.rust_name
            );
            let message = match count {
                1 => message.replacen("refer", "refers", 1),
                _ => message,
            };
            let names: Vec<&str> = table.key.iter().map(String::as_str).collect();
            let help = format!(
                "write `foreign_key([…], {}({}))` on the table, with as many columns",
                table.rust_name,
                names.join(", ")
            );
            problems.push(Problem::new(self.table_place(), message).help(help));
        }
    }

    /// The table that is meant.
    fn table<'a>(
        &self,
        key: &ForeignKey,
        all: &[&'a Outline],
        problems: &mut Vec<Problem>,
    ) -> Option<&'a Outline> {
        let there = || {
            all.iter()
                .copied()
                .filter(|table| overlap(&table.only, self.only))
        };
        let named: Vec<&Outline> = there()
            .filter(|table| table.rust_name == key.table)
            .filter(|table| key.schema.is_none() || table.schema == key.schema)
            .collect();
        let in_schema = |schema: Option<&str>| {
            let mut found = named.iter().filter(|t| t.schema.as_deref() == schema);
            found.next().copied()
        };
        match named.as_slice() {
            [] => {
                let names = there().map(|table| table.rust_name.as_str());
                let by_name = there().find(|table| table.name == key.table);
                let message = match &key.schema {
                    Some(schema) => format!("no table `{}` in schema `{schema}`", key.table),
                    None => format!("no table `{}` in the models", key.table),
                };
                let elsewhere = there().find(|table| table.rust_name == key.table);
                let help = match by_name.or(elsewhere) {
                    Some(Outline { rust_name, .. }) if *rust_name != key.table => {
                        format!("did you mean `{rust_name}`?")
                    }
                    Some(Outline {
                        schema: Some(schema),
                        ..
                    }) => {
                        format!("it is in schema `{schema}`")
                    }
                    Some(table) => format!("it has no schema: write `{}`", table.rust_name),
                    _ => meant_table(&key.table, names),
                };
                problems.push(Problem::new(self.table_place(), message).help(help));
                None
            }
            [table] => Some(table),
            // one table for each database, or one for each schema
            [first, ..] if named.iter().all(|table| table.schema == first.schema) => Some(first),
            [first, ..] => match in_schema(self.schema) {
                Some(table) => Some(table),
                None => {
                    let message = format!("several schemas have a table `{}`", key.table);
                    let schema = first.schema.as_deref().unwrap_or("schema");
                    let help = format!("write the schema: `{schema}.{}.id`", key.table);
                    problems.push(Problem::new(self.table_place(), message).help(help));
                    None
                }
            },
        }
    }
}
