//! sqlx, refinery and golang-migrate: their folders, and their tables.

use super::{files, sqlite};
use migrate_tests::Project;

/// A project with three files of one of the tools, which are imported.
fn imported(name: &str, tool: &str, names: [&str; 4]) -> Project {
    let project = Project::library(name);
    let texts = [
        "CREATE TABLE users (id INTEGER PRIMARY KEY);\n",
        "DROP TABLE users;\n",
        "ALTER TABLE users ADD COLUMN email TEXT;\n",
        "CREATE INDEX users_email ON users (email);\n",
    ];
    for (name, text) in names.iter().zip(texts) {
        if !name.is_empty() {
            project.write(&format!("theirs/{name}"), text);
        }
    }
    project
        .migrate(["import", tool, "theirs"])
        .ok()
        .says(&format!("reading the files of {tool} in `theirs`"))
        .says("done: wrote 3 revisions, 3 SQL folders")
        .says(&format!("`cargo migrate stamp --from {tool}`"));
    project
        .migrate(["import", tool, "theirs"])
        .ok()
        .says("nothing to do");
    project
}

fn stamp(project: &Project, tool: &str) -> migrate_tests::Output {
    project.migrate(["stamp", "--from", tool])
}

#[test]
fn sqlx_is_continued() {
    let project = imported(
        "sqlx",
        "sqlx",
        [
            "20240101000000_create_users.up.sql",
            "20240101000000_create_users.down.sql",
            "20240102000000_add_email.sql",
            "20240103000000_index.sql",
        ],
    );
    assert!(
        project
            .read("migrations/2024-01-02-000000_add_email/metadata.toml")
            .contains("down_revision = \"20240101000000\"")
    );
    sqlite(
        &project,
        "app.db",
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);
         CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, success BOOLEAN NOT NULL);
         INSERT INTO _sqlx_migrations VALUES (20240102000000, 'add email', TRUE);",
    );
    stamp(&project, "sqlx")
        .code(2)
        .says("`_sqlx_migrations` does not have `20240101000000`, which comes before a revision that it has");
    sqlite(
        &project,
        "app.db",
        "INSERT INTO _sqlx_migrations VALUES (20240101000000, 'create users', FALSE)",
    );
    stamp(&project, "sqlx")
        .code(2)
        .says("`_sqlx_migrations` has the version `20240101000000` as not completed");
    sqlite(
        &project,
        "app.db",
        "UPDATE _sqlx_migrations SET success = TRUE",
    );
    stamp(&project, "sqlx").ok().says("2 revisions to record");
    project.migrate(["up"]).ok().says("applied 1 revision");
    // a folder without a down file is irreversible
    project
        .migrate(["down", "-1"])
        .code(1)
        .says("20240103000000");
}

#[test]
fn refinery_is_continued_by_number() {
    let project = imported(
        "refinery",
        "refinery",
        [
            "V1__create_users.sql",
            "",
            "V2__add_email.sql",
            "V10__index.sql",
        ],
    );
    assert!(
        project
            .read("migrations/10_index/metadata.toml")
            .contains("down_revision = \"2\"")
    );
    sqlite(
        &project,
        "app.db",
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);
         CREATE TABLE refinery_schema_history (version INT4 PRIMARY KEY, name VARCHAR(255), applied_on VARCHAR(255), checksum VARCHAR(255));
         INSERT INTO refinery_schema_history VALUES (1, 'create_users', '', ''), (2, 'add_email', '', '');",
    );
    stamp(&project, "refinery")
        .ok()
        .says("2 revisions to record");
    project
        .migrate(["up"])
        .ok()
        .says("the database is at head `10`");
}

#[test]
fn golang_migrate_is_continued_whatever_the_zeros() {
    let project = imported(
        "golang",
        "golang-migrate",
        [
            "000001_create_users.up.sql",
            "000001_create_users.down.sql",
            "000002_add_email.up.sql",
            "000003_index.up.sql",
        ],
    );
    sqlite(
        &project,
        "app.db",
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);
         CREATE TABLE schema_migrations (version uint64, dirty bool);
         INSERT INTO schema_migrations VALUES (2, true);",
    );
    stamp(&project, "golang-migrate")
        .code(2)
        .says("`schema_migrations` has the version `2` as not completed");
    sqlite(
        &project,
        "app.db",
        "UPDATE schema_migrations SET dirty = false",
    );
    stamp(&project, "golang-migrate")
        .ok()
        .says("2 revisions to record");
    project
        .migrate(["up"])
        .ok()
        .says("the database is at head `000003`");
    sqlite(
        &project,
        "app.db",
        "UPDATE schema_migrations SET version = 7",
    );
    stamp(&project, "golang-migrate")
        .code(2)
        .says("`schema_migrations` has a revision that this history does not have: `7`");
}

#[test]
fn folders_that_are_not_theirs_are_refused() {
    let project = Project::library("mistaken");
    project.write("theirs/readme.txt", "");
    project
        .migrate(["import", "sqlx", "theirs"])
        .code(2)
        .says("there is no migration of sqlx in `theirs`")
        .says("its files are named as in `20240101000000_create_users.sql`");
    project
        .migrate(["import", "sqlx"])
        .code(2)
        .says("`migrations` is where the revisions are written, too")
        .says("help: move the files of sqlx first: `mv migrations sqlx-migrations`, then `cargo migrate import sqlx sqlx-migrations`");
    project
        .migrate(["import", "refinery", "nowhere"])
        .code(2)
        .says("cannot read `nowhere`");
    project.write("theirs/1_a.down.sql", "SELECT 1;\n");
    project
        .migrate(["import", "golang-migrate", "theirs"])
        .code(2)
        .says("`1_a.down.sql` has no file that applies it");
    project
        .write("theirs/1_a.up.sql", "SELECT 1;\n")
        .write("theirs/01_b.up.sql", "SELECT 1;\n");
    project
        .migrate(["import", "golang-migrate", "theirs"])
        .code(2)
        .says("have one version");
    assert!(files(&project).is_empty());
}
