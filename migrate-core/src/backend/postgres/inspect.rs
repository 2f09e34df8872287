//! Reads a whole schema from the catalogue, by two queries on one snapshot. Each file in
//! `inspect/` reads one group of catalogues; it must not know which operations a schema needs.

mod columns;
mod constraints;
mod dependencies;
mod fields;
mod indexes;
mod objects;
mod relations;
mod types;

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use diesel::QueryResult;

use self::fields::Fields;
use super::catalogue::packed;
use super::session::literal;
use crate::backend::{BackendKind, Scope, Session};
use crate::schema::{ObjectName, ObjectRef, Other, Schema, Server, Type};

/// What the texts of the catalogue depend on, for the transaction only: the settings of a dump.
/// Compiling queries costs more than it saves here.
const SETTINGS: &str = "SET LOCAL DateStyle = 'ISO'; SET LOCAL IntervalStyle = 'postgres'; \
     SET LOCAL TimeZone = 'UTC'; SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; \
     SET LOCAL standard_conforming_strings = on; SET LOCAL quote_all_identifiers = off; \
     SET LOCAL jit = off; SET LOCAL max_parallel_workers_per_gather = 0";

const SAVEPOINT: &str = "migrate_inspect";

/// The numbers of the catalogues that typed objects are in; they are the same on every server.
const PG_TYPE: u32 = 1247;
const PG_CLASS: u32 = 1259;
const PG_CONSTRAINT: u32 = 2606;

/// The condition that an object `o` of a catalogue belongs to no extension.
fn own(catalogue: &str, oid: &str) -> String {
    format!(
        "NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS ext WHERE ext.classid = 'pg_catalog.{catalogue}'::pg_catalog.regclass \
         AND ext.objid = {oid} AND ext.deptype = 'e')"
    )
}

/// The schema of a scope.
pub(super) fn schema(session: &mut dyn Session, scope: &Scope) -> QueryResult<Schema> {
    let nested = session.in_transaction()?;
    // the end of either restores the search path
    let (begin, end) = match nested {
        true => (
            format!("SAVEPOINT {SAVEPOINT}; {SETTINGS}"),
            format!("ROLLBACK TO SAVEPOINT {SAVEPOINT}; RELEASE SAVEPOINT {SAVEPOINT}"),
        ),
        false => (
            format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {SETTINGS}"),
            "ROLLBACK".to_owned(),
        ),
    };
    session.execute(&begin)?;
    let schema = read(session, scope);
    let ended = session.execute(&end);
    // report the first error
    schema.and_then(|schema| ended.map(|()| schema))
}

fn read(session: &mut dyn Session, scope: &Scope) -> QueryResult<Schema> {
    let mut found = Found::place(session, scope)?;
    if found.spaces.is_empty() {
        return Ok(found.schema);
    }
    let queries = [
        types::query(&found),
        relations::query(&found),
        columns::query(&found),
        indexes::query(&found),
        constraints::query(&found),
        objects::query(&found),
        dependencies::query(),
    ];
    let [
        types,
        relations,
        columns,
        indexes,
        constraints,
        objects,
        dependencies,
    ] = rows(session, &queries, scope.again)?;
    types::put(types, &mut found)?;
    let relations = relations::of(&relations, &found);
    let columns = columns::of(columns, &found)?;
    relations::put(&mut found, &relations, &columns)?;
    let indexes = indexes::of(indexes, &found);
    constraints::put(constraints, &mut found, &columns, &indexes)?;
    indexes::put(&mut found, indexes)?;
    objects::put(objects, &mut found)?;
    dependencies::put(dependencies, &mut found, &columns);
    found.schema.sort();
    Ok(found.schema)
}

/// The rows of several queries of one text each, by one statement. They keep their order, since
/// nothing runs in parallel.
fn rows<const N: usize>(
    session: &mut dyn Session,
    queries: &[String; N],
    again: bool,
) -> QueryResult<[Vec<String>; N]> {
    let parts: Vec<String> = queries
        .iter()
        .zip('a'..)
        .map(|(query, mark)| format!("SELECT '{mark}' || q.text AS text FROM ({query}) AS q"))
        .collect();
    let mut rows = [const { Vec::new() }; N];
    let whole = parts.join(" UNION ALL ");
    let all = match again {
        true => prepared(session, &whole)?,
        false => session.texts(&whole)?,
    };
    for mut row in all {
        let mark = row.remove(0);
        let place = ('a'..).position(|one| one == mark);
        if let Some(rows) = place.and_then(|place| rows.get_mut(place)) {
            rows.push(row);
        }
    }
    Ok(rows)
}

/// The rows of a query that stays prepared: to plan it takes longer than to run it.
fn prepared(session: &mut dyn Session, query: &str) -> QueryResult<Vec<String>> {
    let mut hasher = DefaultHasher::new();
    query.hash(&mut hasher);
    let name = format!("migrate_inspect_{:016x}", hasher.finish());
    // a revision may have discarded it
    let there = session.texts(&format!(
        "SELECT name AS text FROM pg_catalog.pg_prepared_statements WHERE name = '{name}'"
    ))?;
    if there.is_empty() {
        session.execute(&format!("PREPARE {name} AS {query}"))?;
    }
    session.texts(&format!("EXECUTE {name}"))
}

/// What was read so far.
struct Found {
    schema: Schema,
    /// The schema that is read, if it is only one: names in it are unqualified.
    only: Option<String>,
    /// The numbers of the schemas that are read, with commas between them.
    spaces: String,
    /// The server's version as a number: 150018.
    version: u32,
    /// What the catalogue's numbers mean: a catalogue and an object in it.
    objects: BTreeMap<(u32, u32), ObjectRef>,
    /// Tables and views by their numbers.
    relations: BTreeMap<u32, Relation>,
    /// What the domains are over.
    domains: BTreeMap<ObjectName, Type>,
}

/// A table or a view.
#[derive(Clone, Debug)]
struct Relation {
    name: ObjectName,
    /// Its name as SQL.
    quoted: String,
    /// Its place in the list of tables, unless it is a view, a partition or a foreign table.
    table: Option<usize>,
    /// The words that name it in a COMMENT or ALTER statement, such as `MATERIALIZED VIEW`.
    keyword: &'static str,
}

impl Found {
    /// Finds the schemas of a scope, and sets the search path: to the schema that is read, or to
    /// nothing if there are several.
    fn place(session: &mut dyn Session, scope: &Scope) -> QueryResult<Found> {
        let mut names = scope.schemas.clone();
        names.sort();
        names.dedup();
        let (rows, path) = match names.as_slice() {
            [] => ("n.nspname = pg_catalog.current_schema()".to_owned(), None),
            [one] => (format!("n.nspname = {}", literal(one)?), None),
            several => {
                let names: Vec<String> = several
                    .iter()
                    .map(|name| literal(name))
                    .collect::<QueryResult<_>>()?;
                (format!("n.nspname IN ({})", names.join(", ")), Some("''"))
            }
        };
        let path = path.unwrap_or("pg_catalog.quote_ident(n.nspname)");
        let fields = packed(&[
            "n.oid",
            "n.nspname",
            "pg_catalog.split_part(pg_catalog.current_setting('server_version'), ' ', 1)",
            "pg_catalog.current_setting('server_version_num')",
            "pg_catalog.pg_encoding_to_char(d.encoding)",
            "d.datcollate",
            "d.datctype",
            "NULLIF(d.j->>'datlocprovider', 'c')",
            "COALESCE(d.j->>'datlocale', d.j->>'daticulocale')",
            &format!("pg_catalog.set_config('search_path', {path}, true)"),
        ]);
        let rows = session.texts(&format!(
            "SELECT {fields} AS text FROM pg_catalog.pg_namespace AS n, \
             (SELECT encoding, datcollate, datctype, pg_catalog.to_jsonb(d) AS j FROM pg_catalog.pg_database AS d \
             WHERE datname = pg_catalog.current_database()) AS d WHERE {rows} ORDER BY n.nspname"
        ))?;
        let mut found = Found {
            schema: Schema::empty(),
            only: None,
            spaces: String::new(),
            version: 0,
            objects: BTreeMap::new(),
            relations: BTreeMap::new(),
            domains: BTreeMap::new(),
        };
        let mut spaces = Vec::new();
        for row in rows {
            let mut row = Fields::of(&row);
            spaces.push(row.text());
            let name = row.text();
            let mut server = Server::new(BackendKind::Postgres, row.text());
            found.version = row.number().unwrap_or_default();
            server.locale = std::iter::repeat_with(|| row.maybe())
                .take(5)
                .flatten()
                .collect();
            found.schema.server = Some(server);
            match names.len() {
                0 | 1 => found.only = Some(name),
                _ => found.schema.schemas.push(name),
            }
        }
        found.spaces = spaces.join(", ");
        Ok(found)
    }

    /// A name as the schema has it.
    fn name(&self, schema: &str, name: impl Into<String>) -> ObjectName {
        match self.only.as_deref() == Some(schema) {
            true => ObjectName::from(name.into()),
            false => ObjectName::qualified(schema, name),
        }
    }

    /// The SQL for the prefix of a name in the schema `n`.
    fn prefix(&self) -> &'static str {
        match self.only {
            Some(_) => "''",
            None => "pg_catalog.quote_ident(n.nspname) || '.'",
        }
    }

    /// Records what a number of the catalogue means.
    fn knows(&mut self, catalogue: u32, oid: u32, object: ObjectRef) {
        self.objects.insert((catalogue, oid), object);
    }

    /// Adds something that has no type of its own.
    fn other(&mut self, other: Other) {
        self.schema.others.push(other);
    }

    /// Adds a comment on something that has no field for it: `target` names it as SQL, and `what`
    /// in words.
    fn comment(
        &mut self,
        comment: Option<&str>,
        target: &str,
        what: ObjectName,
        on: Option<&ObjectName>,
    ) -> QueryResult<()> {
        let Some(comment) = comment.filter(|comment| !comment.is_empty()) else {
            return Ok(());
        };
        self.other(Other {
            on: on.cloned(),
            create: Some(vec![format!(
                "COMMENT ON {target} IS {}",
                literal(comment)?
            )]),
            drop: Some(format!("COMMENT ON {target} IS NULL")),
            ..Other::new("comment", what)
        });
        Ok(())
    }
}

/// Something that ALTER statements add to an object and take away.
fn altered(
    kind: &str,
    name: impl Into<ObjectName>,
    on: &ObjectName,
    create: String,
    drop: String,
) -> Other {
    Other {
        on: Some(on.clone()),
        create: Some(vec![create]),
        drop: Some(drop),
        ..Other::new(kind, name)
    }
}

/// A storage parameter, `name=value` as the catalogue has it.
fn parameter(text: &str) -> (String, String) {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    (name.to_owned(), value.to_owned())
}
