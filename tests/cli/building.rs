//! The options for cargo, and what is refused before cargo builds anything.

use migrate_tests::Project;

const REVISION: &str = "0001_rooms";

/// A revision that needs a feature of its package.
const GATED: &str = r#"use migrate_core::prelude::*;

/// Create rooms
#[revision(id = "0001", down_revision = None, reversible)]
fn upgrade(op: &mut Operations) -> Result<()> {
    op.create_table(table(crate::NAME).column(column("id", Integer).primary_key()))
}
"#;

fn project() -> Project {
    let project = Project::library("building");
    let manifest = project.read("Cargo.toml");
    project
        .write(
            "Cargo.toml",
            &manifest.replace("[workspace]", "[features]\nbig = []\n\n[workspace]"),
        )
        .write(
            "src/lib.rs",
            "//! A project under test.\n\nmigrate_core::migrations!();\n\n\
             const NAME: &str = if cfg!(feature = \"big\") { \"halls\" } else { \"rooms\" };\n",
        )
        .write(&format!("migrations/{REVISION}.rs"), GATED);
    project
}

#[test]
fn nothing_is_built_for_a_command_that_is_refused() {
    let project = project();
    for (variable, arguments, expected) in [
        (
            Some("postgres://u@localhost/d"),
            &["up"][..],
            "PostgreSQL is not enabled in this program",
        ),
        (None, &["status"], "no database was given"),
        (
            Some("app.db"),
            &["up", "--features", "bigg"],
            "a feature with a similar name exists: `big`",
        ),
    ] {
        let mut command = project.command(arguments);
        match variable {
            Some(url) => command.env("DATABASE_URL", url),
            None => command.env_remove("DATABASE_URL"),
        };
        migrate_tests::run(&mut command)
            .code(2)
            .says(expected)
            .keeps_quiet_about("Compiling");
    }
    // a feature of the package may enable it: then only the program that is built knows
    let manifest = project.read("Cargo.toml");
    project.write(
        "Cargo.toml",
        &manifest.replace("big = []", "big = [\"migrate-core/mysql\"]"),
    );
    let mut command = project.command(["status", "--features", "nonsense"]);
    migrate_tests::run(command.env("DATABASE_URL", "mysql://u@localhost/d"))
        .code(2)
        .says("no package of the history has the feature `nonsense`");
}

#[test]
fn cargo_gets_its_options_and_the_lock_file_of_the_project_may_have_everything() {
    let project = project().without_same_features();
    let lock = || {
        let update = ["update", "--workspace", "--offline"];
        migrate_tests::run(&mut project.cargo(update)).ok();
    };
    lock();
    project
        .migrate(["up", "--locked", "--offline"])
        .code(2)
        .says("the lock file lacks")
        .says("`clap 4.")
        .says("migrate-cli = { path = ")
        .says("optional = true }` under `[dependencies]`");
    // also once the program is there
    project.migrate(["up", "--sql", "--dialect", "sqlite"]).ok();
    project
        .migrate(["up", "--locked", "--offline"])
        .code(2)
        .says("the lock file lacks");
    let manifest = project.read("Cargo.toml");
    let core = manifest
        .lines()
        .find(|line| line.starts_with("migrate-core"))
        .unwrap();
    let commands = core
        .replace("migrate-core", "migrate-cli")
        .replace(" }", ", optional = true }");
    project.write(
        "Cargo.toml",
        &manifest.replace(core, &format!("{core}\n{commands}")),
    );
    project
        .migrate(["up", "--locked", "--offline"])
        .code(2)
        .says("cargo cannot use the lock file");
    lock();
    let with = ["--locked", "--offline", "--features", "big"];
    project
        .migrate(["up", "--sql", "--dialect", "sqlite"].iter().chain(&with))
        .ok()
        .prints("CREATE TABLE `halls`");
    project
        .migrate(["up", "--sql", "--dialect", "sqlite", "--all-features"])
        .ok()
        .prints("CREATE TABLE `halls`");
    project
        .migrate(["status", "--profile", "nonsense"])
        .code(2)
        .says("`nonsense`");
    let mut check = project.command(["check", "--fmt"].iter().chain(&with));
    migrate_tests::run(check.env_remove("DATABASE_URL")).ok();
}

#[test]
fn check_finds_what_rustfmt_would_change() {
    let project = project();
    let path = format!("migrations/{REVISION}.rs");
    project.write(&path, &GATED.replace("    op.create", "  op.create"));
    project
        .migrate(["check", "--fmt"])
        .code(1)
        .says(&format!("rustfmt would change `{path}`"))
        .says("help: rustfmt --edition 2024 migrations/*.rs");
    let error = project.migrate(["check", "--fmt", "--json"]).code(1).json()["error"].clone();
    assert_eq!(error["unformatted"], serde_json::json!([path]));
}

#[test]
fn check_names_the_command_for_each_package_that_rustfmt_would_change() {
    let project = Project::workspace("three", &["three_a", "three_b", "three_c"], "");
    let mut manifest = project.read("three_c/Cargo.toml");
    manifest = manifest.replace("edition = \"2024\"", "edition = \"2021\"");
    project.write("three_c/Cargo.toml", &manifest);
    for (number, member) in ["three_a", "three_b", "three_c"].iter().enumerate() {
        let file = format!("{member}/migrations/{number}.rs");
        project.write(&file, "pub  fn no_revision() {}\n");
    }
    let said = project.migrate(["check", "--fmt"]).code(1);
    said.says("note: nothing else was checked").says(
        "help: rustfmt --edition 2024 three_a/migrations/*.rs three_b/migrations/*.rs && \
             rustfmt --edition 2021 three_c/migrations/*.rs",
    );
}
