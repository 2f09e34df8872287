//! What statements change in the session, on each database.

use super::*;
use BackendKind::{Mariadb, Mysql, Postgres, Sqlite};

fn setting(name: &str, lasting: bool) -> SessionChange {
    SessionChange::Setting {
        name: name.to_owned(),
        lasting,
    }
}

#[test]
fn the_words_say_what_changes() {
    let variable = |name: &str| SessionChange::Variable(name.to_owned());
    let temporary =
        |kind: &str, name: &str| SessionChange::Temporary(kind.to_owned(), name.to_owned());
    for (backend, sql, expected) in [
        (Postgres, "CREATE TABLE t (temp int, role text)", vec![]),
        (
            Postgres,
            "SET search_path TO app, public",
            vec![setting("search_path", true)],
        ),
        (
            Postgres,
            "SET SESSION Search_Path = DEFAULT",
            vec![setting("search_path", false)],
        ),
        (Postgres, "SET LOCAL search_path = app", vec![]),
        (
            Postgres,
            "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
            vec![],
        ),
        (
            Postgres,
            "SET TIME ZONE 'CET'",
            vec![setting("timezone", true)],
        ),
        (
            Postgres,
            "SET ROLE a",
            vec![SessionChange::Role { lasting: true }],
        ),
        (
            Postgres,
            "SET ROLE NONE; RESET ROLE",
            vec![SessionChange::Role { lasting: false }; 2],
        ),
        (
            Postgres,
            "SET SESSION AUTHORIZATION a",
            vec![SessionChange::Role { lasting: true }],
        ),
        (
            Postgres,
            "RESET SESSION AUTHORIZATION",
            vec![SessionChange::Role { lasting: false }],
        ),
        (
            Postgres,
            "SET app.tenant = '7'",
            vec![setting("app.tenant", true)],
        ),
        (
            Postgres,
            "SELECT pg_catalog.set_config('search_path', '', false)",
            vec![setting("search_path", false)],
        ),
        (
            Postgres,
            "SELECT set_config('search_path', 'a', true)",
            vec![],
        ),
        (
            Postgres,
            "SELECT create_hypertable('t', 'at')",
            vec![SessionChange::Unknown],
        ),
        (Postgres, "SELECT count(*) FROM t WHERE a IN (1)", vec![]),
        (Postgres, "DO $$ BEGIN END $$", vec![SessionChange::Unknown]),
        (
            Postgres,
            "CREATE TEMP TABLE IF NOT EXISTS a (b int); CREATE OR REPLACE TEMPORARY VIEW c AS SELECT 1",
            vec![temporary("TABLE", "a"), temporary("VIEW", "c")],
        ),
        (
            Postgres,
            "PREPARE p AS SELECT 1",
            vec![SessionChange::Prepared("p".to_owned())],
        ),
        (
            Postgres,
            "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
            vec![SessionChange::Prepared("c".to_owned())],
        ),
        (
            Postgres,
            "INSERT INTO s.t (a) VALUES ('set role x', now())",
            vec![],
        ),
        (
            Postgres,
            "INSERT INTO t (a) SELECT enter('x')",
            vec![SessionChange::Unknown],
        ),
        (
            Sqlite,
            "PRAGMA foreign_keys = OFF",
            vec![setting("foreign_keys", false)],
        ),
        (
            Sqlite,
            "PRAGMA main.recursive_triggers(1)",
            vec![setting("recursive_triggers", false)],
        ),
        (Sqlite, "PRAGMA foreign_key_check", vec![]),
        (
            Sqlite,
            "ATTACH 'a.db' AS other",
            vec![SessionChange::Attached("other".to_owned())],
        ),
        (
            Sqlite,
            "CREATE TEMP TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END",
            vec![temporary("TRIGGER", "g")],
        ),
        (
            Mysql,
            "USE other",
            vec![SessionChange::Database("other".to_owned())],
        ),
        (Mysql, "SET sql_mode = ''", vec![setting("sql_mode", true)]),
        (
            Mysql,
            "SET @@SESSION.sql_mode = CONCAT(@@sql_mode, ',ANSI'), foreign_key_checks = 0, GLOBAL max_connections = 5, @x = 1",
            vec![
                setting("sql_mode", true),
                setting("foreign_key_checks", true),
                variable("x"),
            ],
        ),
        (
            Mariadb,
            "/*!40014 SET @OLD_FK=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */",
            vec![variable("OLD_FK"), setting("foreign_key_checks", true)],
        ),
        (
            Mysql,
            "/*!40101 SET SQL_MODE=@OLD_SQL_MODE */",
            vec![setting("sql_mode", false)],
        ),
        (
            Mysql,
            "SELECT MAX(id) INTO @last, @b FROM t",
            vec![variable("last"), variable("b")],
        ),
        (
            Mysql,
            "UPDATE t SET n = (@pos := @pos + 1)",
            vec![variable("pos")],
        ),
        (Mysql, "INSERT INTO t VALUES (@a, @b)", vec![]),
        (Mysql, "CALL p()", vec![SessionChange::Unknown]),
        (
            Mysql,
            "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET @x = 1",
            vec![],
        ),
        (
            Mysql,
            "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.a = 1; SET NEW.b = 2; SET sql_mode = ''; END",
            vec![],
        ),
        (
            Mysql,
            "/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`b`*/ /*!50003 TRIGGER g BEFORE INSERT ON t FOR EACH ROW BEGIN \
             SET NEW.a = 1; SET NEW.b = 2; END */; SET sql_mode = ''",
            vec![setting("sql_mode", true)],
        ),
        (
            Mysql,
            "SET STATEMENT max_statement_time=1 FOR SELECT 1",
            vec![SessionChange::Unknown],
        ),
        (
            Mysql,
            "SET SESSION TRANSACTION READ ONLY",
            vec![
                setting("transaction_isolation", false),
                setting("transaction_read_only", false),
            ],
        ),
    ] {
        assert_eq!(
            session_changes(sql, backend),
            expected,
            "{backend:?}: {sql}"
        );
    }
}
