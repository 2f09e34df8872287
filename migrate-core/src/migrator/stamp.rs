//! A stamp: changes what is recorded as applied, and nothing else.

use std::collections::HashMap;
use std::time::Instant;

use diesel::QueryResult;
use migrate_graph::{Applied, Direction, Graph, Stamp, Target, stamp};

use super::bookkeeping::{
    BookkeepingTables, BookkeepingWriter, CurrentHeads, in_transaction, version_sql,
};
use super::report::{ids, standing};
use super::{Migrator, StampReport, State, applied_set, failed};
use crate::backend::Session;
use crate::error::Error;
use crate::execute::RunContext;
use crate::journal::{AppliedRow, Author, Event, Which};
use crate::revision::Revision;

impl Migrator<'_> {
    /// Records the database as being at the targets.
    pub(super) fn write_stamp(
        &self,
        session: &mut dyn Session,
        targets: &[Target],
        purge: bool,
    ) -> Result<StampReport, Error> {
        let graph = self.graph()?;
        let before = self.read(session, Which::Tail)?;
        let (change, report) = changes(graph, before.rows.as_deref(), targets, purge)?;
        if change.is_none() {
            return Ok(report);
        }
        self.locked(session, |session| {
            let now = self.read(session, Which::Tail)?;
            if let Some(partial) = now.partial() {
                return Err(Error::PartialRevision(Box::new(partial)));
            }
            let (change, report) = changes(graph, now.rows.as_deref(), targets, purge)?;
            if let Some(change) = change {
                let start = Instant::now();
                self.write_change(session, &change, &now)
                    .map_err(|source| failed(session, "write the version table", source, start))?;
            }
            Ok(report)
        })
    }

    fn write_change(
        &self,
        session: &mut dyn Session,
        change: &Change,
        state: &State,
    ) -> QueryResult<()> {
        let mut tables = BookkeepingTables::of(state);
        if !session.backend().capabilities().transactional_ddl {
            tables.create(session)?; // it would commit what is written with it
        }
        let revisions = self.history.by_id();
        let author = Author::of_new_run(session.secrets());
        let writer = BookkeepingWriter {
            author: &author,
            from: change.from.clone(),
            tables,
        };
        in_transaction(session, |session| {
            write(session, change, writer, &revisions, &self.context())
        })
    }
}

/// The ids to write and to delete.
struct Change {
    add: Vec<String>,
    remove: Vec<String>,
    /// The state of the database before.
    from: String,
}

/// The changes that bring the database to the targets, and their report.
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
        from: CurrentHeads::of(graph, &applied).text(graph),
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

/// The number of revisions per statement.
const AT_ONCE: usize = 500;

fn write(
    session: &mut dyn Session,
    change: &Change,
    mut writer: BookkeepingWriter<'_>,
    revisions: &HashMap<&str, &Revision>,
    context: &RunContext<'_>,
) -> QueryResult<()> {
    let stamped = |ids: &[String], direction: Direction| {
        let pairs = ids.iter().map(|id| (id.clone(), direction));
        pairs.collect::<Vec<_>>()
    };
    let mut all = stamped(&change.remove, Direction::Down);
    all.extend(stamped(&change.add, Direction::Up));
    for some in all.chunks(AT_ONCE) {
        let mut versions = Vec::with_capacity(some.len());
        let mut rows = Vec::with_capacity(some.len());
        for (id, direction) in some {
            versions.push(version_sql(session, id, *direction)?);
            rows.push(match revisions.get(id.as_str()) {
                Some(revision) => writer.row(revision, *direction, Event::Stamped),
                None => writer.row_of(id, *direction, Event::Stamped),
            });
        }
        writer.write(session, versions, rows, context)?;
        writer.tables = BookkeepingTables::BOTH;
    }
    Ok(())
}
