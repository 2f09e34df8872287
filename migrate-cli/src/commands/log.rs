//! `log`: the runs that the journal records.

use std::collections::BTreeSet;

use clap::Args;
use migrate_graph::{Advice, Direction, Graph, Help};

use crate::args::{FormatArgs, refuse_url};
use crate::context::Context;
use crate::error::CliError;
use crate::json;
use crate::words::word;
use migrate_core::engine::backend::Access;
use migrate_core::journal::{Entry, Event, Run, Which};

/// Show the runs on the database: who, when and what, newest first
///
/// Also shows how long each run took, and how it ended.
#[derive(Args, Clone, Debug)]
pub struct LogArgs {
    /// Show only the last N runs
    #[arg(short = 'n', long, value_name = "N")]
    pub number: Option<usize>,

    /// Show only this revision: its id or a unique prefix of it
    #[arg(long, value_name = "REVISION")]
    pub revision: Option<String>,

    /// Show each recorded operation, not only the revisions
    #[arg(short, long)]
    pub verbose: bool,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// The runs in the journal.
pub(super) fn log(context: &Context<'_>, args: &LogArgs) -> Result<json::Log, CliError> {
    refuse_url(args.revision.as_deref().unwrap_or_default())?;
    let migrator = context.migrator();
    let graph = migrator.graph()?;
    let mut database = context.database(Access::Read)?;
    let entries = match (args.number, &args.revision) {
        (Some(number), None) => migrator.log_of_last(&mut database.session, number),
        _ => migrator.log(&mut database.session),
    };
    let entries = entries.map_err(|error| database.failure(error))?;
    let exists =
        !entries.is_empty() || matches!(database.session.journal(Which::Tail), Ok(Some(_)));

    let runs = Run::all(entries);
    let id = args
        .revision
        .as_ref()
        .map(|text| revision(text, graph, &runs));
    let id = id.transpose()?;
    let wanted = |entry: &Entry| id.as_ref().is_none_or(|id| entry.revision == *id);
    let all: Vec<usize> = (0..runs.len())
        .rev()
        .filter(|index| runs[*index].entries.iter().any(wanted))
        .collect();
    let shown = args.number.unwrap_or(usize::MAX).min(all.len());
    let newest = all[..shown].iter().map(|index| {
        let mut run = json::LogRun::of(&runs[*index], runs.get(index + 1), graph);
        run.entries
            .retain(|entry| id.as_ref().is_none_or(|id| entry.revision == *id));
        run
    });
    Ok(json::Log {
        database: database.name,
        journal: if exists { "read" } else { "absent" },
        runs: newest.collect(),
        older: all.len() - shown,
        verbose: args.verbose,
    })
}

/// The id that a text names, in the history or the journal.
fn revision(text: &str, graph: &Graph, runs: &[Run]) -> Result<String, CliError> {
    let in_journal = runs.iter().flat_map(|run| &run.entries);
    let mut known: BTreeSet<&str> = in_journal.map(|entry| entry.revision.as_str()).collect();
    known.extend(graph.topological().iter().map(|node| graph.id(*node)));
    if known.contains(text) {
        return Ok(text.to_owned());
    }
    let candidates: Vec<&str> = known
        .into_iter()
        .filter(|id| id.starts_with(text))
        .collect();
    match candidates.as_slice() {
        [only] => Ok((*only).to_owned()),
        [] => Err(CliError::usage(format!(
            "no revision `{text}` in the history or the journal"
        ))
        .help(
            Help::from("`")
                + Advice::Command {
                    arguments: "log".to_owned(),
                }
                + "` shows all runs",
        )
        .fact("target", text)),
        several => Err(
            CliError::usage(format!("`{text}` is a prefix of {} ids", several.len()))
                .help(format!("give more of it: `{}`", several.join("`, `")))
                .fact("target", text)
                .fact("candidates", several.to_vec()),
        ),
    }
}

impl json::LogRun {
    /// A run. If the history does not know its revisions, `next`, the run after it, tells which
    /// revisions it led to.
    pub(super) fn of(run: &Run, next: Option<&Run>, graph: &Graph) -> json::LogRun {
        let entries: Vec<json::LogEntry> = run
            .entries
            .iter()
            .map(|entry| json::LogEntry::of(entry, graph))
            .collect();
        let took = |entry: &Entry| entry.event.closes().then_some(entry.micros).flatten();
        let micros: u64 = run.entries.iter().filter_map(took).sum();
        json::LogRun {
            run: run.id.clone(),
            at: run.at.clone(),
            until: run.until.clone(),
            actor: run.actor.clone(),
            tool: run.tool.clone(),
            from: ids(&run.from),
            to: match next {
                Some(next) if !known(run, graph) => ids(&next.from),
                _ => after(run, graph),
            },
            outcome: run.outcome().name(),
            duration_ms: millis(micros),
            entries,
        }
    }
}

impl json::LogEntry {
    fn of(entry: &Entry, graph: &Graph) -> json::LogEntry {
        let node = graph.node(&entry.revision);
        json::LogEntry {
            at: entry.at.clone(),
            event: entry.event.name(),
            revision: entry.revision.clone(),
            message: node.map_or_else(String::new, |node| graph.header(node).message.clone()),
            direction: word(entry.direction),
            step: entry.step,
            statement: entry.statement,
            operation: entry.operation.clone(),
            duration_ms: entry.micros.map(millis),
            checksum: entry.checksum.clone(),
            detail: entry.detail.clone(),
        }
    }
}

/// Milliseconds, to whole microseconds.
#[expect(clippy::cast_precision_loss, reason = "matters from 285 years on")]
fn millis(micros: u64) -> f64 {
    micros as f64 / 1e3
}

/// Ids as the journal joins them.
fn ids(text: &str) -> Vec<String> {
    let ids = text.split(", ").filter(|id| !id.is_empty());
    ids.map(str::to_owned).collect()
}

/// Whether the history has all revisions of a run.
fn known(run: &Run, graph: &Graph) -> bool {
    let mut entries = run.entries.iter();
    entries.all(|entry| graph.node(&entry.revision).is_some())
}

/// The revisions the database was at after a run, by the current history.
fn after(run: &Run, graph: &Graph) -> Vec<String> {
    let mut tips: BTreeSet<String> = ids(&run.from).into_iter().collect();
    for entry in &run.entries {
        let parents = graph.node(&entry.revision).map(|node| graph.parents(node));
        let parents = parents
            .unwrap_or_default()
            .iter()
            .map(|node| graph.id(*node));
        match (entry.event, entry.direction) {
            (Event::Applied, _) | (Event::Stamped, Direction::Up) => {
                for parent in parents {
                    tips.remove(parent);
                }
                tips.insert(entry.revision.clone());
            }
            (Event::Reverted, _) | (Event::Stamped, Direction::Down) => {
                tips.remove(&entry.revision);
                let below = below(&tips, graph);
                let free = parents.filter(|parent| !below.contains(parent));
                tips.extend(free.map(str::to_owned));
            }
            _ => {}
        }
    }
    tips.into_iter().collect()
}

/// The ids of all revisions that these continue, directly or not.
fn below<'a>(tips: &BTreeSet<String>, graph: &'a Graph) -> BTreeSet<&'a str> {
    let mut below = BTreeSet::new();
    let mut next: Vec<_> = tips.iter().filter_map(|id| graph.node(id)).collect();
    while let Some(node) = next.pop() {
        for parent in graph.parents(node) {
            if below.insert(graph.id(*parent)) {
                next.push(*parent);
            }
        }
    }
    below
}

#[cfg(test)]
mod tests {
    use migrate_graph::Header;

    use super::*;

    #[test]
    fn where_a_run_led() {
        let header = |id: &str, parents: &[&'static str]| Header::new(id, parents.iter().copied());
        let graph = Graph::new(vec![
            header("a", &[]),
            header("b", &["a"]),
            header("c", &["a"]),
            header("d", &["b", "c"]),
        ])
        .unwrap();
        let tips = |ids: &[&str]| ids.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
        assert_eq!(
            below(&tips(&["d"]), &graph),
            BTreeSet::from(["a", "b", "c"])
        );
        assert_eq!(below(&tips(&["b"]), &graph), BTreeSet::from(["a"]));
        assert_eq!(below(&tips(&[]), &graph), BTreeSet::new());
        assert_eq!(ids("a, b"), ["a", "b"]);
        assert_eq!(ids(""), [""; 0]);
    }
}
