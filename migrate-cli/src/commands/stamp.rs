//! `stamp`: records revisions as applied, without running them.

use clap::Args;

use super::runs::{as_strs, of_database, refuse_nonsense};
use crate::args::{FormatArgs, ScriptArgs};
use crate::context::Context;
use crate::error::CliError;
use crate::json;
use crate::progress::Progress;
use crate::words::{plural, standing};
use migrate_core::engine::backend::Access;

/// Record revisions as applied, without running them
///
/// The target and every revision that it continues or depends on become applied, all others
/// pending. For a database whose tables exist already, and for repairs.
#[derive(Args, Clone, Debug)]
pub struct StampArgs {
    /// `head`, `heads`, `base`, a revision's id or a unique prefix of it
    #[arg(value_name = "TARGET", required = true, allow_negative_numbers = true)]
    pub targets: Vec<String>,

    /// Delete all earlier records, including those of unknown revisions
    #[arg(long)]
    pub purge: bool,

    /// A script instead.
    #[command(flatten)]
    pub script: ScriptArgs,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// Records the targets as applied.
pub(super) fn stamp(
    context: &Context<'_>,
    args: &StampArgs,
    progress: &Progress<'_, '_>,
) -> Result<json::Stamp, CliError> {
    let migrator = context.migrator();
    refuse_nonsense(&migrator, &args.targets)?;
    let mut database = context.database(Access::Write)?;
    let name = &database.name.database;
    let migrator = migrator.on_event(|event| progress.event(name, |_| String::new(), event));
    let stamped = migrator.stamp(&mut database.session, &as_strs(&args.targets), args.purge);
    let answer = json::Stamp {
        database: Some(name.clone()),
        backend: Some(database.name.backend.clone()),
        targets: args.targets.clone(),
        ..json::Stamp::default()
    };
    let report = match stamped {
        Ok(report) => report,
        Err(error) => {
            let failure = of_database(error, &migrator, database.session.as_mut(), name);
            return Ok(json::Stamp {
                error: Some(failure),
                ..answer
            });
        }
    };

    let standing = standing(&report.current, report.at_heads);
    progress.say(&match changes(report.added.len(), report.removed.len()) {
        Some(changes) => {
            format!("done: {changes} in `{name}`, without running anything; {standing}")
        }
        None => format!("nothing to do: {standing}"),
    });
    Ok(json::Stamp {
        added: report.added,
        removed: report.removed,
        current: Some(report.current),
        at_heads: Some(report.at_heads),
        ..answer
    })
}

/// What a stamp changed; `None` when it changed nothing.
fn changes(added: usize, removed: usize) -> Option<String> {
    match (added, removed) {
        (0, 0) => None,
        (added, 0) => Some(format!("recorded {} as applied", plural(added, "revision"))),
        (0, removed) => Some(format!(
            "removed the record of {}",
            plural(removed, "revision")
        )),
        (added, removed) => Some(format!(
            "recorded {} as applied and removed the record of {removed}",
            plural(added, "revision")
        )),
    }
}
