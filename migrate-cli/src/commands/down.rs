//! `down`: reverts applied revisions.

use clap::Args;

use super::dry_run;
use super::runs::{self, Request, same_again};
use crate::args::{FormatArgs, RunArgs, ScriptArgs};
use crate::context::Context;
use crate::error::CliError;
use crate::json;
use crate::progress::Progress;
use crate::words::plural;
use migrate_core::engine::backend::Access;

/// Revert revisions, down to a target
///
/// If the target is a revision, it stays applied. Nothing is reverted if one of the revisions is
/// irreversible.
#[derive(Args, Clone, Debug)]
pub struct DownArgs {
    /// `-1` (the last), `-N`, `base` (all), or a revision's id or a unique prefix of it
    #[arg(value_name = "TARGET", allow_negative_numbers = true)]
    pub target: String,

    /// Run the revisions in a transaction, print each statement with its duration, and roll back
    #[arg(long, conflicts_with = "sql")]
    pub dry_run: bool,

    /// A script instead.
    #[command(flatten)]
    pub script: ScriptArgs,

    /// Transactions, limits, retries.
    #[command(flatten)]
    pub run: RunArgs,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// Reverts the revisions above the target.
pub(super) fn down(
    context: &Context<'_>,
    args: &DownArgs,
    progress: &Progress<'_, '_>,
) -> Result<json::Run, CliError> {
    let targets = std::slice::from_ref(&args.target);
    runs::refuse_other_direction(targets, '+', "up")?;
    let request = Request {
        targets,
        refuse_edited: None,
        access: Access::Existing,
        backup: None,
        run: &args.run,
        plan: |steps| format!("{} to revert", plural(steps, "revision")),
        resume: &|_, left| same_again("down", '-', targets, left),
    };
    runs::execute(context, progress, &request, |migrator, session| {
        migrator.downgrade(session, &args.target)
    })
}

/// Reverts the revisions above the target, and rolls that back.
pub(super) fn dry_run(
    context: &Context<'_>,
    args: &DownArgs,
    progress: &Progress<'_, '_>,
) -> Result<json::DryRun, CliError> {
    let targets = std::slice::from_ref(&args.target);
    runs::refuse_other_direction(targets, '+', "up")?;
    args.run.refuse_transaction_with("--dry-run")?;
    let plan = |steps| format!("dry run: {} to revert", plural(steps, "revision"));
    dry_run::dry_run(
        context,
        progress,
        &args.run,
        targets,
        plan,
        |migrator, session| migrator.dry_run_downgrade(session, &args.target),
    )
}
