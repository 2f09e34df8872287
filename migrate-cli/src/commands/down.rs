//! `down`: undo what was applied.

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

/// Undo applied revisions, down to a target, which stays applied
///
/// `down -1` undoes the last revision, `down base` all of them. Nothing is undone when one of the revisions on the way is
/// irreversible.
#[derive(Args, Clone, Debug)]
pub struct DownArgs {
    /// `-N`, `base`, a revision's id or a unique prefix of it
    #[arg(value_name = "TARGET", allow_negative_numbers = true)]
    pub target: String,

    /// Try it on the database, print each statement with its time, and roll all of it back
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

/// Takes back what is applied above the target.
pub(super) fn down(
    context: &Context<'_>,
    args: &DownArgs,
    progress: &Progress<'_, '_>,
) -> Result<json::Run, CliError> {
    let targets = std::slice::from_ref(&args.target);
    runs::refuse_other_way(targets, '+', "up")?;
    let request = Request {
        targets,
        refuse_edited: None,
        access: Access::Existing,
        backup: None,
        run: &args.run,
        plan: |steps| format!("{} to take back", plural(steps, "revision")),
        go_on: &|_, left| same_again("down", '-', targets, left),
    };
    runs::carry_out(context, progress, &request, |migrator, session| {
        migrator.downgrade(session, &args.target)
    })
}

/// Takes back what is applied above the target, and rolls that back.
pub(super) fn dry_run(
    context: &Context<'_>,
    args: &DownArgs,
    progress: &Progress<'_, '_>,
) -> Result<json::DryRun, CliError> {
    let targets = std::slice::from_ref(&args.target);
    runs::refuse_other_way(targets, '+', "up")?;
    args.run.refuse_transaction_with("--dry-run")?;
    let plan = |steps| format!("dry run: {} to take back", plural(steps, "revision"));
    dry_run::dry_run(
        context,
        progress,
        &args.run,
        targets,
        plan,
        |migrator, session| migrator.dry_run_downgrade(session, &args.target),
    )
}
