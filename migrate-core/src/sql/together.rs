//! Which statements may be sent in one text with others, so that none of them is read or run
//! otherwise than by itself. Pure, and conservative.

use super::classify::{Class, StatementKind, classify};
use super::session::session_changes;
use super::split::{Cut, statements};
use super::tokens::Tokens;
use crate::dialect::BackendKind;
use crate::sql::TransactionEffect;

/// The longest text that is sent with others, in bytes: a longer one is worth its own round trip.
const LONGEST: usize = 1 << 16;

/// Whether a text is a single statement that ends where it does for any server, is part of the
/// transaction that it runs in, and leaves nothing on the connection.
pub(crate) fn goes_together(sql: &str, backend: BackendKind) -> bool {
    // a server may give a backslash a meaning, and then a string ends elsewhere
    if sql.len() > LONGEST || sql.contains(['\\', '\0']) {
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
    known
        && transaction == TransactionEffect::Joins
        && !concurrently
        && !apart
        && session_changes(statement.sql, backend).is_empty()
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
}
