//! SQL folders that begin and end transactions themselves, lock tables, or rebuild tables that
//! others reference: each history is migrated by the engine and by diesel's harness, and the two
//! databases are compared; or the engine refuses it before it sends anything.

use std::fs;
use std::path::Path;

use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use migrate_core::engine::backend::{BackendKind, MigrateConnection};
use migrate_core::error::{Error, TransactionFault};
use migrate_core::{ErrorKind, Migrator, Transactions};
use tempfile::TempDir;

use crate::adoption::{Contents, contents, read};
use crate::backend::{TestBackend, on_each_backend};

/// The expected outcome of the last folder of a case.
#[derive(Clone, Copy, Debug)]
enum Expected {
    /// The same as with diesel's harness.
    AsDiesel,
    /// These rows, if diesel's harness cannot do it or loses rows.
    Rows(&'static [&'static str]),
    /// Refused before anything is sent, at this line.
    Refused(TransactionFault, u32),
    /// It fails with this message, and leaves the database unchanged.
    Fails(&'static str),
}

use Expected::{AsDiesel, Fails, Refused, Rows};
use TransactionFault::{Controls, NotBegun, NotEnded, Unusual};

/// A file that is applied after `before`.
struct Case {
    name: &'static str,
    before: &'static str,
    up: &'static str,
    transaction: bool,
    expected: Expected,
}

const fn within(
    name: &'static str,
    before: &'static str,
    up: &'static str,
    expected: Expected,
) -> Case {
    Case {
        name,
        before,
        up,
        transaction: true,
        expected,
    }
}

const fn without(
    name: &'static str,
    before: &'static str,
    up: &'static str,
    expected: Expected,
) -> Case {
    Case {
        transaction: false,
        ..within(name, before, up, expected)
    }
}

fn folders(cases: &[(&str, &str, bool)]) -> TempDir {
    let all = tempfile::tempdir().unwrap();
    for (name, up, transaction) in cases {
        let folder = all.path().join("migrations").join(name);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("up.sql"), up).unwrap();
        fs::write(folder.join("down.sql"), "SELECT 1;").unwrap();
        if !transaction {
            fs::write(folder.join("metadata.toml"), "run_in_transaction = false").unwrap();
        }
    }
    all
}

fn diesels(folder: &Path) -> FileBasedMigrations {
    FileBasedMigrations::from_path(folder).unwrap()
}

#[track_caller]
fn try_case<B: TestBackend>(case: &Case) {
    let what = format!("{}: {}", B::NAME, case.name);
    let all = folders(&[
        ("1001_before", case.before, true),
        ("1002_case", case.up, case.transaction),
    ]);
    let folder = all.path().join("migrations");
    let (history, place) = (read(&folder), B::place());
    let mut connection = B::connection(&place);
    let migrator = Migrator::new(&history);
    migrator.upgrade(&mut connection, "1001").unwrap();
    let before = contents::<B>(&place);
    let result = migrator.upgrade(&mut connection, "head");
    let after = contents::<B>(&place);
    match case.expected {
        AsDiesel => {
            result.unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!(after, by_diesel::<B>(&folder), "{what}");
        }
        Rows(rows) => {
            result.unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!(after.rows, rows, "{what}");
        }
        Refused(fault, line) => {
            let error = result.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Refused, "{what}: {error}");
            let Error::TransactionControl { control, file, .. } = &error else {
                panic!("{what}: {error}")
            };
            assert_eq!(
                (control.fault, control.line),
                (fault, Some(line)),
                "{what}: {error}"
            );
            assert!(file.ends_with("1002_case/up.sql"), "{file}");
            assert!(error.help().is_some());
            assert_eq!(after, before, "{what}");
        }
        Fails(words) => {
            let error = result.unwrap_err();
            assert!(error.to_string().contains(words), "{what}: {error}");
            assert_eq!(after, before, "{what}");
        }
    }
    // nothing of the file is left on the connection: no transaction, no lock, no setting
    connection.with_session(|session| {
        assert!(!session.in_transaction().unwrap(), "{what}");
        session
            .execute("CREATE TABLE afterwards (n INTEGER)")
            .unwrap();
        session
            .execute("INSERT INTO afterwards VALUES (1)")
            .unwrap();
    });
    let mut other = B::session(&place);
    assert_eq!(
        B::of_rows(other.as_mut(), "n", "afterwards"),
        ["1"],
        "{what}"
    );
    if !matches!(case.expected, Refused(..) | Fails(_)) {
        let status = migrator.status(&mut connection).unwrap();
        assert!(status.at_heads && status.partial.is_none(), "{what}");
    }
}

fn by_diesel<B: TestBackend>(folder: &Path) -> Contents {
    let place = B::place();
    let mut harness = B::connection(&place);
    harness.run_pending_migrations(diesels(folder)).unwrap();
    contents::<B>(&place)
}

const ONE: &str = "CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (0);";

/// SQL that every database understands.
const ALL: &[Case] = &[
    without(
        "rolled back",
        ONE,
        "BEGIN;\nINSERT INTO t VALUES (1);\nROLLBACK;",
        AsDiesel,
    ),
    without(
        "rolled back, and another",
        ONE,
        "BEGIN; INSERT INTO t VALUES (1); ROLLBACK; BEGIN; INSERT INTO t VALUES (2); COMMIT;",
        AsDiesel,
    ),
    without(
        "committed",
        ONE,
        "CREATE TABLE u (a INTEGER); BEGIN; INSERT INTO t VALUES (1); INSERT INTO u VALUES (2); COMMIT; INSERT INTO t VALUES (3)",
        AsDiesel,
    ),
    without(
        "savepoints",
        ONE,
        "BEGIN; INSERT INTO t VALUES (1); SAVEPOINT a; INSERT INTO t VALUES (2); ROLLBACK TO a; INSERT INTO t VALUES (3); RELEASE SAVEPOINT a; COMMIT;",
        AsDiesel,
    ),
    without(
        "nothing in it",
        ONE,
        "BEGIN; COMMIT; INSERT INTO t VALUES (1)",
        AsDiesel,
    ),
    without(
        "never ended",
        ONE,
        "INSERT INTO t VALUES (1);\nBEGIN;\nINSERT INTO t VALUES (2);",
        Refused(NotEnded, 2),
    ),
    within(
        "savepoints",
        ONE,
        "INSERT INTO t VALUES (1); SAVEPOINT a; INSERT INTO t VALUES (2); ROLLBACK TO a; INSERT INTO t VALUES (3);",
        AsDiesel,
    ),
    within(
        "a savepoint that is not there",
        ONE,
        "INSERT INTO t VALUES (1);\nROLLBACK TO SAVEPOINT b;",
        Refused(NotBegun, 2),
    ),
    within(
        "a commit",
        ONE,
        "INSERT INTO t VALUES (1);\n\n/* here */ COMMIT;\nINSERT INTO t VALUES (2);",
        Refused(Controls, 3),
    ),
    within(
        "a rollback",
        ONE,
        "BEGIN;\nINSERT INTO t VALUES (1);\nROLLBACK;",
        Refused(Controls, 3),
    ),
    within(
        "two transactions",
        ONE,
        "BEGIN;\nINSERT INTO t VALUES (1);\nCOMMIT;\nBEGIN;\nINSERT INTO t VALUES (2);\nCOMMIT;",
        Refused(Controls, 3),
    ),
    within(
        "something after the commit",
        ONE,
        "BEGIN;\nINSERT INTO t VALUES (1);\nCOMMIT;\nINSERT INTO t VALUES (2);",
        Refused(Controls, 3),
    ),
    within(
        "one around everything",
        ONE,
        "BEGIN;\nINSERT INTO t VALUES (1);\nCOMMIT;",
        Rows(&["t.a: 0", "t.a: 1"]),
    ),
    within(
        "begun only",
        ONE,
        "BEGIN;\nINSERT INTO t VALUES (1);",
        Refused(Controls, 1),
    ),
    within(
        "words in strings and names",
        ONE,
        "INSERT INTO t SELECT 1 WHERE 'COMMIT; BEGIN' = 'COMMIT; BEGIN' -- ROLLBACK\n;",
        AsDiesel,
    ),
];

const POSTGRES: &[Case] = &[
    without(
        "set local",
        "SELECT 1",
        "CREATE SCHEMA IF NOT EXISTS own_x; BEGIN; SET LOCAL search_path = own_x; CREATE TABLE x (id int); CREATE TABLE y (id int); COMMIT; DROP TABLE own_x.x, own_x.y; DROP SCHEMA own_x;",
        AsDiesel,
    ),
    without(
        "on commit drop",
        ONE,
        "BEGIN; CREATE TEMP TABLE d (a int) ON COMMIT DROP; INSERT INTO d VALUES (5); INSERT INTO t SELECT a FROM d; COMMIT;",
        AsDiesel,
    ),
    without(
        "an isolation level",
        ONE,
        "BEGIN ISOLATION LEVEL SERIALIZABLE; INSERT INTO t SELECT length(current_setting('transaction_isolation')); COMMIT;",
        AsDiesel,
    ),
    without(
        "set transaction",
        ONE,
        "START TRANSACTION; SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; INSERT INTO t SELECT length(current_setting('transaction_isolation')); END;",
        AsDiesel,
    ),
    without(
        "a schema change rolled back",
        ONE,
        "BEGIN; CREATE TABLE u (a int); ABORT; CREATE TABLE v (a int);",
        AsDiesel,
    ),
    without(
        "a failure inside",
        ONE,
        "BEGIN; INSERT INTO t VALUES (1); CREATE TABLE u (a int);\nINSERT INTO nowhere VALUES (1); COMMIT;",
        Fails("nowhere"),
    ),
    without(
        "beside an index",
        ONE,
        "BEGIN; INSERT INTO t VALUES (1); COMMIT; CREATE INDEX CONCURRENTLY i ON t (a);",
        Rows(&["t.a: 0", "t.a: 1"]),
    ),
    without(
        "chained",
        ONE,
        "BEGIN; INSERT INTO t VALUES (1);\nCOMMIT AND CHAIN; COMMIT;",
        Refused(Unusual, 2),
    ),
    without(
        "prepared",
        ONE,
        "BEGIN; INSERT INTO t VALUES (1);\nPREPARE TRANSACTION 'x';",
        Refused(Unusual, 2),
    ),
    within(
        "abort",
        ONE,
        "INSERT INTO t VALUES (1);\nABORT;",
        Refused(Controls, 2),
    ),
    within(
        "end",
        ONE,
        "INSERT INTO t VALUES (1);\nEND;",
        Refused(Controls, 2),
    ),
    within(
        "an isolation level",
        ONE,
        "BEGIN ISOLATION LEVEL SERIALIZABLE;\nINSERT INTO t VALUES (1);\nCOMMIT;",
        Refused(Controls, 3),
    ),
    within(
        "a dump's frame",
        ONE,
        "SET client_encoding = 'UTF8';\nBEGIN;\nINSERT INTO t VALUES (1);\nCOMMIT;\nRESET client_encoding;",
        Rows(&["t.a: 0", "t.a: 1"]),
    ),
    within(
        "a program",
        ONE,
        "DO $$ BEGIN INSERT INTO t VALUES (1); END $$;",
        AsDiesel,
    ),
];

const MYSQL: &[Case] = &[
    without(
        "start transaction",
        ONE,
        "START TRANSACTION; INSERT INTO t VALUES (1); ROLLBACK;",
        AsDiesel,
    ),
    without(
        "a schema change commits",
        ONE,
        "START TRANSACTION; INSERT INTO t VALUES (1); CREATE TABLE u (a INT); INSERT INTO u VALUES (2); ROLLBACK;",
        AsDiesel,
    ),
    without(
        "another beginning commits",
        ONE,
        "BEGIN; INSERT INTO t VALUES (1); BEGIN; INSERT INTO t VALUES (2); ROLLBACK;",
        AsDiesel,
    ),
    without(
        "a variable",
        ONE,
        "START TRANSACTION; SET @own = 7; INSERT INTO t VALUES (@own); COMMIT;",
        AsDiesel,
    ),
    without(
        "phpMyAdmin",
        ONE,
        "SET SQL_MODE = \"NO_AUTO_VALUE_ON_ZERO\";\nSET AUTOCOMMIT = 0;\nSTART TRANSACTION;\nSET time_zone = \"+00:00\";\nCREATE TABLE p (a INT);\nINSERT INTO p VALUES (1), (2);\nALTER TABLE p ADD PRIMARY KEY (a);\nCOMMIT;\n/*!40101 SET NAMES utf8mb4 */;",
        // with autocommit left off, diesel loses its version row
        Rows(&["p.a: 1", "p.a: 2", "t.a: 0"]),
    ),
    without(
        "autocommit off",
        ONE,
        "SET autocommit = 0; INSERT INTO t VALUES (1); ROLLBACK; INSERT INTO t VALUES (2); COMMIT; SET autocommit = 1; INSERT INTO t VALUES (3)",
        AsDiesel,
    ),
    without(
        "autocommit off, never ended",
        ONE,
        "SET autocommit = 0;\nINSERT INTO t VALUES (1);",
        Refused(NotEnded, 2),
    ),
    without(
        "locked tables",
        ONE,
        "LOCK TABLES t WRITE; INSERT INTO t VALUES (1); INSERT INTO t VALUES (2); UNLOCK TABLES; CREATE TABLE u (a INT);",
        AsDiesel,
    ),
    without(
        "never unlocked",
        ONE,
        "INSERT INTO t VALUES (1);\nLOCK TABLES t WRITE;",
        Refused(NotEnded, 2),
    ),
    without("xa", ONE, "XA START 'x';", Refused(Unusual, 1)),
    within(
        "locked tables",
        ONE,
        "CREATE TABLE u (a INT); LOCK TABLES u WRITE; INSERT INTO u VALUES (0),(1); UNLOCK TABLES; INSERT INTO t VALUES (5); CREATE TABLE v (a INT);",
        AsDiesel,
    ),
    within(
        "never unlocked",
        ONE,
        "INSERT INTO t VALUES (1);\nLOCK TABLES t WRITE;",
        Refused(NotEnded, 2),
    ),
    within(
        "mysqldump",
        ONE,
        "/*!40101 SET NAMES utf8mb4 */;\nDROP TABLE IF EXISTS `c`;\n/*!40101 SET @saved_cs_client = @@character_set_client */;\nCREATE TABLE `c` (`id` int NOT NULL, PRIMARY KEY (`id`));\n/*!40101 SET character_set_client = @saved_cs_client */;\nLOCK TABLES `c` WRITE;\n/*!40000 ALTER TABLE `c` DISABLE KEYS */;\nset autocommit=0;\nINSERT INTO `c` VALUES (1),(2);\n/*!40000 ALTER TABLE `c` ENABLE KEYS */;\nUNLOCK TABLES;\ncommit;\nLOCK TABLES `t` WRITE;\nset autocommit=0;\nINSERT INTO `t` VALUES (9);\nUNLOCK TABLES;\ncommit;",
        AsDiesel,
    ),
    within(
        "phpMyAdmin",
        ONE,
        "SET SQL_MODE = \"NO_AUTO_VALUE_ON_ZERO\";\nSET AUTOCOMMIT = 0;\nSTART TRANSACTION;\nSET time_zone = \"+00:00\";\nCREATE TABLE p (a INT);\nINSERT INTO p VALUES (1), (2);\nALTER TABLE p ADD PRIMARY KEY (a);\nCOMMIT;\n/*!40101 SET NAMES utf8mb4 */;",
        AsDiesel,
    ),
    within(
        "in the middle",
        ONE,
        "CREATE TABLE u (id INT);\nSTART TRANSACTION;\nINSERT INTO u VALUES (1);\nCOMMIT;\nCREATE TABLE v (id INT);",
        Refused(Controls, 4),
    ),
    within(
        "in a comment that is run",
        ONE,
        "INSERT INTO t VALUES (1);\n/*!40101 COMMIT */;",
        Refused(Controls, 2),
    ),
];

const FAMILY: &str = "CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT); \
    CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent (id) ON DELETE CASCADE); \
    INSERT INTO parent VALUES (1, 'a'), (2, 'b'); INSERT INTO child VALUES (1, 1), (2, 1), (3, NULL);";

const FAMILY_ROWS: &[&str] = &[
    "child.id: 1",
    "child.id: 2",
    "child.id: 3",
    "child.parent_id: 1",
    "child.parent_id: 1",
    "child.parent_id: NULL",
    "parent.id: 1",
    "parent.id: 2",
    "parent.name: a",
    "parent.name: b",
];

const REBUILD: &str = "CREATE TABLE parent2 (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT 'x'); \
    INSERT INTO parent2 SELECT * FROM parent; DROP TABLE parent; ALTER TABLE parent2 RENAME TO parent;";

const SQLITE: &[Case] = &[
    without(
        "deferred and the like",
        ONE,
        "BEGIN IMMEDIATE TRANSACTION; INSERT INTO t VALUES (1); END TRANSACTION; BEGIN EXCLUSIVE; INSERT INTO t VALUES (2); ROLLBACK TRANSACTION;",
        AsDiesel,
    ),
    without(
        "begun by a savepoint",
        ONE,
        "SAVEPOINT a; INSERT INTO t VALUES (1); SAVEPOINT b; INSERT INTO t VALUES (2); ROLLBACK TO b; RELEASE b; RELEASE a; INSERT INTO t VALUES (3);",
        AsDiesel,
    ),
    without(
        "a failure inside",
        ONE,
        "BEGIN; INSERT INTO t VALUES (1); CREATE TABLE u (a int);\nINSERT INTO nowhere VALUES (1); COMMIT;",
        Fails("nowhere"),
    ),
    without(
        "a commit of nothing",
        ONE,
        "INSERT INTO t VALUES (1);\nCOMMIT;",
        Refused(NotBegun, 2),
    ),
    without(
        "begun twice",
        ONE,
        "BEGIN;\nBEGIN;\nCOMMIT;",
        Refused(Controls, 2),
    ),
    without(
        "the documented procedure",
        FAMILY,
        "PRAGMA foreign_keys=OFF; BEGIN TRANSACTION; CREATE TABLE parent2 (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT 'x'); \
         INSERT INTO parent2 SELECT * FROM parent; DROP TABLE parent; ALTER TABLE parent2 RENAME TO parent; \
         PRAGMA foreign_key_check; COMMIT; PRAGMA foreign_keys=ON;",
        AsDiesel,
    ),
    without(
        "the procedure that loses a parent",
        FAMILY,
        "PRAGMA foreign_keys=OFF; BEGIN; DELETE FROM parent WHERE id = 1; COMMIT; PRAGMA foreign_keys=ON;",
        Fails("2 rows of `child` would point at no row of `parent`"),
    ),
    without(
        "a rebuild that asks for nothing",
        FAMILY,
        "BEGIN; CREATE TABLE parent2 (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO parent2 SELECT * FROM parent;\nDROP TABLE parent; ALTER TABLE parent2 RENAME TO parent; COMMIT;",
        Fails("2 rows of `child` reference it"),
    ),
    within(
        "a rebuild that asks for nothing",
        FAMILY,
        REBUILD,
        Fails(
            "`parent` cannot be dropped: 2 rows of `child` reference it, and SQLite would delete them",
        ),
    ),
    within(
        "a rebuild with keys off",
        FAMILY,
        "PRAGMA foreign_keys=OFF; CREATE TABLE parent2 (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT 'x'); INSERT INTO parent2 SELECT * FROM parent; \
         DROP TABLE parent; ALTER TABLE parent2 RENAME TO parent; PRAGMA foreign_keys=ON;",
        Rows(FAMILY_ROWS),
    ),
    within(
        "a rebuild with keys off half way, as Prisma writes it",
        FAMILY,
        "CREATE TABLE u (a); PRAGMA defer_foreign_keys=ON; PRAGMA foreign_keys=OFF; CREATE TABLE new_parent (id INTEGER PRIMARY KEY, name TEXT); \
         INSERT INTO new_parent (id, name) SELECT id, name FROM parent; DROP TABLE \"parent\"; ALTER TABLE \"new_parent\" RENAME TO \"parent\"; \
         PRAGMA foreign_keys=ON; PRAGMA defer_foreign_keys=OFF; INSERT INTO u VALUES (1)",
        Rows(&[
            "child.id: 1",
            "child.id: 2",
            "child.id: 3",
            "child.parent_id: 1",
            "child.parent_id: 1",
            "child.parent_id: NULL",
            "parent.id: 1",
            "parent.id: 2",
            "parent.name: a",
            "parent.name: b",
            "u.a: 1",
        ]),
    ),
    within(
        "keys off, and a row lost",
        FAMILY,
        "PRAGMA foreign_keys=OFF; DELETE FROM parent WHERE id = 1;",
        Fails("2 rows of `child` would point at no row of `parent`"),
    ),
    within(
        "sqlite3 .dump",
        "SELECT 1",
        "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE c (id INTEGER REFERENCES p (id));\nINSERT INTO c VALUES(1);\nCREATE TABLE p (id INTEGER PRIMARY KEY);\nINSERT INTO p VALUES(1);\nCOMMIT;",
        Rows(&["c.id: 1", "p.id: 1"]),
    ),
    without(
        "sqlite3 .dump",
        "SELECT 1",
        "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE c (id INTEGER REFERENCES p (id));\nINSERT INTO c VALUES(1);\nCREATE TABLE p (id INTEGER PRIMARY KEY);\nINSERT INTO p VALUES(1);\nCOMMIT;",
        AsDiesel,
    ),
    within(
        "the child first",
        FAMILY,
        "DROP TABLE child; DROP TABLE IF EXISTS parent;",
        AsDiesel,
    ),
    within(
        "the child emptied",
        FAMILY,
        "DELETE FROM child; DROP TABLE parent;",
        AsDiesel,
    ),
    within(
        "the parent first",
        FAMILY,
        "DROP TABLE IF EXISTS [parent]; DROP TABLE child;",
        Fails("2 rows of `child`"),
    ),
    within(
        "nothing is there",
        ONE,
        "DROP TABLE IF EXISTS nowhere;",
        AsDiesel,
    ),
    within(
        "only rows without a parent",
        "CREATE TABLE parent (id INTEGER PRIMARY KEY); CREATE TABLE child (p INTEGER REFERENCES parent ON DELETE CASCADE); INSERT INTO parent VALUES (1); INSERT INTO child VALUES (NULL);",
        "DROP TABLE parent; ",
        AsDiesel,
    ),
    within(
        "to itself",
        "CREATE TABLE tree (id INTEGER PRIMARY KEY, up INTEGER REFERENCES tree ON DELETE CASCADE); INSERT INTO tree VALUES (1, NULL), (2, 1);",
        "DROP TABLE tree;",
        AsDiesel,
    ),
    within(
        "set null",
        "CREATE TABLE parent (id INTEGER PRIMARY KEY); CREATE TABLE child (p INTEGER REFERENCES parent ON DELETE SET NULL); INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1);",
        "DROP TABLE Parent;",
        Fails("1 row of `child` references it, and SQLite would unlink them"),
    ),
    within(
        "set default",
        "CREATE TABLE parent (id INTEGER PRIMARY KEY); CREATE TABLE child (p INTEGER DEFAULT 0 REFERENCES parent ON DELETE SET DEFAULT); INSERT INTO parent VALUES (0), (1); INSERT INTO child VALUES (1);",
        "DROP TABLE main.parent;",
        Fails("(ON DELETE SET DEFAULT)"),
    ),
    within(
        "restrict",
        "CREATE TABLE parent (id INTEGER PRIMARY KEY); CREATE TABLE child (p INTEGER REFERENCES parent ON DELETE RESTRICT); INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1);",
        "DROP TABLE parent;",
        Fails("does not allow that (ON DELETE RESTRICT)"),
    ),
    within(
        "no action",
        "CREATE TABLE parent (id INTEGER PRIMARY KEY); CREATE TABLE child (p INTEGER REFERENCES parent); INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1);",
        "DROP TABLE parent;",
        Fails("does not allow that (ON DELETE NO ACTION)"),
    ),
    within(
        "deferred, and the child goes too",
        "CREATE TABLE parent (id INTEGER PRIMARY KEY); CREATE TABLE child (p INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED); INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1);",
        "DROP TABLE parent; DROP TABLE child;",
        AsDiesel,
    ),
    within(
        "several columns without a rowid",
        "CREATE TABLE parent (a INTEGER, b TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID; CREATE TABLE child (x INTEGER, y TEXT, FOREIGN KEY (x, y) REFERENCES parent ON DELETE CASCADE); INSERT INTO parent VALUES (1, 'a'); INSERT INTO child VALUES (1, 'a'), (1, NULL);",
        "DROP TABLE parent;",
        Fails("1 row of `child` references it"),
    ),
    within(
        "renamed before",
        FAMILY,
        "ALTER TABLE parent RENAME TO old; CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO parent SELECT * FROM old; DROP TABLE old;",
        Fails("`old` cannot be dropped: 2 rows of `child`"),
    ),
    within(
        "renamed before, with keys off",
        FAMILY,
        "PRAGMA foreign_keys = OFF; ALTER TABLE parent RENAME TO old; CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO parent SELECT * FROM old; DROP TABLE old;",
        Fails("would point at no row of `old`"),
    ),
    within(
        "renamed before, as in old versions",
        FAMILY,
        "PRAGMA legacy_alter_table = ON; ALTER TABLE parent RENAME TO old; CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO parent SELECT * FROM old; DROP TABLE old; PRAGMA legacy_alter_table = OFF;",
        Fails("`old` cannot be dropped: 2 rows of `child`"),
    ),
    within(
        "renamed before, as in old versions, with keys off",
        FAMILY,
        "PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON; ALTER TABLE parent RENAME TO old; CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO parent SELECT * FROM old; DROP TABLE old; PRAGMA legacy_alter_table = OFF;",
        Rows(FAMILY_ROWS),
    ),
    within(
        "a virtual table",
        "CREATE VIRTUAL TABLE words USING fts5 (word); INSERT INTO words VALUES ('a');",
        "DROP TABLE words;",
        AsDiesel,
    ),
];

fn files_with_transactions_of_their_own<B: TestBackend>() {
    let own = match B::KIND {
        BackendKind::Sqlite => SQLITE,
        BackendKind::Postgres => POSTGRES,
        _ => MYSQL,
    };
    for case in ALL.iter().chain(own) {
        try_case::<B>(case);
    }
}

/// A file that failed inside its own transaction left nothing of that, and what came before it is
/// not repeated.
fn a_failure_inside_a_transaction_resumes_there<B: TestBackend>() {
    let all = folders(&[(
        "1001_case",
        "CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1); BEGIN; INSERT INTO t VALUES (2);\nINSERT INTO later VALUES (3); COMMIT; INSERT INTO t VALUES (4);",
        false,
    )]);
    let history = read(&all.path().join("migrations"));
    let place = B::place();
    let mut connection = B::connection(&place);
    let migrator = Migrator::new(&history);
    let error = migrator.upgrade(&mut connection, "head").unwrap_err();
    let Error::Revision(failure) = &error else {
        panic!("{error}")
    };
    assert_eq!(failure.line, 2, "{error}");
    connection.with_session(|session| session.execute("CREATE TABLE later (a INTEGER)").unwrap());
    migrator.upgrade(&mut connection, "head").unwrap();
    let rows = contents::<B>(&place).rows;
    assert_eq!(
        rows,
        ["later.a: 3", "t.a: 1", "t.a: 2", "t.a: 4"],
        "{}",
        B::NAME
    );
}

/// If no revision has a transaction, a file's `BEGIN` and `COMMIT` are its own too.
fn without_any_transaction_a_file_keeps_its_own<B: TestBackend>() {
    let all = folders(&[(
        "1001_case",
        "CREATE TABLE t (a INTEGER); BEGIN; INSERT INTO t VALUES (1); ROLLBACK; BEGIN; INSERT INTO t VALUES (2); COMMIT;",
        true,
    )]);
    let history = read(&all.path().join("migrations"));
    let place = B::place();
    let mut connection = B::connection(&place);
    let migrator = Migrator::new(&history).transactions(Transactions::None);
    migrator.upgrade(&mut connection, "head").unwrap();
    assert_eq!(contents::<B>(&place).rows, ["t.a: 2"], "{}", B::NAME);
}

/// A table that rows of others reference is not dropped by an operation either, on any database.
fn an_operation_drops_no_table_that_rows_reference<B: TestBackend>() {
    use migrate_core::prelude::*;

    use crate::histories::{history, irreversible};
    let history = history(vec![
        irreversible("a", &[], |op| {
            op.create_table(table("parent").column(column("id", Integer).primary_key()))?;
            op.create_table(
                table("child")
                    .column(column("id", Integer).primary_key())
                    .column(column("parent_id", Integer))
                    .constraint(
                        foreign_key(["parent_id"])
                            .references("parent", ["id"])
                            .named("fk_child")
                            .on_delete(Cascade),
                    ),
            )?;
            op.execute("INSERT INTO parent VALUES (1)")?;
            op.execute("INSERT INTO child VALUES (1, 1)")
        }),
        irreversible("b", &["a"], |op| op.drop_table("parent")),
    ]);
    let place = B::place();
    let mut session = B::session(&place);
    let migrator = Migrator::new(&history);
    migrator.upgrade(session.as_mut(), "a").unwrap();
    let error = migrator.upgrade(session.as_mut(), "head").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Revision, "{error}");
    assert_eq!(B::of_rows(session.as_mut(), "parent_id", "child"), ["1"]);
    assert_eq!(B::of_rows(session.as_mut(), "id", "parent"), ["1"]);
}

/// A transaction that one operation begins and another ends would be recorded, and on a server
/// committed, in between: it is refused before it is sent. One that is a single text is the
/// revision's own.
fn a_body_without_a_transaction_writes_its_own_as_a_whole<B: TestBackend>() {
    use migrate_core::prelude::*;

    use crate::histories::{Run, history, irreversible};
    let dangling: [Run; 2] = [
        |op| op.execute("BEGIN"),
        |op| op.execute("CREATE TABLE u (n INTEGER); BEGIN; INSERT INTO u VALUES (1)"),
    ];
    for run in dangling {
        let history = history(vec![irreversible("a", &[], run).without_transaction()]);
        let place = B::place();
        let error = Migrator::new(&history)
            .upgrade(B::session(&place).as_mut(), "head")
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Revision, "{error}");
        let help = error.help().unwrap_or_default().typed("cargo migrate");
        assert!(help.contains("as one text"), "{error}: {help}");
        assert_eq!(B::tables(B::session(&place).as_mut()), 0, "{error}");
    }
    let history = history(vec![
        irreversible("a", &[], |op| {
            op.create_table(table("t").column(column("n", Integer)))
        }),
        irreversible("b", &["a"], |op| {
            op.execute("BEGIN; INSERT INTO t VALUES (1); ROLLBACK; BEGIN; INSERT INTO t VALUES (2); COMMIT")
        })
        .without_transaction(),
    ]);
    let place = B::place();
    let mut session = B::session(&place);
    Migrator::new(&history)
        .upgrade(session.as_mut(), "head")
        .unwrap();
    assert_eq!(B::of_rows(session.as_mut(), "n", "t"), ["2"]);
}

on_each_backend! {
    a_body_without_a_transaction_writes_its_own_as_a_whole
    files_with_transactions_of_their_own
    a_failure_inside_a_transaction_resumes_there
    without_any_transaction_a_file_keeps_its_own
    an_operation_drops_no_table_that_rows_reference
}
