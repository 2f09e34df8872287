//! Files that come, go and change are noticed without a build script, and without touching anything
//! else.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use migrate_tests::{Project, run};

fn project() -> Project {
    let project = Project::library("files");
    project.table_revision("20260101000000", "");
    project.migrate(["up"]).ok();
    project
}

#[test]
fn a_new_file_is_applied() {
    let project = project();
    project.table_revision("20260201000000", "20260101000000");
    let up = project.migrate(["up", "--json"]).ok();
    assert_eq!(up.json()["steps"][0]["revision"], "20260201000000", "{up}");
    project.migrate(["up"]).ok().says("nothing to do");
}

#[test]
fn an_edited_file_is_compiled_again() {
    let project = project();
    project.migrate(["down", "base"]).ok();
    let text = project.read("migrations/20260101000000_table.rs");
    project.write(
        "migrations/20260101000000_table.rs",
        &text.replace("table(\"t_20260101000000\")", "table(\"edited\")"),
    );
    project.migrate(["up"]).ok();
    let sql = "CREATE TABLE proof AS SELECT * FROM edited";
    project.write(
        "migrations/20260201000000_proof.rs",
        &format!(
            "//! A proof.\nuse migrate_core::prelude::*;\n\n/// Read it\n#[revision(id = \"20260201000000\", down_revision = \"20260101000000\", irreversible)]\nfn upgrade(op: &mut Operations) -> Result<()> {{\n    op.execute(\"{sql}\")\n}}\n"
        ),
    );
    project.migrate(["up"]).ok();
}

#[test]
fn a_deleted_file_is_gone() {
    let project = project();
    project.table_revision("20260201000000", "20260101000000");
    project.migrate(["status"]).ok();
    project.remove("migrations/20260201000000_table.rs");
    let status = project.migrate(["status", "--json"]).ok().json();
    assert_eq!(
        status["pending"].as_array().expect("pending").len(),
        0,
        "{status}"
    );
    project.migrate(["up"]).ok().says("nothing to do");
}

#[test]
fn a_renamed_file_is_the_same_revision() {
    let project = project();
    let text = project.read("migrations/20260101000000_table.rs");
    project.remove("migrations/20260101000000_table.rs");
    project.write("migrations/20260101000000_other.rs", &text);
    project.migrate(["up"]).ok().says("nothing to do");
    project.migrate(["edit", "head"]).code(2);
    let shown = project.migrate(["show", "head"]).ok();
    assert!(shown.stdout.contains("20260101000000_other.rs"), "{shown}");
}

#[test]
fn an_edit_that_keeps_length_and_time_is_compiled() {
    let project = Project::library("same-time");
    let file = "migrations/20240101000000_one/up.sql";
    let write = |text: &str| {
        project.write(file, text);
        let file = File::options()
            .write(true)
            .open(project.path(file))
            .unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
    };
    write("CREATE TABLE one (id INTEGER);\n");
    project.migrate(["up"]).ok();
    fs::remove_file(project.path("app.db")).unwrap();
    write("CREATE TABLE two (id INTEGER);\n");
    project.migrate(["up"]).ok();
    let script = project.migrate(["up", "--sql"]).ok();
    script.prints("CREATE TABLE two");
    project.migrate(["check", "--database"]).ok();
}

/// The files below a folder, as far as their paths have a word, in which a text stands.
fn files_with(folder: &Path, word: &str, text: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_with(&path, word, text, found);
        } else if path.to_string_lossy().contains(word) {
            // others may be at work in the same folder
            let bytes = fs::read(&path).unwrap_or_default();
            let holds = bytes
                .windows(text.len())
                .any(|part| part == text.as_bytes());
            found.extend(holds.then_some(path));
        }
    }
}

#[cfg(unix)]
#[test]
fn a_password_in_the_manifest_is_in_nothing_that_is_compiled() {
    use std::os::unix::fs::MetadataExt;
    let project = Project::library("holdsasecret");
    let manifest = project.read("Cargo.toml");
    let write = |password: &str| {
        project.write(
            "Cargo.toml",
            &format!(
                "{manifest}\n[package.metadata.migrate.environments.live]\n\
                 database-url = \"postgres://ada:{password}@host/db\"\n"
            ),
        );
    };
    // the folder has what earlier runs of this test have built, too
    let password = format!("qxbegin{}qxend", std::process::id());
    write(&password);
    project.table_revision("20260101000000", "");
    project.migrate(["up"]).ok();
    let mut found = Vec::new();
    let command = project.command([""; 0]);
    let mut variables = command.get_envs();
    let target = variables.find_map(|(name, value)| value.filter(|_| name == "CARGO_TARGET_DIR"));
    let target = Path::new(target.unwrap());
    files_with(&target.join("debug"), "holdsasecret", &password, &mut found);
    assert_eq!(found, [""; 0].map(PathBuf::from));
    files_with(
        &target.join("migrate"),
        "project.json",
        &password,
        &mut found,
    );
    let [kept] = &found[..] else {
        panic!("{found:#?}");
    };
    assert_eq!(fs::metadata(kept).unwrap().mode() & 0o777, 0o600);
    // the manifest is followed all the same
    write("other");
    let built = run(&mut project.cargo(["build", "--verbose"])).ok();
    assert!(built.stderr.contains("Compiling holdsasecret"), "{built}");
}
