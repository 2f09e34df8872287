//! What the commands report about SQL folders, with their exit codes: what only a client can run is
//! refused before anything runs, keywords used as names do not end a statement, and a setting that
//! a folder leaves in the session, on which later revisions may rely, is a warning.

use migrate_cli::{Invocation, Surroundings};
use migrate_core::History;
use migrate_core::engine::backend::BackendKind;
use migrate_core::revision::{Body, Downgrade, Revision};

use crate::backend::{TestBackend, on_each_server};
use crate::histories::history;

on_each_server! {
    client_commands_are_refused_before_anything_runs
    names_and_lines_for_the_client_end_no_statement
    check_reports_session_settings
}

/// An exit code, and the printed text.
struct Said {
    code: u8,
    out: String,
    err: String,
}

/// A history of two SQL folders.
fn folders(first: &'static str) -> History {
    let folder = |id, parents, file, sql| {
        let body = Body::sql(sql);
        Revision::new(id, parents, "", file, 1, body, Downgrade::Irreversible)
    };
    history(vec![
        folder("1", &[], "m/1/up.sql", first),
        folder("2", &["1"], "m/2/up.sql", "CREATE TABLE later (id int)"),
    ])
}

/// Runs a command of the command line.
fn run<B: TestBackend>(place: &B::Place, history: &History, line: &str) -> Said {
    let url = B::url(place).as_secret_str().to_owned();
    let variable = |name: &str| (name == "DATABASE_URL").then(|| url.clone().into());
    let directory = tempfile::tempdir().unwrap();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = migrate_cli::run(
        history,
        Invocation {
            program: "cargo migrate".to_owned(),
            arguments: line.split_whitespace().map(Into::into).collect(),
            surroundings: Surroundings {
                directory: directory.path().to_owned(),
                variable: &variable,
            },
            out: &mut anstream::StripStream::new(&mut out),
            err: &mut anstream::StripStream::new(&mut err),
            scripts: None,
            terminal: false,
        },
    );
    Said {
        code: exit.code(),
        out: String::from_utf8(out).unwrap(),
        err: String::from_utf8(err).unwrap(),
    }
}

fn client_commands_are_refused_before_anything_runs<B: TestBackend>() {
    let inserts = "write INSERT statements; `pg_dump --inserts` does";
    let cases: &[(&'static str, u32, &str, &str)] = match B::KIND {
        BackendKind::Postgres => &[
            (
                "CREATE TABLE m (a text);\nCOPY m FROM STDIN;",
                2,
                "`COPY … FROM STDIN` needs a client",
                inserts,
            ),
            (
                "CREATE TABLE notes (id int, body text);\nCOPY notes (id, body) FROM /* rows */ stdin;\n1\tit's; here\n2\t\\N\n\\.\nSELECT 1;",
                2,
                "`COPY … FROM STDIN` needs a client",
                inserts,
            ),
            (
                "CREATE TABLE m (a text);\n\\copy m from 'm.csv'",
                2,
                "`\\copy` is a command of psql",
                inserts,
            ),
            (
                "\\connect shop\nCREATE TABLE m (a text);",
                1,
                "`\\connect` is a command of psql",
                "leave it out",
            ),
        ],
        _ => &[
            (
                "CREATE TABLE m (a INT);\nDELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END\nDELIMITER ;\n",
                4,
                "`DELIMITER` is a command of the mysql client",
                "a body from BEGIN to END is kept whole",
            ),
            (
                "CREATE TABLE m (a INT);\nsource other.sql\n",
                2,
                "`source` is a command of the mysql client",
                "write the text",
            ),
            (
                "use shop\nCREATE TABLE m (a INT);",
                1,
                "`use shop` without `;` is for the mysql client",
                "end the statement",
            ),
        ],
    };
    // the others have nothing to test
    let commands: &[&str] = match B::KIND {
        BackendKind::Postgres => &["up", "up --dry-run"],
        _ => &["up"],
    };
    let place = B::place();
    for (sql, line, what, help) in cases {
        let history = folders(sql);
        for command in commands {
            let said = run::<B>(&place, &history, command);
            assert_eq!(said.code, 1, "{sql}: {}", said.err);
            assert!(
                said.err.contains(what) && said.err.contains(help),
                "{}",
                said.err
            );
            assert!(
                said.err.contains(&format!("m/1/up.sql:{line}")),
                "{}",
                said.err
            );
        }
        let said = run::<B>(&place, &history, "check");
        assert_eq!(said.code, 1, "{sql}: {}", said.out);
        assert!(
            said.out.contains(what) && said.out.contains(help),
            "{}",
            said.out
        );
    }
    assert_eq!(B::tables(B::session(&place).as_mut()), 0);
}

fn names_and_lines_for_the_client_end_no_statement<B: TestBackend>() {
    let texts: &[&'static str] = match B::KIND {
        BackendKind::Postgres => &[
            "CREATE TABLE t4 (\"end\" int);\nCREATE FUNCTION f1() RETURNS int LANGUAGE sql BEGIN ATOMIC\n  SELECT 1 AS end;\n  \
             SELECT t4.end FROM t4;\nEND;\nCREATE TABLE after_it (id int);",
            "CREATE TABLE t5 (begin int, \"case\" int);\nCREATE FUNCTION f2(begin int) RETURNS int BEGIN /* END; */ ATOMIC\n  SELECT \
             CASE WHEN begin > 1 THEN t5.case END AS case FROM t5; END;\nCREATE TABLE after_it (id int);",
        ],
        _ => &[
            "CREATE TABLE ent (id int);\nDELIMITER ;;\nCREATE TRIGGER ent_bi BEFORE INSERT ON ent FOR EACH ROW\nBEGIN\n  SET NEW.id = \
             NEW.id + 1;\nEND;;\nDELIMITER ;\nCREATE TABLE after_it (id int);",
            "CREATE TABLE ev (id int, start int, end int);\nCREATE PROCEDURE p()\nBEGIN\n  SELECT start, end FROM ev;\nEND;\n\
             CREATE TABLE after_it (id int);",
            "CREATE PROCEDURE q()\nBEGIN\n  DECLARE start DATE;\n  DECLARE end /* of it */ DATE;\n  until: LOOP LEAVE until; END LOOP;\n\
             END;\nCREATE TABLE after_it (id int);",
            "DELIMITER $$\nCREATE PROCEDURE r()\nBEGIN\n  SELECT 1 AS\n  delimiter ,2;\n  delimiter : BEGIN END delimiter;\nEND $$\n\
             CREATE TABLE after_it (id int) $$",
        ],
    };
    for sql in texts {
        let place = B::place();
        let said = run::<B>(&place, &folders(sql), "up");
        assert_eq!(said.code, 0, "{sql}: {}", said.err);
        let facts = B::catalogue(B::session(&place).as_mut());
        let is_there = facts.iter().any(|fact| fact.contains("after_it"));
        assert!(is_there, "{sql}: {facts:?}");
    }
}

fn check_reports_session_settings<B: TestBackend>() {
    let (sets, what, help, restores) = match B::KIND {
        BackendKind::Postgres => (
            "SELECT 1;\nSET search_path TO pg_catalog, public;",
            "`search_path`",
            "`?options=-csearch_path%3DPATH`",
            "SET search_path TO pg_catalog; RESET search_path;",
        ),
        _ => (
            "SELECT 1;\n/*!40101 SET sql_mode = '' */;",
            "`sql_mode`",
            "write it again in each file that needs it",
            "SET @old = @@sql_mode, sql_mode = ''; SET sql_mode = @old;",
        ),
    };
    let place = B::place();
    let history = folders(sets);
    assert_eq!(run::<B>(&place, &history, "up").code, 0);
    let said = run::<B>(&place, &history, "check");
    let warning = format!(
        "warning: revision `1` sets {what} for its session (`m/1/up.sql:2`), but later revisions begin with the connection's own\n    \
         help: "
    );
    assert!(
        said.out.starts_with(&warning) && said.out.contains(help),
        "{}",
        said.out
    );
    assert!(said.out.contains("\nok: 2 revisions"), "{}", said.out);
    assert_eq!(said.code, 0);
    let said = run::<B>(&place, &history, "check --json");
    let json: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let warning = &json["warnings"][0];
    assert_eq!(warning["kind"], "setting_left", "{json}");
    assert_eq!(warning["revisions"], serde_json::json!(["1"]), "{json}");
    assert_eq!(warning["places"][0]["line"], 2, "{json}");
    let said = run::<B>(&B::place(), &folders(restores), "check");
    assert!(!said.out.contains("warning"), "{}", said.out);
}
