//! `test`: what a person sees of the ladder, and what is refused before it.

use std::ffi::OsString;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use diesel::{Connection, RunQueryDsl, SqliteConnection};
use migrate_core::prelude::*;
use migrate_core::revision::{Body, Downgrade};
use migrate_core::{BackendKind, History, Revision};
use snapbox::{assert_data_eq, str};

use crate::histories::{CHAIN, FORKED, ONE_WAY};
use crate::support::Folder;

const BOOKS: Revision = Revision::new(
    "20261101090000",
    &[],
    "Create books.",
    "migrations/20261101090000_books/up.sql",
    1,
    Body::sql("CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT);"),
    Downgrade::Function(Body::sql("DROP TABLE books;")),
);

/// Its downgrade forgets the index.
const TITLES: Revision = Revision::new(
    "20261108120000",
    &["20261101090000"],
    "Index titles.",
    "migrations/20261108120000_titles/up.sql",
    1,
    Body::sql("CREATE INDEX ix_books_title ON books (title); CREATE TABLE log (id INTEGER);"),
    Downgrade::Function(Body::sql("DROP TABLE log;")),
);

pub(crate) static FORGETFUL: History = History::new(&[&[&BOOKS, &TITLES]]);

#[test]
fn a_sound_history_has_no_finding() {
    let said = Folder::new().run(&FORKED, "test");
    assert_data_eq!(
        said.out,
        str![[r#"
sqlite
  graph       passed   5 revisions, 0 ms
  up          passed   5 revisions, 0 ms
  stairway    passed   5 revisions, 0 ms
  down        passed   5 revisions, 0 ms
  rows        passed   5 revisions, 0 ms
  full-tables passed   5 revisions, 0 ms
  orders      passed   1 pair, 0 ms
      note: the order of `20261109130000` and `20261108120000` changes the order of columns: `users` has id, name, phone, mail instead of id, name, mail, phone
      note: all 2 orders were tried
  scripts     passed   5 revisions, 0 ms
  resume      passed   48 interruptions, 0 ms
  models      skipped  the source declares no models
  print       skipped  `diesel.toml` names no file

ok: 5 revisions

"#]]
    );
    assert_eq!((said.code, said.err.as_str()), (0, ""));
}

#[test]
fn an_irreversible_revision_is_named() {
    let said = Folder::new().run(&ONE_WAY, "test stairway down");
    assert_data_eq!(
        said.out,
        str![[r#"
sqlite
  stairway    passed   2 revisions, 1 irreversible, 0 ms
      irreversible: 20261108120000
  down        passed   0 revisions, 1 irreversible, 0 ms
      irreversible: 20261108120000
      note: `20261108120000` is irreversible: nothing was reverted

ok: 2 revisions

"#]]
    );
    assert_eq!(said.code, 0);
}

#[test]
fn what_a_downgrade_forgets_is_named_with_the_command_that_repeats_it() {
    let folder = Folder::new();
    let said = folder.run(&FORGETFUL, "test --junit junit.xml");
    assert_data_eq!(
        said.out,
        str![[r#"
sqlite
  graph       passed   2 revisions, 0 ms
  up          passed   2 revisions, 0 ms
  stairway    failed   2 revisions, 0 ms
  down        skipped  a downgrade is not whole
  rows        passed   1 revision, 0 ms
      note: `20261108120000` was not tested: on tables without rows: the upgrade of revision `20261108120000` failed: index ix_books_title already exists
  full-tables passed   1 revision, 0 ms
      note: `20261108120000` was not tested: on tables without rows: the upgrade of revision `20261108120000` failed: index ix_books_title already exists
  orders      skipped  the history has one order
  scripts     passed   2 revisions, 0 ms
  resume      passed   18 interruptions, 0 ms
  models      skipped  the source declares no models
  print       skipped  `diesel.toml` names no file

sqlite stairway: the downgrade does not restore the catalogue that was there before the upgrade
  --> migrations/20261108120000_titles/up.sql:1, revision `20261108120000`
    + create index `ix_books_title` on `books`
repeat: cargo migrate test stairway --only 20261108120000 --keep

not ok: failures on sqlite

"#]]
    );
    assert_eq!(said.code, 1);
    let junit = std::fs::read_to_string(folder.path().join("junit.xml")).unwrap();
    for part in [
        "<testsuite name=\"migrations.sqlite\" tests=\"11\" failures=\"1\" errors=\"0\" skipped=\"4\"",
        "<testcase classname=\"migrations.sqlite\" name=\"stairway\"",
        "<failure message=\"the downgrade does not restore the catalogue that was there before the upgrade\">",
        "<skipped message=\"a downgrade is not whole\"/>",
    ] {
        assert!(junit.contains(part), "{part}\n{junit}");
    }
    let repeated = folder.run(&FORGETFUL, "test stairway --only 20261108120000");
    assert_eq!(repeated.code, 1);
    // the revision before it is applied, and not tested
    let before = folder.run(&FORGETFUL, "test --only 20261101090000");
    assert_eq!(before.code, 0, "{}", before.out);
    let after = folder.run(&FORGETFUL, "test --since 20261108120000");
    assert_eq!(after.code, 0, "{}", after.out);
    assert!(
        !folder.database().exists(),
        "the configured database is left alone"
    );
}

const DROPS: Revision = Revision::new(
    "20261108120000",
    &["20261101090000"],
    "drop the note",
    "migrations/20261108120000_note/up.sql",
    1,
    Body::sql("ALTER TABLE books DROP COLUMN note"),
    Downgrade::Function(Body::sql("ALTER TABLE books ADD COLUMN note TEXT")),
);
const NOTED: Revision = Revision::new(
    "20261101090000",
    &[],
    "create books",
    "migrations/20261101090000_books/up.sql",
    1,
    Body::sql("CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT NOT NULL, note TEXT)"),
    Downgrade::Function(Body::sql("DROP TABLE books")),
);

#[test]
fn a_loss_of_values_is_found_and_can_be_declared() {
    static LOSES: History = History::new(&[&[&NOTED, &DROPS]]);
    let folder = Folder::new();
    let said = folder.run(&LOSES, "test rows full-tables --seed 7");
    assert_data_eq!(
        said.out,
        str![[r#"
sqlite
  rows        failed   2 revisions, 0 ms
  full-tables passed   2 revisions, 0 ms

sqlite rows: the downgrade does not restore the rows that were there before the upgrade
  --> migrations/20261108120000_note/up.sql:1, revision `20261108120000`
note: `books.note`: 7 of 8 rows differ or are gone, such as 'a'
note: if that is right, declare it with the reason: `lossy = ["books.note: …"]`
repeat: cargo migrate test --seed 7 rows --only 20261108120000 --keep

not ok: failures on sqlite

"#]]
    );
    assert_eq!(said.code, 1);
    const DECLARED: Revision = DROPS.with_lossy(&["books.note: only a cache"]);
    static DECLARES: History = History::new(&[&[&NOTED, &DECLARED]]);
    let declared = folder.run(&DECLARES, "test rows");
    assert_eq!(declared.code, 0, "{}", declared.out);
    let other = folder.run(&LOSES, "test rows --seed many");
    assert_eq!(other.code, 2);
}

#[test]
fn what_cannot_be_tested_is_said() {
    let folder = Folder::new();
    let listed = r#"{ "values": { "test.backends": { "value": "sqlite\npostgres", "origin": { "kind": "default" } } } }"#;
    let variables = [("CARGO_MIGRATE_CONFIG", OsString::from(listed))];
    let said = folder.run_with(&CHAIN, "test up", &variables);
    // a workspace with servers builds this with their databases
    let why = match migrate_core::engine::backend::rules(BackendKind::Postgres) {
        Ok(_) => str![[r#"
sqlite
  up          passed   3 revisions, 0 ms
postgres
  cannot be tested: no server for tests on PostgreSQL is named
  help: set `MIGRATE_TEST_POSTGRES_URL`, or write `postgres-url = "…"` under `[package.metadata.migrate.test]` in Cargo.toml: the URL of a database whose user may create others

not ok: failures on postgres

"#]],
        Err(_) => str![[r#"
sqlite
  up          passed   3 revisions, 0 ms
postgres
  cannot be tested: PostgreSQL is not enabled in this program
  help: add its feature to `migrate-core` in Cargo.toml: `features = ["postgres"]`

not ok: failures on postgres

"#]],
    };
    assert_data_eq!(said.out, why);
    assert_eq!(said.code, 1);
    for (line, words) in [
        ("test stair", "invalid value 'stair'"),
        ("test --only 2027", "no revision or branch label `2027`"),
        ("test --since nonsense", "nonsense"),
        ("test --dialect oracle", "invalid value 'oracle'"),
        (
            "test up --junit no/such/folder.xml",
            "cannot write `no/such/folder.xml`",
        ),
    ] {
        let said = folder.run(&CHAIN, line);
        assert_eq!(said.code, 2, "{line}: {}", said.err);
        assert!(said.err.contains(words), "{line}: {}", said.err);
    }
}

const PAGES: Revision = Revision::new(
    "20261109090000",
    &["20261108120000"],
    "add pages",
    "migrations/20261109090000_pages/up.sql",
    1,
    Body::sql("ALTER TABLE books ADD COLUMN pages INTEGER"),
    Downgrade::Function(Body::sql("ALTER TABLE books DROP COLUMN pages")),
);
static RELEASED: History = History::new(&[&[&NOTED, &DROPS, &PAGES]]);

#[test]
fn queries_prepare_before_the_new_revisions_and_after_them() {
    let folder = Folder::new();
    let queries = "SELECT note FROM books;\nSELECT title FROM books WHERE id = ?;\n-- a new one\n\
                   INSERT INTO books (title, pages) VALUES (?, ?);\nSELECT nothing FROM books;\n";
    fs::write(folder.path().join("q.sql"), queries).unwrap();
    let said = folder.run(
        &RELEASED,
        "test previous --since 20261101090000 --queries q.sql",
    );
    assert_data_eq!(
        said.out,
        str![[r#"
sqlite
  previous    failed   4 checks, 0 ms

sqlite previous: the query in q.sql:1 prepares before this revision, and not after it
  --> migrations/20261108120000_note/up.sql:1, revision `20261108120000`
note: no such column: note
note: it is written in q.sql:1
repeat: cargo migrate test previous --since 20261101090000 --queries q.sql --keep

sqlite previous: the query in q.sql:4 prepares from this revision on, and not on the database that the release before has
  --> migrations/20261109090000_pages/up.sql:1, revision `20261109090000`
note: table books has no column named pages
note: it is written in q.sql:4
repeat: cargo migrate test previous --since 20261101090000 --queries q.sql --keep

sqlite previous: the query in q.sql:5 prepares neither before nor after
note: near "nothing": syntax error
note: it is written in q.sql:5
repeat: cargo migrate test previous --since 20261101090000 --queries q.sql --keep

not ok: failures on sqlite

"#]]
    );
    assert_eq!(said.code, 1);
    fs::write(folder.path().join("q.sql"), "SELECT title FROM books").unwrap();
    let said = folder.run(&RELEASED, "test --since 20261101090000 --queries q.sql");
    assert!(
        said.out.contains("previous    passed   1 check"),
        "{}",
        said.out
    );
    let whole = folder.run(&RELEASED, "test previous --queries q.sql");
    assert!(
        whole.out.contains("it needs what the queries run on"),
        "{}",
        whole.out
    );
    let alone = folder.run(&RELEASED, "test previous");
    assert!(
        alone.out.contains("it needs the release before"),
        "{}",
        alone.out
    );
    assert_eq!((whole.code, alone.code), (0, 0));
    fs::write(folder.path().join("q.sql"), "-- nothing").unwrap();
    for (file, words) in [("q.sql", "`q.sql` has no query"), ("no.sql", "cannot read")] {
        let line = format!("test previous --since 20261101090000 --queries {file}");
        let said = folder.run(&RELEASED, &line);
        let all = said.out + &said.err;
        assert!(said.code != 0 && all.contains(words), "{all}");
    }
}

#[test]
fn what_the_release_before_reads_is_there() {
    let folder = Folder::new();
    let text = "table! { books (id) { id -> Integer, title -> Text, note -> Nullable<Text>, } }\n\
                table! { elsewhere (id) { id -> Integer, } }\n";
    let file = migrate_models::read_file("src/schema.rs", text, "migrate_core");
    let (models, problems) = migrate_models::Models::resolve(vec![file]);
    assert!(problems.is_empty());
    let past = serde_json::json!({
        "name": "v1",
        "commit": "0123",
        "revisions": ["20261001000000", "20261101090000"],
        "models": models,
    });
    let path = folder.path().join("past.json");
    fs::write(&path, past.to_string()).unwrap();
    let listed = serde_json::json!({ "past": path, "values": {} }).to_string();
    let variables = [("CARGO_MIGRATE_CONFIG", OsString::from(listed))];
    let said = folder.run_with(&RELEASED, "test graph previous --since v1", &variables);
    assert_data_eq!(
        said.out,
        str![[r#"
sqlite
  graph       passed   3 revisions, 0 ms
  previous    failed   4 checks, 0 ms
      note: `elsewhere` was not tested, as the database before the new revisions has it otherwise: no such table: elsewhere

sqlite previous: revision `20261001000000` was there at `v1`, and is gone
note: a database that has it is at an unknown revision, and is refused
repeat: cargo migrate test previous --since v1 --keep

sqlite previous: what the release before reads is gone: `books.note`
  --> migrations/20261108120000_note/up.sql:1, revision `20261108120000`
note: no such column: t.note
note: it is written in src/schema.rs:1 at `v1`
repeat: cargo migrate test previous --since v1 --keep

not ok: failures on sqlite

"#]]
    );
    assert_eq!(said.code, 1);
}

/// Its upgrade fails over rows without a title.
const COPIED: Revision = Revision::new(
    "20261108120000",
    &["20261101090000"],
    "Copy books.",
    "migrations/20261108120000_copied/up.sql",
    1,
    Body::sql(
        "CREATE TABLE copied (id INTEGER, title TEXT NOT NULL); INSERT INTO copied SELECT id, title FROM books;",
    ),
    Downgrade::Function(Body::sql("DROP TABLE copied;")),
);

#[test]
fn rungs_that_share_their_work_find_what_they_find_alone() {
    static OVER_ROWS: History = History::new(&[&[&BOOKS, &COPIED]]);
    let folder = Folder::new();
    for history in [&FORKED, &OVER_ROWS] {
        let rungs = |line: &str| {
            let said = folder.run(history, &format!("test {line} --json"));
            let answer: serde_json::Value = serde_json::from_str(&said.out).unwrap();
            let mut rungs = answer["backends"][0]["rungs"].as_array().unwrap().clone();
            rungs
                .iter_mut()
                .for_each(|rung| rung["duration_ms"] = serde_json::Value::Null);
            rungs
        };
        let together = rungs("stairway up down rows full-tables scripts");
        assert_eq!(together.len(), 6);
        for rung in &together {
            let alone = rungs(rung["rung"].as_str().unwrap());
            assert_eq!(std::slice::from_ref(rung), alone, "{rung:#}");
        }
    }
}

#[test]
fn rungs_at_once_answer_as_one_after_another() {
    let folder = Folder::new();
    let one = folder.run(&FORGETFUL, "test --jobs 1");
    assert_eq!(one, folder.run(&FORGETFUL, "test --jobs 5"));
    assert_eq!(folder.run(&FORGETFUL, "test --jobs 0").code, 2);
}

#[test]
fn the_database_of_a_failure_is_kept() {
    let folder = Folder::new();
    let line = "test stairway rows resume --keep --json";
    let said = folder.run(&FORGETFUL, line);
    let answer: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let rungs = answer["backends"][0]["rungs"].as_array().unwrap();
    let kept: Vec<&str> = rungs
        .iter()
        .flat_map(|rung| rung["failures"].as_array().unwrap())
        .filter_map(|failure| failure["database"].as_str())
        .collect();
    let [file] = kept[..] else { panic!("{kept:?}") };
    // as the downgrade left it
    let mut connection = SqliteConnection::establish(file).unwrap();
    let left = diesel::sql_query("INSERT INTO books (title) VALUES ('x')");
    assert_eq!(left.execute(&mut connection).unwrap(), 1);
    let index = diesel::sql_query("DROP INDEX ix_books_title");
    index.execute(&mut connection).unwrap();
    fs::remove_file(file).unwrap();
}

#[test]
fn the_database_of_a_failure_over_rows_is_kept_beside_the_other_rung_of_its_walk() {
    static OVER_ROWS: History = History::new(&[&[&BOOKS, &COPIED]]);
    let folder = Folder::new();
    let said = folder.run(&OVER_ROWS, "test rows full-tables --keep --json");
    let answer: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let failure = &answer["backends"][0]["rungs"][1]["failures"][0];
    let file = failure["database"].as_str().expect("a database");
    let mut connection = SqliteConnection::establish(file).unwrap();
    let rows = diesel::sql_query("DELETE FROM books WHERE title IS NULL");
    assert_ne!(rows.execute(&mut connection).unwrap(), 0);
    fs::remove_file(file).unwrap();
}

#[test]
fn an_interrupted_run_that_leads_elsewhere_is_found() {
    // as with a file that a run leaves where it does not end
    static UNFINISHED: AtomicBool = AtomicBool::new(false);
    fn forgetful(op: &mut Operations<'_>) -> migrate_core::Result<()> {
        let resumes = UNFINISHED.swap(true, Ordering::SeqCst);
        op.create_table(table("log").column(column("id", Integer).primary_key()))?;
        if resumes {
            op.create_table(table("twice").column(column("id", Integer).primary_key()))?;
        }
        UNFINISHED.store(false, Ordering::SeqCst);
        Ok(())
    }
    const LOG: Revision = Revision::new(
        "20261108120000",
        &["20261101090000"],
        "create a log",
        "migrations/20261108120000_log.rs",
        7,
        Body::Operations(forgetful),
        Downgrade::Irreversible,
    )
    .without_transaction();
    static HISTORY: History = History::new(&[&[&BOOKS, &LOG]]);
    let said = Folder::new().run(&HISTORY, "test resume");
    assert_data_eq!(
        said.out,
        str![[r#"
sqlite
  resume      failed   18 interruptions, 0 ms

sqlite resume: interrupted after its commit, the last one being `CREATE TABLE `log` (`, and run again, it leaves another catalogue
  --> migrations/20261108120000_log.rs:7, revision `20261108120000`
    + create table `twice`
repeat: cargo migrate test resume --only 20261108120000 --keep

not ok: failures on sqlite

"#]]
    );
    assert_eq!(said.code, 1);
}

#[test]
fn a_history_that_does_not_apply_ends_the_ladder() {
    const WRONG: Revision = Revision::new(
        "20261108120000",
        &["20261101090000"],
        "wrong",
        "migrations/20261108120000_wrong/up.sql",
        1,
        Body::sql("ALTER TABLE nowhere ADD COLUMN a INTEGER"),
        Downgrade::Irreversible,
    );
    static HISTORY: History = History::new(&[&[&BOOKS, &WRONG]]);
    let folder = Folder::new();
    let before = fs::read_dir(folder.path()).unwrap().count();
    let said = folder.run(&HISTORY, "test --jobs 3");
    assert_data_eq!(
        said.out,
        str![[r#"
sqlite
  graph       passed   2 revisions, 0 ms
  up          failed   2 revisions, 0 ms
  stairway    skipped  the history does not apply
  down        skipped  the history does not apply
  rows        skipped  the history does not apply
  full-tables skipped  the history does not apply
  orders      skipped  the history does not apply
  scripts     skipped  the history does not apply
  resume      skipped  the history does not apply
  models      skipped  the history does not apply
  print       skipped  the history does not apply

sqlite up: the upgrade of revision `20261108120000` failed: no such table: nowhere
  --> migrations/20261108120000_wrong/up.sql:1, revision `20261108120000`
note: the revision is in `migrations/20261108120000_wrong/up.sql:1`
note: the operation was: execute `ALTER TABLE nowhere ADD COLUMN a INTEGER`
note: the statement was: ALTER TABLE nowhere ADD COLUMN a INTEGER
note: all its changes were rolled back
note: this run had completed 1 other revision; the database is at `20261101090000`
repeat: cargo migrate test up --only 20261108120000 --keep

not ok: failures on sqlite

"#]]
    );
    assert_eq!(said.code, 1);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), before);
}
