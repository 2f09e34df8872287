//! An operation that an earlier run began: its state, what is left to do of it, and its reverse.

use super::Journaled;
use crate::Result;
use crate::backend::ProbeResult;
use crate::error::OperationError;
use crate::execute::Probe;
use crate::execute::recorder::{Known, Place, at, planned};
use crate::journal::{Event, Open, OpenKind, hash_of};
use crate::operation::Operation;
use crate::sql::{StatementKind, classify};

/// What is left to do of an operation that was begun.
pub(super) enum Next {
    /// Nothing: it is done.
    Nothing,
    /// The rest, from this statement on, none of which was run.
    From(usize),
    /// The rest, from a statement on that may have been run, and that can be repeated.
    Again(usize),
}

impl Journaled<'_> {
    /// Finds out the state of an operation that was begun, and returns what is next.
    pub(super) fn settle(
        &mut self,
        operation: &Operation,
        place: Place<'_>,
        open: &Open,
    ) -> Result<Next, OperationError> {
        let statement = usize::try_from(at(open)).unwrap_or(usize::MAX);
        let sql = open.statements.get(&at(open)).cloned().unwrap_or_default();
        let found = match &open.kind {
            OpenKind::Between(_) => return Ok(Next::From(statement)),
            OpenKind::Batches(_) | OpenKind::Batch { .. } => {
                "rows were changed in batches".to_owned()
            }
            OpenKind::Opaque => "some of what it did was committed".to_owned(),
            OpenKind::Statement(_) => match self.probe(operation, statement, &sql)? {
                ProbeResult::There => return Ok(self.was_done(place, statement, open)),
                ProbeResult::Absent => return Ok(Next::From(statement)),
                ProbeResult::Repeatable => return Ok(Next::Again(statement)),
                ProbeResult::Broken { undo } => {
                    self.undo(&undo, place)?;
                    return Ok(Next::From(statement));
                }
                ProbeResult::Unclear { found } => found,
            },
        };
        if self.may_be_repeated(operation, &sql) {
            return Ok(Next::Again(statement));
        }
        let statement = Some(sql).filter(|sql| !sql.is_empty());
        Err(self
            .recorder
            .unsettled(open.clone(), statement, found, false))
    }

    /// Whether a statement of an operation took effect.
    pub(super) fn probe(
        &mut self,
        operation: &Operation,
        statement: usize,
        sql: &str,
    ) -> Result<ProbeResult, OperationError> {
        let Probe(probe) = self.live.context.probe;
        probe(self.live.session, operation, statement, sql)
    }

    /// The current statement of the operation was run.
    fn was_done(&mut self, place: Place<'_>, statement: usize, open: &Open) -> Next {
        let last = planned(open).is_none_or(|all| all.len() <= statement + 1);
        let done = Some(statement).filter(|_| !last);
        self.recorder.done(place, done, None, true);
        match last {
            true => Next::Nothing,
            false => Next::From(statement + 1),
        }
    }

    /// Whether a statement of an operation can be repeated with the same result.
    fn may_be_repeated(&mut self, operation: &Operation, sql: &str) -> bool {
        let kind = self.live.backend();
        let sql = match operation {
            Operation::Execute { sql, .. } => sql.text(kind),
            Operation::Custom(_) => sql,
            _ => return false,
        };
        let class = classify(sql, kind);
        if class.repeatable && class.kind == StatementKind::Read {
            let query = [sql.to_owned()];
            return self.live.session.views_only_read(&query);
        }
        class.repeatable || class.kind == StatementKind::Setting
    }

    /// Runs the rest of an operation that was begun; nothing if none of it was run. Returns whether
    /// it is done now.
    pub(crate) fn complete(&mut self, operation: &Operation, step: u32) -> Result<bool> {
        let (hash, name) = (hash_of(operation), operation.describe());
        let place = Place {
            step,
            hash: &hash,
            operation: &name,
        };
        let completed = match self.recorder.known(place) {
            Ok(Known::New) => Ok(false),
            Ok(Known::Finished) => Ok(true),
            Ok(Known::Begun(open)) => self.resume_open(operation, place, &open, false),
            Err(error) => Err(error),
        };
        completed.map_err(|error| self.live.failed(&name, error))
    }

    /// Runs the reverse of the operation at this place; with `begun_only`, only if that was begun
    /// before.
    pub(crate) fn reverse(
        &mut self,
        reverse: &Operation,
        step: u32,
        begun_only: bool,
    ) -> Result<()> {
        let (hash, name) = (hash_of(reverse), reverse.describe());
        let place = Place {
            step,
            hash: &hash,
            operation: &name,
        };
        let done = match self.recorder.begun_reversal(place) {
            Ok(Some(open)) => self.resume_open(reverse, place, &open, !begun_only),
            Ok(None) if begun_only => Ok(false),
            Ok(None) => self.run_from(reverse, place, 0, None).map(|()| true),
            Err(error) => Err(error),
        };
        let done = done.map_err(|error| self.live.failed(&name, error))?;
        if done {
            self.recorder.forget(step);
        }
        Ok(())
    }

    /// Resumes an operation that was begun. If none of it was run, it is run only with `run`.
    fn resume_open(
        &mut self,
        operation: &Operation,
        place: Place<'_>,
        open: &Open,
        run: bool,
    ) -> Result<bool, OperationError> {
        match self.settle(operation, place, open)? {
            Next::Nothing => Ok(true),
            Next::From(0) if !run => {
                let row = self.recorder.row_of(Event::Refused, place);
                self.recorder.note(row, true);
                Ok(false)
            }
            Next::From(statement) | Next::Again(statement) => {
                self.run_from(operation, place, statement, Some(open))?;
                Ok(true)
            }
        }
    }

    /// Notes that an operation needs no reverse of its own, as a later reverse covers it.
    pub(crate) fn goes_along(&mut self, operation: &Operation, step: u32) {
        let (hash, name) = (hash_of(operation), operation.describe());
        let place = Place {
            step,
            hash: &hash,
            operation: &name,
        };
        self.recorder.done(place, None, None, true);
    }

    /// Notes that everything from earlier runs is reverted.
    pub(crate) fn forget_all(&mut self) {
        self.recorder.forget_all();
    }

    /// Reverses the direction of everything that is recorded from here on.
    pub(crate) fn turn(&mut self) {
        self.recorder.turn();
    }
}
