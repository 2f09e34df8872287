//! Checks before anything is run: revisions that cannot be reverted, that are written for another
//! backend, or that must not run in the caller's transaction.

use migrate_graph::{Direction, Plan};

use super::reversal::{DowngradeWork, downgrade_of};
use super::revisions::Revisions;
use super::{Migrator, Transactions};
use crate::backend::{Backend, BackendKind, Session};
use crate::error::{Error, NotInOne, NotRunnable, TransactionControl, TransactionFault};
use crate::execute::{RevisionWork, RunContext, Work};
use crate::journal::PartialRevision;
use crate::revision::{Body, Needs, Revision};
use crate::sql::{self, Finding};

/// One step of a plan, ready to be run.
pub(super) struct ReadyStep {
    pub(super) revision: &'static Revision,
    pub(super) direction: Direction,
    /// Whether it has its own transaction.
    pub(super) transaction: bool,
    pub(super) work: Work,
    /// What earlier runs left of it.
    pub(super) resume: Option<Box<PartialRevision>>,
}

/// Every step of a plan, ready, or the reason why no step of the plan is run.
pub(super) fn ready(
    plan: &Plan,
    revisions: &Revisions,
    session: &mut dyn Session,
    transactions: Transactions,
    context: &RunContext<'_>,
) -> Result<Vec<ReadyStep>, Error> {
    let in_transaction = in_transaction(session)?;
    let backend = session.backend();
    let whole = context.single_transaction || transactions == Transactions::All;
    let ready = |step: &migrate_graph::Step| {
        let revision = revisions.get(step.node);
        refuse_all(transactions, revision, backend)?;
        let transaction = revision.transaction() && transactions != Transactions::None;
        refuse_settings(revision, step.direction, transaction, backend.kind())?;
        if in_transaction && !(transaction && backend.capabilities().transactional_ddl) {
            return Err(Error::InTransaction {
                revision: revision.id().to_owned(),
            });
        }
        let ready = ready_step(revision, step.direction, backend, context)?;
        let ready = ReadyStep {
            transaction,
            ..ready
        };
        refuse_text(&ready, backend, whole)?;
        Ok(ready)
    };
    plan.steps.iter().map(ready).collect()
}

/// Refuses the text of an SQL file that begins or ends transactions where it must not; `whole` says
/// whether the run is one transaction.
pub(super) fn refuse_text(
    step: &ReadyStep,
    backend: &dyn Backend,
    whole: bool,
) -> Result<(), Error> {
    let Work::Run(RevisionWork::Call(body)) = &step.work else {
        return Ok(());
    };
    let Some(text) = body.text() else {
        return Ok(());
    };
    let cut = sql::statements(text, backend.kind());
    let uncertain = (whole && sql::may_end(&cut)).then(|| TransactionControl {
        fault: TransactionFault::Uncertain,
        statement: text.to_owned(),
        line: Some(1),
    });
    let found = match step.outside(backend) {
        true => sql::parts_without(cut, backend.kind()).err(),
        false => sql::parts_within(cut, backend.kind()).err(),
    };
    match found.map(TransactionControl::from).or(uncertain) {
        Some(control) => Err(Error::TransactionControl {
            revision: step.revision.id().to_owned(),
            direction: step.direction,
            file: step.revision.sql_file(step.direction),
            control,
        }),
        None => Ok(()),
    }
}

/// Refuses what cannot be part of one transaction around the whole run.
fn refuse_all(
    transactions: Transactions,
    revision: &Revision,
    backend: &dyn Backend,
) -> Result<(), Error> {
    let why = match transactions {
        Transactions::All if !backend.capabilities().transactional_ddl => {
            NotInOne::Backend(backend.kind())
        }
        Transactions::All if !revision.transaction() => {
            NotInOne::Revision(revision.id().to_owned())
        }
        _ => return Ok(()),
    };
    Err(Error::NotInOne(why))
}

/// Whether the caller has a transaction open.
fn in_transaction(session: &mut dyn Session) -> Result<bool, Error> {
    session
        .in_transaction()
        .map_err(|source| Error::database("use the connection", source))
}

/// Refuses to resume a revision inside a transaction of the caller.
pub(super) fn refuse_other_place(
    revision: &Revision,
    session: &mut dyn Session,
) -> Result<(), Error> {
    match in_transaction(session)? {
        true => Err(Error::InTransaction {
            revision: revision.id().to_owned(),
        }),
        false => Ok(()),
    }
}

/// One step, ready, or the reason why this backend cannot run it.
pub(super) fn ready_step(
    revision: &'static Revision,
    direction: Direction,
    backend: &'static dyn Backend,
    context: &RunContext<'_>,
) -> Result<ReadyStep, Error> {
    let work = match direction {
        Direction::Up => RevisionWork::Call(*revision.upgrade()),
        Direction::Down => match downgrade_of(revision, backend, context) {
            Ok(DowngradeWork::Function(body)) => RevisionWork::Call(body),
            Ok(DowngradeWork::Operations(operations)) => RevisionWork::Operations(operations),
            Err(reason) => {
                return Err(Error::Irreversible {
                    revision: revision.id().to_owned(),
                    parents: revision.down_revision(),
                    reason,
                });
            }
        },
    };
    if let RevisionWork::Call(body) = &work {
        refuse_other_backend(revision, *body, backend)?;
        let found = not_runnable(revision, direction, backend.kind());
        if !found.is_empty() {
            return Err(Error::NotRunnable(found));
        }
    }
    Ok(ReadyStep {
        revision,
        direction,
        transaction: revision.transaction(),
        work: Work::Run(work),
        resume: None,
    })
}

impl Migrator<'_> {
    /// Findings in SQL folders that cannot run on this kind of database, and that a run would
    /// refuse. Connects to nothing; in the order of an upgrade.
    ///
    /// ```
    /// # use migrate_core::{History, Migrator, BackendKind};
    /// # static HISTORY: History = History::new(&[]);
    /// assert!(Migrator::new(&HISTORY).not_runnable(BackendKind::Sqlite)?.is_empty());
    /// # Ok::<(), migrate_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the history is not sound.
    pub fn not_runnable(&self, backend: BackendKind) -> Result<Vec<NotRunnable>, Error> {
        let revisions = self.revisions()?;
        let mut found = Vec::new();
        for node in revisions.graph.topological() {
            let revision = revisions.get(*node);
            for direction in [Direction::Up, Direction::Down] {
                found.extend(not_runnable(revision, direction, backend));
                let transaction = revision.transaction();
                let refused = refuse_settings(revision, direction, transaction, backend);
                if let Err(Error::NotRunnable(other)) = refused {
                    found.extend(other);
                }
            }
        }
        Ok(found)
    }

    /// The settings that SQL files change for the session, such as a search path, although each
    /// revision begins with the connection's own: those of files that have revisions after them,
    /// without the settings that a file restores itself.
    ///
    /// # Errors
    ///
    /// [`Error::History`] when the revisions do not form a sound graph.
    pub fn settings_left(&self, backend: BackendKind) -> Result<Vec<NotRunnable>, Error> {
        let revisions = self.revisions()?;
        let nodes = revisions.graph.topological();
        let mut found = Vec::new();
        for node in nodes.iter().take(nodes.len().saturating_sub(1)) {
            let revision = revisions.get(*node);
            let text = revision.text(Direction::Up).unwrap_or_default();
            let left = sql::settings_left(text, backend).into_iter();
            found.extend(left.map(|finding| refused(revision, Direction::Up, finding)));
        }
        Ok(found)
    }
}

/// The client commands in the SQL file of a revision.
fn not_runnable(
    revision: &Revision,
    direction: Direction,
    backend: BackendKind,
) -> Vec<NotRunnable> {
    let text = revision.text(direction).unwrap_or_default();
    let found = sql::findings(text, backend).into_iter();
    found
        .map(|finding| refused(revision, direction, finding))
        .collect()
}

fn refused(revision: &Revision, direction: Direction, finding: Finding) -> NotRunnable {
    NotRunnable {
        revision: revision.id().to_owned(),
        file: revision.sql_file(direction),
        line: finding.line,
        what: finding.what,
        help: finding.help,
    }
}

/// Refuses to set the isolation level of a transaction in which something was done before, and the
/// id of the next row.
fn refuse_settings(
    revision: &Revision,
    direction: Direction,
    transaction: bool,
    backend: BackendKind,
) -> Result<(), Error> {
    let text = revision.text(direction);
    let isolation = text
        .filter(|_| transaction)
        .and_then(|text| sql::sets_isolation(text, backend));
    let next_id = || text.and_then(|text| sql::sets_next_id(text, backend));
    match isolation.or_else(next_id) {
        Some(finding) => Err(Error::NotRunnable(vec![refused(
            revision, direction, finding,
        )])),
        None => Ok(()),
    }
}

fn refuse_other_backend(
    revision: &Revision,
    body: Body,
    backend: &'static dyn Backend,
) -> Result<(), Error> {
    match body.needs() {
        Needs::Connection(needs) if needs != backend.kind().feature() => Err(Error::OtherBackend {
            revision: revision.id().to_owned(),
            needs,
            connected: backend.kind(),
        }),
        _ => Ok(()),
    }
}
