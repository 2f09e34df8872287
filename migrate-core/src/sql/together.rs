//! Which statements may be sent in one text with others, so that none of them is read or run
//! otherwise than by itself. Pure, and conservative.

use super::classify::{Class, StatementKind, classify};
use super::session::{session_changes, session_state};
use super::split::{Cut, statements};
use super::tokens::Tokens;
use crate::dialect::BackendKind;
use crate::sql::{self, TransactionEffect};

/// The longest text that is sent with others, in bytes: a longer one is worth its own round trip.
const LONGEST: usize = 1 << 16;

/// Whether a text is a single statement that ends where it does for any server, is part of the
/// transaction that it runs in or commits by itself, and leaves nothing on the connection.
pub(crate) fn goes_together(sql: &str, backend: BackendKind) -> bool {
    let mysql = matches!(backend, BackendKind::Mysql | BackendKind::Mariadb);
    // a server may give a backslash a meaning, and then a string ends elsewhere; and the text of a
    // comment
    if sql.len() > LONGEST || sql.contains(['\\', '\0']) || mysql && sql.contains("/*") {
        return false;
    }
    let Cut::Statements(list) = statements(sql, backend) else {
        return false;
    };
    let [statement] = list[..] else {
        return false;
    };
    let Class {
        kind,
        transaction,
        concurrently,
        ..
    } = classify(statement.sql, backend);
    let known = matches!(
        kind,
        StatementKind::Read | StatementKind::Rows | StatementKind::Schema
    );
    // data that the client sends, and a program that can do anything
    let tokens = Tokens::of(statement.sql, backend);
    let apart = Tokens::new(&tokens, backend).is_any(&["COPY", "DO", "NOTIFY"]);
    // what is empty between two semicolons is an error
    let end = sql.trim_end().trim_end_matches(';');
    if mysql && sql::tokens(end, backend).last() == Some(";") {
        return false;
    }
    let fits = match mysql {
        true => is_plain(Tokens::new(&tokens, backend), transaction) && !uses_session(sql, backend),
        false => transaction == TransactionEffect::Joins,
    };
    known && fits && !concurrently && !apart && session_changes(statement.sql, backend).is_empty()
}

/// Whether a statement of MySQL changes or reads rows, or a table or an index. Anything else may
/// contain statements, and has a meaning for the whole text.
fn is_plain(mut tokens: Tokens<'_>, transaction: TransactionEffect) -> bool {
    const ROWS: &[&str] = &["INSERT", "UPDATE", "DELETE", "REPLACE", "SELECT", "WITH"];
    match transaction {
        TransactionEffect::Joins => tokens.is_any(ROWS),
        TransactionEffect::Commits if tokens.take(&["TRUNCATE"]) => true,
        TransactionEffect::Commits => {
            let changes = tokens.is_any(&["CREATE", "ALTER", "DROP", "RENAME"]);
            tokens.next();
            tokens.take(&["OR", "REPLACE"]);
            tokens.skip_all(&["UNIQUE", "FULLTEXT", "SPATIAL"]);
            changes && tokens.is_any(&["TABLE", "INDEX"])
        }
        _ => false,
    }
}

/// Whether a statement uses what the one before it left on the connection, or leaves something.
fn uses_session(sql: &str, backend: BackendKind) -> bool {
    let state = session_state(sql, backend);
    state.lasts() || state.needs_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_certain_goes_together() {
        let goes = |sql| goes_together(sql, BackendKind::Postgres);
        for sql in [
            "CREATE TABLE t (a int, b text DEFAULT 'it''s; fine') -- a comment",
            "ALTER TABLE t ADD COLUMN c int;",
            "INSERT INTO t VALUES (1, $$a;b$$)",
            "UPDATE t SET a = now()",
            "COMMENT ON TABLE t IS 'a'",
            "SELECT 1",
        ] {
            assert!(goes(sql), "{sql}");
        }
        for sql in [
            "nonsense",
            "",
            "-- nothing",
            "CREATE TABLE t (a int); DROP TABLE u",
            "INSERT INTO t VALUES ('open",
            "INSERT INTO t VALUES ('a\\')",
            "INSERT INTO t VALUES (1) /* open",
            "COMMIT",
            "SAVEPOINT a",
            "SET search_path TO a",
            "SELECT set_config('search_path', 'a', false)",
            "SELECT pg_sleep(1)",
            "CREATE INDEX CONCURRENTLY i ON t (a)",
            "CREATE TEMPORARY TABLE t (a int)",
            "COPY t FROM STDIN",
            "DO $$ BEGIN PERFORM 1; END $$",
            "CALL p()",
            "LOCK TABLE t",
            "VACUUM t",
        ] {
            assert!(!goes(sql), "{sql}");
        }
        let long = format!("INSERT INTO t VALUES ('{}')", "a".repeat(LONGEST));
        assert!(!goes(&long));
    }

    #[test]
    fn what_commits_by_itself_goes_with_the_record_of_it() {
        for backend in [BackendKind::Mysql, BackendKind::Mariadb] {
            let goes = |sql| goes_together(sql, backend);
            for sql in [
                "CREATE TABLE `t` (a int, b text DEFAULT 'it''s; fine') # a comment",
                "CREATE OR REPLACE TABLE t (a int)",
                "CREATE UNIQUE INDEX i ON t (a);",
                "ALTER TABLE t ADD COLUMN c int -- a comment",
                "DROP TABLE IF EXISTS t",
                "TRUNCATE t",
                "RENAME TABLE t TO u",
                "INSERT INTO t VALUES (1, 'ada@example.org')",
                "REPLACE INTO t VALUES (1)",
                "UPDATE t SET a = NOW()",
                "SELECT 1",
            ] {
                assert!(goes(sql), "{sql}");
            }
            for sql in [
                "nonsense",
                "",
                "CREATE TABLE t (a int); DROP TABLE u",
                "INSERT INTO t VALUES ('open",
                "INSERT INTO t VALUES ('a\\')",
                "INSERT INTO t VALUES (1) /* open",
                "INSERT INTO t VALUES (1); -- a comment",
                "INSERT INTO t VALUES (1); -- a comment;",
                "CREATE TABLE t (a int) /*!50000 ENGINE = MyISAM */",
                "CREATE TEMPORARY TABLE t (a int)",
                "CREATE PROCEDURE p() SELECT 1",
                "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1",
                "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1",
                "CREATE VIEW v AS SELECT 1",
                "CREATE DATABASE d",
                "CREATE USER u",
                "USE d",
                "SET sql_mode = 'ANSI_QUOTES'",
                "SET autocommit = 0",
                "SET STATEMENT sql_mode = '' FOR INSERT INTO t VALUES (1)",
                "INSERT INTO t VALUES (LAST_INSERT_ID())",
                "INSERT INTO t VALUES (@a)",
                "SELECT ROW_COUNT()",
                "SELECT @@warning_count",
                "SELECT n INTO @a FROM t",
                "SELECT GET_LOCK('a', 1)",
                "SELECT RELEASE_LOCK('a')",
                "LOCK TABLES t WRITE",
                "BEGIN",
                "COMMIT",
                "BEGIN NOT ATOMIC DROP TABLE t; END",
                "XA START 'a'",
                "CALL p()",
                "DO SLEEP(1)",
                "ANALYZE TABLE t",
                "LOAD DATA INFILE 'f' INTO TABLE t",
                "HANDLER t OPEN",
            ] {
                assert!(!goes(sql), "{sql}");
            }
        }
    }
}
