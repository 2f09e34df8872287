//! Database migrations for diesel: what revisions are written with, and what runs them.

#[cfg(feature = "cli")]
pub mod cli;
