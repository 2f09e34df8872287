//! Runs operations as part of one transaction, or each by itself, and records nothing of them: the revision's own record is
//! all there is.

use std::any::Any;

use super::batches;
use super::body::BodyExecutor;
use super::context::{Mode, RunContext};
use super::live::{Live, Outcome};
use super::own_transaction;
use super::script::{self, Scripted};
use crate::Result;
use crate::backend::{Backend, Session};
use crate::error::{OperationError, RevisionError};
use crate::journal::BlockText;
use crate::op::{BatchRange, ChangeBatch, Executor, Operations, Settings};
use crate::operation::Operation;
use crate::sql::Part;

/// Runs operations without a journal.
pub struct Transactional<'a> {
    live: Live<'a>,
    mode: Mode,
}

impl<'a> Transactional<'a> {
    /// Runs each operation at once, in whatever transaction is open.
    pub fn new(session: &'a mut (dyn Session + 'a)) -> Transactional<'a> {
        Transactional::within(session, RunContext::default(), Mode::InTransaction)
    }

    /// Runs each operation at once, as part of a run.
    pub(crate) fn within(
        session: &'a mut (dyn Session + 'a),
        context: RunContext<'a>,
        mode: Mode,
    ) -> Transactional<'a> {
        Transactional {
            live: Live::new(session, context),
            mode,
        }
    }

    /// The handle for a body.
    pub fn operations(&mut self) -> Operations<'_> {
        Operations::new(self)
    }

    /// Runs what is left to do when the body is done: a session may defer operations, to do several in one go.
    ///
    /// # Errors
    ///
    /// As for every operation.
    pub fn finish(&mut self) -> Result<()> {
        if self.live.has_failed() {
            return Ok(()); // nothing more is run after a failure, which was reported already
        }
        end_block(&mut self.live)?;
        self.flush()?;
        let settled = self.live.session.settle();
        settled.map_err(|error| self.live.failed("check the foreign keys", error))
    }

    fn flush(&mut self) -> Result<()> {
        let flushed = self.live.flush(None);
        flushed.map_err(|error| self.live.failed("rebuild a table", error))
    }
}

/// Ends the block with the connection that the body is in, of which nothing is recorded.
pub(super) fn end_block(live: &mut Live<'_>) -> Result<()> {
    let judged = live.session.after_block();
    live.report_watched();
    judged.map_err(|error| live.block_failed(error))
}

impl Executor for Transactional<'_> {
    fn backend(&self) -> &'static dyn Backend {
        self.live.rules()
    }

    fn settings(&self) -> &Settings {
        &self.live.context.settings
    }

    fn apply(&mut self, operation: Operation) -> Result<()> {
        self.live.refuse_more()?;
        end_block(&mut self.live)?;
        let name = operation.describe();
        let applied = self
            .live
            .note_settings(&operation)
            .and_then(|()| self.live.run(&operation, &name, self.mode, |_, _| Ok(())));
        applied.map_err(|error| self.live.failed(&name, error))
    }

    fn script(&mut self, text: &str) -> Result<()> {
        script::run(self, text)
    }

    fn connection(&mut self, is_wanted: fn(&dyn Any) -> bool) -> Result<Option<&mut dyn Any>> {
        self.live.refuse_more()?;
        end_block(&mut self.live)?;
        self.flush()?;
        match self.live.begin_block(is_wanted) {
            Ok(true) => Ok(Some(self.live.lend(false))),
            Ok(false) => Ok(None),
            Err(error) => Err(self.live.block_failed(error)),
        }
    }

    fn recall(&mut self, _: BlockText, _: &dyn Fn(&str) -> bool) -> Result<Option<String>> {
        self.live.refuse_more()?;
        Ok(None)
    }

    fn remember(&mut self, _: Option<String>) {}

    fn batches(&mut self, range: &BatchRange, change: ChangeBatch<'_>) -> Result<()> {
        self.live.refuse_more()?;
        end_block(&mut self.live)?;
        batches::run(&mut self.live, None, self.mode, range, change)
    }
}

impl BodyExecutor for Transactional<'_> {
    fn finish(&mut self) -> Result<()> {
        Transactional::finish(self)
    }

    fn end_block(&mut self, _: bool) -> Result<()> {
        end_block(&mut self.live)
    }

    fn into_outcome(self) -> Outcome {
        self.live.outcome()
    }
}

impl Scripted for Transactional<'_> {
    fn mode(&self) -> Mode {
        self.mode
    }

    fn own(&mut self, part: &Part<'_>) -> Result<()> {
        own_transaction::run(&mut self.live, part)
    }

    fn failed(&mut self, name: &str, error: OperationError, line: u32) -> RevisionError {
        self.live.failed_in_line_of(name, error, Some(line))
    }

    fn failed_in_line(&mut self, line: u32) {
        self.live.failed_in_line(line);
    }
}
