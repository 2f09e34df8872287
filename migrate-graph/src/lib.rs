//! Which revisions exist, whether they form a valid graph, and in what order they run.
//!
//! Pure: no database, no printing. [`Header`]s, one for each revision, become a [`Graph`], or the
//! [`Problem`]s that they have. With the [`Applied`] set of a database and a [`Target`], a graph
//! gives a plan: the steps in order.

mod advice;
pub mod applied;
pub mod checksum;
pub mod draft;
pub mod graph;
pub mod header;
mod loss;
mod node_set;
pub mod plan;
pub mod problem;
pub mod range;
pub mod suggest;
pub mod target;
pub mod text;

pub use advice::{Advice, Help, Resolution};
pub use applied::Applied;
pub use checksum::Checksum;
pub use graph::{Graph, MultipleHeads, Rules};
pub use header::{Header, IdProblem, MAX_ID_BYTES, check_id};
pub use loss::{Loss, LossFault};
pub use node_set::{Node, NodeSet};
pub use plan::{Direction, Plan, PlanError, Stamp, Step, downgrade, stamp, upgrade};
pub use problem::{Part, Problem, Site};
pub use range::{Range, RangeError, history};
pub use target::{Target, TargetError};
