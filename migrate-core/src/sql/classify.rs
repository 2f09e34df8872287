//! What SQL as written is, by its words, as far as it matters to a run that may be cut: whether it can share a transaction with its
//! row in the journal, and what may be done when nobody knows whether it was carried out. Pure, and careful: what is not
//! known is opaque.

use crate::backend::BackendKind;
use crate::sql::{self, Cut};

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nature {
    /// It only sets something for the connection, and is done again by every run.
    Setting,
    /// It can be part of a transaction.
    Shares,
    /// It leaves the same when it is run again.
    Repeatable,
    /// One change of the schema that the server makes whole or not at all.
    Whole,
    /// Nothing is known of it.
    Opaque,
}

/// What begins a change of rows.
const ROWS: &[&str] = &[
    "INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "WITH", "SELECT", "VALUES",
];
/// What begins a change of the schema.
const SCHEMA: &[&str] = &[
    "ALTER", "COMMENT", "CREATE", "DROP", "GRANT", "REVOKE", "RENAME", "TRUNCATE",
];
/// What begins a setting of the connection.
const SETTINGS: &[&str] = &["PRAGMA", "RESET", "SET", "USE"];
/// What can be run again.
const REPEATABLE: &[&str] = &[
    "ANALYSE",
    "ANALYZE",
    "CHECK",
    "CHECKPOINT",
    "CLUSTER",
    "EXPLAIN",
    "FLUSH",
    "OPTIMIZE",
    "REFRESH",
    "REINDEX",
    "SHOW",
    "VACUUM",
];
/// With one of these words, a text is no part of a transaction, or ends it.
const APART: &[&str] = &[
    "ATTACH",
    "CALL",
    "COMMIT",
    "CONCURRENTLY",
    "DATABASE",
    "DETACH",
    "PRAGMA",
    "ROLLBACK",
    "SAVEPOINT",
    "SUBSCRIPTION",
    "SYSTEM",
    "TABLESPACE",
    "VACUUM",
];

/// What a text is on a backend, of which `transactional` says whether a change of the schema can be part of a transaction.
pub(crate) fn nature(sql: &str, backend: BackendKind, transactional: bool) -> Nature {
    let words: Vec<String> = sql::words(sql, backend).collect();
    let has = |word: &str| words.iter().any(|other| other == word);
    let Some(first) = words.first().map(String::as_str) else {
        return Nature::Opaque;
    };
    let cut = sql::statements(sql, backend);
    if let Cut::Uncertain(_) = cut {
        return Nature::Opaque;
    }
    let single = cut.single().is_some();
    let apart = APART.iter().any(|word| has(word)) || (has("BEGIN") && !has("TRIGGER") && !single);
    let of = |list: &[&str]| list.contains(&first);
    let temporary = is_temporary(&words);
    if single && (of(SETTINGS) && !has("PASSWORD") || temporary) {
        Nature::Setting
    } else if !apart && (of(ROWS) && (single || transactional) || of(SCHEMA) && transactional) {
        Nature::Shares
    } else if single
        && (of(REPEATABLE) || says_whether_it_is_there(&words) && !leaves_half(sql, backend))
    {
        Nature::Repeatable
    } else if single && of(SCHEMA) && !(first == "DROP" && sql.contains(',')) {
        Nature::Whole
    } else {
        Nature::Opaque
    }
}

/// `CREATE [OR REPLACE] [GLOBAL | LOCAL] TEMPORARY …`, `DROP TEMPORARY …`.
fn is_temporary(words: &[String]) -> bool {
    let mut words = words.iter().map(String::as_str);
    matches!(words.next(), Some("CREATE" | "DROP"))
        && words
            .find(|word| !matches!(*word, "OR" | "REPLACE" | "GLOBAL" | "LOCAL"))
            .is_some_and(|word| matches!(word, "TEMP" | "TEMPORARY"))
}

/// `CREATE … IF NOT EXISTS`, `DROP … IF EXISTS`, `CREATE OR REPLACE`.
fn says_whether_it_is_there(words: &[String]) -> bool {
    let words: Vec<&str> = words.iter().take(8).map(String::as_str).collect();
    let together = |wanted: &[&str]| words.windows(wanted.len()).any(|some| some == wanted);
    match words.first() {
        Some(&"CREATE") => together(&["IF", "NOT", "EXISTS"]) || together(&["OR", "REPLACE"]),
        Some(&"DROP") => together(&["IF", "EXISTS"]),
        _ => false,
    }
}

/// Whether nothing remains of a text that the server has refused.
pub(crate) fn fails_whole(sql: &str, backend: BackendKind) -> bool {
    let words: Vec<String> = sql::words(sql, backend).collect();
    let first = words.first().map_or("", String::as_str);
    // the body of a DO is a string, in which no words are looked for
    let commits = |text: &str| {
        let text = text.to_uppercase();
        ["COMMIT", "ROLLBACK", "CALL", "EXECUTE"]
            .iter()
            .any(|word| text.contains(word))
    };
    let program = match first {
        "DO" => commits(sql),
        first => matches!(first, "CALL" | "BEGIN" | "EXECUTE"),
    };
    let list = first == "DROP" && sql.contains(',');
    !program && !list && sql::statements(sql, backend).single().is_some()
}

/// Whether a text that failed may have left something by half that the catalogue shows: an index that is not valid.
pub(crate) fn leaves_half(sql: &str, backend: BackendKind) -> bool {
    let mut words = sql::words(sql, backend);
    words.next().as_deref() == Some("CREATE") && words.any(|word| word == "CONCURRENTLY")
}

/// Whether a setting keeps rows, or what a query gave, for statements that come after it on the same connection.
pub(crate) fn keeps_rows(sql: &str, backend: BackendKind) -> bool {
    let words: Vec<String> = sql::words(sql, backend).collect();
    let has = |wanted: &str| words.iter().any(|word| word == wanted);
    match words.first().map(String::as_str) {
        Some("CREATE") => is_temporary(&words),
        Some("SET") => has("SELECT"),
        _ => false,
    }
}

/// Whether a statement only reads, by its first words.
pub(crate) fn only_reads(sql: &str, backend: BackendKind) -> bool {
    let mut words = sql::words(sql, backend);
    sql::statements(sql, backend).single().is_some()
        && matches!(words.next().as_deref(), Some("SELECT" | "SHOW" | "EXPLAIN"))
        && !words.any(|word| word == "INTO")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_say_what_a_text_is() {
        use BackendKind::{Mysql, Postgres, Sqlite};
        use Nature::{Opaque, Repeatable, Setting, Shares, Whole};
        for (backend, sql, expected) in [
            (Postgres, "UPDATE t SET a = 'VACUUM'", Shares),
            (Postgres, "-- VACUUM\nWITH a AS (SELECT 1) SELECT 1", Shares),
            (
                Postgres,
                "CREATE TABLE a (b int); CREATE TABLE c (d int)",
                Shares,
            ),
            (Postgres, "CREATE INDEX CONCURRENTLY a ON b (c)", Whole),
            (
                Postgres,
                // it would pass over an index that was left by half
                "CREATE INDEX CONCURRENTLY IF NOT EXISTS a ON b (c)",
                Whole,
            ),
            (Postgres, "VACUUM; VACUUM", Opaque),
            (Postgres, "VACUUM FULL t", Repeatable),
            (Postgres, "SET search_path TO app", Setting),
            (Postgres, "INSERT INTO t VALUES (1); COMMIT", Opaque),
            (
                Postgres,
                "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$",
                Shares,
            ),
            (Postgres, "DO $$ BEGIN END $$", Opaque),
            (Sqlite, "PRAGMA foreign_keys = OFF", Setting),
            (Sqlite, "UPDATE t SET a = 1; PRAGMA optimize", Opaque),
            (
                Sqlite,
                "CREATE TRIGGER a AFTER INSERT ON b BEGIN DELETE FROM c; END",
                Shares,
            ),
            (Sqlite, "DROP TABLE a", Shares),
            (Mysql, "INSERT INTO t VALUES (1)", Shares),
            (Mysql, "INSERT INTO t VALUES (1); DROP TABLE a", Opaque),
            (Mysql, "DROP TABLE a", Whole),
            (Mysql, "DROP TABLE a, b", Opaque),
            (Mysql, "DROP TABLE IF EXISTS a, b", Repeatable),
            (Mysql, "CREATE TEMPORARY TABLE a (b INT)", Setting),
            (Mysql, "SET PASSWORD = 'x'", Opaque),
            (Mysql, "CALL p()", Opaque),
            // it is not certain where these end
            (
                Mysql,
                "DROP TRIGGER IF EXISTS t; CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW IF NEW.b THEN SET NEW.b = 1; END IF",
                Opaque,
            ),
            (
                Mysql,
                "SET NAMES utf8mb4; CREATE FUNCTION f() RETURNS TEXT RETURN REPEAT('x', 3)",
                Opaque,
            ),
            (
                Mysql,
                "CREATE OR REPLACE FUNCTION f() RETURNS TEXT RETURN REPEAT('x', 3)",
                Opaque,
            ),
            (
                Postgres,
                "SET lock_timeout = '5s'; UPDATE t SET n = 1; CREATE OR REPLACE FUNCTION f() RETURNS text RETURN repeat('x', 3)",
                Opaque,
            ),
            (Sqlite, "INSERT INTO t VALUES (1); SELECT 'open", Opaque),
            // a name is not the keyword
            (Mysql, "CREATE TABLE readings (id INT, temp INT)", Whole),
            (Mysql, "DROP TABLE IF EXISTS temp", Repeatable),
            (Mysql, "CREATE TABLE temp (id INT)", Whole),
            (Postgres, "CREATE INDEX CONCURRENTLY ix ON t (temp)", Whole),
            (Postgres, "CREATE LOCAL TEMP TABLE t (a int)", Setting),
            (Sqlite, "CREATE TABLE t (temporary INT)", Shares),
            (Mysql, "", Opaque),
        ] {
            let transactional = backend != Mysql;
            assert_eq!(nature(sql, backend, transactional), expected, "{sql}");
        }
    }

    #[test]
    fn what_was_refused_left_nothing_unless_it_was_several() {
        let whole = |sql| fails_whole(sql, BackendKind::Mysql);
        assert!(whole("nonsense") && whole("ALTER TABLE a ADD b INT, ADD c INT;"));
        assert!(!whole("DROP TABLE a, b") && !whole("CALL p()"));
        let whole_there = |sql| fails_whole(sql, BackendKind::Postgres);
        assert!(whole_there("DO $$ BEGIN RAISE EXCEPTION 'no'; END $$"));
        assert!(!whole_there("DO $$ BEGIN PERFORM f(); commit; END $$"));
        assert!(!whole("CREATE TABLE a (b INT); CREATE TABLE c (d INT)"));
        assert!(!whole(
            "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW IF NEW.b THEN SET NEW.b = 1; END IF"
        ));
    }

    #[test]
    fn a_temporary_table_keeps_rows() {
        let keeps = |sql| keeps_rows(sql, BackendKind::Mysql);
        assert!(
            keeps("CREATE TEMPORARY TABLE a (b INT)") && keeps("SET @a = (SELECT MAX(b) FROM c)")
        );
        assert!(!keeps("SET @a = 1") && !keeps("DROP TEMPORARY TABLE a") && !keeps(""));
    }

    #[test]
    fn what_only_reads_is_known_by_its_first_word() {
        let reads = |sql| only_reads(sql, BackendKind::Mysql);
        assert!(reads("select a from t") && reads("(SELECT 1)"));
        assert!(!reads("SELECT a INTO OUTFILE 'x' FROM t") && !reads("UPDATE t SET a = 1"));
    }
}
