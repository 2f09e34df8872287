//! The interface between the handle that records a revision's calls and the executors that run or
//! collect them. It must not know who implements it, nor how an operation is run.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::Location;

use super::Operations;
use super::batch::{Batch, BatchRange};
use crate::Result;
use crate::backend::Backend;
use crate::journal::BlockText;
use crate::operation::Operation;

/// The caller's settings of a run, for bodies to read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) environment: Option<String>,
    pub(crate) arguments: BTreeMap<String, String>,
}

/// What a batch's function is called with.
pub(crate) type ChangeBatch<'f> = &'f mut dyn FnMut(&mut Operations<'_>, &Batch) -> Result<()>;

/// Runs operations, or collects them.
pub(crate) trait Executor {
    /// The rules of the database.
    fn backend(&self) -> &'static dyn Backend;

    /// The caller's settings of the run.
    fn settings(&self) -> &Settings;

    /// Whether the run writes an SQL script: there is no database.
    fn is_offline(&self) -> bool {
        false
    }

    /// Notes where in a revision's source the next call is.
    fn called_at(&mut self, _: &'static Location<'static>) {}

    /// Runs or collects one operation.
    fn apply(&mut self, operation: Operation) -> Result<()>;

    /// Runs or collects the statements of an SQL file.
    fn script(&mut self, text: &str) -> Result<()>;

    /// The connection, for a block of the body; none, and without effect, if it is not the wanted
    /// one.
    fn connection(&mut self, is_wanted: fn(&dyn Any) -> bool) -> Result<Option<&mut dyn Any>>;

    /// Announces the next connection block. If an earlier run has committed it and recorded a value
    /// that is `readable`, the block is skipped and its value returned.
    fn recall(
        &mut self,
        block: BlockText,
        readable: &dyn Fn(&str) -> bool,
    ) -> Result<Option<String>>;

    /// Records the value of the connection block that has just ended, if it can be recorded.
    fn remember(&mut self, value: Option<String>);

    /// Calls a function for each batch of rows of a table.
    fn batches(&mut self, range: &BatchRange, change: ChangeBatch<'_>) -> Result<()>;
}
