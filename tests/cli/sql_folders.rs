//! SQL folders next to Rust revisions, as diesel's own command line makes them.

use migrate_tests::Project;

/// A library with two SQL folders and a Rust revision after them.
fn library(name: &str) -> Project {
    let project = Project::library(name);
    project
        .write(
            "migrations/2024-01-01-000000_create_users/up.sql",
            "-- Who there is\nCREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n\
             CREATE TRIGGER names AFTER INSERT ON users BEGIN\n  UPDATE users SET name = trim(NEW.name) WHERE id = NEW.id;\n  SELECT 1;\nEND;\n",
        )
        .write("migrations/2024-01-01-000000_create_users/down.sql", "DROP TABLE users;\n")
        .write("migrations/2024-02-01-000000_add-phone/up.sql", "ALTER TABLE users ADD COLUMN phone TEXT;\n")
        .write("migrations/2024-02-01-000000_add-phone/metadata.toml", "run_in_transaction = false\n");
    project.table_revision("20240301000000", "20240201000000");
    project
}

#[test]
fn sql_folders_are_revisions_among_the_others() {
    let project = library("mixed");
    project.migrate(["heads"]).ok().prints("20240301000000");
    project
        .migrate(["history"])
        .ok()
        .prints("20240101000000")
        .prints("create users")
        .prints("add phone");
    project
        .migrate(["show", "20240201000000"])
        .ok()
        .prints("migrations/2024-02-01-000000_add-phone/up.sql");
    project.migrate(["up"]).ok();
    project.migrate(["current"]).ok().prints("20240301000000");
    project.migrate(["down", "-1"]).ok();
    project
        .migrate(["down", "-1"])
        .code(1)
        .says("20240201000000");
}

#[test]
fn what_changes_in_a_folder_is_noticed() {
    let project = library("noticed");
    project.migrate(["up"]).ok();
    // a downgrade
    project.write(
        "migrations/2024-02-01-000000_add-phone/down.sql",
        "ALTER TABLE users DROP COLUMN phone;\n",
    );
    project.migrate(["down", "base"]).ok();
    // another text
    project.write(
        "migrations/2024-02-01-000000_add-phone/up.sql",
        "ALTER TABLE users ADD COLUMN phone TEXT;\n\n-- why\nSELECT nothing_like_it();\n",
    );
    project
        .migrate(["up"])
        .code(3)
        .says("nothing_like_it")
        .says("2024-02-01-000000_add-phone/up.sql:4`");
    // another folder, after all others
    project
        .write(
            "migrations/2024-02-01-000000_add-phone/up.sql",
            "ALTER TABLE users ADD COLUMN phone TEXT;\n",
        )
        .write(
            "migrations/2024-02-02-000000_more/up.sql",
            "CREATE TABLE more (id INTEGER);\n",
        );
    project
        .migrate(["up"])
        .code(2)
        .says("2024-02-02-000000_more/up.sql:1:1")
        .says("help: let the folder continue the other: `run_in_transaction = true` and `down_revision = ");
    // one that has a file has said already whether it runs in a transaction
    project.write("migrations/2024-02-02-000000_more/metadata.toml", "");
    project
        .migrate(["up"])
        .code(2)
        .says("help: let the folder continue the other: `down_revision = ");
    project.write(
        "migrations/2024-02-02-000000_more/metadata.toml",
        "run_in_transaction = true\ndown_revision = \"20240301000000\"\n",
    );
    project.migrate(["up"]).ok();
    project.migrate(["current"]).ok().prints("20240202000000");
}

#[test]
fn a_script_has_the_text_of_the_files() {
    let project = library("script");
    let mut script = project.migrate(["up", "--sql"]).ok();
    for part in [
        "-- Who there is\nCREATE TABLE users",
        "  SELECT 1;\nEND;",
        "ALTER TABLE users ADD COLUMN phone TEXT;",
    ] {
        script = script.prints(part);
    }
}

#[test]
fn mistakes_in_a_folder_are_shown_with_an_excerpt() {
    let project = library("mistakes");
    project
        .write(
            "migrations/2024-02-01-000000_add-phone/metadata.toml",
            "# why\nrun_in_transaction = \"no\"\n",
        )
        .write("migrations/2024-01-05-000000_nothing/down.sql", "");
    project
        .migrate(["heads"])
        .code(2)
        .says("2 | run_in_transaction = \"no\"")
        .says("`run_in_transaction` must be `true` or `false`")
        .says("the SQL folder `migrations/2024-01-05-000000_nothing` has no `up.sql`");
}

#[test]
fn new_writes_a_folder_with_its_place_in_the_history() {
    let project = library("written");
    let made = project
        .migrate(["new", "--sql", "Index the phone!"])
        .ok()
        .stdout;
    let folder = made.trim().strip_suffix("_index_the_phone/up.sql");
    let folder = folder.unwrap_or_else(|| panic!("{made}"));
    assert_eq!(folder.len(), "migrations/2026-11-21-093000".len(), "{made}");
    assert_eq!(
        project.read(&format!("{folder}_index_the_phone/metadata.toml")),
        "run_in_transaction = true\ndown_revision = \"20240301000000\"\n"
    );
    // the next follows from the order
    let next = project.migrate(["new", "--sql", "More"]).ok().stdout;
    assert!(
        !project
            .path(&next.trim().replace("up.sql", "metadata.toml"))
            .exists()
    );
    project.migrate(["up"]).ok().says("applied 5 revisions");
    project
        .migrate(["new", "--sql", "--rev-id", "a_b", "x"])
        .code(2)
        .says("an SQL folder cannot have the id `a_b`");
    let mut edit = project.command(["edit"]);
    let edit = migrate_tests::run(edit.env("EDITOR", "cat").env_remove("VISUAL"));
    edit.ok().prints("-- More: what applies it");
}

#[test]
fn init_leaves_diesels_folder_where_it_is() {
    let project = Project::empty("old");
    project
        .write(
            "Cargo.toml",
            "[package]\nname = \"old\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
        )
        .write("src/lib.rs", "//! Uses diesel.\n")
        .write(
            "diesel.toml",
            "[migrations_directory]\ndir = \"db/diesel\"\n",
        )
        .write(
            "db/diesel/2024-01-01-000000_create_users/up.sql",
            "CREATE TABLE users (id INTEGER);\n",
        );
    project
        .migrate(["init"])
        .ok()
        .says("next: cargo migrate status")
        .says("added the folder of diesel's migrations, `db/diesel`, to Cargo.toml");
    assert!(!project.path("migrations").exists());
    assert!(
        project
            .read("build.rs")
            .contains("rerun-if-changed=db/diesel")
    );
    project
        .migrate(["heads"])
        .ok()
        .prints("20240101000000 (head), create users");
    project.migrate(["init"]).ok().says("nothing to do");
}

#[test]
fn an_edited_file_is_reported_and_a_changed_comment_is_not() {
    let project = library("edited");
    project.migrate(["up"]).ok();
    let up = "migrations/2024-01-01-000000_create_users/up.sql";
    let text = project.read(up);
    project.write(
        up,
        &format!(
            "-- reviewed\n\n{}",
            text.replace("TEXT NOT NULL", "TEXT\n  NOT NULL")
        ),
    );
    let status = project.migrate(["status", "--json"]).ok().json();
    assert_eq!(
        status["edited"].as_array().map(Vec::len),
        Some(0),
        "{status}"
    );
    project.write(up, &text.replace("TEXT NOT NULL", "TEXT"));
    let status = project.migrate(["status", "--json"]).ok().json();
    assert!(
        status["edited"].to_string().contains("20240101000000"),
        "{status}"
    );
}

#[test]
fn a_down_file_without_statements_needs_a_declaration() {
    let project = library("ways-back");
    let folder = "migrations/2024-02-01-000000_add-phone";
    let down = format!("{folder}/down.sql");
    project.write(
        &format!("{folder}/metadata.toml"),
        "run_in_transaction = true\n",
    );
    // as diesel's command line writes it
    project.write(&down, "-- This file should undo anything in `up.sql`\n");
    project.migrate(["up"]).ok();
    project.migrate(["down", "-1"]).ok();
    for _ in ["not filled in", "nor by our own command"] {
        project
            .migrate(["down", "-1"])
            .code(1)
            .says("its folder has no `down.sql` with a statement")
            .says("help: write its `down.sql`; if there is nothing to revert, `downgrade = \"nothing\"`")
            .says("`cargo migrate stamp 20240101000000`");
        project.write(&down, "-- add phone: what takes it back\n");
    }
    project
        .migrate(["check"])
        .code(1)
        .prints("pending: 20240301000000");
    // declared, in two ways
    project.write(
        &format!("{folder}/metadata.toml"),
        "run_in_transaction = true\ndowngrade = \"nothing\"\n",
    );
    project.migrate(["down", "-1"]).ok();
    project.migrate(["stamp", "20240201000000"]).ok();
    project.write(
        &format!("{folder}/metadata.toml"),
        "run_in_transaction = true\n",
    );
    project.write(&down, "-- the column is harmless: nothing to do\n");
    project.migrate(["down", "-1"]).ok();
    // statements, where the folder says that there is nothing to do
    project.write(&down, "ALTER TABLE users DROP COLUMN phone;\n");
    project.write(
        &format!("{folder}/metadata.toml"),
        "run_in_transaction = true\ndowngrade = \"nothing\"\n",
    );
    project
        .migrate(["up"])
        .code(2)
        .says("2 | downgrade = \"nothing\"")
        .says("but `down.sql` has statements");
}

#[test]
fn a_rust_downgrade_that_does_nothing_is_found_without_a_database_and_can_be_declared() {
    let project = Project::library("idle");
    let file = "migrations/20240101000000_users.rs";
    let text = r#"//! Users.

use migrate_core::prelude::*;

/// Users
#[revision(id = "20240101000000", down_revision = None, downgrade = downgrade)]
fn upgrade(op: &mut Operations) -> Result<()> {
    op.execute("CREATE TABLE users (id INTEGER)")
}

fn downgrade(_: &mut Operations) -> Result<()> {
    Ok(())
}
"#;
    project.write(file, text);
    let mut check = project.command(["check"]);
    migrate_tests::run(check.env_remove("DATABASE_URL"))
        .code(1)
        .prints("its downgrade does nothing, although its upgrade does something");
    let end = text.find("\nfn downgrade").expect("a downgrade");
    project.write(
        file,
        &text[..end].replace("downgrade = downgrade", "downgrade = \"nothing\""),
    );
    project.migrate(["up"]).ok();
    project.migrate(["show", "head"]).ok().prints("nothing");
    project.migrate(["down", "-1"]).ok();
}

#[test]
fn a_script_that_is_piped_has_the_bytes_of_the_data() {
    let project = Project::library("bytes");
    let data = "INSERT INTO t VALUES ('\u{1b}[31mred\u{1b}[0m \u{1} \u{7f} \u{9b}1m \u{202e}')";
    project.write(
        "migrations/2024-01-01-000000_data/up.sql",
        &format!("CREATE TABLE t (a TEXT);\n{data};\n"),
    );
    let file = std::fs::File::create(project.path("up.sql")).expect("a file");
    let mut command = project.command(["up", "--sql"]);
    let status = command.env_remove("NO_COLOR").stdout(file).status();
    assert!(status.expect("it can be started").success());
    let script = project.read("up.sql");
    assert!(script.contains(data), "{script:?}");
}
