//! Connection blocks: one must not drop a table that rows of others reference while foreign keys
//! are on.

use migrate_core::engine::backend::{MigrateConnection, Session};
use migrate_core::prelude::*;
use migrate_core::{Error, Migrator, Revision};

use crate::backend::TestBackend;
use crate::engine::failures::past_the_operations;
use crate::histories::{history, irreversible};
use crate::sqlite::Sqlite;

/// Creates a family of tables, then runs a revision with a connection block.
fn run(
    session: &mut dyn Session,
    action: &str,
    second: Revision,
) -> std::result::Result<(), Error> {
    for sql in [
        "PRAGMA foreign_keys = ON",
        "CREATE TABLE parent (id INTEGER PRIMARY KEY)",
        &format!(
            "CREATE TABLE child (p INTEGER DEFAULT NULL REFERENCES parent ON DELETE {action})"
        ),
        "INSERT INTO parent VALUES (1), (7)",
        "INSERT INTO child VALUES (1), (1), (NULL)",
    ] {
        session.execute(sql).unwrap();
    }
    let history = history(vec![second]);
    Migrator::new(&history).upgrade(session, "head").map(drop)
}

fn rows(session: &mut dyn Session) -> Vec<String> {
    Sqlite::values(
        session,
        "SELECT COALESCE(CAST(p AS TEXT), 'null') AS text FROM child ORDER BY rowid",
    )
}

const DROP: fn(&mut Operations<'_>) -> Result<()> =
    |op| past_the_operations(op, "DROP TABLE parent");
const LINKED: [&str; 3] = ["1", "1", "null"];

#[test]
fn a_drop_that_deletes_other_rows_is_refused() {
    let rebuild: fn(&mut Operations<'_>) -> Result<()> = |op| {
        past_the_operations(
            op,
            "CREATE TABLE new (id INTEGER PRIMARY KEY); INSERT INTO new SELECT * FROM parent; DROP TABLE parent; \
             ALTER TABLE new RENAME TO parent",
        )
    };
    let recreate: fn(&mut Operations<'_>) -> Result<()> = |op| {
        past_the_operations(
            op,
            "DELETE FROM child WHERE p IS NULL; DROP TABLE parent; CREATE TABLE parent (id INTEGER PRIMARY KEY)",
        )
    };
    for (action, consequence) in [
        ("CASCADE", "delete them"),
        ("SET NULL", "unlink them"),
        ("SET DEFAULT", "unlink them"),
    ] {
        for up in [DROP, rebuild, recreate] {
            let expected = format!(
                "`parent` cannot be dropped: 2 rows of `child` reference it, and SQLite would {consequence} (ON DELETE {action})"
            );
            let place = Sqlite::place();
            let mut session = Sqlite::session(&place);
            let error = run(session.as_mut(), action, irreversible("a", &[], up)).unwrap_err();
            assert!(error.to_string().contains(&expected), "{error}");
            let Error::Revision(failure) = error else {
                panic!()
            };
            assert!(
                failure.undone
                    && failure
                        .help()
                        .unwrap()
                        .typed("cargo migrate")
                        .contains("PRAGMA foreign_keys = OFF")
            );
            assert_eq!(rows(session.as_mut()), LINKED);

            // the statements of a borrowed connection are not observed
            let place = Sqlite::place();
            Sqlite::connection(&place).with_session(|session| {
                let error = run(session, action, irreversible("a", &[], up)).unwrap_err();
                assert!(error.to_string().contains(&expected), "{error}");
                assert_eq!(rows(session), LINKED);
            });
        }
    }
}

#[test]
fn without_a_transaction_the_loss_is_named() {
    let place = Sqlite::place();
    let mut session = Sqlite::session(&place);
    let revision = irreversible("a", &[], DROP).without_transaction();
    let error = run(session.as_mut(), "CASCADE", revision).unwrap_err();
    let expected = "`parent` was dropped, and that is not rolled back: 2 rows of `child` referenced it, and SQLite deleted them \
                    (ON DELETE CASCADE)";
    assert!(error.to_string().contains(expected), "{error}");
    let Error::Revision(failure) = error else {
        panic!()
    };
    assert!(!failure.undone, "{failure}");
    assert_eq!(failure.kept, [concat!("use the live", " connection")]);
    let help = failure.help().unwrap().typed("cargo migrate");
    assert!(
        help.contains("backup") && help.contains("cargo migrate resolve a --"),
        "{help}"
    );
}

#[test]
fn a_drop_that_deletes_no_other_rows_passes() {
    const PROCEDURE: &str = "PRAGMA foreign_keys = OFF; CREATE TABLE new (id INTEGER PRIMARY KEY); INSERT INTO new SELECT * FROM parent; \
                             DROP TABLE parent; ALTER TABLE new RENAME TO parent; PRAGMA foreign_keys = ON";
    let cases: [(Revision, &[&str]); 8] = [
        (
            irreversible("a", &[], |op| {
                past_the_operations(op, "CREATE TABLE t (n); DROP TABLE t")
            }),
            &LINKED,
        ),
        (
            irreversible("a", &[], |op| {
                past_the_operations(op, "ALTER TABLE parent RENAME TO other")
            }),
            &LINKED,
        ),
        (
            irreversible("a", &[], |op| {
                past_the_operations(op, "DELETE FROM parent WHERE id = 1")
            }),
            &["null"],
        ),
        (
            irreversible("a", &[], |op| {
                past_the_operations(op, "DELETE FROM child; DROP TABLE parent")
            }),
            &[],
        ),
        (
            irreversible("a", &[], |op| {
                past_the_operations(op, "UPDATE child SET p = NULL")?;
                past_the_operations(op, "DROP TABLE parent")
            }),
            &["null", "null", "null"],
        ),
        (
            irreversible("a", &[], |op| {
                past_the_operations(
                    op,
                    "CREATE TABLE kept AS SELECT * FROM child; DROP TABLE child; DROP TABLE parent; ALTER TABLE kept RENAME TO child",
                )
            }),
            &LINKED,
        ),
        (
            irreversible("a", &[], |op| past_the_operations(op, PROCEDURE)).without_transaction(),
            &LINKED,
        ),
        (
            irreversible("a", &[], |op| {
                op.execute("PRAGMA foreign_keys = OFF")?;
                past_the_operations(
                    op,
                    "CREATE TABLE new (id INTEGER PRIMARY KEY); INSERT INTO new SELECT * FROM parent; DROP TABLE parent; ALTER TABLE new RENAME TO parent",
                )
            }),
            &LINKED,
        ),
    ];
    for (number, (revision, expected)) in cases.into_iter().enumerate() {
        let place = Sqlite::place();
        let mut session = Sqlite::session(&place);
        run(session.as_mut(), "CASCADE", revision)
            .unwrap_or_else(|error| panic!("{number}: {error}"));
        assert_eq!(rows(session.as_mut()), expected, "{number}");
    }
}
