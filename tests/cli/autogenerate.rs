//! `new --autogenerate`, `check --models` and `schema adopt`: what they refuse, with what to type.

use migrate_tests::Project;

const MODELS: &str =
    "migrate_core::table! {\n    t_20260101000000 (id) {\n        id -> Integer,\n    }\n}\n";

/// A project with one revision, and models that are as it leaves them.
fn declared(name: &str) -> Project {
    let project = Project::library(name);
    project
        .table_revision("20260101000000", "")
        .write("src/schema.rs", MODELS);
    project
}

#[test]
fn models_that_cannot_be_used() {
    let project = declared("unusable");
    project.remove("src/schema.rs");
    let none = "there are no models: no file declares tables";
    for line in [
        &["new", "--autogenerate"][..],
        &["check", "--models"],
        &["schema", "adopt"],
    ] {
        let answer = project.migrate(line).code(2).says(none);
        answer.says("src/schema.rs").says("migrate_core::table!");
    }
    let check = project.migrate(["check"]).code(1).prints("pending: ");
    check.keeps_quiet_about("models");

    // a mistake is shown where it is, and nothing is written
    project.write(
        "src/schema.rs",
        &MODELS.replace("        id", "        #[migrate(unqiue)]\n        id"),
    );
    project
        .migrate(["new", "--autogenerate"])
        .code(2)
        .says("src/schema.rs:3:19")
        .says("unknown key `unqiue`")
        .says("the models have 1 problem");
    project
        .migrate(["check", "--models"])
        .code(2)
        .says("the models have 1 problem");
    let failed = project.migrate(["new", "--autogenerate", "--json"]).code(2);
    let note = failed.json()["error"]["notes"][0].to_string();
    assert!(
        note.contains("src/schema.rs:3:19: unknown key `unqiue`"),
        "{note}"
    );
    project.write(
        "src/schema.rs",
        "migrate_core::table! {\n    users (id) {\n",
    );
    project
        .migrate(["new", "--autogenerate"])
        .code(2)
        .says("src/schema.rs:");

    // diesel's command line would overwrite them
    project.write("src/schema.rs", MODELS);
    project.write("diesel.toml", "[print_schema]\nfile = \"src/schema.rs\"\n");
    project
        .migrate(["new", "--autogenerate"])
        .code(2)
        .says("`src/schema.rs` declares models, and `diesel.toml` lets it be written from the database")
        .says("take `file` out of `[print_schema]` in `diesel.toml`");
    project.remove("diesel.toml");

    let manifest = project.read("Cargo.toml");
    project.write(
        "Cargo.toml",
        &(manifest + "\n[package.metadata.migrate]\nmodels = [\"src/tables/*.rs\"]\n"),
    );
    project
        .migrate(["new", "--autogenerate"])
        .code(2)
        .says("`models` names `src/tables/*.rs`, and there is no such file");
    project.write("src/tables/one.rs", MODELS);
    project
        .migrate(["new", "--autogenerate"])
        .ok()
        .says("nothing to do");
    let nothing = project.migrate(["new", "--autogenerate", "--json"]).ok();
    assert!(nothing.json()["path"].is_null());
    let files = std::fs::read_dir(project.path("migrations")).unwrap();
    assert_eq!(files.count(), 1);
}

#[test]
fn options_that_cannot_be_used() {
    let project = declared("misused");
    let new = |arguments: &[&str]| {
        let words = ["new", "--autogenerate"].iter().chain(arguments);
        project.migrate(words)
    };
    project
        .migrate(["new", "x", "--dry-run"])
        .code(2)
        .says("--autogenerate");
    new(&["--rename", "users"])
        .code(2)
        .says("`users` is not `old:new`");
    new(&["--fill", "state=1"])
        .code(2)
        .says("`state=1` is not `table.column=value`");
    new(&["--answers", "answers.toml"])
        .code(2)
        .says("cannot read the answers in `answers.toml`");
    project.write("answers.toml", "renames = []\n");
    new(&["--answers", "answers.toml"])
        .code(2)
        .says("cannot read the answers in `answers.toml`")
        .says("renames");
    new(&["--from", "nothing.json"])
        .code(2)
        .says("there is no file `nothing.json`");
    project.migrate(["up"]).ok();
    project.table_revision("20260102000000", "20260101000000");
    new(&["--from", "database"])
        .code(1)
        .says("the database is not at the head of the history")
        .says("pending: 20260102000000")
        .says("cargo migrate up");
    project
        .migrate(["schema", "adopt", "t_20260101000001"])
        .code(2)
        .says("no model declares `t_20260101000001`")
        .says("a table with a similar name is declared: `t_20260101000000`");

    // a closed model is the whole truth: what no model declares goes, and that is said
    let preview = new(&["--dry-run"]).ok();
    preview
        .says("- drop table `t_20260102000000`")
        .prints("op.drop_table(");
    // an open one is not
    project.write("src/schema.rs", &MODELS.replace("migrate_core", "diesel"));
    new(&[])
        .ok()
        .says(
            "no model declares `t_20260102000000`, which stays: `--drop t_20260102000000` drops it",
        )
        .says("nothing to do");
    new(&["--dry-run", "--drop", "t_20260102000000"])
        .ok()
        .says("- drop table `t_20260102000000`");
    // nor are others than those that it is about
    project.write("src/schema.rs", &MODELS.replace("_20260101000000", "_new"));
    new(&["--dry-run", "--only", "t_new"])
        .ok()
        .says("+ create table `t_new`")
        .keeps_quiet_about("drop table");
}

#[test]
fn what_a_database_does_not_have_and_histories_that_fail() {
    let project = declared("refused");
    project.write(
        "src/schema.rs",
        &MODELS.replace(
            "id -> Integer,",
            "id -> Integer,\n        period -> Range<Integer>,",
        ),
    );
    project
        .migrate(["new", "--autogenerate"])
        .code(2)
        .says("period");
    project.write(
        "src/schema.rs",
        &MODELS.replace("id -> Integer,", "id -> Integer,\n        mood -> Mood,"),
    );
    project
        .migrate(["new", "--autogenerate"])
        .code(2)
        .says("src/schema.rs:4:9: column `t_20260101000000.mood`: the type `Mood` is not diesel's")
        .says("`#[migrate(ty = \"…\")]`");
    project.write("src/schema.rs", MODELS);
    project.write(
        "migrations/20260102000000_broken/up.sql",
        "CREATE TABLE a (id INTEGER);\nINSERT INTO nowhere VALUES (1);\n",
    );
    project.write(
        "migrations/20260102000000_broken/down.sql",
        "DROP TABLE a;\n",
    );
    project.write(
        "migrations/20260102000000_broken/metadata.toml",
        "down_revision = \"20260101000000\"\n",
    );
    project
        .migrate(["new", "--autogenerate"])
        .code(3)
        .says("nowhere")
        .says("it ran on a scratch database, which was dropped");
    project.migrate(["check"]).code(3);
}

#[test]
fn open_models_are_closed_in_place() {
    let project = Project::library("closing");
    project.write(
        "migrations/20260101000000_all/up.sql",
        "CREATE TABLE teams (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(80) NOT NULL UNIQUE);\n\
         CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, age INTEGER DEFAULT 7, team_id INTEGER REFERENCES teams (id));\n\
         CREATE INDEX by_age ON users (age DESC);\n",
    );
    project.write(
        "migrations/20260101000000_all/down.sql",
        "DROP TABLE users;\nDROP TABLE teams;\n",
    );
    project.write(
        "src/schema.rs",
        "//! Kept as it is.\n\n// so is this\ndiesel::table! {\n    /// Teams.\n    teams (id) {\n        id -> Integer,\n        name -> Text,\n    }\n}\n\n\
         diesel::table! {\n    users (id) { id -> Integer, age -> Nullable<Integer>,\n        team_id -> Nullable<Integer>, }\n}\n",
    );
    project.migrate(["up"]).ok();
    project
        .migrate(["schema", "adopt"])
        .ok()
        .says("closed 2 tables; next: `cargo migrate check --models`")
        .prints("src/schema.rs\n");
    assert_eq!(
        project.read("src/schema.rs"),
        "//! Kept as it is.\n\n// so is this\nmigrate_core::table! {\n    /// Teams.\n    teams (id) {\n        id -> Integer,\n        \
         #[migrate(ty = VarChar(80))]\n        #[migrate(unique)]\n        name -> Text,\n    }\n}\n\n\
         migrate_core::table! {\n    #[migrate(index(by_age, [desc(age)]))]\n    users (id) { id -> Integer, #[migrate(default = 7)] age -> Nullable<Integer>,\n        \
         #[migrate(references(teams.id))]\n        team_id -> Nullable<Integer>, }\n}\n"
    );
    project
        .migrate(["check", "--models"])
        .ok()
        .prints("models: no revision is missing\n");
    project
        .migrate(["schema", "adopt"])
        .ok()
        .says("nothing to do");
}

#[test]
fn sql_files_declare_what_tables_do_not() {
    let project = declared("declaring");
    let manifest = project.read("Cargo.toml");
    project.write(
        "Cargo.toml",
        &(manifest + "\n[package.metadata.migrate]\nsql = [\"schema/*.sql\"]\n"),
    );
    project
        .migrate(["new", "--autogenerate"])
        .code(2)
        .says("`sql` names `schema/*.sql`, and there is no such file");
    let view = "CREATE VIEW ids AS SELECT id FROM t_20260101000000;\n";
    project.write("schema/views.sql", view);
    // as diesel prints a view, where diesel.toml says so
    let schema = project.read("src/schema.rs");
    let of_view = "diesel::table! {\n    ids (id) {\n        id -> Integer,\n    }\n}\n";
    project.write("src/schema.rs", &(schema + of_view));
    project
        .migrate(["check"])
        .code(1)
        .prints("models: + create view `ids`\n")
        .keeps_quiet_about("create table `ids`");
    project
        .migrate(["new", "--autogenerate"])
        .ok()
        .says("+ create view `ids`")
        .says("proven: forth and back");
    project.migrate(["up"]).ok();
    project
        .migrate(["check"])
        .ok()
        .prints("models: no revision is missing\n");
    project.write(
        "schema/views.sql",
        &view.replace("SELECT id", "SELECT id + 1 AS id"),
    );
    project
        .migrate(["new", "--autogenerate", "Other ids"])
        .ok()
        .says("view `ids`");
    project.migrate(["up"]).ok();
    project.migrate(["check"]).ok();
    // a view that no file creates goes
    project.write("schema/views.sql", "-- none\n");
    project
        .migrate(["new", "--autogenerate", "--dry-run"])
        .ok()
        .says("- drop view `ids`");
    project.write(
        "schema/views.sql",
        "-- none\n\nCREATE VIEW ids AS SELEC id;\n",
    );
    project
        .migrate(["new", "--autogenerate"])
        .code(3)
        .says("error: schema/views.sql:3: ");
}

/// A project on SQLite whose history is this SQL.
pub(crate) fn left_by(name: &str, sql: &str, models: &str) -> Project {
    let project = Project::library(name);
    project
        .write("migrations/20260101000000_all/up.sql", sql)
        .write("migrations/20260101000000_all/down.sql", "SELECT 1;\n")
        .write("src/schema.rs", models);
    project
}

#[test]
fn a_rebuilt_table_is_no_text_and_what_uses_it_is_looked_at() {
    let project = left_by(
        "rebuilding",
        "CREATE TABLE z (id INTEGER NOT NULL PRIMARY KEY, x TEXT NOT NULL, u TEXT);\n\
         CREATE TABLE r (id INTEGER NOT NULL PRIMARY KEY, zid INTEGER REFERENCES z (id) ON DELETE CASCADE);\n\
         CREATE TRIGGER rt AFTER INSERT ON r BEGIN UPDATE z SET x = 't' WHERE id = new.zid; END;\n",
        "diesel::table! {\n    z (id) {\n        id -> Integer,\n        x -> Nullable<Text>,\n        u -> Nullable<Text>,\n    }\n}\n\n\
         diesel::table! {\n    r (id) {\n        id -> Integer,\n        zid -> Nullable<Integer>,\n    }\n}\n",
    );
    project
        .migrate(["new", "--autogenerate", "--sql"])
        .code(2)
        .says("SQLite rebuilds `z`")
        .says("leave `--sql` out");
    // in a history of folders, too
    project
        .migrate(["new", "--autogenerate", "Loosened"])
        .ok()
        .says("note: a Rust file is written: SQLite rebuilds `z`")
        .prints("_loosened.rs\n");
    project.migrate(["up", "20260101000000"]).ok();
    let rows = "INSERT INTO z (id, x) VALUES (1, 'a'); INSERT INTO r (zid) VALUES (1);";
    execute(&project, rows);
    project.migrate(["up"]).ok();
    execute(&project, "INSERT INTO r (zid) VALUES (1);");
    project.migrate(["down", "-1"]).ok();
    execute(&project, "INSERT INTO r (zid) VALUES (1);");

    // the same as a script for the database's own program
    let script = project
        .migrate([
            "schema",
            "diff",
            "history@20260101000000",
            "history",
            "--format",
            "sql",
        ])
        .code(1)
        .stdout;
    execute(&project, &script);
    execute(&project, "INSERT INTO r (zid) VALUES (1);");

    // a trigger of another table names the column that is renamed
    let text = project.read("src/schema.rs");
    project.write("src/schema.rs", &text.replace("x ->", "y ->"));
    project
        .migrate(["new", "--autogenerate", "--rename", "z.x:y"])
        .code(3)
        .says("the revision could not be proven")
        .says("note: trigger `rt` names the column `z.x`, which becomes `y`")
        .says("`INSERT INTO `r` DEFAULT VALUES` fails: no such column: x")
        .says("help: write the text with the new name into a file that `sql = [\"schema/*.sql\"]` names");
}

/// Runs SQL on the project's database.
fn execute(project: &Project, sql: &str) {
    use diesel::connection::SimpleConnection;
    use diesel::{Connection, SqliteConnection};
    let path = project.path("app.db");
    let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    connection
        .batch_execute(&format!("PRAGMA foreign_keys = ON; {sql}"))
        .unwrap();
}

#[test]
fn nothing_is_dropped_that_is_not_meant() {
    let project = left_by(
        "keeping",
        "CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, a TEXT, b TEXT);\nCREATE TABLE spare (id INTEGER NOT NULL PRIMARY KEY);\n",
        "migrate_core::table! {\n    people (id) {\n        id -> Integer,\n        a -> Nullable<Text>,\n        b -> Nullable<Text>,\n    }\n}\n",
    );
    // tables that are named to look at others alone stay
    project
        .migrate(["new", "--autogenerate", "--dry-run", "--only", "users"])
        .ok()
        .keeps_quiet_about("drop table");
    // an old name that is still there is no old name
    project.write(
        "src/schema.rs",
        "migrate_core::table! {\n    #[migrate(renamed_from = \"spare\")]\n    users (id) {\n        id -> Integer,\n        \
         #[migrate(renamed_from = \"a\")]\n        b -> Nullable<Text>,\n    }\n}\n",
    );
    project
        .migrate(["new", "--autogenerate"])
        .code(2)
        .says("`spare` and `users` are both there")
        .says("`users.a` and `users.b` are both there")
        .says("take `renamed_from` out");
    // what a hand made in the database is not the models' to drop
    project.write(
        "src/schema.rs",
        "migrate_core::table! {\n    users (id) {\n        id -> Integer,\n        a -> Nullable<Text>,\n        b -> Nullable<Text>,\n    }\n}\n",
    );
    project.migrate(["up"]).ok();
    execute(&project, "CREATE TABLE hand (id INTEGER PRIMARY KEY)");
    project
        .migrate(["new", "--autogenerate", "--from", "database"])
        .ok()
        .says("no model declares `hand`, `spare`, which stays")
        .says("nothing to do");
    // closing says what it means for the others
    project.write(
        "src/schema.rs",
        &project
            .read("src/schema.rs")
            .replace("migrate_core", "diesel"),
    );
    project
        .migrate(["schema", "adopt"])
        .ok()
        .says("note: no model declares `hand`, `spare`: beside closed models, the next `new --autogenerate` drops");
}

/// A library whose function leaves a table alone, adds a row and puts an index into a revision of
/// its own.
const HOOKED: &str = r#"migrate_core::migrations!();

use migrate_core::autogenerate::Changes;

#[migrate_core::autogenerate]
fn ours(changes: &mut Changes) {
    changes.retain(|change| change.object.name.name != "audit");
    let is_index = |change: &migrate_core::autogenerate::Change| change.object.kind == "index";
    if let Some(index) = changes.iter().position(is_index) {
        changes.start_revision(index, "index the names");
    }
    if changes.iter().any(|change| change.object.name.name == "users") {
        changes.set_message("users, as the ticket says");
        let row = changes.insert(1, |op| op.bulk_insert("users", ["id", "name"], [(1, "Ada")]));
        row.expect("a row of a new table");
    }
}
"#;

#[test]
fn a_function_of_the_project_changes_what_is_written() {
    let project = declared("hooked");
    let users = "migrate_core::table! {\n    #[migrate(index(ix_users_name, [name]))]\n    users (id) {\n        id -> Integer,\n        name -> Text,\n    }\n}\n";
    let audit = "migrate_core::table! {\n    audit (id) {\n        id -> Integer,\n    }\n}\n";
    project
        .write("src/lib.rs", HOOKED)
        .write("src/schema.rs", &format!("{MODELS}{users}{audit}"));
    let made = project.migrate(["new", "--autogenerate"]).ok();
    made.says("left out by `hooked::ours`: create table `audit`")
        .says("by `hooked::ours`: insert 1 row into `users`")
        .says("proven: forth and back")
        .prints("users_as_the_ticket_says")
        .prints("index_the_names");
    let files = std::fs::read_dir(project.path("migrations")).unwrap();
    assert_eq!(files.count(), 3);
    project.migrate(["up"]).ok().says("applied 3 revisions");
    // the check asks the same function
    project.migrate(["check", "--models"]).ok();
    project
        .migrate(["new", "--autogenerate"])
        .ok()
        .says("nothing to do");
    project
        .migrate(["down", "-2"])
        .ok()
        .says("reverted 2 revisions");
    project.migrate(["up"]).ok().says("applied 2 revisions");

    // what it makes is tried like all else
    let wrong = HOOKED
        .replace("\"id\", \"name\"", "\"id\", \"nick\"")
        .replace("users", "teams");
    let teams = users.replace("users", "teams");
    project
        .write("src/lib.rs", &wrong)
        .write("src/schema.rs", &format!("{MODELS}{users}{teams}"));
    project
        .migrate(["new", "--autogenerate"])
        .code(3)
        .says("what `hooked::ours` made of the changes does not run")
        .says("nick");
    let files = std::fs::read_dir(project.path("migrations")).unwrap();
    assert_eq!(files.count(), 3);
}

/// Begins a revision at the rename, after a statement of its own.
const APART: &str = r#"migrate_core::migrations!();

use migrate_core::autogenerate::{ChangeKind, Changes};

#[migrate_core::autogenerate]
fn apart(changes: &mut Changes) {
    if changes.iter().any(|change| change.kind == ChangeKind::Rename) {
        let before = changes.insert(0, |op| op.execute("CREATE TABLE first (id INTEGER)"));
        before.expect("a statement");
        changes.start_revision(1, "the new name");
    }
}
"#;

#[test]
fn a_later_revision_renames_back() {
    let table = "migrate_core::table! {\n    users (id) {\n        id -> Integer,\n        name -> Text,\n    }\n}\n";
    let project = left_by(
        "apart",
        "CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL);\n",
        &table.replace("name", "full_name"),
    );
    project.write("src/lib.rs", APART);
    let rename = ["--sql", "--rename", "users.name:full_name"];
    let made = ["new", "--autogenerate"].iter().chain(&rename);
    project.migrate(made).ok().says("proven: forth and back");
    let folders = std::fs::read_dir(project.path("migrations")).unwrap();
    let names = folders.map(|folder| folder.unwrap().file_name().into_string().unwrap());
    let names: Vec<String> = names.collect();
    assert_eq!(names.len(), 3, "{names:?}");
    let last = names.iter().find(|name| name.ends_with("the_new_name"));
    let last = last.unwrap();
    let later = |file: &str| project.read(&format!("migrations/{last}/{file}"));
    assert!(
        later("up.sql").contains("RENAME COLUMN"),
        "{}",
        later("up.sql")
    );
    assert!(
        later("down.sql").contains("RENAME COLUMN"),
        "{}",
        later("down.sql")
    );
}
