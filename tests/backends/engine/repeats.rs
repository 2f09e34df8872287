//! What must not be done twice without a word: a text that cannot be cut for certain, and statements that look harmless by their
//! first words. A run that failed or was cut ends as an undisturbed one, or stops and asks.

use migrate_core::backend::BackendKind;
use migrate_core::revision::{Body, Downgrade};
use migrate_core::{Error, History, Migrator, Revision};

use crate::backend::{TestBackend, on_each_backend};
use crate::histories::history;

/// A revision of this text.
fn text(sql: &str, transaction: bool) -> History {
    let sql: &'static str = sql.to_owned().leak();
    let revision = Revision::new(
        "a",
        &[],
        "A text.",
        "migrations/a/up.sql",
        1,
        Body::sql(sql),
        Downgrade::Irreversible,
    );
    history(vec![match transaction {
        true => revision,
        false => revision.without_transaction(),
    }])
}

/// A text of this database of which it is not certain where its statements end, and which begins as something repeatable.
fn uncertain(kind: BackendKind) -> &'static [&'static str] {
    match kind {
        BackendKind::Postgres => &[
            "SET lock_timeout = '5s'; CREATE TABLE IF NOT EXISTS counters (n INT); INSERT INTO counters VALUES (1);
             CREATE OR REPLACE FUNCTION reps() RETURNS text RETURN repeat('x', 3);",
        ],
        BackendKind::Mysql | BackendKind::Mariadb => &[
            "SET NAMES utf8mb4; CREATE TABLE IF NOT EXISTS counters (n INT); INSERT INTO counters VALUES (1);
             DROP TRIGGER IF EXISTS fill;
             CREATE TRIGGER fill BEFORE INSERT ON counters FOR EACH ROW IF NEW.n IS NULL THEN SET NEW.n = 0; END IF;",
            "CREATE TABLE IF NOT EXISTS counters (n INT); INSERT INTO counters VALUES (1);
             DROP TRIGGER IF EXISTS fill;
             CREATE TRIGGER fill BEFORE INSERT ON counters FOR EACH ROW IF NEW.n IS NULL THEN SET NEW.n = 0; END IF;",
            "DROP FUNCTION IF EXISTS reps; CREATE TABLE IF NOT EXISTS counters (n INT); INSERT INTO counters VALUES (1);
             CREATE FUNCTION reps() RETURNS TEXT DETERMINISTIC RETURN REPEAT('x', 3);",
        ],
        _ => &[],
    }
}

fn a_text_that_cannot_be_cut_is_not_done_again_after_a_failure<B: TestBackend>() {
    for start in uncertain(B::KIND) {
        for transaction in [true, false] {
            if transaction && B::KIND == BackendKind::Postgres {
                continue; // all of it is undone
            }
            let place = B::place();
            let mut session = B::session(&place);
            let broken = text(
                &format!("{start} INSERT INTO nowhere VALUES (1);"),
                transaction,
            );
            for _ in 0..3 {
                let error = Migrator::new(&broken)
                    .upgrade(session.as_mut(), "head")
                    .unwrap_err();
                let Error::Revision(failure) = &error else {
                    continue; // it asks
                };
                assert!(
                    !failure.undone || !failure.kept.is_empty(),
                    "{start}: {error}"
                );
            }
            let mended = text(start, transaction);
            let again = Migrator::new(&mended).upgrade(session.as_mut(), "head");
            let rows = match B::tables(session.as_mut()) {
                0 => Vec::new(), // PostgreSQL runs such a text whole or not at all
                _ => B::of_rows(session.as_mut(), "n", "counters"),
            };
            assert!(rows.len() < 2, "{start}: {rows:?}, {again:?}");
            assert!(again.is_err() || rows == ["1"], "{start}: {rows:?}");
        }
    }
}

on_each_backend! {
    a_text_that_cannot_be_cut_is_not_done_again_after_a_failure
}
