//! `show`: all about some revisions.

use clap::Args;

use migrate_graph::{Advice, Graph, Help, Node, Target, target};

use crate::args::{FormatArgs, refuse_url};
use crate::error::CliError;
use crate::json;
use crate::listing::Listing;

/// Show all that is known about revisions
#[derive(Args, Clone, Debug)]
pub struct ShowArgs {
    /// A revision's id or a unique prefix of it, `head`, `heads` or `current`
    #[arg(
        value_name = "REVISION",
        default_value = "head",
        allow_negative_numbers = true
    )]
    pub targets: Vec<String>,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}

impl ShowArgs {
    /// Whether it needs the database.
    pub(super) fn needs_database(&self) -> bool {
        self.targets.iter().any(|target| target == "current")
    }
}

/// All that is known of the revisions that the targets name.
///
/// # Errors
///
/// When a target names no revision, or several where one is expected.
pub fn show(listing: &Listing<'_>, args: &ShowArgs) -> Result<json::Show, CliError> {
    let mut nodes = Vec::new();
    for text in &args.targets {
        refuse_url(text)?;
        match (text.as_str(), listing.applied()) {
            ("current", Some(applied)) => nodes.extend(applied.tips(listing.graph())),
            _ => nodes.extend(named(listing.graph(), text)?),
        }
    }
    Ok(json::Show {
        revisions: listing.revisions(nodes),
    })
}

/// The revisions that a target names. `base` is none, which is an error.
fn named(graph: &Graph, text: &str) -> Result<Vec<Node>, CliError> {
    let target: Target = text.parse()?;
    let found = target::resolve(graph, &target);
    let nodes = match (found, target.steps()) {
        (Err(_), Some(steps)) if !target.is_relative_to_applied() => {
            vec![walked(graph, text, steps)?]
        }
        (found, _) => found?,
    };
    if nodes.is_empty() && !graph.is_empty() {
        let first: Vec<&str> = graph.bases().map(|node| graph.id(node)).collect();
        return Err(CliError::usage(format!(
            "`{text}` is no revision: it is the database with nothing applied"
        ))
        .help(
            Help::from("what comes first: `")
                + Advice::Command {
                    arguments: format!("show {}", first.join(" ")),
                }
                + "`",
        )
        .fact("target", text));
    }
    Ok(nodes)
}

/// The revision that is so many steps from a named one, as in `id-1`.
fn walked(graph: &Graph, text: &str, steps: i64) -> Result<Node, CliError> {
    let name = text.rfind(['+', '-']).map_or(text, |at| &text[..at]);
    let start = target::resolve(graph, &name.parse()?)?;
    let mut nodes = start.as_slice();
    for step in 0..=steps.unsigned_abs() {
        let [node] = nodes else {
            let many = match nodes {
                [] => "goes too far: there is no such revision".to_owned(),
                nodes => format!("leads to {} revisions", nodes.len()),
            };
            let ids: Vec<String> = nodes
                .iter()
                .map(|node| graph.id(*node).to_owned())
                .collect();
            let failure = CliError::usage(format!("`{text}` {many}")).fact("target", text);
            return Err(match ids.first() {
                Some(first) => failure.help(format!("name one: `{first}`")),
                None => failure.help(Help::from("`") + Advice::History + "` lists the revisions"),
            });
        };
        if step == steps.unsigned_abs() {
            return Ok(*node);
        }
        nodes = match steps < 0 {
            true => graph.parents(*node),
            false => graph.children(*node),
        };
    }
    unreachable!("the last step returns")
}
