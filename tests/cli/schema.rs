//! Schemas in a project: a kept schema of the history, a drift that becomes a revision, a first
//! revision from a database, a bundle that answers without a scratch database, and what is
//! configured to be compared.

use std::fs;
use std::path::PathBuf;

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use migrate_tests::Project;

use crate::bundle::Server;

/// Runs SQL on a file of the project, as another tool would.
fn execute(project: &Project, file: &str, sql: &str) {
    let path = project.path(file);
    let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    connection.batch_execute(sql).unwrap();
}

/// The kept schemas of the history that have this table.
fn kept(project: &Project, table: &str) -> Vec<PathBuf> {
    let command = project.command([""; 0]);
    let target = command
        .get_envs()
        .find(|(name, _)| *name == "CARGO_TARGET_DIR");
    let (_, target) = target.unwrap();
    let stores = fs::read_dir(PathBuf::from(target.unwrap()).join("migrate")).unwrap();
    let states = stores.map(|store| store.unwrap().path().join("states"));
    let files = states.flat_map(|folder| fs::read_dir(folder).into_iter().flatten());
    let files = files.map(|file| file.unwrap().path());
    let has_it = |path: &PathBuf| fs::read_to_string(path).is_ok_and(|text| text.contains(table));
    files.filter(has_it).collect()
}

#[test]
fn a_drift_becomes_a_revision() {
    let project = Project::library("drifting");
    project.table_revision("20260101000000", "");
    project.migrate(["up"]).ok();
    project
        .migrate(["drift"])
        .ok()
        .says("no drift: the database is as its applied revisions left it");
    execute(
        &project,
        "app.db",
        "CREATE INDEX ix_hand ON t_20260101000000 (id)",
    );
    project
        .migrate(["drift"])
        .code(1)
        .prints("+ create index `ix_hand` on `t_20260101000000`\n");
    let json = project.migrate(["drift", "--json"]).code(1).json();
    assert_eq!(json["changes"][0]["kind"], "add");
    assert_eq!(json["changes"][0]["object"], "index");
    assert_eq!(json["changes"][0]["table"], "t_20260101000000");
    assert_eq!(json["changes"][0]["name"], "ix_hand");
    project
        .migrate(["drift", "--write"])
        .ok()
        .says("record that with `cargo migrate stamp ");
    project.migrate(["check"]).code(1).prints("pending: ");
    project.migrate(["stamp", "head"]).ok();
    project
        .migrate(["check", "--drift"])
        .ok()
        .prints("drift: none\n");
    project.migrate(["down", "-1"]).ok();
    project.migrate(["up"]).ok();
    project.migrate(["drift"]).ok();
}

#[test]
fn the_schema_of_the_history_is_kept_and_a_torn_file_is_as_none() {
    let project = Project::library("keeping");
    let process = format!("2026{:010}", std::process::id());
    project.table_revision(&process, "");
    project.migrate(["up"]).ok();
    let first = project.migrate(["schema", "dump", "history"]).ok();
    assert!(first.stderr.contains("on a scratch database"), "{first}");
    let files = kept(&project, &format!("t_{process}"));
    assert_eq!(files.len(), 1, "{files:?}");
    project
        .migrate(["schema", "dump", "history"])
        .ok()
        .keeps_quiet_about("scratch");
    project
        .migrate(["schema", "dump", "history", "--fresh"])
        .ok()
        .says("on a scratch database");
    fs::write(&files[0], "{\"version\": 1, ").unwrap();
    project
        .migrate(["schema", "dump", "history"])
        .ok()
        .says("on a scratch database");
    project.migrate(["drift"]).ok();
}

#[test]
fn the_first_revision_comes_from_a_database() {
    let project = Project::library("legacy");
    execute(
        &project,
        "app.db",
        "CREATE TABLE teams (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE); \
         CREATE TABLE users (id INTEGER PRIMARY KEY, team INTEGER REFERENCES teams (id), age INTEGER CHECK (age > 0)); \
         CREATE INDEX ix_team ON users (team); \
         CREATE VIEW v AS SELECT name FROM teams; \
         CREATE TRIGGER t AFTER INSERT ON users BEGIN SELECT 1; END;",
    );
    project
        .migrate(["init", "--from-database", "--stamp"])
        .ok()
        .says("proven on a scratch database: it creates the same 2 tables");
    project
        .migrate(["check", "--drift"])
        .ok()
        .prints("drift: none\n");
    project.migrate(["up", "--database-url", "copy.db"]).ok();
    project
        .migrate(["schema", "diff", "copy.db", "app.db"])
        .ok();
    let written = |ending: &str| {
        let paths = std::fs::read_dir(project.path("migrations")).unwrap();
        let mut paths = paths.map(|entry| entry.unwrap().path());
        paths.find(|path| path.to_string_lossy().ends_with(ending))
    };
    let rust = written("_baseline.rs").unwrap();
    let text = std::fs::read_to_string(&rust).unwrap();
    assert!(text.contains("    reversible\n)]\n") || text.contains(", reversible)]\n"));
    // as an SQL folder
    std::fs::remove_file(rust).unwrap();
    project
        .migrate(["init", "--from-database", "--sql"])
        .ok()
        .says("proven on a scratch database: it creates the same 2 tables");
    assert!(written("_baseline").is_some());
    project.migrate(["up", "--database-url", "other.db"]).ok();
    project
        .migrate(["schema", "diff", "other.db", "app.db"])
        .ok();
    let difference = ["schema", "diff", "empty", "app.db", "--format", "rust"];
    let shown = project.migrate(difference).code(1);
    let functions = |text: &str| text.split_once("fn upgrade").unwrap().1.to_owned();
    assert_eq!(functions(&shown.stdout), functions(&text));
}

#[test]
fn a_bundle_answers_drift_with_the_schema_that_it_has() {
    let project = Project::library("carried");
    project.table_revision("20260101000000", "");
    let server = Server::with_bundle_of(&project);
    let url = [("DATABASE_URL", "app.db")];
    server.run(&["up"], &url).ok();
    server
        .run(&["check", "--drift"], &url)
        .ok()
        .prints("drift: none\n");
    server
        .run(&["drift"], &url)
        .ok()
        .keeps_quiet_about("revision on a scratch");
}

#[cfg(feature = "servers")]
#[test]
fn several_schemas_are_compared_without_what_is_excluded() {
    use crate::flows::{Flow, On};

    let revision = "use migrate_core::prelude::*;\n\n\
         #[revision(id = \"20260101000000\", down_revision = None, irreversible)]\n\
         fn upgrade(op: &mut Operations) -> Result<()> {\n    \
         op.execute(\"CREATE SCHEMA audit\")?;\n    \
         op.execute(\"CREATE TABLE audit.log (id int PRIMARY KEY)\")?;\n    \
         op.execute(\"CREATE TABLE t (id int)\")?;\n    Ok(())\n}\n";
    let flow = Flow::new("schemas", On::Postgres, &[("a", revision)]);
    let manifest = flow.project.read("Cargo.toml");
    let section = "\n[package.metadata.migrate]\nschemas = [\"public\", \"audit\"]\n\
                   exclude = [\"audit.noise\"]\nignore = [\"comments\"]\n";
    flow.project.write("Cargo.toml", &(manifest + section));
    flow.migrate("up").ok();
    flow.migrate(&format!("drift --scratch-url {}", flow.url))
        .ok();
    flow.by_hand("CREATE TABLE audit.noise (id int); COMMENT ON TABLE t IS 'why'");
    // the schema that the history left is kept
    flow.migrate("drift")
        .ok()
        .keeps_quiet_about("on a scratch database");
    flow.by_hand("CREATE TABLE audit.extra (id int)");
    let shown = flow.migrate("drift").code(1);
    assert_eq!(shown.stdout, "+ create table `audit.extra`\n");
}
