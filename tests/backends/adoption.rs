//! Histories of SQL folders as in diesel projects: whether diesel's harness or the engine migrates
//! a database, or one after the other, the catalogue, the rows and the version table are the same.
//!
//! The histories are below `adoption`, by dialect: `plain` timestamps, names with several
//! `hyphens`, every form of `metadata`, folders without a downgrade (`one_way`), and `programs`:
//! functions, triggers and whatever else has semicolons inside.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use migrate_core::engine::backend::{BackendKind, MigrateConnection, Session};
use migrate_core::revision::{Body, Downgrade, Revision};
use migrate_core::{ErrorKind, History, Migrator};
use migrate_source::Folder;

use crate::backend::{TestBackend, on_each_backend};

const HISTORIES: [&str; 5] = ["plain", "hyphens", "metadata", "one_way", "programs"];

/// The folder of a history, at the depth of a package.
fn folder(kind: BackendKind, name: &str) -> PathBuf {
    let dialect = match kind {
        BackendKind::Mariadb => "mysql".to_owned(),
        kind => kind.feature().to_owned(),
    };
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("backends/adoption")
        .join(dialect)
        .join(name)
}

/// diesel's source for a folder.
fn diesels(kind: BackendKind, name: &str) -> FileBasedMigrations {
    FileBasedMigrations::from_path(folder(kind, name)).unwrap()
}

/// The folder as `migrations!` compiles it.
fn ours(kind: BackendKind, name: &str) -> History {
    read(&folder(kind, name))
}

/// The folder as the engine reads it at run time.
pub(crate) fn read(path: &Path) -> History {
    let package = path.parent().unwrap();
    let read = Folder::read(package, Path::new(path.file_name().unwrap()));
    assert_eq!(read.problems, []);
    let mut revisions = Vec::new();
    for (file, revision) in read.revisions() {
        assert_eq!(revision.mistakes, []);
        let sql = file.sql.as_ref().unwrap();
        let text = |path: PathBuf| leak(fs::read_to_string(package.join(path)).unwrap());
        let header = revision.header().unwrap();
        let parents: Vec<&'static str> = header.down_revision.into_iter().map(leak).collect();
        let downgrade = match revision.declaration.downgrade {
            Some(migrate_source::Downgrade::Function(_)) => {
                Downgrade::Function(Body::sql(text(sql.down_file().unwrap())))
            }
            _ => Downgrade::Irreversible,
        };
        let up = Body::sql(text(sql.up_file()));
        let (id, message) = (leak(header.id), leak(header.message));
        let file = leak(sql.up_file().display().to_string());
        let mut made = Revision::new(id, parents.leak(), message, file, 1, up, downgrade);
        if !revision.declaration.transaction {
            made = made.without_transaction();
        }
        revisions.push(&*Box::leak(Box::new(made)));
    }
    History::new(vec![&*revisions.leak()].leak())
}

fn leak(text: String) -> &'static str {
    text.leak()
}

/// All contents of a database: the catalogue with its programs, the rows, and the versions in
/// order.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Contents {
    pub(crate) facts: BTreeSet<String>,
    pub(crate) rows: Vec<String>,
    pub(crate) versions: Vec<String>,
}

pub(crate) fn contents<B: TestBackend>(place: &B::Place) -> Contents {
    let mut session = B::session(place);
    let session = session.as_mut();
    let mut facts = B::catalogue(session);
    facts.retain(|fact| !fact.contains("__migrate"));
    let rows = rows(session, &facts);
    // MySQL keeps the semicolon after a body of one statement, but only if another statement came
    // in the same packet
    let programs = B::values(session, programs(B::KIND)).into_iter();
    facts.extend(programs.map(|program| program.trim_end_matches(';').to_owned()));
    let versions = "SELECT version AS text FROM __diesel_schema_migrations ORDER BY version";
    let versions = B::values(session, versions);
    Contents {
        facts,
        rows,
        versions,
    }
}

/// Facts about functions, triggers and the like.
fn programs(kind: BackendKind) -> &'static str {
    match kind {
        BackendKind::Sqlite => {
            "SELECT type || ' ' || name || ' ' || sql AS text FROM sqlite_master \
             WHERE sql IS NOT NULL AND tbl_name NOT LIKE '\\_\\_%' ESCAPE '\\'"
        }
        BackendKind::Postgres => {
            "SELECT pg_get_functiondef(oid) AS text FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind <> 'a' \
             UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal \
             UNION ALL SELECT definition FROM pg_rules WHERE schemaname = 'public'"
        }
        // MySQL and MariaDB
        _ => {
            "SELECT CONCAT(trigger_name, ' ', action_timing, ' ', event_manipulation, ' ', action_statement) AS text \
             FROM information_schema.triggers WHERE trigger_schema = DATABASE() \
             UNION ALL SELECT CONCAT(routine_type, ' ', routine_name, ' ', routine_definition) \
             FROM information_schema.routines WHERE routine_schema = DATABASE()"
        }
    }
}

/// All rows of the tables that the facts name, without timestamps of a clock.
fn rows(session: &mut dyn Session, facts: &BTreeSet<String>) -> Vec<String> {
    let mysql = matches!(
        session.backend().kind(),
        BackendKind::Mysql | BackendKind::Mariadb
    );
    let (quote, text) = if mysql { ('`', "CHAR") } else { ('"', "TEXT") };
    let name = |fact: &str| fact.split(' ').next().unwrap_or(fact).to_owned();
    let mut rows = Vec::new();
    let tables = facts
        .iter()
        .filter_map(|fact| fact.strip_prefix("table "))
        .map(name)
        // in another schema, whose name differs from test to test
        .filter(|table| !table.contains('.'));
    for table in tables {
        let prefix = format!("column {table}.");
        let columns = facts.iter().filter_map(|fact| fact.strip_prefix(&prefix));
        let columns = columns.filter(|fact| !fact.starts_with("at ") && !fact.starts_with("the "));
        for column in columns.map(name) {
            let query = format!(
                "SELECT COALESCE(CAST({quote}{column}{quote} AS {text}), 'NULL') AS text FROM {table} ORDER BY 1"
            );
            let values = session.texts(&query).unwrap();
            rows.extend(
                values
                    .into_iter()
                    .map(|value| format!("{table}.{column}: {value}")),
            );
        }
    }
    rows
}

#[track_caller]
fn same<B: TestBackend>(name: &str, what: &str, ours: &B::Place, theirs: &B::Place) {
    let (ours, theirs) = (contents::<B>(ours), contents::<B>(theirs));
    assert_eq!(ours, theirs, "{} {name}: {what}", B::NAME);
}

fn up_matches_diesel<B: TestBackend>() {
    for name in HISTORIES {
        let (history, place, theirs) = (ours(B::KIND, name), B::place(), B::place());
        let mut connection = B::connection(&place);
        let report = Migrator::new(&history).upgrade(&mut connection, "head");
        report.unwrap_or_else(|error| panic!("{} {name}: {error}", B::NAME));
        let mut harness = B::connection(&theirs);
        harness
            .run_pending_migrations(diesels(B::KIND, name))
            .unwrap();
        same::<B>(name, "up", &place, &theirs);
        // and diesel has nothing left to do
        assert!(
            !connection
                .has_pending_migration(diesels(B::KIND, name))
                .unwrap()
        );

        let through_harness = B::place();
        let mut connection = B::connection(&through_harness);
        connection.run_pending_migrations(history).unwrap();
        same::<B>(
            name,
            "the history in diesel's harness",
            &through_harness,
            &theirs,
        );
    }
}

fn the_script_matches_up<B: TestBackend>() {
    for name in HISTORIES {
        let history = ours(B::KIND, name);
        let (place, offline) = (B::place(), B::place());
        let migrator = Migrator::new(&history);
        migrator
            .upgrade(B::session(&place).as_mut(), "head")
            .unwrap();
        let script = migrator.upgrade_script(B::KIND, "head").unwrap();
        B::run_script(&offline, &script.to_string());
        same::<B>(name, "the script", &offline, &place);
    }
}

fn each_step_down_matches_diesel<B: TestBackend>() {
    for name in HISTORIES {
        let (history, place, theirs) = (ours(B::KIND, name), B::place(), B::place());
        let (mut connection, mut harness) = (B::connection(&place), B::connection(&theirs));
        let migrator = Migrator::new(&history);
        migrator.upgrade(&mut connection, "head").unwrap();
        harness
            .run_pending_migrations(diesels(B::KIND, name))
            .unwrap();
        for _ in 0..history.len() {
            let down = migrator.downgrade(&mut connection, "-1");
            let reverted = harness.revert_last_migration(diesels(B::KIND, name));
            match (down, reverted) {
                (Ok(_), Ok(_)) => same::<B>(name, "a step down", &place, &theirs),
                (Err(error), Err(_)) => {
                    assert_eq!(
                        (name, error.kind()),
                        ("one_way", ErrorKind::Refused),
                        "{error}"
                    );
                    same::<B>(name, "refused", &place, &theirs);
                    break;
                }
                (ours, theirs) => panic!("{} {name}: {ours:?}, {theirs:?}", B::NAME),
            }
        }
    }
}

fn a_history_that_diesel_began_resumes<B: TestBackend>() {
    for name in HISTORIES {
        let history = ours(B::KIND, name);
        let complete = B::place();
        B::connection(&complete)
            .run_pending_migrations(diesels(B::KIND, name))
            .unwrap();
        let versions = contents::<B>(&complete).versions;
        for begun in 1..versions.len() {
            let place = B::place();
            let mut connection = B::connection(&place);
            for _ in 0..begun {
                connection
                    .run_next_migration(diesels(B::KIND, name))
                    .unwrap();
            }
            let migrator = Migrator::new(&history);
            let status = migrator.status(&mut connection).unwrap();
            assert_eq!(status.current, [versions[begun - 1].as_str()]);
            assert_eq!(status.pending, versions[begun..]);
            assert_eq!(status.unknown, [""; 0]);
            migrator.upgrade(&mut connection, "head").unwrap();
            same::<B>(name, "continued", &place, &complete);
        }
    }
}

fn a_failure_names_the_statement_and_leaves_the_record_alone<B: TestBackend>() {
    const UP: Body = Body::sql(
        "CREATE TABLE one (id INTEGER);\n-- fails\nINSERT INTO nowhere VALUES (';');\nSELECT 3;",
    );
    const REVISION: Revision = Revision::new(
        "1",
        &[],
        "broken",
        "m/1_broken/up.sql",
        1,
        UP,
        Downgrade::Irreversible,
    );
    let history = History::new(const { &[&[&REVISION]] });
    let place = B::place();
    let mut connection = B::connection(&place);
    let error = Migrator::new(&history)
        .upgrade(&mut connection, "head")
        .unwrap_err();
    let migrate_core::Error::Revision(failure) = error else {
        panic!("{error}")
    };
    assert_eq!(
        failure.statement.as_deref(),
        Some("INSERT INTO nowhere VALUES (';')")
    );
    let applied = connection.with_session(|session| session.applied().unwrap());
    assert_eq!(applied.unwrap_or_default().len(), 0);
}

fn an_interrupted_file_resumes_at_the_statement<B: TestBackend>() {
    const UP: Body = Body::sql(
        "CREATE TABLE one (id INTEGER);\nINSERT INTO one VALUES (1);\nINSERT INTO nowhere VALUES (2);\nCREATE TABLE two (id INTEGER);",
    );
    const DOWN: Body = Body::sql("DROP TABLE two; DROP TABLE one;");
    const INSIDE: Revision = Revision::new(
        "1",
        &[],
        "cut",
        "m/1_cut/up.sql",
        1,
        UP,
        Downgrade::Function(DOWN),
    );
    const OUTSIDE: Revision = INSIDE.without_transaction();
    for history in [
        History::new(const { &[&[&INSIDE]] }),
        History::new(const { &[&[&OUTSIDE]] }),
    ] {
        let place = B::place();
        let mut connection = B::connection(&place);
        let migrator = Migrator::new(&history);
        migrator.upgrade(&mut connection, "head").unwrap_err();
        connection.with_session(|session| {
            session
                .execute("CREATE TABLE nowhere (id INTEGER)")
                .unwrap();
        });
        let report = migrator.upgrade(&mut connection, "head");
        report.unwrap_or_else(|error| panic!("{}: {error}", B::NAME));
        let contents = contents::<B>(&place);
        assert_eq!(contents.rows, ["nowhere.id: 2", "one.id: 1"], "{}", B::NAME);
        assert_eq!(contents.versions, ["1"]);
        migrator.downgrade(&mut connection, "base").unwrap();
    }
}

fn a_file_of_comments_does_nothing<B: TestBackend>() {
    const NOTHING: Body = Body::sql("-- Your SQL goes here\n\n/* ; */");
    const REVISION: Revision = Revision::new(
        "1",
        &[],
        "",
        "m/1_x/up.sql",
        1,
        NOTHING,
        Downgrade::Function(NOTHING),
    );
    let history = History::new(const { &[&[&REVISION]] });
    let place = B::place();
    let mut connection = B::connection(&place);
    let migrator = Migrator::new(&history);
    assert_eq!(
        migrator
            .upgrade(&mut connection, "head")
            .unwrap()
            .steps
            .len(),
        1
    );
    assert_eq!(
        migrator
            .downgrade(&mut connection, "base")
            .unwrap()
            .steps
            .len(),
        1
    );
}

on_each_backend! {
    up_matches_diesel
    the_script_matches_up
    each_step_down_matches_diesel
    a_history_that_diesel_began_resumes
    a_failure_names_the_statement_and_leaves_the_record_alone
    an_interrupted_file_resumes_at_the_statement
    a_file_of_comments_does_nothing
}
