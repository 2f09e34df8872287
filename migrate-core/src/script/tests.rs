//! Statements as the clients read them.

use super::*;
use crate::sql::{Dialect, unclosed};

struct One<'a>(&'a str, BackendKind);

impl fmt::Display for One<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        statement(f, self.0, Dialect::of(self.1))
    }
}

#[track_caller]
fn check(sql: &str, backend: BackendKind, expected: &str) {
    assert_eq!(
        One(sql, backend).to_string(),
        expected,
        "{backend:?}: {sql}"
    );
}

const ALL: [BackendKind; 4] = [
    BackendKind::Sqlite,
    BackendKind::Postgres,
    BackendKind::Mysql,
    BackendKind::Mariadb,
];

#[test]
fn each_statement_ends_once() {
    for backend in ALL {
        check("SELECT 1", backend, "SELECT 1;\n");
        check("  SELECT 1 ;\n", backend, "SELECT 1 ;\n");
        check("SELECT ';'", backend, "SELECT ';';\n");
        check("SELECT 1; -- done", backend, "SELECT 1; -- done\n");
        check("SELECT 1 -- done", backend, "SELECT 1 -- done\n;\n");
        check(
            "SELECT 1 -- done;\n+ 2",
            backend,
            "SELECT 1 -- done;\n+ 2;\n",
        );
        check(
            "SELECT 'it''s' /* ; */",
            backend,
            "SELECT 'it''s' /* ; */;\n",
        );
        check("-- nothing", backend, "-- nothing\n");
        check("", backend, "");
    }
    check(
        "SELECT 1 # done",
        BackendKind::Mysql,
        "SELECT 1 # done\n;\n",
    );
    check("SELECT 5--1", BackendKind::Mysql, "SELECT 5--1;\n");
}

#[test]
fn programs_stay_whole() {
    let trigger = "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = 1; END";
    check(trigger, BackendKind::Sqlite, &format!("{trigger};\n"));
    check(
        trigger,
        BackendKind::Mariadb,
        &format!("DELIMITER //\n{trigger}\n//\nDELIMITER ;\n"),
    );
    let with_mark = format!("{trigger} /* // */");
    check(
        &with_mark,
        BackendKind::Mysql,
        &format!("DELIMITER //0\n{with_mark}\n//0\nDELIMITER ;\n"),
    );
    let function = "CREATE FUNCTION f() RETURNS trigger AS $$ BEGIN x; END; $$ LANGUAGE plpgsql";
    check(function, BackendKind::Postgres, &format!("{function};\n"));
    let versioned =
        "/*!50003 CREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW BEGIN SET @a = 1; END */";
    for backend in [BackendKind::Mysql, BackendKind::Mariadb] {
        check(
            versioned,
            backend,
            &format!("DELIMITER //\n{versioned}\n//\nDELIMITER ;\n"),
        );
        check(
            "/*!40101 SET NAMES utf8 */",
            backend,
            "/*!40101 SET NAMES utf8 */;\n",
        );
    }
    // text without a program inside is split at its semicolons
    let two = "UPDATE a SET b = 1; UPDATE a SET c = 1";
    check(two, BackendKind::Mysql, &format!("{two};\n"));
}

#[test]
fn what_ends_inside_something_is_refused() {
    for (sql, backend, expected) in [
        ("SELECT 'a", BackendKind::Sqlite, Some("a string")),
        ("SELECT 'a\\'", BackendKind::Sqlite, None),
        ("SELECT 'a\\'", BackendKind::Mysql, Some("a string")),
        ("SELECT 'a\\'", BackendKind::Postgres, None),
        ("SELECT E'a\\'", BackendKind::Postgres, Some("a string")),
        ("SELECT /* /* */", BackendKind::Postgres, Some("a comment")),
        ("SELECT /* /* */", BackendKind::Sqlite, None),
        (
            "SELECT $a$ $b$",
            BackendKind::Postgres,
            Some("a dollar-quoted string"),
        ),
        ("SELECT $1, $2", BackendKind::Postgres, None),
        ("SELECT \"a", BackendKind::Postgres, Some("a quoted name")),
    ] {
        assert_eq!(unclosed(sql, backend), expected, "{backend:?}: {sql}");
    }
}

#[test]
fn a_comment_is_one_line() {
    struct Comment(&'static str);
    impl fmt::Display for Comment {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            comment(f, self.0)
        }
    }
    assert_eq!(
        Comment("a\r\nDROP TABLE b").to_string(),
        "-- a  DROP TABLE b\n"
    );
}
