//! `graph`: the history as a drawing.

use clap::Args;
use migrate_graph::{Applied, Node, Range, range};

use crate::args::{Form, refuse_url};
use crate::error::CliError;
use crate::json;
use crate::listing::Listing;
use crate::screen::Screen;

/// Draw the revisions as a graph, newest first
#[derive(Args, Clone, Debug)]
pub struct GraphArgs {
    /// Only from one revision to another, inclusive: `A:B`, `A:`, `:B`, `-3:` or `current:`
    #[arg(
        short,
        long,
        alias = "rev-range",
        value_name = "FROM:TO",
        allow_hyphen_values = true
    )]
    pub range: Option<String>,

    /// Mark applied and pending revisions, and those the database is at
    #[arg(short, long)]
    pub indicate_current: bool,

    /// Output format
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: Form,

    /// Draw with ASCII characters only; the default if the locale is not UTF-8
    #[arg(long)]
    pub ascii: bool,

    /// Print one JSON object instead of a drawing
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
}

impl GraphArgs {
    /// Whether it needs the database.
    pub(super) fn needs_database(&self) -> bool {
        let range = self
            .range
            .as_ref()
            .and_then(|range| range.parse::<Range>().ok());
        self.indicate_current || range.is_some_and(|range| range.needs_applied())
    }

    /// Whether the answer is to be one JSON object.
    pub(super) fn is_json(&self) -> bool {
        self.json || self.format == Form::Json
    }
}

/// The revisions of the history as a graph, in the order of `history`.
///
/// # Errors
///
/// When the range is invalid.
pub fn graph(
    listing: &Listing<'_>,
    args: &GraphArgs,
    screen: Screen,
) -> Result<json::Graph, CliError> {
    let graph = listing.graph();
    refuse_url(args.range.as_deref().unwrap_or_default())?;
    let range: Range = args
        .range
        .as_deref()
        .map(str::parse)
        .transpose()?
        .unwrap_or_default();
    let nothing = Applied::new(graph, [""; 0]);
    let newest_first = range::history(graph, listing.applied().unwrap_or(&nothing), &range)?;
    let revisions = listing.revisions(newest_first.iter().copied());
    let gaps = listing.applied().map(|applied| applied.gaps(graph));
    let of_graph = |(node, revision): (&Node, json::Revision)| json::GraphRevision {
        dependencies: ids(graph, graph.dependencies(*node)),
        applied: listing.applied().map(|applied| applied.contains(*node)),
        gap: gaps.as_ref().map(|gaps| gaps.binary_search(node).is_ok()),
        revision,
    };
    Ok(json::Graph {
        revisions: newest_first.iter().zip(revisions).map(of_graph).collect(),
        unknown: listing.applied().map(|applied| applied.unknown().to_vec()),
        form: if args.json { Form::Json } else { args.format },
        screen: Screen {
            ascii: screen.ascii || args.ascii,
            ..screen
        },
    })
}

fn ids(graph: &migrate_graph::Graph, nodes: &[Node]) -> Vec<String> {
    let id = |node: &Node| graph.id(*node).to_owned();
    nodes.iter().map(id).collect()
}
