//! Records a person's decision about a partially applied revision: a row of the journal, and, for
//! the revision as a whole, its row in the version table. Runs nothing of the revision.

use std::time::Instant;

use diesel::QueryResult;
use migrate_graph::Direction;

use super::bookkeeping::{
    BookkeepingTables, BookkeepingWriter, CurrentHeads, in_transaction, version_sql,
};
use super::{Migrator, State, failed};
use crate::backend::{MigrateConnection, Session};
use crate::error::Error;
use crate::journal::{Author, PartialRevision, Row, Which};
use crate::recovery::{Decision, decided};

impl Migrator<'_> {
    /// Records a person's decision about the partially applied revision.
    ///
    /// ```
    /// # use diesel::{Connection, sqlite::SqliteConnection};
    /// # use migrate_core::{History, Migrator, migrator::Decision};
    /// # static HISTORY: History = History::new(&[]);
    /// # let mut connection = SqliteConnection::establish(":memory:")?;
    /// // no revision is partially applied
    /// let migrator = Migrator::new(&HISTORY);
    /// assert!(migrator.resolve(&mut connection, "20261121093000", Decision::StepDone).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When another revision is partially applied or none, when no operation is to be decided
    /// about, or after a timeout while waiting for the lock.
    pub fn resolve<C>(
        &self,
        connection: &mut C,
        revision: &str,
        decision: Decision,
    ) -> Result<(), Error>
    where
        C: MigrateConnection + ?Sized,
    {
        connection.with_session(|session| {
            self.partial(session, revision)?; // without waiting for the lock
            self.locked(session, |session| {
                let (state, partial) = self.partial(session, revision)?;
                let start = Instant::now();
                let rows = self.decided(&state, &partial, decision)?;
                self.write_decision(session, &partial, &state, rows)
                    .map_err(|source| failed(session, "record the decision", source, start))
            })
        })
    }

    fn partial(
        &self,
        session: &mut dyn Session,
        revision: &str,
    ) -> Result<(State, PartialRevision), Error> {
        let state = self.read(session, Which::Tail)?;
        match state.partial() {
            Some(partial) if partial.revision == revision => Ok((state, partial)),
            other => Err(Error::NotPartial {
                revision: revision.to_owned(),
                partial: other.map(|partial| partial.revision),
            }),
        }
    }

    /// The rows that record the decision, and the direction of the change in the version table.
    fn decided(
        &self,
        state: &State,
        partial: &PartialRevision,
        decision: Decision,
    ) -> Result<(Vec<Row>, Option<Direction>), Error> {
        let id = &partial.revision;
        let rows = state.rows.as_deref().unwrap_or_default();
        let recorded = rows.iter().any(|row| row.version == *id);
        let compiled = self.revisions()?;
        let node = compiled.graph.node(id);
        let checksum = node.and_then(|node| compiled.get(node).checksum());
        decided(partial, decision, recorded, checksum)
    }

    fn write_decision(
        &self,
        session: &mut dyn Session,
        partial: &PartialRevision,
        state: &State,
        (rows, change): (Vec<Row>, Option<Direction>),
    ) -> QueryResult<()> {
        let author = Author::of_new_run(session.secrets());
        let from = self.graph().map_or_else(
            |_| String::new(),
            |graph| CurrentHeads::of(graph, &state.applied(graph)).text(graph),
        );
        let rows = rows.into_iter().map(|row| Row {
            from: from.clone(),
            ..row
        });
        let writer = BookkeepingWriter {
            author: &author,
            from: from.clone(),
            tables: BookkeepingTables::of(state),
        };
        let versions = match change {
            Some(direction) => vec![version_sql(session, &partial.revision, direction)?],
            None => Vec::new(),
        };
        in_transaction(session, |session| {
            writer.write(session, versions, rows.collect(), &self.context())
        })
    }
}
