//! Inspection: each row of the catalogue's traps as SQL, and what is read of it.

use std::collections::BTreeSet;

use migrate_core::engine::backend::{Scope, Session};
use migrate_core::schema::*;
use migrate_tests::servers::Database;

use super::Postgres;
use crate::backend::TestBackend;

mod cases;
mod one_of_each;
mod pairs;
mod round_trip;

/// A database with these statements run.
fn database(statements: &[impl AsRef<str>]) -> (Database, Box<dyn Session>) {
    let place = Postgres::place();
    let mut session = Postgres::session(&place);
    for statement in statements {
        let statement = statement.as_ref();
        let done = session.execute(statement);
        done.unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
    (place, session)
}

/// The current schema.
fn read(session: &mut dyn Session) -> Schema {
    session.inspect(&Scope::current()).unwrap()
}

/// What these statements leave.
fn after(statements: &[&str]) -> Schema {
    let (_place, mut session) = database(statements);
    read(session.as_mut())
}

fn table<'s>(schema: &'s Schema, name: &str) -> &'s Table {
    let found = schema.table(&name.into());
    found.unwrap_or_else(|| panic!("there is no table {name}: {schema:#?}"))
}

fn column<'s>(schema: &'s Schema, table: &str, name: &str) -> &'s Column {
    let mut columns = self::table(schema, table).columns.iter();
    columns.find(|column| column.name == name).unwrap()
}

fn other<'s>(schema: &'s Schema, kind: &str, name: &str) -> &'s Other {
    let mut others = schema.others.iter();
    let found = others.find(|other| other.kind == kind && other.name.to_string() == name);
    found.unwrap_or_else(|| panic!("there is no {kind} {name}: {:#?}", schema.others))
}

fn created(schema: &Schema, kind: &str, name: &str) -> String {
    let create = other(schema, kind, name).create.as_ref();
    create.unwrap().join(";\n")
}

/// The names of dependencies, as `user -> used`.
fn dependencies(schema: &Schema) -> BTreeSet<String> {
    let shown = |object: &ObjectRef| {
        let column = object.column.iter().map(|column| format!(".{column}"));
        format!(
            "{} {}{}",
            object.kind,
            object.name,
            column.collect::<String>()
        )
    };
    let all = schema.dependencies.iter();
    all.map(|one| format!("{} -> {}", shown(&one.user), shown(&one.used)))
        .collect()
}
