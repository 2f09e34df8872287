//! `stamp`: records revisions as applied, without running them.

mod other_tool;

use clap::Args;
use migrate_graph::{Applied, Node};

use super::runs::{as_strs, of_database, refuse_nonsense};
use crate::args::{FormatArgs, ScriptArgs};
use crate::context::{Context, applied};
use crate::error::CliError;
use crate::json;
use crate::progress::Progress;
use crate::words::{plural, standing};
use migrate_core::engine::backend::Access;
pub(super) use other_tool::recorded_elsewhere;
pub use other_tool::{BASELINE, OtherTool};

/// Record revisions as applied, without running them
///
/// For a database whose tables exist already, and for repairs. Records the target and every
/// revision that it continues or depends on as applied, and removes the records of other revisions
/// on its branch. Branches without a target stay as they are; `base` alone removes all records.
#[derive(Args, Clone, Debug)]
pub struct StampArgs {
    /// `head` (the only head), `heads` (all), `base` (none), or a revision's id or a unique prefix
    /// of it; required unless `--from` is given
    #[arg(
        value_name = "TARGET",
        required_unless_present = "from",
        allow_negative_numbers = true
    )]
    pub targets: Vec<String>,

    /// Record what this tool's own table says is applied; the table stays, and so do earlier
    /// records
    #[arg(long, value_name = "TOOL", conflicts_with_all = ["targets", "purge", "sql"])]
    pub from: Option<OtherTool>,

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
    if let Some(tool) = args.from {
        return stamp_from(context, tool, progress);
    }
    refuse_nonsense(&context.migrator(), &args.targets)?;
    record(context, &args.targets, args.purge, progress)
}

/// Records what the table of another tool says, beside what is recorded already.
fn stamp_from(
    context: &Context<'_>,
    tool: OtherTool,
    progress: &Progress<'_, '_>,
) -> Result<json::Stamp, CliError> {
    let migrator = context.migrator();
    let graph = migrator.graph()?;
    let mut database = context.database(Access::Read)?;
    let recorded = tool.read(&migrator, context.history, &mut database)?;
    let status = migrator.status(&mut database.session);
    let status = status.map_err(|error| database.failure(error))?;
    let own = applied(graph, &status);
    let is_missing = |node: &&Node| recorded.applied.contains(**node) && !own.contains(**node);
    let missing: Vec<&Node> = graph.topological().iter().filter(is_missing).collect();
    let (table, name) = (tool.table(), database.name.database.clone());
    if missing.is_empty() {
        let standing = standing(&status.current, status.at_heads);
        progress.say(&match recorded.rows.as_slice() {
            [] => format!("nothing to do: `{table}` in `{name}` is empty"),
            _ => format!("nothing to do: all that `{table}` says is recorded; {standing}"),
        });
        return Ok(json::Stamp {
            database: Some(name),
            backend: Some(database.name.backend.clone()),
            current: Some(status.current),
            at_heads: Some(status.at_heads),
            ..json::Stamp::default()
        });
    }
    let rows = migrate_graph::text::list(&recorded.rows);
    let count = plural(missing.len(), "revision");
    progress.say(&format!(
        "`{name}`: `{table}` has {rows}; {count} to record"
    ));
    for node in missing {
        let header = graph.header(*node);
        progress.say(&format!("  {}, {}", header.id, header.message));
    }
    drop(database);
    let mut all = own.set().clone();
    all.union_with(recorded.applied.set());
    let heads = Applied::from_nodes(all).heads(graph);
    let targets: Vec<String> = heads
        .into_iter()
        .map(|node| graph.id(node).to_owned())
        .collect();
    record(context, &targets, false, progress)
}

/// Records the targets as applied.
fn record(
    context: &Context<'_>,
    targets: &[String],
    purge: bool,
    progress: &Progress<'_, '_>,
) -> Result<json::Stamp, CliError> {
    let migrator = context.migrator();
    let mut database = context.database(Access::Write)?;
    let name = &database.name.database;
    let migrator = migrator.on_event(|event| progress.event(name, |_| String::new(), event));
    let stamped = migrator.stamp(&mut database.session, &as_strs(targets), purge);
    let answer = json::Stamp {
        database: Some(name.clone()),
        backend: Some(database.name.backend.clone()),
        targets: targets.to_vec(),
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
    match changes(report.added.len(), report.removed.len()) {
        Some(changes) => progress.say_done(&format!(
            "{changes} in `{name}`, without running anything; {standing}"
        )),
        None => progress.say(&format!("nothing to do: {standing}")),
    }
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
