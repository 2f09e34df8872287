//! The example workspace, as its README walks through it; and its members published alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use migrate_tests::{Databases, Output, Project, run, workspace_root};

const MEMBERS: [&str; 3] = ["accounts", "billing", "notifications"];

/// Walks through the README. `at` gives each command its database, and `scratch` names the server
/// for scratch databases.
fn walk_through(project: &Project, scratch: &[&str], at: &dyn Fn(Command) -> Command) {
    let cargo = |args: &[&str]| run(&mut at(project.cargo(args)));
    let migrate = |folder: &str, args: &[&str]| {
        let mut command = at(project.command(args));
        run(command.current_dir(project.path(folder)))
    };
    migrate("billing", &["history"]).ok().prints(
        "20261112090000 (depends on 20261109090000) -> 20261116090000 (head), Create notifications\n\
         20261109090000 -> 20261112090000, Tell which invoices are paid\n\
         20261105090000 -> 20261109090000, Keep each account's balance\n\
         20261101090000 -> 20261105090000, Create invoices\n",
    );
    let application = |args: &[&str]| cargo(&[&["run", "--offline", "--"], args].concat());
    application(&["--check"])
        .code(1)
        .says("the database is not at the head of its history: `20261101090000`, ");
    application(&[])
        .ok()
        .prints("revisions applied: 5\nthe shop is open\n");
    application(&["--check"]).ok().prints("the shop is open\n");
    application(&[]).ok().prints("revisions applied: 0\n");

    migrate("", &[&["check", "--models"], scratch].concat())
        .ok()
        .prints("models: no revision is missing\n");

    // the commands see what the application has done, from any folder, and the application what
    // they do
    for folder in ["", "accounts", "application", "notifications/migrations"] {
        migrate(folder, &["check"]).ok();
    }
    migrate("accounts", &["down", "-2"])
        .ok()
        .says("reverted 2 revisions");
    application(&["--check"]).code(1);
    migrate("billing", &["up"]).ok().says("applied 2 revisions");
    application(&["--check"]).ok();
    migrate("", &["down", "base"]).ok();
}

/// The example, with a database that is named from the root: each command runs in another folder.
fn example(databases: Databases) -> (Project, String) {
    let project = Project::example("workspace").with_same_features(databases);
    let database = project.path("shop.db").display().to_string();
    (project, database)
}

#[test]
fn the_example_runs() {
    let (project, database) = example(Databases::Sqlite);
    walk_through(&project, &[], &|mut command| {
        command.env("DATABASE_URL", &database);
        command
    });
    run(&mut project.cargo(["test", "--offline", "--package", "application"]))
        .ok()
        .prints("test sqlite::stairway ... ok");
    let config = project.migrate(["config", "--env", "testing"]).ok();
    config.prints("[workspace.metadata.migrate.environments.testing]");
}

#[cfg(feature = "servers")]
#[test]
fn the_example_runs_on_postgres() {
    use migrate_tests::servers::{Database, Server};

    let (project, _) = example(Databases::Servers);
    for member in MEMBERS.iter().chain(&["application"]) {
        let path = format!("{member}/Cargo.toml");
        let manifest = project.read(&path);
        assert!(manifest.contains("default = [\"sqlite\"]"), "{manifest}");
        project.write(
            &path,
            &manifest.replace("default = [\"sqlite\"]", "default = [\"postgres\"]"),
        );
    }
    let database = Database::new(Server::Postgres, "shop");
    walk_through(
        &project,
        &["--scratch-url", database.url()],
        &|mut command| {
            command.env("DATABASE_URL", database.url());
            command
        },
    );
}

/// Has cargo make the package that would be published, and unpacks it in an empty folder.
fn published(project: &Project, member: &str) -> PathBuf {
    let target = project.outside("packages");
    let args = [
        "package",
        "--offline",
        "--no-verify",
        "--allow-dirty",
        "--exclude-lockfile",
        "--package",
    ];
    let mut command = project.cargo(args);
    run(command.arg(member).arg("--target-dir").arg(&target)).ok();
    let folder = project.outside("published");
    fs::create_dir_all(&folder).expect("a folder");
    let archive = target.join(format!("package/{member}-0.1.0.crate"));
    let mut unpack = Command::new("tar");
    run(unpack.arg("xzf").arg(archive).arg("-C").arg(&folder)).ok();
    folder.join(format!("{member}-0.1.0"))
}

/// `cargo check` in a folder that is in no workspace. The library, which such a package asks the
/// registry for, is this one.
fn check(project: &Project, folder: &Path) -> Output {
    fs::copy(
        workspace_root().join("Cargo.lock"),
        folder.join("Cargo.lock"),
    )
    .expect("the lock file can be copied");
    let library = workspace_root().join("migrate-core");
    let patch = format!("patch.crates-io.migrate-core.path={library:?}");
    let mut command = project.cargo(["check", "--offline", "--config", &patch]);
    run(command.current_dir(folder))
}

#[test]
fn a_member_that_is_published_alone_compiles() {
    let project = Project::example("workspace");
    let folders = MEMBERS.map(|member| published(&project, member));
    for folder in &folders {
        assert!(folder.join("Cargo.toml.orig").exists(), "cargo made it");
        check(&project, folder).ok();
    }

    // what was not checked there is proven where the parts come together
    let application = |parts: &str| {
        let manifest =
            |index: usize| format!("{} = {{ path = {:?} }}\n", MEMBERS[index], folders[index]);
        let folder = project.outside("composed");
        fs::create_dir_all(folder.join("src")).expect("a folder");
        let dependencies: String = (0..3).map(manifest).collect();
        let library = workspace_root().join("migrate-core");
        fs::write(
            folder.join("Cargo.toml"),
            format!(
                "[package]\nname = \"composed\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
                 [dependencies]\nmigrate-core = {{ path = {library:?} }}\n{dependencies}\n[workspace]\n"
            ),
        )
        .expect("a manifest");
        fs::write(
            folder.join("src/lib.rs"),
            format!("pub static ALL: migrate_core::History = migrate_core::history![{parts}];\n"),
        )
        .expect("a source file");
        check(&project, &folder)
    };
    application("accounts::migrations, billing::migrations, notifications::migrations").ok();
    application("accounts::migrations, notifications::migrations")
        .code(101)
        .says("evaluation panicked")
        .says("20261105090000");
}
