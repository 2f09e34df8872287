//! A partially applied revision: what `status` and `check` show of it, and what `resolve` records.

use std::time::Duration;

use diesel::RunQueryDsl;
use migrate_core::engine::backend::{self, Access, LockRequest};
use migrate_core::prelude::*;
use migrate_core::revision::{Body, Downgrade};
use migrate_core::{History, Revision, with_connection};
use snapbox::{assert_data_eq, file, str};

use crate::support::{Folder, Said};

const FIRST: Revision = step("20261101090000", &[], |op| {
    op.create_table(table("users").column(column("id", Integer).primary_key()))
});
/// Commits step by step; no catalogue shows whether its last operation took effect.
const SECOND: Revision = step("20261108120000", &["20261101090000"], |op| {
    op.create_table(table("orders").column(column("id", Integer).primary_key()))?;
    op.execute("DELETE FROM users; VACUUM")
});
static HISTORY: History = History::new(&[&[&FIRST, &SECOND]]);
/// Begins with a connection block, and continues as the other.
const WITH_A_BLOCK: Revision = step("20261108120000", &["20261101090000"], |op| {
    with_connection!(op, |connection| {
        diesel::sql_query("INSERT INTO users VALUES (1)").execute(connection)
    })?;
    op.execute("DELETE FROM users; VACUUM")
});
static BLOCKS: History = History::new(&[&[&FIRST, &WITH_A_BLOCK]]);

const fn step(
    id: &'static str,
    parents: &'static [&'static str],
    run: fn(&mut Operations<'_>) -> Result,
) -> Revision {
    let body = Body::Operations(run);
    Revision::new(
        id,
        parents,
        "Do it.",
        "migrations/file.rs",
        4,
        body,
        Downgrade::Irreversible,
    )
    .without_transaction()
}

/// A database whose second revision was interrupted after the last journal row of this kind.
fn interrupted(event: &str) -> Folder {
    interrupted_in(&HISTORY, event)
}

fn interrupted_in(history: &History, event: &str) -> Folder {
    let folder = Folder::new();
    let said = folder.run(history, "up");
    assert_eq!(said.code, 0, "{said:?}");
    folder.execute(&format!(
        "DELETE FROM __diesel_schema_migrations WHERE version = '20261108120000';
         DELETE FROM __migrate_journal WHERE id > (
           SELECT MIN(id) FROM __migrate_journal WHERE event = '{event}' AND revision = '20261108120000'
         )"
    ));
    folder
}

#[track_caller]
fn no(said: &Said) {
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains("help: "), "{said:?}");
}

#[test]
fn status_shows_the_result_of_the_probe() {
    let folder = interrupted("done");
    let status = folder.run(&HISTORY, "status");
    assert_eq!(status.code, 0);
    assert_data_eq!(
        status.out,
        str![[r#"
database: [DIR]/app.db (sqlite)
current:  20261101090000
head:     20261108120000
applied:  1 of 2 revisions
pending:  1
  20261108120000, Do it.
partial: the upgrade of 20261108120000, Do it.
  since  2026-11-21 09:30:00 UTC, by ada@box, process 42 (app)
  done   1 operation, the last: create table `orders`
last run: 2026-11-21 09:30:00 UTC, applied 1 revision, recorded no end, by ada@box, process 42 (app)

"#]]
    );
    assert_data_eq!(
        status.err,
        str![[r#"
help: `cargo migrate up` resumes it, and `cargo migrate down -1` reverts it

"#]]
    );
    let check = folder.run(&HISTORY, "check --database");
    no(&check);
    assert_data_eq!(
        check.out,
        str![[r#"
pending: 20261108120000
partial: 20261108120000
not ok: 2 revisions, head 20261108120000; database `[DIR]/app.db` at 20261101090000

"#]]
    );
    assert_eq!(folder.run(&HISTORY, "up").code, 0);
    assert_eq!(folder.run(&HISTORY, "check --database").code, 0);
}

#[test]
fn an_unknown_outcome_needs_a_decision() {
    let folder = interrupted("intent");
    let status = folder.run(&HISTORY, "status");
    assert_data_eq!(
        status.out,
        str![[r#"
database: [DIR]/app.db (sqlite)
current:  20261101090000
head:     20261108120000
applied:  1 of 2 revisions
pending:  1
  20261108120000, Do it.
partial: the upgrade of 20261108120000, Do it.
  since  2026-11-21 09:30:00 UTC, by ada@box, process 42 (app)
  done   1 operation, the last: create table `orders`
  open   operation 2: execute `DELETE FROM users; VACUUM`
         sent, outcome unknown
  found  it is raw SQL: its effect is unknown
last run: 2026-11-21 09:30:00 UTC, applied 1 revision, recorded no end, by ada@box, process 42 (app)

"#]]
    );
    assert_data_eq!(
        status.err,
        str![[r#"
help: check whether it was run, then record that: `cargo migrate resolve 20261108120000 --done`, or `--not-done`

"#]]
    );
    let up = folder.run(&HISTORY, "up");
    assert_ne!(up.code, 0);
    assert!(
        up.err
            .contains("cargo migrate resolve 20261108120000 --done"),
        "{up:?}"
    );

    let done = folder.run(&HISTORY, "resolve 20261108 --done");
    assert_eq!(done.code, 0, "{done:?}");
    assert_data_eq!(
        done.err,
        str![[r#"
partial: the upgrade of 20261108120000, Do it.
  since  2026-11-21 09:30:00 UTC, by ada@box, process 42 (app)
  done   1 operation, the last: create table `orders`
  open   operation 2: execute `DELETE FROM users; VACUUM`
         sent, outcome unknown
  found  it is raw SQL: its effect is unknown
  failed the outcome of this operation is unknown: execute `DELETE FROM users; VACUUM`
         at: execute `DELETE FROM users; VACUUM`
done: recorded in `[DIR]/app.db`: operation 2 of `20261108120000` counts as done: the next run resumes after it
the revision is still partially applied
help: `cargo migrate up` resumes it

"#]]
    );
    assert_eq!(folder.run(&HISTORY, "up").code, 0);
    assert_eq!(folder.run(&HISTORY, "check --database").code, 0);
    let log = folder.run(&HISTORY, "log --revision 20261108 -v").out;
    for line in [
        "  applied   20261108120000, Do it.",
        "  resolved  operation 2: execute `DELETE FROM users; VACUUM`\n            done\n",
        "  failed    20261108120000, Do it.\n            at: execute `DELETE FROM users; VACUUM`\n            the outcome of this operation is unknown",
        "  intent    operation 2: execute `DELETE FROM users; VACUUM`",
        "  open      20261108120000, Do it.\n            at operation 2: execute `DELETE FROM users; VACUUM`\n            it recorded no end: interrupted\n",
    ] {
        assert!(log.contains(line), "{line}\n{log}");
    }
}

#[test]
fn a_connection_block_is_not_reported_as_done() {
    let folder = interrupted_in(&BLOCKS, "opened");
    let status = folder.run(&BLOCKS, "status");
    assert!(
        status.out.contains("what it did cannot be probed"),
        "{status:?}"
    );
    let help = "cargo migrate resolve 20261108120000 --not-done";
    assert!(status.err.contains(help), "{status:?}");
    assert!(!status.err.contains("--done`"), "{status:?}");
    let said = folder.run(&BLOCKS, "resolve 20261108120000 --done");
    no(&said);
    assert!(
        !said.err.contains("counts as"),
        "nothing is announced that is not done: {said:?}"
    );
    let said = folder.run(&BLOCKS, "resolve 20261108120000 --not-done");
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(folder.run(&BLOCKS, "up").code, 0);
}

#[test]
fn an_active_run_is_not_taken_for_an_interrupted_one() {
    let folder = interrupted("intent");
    let url = folder.path().join("app.db").display().to_string();
    let mut other = backend::connect(&url.parse().unwrap(), Access::Existing).unwrap();
    let request = &mut LockRequest {
        timeout: Duration::ZERO,
        on_wait: &mut |_| {},
    };
    other.lock(request).unwrap();
    let status = folder.run(&HISTORY, "status");
    assert!(status.out.contains("begun, still running"), "{status:?}");
    assert!(
        status.out.contains("  now    a run is active: process "),
        "{status:?}"
    );
    assert!(!status.out.contains("  found "), "{status:?}");
    assert!(
        status.err.contains("wait until that run has ended"),
        "{status:?}"
    );
    other.unlock();
    let status = folder.run(&HISTORY, "status");
    assert!(status.out.contains("outcome unknown"), "{status:?}");
}

#[test]
fn an_operation_after_a_block_is_probed_by_the_next_run() {
    let folder = interrupted_in(&BLOCKS, "intent");
    let status = folder.run(&BLOCKS, "status");
    assert!(
        status
            .out
            .contains("it follows a connection block: the next run probes for it"),
        "{status:?}"
    );
    assert!(
        status.err.contains("`cargo migrate up` resumes it"),
        "{status:?}"
    );
}

#[test]
fn a_revision_as_a_whole_is_decided() {
    for (decision, pending) in [("--applied", 0), ("--not-applied", 1)] {
        let folder = interrupted("intent");
        let said = folder.run(
            &HISTORY,
            &format!("resolve 20261108120000 {decision} --json"),
        );
        assert_eq!(said.code, 0, "{said:?}");
        if decision == "--applied" {
            let example = said.out.replace("[DIR]/", "");
            assert_data_eq!(example, file!["../../src/json/resolve.json"]);
        }
        let answer: serde_json::Value = serde_json::from_str(&said.out).unwrap();
        assert_eq!(answer["after"], serde_json::Value::Null, "{answer}");
        assert_eq!(answer["before"]["open"]["found"], "unclear", "{answer}");
        let status = folder.run(&HISTORY, "status --json").out;
        let status: serde_json::Value = serde_json::from_str(&status).unwrap();
        assert_eq!(
            status["pending"].as_array().map(Vec::len),
            Some(pending),
            "{decision}"
        );
        assert_eq!(status["unfinished"], serde_json::Value::Null);
    }
}

#[test]
fn wrong_use_is_refused_with_what_to_type() {
    let folder = interrupted("intent");
    let said = folder.run(&HISTORY, "resolve 20261101090000 --done");
    no(&said);
    assert!(
        said.err.contains("20261108120000"),
        "which one is: {said:?}"
    );
    for line in [
        "resolve 20261108120000",
        "resolve 20261108120000 --done --applied",
        "resolve --done",
        "resolve nonsense --done",
    ] {
        assert_eq!(folder.run(&HISTORY, line).code, 2, "{line}");
    }
    assert_eq!(
        folder
            .run(&HISTORY, "resolve 20261108120000 --not-done")
            .code,
        0
    );
    assert_eq!(folder.run(&HISTORY, "up").code, 0);
    no(&folder.run(&HISTORY, "resolve 20261108120000 --done"));
}

/// Adds to every row in a connection block, after an operation of unknown outcome; the operation
/// after it fails on request.
macro_rules! adding {
    ($n:literal, $last:literal) => {
        step("20261108120000", &["20261101090000"], |op| {
            op.execute("INSERT INTO users VALUES (1)")?;
            with_connection!(op, |connection| {
                diesel::sql_query("UPDATE users SET id = id").execute(connection)
            })?;
            let rows = with_connection!(op, |connection| {
                diesel::sql_query($n).execute(connection)
            })?;
            op.execute(format!("UPDATE users SET id = id + {rows}"))?;
            op.execute($last)
        })
    };
}

const FAILS: Revision = adding!("UPDATE users SET id = id + 10", "nonsense");
const FIXED: Revision = adding!(
    "UPDATE users SET id = id + 10",
    "DELETE FROM users WHERE id = 0"
);
const EDITED: Revision = adding!(
    "UPDATE users SET id = id + 100",
    "DELETE FROM users WHERE id = 0"
);

/// A database in which the second revision failed after its blocks.
fn failed_after_a_block() -> Folder {
    static HISTORY: History = History::new(&[&[&FIRST, &FAILS]]);
    let folder = Folder::new();
    assert_eq!(folder.run(&HISTORY, "up").code, 3);
    folder
}

fn ids(folder: &Folder) -> Vec<i32> {
    use diesel::{Connection, QueryDsl};
    diesel::table! { users (id) { id -> Integer } }
    let path = folder.database();
    let mut connection = diesel::SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    users::table
        .select(users::id)
        .load(&mut connection)
        .unwrap()
}

#[test]
fn an_unchanged_block_is_skipped() {
    static HISTORY: History = History::new(&[&[&FIRST, &FIXED]]);
    let folder = failed_after_a_block();
    let up = folder.run(&HISTORY, "up");
    assert_eq!((up.code, ids(&folder)), (0, vec![12]), "{up:?}");
}

#[test]
fn an_edited_block_is_reported() {
    static HISTORY: History = History::new(&[&[&FIRST, &EDITED]]);
    let folder = failed_after_a_block();
    let up = folder.run(&HISTORY, "up");
    assert_eq!((up.code, ids(&folder)), (3, vec![12]), "{up:?}");
    assert_data_eq!(
        up.err,
        str![[r#"
`[DIR]/app.db`: 1 revision to apply
  [1/1] up 20261108120000, Do it., resumed after 4 operations … failed
error: the upgrade of revision `20261108120000` failed: operation 3 was run by an earlier run, but has changed since: the connection block in line 329
note: the revision is in `migrations/file.rs:4`
note: the operation was: [BLOCK]
note: its changes so far were not rolled back and may be in the database; the revision is not recorded as applied
note: not rolled back: execute `INSERT INTO users VALUES (1)`
note: not rolled back: [BLOCK]
note: this run had completed no other revision; the database is at `20261101090000`
help: restore the block; or, if the database is as the block should leave it, run `cargo migrate resolve 20261108120000 --done`; or revert by hand what it did, then run `cargo migrate resolve 20261108120000 --not-done`, and the next run runs the block; then run `cargo migrate up`

"#]]
    );
    let status = folder.run(&HISTORY, "status");
    assert_data_eq!(
        status.err,
        str![[r#"
help: restore the block; or, if the database is as the block should leave it, run `cargo migrate resolve 20261108120000 --done`; or revert by hand what it did, then run `cargo migrate resolve 20261108120000 --not-done`, and the next run runs the block

"#]]
    );

    // of the two blocks it is the one that was edited
    let said = folder.run(&HISTORY, "resolve 20261108 --not-done");
    assert_eq!(said.code, 0, "{said:?}");
    folder.execute("UPDATE users SET id = 1");
    let up = folder.run(&HISTORY, "up");
    assert_eq!((up.code, ids(&folder)), (0, vec![101]), "{up:?}");
}

#[test]
fn an_edited_block_may_count_as_done() {
    static HISTORY: History = History::new(&[&[&FIRST, &EDITED]]);
    static OTHER: History = History::new(&[&[&FIRST, &FIXED]]);
    let folder = failed_after_a_block();
    // an edit is unknown until a run has compared
    assert_eq!(folder.run(&HISTORY, "resolve 20261108 --done").code, 1);
    assert_eq!(folder.run(&HISTORY, "resolve 20261108 --not-done").code, 1);
    assert_eq!(folder.run(&HISTORY, "up").code, 3);
    folder.execute("UPDATE users SET id = 102");
    let said = folder.run(&HISTORY, "resolve 20261108 --done");
    assert_eq!(said.code, 0, "{said:?}");
    assert_data_eq!(
        said.err,
        str![[r#"
partial: the upgrade of 20261108120000, Do it.
  since  2026-11-21 09:30:00 UTC, by ada@box, process 42 (app)
  done   4 operations, the last: execute `UPDATE users SET id = id + 1`
  failed operation 3 was run by an earlier run, but has changed since: the connection block in line 329
         at: [BLOCK]
done: recorded in `[DIR]/app.db`: the connection block of `20261108120000` counts as done: the next run resumes after it
the revision is still partially applied
help: `cargo migrate up` resumes it

"#]]
    );
    assert_eq!(
        folder.run(&OTHER, "up").code,
        3,
        "this one was not said to be done"
    );
    let up = folder.run(&HISTORY, "up");
    assert_eq!((up.code, ids(&folder)), (0, vec![102]), "{up:?}");
    let log = folder.run(&HISTORY, "log --revision 20261108 -v").out;
    assert!(
        log.contains("  failed    20261108120000, Do it.\n            at operation 3: [BLOCK]"),
        "{log}"
    );
}

#[test]
fn a_run_that_cannot_continue_is_not_advised() {
    const LOSES: &str =
        "CREATE TABLE ids (id INTEGER PRIMARY KEY, n INT); INSERT INTO ids (n) VALUES (1), (2);
        CREATE TABLE later (n INT); INSERT INTO later SELECT last_insert_rowid();";
    static REVISION: Revision = Revision::new(
        "1",
        &[],
        "Number.",
        "migrations/1_number/up.sql",
        1,
        Body::sql(LOSES),
        Downgrade::Irreversible,
    )
    .without_transaction();
    static LOST: History = History::new(&[&[&REVISION]]);
    let folder = Folder::new();
    let by_hand = "complete the revision by hand, then run `cargo migrate resolve 1 --applied`; or revert by hand what it did, \
                   then `--not-applied`";
    for help in [
        "find the row by a query, or write a revision in Rust",
        by_hand,
    ] {
        let up = folder.run(&LOST, "up");
        assert_eq!(up.code, 3, "{up:?}");
        assert!(up.err.contains(&format!("help: {help}")), "{up:?}");
        let status = folder.run(&LOST, "status");
        assert_eq!(status.code, 0, "{status:?}");
        assert!(
            status.err.starts_with(&format!("help: {help}")),
            "{status:?}"
        );
        assert!(!status.err.contains("continues"), "{status:?}");
    }
    let said = folder.run(&LOST, "stamp 1");
    no(&said);
    assert!(
        said.err
            .ends_with("help: `cargo migrate status` shows how far it got, and how to end it\n"),
        "{said:?}"
    );
    assert_eq!(folder.run(&LOST, "resolve 1 --applied").code, 0);
    assert_eq!(folder.run(&LOST, "check --database").code, 0);
}

/// Fails half way in its block.
const HALF: Revision = step("20261108120000", &["20261101090000"], |op| {
    use diesel::connection::SimpleConnection;
    op.execute("INSERT INTO users VALUES (1)")?;
    with_connection!(op, |connection| {
        connection.batch_execute("INSERT INTO users VALUES (2); INSERT INTO nope VALUES (1)")
    })
});
/// The same, whose block does nothing if its work is done.
const WHOLE: Revision = step("20261108120000", &["20261101090000"], |op| {
    use diesel::connection::SimpleConnection;
    op.execute("INSERT INTO users VALUES (1)")?;
    with_connection!(op, |connection| {
        connection.batch_execute("INSERT OR IGNORE INTO users VALUES (2)")
    })
});

#[test]
fn a_failed_block_may_have_left_changes() {
    static FAILS: History = History::new(&[&[&FIRST, &HALF]]);
    static FIXED: History = History::new(&[&[&FIRST, &WHOLE]]);
    let folder = Folder::new();
    let up = folder.run(&FAILS, "up");
    assert_eq!((up.code, ids(&folder)), (3, vec![1, 2]), "{up:?}");
    assert_data_eq!(
        up.err,
        str![[r#"
`[DIR]/app.db`: 2 revisions to apply
  [1/2] up 20261101090000, Do it. … [..] ms
  [2/2] up 20261108120000, Do it. … failed
error: the upgrade of revision `20261108120000` failed: no such table: nope
note: the revision is in `migrations/file.rs:4`
note: the statement was: INSERT INTO users VALUES (2); INSERT INTO nope VALUES (1)
note: its changes so far were not rolled back and may be in the database; the revision is not recorded as applied
note: not rolled back: execute `INSERT INTO users VALUES (1)`
note: not rolled back: [BLOCK]
note: this run had completed 1 other revision; the database is at `20261101090000`
help: the block may be partially done: make it skip work that is already done, then run `cargo migrate resolve 20261108120000 --not-done`; or complete the revision by hand, then run `cargo migrate resolve 20261108120000 --applied`; then run `cargo migrate up`

"#]]
    );
    let again = folder.run(&FIXED, "up");
    assert_eq!(again.code, 3, "{again:?}");
    let said = folder.run(&FIXED, "resolve 20261108 --not-done");
    assert_eq!(said.code, 0, "{said:?}");
    let up = folder.run(&FIXED, "up");
    assert_eq!((up.code, ids(&folder)), (0, vec![1, 2]), "{up:?}");
}

#[test]
fn a_block_before_the_failure_is_not_rolled_back() {
    static HISTORY: History = History::new(&[&[&FIRST, &FAILS]]);
    let folder = Folder::new();
    let up = folder.run(&HISTORY, "up");
    assert_eq!(up.code, 3);
    assert_data_eq!(
        up.err,
        str![[r#"
`[DIR]/app.db`: 2 revisions to apply
  [1/2] up 20261101090000, Do it. … [..] ms
  [2/2] up 20261108120000, Do it. … failed
error: the upgrade of revision `20261108120000` failed: near "nonsense": syntax error
note: the revision is in `migrations/file.rs:4`
note: the operation was: execute `nonsense`
note: the statement was: nonsense
note: its changes so far were not rolled back and may be in the database; the revision is not recorded as applied
note: not rolled back: execute `INSERT INTO users VALUES (1)`
note: not rolled back: [BLOCK]
note: not rolled back: [BLOCK]
note: not rolled back: execute `UPDATE users SET id = id + 1`
note: this run had completed 1 other revision; the database is at `20261101090000`
help: fix the revision, then run `cargo migrate up`

"#]]
    );
}
