//! The real Alembic, where `MIGRATE_TEST_ALEMBIC_PYTHON` names a Python that has it: the recorded
//! answer is still its answer, and databases at each of its revisions continue under ours.

use std::env;
use std::fs;
use std::io::{self, Write};
use std::process::{Command, Stdio};

use migrate_tests::{Project, run, workspace_root};

use super::{imported, recorded, shop, sqlite};

/// The Python to ask; without one, the test says so and passes.
fn python(test: &str) -> Option<String> {
    let python = env::var("MIGRATE_TEST_ALEMBIC_PYTHON").ok();
    if python.is_none() {
        // not `println!`, which only a test that fails shows
        let _ = writeln!(
            io::stderr(),
            "{test} is left out: MIGRATE_TEST_ALEMBIC_PYTHON names no Python with Alembic"
        );
    }
    python
}

#[test]
fn the_recorded_answer_is_alembics() {
    let Some(python) = python("the_recorded_answer_is_alembics") else {
        return;
    };
    let script = workspace_root().join("cargo-migrate/src/commands/import/alembic/script.py");
    let request = r#"{"ini": "alembic.ini", "dialect": "sqlite", "metadata": "shop:metadata"}"#;
    let mut command = Command::new(python);
    command
        .args(["-", request])
        .current_dir(shop())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::from(fs::File::open(script).unwrap()));
    let answer = run(&mut command).ok().stdout;
    if env::var("SNAPSHOTS").is_ok_and(|value| value == "overwrite") {
        fs::write(shop().with_extension("jsonl"), &answer).unwrap();
    }
    // the first line has the versions
    let lines = |text: &str| text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(lines(&answer), lines(&recorded()));
}

/// Alembic's own `upgrade` of a SQLite file of the project.
fn upgrade(python: &str, project: &Project, file: &str, target: &str) {
    let url = format!("url=sqlite:///{}", project.path(file).display());
    let mut command = Command::new(python);
    command
        .args(["-m", "alembic.config", "-x", &url, "upgrade", target])
        .current_dir(shop())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        // the project has a folder with the name of the package
        .env("PYTHONSAFEPATH", "1")
        .stdin(Stdio::null());
    run(&mut command).ok();
}

#[test]
fn databases_at_each_of_its_revisions_continue() {
    let Some(python) = python("databases_at_each_of_its_revisions_continue") else {
        return;
    };
    let project = imported("real");
    upgrade(&python, &project, "head.db", "head");
    project.migrate(["up", "--database-url", "ours.db"]).ok();
    let same = |file: &str| {
        project
            .migrate(["schema", "diff", "head.db", file])
            .ok()
            .says("no difference");
    };
    same("ours.db");
    for (number, targets) in [
        &["1f0c2a9b7d31"][..],
        &["3c5d8e2f6b14"],
        &["3c5d8e2f6b14", "6f2c5e8a1b48"],
        &["4d9a1b3c7e26"],
        &["7a4d6f9b3c59"],
        &["009_loyalty"],
    ]
    .into_iter()
    .enumerate()
    {
        let file = format!("at-{number}.db");
        for target in targets {
            upgrade(&python, &project, &file, target);
        }
        // rows that refer to the table that a later revision copies
        sqlite(
            &project,
            &file,
            "INSERT INTO customers (id, email, name) VALUES (1, 'ada@example.org', 'Ada');",
        );
        if number > 0 {
            let order = "INSERT INTO orders (id, customer_id, total) VALUES (1, 1, 3);";
            sqlite(&project, &file, order);
        }
        let at = ["--database-url", file.as_str()];
        project
            .migrate(["stamp", "--from", "alembic"].iter().chain(&at))
            .ok();
        project.migrate(["up"].iter().chain(&at)).ok();
        same(&file);
    }
}
