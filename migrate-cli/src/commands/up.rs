//! `up`: applies pending revisions.

use std::path::{Path, PathBuf};

use clap::Args;

use super::dry_run;
use super::runs::{self, Request, as_strs, same_again};
use crate::args::{FormatArgs, RunArgs, ScriptArgs};
use crate::configuration::keys;
use crate::context::Context;
use crate::error::CliError;
use crate::json;
use crate::progress::Progress;
use crate::words::plural;
use migrate_core::engine::backend::Access;

/// Apply pending revisions, up to a target
///
/// Each revision runs in its own transaction. A target includes every revision that it continues or
/// depends on.
#[derive(Args, Clone, Debug)]
pub struct UpArgs {
    /// `head` (the only head), `heads` (all), `+N`, or a revision's id or a unique prefix of it
    #[arg(
        value_name = "TARGET",
        default_value = "head",
        allow_negative_numbers = true
    )]
    pub targets: Vec<String>,

    /// Refuse to run if an applied revision's checksum has changed
    #[arg(long)]
    pub refuse_edited: bool,

    /// Run the revisions in a transaction, print each statement with its duration, and roll back
    #[arg(long, conflicts_with = "sql")]
    pub dry_run: bool,

    /// Back up the SQLite database first, to PATH or next to it; see `backup`
    #[arg(
        long,
        value_name = "PATH",
        require_equals = true,
        conflicts_with_all = ["sql", "dry_run"]
    )]
    pub backup: Option<Option<PathBuf>>,

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

/// Applies pending revisions up to the targets.
pub(super) fn up(
    context: &Context<'_>,
    args: &UpArgs,
    progress: &Progress<'_, '_>,
) -> Result<json::Run, CliError> {
    let targets = &args.targets;
    runs::refuse_other_direction(targets, '-', "down")?;
    let request = Request {
        targets,
        refuse_edited: Some(args.refuse_edited || context.switch(&keys::REFUSE_EDITED)?),
        access: Access::Write,
        backup: args
            .backup
            .as_ref()
            .map(|path| path.as_deref().unwrap_or(Path::new(""))),
        run: &args.run,
        plan: |steps| format!("{} to apply", plural(steps, "revision")),
        resume: &|_, left| same_again("up", '+', targets, left),
    };
    runs::execute(context, progress, &request, |migrator, session| {
        migrator.upgrade_to(session, &as_strs(targets))
    })
}

/// Applies pending revisions up to the targets, and rolls them back.
pub(super) fn dry_run(
    context: &Context<'_>,
    args: &UpArgs,
    progress: &Progress<'_, '_>,
) -> Result<json::DryRun, CliError> {
    let targets = &args.targets;
    runs::refuse_other_direction(targets, '-', "down")?;
    args.run.refuse_transaction_with("--dry-run")?;
    let plan = |steps| format!("dry run: {} to apply", plural(steps, "revision"));
    dry_run::dry_run(
        context,
        progress,
        &args.run,
        targets,
        plan,
        |migrator, session| migrator.dry_run_upgrade(session, &as_strs(targets)),
    )
}
