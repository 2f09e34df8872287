//! What a statement does to the transaction that it is run in, by its first words. Pure: the server is
//! asked, by the session, where words are not enough.

use crate::backend::BackendKind;
use crate::sql::{self, Cut};

/// What a statement does to the transaction around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing: it is part of it.
    Stays,
    /// The server commits the transaction before it, and commits the statement by itself.
    Commits,
    /// It says itself where a transaction begins or ends.
    Ends,
    /// That depends on more than its first words.
    Unknown,
    /// The text may be several statements, and it is not certain where they end.
    Uncertain,
}

/// Statements that are part of a transaction.
const STAY: &[&str] = &[
    "INSERT", "UPDATE", "DELETE", "REPLACE", "SELECT", "WITH", "VALUES", "DO",
];
/// Statements that commit by themselves.
const COMMIT: &[&str] = &[
    "ALTER", "ANALYZE", "CREATE", "DROP", "GRANT", "OPTIMIZE", "RENAME", "REPAIR", "REVOKE",
    "TRUNCATE",
];
/// Statements that begin or end a transaction.
const END: &[&str] = &["BEGIN", "COMMIT", "ROLLBACK", "START"];

/// What a statement does to the transaction around it.
pub(super) fn effect(sql: &str) -> Effect {
    let mut words = without_comments(sql)
        .split(|letter: char| !(letter.is_alphanumeric() || letter == '_'))
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_uppercase);
    let Some(first) = words.next() else {
        return Effect::Unknown;
    };
    match sql::statements(sql, BackendKind::Mysql) {
        Cut::Uncertain(_) => return Effect::Uncertain,
        cut if cut.single().is_none() => return Effect::Unknown,
        _ => {}
    }
    let listed = |list: &[&str]| list.contains(&first.as_str());
    if listed(STAY) {
        Effect::Stays
    } else if listed(COMMIT) {
        let mut next = words.take(3);
        // a temporary table, or a sequence's numbers, are nobody else's business
        match next.any(|word| word == "TEMPORARY") {
            true => Effect::Unknown,
            false => Effect::Commits,
        }
    } else if listed(END) {
        match words.any(|word| word == "TO") {
            true => Effect::Unknown,
            false => Effect::Ends,
        }
    } else {
        Effect::Unknown
    }
}

/// The text from its first word on; a comment that the server executes is left as it is.
fn without_comments(sql: &str) -> &str {
    let mut rest = sql.trim_start_matches(|c: char| c.is_whitespace() || c == '(');
    loop {
        let after = if let Some(comment) = rest.strip_prefix("/*") {
            if comment.starts_with(['!', 'M']) {
                return "";
            }
            comment.split_once("*/").map_or("", |(_, after)| after)
        } else if rest.starts_with("--") || rest.starts_with('#') {
            rest.split_once('\n').map_or("", |(_, after)| after)
        } else {
            return rest;
        };
        rest = after.trim_start_matches(|c: char| c.is_whitespace() || c == '(');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_words_say_it() {
        for (sql, expected) in [
            ("INSERT INTO t VALUES (1)", Effect::Stays),
            ("/* a */ -- b\n (SELECT 1)", Effect::Stays),
            ("create table t (a int)", Effect::Commits),
            ("CREATE TEMPORARY TABLE t (a int)", Effect::Unknown),
            (
                "CREATE OR REPLACE TEMPORARY TABLE t (a int)",
                Effect::Unknown,
            ),
            ("/*!50000 CREATE TABLE t (a int) */", Effect::Unknown),
            ("COMMIT", Effect::Ends),
            ("START TRANSACTION READ ONLY", Effect::Ends),
            ("ROLLBACK TO SAVEPOINT a", Effect::Unknown),
            ("INSERT INTO t VALUES (1); DROP TABLE t;", Effect::Unknown),
            ("INSERT INTO t VALUES (1); ", Effect::Stays),
            ("SET autocommit = 0", Effect::Unknown),
            ("", Effect::Unknown),
            (
                "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET NEW.b = 1; END",
                Effect::Commits,
            ),
            (
                "INSERT INTO a VALUES (1); CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW IF NEW.b THEN SET NEW.b = 1; END IF",
                Effect::Uncertain,
            ),
        ] {
            assert_eq!(effect(sql), expected, "{sql}");
        }
    }
}
