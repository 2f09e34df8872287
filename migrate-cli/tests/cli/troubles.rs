//! Database errors, and the help for each kind.

use migrate_core::prelude::*;
use migrate_core::revision::{Body, Downgrade};
use migrate_core::{History, Revision};
use snapbox::{assert_data_eq, str};

use crate::histories::CHAIN;
use crate::support::Folder;

type Run = fn(&mut Operations<'_>) -> Result<()>;

/// A history of one revision that does this.
fn one(up: Run) -> History {
    let body = Body::Operations(up);
    let revision = Revision::new(
        "a",
        &[],
        "Change",
        "migrations/a.rs",
        4,
        body,
        Downgrade::Irreversible,
    );
    let revisions: &'static [Revision] = Box::leak(Box::new([revision]));
    let references: Vec<&'static Revision> = revisions.iter().collect();
    let references: &'static [&'static Revision] = Box::leak(references.into_boxed_slice());
    History::new(Box::leak(Box::new([references])))
}

#[test]
fn what_is_there_already_can_be_recorded() {
    let folder = Folder::new();
    folder.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)");
    let said = folder.run(&CHAIN, "up");
    assert_eq!((said.code, said.out.as_str()), (3, ""));
    assert_data_eq!(
        said.err,
        str![[r#"
`[DIR]/app.db`: 3 revisions to apply
  [1/3] up 20261101090000, Create users. … failed
error: the upgrade of revision `20261101090000` failed: table `users` already exists
note: the revision is in `migrations/20261101090000_create_users.rs:6`
note: the operation was: create table `users`
note: the statement was: CREATE TABLE `users` (
        `id` INTEGER NOT NULL PRIMARY KEY,
        `name` TEXT NOT NULL
      )
note: all its changes were rolled back
note: this run had completed no other revision; the database is at base, with nothing applied
help: the database has it already: compare with `cargo migrate schema diff database history@20261101090000`; if all of revision `20261101090000` is there, record that with `cargo migrate stamp 20261101090000`, otherwise fix the revision; then run `cargo migrate up`

"#]]
    );
    let said = folder.run(&CHAIN, "stamp 20261101090000");
    assert_eq!(said.code, 0, "{}", said.err);
    let said = folder.run(&CHAIN, "up");
    assert_eq!(said.code, 0, "{}", said.err);
}

#[test]
fn an_open_reader_is_a_lock_error() {
    use diesel::connection::SimpleConnection;
    use diesel::{Connection, SqliteConnection};

    let folder = Folder::new();
    assert_eq!(folder.run(&CHAIN, "up +1").code, 0);
    let mut reader = SqliteConnection::establish(&folder.database().display().to_string()).unwrap();
    reader
        .batch_execute("BEGIN; SELECT count(*) FROM users")
        .unwrap();
    for line in ["up", "up --transaction none", "down -1"] {
        let said = folder.run(&CHAIN, &format!("{line} --lock-timeout 0.1"));
        assert_eq!(
            (said.code, said.out.as_str()),
            (4, ""),
            "{line}: {}",
            said.err
        );
        assert!(said.err.contains("--lock-timeout SECONDS"), "{}", said.err);
    }
    reader.batch_execute("ROLLBACK").unwrap();
    assert_eq!(folder.run(&CHAIN, "up").code, 0);
}

#[test]
fn a_full_disk_is_not_the_revisions_fault() {
    let folder = Folder::new();
    let history = one(|op| {
        op.create_table(table("t").column(column("a", Text)))?;
        op.execute("PRAGMA max_page_count = 1")?;
        op.execute("INSERT INTO t VALUES (hex(zeroblob(1000000)))")
    });
    let said = folder.run(&history, "up");
    assert_eq!((said.code, said.out.as_str()), (3, ""));
    assert_data_eq!(
        said.err,
        str![[r#"
`[DIR]/app.db`: 1 revision to apply
  [1/1] up a, Change … failed
error: the upgrade of revision `a` failed: database or disk is full
note: the revision is in `migrations/a.rs:4`
note: the operation was: execute `INSERT INTO t VALUES (hex(zeroblob(1000000)))`
note: the statement was: INSERT INTO t VALUES (hex(zeroblob(1000000)))
note: all its changes were rolled back
note: this run had completed no other revision; the database is at base, with nothing applied
help: free space on the database's disk, or raise its limit; then run `cargo migrate up`

"#]]
    );
    // it was rolled back: there is no such table
    folder.execute("CREATE TABLE t (a TEXT)");
}
