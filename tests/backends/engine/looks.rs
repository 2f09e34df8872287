//! What the catalogue shows about an operation that was begun and not ended: the next run will find
//! the same.

use std::time::Duration;

use migrate_core::engine::backend::{LockRequest, Session};
use migrate_core::journal::Event;
use migrate_core::migrator::{Decision, Found};
use migrate_core::prelude::*;
use migrate_core::{ErrorKind, Migrator};

use crate::backend::{TestBackend, on_each_server};
use crate::histories::{history, irreversible, reversible};

/// A table, then an index by a statement that commits by itself.
fn table_and_index(op: &mut Operations<'_>) -> Result<()> {
    op.create_table(table("looked").column(column("id", Integer)))?;
    index_it(op)
}

/// The same with a table that has no known reverse.
fn raw_table_and_index(op: &mut Operations<'_>) -> Result<()> {
    op.execute("CREATE TABLE looked (id INT)")?;
    index_it(op)
}

fn index_it(op: &mut Operations<'_>) -> Result<()> {
    let index = index("ix_looked").on("looked", ["id"]);
    match op.dialect() {
        BackendKind::Postgres => op.create_index(index.concurrently()),
        _ => op.create_index(index),
    }
}

/// Deletes what the journal recorded after the last intent, as if the run had been killed there.
fn cut(migrator: &Migrator<'_>, session: &mut dyn Session) {
    let log = migrator.log(session).unwrap();
    let intent = log.iter().rfind(|entry| entry.event == Event::Intent);
    let intent = intent
        .unwrap_or_else(|| panic!("nothing was written ahead: {log:?}"))
        .id;
    let (versions, journal) = (session.version_table(), session.journal_table());
    for sql in [
        format!("DELETE FROM {versions}"),
        format!("DELETE FROM {journal} WHERE id > {intent}"),
    ] {
        session.execute(&sql).unwrap();
    }
}

fn begun_operations_are_probed<B: TestBackend>() {
    let history = history(vec![
        reversible("a", &[], table_and_index).without_transaction(),
    ]);
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    let migrator = Migrator::new(&history);
    migrator.upgrade(session, "head").unwrap();
    cut(&migrator, session);

    let look = |session: &mut dyn Session| {
        let partial = migrator.status(session).unwrap().partial.unwrap();
        migrator.look(session, &partial).unwrap()
    };
    assert_eq!(look(session), Some(Found::Done));
    let drop = match B::KIND {
        BackendKind::Postgres => "DROP INDEX ix_looked",
        _ => "DROP INDEX ix_looked ON looked",
    };
    session.execute(drop).unwrap();
    assert_eq!(look(session), Some(Found::NotDone));

    migrator.upgrade(session, "head").unwrap();
    let status = migrator.status(session).unwrap();
    assert!(status.at_heads && status.partial.is_none());

    // the user's word counts, whatever exists
    cut(&migrator, session);
    migrator.resolve(session, "a", Decision::Applied).unwrap();
    let status = migrator.status(session).unwrap();
    assert!(status.at_heads && status.partial.is_none());
}

/// A partially applied revision may be running: it is not reported, and no help is given, before
/// the lock is acquired.
fn a_partially_applied_revision_is_not_reported_while_a_run_holds_the_lock<B: TestBackend>() {
    let history = history(vec![
        irreversible("a", &[], raw_table_and_index).without_transaction(),
    ]);
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    let migrator = Migrator::new(&history).lock_timeout(Duration::ZERO);
    migrator.upgrade(session, "head").unwrap();
    cut(&migrator, session);
    assert_eq!(session.holder().unwrap(), None);
    let mut other = B::session(&place);
    let request = &mut LockRequest {
        timeout: Duration::ZERO,
        on_wait: &mut |_| {},
    };
    other.lock(request).unwrap();
    assert!(session.holder().unwrap().is_some());
    for outcome in [
        migrator.downgrade(session, "-1"),
        migrator.upgrade(session, "head"),
    ] {
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Lock);
    }
    other.unlock();
    assert_eq!(session.holder().unwrap(), None);
    migrator.upgrade(session, "head").unwrap();
}

on_each_server! {
    begun_operations_are_probed
    a_partially_applied_revision_is_not_reported_while_a_run_holds_the_lock
}
