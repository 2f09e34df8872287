//! `--sql`: a script, run by the database's own client, leaves what a run leaves. Each case of the operations comes through
//! here, besides the tests below.

use migrate_core::backend::BackendKind;
use migrate_core::error::Error;
use migrate_core::prelude::*;
use migrate_core::{History, Migrator};

use crate::backend::{TestBackend, difference, on_each_backend};
use crate::engine::applied;
use crate::histories::{history, irreversible, reversible, three, with_downgrade};
use crate::operations::Case;

/// That a case's script does what its operations do; one that needs to look at the database must say so, and that is given.
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

/// That a script from nothing to the head does what a run does.
fn same<B: TestBackend>(history: &History, script: &str, name: &str) {
    let (online, offline) = (B::place(), B::place());
    let mut run = B::session(&online);
    Migrator::new(history)
        .upgrade(run.as_mut(), "head")
        .unwrap();
    let by_run = B::catalogue(run.as_mut());
    B::tidy(run.as_mut());
    B::run_script(&offline, script);
    let mut ran = B::session(&offline);
    let by_script = B::catalogue(ran.as_mut());
    B::tidy(ran.as_mut());
    assert_eq!(difference(&by_run, &by_script), [""; 0], "{name}");
    assert_eq!(
        applied(history, run.as_mut()),
        applied(history, ran.as_mut()),
        "{name}"
    );
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

fn a_stamp_is_a_script_too<B: TestBackend>() {
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

/// What a client that cuts a script at each semicolon would get wrong.
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

on_each_backend! {
    ranges_go_up_and_down
    a_stamp_is_a_script_too
    statements_come_through_whole
}
