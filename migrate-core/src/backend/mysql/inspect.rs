//! Reads a whole schema from the catalogue: the rows of a fixed number of queries, put together.

mod columns;
mod keys;
mod partitions;
mod programs;
mod rows;
mod tables;
mod uses;

use diesel::QueryResult;
use programs::{Parameter, Programs, Trigger, object};
use rows::{Fields, STATEMENTS, View as Rows};
use tables::Tables;

use super::Dialect;
use super::catalogue::packed;
use super::quote::existing;
use crate::backend::catalog_rows::FoundSequence;
use crate::backend::{BackendKind, Scope, Session, is_excluded};
use crate::schema::{
    Dependency, ObjectName, ObjectRef, Other, Schema, Sequence, SequenceOptions, Server, Sql, View,
};
use crate::sql::{selected_names, unqualified};

/// The schema of a scope.
pub(super) fn schema(session: &mut dyn Session, scope: &Scope) -> QueryResult<Schema> {
    let dialect = match session.backend().kind() {
        BackendKind::Mariadb => Dialect::Mariadb,
        _ => Dialect::Mysql,
    };
    let facts = Facts::read(session, dialect, scope)?;
    let mut schema = Schema {
        server: Some(facts.server.clone()),
        ..Schema::empty()
    };
    let names: Vec<String> = facts.schemas.iter().map(|one| one.name.clone()).collect();
    if names.is_empty() {
        return Ok(schema);
    }
    if facts.qualifies {
        schema.schemas.clone_from(&names);
    }
    let mut all = Vec::new();
    for views in STATEMENTS {
        all.extend(rows::read(session, dialect, views, &names)?);
    }
    let mut tables = Tables::new(&facts);
    let (mut programs, mut views) = (Vec::new(), Vec::new());
    for (view, row) in all {
        match view {
            Rows::Views => views.push(row),
            Rows::Triggers | Rows::Routines | Rows::Parameters | Rows::Events => {
                programs.push((view, row));
            }
            view => tables.take(view, row),
        }
    }
    for row in views {
        self::view(&facts, row, &tables, &mut schema);
    }
    let sequences = tables.sequences();
    let doubts = tables.into_schema(&mut schema);
    self::programs(&facts, programs, &mut schema);
    evaluate(session, &facts, &sequences, &doubts, &mut schema)?;
    uses::find(dialect, &mut schema);
    schema.sort();
    Ok(schema)
}

/// One schema that is read.
struct Place {
    name: String,
    collation: String,
}

/// What the server says about itself and the schemas that are read.
struct Facts {
    dialect: Dialect,
    server: Server,
    /// The engine of a table that says none.
    engine: String,
    /// Whether names of tables are compared without regard to case.
    ignores_case: bool,
    mode: String,
    schemas: Vec<Place>,
    /// Whether names are qualified by their schema.
    qualifies: bool,
}

impl Facts {
    fn read(session: &mut dyn Session, dialect: Dialect, scope: &Scope) -> QueryResult<Facts> {
        let mut rows = rows::facts(session, &scope.schemas)?.into_iter();
        let mut first = rows.next().unwrap_or_default();
        first.text(); // it is no schema
        let version = first.text();
        let current = first.maybe();
        let engine = first.text();
        let ignores_case = first.text() != "0";
        let mode = first.text();
        let mut server = Server::new(dialect.kind(), version);
        let mut schemas = Vec::new();
        for mut row in rows {
            let name = row.text();
            let charset = row.text();
            let collation = row.text();
            if schemas.is_empty() {
                server.locale = vec![charset, collation.clone()];
            }
            schemas.push(Place { name, collation });
        }
        let is_current =
            |names: &[Place]| matches!(names, [one] if Some(&one.name) == current.as_ref());
        let qualifies = !is_current(&schemas) || scope.schemas.len() > 1;
        Ok(Facts {
            dialect,
            server,
            engine,
            ignores_case,
            mode,
            schemas,
            qualifies,
        })
    }

    /// The name of something in a schema.
    fn object(&self, schema: &str, name: &str) -> ObjectName {
        let is_own = |place: &Place| match self.ignores_case {
            true => place.name.eq_ignore_ascii_case(schema),
            false => place.name == schema,
        };
        match !self.qualifies && self.schemas.iter().any(is_own) {
            true => ObjectName::from(name),
            false => ObjectName::qualified(schema, name),
        }
    }

    /// A query or an expression of a schema, without that schema's name where names are
    /// unqualified.
    fn sql(&self, text: &str, schema: &str) -> String {
        match self.qualifies || !text.contains(schema) {
            true => text.to_owned(),
            false => unqualified(text, schema, self.dialect.kind()),
        }
    }
}

/// A view; as a statement if it has options that ours lack, or is not shown to this user.
fn view(facts: &Facts, mut row: Fields, tables: &Tables<'_>, schema: &mut Schema) {
    let (place, name) = (row.text(), row.text());
    let query = facts.sql(&row.text(), &place);
    let columns = tables.columns_of_view(&place, &name);
    let said = selected_names(&query, facts.dialect.kind());
    let columns = if said.as_ref() == Some(&columns) {
        Vec::new()
    } else {
        columns
    };
    let (check, security, algorithm) = (row.text(), row.text(), row.text());
    let name = facts.object(&place, &name);
    let is_plain =
        check == "NONE" && security == "DEFINER" && matches!(algorithm.as_str(), "" | "UNDEFINED");
    if is_plain && !query.is_empty() {
        let mut view = View::new(name, Sql::from(query));
        view.columns = columns;
        schema.views.push(view);
        return;
    }
    let mut other = Other::new("view", name);
    other.drop = Some(format!("DROP VIEW {}", object(&other.name)));
    if !query.is_empty() {
        let algorithm = match algorithm.as_str() {
            "" | "UNDEFINED" => String::new(),
            algorithm => format!("ALGORITHM = {algorithm} "),
        };
        let security = match security.as_str() {
            "INVOKER" => "SQL SECURITY INVOKER ",
            _ => "",
        };
        let check = match check.as_str() {
            "NONE" => String::new(),
            check => format!(" WITH {check} CHECK OPTION"),
        };
        let columns: Vec<String> = columns.iter().map(|name| existing(name)).collect();
        let columns = match columns.is_empty() {
            true => String::new(),
            false => format!(" ({})", columns.join(", ")),
        };
        other.create = Some(vec![format!(
            "CREATE {algorithm}{security}VIEW {}{columns} AS {query}{check}",
            object(&other.name)
        )]);
    }
    schema.others.push(other);
}

/// Triggers, routines and events.
fn programs(facts: &Facts, rows: Vec<(Rows, Fields)>, schema: &mut Schema) {
    let programs = Programs {
        dialect: facts.dialect,
        mode: &facts.mode,
    };
    let mut triggers = Vec::new();
    let mut parameters = Vec::new();
    let mut routines = Vec::new();
    for (view, row) in rows {
        match view {
            Rows::Triggers => triggers.push(Trigger::read(row)),
            Rows::Parameters => parameters.push(Parameter::read(row)),
            Rows::Routines => routines.push(row),
            _ => {
                let event = programs.event(row, |place, name| facts.object(place, name));
                schema.others.push(event);
            }
        }
    }
    for row in routines {
        let object = |place: &str, name: &str| facts.object(place, name);
        schema
            .others
            .push(programs.routine(row, &parameters, object));
    }
    triggers.retain(|trigger| !is_excluded(&trigger.table));
    for trigger in &triggers {
        let name = facts.object(&trigger.schema, &trigger.name);
        let table = facts.object(&trigger.schema, &trigger.table);
        let follows = trigger.follows(&triggers);
        if let Some(other) = follows {
            let of = |name: ObjectName| ObjectRef::new("trigger", name).on(table.clone());
            schema.dependencies.push(Dependency::new(
                of(name.clone()),
                of(name.sibling(other.name.as_str())),
            ));
        }
        schema
            .others
            .push(programs.trigger(trigger, name, table, follows));
    }
}

/// A column whose default is read again: its table's place in the schema and its own.
type Doubt = (usize, usize);

/// What only the objects themselves show, in one query: the options of sequences, and the defaults
/// that the catalogue shows with question marks. Without the right to read the tables, these stay
/// as they are shown.
fn evaluate(
    session: &mut dyn Session,
    facts: &Facts,
    sequences: &[ObjectName],
    doubts: &[Doubt],
    schema: &mut Schema,
) -> QueryResult<()> {
    let of_sequences = sequences.iter().enumerate().map(|(at, name)| {
        let at = format!("'{at}'");
        let fields = packed(&[
            "'sequence'",
            &at,
            "start_value",
            "increment",
            "minimum_value",
            "maximum_value",
            "cache_size",
            "IF(cycle_option, '1', '0')",
            "next_not_cached_value",
        ]);
        format!("SELECT {fields} AS text FROM {}", object(name))
    });
    let of_doubts = doubts.iter().filter_map(|(table, column)| {
        let (at, found) = (table, schema.tables.get(*table)?);
        let one = found.columns.get(*column)?;
        let default = format!("DEFAULT({})", existing(&one.name));
        let default = match columns::is_bytes(&one.ty) {
            true => format!("HEX({default})"),
            false => format!("HEX(CONVERT({default} USING utf8mb4))"),
        };
        let (at, column) = (format!("'{at}'"), format!("'{column}'"));
        // the row that is not there still has the defaults
        Some(format!(
            "SELECT {} AS text FROM (SELECT 1 AS one) AS one LEFT JOIN {} ON FALSE",
            packed(&["'default'", &at, &column, &default]),
            object(&found.name)
        ))
    });
    let of_sequences: Vec<String> = of_sequences.collect();
    let of_doubts: Vec<String> = of_doubts.collect();
    let parts: Vec<&str> = of_sequences
        .iter()
        .chain(&of_doubts)
        .map(String::as_str)
        .collect();
    if parts.is_empty() {
        return Ok(());
    }
    let found = match rows::fields(session, &parts.join(" UNION ALL ")) {
        Err(_) if of_sequences.is_empty() => return Ok(()),
        found => found?,
    };
    for mut row in found {
        let is_default = row.text() == "default";
        let Some(at) = row.number::<usize>() else {
            continue;
        };
        if is_default {
            let column = row.number::<usize>().unwrap_or_default();
            let digits = row.maybe();
            let found = schema.tables.get_mut(at);
            let found = found.and_then(|table| table.columns.get_mut(column));
            if let (Some(column), Some(digits)) = (found, digits) {
                columns::evaluated(facts.dialect, column, &digits);
            }
        } else if let (Some(name), Some(read)) =
            (sequences.get(at), FoundSequence::read(row.rest()))
        {
            let mut sequence = Sequence::new(name.clone());
            sequence.options = super::canonical::said(&SequenceOptions {
                start: Some(read.start),
                increment: Some(read.increment),
                min: Some(read.min),
                max: Some(read.max),
                cache: Some(read.cache),
                cycle: Some(read.cycle),
            });
            schema.sequences.push(sequence);
        }
    }
    Ok(())
}
