//! What becomes of an operation. Each way has an executor: [`Collect`] without a database, [`Transactional`] where one transaction
//! holds a revision, [`Journaled`] where its statements cannot all be in one, so that each is written to the journal and a run that
//! was interrupted can resume. It knows no SQL of its own, and not what a history or a plan is.

mod batches;
mod body;
mod collect;
mod collected;
mod context;
mod journaled;
mod live;
mod lost;
mod own_transaction;
mod recorder;
mod script;
mod session_executor;
mod transactional;
mod writer;

pub(crate) use body::{Reversal, RevertStep, RevisionWork, Work, WorkFailure, run_body};
pub use collect::Collect;
pub(crate) use collected::{
    Uncollected, collected, operations_of, places_as_far_as_known, reversed,
};
pub use context::{Abandon, Failpoint};
pub(crate) use context::{Mode, OperationEvent, Probe, RunContext};
pub(crate) use recorder::Recorder;
pub use transactional::Transactional;
