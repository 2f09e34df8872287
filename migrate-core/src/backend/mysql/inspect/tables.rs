//! Rows of the catalogue as tables with their columns, keys and indexes. Pure.

use std::collections::{BTreeMap, HashMap};

use super::super::Dialect;
use super::super::canonical::{as_unique, fold_json, is_of_key};
use super::super::ddl::column::definition;
use super::super::quote::existing;
use super::columns::Found;
use super::keys::{self, KeyColumn, Made, Part, Rules};
use super::partitions::{self, Partition};
use super::programs::object;
use super::rows::{Fields, View};
use super::{Doubt, Facts};
use crate::backend::is_excluded;
use crate::schema::{
    Check, Column, Constraint, DefaultValue, Index, ObjectName, Other, Schema, Sql, Table,
};
use crate::sql::tokens;

/// The tables that are being put together, each by its schema and name.
pub(super) struct Tables<'a> {
    facts: &'a Facts,
    all: Vec<Draft>,
    places: HashMap<(String, String), usize>,
    sequences: Vec<ObjectName>,
    /// Checks whose table is still to be found, by schema and name (MySQL).
    checks: BTreeMap<(String, String), Check>,
    enforced: HashMap<(String, String), (String, bool)>,
    rules: Rules,
    /// The columns of what is no table, which are those of views: position and name.
    others: HashMap<(String, String), Vec<(u32, String)>>,
}

/// A table that is being put together.
struct Draft {
    schema: String,
    table: Table,
    engine: String,
    versioned: bool,
    options: String,
    columns: Vec<Found>,
    indexes: BTreeMap<String, Vec<Part>>,
    keys: BTreeMap<String, Vec<KeyColumn>>,
    checks: Vec<Check>,
    partitions: Vec<Partition>,
}

impl<'a> Tables<'a> {
    pub(super) fn new(facts: &'a Facts) -> Tables<'a> {
        Tables {
            facts,
            all: Vec::new(),
            places: HashMap::new(),
            sequences: Vec::new(),
            checks: BTreeMap::new(),
            enforced: HashMap::new(),
            rules: Rules::new(),
            others: HashMap::new(),
        }
    }

    /// The sequences among the tables.
    pub(super) fn sequences(&self) -> Vec<ObjectName> {
        self.sequences.clone()
    }

    /// The columns of a view, in order.
    pub(super) fn columns_of_view(&self, schema: &str, name: &str) -> Vec<String> {
        let key = (schema.to_owned(), name.to_owned());
        let mut columns = self.others.get(&key).cloned().unwrap_or_default();
        columns.sort();
        columns.into_iter().map(|(_, name)| name).collect()
    }

    /// One row. Those of the tables come first.
    pub(super) fn take(&mut self, view: View, mut row: Fields) {
        let dialect = self.facts.dialect;
        if view == View::Tables {
            return self.table(row);
        }
        let schema = row.text();
        if view == View::Checks {
            let (table, name, check) = keys::check(dialect, row);
            match table {
                None => {
                    self.checks.insert((schema, name), check);
                }
                Some(table) => {
                    if let Some(draft) = self.draft(&schema, &table) {
                        draft.checks.push(check);
                    }
                }
            }
            return;
        }
        let table = row.text();
        match view {
            View::Enforced => {
                let name = row.text();
                self.enforced.insert((schema, name), (table, row.yes()));
                return;
            }
            View::KeyRules => {
                let name = row.text();
                let rules = (keys::action(&row.text()), keys::action(&row.text()));
                self.rules.insert((schema, table, name), rules);
                return;
            }
            _ => {}
        }
        let Some(draft) = self.draft(&schema, &table) else {
            if view == View::Columns {
                let column = (row.number().unwrap_or_default(), row.text());
                self.others.entry((schema, table)).or_default().push(column);
            }
            return;
        };
        match view {
            View::Columns => draft.columns.push(Found::read(dialect, row)),
            View::Indexes => {
                let name = row.text();
                let part = Part::read(dialect, row);
                draft.indexes.entry(name).or_default().push(part);
            }
            View::KeyColumns => {
                let name = row.text();
                let column = KeyColumn::read(row);
                draft.keys.entry(name).or_default().push(column);
            }
            View::Partitions => draft.partitions.push(Partition::read(row)),
            _ => {}
        }
    }

    fn table(&mut self, mut row: Fields) {
        let (schema, name, kind) = (row.text(), row.text(), row.text());
        let object = self.facts.object(&schema, &name);
        match kind.as_str() {
            "SEQUENCE" if !is_excluded(&name) => self.sequences.push(object),
            "BASE TABLE" | "SYSTEM VERSIONED" if !is_excluded(&name) => {
                let mut table = Table::new(object);
                let engine = row.text();
                let is_default = engine.eq_ignore_ascii_case(&self.facts.engine);
                table.options.engine = (!is_default).then(|| engine.clone());
                table.options.collation = row.maybe();
                table.comment = row.maybe().filter(|comment| !comment.is_empty());
                self.places.insert(self.key(&schema, &name), self.all.len());
                self.all.push(Draft {
                    schema,
                    table,
                    engine,
                    versioned: kind == "SYSTEM VERSIONED",
                    options: row.text(),
                    columns: Vec::new(),
                    indexes: BTreeMap::new(),
                    keys: BTreeMap::new(),
                    checks: Vec::new(),
                    partitions: Vec::new(),
                });
            }
            // views have their own rows, and temporary tables are none of the schema
            _ => {}
        }
    }

    fn key(&self, schema: &str, name: &str) -> (String, String) {
        match self.facts.ignores_case {
            true => (schema.to_lowercase(), name.to_lowercase()),
            false => (schema.to_owned(), name.to_owned()),
        }
    }

    fn draft(&mut self, schema: &str, name: &str) -> Option<&mut Draft> {
        let place = *self.places.get(&self.key(schema, name))?;
        self.all.get_mut(place)
    }

    /// Puts the tables and all that is on them into a schema. The result is the columns whose
    /// default the catalogue may not show as it is.
    pub(super) fn into_schema(mut self, schema: &mut Schema) -> Vec<Doubt> {
        for ((place, name), check) in std::mem::take(&mut self.checks) {
            let Some((table, enforced)) = self.enforced.remove(&(place.clone(), name.clone()))
            else {
                continue;
            };
            let Some(draft) = self.draft(&place, &table) else {
                continue;
            };
            if enforced {
                draft.checks.push(check);
                continue;
            }
            let on = object(&draft.table.name);
            let text = check.expression.text(Dialect::Mysql.kind());
            let mut other = Other::new("constraint", name.as_str());
            other.on = Some(draft.table.name.clone());
            other.create = Some(vec![format!(
                "ALTER TABLE {on} ADD CONSTRAINT {} CHECK ({text}) NOT ENFORCED",
                existing(&name)
            )]);
            other.drop = Some(format!("ALTER TABLE {on} DROP CHECK {}", existing(&name)));
            schema.others.push(other);
        }
        let mut doubts = Vec::new();
        for draft in std::mem::take(&mut self.all) {
            let at = schema.tables.len();
            let columns = self.finish(draft, schema);
            doubts.extend(columns.into_iter().map(|column| (at, column)));
        }
        doubts
    }

    /// The name of a table that a key references, as the table itself has it.
    fn referred(&self, schema: &str, name: &str, known: &Schema) -> ObjectName {
        let object = self.facts.object(schema, name);
        if !self.facts.ignores_case {
            return object;
        }
        let is_it = |one: &&ObjectName| {
            one.name.to_lowercase() == object.name.to_lowercase()
                && one.schema.as_ref().map(|schema| schema.to_lowercase())
                    == object.schema.as_ref().map(|schema| schema.to_lowercase())
        };
        let found = known.tables.iter().map(|table| &table.name).find(is_it);
        found.cloned().unwrap_or(object)
    }

    /// Completes one table; the result is the places of its doubtful columns.
    fn finish(&self, draft: Draft, schema: &mut Schema) -> Vec<usize> {
        let facts = self.facts;
        let dialect = facts.dialect;
        let Draft {
            schema: place,
            mut table,
            engine,
            versioned,
            options,
            mut columns,
            indexes,
            keys,
            mut checks,
            partitions,
        } = draft;
        let name = table.name.clone();
        let on = object(&name);
        columns.sort_by_key(|found| found.position);
        let period: Vec<Found> = match versioned {
            true => extracted(&mut columns),
            false => Vec::new(),
        };
        let sql = |sql: &mut Sql| {
            let text = facts.sql(sql.text(dialect.kind()), &place);
            *sql = Sql::from(text);
        };
        let mut doubtful = Vec::new();
        let (mut hidden, mut unversioned) = (Vec::new(), Vec::new());
        for (at, mut found) in columns.into_iter().enumerate() {
            if let Some(DefaultValue::Expression(expression)) = &mut found.column.default {
                sql(expression);
            }
            if let Some(generated) = &mut found.column.generated {
                sql(&mut generated.expression);
            }
            if found.doubtful {
                doubtful.push(at);
            }
            if found.invisible {
                hidden.push(at);
            }
            if found.unversioned {
                unversioned.push(at);
            }
            table.columns.push(found.column);
        }
        let mut others = Vec::new();
        let mut plain: Vec<Index> = Vec::new();
        let in_memory = matches!(engine.to_lowercase().as_str(), "memory" | "heap");
        for (index, parts) in indexes {
            match keys::index(dialect, &name, &on, in_memory, &index, parts) {
                Some(Made::Primary(key)) => table.constraints.push(key.into()),
                Some(Made::Index(index)) => match as_unique(&index) {
                    Some(unique) => table.constraints.push(unique.into()),
                    None => plain.push(index),
                },
                Some(Made::Other(kind, create)) => {
                    let drop = match kind {
                        "constraint" => format!("ALTER TABLE {on} DROP PRIMARY KEY"),
                        _ => format!("DROP INDEX {} ON {on}", existing(&index)),
                    };
                    others.push(on_table(kind, &index, &name, create, drop));
                }
                None => {}
            }
        }
        for (key, columns) in keys {
            let rules = self
                .rules
                .get(&(place.clone(), name.name.clone(), key.clone()));
            let made = keys::foreign_key(&key, columns, |place, table| {
                self.referred(place, table, schema)
            });
            if let Some(mut made) = made {
                (made.on_delete, made.on_update) = rules.copied().unwrap_or_default();
                table.constraints.push(made.into());
            }
        }
        checks.sort_by(|a, b| a.name.cmp(&b.name));
        let mut checks: Vec<Constraint> = checks.into_iter().map(Constraint::Check).collect();
        table.constraints.append(&mut checks);
        table
            .constraints
            .sort_by_key(|constraint| constraint.kind() as u8);
        fold_json(dialect, &mut table);
        plain.retain(|index| !is_of_key(index, &table));
        let of_table = table.options.collation.clone();
        for column in &mut table.columns {
            column.collation = column
                .collation
                .take()
                .filter(|one| Some(one) != of_table.as_ref());
        }
        if dialect == Dialect::Mariadb {
            // the definitions below have the checks of these columns
            let is_marked = |column: &String| {
                let mut marked = hidden.iter().chain(&unversioned);
                marked.any(|at| table.columns[*at].name == *column)
            };
            let (taken, left) = std::mem::take(&mut table.constraints)
                .into_iter()
                .partition(|constraint| {
                    matches!(constraint, Constraint::Check(check)
                        if check.column.as_ref().is_some_and(is_marked))
                });
            (checks, table.constraints) = (taken, left);
        }
        for at in &hidden {
            others.extend(invisible(dialect, &table, &table.columns[*at], &checks));
        }
        if versioned {
            let mut other = versioning(&name, &period);
            for at in unversioned {
                let column = &table.columns[at];
                let mut words = " WITHOUT SYSTEM VERSIONING".to_owned();
                if hidden.contains(&at) {
                    words.insert_str(0, " INVISIBLE");
                }
                let modified = modified(dialect, &table, column, &words, &checks);
                other.create.iter_mut().for_each(|create| {
                    create.extend(modified.as_ref().map(|text| {
                        format!("SET STATEMENT system_versioning_alter_history = KEEP FOR {text}")
                    }));
                });
            }
            others.push(other);
        }
        // the limits of these partitions are not in the catalogue
        let (partitions, moving) = match partitions::follows_time(&partitions) {
            true => (Vec::new(), true),
            false => (partitions, false),
        };
        if moving {
            let mut other = Other::new("partition", name.name.as_str());
            other.on = Some(name.clone());
            other.drop = Some(format!("ALTER TABLE {on} REMOVE PARTITIONING"));
            others.push(other);
        }
        let of_schema = facts.schemas.iter().find(|one| one.name == place);
        table.options.collation =
            of_table.filter(|one| of_schema.is_none_or(|place| place.collation != *one));
        table.options.suffix = suffix(dialect, &options, partitions).map(Sql::from);
        schema.others.extend(others);
        schema.indexes.extend(plain);
        schema.tables.push(table);
        doubtful
    }
}

/// Takes the columns out that bound the period of a row's version.
fn extracted(columns: &mut Vec<Found>) -> Vec<Found> {
    let (period, rest) = std::mem::take(columns)
        .into_iter()
        .partition(|found| found.bound.is_some());
    *columns = rest;
    period
}

fn on_table(kind: &str, name: &str, table: &ObjectName, create: String, drop: String) -> Other {
    let mut other = Other::new(kind, name);
    other.on = Some(table.clone());
    other.create = Some(vec![create]);
    other.drop = Some(drop);
    other
}

/// That a column is invisible, which none of its fields can say.
fn invisible(
    dialect: Dialect,
    table: &Table,
    column: &Column,
    checks: &[Constraint],
) -> Option<Other> {
    let (create, drop) = match dialect {
        Dialect::Mysql => {
            let on = object(&table.name);
            let name = existing(&column.name);
            let alter = |word: &str| format!("ALTER TABLE {on} ALTER COLUMN {name} SET {word}");
            (alter("INVISIBLE"), alter("VISIBLE"))
        }
        Dialect::Mariadb => (
            modified(dialect, table, column, " INVISIBLE", checks)?,
            modified(dialect, table, column, "", checks)?,
        ),
    };
    Some(on_table("column", &column.name, &table.name, create, drop))
}

/// A column defined again as a whole, with its checks, which are lost otherwise.
fn modified(
    dialect: Dialect,
    table: &Table,
    column: &Column,
    words: &str,
    checks: &[Constraint],
) -> Option<String> {
    let definition = definition(dialect, column).ok()?;
    let checks: String = checks
        .iter()
        .filter_map(|constraint| match constraint {
            Constraint::Check(check) if check.column.as_ref() == Some(&column.name) => {
                let text = check.expression.text(dialect.kind());
                Some(format!(" CHECK ({text})"))
            }
            _ => None,
        })
        .collect();
    Some(format!(
        "ALTER TABLE {} MODIFY COLUMN {definition}{words}{checks}",
        object(&table.name)
    ))
}

/// That a table keeps the versions of its rows (MariaDB), with the columns of their period.
fn versioning(table: &ObjectName, period: &[Found]) -> Other {
    let on = object(table);
    let mut create = String::new();
    let mut drop = String::new();
    let bound = |words: &str| {
        period
            .iter()
            .find(|found| found.bound.as_deref() == Some(words))
    };
    if let (Some(start), Some(end)) = (bound("ROW START"), bound("ROW END")) {
        for (found, words) in [(start, "ROW START"), (end, "ROW END")] {
            let name = existing(&found.column.name);
            let ty = match &found.column.ty {
                crate::schema::Type::Unsigned(_) => "BIGINT UNSIGNED",
                _ => "TIMESTAMP(6)",
            };
            let hidden = if found.invisible { " INVISIBLE" } else { "" };
            create.push_str(&format!(
                "ADD COLUMN {name} {ty} GENERATED ALWAYS AS {words}{hidden}, "
            ));
            drop.push_str(&format!(", DROP COLUMN {name}"));
        }
        create.push_str(&format!(
            "ADD PERIOD FOR SYSTEM_TIME ({}, {}), ",
            existing(&start.column.name),
            existing(&end.column.name)
        ));
    }
    on_table(
        "system versioning",
        &table.name,
        table,
        format!("ALTER TABLE {on} {create}ADD SYSTEM VERSIONING"),
        format!("ALTER TABLE {on} DROP SYSTEM VERSIONING{drop}"),
    )
}

/// The options of a table as far as they were said, and its partitions.
fn suffix(dialect: Dialect, options: &str, partitions: Vec<Partition>) -> Option<String> {
    let mut text = String::new();
    let mut after_sign = true;
    for token in tokens(options, dialect.kind()) {
        if token.eq_ignore_ascii_case("partitioned") {
            continue;
        }
        if !after_sign && token != "=" {
            text.push(' ');
        }
        text.push_str(token);
        after_sign = token == "=";
    }
    if let Some(clause) = partitions::clause(dialect, partitions) {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&clause);
    }
    (!text.is_empty()).then_some(text)
}
