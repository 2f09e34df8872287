//! The real Alembic, where `MIGRATE_TEST_ALEMBIC_PYTHON` names a Python that has it: the recorded
//! answer is still its answer, and databases at each of its revisions continue under ours.

use std::env;
use std::fs;
use std::io::{self, Write};
use std::process::{Command, Stdio};

use migrate_tests::{Output, Project, run, workspace_root};

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

/// `import alembic` of the shop with this Python.
fn import(project: &Project, python: &str, more: &[&str]) -> Output {
    let shop = shop();
    let mut arguments = vec![
        "import",
        "alembic",
        shop.to_str().unwrap(),
        "--python",
        python,
        "--metadata",
        "shop:metadata",
    ];
    arguments.extend(more);
    project.migrate(arguments)
}

#[test]
fn one_revision_stands_for_what_is_before_it() {
    let Some(python) = python("one_revision_stands_for_what_is_before_it") else {
        return;
    };
    let project = Project::library("baseline");
    import(&project, &python, &["--baseline=3c5d8e2f6b14"])
        .code(2)
        .says("branches off at `2b7e4c1d9a05`, before `3c5d8e2f6b14`");
    import(&project, &python, &["--baseline=nothing"])
        .code(2)
        .says("nothing");
    assert!(super::files(&project).is_empty());
    import(&project, &python, &["--baseline=8b1e3a5d7f60"])
        .ok()
        .says("one revision stands for 8 revisions")
        .says("the revisions up to `8b1e3a5d7f60` leave 1 row in `warehouses`")
        .says("done: wrote 2 revisions, 1 SQL folder and 1 Rust file");
    let before = super::files(&project);
    import(&project, &python, &["--baseline=8b1e3a5d7f60"])
        .ok()
        .says("nothing to do");
    import(&project, &python, &["--missing"])
        .code(2)
        .says("`8b1e3a5d7f60` is there as a baseline")
        .says("--baseline=8b1e3a5d7f60 --missing`");
    import(&project, &python, &["--baseline=8b1e3a5d7f60", "--missing"])
        .ok()
        .says("nothing to do");
    assert_eq!(super::files(&project), before);

    upgrade(&python, &project, "head.db", "head");
    project.migrate(["up", "--database-url", "ours.db"]).ok();
    let same = |file: &str| {
        project
            .migrate(["schema", "diff", "head.db", file])
            .ok()
            .says("no difference");
    };
    same("ours.db");
    upgrade(&python, &project, "at.db", "8b1e3a5d7f60");
    let stamp =
        |file: &str| project.migrate(["stamp", "--from", "alembic", "--database-url", file]);
    stamp("at.db").ok();
    project.migrate(["up", "--database-url", "at.db"]).ok();
    same("at.db");

    // a database before it does not continue, until Alembic has brought it there
    upgrade(&python, &project, "old.db", "7a4d6f9b3c59");
    stamp("old.db")
        .code(2)
        .says("`alembic_version` has a revision that this history does not have: `7a4d6f9b3c59`")
        .says("upgrade it to `8b1e3a5d7f60`, with which this history begins, with Alembic first: `alembic upgrade 8b1e3a5d7f60`");
    upgrade(&python, &project, "old.db", "8b1e3a5d7f60");
    stamp("old.db").ok();
    project.migrate(["up", "--database-url", "old.db"]).ok();
    same("old.db");

    // at the head, whose id no SQL folder can have
    let whole = Project::library("baseline-head");
    import(&whole, &python, &["--baseline"])
        .ok()
        .says("done: wrote 1 revision, 1 Rust file");
    whole.migrate(["up", "--database-url", "ours.db"]).ok();
    let theirs = project.path("head.db");
    whole
        .migrate(["schema", "diff", theirs.to_str().unwrap(), "ours.db"])
        .ok();
    whole
        .migrate(["down", "base", "--database-url", "ours.db"])
        .ok();
    upgrade(&python, &whole, "old.db", "1f0c2a9b7d31");
    whole
        .migrate(["stamp", "--from", "alembic", "--database-url", "old.db"])
        .code(2)
        .says("`alembic upgrade 009_loyalty`");
}

#[cfg(feature = "servers")]
#[test]
fn a_baseline_is_made_on_a_server() {
    use crate::flows::{Flow, On};
    let name = "a_baseline_is_made_on_a_server";
    let Some(python) = python(name) else {
        return;
    };
    for (on, driver, database) in [
        (On::Postgres, "psycopg2", "PostgreSQL"),
        (On::Mysql, "pymysql", "MySQL"),
    ] {
        let import = format!("import {driver}");
        let found = Command::new(&python).args(["-c", &import]).output();
        match found.is_ok_and(|output| output.status.success()) {
            true => baseline_on(&Flow::new("baseline", on, &[]), &python, database),
            false => {
                let _ = writeln!(io::stderr(), "{name} is left out: there is no {driver}");
            }
        }
    }
}

#[cfg(feature = "servers")]
fn baseline_on(flow: &crate::flows::Flow, python: &str, database: &str) {
    let shop = shop();
    let import = format!(
        "import alembic {} --python {python} --metadata shop:metadata --baseline=8b1e3a5d7f60",
        shop.display()
    );
    flow.migrate(&format!("{import} --scratch-url sqlite:x.db"))
        .code(2)
        .says(&format!("the scratch database is to be one of {database}"));
    flow.migrate(&import)
        .ok()
        .says("one revision stands for 8 revisions");
    flow.migrate("up 8b1e3a5d7f60").ok();
    flow.by_hand("INSERT INTO customers (email, name) VALUES ('ada@example.org', 'Ada')");
    let scratch = match database {
        "PostgreSQL" => "pg_database WHERE datname LIKE 'migrate_scratch%'",
        _ => "information_schema.schemata WHERE schema_name LIKE 'migrate_scratch%'",
    };
    assert_eq!(flow.count(scratch), 0);
    flow.migrate("down base").ok();
}
