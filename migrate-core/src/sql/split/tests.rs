//! Texts as people keep them in `up.sql`, and where their statements end.

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
        &[Mysql, Mariadb],
        "/*!50003 SET a = 1; */; SELECT 2",
        &["/*!50003 SET a = 1; */", "SELECT 2"],
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

#[test]
fn what_is_not_certain_stays_whole() {
    for sql in [
        "SELECT 1; SELECT 'open",
        "SELECT 1; SELECT (2; SELECT 3",
        "SELECT 1); SELECT 2",
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; SELECT 2",
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN INSERT INTO b (start, end) VALUES (1, 2); END; SELECT 1",
    ] {
        whole(&ALL, sql);
    }
    for sql in [
        "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END //\nDELIMITER ;",
        "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW IF NEW.a THEN SET NEW.b = 1; END IF; SELECT 2",
        "CREATE PACKAGE p AS FUNCTION f RETURN INT; END; SELECT 1",
        "BEGIN NOT ATOMIC SELECT 1; END; SELECT 2",
        "IF 1 THEN SELECT 1; END IF;",
        "SELECT '\\'; SELECT '; SELECT 1 -- '",
    ] {
        whole(&[Mysql, Mariadb], sql);
    }
}

#[test]
fn a_backslash_does_not_matter_where_it_cannot() {
    check(
        &[Mysql],
        "SELECT 'a\\nb'; SELECT 'C:\\\\'",
        &["SELECT 'a\\nb'", "SELECT 'C:\\\\'"],
    );
    // the other reading is no text at all
    check(
        &[Mysql],
        "SELECT 'it\\'s;'; SELECT 1",
        &["SELECT 'it\\'s;'", "SELECT 1"],
    );
}

#[test]
fn a_transaction_around_everything_is_the_revisions_own() {
    let inner = |sql| {
        let all = statements(sql, Postgres);
        let inner = without_own_transaction(all.parts());
        inner
            .iter()
            .map(|statement| statement.sql)
            .collect::<Vec<_>>()
    };
    assert_eq!(inner("BEGIN; SELECT 1; COMMIT;"), ["SELECT 1"]);
    assert_eq!(
        inner("start  transaction; SELECT 1; end work"),
        ["SELECT 1"]
    );
    assert_eq!(inner("BEGIN; SELECT 1;"), ["BEGIN", "SELECT 1"]);
    assert_eq!(inner("BEGIN; ROLLBACK"), ["BEGIN", "ROLLBACK"]);
    assert_eq!(inner("BEGIN"), ["BEGIN"]);
}

proptest! {
    /// Whatever a text is, it is cut without a panic, and nothing but comments and semicolons is lost.
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
