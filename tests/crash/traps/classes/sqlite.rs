//! Statements of SQLite.

use super::{Class, LITE, sql};

const KEYED: &[&str] = &[
    "CREATE TABLE k (id INTEGER PRIMARY KEY, n INT DEFAULT 0)",
    "INSERT INTO k VALUES (1, 1)",
    "CREATE TABLE child (k INT, n INT)",
];
const PAIR: &[&str] = &[
    "CREATE TABLE a (id INT)",
    "INSERT INTO a VALUES (1)",
    "CREATE TABLE b (id INT)",
    "INSERT INTO b VALUES (2), (3)",
];
const PARENT: &[&str] = &[
    "CREATE TABLE parent (id INTEGER PRIMARY KEY, word TEXT)",
    "INSERT INTO parent VALUES (1, 'x'), (2, 'y')",
    "CREATE TABLE kid (id INTEGER PRIMARY KEY, parent INT REFERENCES parent (id) ON DELETE CASCADE)",
    "INSERT INTO kid VALUES (1, 1), (2, 2)",
];

pub(super) fn classes() -> Vec<Class> {
    vec![
        sql(
            "sqlite: replace",
            LITE,
            KEYED,
            &[
                "REPLACE INTO k VALUES (1, 5), (2, 6)",
                "UPDATE k SET n = n + 1",
            ],
        ),
        sql(
            "sqlite: insert or ignore",
            LITE,
            KEYED,
            &[
                "INSERT OR IGNORE INTO k VALUES (1, 5), (2, 6)",
                "UPDATE k SET n = n + 1",
            ],
        ),
        sql(
            "sqlite: returning",
            LITE,
            &[],
            &["INSERT INTO log (line) VALUES ('r') RETURNING line"],
        ),
        sql(
            "last_insert_rowid()",
            LITE,
            KEYED,
            &[
                "INSERT INTO k (n) VALUES (9)",
                "INSERT INTO child VALUES (last_insert_rowid(), 1)",
            ],
        ),
        sql(
            "changes()",
            LITE,
            KEYED,
            &[
                "UPDATE t SET n = n + 1",
                "INSERT INTO child VALUES (changes(), 1)",
            ],
        ),
        sql(
            "total_changes()",
            LITE,
            KEYED,
            &[
                "UPDATE t SET n = n + 1",
                "INSERT INTO child VALUES (total_changes() > 2, 1)",
            ],
        ),
        sql(
            "sqlite: temporary table",
            LITE,
            &[],
            &[
                "CREATE TEMP TABLE tmp (id INT)",
                "INSERT INTO tmp SELECT n FROM t",
                "CREATE TABLE c1 (id INT)",
                "INSERT INTO c1 SELECT id FROM tmp",
                "DROP TABLE tmp",
            ],
        ),
        sql(
            "sqlite: temporary table by its schema",
            LITE,
            &[],
            &[
                "CREATE TABLE temp.tmp (id INT)",
                "INSERT INTO tmp SELECT n FROM t",
                "CREATE TABLE c1 (id INT)",
                "INSERT INTO c1 SELECT id FROM tmp",
            ],
        ),
        sql(
            "sqlite: temporary trigger",
            LITE,
            &[],
            &[
                "CREATE TEMP TRIGGER along AFTER INSERT ON t BEGIN INSERT INTO log (line) VALUES ('along'); END",
                "INSERT INTO t VALUES (9, 9, 'z')",
            ],
        ),
        sql(
            "sqlite: temporary view",
            LITE,
            &[],
            &[
                "CREATE TEMP VIEW w AS SELECT n FROM t",
                "INSERT INTO log (line) SELECT n FROM w",
            ],
        ),
        sql(
            "sqlite: columns and tables named temp",
            LITE,
            &[],
            &[
                "CREATE TABLE readings (id INT, temp INT)",
                "INSERT INTO readings VALUES (1, 2)",
                "CREATE INDEX ix ON readings (temp)",
                "DROP TABLE IF EXISTS \"temp\"",
                "CREATE TABLE \"temp\" (id INT)",
                "INSERT INTO \"temp\" VALUES (1)",
                "UPDATE readings SET temp = temp + 1",
            ],
        ),
        sql(
            "sqlite: a trigger",
            LITE,
            &[],
            &[
                "CREATE TRIGGER along AFTER INSERT ON t BEGIN INSERT INTO log (line) VALUES ('along'); UPDATE t SET n = n + 1; END",
                "INSERT INTO t VALUES (9, 9, 'z')",
            ],
        ),
        sql(
            "sqlite: vacuum",
            LITE,
            &[],
            &["VACUUM", "UPDATE t SET n = n + 1"],
        )
        .outside(),
        sql(
            "sqlite: analyze and reindex",
            LITE,
            &[],
            &["ANALYZE", "REINDEX", "UPDATE t SET n = n + 1"],
        ),
        sql(
            "sqlite: user_version",
            LITE,
            &[],
            &["PRAGMA user_version = 5", "UPDATE t SET n = n + 1"],
        )
        .seen(&["SELECT CAST(user_version AS TEXT) AS text FROM pragma_user_version"]),
        sql(
            "sqlite: foreign keys off",
            LITE,
            PARENT,
            &[
                "PRAGMA foreign_keys = OFF",
                "CREATE TABLE parent_new (id INTEGER PRIMARY KEY, word TEXT NOT NULL)",
                "INSERT INTO parent_new SELECT * FROM parent",
                "DROP TABLE parent",
                "ALTER TABLE parent_new RENAME TO parent",
                "PRAGMA foreign_keys = ON",
            ],
        ),
        sql(
            "sqlite: the documented procedure",
            LITE,
            PARENT,
            &[
                "PRAGMA foreign_keys = OFF",
                "BEGIN",
                "CREATE TABLE parent_new (id INTEGER PRIMARY KEY, word TEXT NOT NULL)",
                "INSERT INTO parent_new SELECT * FROM parent",
                "DROP TABLE parent",
                "ALTER TABLE parent_new RENAME TO parent",
                "PRAGMA foreign_key_check",
                "COMMIT",
                "PRAGMA foreign_keys = ON",
            ],
        )
        .outside(),
        sql(
            "sqlite: deferred keys",
            LITE,
            PARENT,
            &[
                "PRAGMA defer_foreign_keys = ON",
                "INSERT INTO kid VALUES (3, 3)",
                "INSERT INTO parent VALUES (3, 'z')",
            ],
        )
        .inside(),
        sql(
            "sqlite: recursive triggers",
            LITE,
            &[],
            &["PRAGMA recursive_triggers = ON", "UPDATE t SET n = n + 1"],
        ),
        sql(
            "sqlite: case_sensitive_like",
            LITE,
            &[],
            &[
                "PRAGMA case_sensitive_like = ON",
                "CREATE TABLE c1 (id INT)",
                "INSERT INTO c1 SELECT 'A' LIKE 'a'",
            ],
        ),
        sql(
            "sqlite: renames that swap",
            LITE,
            PAIR,
            &[
                "ALTER TABLE a RENAME TO swap",
                "ALTER TABLE b RENAME TO a",
                "ALTER TABLE swap RENAME TO b",
            ],
        ),
        sql(
            "sqlite: rename, drop and add a column",
            LITE,
            &[
                "CREATE TABLE f (id INT, c INT, d INT)",
                "INSERT INTO f VALUES (1, 2, 3)",
            ],
            &[
                "ALTER TABLE f RENAME COLUMN c TO e",
                "ALTER TABLE f ADD COLUMN c INT DEFAULT 3",
                "ALTER TABLE f DROP COLUMN d",
                "ALTER TABLE f ADD COLUMN d INT",
            ],
        ),
        sql(
            "sqlite: create table from a query",
            LITE,
            &[],
            &["CREATE TABLE c1 AS SELECT * FROM t"],
        ),
        sql(
            "sqlite: a transaction of its own",
            LITE,
            &[],
            &[
                "BEGIN",
                "UPDATE t SET n = n + 1",
                "INSERT INTO log (line) VALUES ('own')",
                "COMMIT",
            ],
        ),
        sql(
            "sqlite: a transaction of its own, rolled back",
            LITE,
            &[],
            &[
                "BEGIN IMMEDIATE",
                "UPDATE t SET n = n + 1",
                "ROLLBACK",
                "INSERT INTO log (line) VALUES ('own')",
            ],
        ),
        sql(
            "sqlite: savepoints",
            LITE,
            &[],
            &[
                "SAVEPOINT a",
                "UPDATE t SET n = n + 1",
                "ROLLBACK TO a",
                "INSERT INTO log (line) VALUES ('own')",
                "RELEASE a",
            ],
        ),
        sql(
            "sqlite: attach",
            LITE,
            &[],
            &[
                "ATTACH ':memory:' AS other",
                "CREATE TABLE other.x (id INT)",
                "INSERT INTO other.x VALUES (5)",
                "INSERT INTO t SELECT id + 5, id, 'x' FROM other.x",
                "DETACH other",
            ],
        )
        .outside(),
        sql(
            "sqlite: full text",
            LITE,
            &[],
            &[
                "CREATE VIRTUAL TABLE words USING fts5(body)",
                "INSERT INTO words VALUES ('hello')",
            ],
        ),
        sql(
            "sqlite: one text of several statements",
            LITE,
            &[],
            &["UPDATE t SET n = n + 1; CREATE TABLE c1 (id INT); INSERT INTO c1 VALUES (1)"],
        ),
        sql(
            "sqlite: one text that cannot be cut",
            LITE,
            &[],
            &[
                "DROP VIEW IF EXISTS w; UPDATE t SET n = n + 1; CREATE TRIGGER along AFTER INSERT ON t BEGIN SELECT CASE WHEN 1 THEN 2 END; UPDATE t SET n = n + 1; END",
            ],
        ),
        sql(
            "sqlite: drop and create",
            LITE,
            PAIR,
            &[
                "DROP TABLE IF EXISTS a",
                "CREATE TABLE a (id INT)",
                "INSERT INTO a VALUES (9)",
                "CREATE TABLE IF NOT EXISTS c1 (id INT)",
                "INSERT INTO c1 VALUES (1)",
            ],
        ),
        sql(
            "sqlite: explain",
            LITE,
            &[],
            &["EXPLAIN QUERY PLAN UPDATE t SET n = n + 1"],
        ),
    ]
}
