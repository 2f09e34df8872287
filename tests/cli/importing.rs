//! `import` and `stamp --from`: projects of other tools become histories, and their databases
//! continue from where they are.
//!
//! Alembic itself runs only where `MIGRATE_TEST_ALEMBIC_PYTHON` names a Python that has it. The
//! other tests have a program that prints what the script of `import` answered there, which
//! `importing/shop.jsonl` has.

mod others;
mod real;

use std::fs;
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::sqlite::SqliteConnection;
use diesel::{Connection, RunQueryDsl, sql_query};
use migrate_tests::Project;

/// The Alembic project of these tests.
fn shop() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cli/importing/shop")
}

/// What a real Python has answered about it, for SQLite.
fn recorded() -> String {
    fs::read_to_string(shop().with_extension("jsonl")).unwrap()
}

/// A program that prints this and reads nothing, in place of a Python.
fn python(project: &Project, answer: &str) -> String {
    fs::write(project.outside("answer"), answer).unwrap();
    let program = project.outside("python");
    let answer = project.outside("answer");
    let text = format!("#!/bin/sh\nexec cat '{}'\n", answer.display());
    fs::write(&program, text).unwrap();
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(&program, mode).unwrap();
    }
    program.to_str().unwrap().to_owned()
}

/// `import alembic` of the shop.
fn import(project: &Project, more: &[&str]) -> migrate_tests::Output {
    let python = python(project, &recorded());
    let shop = shop();
    let mut arguments = vec![
        "import",
        "alembic",
        shop.to_str().unwrap(),
        "--python",
        &python,
    ];
    arguments.extend(more);
    project.migrate(arguments)
}

/// The project with the one revision ported that needs it.
fn imported(name: &str) -> Project {
    let project = Project::library(name);
    import(&project, &[]).ok();
    port(&project);
    project
}

const TO_PORT: &str = "migrations/5e8b7d4c2f37_split_the_names_of_customers.rs";

fn port(project: &Project) {
    let text = project.read(TO_PORT);
    let (before, rest) = text.split_once("    Err(").unwrap();
    let (_, after) = rest.split_once("}\n").unwrap();
    let before = before.replace("upgrade(_:", "upgrade(op:");
    let body = "    op.add_column(\"customers\", column(\"family_name\", VarChar(100)).nullable())?;\n    \
                op.execute(\"UPDATE customers SET family_name = name\")\n";
    project.write(TO_PORT, &format!("{before}{body}}}\n{after}"));
}

/// Runs SQL on a SQLite file of the project.
fn sqlite(project: &Project, file: &str, sql: &str) {
    let path = project.path(file);
    let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    connection.batch_execute(sql).unwrap();
}

/// The names of all tables of a SQLite file.
fn tables(project: &Project, file: &str) -> Vec<String> {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Text)]
        name: String,
    }
    let path = project.path(file);
    let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    let query = sql_query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name");
    let rows: Vec<Row> = query.load(&mut connection).unwrap();
    rows.into_iter().map(|row| row.name).collect()
}

/// All files below the folder of the revisions, with their texts.
fn files(project: &Project) -> Vec<(String, String)> {
    fn collect(folder: &Path, root: &Path, files: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => collect(&path, root, files),
                false => files.push((
                    path.strip_prefix(root).unwrap().display().to_string(),
                    fs::read_to_string(&path).unwrap(),
                )),
            }
        }
    }
    let root = project.path("migrations");
    let mut files = Vec::new();
    collect(&root, &root, &mut files);
    files.sort();
    files
}

#[test]
fn alembics_revisions_become_revisions_of_ours() {
    let project = Project::library("alembic");
    import(&project, &[])
        .ok()
        .prints("migrations/1f0c2a9b7d31_create_customers/up.sql\n")
        .prints("migrations/5e8b7d4c2f37_split_the_names_of_customers.rs\n")
        .says("writing 9 revisions to `migrations`")
        .says("done: wrote 9 revisions, 7 SQL folders and 2 Rust files")
        .says("to do: `migrations/5e8b7d4c2f37_split_the_names_of_customers.rs`: port alembic/versions/5e8b7d4c2f37_split_names.py: \
               a query is not answered without a database, in line 21: for row in connection.execute(")
        .says("next: `cargo migrate check`; for a database that has them already: `cargo migrate stamp --from alembic`");

    // the graph is Alembic's
    let history = project.migrate(["history", "--json"]).ok().json();
    let of = |id: &str| {
        let all = history["revisions"].as_array().unwrap();
        let one = all.iter().find(|one| one["id"] == id).unwrap();
        ["down_revision", "depends_on", "branch_labels"].map(|key| one[key].to_string())
    };
    for (id, parents, dependencies, labels) in [
        ("1f0c2a9b7d31", "[]", "[]", "[]"),
        (
            "3c5d8e2f6b14",
            r#"["2b7e4c1d9a05"]"#,
            "[]",
            r#"["billing"]"#,
        ),
        (
            "4d9a1b3c7e26",
            r#"["3c5d8e2f6b14"]"#,
            r#"["6f2c5e8a1b48"]"#,
            "[]",
        ),
        (
            "6f2c5e8a1b48",
            r#"["5e8b7d4c2f37"]"#,
            "[]",
            r#"["logistics"]"#,
        ),
        (
            "7a4d6f9b3c59",
            r#"["4d9a1b3c7e26","6f2c5e8a1b48"]"#,
            "[]",
            "[]",
        ),
        ("009_loyalty", r#"["8b1e3a5d7f60"]"#, "[]", "[]"),
    ] {
        assert_eq!(of(id), [parents, dependencies, labels], "{id}");
    }
    assert_eq!(
        project.read("migrations/7a4d6f9b3c59_join_billing_and_logistics/metadata.toml"),
        "run_in_transaction = true\ndown_revision = [\"4d9a1b3c7e26\", \"6f2c5e8a1b48\"]\ndowngrade = \"nothing\"\n"
    );
    let up = project.read("migrations/6f2c5e8a1b48_warehouses/up.sql");
    assert!(up.starts_with("PRAGMA foreign_keys = OFF;\n"), "{up}");
    assert!(
        up.contains("INSERT INTO warehouses (id, city) VALUES (1, 'Bern');"),
        "{up}"
    );

    // a body that needs a database is an error that names its file
    project
        .migrate(["up"])
        .code(3)
        .says("the upgrade of revision `5e8b7d4c2f37` failed: port alembic/versions/5e8b7d4c2f37_split_names.py");
    project.migrate(["current"]).ok().prints("2b7e4c1d9a05");
    port(&project);
    project
        .migrate(["up"])
        .ok()
        .says("the database is at head `009_loyalty`");
    project.migrate(["down", "8b1e3a5d7f60"]).code(3).says(
        "port alembic/versions/009_loyalty-points_loyalty.py: NotImplementedError: points stay",
    );
    // what lies below reverts as Alembic's own downgrades do
    sqlite(&project, "app.db", "DROP TABLE points");
    project.migrate(["stamp", "8b1e3a5d7f60"]).ok();
    project.migrate(["down", "base"]).ok();
    assert_eq!(
        tables(&project, "app.db"),
        ["__diesel_schema_migrations", "__migrate_journal"]
    );
}

#[test]
fn an_import_is_repeated_without_effect_and_overwrites_nothing() {
    let project = Project::library("again");
    let answer = import(&project, &["--json"]).ok().json();
    assert_eq!(answer["dialect"], "sqlite", "{answer}");
    assert_eq!(answer["revisions"].as_array().map(Vec::len), Some(9));
    assert_eq!(
        answer["to_port"].to_string(),
        r#"["5e8b7d4c2f37","009_loyalty"]"#
    );
    let before = files(&project);
    import(&project, &[])
        .ok()
        .says("nothing to do: `migrations` has all 9 revisions already");
    assert_eq!(files(&project), before);

    port(&project);
    let ported = files(&project);
    import(&project, &[])
        .code(2)
        .says("`migrations` has revisions already")
        .says("note: `5e8b7d4c2f37` is there with other contents");
    fs::remove_dir_all(project.path("migrations/8b1e3a5d7f60_index_the_invoices_of_an_order"))
        .unwrap();
    import(&project, &[])
        .code(2)
        .says("note: `8b1e3a5d7f60` is not there")
        .says("--missing`");
    import(&project, &["--missing"])
        .ok()
        .prints("migrations/8b1e3a5d7f60_index_the_invoices_of_an_order/up.sql\n");
    assert_eq!(files(&project), ported);

    // revisions of another history
    let other = Project::library("other");
    other.table_revision("20260101000000", "");
    import(&other, &[])
        .code(2)
        .says("note: `20260101000000` is not among what is imported");
    assert_eq!(files(&other).len(), 1);
    import(&other, &["--missing"])
        .ok()
        .says("note: the history has 2 heads");
}

#[test]
fn the_text_of_the_files_gives_the_same_history() {
    let project = Project::library("text");
    let shop = shop();
    let shop = shop.to_str().unwrap();
    project
        .migrate(["import", "alembic", shop, "--no-python"])
        .ok()
        .says("done: wrote 9 revisions, 1 SQL folder and 8 Rust files")
        .says("port `upgrade` of alembic/versions/1f0c2a9b7d31_create_customers.py");
    let read = Project::library("read");
    import(&read, &[]).ok();
    let graph = |project: &Project| {
        let history = project.migrate(["history", "--json"]).ok().json();
        let all = history["revisions"].as_array().unwrap().iter();
        let keys = ["id", "down_revision", "depends_on", "branch_labels"];
        let rows = all.map(|one| keys.map(|key| one[key].to_string()));
        rows.collect::<Vec<_>>()
    };
    assert_eq!(graph(&project), graph(&read));
    // the folder with `env.py` is enough
    let folder = Project::library("folder");
    let scripts = format!("{shop}/alembic");
    folder
        .migrate(["import", "alembic", &scripts, "--no-python"])
        .ok();
    assert_eq!(graph(&folder), graph(&read));
}

#[test]
fn what_cannot_be_read_is_refused_and_leaves_nothing() {
    let project = Project::library("refused");
    let refused = |answer: &str| {
        let python = python(&project, answer);
        let shop = shop();
        project
            .migrate([
                "import",
                "alembic",
                shop.to_str().unwrap(),
                "--python",
                &python,
            ])
            .code(2)
    };
    refused("{\"failure\": \"alembic\", \"error\": \"No module named 'alembic'\"}\n")
        .says("has no Alembic: No module named 'alembic'")
        .says("help: name the Python that has it by `--python PROGRAM`, or read only the history: `--no-python`");
    refused("{\"failure\": \"history\", \"error\": \"KeyError: 'x'\"}\n")
        .says("Alembic cannot read its revisions: KeyError: 'x'");
    refused("hello\n").says("gave no answer");
    refused("").says("gave no answer");
    // a parent that is not there, and an id that cannot be recorded
    let line = |id: &str, parent: &str| {
        format!(
            "{{\"id\": \"{id}\", \"down_revision\": [\"{parent}\"], \"depends_on\": [], \"branch_labels\": [], \
             \"doc\": \"x\", \"file\": \"x.py\", \"up_sql\": [], \"down_sql\": []}}\n"
        )
    };
    let versions = "{\"alembic\": \"1.20.1\", \"sqlalchemy\": \"2.1.9\"}\n";
    refused(&format!("{versions}{}", line("b", "a")))
        .says("what was read is no sound history, so nothing is written")
        .says("no revision `a` in this history");
    refused(&format!("{versions}{}", line("b c", "b c"))).says("`b c`");
    assert!(files(&project).is_empty());

    project
        .migrate(["import", "alembic", "nowhere"])
        .code(2)
        .says("there is no Alembic project in `nowhere`");
    let shop = shop();
    let shop = shop.to_str().unwrap();
    project
        .migrate(["import", "alembic", shop, "--python", "no-such-python"])
        .code(2)
        .says("cannot run `no-such-python`");
    project.write("own/alembic.ini", "[alembic]\nscript_location = here\n");
    project
        .migrate(["import", "alembic", "own", "--no-python"])
        .code(2)
        .says("there is no folder `own/here/versions`");
    project
        .write("own/here/versions/a.py", "revision = 'a'\ndown_revision = NAME\n")
        .migrate(["import", "alembic", "own", "--no-python"])
        .code(2)
        .says("cannot read `own/here/versions/a.py`: line 2 assigns something else to `down_revision`");
    assert!(files(&project).is_empty());
}

#[test]
fn a_database_continues_from_alembics_rows() {
    let project = imported("stamped");
    let alembic = |file: &str, rows: &[&str]| {
        let mut sql =
            "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);"
                .to_owned();
        for row in rows {
            sql += &format!("INSERT INTO alembic_version VALUES ('{row}');");
        }
        sqlite(&project, file, &sql);
    };
    let stamp =
        |file: &str| project.migrate(["stamp", "--from", "alembic", "--database-url", file]);

    // before the database has the record, it is named as what to do
    alembic("before.db", &["4d9a1b3c7e26"]);
    sqlite(&project, "before.db", "CREATE TABLE customers (id INTEGER)");
    let help = "help: `alembic_version` has what is applied; record it with `cargo migrate stamp --from alembic`";
    for (command, code) in [("check --database", 1), ("status", 0), ("up", 3)] {
        let words = command.split(' ').chain(["--database-url", "before.db"]);
        project.migrate(words).code(code).says(help);
    }

    // parents and dependencies of two rows
    alembic("two.db", &["4d9a1b3c7e26", "5e8b7d4c2f37"]);
    let answer = project
        .migrate([
            "stamp",
            "--from",
            "alembic",
            "--database-url",
            "two.db",
            "--json",
        ])
        .ok()
        .says("`alembic_version` has `4d9a1b3c7e26` and `5e8b7d4c2f37`; 6 revisions to record")
        .says("  1f0c2a9b7d31, create customers")
        .json();
    let mut added: Vec<&str> = answer["added"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|id| id.as_str())
        .collect();
    added.sort_unstable();
    assert_eq!(
        added,
        [
            "1f0c2a9b7d31",
            "2b7e4c1d9a05",
            "3c5d8e2f6b14",
            "4d9a1b3c7e26",
            "5e8b7d4c2f37",
            "6f2c5e8a1b48"
        ]
    );
    // again, and with more recorded than Alembic knows
    stamp("two.db")
        .ok()
        .says("nothing to do: all that `alembic_version` says is recorded");
    project
        .migrate(["stamp", "head", "--database-url", "two.db"])
        .ok();
    stamp("two.db")
        .ok()
        .says("nothing to do")
        .says("the database is at head `009_loyalty`");
    assert!(tables(&project, "two.db").contains(&"alembic_version".to_owned()));

    // beside what is recorded on another branch
    alembic("beside.db", &["3c5d8e2f6b14"]);
    project
        .migrate(["stamp", "6f2c5e8a1b48", "--database-url", "beside.db"])
        .ok();
    stamp("beside.db").ok().says("1 revision to record");
    project
        .migrate(["current", "--database-url", "beside.db"])
        .ok()
        .prints("3c5d8e2f6b14")
        .prints("6f2c5e8a1b48");

    // nothing is written
    alembic("unknown.db", &["3c5d8e2f6b14", "ffffffffffff"]);
    stamp("unknown.db")
        .code(2)
        .says("`alembic_version` has a revision that this history does not have: `ffffffffffff`")
        .says("help: import what is missing: `cargo migrate import alembic --missing`");
    assert_eq!(tables(&project, "unknown.db"), ["alembic_version"]);
    alembic("empty.db", &[]);
    stamp("empty.db")
        .ok()
        .says("nothing to do: `alembic_version` in `empty.db` is empty");
    sqlite(&project, "none.db", "CREATE TABLE t (id INTEGER)");
    stamp("none.db")
        .code(2)
        .says("there is no table `alembic_version` in `none.db`");
    stamp("absent.db")
        .code(2)
        .says("there is no table `alembic_version` in `absent.db`");
    assert!(!project.path("absent.db").exists());
    project
        .migrate(["stamp", "--from", "alembic", "head"])
        .code(2);
    project.migrate(["stamp"]).code(2);
}
