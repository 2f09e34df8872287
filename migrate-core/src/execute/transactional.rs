//! Runs operations as part of one transaction, or each by itself, without a record of each: the
//! revision has one record.

use std::any::Any;

use super::batches;
use super::context::{Mode, RunContext};
use super::live::Live;
use super::session_executor::SessionExecutor;
use crate::Result;
use crate::backend::{Backend, Session};
use crate::error::OperationError;
use crate::op::{BatchRange, ChangeBatch, Operations, Settings};
use crate::operation::Operation;

/// Runs operations without a journal.
pub struct Transactional<'a> {
    pub(super) live: Live<'a>,
    mode: Mode,
}

impl<'a> Transactional<'a> {
    /// Runs each operation at once, in the open transaction if there is one.
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

    /// Runs what is left when the body is done: a session may defer operations, to run several
    /// together.
    pub fn finish(&mut self) -> Result<()> {
        self.finish_body()
    }
}

impl<'a> SessionExecutor<'a> for Transactional<'a> {
    fn live(&mut self) -> &mut Live<'a> {
        &mut self.live
    }

    fn rules(&self) -> &'static dyn Backend {
        self.live.rules()
    }

    fn caller_settings(&self) -> &Settings {
        &self.live.context.settings
    }

    fn lend(&mut self, watched: bool) -> &mut dyn Any {
        self.live.lend(watched)
    }

    fn mode(&self) -> Mode {
        self.mode
    }

    fn run(&mut self, operation: &Operation, name: &str) -> Result<(), OperationError> {
        self.live.run(operation, name, self.mode, |_, _| Ok(()))
    }

    fn run_batches(&mut self, range: &BatchRange, change: ChangeBatch<'_>) -> Result<()> {
        batches::run(&mut self.live, None, self.mode, range, change)
    }
}
