//! Scratch databases on servers: made, dropped, and removed after a process was killed; and what a
//! command sends that only reads. And the database of a URL, created and dropped. The process that
//! is killed is this test program again.

use std::env;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use migrate_cli::{Exit, Invocation, Surroundings};
use migrate_core::engine::backend::{Access, BackendKind, DatabaseUrl, Scope, Session, connect};
use migrate_core::engine::scratch::{Scratch, ScratchError};
use migrate_core::prelude::*;
use migrate_core::{History, Migrator};
use migrate_tests::guest::Guest;
use migrate_tests::servers::{Database, Server};

use crate::backend::{TestBackend, on_each_server};
use crate::histories::{history, irreversible, reversible};

/// The variable that passes the database to the other process.
const URL: &str = "MIGRATE_TEST_SCRATCH_URL";
/// The beginning of the line by which it says what it made.
const MADE: &str = "made ";

/// The scratch databases of the server.
pub(crate) fn scratches(session: &mut dyn Session) -> Vec<String> {
    let query = match session.backend().kind() {
        BackendKind::Postgres => "SELECT CAST(datname AS text) AS text FROM pg_catalog.pg_database",
        _ => "SELECT CONVERT(schema_name USING utf8mb4) AS text FROM information_schema.schemata",
    };
    let mut names = session.texts(query).unwrap();
    names.retain(|name| name.starts_with("__migrate_scratch_"));
    names
}

/// The other process: makes a scratch database, and waits to be killed.
#[test]
#[ignore = "a process that the other tests here start"]
fn victim() {
    let Ok(url) = env::var(URL) else {
        return;
    };
    let scratch = Scratch::beside(&url.parse().unwrap()).unwrap();
    let mut out = std::io::stdout();
    writeln!(out, "\n{MADE}{}", scratch.name().unwrap()).unwrap();
    out.flush().unwrap();
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

fn it_is_made_beside_the_database_and_dropped<B: TestBackend>() {
    let place = B::place();
    let url = B::url(&place);
    let mut beside = connect(&url, Access::Existing).unwrap();
    let mut scratch = Scratch::beside(&url).unwrap();
    let name = scratch.name().unwrap().to_owned();
    assert!(scratches(beside.as_mut()).contains(&name));
    let facts = B::catalogue(scratch.session().unwrap());
    assert!(facts.is_empty(), "{facts:?}");
    let chain = history(vec![reversible("a", &[], |op| {
        op.create_table(table("t").column(column("n", Integer).primary_key()))
    })]);
    let session = scratch.session().unwrap();
    Migrator::new(&chain).upgrade(session, "head").unwrap();
    let schema = session.inspect(&Scope::current()).unwrap();
    let names = schema.tables.iter().map(|table| table.name.to_string());
    assert_eq!(names.collect::<Vec<_>>(), ["t"]);
    drop(scratch);
    assert!(!scratches(beside.as_mut()).contains(&name));
    assert_eq!(B::tables(beside.as_mut()), 0);
}

fn it_has_the_character_set_of_the_database<B: TestBackend>() {
    let place = B::place();
    let url = B::url(&place);
    let query = match B::KIND {
        BackendKind::Postgres => {
            "SELECT pg_catalog.concat(encoding, datcollate, datctype) AS text FROM pg_catalog.pg_database \
             WHERE datname = pg_catalog.current_database()"
        }
        _ => "SELECT CONCAT(@@character_set_database, @@collation_database) AS text",
    };
    let mut session = connect(&url, Access::Existing).unwrap();
    let mut scratch = Scratch::beside(&url).unwrap();
    assert_eq!(
        session.texts(query).unwrap(),
        scratch.session().unwrap().texts(query).unwrap()
    );
}

fn one_that_a_killed_process_left_is_dropped_by_the_next<B: TestBackend>() {
    let place = B::place();
    let url = B::url(&place);
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "scratch::victim", "--ignored", "--nocapture"])
        .env(URL, url.as_secret_str())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut lines = lines.map(Result::unwrap);
    let name = lines.find_map(|line| line.strip_prefix(MADE).map(str::to_owned));
    let name = name.unwrap();
    let mut session = connect(&url, Access::Existing).unwrap();
    drop(Scratch::beside(&url).unwrap());
    let there = scratches(session.as_mut()).contains(&name);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(there, "a living process keeps its own");
    // the server needs a moment to notice
    let gone = (0..200).any(|_| {
        drop(Scratch::beside(&url).unwrap());
        let gone = !scratches(session.as_mut()).contains(&name);
        if !gone {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        gone
    });
    assert!(gone, "{name}");
}

#[test]
fn a_user_without_the_right_is_told_the_grant() {
    for server in Server::ALL {
        let database = Database::new(server, "scratch_right");
        database.execute("CREATE TABLE t (a INTEGER)");
        let guest = Guest::new(&database);
        guest.may("SELECT", "t");
        match Scratch::beside(&guest.url().parse().unwrap()) {
            Err(ScratchError::Denied { grant, .. }) => {
                assert!(grant.contains(guest.name()), "{grant}");
                let begins = match server {
                    Server::Postgres => "ALTER ROLE ",
                    Server::Mariadb | Server::Mysql => {
                        r"GRANT ALL ON `\_\_migrate\_scratch\_%`.* TO "
                    }
                };
                assert!(grant.starts_with(begins), "{grant}");
                // the statement is right
                database.execute(&grant);
                drop(Scratch::beside(&guest.url().parse().unwrap()).unwrap());
            }
            Err(other) => panic!("{server}: {other}"),
            Ok(_) => panic!("{server}: it was made"),
        }
    }
}

/// Runs a command on a database; returns how it ended, and what it printed.
fn command(history: &History, url: &str, line: &str) -> (Exit, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let variable = |name: &str| (name == "DATABASE_URL").then(|| OsString::from(url));
    let exit = migrate_cli::run(
        history,
        Invocation {
            program: "cargo migrate".to_owned(),
            arguments: line.split(' ').map(OsString::from).collect(),
            surroundings: Surroundings {
                directory: env::temp_dir(),
                variable: &variable,
            },
            out: &mut anstream::StripStream::new(&mut out),
            err: &mut anstream::StripStream::new(&mut err),
            scripts: None,
            terminal: false,
        },
    );
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (exit, text(out), text(err))
}

fn a_failing_history_leaves_no_scratch_database<B: TestBackend>() {
    let place = B::place();
    let url = B::url(&place);
    let failing = history(vec![irreversible("a", &[], |op| {
        op.execute("THIS IS NO SQL")?;
        Ok(())
    })]);
    let mut session = connect(&url, Access::Existing).unwrap();
    let own = format!("__migrate_scratch_{}_", std::process::id());
    let (exit, out, err) = command(&failing, url.as_secret_str(), "schema dump history");
    assert_eq!((exit, out.as_str()), (Exit::Revision, ""), "{err}");
    assert!(err.contains("it ran on a scratch database"), "{err}");
    let made: Vec<String> = err
        .split('`')
        .filter(|word| word.starts_with(&own))
        .map(str::to_owned)
        .collect();
    let left = scratches(session.as_mut());
    assert!(made.iter().all(|name| !left.contains(name)), "{left:?}");
}

fn drift_makes_no_scratch_database_beside_the_configured_one<B: TestBackend>() {
    let place = B::place();
    let url = B::url(&place);
    let chain = history(vec![reversible("a", &[], |op| {
        op.create_table(table("t").column(column("n", Integer).primary_key()))
    })]);
    Migrator::new(&chain)
        .upgrade(B::session(&place).as_mut(), "head")
        .unwrap();
    let (exit, _, err) = command(&chain, url.as_secret_str(), "drift");
    assert_eq!(exit, Exit::Usage, "{err}");
    assert!(err.contains("--scratch-url"), "{err}");
    let (exit, out, _) = command(&chain, url.as_secret_str(), "check --drift");
    assert_eq!(exit, Exit::Done, "{out}");
    assert!(out.contains("drift: could not be compared"), "{out}");
    let line = format!("drift --scratch-url {}", url.as_secret_str());
    let (exit, out, err) = command(&chain, url.as_secret_str(), &line);
    assert_eq!((exit, out.as_str()), (Exit::Done, ""), "{err}");
}

fn what_only_reads_sends_nothing_else_and_few_statements<B: TestBackend>() {
    let place = B::place();
    let chain = history(vec![reversible("a", &[], |op| {
        for name in ["t", "u", "v"] {
            op.create_table(table(name).column(column("n", Integer).primary_key()))?;
        }
        op.create_index(index("ix_t").on("t", ["n"]))
    })]);
    let mut session = B::session(&place);
    Migrator::new(&chain)
        .upgrade(session.as_mut(), "head")
        .unwrap();
    let mut session = B::session(&place);
    assert!(session.watch(), "its statements can be seen");
    // what `drift` asks the database, with the history's schema at hand
    session.applied().unwrap();
    let schema = session.inspect(&Scope::current()).unwrap();
    let sent = session.watched();
    assert_eq!(schema.tables.len(), 3);
    let reads = [
        "SELECT", "PRAGMA", "SHOW", "BEGIN", "COMMIT", "SET", "START", "WITH", "ROLLBACK",
    ];
    for statement in &sent {
        let sql = statement.sql.trim_start().to_ascii_uppercase();
        assert!(reads.iter().any(|word| sql.starts_with(word)), "{sql}");
    }
    assert!(sent.len() <= 10, "{sent:#?}");
}

fn the_database_of_a_url_is_created_and_dropped<B: TestBackend>() {
    let place = B::place();
    let name = match B::KIND {
        BackendKind::Postgres => "migrate%20\"new\"%20",
        _ => "migrate-new%20",
    };
    let name = format!("{name}{}", std::process::id());
    let url = B::url(&place).with_database(&name);
    let chain = history(vec![reversible("a", &[], |op| {
        op.create_table(table("t").column(column("n", Integer).primary_key()))
    })]);
    let run = |line: &str| {
        let (exit, out, err) = command(&chain, url.as_secret_str(), line);
        assert!(!err.contains("panicked"), "{err}");
        (exit, out + &err)
    };
    let (exit, text) = run("status");
    assert_eq!(exit, Exit::Usage, "{text}");
    assert!(text.contains("`cargo migrate database create`"), "{text}");
    let (exit, text) = run("database create");
    assert_eq!(exit, Exit::Done, "{text}");
    assert!(text.starts_with("created the database `"), "{text}");
    let (exit, text) = run("database create");
    assert_eq!(exit, Exit::Done, "{text}");
    assert!(text.contains("exists already"), "{text}");
    let (exit, text) = run("up --quiet");
    assert_eq!(exit, Exit::Done, "{text}");
    let (exit, text) = run("database drop --yes");
    assert_eq!(exit, Exit::Usage, "{text}");
    assert!(text.contains("`--allow-reset`"), "{text}");
    // another session has it open
    let mut open = connect(&url, Access::Existing).unwrap();
    let waits = match B::KIND {
        BackendKind::Postgres => "SELECT 'x' AS text",
        _ => "SELECT 'x' AS text FROM t LOCK IN SHARE MODE",
    };
    open.execute("BEGIN").unwrap();
    open.texts(waits).unwrap();
    let (exit, text) = run("database drop --yes --allow-reset");
    assert_eq!(exit, Exit::Usage, "{text}");
    assert!(text.contains("end the sessions that use it"), "{text}");
    drop(open);
    let (exit, text) = run("database drop --yes --allow-reset --json");
    assert_eq!(exit, Exit::Done, "{text}");
    assert!(
        text.contains("1 table: t") && text.contains("\"changed\": true"),
        "{text}"
    );
    let (exit, text) = run("database drop --yes --allow-reset");
    assert_eq!(exit, Exit::Done, "{text}");
    assert!(text.contains("there is no database"), "{text}");
}

#[test]
fn a_user_who_may_not_create_a_database_gets_the_grant() {
    for server in Server::ALL {
        let database = Database::new(server, "create_right");
        let guest = Guest::new(&database);
        let url: DatabaseUrl = guest.url().parse().unwrap();
        let url = url.with_database("migrate_not_to_be_created");
        let chain = history(Vec::new());
        let (exit, _, err) = command(&chain, url.as_secret_str(), "database create");
        assert_eq!(exit, Exit::Usage, "{server}: {err}");
        assert!(
            err.contains("ask an administrator to run `"),
            "{server}: {err}"
        );
        assert!(err.contains(guest.name()), "{server}: {err}");
        // one of another user is there, although MySQL does not list it for this one
        let other = Database::new(server, "of_another");
        let name = other.url().rsplit('/').next().unwrap();
        let url = url.with_database(name);
        let line = "database drop --yes --allow-reset";
        let (exit, _, err) = command(&chain, url.as_secret_str(), line);
        assert_ne!(exit, Exit::Done, "{server}: {err}");
        assert!(!err.contains("nothing to do"), "{server}: {err}");
        drop(connect(&other.url().parse().unwrap(), Access::Existing).unwrap());
    }
}

on_each_server! {
    the_database_of_a_url_is_created_and_dropped
    it_is_made_beside_the_database_and_dropped
    it_has_the_character_set_of_the_database
    one_that_a_killed_process_left_is_dropped_by_the_next
    a_failing_history_leaves_no_scratch_database
    drift_makes_no_scratch_database_beside_the_configured_one
    what_only_reads_sends_nothing_else_and_few_statements
}
