//! A run as one transaction: each step has a savepoint in it, and it is committed as a whole.

use std::time::Instant;

use super::preflight::ReadyStep;
use super::run::Start;
use super::{Event, Migrator, Report, failed};
use crate::backend::{OpenTransaction, Session};
use crate::error::{Error, NotCommitted, Trouble};
use crate::execute::RunContext;
use crate::journal::Which;

/// A failure over a label of an enum type that an earlier revision of the transaction added.
fn across_revisions(mut error: Error) -> Error {
    if let Error::Revision(failure) = &mut error
        && failure.trouble == Some(Trouble::NewLabel)
        && !failure.report.steps.is_empty()
    {
        failure.trouble = Some(Trouble::NewLabelInRun);
    }
    error
}

impl Migrator<'_> {
    /// Runs the steps in one transaction.
    pub(super) fn run_in_one_transaction(
        &self,
        session: &mut dyn Session,
        steps: &[ReadyStep],
        start: &Start,
    ) -> Result<Report, Error> {
        let mut retry = 0;
        loop {
            let commit = |session: &mut dyn Session, begun| session.commit(begun);
            let done =
                self.in_one_transaction(session, steps, self.context(), start.clone(), commit);
            let error = match done {
                Err(error) => error,
                done => return done,
            };
            if matches!(error, Error::Revision(_)) && session.restarts() {
                self.emit(&Event::StartedOver);
                continue;
            }
            retry += 1;
            let lock_conflict = match &error {
                Error::Revision(failure) if failure.undone => failure.cause.database_error(),
                Error::NotCommitted(failed) if !failed.unknown => Some(&failed.source),
                _ => None,
            };
            let lock_conflict = lock_conflict.and_then(|error| session.lock_conflict(error));
            let Some((lock_conflict, pause)) = lock_conflict.zip(self.options.pause_before(retry))
            else {
                return Err(self.as_rolled_back(session, error));
            };
            self.emit(&Event::Retrying {
                lock_conflict,
                number: retry,
                of: self.options.retries,
                pause,
            });
            if !self.wait(pause) {
                return Err(self.as_rolled_back(session, error));
            }
        }
    }

    /// Runs the steps in one transaction, which `end` ends, or a rollback when a step fails.
    pub(super) fn in_one_transaction(
        &self,
        session: &mut dyn Session,
        steps: &[ReadyStep],
        context: RunContext<'static>,
        start: Start,
        end: impl FnOnce(&mut dyn Session, OpenTransaction) -> diesel::QueryResult<()>,
    ) -> Result<Report, Error> {
        let begun = Instant::now();
        let doing = "begin the transaction of the run";
        // the savepoint that shows whether this one was left belongs to each step
        let transaction = session
            .begin()
            .and_then(|transaction| session.inside(&transaction).map(|_| transaction))
            .map_err(|source| failed(session, doing, source, begun))?;
        let context = RunContext {
            single_transaction: true,
            ..context
        };
        let result = self.run_steps(session, context, steps, start);
        let ended = match &result {
            Ok(_) => end(session, transaction),
            Err(_) => Ok(()),
        };
        let unknown = ended.is_err() && !session.is_alive();
        let rolled_back = session.rollback_all(); // does nothing after a commit
        let report = result.map_err(across_revisions)?;
        match ended.and(rolled_back) {
            Ok(()) => Ok(report),
            Err(source) => Err(Error::NotCommitted(Box::new(NotCommitted {
                source,
                unknown,
                report: Report::default(),
            }))),
        }
    }

    /// The error of a failure after which the earlier steps are rolled back, too; the state of the
    /// database is read for it.
    pub(super) fn as_rolled_back(&self, session: &mut dyn Session, error: Error) -> Error {
        let standing = self.status_of(session);
        let corrected = |report: &mut Report| {
            report.steps.clear();
            if let Some((current, at_heads)) = standing {
                (report.current, report.at_heads) = (current, at_heads);
            }
        };
        match error {
            Error::Revision(mut failure) => {
                corrected(&mut failure.report);
                Error::Revision(failure)
            }
            Error::NotCommitted(mut failed) => {
                corrected(&mut failed.report);
                Error::NotCommitted(failed)
            }
            Error::Stopped { next, mut report } => {
                corrected(&mut report);
                Error::Stopped { next, report }
            }
            error => error,
        }
    }

    fn status_of(&self, session: &mut dyn Session) -> Option<(Vec<String>, bool)> {
        let graph = self.graph().ok()?;
        let state = self.read(session, Which::Tail).ok()?;
        Some(super::report::standing(graph, &state.applied(graph)))
    }
}
