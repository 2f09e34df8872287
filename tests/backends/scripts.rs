//! `--sql`: a script, run by the database's own client, leaves what a run leaves. Each case of the
//! operations comes through here, besides the tests below.

use std::borrow::Cow;
use std::ffi::OsString;

use migrate_cli::{Invocation, Surroundings};
use migrate_core::engine::backend::{BackendKind, DatabaseUrl};
use migrate_core::error::Error;
use migrate_core::prelude::*;
use migrate_core::revision::{Body, Downgrade, Revision};
use migrate_core::{History, Migrator};

use crate::adoption::contents;
use crate::backend::{TestBackend, difference, on_each_backend};
use crate::engine::applied;
use crate::histories::{history, irreversible, reversible, three, with_downgrade};
use crate::operations::Case;

/// A case's script does what its operations do; if it needs the catalogue it must say so, and that
/// is returned.
pub(crate) fn check<B: TestBackend>(case: &Case) -> Option<String> {
    let change = irreversible("2", &["1"], case.change);
    let change = match case.name.contains("concurrently") {
        true => change.without_transaction(),
        false => change,
    };
    let history = history(vec![irreversible("1", &[], case.before), change]);
    match Migrator::new(&history).upgrade_script(B::KIND, "head") {
        Ok(script) => {
            same::<B>(&history, &script.to_string(), case.name);
            None
        }
        Err(Error::NoScript(missing)) => {
            assert!(missing.iter().all(|missing| !missing.help().is_empty()));
            let reasons: Vec<&str> = missing
                .iter()
                .map(|missing| missing.reason.as_str())
                .collect();
            Some(format!("script: {}", reasons.join("; ")))
        }
        Err(error) => panic!("{}: {error}", case.name),
    }
}

/// A script from nothing to the head does what a run does, rows and programs included.
fn same<B: TestBackend>(history: &History, script: &str, name: &str) {
    let (online, offline) = (B::place(), B::place());
    let mut run = B::session(&online);
    Migrator::new(history)
        .upgrade(run.as_mut(), "head")
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let by_run = contents::<B>(&online);
    B::tidy(run.as_mut());
    B::run_script(&offline, script);
    let mut ran = B::session(&offline);
    let by_script = contents::<B>(&offline);
    B::tidy(ran.as_mut());
    assert_eq!(
        difference(&by_run.facts, &by_script.facts),
        [""; 0],
        "{name}"
    );
    assert_eq!(by_run, by_script, "{name}\n{script}");
}

/// SQL folders by their texts; those that begin with `!` run without a transaction.
fn texts(texts: &[&str]) -> History {
    let revisions = texts.iter().enumerate().map(|(index, text)| {
        let leak = |text: String| -> &'static str { text.leak() };
        let (text, outside) = match text.strip_prefix('!') {
            Some(text) => (text, true),
            None => (*text, false),
        };
        let parents: Vec<&'static str> = (0..index)
            .rev()
            .take(1)
            .map(|parent| leak(parent.to_string()))
            .collect();
        let revision = Revision::new(
            leak(index.to_string()),
            parents.leak(),
            "",
            leak(format!("m/{index}/up.sql")),
            1,
            Body::sql(leak(text.to_owned())),
            Downgrade::Irreversible,
        );
        if outside {
            revision.without_transaction()
        } else {
            revision
        }
    });
    history(revisions.collect())
}

/// Histories that change the session, and then do something that would show it.
fn settings(kind: BackendKind) -> &'static [&'static [&'static str]] {
    match kind {
        BackendKind::Sqlite => &[
            // foreign keys are as in the library
            &["CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT);
               CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER NOT NULL REFERENCES parent (id) ON DELETE CASCADE);
               INSERT INTO parent VALUES (1, 'a'), (2, 'b'); INSERT INTO child VALUES (1, 1), (2, 2);",
              "DELETE FROM parent WHERE id = 1;"],
            &["CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p INTEGER REFERENCES p (id) ON DELETE SET NULL);
               INSERT INTO p VALUES (1); INSERT INTO c VALUES (1);",
              "!PRAGMA foreign_keys = OFF; DELETE FROM p; INSERT INTO p VALUES (2); INSERT INTO c VALUES (2);",
              "DELETE FROM p;"],
            &["CREATE TABLE t (n INTEGER); CREATE TABLE log (n INTEGER);
               CREATE TRIGGER g AFTER UPDATE ON t WHEN new.n < 3 BEGIN UPDATE t SET n = n + 1; INSERT INTO log VALUES (new.n); END;
               INSERT INTO t VALUES (0);",
              "PRAGMA recursive_triggers = ON; UPDATE t SET n = 0;",
              "UPDATE t SET n = 0;"],
            &["CREATE TABLE t (a); CREATE TEMP TABLE w (a); INSERT INTO w VALUES (1); INSERT INTO t SELECT a FROM w;",
              "CREATE TABLE w (a); INSERT INTO w VALUES (2);"],
            &["PRAGMA case_sensitive_like = ON; CREATE TABLE t (a)",
              "INSERT INTO t SELECT 'a' LIKE 'A'"],
        ],
        BackendKind::Postgres => &[
            &["SELECT pg_catalog.set_config('search_path', '', false);\nCREATE TABLE public.a (id int);",
              "CREATE TABLE b (id int);"],
            &["CREATE SCHEMA app; SET search_path TO app; CREATE TABLE a (id int);", "CREATE TABLE b (id int);"],
            &["!CREATE SCHEMA app; SET search_path TO app; CREATE TABLE a (id int);", "CREATE TABLE b (id int);"],
            &["CREATE TABLE a (id int, by text DEFAULT current_user); GRANT ALL ON a TO pg_monitor; SET ROLE pg_monitor; \
               INSERT INTO a (id) VALUES (1);",
              "INSERT INTO a (id) VALUES (2);"],
            &["CREATE TABLE a (at timestamp, note text); SET TIME ZONE 'Asia/Tokyo'; INSERT INTO a VALUES ('2020-01-01 00:00+00'::timestamptz, 'x');",
              "INSERT INTO a VALUES ('2020-01-01 00:00+00'::timestamptz, 'y');"],
            &["CREATE TEMP TABLE a (id int); CREATE TABLE public.kept (id int); INSERT INTO a VALUES (1);",
              "CREATE TABLE a (id int, name text); INSERT INTO a VALUES (1, 'x');"],
            &["CREATE TABLE a (v text); SET app.tenant = '7'; INSERT INTO a VALUES (current_setting('app.tenant'));",
              "INSERT INTO a VALUES (current_setting('app.tenant', true));"],
            &["PREPARE p AS SELECT 1; CREATE TABLE a (n int)", "PREPARE p AS SELECT 2; INSERT INTO a VALUES (1)"],
        ],
        _ => &[
            &["CREATE TABLE ent (id int);
/*!50003 CREATE*/ /*!50017 DEFINER=CURRENT_USER*/ /*!50003 TRIGGER ent_bi BEFORE INSERT
ON ent FOR EACH ROW
BEGIN
  SET NEW.id = NEW.id + 1;
  SET @x = 1;
END */;",
              "INSERT INTO ent VALUES (1);"],
            &["SET sql_mode = ''; CREATE TABLE t (d VARCHAR(2)); INSERT INTO t VALUES ('abc');",
              "INSERT IGNORE INTO t VALUES ('def'); INSERT INTO t VALUES (@@sql_mode = '');"],
            &["/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
               CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY); INSERT INTO t VALUES (0);",
              "INSERT INTO t VALUES (0), (NULL);"],
            &["CREATE TABLE t (n VARCHAR(20)); SET @v = 'seven'; INSERT INTO t VALUES (@v);", "INSERT INTO t VALUES (@v);"],
            &["CREATE TABLE p (id INT PRIMARY KEY); CREATE TABLE c (p INT, FOREIGN KEY (p) REFERENCES p (id)); \
               SET foreign_key_checks = 0; INSERT INTO c VALUES (1);",
              "CREATE TABLE seen (v INT); INSERT INTO seen VALUES (@@foreign_key_checks);"],
            &["CREATE TEMPORARY TABLE w (a INT); CREATE TABLE t (a INT);", "CREATE TABLE w (a INT, b INT); INSERT INTO w VALUES (1, 2);"],
            &["CREATE TABLE t (at TIMESTAMP NULL, z VARCHAR(20)); SET time_zone = '+05:00'; INSERT INTO t VALUES ('2020-01-01 00:00:00', @@time_zone);",
              "INSERT INTO t VALUES ('2020-01-01 00:00:00', @@time_zone);"],
            &["CREATE TABLE t (a VARCHAR(20) CHARACTER SET utf8mb4); SET NAMES latin1;", "INSERT INTO t VALUES ('\u{e4}\u{20ac}');"],
            &["SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE; SET autocommit = 0; CREATE TABLE t (a INT);",
              "INSERT INTO t VALUES (@@autocommit);"],
        ],
    }
}

fn settings_of_the_session_are_as_in_a_run<B: TestBackend>() {
    for case in settings(B::KIND) {
        let history = texts(case);
        let script = Migrator::new(&history)
            .upgrade_script(B::KIND, "head")
            .unwrap();
        same::<B>(&history, &script.to_string(), case[0]);
    }
}

fn ranges_go_up_and_down<B: TestBackend>() {
    let history = three();
    let migrator = Migrator::new(&history);
    let place = B::place();
    let mut session = B::session(&place);
    let up = |range: &str| migrator.upgrade_script(B::KIND, range).unwrap().to_string();
    let down = |range: &str| {
        let script = migrator.downgrade_script(B::KIND, range).unwrap();
        script.to_string()
    };

    B::run_script(&place, &up("a"));
    assert_eq!(applied(&history, session.as_mut()), ["a"]);
    B::run_script(&place, &up("a:c"));
    assert_eq!(applied(&history, session.as_mut()), ["a", "b", "c"]);
    assert_eq!(
        B::of_rows(session.as_mut(), "name", "users"),
        ["Ada", "Grace"]
    );
    B::run_script(&place, &down("c:a"));
    assert_eq!(applied(&history, session.as_mut()), ["a"]);
    assert_eq!(B::of_rows(session.as_mut(), "name", "users"), [""; 0]);
    B::run_script(&place, &down("a:base"));
    assert_eq!(applied(&history, session.as_mut()), [""; 0]);
    assert_eq!(B::tables(session.as_mut()), 0);
}

fn stamp_has_a_script_too<B: TestBackend>() {
    let history = three();
    let migrator = Migrator::new(&history);
    let place = B::place();
    let mut session = B::session(&place);
    let stamp = |range: &str| {
        migrator
            .stamp_script(B::KIND, &[range])
            .unwrap()
            .to_string()
    };
    B::run_script(&place, &stamp("head"));
    assert_eq!(applied(&history, session.as_mut()), ["a", "b", "c"]);
    B::run_script(&place, &stamp("head:a"));
    assert_eq!(applied(&history, session.as_mut()), ["a"]);
}

/// What a client that splits a script at each semicolon would get wrong.
fn statements_come_through_whole<B: TestBackend>() {
    let history = history(vec![
        reversible("a", &[], |op| {
            op.create_table(table("users").column(column("name", VarChar(100))))?;
            op.create_table(table("log").column(column("name", VarChar(100))))
        }),
        with_downgrade("b", &["a"], logging, |_| Ok(())),
        with_downgrade("c", &["b"], rows, |_| Ok(())),
    ]);
    let script = Migrator::new(&history)
        .upgrade_script(B::KIND, "head")
        .unwrap()
        .to_string();
    let place = B::place();
    B::run_script(&place, &script);
    let mut session = B::session(&place);
    let mut logged = B::of_rows(session.as_mut(), "name", "log");
    logged.sort(); // as bytes, whatever the database's order is
    assert_eq!(logged, ROWS);
    assert_eq!(applied(&history, session.as_mut()), ["a", "b", "c"]);
}

/// In the order of their bytes.
const ROWS: [&str; 6] = [
    "'); DROP TABLE users; --",
    "/* a",
    "COMMIT;\nDELIMITER //\n\\q",
    "\\' # \\",
    "it's $$ \"b\" `c`",
    "Äé 🦀",
];

fn rows(op: &mut Operations<'_>) -> Result<()> {
    op.bulk_insert("users", ["name"], ROWS.map(|row| (row,)))?;
    op.execute("UPDATE users SET name = name -- that is; all\n")
}

/// A trigger with statements inside.
fn logging(op: &mut Operations<'_>) -> Result<()> {
    match op.dialect() {
        BackendKind::Postgres => {
            op.execute(
                "CREATE FUNCTION logged() RETURNS trigger LANGUAGE plpgsql AS $body$\nBEGIN\n  \
                 INSERT INTO log VALUES (new.name);\n  RETURN new;\nEND;\n$body$",
            )?;
            op.execute(
                "CREATE TRIGGER logging AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION logged()",
            )
        }
        BackendKind::Sqlite => op.execute(
            "CREATE TRIGGER logging AFTER INSERT ON users BEGIN\n  \
             INSERT INTO log VALUES (new.name);\n  UPDATE log SET name = name;\nEND",
        ),
        _ => op.execute(
            "CREATE TRIGGER logging AFTER INSERT ON users FOR EACH ROW BEGIN\n  \
             INSERT INTO log VALUES (new.name);\n  UPDATE log SET name = name; -- all\nEND",
        ),
    }
}

/// A command on a database: its exit code and its output.
pub(crate) fn command(history: &History, url: &DatabaseUrl, line: &str) -> (u8, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let variable = |name: &str| match name {
        "DATABASE_URL" => Some(OsString::from(url.as_secret_str())),
        _ => None,
    };
    let exit = migrate_cli::run(
        history,
        Invocation {
            program: "cargo migrate".to_owned(),
            arguments: line.split_whitespace().map(OsString::from).collect(),
            surroundings: Surroundings {
                directory: std::env::temp_dir(),
                variable: &variable,
            },
            out: &mut anstream::StripStream::new(&mut out),
            err: &mut anstream::StripStream::new(&mut err),
            scripts: None,
            terminal: false,
        },
    );
    let [out, err] = [out, err].map(|text| String::from_utf8(text).unwrap());
    (exit.code(), out, err)
}

/// A text that needs the database's client: the message, the line, and the help.
type ForAClient = (&'static str, &'static str, u32, &'static str);

fn for_a_client(kind: BackendKind) -> &'static [ForAClient] {
    match kind {
        BackendKind::Postgres => &[
            (
                "COPY a (b) FROM STDIN;\n1\n\\.\n",
                "`COPY … FROM STDIN` needs a client that sends the rows",
                1,
                "write INSERT statements; `pg_dump --inserts` does",
            ),
            (
                "\\restrict x\nSELECT 1;\n\\connect other\n",
                "`\\connect` is a command of psql",
                3,
                "leave it out: a revision runs on the database that the URL names",
            ),
            (
                "SELECT 1;\n\\restrict\nSELECT 'a",
                "`\\restrict` is a command of psql",
                2,
                "leave it out",
            ),
            (
                "SELECT 1;\n\u{feff}CREATE TABLE c (d INT);",
                "a byte order mark (U+FEFF) is no SQL",
                2,
                "remove it: files that are joined keep the mark that each begins with",
            ),
            (
                "DELIMITER //\nSELECT 1//\nDELIMITER ;\n",
                "`DELIMITER` is a command of the mysql client",
                1,
                "leave it out, and end each statement with `;`: a body in `$$ … $$` is kept whole",
            ),
        ],
        BackendKind::Sqlite => &[
            (
                "SELECT 1;\n.read other.sql\n",
                "`.read` is a command of sqlite3",
                2,
                "leave it out",
            ),
            (
                "DELIMITER //\nSELECT 1//\nDELIMITER ;\n",
                "`DELIMITER` is a command of the mysql client",
                1,
                "leave it out, and end each statement with `;`: a body from BEGIN to END is kept whole",
            ),
        ],
        _ => &[
            (
                "SELECT 1;\n\u{feff}CREATE TABLE c (d INT);",
                "a byte order mark (U+FEFF) is no SQL",
                2,
                "remove it: files that are joined keep the mark that each begins with",
            ),
            (
                "SOURCE other.sql;",
                "`SOURCE` is a command of the mysql client",
                1,
                "write the text of that file here",
            ),
            (
                "SELECT 1;\nDELIMITER '//'\nSELECT 2//\n",
                "`DELIMITER` is a command of the mysql client",
                2,
                "leave it out, and end each statement with `;`: a body from BEGIN to END is kept whole",
            ),
        ],
    }
}

fn client_commands_are_refused_by_each_command<B: TestBackend>() {
    let place = B::place();
    let url = B::url(&place);
    for (text, what, line, help) in for_a_client(B::KIND) {
        for text in [(*text).to_owned(), format!("!{text}")] {
            let history = texts(&["CREATE TABLE a (b INT)", &text]);
            let run = |line: &str| command(&history, &url, line);
            let refused = format!("revision `1` cannot be run: {what} (`m/1/up.sql:{line}`)\n");
            let up = (1, String::new(), format!("error: {refused}help: {help}\n"));
            assert_eq!(run("up"), up);
            let missing = format!(
                "error: revision `1` cannot be written into a script: line {line}: {what}\n\
                 note: the revision is in `m/1/up.sql:1`\nhelp: {help}\n"
            );
            assert_eq!(run("up --sql"), (2, String::new(), missing));
            let (code, out, _) = run("check");
            let problem = format!("problem: {refused}    help: {help}\n");
            assert!(code == 1 && out.starts_with(&problem), "{out}");
        }
        assert_eq!(B::tables(B::session(&place).as_mut()), 0, "{text}");
    }
}

on_each_backend! {
    client_commands_are_refused_by_each_command
    ranges_go_up_and_down
    stamp_has_a_script_too
    statements_come_through_whole
    settings_of_the_session_are_as_in_a_run
}

#[test]
fn a_foreign_key_that_a_run_refuses_a_script_refuses() {
    use crate::sqlite::Sqlite;
    let history = texts(&["CREATE TABLE b (id integer primary key);
         CREATE TABLE a (id integer primary key, b int references b (id));
         INSERT INTO a VALUES (1, 7);"]);
    let migrator = Migrator::new(&history);
    let error = migrator
        .upgrade(Sqlite::session(&Sqlite::place()).as_mut(), "head")
        .unwrap_err();
    assert!(
        error.to_string().contains("FOREIGN KEY constraint failed"),
        "{error}"
    );
    let script = migrator
        .upgrade_script(BackendKind::Sqlite, "head")
        .unwrap()
        .to_string();
    let ran = std::panic::catch_unwind(|| Sqlite::run_script(&Sqlite::place(), &script));
    let said = ran.unwrap_err();
    let said = said.downcast_ref::<String>().unwrap();
    assert!(said.contains("FOREIGN KEY constraint failed"), "{said}");
}

#[test]
fn the_statements_of_an_sql_file_are_parts_of_its_text() {
    let text = "-- rows\nINSERT INTO t VALUES (1);\n\n/* more */ INSERT INTO t VALUES (';') ;\nDROP TABLE t;";
    let history = texts(&[text]);
    let script = Migrator::new(&history).upgrade_script(BackendKind::Sqlite, "head");
    let parts = script.unwrap().parts;
    let statements = &parts.last().unwrap().statements;
    let of_text = |sql: &&Cow<'static, str>| matches!(sql, Cow::Borrowed(_));
    let found: Vec<&Cow<'static, str>> = statements.iter().filter(of_text).collect();
    assert_eq!(
        found,
        [
            "-- rows\nINSERT INTO t VALUES (1)",
            "/* more */ INSERT INTO t VALUES (';')",
            "DROP TABLE t"
        ]
    );
    // the guards around `DROP TABLE` and the record are not in the text
    assert!(statements.len() > found.len(), "{statements:?}");
}

/// A run and a script both refuse the second revision and leave the rows unchanged, or do the same.
fn drops_alike(first: &'static str, drop: Revision, refused: bool) {
    use crate::sqlite::Sqlite;
    let name = format!("{first} {drop:?}");
    let history = history(vec![
        irreversible("1", &[], |_| Ok(())),
        with_sql("2", "1", first),
        drop,
    ]);
    let migrator = Migrator::new(&history);
    let script = migrator
        .upgrade_script(BackendKind::Sqlite, "head")
        .unwrap()
        .to_string();
    if !refused {
        return same::<Sqlite>(&history, &script, &name);
    }
    let (online, offline) = (Sqlite::place(), Sqlite::place());
    let mut run = Sqlite::session(&online);
    assert!(
        migrator.upgrade(run.as_mut(), "head").is_err(),
        "{name}: a run drops it"
    );
    let ran = std::panic::catch_unwind(|| Sqlite::run_script(&offline, &script));
    let said = ran.expect_err(&name);
    let said = said.downcast_ref::<String>().unwrap();
    assert!(
        said.contains("` cannot be dropped: that deletes or unlinks rows that reference it;")
            || said.contains("FOREIGN KEY constraint failed")
            || said.contains("CHECK constraint failed: a foreign key would be broken"),
        "{said}"
    );
    let mut ran = Sqlite::session(&offline);
    assert_eq!(applied(&history, ran.as_mut()), ["1", "2"], "{name}");
    for rows in [
        "SELECT id || ':' || p AS text FROM c",
        "SELECT name AS text FROM p",
    ] {
        assert_eq!(
            Sqlite::values(run.as_mut(), rows),
            Sqlite::values(ran.as_mut(), rows),
            "{name}"
        );
    }
}

fn with_sql(id: &'static str, parent: &'static str, sql: &'static str) -> Revision {
    let body = Body::sql(sql);
    Revision::new(
        id,
        Vec::leak(vec![parent]),
        "",
        "m/up.sql",
        1,
        body,
        Downgrade::Irreversible,
    )
}

#[test]
fn a_table_that_a_run_does_not_drop_a_script_does_not() {
    let drop = |op: &mut Operations<'_>| op.drop_table("p");
    let drops = || {
        let texts = ["DROP TABLE p", "DROP TABLE IF EXISTS main.\"P\" -- all\n;"];
        let sql = texts.map(|text| with_sql("3", "2", text));
        let outside = texts.map(|text| with_sql("3", "2", text).without_transaction());
        let several = with_sql(
            "3",
            "2",
            "INSERT INTO c VALUES (7, NULL); DROP TABLE p; CREATE TABLE last (a)",
        );
        let calls = [irreversible("3", &["2"], drop)];
        sql.into_iter().chain(outside).chain([several]).chain(calls)
    };
    let tables = |key: &str, own: &str, rows: &str| -> &'static str {
        format!(
            "CREATE TABLE p (id INTEGER PRIMARY KEY, name TEXT, up INTEGER {own}); \
             CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER DEFAULT NULL {key}); \
             INSERT INTO p VALUES (1, 'a', NULL), (2, 'b', 1), (3, 'c', NULL); {rows}"
        )
        .leak()
    };
    let own = [
        "",
        "REFERENCES p (id)",
        "REFERENCES p (id) ON DELETE CASCADE",
        "REFERENCES p (id) ON DELETE SET NULL",
    ];
    let (linked, free) = (
        "INSERT INTO c VALUES (1, 1), (2, 3)",
        "INSERT INTO c VALUES (1, NULL)",
    );
    for (key, rows, refused) in [
        ("REFERENCES p (id) ON DELETE CASCADE", linked, true),
        ("REFERENCES p (id) ON DELETE SET NULL", linked, true),
        ("REFERENCES p (id) ON DELETE SET DEFAULT", linked, true),
        ("REFERENCES p (id) ON DELETE RESTRICT", linked, true),
        ("REFERENCES p (id)", linked, true),
        (
            "REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED",
            linked,
            true,
        ),
        ("REFERENCES p (id)", free, false),
        ("", linked, false),
    ] {
        for own in own {
            let drop = with_sql("3", "2", "DROP TABLE p");
            drops_alike(tables(key, own, rows), drop, refused);
        }
    }
    let cascade = "REFERENCES p (id) ON DELETE CASCADE";
    drops().for_each(|drop| drops_alike(tables(cascade, own[1], free), drop, false));
    drops().for_each(|drop| drops_alike(tables(cascade, "", linked), drop, true));
    for text in [
        "DELETE FROM c; DROP TABLE p",
        "DROP TABLE c; DROP TABLE p",
        "DROP TABLE IF EXISTS q",
        "CREATE TABLE n (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO n SELECT id, name FROM p; DELETE FROM c; DROP TABLE p; \
         ALTER TABLE n RENAME TO p",
    ] {
        drops_alike(tables(cascade, "", linked), with_sql("3", "2", text), false);
    }
    let rebuild = "PRAGMA foreign_keys = OFF; CREATE TABLE n (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO n SELECT id, name FROM p; \
                   DROP TABLE p; ALTER TABLE n RENAME TO p";
    let rebuilds = [
        with_sql("3", "2", rebuild),
        with_sql("3", "2", rebuild).without_transaction(),
        with_sql(
            "3",
            "2",
            "pragma main.foreign_keys(no); DELETE FROM p WHERE id = 1; INSERT INTO p VALUES (1, 'again', NULL)",
        ),
    ];
    for rebuild in rebuilds {
        for own in [
            cascade,
            "REFERENCES p (id) ON DELETE SET NULL",
            "REFERENCES p (id)",
        ] {
            drops_alike(tables(own, "", linked), rebuild, false);
        }
    }
    let loses = "PRAGMA foreign_keys = OFF; DELETE FROM p WHERE id = 1";
    drops_alike(tables(cascade, "", linked), with_sql("3", "2", loses), true);
    for (own, refused) in [
        (
            "PRAGMA foreign_keys = OFF; BEGIN; DELETE FROM p WHERE id = 1; END; PRAGMA foreign_keys = ON",
            true,
        ),
        (
            "PRAGMA foreign_keys = OFF; BEGIN; DELETE FROM p WHERE id = 1; ROLLBACK; BEGIN; DELETE FROM p WHERE id = 2; COMMIT",
            false,
        ),
    ] {
        let own = with_sql("3", "2", own).without_transaction();
        drops_alike(tables(cascade, "", linked), own, refused);
    }
}

#[test]
fn settings_that_a_script_cannot_restore_are_named() {
    for kind in [BackendKind::Mysql, BackendKind::Mariadb] {
        if migrate_core::engine::backend::rules(kind).is_err() {
            continue;
        }
        let history = texts(&[
            "CREATE DATABASE IF NOT EXISTS other; USE other;",
            "CREATE TABLE b (id INT)",
        ]);
        let error = Migrator::new(&history)
            .upgrade_script(kind, "head")
            .unwrap_err();
        let Error::NoScript(missing) = error else {
            panic!("{error}")
        };
        assert_eq!(
            missing[0].to_string(),
            format!(
                "revision `0` cannot be written into a script: {} cannot go back from `USE other` in a script, to a database whose \
                 name it does not know",
                kind.name()
            )
        );
        assert_eq!(
            missing[0].help().typed("cargo migrate"),
            "write the database before each name, `other.table`, or run it with `cargo migrate up`"
        );
    }
}
