//! What the tests share: the paths of the repository, temporary projects, and the built
//! `cargo-migrate`.
//!
//! It knows how to start processes and collect their output; it does not know what is right.

pub mod chain;
pub mod comparison;
#[cfg(feature = "servers")]
pub mod distance;
#[cfg(feature = "servers")]
pub mod guest;
mod output;
mod place;
#[cfg(feature = "servers")]
pub mod pooler;
mod project;
pub mod scratch;
#[cfg(feature = "servers")]
pub mod servers;

pub use output::Output;
pub use place::{cargo_migrate, quickstart, workspace_root};
pub use project::{Databases, Project, run};
