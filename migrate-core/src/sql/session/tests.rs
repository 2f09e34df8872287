//! What statements leave on their connection, and which later ones need it.

use super::*;
use BackendKind::{Mariadb, Mysql, Postgres, Sqlite};
use SessionItem::{
    Cursor, GeneratedId, Locks, Prepared, RowCount, Sequences, Setting, Temporary, Variable,
};

/// What a text leaves apart from generated numbers and counts, and what of it is lost.
#[track_caller]
fn check(backend: BackendKind, sql: &str, restorable: &[SessionItem], lost: &[SessionItem]) {
    let state = session_state(sql, backend);
    let own = |items: &[SessionItem]| -> Vec<SessionItem> {
        let items = items
            .iter()
            .filter(|item| !matches!(item, GeneratedId | RowCount | Sequences));
        items.cloned().collect()
    };
    assert_eq!(
        (&*own(&state.restorable), &*own(&state.lost)),
        (restorable, lost),
        "{sql}"
    );
}

fn variable(name: &str) -> SessionItem {
    Variable(name.to_owned())
}

fn setting(name: &str) -> SessionItem {
    Setting(name.to_owned())
}

#[test]
fn a_literal_is_restored_and_what_was_computed_is_lost() {
    for server in [Mysql, Mariadb] {
        let check = |sql, restorable: &[SessionItem], lost: &[SessionItem]| {
            check(server, sql, restorable, lost);
        };
        check(
            "SET @a = 1, @B := 'x'",
            &[variable("a"), variable("b")],
            &[],
        );
        check("SET @a = (SELECT MAX(b) FROM c)", &[], &[variable("a")]);
        check("SET @a = bump()", &[], &[variable("a")]);
        check(
            "SELECT n, m INTO @x, @y FROM t",
            &[],
            &[variable("x"), variable("y")],
        );
        check("SELECT @x := n FROM t", &[], &[variable("x")]);
        check(
            "UPDATE t SET n = (@pos := @pos + 1)",
            &[],
            &[variable("pos")],
        );
        check("UPDATE t SET n = @x, m = 2", &[], &[]);
        check("SET SESSION sql_mode = 'ANSI'", &[setting("sql_mode")], &[]);
        check(
            "SET sql_mode = (SELECT m FROM modes)",
            &[],
            &[setting("sql_mode")],
        );
        check("SET GLOBAL sql_mode = 'ANSI'", &[], &[]);
        check(
            "/*!40014 SET @OLD=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */",
            &[variable("old"), setting("foreign_key_checks")],
            &[],
        );
        check("USE shop", &[setting("database")], &[]);
        check(
            "CREATE TEMPORARY TABLE a (b INT)",
            &[Temporary("a".to_owned())],
            &[],
        );
        check("PREPARE s FROM @x", &[], &[Prepared("s".to_owned())]);
        check("HANDLER t OPEN", &[], &[Cursor("t".to_owned())]);
        check("LOCK TABLES t WRITE", &[], &[Locks]);
        check("SELECT GET_LOCK('a', 1)", &[], &[Locks]);
        check("CREATE DEFINER='a'@'b' VIEW v AS SELECT 1", &[], &[]);
    }
    for sql in [
        "CREATE TABLE temp.a (b INT)",
        "CREATE TABLE IF NOT EXISTS \"temp\".\"A\" (b INT)",
        "CREATE TEMP TABLE temp.a (b INT)",
    ] {
        check(Sqlite, sql, &[Temporary("a".to_owned())], &[]);
    }
    check(Sqlite, "CREATE TABLE main.a (temp INT)", &[], &[]);
    let check = |sql, restorable: &[SessionItem], lost: &[SessionItem]| {
        check(Postgres, sql, restorable, lost);
    };
    check(
        "SET search_path TO app, public",
        &[setting("search_path")],
        &[],
    );
    check(
        "SELECT pg_catalog.set_config('search_path', '', false)",
        &[setting("search_path")],
        &[],
    );
    check(
        "SELECT set_config('app.t', n::text, false) FROM t",
        &[],
        &[setting("app.t")],
    );
    check(
        "SELECT set_config('app.t', '1', true)",
        &[setting("app.t")],
        &[],
    );
    check("SELECT set_config('app.t', n::text, true) FROM t", &[], &[]);
    for (sql, name) in [
        (
            "DO $$ BEGIN PERFORM set_config('app.t', '7', false); END $$",
            "app.t",
        ),
        (
            "DO LANGUAGE plpgsql $a$ BEGIN SET search_path TO app; END $a$",
            "search_path",
        ),
        (
            "DO 'BEGIN IF true THEN SET SESSION work_mem = 64; END IF; END'",
            "work_mem",
        ),
    ] {
        check(sql, &[], &[setting(name)]);
    }
    for sql in [
        "DO $$ BEGIN PERFORM set_config('app.t', '7', true); END $$",
        "DO $$ BEGIN SET LOCAL search_path TO app; UPDATE t SET a = 1; END $$",
    ] {
        check(sql, &[], &[]);
    }
    for sql in [
        "CREATE TABLE pg_temp.a (b INT)",
        "CREATE OR REPLACE FUNCTION pg_temp.a() RETURNS INT LANGUAGE sql AS 'SELECT 5'",
    ] {
        check(sql, &[], &[Temporary("a".to_owned())]);
    }
    check(
        "CREATE TEMP TABLE IF NOT EXISTS \"A\" AS SELECT 1",
        &[],
        &[Temporary("a".to_owned())],
    );
    check(
        "SELECT 1 AS n INTO TEMP tt",
        &[],
        &[Temporary("tt".to_owned())],
    );
    check(
        "CREATE TEMP VIEW v AS SELECT 1",
        &[Temporary("v".to_owned())],
        &[],
    );
    check(
        "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
        &[],
        &[Cursor("c".to_owned())],
    );
    check("PREPARE p AS SELECT 1", &[], &[Prepared("p".to_owned())]);
    check("SELECT pg_advisory_lock(1)", &[], &[Locks]);
}

#[test]
fn later_statements_need_what_they_name() {
    for (backend, left, later, needed) in [
        (
            Mysql,
            "SELECT n INTO @x FROM t",
            "UPDATE t SET c = @x",
            true,
        ),
        (
            Mysql,
            "SELECT n INTO @x FROM t",
            "UPDATE t SET c = @X + 1",
            true,
        ),
        (
            Mysql,
            "SELECT n INTO @x FROM t",
            "UPDATE t SET c = @y",
            false,
        ),
        (
            Mysql,
            "SELECT n INTO @x FROM t",
            "INSERT INTO u SELECT @x",
            true,
        ),
        (Mysql, "SELECT n INTO @x FROM t", "SET @x = 1", false),
        (
            Mysql,
            "SELECT n INTO @x FROM t",
            "SET @x = 1; UPDATE t SET c = @x",
            false,
        ),
        (
            Mysql,
            "SET @pos = (SELECT 1)",
            "UPDATE t SET n = (@pos := @pos + 1)",
            true,
        ),
        (
            Mysql,
            "SET @sql = (SELECT 'x')",
            "PREPARE s FROM @sql",
            true,
        ),
        (Mysql, "PREPARE s FROM @sql", "EXECUTE s USING @a", true),
        (Mysql, "PREPARE s FROM @sql", "EXECUTE other", false),
        (
            Mysql,
            "INSERT INTO t VALUES (1)",
            "INSERT INTO u VALUES (LAST_INSERT_ID())",
            true,
        ),
        (
            Mysql,
            "INSERT INTO t VALUES (1)",
            "INSERT INTO u VALUES (@@last_insert_id)",
            true,
        ),
        (
            Mysql,
            "SET last_insert_id = 5",
            "INSERT INTO u VALUES (LAST_INSERT_ID())",
            true,
        ),
        (
            Mariadb,
            "SET @@SESSION.identity = 5",
            "UPDATE u SET a = @@identity",
            true,
        ),
        (Mysql, "SET last_insert_id = 5", "DROP TABLE t", false),
        (
            Mysql,
            "INSERT INTO t VALUES (1)",
            "UPDATE u SET a = 1",
            false,
        ),
        (
            Mysql,
            "INSERT INTO t VALUES (1)",
            "INSERT INTO t VALUES (1); UPDATE u SET a = LAST_INSERT_ID()",
            false,
        ),
        (
            Mysql,
            "UPDATE t SET a = 1",
            "INSERT INTO log VALUES (ROW_COUNT())",
            true,
        ),
        (
            Mysql,
            "SELECT SQL_CALC_FOUND_ROWS * FROM t LIMIT 1",
            "SET @n = FOUND_ROWS()",
            true,
        ),
        (
            Mysql,
            "CREATE TEMPORARY TABLE tmp (a INT)",
            "INSERT INTO t SELECT a FROM `Tmp`",
            true,
        ),
        (
            Mysql,
            "CREATE TEMPORARY TABLE tmp (a INT)",
            "INSERT INTO t SELECT a FROM other",
            false,
        ),
        (
            Sqlite,
            "INSERT INTO t VALUES (1)",
            "INSERT INTO u VALUES (last_insert_rowid())",
            true,
        ),
        (
            Sqlite,
            "UPDATE t SET a = 1",
            "INSERT INTO u VALUES (changes())",
            true,
        ),
        (
            Postgres,
            "INSERT INTO t VALUES (1)",
            "INSERT INTO u VALUES (currval('s'))",
            true,
        ),
        (
            Postgres,
            "INSERT INTO t VALUES (1)",
            "INSERT INTO u VALUES (lastval())",
            true,
        ),
        (Postgres, "SELECT nextval('s')", "SELECT currval('s')", true),
        (
            Postgres,
            "SELECT set_config('search_path', n, false) FROM t",
            "CREATE TABLE a (b int)",
            true,
        ),
        (
            Postgres,
            "SELECT pg_advisory_lock(1)",
            "SELECT pg_advisory_unlock(1)",
            true,
        ),
        (
            Postgres,
            "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
            "FETCH ALL FROM c",
            true,
        ),
    ] {
        let (left_there, later_there) =
            (session_state(left, backend), session_state(later, backend));
        let mut left_there = left_there.restorable.iter().chain(&left_there.lost);
        let needs = left_there.any(|item| later_there.needs(item));
        assert_eq!(needs, needed, "{left}; {later}");
    }
}

#[test]
fn the_number_of_the_next_row_is_set() {
    let line = |sql| sets_next_id(sql, Mysql).map(|finding| finding.line);
    for sql in [
        "SET insert_id = 50",
        "SET SESSION Insert_Id = 50",
        "SET @@session.insert_id := 5, @a = 1",
        "SET sql_mode = '', insert_id = @n",
        "/*!40101 SET insert_id = 50 */",
    ] {
        assert_eq!(line(sql), Some(1), "{sql}");
    }
    assert_eq!(line("UPDATE t SET n = 1;\nSET INSERT_ID = 7"), Some(2));
    for sql in [
        "SET last_insert_id = 50",
        "SET @insert_id = 50",
        "UPDATE t SET insert_id = 50",
        "SET @a = 'insert_id'",
        "SET STATEMENT insert_id = 5 FOR INSERT INTO t (n) VALUES (1)",
    ] {
        assert_eq!(line(sql), None, "{sql}");
    }
    assert_eq!(sets_next_id("SET insert_id = 50", Postgres), None);
}

#[test]
fn what_outlives_a_change_of_rows_lasts() {
    for (backend, sql, lasts) in [
        (Mysql, "SET @x = 5", true),
        (Mysql, "UPDATE t SET n = (@pos := @pos + 1)", true),
        (Postgres, "SET search_path TO app", true),
        (
            Postgres,
            "SELECT set_config('a.b', n::text, false) FROM t",
            true,
        ),
        (Mysql, "UPDATE t SET n = @x", false),
        (Postgres, "INSERT INTO t VALUES (nextval('s'))", false),
        (Sqlite, "DELETE FROM t", false),
    ] {
        assert_eq!(session_state(sql, backend).lasts(), lasts, "{sql}");
    }
}
