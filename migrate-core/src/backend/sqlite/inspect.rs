//! Reads a whole schema from the catalogue: a constant number of queries, in one read transaction.
//! What a table is, its text says; the pragmas say which tables are virtual.

mod dependencies;
mod statement;
mod table;

use std::collections::{BTreeMap, HashSet};

use diesel::QueryResult;

use super::quote::{identifier, object};
use super::rebuild::with_name;
use crate::backend::{BackendKind, Scope, Session, fields, is_excluded};
use crate::schema::{ObjectName, ObjectRef, Other, Schema, Server};
use dependencies::User;

/// The schema of a scope.
pub(super) fn schema(session: &mut dyn Session, scope: &Scope) -> QueryResult<Schema> {
    // which is a transaction if none is open
    session.execute("SAVEPOINT migrate_inspect")?;
    let found = Found::read(session, scope);
    let ended = session.execute("RELEASE migrate_inspect");
    let found = found?;
    ended?;
    Ok(found.schema())
}

/// What the current schema is made of: its rows in one text, which SQLite puts together faster than
/// rows are fetched.
pub(super) fn text(session: &mut dyn Session) -> QueryResult<String> {
    let mut texts = session.texts(
        "SELECT COALESCE(group_concat('0' || char(31) || type || char(31) || name || char(31) \
         || tbl_name || char(31) || sql, char(30)), '') AS text \
         FROM main.sqlite_master WHERE sql IS NOT NULL",
    )?;
    Ok(texts.pop().unwrap_or_default())
}

/// Of two such texts, the objects that differ, each with all of its table.
pub(super) fn differing(one: &str, other: &str) -> (Schema, Schema) {
    let rows = |text| str::split(text, '\u{1e}');
    let sets = [one, other].map(|text| rows(text).collect::<HashSet<_>>());
    let changed = sets[0].symmetric_difference(&sets[1]);
    let schemas = ["main".to_owned()];
    let read = |row: &str| Object::read(&schemas, row);
    let tables: HashSet<String> = changed
        .filter_map(|row| read(row))
        .map(|object| object.table)
        .collect();
    let part = |text| {
        let objects = rows(text).filter_map(read);
        let objects = objects.filter(|object| tables.contains(&object.table));
        let mut found = Found {
            objects: objects.collect(),
            ..Found::default()
        };
        let is_virtual = |object: &&Object| {
            let begin = object.text.get(.."CREATE VIRTUAL".len());
            begin.is_some_and(|begin| begin.eq_ignore_ascii_case("CREATE VIRTUAL"))
        };
        let special = found.objects.iter().filter(is_virtual);
        found.special = special
            .map(|object| ((object.schema.clone(), object.name.clone()), false))
            .collect();
        let mut schema = found.schema();
        schema.server = None;
        schema
    };
    (part(one), part(other))
}

/// The rows of the catalogue.
#[derive(Debug, Default)]
struct Found {
    version: String,
    /// The schemas that are read, as attached.
    schemas: Vec<String>,
    /// Whether names have their schema.
    is_qualified: bool,
    /// The virtual tables and their shadow tables: schema, name, whether it is a shadow table.
    special: BTreeMap<(String, String), bool>,
    objects: Vec<Object>,
}

/// A row of a schema's table.
#[derive(Debug)]
struct Object {
    schema: String,
    kind: String,
    name: String,
    table: String,
    text: String,
}

impl Found {
    fn read(session: &mut dyn Session, scope: &Scope) -> QueryResult<Found> {
        let is_main = |name: &String| name.eq_ignore_ascii_case("main");
        let mut found = Found {
            is_qualified: scope.schemas.len() > 1 || !scope.schemas.iter().all(is_main),
            ..Found::default()
        };
        let is_wanted = |name: &str| match scope.schemas.is_empty() {
            true => name == "main",
            false => {
                let mut wanted = scope.schemas.iter();
                wanted.any(|wanted| wanted.eq_ignore_ascii_case(name)) && name != "temp"
            }
        };
        for row in session.texts(
            "SELECT 'version' || char(31) || sqlite_version() AS text \
             UNION ALL SELECT 'schema' || char(31) || name FROM pragma_database_list \
             UNION ALL SELECT type || char(31) || schema || char(31) || name \
             FROM pragma_table_list WHERE type IN ('virtual', 'shadow')",
        )? {
            let row: Vec<String> = fields(&row).into_iter().flatten().collect();
            match row.as_slice() {
                [kind, version] if kind == "version" => found.version.clone_from(version),
                [kind, name] if kind == "schema" && is_wanted(name) => {
                    found.schemas.push(name.clone());
                }
                [kind, schema, name] => {
                    let key = (schema.clone(), name.clone());
                    found.special.insert(key, kind == "shadow");
                }
                _ => {}
            }
        }
        let of_schema = |(at, schema): (usize, &String)| {
            let table = identifier(schema).ok()?;
            Some(format!(
                "SELECT '{at}' || char(31) || type || char(31) || name || char(31) || tbl_name \
                 || char(31) || sql AS text FROM {table}.sqlite_master WHERE sql IS NOT NULL"
            ))
        };
        let queries: Vec<String> = found
            .schemas
            .iter()
            .enumerate()
            .filter_map(of_schema)
            .collect();
        if queries.is_empty() {
            return Ok(found);
        }
        let rows = session.texts(&queries.join(" UNION ALL "))?;
        found.objects = rows
            .iter()
            .filter_map(|row| Object::read(&found.schemas, row))
            .collect();
        Ok(found)
    }

    fn schema(&self) -> Schema {
        let mut schema = Schema::empty();
        schema.server = Some(Server::new(BackendKind::Sqlite, &self.version));
        if self.is_qualified {
            schema.schemas.clone_from(&self.schemas);
        }
        let of = |kind: &'static str| self.objects.iter().filter(move |found| found.kind == kind);
        for found in of("table") {
            self.table(&mut schema, found);
        }
        let tables: BTreeMap<&ObjectName, &[_]> = schema
            .tables
            .iter()
            .map(|table| (&table.name, table.columns.as_slice()))
            .collect();
        for found in of("index") {
            let table = self.name(found, &found.table);
            let columns = tables.get(&table).copied();
            match statement::index(&found.name, &table, columns, &found.text) {
                Some(index) => schema.indexes.push(index),
                None => schema.others.push(self.other("index", found)),
            }
        }
        for found in of("view") {
            match statement::view(&self.name(found, &found.name), &found.text) {
                Some(view) => schema.views.push(view),
                None => schema.others.push(self.other("view", found)),
            }
        }
        let triggers = of("trigger").map(|found| self.other("trigger", found));
        schema.others.extend(triggers);
        let users: Vec<User<'_>> = of("view")
            .chain(of("trigger"))
            .map(|found| User {
                object: self.reference(found),
                text: &found.text,
            })
            .collect();
        schema.dependencies = dependencies::dependencies(&schema, &users);
        schema.dependencies.sort();
        schema
    }

    fn table(&self, schema: &mut Schema, found: &Object) {
        let key = (found.schema.clone(), found.name.clone());
        let other = match self.special.get(&key) {
            Some(true) => self.shadow(found),
            Some(false) => self.other("virtual table", found),
            None => match table::table(&self.name(found, &found.name), &found.text) {
                Some(table) => return schema.tables.push(table),
                None => self.other("table", found),
            },
        };
        schema.others.push(other);
    }

    fn name(&self, found: &Object, name: &str) -> ObjectName {
        match self.is_qualified {
            true => ObjectName::qualified(&found.schema, name),
            false => ObjectName::from(name),
        }
    }

    fn reference(&self, found: &Object) -> ObjectRef {
        let object = ObjectRef::new(&found.kind, self.name(found, &found.name));
        match found.kind.as_str() {
            "trigger" => object.on(self.name(found, &found.table)),
            _ => object,
        }
    }

    /// An object by its own statement.
    fn other(&self, kind: &str, found: &Object) -> Other {
        let mut other = Other::new(kind, self.name(found, &found.name));
        if found.table != found.name || kind == "trigger" || kind == "index" {
            other.on = Some(self.name(found, &found.table));
        }
        let keyword = found.kind.to_uppercase();
        let name = object(&other.name).ok();
        other.drop = name.as_ref().map(|name| format!("DROP {keyword} {name}"));
        let create = match (self.is_qualified, &name) {
            (true, Some(name)) => with_name(&found.text, &keyword, name),
            _ => Some(found.text.clone()),
        };
        other.create = create.map(|create| vec![create]);
        other
    }

    /// A table that its virtual table creates and drops.
    fn shadow(&self, found: &Object) -> Other {
        let mut other = Other::new("shadow table", self.name(found, &found.name));
        let is_own = |name: &str| {
            let rest = found.name.get(name.len()..).unwrap_or_default();
            let begins = found.name.get(..name.len());
            begins.is_some_and(|begin| begin.eq_ignore_ascii_case(name)) && rest.starts_with('_')
        };
        let owners = self
            .special
            .iter()
            .filter(|((schema, name), is_shadow)| {
                !**is_shadow && *schema == found.schema && is_own(name)
            })
            .map(|((_, name), _)| name);
        let owner = owners.max_by_key(|name| name.len());
        other.on = owner.map(|name| self.name(found, name));
        other.create = Some(Vec::new());
        other
    }
}

impl Object {
    fn read(schemas: &[String], row: &str) -> Option<Object> {
        let [schema, kind, name, table, text] =
            <[Option<String>; 5]>::try_from(fields(row)).ok()?;
        let schema: usize = schema?.parse().ok()?;
        let object = Object {
            schema: schemas.get(schema)?.clone(),
            kind: kind?,
            name: name?,
            table: table?,
            text: text?,
        };
        let begin = object.name.get(..7).unwrap_or_default();
        let is_internal = begin.eq_ignore_ascii_case("sqlite_");
        (!is_internal && !is_excluded(&object.table)).then_some(object)
    }
}

#[cfg(test)]
mod tests;
