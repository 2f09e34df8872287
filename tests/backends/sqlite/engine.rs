//! The engine on SQLite alone: its files, its settings, its messages.

use std::thread;
use std::time::Duration;

use diesel::sqlite::SqliteConnection;
use diesel::{Connection, RunQueryDsl, sql_query};
use migrate_core::engine::backend::{self, Access};
use migrate_core::error::Cause;
use migrate_core::prelude::*;
use migrate_core::{ErrorKind, Migrator};

use super::Sqlite;
use crate::backend::TestBackend;
use crate::engine::applied;
use crate::engine::failures::failure;
use crate::histories::{history, irreversible, reversible, row_of, three, with_downgrade};

#[test]
fn a_borrowed_connection_is_given_back_unchanged() {
    let history = three();
    let mut connection = SqliteConnection::establish(":memory:").unwrap();
    sql_query("PRAGMA busy_timeout = 1234")
        .execute(&mut connection)
        .unwrap();
    Migrator::new(&history)
        .upgrade(&mut connection, "head")
        .unwrap();
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Integer)]
        timeout: i32,
    }
    let row: Row = sql_query("PRAGMA busy_timeout")
        .get_result(&mut connection)
        .unwrap();
    assert_eq!(row.timeout, 1234);
}

#[test]
fn a_history_in_memory_migrates_like_any_other() {
    let history = row_of(20);
    let mut connection = SqliteConnection::establish(":memory:").unwrap();
    assert_eq!(
        Migrator::new(&history)
            .upgrade(&mut connection, "head")
            .unwrap()
            .steps
            .len(),
        20
    );
    assert!(
        Migrator::new(&history)
            .status(&mut connection)
            .unwrap()
            .at_heads
    );
}

#[test]
fn reading_and_empty_runs_write_no_byte() {
    let history = three();
    let migrator = Migrator::new(&history);
    let place = Sqlite::place();
    let mut session = backend::connect(&Sqlite::url(&place), Access::Read).unwrap();
    migrator.status(session.as_mut()).unwrap();
    let files = || std::fs::read_dir(place.path()).unwrap().count();
    assert_eq!(files(), 0, "no file was created");

    migrator
        .upgrade(Sqlite::session(&place).as_mut(), "head")
        .unwrap();
    assert_eq!(files(), 1, "no lock's file is left");
    let bytes = std::fs::read(place.path().join("app.db")).unwrap();
    let mut session = backend::connect(&Sqlite::url(&place), Access::Read).unwrap();
    migrator.status(session.as_mut()).unwrap();
    migrator
        .upgrade(Sqlite::session(&place).as_mut(), "head")
        .unwrap();
    assert_eq!(files(), 1);
    assert_eq!(std::fs::read(place.path().join("app.db")).unwrap(), bytes);
}

#[test]
fn a_writer_that_leaves_short_gaps_starves_no_run() {
    use std::sync::atomic::{AtomicBool, Ordering};
    let place = Sqlite::place();
    let url = Sqlite::url(&place);
    let path = url.as_secret_str().to_owned();
    let history = row_of(5);
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut writer = SqliteConnection::establish(&path).unwrap();
            sql_query("PRAGMA busy_timeout = 60000")
                .execute(&mut writer)
                .unwrap();
            while !done.load(Ordering::SeqCst) {
                sql_query("BEGIN IMMEDIATE").execute(&mut writer).unwrap();
                thread::sleep(Duration::from_millis(20));
                sql_query("COMMIT").execute(&mut writer).unwrap();
                // long enough to be met in some tries, too short for SQLite's own pauses
                thread::sleep(Duration::from_micros(200));
            }
        });
        let result = Migrator::new(&history)
            .lock_timeout(Duration::from_secs(60))
            .upgrade(Sqlite::session(&place).as_mut(), "head");
        done.store(true, Ordering::SeqCst);
        assert_eq!(result.unwrap().steps.len(), 5);
    });
}

/// `git clean` does this during a run.
fn remove_the_locks_file(op: &mut Operations<'_>) -> Result<()> {
    #[derive(diesel::QueryableByName)]
    struct Main {
        #[diesel(sql_type = diesel::sql_types::Text)]
        file: String,
    }
    let main: Main = sql_query("SELECT file FROM pragma_database_list WHERE name = 'main'")
        .get_result(op.sqlite()?)?;
    std::fs::remove_file(main.file + "-migrate-lock")?;
    Ok(())
}

#[test]
fn a_run_whose_lock_file_was_removed_stops_before_its_next_revision() {
    for transaction in [true, false] {
        let next = reversible("b", &["a"], |op| {
            op.create_table(table("t").column(column("n", Integer)))
        });
        let next = if transaction {
            next
        } else {
            next.without_transaction()
        };
        let history = history(vec![irreversible("a", &[], remove_the_locks_file), next]);
        let place = Sqlite::place();
        let migrator = Migrator::new(&history);
        let error = migrator
            .upgrade(Sqlite::session(&place).as_mut(), "head")
            .unwrap_err();
        assert!(error.to_string().contains("lock"), "{error}");
        let mut session = Sqlite::session(&place);
        assert_eq!(
            applied(&history, session.as_mut()),
            ["a"],
            "transaction: {transaction}"
        );
        assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1);
        // the next run has its own lock
        migrator.upgrade(session.as_mut(), "head").unwrap();
    }
}

#[test]
fn a_failure_half_way_names_revision_operation_and_statement() {
    let failure = failure::<Sqlite>(|op| {
        op.bulk_insert("t", ["n"], [[1], [2]])?;
        op.create_table(table("other").column(column("a", Text)))?;
        op.bulk_insert("t", ["n"], [[3], [1]])?;
        op.execute("never run")
    });
    assert!(failure.undone);
    assert_eq!(failure.operation.as_deref(), Some("insert 2 rows into `t`"));
    assert_eq!(
        failure.statement.as_deref(),
        Some("INSERT INTO `t` (`n`) VALUES\n  (3),\n  (1)")
    );
    assert_eq!(
        failure.to_string(),
        "the upgrade of revision `b` failed: UNIQUE constraint failed: t.n\n  \
         operation: insert 2 rows into `t`\n  statement: INSERT INTO `t` (`n`) VALUES\n  (3),\n  (1)"
    );
    assert_eq!(
        (failure.file.as_str(), failure.line),
        ("migrations/b.rs", 3)
    );
}

#[test]
fn unsupported_operations_are_refused_with_help() {
    let failure = failure::<Sqlite>(|op| {
        op.bulk_insert("t", ["n"], [[1]])?;
        op.add_column("t", column("name", Text))
    });
    assert!(failure.undone && failure.statement.is_none());
    assert_eq!(
        failure
            .help()
            .map(|help| help.typed("cargo migrate"))
            .as_deref(),
        Some("add `.default(…)` or `.nullable()`")
    );
}

#[test]
fn dropping_a_column_in_use_is_refused_by_the_catalogue() {
    let refused = failure::<Sqlite>(|op| {
        op.add_column("t", column("name", Text).nullable())?;
        op.create_index(index("ix_name").on("t", ["name"]))?;
        op.drop_column("t", "name")
    });
    assert!(
        refused
            .to_string()
            .contains("SQLite cannot drop `name` of `t`: the index `ix_name` is over it")
    );
    assert_eq!(
        refused
            .help()
            .map(|help| help.typed("cargo migrate"))
            .as_deref(),
        Some("op.drop_index(\"ix_name\").on(\"t\") first")
    );
    let refused = failure::<Sqlite>(|op| op.drop_column("t", "N"));
    assert!(
        refused.to_string().contains("it is the only one"),
        "{refused}"
    );
}

#[test]
fn a_deferred_key_that_is_broken_fails_at_the_commit() {
    let failure = failure::<Sqlite>(|op| {
        op.execute("PRAGMA defer_foreign_keys = ON")?;
        let parent = column("parent", Integer).references("t", "n");
        op.create_table(table("child").column(parent))?;
        op.bulk_insert("child", ["parent"], [[7]])
    });
    assert!(failure.undone);
    assert!(matches!(failure.cause, Cause::Commit(_)), "{failure}");
}

#[test]
fn without_a_transaction_pragmas_work_and_the_revision_is_recorded() {
    let history = history(vec![
        with_downgrade(
            "a",
            &[],
            |op| op.execute("PRAGMA journal_mode = WAL"),
            |_| Ok(()),
        )
        .without_transaction(),
        with_downgrade(
            "b",
            &["a"],
            |op| op.execute("VACUUM"),
            |op| op.execute("VACUUM"),
        )
        .without_transaction(),
    ]);
    let place = Sqlite::place();
    let mut session = Sqlite::session(&place);
    let session = session.as_mut();
    Migrator::new(&history).upgrade(session, "head").unwrap();
    assert_eq!(
        Sqlite::values(
            session,
            "SELECT journal_mode AS text FROM pragma_journal_mode"
        ),
        ["wal"]
    );
    Migrator::new(&history).downgrade(session, "-1").unwrap();
    assert_eq!(applied(&history, session), ["a"]);
}

#[test]
fn a_run_waits_for_another_writer() {
    let history = three();
    let place = Sqlite::place();
    let mut writer = Sqlite::session(&place);
    writer.execute("BEGIN IMMEDIATE").unwrap();
    // the run may be reading when the writer commits
    writer.execute("PRAGMA busy_timeout = 60000").unwrap();
    let error = Migrator::new(&history)
        .lock_timeout(Duration::from_millis(100))
        .upgrade(Sqlite::session(&place).as_mut(), "head")
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Lock, "{error}");
    thread::scope(|scope| {
        scope.spawn(|| {
            let report = Migrator::new(&history)
                .upgrade(Sqlite::session(&place).as_mut(), "head")
                .unwrap();
            assert_eq!(report.steps.len(), 3);
        });
        thread::sleep(Duration::from_millis(150));
        writer.execute("COMMIT").unwrap();
    });
}

#[test]
fn a_setting_does_not_leak_out_of_a_revision_without_a_transaction() {
    let off = |op: &mut Operations<'_>| op.execute("PRAGMA foreign_keys = OFF");
    let history = history(vec![
        with_downgrade(
            "a",
            &[],
            |op| {
                op.execute("CREATE TABLE p (id INTEGER PRIMARY KEY)")?;
                op.execute("CREATE TABLE c (p INTEGER REFERENCES p (id))")
            },
            |_| Ok(()),
        ),
        with_downgrade("b", &["a"], off, |_| Ok(())).without_transaction(),
        with_downgrade(
            "c",
            &["b"],
            |op| op.execute("INSERT INTO c VALUES (1)"),
            |_| Ok(()),
        ),
    ]);
    let mut connection = SqliteConnection::establish(":memory:").unwrap();
    sql_query("PRAGMA foreign_keys = ON")
        .execute(&mut connection)
        .unwrap();
    Migrator::new(&history)
        .upgrade(&mut connection, "head")
        .unwrap_err();
    let status = Migrator::new(&history).status(&mut connection).unwrap();
    assert_eq!(status.current, ["b"]);
    let orphan = sql_query("INSERT INTO c VALUES (1)").execute(&mut connection);
    assert!(orphan.is_err(), "the keys are on as they were");
}
