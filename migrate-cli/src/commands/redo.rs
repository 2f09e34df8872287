//! `redo`: down and up again.

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

/// Undo the last applied revision and apply it again
#[derive(Args, Clone, Debug)]
pub struct RedoArgs {
    /// How many revisions to undo and apply again
    #[arg(short = 'n', long = "number", value_name = "N", default_value = "1")]
    pub number: NonZeroU32,

    /// Transactions, limits, retries.
    #[command(flatten)]
    pub run: RunArgs,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// Takes the last revisions back and applies them again.
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
                "{} to take back and to apply again",
                plural(steps / 2, "revision")
            )
        },
        // what was taken back first rests on all that was taken back after it
        go_on: &|done, _| match done.first() {
            Some(step) => format!("up {}", step.revision),
            None => format!("redo -n {}", args.number),
        },
    };
    runs::carry_out(context, progress, &request, |migrator, session| {
        migrator.redo(session, args.number)
    })
}
