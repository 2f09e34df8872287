//! Bad input: the message says what is wrong and what to type, the exit code whose fault it is, and
//! nothing is lost.

use std::fs;
use std::time::{Duration, Instant};

use migrate_tests::{Project, run};

fn project() -> Project {
    let project = Project::library("bad");
    project
        .table_revision("20260101000000", "")
        .table_revision("20260102000000", "20260101000000");
    project
}

#[test]
fn no_history_in_the_package() {
    let project = Project::empty("none");
    project.write(
        "Cargo.toml",
        "[package]\nname = \"none\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n",
    );
    project.write("src/lib.rs", "//! Nothing.\n");
    for command in ["up", "heads", "history", "status"] {
        project
            .migrate([command])
            .code(2)
            .says("error: ")
            .says("cargo migrate init");
    }
}

#[test]
fn a_target_folder_that_cannot_be_written() {
    let project = project();
    let mut command = project.command(["status"]);
    command.env("CARGO_TARGET_DIR", project.path("Cargo.toml"));
    run(&mut command)
        .code(2)
        .says("cannot be written")
        .says("`CARGO_TARGET_DIR=PATH cargo migrate …`");
}

#[test]
fn a_database_that_cannot_be_created() {
    let project = project();
    project
        .migrate(["up", "--database-url", "no/such/folder/app.db"])
        .code(2)
        .says("no/such/folder")
        .says("help: ");
    assert!(!project.path("no").exists());
    project
        .migrate(["up", "--database-url", "."])
        .code(2)
        .says("error: ");
}

#[test]
fn a_file_that_is_no_database() {
    let project = project();
    project.write(
        "notes.txt",
        "This is a long text that certainly is no SQLite database, whatever one may think of it.\n"
            .repeat(20)
            .as_str(),
    );
    let before = project.read("notes.txt");
    let up = project.migrate(["up", "--database-url", "notes.txt"]);
    assert!(up.code == 2 || up.code == 3, "{up}");
    up.says("error: ").says("notes.txt");
    assert_eq!(project.read("notes.txt"), before);
}

#[test]
fn urls() {
    let project = project();
    project
        .migrate(["up", "--database-url", "oracle://host/db"])
        .code(2)
        .says("`oracle`")
        .says("help: ");
    let postgres = project
        .migrate(["up", "--database-url", "postgres://me:canary7@localhost/db"])
        .code(2)
        .says("PostgreSQL")
        .says("postgres")
        .says("help: ");
    assert!(
        !postgres
            .to_string()
            .replace(&postgres.command, "")
            .contains("canary7"),
        "{postgres}"
    );
    for (number, form) in ["{}", "sqlite:{}", "sqlite://{}", "file:{}"]
        .iter()
        .enumerate()
    {
        let path = project.path(&format!("form{number}.db"));
        let url = form.replace("{}", &path.to_string_lossy());
        project.migrate(["up", "--database-url", &url]).ok();
        assert!(path.exists(), "{url} made no file at {}", path.display());
    }
}

#[test]
fn no_database_named() {
    let project = project();
    let mut command = project.command(["up"]);
    command.env_remove("DATABASE_URL");
    migrate_tests::run(&mut command)
        .code(2)
        .says("DATABASE_URL")
        .says("--database-url");
}

#[test]
fn targets_that_are_none() {
    let project = project();
    project
        .migrate(["up", "20260103000000"])
        .code(2)
        .says("`20260103000000`")
        .says("similar");
    project
        .migrate(["up", "2026"])
        .code(2)
        .says("`2026`")
        .says("20260101000000")
        .says("20260102000000");
    project.migrate(["up", "+3"]).code(2).says("+3");
    project.migrate(["up"]).ok();
    project.migrate(["down", "-5"]).code(2).says("-5");
    project
        .migrate(["down", "nothing-like-it"])
        .code(2)
        .says("`nothing-like-it`");
}

#[test]
fn a_revision_that_the_history_does_not_know() {
    let project = project();
    project.migrate(["up"]).ok();
    project.remove("migrations/20260102000000_table.rs");
    let status = project.migrate(["status", "--json"]).ok().json();
    assert_eq!(
        status["unknown"],
        serde_json::json!(["20260102000000"]),
        "{status}"
    );
    project
        .migrate(["check"])
        .code(1)
        .prints("unknown: 20260102000000");
    project
        .migrate(["up"])
        .code(1)
        .says("`20260102000000`")
        .says("help: ");
}

#[test]
fn down_past_an_irreversible_revision() {
    let project = project();
    let name = "migrations/20260102000000_table.rs";
    let text = project
        .read(name)
        .replace("downgrade = downgrade", "irreversible");
    let text = &text[..text.find("fn downgrade").expect("a downgrade")];
    project.write(name, text);
    project.migrate(["up"]).ok();
    let down = project.migrate(["down", "base"]);
    assert!(down.code != 0, "{down}");
    down.says("`20260102000000`").says("irreversible");
    let status = project.migrate(["status", "--json"]).ok().json();
    assert_eq!(
        status["applied"].as_array().expect("applied").len(),
        2,
        "nothing went down: {status}"
    );
}

#[test]
fn a_revision_that_fails_half_way() {
    let project = project();
    project.write(
        "migrations/20260103000000_half.rs",
        r#"//! Fails at its second operation.

use migrate_core::prelude::*;

/// Half way
#[revision(id = "20260103000000", down_revision = "20260102000000", irreversible)]
fn upgrade(op: &mut Operations) -> Result<()> {
    op.create_table(table("first").column(column("id", Integer).primary_key()))?;
    op.execute("INSERT INTO no_such_table VALUES (1)")
}
"#,
    );
    let up = project
        .migrate(["up", "--json"])
        .code(3)
        .says("`20260103000000`")
        .says("INSERT INTO no_such_table VALUES (1)")
        .says("no such table")
        .says("help: ");
    // what was done before is reported and stays; the failed revision was rolled back
    assert_eq!(
        up.json()["steps"].as_array().expect("steps").len(),
        2,
        "{up}"
    );
    let status = project.migrate(["status", "--json"]).ok().json();
    assert_eq!(
        status["applied"].as_array().expect("applied").len(),
        2,
        "{status}"
    );

    let name = "migrations/20260103000000_half.rs";
    let text = project.read(name);
    let fixed = text.replace("no_such_table", "first");
    // a panic is reported, too, whatever the workspace's profile makes of it
    let call = "op.execute(\"INSERT INTO no_such_table VALUES (1)\")";
    assert!(text.contains(call));
    let abort = "\n[profile.dev]\npanic = \"abort\"\n";
    project
        .write(name, &text.replace(call, "panic!(\"no rows\")"))
        .write("Cargo.toml", &(project.read("Cargo.toml") + abort));
    let panicked = project.migrate(["up"]).code(3);
    panicked.says("`20260103000000`").says("no rows");
    project.migrate(["current"]).prints("20260102000000\n");
    project.write(name, &fixed);
    project.migrate(["up"]).ok();
}

#[test]
fn a_syntax_error_in_a_revision() {
    let project = project();
    project.write(
        "migrations/20260103000000_broken.rs",
        "//! Broken.\nfn upgrade( {\n",
    );
    for (command, code) in [("heads", 2), ("up", 2), ("check", 1)] {
        project
            .migrate([command])
            .code(code)
            .says("20260103000000_broken.rs")
            .says("error");
    }
}

#[test]
fn a_lock_held_by_another_process() {
    let project = project();
    project.write(
        "migrations/20260103000000_slow.rs",
        r#"//! Holds the lock until a file appears.

use migrate_core::prelude::*;

/// Wait
#[revision(id = "20260103000000", down_revision = "20260102000000", irreversible)]
fn upgrade(op: &mut Operations) -> Result<()> {
    std::fs::write("started", "")?;
    while !std::path::Path::new("go").exists() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    op.execute("SELECT 1")
}
"#,
    );
    project.migrate(["status"]).ok();
    let holder = project.start(["up"]);
    let patience = Instant::now();
    while !project.path("started").exists() {
        assert!(
            patience.elapsed() < Duration::from_secs(60),
            "the holder did not start"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
    project
        .migrate(["up", "--lock-timeout", "1"])
        .code(4)
        .says(&holder.id().to_string())
        .says("help: ");
    fs::write(project.path("go"), "").expect("the holder can go on");
    assert!(holder.wait_with_output().expect("it ends").status.success());
    project
        .migrate(["up", "--lock-timeout", "1"])
        .ok()
        .says("nothing to do");
}

#[test]
fn a_mistake_in_one_file_hides_none_in_another() {
    let project = project();
    project
        .table_revision("20260103000000", "20260102000000")
        .table_revision("20260104000000", "20260104000000");
    // a second file with an id that is taken, and one whose attribute lacks the id
    project.write(
        "migrations/again.rs",
        &project.read("migrations/20260103000000_table.rs"),
    );
    let text = project.read("migrations/20260102000000_table.rs");
    project.write(
        "migrations/nameless.rs",
        &text.replace("id = \"20260102000000\", ", ""),
    );
    let said = project
        .migrate(["heads"])
        .code(2)
        .says("two revisions have the id `20260103000000`")
        .says("`20260104000000`")
        .says("nameless.rs");
    // what the nameless one may explain is not called a mistake
    said.keeps_quiet_about("heads and");
}

#[test]
fn a_file_that_is_no_text_is_named() {
    let project = project();
    fs::write(project.path("migrations/latin.rs"), b"//! caf\xe9\n").expect("a file");
    project
        .migrate(["heads"])
        .code(2)
        .says("migrations/latin.rs")
        .says("in the package `bad`")
        .keeps_quiet_about("``");
}

#[test]
fn problems_of_an_invalid_history_are_counted_and_have_places() {
    let project = project();
    project.table_revision("20260103000000", "20260101000000");
    let check = project.migrate(["check", "--json"]).code(1).json();
    assert_eq!(check["revisions"], 3, "{check}");
    assert_eq!(
        check["heads"],
        serde_json::json!(["20260102000000", "20260103000000"])
    );
    let problem = &check["problems"][0];
    assert_eq!(problem["kind"], "several_heads", "{check}");
    assert_eq!(
        problem["revisions"],
        serde_json::json!(["20260103000000", "20260102000000"])
    );
    let files: Vec<_> = problem["places"]
        .as_array()
        .expect("places")
        .iter()
        .map(|place| (place["file"].clone(), place["line"].clone()))
        .collect();
    assert!(
        files.contains(&("migrations/20260103000000_table.rs".into(), 6.into())),
        "{check}"
    );
    assert!(
        files.contains(&("migrations/20260102000000_table.rs".into(), 6.into())),
        "{check}"
    );
    assert!(!problem["message"].to_string().contains(".rs"), "{check}");
    let up = project.migrate(["up", "--json"]).code(2).json();
    assert_eq!(up["error"]["problems"], check["problems"], "{up}");
    assert_eq!(up["steps"], serde_json::json!([]), "{up}");
}

#[test]
fn a_lock_that_cannot_be_made_is_no_lock_that_another_holds() {
    let project = project();
    project.migrate(["up", "+1"]).ok();
    // a folder has the lock file's name: it cannot be locked, and waiting does not help
    fs::create_dir(project.path("app.db-migrate-lock")).expect("a folder");
    project
        .migrate(["up"])
        .code(2)
        .says("app.db-migrate-lock")
        .says("help: ");
    fs::remove_dir(project.path("app.db-migrate-lock")).expect("a folder");
    project.migrate(["up"]).ok();
}

#[test]
fn of_many_mistakes_in_one_file_the_first_are_shown() {
    let project = project();
    let folder = "migrations/2024-01-01-000000_many";
    project.write(&format!("{folder}/up.sql"), "SELECT 1;\n");
    let labels = ["'a b'"; 8_000].join(", ");
    project.write(
        &format!("{folder}/metadata.toml"),
        &format!("branch_labels = [{labels}]\n"),
    );
    let check = project.migrate(["check"]).code(1).says(&format!(
        "error: and 7980 more problems in `{folder}/metadata.toml`"
    ));
    assert_eq!(
        check.stderr.matches("the branch label `a b`").count(),
        20,
        "{check}"
    );
    assert!(check.stderr.len() < 20_000, "{}", check.stderr.len());
    let json = project.migrate(["check", "--json"]).code(1).json();
    assert_eq!(
        json["problems"].as_array().map(Vec::len),
        Some(21),
        "{json}"
    );
}
