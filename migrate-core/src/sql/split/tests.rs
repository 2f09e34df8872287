//! Texts from real `up.sql` files, and where their statements end.

use proptest::prelude::*;

use super::*;

const ALL: [BackendKind; 4] = [
    BackendKind::Sqlite,
    BackendKind::Postgres,
    BackendKind::Mysql,
    BackendKind::Mariadb,
];

#[track_caller]
fn check(backends: &[BackendKind], sql: &str, expected: &[&str]) {
    for backend in backends {
        let found = certain(sql, Dialect::of(*backend)).expect("it is certain");
        let found: Vec<&str> = found.iter().map(|statement| statement.sql).collect();
        assert_eq!(found, expected, "{backend:?}: {sql}");
    }
}

#[track_caller]
fn whole(backends: &[BackendKind], sql: &str) {
    for backend in backends {
        let found = certain(sql, Dialect::of(*backend));
        assert_eq!(found, None, "{backend:?}: {sql}");
        let cut = statements(sql, *backend);
        assert!(matches!(cut, Cut::Uncertain(whole) if whole.sql == sql));
    }
}

use BackendKind::{Mariadb, Mysql, Postgres, Sqlite};

#[test]
fn statements_end_at_semicolons() {
    check(&ALL, "", &[]);
    check(&ALL, " \n;; -- nothing\n/* ; */ ;", &[]);
    check(&ALL, "SELECT 1", &["SELECT 1"]);
    check(&ALL, "SELECT 1;\n\nSELECT 2 ;\n", &["SELECT 1", "SELECT 2"]);
    check(
        &ALL,
        "-- one;\nSELECT ';', \"a;b\", 'it''s;' -- end;\n, 2; /* two; */ SELECT 3",
        &["SELECT ';', \"a;b\", 'it''s;' -- end;\n, 2", "SELECT 3"],
    );
    check(
        &[Mysql, Mariadb],
        "SELECT 1 # a;\n; SELECT `;`;",
        &["SELECT 1", "SELECT `;`"],
    );
    check(
        &[Sqlite],
        "SELECT [it's;] ; SELECT 2",
        &["SELECT [it's;]", "SELECT 2"],
    );
    check(
        &[Postgres],
        "SELECT a[1]; SELECT E'\\';'; SELECT 1",
        &["SELECT a[1]", "SELECT E'\\';'", "SELECT 1"],
    );
    check(
        &[Postgres],
        "CREATE RULE r AS ON UPDATE TO a DO (UPDATE b SET c = 1; DELETE FROM d); SELECT 1",
        &[
            "CREATE RULE r AS ON UPDATE TO a DO (UPDATE b SET c = 1; DELETE FROM d)",
            "SELECT 1",
        ],
    );
}

#[test]
fn comments_before_a_statement_are_kept_beside_it() {
    let found = statements("-- users\nSELECT 1;\n-- last\n\nSELECT 2; -- end", Sqlite);
    let commented: Vec<&str> = found
        .parts()
        .iter()
        .map(|statement| statement.commented)
        .collect();
    assert_eq!(commented, ["-- users\nSELECT 1", "-- last\n\nSELECT 2"]);
}

#[test]
fn functions_of_postgres_stay_whole() {
    let quoted = "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $body$\nBEGIN\n  NEW.at := now();\n  RETURN NEW;\nEND;\n$body$";
    let trigger = "CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch()";
    check(
        &[Postgres],
        &format!("{quoted};\n{trigger};"),
        &[quoted, trigger],
    );
    let atomic = "CREATE FUNCTION f(a int) RETURNS int LANGUAGE SQL BEGIN ATOMIC SELECT CASE WHEN a > 1 THEN 1 ELSE 2 END; SELECT 2; END";
    check(
        &[Postgres],
        &format!("{atomic}; SELECT 1"),
        &[atomic, "SELECT 1"],
    );
    let block = "DO $$ BEGIN PERFORM 1; IF true THEN NULL; END IF; END $$";
    check(
        &[Postgres],
        &format!("{block}; SELECT 1;"),
        &[block, "SELECT 1"],
    );
    check(
        &[Postgres],
        "ALTER FUNCTION f(int) OWNER TO x; DROP FUNCTION f(int); CREATE TABLE function (\"begin\" int);",
        &[
            "ALTER FUNCTION f(int) OWNER TO x",
            "DROP FUNCTION f(int)",
            "CREATE TABLE function (\"begin\" int)",
        ],
    );
}

#[test]
fn triggers_of_sqlite_stay_whole() {
    let trigger = "CREATE TEMP TRIGGER IF NOT EXISTS t AFTER UPDATE OF a ON b WHEN NEW.a IS NOT OLD.a BEGIN\n  UPDATE b SET c = CASE WHEN NEW.a THEN 1 ELSE 0 END WHERE id = NEW.id;\n  SELECT NEW.end;\nEND";
    check(
        &[Sqlite],
        &format!("SELECT 1; {trigger}; SELECT 2"),
        &["SELECT 1", trigger, "SELECT 2"],
    );
    check(
        &[Sqlite],
        "BEGIN; SELECT 1; COMMIT;",
        &["BEGIN", "SELECT 1", "COMMIT"],
    );
    check(
        &[Sqlite],
        "CREATE TABLE a (begin INT, trigger INT); SELECT 1",
        &["CREATE TABLE a (begin INT, trigger INT)", "SELECT 1"],
    );
}

#[test]
fn programs_of_mysql_stay_whole() {
    for program in [
        "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.b = 1",
        "CREATE DEFINER=`root`@`%` TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET NEW.b = 1; SET NEW.c = 2; END",
        "CREATE PROCEDURE p(IN a INT)\nouter_block: BEGIN\n  IF a > 1 THEN SELECT 1; ELSE SELECT 2; END IF;\n  w: WHILE a < 3 DO SET a = a + 1; END WHILE w;\n  BEGIN SELECT IF(a, 1, 2); END;\n  CASE a WHEN 1 THEN SELECT 1; ELSE BEGIN END; END CASE;\n  REPEAT SET a = a - 1; UNTIL a < 1 END REPEAT;\nEND outer_block",
        "CREATE OR REPLACE FUNCTION f(a INT) RETURNS INT DETERMINISTIC RETURN CASE a WHEN 1 THEN 2 ELSE 3 END",
        "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM a",
        "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO BEGIN DELETE FROM a; DELETE FROM b; END",
        "CREATE AGGREGATE FUNCTION f RETURNS INTEGER SONAME 'f.so'",
    ] {
        check(
            &[Mysql, Mariadb],
            &format!("SELECT 1; {program}; SELECT 2;"),
            &["SELECT 1", program, "SELECT 2"],
        );
    }
}

/// Consecutive statements are split into themselves.
#[track_caller]
fn each(backends: &[BackendKind], statements: &[&str]) {
    check(
        backends,
        &format!("{};", statements.join(";\n")),
        statements,
    );
    check(backends, &statements.join(" ; "), statements);
}

#[test]
fn words_of_bodies_are_names_where_no_statement_begins() {
    each(
        &[Sqlite],
        &[
            "CREATE TABLE ev (id int, start int, end int)",
            "CREATE TRIGGER a AFTER INSERT ON ev BEGIN INSERT INTO ev2 SELECT start, end FROM ev; END",
            "CREATE TRIGGER b AFTER INSERT ON ev BEGIN SELECT 1 WHERE new.start = end; END",
            "CREATE TRIGGER begin AFTER UPDATE OF end ON case_ BEGIN SELECT CASE WHEN end THEN 1 END AS end; END",
            "CREATE TEMPORARY TRIGGER end AFTER DELETE ON ev BEGIN\n  DELETE FROM ev WHERE begin = end;\n  UPDATE ev SET end = old.end\n;\nEND",
            "EXPLAIN QUERY PLAN SELECT end FROM ev",
            "END",
        ],
    );
    each(
        &[Postgres],
        &[
            "CREATE TABLE t4 (\"end\" int)",
            "CREATE FUNCTION f1() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1 AS end; SELECT t4.end FROM t4; END",
            "CREATE OR REPLACE PROCEDURE p(begin atomic) LANGUAGE sql BEGIN ATOMIC END",
            "CREATE FUNCTION f2(a int) RETURNS begin RETURN CASE WHEN a > 1 THEN 1 END",
            "CREATE FUNCTION f3() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END end; END",
            "CREATE SCHEMA s CREATE TABLE a (b int) CREATE VIEW v AS SELECT b FROM a",
            "CREATE RULE r AS ON INSERT TO a DO ALSO (SELECT 1; SELECT 2)",
            "SELECT 1 AS begin, 2 AS atomic, 3 AS end",
        ],
    );
    each(
        &[Mysql, Mariadb],
        &[
            "CREATE TABLE ev (id int, start int, end int, begin int)",
            "CREATE PROCEDURE p() BEGIN SELECT start, end FROM ev; END",
            "CREATE PROCEDURE q() BEGIN DECLARE start DATE; DECLARE end DATE; SELECT end, 1 AS end; SET end = 1; END",
            "CREATE DEFINER = event@localhost PROCEDURE db.begin (end INT, OUT begin INT) COMMENT 'a' READS SQL DATA SQL SECURITY INVOKER SELECT begin, end, IF(end, 1, 2), REPEAT('x', 3), CASE WHEN end THEN end END",
            "CREATE PROCEDURE r(a INT) LANGUAGE SQL NOT DETERMINISTIC DROP TABLE IF EXISTS begin",
            "SELECT ev.begin, ev.case, @end, @if FROM ev",
            "CREATE USER event",
            "CREATE VIEW trigger_ AS SELECT 1 AS end",
            "ALTER PROCEDURE p COMMENT 'b'",
        ],
    );
}

#[test]
fn bodies_without_begin_are_cut() {
    each(
        &[Mysql, Mariadb],
        &[
            "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW IF NEW.a THEN SET NEW.b = 1; ELSEIF NEW.end = 2 THEN SET NEW.b = 2; ELSE BEGIN END; END IF",
            "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW FOLLOWS begin IF CASE NEW.end WHEN 1 THEN end ELSE 0 END = 1 THEN SET NEW.b = CASE WHEN 1 THEN 2 END; END IF",
            "CREATE TRIGGER t AFTER DELETE ON a FOR EACH ROW CASE WHEN OLD.a THEN INSERT INTO b VALUES (1); ELSE DELETE FROM b; END CASE",
            "CREATE FUNCTION f() RETURNS CHAR(9) CHARACTER SET utf8mb4 DETERMINISTIC RETURN REPEAT('x', 3)",
            "CREATE FUNCTION IF NOT EXISTS returns(a INT) RETURNS INT DETERMINISTIC IF a THEN RETURN 1; ELSE RETURN IF(a, 1, 2); END IF",
            "CREATE PROCEDURE p() l: LOOP SET @a = 1; LEAVE l; END LOOP l",
            "CREATE PROCEDURE p() `end`: WHILE do < 3 DO SET @do = 1; END WHILE `end`",
            "CREATE PROCEDURE p() REPEAT SET @a = @a + 1; UNTIL CASE WHEN @a > 3 THEN 1 END END REPEAT",
            "CREATE PROCEDURE p(end INT) REPEAT SET end = end - 1; UNTIL end = end END REPEAT",
            "CREATE PROCEDURE p() REPEAT SET @a = 1; UNTIL ev.else END REPEAT",
            "CREATE PROCEDURE p() until: REPEAT until: BEGIN END until; UNTIL 1 END REPEAT until",
            "CREATE EVENT IF NOT EXISTS do ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01' DO WHILE 0 DO SELECT 1; END WHILE",
            "ALTER EVENT do RENAME TO do DO BEGIN DELETE FROM a; END",
            "CREATE PROCEDURE h() BEGIN DECLARE CONTINUE HANDLER FOR NOT FOUND, SQLSTATE VALUE '42000', 1062 BEGIN SET @a = 1; END; DECLARE EXIT HANDLER FOR SQLEXCEPTION SET @b = 2; DECLARE handler INT; CASE 1 WHEN 1 THEN BEGIN SELECT 1; END; END CASE; END",
            "CREATE AGGREGATE FUNCTION f RETURNS INTEGER SONAME 'f.so'",
            "BEGIN",
            "BEGIN WORK",
        ],
    );
    // MariaDB's own; MySQL knows none of them
    each(
        &[Mysql, Mariadb],
        &[
            "BEGIN NOT ATOMIC DECLARE end INT; SELECT 1; END",
            "IF 1 THEN SELECT 1; END IF",
            "FOR end IN (SELECT 1 AS end) DO SELECT 2; END FOR",
            "SET STATEMENT max_statement_time = 1 FOR CREATE PROCEDURE p() BEGIN SELECT 1; END",
            "SET statement = 1",
            "CREATE PROCEDURE p (a IN INT) AS b INT; CURSOR c IS SELECT 1; BEGIN b := CASE WHEN 1 THEN 2 END; IF a THEN NULL; ELSIF b THEN NULL; END IF; EXCEPTION WHEN OTHERS THEN NULL; WHEN NO_DATA_FOUND THEN NULL; END",
            "CREATE FUNCTION f RETURN INT IS BEGIN <<l>> FOR i IN 1..3 LOOP NULL; END LOOP; WHILE 1 LOOP EXIT WHEN 1; END LOOP; RETURN 1; END f",
            "CREATE PACKAGE p AS PROCEDURE a(); FUNCTION b RETURN INT; END",
            "CREATE PACKAGE BODY p AS v INT; PROCEDURE a() AS BEGIN SELECT 1; END; FUNCTION b RETURN INT AS w INT; BEGIN RETURN 1; END b; BEGIN v := 1; END",
            "DECLARE x INT; BEGIN SELECT 1; END",
            "BEGIN SELECT 1; EXCEPTION WHEN OTHERS THEN SELECT 2; END",
        ],
    );
}

#[test]
fn comments_that_are_executed_keep_their_semicolons() {
    each(
        &[Mysql, Mariadb],
        &[
            "/*!40101 SET NAMES utf8 */",
            "/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`%`*/ /*!50003 TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET NEW.end = '*'; SET @a = ';'; END */",
            "CREATE TABLE a (b INT) /*!50100 PARTITION BY HASH (b) */",
        ],
    );
    check(
        &[Mysql, Mariadb],
        "/*M!999999\\- enable the sandbox mode */ \nSELECT 1;",
        &["/*M!999999\\- enable the sandbox mode */ \nSELECT 1"],
    );
    // what a version reads and another does not
    whole(
        &[Mysql, Mariadb],
        "CREATE PROCEDURE p() /*!50001 BEGIN */ SELECT 1; SELECT 2; END; SELECT 3",
    );
}

#[test]
fn what_is_not_certain_stays_whole() {
    for sql in [
        "SELECT 1; SELECT 'open",
        "SELECT 1; SELECT (2; SELECT 3",
        "SELECT 1); SELECT 2",
    ] {
        whole(&ALL, sql);
    }
    whole(
        &[Sqlite],
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; SELECT 2",
    );
    whole(
        &[Postgres],
        "CREATE FUNCTION f() BEGIN ATOMIC SELECT 1; SELECT 2",
    );
    for sql in [
        "CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2",
        "CREATE PROCEDURE p() BEGIN IF 1 THEN SELECT 1; END; END; SELECT 2",
        "CREATE PROCEDURE p() BEGIN IF 1; SELECT 2; END",
        "CREATE PACKAGE p FUNCTION f() RETURNS INT; END; SELECT 1",
        "SELECT '\\'; SELECT '; SELECT 1 -- '",
    ] {
        whole(&[Mysql, Mariadb], sql);
    }
}

#[test]
fn a_setting_matters_only_where_it_cuts_otherwise() {
    check(
        &[Mysql, Postgres],
        "SELECT 'a\\nb'; SELECT 'C:\\\\'",
        &["SELECT 'a\\nb'", "SELECT 'C:\\\\'"],
    );
    check(
        &[Mysql],
        "SELECT 'it\\'s'; CREATE PROCEDURE p() BEGIN SELECT 'it\\'s'; END; SELECT 1",
        &[
            "SELECT 'it\\'s'",
            "CREATE PROCEDURE p() BEGIN SELECT 'it\\'s'; END",
            "SELECT 1",
        ],
    );
    check(
        &[Postgres],
        "SELECT 'C:\\'; SELECT 1",
        &["SELECT 'C:\\'", "SELECT 1"],
    );
    // with the other setting, a part would be a statement by itself
    whole(&[Mysql], "SELECT 'it\\'s;'; SELECT 1");
    // ANSI_QUOTES
    whole(
        &[Mysql],
        "SELECT 1 AS \"\\\"; DROP TABLE a; SELECT 1 AS \"\\\"\"",
    );
    whole(&[Postgres], "SELECT '\\'; SELECT '; SELECT 1 -- '");
}

#[test]
fn what_is_for_the_client_is_not_sent() {
    let trigger = "CREATE TRIGGER ent_bi BEFORE INSERT ON ent FOR EACH ROW\nBEGIN\n  SET NEW.id = NEW.id + 1;\nEND";
    check(
        &[Mysql, Mariadb],
        &format!("CREATE TABLE ent (id int);\nDELIMITER ;;\n{trigger};;\nDELIMITER ;\nSELECT 1;\n"),
        &["CREATE TABLE ent (id int)", trigger, "SELECT 1"],
    );
    for mark in ["//", "$$", "|", "END_OF", ";;;", "go"] {
        let procedure = "CREATE PROCEDURE p()\nBEGIN\n  SELECT 1; -- a\nEND";
        check(
            &[Mysql, Mariadb],
            &format!(
                "  delimiter {mark}\r\n{procedure} {mark}\nSELECT 'delimiter' {mark} SELECT 2;SELECT 3{mark}\nDelimiter ; \n# c\nSELECT 4"
            ),
            &[
                procedure,
                "SELECT 'delimiter'",
                "SELECT 2",
                "SELECT 3",
                "SELECT 4",
            ],
        );
    }
    check(
        &[Mysql],
        "CREATE TABLE a (\n  delimiter INT\n);\nINSERT INTO a VALUES ('\nDELIMITER //\n');",
        &[
            "CREATE TABLE a (\n  delimiter INT\n)",
            "INSERT INTO a VALUES ('\nDELIMITER //\n')",
        ],
    );
    check(
        &[Postgres],
        "--\n-- dump\n--\n\n\\restrict aB3xyz\n\nSET a = 1;\nSELECT '\n\\restrict x\n';\n\\unrestrict aB3xyz\n",
        &["SET a = 1", "SELECT '\n\\restrict x\n'"],
    );
    let lines: Vec<u32> = statements(
        "DELIMITER //\nSELECT 1//\nSELECT 2\n//\nDELIMITER ;\nSELECT 3",
        Mysql,
    )
    .parts()
    .iter()
    .map(|statement| statement.line)
    .collect();
    assert_eq!(lines, [2, 3, 6]);
}

#[test]
fn words_and_strings_end_where_the_servers_end_them() {
    // a non-ASCII space is part of a word
    each(
        &[Sqlite],
        &["CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; SELECT\u{a0}; END"],
    );
    check(
        &[Postgres],
        "SELECT 1 -- a\r; SELECT 2",
        &["SELECT 1", "SELECT 2"],
    );
    check(
        &[Postgres],
        "SELECT E'a'\n'\\'; '; SELECT 2",
        &["SELECT E'a'\n'\\'; '", "SELECT 2"],
    );
    check(
        &[Mysql],
        "SELECT 1 --\u{a0}1; SELECT 2",
        &["SELECT 1 --\u{a0}1", "SELECT 2"],
    );
}

proptest! {
    /// Any text is split without a panic, and nothing but comments and semicolons is lost.
    #[test]
    fn nothing_is_lost(words in proptest::collection::vec(
        prop_oneof![
            Just("BEGIN"), Just("END"), Just("CASE"), Just(";"), Just("("), Just(")"), Just("'a;'"), Just("$$"), Just("-- c\n"),
            Just("CREATE"), Just("TRIGGER"), Just("x"), Just("é"), Just("\\"), Just("'"), Just("IF"), Just("."), Just("[")
        ], 0..24)
    ) {
        let sql = words.join(" ");
        for backend in ALL {
            let found = statements(&sql, backend);
            let joined: String = found.parts().iter().map(|statement| statement.commented).collect();
            let plain = |text: &str| text.replace([';', ' ', '\n'], "").replace("--c", "");
            prop_assert_eq!(plain(&joined), plain(&sql));
        }
    }
}

#[test]
fn a_statement_has_the_line_that_it_begins_in() {
    let text = "-- one\nSELECT 1;\n\n/* a\nb */ SELECT\n2; SELECT 3";
    let lines: Vec<u32> = statements(text, Postgres)
        .parts()
        .iter()
        .map(|statement| statement.line)
        .collect();
    assert_eq!(lines, [2, 5, 6]);
}

/// Statements that the servers accept, made of words that may be names, labels, aliases and parts
/// of bodies.
fn known(backend: BackendKind) -> Vec<&'static str> {
    let common = [
        "SELECT 1 AS \"end\"",
        "CREATE TABLE a (id int)",
        "SELECT ';'",
    ];
    let own: &[&'static str] = match backend {
        Sqlite => &[
            "CREATE TRIGGER a AFTER INSERT ON ev BEGIN INSERT INTO ev2 SELECT start, end FROM ev; END",
            "CREATE TRIGGER end AFTER INSERT ON ev BEGIN SELECT CASE WHEN end THEN end END AS end; SELECT 1; END",
            "SELECT begin, end FROM [a;b]",
            "BEGIN",
            "END",
        ],
        Postgres => &[
            "CREATE FUNCTION f1() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1 AS end; SELECT t4.end FROM t4; END",
            "CREATE PROCEDURE p() LANGUAGE sql BEGIN ATOMIC END",
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
            "CREATE RULE r AS ON INSERT TO a DO ALSO (SELECT 1; SELECT 2)",
            "BEGIN",
            "END",
        ],
        Mysql | Mariadb => &[
            "CREATE PROCEDURE p() BEGIN SELECT start, end FROM ev; IF end THEN SELECT 1; END IF; END",
            "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW IF NEW.end THEN SET NEW.b = 1; ELSE BEGIN END; END IF",
            "CREATE FUNCTION f() RETURNS TEXT RETURN REPEAT('x', 3)",
            "CREATE PROCEDURE l(end INT) REPEAT SET end = end - 1; UNTIL end = end END REPEAT",
            "CREATE PROCEDURE w() `end`: WHILE 0 DO SET @do = CASE 1 WHEN 1 THEN 2 END; END WHILE `end`",
            "CREATE EVENT do ON SCHEDULE EVERY 1 DAY DO BEGIN DELETE FROM ev; END",
            "SELECT begin, end, IF(1, 2, 3) FROM ev",
            "BEGIN",
        ],
    };
    common.iter().chain(own).copied().collect()
}

proptest! {
    /// Known statements in sequence are split into themselves, whatever lies between them.
    #[test]
    fn what_is_joined_is_cut(
        choices in proptest::collection::vec((any::<prop::sample::Index>(), 0..4usize), 1..8)
    ) {
        for backend in ALL {
            let known = known(backend);
            let mut text = String::new();
            let mut expected = Vec::new();
            for (choice, between) in &choices {
                let statement = *choice.get(&known);
                text += statement;
                text += [";", " ;\r\n", "; -- end; it's\n", "/* ; */;\n\n"][*between];
                expected.push(statement);
            }
            let found = certain(&text, Dialect::of(backend)).expect("it is certain");
            let found: Vec<&str> = found.iter().map(|statement| statement.sql).collect();
            prop_assert_eq!(found, expected, "{:?}: {}", backend, text);
        }
    }
}
