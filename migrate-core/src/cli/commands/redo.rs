//! `redo`: down and up again.

use std::num::NonZeroU32;

use clap::Args;

use super::runs;
use crate::cli::args::FormatArgs;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::json;
use crate::cli::progress::Progress;

/// Undo the last applied revision and apply it again
#[derive(Args, Clone, Debug)]
pub struct RedoArgs {
    /// How many revisions to undo and apply again
    #[arg(short = 'n', long = "number", value_name = "N", default_value = "1")]
    pub number: NonZeroU32,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// Takes the last revisions back and applies them again.
pub(super) fn redo(
    context: &Context<'_>,
    args: &RedoArgs,
    progress: &Progress<'_, '_>,
) -> Result<json::Run, Failure> {
    runs::carry_out(
        context,
        progress,
        &[],
        |migrator, session| migrator.redo(session, args.number),
        // what was taken back first is what everything else that was taken back is below
        &|done, _| match done.first() {
            Some(step) => format!("cargo migrate up {}", step.revision),
            None => format!("cargo migrate redo -n {}", args.number),
        },
    )
}
