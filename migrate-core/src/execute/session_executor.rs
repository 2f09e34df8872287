//! The common part of executors on a session: each call ends the connection block before it, runs
//! what is deferred, and reports the first failure. An executor implements the rest.

use std::any::Any;
use std::panic::Location;

use super::context::Mode;
use super::live::Live;
use super::own_transaction::{self, Failed};
use super::script::{self, Scripted, raw};
use crate::Result;
use crate::backend::Backend;
use crate::error::{OperationError, RevisionError};
use crate::journal::BlockText;
use crate::op::{BatchRange, ChangeBatch, Executor, Settings};
use crate::operation::Operation;
use crate::sql::Part;

/// An executor that runs operations on a session.
pub(super) trait SessionExecutor<'a> {
    fn live(&mut self) -> &mut Live<'a>;

    /// The rules of the database, the caller's settings, and the connection for a block.
    fn rules(&self) -> &'static dyn Backend;
    fn caller_settings(&self) -> &Settings;
    fn lend(&mut self, watched: bool) -> &mut dyn Any;

    /// How statements relate to transactions.
    fn mode(&self) -> Mode;

    /// Runs one operation.
    fn run(&mut self, operation: &Operation, name: &str) -> Result<(), OperationError>;

    /// Lets an operation wait for others, with which it is sent, if it may.
    fn gather(&mut self, operation: &Operation, name: &str) -> Result<bool> {
        Ok(self.live().gather(operation, name))
    }

    /// Sends the operations that wait, before anything else is done.
    fn send_waiting(&mut self) -> Result<()> {
        self.live().send_gathered()
    }

    /// Runs a part of an SQL file whose statements belong together, such as a transaction of the
    /// text.
    fn run_part(&mut self, name: &str, part: &Part<'_>) -> Result<(), Failed> {
        own_transaction::run(self.live(), name, part)
    }

    /// Runs what the session has deferred.
    fn flush(&mut self) -> Result<(), OperationError> {
        self.live().flush(None)
    }

    /// Called before the connection is lent to a block: whether the session sees the statements of
    /// the block, and they are reported when it ends.
    fn begin_block(&mut self) -> Result<bool, OperationError> {
        Ok(false)
    }

    /// Called after a connection block, if there was one.
    fn record_block(&mut self, failed: bool) -> Result<(), OperationError> {
        let _ = failed;
        Ok(())
    }

    /// As [`Executor::recall`].
    fn recall_block(&mut self, _: BlockText, _: &dyn Fn(&str) -> bool) -> Result<Option<String>> {
        Ok(None)
    }

    /// As [`Executor::remember`].
    fn remember_block(&mut self, _: Option<String>) {}

    /// Runs batches.
    fn run_batches(&mut self, range: &BatchRange, change: ChangeBatch<'_>) -> Result<()>;

    /// Checks what is left when the body is done.
    fn check_done(&self) -> Result<(), OperationError> {
        Ok(())
    }

    /// Called before a call: ends the block before it, and refuses more after a failure.
    fn next_call(&mut self) -> Result<()> {
        self.live().refuse_more()?;
        self.end_block(false)?;
        self.live().returned();
        Ok(())
    }

    /// Ends the connection block that is running, if there is one.
    fn end_block(&mut self, failed: bool) -> Result<()> {
        let judged = self.live().session.after_block();
        let recorded = self.record_block(failed || judged.is_err());
        self.live().report_watched();
        let ended = judged.and(recorded);
        ended.map_err(|error| self.live().block_failed(error))
    }

    /// Runs what the session has deferred, as its own call.
    fn flush_now(&mut self) -> Result<()> {
        let flushed = self.flush();
        flushed.map_err(|error| self.live().failed("rebuild a table", error))
    }

    /// Runs what is left to do when the body is done.
    fn finish_body(&mut self) -> Result<()> {
        if self.live().has_failed() {
            return Ok(()); // the failure was reported already
        }
        self.end_block(false)?;
        self.live().called_at(None);
        self.flush_now()?;
        self.check_done().map_err(|error| {
            self.live()
                .failed("go on with what an earlier run began", error)
        })?;
        let settled = self.live().session.settle();
        settled.map_err(|error| self.live().failed("check the foreign keys", error))
    }
}

impl<'a, T: SessionExecutor<'a>> Executor for T {
    fn backend(&self) -> &'static dyn Backend {
        self.rules()
    }

    fn settings(&self) -> &Settings {
        self.caller_settings()
    }

    fn called_at(&mut self, place: &'static Location<'static>) {
        self.live().called_at(Some(place));
    }

    fn apply(&mut self, operation: Operation) -> Result<()> {
        self.next_call()?;
        let name = operation.describe();
        if self.gather(&operation, &name)? {
            return Ok(());
        }
        self.send_waiting()?;
        let noted = self.live().note_settings(&operation);
        let applied = noted.and_then(|()| self.run(&operation, &name));
        applied.map_err(|error| self.live().failed(&name, error))
    }

    fn script(&mut self, text: &str) -> Result<()> {
        script::run(self, text)
    }

    fn connection(&mut self, is_wanted: fn(&dyn Any) -> bool) -> Result<Option<&mut dyn Any>> {
        self.next_call()?;
        self.send_waiting()?;
        self.flush_now()?;
        let begun = match self.live().begin_block(is_wanted) {
            Ok(true) => self.begin_block(),
            Ok(false) => return Ok(None),
            Err(error) => Err(error),
        };
        match begun {
            Ok(watched) => Ok(Some(self.lend(watched))),
            Err(error) => Err(self.live().block_failed(error)),
        }
    }

    fn recall(
        &mut self,
        block: BlockText,
        readable: &dyn Fn(&str) -> bool,
    ) -> Result<Option<String>> {
        self.live().refuse_more()?;
        self.recall_block(block, readable)
    }

    fn remember(&mut self, value: Option<String>) {
        self.remember_block(value);
    }

    fn batches(&mut self, range: &BatchRange, change: ChangeBatch<'_>) -> Result<()> {
        self.next_call()?;
        self.send_waiting()?;
        let kind = self.rules().kind();
        let ran = self.run_batches(range, change);
        ran.map_err(|error| self.live().failed_at_last(&range.describe(kind), error))
    }
}

impl<'a, T: SessionExecutor<'a>> Scripted for T {
    fn mode(&self) -> Mode {
        SessionExecutor::mode(self)
    }

    fn own(&mut self, part: &Part<'_>) -> Result<()> {
        self.next_call()?;
        self.send_waiting()?;
        let name = raw(part.text()).describe();
        let ran = self.run_part(&name, part);
        ran.map_err(|Failed { error, line, .. }| self.live().failed_in_line_of(&name, error, line))
    }

    fn next_line(&mut self, line: Option<u32>) {
        self.live().next_line(line);
    }

    fn failed(&mut self, name: &str, error: OperationError, line: u32) -> RevisionError {
        self.live().failed_in_line_of(name, error, Some(line))
    }

    fn failed_in_line(&mut self, line: u32) {
        self.live().failed_in_line(line);
    }
}
