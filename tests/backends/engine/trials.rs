//! Dry runs, which leave nothing, and rows that are changed in batches.

use migrate_core::Migrator;
use migrate_core::error::{Cause, Error};
use migrate_core::migrator::Event;
use migrate_core::prelude::*;

use super::applied;
use crate::backend::{TestBackend, difference, on_each_backend};
use crate::histories::{history, irreversible, three};

fn a_dry_run_leaves_nothing<B: TestBackend>() {
    let place = B::place();
    let mut session = B::session(&place);
    let transactional = session.backend().capabilities().transactional_ddl;
    let history = three();
    Migrator::new(&history)
        .upgrade(session.as_mut(), "a")
        .unwrap();
    let before = B::catalogue(session.as_mut());
    let statements = std::cell::Cell::new(0);
    let migrator = Migrator::new(&history).on_event(|event| {
        statements.set(statements.get() + usize::from(matches!(event, Event::Statement { .. })));
    });
    let up = migrator.dry_run_upgrade(session.as_mut(), &["head"]);
    if transactional {
        let report = up.unwrap();
        assert_eq!(report.current, ["c"]);
        assert_eq!(statements.get(), 2);
        let down = migrator.dry_run_downgrade(session.as_mut(), "base");
        assert_eq!(down.unwrap().steps.len(), 1);
    } else {
        assert!(matches!(up, Err(Error::NoDryRun(_))), "{up:?}");
        assert_eq!(statements.get(), 0);
    }
    assert_eq!(applied(&history, session.as_mut()), ["a"]);
    assert_eq!(
        difference(&before, &B::catalogue(session.as_mut())),
        [""; 0]
    );
    assert_eq!(B::of_rows(session.as_mut(), "id", "users"), [""; 0]);
    // the session still works, and so does the lock
    migrator.upgrade(session.as_mut(), "head").unwrap();
}

fn a_dry_run_that_fails_leaves_nothing_either<B: TestBackend>() {
    let place = B::place();
    let mut session = B::session(&place);
    if !session.backend().capabilities().transactional_ddl {
        return; // refused, as the test above has it
    }
    let history = history(vec![
        irreversible("a", &[], table_with_rows),
        irreversible("b", &["a"], |op| {
            op.execute("INSERT INTO nowhere VALUES (1)")
        }),
    ]);
    let migrator = Migrator::new(&history);
    let error = migrator
        .dry_run_upgrade(session.as_mut(), &["head"])
        .unwrap_err();
    let Error::Revision(failure) = error else {
        panic!("{error}")
    };
    assert!(failure.undone);
    assert_eq!(
        (failure.report.steps.len(), failure.report.current.len()),
        (0, 0)
    );
    assert_eq!(B::tables(session.as_mut()), 0);
}

/// Twenty-five rows with gaps between their keys.
fn table_with_rows(op: &mut Operations<'_>) -> Result<()> {
    op.create_table(
        table("order")
            .column(column("key", BigInt).primary_key())
            .column(column("text", VarChar(50)).unique())
            .column(column("number", Integer).default(0)),
    )?;
    let row = |key: i64| (key * key * key, format!("n{key:03}"));
    op.bulk_insert("order", ["key", "text"], (-5..20).map(row))
}

/// The table's name, quoted for this backend.
fn quoted(op: &Operations<'_>) -> &'static str {
    match op.dialect() {
        BackendKind::Postgres => "\"order\"",
        _ => "`order`",
    }
}

fn by_number(op: &mut Operations<'_>) -> Result<()> {
    let (table, mut number) = (quoted(op), 0);
    op.batches("order", "key").size(10).run(|op, batch| {
        number += 1;
        assert_eq!(batch.rows(), if number == 3 { 5 } else { 10 });
        assert_eq!(
            batch.integers().is_some_and(|keys| *keys.start() == -125),
            number == 1
        );
        op.execute(format!(
            "UPDATE {table} SET number = {number} WHERE {batch}"
        ))
    })
}

fn by_text(op: &mut Operations<'_>) -> Result<()> {
    let table = quoted(op);
    op.batches("order", "text")
        .text_key()
        .filter("number = 3")
        .size(2)
        .run(|op, batch| op.execute(format!("UPDATE {table} SET number = 9 WHERE {batch}")))
}

/// Fails in its third batch.
fn breaks(op: &mut Operations<'_>) -> Result<()> {
    let (table, mut number) = (quoted(op), 0);
    op.batches("order", "key").size(10).run(|op, batch| {
        number += 1;
        op.execute(format!(
            "UPDATE {table} SET number = {number} WHERE {batch}"
        ))?;
        match number {
            3 => op.execute("UPDATE nowhere SET a = 1"),
            _ => Ok(()),
        }
    })
}

/// How many rows there are of each number.
fn numbers<B: TestBackend>(place: &B::Place, quote: char) -> Vec<String> {
    let table = format!(
        "(SELECT number, COUNT(*) AS amount FROM {quote}order{quote} GROUP BY number) AS n"
    );
    let mut session = B::session(place);
    B::of_rows(session.as_mut(), "number * 100 + amount", &table)
}

fn quote<B: TestBackend>() -> char {
    match B::KIND {
        BackendKind::Postgres => '"',
        _ => '`',
    }
}

fn each_row_is_in_one_batch<B: TestBackend>() {
    let place = B::place();
    let history = history(vec![
        irreversible("a", &[], table_with_rows),
        irreversible("b", &["a"], by_number),
        irreversible("c", &["b"], by_text).without_transaction(),
    ]);
    let migrator = Migrator::new(&history);
    migrator.upgrade(B::session(&place).as_mut(), "b").unwrap();
    assert_eq!(numbers::<B>(&place, quote::<B>()), ["110", "210", "305"]);
    migrator.upgrade(B::session(&place).as_mut(), "c").unwrap();
    assert_eq!(numbers::<B>(&place, quote::<B>()), ["110", "210", "905"]);
}

fn a_failure_rolls_back_the_batches_of_its_transaction<B: TestBackend>() {
    for (transaction, expected) in [(true, &["25"][..]), (false, &["110", "210", "5"])] {
        let place = B::place();
        let last = irreversible("b", &["a"], breaks);
        let last = match transaction {
            true => last,
            false => last.without_transaction(),
        };
        let history = history(vec![irreversible("a", &[], table_with_rows), last]);
        let error = Migrator::new(&history)
            .upgrade(B::session(&place).as_mut(), "head")
            .unwrap_err();
        let Error::Revision(failure) = error else {
            panic!("{error}")
        };
        assert!(matches!(failure.cause, Cause::Body(_)), "{failure}");
        assert_eq!(numbers::<B>(&place, quote::<B>()), expected);
    }
}

on_each_backend! {
    a_dry_run_leaves_nothing
    a_dry_run_that_fails_leaves_nothing_either
    each_row_is_in_one_batch
    a_failure_rolls_back_the_batches_of_its_transaction
}
