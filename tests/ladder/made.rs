//! A history of many revisions, to measure the ladder; and its SQL without the ladder.

use std::time::Instant;

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use migrate_core::engine::backend::BackendKind;
use migrate_core::revision::{Body, Downgrade};
use migrate_core::{History, Revision};

/// What a history is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// As applications grow: of eight revisions, one creates a table, and seven change it, its
    /// rows and its indexes.
    Mixed,
    /// Two tables and five `ALTER TABLE` in three revisions: SQLite reads its whole schema again
    /// for each of the latter.
    Tables,
    /// A table, an index and a view in each, and no `ALTER TABLE`.
    NoAlter,
}

/// The SQL of so many revisions, up and down.
pub(crate) fn texts(revisions: usize, shape: Shape, kind: BackendKind) -> Vec<(String, String)> {
    let text = |number| match shape {
        Shape::Mixed => mixed(number, kind),
        Shape::Tables => tables(number),
        Shape::NoAlter => no_alter(number),
    };
    (0..revisions).map(text).collect()
}

/// The same SQL on bare connections of SQLite, with what no tool can spare: up, each up, down and
/// up, and down from the head.
pub(crate) fn floor(texts: &[(String, String)]) -> Result<String, String> {
    let bare = || {
        let connection = SqliteConnection::establish(":memory:");
        connection.map_err(|error| error.to_string())
    };
    let run = |connection: &mut SqliteConnection, sql: &str| {
        let whole = format!("BEGIN IMMEDIATE; {sql} COMMIT;");
        connection
            .batch_execute(&whole)
            .map_err(|error| format!("{error}: {sql}"))
    };
    let mut head = bare()?;
    let start = Instant::now();
    for (up, _) in texts {
        run(&mut head, up)?;
    }
    let up = start.elapsed().as_secs_f64();
    for (_, down) in texts.iter().rev() {
        run(&mut head, down)?;
    }
    let down = start.elapsed().as_secs_f64() - up;
    let mut stairs = bare()?;
    for (up, down) in texts {
        for sql in [up, down, up] {
            run(&mut stairs, sql)?;
        }
    }
    let stairs = start.elapsed().as_secs_f64() - up - down;
    Ok(format!(
        "bare connections: up {up:.2} s, up down up {stairs:.2} s, down {down:.2} s"
    ))
}

/// A line of revisions of these texts.
pub(crate) fn history(texts: &[(String, String)]) -> History {
    let mut made: Vec<&'static Revision> = Vec::with_capacity(texts.len());
    for (number, (up, down)) in texts.iter().enumerate() {
        let id: &'static str = format!("r{number:06}").leak();
        let parents: Vec<&'static str> = made.last().map(|last| last.id()).into_iter().collect();
        let (up, down) = (up.clone().leak(), down.clone().leak());
        let (up, down) = (Body::sql(up), Body::sql(down));
        let down = Downgrade::Function(down);
        let revision = Revision::new(id, parents.leak(), "", "migrations/made.rs", 1, up, down);
        made.push(&*Box::leak(Box::new(revision)));
    }
    History::new(vec![&*made.leak()].leak())
}

fn mixed(number: usize, kind: BackendKind) -> (String, String) {
    let table = number / 8;
    // each table refers to an earlier one, so that few are referred to by many
    let reference = match table {
        0 => String::new(),
        _ => format!(
            ", CONSTRAINT fk_m{table} FOREIGN KEY (up) REFERENCES m{} (id)",
            (table - 1) / 2
        ),
    };
    let columns = format!(
        "id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(50) NOT NULL, up INTEGER{reference}"
    );
    let drop_index = |name: &str| match kind {
        BackendKind::Sqlite | BackendKind::Postgres => format!("DROP INDEX {name};"),
        _ => format!("DROP INDEX {name} ON m{table};"),
    };
    let (up, down) = match number % 8 {
        0 => (
            format!(
                "CREATE TABLE m{table} ({columns}); CREATE INDEX ix_m{table}_name ON m{table} (name);"
            ),
            format!("DROP TABLE m{table};"),
        ),
        1 => (
            format!("INSERT INTO m{table} (id, name) VALUES (1, 'first'), (2, 'second');"),
            format!("DELETE FROM m{table} WHERE id IN (1, 2) AND name IN ('first', 'second');"),
        ),
        2 => (
            format!("ALTER TABLE m{table} ADD COLUMN state INTEGER NOT NULL DEFAULT 0;"),
            format!("ALTER TABLE m{table} DROP COLUMN state;"),
        ),
        3 => (
            format!("CREATE INDEX ix_m{table}_state ON m{table} (state, name);"),
            drop_index(&format!("ix_m{table}_state")),
        ),
        4 => (
            format!(
                "ALTER TABLE m{table} ADD COLUMN total INTEGER; UPDATE m{table} SET total = state + 1;"
            ),
            format!("ALTER TABLE m{table} DROP COLUMN total;"),
        ),
        5 if table.is_multiple_of(2) => (
            format!("CREATE VIEW v{table} AS SELECT id, name FROM m{table} WHERE name <> '';"),
            format!("DROP VIEW v{table};"),
        ),
        5 => (
            format!(
                "CREATE TABLE n{table} (id INTEGER NOT NULL PRIMARY KEY, m_id INTEGER NOT NULL, note TEXT, \
                 CONSTRAINT fk_n{table} FOREIGN KEY (m_id) REFERENCES m{table} (id));"
            ),
            format!("DROP TABLE n{table};"),
        ),
        6 => (
            format!("ALTER TABLE m{table} RENAME COLUMN state TO status;"),
            format!("ALTER TABLE m{table} RENAME COLUMN status TO state;"),
        ),
        // how a table is changed by hand where ALTER TABLE cannot; nothing refers to these
        _ if kind == BackendKind::Sqlite && !table.is_multiple_of(2) => {
            let rebuilt = |note: &str| {
                format!(
                    "CREATE TABLE n_new (id INTEGER NOT NULL PRIMARY KEY, m_id INTEGER NOT NULL, {note}, \
                     CONSTRAINT fk_n{table} FOREIGN KEY (m_id) REFERENCES m{table} (id)); \
                     INSERT INTO n_new SELECT id, m_id, note FROM n{table}; \
                     DROP TABLE n{table}; ALTER TABLE n_new RENAME TO n{table};"
                )
            };
            (rebuilt("note VARCHAR(200)"), rebuilt("note TEXT"))
        }
        _ => (
            format!(
                "{} CREATE INDEX ix_m{table}_both ON m{table} (name, total);",
                drop_index(&format!("ix_m{table}_state"))
            ),
            format!(
                "{} CREATE INDEX ix_m{table}_state ON m{table} (status, name);",
                drop_index(&format!("ix_m{table}_both"))
            ),
        ),
    };
    (up, down)
}

fn tables(number: usize) -> (String, String) {
    let table = number / 3;
    match number % 3 {
        0 => (
            format!(
                "CREATE TABLE t{table} (id INTEGER NOT NULL PRIMARY KEY, a INTEGER, b VARCHAR(50));
                 CREATE INDEX ix_t{table}_a ON t{table} (a);
                 ALTER TABLE t{table} ADD COLUMN c INTEGER;"
            ),
            format!("DROP TABLE t{table};"),
        ),
        1 => (
            format!(
                "ALTER TABLE t{table} ADD COLUMN d INTEGER;
                 CREATE TABLE u{table} (id INTEGER NOT NULL PRIMARY KEY, t_id INTEGER);
                 CREATE VIEW v{table} AS SELECT id, d FROM t{table};"
            ),
            format!("DROP VIEW v{table}; DROP TABLE u{table}; ALTER TABLE t{table} DROP COLUMN d;"),
        ),
        _ => (
            format!(
                "ALTER TABLE t{table} ADD COLUMN f VARCHAR(20);
                 ALTER TABLE t{table} ADD COLUMN g INTEGER;
                 UPDATE t{table} SET g = 1;"
            ),
            format!(
                "ALTER TABLE t{table} DROP COLUMN g;
                 ALTER TABLE t{table} DROP COLUMN f;"
            ),
        ),
    }
}

fn no_alter(number: usize) -> (String, String) {
    (
        format!(
            "CREATE TABLE s{number} (id INTEGER NOT NULL PRIMARY KEY, a INTEGER, b VARCHAR(50));
             CREATE INDEX ix_s{number}_a ON s{number} (a);
             CREATE VIEW v{number} AS SELECT id, b FROM s{number};"
        ),
        format!("DROP VIEW v{number}; DROP TABLE s{number};"),
    )
}
