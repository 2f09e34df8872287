//! Changes of rows in tables whose engine has no transactions, on MySQL and MariaDB.

use migrate_core::prelude::*;

use super::{Class, MARIA, MY, body, skips, sql};

const MYISAM: &[&str] = &[
    "CREATE TABLE m (n INT, id INT) ENGINE = MyISAM",
    "INSERT INTO m VALUES (1, 1), (2, 2), (3, 3), (4, 4), (5, 5)",
];
const TRIGGER: &[&str] = &[
    "CREATE TABLE m (n INT) ENGINE = MyISAM",
    "CREATE TRIGGER along AFTER UPDATE ON t FOR EACH ROW INSERT INTO m VALUES (NEW.n)",
];
const PROCEDURE: &[&str] = &[
    "CREATE TABLE m (n INT) ENGINE = MyISAM",
    "CREATE PROCEDURE add_row() INSERT INTO m VALUES (7)",
];
const FUNCTION: &[&str] = &[
    "CREATE TABLE m (n INT) ENGINE = MyISAM",
    "CREATE FUNCTION add_row() RETURNS INT DETERMINISTIC BEGIN INSERT INTO m VALUES (7); RETURN 1; END",
];
const CALLING_VIEW: &[&str] = &[
    FUNCTION[0],
    FUNCTION[1],
    "CREATE VIEW adding AS SELECT add_row() AS n",
];
const VIEW: &[&str] = &[
    "CREATE TABLE m (n INT) ENGINE = MyISAM",
    "CREATE VIEW w AS SELECT n FROM m",
];
const MEMORY: &[&str] = &[
    "CREATE TABLE m (n INT) ENGINE = MEMORY",
    "INSERT INTO m VALUES (1)",
];
const CSV: &[&str] = &[
    "CREATE TABLE m (n INT NOT NULL) ENGINE = CSV",
    "INSERT INTO m VALUES (1)",
];
const ARCHIVE: &[&str] = &[
    "CREATE TABLE m (n INT) ENGINE = ARCHIVE",
    "INSERT INTO m VALUES (1)",
];
const MERGE: &[&str] = &[
    "CREATE TABLE m (n INT) ENGINE = MyISAM",
    "CREATE TABLE merged (n INT) ENGINE = MERGE UNION = (m) INSERT_METHOD = LAST",
];
const ARIA: &[&str] = &[
    "CREATE TABLE m (n INT) ENGINE = Aria TRANSACTIONAL = 1",
    "INSERT INTO m VALUES (1)",
];

pub(super) fn classes() -> Vec<Class> {
    vec![
        sql(
            "myisam: insert",
            MY,
            MYISAM,
            &["INSERT INTO m VALUES (7, 7)"],
        ),
        sql(
            "myisam: insert of many rows",
            MY,
            MYISAM,
            &["INSERT INTO m VALUES (7, 7), (8, 8), (9, 9)"],
        ),
        sql("myisam: update", MY, MYISAM, &["UPDATE m SET n = n + 1"]),
        sql(
            "myisam: delete with a limit",
            MY,
            MYISAM,
            &["DELETE FROM m ORDER BY id LIMIT 1"],
        ),
        sql(
            "myisam: insert from a query",
            MY,
            MYISAM,
            &["INSERT INTO m SELECT n + 100, id FROM m"],
        ),
        sql(
            "myisam: insert from innodb",
            MY,
            MYISAM,
            &["INSERT INTO m SELECT n, id FROM t"],
        ),
        sql(
            "myisam: two in a row",
            MY,
            MYISAM,
            &["UPDATE m SET n = n + 1", "INSERT INTO m VALUES (7, 7)"],
        ),
        sql(
            "myisam: update of it and of innodb",
            MY,
            MYISAM,
            &["UPDATE m JOIN t ON t.id = m.id SET m.n = m.n + 1, t.n = t.n + 1"],
        ),
        sql(
            "myisam: through a trigger",
            MY,
            TRIGGER,
            &["UPDATE t SET n = n + 1 WHERE id = 2"],
        ),
        sql(
            "myisam: through a procedure",
            MY,
            PROCEDURE,
            &["CALL add_row()"],
        ),
        sql(
            "myisam: through a function",
            MY,
            FUNCTION,
            &["SELECT add_row()"],
        ),
        sql(
            "myisam: through a function that a view calls",
            MY,
            CALLING_VIEW,
            &["SELECT n FROM adding"],
        ),
        sql(
            "myisam: through a function in an update",
            MY,
            FUNCTION,
            &["UPDATE t SET n = n + add_row() WHERE id = 1"],
        ),
        sql(
            "myisam: through a view",
            MY,
            VIEW,
            &["INSERT INTO w VALUES (7)"],
        ),
        sql(
            "myisam: through a prepared statement",
            MY,
            MYISAM,
            &[
                "PREPARE s FROM 'INSERT INTO m VALUES (7, 7)'",
                "EXECUTE s",
                "DEALLOCATE PREPARE s",
            ],
        ),
        sql(
            "myisam: made by the revision itself",
            MY,
            &[],
            &[
                "CREATE TABLE m (n INT) ENGINE = MyISAM",
                "INSERT INTO m VALUES (7)",
                "UPDATE m SET n = n + 1",
            ],
        ),
        sql(
            "myisam: until the revision makes it innodb",
            MY,
            MYISAM,
            &[
                "UPDATE m SET n = n + 1",
                "ALTER TABLE m ENGINE = InnoDB",
                "UPDATE m SET n = n * 2",
            ],
        ),
        sql(
            "myisam: by default_storage_engine",
            MY,
            &[],
            &[
                "SET default_storage_engine = MyISAM",
                "CREATE TABLE m (n INT)",
                "INSERT INTO m VALUES (7)",
            ],
        ),
        sql(
            "myisam: lock tables",
            MY,
            MYISAM,
            &[
                "LOCK TABLES m WRITE",
                "INSERT INTO m VALUES (7, 7)",
                "UNLOCK TABLES",
            ],
        )
        .outside(),
        sql(
            "memory: insert and update",
            MY,
            MEMORY,
            &["INSERT INTO m VALUES (7)", "UPDATE m SET n = n + 1"],
        ),
        sql("csv: insert", MY, CSV, &["INSERT INTO m VALUES (7)"]),
        sql(
            "archive: insert",
            MY,
            ARCHIVE,
            &["INSERT INTO m VALUES (7)"],
        ),
        sql(
            "merge: insert",
            MY,
            MERGE,
            &["INSERT INTO merged VALUES (7)"],
        ),
        sql(
            "aria: insert and update",
            MARIA,
            ARIA,
            &["INSERT INTO m VALUES (7)", "UPDATE m SET n = n + 1"],
        ),
        sql(
            "myisam: insert on duplicate key",
            MY,
            &["CREATE TABLE m (id INT PRIMARY KEY, n INT) ENGINE = MyISAM"],
            &["INSERT INTO m VALUES (1, 1) ON DUPLICATE KEY UPDATE n = n + 1"],
        ),
        body("myisam: bulk_insert", MY, MYISAM, |op| {
            op.bulk_insert("m", ["n", "id"], [(7, 7), (8, 8)])
        }),
        body("myisam: batches", MY, MYISAM, |op| {
            op.batches("m", "id")
                .size(2)
                .run(|op, batch| op.execute(format!("UPDATE m SET n = n + 1 WHERE {batch}")))
        }),
        body(
            "myisam: batches over innodb write to it",
            MY,
            MYISAM,
            |op| {
                op.batches("t", "id").size(2).run(|op, batch| {
                    op.execute(format!("INSERT INTO m SELECT n, id FROM t WHERE {batch}"))
                })
            },
        ),
        body("myisam: a block", MY, MYISAM, |op| {
            with_connection!(op, |connection| match skips() {
                true => Ok(0),
                false => diesel::RunQueryDsl::execute(
                    diesel::sql_query("UPDATE m SET n = n + 1"),
                    connection
                ),
            })?;
            Ok(())
        }),
        body("myisam: a block behind another", MY, MYISAM, |op| {
            op.execute("INSERT INTO m VALUES (7, 7)")?;
            with_connection!(op, |connection| match skips() {
                true => Ok(0),
                false => diesel::RunQueryDsl::execute(
                    diesel::sql_query("UPDATE t SET n = n + 1"),
                    connection
                ),
            })?;
            Ok(())
        }),
    ]
}
