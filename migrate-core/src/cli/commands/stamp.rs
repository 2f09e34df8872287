//! `stamp`: say what is applied, without running it.

use clap::Args;

use crate::cli::args::FormatArgs;

/// Record revisions as applied, without running them
///
/// The target and every revision it rests on become applied, what was built on it becomes pending. For a database whose
/// tables exist already, and for repairs.
#[derive(Args, Clone, Debug)]
pub struct StampArgs {
    /// `head`, `heads`, `base`, a revision's id or a unique prefix of it
    #[arg(value_name = "TARGET", required = true, allow_negative_numbers = true)]
    pub targets: Vec<String>,

    /// Forget everything recorded before, revisions the history does not know included
    #[arg(long)]
    pub purge: bool,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}
