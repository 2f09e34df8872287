//! `--dry-run`: what is printed, and that nothing remains.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use migrate_core::revision::{Body, Downgrade};
use migrate_core::{History, Migrator, Revision, with_connection};
use snapbox::{assert_data_eq, str};

use crate::histories::{CHAIN, FAILING, FORKED};
use crate::support::Folder;

/// Sends something over the connection.
const OWN: Revision = Revision::new(
    "1",
    &[],
    "Count.",
    "migrations/1_count.rs",
    4,
    Body::Operations(|op| {
        op.execute("CREATE TABLE counted (a)")?;
        with_connection!(op, |connection| diesel::sql_query(
            "INSERT INTO counted VALUES (1)"
        )
        .execute(connection))?;
        Ok(())
    }),
    Downgrade::Irreversible,
);

/// Ends its own transaction.
const ENDS: Revision = Revision::new(
    "2",
    &["1"],
    "End.",
    "migrations/2_end.rs",
    4,
    Body::Operations(|op| {
        with_connection!(op, |connection| diesel::sql_query("COMMIT")
            .execute(connection))?;
        Ok(())
    }),
    Downgrade::Irreversible,
);

#[test]
fn it_shows_the_statements_and_rolls_back() {
    let folder = Folder::new();
    let said = folder.run(&CHAIN, "up --dry-run");
    assert_eq!(said.code, 0);
    assert_data_eq!(
        said.out,
        str![[r#"
-- [1/3] up 20261101090000, Create users.
CREATE TABLE `users` (
  `id` INTEGER NOT NULL PRIMARY KEY,
  `name` TEXT NOT NULL
);
-- 0 ms

-- [2/3] up 20261108120000, Add a phone number to users.
ALTER TABLE `users` ADD COLUMN `phone` VARCHAR(20);
-- 0 ms

-- [3/3] up 20261115180000, Create orders.
CREATE TABLE `orders` (
  `id` INTEGER NOT NULL PRIMARY KEY
);
-- 0 ms

"#]]
    );
    assert_data_eq!(
        said.err,
        str![[r#"
`[DIR]/app.db`: dry run: 3 revisions to apply
  [1/3] up 20261101090000, Create users. … 0 ms
  [2/3] up 20261108120000, Add a phone number to users. … 0 ms
  [3/3] up 20261115180000, Create orders. … 0 ms
tried in 0 ms, and rolled all of it back; after a real run, the database is at head `20261115180000`

"#]]
    );
    assert!(!folder.database().exists());

    folder.run(&CHAIN, "up +2");
    let before = std::fs::read(folder.database()).unwrap();
    assert_eq!(folder.run(&CHAIN, "up --dry-run").code, 0);
    let said = folder.run(&CHAIN, "down base --dry-run");
    assert_eq!(said.code, 0);
    assert_data_eq!(
        said.out,
        str![[r#"
-- [1/2] down 20261108120000, Add a phone number to users.
ALTER TABLE `users` DROP COLUMN `phone`;
-- 0 ms

-- [2/2] down 20261101090000, Create users.
DROP TABLE `users`;
-- 0 ms

"#]]
    );
    assert_data_eq!(
        said.err,
        str![[r#"
`[DIR]/app.db`: dry run: 2 revisions to revert
  [1/2] down 20261108120000, Add a phone number to users. … 0 ms
  [2/2] down 20261101090000, Create users. … 0 ms
tried in 0 ms, and rolled all of it back; after a real run, the database is at base, with nothing applied

"#]]
    );
    assert_eq!(std::fs::read(folder.database()).unwrap(), before);
}

#[test]
fn a_failure_is_rolled_back() {
    let folder = Folder::new();
    folder.run(&FAILING, "up +1");
    let before = std::fs::read(folder.database()).unwrap();
    let said = folder.run(&FAILING, "up --dry-run");
    assert_eq!(said.code, 3);
    assert_data_eq!(
        said.out,
        str![[r#"
-- [1/2] up 20261108120000, Add a phone number to users.
ALTER TABLE `users` ADD COLUMN `phone` VARCHAR(20);
-- 0 ms

-- [2/2] up 20261115180000, Create orders, and break.
CREATE TABLE `orders` (
  `id` INTEGER NOT NULL PRIMARY KEY
);
-- 0 ms
INSERT INTO nowhere VALUES (1);
-- 0 ms

"#]]
    );
    assert_data_eq!(
        said.err,
        str![[r#"
`[DIR]/app.db`: dry run: 3 revisions to apply
  [1/3] up 20261108120000, Add a phone number to users. … 0 ms
  [2/3] up 20261115180000, Create orders, and break. … failed
error: the upgrade of revision `20261115180000` failed: no such table: nowhere
note: the revision is in `migrations/20261115180000_create_orders.rs:4`
note: the operation was: execute `INSERT INTO nowhere VALUES (1)`
note: the statement was: INSERT INTO nowhere VALUES (1)
note: all its changes were rolled back
note: this run had completed no other revision; the database is at `20261101090000`

"#]]
    );
    assert_eq!(std::fs::read(folder.database()).unwrap(), before);
}

#[test]
fn use_of_the_connection_is_reported() {
    static HISTORY: History = History::new(&[&[&OWN]]);
    let said = Folder::new().run(&HISTORY, "up --dry-run -q");
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert_data_eq!(
        said.out,
        str![[r#"
-- [1/1] up 1, Count.
CREATE TABLE counted (a);
-- 0 ms
INSERT INTO counted VALUES (1);
-- 0 ms

"#]]
    );
}

#[test]
fn what_cannot_be_rolled_back_is_refused() {
    let folder = Folder::new();
    let said = folder.run(&FORKED, "up heads --dry-run");
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert_data_eq!(
        said.err,
        str![[r#"
error: a dry run of revision `20261112000000` is not possible: it runs outside a transaction, so it could not be rolled back
help: look at its statements with `cargo migrate up --sql 20261112000000`, or name a target before it

"#]]
    );
    assert!(!folder.database().exists());
    assert_eq!(folder.run(&CHAIN, "up --dry-run --sql").code, 2);

    let mut connection = SqliteConnection::establish(":memory:").unwrap();
    connection.batch_execute("CREATE TABLE mine (a)").unwrap();
    connection.begin_test_transaction().unwrap();
    connection
        .batch_execute("INSERT INTO mine VALUES (1)")
        .unwrap();
    let error = Migrator::new(&CHAIN)
        .dry_run_upgrade(&mut connection, &["head"])
        .unwrap_err();
    assert!(
        error.to_string().contains("inside a transaction"),
        "{error}"
    );
    let mine = diesel::sql_query("DELETE FROM mine")
        .execute(&mut connection)
        .unwrap();
    assert_eq!(mine, 1);
}

#[test]
fn a_revision_that_ends_the_transaction_is_reported() {
    static HISTORY: History = History::new(&[&[&OWN, &ENDS]]);
    let folder = Folder::new();
    let said = folder.run(&HISTORY, "stamp base");
    assert_eq!(said.code, 0);
    std::fs::write(folder.database(), "").unwrap();
    let said = folder.run(&HISTORY, "up --dry-run");
    assert_eq!(said.code, 3);
    assert_data_eq!(
        said.err,
        str![[r#"
`[DIR]/app.db`: dry run: 2 revisions to apply
  [1/2] up 1, Count. … 0 ms
  [2/2] up 2, End. … failed
error: the upgrade of revision `2` failed: its function ended the transaction that it ran in
note: the revision is in `migrations/2_end.rs:4`
note: its changes so far were not rolled back and may be in the database; the revision is not recorded as applied
note: this run had completed no other revision; the database is at `1`
help: leave BEGIN, COMMIT and ROLLBACK to the migrator, or give the revision `transaction = false`

"#]]
    );
}

#[test]
fn a_text_that_may_end_the_transaction_is_refused_before_anything_is_sent() {
    const ENDS: Revision = Revision::new(
        "2",
        &["1"],
        "End.",
        "migrations/2_end/up.sql",
        1,
        Body::sql(
            "CREATE TABLE dry (a text);\n-- the end of it\ncommit;\nBEGIN;\nCREATE TABLE dry2 (a text)",
        ),
        Downgrade::Irreversible,
    );
    static HISTORY: History = History::new(&[&[&OWN, &ENDS]]);
    for command in ["up --dry-run", "up --transaction all", "up"] {
        let folder = Folder::new();
        let said = folder.run(&HISTORY, command);
        assert_eq!(said.code, 1, "{command}: {}", said.err);
        assert_data_eq!(
            said.err,
            str![[r#"
...
error: revision `2` cannot be run: `commit` begins or ends a transaction inside the one that the revision runs in (`migrations/2_end/up.sql:3`)
help: write `run_in_transaction = false` into the metadata.toml next to it, which keeps the file's own transactions; or, with `run_in_transaction = true`, leave BEGIN, COMMIT and ROLLBACK out

"#]]
        );
        let said = folder.run(&HISTORY, "status");
        assert!(
            said.out.contains("2 revisions are pending") || said.out.contains("pending"),
            "{}",
            said.out
        );
        let mut connection =
            diesel::SqliteConnection::establish(&folder.database().display().to_string()).unwrap();
        assert!(
            diesel::sql_query("SELECT * FROM counted")
                .execute(&mut connection)
                .is_err()
        );
        assert!(
            diesel::sql_query("SELECT * FROM dry")
                .execute(&mut connection)
                .is_err()
        );
    }
    // statement boundaries are uncertain, and the whole run must be one transaction
    const UNCERTAIN: Revision = Revision::new(
        "2",
        &["1"],
        "End.",
        "migrations/2_end/up.sql",
        1,
        Body::sql("CREATE TABLE dry (a text); COMMIT; SELECT 'open"),
        Downgrade::Irreversible,
    );
    static OTHER: History = History::new(&[&[&OWN, &UNCERTAIN]]);
    for command in ["up --dry-run", "up --transaction all"] {
        let folder = Folder::new();
        let said = folder.run(&OTHER, command);
        assert_eq!(said.code, 1, "{}", said.err);
        assert!(
            said.err
                .contains("it is not certain where its statements end"),
            "{}",
            said.err
        );
        let mut connection =
            diesel::SqliteConnection::establish(&folder.database().display().to_string()).unwrap();
        assert!(
            diesel::sql_query("SELECT * FROM counted")
                .execute(&mut connection)
                .is_err()
        );
    }
}

/// Rebuilds a referenced table: foreign keys must be off, which is only possible outside a
/// transaction.
#[test]
fn a_referenced_table_can_be_rebuilt() {
    const TABLES: Revision = Revision::new(
        "1",
        &[],
        "Create tables.",
        "migrations/1_tables.rs",
        4,
        Body::Operations(|op| {
            use migrate_core::prelude::*;
            op.create_table(
                table("users")
                    .column(column("id", Integer).primary_key())
                    .column(column("name", Text).nullable()),
            )?;
            op.create_table(
                table("posts").column(
                    column("author", Integer)
                        .references("users", "id")
                        .on_delete(Cascade),
                ),
            )?;
            op.execute("INSERT INTO users VALUES (1, 'Ada')")?;
            op.execute("INSERT INTO posts VALUES (1)")
        }),
        Downgrade::Irreversible,
    );
    const REBUILD: Revision = Revision::new(
        "2",
        &["1"],
        "Check names.",
        "migrations/2_anew.rs",
        4,
        Body::Operations(|op| {
            use migrate_core::prelude::*;
            op.add_constraint("users", check("name <> ''").named("named"))
        }),
        Downgrade::Irreversible,
    );
    static HISTORY: History = History::new(&[&[&TABLES, &REBUILD]]);
    let mut connection = SqliteConnection::establish(":memory:").unwrap();
    connection
        .batch_execute("PRAGMA foreign_keys = ON")
        .unwrap();
    let migrator = Migrator::new(&HISTORY);
    migrator
        .dry_run_upgrade(&mut connection, &["head"])
        .unwrap();
    migrator.upgrade(&mut connection, "1").unwrap();
    let report = migrator
        .dry_run_upgrade(&mut connection, &["head"])
        .unwrap();
    assert_eq!(report.steps.len(), 1);
    // the row is still there, and foreign keys are on again
    let posts = diesel::sql_query("UPDATE posts SET author = 1").execute(&mut connection);
    assert_eq!(posts.unwrap(), 1);
    let broken = diesel::sql_query("UPDATE posts SET author = 2").execute(&mut connection);
    assert!(broken.is_err());
    let named = diesel::sql_query("UPDATE users SET name = ''").execute(&mut connection);
    assert_eq!(named.unwrap(), 1);

    let folder = Folder::new();
    folder.run(&HISTORY, "up 1");
    let said = folder.run(&HISTORY, "up --dry-run");
    assert_data_eq!(
        said.err,
        str![[r#"
`[DIR]/app.db`: dry run: 1 revision to apply
  [1/1] up 2, Check names. … starting again from the first revision, without foreign keys
`[DIR]/app.db`: dry run: 1 revision to apply
  [1/1] up 2, Check names. … 0 ms
tried in 0 ms, and rolled all of it back; after a real run, the database is at head `2`

"#]]
    );
    assert_data_eq!(
        said.out,
        str![[r#"
-- [1/1] up 2, Check names.
ALTER TABLE `main`.`users` RENAME TO `_migrate_old_users`;
-- 0 ms
CREATE TABLE `main`.`users` (
  `id` INTEGER NOT NULL PRIMARY KEY,
  `name` TEXT,
  CONSTRAINT `named` CHECK (name <> '')
);
-- 0 ms
INSERT OR ABORT INTO `main`.`users` (`id`, `name`) SELECT `id`, `name` FROM `main`.`_migrate_old_users`;
-- 0 ms
DROP TABLE `main`.`_migrate_old_users`;
-- 0 ms

"#]]
    );
    let said = folder.run(&HISTORY, "up --sql");
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert_data_eq!(
        said.err,
        str![[r#"
error: revision `2` cannot be written into a script: SQLite cannot add check constraint `named` to `users`; this rebuilds the table from its definition, which only the database has
note: the revision is in `migrations/2_anew.rs:4`
help: run this revision on the database, without `--sql`

"#]]
    );
}
