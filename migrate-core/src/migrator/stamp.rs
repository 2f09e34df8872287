//! A stamp: what is recorded as applied changes, and nothing else.

use std::time::Instant;

use migrate_graph::{Applied, Graph, Stamp, Target, stamp};

use super::report::{ids, standing};
use super::{Migrator, StampReport, applied_set, failed};
use crate::applied::{self, AppliedRow};
use crate::backend::Session;
use crate::error::Error;

impl Migrator<'_> {
    /// Records the database as standing at the targets.
    pub(super) fn write_stamp(
        &self,
        session: &mut dyn Session,
        targets: &[Target],
        purge: bool,
    ) -> Result<StampReport, Error> {
        let graph = self.graph()?;
        let before = self.read(session)?;
        let (change, report) = changes(graph, before.as_deref(), targets, purge)?;
        if change.is_none() {
            return Ok(report);
        }
        self.locked(session, |session| {
            let now = self.read(session)?;
            let (change, report) = changes(graph, now.as_deref(), targets, purge)?;
            if let Some(change) = change {
                let start = Instant::now();
                let doing = "write the version table";
                let has_table = now.is_some() || table_before(session, doing, start)?;
                session
                    .begin()
                    .map_err(|source| failed(session, doing, source, start))?;
                let written = write(session, &change, has_table);
                if let Err(source) = written.and_then(|()| session.commit()) {
                    let _ = session.rollback(); // the first error is the one to tell
                    return Err(failed(session, doing, source, start));
                }
            }
            Ok(report)
        })
    }
}

/// Creates the table first where that would commit what is written with it. Tells whether it did.
fn table_before(
    session: &mut dyn Session,
    doing: &'static str,
    start: Instant,
) -> Result<bool, Error> {
    if session.backend().capabilities().transactional_ddl {
        return Ok(false);
    }
    applied::create(session).map_err(|source| failed(session, doing, source, start))?;
    Ok(true)
}

/// The ids to write and to delete.
struct Change {
    add: Vec<String>,
    remove: Vec<String>,
}

/// What has to change for the database to stand at the targets, and what is told of it.
fn changes(
    graph: &Graph,
    rows: Option<&[AppliedRow]>,
    targets: &[Target],
    purge: bool,
) -> Result<(Option<Change>, StampReport), Error> {
    let applied = applied_set(graph, rows);
    let Stamp { add, remove } = stamp(graph, &applied, targets, purge)?;
    let mut outcome = Applied::from_nodes(applied.set().clone());
    remove.iter().for_each(|node| outcome.remove(*node));
    add.iter().for_each(|node| outcome.insert(*node));
    let (current, at_heads) = standing(graph, &outcome);
    let mut removed = ids(graph, remove);
    removed.extend(applied.unknown().iter().filter(|_| purge).cloned());
    let added = ids(graph, add);
    let change = (!added.is_empty() || !removed.is_empty()).then(|| Change {
        add: added.clone(),
        remove: removed.clone(),
    });
    Ok((
        change,
        StampReport {
            added,
            removed,
            current,
            at_heads,
        },
    ))
}

fn write(session: &mut dyn Session, change: &Change, has_table: bool) -> diesel::QueryResult<()> {
    session.inside()?; // nothing runs in here but what follows
    if !has_table {
        applied::create(session)?;
    }
    change
        .remove
        .iter()
        .try_for_each(|id| applied::unrecord(session, id))?;
    change
        .add
        .iter()
        .try_for_each(|id| applied::record(session, id))
}
