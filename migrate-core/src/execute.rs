//! Executors: [`Collect`] works without a database, [`Transactional`] where one transaction holds a
//! revision, and [`Journaled`] where its statements cannot all be in one, so that each is recorded
//! in the journal and the next run can resume. It knows no SQL of its own, no history and no plan.

mod batches;
mod body;
mod collect;
mod collected;
mod context;
mod gathered;
mod journaled;
mod live;
mod lost;
mod own_transaction;
mod recorder;
mod script;
mod session_executor;
mod transactional;
mod writer;

pub(crate) use body::{Reversal, RevertStep, RevisionWork, Work, WorkFailure, run_body, settle};
pub use collect::Collect;
pub(crate) use collected::{
    Uncollected, each_collected, operations_of, places_as_far_as_known, reversed,
};
pub use context::{Abandon, Failpoint};
pub(crate) use context::{Mode, OperationEvent, Probe, RunContext};
pub(crate) use gathered::Gathered;
pub(crate) use journaled::ready;
pub(crate) use live::Spot;
pub(crate) use recorder::Recorder;
pub use transactional::Transactional;
