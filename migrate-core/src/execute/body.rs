//! Runs the work of a revision: its function, its SQL, or what an earlier run left to do. It also
//! handles an operation's error that the function swallowed, and a panic. It begins and ends no
//! transaction of the revision.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::context::{Abandon, Mode, RunContext};
use super::gathered::{Gathered, NotSent};
use super::journaled::Journaled;
use super::live::{Failure, Outcome, Spot};
use super::recorder::Recorder;
use super::session_executor::SessionExecutor;
use super::transactional::Transactional;
use crate::Result;
use crate::backend::{Session, Together};
use crate::cancel::CancelToken;
use crate::error::{Cause, OperationError, RevisionError};
use crate::op::{Executor, Operations};
use crate::operation::Operation;
use crate::revision::Body;

/// What a step of a plan does.
pub(crate) enum Work {
    /// Runs what the revision declares.
    Run(RevisionWork),
    /// Reverts what was done of a revision, the last operation first.
    Revert(Vec<RevertStep>),
    /// Completes the reverse of an operation that was begun, and then runs the revision.
    RunAfter(Box<Reversal>, RevisionWork),
}

impl Work {
    /// The same work after an operation is reverted; work that reverts a revision includes that
    /// already.
    pub(crate) fn after(self, reversal: Reversal) -> Work {
        match self {
            Work::Run(work) => Work::RunAfter(Box::new(reversal), work),
            work => work,
        }
    }
}

/// What a revision does.
pub(crate) enum RevisionWork {
    /// Calls a function, or runs SQL.
    Call(Body),
    /// Runs operations that were computed.
    Operations(Vec<Operation>),
}

/// An operation that was done or begun, and has to be reverted.
pub(crate) struct RevertStep {
    /// Its place in the revision.
    pub(crate) step: u32,
    pub(crate) operation: Operation,
    /// Its reverse; none when the reverse of an earlier operation covers it.
    pub(crate) reverse: Option<Operation>,
    /// Whether it was begun and not completed.
    pub(crate) begun: bool,
}

/// The reverse of the operation at a place.
pub(crate) struct Reversal {
    pub(crate) step: u32,
    pub(crate) reverse: Operation,
}

/// Why the work of a revision failed, and at which operation.
pub(crate) struct WorkFailure {
    pub(crate) cause: Cause,
    pub(crate) operation: Option<Box<str>>,
    pub(crate) statement: Option<Box<str>>,
    /// Where the operation is called, if that is known.
    pub(crate) spot: Option<Spot>,
    /// The operations that are not rolled back.
    pub(crate) kept: Box<[String]>,
    /// Whether it did nothing at all.
    pub(crate) untouched: bool,
}

impl From<Cause> for WorkFailure {
    fn from(cause: Cause) -> WorkFailure {
        WorkFailure {
            cause,
            operation: None,
            statement: None,
            spot: None,
            kept: Box::default(),
            untouched: false,
        }
    }
}

/// Does the work of a revision, and returns the operations that stay even if its transaction is
/// rolled back. With a recorder, it records them in the journal.
pub(crate) fn run_body(
    session: &mut dyn Session,
    context: &RunContext<'_>,
    mode: Mode,
    recorder: Option<&mut Recorder>,
    work: &Work,
    mut gathered: Option<&mut Gathered>,
) -> Result<Vec<String>, WorkFailure> {
    let (stop, context) = (context.stop.clone(), context.clone());
    let (ran, outcome) = match (recorder, work) {
        (Some(recorder), work) => {
            let mut executor = Journaled::new(session, context, mode, recorder);
            executor.live.gathered = gathered.as_deref_mut();
            let ran = caught(&mut executor, |executor| run_journaled(executor, work));
            (ran, executor.live.outcome())
        }
        (None, Work::Run(work)) => {
            let mut executor = Transactional::within(session, context, mode);
            executor.live.gathered = gathered.as_deref_mut();
            let ran = caught(&mut executor, |executor| run_revision(executor, work));
            (ran, executor.live.outcome())
        }
        (None, _) => {
            let error = RevisionError::message("an interrupted revision resumes by its journal");
            return Err(Cause::Body(error).into());
        }
    };
    concluded(session, ran, outcome, gathered, &stop)
}

/// What became of operations that were sent with the end of the revision, after its body had ended.
/// Returns what [`run_body`] returns.
pub(crate) fn settle(
    session: &mut dyn Session,
    context: &RunContext<'_>,
    recorder: Option<&mut Recorder>,
    waiting: &mut Gathered,
    sent: Together,
    kept: Vec<String>,
) -> Result<Vec<String>, WorkFailure> {
    let Some(recorder) = recorder else {
        let judged = waiting.judge(session, context, sent);
        return judged
            .map(|()| kept)
            .map_err(|error| not_sent(error, context));
    };
    let stop = context.stop.clone();
    let mode = Mode::InTransaction;
    let mut executor = Journaled::new(session, context.clone(), mode, recorder);
    executor.live.after(std::mem::take(&mut waiting.done));
    executor.live.gathered = Some(&mut *waiting);
    let settled = executor.settle_sent(sent, None);
    let outcome = executor.live.outcome();
    concluded(session, Ok(settled), outcome, Some(waiting), &stop)
}

/// How the work ended.
fn concluded(
    session: &mut dyn Session,
    ran: Ran,
    outcome: Outcome,
    gathered: Option<&mut Gathered>,
    stop: &CancelToken,
) -> Result<Vec<String>, WorkFailure> {
    let Outcome {
        failure,
        lent_at,
        kept,
        untouched,
    } = outcome;
    if let Some(cause) = gathered.and_then(Gathered::not_begun) {
        return Err(cause.into());
    }
    let cause = match (ran, &failure) {
        (Ok(Ok(())), None) => return Ok(kept),
        (Ok(Ok(())), Some(failure)) => Cause::Swallowed(failure.message.clone()),
        (Ok(Err(error)), _) => Cause::Body(error),
        (Err(panic), _) => Cause::Panicked(panic_message(panic.as_ref())),
    };
    let mut failed = failed_work(cause, failure, stop);
    if failed.statement.is_none() {
        failed.statement = seen_statement(session, &failed.cause).map(Into::into);
    }
    // an error of the database that is of no operation comes from the block before it
    if failed.operation.is_none() && failed.cause.database_error().is_some() {
        failed.spot = failed.spot.or(lent_at);
    }
    Err(WorkFailure {
        kept: kept.into(),
        untouched,
        ..failed
    })
}

/// The failure of an operation, or of the body around it.
fn failed_work(cause: Cause, failure: Option<Failure>, stop: &CancelToken) -> WorkFailure {
    let cause = cancelled(cause, stop);
    let failure = failure.filter(|_| !matches!(cause, Cause::Stopped { cancelled: None }));
    WorkFailure {
        spot: failure.as_ref().and_then(|failure| failure.spot),
        statement: failure
            .as_ref()
            .and_then(|failure| failure.statement.as_deref().map(Into::into)),
        operation: failure.map(|failure| failure.operation.into()),
        ..WorkFailure::from(cause)
    }
}

/// The failure of what was sent after the body had ended.
fn not_sent(error: NotSent, context: &RunContext<'_>) -> WorkFailure {
    match error {
        NotSent::NotBegun(cause) => cause.into(),
        NotSent::Failed(failed) => {
            let (failure, error) = *failed;
            failed_work(Cause::Body(error.into()), Some(failure), &context.stop)
        }
    }
}

/// The result of a body, or its panic.
type Ran = std::thread::Result<Result<()>>;

fn caught<'a, E: SessionExecutor<'a>>(
    executor: &mut E,
    run: impl FnOnce(&mut E) -> Result<()>,
) -> Ran {
    let ran = catch_unwind(AssertUnwindSafe(|| {
        run(executor).and_then(|()| executor.finish_body())
    }));
    let ran = match ran {
        Err(panic) if panic.is::<Abandon>() => resume_unwind(panic),
        ran => ran,
    };
    let failed = !matches!(ran, Ok(Ok(())));
    // what was called before would have failed first
    let ran = match failed && !executor.live().is_stopped() {
        true => executor
            .send_waiting()
            .map_or_else(|error| Ok(Err(error)), |()| ran),
        false => ran,
    };
    let ended = executor.end_block(failed);
    ran.map(|ran| ran.and(ended))
}

fn run_revision(executor: &mut impl Executor, work: &RevisionWork) -> Result<()> {
    match work {
        RevisionWork::Call(body) => body.run(&mut Operations::new(executor)),
        RevisionWork::Operations(operations) => operations
            .iter()
            .try_for_each(|operation| executor.apply(operation.clone())),
    }
}

fn run_journaled(journaled: &mut Journaled<'_>, work: &Work) -> Result<()> {
    match work {
        Work::Run(work) => run_revision(journaled, work),
        Work::Revert(steps) => revert(journaled, steps),
        Work::RunAfter(reversal, work) => {
            journaled.turn();
            journaled.reverse(&reversal.reverse, reversal.step, true)?;
            journaled.turn();
            run_revision(journaled, work)
        }
    }
}

/// Reverts the operations that were done, the last one first.
fn revert(journaled: &mut Journaled<'_>, steps: &[RevertStep]) -> Result<()> {
    let mut last = None;
    for step in steps.iter().filter(|step| step.begun) {
        last = Some((step.step, journaled.complete(&step.operation, step.step)?));
    }
    journaled.turn();
    for step in steps {
        match &step.reverse {
            _ if last == Some((step.step, false)) => {} // nothing of it was done
            Some(reverse) => journaled.reverse(reverse, step.step, false)?,
            None => journaled.goes_along(&step.operation, step.step),
        }
    }
    journaled.forget_all();
    Ok(())
}

/// The cause, unless it is only the cancellation of the run.
fn cancelled(cause: Cause, stop: &CancelToken) -> Cause {
    if !stop.is_requested() {
        return cause;
    }
    let cancelled = stop.is_cancelled();
    match &cause {
        Cause::Body(error) if matches!(error.downcast_ref(), Some(OperationError::Stopped)) => {
            Cause::Stopped { cancelled: None }
        }
        _ => match cause.database_error() {
            Some(error) if cancelled => Cause::Stopped {
                cancelled: Some(error.to_string()),
            },
            _ => cause,
        },
    }
}

/// The failed statement that belongs to the body's error, as the session saw it.
fn seen_statement(session: &mut dyn Session, cause: &Cause) -> Option<String> {
    let Cause::Body(error) = cause else {
        return None;
    };
    let seen = session.failed_statement()?;
    error
        .to_string()
        .contains(&seen.message)
        .then_some(seen.sql)
}

/// The message of a panic.
pub(crate) fn panic_message(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}
