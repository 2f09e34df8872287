//! Collects operations without a database: for an SQL script, and for the reverse of a revision.

use std::any::Any;
use std::sync::Arc;

use super::batches::Walk;
use super::context::{Mode, RunContext};
use super::live::{Failure, Spot, after};
use super::script::{self, Scripted, raw};
use crate::Result;
use crate::backend::Backend;
use crate::error::{OperationError, RevisionError};
use crate::journal::BlockText;
use crate::op::{BatchRange, ChangeBatch, Executor, Operations, Settings};
use crate::operation::Operation;
use crate::sql::Part;

/// Collects operations for a backend and runs none.
pub struct Collect<'a> {
    backend: &'static dyn Backend,
    settings: Arc<Settings>,
    /// Set for an SQL script: how the statements of SQL files relate to transactions in it.
    script: Option<Mode>,
    /// Each with its place among the calls of the body.
    operations: Vec<(u32, Operation)>,
    /// What gets the operations instead, each when it is called.
    each: Option<&'a mut dyn FnMut(Operation)>,
    next: u32,
    /// Whether the body is in batches, which count as one call.
    in_batches: bool,
    failure: Option<Failure>,
}

impl<'a> Collect<'a> {
    /// Collects operations for a backend.
    #[must_use]
    pub fn new(backend: &'static dyn Backend) -> Collect<'a> {
        Collect {
            backend,
            settings: Arc::default(),
            script: None,
            operations: Vec::new(),
            each: None,
            next: 0,
            in_batches: false,
            failure: None,
        }
    }

    /// The same, as part of a run.
    pub(crate) fn within(self, context: &RunContext<'_>) -> Collect<'a> {
        Collect {
            settings: Arc::clone(&context.settings),
            script: context.script,
            ..self
        }
    }

    /// The same, with each operation passed on when it is called: all those of a long SQL file
    /// would need many times its size.
    pub(crate) fn passing(self, each: &'a mut dyn FnMut(Operation)) -> Collect<'a> {
        Collect {
            each: Some(each),
            ..self
        }
    }

    /// The handle for a body.
    pub fn operations(&mut self) -> Operations<'_> {
        Operations::new(self)
    }

    /// The operations, in order.
    #[must_use]
    pub fn into_operations(self) -> Vec<Operation> {
        let collected = self.operations.into_iter();
        collected.map(|(_, operation)| operation).collect()
    }

    /// The operations, each with its place: which call of the body it was, from 0. Batches are one
    /// call.
    pub(crate) fn into_places(self) -> Vec<(u32, Operation)> {
        self.operations
    }

    /// The first operation that failed.
    pub(crate) fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    fn refuse_more(&self) -> Result<()> {
        match &self.failure {
            Some(failure) => Err(after(failure).into()),
            None => Ok(()),
        }
    }

    fn fail(&mut self, name: &str, error: OperationError) -> RevisionError {
        self.failure = Some(Failure::of(name.to_owned(), &error, None));
        error.into()
    }

    fn check(&self, operation: &Operation) -> Result<(), OperationError> {
        match self.is_offline() {
            true => drop(self.backend.ddl(operation)?),
            false => self.backend.can(operation)?,
        }
        Ok(())
    }
}

impl Executor for Collect<'_> {
    fn backend(&self) -> &'static dyn Backend {
        self.backend
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn is_offline(&self) -> bool {
        self.script.is_some()
    }

    fn apply(&mut self, operation: Operation) -> Result<()> {
        self.refuse_more()?;
        if let Err(error) = self.check(&operation) {
            return Err(self.fail(&operation.describe(), error));
        }
        match &mut self.each {
            Some(each) => each(operation),
            None => self.operations.push((self.next, operation)),
        }
        self.next += u32::from(!self.in_batches);
        Ok(())
    }

    fn script(&mut self, text: &str) -> Result<()> {
        script::run(self, text)
    }

    fn connection(&mut self, _: fn(&dyn Any) -> bool) -> Result<Option<&mut dyn Any>> {
        self.refuse_more()?;
        Err(self.fail("use the connection", OperationError::NotLive))
    }

    fn recall(&mut self, _: BlockText, _: &dyn Fn(&str) -> bool) -> Result<Option<String>> {
        self.refuse_more()?;
        Ok(None)
    }

    fn remember(&mut self, _: Option<String>) {}

    fn batches(&mut self, range: &BatchRange, change: ChangeBatch<'_>) -> Result<()> {
        self.refuse_more()?;
        let (walk, kind) = (Walk::new(self.backend, range), self.backend.kind());
        let walk = walk.map_err(|error| self.fail(&range.describe(kind), error))?;
        self.in_batches = true;
        let changed = change(&mut Operations::new(self), &walk.all());
        self.in_batches = false;
        self.next += 1;
        changed
    }
}

impl Scripted for Collect<'_> {
    fn mode(&self) -> Mode {
        self.script.unwrap_or(Mode::InTransaction)
    }

    fn own(&mut self, part: &Part<'_>) -> Result<()> {
        self.apply(raw(part.text()))
    }

    fn failed(&mut self, name: &str, error: OperationError, line: u32) -> RevisionError {
        let error = self.fail(name, error);
        self.failed_in_line(line);
        error
    }

    fn failed_in_line(&mut self, line: u32) {
        if let Some(failure) = &mut self.failure {
            failure.spot.get_or_insert(Spot::Sql(line));
        }
    }
}
