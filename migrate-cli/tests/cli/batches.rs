//! Rows that are changed in batches: which, in which transactions, and what is printed.

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use migrate_core::prelude::*;
use migrate_core::revision::{Body, Downgrade};
use migrate_core::{History, Revision, with_connection};
use snapbox::{assert_data_eq, str};

use crate::support::Folder;

/// Twenty-five rows with gaps between their keys, and one without a name.
const ROWS: Revision = Revision::new(
    "1",
    &[],
    "Create rows.",
    "migrations/1_rows.rs",
    4,
    body(|op| {
        op.create_table(
            table("order")
                .column(column("text", Integer).primary_key())
                .column(column("name", "TEXT").nullable())
                .column(column("batch", Integer).default(0)),
        )?;
        op.bulk_insert(
            "order",
            ["text", "name"],
            (-5..20_i64).map(|key| (key * key * key, (key != 3).then(|| format!("n{key}")))),
        )
    }),
    Downgrade::Irreversible,
);

const CHANGE: Revision = revision(|op| {
    let mut number = 0;
    op.batches("order", "text").size(10).run(|op, batch| {
        number += 1;
        assert_eq!(batch.rows(), if number == 3 { 5 } else { 10 });
        op.execute(format!("UPDATE `order` SET batch = {number} WHERE {batch}"))
    })
});

const CHANGE_NAMES: Revision = revision(|op| {
    op.batches("order", "name")
        .text_key()
        .filter("name <> 'n4' -- not this one")
        .size(7)
        .run(|op, batch| {
            assert_eq!(batch.integers(), None);
            op.execute(format!(
                "UPDATE `order` SET batch = batch + 1 WHERE {batch}"
            ))
        })
});

/// Fails in its third batch.
const BREAK: Revision = revision(|op| {
    let mut number = 0;
    op.batches("order", "text").size(10).run(|op, batch| {
        number += 1;
        op.execute(format!("UPDATE `order` SET batch = {number} WHERE {batch}"))?;
        if number == 3 {
            op.execute("UPDATE nowhere SET a = 1")?;
        }
        Ok(())
    })
});

/// The same for other rows.
const FILTERED: Revision = revision(|op| {
    op.batches("order", "text")
        .filter("batch\n = 1 OR batch = 0")
        .run(|op, batch| op.execute(format!("UPDATE `order` SET batch = 7 WHERE {batch}")))
})
.without_transaction();

const PANIC: Revision = revision(|op| {
    op.batches("order", "text").size(10).run(|op, batch| {
        op.execute(format!("UPDATE `order` SET batch = 1 WHERE {batch}"))?;
        panic!("no more")
    })
})
.without_transaction();

/// Changes the rows of each batch in smaller batches.
const NESTED: Revision = revision(|op| {
    op.batches("order", "text").size(10).run(|op, batch| {
        let condition = batch.to_string();
        op.batches("order", "text")
            .filter(condition)
            .size(3)
            .run(|op, inner| {
                op.execute(format!(
                    "UPDATE `order` SET batch = batch + 1 WHERE {inner}"
                ))
            })
    })
})
.without_transaction();

/// Uses diesel's DSL, and ignores an error.
const BY_DSL: Revision = revision(|op| {
    diesel::table! { order (text) { text -> BigInt, batch -> Integer } }
    op.batches("order", "text").size(100).run(|op, batch| {
        let keys = batch
            .integers()
            .ok_or_else(|| RevisionError::message("no keys"))?;
        with_connection!(op, |connection| {
            diesel::update(order::table.filter(order::text.between(keys.start(), keys.end())))
                .set(order::batch.eq(9))
                .execute(connection)
        })?;
        Ok(())
    })?;
    let _ = op.batches("nowhere", "id").run(|_, _| Ok(()));
    Ok(())
});

const fn revision(run: fn(&mut Operations<'_>) -> Result) -> Revision {
    Revision::new(
        "2",
        &["1"],
        "Change rows.",
        "migrations/2_change.rs",
        4,
        body(run),
        Downgrade::Irreversible,
    )
}

const fn body(run: fn(&mut Operations<'_>) -> Result) -> Body {
    Body::Operations(run)
}

/// How many rows there are of each batch.
fn batches(folder: &Folder) -> Vec<(i64, i64)> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        batch: i64,
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        rows: i64,
    }
    let path = folder.database().display().to_string();
    let mut connection = SqliteConnection::establish(&path).unwrap();
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT batch, count(*) AS rows FROM `order` GROUP BY batch ORDER BY batch",
    )
    .load(&mut connection)
    .unwrap();
    rows.into_iter().map(|row| (row.batch, row.rows)).collect()
}

#[test]
fn each_row_is_in_one_batch() {
    static HISTORY: History = History::new(&[&[&ROWS, &CHANGE]]);
    let folder = Folder::new();
    let said = folder.run(&HISTORY, "up");
    assert_data_eq!(
        said.err,
        str![[r#"
`[DIR]/app.db`: 2 revisions to apply
  [1/2] up 1, Create rows. … 0 ms
  [2/2] up 2, Change rows. … 
    order: 10 of 25 rows
    order: 20 of 25 rows
    order: 25 of 25 rows
    … 0 ms
done: applied 2 revisions in 0 ms; the database is at head `2`

"#]]
    );
    assert_eq!(batches(&folder), [(1, 10), (2, 10), (3, 5)]);
}

#[test]
fn keys_may_be_text_and_rows_left_out() {
    static HISTORY: History = History::new(&[&[&ROWS, &CHANGE_NAMES]]);
    let folder = Folder::new();
    let said = folder.run(&HISTORY, "up");
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(batches(&folder), [(0, 2), (1, 23)]);
}

#[test]
fn a_failure_rolls_back_all_batches_of_a_transaction() {
    static HISTORY: History = History::new(&[&[&ROWS, &BREAK]]);
    let folder = Folder::new();
    let said = folder.run(&HISTORY, "up");
    assert_eq!(said.code, 3);
    assert_data_eq!(
        said.err,
        str![[r#"
`[DIR]/app.db`: 2 revisions to apply
  [1/2] up 1, Create rows. … 0 ms
  [2/2] up 2, Change rows. … 
    order: 10 of 25 rows
    order: 20 of 25 rows
    … failed
error: the upgrade of revision `2` failed: no such table: nowhere
note: the revision is in `migrations/2_change.rs:4`
note: the operation was: execute `UPDATE nowhere SET a = 1`
note: the statement was: UPDATE nowhere SET a = 1
note: all its changes were rolled back
note: this run had completed 1 other revision; the database is at `1`
help: fix the revision, then run `cargo migrate up`

"#]]
    );
    assert_eq!(batches(&folder), [(0, 25)]);
}

#[test]
fn without_a_transaction_earlier_batches_are_not_rolled_back() {
    const OUTSIDE: Revision = BREAK.without_transaction();
    static HISTORY: History = History::new(&[&[&ROWS, &OUTSIDE]]);
    let folder = Folder::new();
    let said = folder.run(&HISTORY, "up");
    assert_eq!(said.code, 3);
    assert!(said.err.contains("were not rolled back"), "{}", said.err);
    assert_eq!(batches(&folder), [(0, 5), (1, 10), (2, 10)]);

    // other rows are refused, and what is asked for walks from the first key again
    static EDITED: History = History::new(&[&[&ROWS, &FILTERED]]);
    let said = folder.run(&EDITED, "up");
    assert_data_eq!(
        said.err,
        str![[r#"
`[DIR]/app.db`: 1 revision to apply
  [1/1] up 2, Change rows. … failed
error: the upgrade of revision `2` failed: operation 1 was started by an earlier run, but has changed since
  it was: change rows of `order` in batches along `text`
  it is now: change rows of `order` in batches along `text` where `batch = 1 OR batch = 0`
note: the revision is in `migrations/2_change.rs:4`
note: the operation was: change rows of `order` in batches along `text` where `batch = 1 OR batch = 0`
note: its changes so far were not rolled back and may be in the database; the revision is not recorded as applied
note: this run had completed no other revision; the database is at `1`
help: check whether it was run, and use `cargo migrate resolve 2 --not-done` if it was not; else restore the operation; then run `cargo migrate up`

"#]]
    );
    let decided = folder.run(&EDITED, "resolve 2 --not-done");
    assert_eq!(decided.code, 0, "{}", decided.err);
    assert_eq!(folder.run(&EDITED, "up").code, 0);
    assert_eq!(batches(&folder), [(2, 10), (7, 15)]);
}

/// What is recorded, and resumed after, is the outer batch: its transaction holds the others.
#[test]
fn batches_in_a_batch_are_part_of_it() {
    #[derive(QueryableByName)]
    struct Recorded {
        #[diesel(sql_type = diesel::sql_types::Text)]
        place: String,
    }
    static HISTORY: History = History::new(&[&[&ROWS, &NESTED]]);
    let folder = Folder::new();
    let said = folder.run(&HISTORY, "up");
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(batches(&folder), [(1, 25)]);
    let path = folder.database().display().to_string();
    let mut connection = SqliteConnection::establish(&path).unwrap();
    let recorded: Vec<Recorded> = diesel::sql_query(
        "SELECT statement || ' up to ' || detail AS place FROM __migrate_journal \
         WHERE event = 'batch' ORDER BY id",
    )
    .load(&mut connection)
    .unwrap();
    let places: Vec<_> = recorded.iter().map(|row| row.place.as_str()).collect();
    assert_eq!(places, ["0 up to 64", "1 up to 2744", "2 up to 6859"]);
}

#[test]
fn a_panic_leaves_no_transaction_open() {
    static HISTORY: History = History::new(&[&[&ROWS, &PANIC]]);
    let mut connection = SqliteConnection::establish(":memory:").unwrap();
    let migrator = migrate_core::Migrator::new(&HISTORY);
    let error = migrator.upgrade(&mut connection, "head").unwrap_err();
    assert!(error.to_string().contains("no more"), "{error}");
    let changed = diesel::sql_query("UPDATE `order` SET batch = 2 WHERE batch = 0")
        .execute(&mut connection)
        .unwrap();
    assert_eq!(changed, 25);
    connection.begin_test_transaction().unwrap();
}

#[test]
fn ignored_errors_are_reported() {
    static HISTORY: History = History::new(&[&[&ROWS, &BY_DSL]]);
    let folder = Folder::new();
    let said = folder.run(&HISTORY, "up");
    assert_eq!(said.code, 3);
    assert_data_eq!(
        said.err,
        str![[r#"
`[DIR]/app.db`: 2 revisions to apply
  [1/2] up 1, Create rows. … 0 ms
  [2/2] up 2, Change rows. … 
    order: 25 of 25 rows
    … failed
error: the upgrade of revision `2` failed: no such table: nowhere (but its function continued)
note: the revision is in `migrations/2_change.rs:4`
note: the operation was: change rows of `nowhere` in batches along `id`
note: all its changes were rolled back
note: this run had completed 1 other revision; the database is at `1`
help: return the operation's error with `?`; run what may fail in its own transaction: `op.sqlite()?.transaction(…)`; then run `cargo migrate up`

"#]]
    );
}

#[test]
fn a_script_has_one_batch() {
    static HISTORY: History = History::new(&[&[&ROWS, &CHANGE_NAMES]]);
    let said = Folder::new().run(&HISTORY, "up --sql 1:2");
    assert_eq!(said.code, 0, "{}", said.err);
    assert_data_eq!(
        said.out,
        str![[r#"
-- SQLite: upgrade 1:2
-- The database before: 1
-- The database after: 2
-- Written by migrate 0.1.0 from the revisions alone: no database was looked at.
-- Run it with: sqlite3 -bail DATABASE < SCRIPT
PRAGMA foreign_keys = 1;
PRAGMA trusted_schema = 1;

-- [1/1] up 2, Change rows.
-- migrations/2_change.rs:4
BEGIN IMMEDIATE;
UPDATE `order` SET batch = batch + 1 WHERE `name` IS NOT NULL AND (
name <> 'n4' -- not this one
);
INSERT INTO __diesel_schema_migrations (version) VALUES ('2');
COMMIT;

"#]]
    );
}
