//! The contents of a database, as lines that can be compared: every fact of the catalogue, every
//! row of every table, and the ids in the version table. The journal is left out, because it
//! contains the killed runs.

use std::collections::BTreeSet;

use migrate_core::engine::backend::{self, Access, BackendKind, DatabaseUrl, Session};

#[expect(clippy::unwrap_used, reason = "a series that cannot look ends")]
#[path = "../backends/sqlite/catalogue.rs"]
mod sqlite;

#[cfg(feature = "servers")]
#[expect(clippy::unwrap_used, reason = "a series that cannot look ends")]
#[path = "../backends/postgres/catalogue.rs"]
mod postgres;

#[cfg(feature = "servers")]
#[expect(clippy::unwrap_used, reason = "a series that cannot look ends")]
#[path = "../backends/mysql/catalogue.rs"]
mod mysql;

/// The version table and the journal.
const VERSIONS: &str = "__diesel_schema_migrations";
const JOURNAL: &str = "__migrate_journal";

/// The columns of the journal without times and generated numbers.
const SHOWN: &[&str] = &[
    "revision",
    "direction",
    "event",
    "step",
    "statement",
    "hash",
    "operation",
    "query",
    "checksum",
    "from_version",
    "detail",
];

/// The contents of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Contents {
    /// The catalogue.
    facts: BTreeSet<String>,
    /// The rows, sorted, each with its table's name; equal rows are repeated.
    rows: Vec<String>,
    /// The applied set.
    applied: Vec<String>,
}

impl Contents {
    /// Reads all of it.
    pub(crate) fn of(url: &str) -> Contents {
        let url: DatabaseUrl = url.parse().expect("the URL of a scratch database");
        let mut session = backend::connect(&url, Access::Read).expect("a database can be opened");
        Contents::read(session.as_mut())
    }

    /// Reads all of it on this session.
    pub(crate) fn read(session: &mut dyn Session) -> Contents {
        let facts = facts(session);
        Contents::with(facts, session)
    }

    /// The same database after something that has not changed the catalogue.
    pub(crate) fn again(&self, session: &mut dyn Session) -> Contents {
        Contents::with(self.facts.clone(), session)
    }

    fn with(facts: BTreeSet<String>, session: &mut dyn Session) -> Contents {
        let rows = rows(session, &facts);
        let applied = if_there(
            session,
            &format!("SELECT version AS text FROM {VERSIONS} ORDER BY version"),
        );
        Contents {
            facts,
            rows,
            applied,
        }
    }

    /// Has MariaDB rebuild the tables. It keeps columns that were dropped in place, and after some
    /// dozens of rounds in which one table has a column added and dropped, its rows have no room
    /// for another one.
    pub(crate) fn make_room(&self, url: &str) {
        let url: DatabaseUrl = url.parse().expect("the URL of a scratch database");
        let mut session =
            backend::connect(&url, Access::Existing).expect("a database can be opened");
        for table in tables(&self.facts) {
            let sql = format!("ALTER TABLE {table} FORCE");
            session
                .execute(&sql)
                .unwrap_or_else(|error| panic!("{sql}: {error}"));
        }
    }

    /// How many revisions are applied.
    pub(crate) fn applied(&self) -> usize {
        self.applied.len()
    }

    /// The same, for a database without revisions.
    pub(crate) fn without_revisions(self) -> Contents {
        Contents {
            applied: Vec::new(),
            ..self
        }
    }

    /// The same, with each row and each fact as this function shows it.
    pub(crate) fn map(self, show: fn(&str) -> String) -> Contents {
        let mut rows: Vec<String> = self.rows.iter().map(|row| show(row)).collect();
        rows.sort();
        let facts = self.facts.iter().map(|fact| show(fact)).collect();
        Contents {
            rows,
            facts,
            ..self
        }
    }

    /// How this differs from the expected contents: empty if it does not.
    pub(crate) fn differences(&self, expected: &Contents) -> Option<String> {
        let mut lines = Vec::new();
        let mut note = |sign: char, lines_of: Vec<&String>| {
            lines.extend(lines_of.iter().map(|line| format!("  {sign} {line}")));
        };
        note('-', expected.facts.difference(&self.facts).collect());
        note('+', self.facts.difference(&expected.facts).collect());
        note('-', less(&expected.rows, &self.rows));
        note('+', less(&self.rows, &expected.rows));
        note('-', less(&expected.applied, &self.applied));
        note('+', less(&self.applied, &expected.applied));
        (self != expected).then(|| lines.join("\n"))
    }
}

/// The elements that are in the first more often than in the second.
fn less<'a>(first: &'a [String], second: &[String]) -> Vec<&'a String> {
    let mut left: Vec<&String> = second.iter().collect();
    let mut more = Vec::new();
    for line in first {
        match left.iter().position(|other| *other == line) {
            Some(at) => drop(left.swap_remove(at)),
            None => more.push(line),
        }
    }
    more
}

fn facts(session: &mut dyn Session) -> BTreeSet<String> {
    let kind = session.backend().kind();
    match kind {
        BackendKind::Sqlite => {
            let connection = session.connection().downcast_mut().expect("SQLite's own");
            let mut facts = sqlite::facts(connection);
            // with views and triggers; a rebuilt one may be spelled differently, which the facts
            // compare
            facts.extend(texts(
                session,
                "SELECT 'written: ' || type || ' ' || name || ' on ' || tbl_name AS text FROM sqlite_schema \
                 WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND tbl_name NOT LIKE '\\_\\_%' ESCAPE '\\'",
            ));
            facts
        }
        #[cfg(feature = "servers")]
        BackendKind::Postgres => postgres::facts(session),
        #[cfg(feature = "servers")]
        kind => {
            let mut facts = mysql::facts(session, kind);
            facts.extend(texts(
                session,
                "SELECT CONVERT(CONCAT('trigger ', trigger_name, ' on ', event_object_table, ' ', action_timing, ' ', \
                 event_manipulation, ' ', action_statement) USING utf8mb4) AS text \
                 FROM information_schema.triggers WHERE trigger_schema = DATABASE()",
            ));
            facts
        }
        #[cfg(not(feature = "servers"))]
        kind => unreachable!("{kind:?} is not compiled in"),
    }
}

/// The tables in the facts, without the bookkeeping.
fn tables(facts: &BTreeSet<String>) -> impl Iterator<Item = &str> {
    facts
        .iter()
        .filter_map(|fact| fact.strip_prefix("table "))
        .map(|rest| rest.split(' ').next().unwrap_or(rest))
        .filter(|name| !name.starts_with("__"))
}

/// All rows of the tables in the facts.
fn rows(session: &mut dyn Session, facts: &BTreeSet<String>) -> Vec<String> {
    let kind = session.backend().kind();
    let mut rows = Vec::new();
    for table in tables(facts) {
        let prefix = format!("column {table}.");
        let columns: Vec<String> = facts
            .iter()
            .filter_map(|fact| fact.strip_prefix(&prefix))
            .map(|rest| rest.split(' ').next().unwrap_or(rest).to_owned())
            .collect();
        let row = row_expression(kind, table, &columns);
        rows.extend(texts(
            session,
            &format!("SELECT {row} AS text FROM {}", quoted(kind, table)),
        ));
    }
    rows.sort();
    rows
}

/// The name of a table in the facts, as SQL.
fn quoted(kind: BackendKind, table: &str) -> String {
    let quote = quote_of(kind);
    let parts: Vec<String> = table
        .split('.')
        .map(|part| format!("{quote}{part}{quote}"))
        .collect();
    parts.join(".")
}

fn quote_of(kind: BackendKind) -> char {
    match kind {
        BackendKind::Mysql | BackendKind::Mariadb => '`',
        _ => '"',
    }
}

/// A row as one text: the table, and `column=value` for each column.
fn row_expression(kind: BackendKind, table: &str, columns: &[String]) -> String {
    let is_mysql = matches!(kind, BackendKind::Mysql | BackendKind::Mariadb);
    let quote = quote_of(kind);
    let text = if is_mysql { "CHAR" } else { "TEXT" };
    let mut parts = vec![format!("'{table}'")];
    for column in columns {
        parts.push(format!("' {column}='"));
        parts.push(format!(
            "COALESCE(CAST({quote}{column}{quote} AS {text}), 'NULL')"
        ));
    }
    match is_mysql {
        true => format!("CONCAT({})", parts.join(", ")),
        false => parts.join(" || "),
    }
}

/// The state that decides how a later run resumes, besides the contents: the rows of the journal
/// without times and generated numbers, and the next numbers that tables generate.
pub(crate) fn record(session: &mut dyn Session) -> Vec<String> {
    let kind = session.backend().kind();
    let mut lines = Vec::new();
    let columns: Vec<String> = SHOWN.iter().map(|name| (*name).to_owned()).collect();
    let row = row_expression(kind, JOURNAL, &columns);
    let query = format!("SELECT {row} AS text FROM {JOURNAL} ORDER BY id");
    lines.extend(if_there(session, &query));
    if kind == BackendKind::Postgres {
        lines.extend(texts(
            session,
            "SELECT schemaname || '.' || sequencename || ' ' || COALESCE(last_value, 0) AS text FROM pg_sequences \
             WHERE sequencename NOT LIKE '\\_\\_%' \
             UNION ALL SELECT 'prepared: ' || gid FROM pg_prepared_xacts WHERE database = current_database()",
        ));
    }
    lines
}

/// The rows of the journal, one per line: what does not differ between two runs of one program.
pub(crate) fn journal(url: &str) -> Vec<String> {
    let url: DatabaseUrl = url.parse().expect("the URL of a scratch database");
    let mut session = backend::connect(&url, Access::Read).expect("a database can be opened");
    let kind = session.backend().kind();
    let mut columns: Vec<String> = SHOWN.iter().map(|name| (*name).to_owned()).collect();
    columns.extend(["tool".to_owned(), "timed".to_owned()]);
    let row = row_expression(kind, JOURNAL, &columns);
    let rows = texts(
        session.as_mut(),
        &format!(
            "SELECT {row} AS text FROM (SELECT j.*, micros IS NOT NULL AS timed FROM {JOURNAL} j) timed_rows ORDER BY id"
        ),
    );
    rows.iter().map(|row| row.replace('\n', "\\n")).collect()
}

/// The rows of a table that may not exist.
fn if_there(session: &mut dyn Session, query: &str) -> Vec<String> {
    session.texts(query).unwrap_or_else(|error| {
        let words = error.to_string();
        let missing = words.contains("exist") || words.contains("no such table");
        assert!(missing, "{query}: {words}");
        Vec::new()
    })
}

fn texts(session: &mut dyn Session, query: &str) -> Vec<String> {
    session
        .texts(query)
        .unwrap_or_else(|error| panic!("{query}: {error}"))
}
