//! `down`: undo what was applied.

use clap::Args;

use crate::cli::args::FormatArgs;

/// Undo applied revisions, down to a target, which stays applied
///
/// `down -1` undoes the last revision, `down base` all of them. Nothing is undone when one of the revisions on the way is
/// irreversible.
#[derive(Args, Clone, Debug)]
pub struct DownArgs {
    /// `-N`, `base`, a revision's id or a unique prefix of it
    #[arg(value_name = "TARGET", allow_negative_numbers = true)]
    pub target: String,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}
