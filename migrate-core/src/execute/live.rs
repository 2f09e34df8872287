//! What the executors with a database share: the session, the first failure, and the operations
//! that are not rolled back. It writes nothing to the journal.

use std::any::Any;
use std::panic::Location;
use std::time::{Duration, Instant};

use super::context::{Failpoint, Mode, OperationEvent, RunContext};
use super::gathered::{Gathered, NotSent};
use crate::Result;
use crate::backend::{Backend, BackendKind, SeenStatement, Session};
use crate::error::{OperationError, RevisionError};
use crate::operation::Operation;
use crate::sql::TransactionEffect;

/// The name of a connection block, which journals have stored: the text cannot change.
pub(super) const BLOCK: &str = concat!("use the live", " connection");

/// The operations of a body on a session.
pub(super) struct Live<'a> {
    pub(super) session: &'a mut (dyn Session + 'a),
    pub(super) context: RunContext<'a>,
    failure: Option<Failure>,
    /// The operations that were run.
    done: Vec<String>,
    /// How many of them are not rolled back with the transaction.
    kept: usize,
    /// Whether the body was given the connection.
    lent: bool,
    /// The operations that wait, if any may.
    pub(super) gathered: Option<&'a mut Gathered>,
    /// Where the current operation is called.
    spot: Option<Spot>,
    /// Where the connection was lent, until something else is called.
    lent_at: Option<Spot>,
}

/// A place in the source of a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spot {
    /// The line of its SQL file in which a statement begins.
    Sql(u32),
    /// A call in Rust.
    Call(&'static Location<'static>),
}

/// The first operation that failed, even if the body ignored its error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// The operation, in one line.
    pub(crate) operation: String,
    /// Its failed statement, if one was sent.
    pub(crate) statement: Option<String>,
    /// The error's message.
    pub(crate) message: String,
    /// Where it is called, if that is known.
    pub(crate) spot: Option<Spot>,
}

/// How a body ended.
pub(crate) struct Outcome {
    /// The first operation that failed.
    pub(crate) failure: Option<Failure>,
    /// Where the connection was lent last, if nothing was called after it.
    pub(crate) lent_at: Option<Spot>,
    /// The operations that are not rolled back with the transaction: the server committed them by
    /// itself, or there is none.
    pub(crate) kept: Vec<String>,
    /// Whether no statement was run, and the body did not take the connection.
    pub(crate) untouched: bool,
}

impl<'a> Live<'a> {
    pub(super) fn new(session: &'a mut (dyn Session + 'a), context: RunContext<'a>) -> Live<'a> {
        Live {
            session,
            context,
            failure: None,
            done: Vec::new(),
            kept: 0,
            lent: false,
            gathered: None,
            spot: None,
            lent_at: None,
        }
    }

    /// Continues after an executor that has ended.
    pub(super) fn after(&mut self, (done, kept): (Vec<String>, usize)) {
        (self.done, self.kept) = (done, kept);
    }

    pub(super) fn outcome(self) -> Outcome {
        let untouched = self.done.is_empty() && !self.lent;
        let mut kept = self.done;
        if let Some(gathered) = self.gathered {
            // of a long text, all names are many, and those that are kept are few
            let few = kept[..self.kept].to_vec();
            gathered.done = (std::mem::replace(&mut kept, few), self.kept);
        }
        kept.truncate(self.kept);
        Outcome {
            failure: self.failure,
            lent_at: self.lent_at,
            kept,
            untouched,
        }
    }

    pub(super) fn rules(&self) -> &'static dyn Backend {
        self.session.backend()
    }

    pub(super) fn backend(&self) -> BackendKind {
        self.rules().kind()
    }

    pub(super) fn at(&self, failpoint: Failpoint) {
        self.context.at(failpoint);
    }

    /// Whether the run is cancelled.
    pub(super) fn is_stopped(&self) -> bool {
        self.context.stop.is_requested()
    }

    pub(super) fn has_failed(&self) -> bool {
        self.failure.is_some()
    }

    /// Refuses another operation after a failure, and when the run is cancelled.
    pub(super) fn refuse_more(&mut self) -> Result<()> {
        if let Some(failure) = &self.failure {
            return Err(after(failure).into());
        }
        match self.context.stop.is_requested() {
            true => Err(self.failed("go on", OperationError::Stopped)),
            false => Ok(()),
        }
    }

    /// Notes a failed operation, which is the one that the run reports.
    pub(super) fn failed(&mut self, name: &str, error: OperationError) -> RevisionError {
        self.failure = Some(Failure::of(name.to_owned(), &error, self.spot));
        error.into()
    }

    /// The same, unless another failure was noted before.
    pub(super) fn failed_at_last(&mut self, name: &str, error: RevisionError) -> RevisionError {
        let spot = self.spot;
        self.failure.get_or_insert_with(|| Failure {
            operation: name.to_owned(),
            statement: None,
            message: error.to_string(),
            spot,
        });
        error
    }

    /// A connection block failed.
    pub(super) fn block_failed(&mut self, error: OperationError) -> RevisionError {
        let failure = Failure::of(BLOCK.to_owned(), &error, self.lent_at.or(self.spot));
        self.failure.get_or_insert(failure);
        error.into()
    }

    /// An operation of an SQL file failed, in a statement that begins in this line.
    pub(super) fn failed_in_line_of(
        &mut self,
        name: &str,
        error: OperationError,
        line: Option<u32>,
    ) -> RevisionError {
        let spot = line.map(Spot::Sql).or(self.spot);
        self.failed_at_spot(name, error, spot)
    }

    /// An operation failed that was called at this place.
    pub(super) fn failed_at_spot(
        &mut self,
        name: &str,
        error: OperationError,
        spot: Option<Spot>,
    ) -> RevisionError {
        let error = self.failed(name, error);
        if let Some(failure) = &mut self.failure {
            failure.spot = spot;
        }
        error
    }

    /// Notes the line of an SQL file in which the failed operation begins.
    pub(super) fn failed_in_line(&mut self, line: u32) {
        if let Some(failure) = &mut self.failure {
            failure.spot.get_or_insert(Spot::Sql(line));
        }
    }

    /// Runs an operation statement by statement, in the open transaction or each by itself.
    /// `before` is called with the statements before the first is sent.
    pub(super) fn run(
        &mut self,
        operation: &Operation,
        name: &str,
        mode: Mode,
        before: impl FnOnce(&mut Live<'a>, &[String]) -> Result<(), OperationError>,
    ) -> Result<(), OperationError> {
        self.flush(Some(operation))?;
        self.session.check(operation)?;
        let statements = self.session.statements(operation)?;
        super::script::refuse_control(self, operation, &statements, mode)?;
        before(self, &statements)?;
        self.send_all(name, statements, mode)
    }

    fn send_all(
        &mut self,
        name: &str,
        statements: Vec<String>,
        mode: Mode,
    ) -> Result<(), OperationError> {
        let all = statements.len();
        let before = self.session.commits();
        let mut commits = before;
        let mut kept = 0;
        let mut failure = None;
        for (index, sql) in statements.into_iter().enumerate() {
            let (_, executed) = self.send(&sql);
            let done = index + usize::from(executed.is_ok());
            if mode.is_autocommit() || self.session.commits() != commits {
                (commits, kept) = (self.session.commits(), done);
            }
            if let Err(source) = executed {
                failure = Some(failed_statement(name, &sql, source));
                break;
            }
        }
        if commits != before {
            self.keep_all(); // everything before it was committed, too
        }
        self.note(name, kept, all, failure.is_none());
        failure.map_or(Ok(()), Err)
    }

    /// Notes how many statements of an operation were run, and how many of them are not rolled
    /// back.
    fn note(&mut self, name: &str, kept: usize, all: usize, succeeded: bool) {
        if all == 0 {
            return; // it has no statement here, or is deferred
        }
        let stays = kept > 0;
        if succeeded && (kept == all || !stays) {
            self.done(name);
        } else if stays {
            self.done(&format!("{name} ({kept} of its {all} statements)"));
        }
        if stays {
            self.keep_all();
        }
    }

    /// Sends a statement of the revision, and reports it.
    pub(super) fn send(&mut self, sql: &str) -> (Duration, diesel::QueryResult<()>) {
        self.at(Failpoint::BeforeStatement);
        let start = Instant::now();
        let executed = self.session.execute(sql);
        let duration = start.elapsed();
        self.context
            .report(&OperationEvent::Statement { sql, duration });
        self.at(Failpoint::AfterStatement);
        (duration, executed)
    }

    /// Lets an operation wait, if it may be sent with others.
    pub(super) fn gather(&mut self, operation: &Operation, name: &str) -> bool {
        let (rules, spot) = (self.rules(), self.spot);
        let waits = match &mut self.gathered {
            Some(gathered) => gathered.add(rules, operation, name, spot),
            None => false,
        };
        if waits {
            self.done(name);
        }
        waits
    }

    /// Begins the transaction and sends the operations that wait, before anything else is done.
    pub(super) fn send_gathered(&mut self) -> Result<()> {
        let Some(gathered) = self.gathered.as_deref_mut().filter(|it| it.waits()) else {
            return Ok(());
        };
        match gathered.send(&mut *self.session, &self.context) {
            Ok(()) => Ok(()),
            Err(NotSent::NotBegun(cause)) => {
                gathered.is_not_begun(cause);
                Err(self.failed("go on", OperationError::Stopped))
            }
            Err(NotSent::Failed(failed)) => {
                let (failure, error) = *failed;
                self.failure = Some(failure);
                Err(error.into())
            }
        }
    }

    /// Where the current operation is called.
    pub(super) fn spot(&self) -> Option<Spot> {
        self.spot
    }

    /// Notes the line of an SQL file in which the next operation begins.
    pub(super) fn next_line(&mut self, line: Option<u32>) {
        self.spot = line.map(Spot::Sql);
    }

    /// Notes where the next operation is called; none for what follows the body.
    pub(super) fn called_at(&mut self, place: Option<&'static Location<'static>>) {
        self.spot = place.map(Spot::Call);
    }

    /// Notes that the connection block is over.
    pub(super) fn returned(&mut self) {
        self.lent_at = None;
    }

    /// Runs what the session has deferred, unless the next operation adds to it.
    pub(super) fn flush(&mut self, next: Option<&Operation>) -> Result<(), OperationError> {
        let context = &self.context;
        self.session.flush(next, &mut |sql, duration| {
            context.report(&OperationEvent::Statement { sql, duration });
        })
    }

    /// Passes SQL that may change settings to the session; operations that are data change none.
    pub(super) fn note_settings(&mut self, operation: &Operation) -> Result<(), OperationError> {
        if !is_raw(operation) {
            return Ok(());
        }
        // an unsupported operation is refused when it is run
        for sql in self.rules().ddl(operation).unwrap_or_default() {
            let noted = self.session.may_change_settings(Some(&sql));
            noted.map_err(OperationError::Catalogue)?;
        }
        Ok(())
    }

    /// What each of these statements does to the open transaction.
    pub(super) fn transaction_effects(
        &mut self,
        statements: &[String],
    ) -> Result<Vec<TransactionEffect>, OperationError> {
        let effects = statements
            .iter()
            .map(|sql| self.session.transaction_effect(sql));
        effects
            .collect::<Result<_, _>>()
            .map_err(OperationError::Catalogue)
    }

    /// An operation was run.
    pub(super) fn done(&mut self, name: &str) {
        self.done.push(name.to_owned());
    }

    /// Notes that no operation so far is rolled back with the transaction.
    pub(super) fn keep_all(&mut self) {
        self.kept = self.done.len();
    }

    /// Called before the connection is lent to a block: checks that its type is the wanted one.
    pub(super) fn begin_block(
        &mut self,
        is_wanted: fn(&dyn Any) -> bool,
    ) -> Result<bool, OperationError> {
        if !is_wanted(self.session.connection()) {
            return Ok(false);
        }
        let noted = self
            .session
            .may_change_settings(None)
            .and_then(|()| self.session.before_block());
        noted.map(|()| true).map_err(OperationError::Catalogue)
    }

    /// Lends the connection to a block; with `watched`, its statements are reported when it ends.
    pub(super) fn lend(&mut self, watched: bool) -> &mut dyn Any {
        self.lent = true;
        self.lent_at = self.spot;
        let reported = self.context.observes_blocks && (watched || self.session.watch());
        if !reported {
            self.context.report(&OperationEvent::Connection);
        }
        self.session.connection()
    }

    /// Reports the statements that blocks of the body have sent.
    pub(super) fn report_watched(&mut self) {
        let seen = self.session.watched();
        for SeenStatement { sql, duration } in seen.iter().filter(|_| self.context.observes_blocks)
        {
            let duration = *duration;
            self.context
                .report(&OperationEvent::Statement { sql, duration });
        }
    }
}

impl Failure {
    pub(super) fn of(operation: String, error: &OperationError, spot: Option<Spot>) -> Failure {
        let (operation, statement) = match error {
            OperationError::Statement { operation, sql, .. } => {
                (operation.clone(), Some(sql.clone()))
            }
            _ => (operation, None),
        };
        Failure {
            operation,
            statement,
            message: error.to_string(),
            spot,
        }
    }
}

/// The error of an operation after a failed one.
pub(super) fn after(failure: &Failure) -> OperationError {
    OperationError::AfterFailure {
        failed: failure.operation.clone(),
    }
}

/// The error of a statement.
pub(super) fn failed_statement(
    operation: &str,
    sql: &str,
    source: diesel::result::Error,
) -> OperationError {
    OperationError::Statement {
        operation: operation.to_owned(),
        sql: sql.to_owned(),
        source,
    }
}

/// Whether an operation is raw SQL.
pub(super) fn is_raw(operation: &Operation) -> bool {
    matches!(operation, Operation::Execute { .. } | Operation::Custom(_))
}
