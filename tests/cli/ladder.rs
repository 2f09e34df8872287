//! `cargo migrate test`, `test_migrations!` and `#[migration_test]` on projects: what is wrong is
//! found, in the examples nothing is, and no database of the application is reached.

use std::process::Command;

use migrate_tests::{Project, run, workspace_root};

/// A revision whose downgrade forgets the index.
const FORGETFUL: &str = r#"//! A revision under test.

use migrate_core::prelude::*;

/// Add names
#[revision(id = "20260102000000", down_revision = "20260101000000", downgrade = downgrade)]
fn upgrade(op: &mut Operations) -> Result<()> {
    op.add_column("t_20260101000000", column("name", Text).nullable())?;
    op.create_index(index("ix_name").on("t_20260101000000", ["id"]))
}

fn downgrade(op: &mut Operations) -> Result<()> {
    op.drop_column("t_20260101000000", "name")
}
"#;

/// A project that has migrate-cli for its tests.
fn project(name: &str, metadata: &str) -> Project {
    let project = Project::library(name);
    let manifest = project.read("Cargo.toml");
    let library = workspace_root().join("migrate-cli");
    project.write(
        "Cargo.toml",
        &format!(
            "{manifest}\n[dev-dependencies]\nmigrate-cli = {{ path = {library:?} }}\n\n{metadata}"
        ),
    );
    project
        .table_revision("20260101000000", "")
        .write("migrations/20260102000000_names.rs", FORGETFUL);
    project
}

#[test]
fn a_fault_is_found_in_the_file_of_its_revision() {
    let project = project("forgetful", "");
    let found = project.migrate(["test"]).code(1);
    found
        .prints("stairway    failed")
        .prints("--> migrations/20260102000000_names.rs:7, revision `20260102000000`")
        .prints("+ create index `ix_name` on `t_20260101000000`")
        .prints("repeat: cargo migrate test stairway --only 20260102000000");
    project.migrate(["test", "--only", "20260101000000"]).ok();
    let json = project
        .migrate(["test", "stairway", "--json"])
        .code(1)
        .json();
    let failure = &json["backends"][0]["rungs"][0]["failures"][0];
    assert_eq!(failure["revision"], "20260102000000");
    assert!(!project.path("app.db").exists());
}

#[test]
fn models_and_printed_files_are_tested() {
    let project = project("modelled", "");
    let reverts = "op.drop_index(\"ix_name\").on(\"t_20260101000000\")?;\n    op.drop_column(";
    let sound = FORGETFUL.replace("op.drop_column(", reverts);
    project.write("migrations/20260102000000_names.rs", &sound);
    let table = "migrate_core::table! {\n    #[migrate(index(ix_name, [id]))]\n    t_20260101000000 (id) {\n        id -> Integer,\n";
    project.write(
        "src/schema.rs",
        &format!("//! Models.\n{table}        name -> Nullable<Text>,\n    }}\n}}\n"),
    );
    project.migrate(["test"]).ok().prints("models      passed");
    project.write(
        "src/schema.rs",
        &format!("//! Models.\n{table}        name -> Nullable<Text>,\n        age -> Nullable<Integer>,\n    }}\n}}\n"),
    );
    project
        .migrate(["test"])
        .code(1)
        .prints("a revision is missing")
        .prints("+ add column `age` to `t_20260101000000`");
    project.remove("src/schema.rs");
    project.write("diesel.toml", "[print_schema]\nfile = \"src/printed.rs\"\n");
    project.write("src/printed.rs", "// nothing\n");
    project
        .migrate(["test", "print"])
        .code(1)
        .prints("`src/printed.rs` is not what the head prints");
}

#[test]
fn plain_cargo_test_runs_the_ladder_and_the_users_own_tests() {
    let project = project("plain", "");
    project.write(
        "tests/migrations.rs",
        r#"//! The history.

use migrate_cli::AtRevision;
use migrate_core::{Result, migration_test};

migrate_core::test_migrations!(plain::HISTORY);

#[migration_test("20260102000000")]
fn rows_stay(at: &mut AtRevision<'_>) -> Result<()> {
    at.run(|op| op.execute("INSERT INTO t_20260101000000 (id) VALUES (1)"))?;
    at.up()?;
    let count = at.run(|op| {
        let found: Vec<One> = migrate_core::read_connection!(op, |connection| {
            use diesel::RunQueryDsl;
            diesel::sql_query("SELECT id FROM t_20260101000000 WHERE name IS NULL").load(connection)
        })?;
        Ok(found.len())
    })?;
    assert_eq!(count, 1);
    at.down()
}

#[derive(diesel::QueryableByName)]
struct One {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    #[allow(dead_code)]
    id: i32,
}
"#,
    );
    let tested = run(&mut project.cargo(["test", "--test", "migrations"]));
    tested
        .code(101)
        .prints("test rows_stay::sqlite ... ok")
        .prints("test sqlite::up ... ok")
        .prints("test sqlite::resume ... ok")
        .prints("test sqlite::stairway ... FAILED")
        .prints("the downgrade does not restore the catalogue")
        .prints("revision `20260102000000`");
}

#[test]
fn the_applications_database_is_never_reached() {
    let metadata = "[package.metadata.migrate]\ntest = { backends = [\"sqlite\", \"postgres\"] }\n\n\
                    [package.metadata.migrate.environments.production]\n\
                    database-url = \"postgres://ada:s3cret@127.0.0.1:1/app\"\n";
    let project = project("guarded", metadata);
    let with = |url: &str| {
        let mut command = project.command(["test", "up"]);
        run(command.env("MIGRATE_TEST_POSTGRES_URL", url))
    };
    // the driver is not compiled in, which is said first
    with("postgres://bob@127.0.0.1:1/app")
        .code(1)
        .prints("up          passed")
        .prints("PostgreSQL is not enabled");
    let manifest = project.read("Cargo.toml");
    project.write(
        "Cargo.toml",
        &manifest.replace("\"sqlite\", \"postgres\"", "\"oracle\""),
    );
    with("").code(2).says("`oracle`");
    let manifest = project.read("Cargo.toml");
    project.write(
        "Cargo.toml",
        &manifest.replace("backends = [\"oracle\"]", "backend = [\"sqlite\"]"),
    );
    with("")
        .code(2)
        .says("unknown key `backend`")
        .says("`backends`");
}

#[test]
fn nothing_is_found_in_the_examples() {
    Project::quickstart()
        .migrate(["test"])
        .ok()
        .prints("ok: 5 revisions");
}

/// Runs git in a project, whose folder becomes a repository of its own.
fn git(project: &Project, line: &str) {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]);
    command.args(line.split(' ')).current_dir(project.root());
    run(&mut command).ok();
}

#[test]
fn what_is_new_since_a_commit_is_tested_and_the_release_before_still_works() {
    let project = Project::library("released");
    project.table_revision("20260101000000", "");
    project.write(
        "migrations/20260102000000_names.rs",
        r#"//! A revision under test.

use migrate_core::prelude::*;

/// Create users
#[revision(id = "20260102000000", down_revision = "20260101000000", reversible)]
fn upgrade(op: &mut Operations) -> Result<()> {
    op.create_table(
        table("users")
            .column(column("id", Integer).primary_key())
            .column(column("name", Text).nullable())
            .column(column("mail", Text).nullable()),
    )
}
"#,
    );
    let models = |columns: &str| {
        let table = format!(
            "//! Models.\ndiesel::table! {{\n    users (id) {{\n        id -> Integer,\n{columns}    }}\n}}\n"
        );
        project.write("src/schema.rs", &table);
    };
    models("        name -> Nullable<Text>,\n        mail -> Nullable<Text>,\n");
    let unknown = project.migrate(["test", "--since", "v1"]).code(2);
    unknown
        .says("`v1` is neither a revision nor a commit")
        .says("git tag");
    git(&project, "init -q -b main");
    git(&project, "add .");
    git(&project, "commit -q -m release");
    git(&project, "tag v1");
    project
        .migrate(["test", "--since", "v2"])
        .code(2)
        .says("git knows no commit `v2`");

    // nothing is new, and what was released works
    let same = project.migrate(["test", "--since", "v1"]).ok();
    same.prints("previous    passed").prints("ok: 0 revisions");

    git(&project, "checkout -q -b feature");
    project.write(
        "migrations/20260103000000_no_names.rs",
        r#"//! A revision under test.

use migrate_core::prelude::*;

/// Drop names
#[revision(id = "20260103000000", down_revision = "20260102000000", downgrade = downgrade, lossy = ["users.name: no one reads it"])]
fn upgrade(op: &mut Operations) -> Result<()> {
    op.drop_column("users", "name")
}

fn downgrade(op: &mut Operations) -> Result<()> {
    op.add_column("users", column("name", Text).nullable())
}
"#,
    );
    models("        mail -> Nullable<Text>,\n");
    git(&project, "add .");
    git(&project, "commit -q -m feature");
    for since in ["v1", "main...", "HEAD~1"] {
        let found = project.migrate(["test", "--since", since]).code(1);
        found
            .prints("up          passed   1 revision,")
            .prints("models      passed")
            .prints("previous    failed")
            .prints("what the release before reads is gone: `users.name`")
            .prints(&format!("it is written in src/schema.rs:3 at `{since}`"))
            .prints("--> migrations/20260103000000_no_names.rs:7, revision `20260103000000`")
            .prints(&format!(
                "repeat: cargo migrate test previous --since {since} --keep"
            ));
    }
    project
        .migrate([
            "test",
            "previous",
            "--since",
            "v1",
            "--only",
            "20260103000000",
        ])
        .ok()
        .prints("previous    skipped  it is about all that is new");
    // the id goes before the branch
    git(&project, "branch 20260103000000");
    git(&project, "reset -q --hard v1");
    git(&project, "checkout -q feature");
    git(&project, "merge -q --ff-only 20260103000000");
    project
        .migrate(["test", "--since", "20260103000000"])
        .ok()
        .prints("ok: 0 revisions");

    let renamed = project.read("migrations/20260103000000_no_names.rs");
    project.remove("migrations/20260103000000_no_names.rs");
    project.write(
        "migrations/20260104000000_no_names.rs",
        &renamed.replace("20260103000000", "20260104000000"),
    );
    project
        .migrate(["test", "previous", "--since", "feature"])
        .code(1)
        .prints("revision `20260103000000` was there at `feature`, and is gone");
    let left = std::fs::read_dir(project.path("target/migrate"));
    let left = left.into_iter().flatten().filter_map(Result::ok);
    let copies = left.filter(|entry| entry.file_name().to_string_lossy().starts_with("past-"));
    assert_eq!(copies.count(), 0);
}
