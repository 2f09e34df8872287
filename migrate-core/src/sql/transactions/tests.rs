//! Where the transactions of a text begin and end, by tables of texts and by a property.

use super::*;
use BackendKind::{Mariadb, Mysql, Postgres, Sqlite};
use Control::{Autocommit, Begin, Commit, Lock, Other, Rollback, Unlock};

#[test]
fn words_say_how_a_statement_controls_transactions() {
    let plain = Some(Begin { plain: true });
    let moded = Some(Begin { plain: false });
    for (backend, sql, expected) in [
        (Sqlite, "begin", plain.clone()),
        (Sqlite, "BEGIN IMMEDIATE TRANSACTION", plain.clone()),
        (Sqlite, "END TRANSACTION", Some(Commit)),
        (Sqlite, "ABORT", None),
        (
            Sqlite,
            "ROLLBACK TRANSACTION TO SAVEPOINT a",
            Some(Control::RollbackTo("A".to_owned())),
        ),
        (Sqlite, "SELECT 'COMMIT'", None),
        (Postgres, "BEGIN WORK", plain.clone()),
        (Postgres, "START TRANSACTION READ ONLY", moded.clone()),
        (
            Postgres,
            "BEGIN ISOLATION LEVEL SERIALIZABLE",
            moded.clone(),
        ),
        (Postgres, "/* a */ Abort", Some(Rollback)),
        (Postgres, "END WORK", Some(Commit)),
        (Postgres, "COMMIT AND NO CHAIN", Some(Commit)),
        (Postgres, "COMMIT AND CHAIN", Some(Other)),
        (Postgres, "ROLLBACK AND CHAIN", Some(Other)),
        (Postgres, "PREPARE TRANSACTION 'x'", Some(Other)),
        (Postgres, "PREPARE x AS SELECT 1", None),
        (Postgres, "COMMIT PREPARED 'x'", None),
        (Postgres, "LOCK TABLE t", None),
        (Mysql, "START TRANSACTION", plain),
        (Mysql, "START TRANSACTION WITH CONSISTENT SNAPSHOT", moded),
        (Mysql, "START REPLICA", None),
        (Mysql, "COMMIT RELEASE", Some(Other)),
        (Mysql, "COMMIT NO RELEASE", Some(Commit)),
        (Mysql, "XA COMMIT 'x'", Some(Other)),
        (Mysql, "LOCK TABLES t WRITE", Some(Lock)),
        (Mysql, "LOCK INSTANCE FOR BACKUP", None),
        (Mysql, "FLUSH TABLES WITH READ LOCK", Some(Lock)),
        (Mysql, "UNLOCK TABLES", Some(Unlock)),
        (
            Mariadb,
            "/*!40101 SET AUTOCOMMIT = 0 */",
            Some(Autocommit(false)),
        ),
        (Mariadb, "/*M!100000 COMMIT */", Some(Commit)),
        (
            Mysql,
            "SET @@session.autocommit := 1",
            Some(Autocommit(true)),
        ),
        (
            Mysql,
            "SET autocommit = @old_autocommit",
            Some(Autocommit(true)),
        ),
        (Mysql, "SET @old_autocommit = @@autocommit", None),
        (Mysql, "SET @autocommit = 0", None),
        (Mysql, "SET GLOBAL autocommit = 0", None),
        (Mysql, "SET sql_mode = '', autocommit = 0", Some(Other)),
        (Mysql, "SET @a = IF(1, 2, 3), @b = 2", None),
    ] {
        assert_eq!(control(sql, backend), expected, "{sql}");
    }
}

#[test]
fn one_transaction_around_everything_is_the_revisions_own() {
    let inner = |sql, backend| {
        let cut = sql::statements(sql, backend);
        let parts = parts_within(cut.clone(), backend);
        parts
            .map(|parts| parts.iter().map(Part::text).collect::<Vec<_>>())
            .map_err(|finding| (finding.fault, finding.statement.line))
    };
    let one = Ok(vec!["SELECT 1".to_owned()]);
    assert_eq!(inner("BEGIN; SELECT 1; COMMIT;", Postgres), one);
    assert_eq!(
        inner("start  transaction; SELECT 1; end work", Postgres),
        one
    );
    assert_eq!(
        inner(
            "SET autocommit = 0; SELECT 1; COMMIT; SET autocommit = 1",
            Mysql
        ),
        one
    );
    let controls = |line| Err((Fault::Controls, line));
    assert_eq!(inner("BEGIN;\nSELECT 1;", Postgres), controls(1));
    assert_eq!(inner("BEGIN;\nROLLBACK", Postgres), controls(2));
    assert_eq!(
        inner("SELECT 1;\nBEGIN; SELECT 2; COMMIT", Sqlite),
        controls(2)
    );
}

#[test]
fn what_may_end_a_transaction_is_said_of_uncertain_texts_only() {
    let may = |sql| may_end(&sql::statements(sql, Sqlite));
    assert!(may("COMMIT; SELECT 'open") && may("SELECT (CASE WHEN 1 THEN 2 END; "));
    assert!(!may("SELECT 'open") && !may("COMMIT") && !may("SELECT 'committed"));
}

proptest::proptest! {
    /// Any text is split without a panic, and no transaction in it contains the end of a
    /// transaction.
    #[test]
    fn a_transaction_holds_none_of_its_ends(words in proptest::collection::vec(proptest::sample::select(vec![
        "BEGIN", "COMMIT", "ROLLBACK", "END", "SAVEPOINT a", "RELEASE a", "ROLLBACK TO a", "SET autocommit = 0",
        "SET autocommit = 1", "LOCK TABLES t WRITE", "UNLOCK TABLES", "INSERT INTO t VALUES (1)", "CREATE TABLE t (a INT)",
        "COMMIT AND CHAIN", "SELECT '",
    ]), 0..12)) {
        let text = words.join(";\n");
        for backend in [Sqlite, Postgres, Mysql] {
            let cut = sql::statements(&text, backend);
            let _ = parts_within(cut.clone(), backend);
            for part in parts_without(cut.clone(), backend).unwrap_or_default() {
                if let Part::Transaction(own) = part {
                    for statement in &own.statements {
                        let control = control(statement.sql, backend);
                        proptest::prop_assert!(!matches!(control, Some(Commit | Rollback | Other)));
                    }
                }
            }
        }
    }
}

#[test]
fn a_compound_statement_begins_no_transaction() {
    let compound = "BEGIN NOT ATOMIC UPDATE t SET n = 1; COMMIT; END";
    let cut = crate::sql::statements(compound, BackendKind::Mariadb);
    assert!(parts_within(cut.clone(), BackendKind::Mariadb).is_err());
    let parts = parts_without(cut.clone(), BackendKind::Mariadb).unwrap();
    assert!(matches!(parts[..], [Part::Statement(_)]), "{parts:?}");
}

#[test]
fn the_first_words_say_what_becomes_of_the_transaction() {
    use TransactionEffect::{Commits, Controls, Joins, Unknown};
    for (sql, expected) in [
        ("INSERT INTO t VALUES (1)", Joins),
        ("/* a */ -- b\n (SELECT 1)", Joins),
        ("create table t (a int)", Commits),
        ("CREATE TEMPORARY TABLE t (a int)", Unknown),
        ("CREATE OR REPLACE TEMPORARY TABLE t (a int)", Unknown),
        ("/*!50000 CREATE TABLE t (a int) */", Commits),
        ("COMMIT", Controls),
        ("START TRANSACTION READ ONLY", Controls),
        ("ROLLBACK TO SAVEPOINT a", Joins),
        ("SAVEPOINT a", Joins),
        ("INSERT INTO t VALUES (1); DROP TABLE t;", Unknown),
        ("INSERT INTO t VALUES (1); ", Joins),
        ("SET autocommit = 0", Unknown),
        ("", Unknown),
        (
            "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET NEW.b = 1; END",
            Commits,
        ),
        (
            "INSERT INTO a VALUES (1); CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW IF NEW.b THEN SET NEW.b = 1; END IF",
            Unknown,
        ),
    ] {
        assert_eq!(transaction_effect(sql, Mysql), expected, "{sql}");
    }
}

proptest::proptest! {
    /// A text that is not read, as nothing in it can begin such a statement, has none.
    #[test]
    fn what_need_not_be_read_controls_nothing(
        words in proptest::collection::vec(
            proptest::sample::select(&[
                "COMMIT", "begin", "ROLLBACK TO a", "END", "SET x = 1", "PREPARE TRANSACTION 'x'", "SELECT 1", "INSERT INTO t VALUES ('a;b')",
                "CREATE FUNCTION f()", "CREATE TRIGGER x", "BEGIN ATOMIC", "DO", "EXPLAIN", "AS", ";", ";", "\n", "'", "\"", "$$", "$a$", "--", "/*", "*/", "(", ")",
                "\u{feff}", "\u{b}",
            ][..]),
            0..9,
        ),
    ) {
        let text = words.join(" ");
        for backend in [Sqlite, Postgres] {
            if may_control(&text, backend) {
                continue;
            }
            let cut = sql::statements(&text, backend);
            proptest::prop_assert_eq!(controlling(&cut, backend), None, "{}", text);
            let parts = parts_within(cut.clone(), backend).map_err(TransactionControl::from);
            let not_ended = parts.is_err_and(|control| control.fault == TransactionFault::NotEnded);
            proptest::prop_assert!(!not_ended, "{}", text);
        }
    }
}
