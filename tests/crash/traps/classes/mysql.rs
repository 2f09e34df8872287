//! Statements of MySQL and MariaDB.

use diesel::RunQueryDsl;
use diesel::sql_query;
use migrate_core::prelude::*;

use super::{Class, MARIA, MY, ORACLE, body, skips, sql};

const TOTAL: &[&str] = &[
    "CREATE FUNCTION total(x INT) RETURNS INT DETERMINISTIC BEGIN INSERT INTO log (line) VALUES ('bumped'); RETURN x; END",
];
const BUMP: &[&str] = &[
    "CREATE FUNCTION bump() RETURNS INT DETERMINISTIC BEGIN INSERT INTO log (line) VALUES ('bumped'); RETURN 7; END",
];
const BUMPING: &[&str] = &[
    BUMP[0],
    "CREATE VIEW inner_v AS SELECT CAST(bump() AS SIGNED) AS value",
    "CREATE VIEW bumping AS SELECT value FROM inner_v",
];
const AUTO: &[&str] = &[
    "CREATE TABLE auto (id INT AUTO_INCREMENT PRIMARY KEY, n INT)",
    "INSERT INTO auto (n) VALUES (1), (2)",
    "CREATE TABLE child (auto INT, n INT)",
];
const PAIR: &[&str] = &[
    "CREATE TABLE a (id INT)",
    "INSERT INTO a VALUES (1)",
    "CREATE TABLE b (id INT)",
    "INSERT INTO b VALUES (2), (3)",
];
const PARTED: &[&str] = &[
    "CREATE TABLE parted (id INT, n INT) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20))",
    "INSERT INTO parted VALUES (1, 1), (2, 2), (11, 11)",
    "CREATE TABLE loose (id INT, n INT)",
    "INSERT INTO loose VALUES (5, 5)",
];
const KEYED: &[&str] = &[
    "CREATE TABLE k (id INT PRIMARY KEY, n INT DEFAULT 0)",
    "INSERT INTO k VALUES (1, 1)",
];
const PARENT: &[&str] = &[
    "CREATE TABLE parent (id INT PRIMARY KEY)",
    "CREATE TABLE kid (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES parent (id))",
];
const FULL: &[&str] = &[
    "CREATE TABLE f (id INT PRIMARY KEY, c INT, d INT, word VARCHAR(20), KEY ix_c (c))",
    "INSERT INTO f VALUES (1, 5, 6, 'x'), (2, 7, 8, 'y')",
];
const COUNTING: &[&str] = &["CREATE TABLE counters (n INT)"];
const ROUTINES: &[&str] = &[
    "SELECT CONCAT(routine_type, ' ', routine_name) AS text FROM information_schema.routines WHERE routine_schema = '{db}' ORDER BY 1",
];
const USERS: &[&str] = &[
    "SELECT CONCAT(grantee, ' ', privilege_type) AS text FROM information_schema.user_privileges WHERE grantee LIKE '%{db}%' UNION ALL SELECT CONCAT(grantee, ' ', table_name, ' ', privilege_type) FROM information_schema.table_privileges WHERE grantee LIKE '%{db}%' ORDER BY 1",
];
const NO_USER: &[&str] = &["DROP USER IF EXISTS '{db}'@'%'"];
const OTHER: &[&str] = &[
    "SELECT CONVERT(table_name USING utf8mb4) AS text FROM information_schema.tables WHERE table_schema = '{db}_x' ORDER BY 1",
];
const NO_OTHER: &[&str] = &["DROP DATABASE IF EXISTS {db}_x"];

pub(super) fn classes() -> Vec<Class> {
    let mut all = rows();
    all.extend(sessions());
    all.extend(schemas());
    all.extend(routines());
    all.extend(in_rust());
    all
}

/// Changes of rows.
fn rows() -> Vec<Class> {
    vec![
        sql("replace", MY, KEYED, &["REPLACE INTO k VALUES (1, 5), (2, 6)", "UPDATE k SET n = n + 1"]),
        sql("insert ignore", MY, KEYED, &["INSERT IGNORE INTO k VALUES (1, 5), (2, 6)", "UPDATE k SET n = n + 1"]),
        sql("insert on duplicate key update", MY, KEYED, &["INSERT INTO k VALUES (1, 1) ON DUPLICATE KEY UPDATE n = n + 1"]),
        sql("insert set", MY, &[], &["INSERT INTO log SET line = 'set'"]),
        sql("update of two tables", MY, KEYED, &["UPDATE k, t SET k.n = k.n + 1, t.n = t.n + 1 WHERE k.id = t.id"]),
        sql("delete from two tables", MY, KEYED, &["DELETE k, t FROM k JOIN t ON t.id = k.id"]),
        sql("update with order and limit", MY, &[], &["UPDATE t SET n = 0 WHERE n > 0 ORDER BY id LIMIT 1"]),
        sql("insert returning", MARIA, &[], &["INSERT INTO log (line) VALUES ('returned') RETURNING line"]),
        sql("delete returning", MARIA, &[], &["DELETE FROM t ORDER BY id LIMIT 1 RETURNING id"]),
        sql("with … update", ORACLE, &[], &["WITH x AS (SELECT 1 AS id) UPDATE t JOIN x ON x.id = t.id SET t.n = t.n + 1"]),
        sql("do of a writing function", MY, BUMP, &["DO bump()"]),
        sql(
            "temporary table from a writing function with a name of SQLite's",
            MARIA,
            TOTAL,
            &["CREATE TEMPORARY TABLE tt AS SELECT total(1) AS n"],
        ),
        sql("select of a writing function", MY, BUMP, &["SELECT bump()"]),
        sql("select of a view of a writing function", MY, BUMPING, &["SELECT value FROM bumping"]),
        sql("select of a writing function from rows", MY, BUMP, &["SELECT id, bump() FROM t"]),
        sql("set a variable by a writing function", MY, BUMP, &["SET @v = bump()"]),
        sql("set a variable by a function in a query", MY, BUMP, &["SET @v = (SELECT bump())"]),
        sql("set statement … for insert", MARIA, &[], &["SET STATEMENT max_statement_time = 100 FOR INSERT INTO log (line) VALUES ('set statement')"]),
        sql("set statement … for update", MARIA, &[], &["SET STATEMENT max_statement_time = 100 FOR UPDATE t SET n = n + 1"]),
        sql("analyze update", MARIA, &[], &["ANALYZE UPDATE t SET n = n + 1"]),
        sql("analyze format=json update", MARIA, &[], &["ANALYZE FORMAT = JSON UPDATE t SET n = n + 1"]),
        sql("explain update", MY, &[], &["EXPLAIN UPDATE t SET n = n + 1"]),
        sql("explain analyze of a writing function", ORACLE, BUMP, &["EXPLAIN ANALYZE SELECT bump() FROM t"]),
        sql("an executable comment", MY, &[], &["/*!40101 UPDATE t SET n = n + 1 */"]),
        sql("an executable comment of MariaDB", MARIA, &[], &["/*M!100100 UPDATE t SET n = n + 1 */"]),
        sql("a comment before a change", MY, &[], &["-- SET @x = 1\n/* SELECT */ UPDATE t SET n = n + 1"]),
        sql("prepare and execute", MY, &[], &["PREPARE s FROM 'UPDATE t SET n = n + 1'", "EXECUTE s", "DEALLOCATE PREPARE s"]),
        sql("prepare from a variable", MY, &[], &["SET @q = 'UPDATE t SET n = n + 1'", "PREPARE s FROM @q", "EXECUTE s", "DEALLOCATE PREPARE s"]),
        sql("execute immediate", MARIA, &[], &["EXECUTE IMMEDIATE 'UPDATE t SET n = n + 1'"]),
        sql("a compound statement", MARIA, &[], &["BEGIN NOT ATOMIC UPDATE t SET n = n + 1; INSERT INTO log (line) VALUES ('compound'); END"]),
        sql("call", MY, &["CREATE PROCEDURE p() UPDATE t SET n = n + 1"], &["CALL p()"]),
        sql("call of a procedure that commits", MY, &["CREATE PROCEDURE p() BEGIN UPDATE t SET n = n + 1; COMMIT; INSERT INTO log (line) VALUES ('p'); END"], &["CALL p()"]).outside(),
        sql("call of a procedure that changes the schema", MY, &["CREATE PROCEDURE p() BEGIN UPDATE t SET n = n + 1; CREATE TABLE by_p (id INT); INSERT INTO log (line) VALUES ('p'); END"], &["CALL p()"]),
        sql("a trigger writes", MY, &["CREATE TRIGGER along AFTER INSERT ON t FOR EACH ROW INSERT INTO log (line) VALUES ('along')"], &["INSERT INTO t VALUES (9, 9, 'z')"]),
        sql("truncate", MY, KEYED, &["INSERT INTO k VALUES (5, 5)", "TRUNCATE TABLE k", "INSERT INTO k VALUES (6, 6)"]),
        sql("truncate, and a number after it", MY, AUTO, &["TRUNCATE auto", "INSERT INTO auto (n) VALUES (9)", "UPDATE auto SET id = -n"])]
}

/// State of the connection.
fn sessions() -> Vec<Class> {
    vec![
        sql(
            "a variable",
            MY,
            &[],
            &[
                "SET @x = 5",
                "CREATE TABLE c1 (id INT)",
                "INSERT INTO c1 VALUES (@x)",
            ],
        ),
        sql(
            "a variable from rows",
            MY,
            &[],
            &[
                "SET @x = (SELECT MAX(n) FROM t)",
                "CREATE TABLE c1 (id INT)",
                "UPDATE t SET n = 0",
                "INSERT INTO c1 VALUES (@x)",
            ],
        ),
        sql(
            "a variable from a variable",
            MY,
            &[],
            &[
                "SET @x = 5",
                "SET @y = @x + 1",
                "CREATE TABLE c1 (id INT)",
                "INSERT INTO c1 VALUES (@y)",
            ],
        ),
        sql(
            "select into a variable",
            MY,
            &[],
            &[
                "SELECT MAX(n) INTO @x FROM t",
                "ALTER TABLE t ADD c INT",
                "UPDATE t SET c = @x, n = n + 1",
            ],
        ),
        sql(
            "select into a variable at the end",
            MY,
            &[],
            &[
                "SELECT MAX(n) FROM t INTO @x",
                "ALTER TABLE t ADD c INT",
                "UPDATE t SET c = @x, n = n + 1",
            ],
        ),
        sql(
            "select :=",
            MY,
            &[],
            &[
                "SELECT @x := MAX(n) FROM t",
                "ALTER TABLE t ADD c INT",
                "UPDATE t SET c = @x, n = n + 1",
            ],
        ),
        sql(
            "a running number",
            MY,
            &[],
            &[
                "SET @pos := 0",
                "UPDATE t SET n = (@pos := @pos + 1) ORDER BY id",
                "CREATE TABLE c1 (id INT)",
                "INSERT INTO c1 VALUES (@pos)",
            ],
        ),
        sql(
            "a variable before a trigger",
            MY,
            &[
                "CREATE TRIGGER along BEFORE INSERT ON log FOR EACH ROW SET NEW.line = CONCAT(NEW.line, COALESCE(@who, '?'))",
            ],
            &[
                "SET @who = 'me'",
                "CREATE TABLE c1 (id INT)",
                "INSERT INTO log (line) VALUES ('x')",
            ],
        ),
        sql(
            "set fires a trigger's function",
            MY,
            BUMP,
            &["SET @a = 1, @b = bump()"],
        ),
        sql(
            "LAST_INSERT_ID()",
            MY,
            AUTO,
            &[
                "INSERT INTO auto (n) VALUES (9)",
                "INSERT INTO child VALUES (LAST_INSERT_ID(), 1)",
                "UPDATE child SET auto = (SELECT COUNT(*) FROM auto WHERE auto.id = child.auto AND auto.n = 9)",
                "UPDATE auto SET id = -n",
            ],
        ),
        sql(
            "LAST_INSERT_ID() behind a change of the schema",
            MY,
            AUTO,
            &[
                "INSERT INTO auto (n) VALUES (9)",
                "ALTER TABLE child ADD c INT",
                "INSERT INTO child VALUES (LAST_INSERT_ID(), 1, 1)",
                "UPDATE child SET auto = (SELECT COUNT(*) FROM auto WHERE auto.id = child.auto AND auto.n = 9)",
                "UPDATE auto SET id = -n",
            ],
        ),
        sql(
            "LAST_INSERT_ID() kept in a variable",
            MY,
            AUTO,
            &[
                "INSERT INTO auto (n) VALUES (9)",
                "SET @id = LAST_INSERT_ID()",
                "ALTER TABLE child ADD c INT",
                "INSERT INTO child VALUES (@id, 1, 1)",
                "UPDATE child SET auto = (SELECT COUNT(*) FROM auto WHERE auto.id = child.auto AND auto.n = 9)",
                "UPDATE auto SET id = -n",
            ],
        ),
        sql(
            "@@identity",
            MY,
            AUTO,
            &[
                "INSERT INTO auto (n) VALUES (9)",
                "ALTER TABLE child ADD c INT",
                "INSERT INTO child VALUES (@@identity, 1, 1)",
                "UPDATE child SET auto = (SELECT COUNT(*) FROM auto WHERE auto.id = child.auto AND auto.n = 9)",
                "UPDATE auto SET id = -n",
            ],
        ),
        sql(
            "ROW_COUNT()",
            MY,
            AUTO,
            &[
                "UPDATE t SET n = n + 1",
                "INSERT INTO child VALUES (ROW_COUNT(), 1)",
            ],
        ),
        sql(
            "FOUND_ROWS()",
            MY,
            AUTO,
            &[
                "SELECT SQL_CALC_FOUND_ROWS id FROM t LIMIT 1",
                "INSERT INTO child VALUES (FOUND_ROWS(), 1)",
            ],
        ),
        sql(
            "insert_id",
            MY,
            AUTO,
            &["SET insert_id = 50", "INSERT INTO auto (n) VALUES (9)"],
        ),
        sql(
            "auto_increment_increment",
            MY,
            AUTO,
            &[
                "SET SESSION auto_increment_increment = 10",
                "CREATE TABLE c1 (id INT)",
                "INSERT INTO auto (n) VALUES (9), (10)",
                "INSERT INTO log (line) SELECT id % 10 FROM auto WHERE n >= 9",
                "UPDATE auto SET id = -n",
            ],
        ),
        sql(
            "sql_mode",
            MY,
            &[],
            &[
                "SET SESSION sql_mode = 'ANSI_QUOTES'",
                "CREATE TABLE c1 (id INT)",
                "UPDATE \"t\" SET \"n\" = n + 1",
            ],
        ),
        sql(
            "pipes as concat",
            MY,
            &[],
            &[
                "SET sql_mode = 'PIPES_AS_CONCAT'",
                "CREATE TABLE c1 (word VARCHAR(9))",
                "INSERT INTO c1 VALUES ('1' || '2')",
            ],
        ),
        sql(
            "time zone",
            MY,
            &["CREATE TABLE w (at TIMESTAMP NULL)"],
            &[
                "SET time_zone = '+05:00'",
                "CREATE TABLE c1 (id INT)",
                "INSERT INTO w VALUES ('2020-01-01 00:00:00')",
            ],
        ),
        sql(
            "timestamp",
            MY,
            &["CREATE TABLE w (at DATETIME)"],
            &[
                "SET timestamp = 86400",
                "CREATE TABLE c1 (id INT)",
                "INSERT INTO w VALUES (UTC_TIMESTAMP())",
                "SET timestamp = DEFAULT",
            ],
        ),
        sql(
            "foreign_key_checks",
            MY,
            PARENT,
            &[
                "SET FOREIGN_KEY_CHECKS = 0",
                "CREATE TABLE c1 (id INT)",
                "INSERT INTO kid VALUES (1, 99)",
                "SET FOREIGN_KEY_CHECKS = 1",
            ],
        ),
        sql(
            "foreign_key_checks in an executable comment",
            MY,
            PARENT,
            &[
                "/*!40014 SET FOREIGN_KEY_CHECKS = 0 */",
                "CREATE TABLE c1 (id INT)",
                "INSERT INTO kid VALUES (1, 99)",
                "/*!40014 SET FOREIGN_KEY_CHECKS = 1 */",
            ],
        ),
        sql(
            "a dump's frame",
            MY,
            PARENT,
            &[
                "/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */",
                "/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */",
                "CREATE TABLE c1 (id INT AUTO_INCREMENT PRIMARY KEY)",
                "INSERT INTO c1 VALUES (0)",
                "INSERT INTO kid VALUES (1, 99)",
                "/*!40101 SET SQL_MODE=@OLD_SQL_MODE */",
                "/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */",
            ],
        ),
        sql(
            "temporary table",
            MY,
            &[],
            &[
                "CREATE TEMPORARY TABLE tmp (id INT)",
                "INSERT INTO tmp SELECT n FROM t",
                "CREATE TABLE c1 (id INT)",
                "INSERT INTO c1 SELECT id FROM tmp",
                "DROP TEMPORARY TABLE tmp",
            ],
        ),
        sql(
            "temporary table from a query",
            MY,
            &[],
            &[
                "CREATE TEMPORARY TABLE tmp SELECT n FROM t",
                "UPDATE t SET n = 0",
                "CREATE TABLE c1 (id INT)",
                "INSERT INTO c1 SELECT n FROM tmp",
            ],
        ),
        sql(
            "temporary table that hides another",
            MY,
            KEYED,
            &[
                "CREATE TEMPORARY TABLE k (id INT, n INT)",
                "INSERT INTO k VALUES (7, 7)",
                "CREATE TABLE c1 (id INT)",
                "INSERT INTO k VALUES (8, 8)",
                "INSERT INTO c1 SELECT id FROM k",
            ],
        ),
        sql(
            "temporary table in memory",
            MY,
            &[],
            &[
                "CREATE TEMPORARY TABLE tmp (id INT) ENGINE = MEMORY",
                "INSERT INTO tmp VALUES (1)",
                "CREATE TABLE c1 (id INT)",
                "INSERT INTO c1 SELECT id FROM tmp",
            ],
        ),
        sql(
            "create or replace temporary table",
            MARIA,
            &[],
            &[
                "CREATE OR REPLACE TEMPORARY TABLE tmp (id INT)",
                "INSERT INTO tmp VALUES (1)",
                "CREATE TABLE c1 (id INT)",
                "INSERT INTO c1 SELECT id FROM tmp",
            ],
        ),
        sql(
            "use of another database",
            MY,
            &[],
            &[
                "CREATE DATABASE {db}_x",
                "USE {db}_x",
                "CREATE TABLE c1 (id INT)",
                "CREATE TABLE c2 (id INT)",
                "USE {db}",
            ],
        )
        .seen(OTHER)
        .clean(NO_OTHER),
        sql(
            "lock tables",
            MY,
            &[],
            &[
                "LOCK TABLES t WRITE, log WRITE",
                "UPDATE t SET n = n + 1",
                "INSERT INTO log (line) VALUES ('locked')",
                "UNLOCK TABLES",
            ],
        ),
        sql(
            "savepoints",
            MY,
            &[],
            &[
                "SAVEPOINT a",
                "UPDATE t SET n = n + 1",
                "ROLLBACK TO SAVEPOINT a",
                "RELEASE SAVEPOINT a",
            ],
        ),
        sql(
            "a transaction of its own",
            MY,
            &[],
            &[
                "START TRANSACTION",
                "UPDATE t SET n = n + 1",
                "INSERT INTO log (line) VALUES ('own')",
                "COMMIT",
            ],
        ),
        sql(
            "a transaction of its own, rolled back",
            MY,
            &[],
            &[
                "START TRANSACTION",
                "UPDATE t SET n = n + 1",
                "INSERT INTO log (line) VALUES ('own')",
                "ROLLBACK",
            ],
        ),
        sql(
            "a transaction of its own that a change of the schema ends",
            MY,
            &[],
            &[
                "BEGIN",
                "UPDATE t SET n = n + 1",
                "CREATE TABLE c1 (id INT)",
                "INSERT INTO log (line) VALUES ('own')",
                "COMMIT",
            ],
        ),
        sql(
            "autocommit off",
            MY,
            &[],
            &[
                "SET autocommit = 0",
                "UPDATE t SET n = n + 1",
                "INSERT INTO log (line) VALUES ('own')",
                "COMMIT",
                "SET autocommit = 1",
            ],
        ),
        sql(
            "a distributed transaction",
            MY,
            &[],
            &[
                "XA START '{db}'",
                "UPDATE t SET n = n + 1",
                "XA END '{db}'",
                "XA PREPARE '{db}'",
                "XA COMMIT '{db}'",
            ],
        )
        .outside()
        .clean(&["XA ROLLBACK '{db}'"]),
        sql(
            "a named lock",
            MY,
            &[],
            &[
                "SELECT GET_LOCK('{db}_mine', 1)",
                "UPDATE t SET n = n + 1",
                "CREATE TABLE c1 (id INT)",
                "DO RELEASE_LOCK('{db}_mine')",
            ],
        ),
        sql(
            "handler",
            MY,
            &[],
            &[
                "HANDLER t OPEN",
                "HANDLER t READ FIRST",
                "HANDLER t CLOSE",
                "UPDATE t SET n = n + 1",
            ],
        ),
        sql(
            "set names",
            MY,
            &[],
            &["SET NAMES utf8mb4", "UPDATE t SET n = n + 1"],
        ),
        sql(
            "set transaction",
            MY,
            &[],
            &[
                "SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
                "UPDATE t SET n = n + 1",
            ],
        ),
        sql(
            "flush tables",
            MY,
            &[],
            &["FLUSH TABLES t", "UPDATE t SET n = n + 1"],
        ),
        sql(
            "sequences",
            MARIA,
            &["CREATE SEQUENCE s"],
            &[
                "SELECT NEXT VALUE FOR s",
                "SELECT SETVAL(s, 50)",
                "INSERT INTO log (line) SELECT IF(NEXTVAL(s) > 50, 'far', 'near')",
            ],
        ),
        sql(
            "LASTVAL of a sequence",
            MARIA,
            &["CREATE SEQUENCE s"],
            &[
                "SELECT NEXTVAL(s)",
                "CREATE TABLE c1 (id INT)",
                // which one it is depends on how often it was drawn, which no rollback reverts
                "INSERT INTO log (line) VALUES (COALESCE(LASTVAL(s) > 0, 'none'))",
            ],
        ),
    ]
}

/// Changes of the schema.
fn schemas() -> Vec<Class> {
    vec![
        sql(
            "rename that swaps tables",
            MY,
            PAIR,
            &["RENAME TABLE a TO swap, b TO a, swap TO b"],
        ),
        sql(
            "rename one by one",
            MY,
            PAIR,
            &[
                "RENAME TABLE a TO swap",
                "RENAME TABLE b TO a",
                "RENAME TABLE swap TO b",
            ],
        ),
        sql(
            "alter table renames, one by one",
            MY,
            PAIR,
            &[
                "ALTER TABLE a RENAME TO swap",
                "ALTER TABLE b RENAME TO a",
                "ALTER TABLE swap RENAME TO b",
            ],
        ),
        sql(
            "rename back and forth",
            MY,
            PAIR,
            &[
                "RENAME TABLE a TO c1",
                "RENAME TABLE c1 TO a",
                "RENAME TABLE a TO c1",
            ],
        ),
        sql(
            "exchange partition",
            MY,
            PARTED,
            &["ALTER TABLE parted EXCHANGE PARTITION p0 WITH TABLE loose"],
        ),
        sql(
            "add and drop a partition",
            MY,
            PARTED,
            &[
                "ALTER TABLE parted ADD PARTITION (PARTITION p2 VALUES LESS THAN (30))",
                "INSERT INTO parted VALUES (25, 25)",
                "ALTER TABLE parted DROP PARTITION p0",
            ],
        ),
        sql(
            "truncate a partition",
            MY,
            PARTED,
            &[
                "ALTER TABLE parted TRUNCATE PARTITION p0",
                "INSERT INTO parted VALUES (3, 3)",
            ],
        ),
        sql(
            "reorganize partitions",
            MY,
            PARTED,
            &[
                "ALTER TABLE parted REORGANIZE PARTITION p0, p1 INTO (PARTITION p0 VALUES LESS THAN (20))",
            ],
        ),
        sql(
            "drop and add of one column at once",
            MY,
            FULL,
            &["ALTER TABLE f DROP COLUMN c, ADD COLUMN c INT"],
        ),
        sql(
            "drop and add of one column, one by one",
            MY,
            FULL,
            &[
                "ALTER TABLE f DROP COLUMN c",
                "ALTER TABLE f ADD COLUMN c INT",
            ],
        ),
        sql(
            "change that swaps columns",
            MY,
            FULL,
            &["ALTER TABLE f CHANGE c d INT, CHANGE d c INT"],
        ),
        sql(
            "rename of a column, and one of its old name",
            MY,
            FULL,
            &[
                "ALTER TABLE f CHANGE c e INT",
                "ALTER TABLE f ADD c INT DEFAULT 3",
            ],
        ),
        sql(
            "modify",
            MY,
            FULL,
            &["ALTER TABLE f MODIFY c BIGINT NOT NULL DEFAULT 4"],
        ),
        sql(
            "alter column set default",
            MY,
            FULL,
            &[
                "ALTER TABLE f ALTER COLUMN word SET DEFAULT '1.00'",
                "INSERT INTO f (id) VALUES (9)",
            ],
        ),
        sql(
            "a new default that looks like the old one",
            MY,
            &["CREATE TABLE g (id INT, word VARCHAR(9) DEFAULT '1.0')"],
            &["ALTER TABLE g ALTER COLUMN word SET DEFAULT '1.00'"],
        ),
        sql(
            "add an index",
            MY,
            FULL,
            &["ALTER TABLE f ADD INDEX ix_d (d)"],
        ),
        sql("create an index", MY, FULL, &["CREATE INDEX ix_d ON f (d)"]),
        sql(
            "drop and create an index of one name",
            MY,
            FULL,
            &["DROP INDEX ix_c ON f", "CREATE INDEX ix_c ON f (d)"],
        ),
        sql(
            "drop and add an index of one name at once",
            MY,
            FULL,
            &["ALTER TABLE f DROP INDEX ix_c, ADD INDEX ix_c (d)"],
        ),
        sql(
            "rename an index",
            MY,
            FULL,
            &["ALTER TABLE f RENAME INDEX ix_c TO ix_e"],
        ),
        sql(
            "add and drop a foreign key",
            MY,
            PARENT,
            &[
                "ALTER TABLE kid ADD CONSTRAINT fk_more FOREIGN KEY (id) REFERENCES parent (id)",
                "ALTER TABLE kid DROP FOREIGN KEY fk_more",
            ],
        ),
        sql(
            "add a check",
            MY,
            FULL,
            &["ALTER TABLE f ADD CONSTRAINT ck CHECK (c > 0)"],
        ),
        sql(
            "auto_increment = 100",
            MY,
            AUTO,
            &[
                "ALTER TABLE auto AUTO_INCREMENT = 100",
                "INSERT INTO auto (n) VALUES (9)",
                "INSERT INTO log (line) SELECT 'far' FROM auto WHERE id >= 100",
                "UPDATE auto SET id = -n",
            ],
        ),
        sql(
            "convert to a character set",
            MY,
            FULL,
            &["ALTER TABLE f CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"],
        ),
        sql(
            "another engine",
            MY,
            FULL,
            &["ALTER TABLE f ENGINE = MyISAM"],
        ),
        sql(
            "comment",
            MY,
            FULL,
            &["ALTER TABLE f COMMENT = 'a comment'"],
        ),
        sql(
            "order of columns",
            MY,
            FULL,
            &["ALTER TABLE f MODIFY d INT FIRST"],
        ),
        sql(
            "force",
            MY,
            FULL,
            &["ALTER TABLE f FORCE", "UPDATE f SET c = c + 1"],
        ),
        sql(
            "system versioning",
            MARIA,
            FULL,
            &[
                "ALTER TABLE f ADD SYSTEM VERSIONING",
                "UPDATE f SET c = c + 1",
            ],
        ),
        sql("drop two tables", MY, PAIR, &["DROP TABLE a, b"]),
        sql(
            "drop two tables, if they are there",
            MY,
            PAIR,
            &[
                "DROP TABLE IF EXISTS a, b",
                "CREATE TABLE a (id INT)",
                "INSERT INTO a VALUES (9)",
            ],
        ),
        sql(
            "drop and create a table",
            MY,
            PAIR,
            &[
                "DROP TABLE a",
                "CREATE TABLE a (id INT)",
                "INSERT INTO a VALUES (9)",
            ],
        ),
        sql(
            "drop if exists, create, fill",
            MY,
            PAIR,
            &[
                "DROP TABLE IF EXISTS a",
                "CREATE TABLE a (id INT)",
                "INSERT INTO a VALUES (9)",
                "CREATE TABLE c1 (id INT)",
            ],
        ),
        sql(
            "create or replace a table",
            MARIA,
            PAIR,
            &[
                "CREATE OR REPLACE TABLE a (id INT)",
                "INSERT INTO a VALUES (9)",
                "CREATE TABLE c1 (id INT)",
            ],
        ),
        sql(
            "create if not exists, fill",
            MY,
            &[],
            &[
                "CREATE TABLE IF NOT EXISTS a (id INT)",
                "INSERT INTO a VALUES (9)",
                "CREATE TABLE c1 (id INT)",
            ],
        ),
        sql(
            "create table from a query",
            MY,
            &[],
            &["CREATE TABLE c1 AS SELECT * FROM t"],
        ),
        sql(
            "create table from a query, in MyISAM",
            MY,
            &[],
            &["CREATE TABLE c1 ENGINE = MyISAM AS SELECT * FROM t"],
        ),
        sql(
            "create table if not exists from a query",
            MY,
            &[],
            &[
                "CREATE TABLE IF NOT EXISTS c1 AS SELECT * FROM t",
                "DELETE FROM t WHERE id = 1",
            ],
        ),
        sql(
            "create table from a writing function",
            MY,
            BUMP,
            &["CREATE TABLE c1 AS SELECT 1 AS x"],
        ),
        sql(
            "create table like",
            MY,
            FULL,
            &["CREATE TABLE c1 LIKE f", "INSERT INTO c1 SELECT * FROM f"],
        ),
        sql(
            "columns and tables named temp",
            MY,
            &[],
            &[
                "CREATE TABLE readings (id INT, temp INT)",
                "INSERT INTO readings VALUES (1, 2)",
                "DROP TABLE IF EXISTS temp",
                "CREATE TABLE `temp` (id INT)",
                "INSERT INTO `temp` VALUES (1)",
                "CREATE TABLE d2 (id INT)",
                "UPDATE readings SET temp = temp + 1",
            ],
        ),
        sql(
            "an index on a column named temp",
            MY,
            &["CREATE TABLE r (temp INT)"],
            &["CREATE INDEX ix ON r (temp)", "INSERT INTO r VALUES (1)"],
        ),
        sql(
            "columns named system, call and database",
            MY,
            &[
                "CREATE TABLE r (`system` INT, `call` INT, `database` INT)",
                "INSERT INTO r VALUES (1, 1, 1)",
            ],
            &[
                "UPDATE r SET `system` = `system` + 1",
                "UPDATE r SET `call` = `call` + 1",
                "UPDATE r SET `database` = `database` + 1",
            ],
        ),
        sql(
            "views",
            MY,
            &[],
            &[
                "CREATE VIEW v AS SELECT id, n FROM t",
                "CREATE OR REPLACE VIEW v AS SELECT id AS n, n AS id FROM t",
                "INSERT INTO log (line) SELECT n FROM v WHERE n = 1",
            ],
        ),
        sql(
            "alter view",
            MY,
            &["CREATE VIEW v AS SELECT id, n FROM t"],
            &["ALTER VIEW v AS SELECT id AS n, n AS id FROM t"],
        ),
        sql(
            "optimize, analyze, check",
            MY,
            &[],
            &[
                "OPTIMIZE TABLE t",
                "ANALYZE TABLE t",
                "CHECK TABLE t",
                "UPDATE t SET n = n + 1",
            ],
        ),
        sql(
            "repair",
            MY,
            &["CREATE TABLE m (n INT) ENGINE = MyISAM"],
            &["REPAIR TABLE m"],
        ),
        sql(
            "create and use a database",
            MY,
            &[],
            &[
                "CREATE DATABASE IF NOT EXISTS {db}_x",
                "CREATE TABLE {db}_x.c1 (id INT)",
                "DROP DATABASE {db}_x",
            ],
        )
        .seen(OTHER)
        .clean(NO_OTHER),
        sql(
            "users and grants",
            MY,
            &[],
            &[
                "CREATE USER '{db}'@'%' IDENTIFIED BY 'Secret-1'",
                "GRANT SELECT ON {db}.t TO '{db}'@'%'",
                "GRANT INSERT ON {db}.t TO '{db}'@'%'",
                "REVOKE SELECT ON {db}.t FROM '{db}'@'%'",
            ],
        )
        .seen(USERS)
        .clean(NO_USER),
        sql(
            "drop user",
            MY,
            &["CREATE USER '{db}'@'%' IDENTIFIED BY 'Secret-1'"],
            &["DROP USER '{db}'@'%'"],
        )
        .seen(USERS)
        .clean(NO_USER),
        sql(
            "alter user and password",
            ORACLE,
            &["CREATE USER '{db}'@'%' IDENTIFIED BY 'Secret-1'"],
            &[
                "ALTER USER '{db}'@'%' IDENTIFIED BY 'Secret-2'",
                "SET PASSWORD FOR '{db}'@'%' = 'Secret-3'",
            ],
        )
        .seen(USERS)
        .clean(NO_USER)
        .inside(),
        sql(
            "alter user and password of MariaDB",
            MARIA,
            &["CREATE USER '{db}'@'%' IDENTIFIED BY 'Secret-1'"],
            &[
                "ALTER USER '{db}'@'%' IDENTIFIED BY 'Secret-2'",
                "SET PASSWORD FOR '{db}'@'%' = PASSWORD('Secret-3')",
            ],
        )
        .seen(USERS)
        .clean(NO_USER)
        .inside(),
        sql(
            "alter database",
            MY,
            &[],
            &[
                "ALTER DATABASE {db} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
                "CREATE TABLE c1 (word VARCHAR(9))",
            ],
        ),
        sql(
            "an enum's values",
            MY,
            &[
                "CREATE TABLE e (kind ENUM('a', 'b'))",
                "INSERT INTO e VALUES ('a')",
            ],
            &[
                "ALTER TABLE e MODIFY kind ENUM('a', 'b', 'c')",
                "UPDATE e SET kind = 'c'",
            ],
        ),
    ]
}

/// Triggers, routines and events; and texts that cannot be split for certain.
fn routines() -> Vec<Class> {
    vec![
        sql("create a trigger of several statements", MY, COUNTING, &["CREATE TRIGGER fill BEFORE INSERT ON counters FOR EACH ROW BEGIN SET NEW.n = COALESCE(NEW.n, 0); SET NEW.n = NEW.n + 1; END", "INSERT INTO counters VALUES (1)"]),
        sql("create a trigger with if", MY, COUNTING, &["CREATE TRIGGER fill BEFORE INSERT ON counters FOR EACH ROW IF NEW.n IS NULL THEN SET NEW.n = 5; END IF", "INSERT INTO counters VALUES (NULL)"]),
        sql("drop and create a trigger", MY, COUNTING, &["DROP TRIGGER IF EXISTS fill", "CREATE TRIGGER fill BEFORE INSERT ON counters FOR EACH ROW IF NEW.n IS NULL THEN SET NEW.n = 5; END IF", "INSERT INTO counters VALUES (NULL)"]),
        sql("replace a trigger", MY, &["CREATE TABLE counters (n INT)", "CREATE TRIGGER fill BEFORE INSERT ON counters FOR EACH ROW SET NEW.n = 1"], &["DROP TRIGGER fill", "CREATE TRIGGER fill BEFORE INSERT ON counters FOR EACH ROW SET NEW.n = 2", "INSERT INTO counters VALUES (9)"]),
        sql("create a procedure", MY, &[], &["CREATE PROCEDURE p() BEGIN UPDATE t SET n = n + 1; INSERT INTO log (line) VALUES ('p'); END", "CALL p()"]).seen(ROUTINES),
        sql("create a procedure with loops", MY, &[], &["CREATE PROCEDURE p(IN x INT) BEGIN DECLARE i INT DEFAULT 0; WHILE i < x DO UPDATE t SET n = n + 1; SET i = i + 1; END WHILE; END", "CALL p(2)"]).seen(ROUTINES),
        sql("create a function", MY, BUMP, &["CREATE FUNCTION f() RETURNS INT DETERMINISTIC BEGIN DECLARE x INT; SET x = 5; RETURN x; END", "UPDATE t SET n = n + f()"]).seen(ROUTINES),
        sql("create or replace a function", MARIA, &[], &["CREATE OR REPLACE FUNCTION f() RETURNS INT DETERMINISTIC BEGIN RETURN 5; END", "UPDATE t SET n = n + f()"]).seen(ROUTINES),
        sql("drop a procedure", MY, &["CREATE PROCEDURE p() UPDATE t SET n = n + 1"], &["DROP PROCEDURE p", "UPDATE t SET n = n + 1"]).seen(ROUTINES),
        sql("create an event", MY, &[], &["CREATE EVENT e ON SCHEDULE AT '2037-01-01 00:00:00' DO BEGIN UPDATE t SET n = n + 1; INSERT INTO log (line) VALUES ('e'); END"]).seen(&["SELECT CONVERT(event_name USING utf8mb4) AS text FROM information_schema.events WHERE event_schema = '{db}'"]),
        sql("one text: set, insert, trigger with if", MY, COUNTING, &["SET NAMES utf8mb4; INSERT INTO counters VALUES (1); CREATE TRIGGER fill BEFORE INSERT ON counters FOR EACH ROW IF NEW.n IS NULL THEN SET NEW.n = 0; END IF"]),
        sql("one text: drop trigger, insert, trigger with if", MY, COUNTING, &["DROP TRIGGER IF EXISTS fill; INSERT INTO counters VALUES (1); CREATE TRIGGER fill BEFORE INSERT ON counters FOR EACH ROW IF NEW.n IS NULL THEN SET NEW.n = 0; END IF"]),
        sql("one text: create if not exists, insert, procedure", MY, &[], &["CREATE TABLE IF NOT EXISTS counters (n INT); INSERT INTO counters VALUES (1); CREATE FUNCTION f() RETURNS CHAR(9) DETERMINISTIC RETURN REPEAT('x', 3)"]).seen(ROUTINES),
        sql("one text: analyze, update, procedure", MY, &[], &["ANALYZE TABLE t; UPDATE t SET n = n + 1; CREATE PROCEDURE p() REPEAT SET @x = 1; UNTIL TRUE END REPEAT"]).seen(ROUTINES),
        sql("one text: create or replace, update, trigger", MARIA, COUNTING, &["CREATE OR REPLACE VIEW v AS SELECT 1; UPDATE t SET n = n + 1; CREATE TRIGGER fill BEFORE INSERT ON counters FOR EACH ROW IF NEW.n IS NULL THEN SET NEW.n = 0; END IF"]),
        sql("one text of two statements", MY, &[], &["UPDATE t SET n = n + 1; INSERT INTO log (line) VALUES ('two')"]),
        sql("one text: set and update", MY, &[], &["SET @x = 1; UPDATE t SET n = n + @x"]),
        sql("one text: update, create, update", MY, &[], &["UPDATE t SET n = n + 1; CREATE TABLE c1 (id INT); UPDATE t SET n = n + 1"]),
    ]
}

/// Connection blocks.
fn in_rust() -> Vec<Class> {
    vec![
        body("block: a writing function, its values", MY, BUMP, |op| {
            let _: Vec<Value> = read_connection!(op, |connection| match skips() {
                true => Ok(Vec::new()),
                false => sql_query("SELECT CAST(bump() AS SIGNED) AS value").load(connection),
            })?;
            Ok(())
        }),
        body(
            "block: a view of a writing function, its values",
            MY,
            BUMPING,
            |op| {
                let _: Vec<Value> = read_connection!(op, |connection| match skips() {
                    true => Ok(Vec::new()),
                    false => sql_query("SELECT value FROM bumping").load(connection),
                })?;
                Ok(())
            },
        ),
        body("block: a writing function, how many", MY, BUMP, |op| {
            with_connection!(op, |connection| match skips() {
                true => Ok(0),
                false => sql_query("DO bump()").execute(connection),
            })?;
            Ok(())
        }),
        body("block: changes the schema", MY, &[], |op| {
            with_connection!(op, |connection| match skips() {
                true => Ok(0),
                false => sql_query("UPDATE t SET n = n + 1")
                    .execute(connection)
                    .and_then(|_| sql_query("CREATE TABLE by_block (id INT)").execute(connection))
                    .and_then(|_| sql_query("INSERT INTO log (line) VALUES ('block')")
                        .execute(connection)),
            })?;
            Ok(())
        }),
        body("block: sets a variable", MY, &[], |op| {
            with_connection!(op, |connection| sql_query("SET @x = 5").execute(connection))?;
            op.execute("CREATE TABLE c1 (id INT)")?;
            op.execute("INSERT INTO c1 VALUES (@x)")
        }),
        body("block: LAST_INSERT_ID()", MY, AUTO, |op| {
            op.execute("INSERT INTO auto (n) VALUES (9)")?;
            op.execute("ALTER TABLE child ADD c INT")?;
            with_connection!(op, |connection| match skips() {
                true => Ok(0),
                false => sql_query("INSERT INTO child VALUES (LAST_INSERT_ID(), 1, 1)")
                    .execute(connection),
            })?;
            op.execute("UPDATE child SET auto = (SELECT COUNT(*) FROM auto WHERE auto.id = child.auto AND auto.n = 9)")?;
            op.execute("UPDATE auto SET id = -n")
        }),
    ]
}

/// The result of a query.
#[derive(diesel::QueryableByName)]
struct Value {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    #[expect(dead_code, reason = "only read")]
    value: i64,
}
