//! The example of a project that continues from diesel's migrations, and diesel's histories under
//! the real command line.

use std::path::Path;
use std::process::Command;

use diesel::Connection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::sqlite::SqliteConnection;
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use migrate_tests::{Databases, Project, run};

/// Walks through the example's README. `at` gives each command its database.
fn walk_through(project: &Project, at: &dyn Fn(Command) -> Command) {
    let cargo = |args: &[&str]| run(&mut at(project.cargo(args)));
    let migrate = |args: &[&str]| run(&mut at(project.command(args)));

    cargo(&["run", "--offline", "--bin", "before"])
        .ok()
        .prints("diesel has run 20220314090000\ndiesel has run 20220601120000\n");
    migrate(&["status"])
        .ok()
        .prints("20220601120000\n")
        .prints("applied:  2 of 5 revisions")
        .prints("  202301090800000000, index open tickets\n  20261120093000, Give tickets a priority.\n");
    migrate(&["history", "--indicate-current"])
        .ok()
        .prints("20220601120000 (current), create tickets");
    migrate(&["check"]).code(1);
    migrate(&["up"]).ok().says("applied 3 revisions");
    migrate(&["check"]).ok();
    // the file that diesel.toml names follows the database
    let schema = project.read("src/schema.rs");
    assert!(schema.contains("priority"));
    migrate(&["down", "-2"]).ok().says("reverted 2 revisions");
    migrate(&["current"]).ok().prints("202301090800000000");
    assert!(!project.read("src/schema.rs").contains("priority"));
    migrate(&["up", "+1"]).ok().says("applied 1 revision");
    assert_eq!(project.read("src/schema.rs"), schema);
    cargo(&["run", "--offline"]).ok().prints(
        "revisions applied: 1\n1 Grace: URGENT: a moth in the relay\n0 Ada: The engine stutters\n",
    );
    cargo(&["run", "--offline"])
        .ok()
        .prints("revisions applied: 0\n");
    // diesel's folders take themselves back, all of them
    migrate(&["down", "base"]).ok();
    migrate(&["current"]).ok();
    migrate(&["up"]).ok().says("applied 5 revisions");
}

#[test]
fn the_example_continues_diesels_migrations() {
    let project = Project::example("adopt-diesel").with_same_features(Databases::Sqlite);
    let schema = project.read("src/schema.rs");
    walk_through(&project, &|command| command);
    assert_eq!(project.read("src/schema.rs"), schema);
}

#[cfg(feature = "servers")]
#[test]
fn the_example_continues_diesels_migrations_on_postgres() {
    use migrate_tests::servers::{Database, Server};

    let project = Project::example("adopt-diesel").with_same_features(Databases::Servers);
    let manifest = project.read("Cargo.toml");
    let manifest = manifest.replace("default = [\"sqlite\"]", "default = [\"postgres\"]");
    project.write("Cargo.toml", &manifest);
    let database = Database::new(Server::Postgres, "adopt");
    walk_through(&project, &|mut command| {
        command.env("DATABASE_URL", database.url());
        command
    });
}

/// Everything in a SQLite file's catalogue, and the versions.
fn catalogue(file: &Path) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        text: String,
    }
    let mut connection =
        SqliteConnection::establish(file.to_str().expect("text")).expect("the file is a database");
    let query = "SELECT type || ' ' || name || ' ' || coalesce(sql, '') AS text FROM sqlite_master \
                 WHERE tbl_name NOT LIKE '\\_\\_migrate%' ESCAPE '\\' \
                 UNION ALL SELECT version FROM __diesel_schema_migrations ORDER BY 1";
    let rows: Vec<Row> = diesel::sql_query(query)
        .load(&mut connection)
        .expect("the catalogue can be read");
    rows.into_iter().map(|row| row.text).collect()
}

#[test]
fn histories_of_diesel_are_adopted_by_the_command_line_unchanged() {
    for name in ["metadata", "programs"] {
        let project = Project::library(&format!("adopt_{name}"));
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("backends/adoption/sqlite")
            .join(name);
        for entry in std::fs::read_dir(&folder).unwrap() {
            let migration = entry.unwrap().path();
            for file in std::fs::read_dir(&migration).unwrap() {
                let file = file.unwrap().path();
                let path = Path::new("migrations").join(file.strip_prefix(&folder).unwrap());
                let text = std::fs::read_to_string(&file).unwrap();
                project.write(path.to_str().unwrap(), &text);
            }
        }
        let diesels = FileBasedMigrations::from_path(project.path("migrations")).unwrap();
        let theirs = project.path("theirs.db");
        let mut harness = SqliteConnection::establish(theirs.to_str().unwrap()).unwrap();
        harness.run_pending_migrations(diesels.clone()).unwrap();

        project.migrate(["up"]).ok();
        assert_eq!(
            catalogue(&project.path("app.db")),
            catalogue(&theirs),
            "{name}"
        );
        project.migrate(["down", "-1"]).ok();
        harness.revert_last_migration(diesels.clone()).unwrap();
        assert_eq!(
            catalogue(&project.path("app.db")),
            catalogue(&theirs),
            "{name}"
        );
        project.migrate(["down", "base"]).ok();
        harness.revert_all_migrations(diesels).unwrap();
        assert_eq!(
            catalogue(&project.path("app.db")),
            catalogue(&theirs),
            "{name}"
        );
    }
}
