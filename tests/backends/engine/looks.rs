//! What a look at the catalogue shows of an operation that was begun and not ended: the next run will find the same.

use migrate_core::Migrator;
use migrate_core::backend::Session;
use migrate_core::journal::Event;
use migrate_core::migrator::{Decision, Found};
use migrate_core::prelude::*;

use crate::backend::{TestBackend, on_each_server};
use crate::histories::{history, reversible};

/// A table, then an index by a statement that commits by itself.
fn table_and_index(op: &mut Operations<'_>) -> Result<()> {
    op.create_table(table("looked").column(column("id", Integer)))?;
    let index = index("ix_looked").on("looked", ["id"]);
    match op.dialect() {
        BackendKind::Postgres => op.create_index(index.concurrently()),
        _ => op.create_index(index),
    }
}

/// Takes away what was written down after the last intent, as if the run had been killed there.
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

fn what_was_begun_is_looked_for<B: TestBackend>() {
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
        let unfinished = migrator.status(session).unwrap().unfinished.unwrap();
        migrator.look(session, &unfinished).unwrap()
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
    assert!(status.at_heads && status.unfinished.is_none());

    // a person's word is taken, whatever is there
    cut(&migrator, session);
    migrator.resolve(session, "a", Decision::Applied).unwrap();
    let status = migrator.status(session).unwrap();
    assert!(status.at_heads && status.unfinished.is_none());
}

on_each_server! {
    what_was_begun_is_looked_for
}
