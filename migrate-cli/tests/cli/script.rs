//! `--sql`: what is printed, and that the script does what a run does.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use migrate_core::engine::backend;
use migrate_core::prelude::*;
use migrate_core::revision::{Body, Downgrade, answer};
use migrate_core::{History, Revision, with_connection};
use snapbox::{assert_data_eq, str};

use crate::histories::{CHAIN, FORKED, ONE_WAY};
use crate::support::Folder;

/// A trigger, rows that look like SQL, and a comment at the end of a statement.
const TRICKY: Revision = Revision::new(
    "2",
    &["1"],
    "Keep a log;\u{7} of names.",
    "migrations/2_log.rs",
    4,
    body(|op| {
        op.create_table(table("log").column(column("text", Text)))?;
        op.execute(
            "CREATE TRIGGER logged AFTER INSERT ON names BEGIN\n  INSERT INTO log VALUES (new.name);\n  \
             INSERT INTO log VALUES ('; COMMIT; --');\nEND",
        )?;
        op.bulk_insert("names", ["name"], [("Ada';\nCOMMIT; --",), ("`Grace`",)])?;
        op.execute("UPDATE log SET text = text || '!' -- loud")
    }),
    Downgrade::Function(body(|op| {
        op.execute("DROP TRIGGER logged;")?;
        op.drop_table("log")
    })),
);

const NAMES: Revision = Revision::new(
    "1",
    &[],
    "Create names.",
    "migrations/1_names.rs",
    4,
    body(|op| op.create_table(table("names").column(column("name", Text)))),
    Downgrade::Reversible,
);

const INDEX: Revision = Revision::new(
    "3",
    &["2"],
    "Index names.",
    "migrations/3_index.rs",
    4,
    body(|op| op.create_index(index("ix").on("names", ["name"]))),
    Downgrade::Reversible,
)
.without_transaction();

static TRICKY_LINE: History = History::new(&[&[&NAMES, &TRICKY, &INDEX]]);

/// Two revisions that need a database, one that is sound, and one that cannot be done on any.
static LIVE: History = History::new(&[&[&NAMES, &QUERY, &CONNECTION, &BROKEN]]);

const QUERY: Revision = Revision::new(
    "2",
    &["1"],
    "Count.",
    "migrations/2_count.rs",
    4,
    body(|op| {
        with_connection!(op, |connection| connection
            .batch_execute("DELETE FROM names"))
    }),
    Downgrade::Reversible,
);

fn of_a_connection(_connection: &mut SqliteConnection) -> Result {
    Ok(())
}

const CONNECTION: Revision = Revision::new(
    "3",
    &["2"],
    "Count again.",
    "migrations/3_count.rs",
    4,
    Body::Asked(|ask| answer(of_a_connection, ask)),
    Downgrade::Irreversible,
);

const BROKEN: Revision = Revision::new(
    "4",
    &["3"],
    "Break.",
    "migrations/4_break.rs",
    4,
    body(|op| op.execute("SELECT 'never closed")),
    Downgrade::Irreversible,
);

const fn body(run: fn(&mut Operations<'_>) -> Result) -> Body {
    Body::Operations(run)
}

/// Everything that is in a database: its schema, the versions, and the rows of `tables`.
fn objects(folder: &Folder, tables: &[&str]) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Text)]
        text: std::string::String,
    }
    let path = folder.database().display().to_string();
    let mut connection = SqliteConnection::establish(&path).unwrap();
    let mut queries = vec![
        // a script writes no journal
        "SELECT coalesce(sql, name) AS text FROM sqlite_schema WHERE name <> '__migrate_journal' ORDER BY name".to_owned(),
        "SELECT version AS text FROM __diesel_schema_migrations ORDER BY version".to_owned(),
    ];
    queries.extend(tables.iter().map(|table| {
        format!(
            "SELECT quote(t.rowid) || quote(t.{}) AS text FROM {} AS t",
            column_of(table),
            table
        )
    }));
    queries
        .iter()
        .flat_map(|query| {
            let rows: Vec<Row> = diesel::sql_query(query).load(&mut connection).unwrap();
            rows.into_iter().map(|row| row.text)
        })
        .collect()
}

fn column_of(table: &str) -> &'static str {
    if table == "log" { "text" } else { "name" }
}

/// Prints the script of a command line and runs it on the folder's database.
#[track_caller]
fn run_script(folder: &Folder, history: &History, line: &str) {
    let said = folder.run_with(history, &format!("{line} --sql --dialect sqlite"), &[]);
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{line}");
    let path = folder.database().display().to_string();
    let mut connection = SqliteConnection::establish(&path).unwrap();
    connection.batch_execute(&said.out).unwrap();
}

#[test]
fn a_script_does_what_a_run_does() {
    for (history, tables) in [(&TRICKY_LINE, &["names", "log"][..]), (&CHAIN, &["users"])] {
        let (online, offline) = (Folder::new(), Folder::new());
        online.run(history, "up");
        run_script(&offline, history, "up");
        assert_eq!(objects(&online, tables), objects(&offline, tables));
    }
    let (online, offline) = (Folder::new(), Folder::new());
    online.run(&TRICKY_LINE, "up");
    online.run(&TRICKY_LINE, "down 1");
    run_script(&offline, &TRICKY_LINE, "up 2");
    run_script(&offline, &TRICKY_LINE, "up 2:head");
    run_script(&offline, &TRICKY_LINE, "down 3:1");
    assert_eq!(objects(&online, &["names"]), objects(&offline, &["names"]));

    let (online, offline) = (Folder::new(), Folder::new());
    online.run(&FORKED, "stamp heads");
    online.run(&FORKED, "stamp 20261101090000");
    run_script(&offline, &FORKED, "stamp heads");
    run_script(&offline, &FORKED, "stamp heads:20261101090000");
    assert_eq!(objects(&online, &[]), objects(&offline, &[]));
}

#[test]
fn a_script_reads_well() {
    let folder = Folder::new();
    let said = folder.run_with(&TRICKY_LINE, "up --sql --dialect sqlite", &[]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert_data_eq!(
        said.out,
        str![[r#"
-- SQLite: upgrade head
-- The database before: nothing applied
-- The database after: 3
-- Written by migrate 0.1.0 from the revisions alone: no database was looked at.
-- Run it with: sqlite3 -bail DATABASE < SCRIPT
PRAGMA foreign_keys = 1;
PRAGMA trusted_schema = 1;

-- The version table
CREATE TABLE IF NOT EXISTS __diesel_schema_migrations (
       version VARCHAR(50) PRIMARY KEY NOT NULL,
       run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- [1/3] up 1, Create names.
-- migrations/1_names.rs:4
BEGIN IMMEDIATE;
CREATE TABLE `names` (
  `name` TEXT NOT NULL
);
INSERT INTO __diesel_schema_migrations (version) VALUES ('1');
COMMIT;

-- [2/3] up 2, Keep a log;  of names.
-- migrations/2_log.rs:4
BEGIN IMMEDIATE;
CREATE TABLE `log` (
  `text` TEXT NOT NULL
);
CREATE TRIGGER logged AFTER INSERT ON names BEGIN
  INSERT INTO log VALUES (new.name);
  INSERT INTO log VALUES ('; COMMIT; --');
END;
INSERT INTO `names` (`name`) VALUES
  ('Ada'';
COMMIT; --'),
  ('`Grace`');
UPDATE log SET text = text || '!' -- loud
;
INSERT INTO __diesel_schema_migrations (version) VALUES ('2');
COMMIT;

-- [3/3] up 3, Index names.
-- migrations/3_index.rs:4, outside a transaction
CREATE INDEX `ix` ON `names` (`name`);
INSERT INTO __diesel_schema_migrations (version) VALUES ('3');

"#]]
    );
    let said = folder.run(&TRICKY_LINE, "down --sql head:1");
    assert_data_eq!(
        said.out,
        str![[r#"
-- SQLite: downgrade head:1
-- The database before: 3
-- The database after: 1
-- Written by migrate 0.1.0 from the revisions alone: no database was looked at.
-- Run it with: sqlite3 -bail DATABASE < SCRIPT
PRAGMA foreign_keys = 1;
PRAGMA trusted_schema = 1;

-- [1/2] down 3, Index names.
-- migrations/3_index.rs:4, outside a transaction
DROP INDEX `ix`;
DELETE FROM __diesel_schema_migrations WHERE version = '3';

-- [2/2] down 2, Keep a log;  of names.
-- migrations/2_log.rs:4
BEGIN IMMEDIATE;
DROP TRIGGER logged;
SAVEPOINT migrate_drop;
CREATE TEMP TABLE migrate_drop (changes INTEGER, CONSTRAINT "`log` cannot be dropped: that deletes or unlinks rows that reference it; delete those rows, or drop their tables, first" CHECK (changes <= 0));
INSERT INTO temp.migrate_drop VALUES (-1 - total_changes());
DROP TABLE `log`;
UPDATE temp.migrate_drop SET changes = changes + total_changes() - changes() WHERE EXISTS (
  SELECT 1 FROM sqlite_master AS child JOIN pragma_foreign_key_list(child.name) AS key
  WHERE child.type = 'table' AND child.name <> 'log' COLLATE NOCASE AND key."table" = 'log' COLLATE NOCASE
  AND key.on_delete NOT IN ('NO ACTION', 'RESTRICT'));
DROP TABLE temp.migrate_drop;
RELEASE migrate_drop;
DELETE FROM __diesel_schema_migrations WHERE version = '2';
COMMIT;

"#]]
    );
    assert!(!folder.database().exists());
    let said = folder.run(&CHAIN, "stamp --sql 20261101090000:head");
    assert_data_eq!(
        said.out,
        str![[r#"
-- SQLite: stamp 20261101090000:head
-- The database before: 20261101090000
-- The database after: 20261115180000
-- Written by migrate 0.1.0 from the revisions alone: no database was looked at.
-- Run it with: sqlite3 -bail DATABASE < SCRIPT
PRAGMA foreign_keys = 1;
PRAGMA trusted_schema = 1;

-- What is recorded as applied
BEGIN IMMEDIATE;
INSERT INTO __diesel_schema_migrations (version) VALUES ('20261108120000');
INSERT INTO __diesel_schema_migrations (version) VALUES ('20261115180000');
COMMIT;

"#]]
    );
}

#[test]
fn sql_that_is_not_ended_is_refused_with_a_help() {
    static OPEN: Revision = Revision::new(
        "1",
        &[],
        "",
        "m/up.sql",
        1,
        Body::sql("SELECT 'never closed"),
        Downgrade::Irreversible,
    );
    static HISTORY: History = History::new(&[&[&OPEN]]);
    let said = Folder::new().run(&HISTORY, "up --sql");
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(
        said.err
            .ends_with("help: add the end of a string to the SQL in `m/up.sql:1`\n"),
        "{said:?}"
    );
}

#[test]
fn what_needs_a_database_is_named_before_anything_is_written() {
    let folder = Folder::new();
    let said = folder.run(&LIVE, "up --sql");
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert_data_eq!(
        said.err,
        str![[r#"
error: revision `2` needs a database, which a script does not have: its function uses the connection
note: the revision is in `migrations/2_count.rs:4`
note: and revision `3` needs a database, which a script does not have: its function takes a connection of `sqlite`; it is in `migrations/3_count.rs:4`
note: and revision `4` cannot be written into a script: its SQL ends inside a string: SELECT 'never closed; it is in `migrations/4_break.rs:4`
help: give its statements for scripts, `if op.is_offline() { op.execute("…")?; } else { … }`; or run it on the database with `cargo migrate up 2`, and begin the script there: `cargo migrate up --sql 2:heads`

"#]]
    );
    let said = folder.run(&LIVE, "down --sql 3:base");
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert_data_eq!(
        said.err,
        str![[r#"
error: revision `3` cannot be written into a script: it cannot be reverted: it is declared `irreversible`
note: the revision is in `migrations/3_count.rs:4`
note: and revision `2` cannot be written into a script: it cannot be reverted: its operations cannot be collected: its function uses the connection; it is in `migrations/2_count.rs:4`
help: give it `downgrade = downgrade` and write that function

"#]]
    );
    let said = folder.run(&ONE_WAY, "down --sql head:base");
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert_data_eq!(
        said.err,
        str![[r#"
error: revision `20261108120000` cannot be written into a script: it cannot be reverted: it is declared `irreversible`
note: the revision is in `migrations/20261108120000_forget_names.rs:4`
help: give it `downgrade = downgrade` and write that function

"#]]
    );
    // where the script begins after it, it is written
    assert_eq!(folder.run(&LIVE, "up --sql 4:head").code, 0);
}

#[test]
fn what_makes_no_script() {
    let folder = Folder::new();
    let said = folder.run(&CHAIN, "down --sql base");
    assert_eq!(said.code, 2);
    assert_data_eq!(
        said.err,
        str![[r#"
error: a script down to `base` must know the revision that it starts from
help: name it: `head:base`

"#]]
    );
    let said = folder.run_with(&CHAIN, "up --sql", &[]);
    let enabled: Vec<String> = backend::enabled()
        .map(|kind| kind.feature().replace("mysql", &kind.name().to_lowercase()))
        .map(|name| format!("`{name}`"))
        .collect();
    match enabled.as_slice() {
        [_] => assert_eq!((said.code, said.out.contains("CREATE TABLE")), (0, true)),
        several => {
            let message = format!(
                "error: choose the database that the script is for\nhelp: give `--dialect` with {}, or a URL by `--database-url`\n",
                several.join(" or ")
            );
            assert_eq!((said.code, said.out, said.err), (2, String::new(), message));
        }
    }
    for (range, message) in [
        (
            "20261108120000:20261101090000",
            str![[r#"
error: `20261101090000` is below `20261108120000`, where the script begins
help: the other way round: `20261101090000:20261108120000`; or `cargo migrate down --sql 20261108120000:20261101090000`

"#]],
        ),
        (
            "20261108120000:base",
            str![[r#"
error: `base` is below `20261108120000`, where the script begins
help: the other way round: `base:20261108120000`; or `cargo migrate down --sql 20261108120000:base`

"#]],
        ),
    ] {
        let said = folder.run(&CHAIN, &format!("up --sql {range}"));
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{range}");
        assert_data_eq!(said.err, message);
    }
    let nothing = folder.run(&CHAIN, "up --sql 20261108120000:20261108120000");
    assert_eq!(nothing.code, 0, "{}", nothing.err);
    for line in [
        "up --sql 20261108120000 20261115180000",
        "stamp --sql --purge head",
        "up --dialect sqlite",
        "up --sql --dialect oracle",
        "up 20261101090000:head",
        "up --sql sqlite://:pw@x",
    ] {
        let said = folder.run(&CHAIN, line);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{line}");
    }
}

#[test]
fn nothing_to_do_is_a_script_without_statements() {
    let folder = Folder::new();
    let said = folder.run(&CHAIN, "up --sql head:head");
    assert_eq!(said.code, 0);
    assert_data_eq!(
        said.out,
        str![[r#"
-- SQLite: upgrade head:head
-- The database before: 20261115180000
-- The database after: 20261115180000
-- Written by migrate 0.1.0 from the revisions alone: no database was looked at.
-- Run it with: sqlite3 -bail DATABASE < SCRIPT
PRAGMA foreign_keys = 1;
PRAGMA trusted_schema = 1;

"#]]
    );
}
