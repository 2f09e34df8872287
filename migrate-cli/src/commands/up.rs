//! `up`: apply what is pending.

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
/// Each revision runs in a transaction of its own. A target brings with it every revision it rests on.
#[derive(Args, Clone, Debug)]
pub struct UpArgs {
    /// `head`, `heads`, `+N`, a revision's id or a unique prefix of it
    #[arg(
        value_name = "TARGET",
        default_value = "head",
        allow_negative_numbers = true
    )]
    pub targets: Vec<String>,

    /// Do nothing while an applied revision is not what it was when it was applied
    #[arg(long)]
    pub refuse_edited: bool,

    /// Try it on the database, print each statement with its time, and roll all of it back
    #[arg(long, conflicts_with = "sql")]
    pub dry_run: bool,

    /// Copy a SQLite database before, to this file or folder, or beside it; see `backup`
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

/// Applies what is pending up to the targets.
pub(super) fn up(
    context: &Context<'_>,
    args: &UpArgs,
    progress: &Progress<'_, '_>,
) -> Result<json::Run, CliError> {
    let targets = &args.targets;
    runs::refuse_other_way(targets, '-', "down")?;
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
        go_on: &|_, left| same_again("up", '+', targets, left),
    };
    runs::carry_out(context, progress, &request, |migrator, session| {
        migrator.upgrade_to(session, &as_strs(targets))
    })
}

/// Applies what is pending up to the targets, and rolls it back.
pub(super) fn dry_run(
    context: &Context<'_>,
    args: &UpArgs,
    progress: &Progress<'_, '_>,
) -> Result<json::DryRun, CliError> {
    let targets = &args.targets;
    runs::refuse_other_way(targets, '-', "down")?;
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
