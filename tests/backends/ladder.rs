//! `cargo migrate test` on servers: what is left behind after Ctrl-C and after a kill, and what is
//! said and written where there is no database to test on.

use std::env;
use std::ffi::OsString;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use migrate_cli::{Exit, Invocation, Surroundings};
use migrate_core::engine::backend::{Access, BackendKind, DatabaseUrl, Session, connect};
use migrate_core::prelude::*;
use migrate_core::revision::{Body, Downgrade};
use migrate_core::{History, Revision};
use migrate_tests::guest::Guest;
use migrate_tests::scratch::short_name;
use migrate_tests::servers::{self, Database, Server};

use crate::backend::{TestBackend, on_each_server};
use crate::histories::{history, reversible};
use crate::scratch::scratches;

/// How long a process may take to begin, and to end.
const PATIENCE: Duration = Duration::from_secs(120);

fn server(kind: BackendKind) -> Server {
    match kind {
        BackendKind::Postgres => Server::Postgres,
        BackendKind::Mariadb => Server::Mariadb,
        _ => Server::Mysql,
    }
}

fn chain() -> History {
    history(vec![reversible("a", &[], |op| {
        op.create_table(table("t").column(column("n", Integer).primary_key()))
    })])
}

/// What `test` answers with this URL for the server of a kind of database.
fn tested(kind: BackendKind, url: &str, own: &str) -> (Exit, String) {
    said(kind, url, own, &chain(), &["up", "stairway"])
}

/// The same of a history, with these words.
fn said(
    kind: BackendKind,
    url: &str,
    own: &str,
    history: &History,
    words: &[&str],
) -> (Exit, String) {
    let words = [&["test", "--dialect", short_name(kind)], words].concat();
    printed(&words, server(kind).variable(), url, own, history)
}

/// What a command prints, with this value of a variable and the URL of an application's database.
fn printed(words: &[&str], name: &str, url: &str, own: &str, history: &History) -> (Exit, String) {
    let variable = |asked: &str| match asked {
        "DATABASE_URL" if !own.is_empty() => Some(OsString::from(own)),
        asked if asked == name => Some(OsString::from(url)),
        _ => None,
    };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = migrate_cli::run(
        history,
        Invocation {
            program: "cargo migrate".to_owned(),
            arguments: words.iter().map(OsString::from).collect(),
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
    out.extend(err);
    (exit, String::from_utf8(out).unwrap())
}

/// Another process that tests a long history, once it has made a scratch database.
fn begun(kind: BackendKind, session: &mut dyn Session) -> (Child, String) {
    let child = Command::new(env!("CARGO_BIN_EXE_crash"))
        .args(["test", "--jobs", "3", "--dialect", short_name(kind)])
        .args(["resume", "stairway", "full-tables"])
        .env("MIGRATE_TEST_RUNNER", "history")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let own = format!("__migrate_scratch_{}_", child.id());
    let start = Instant::now();
    while !scratches(session).iter().any(|name| name.starts_with(&own)) {
        assert!(start.elapsed() < PATIENCE, "it does not begin");
        std::thread::sleep(Duration::from_millis(20));
    }
    (child, own)
}

fn nothing_is_left_after_an_interrupt_or_a_kill<B: TestBackend>() {
    let url = servers::url(server(B::KIND)).parse().unwrap();
    let mut session = connect(&url, Access::Existing).unwrap();
    let session = session.as_mut();
    for signal in ["-INT", "-TERM"] {
        let (mut child, own) = begun(B::KIND, session);
        let signal = [signal.to_owned(), child.id().to_string()];
        let sent = Command::new("kill").args(signal).status().unwrap();
        assert!(sent.success());
        let ended = child.wait().unwrap();
        let left = scratches(session);
        assert!(!left.iter().any(|name| name.starts_with(&own)), "{left:?}");
        assert_eq!(ended.code(), Some(i32::from(Exit::Stopped.code())));
    }

    let (mut child, own) = begun(B::KIND, session);
    child.kill().unwrap();
    child.wait().unwrap();
    // the server needs a moment to notice
    let gone = (0..50).any(|_| {
        let (exit, text) = tested(B::KIND, url.as_secret_str(), "");
        assert_eq!(exit, Exit::Done, "{text}");
        !scratches(session).iter().any(|name| name.starts_with(&own))
    });
    assert!(gone, "{own}");
}

fn where_nothing_can_be_tested_it_is_said<B: TestBackend>() {
    let database = Database::new(server(B::KIND), "ladder");
    database.execute("CREATE TABLE t (a INTEGER)");
    let guest = Guest::new(&database);
    guest.may("SELECT", "t");
    let (exit, text) = tested(B::KIND, guest.url(), "");
    assert_eq!(exit, Exit::No, "{text}");
    assert!(
        text.contains("cannot be tested: cannot create a scratch database"),
        "{text}"
    );
    assert!(text.contains("ask an administrator to run"), "{text}");
    // the application's own database, whoever is its user
    let (exit, text) = tested(B::KIND, database.url(), guest.url());
    assert_eq!(exit, Exit::No, "{text}");
    assert!(
        text.contains("is the URL of the application's own database"),
        "{text}"
    );
    let (scheme, _) = database.url().split_once("://").unwrap();
    let nowhere = format!("{scheme}://ada:s3cret@127.0.0.1:1/app");
    let (exit, text) = tested(B::KIND, &nowhere, "");
    assert_eq!(exit, Exit::No, "{text}");
    assert!(
        text.contains("cannot be tested: ") && !text.contains("s3cret"),
        "{text}"
    );
}

fn a_revision_is_written_without_a_trial_where_none_can_be_made<B: TestBackend>() {
    let database = Database::new(server(B::KIND), "ladder");
    let history = chain();
    let url = database.url().parse().unwrap();
    let mut session = connect(&url, Access::Write).unwrap();
    let migrator = migrate_core::Migrator::new(&history);
    migrator.upgrade(session.as_mut(), "head").unwrap();
    let guest = Guest::new(&database);
    guest.may("SELECT", "*");
    let words = "schema autogenerate --autogenerate --from database --to empty --json";
    let mut words: Vec<&str> = words.split(' ').collect();
    let (exit, text) = printed(&words, "DATABASE_URL", guest.url(), "", &history);
    assert_eq!(exit, Exit::Revision, "{text}");
    assert!(
        text.contains("cannot create a scratch database") && text.contains("`--unproven`"),
        "{text}"
    );
    words.push("--unproven");
    let (exit, text) = printed(&words, "DATABASE_URL", guest.url(), "", &history);
    assert_eq!(exit, Exit::Done, "{text}");
    assert!(text.contains("\"proven\": null"), "{text}");
    assert!(
        text.contains("not proven: cannot create a scratch"),
        "{text}"
    );
    assert!(text.contains("op.drop_table("), "{text}");
}

/// Its second revision drops what is read, and does not restore it.
fn forgetful() -> History {
    history(vec![
        reversible("a", &[], |op| {
            let id = column("id", Integer).primary_key();
            let note = column("note", Text).nullable();
            op.create_table(table("t").column(id).column(note))
        }),
        Revision::new(
            "b",
            &["a"],
            "drop the note",
            "migrations/b/up.sql",
            1,
            Body::sql("ALTER TABLE t DROP COLUMN note"),
            Downgrade::Function(Body::sql("ALTER TABLE t ADD COLUMN other INT")),
        ),
    ])
}

fn what_is_kept_stays_until_it_is_dropped<B: TestBackend>() {
    let url = servers::url(server(B::KIND)).parse().unwrap();
    let mut session = connect(&url, Access::Existing).unwrap();
    let secret = url.as_secret_str();
    let (exit, text) = said(B::KIND, secret, "", &forgetful(), &["stairway", "--keep"]);
    assert_eq!(exit, Exit::No, "{text}");
    let name = text.split("__migrate_scratch_").nth(1).unwrap();
    let name: String = name
        .chars()
        .take_while(|sign| sign.is_ascii_digit() || *sign == '_')
        .collect();
    let name = format!("__migrate_scratch_{name}");
    assert!(text.contains("kept: "), "{text}");
    // the next run leaves it alone
    let (_, text) = tested(B::KIND, secret, "");
    assert!(text.contains("stairway    passed"), "{text}");
    assert!(scratches(session.as_mut()).contains(&name));
    let kept = url.with_database(&name);
    let mut kept = connect(&kept, Access::Existing).unwrap();
    // as the downgrade left it
    kept.execute("INSERT INTO t (id, other) VALUES (1, 2)")
        .unwrap();
    drop(kept);
    session.execute(&format!("DROP DATABASE {name}")).unwrap();
}

fn queries_prepare_before_and_after<B: TestBackend>() {
    let url = servers::url(server(B::KIND))
        .parse::<DatabaseUrl>()
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("queries.sql");
    let mark = if B::KIND == BackendKind::Postgres {
        "$1"
    } else {
        "?"
    };
    let queries =
        format!("SELECT id FROM t WHERE id = {mark};\nSELECT note FROM t;\nDELETE FROM t;\n");
    std::fs::write(&file, queries).unwrap();
    let file = file.to_str().unwrap();
    let words = ["previous", "--since", "a", "--queries", file];
    let (exit, text) = said(B::KIND, url.as_secret_str(), "", &forgetful(), &words);
    assert_eq!(exit, Exit::No, "{text}");
    let found = format!("the query in {file}:2 prepares before this revision, and not after it");
    assert!(text.contains(&found), "{text}");
    assert_eq!(text.matches(" previous: ").count(), 1, "{text}");
    assert!(text.contains("revision `b`"), "{text}");
}

on_each_server! {
    what_is_kept_stays_until_it_is_dropped
    queries_prepare_before_and_after
    nothing_is_left_after_an_interrupt_or_a_kill
    where_nothing_can_be_tested_it_is_said
    a_revision_is_written_without_a_trial_where_none_can_be_made
}
