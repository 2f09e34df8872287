//! What a statement does to the transaction that it is run in, by its first words. Pure: the server is
//! asked, by the session, where words are not enough.

use crate::backend::BackendKind;
use crate::sql::{Control, TransactionEffect, classify, control};

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
}

/// What a statement does to the transaction around it.
pub(super) fn effect(sql: &str) -> Effect {
    if let Some(Control::Savepoint(_) | Control::Release(_) | Control::RollbackTo(_)) =
        control(sql, BackendKind::Mysql)
    {
        return Effect::Stays; // to look whether it does would take the savepoint away
    }
    match classify(sql, BackendKind::Mysql).transaction {
        TransactionEffect::Joins => Effect::Stays,
        TransactionEffect::Commits => Effect::Commits,
        TransactionEffect::Controls => Effect::Ends,
        TransactionEffect::Outside | TransactionEffect::Unknown => Effect::Unknown,
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
            ("/*!50000 CREATE TABLE t (a int) */", Effect::Commits),
            ("COMMIT", Effect::Ends),
            ("START TRANSACTION READ ONLY", Effect::Ends),
            ("ROLLBACK TO SAVEPOINT a", Effect::Stays),
            ("SAVEPOINT a", Effect::Stays),
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
                Effect::Unknown,
            ),
        ] {
            assert_eq!(effect(sql), expected, "{sql}");
        }
    }
}
