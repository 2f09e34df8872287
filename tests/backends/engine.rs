//! The migrator: what it does, what it refuses, and what it leaves behind on failure.

mod adoption;
#[cfg(feature = "servers")]
mod checks;
#[cfg(feature = "servers")]
mod cuts;
mod edited;
pub(crate) mod failures;
mod holders;
mod journals;
#[cfg(feature = "servers")]
pub(crate) mod limits;
#[cfg(feature = "servers")]
mod looks;
mod next_steps;
mod refusals;
mod repeats;
mod resets;
pub(crate) mod resume;
mod runs;
mod settings;
mod stops;
mod together;
mod transactions;
mod trials;
mod troubles;
mod whole;

use migrate_core::engine::backend::Session;
use migrate_core::{History, Migrator};

/// The ids in the version table, in the order of an upgrade.
pub(crate) fn applied(history: &History, session: &mut dyn Session) -> Vec<String> {
    let status = Migrator::new(history).status(session).unwrap();
    status.applied.into_iter().map(|row| row.version).collect()
}
