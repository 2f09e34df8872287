//! A history as a source for diesel's own harness: `connection.run_pending_migrations(HISTORY)`.
//!
//! diesel orders migrations by their version strings, so a history is refused where that is not an
//! order of the graph. The harness manages the transactions and the version table, and there is no
//! lock.

use std::fmt;

use diesel::connection::BoxableConnection;
use diesel::migration::{
    Migration, MigrationMetadata, MigrationName, MigrationSource, MigrationVersion,
};
use migrate_graph::{Direction, Graph};

use crate::backend::{Backend, Session};
use crate::error::Error;
use crate::execute::RunContext;
use crate::history::History;
use crate::migrator::run_unrecorded;
use crate::revision::Revision;

/// A diesel backend that revisions can run on.
pub trait DieselBackend: diesel::backend::Backend + 'static {
    /// Its rules.
    #[doc(hidden)]
    fn rules() -> &'static dyn Backend;

    /// A session on one of its connections; none when the type of the connection is unknown, such
    /// as a wrapper's.
    #[doc(hidden)]
    fn session<'a>(
        connection: &'a mut dyn BoxableConnection<Self>,
    ) -> Option<Box<dyn Session + 'a>>;
}

/// diesel's order of the versions is not an order of the graph.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "diesel would run `{revision}` before `{needs}`, on which it depends: diesel runs revisions in the order of their ids; \
     use `Migrator`, which follows the graph"
)]
pub struct OrderError {
    /// The revision that diesel would run too early.
    pub revision: String,
    /// The revision that must be applied before it.
    pub needs: String,
}

/// The revisions as diesel's migrations.
///
/// ```
/// use diesel::{Connection, sqlite::SqliteConnection};
/// use diesel::migration::MigrationSource;
/// use migrate_core::History;
///
/// static HISTORY: History = History::new(&[]);
/// let migrations = MigrationSource::<diesel::sqlite::Sqlite>::migrations(&HISTORY);
/// assert_eq!(migrations.map_or(usize::MAX, |migrations| migrations.len()), 0);
/// ```
impl<DB: DieselBackend> MigrationSource<DB> for History {
    fn migrations(&self) -> diesel::migration::Result<Vec<Box<dyn Migration<DB>>>> {
        let graph = self.graph().map_err(Error::History)?;
        refuse_other_order(&graph)?;
        let migration = |revision: &'static Revision| -> Box<dyn Migration<DB>> {
            Box::new(RevisionMigration {
                revision,
                name: Name(revision),
            })
        };
        Ok(self.revisions().map(migration).collect())
    }
}

/// Refuses a history that diesel would run in a different order.
fn refuse_other_order(graph: &Graph) -> Result<(), OrderError> {
    // nodes compare as their ids do
    for node in graph.nodes() {
        if let Some(needed) = graph.before(node).find(|needed| *needed > node) {
            return Err(OrderError {
                revision: graph.id(node).to_owned(),
                needs: graph.id(needed).to_owned(),
            });
        }
    }
    Ok(())
}

/// One revision as a migration.
struct RevisionMigration {
    revision: &'static Revision,
    name: Name,
}

impl RevisionMigration {
    fn go<DB: DieselBackend>(
        &self,
        connection: &mut dyn BoxableConnection<DB>,
        direction: Direction,
    ) -> diesel::migration::Result<()> {
        let mut session = DB::session(connection).ok_or_else(|| {
            format!(
                "this is not a supported connection to {}",
                DB::rules().kind().name()
            )
        })?;
        Ok(run_unrecorded(
            session.as_mut(),
            self.revision,
            direction,
            &RunContext::default(),
        )?)
    }
}

impl<DB: DieselBackend> Migration<DB> for RevisionMigration {
    fn run(&self, connection: &mut dyn BoxableConnection<DB>) -> diesel::migration::Result<()> {
        self.go(connection, Direction::Up)
    }

    fn revert(&self, connection: &mut dyn BoxableConnection<DB>) -> diesel::migration::Result<()> {
        self.go(connection, Direction::Down)
    }

    fn metadata(&self) -> &dyn MigrationMetadata {
        &self.name
    }

    fn name(&self) -> &dyn MigrationName {
        &self.name
    }
}

/// What diesel reads from a migration without running it.
struct Name(&'static Revision);

impl MigrationMetadata for Name {
    fn run_in_transaction(&self) -> bool {
        self.0.transaction()
    }
}

impl MigrationName for Name {
    fn version(&self) -> MigrationVersion<'_> {
        self.0.id().into()
    }
}

/// An SQL folder by its own name, as diesel shows it.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let folder = self.0.file().rsplit('/').nth(1);
        let folder = folder.filter(|_| self.0.upgrade().text().is_some());
        f.write_str(folder.unwrap_or(self.0.id()))
    }
}
