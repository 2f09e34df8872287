//! `merge`: writes a revision that joins heads, so that the history has one head again.

use clap::Args;
use migrate_cli::{CliError, FormatArgs, Ui};
use migrate_graph::{Graph, MultipleHeads, Rules, Target, target};

use super::write::{self, Wanted, Written};
use crate::selection::Selection;
use crate::source;
use crate::words;

/// Write a revision that joins heads
///
/// Prints the path of its file. The revision does nothing; it only continues several others.
#[derive(Args, Clone, Debug)]
pub(crate) struct MergeArgs {
    /// Heads to join: ids or unique prefixes of them [default: all heads]
    #[arg(
        value_name = "REVISION",
        default_value = "heads",
        hide_default_value = true
    )]
    targets: Vec<String>,

    /// The revision's message
    #[arg(short, long)]
    message: Option<String>,

    /// The revision's id, instead of the time
    #[arg(long, value_name = "ID")]
    rev_id: Option<String>,

    /// Text or JSON.
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

/// Writes the revision. Accepts several heads, whatever the rules allow.
pub(crate) fn merge(
    args: &MergeArgs,
    selection: &Selection,
    ui: &mut Ui<'_>,
) -> Result<Written, CliError> {
    let member = selection.writable()?;
    let rules = Rules {
        multiple_heads: MultipleHeads::Allow,
    };
    let history = source::history_by(&rules, selection, ui)?;
    let graph = history.graph();
    let heads: Result<Vec<Target>, _> = args.targets.iter().map(|target| target.parse()).collect();
    let heads = heads?;
    let ids = ids(graph, &heads)?;
    if ids.len() < 2 {
        return Err(CliError::usage(format!("nothing to join: {}", one(&ids)))
            .help("name two heads: `cargo migrate heads` lists them"));
    }
    let message = args
        .message
        .as_deref()
        .map(str::trim)
        .filter(|message| !message.is_empty());
    let wanted = Wanted {
        id: args.rev_id.clone(),
        message: message.map_or_else(|| format!("merge {}", ids.join(" and ")), str::to_owned),
        heads,
        ..Wanted::default()
    };
    write::write(&[wanted], selection, member, Some(graph))
}

/// The ids of the revisions that are meant.
fn ids(graph: &Graph, targets: &[Target]) -> Result<Vec<String>, CliError> {
    let mut ids = Vec::new();
    for wanted in targets {
        ids.extend(
            target::resolve(graph, wanted)?
                .into_iter()
                .map(|node| graph.id(node).to_owned()),
        );
    }
    Ok(ids)
}

fn one(ids: &[String]) -> String {
    match ids {
        [] => "the history is empty".to_owned(),
        ids => format!("{} is alone", words::list(ids)),
    }
}
