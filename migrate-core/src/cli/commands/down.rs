//! `down`: undo what was applied.

use clap::Args;

use super::runs::{self, same_again};
use crate::cli::args::FormatArgs;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::json;
use crate::cli::progress::Progress;

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

/// Takes back what is applied above the target.
pub(super) fn down(
    context: &Context<'_>,
    args: &DownArgs,
    progress: &Progress<'_, '_>,
) -> Result<json::Run, Failure> {
    let targets = [args.target.clone()];
    runs::carry_out(
        context,
        progress,
        &targets,
        |migrator, session| migrator.downgrade(session, &args.target),
        &|_, left| same_again("down", '-', &targets, left),
    )
}
