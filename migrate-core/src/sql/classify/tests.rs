//! Statements of each database, and their classes.

use proptest::prelude::*;

use super::*;
use BackendKind::{Mariadb, Mysql, Postgres, Sqlite};
use StatementKind::{Maintenance, Opaque, Read, Rows, Schema, Setting, Transaction};
use TransactionEffect::{Commits, Controls, Joins, Outside, Unknown};

const ALL: [BackendKind; 4] = [Sqlite, Postgres, Mysql, Mariadb];
const SERVERS: [BackendKind; 2] = [Mysql, Mariadb];

/// Statements, their kind, and their effect on the transaction around them.
#[track_caller]
fn check(backends: &[BackendKind], table: &[(&str, StatementKind, TransactionEffect)]) {
    for backend in backends {
        for (sql, kind, transaction) in table {
            let class = classify(sql, *backend);
            assert_eq!(
                (class.kind, class.transaction),
                (*kind, *transaction),
                "{backend:?}: {sql}"
            );
        }
    }
}

#[track_caller]
fn repeatable(backends: &[BackendKind], expected: bool, all: &[&str]) {
    for backend in backends {
        for sql in all {
            let class = classify(sql, *backend);
            // each run repeats a setting
            let repeats = class.repeatable || class.kind == Setting;
            assert_eq!(repeats, expected, "{backend:?}: {sql}");
        }
    }
}

#[test]
fn rows_are_part_of_a_transaction() {
    check(
        &ALL,
        &[
            ("INSERT INTO t VALUES (1)", Rows, Joins),
            ("update t set a = 'VACUUM'", Rows, Joins),
            ("DELETE FROM t WHERE id IN (SELECT 1)", Rows, Joins),
            // columns and tables of any name
            ("UPDATE t SET system = 1, call = 2, vacuum = 3", Rows, Joins),
            (
                "INSERT INTO database (savepoint, tablespace, subscription) VALUES (1, 2, 3)",
                Rows,
                Joins,
            ),
            (
                "DELETE FROM attach WHERE concurrently = 1 AND temp = 2",
                Rows,
                Joins,
            ),
            (
                "INSERT INTO a VALUES (1); UPDATE b SET c = 1",
                Opaque,
                Joins,
            ),
            ("INSERT INTO t VALUES ('a;b');", Rows, Joins),
            ("", Opaque, Unknown),
            ("-- nothing", Opaque, Unknown),
        ],
    );
    check(
        &[Postgres],
        &[(
            "MERGE INTO a USING b ON a.i = b.i WHEN MATCHED THEN DELETE",
            Rows,
            Joins,
        )],
    );
    check(
        &[Sqlite, Mysql, Mariadb],
        &[("REPLACE INTO t VALUES (1)", Rows, Joins)],
    );
}

#[test]
fn a_function_with_the_name_of_another_database_s_may_write() {
    let my = [Mysql, Mariadb];
    for (backends, sql) in [
        (&my[..], "SELECT total(1)"),
        (&my, "SELECT trunc(a) FROM t"),
        (&my, "SELECT filter(a) FROM t"),
        (&my, "DESCRIBE SELECT total(1)"),
        (&my, "SET @a = trunc(1)"),
        (&[Postgres], "SELECT total(1)"),
        (&[Postgres], "SELECT hex(a), year(a) FROM t"),
    ] {
        check(backends, &[(sql, Rows, Joins)]);
    }
    check(&my, &[("SELECT hex(a), year(a) FROM t", Read, Joins)]);
    check(&my, &[("SET @a = lower('A')", Setting, Joins)]);
    check(&[Postgres], &[("SELECT trunc(a) FROM t", Read, Joins)]);
}

#[test]
fn a_query_reads_if_it_calls_nothing_that_may_write() {
    check(
        &ALL,
        &[
            ("SELECT 1", Read, Joins),
            ("(SELECT a FROM t) UNION SELECT b FROM u", Read, Joins),
            (
                "SELECT COUNT(*), max(a), coalesce(b, 'f(x)') FROM t WHERE id IN (1, 2) AND EXISTS (SELECT 1)",
                Read,
                Joins,
            ),
            ("WITH a AS (SELECT 1) SELECT * FROM a", Read, Joins),
            ("SELECT id FROM t -- bump()", Read, Joins),
            ("SELECT bump()", Rows, Joins),
            ("SELECT a FROM t WHERE app.bump(a) > 1", Rows, Joins),
            ("SELECT count(*) FROM create_partitions('t')", Rows, Joins),
            ("SELECT * FROM t FOR UPDATE", Rows, Joins),
            ("SELECT nextval('s')", Rows, Joins),
            (
                "WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a",
                Rows,
                Joins,
            ),
        ],
    );
    check(
        &[Postgres],
        &[
            (
                "SELECT \"users\".\"id\" FROM \"users\" WHERE (\"users\".\"id\" = $1)  -- binds: [1]",
                Read,
                Joins,
            ),
            ("SELECT pg_catalog.count(*) FROM t", Read, Joins),
            ("SELECT public.count(1)", Rows, Joins),
            ("SELECT \"bump\"()", Rows, Joins),
            ("SELECT a INTO b FROM t", Rows, Joins),
            (
                "WITH a AS (DELETE FROM t RETURNING 1) SELECT * FROM a",
                Rows,
                Joins,
            ),
            (
                "WITH a AS (UPDATE t SET n = 1 RETURNING 1) SELECT * FROM a",
                Rows,
                Joins,
            ),
            ("SELECT setval('s', 1)", Rows, Joins),
            (
                "SELECT set_config('search_path', 'app', true)",
                Setting,
                Joins,
            ),
            (
                "SELECT set_config('search_path', name, false) FROM t",
                Rows,
                Joins,
            ),
            (
                "SELECT set_config('search_path', '', false);",
                Setting,
                Joins,
            ),
            (
                "SELECT pg_catalog.set_config('app.tenant', '7', false)",
                Setting,
                Joins,
            ),
            ("TABLE t", Read, Joins),
            ("VALUES (1), (bump())", Rows, Joins),
        ],
    );
    check(
        &SERVERS,
        &[
            (
                "SELECT `id`, `n` + 1 FROM `t` WHERE `id` = ? LIMIT 3",
                Read,
                Joins,
            ),
            ("SELECT a INTO OUTFILE 'x' FROM t", Rows, Joins),
            ("SELECT n INTO @x FROM t", Rows, Joins),
            ("SELECT @x := n FROM t", Rows, Joins),
            ("SELECT @x FROM t", Read, Joins),
            ("SELECT GET_LOCK('a', 1)", Rows, Joins),
            ("SELECT NEXT VALUE FOR s", Rows, Joins),
            ("SELECT LAST_INSERT_ID(5)", Rows, Joins),
            ("SELECT a FROM t LOCK IN SHARE MODE", Rows, Joins),
            ("DO bump()", Rows, Joins),
        ],
    );
}

#[test]
fn what_explain_carries_out_counts() {
    check(
        &[Postgres],
        &[
            ("EXPLAIN UPDATE t SET n = 1", Read, Joins),
            ("EXPLAIN (COSTS off) SELECT bump()", Read, Joins),
            ("EXPLAIN ANALYZE UPDATE t SET n = 1", Rows, Joins),
            (
                "EXPLAIN ANALYZE VERBOSE INSERT INTO t VALUES (1)",
                Rows,
                Joins,
            ),
            ("EXPLAIN (BUFFERS, ANALYZE) DELETE FROM t", Rows, Joins),
            ("EXPLAIN (analyze true) SELECT bump()", Rows, Joins),
            ("EXPLAIN (ANALYZE) SELECT 1", Read, Joins),
            ("EXPLAIN ANALYZE CREATE TABLE a AS SELECT 1", Schema, Joins),
            ("EXPLAIN ANALYZE EXECUTE p", Opaque, Unknown),
        ],
    );
    check(
        &SERVERS,
        &[
            ("EXPLAIN SELECT 1", Read, Joins),
            ("EXPLAIN FORMAT=JSON SELECT a FROM t", Read, Joins),
            ("EXPLAIN SELECT * FROM (SELECT bump()) AS x", Rows, Joins),
            ("DESCRIBE t", Read, Joins),
            ("DESC ANALYZE SELECT bump()", Rows, Joins),
            ("EXPLAIN ANALYZE FORMAT=TREE SELECT 1", Read, Joins),
            ("ANALYZE UPDATE t SET n = n + 1", Rows, Joins),
            ("ANALYZE FORMAT=JSON DELETE FROM t", Rows, Joins),
            ("ANALYZE INSERT INTO t VALUES (1)", Rows, Joins),
            ("ANALYZE TABLE t", Maintenance, Commits),
            ("ANALYZE LOCAL TABLE t, u", Maintenance, Commits),
        ],
    );
    repeatable(
        &SERVERS,
        false,
        &[
            "ANALYZE UPDATE t SET n = n + 1",
            "EXPLAIN ANALYZE SELECT bump()",
        ],
    );
    check(
        &[Sqlite],
        &[("EXPLAIN QUERY PLAN DELETE FROM t", Read, Joins)],
    );
}

#[test]
fn a_setting_has_its_value_in_its_text() {
    for sql in [
        "SET NAMES utf8mb4",
        "SET NAMES 'utf8mb4' COLLATE 'utf8mb4_bin'",
        "SET CHARACTER SET utf8",
        "SET @a = 1",
        "SET @a := 'x', @b = NULL",
        "SET foreign_key_checks = 0",
        "SET SESSION sql_mode = 'ANSI', SESSION foreign_key_checks = 0",
        "SET @@session.sql_mode = ''",
        "SET @@sql_mode = ANSI",
        "SET sql_mode = ANSI",
        "SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO'",
        "SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS",
        "SET sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES')",
        "SET time_zone = '+00:00'",
        "SET a = -1",
        "SET ROLE admin",
        "USE shop",
        "/*!40014 SET @OLD=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */",
        "/*!40101 SET NAMES utf8 */;",
        "/*M! SET sql_mode = '' */",
    ] {
        check(&SERVERS, &[(sql, Setting, Joins)]);
    }
    check(
        &SERVERS,
        &[
            ("SET autocommit = 0", Setting, Unknown),
            (
                "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
                Setting,
                Unknown,
            ),
            ("SET @a = bump()", Rows, Joins),
            ("SET @a = app.bump()", Rows, Joins),
            ("SET @a = app.concat('x')", Rows, Joins),
            ("SET @a = `bump`()", Rows, Joins),
            ("SET @a = (SELECT MAX(b) FROM c)", Rows, Joins),
            ("SET @a = NOW()", Rows, Joins),
            ("SET @a = 1, @b = bump()", Rows, Joins),
            ("SET sql_mode = (SELECT x FROM t)", Rows, Joins),
            ("SET sql_mode = (m)", Rows, Joins),
            ("SET @a = (@b := @b + 1)", Rows, Joins),
            ("SET GLOBAL max_connections = 5", Rows, Joins),
            ("SET @@global.max_connections = 5", Rows, Joins),
            ("SET PERSIST max_connections = 5", Rows, Joins),
            ("SET PASSWORD = 'x'", Schema, Commits),
            ("SET DEFAULT ROLE admin TO u", Schema, Commits),
            (
                "SET STATEMENT max_statement_time=100 FOR UPDATE t SET n = n + 1",
                Rows,
                Joins,
            ),
            ("SET STATEMENT a=1, b=2 FOR SELECT 1", Read, Joins),
            ("SET STATEMENT a=1 FOR DROP TABLE t", Schema, Commits),
            ("SET NEW.a = 1", Opaque, Unknown),
            ("SET", Opaque, Unknown),
        ],
    );
    repeatable(
        &SERVERS,
        false,
        &[
            "SET PASSWORD = 'x'",
            "SET @a = bump()",
            "SET STATEMENT a=1 FOR INSERT INTO t VALUES (1)",
        ],
    );
    repeatable(
        &SERVERS,
        true,
        &["SET GLOBAL max_connections = 5", "SET @a = 1"],
    );
    check(
        &[Postgres],
        &[
            ("SET search_path TO app, public", Setting, Joins),
            ("SET LOCAL lock_timeout = '5s'", Setting, Joins),
            ("SET TIME ZONE -7", Setting, Joins),
            ("SET SESSION AUTHORIZATION 'x'", Setting, Joins),
            ("SET \"app.x\" = E'a'", Setting, Joins),
            ("SET x = f(1)", Opaque, Unknown),
            ("RESET ALL", Setting, Joins),
        ],
    );
    check(
        &[Sqlite],
        &[
            ("PRAGMA foreign_keys = OFF", Setting, Outside),
            ("PRAGMA schema_version = 7", Opaque, Unknown),
            ("PRAGMA schema_version", Read, Joins),
            ("PRAGMA main.table_info(users)", Read, Joins),
            ("PRAGMA foreign_key_check", Read, Joins),
            ("PRAGMA user_version = 7", Setting, Outside),
            ("PRAGMA user_version(7)", Setting, Outside),
            ("PRAGMA optimize", Setting, Outside),
            ("SET a = 1", Opaque, Unknown),
        ],
    );
}

#[test]
fn a_name_is_no_keyword() {
    check(
        &ALL[..2],
        &[
            ("CREATE TABLE readings (id INT, temp INT)", Schema, Joins),
            ("CREATE TABLE temp (id INT)", Schema, Joins),
            ("DROP TABLE temp", Schema, Joins),
            (
                "CREATE TABLE t (a INT DEFAULT (1), temporary INT, database INT)",
                Schema,
                Joins,
            ),
            ("CREATE TEMP TABLE t (a INT)", Setting, Joins),
            ("CREATE TEMPORARY VIEW v AS SELECT 1", Setting, Joins),
        ],
    );
    check(
        &[BackendKind::Sqlite],
        &[
            ("CREATE TABLE temp.t (a INT)", Setting, Joins),
            (
                "CREATE TABLE IF NOT EXISTS \"temp\".t (a INT)",
                Setting,
                Joins,
            ),
            ("CREATE VIEW temp.v AS SELECT 1", Setting, Joins),
            ("CREATE TABLE main.temp (a INT)", Schema, Joins),
        ],
    );
    check(
        &SERVERS,
        &[
            ("CREATE TABLE readings (id INT, temp INT)", Schema, Commits),
            ("CREATE TABLE `temporary` (id INT)", Schema, Commits),
            ("DROP TABLE IF EXISTS temp", Schema, Commits),
            ("CREATE INDEX ix ON t (temp)", Schema, Commits),
            ("CREATE TEMPORARY TABLE a (b INT)", Setting, Unknown),
            (
                "CREATE OR REPLACE TEMPORARY TABLE a (b INT)",
                Setting,
                Unknown,
            ),
            (
                "CREATE TEMPORARY TABLE a AS SELECT * FROM b",
                Setting,
                Unknown,
            ),
            ("CREATE TEMPORARY TABLE a AS SELECT bump()", Opaque, Unknown),
            ("DROP TEMPORARY TABLE a", Setting, Unknown),
        ],
    );
    check(
        &[Postgres],
        &[
            ("CREATE LOCAL TEMP TABLE t (a int)", Setting, Joins),
            ("CREATE UNLOGGED TABLE temp (a int)", Schema, Joins),
            ("CREATE INDEX CONCURRENTLY ix ON t (temp)", Schema, Outside),
            ("CREATE TABLE t (a int) TABLESPACE fast", Schema, Joins),
            ("ALTER TABLE t SET TABLESPACE fast", Schema, Joins),
        ],
    );
}

#[test]
fn changes_of_the_schema() {
    check(
        &[Postgres],
        &[
            (
                "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$",
                Schema,
                Joins,
            ),
            ("CREATE DATABASE d", Schema, Outside),
            ("DROP DATABASE IF EXISTS d", Schema, Outside),
            ("ALTER DATABASE d SET TABLESPACE t", Schema, Outside),
            ("ALTER DATABASE d SET timezone = 'UTC'", Schema, Joins),
            ("ALTER SYSTEM SET work_mem = '1MB'", Schema, Outside),
            (
                "CREATE UNIQUE INDEX CONCURRENTLY a ON b (c)",
                Schema,
                Outside,
            ),
            ("DROP INDEX CONCURRENTLY a", Schema, Outside),
            (
                "ALTER TABLE a DETACH PARTITION b CONCURRENTLY",
                Schema,
                Outside,
            ),
            (
                "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p",
                Schema,
                Outside,
            ),
            ("ALTER TYPE e ADD VALUE 'x'", Schema, Joins),
            ("COMMENT ON TABLE t IS 'x'", Schema, Joins),
            ("REFRESH MATERIALIZED VIEW CONCURRENTLY v", Schema, Joins),
            ("VACUUM FULL t", Maintenance, Outside),
            ("REINDEX TABLE CONCURRENTLY t", Maintenance, Outside),
            ("DO $$ BEGIN PERFORM f(); END $$", Rows, Joins),
            ("DO $$ BEGIN PERFORM f(); commit; END $$", Opaque, Unknown),
            ("CALL p()", Opaque, Unknown),
            ("LOCK TABLE t", Opaque, Unknown),
            (
                "CREATE TABLE a (b int); CREATE TABLE c (d int)",
                Opaque,
                Joins,
            ),
            ("VACUUM; VACUUM", Opaque, Outside),
            ("INSERT INTO t VALUES (1); COMMIT", Opaque, Unknown),
        ],
    );
    check(
        &[Sqlite],
        &[
            (
                "CREATE TRIGGER a AFTER INSERT ON b BEGIN DELETE FROM c; END",
                Schema,
                Joins,
            ),
            ("CREATE VIRTUAL TABLE t USING fts5(a)", Schema, Joins),
            ("VACUUM", Maintenance, Outside),
            ("ATTACH 'x' AS y", Opaque, Unknown),
            ("UPDATE t SET a = 1; PRAGMA optimize", Opaque, Unknown),
        ],
    );
    check(
        &SERVERS,
        &[
            ("create table t (a int)", Schema, Commits),
            ("/*!50000 CREATE TABLE t (a int) */", Schema, Commits),
            (
                "CREATE TABLE t (a int) /*!50100 PARTITION BY HASH (a) */",
                Schema,
                Commits,
            ),
            (
                "CREATE /*!50017 DEFINER=`a`@`b` */ TRIGGER t BEFORE INSERT ON u FOR EACH ROW BEGIN SET NEW.a = 1; END",
                Schema,
                Commits,
            ),
            (
                "/*!50003 CREATE*/ /*!50003 TRIGGER t BEFORE INSERT ON u FOR EACH ROW BEGIN SET NEW.a = 1; END */",
                Schema,
                Commits,
            ),
            // an older server reads only the rest
            (
                "INSERT INTO t VALUES (1) /*!99999 ; DROP TABLE t */",
                Opaque,
                Commits,
            ),
            (
                "/*!50003 SET a = 1; INSERT INTO t VALUES (1) */",
                Opaque,
                Joins,
            ),
            ("TRUNCATE t", Schema, Commits),
            ("RENAME TABLE a TO b, b TO a", Schema, Commits),
            ("GRANT SELECT ON d.* TO u", Schema, Commits),
            ("OPTIMIZE TABLE t", Maintenance, Commits),
            ("FLUSH PRIVILEGES", Maintenance, Commits),
            ("FLUSH TABLES WITH READ LOCK", Opaque, Unknown),
            ("CALL p()", Opaque, Unknown),
            ("EXECUTE s", Opaque, Unknown),
            ("LOAD DATA INFILE 'x' INTO TABLE t", Opaque, Unknown),
            ("LOCK TABLES t WRITE", Opaque, Unknown),
            ("HANDLER t OPEN", Opaque, Unknown),
            ("INSERT INTO t VALUES (1); DROP TABLE a", Opaque, Unknown),
            (
                "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET NEW.b = 1; END",
                Schema,
                Commits,
            ),
        ],
    );
}

#[test]
fn transactions_are_controlled() {
    for sql in ["BEGIN", "COMMIT", "ROLLBACK"] {
        check(&ALL, &[(sql, Transaction, Controls)]);
    }
    check(
        &SERVERS,
        &[
            ("START TRANSACTION READ ONLY", Transaction, Controls),
            ("ROLLBACK TO SAVEPOINT a", Transaction, Unknown),
            ("ROLLBACK WORK TO a", Transaction, Unknown),
            ("SAVEPOINT a", Transaction, Unknown),
            ("XA START 'x'", Transaction, Unknown),
            ("START REPLICA", Opaque, Unknown),
        ],
    );
    check(
        &[Postgres],
        &[
            ("PREPARE TRANSACTION 'x'", Transaction, Controls),
            ("END", Transaction, Controls),
        ],
    );
}

#[test]
fn what_cannot_be_cut_is_opaque() {
    for sql in [
        "DROP TRIGGER IF EXISTS t; SELECT 'open",
        "SET a = 1; SELECT (1",
        "CREATE OR REPLACE VIEW v AS SELECT 'open",
        "DROP TABLE IF EXISTS t)",
    ] {
        for backend in ALL {
            let class = classify(sql, backend);
            assert!(!class.repeatable && !class.atomic, "{sql}");
            assert_eq!(class.kind, Opaque, "{sql}");
            // a statement that may commit is recorded before it is sent
            let expected = if SERVERS.contains(&backend) {
                Commits
            } else {
                Unknown
            };
            assert_eq!(class.transaction, expected, "{sql}");
        }
    }
}

#[test]
fn what_leaves_the_same_may_be_repeated() {
    repeatable(
        &ALL,
        true,
        &[
            "CREATE TABLE IF NOT EXISTS t (a INT)",
            "DROP TABLE IF EXISTS t",
            "DROP VIEW IF EXISTS v",
            "SELECT 1",
        ],
    );
    repeatable(
        &ALL,
        false,
        &[
            "CREATE TABLE t (a INT)",
            "CREATE TABLE if_not_exists (a INT)",
            "CREATE TABLE IF NOT EXISTS t AS SELECT 1",
            "CREATE TABLE t (note TEXT DEFAULT 'IF NOT EXISTS')",
            "DROP TABLE t",
            "ALTER TABLE t ADD a INT",
            "DROP TABLE IF EXISTS a; DROP TABLE IF EXISTS b",
            "CALL p()",
            "",
        ],
    );
    repeatable(
        &SERVERS,
        true,
        &[
            "DROP TABLE IF EXISTS a, b",
            "CREATE OR REPLACE VIEW v AS SELECT 1",
            "CREATE OR REPLACE DEFINER=`a`@`%` SQL SECURITY INVOKER VIEW v AS SELECT 1",
            "CREATE OR REPLACE FUNCTION f() RETURNS INT RETURN 1",
            "CREATE DEFINER = CURRENT_USER() PROCEDURE IF NOT EXISTS p() SELECT 1",
            "CREATE DATABASE IF NOT EXISTS d",
            "CREATE USER IF NOT EXISTS u",
            "CREATE INDEX IF NOT EXISTS ix ON t (a)",
            "GRANT SELECT ON d.* TO u",
            "OPTIMIZE TABLE t",
            "CHECK TABLE t",
        ],
    );
    repeatable(
        &SERVERS,
        false,
        &[
            // others may have written to them since
            "CREATE OR REPLACE TABLE t (a INT)",
            "CREATE OR REPLACE TABLE t SELECT 1",
            "CREATE OR REPLACE SEQUENCE s",
            "CREATE OR REPLACE DATABASE d",
            "CREATE TABLE IF NOT EXISTS t (a INT) SELECT 1",
            "CREATE TABLE IF NOT EXISTS t (a INT) REPLACE SELECT 1",
            "TRUNCATE t",
            // it may be over and gone
            "CREATE EVENT IF NOT EXISTS e ON SCHEDULE AT NOW() DO DELETE FROM t",
            "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN DROP TABLE IF EXISTS x; END",
            "RENAME TABLE a TO b",
            "REVOKE SELECT ON d.* FROM u",
        ],
    );
    repeatable(
        &[Postgres],
        false,
        &[
            // it would accept an invalid index
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS a ON b (c)",
            "REINDEX INDEX CONCURRENTLY a",
            "EXPLAIN ANALYZE UPDATE t SET a = 1",
        ],
    );
    repeatable(
        &[Postgres],
        true,
        &[
            "DROP INDEX CONCURRENTLY IF EXISTS a",
            "VACUUM FULL t",
            "REINDEX TABLE t",
            "ALTER SYSTEM SET work_mem = '1MB'",
        ],
    );
}

#[test]
fn what_was_refused_left_nothing_unless_it_was_several() {
    let atomic = |sql| classify(sql, Mysql).atomic;
    assert!(atomic("nonsense") && atomic("ALTER TABLE a ADD b INT, ADD c INT;"));
    assert!(!atomic("DROP TABLE a, b") && !atomic("CALL p()") && !atomic("EXECUTE s"));
    assert!(!atomic("CREATE TABLE a (b INT); CREATE TABLE c (d INT)"));
    assert!(!atomic("CREATE USER a, b") && !atomic("REVOKE SELECT ON d.* FROM a, b"));
    let atomic = |sql| classify(sql, Postgres).atomic;
    assert!(atomic("DO $$ BEGIN RAISE EXCEPTION 'no'; END $$"));
    assert!(!atomic("DO $$ BEGIN PERFORM f(); commit; END $$"));
}

proptest! {
    /// No text makes the parser panic, and a statement after another always counts.
    #[test]
    fn what_comes_after_counts(words in proptest::collection::vec(
        prop_oneof![
            Just("SET"), Just("@a"), Just("="), Just("1"), Just("("), Just(")"), Just("IF"), Just("EXISTS"), Just("NOT"),
            Just("CREATE"), Just("DROP"), Just("TABLE"), Just("OR"), Just("REPLACE"), Just("TEMPORARY"), Just("ANALYZE"), Just("'"),
            Just("EXPLAIN"), Just("STATEMENT"), Just("FOR"), Just("/*!50000"), Just("*/"), Just("BEGIN"), Just("END"), Just("$$"), Just("@")
        ], 0..10)
    ) {
        let first = words.join(" ");
        for backend in ALL {
            let _ = classify(&first, backend);
            let class = classify(&format!("{first};\nUPDATE t SET n = n + 1"), backend);
            prop_assert!(!class.repeatable, "{first}");
            prop_assert!(!matches!(class.kind, Read | Setting), "{first}");
        }
    }
}

#[test]
fn only_what_is_done_concurrently_waits_for_others() {
    assert!(is_concurrent("create index\nconcurrently ix on t (a)"));
    assert!(!is_concurrent(
        "CREATE INDEX concurrently_not ON t (concurrently)"
    ));
}
