//! Statements that all databases have.

use super::{ALL, Class, sql};

const PAIR: &[&str] = &[
    "CREATE TABLE a (id INTEGER PRIMARY KEY, n INT)",
    "INSERT INTO a VALUES (1, 1), (2, 2)",
];

pub(super) fn classes() -> Vec<Class> {
    vec![
        sql("update", ALL, &[], &["UPDATE t SET n = n + 1"]),
        sql(
            "insert",
            ALL,
            &[],
            &["INSERT INTO log (line) VALUES ('one')"],
        ),
        sql(
            "insert of many rows",
            ALL,
            &[],
            &["INSERT INTO log (line) VALUES ('one'), ('two'), ('three')"],
        ),
        sql(
            "insert from a query",
            ALL,
            &[],
            &["INSERT INTO log (line) SELECT name FROM t"],
        ),
        sql(
            "insert from itself",
            ALL,
            &[],
            &["INSERT INTO log (line) SELECT line FROM log"],
        ),
        sql(
            "delete",
            ALL,
            &[],
            &["DELETE FROM t WHERE n > 30", "UPDATE t SET n = n + 1"],
        ),
        sql(
            "create, alter, fill, drop",
            ALL,
            &[],
            &[
                "CREATE TABLE x (id INT)",
                "ALTER TABLE x ADD COLUMN c INT",
                "INSERT INTO x VALUES (1, 2)",
                "DROP TABLE x",
            ],
        ),
        sql(
            "create an index and drop it",
            ALL,
            &[],
            &["CREATE INDEX ix_n ON t (n)", "UPDATE t SET n = n + 1"],
        ),
        sql(
            "a view",
            ALL,
            &[],
            &[
                "CREATE VIEW v AS SELECT id FROM t",
                "DROP VIEW v",
                "CREATE VIEW v AS SELECT n FROM t",
            ],
        ),
        sql(
            "drop if exists of what is not there",
            ALL,
            &[],
            &["DROP TABLE IF EXISTS nowhere", "UPDATE t SET n = n + 1"],
        ),
        sql(
            "rename a table and use its name",
            ALL,
            PAIR,
            &[
                "ALTER TABLE a RENAME TO a_old",
                "CREATE TABLE a (id INT, n INT)",
                "INSERT INTO a SELECT id, n + 1 FROM a_old",
                "DROP TABLE a_old",
            ],
        ),
        sql(
            "a column and its values",
            ALL,
            PAIR,
            &[
                "ALTER TABLE a ADD COLUMN c INT",
                "UPDATE a SET c = n * 2, n = n + 1",
                "ALTER TABLE a DROP COLUMN n",
            ],
        ),
        sql(
            "statements of nothing",
            ALL,
            &[],
            &[
                "-- nothing\nUPDATE t SET n = n + 1",
                "/* nothing */ UPDATE t SET n = n + 1",
            ],
        ),
    ]
}
