//! How a revision is reverted, and which revisions cannot be. Asks no database; runs nothing.

use super::Migrator;
use crate::backend::{Backend, BackendKind, rules};
use crate::error::{Error, IrreversibleReason};
use crate::execute::{RunContext, Uncollected, places_as_far_as_known, reversed};
use crate::operation::Operation;
use crate::revision::{Body, Downgrade, Revision};
use crate::sql::{self, StatementKind};

/// How a revision is reverted.
pub(super) enum DowngradeWork {
    /// Its own function.
    Function(Body),
    /// These operations.
    Operations(Vec<Operation>),
}

/// How a revision is reverted, or why it cannot be.
pub(super) fn downgrade_of(
    revision: &Revision,
    backend: &'static dyn Backend,
    context: &RunContext<'_>,
) -> Result<DowngradeWork, IrreversibleReason> {
    let is_sql = revision.upgrade().text().is_some();
    match revision.downgrade() {
        Downgrade::Function(body) => {
            let known = |body: &Body| places_as_far_as_known(body, backend, context);
            let does = |(_, operation): &(u32, Operation)| does_something(operation, backend);
            let (down, unknown) = known(body);
            let idle = unknown.is_none() && !down.iter().any(does);
            // operations after the use of the connection are unknown, but using it counts
            let acts = |(up, unknown): (Vec<_>, Option<Uncollected>)| {
                up.iter().any(does) || unknown.is_some_and(|reason| reason.needs_database)
            };
            match idle && acts(known(revision.upgrade())) {
                true => Err(IrreversibleReason::Idle { is_sql }),
                false => Ok(DowngradeWork::Function(*body)),
            }
        }
        Downgrade::Reversible => {
            reversed(revision, backend, context).map(DowngradeWork::Operations)
        }
        Downgrade::Nothing => Ok(DowngradeWork::Operations(Vec::new())),
        Downgrade::Irreversible if is_sql => Err(IrreversibleReason::NoDownFile),
        Downgrade::Irreversible => Err(IrreversibleReason::Declared),
    }
}

/// Whether an operation sends a statement to this kind of database that may do more than read.
fn does_something(operation: &Operation, backend: &'static dyn Backend) -> bool {
    let acts = |text: &String| {
        sql::tokens(text, backend.kind()).any(|token| token != ";")
            && sql::classify(text, backend.kind()).kind != StatementKind::Read
    };
    // an operation whose statements depend on the database has some
    backend
        .ddl(operation)
        .map_or(true, |statements| statements.iter().any(acts))
}

impl Migrator<'_> {
    /// The revisions with a downgrade that cannot work on this kind of database, with the reason:
    /// those that are declared `reversible` and cannot be reversed, and those whose downgrade does
    /// nothing although the upgrade does something. A downgrade would report the same. Connects to
    /// nothing; in the order of an upgrade.
    ///
    /// ```
    /// # use migrate_core::{History, Migrator, BackendKind};
    /// # static HISTORY: History = History::new(&[]);
    /// assert!(Migrator::new(&HISTORY).irreversible_revisions(BackendKind::Sqlite)?.is_empty());
    /// # Ok::<(), migrate_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the history is not sound, or the backend is not compiled in.
    pub fn irreversible_revisions(
        &self,
        backend: BackendKind,
    ) -> Result<Vec<(&'static Revision, IrreversibleReason)>, Error> {
        let rules = rules(backend)?;
        let context = self.context();
        let revisions = self.revisions()?;
        let all = revisions.graph.topological().iter();
        let declared = all.map(|node| revisions.get(*node)).filter(|revision| {
            matches!(
                revision.downgrade(),
                Downgrade::Reversible | Downgrade::Function(_)
            )
        });
        Ok(declared
            .filter_map(|revision| Some((revision, downgrade_of(revision, rules, &context).err()?)))
            .collect())
    }
}
