//! `redo`: reverts and applies again.

use std::num::NonZeroU32;

use clap::Args;

use super::runs::{self, Request};
use crate::args::{FormatArgs, RunArgs};
use crate::context::Context;
use crate::error::CliError;
use crate::json;
use crate::progress::Progress;
use crate::words::plural;
use migrate_core::engine::backend::Access;

/// Revert the last applied revision and apply it again
#[derive(Args, Clone, Debug)]
pub struct RedoArgs {
    /// How many revisions to revert and apply again
    #[arg(short = 'n', long = "number", value_name = "N", default_value = "1")]
    pub number: NonZeroU32,

    /// Transactions, limits, retries.
    #[command(flatten)]
    pub run: RunArgs,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// Reverts the last revisions and applies them again.
pub(super) fn redo(
    context: &Context<'_>,
    args: &RedoArgs,
    progress: &Progress<'_, '_>,
) -> Result<json::Run, CliError> {
    let request = Request {
        targets: &[],
        refuse_edited: None,
        access: Access::Existing,
        backup: None,
        run: &args.run,
        plan: |steps| {
            format!(
                "{} to revert and apply again",
                plural(steps / 2, "revision")
            )
        },
        // the revision reverted first continues all that were reverted after it
        resume: &|done, _| match done.first() {
            Some(step) => format!("up {}", step.revision),
            None => format!("redo -n {}", args.number),
        },
    };
    runs::execute(context, progress, &request, |migrator, session| {
        migrator.redo(session, args.number)
    })
}
