//! One step: a revision's work and its record, in one transaction.

use std::time::Instant;

use migrate_graph::Direction;

use super::Report;
use super::bookkeeping::{BookkeepingWriter, version_sql};
use super::place::{called_elsewhere, place};
use super::preflight::{ReadyStep, ready_step, refuse_text};
use crate::backend::{
    Backend, Closed, Inside, LockConflict, OpenTransaction, Session, Together, Whole, trouble,
};
use crate::error::{Cause, Error, LockLost, RevisionFailure, Trouble};
use crate::execute::{
    Failpoint, Gathered, Mode, Recorder, RunContext, Work, WorkFailure, ready, run_body, settle,
};
use crate::journal::{self, PartialRevision, Row};
use crate::redact::redacted;
use crate::revision::Revision;

/// Records a step at the end of its transaction, and commits that.
type End<'e> =
    &'e dyn Fn(&mut dyn Session, OpenTransaction, &mut Option<Recorder>) -> Result<(), WorkFailure>;

/// The failure of a step, without what earlier steps did.
pub(super) struct StepFailure {
    revision: &'static Revision,
    direction: Direction,
    failure: WorkFailure,
    undone: bool,
    /// The lock conflict, if that was the only reason.
    lock_conflict: Option<LockConflict>,
    /// The kind of trouble that the database reported.
    trouble: Option<Trouble>,
}

impl StepFailure {
    /// Whether the step may have left something to resume.
    pub(super) fn may_leave_something(&self) -> bool {
        !self.undone
    }

    /// The error, with what earlier steps did and the partially applied revision.
    pub(super) fn with(
        self,
        report: Report,
        left: Option<(PartialRevision, bool)>,
    ) -> RevisionFailure {
        let (partial, can_be_reverted) = left.unzip();
        let WorkFailure {
            cause,
            operation,
            statement,
            spot,
            kept,
            untouched: _,
        } = self.failure;
        let (file, line) = place(
            self.revision,
            self.direction,
            spot,
            &cause,
            statement.as_deref(),
        );
        let called_at = called_elsewhere(self.revision, spot);
        RevisionFailure {
            revision: self.revision.id().to_owned(),
            message: self.revision.message().to_owned(),
            file,
            line,
            called_at,
            direction: self.direction,
            cause,
            operation: operation.map(String::from),
            statement: statement.map(String::from),
            undone: self.undone,
            kept: kept.into_vec(),
            lock_conflict: self.lock_conflict,
            trouble: self.trouble,
            parents: self.revision.down_revision(),
            partial,
            can_be_reverted: can_be_reverted.unwrap_or_default(),
            report,
        }
    }
}

impl StepFailure {
    /// The lock conflict, if that was the only reason and nothing of the step was committed. Called
    /// once, after the rollback.
    pub(super) fn lock_conflict(&mut self, session: &mut dyn Session) -> Option<LockConflict> {
        let error = self.failure.cause.database_error()?;
        self.lock_conflict = session.lock_conflict(error);
        self.lock_conflict
            .filter(|_| self.undone || self.failure.untouched)
    }
}

impl StepFailure {
    /// Finds out which kind of trouble the database reported. Called after the rollback, for a
    /// failure that ends the run.
    pub(super) fn look(mut self, session: &mut dyn Session) -> StepFailure {
        let statement = self.failure.statement.as_deref();
        let error = self.failure.cause.database_error();
        self.trouble = error.and_then(|error| trouble(session, error, statement));
        self
    }
}

/// Runs a step and records it. If it fails, nothing of it is left, or the journal has what is.
pub(super) fn run(
    session: &mut dyn Session,
    step: &ReadyStep,
    writer: &BookkeepingWriter<'_>,
    context: &RunContext<'_>,
) -> Result<(), Box<StepFailure>> {
    let start = Instant::now();
    let mut recorder = step.recorder(session.backend(), writer);
    let end: End<'_> = &|session: &mut dyn Session, begun, recorder: &mut Option<Recorder>| {
        let mut rows = recorder.as_ref().map(Recorder::rest).unwrap_or_default();
        rows.push(writer.closing(step, start.elapsed()));
        let closed = version_change(session, step)
            .and_then(|versions| writer.close(session, &begun, versions, rows, context))
            .map_err(Cause::Record)?;
        match closed {
            Closed::Recorded => commit(session, begun, context),
            Closed::Committed => Ok(()),
            Closed::Not(inside) => Ok(still(inside)?),
            Closed::Refused(error) => Err(not_committed(session, error).into()),
        }
    };
    let is_outside = step.outside(session.backend());
    let fresh = step.resume.is_none() && matches!(step.work, Work::Run(_));
    let gathers = match context.together && fresh && !is_outside {
        true => session.gathers(),
        false => None,
    };
    let outcome = match (is_outside, gathers) {
        (true, _) => outside(session, step, context, &mut recorder, end),
        (false, None) => inside(session, step, context, &mut recorder, end),
        (false, Some(batching)) => {
            let closing = |session: &mut dyn Session, mut rows: Vec<Row>| {
                rows.push(Row {
                    and_micros: Some(batching.micros.to_owned()),
                    ..writer.closing(step, start.elapsed())
                });
                let versions = version_change(session, step)?;
                writer.statements(session, versions, rows)
            };
            let waiting = Gathered::new(batching);
            together(
                session,
                step,
                context,
                (&mut recorder, waiting),
                closing,
                end,
            )
        }
    };
    outcome.map_err(|(failure, undone)| {
        let failed = (failure, undone);
        note_failure(session, step, writer, recorder, &failed);
        step.failed(failed)
    })
}

/// The change in the version table for a step: none when a partially applied revision is reverted.
fn version_change(session: &dyn Session, step: &ReadyStep) -> diesel::QueryResult<Vec<String>> {
    match step.work {
        Work::Revert(_) => Ok(Vec::new()),
        _ => version_sql(session, step.revision.id(), step.direction).map(|sql| vec![sql]),
    }
}

/// Records how a step ended, if that is possible, and what is left of it.
fn note_failure(
    session: &mut dyn Session,
    step: &ReadyStep,
    writer: &BookkeepingWriter<'_>,
    recorder: Option<Recorder>,
    (failure, _): &(WorkFailure, bool),
) {
    // a database that is locked would be waited for once more, and a transaction of the caller is
    // not ours to write into
    let hopeless = matches!(failure.cause, Cause::Busy { .. } | Cause::NotReady(_));
    if hopeless || !writer.tables.are_there() || !matches!(session.in_transaction(), Ok(false)) {
        return;
    }
    let message = redacted(&failure.cause.to_string());
    let mut rows = Vec::new();
    match recorder {
        Some(mut recorder) => {
            rows.extend(recorder.remains());
            rows.push(recorder.failed(message, failure.operation.as_deref().map(str::to_owned)));
        }
        None => rows.push(Row {
            operation: failure.operation.as_deref().map(str::to_owned),
            detail: Some(message),
            ..writer.row(step.revision, step.direction, journal::Event::Failed)
        }),
    }
    // without it, the next run finds out by itself
    let _ = writer.note(session, rows);
}

/// Runs a revision for a caller that records it itself.
pub(crate) fn run_unrecorded(
    session: &mut dyn Session,
    revision: &'static Revision,
    direction: Direction,
    context: &RunContext<'_>,
) -> Result<(), Error> {
    let step = ready_step(revision, direction, session.backend(), context)?;
    refuse_text(&step, session.backend(), false)?;
    let outcome = match revision.transaction() {
        true => inside(session, &step, context, &mut None, &|session, begun, _| {
            still(session.inside(&begun).map_err(Cause::Commit)?)?;
            commit(session, begun, context)
        }),
        false => settled(session, |session| {
            run_body(session, context, Mode::Autocommit, None, &step.work, None).map(drop)
        }),
    };
    outcome.map_err(|failed| {
        let failed = step.failed(failed).look(session);
        failed.with(Report::default(), None).into()
    })
}

impl ReadyStep {
    /// Whether it is run without a transaction.
    pub(super) fn outside(&self, backend: &dyn Backend) -> bool {
        let resumed = self.resume.is_some() && backend.capabilities().transactional_ddl;
        !self.transaction || resumed
    }

    /// How many operations an earlier run has done, if this one resumes in its direction.
    pub(super) fn resumes_after(&self) -> Option<usize> {
        let partial = self.resume.as_deref()?;
        (partial.direction == self.direction).then_some(partial.finished.len())
    }

    /// The recorder for its operations, unless all of them are one transaction.
    fn recorder(&self, backend: &dyn Backend, writer: &BookkeepingWriter<'_>) -> Option<Recorder> {
        if backend.capabilities().transactional_ddl && !self.outside(backend) {
            return None;
        }
        let resumed = self.resume.as_deref();
        let direction = resumed.map_or(self.direction, |partial| partial.direction);
        let id = self.revision.id();
        Some(Recorder::new(
            writer.author,
            id,
            direction,
            &writer.from,
            resumed,
        ))
    }

    fn failed(&self, (failure, undone): (WorkFailure, bool)) -> Box<StepFailure> {
        Box::new(StepFailure {
            revision: self.revision,
            direction: self.direction,
            failure,
            undone,
            lock_conflict: None,
            trouble: None,
        })
    }
}

/// The work and its record in one transaction.
fn inside(
    session: &mut dyn Session,
    step: &ReadyStep,
    context: &RunContext<'_>,
    recorder: &mut Option<Recorder>,
    end: End<'_>,
) -> Result<(), (WorkFailure, bool)> {
    let run = |session: &mut dyn Session, recorder: Option<&mut Recorder>| {
        run_body(
            session,
            context,
            Mode::InTransaction,
            recorder,
            &step.work,
            None,
        )
    };
    let mut begun = begin(session, context).map_err(|cause| (cause.into(), true))?;
    let mut worked = run(session, recorder.as_mut());
    if worked.is_err() && session.restarts() {
        let undone = |cause: Cause| (cause.into(), true);
        session
            .rollback()
            .map_err(|error| undone(Cause::Begin(error)))?;
        begun = begin(session, context).map_err(undone)?;
        worked = run(session, recorder.as_mut());
    }
    let kept = worked.map_err(|failure| rolled_back(session, &begun, recorder, failure))?;
    ended(session, begun, recorder, kept, end)
}

/// Rolls back a transaction in which the work failed.
fn rolled_back(
    session: &mut dyn Session,
    begun: &OpenTransaction,
    recorder: &Option<Recorder>,
    failure: WorkFailure,
) -> (WorkFailure, bool) {
    // only before the rollback can it be found out
    let ended = matches!(session.inside(begun), Ok(Inside::Ended));
    let error = failure.cause.database_error();
    let by_itself = ended && error.is_some_and(|error| session.rolls_back_for(error));
    let stays = recorder.as_ref().is_some_and(Recorder::may_stay);
    let rolled_back = undo(session, &failure);
    let undone = (rolled_back && !ended || by_itself) && !stays;
    (failure, undone)
}

/// Ends a transaction in which the work was done.
fn ended(
    session: &mut dyn Session,
    begun: OpenTransaction,
    recorder: &mut Option<Recorder>,
    kept: Vec<String>,
    end: End<'_>,
) -> Result<(), (WorkFailure, bool)> {
    end(session, begun, recorder).map_err(|failure| {
        let stays = recorder.as_ref().is_some_and(Recorder::may_stay);
        let undone = undo(session, &failure) && !stays;
        (
            WorkFailure {
                kept: kept.into(),
                ..failure
            },
            undone,
        )
    })
}

/// The work and its record in one transaction, of which as much is sent together as needs no answer
/// in between.
fn together(
    session: &mut dyn Session,
    step: &ReadyStep,
    context: &RunContext<'_>,
    (recorder, mut waiting): (&mut Option<Recorder>, Gathered),
    closing: impl FnOnce(&mut dyn Session, Vec<Row>) -> diesel::QueryResult<Vec<String>>,
    end: End<'_>,
) -> Result<(), (WorkFailure, bool)> {
    let mode = Mode::InTransaction;
    let recording = recorder.as_mut();
    let gathered = Some(&mut waiting);
    let worked = run_body(session, context, mode, recording, &step.work, gathered);
    let kept = match worked {
        Ok(kept) if waiting.is_whole() => kept,
        worked => return worked_apart(session, worked, &mut waiting, recorder, end),
    };
    let rows = ready(session, &mut waiting, recorder.as_ref());
    let rows = rows.map_err(|error| Cause::Body(error.into()));
    let closing = match rows.and_then(|rows| closing(session, rows).map_err(Cause::Record)) {
        Ok(closing) => closing,
        Err(cause) => return worked_apart(session, Err(cause.into()), &mut waiting, recorder, end),
    };
    context.at(Failpoint::BeforeBegin);
    let sent = session.run_whole(waiting.statements(), &closing);
    context.at(Failpoint::AfterJournal);
    let (sent, cause) = match sent {
        Whole::Committed => return Ok(()),
        Whole::Before(sent) => (Some(sent), None),
        Whole::NotRecorded(begun, error) => {
            (Some(Together::Open(begun)), Some(Cause::Record(error)))
        }
        Whole::Ended => (None, Some(Cause::EndedTransaction)),
        Whole::NotCommitted(error) => (None, Some(not_committed(session, error))),
    };
    let settled = match sent {
        Some(sent) => settle(
            session,
            context,
            recorder.as_mut(),
            &mut waiting,
            sent,
            kept,
        ),
        None => Ok(kept),
    };
    let Some(cause) = cause else {
        return worked_apart(session, settled, &mut waiting, recorder, end);
    };
    let failure = WorkFailure {
        kept: settled.unwrap_or_default().into(),
        ..WorkFailure::from(cause)
    };
    let stays = recorder.as_ref().is_some_and(Recorder::may_stay);
    let undone = undo(session, &failure) && !stays;
    Err((failure, undone))
}

/// Ends a transaction, if it was begun, in which the work was done or failed.
fn worked_apart(
    session: &mut dyn Session,
    worked: Result<Vec<String>, WorkFailure>,
    waiting: &mut Gathered,
    recorder: &mut Option<Recorder>,
    end: End<'_>,
) -> Result<(), (WorkFailure, bool)> {
    match (worked, waiting.begun()) {
        (Ok(kept), Some(begun)) => ended(session, begun, recorder, kept, end),
        (Ok(_), None) => Ok(()),
        (Err(failure), Some(begun)) => Err(rolled_back(session, &begun, recorder, failure)),
        // nothing was sent, or the connection is lost, or a statement ended the transaction
        (Err(failure), None) => {
            let stays = recorder.as_ref().is_some_and(Recorder::may_stay);
            let ended = matches!(failure.cause, Cause::EndedTransaction);
            Err((failure, !stays && !ended))
        }
    }
}

/// The work without a transaction, then its record in its own. The settings that it changed on the
/// connection do not affect the next revision.
fn outside(
    session: &mut dyn Session,
    step: &ReadyStep,
    context: &RunContext<'_>,
    recorder: &mut Option<Recorder>,
    end: End<'_>,
) -> Result<(), (WorkFailure, bool)> {
    let done = settled(session, |session| {
        work_outside(session, step, context, recorder, end)
    });
    done.map_err(|(failure, undone)| {
        let nothing = recorder.as_ref().is_some_and(Recorder::leaves_nothing);
        (failure, undone || nothing)
    })
}

/// Runs something without a transaction, after which the connection has its settings back.
fn settled(
    session: &mut dyn Session,
    work: impl FnOnce(&mut dyn Session) -> Result<(), WorkFailure>,
) -> Result<(), (WorkFailure, bool)> {
    let prepared = session
        .before_step()
        .map_err(|error| (Cause::NotReady(error).into(), true))?;
    let done = work(session);
    session.after_step(prepared);
    done.map_err(|failure| (failure, false))
}

fn work_outside(
    session: &mut dyn Session,
    step: &ReadyStep,
    context: &RunContext<'_>,
    recorder: &mut Option<Recorder>,
    end: End<'_>,
) -> Result<(), WorkFailure> {
    let recording = recorder.as_mut();
    let kept = run_body(
        session,
        context,
        Mode::Autocommit,
        recording,
        &step.work,
        None,
    );
    let kept = kept.inspect_err(|_| {
        let _ = session.rollback(); // of a batch that panicked, if there was one
    })?;
    let end = |session: &mut dyn Session, begun| end(session, begun, recorder);
    record_afterwards(session, context, end).map_err(|failure| WorkFailure {
        kept: kept.into(),
        ..failure
    })
}

fn record_afterwards(
    session: &mut dyn Session,
    context: &RunContext<'_>,
    end: impl FnOnce(&mut dyn Session, OpenTransaction) -> Result<(), WorkFailure>,
) -> Result<(), WorkFailure> {
    // a transaction that the body left open would roll back the record
    let begun = begin(session, context).map_err(|cause| match cause {
        Cause::Begin(error) if !LockLost::is(&error) && session.is_alive() => {
            Cause::OpenTransaction
        }
        cause => cause,
    })?;
    end(session, begun).inspect_err(|failure| {
        undo(session, failure);
    })
}

/// The body may have ended its transaction, or have left a nested one open.
fn still(inside: Inside) -> Result<(), Cause> {
    match inside {
        Inside::Yes => Ok(()),
        Inside::Nested => Err(Cause::OpenTransaction),
        Inside::Ended => Err(Cause::EndedTransaction),
    }
}

fn begin(session: &mut dyn Session, context: &RunContext<'_>) -> Result<OpenTransaction, Cause> {
    let start = Instant::now();
    context.at(Failpoint::BeforeBegin);
    let begun = session.begin();
    context.at(Failpoint::AfterBegin);
    begun.map_err(|error| match session.is_busy(&error) {
        true => Cause::Busy {
            waited: start.elapsed(),
        },
        false => Cause::Begin(error),
    })
}

fn commit(
    session: &mut dyn Session,
    begun: OpenTransaction,
    context: &RunContext<'_>,
) -> Result<(), WorkFailure> {
    let start = Instant::now();
    context.at(Failpoint::BeforeCommit);
    let committed = session.commit(begun);
    context.at(Failpoint::AfterCommit);
    committed.map_err(|error| match session.is_busy(&error) {
        true => Cause::Busy {
            waited: start.elapsed(),
        }
        .into(),
        false => not_committed(session, error).into(),
    })
}

fn not_committed(session: &mut dyn Session, error: diesel::result::Error) -> Cause {
    // after a disk failure, the commit may still be on disk
    let disk = Trouble::of(&error, None) == Some(Trouble::Disk);
    match session.is_alive() && !disk {
        true => Cause::Commit(error),
        false => Cause::CommitUnknown(error),
    }
}

/// Rolls back what the failure left open, and returns whether nothing of the revision remains.
fn undo(session: &mut dyn Session, failure: &WorkFailure) -> bool {
    let rolled_back = session.rollback().is_ok();
    let kept_inside = !matches!(failure.cause, Cause::EndedTransaction);
    rolled_back && kept_inside && session.commits() == 0 && failure.kept.is_empty()
}
