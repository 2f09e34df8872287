//! Writing revisions: `init`, `new`, `edit`, `merge`, and what they refuse.

use std::fs;
use std::process::Command;

use migrate_tests::{Project, run};

/// A package as `cargo new` leaves it.
fn fresh(name: &str, library: bool) -> Project {
    let project = Project::empty(name);
    project.write(
        "Cargo.toml",
        &format!("# mine\n[package]\nname = \"{name}\" # my name\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n"),
    );
    if library {
        project.write(
            "src/lib.rs",
            "pub fn add(left: u64, right: u64) -> u64 {\n    left + right\n}\n",
        );
    } else {
        project.write("src/main.rs", "fn main() {}\n");
    }
    project
}

#[test]
fn init_makes_a_fresh_library_ready_and_a_second_time_changes_nothing() {
    let project = fresh("shop", true);
    project.migrate(["init"]).ok().says("cargo migrate new");
    let manifest = project.read("Cargo.toml");
    assert!(
        manifest.starts_with("# mine\n[package]\nname = \"shop\" # my name\n"),
        "{manifest}"
    );
    assert!(manifest.contains("migrate-core = { path = "), "{manifest}");
    assert!(
        project
            .read("src/lib.rs")
            .contains("migrate_core::migrations!();")
    );
    assert!(
        project
            .read("build.rs")
            .contains("cargo::rerun-if-changed=migrations")
    );

    let before = ["Cargo.toml", "src/lib.rs", "build.rs"].map(|file| project.read(file));
    project.migrate(["init"]).ok().says("nothing to do");
    assert_eq!(
        before,
        ["Cargo.toml", "src/lib.rs", "build.rs"].map(|file| project.read(file))
    );

    // it builds, without a revision and with one, and migrates
    let mut build = project.command(["status"]);
    run(&mut build).ok();
    let made = project.migrate(["new", "Create users"]).ok();
    let path = made.stdout.trim().to_owned();
    assert!(
        path.starts_with("migrations/") && path.ends_with("_create_users.rs"),
        "{made}"
    );
    project.migrate(["up"]).ok();
    project.migrate(["down", "-1"]).ok();
}

#[test]
fn init_makes_cargo_test_test_the_revisions() {
    let project = fresh("shop-base", true);
    project
        .migrate(["init"])
        .ok()
        .says("`cargo migrate init --tests` makes `cargo test` do it");
    project
        .migrate(["init", "--tests"])
        .ok()
        .says("added the dependency `migrate-cli` of tests to Cargo.toml")
        .says("created tests/migrations.rs");
    let file = project.read("tests/migrations.rs");
    assert!(
        file.contains("migrate_core::test_migrations!(shop_base::HISTORY);"),
        "{file}"
    );
    let manifest = project.read("Cargo.toml");
    assert!(
        manifest.contains("[dev-dependencies]\nmigrate-cli = { path = "),
        "{manifest}"
    );
    project
        .migrate(["init", "--tests"])
        .ok()
        .says("nothing to do");
    project.table_revision("20260101000000", "");
    let tested = run(&mut project.cargo(["test", "--test", "migrations"]));
    tested
        .ok()
        .prints("test sqlite::stairway ... ok")
        .prints("test sqlite::resume ... ok");
    // another file of that name stays as it is
    project.write("tests/migrations.rs", "//! Mine.\n");
    project.migrate(["init", "--tests"]).ok().says(
        "add this to tests/migrations.rs: `migrate_core::test_migrations!(shop_base::HISTORY);`",
    );
    assert_eq!(project.read("tests/migrations.rs"), "//! Mine.\n");
}

#[test]
fn init_without_a_library_says_what_to_do() {
    let project = fresh("tool", false);
    project
        .migrate(["init"])
        .code(2)
        .says("src/lib.rs")
        .says("help: ");
    assert!(!project.path("migrations").exists());
}

#[test]
fn init_keeps_what_is_there() {
    let project = fresh("kept", true);
    project.write(
        "build.rs",
        "fn main() {\n    println!(\"cargo::rerun-if-changed=other\");\n}\n",
    );
    project
        .migrate(["init"])
        .ok()
        .says("cargo::rerun-if-changed=migrations");
    assert!(
        !project.read("build.rs").contains("migrations"),
        "a build script of the user's own is not touched"
    );
}

#[test]
fn what_new_writes_is_formatted_and_follows_the_head() {
    let project = Project::library("written");
    let mut previous: Option<String> = None;
    // several within one second, with messages that are no file names
    for message in [
        "First",
        "Überschrift: \"zwei\" \\ Sachen */ // drei",
        "many\nlines of\n\ntext",
        "   ",
        "ends with #\"quotes\"#",
    ] {
        let made = project.migrate(["new", "-m", message]);
        if message.trim().is_empty() {
            made.code(2).says("help: ");
            continue;
        }
        let path = made.ok().stdout.trim().to_owned();
        let text = project.read(&path);
        let id = path["migrations/".len()..]
            .split('_')
            .next()
            .expect("an id")
            .to_owned();
        assert!(text.contains(&format!("id = \"{id}\"")), "{text}");
        match &previous {
            None => assert!(text.contains("down_revision = None"), "{text}"),
            Some(parent) => assert!(
                text.contains(&format!("down_revision = \"{parent}\"")),
                "{text}"
            ),
        }
        let formatted = Command::new("rustfmt")
            .args(["--edition", "2024", "--check"])
            .arg(project.path(&path))
            .output()
            .expect("rustfmt can be started");
        assert!(
            formatted.status.success(),
            "{}\n{text}",
            String::from_utf8_lossy(&formatted.stdout)
        );
        previous = Some(id);
    }
    let up = project.migrate(["up", "--json"]).ok();
    assert_eq!(
        up.json()["steps"].as_array().expect("steps").len(),
        4,
        "{up}"
    );
}

#[test]
fn new_refuses_invalid_revisions_before_it_writes_a_file() {
    let project = Project::library("refused");
    project
        .table_revision("20260101000000", "")
        .table_revision("20260102000000", "20260101000000");
    let files = || {
        fs::read_dir(project.path("migrations"))
            .expect("a folder")
            .count()
    };
    for (args, wanted) in [
        (
            &["new", "x", "--rev-id", "20260101000000"][..],
            "20260101000000",
        ),
        (&["new", "x", "--rev-id", "no space"][..], "no space"),
        (&["new", "x", "--head", "20260101000000"][..], "--splice"),
        (&["new", "x", "--head", "20269999"][..], "20269999"),
        (&["new", "x", "--depends-on", "nothing"][..], "nothing"),
    ] {
        project.migrate(args).code(2).says(wanted).says("help: ");
        assert_eq!(files(), 2, "{args:?} wrote a file");
    }
    project.migrate(["new", "x", "--rev-id", "0042"]).ok();
    assert_eq!(files(), 3);
}

#[test]
fn edit_opens_the_file_in_the_editor() {
    let project = Project::library("edited");
    project.table_revision("20260101000000", "");
    let mut command = project.command(["edit", "2026"]);
    command.env_remove("VISUAL").env("EDITOR", "echo --wait");
    run(&mut command)
        .ok()
        .prints("--wait")
        .prints("20260101000000_table.rs");
    let mut command = project.command(["edit", "head"]);
    command.env_remove("VISUAL").env_remove("EDITOR");
    run(&mut command).code(2).says("EDITOR");
}

#[test]
fn a_package_is_chosen_by_name_or_by_manifest() {
    let project = Project::workspace("workspace", &["one", "two"], "");
    project
        .migrate(["new", "x"])
        .code(2)
        .says("`one`")
        .says("`two`")
        .says("-p");
    let made = project.migrate(["new", "First", "-p", "one"]).ok();
    assert!(made.stdout.starts_with("one/migrations/"), "{made}");
    let manifest = project.path("two/Cargo.toml");
    let made = project
        .migrate([
            "new",
            "Second",
            "--manifest-path",
            &manifest.to_string_lossy(),
        ])
        .ok();
    assert!(made.stdout.contains("two/migrations/"), "{made}");
    // one history over both: the second follows the first, across packages
    let up = project.migrate(["up", "--json"]).ok();
    assert_eq!(
        up.json()["steps"].as_array().expect("steps").len(),
        2,
        "{up}"
    );

    // files are named as they can be opened from the workspace's root
    let verbose = project.migrate(["history", "-v"]).ok();
    assert!(verbose.stdout.contains("one/migrations/"), "{verbose}");
    let failing = "//! Fails.\n\nuse migrate_core::prelude::*;\n\n/// Fail\n#[revision(id = \"broken\", down_revision = PARENT, irreversible)]\nfn upgrade(op: &mut Operations) -> Result<()> {\n    op.execute(\"SELECT nope\")\n}\n";
    let heads = project.migrate(["heads", "--json"]).ok().json();
    let parent = heads["heads"][0]["id"].to_string();
    project.write(
        "two/migrations/broken.rs",
        &failing.replace("PARENT", &parent),
    );
    let up = project.migrate(["up", "--json"]).code(3);
    assert_eq!(
        up.json()["error"]["file"],
        "two/migrations/broken.rs",
        "{up}"
    );

    // where there are revisions, the next step is not the first one
    project
        .migrate(["init", "-p", "two"])
        .ok()
        .says("next: cargo migrate status");
}
