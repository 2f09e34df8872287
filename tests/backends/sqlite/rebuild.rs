//! Table rebuilds: whatever belongs to a table survives a change of it, byte for byte, and no row
//! is lost, with foreign keys on and off.

mod changes;
mod fixture;
mod keys;
mod names;
mod once;
mod refusals;

use std::collections::BTreeMap;

use migrate_core::engine::backend::{self, Access, Session};
use migrate_core::{Error, Migrator, Report};

use crate::histories::{Run, history, irreversible};

/// An empty database in memory, with foreign keys on.
fn database() -> Box<dyn Session> {
    let mut session = backend::connect(&":memory:".parse().unwrap(), Access::Write).unwrap();
    session.execute("PRAGMA foreign_keys = ON").unwrap();
    session
}

/// Runs a body as the only revision of a history.
fn migrate(session: &mut dyn Session, body: Run) -> Result<Report, Error> {
    let history = history(vec![irreversible("a", &[], body)]);
    Migrator::new(&history).upgrade(session, "head")
}

/// The texts of the catalogue by type and name, without the version table.
fn texts(session: &mut dyn Session) -> BTreeMap<String, String> {
    let rows = session
        .texts(
            "SELECT type || ' ' || name || ' of ' || tbl_name || char(10) || coalesce(sql, '') AS text \
             FROM sqlite_schema WHERE tbl_name NOT LIKE '\\_\\_%' ESCAPE '\\' \
             AND name NOT LIKE 'sqlite\\_autoindex%' ESCAPE '\\'",
        )
        .unwrap();
    rows.into_iter()
        .map(|row| {
            let (name, text) = row.split_once('\n').unwrap();
            (name.to_owned(), text.to_owned())
        })
        .collect()
}

/// The rows of a table as text, with their rowids.
fn rows(session: &mut dyn Session, table: &str, columns: &str) -> Vec<String> {
    session
        .texts(&format!(
            "SELECT json_array({columns}) AS text FROM {table} ORDER BY 1"
        ))
        .unwrap()
}

fn setting(session: &mut dyn Session, name: &str) -> String {
    session
        .texts(&format!(
            "SELECT CAST({name} AS TEXT) AS text FROM pragma_{name}"
        ))
        .unwrap()
        .remove(0)
}
