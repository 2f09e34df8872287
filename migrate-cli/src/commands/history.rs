//! `history`: the revisions, newest first.

use clap::Args;
use migrate_graph::{Applied, Range, range};

use crate::args::{FormatArgs, refuse_url};
use crate::error::CliError;
use crate::json;
use crate::listing::Listing;

/// List the revisions, newest first
#[derive(Args, Clone, Debug)]
pub struct HistoryArgs {
    /// Only from one revision to another, inclusive: `A:B`, `A:`, `:B`, `-3:` or `current:`
    #[arg(
        short,
        long,
        alias = "rev-range",
        value_name = "FROM:TO",
        allow_hyphen_values = true
    )]
    pub range: Option<String>,

    /// Mark the revisions the database is at
    #[arg(short, long)]
    pub indicate_current: bool,

    /// Show all that is known about each revision
    #[arg(short, long)]
    pub verbose: bool,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}

impl HistoryArgs {
    /// Whether it needs the database.
    pub(super) fn needs_database(&self) -> bool {
        let range = self
            .range
            .as_ref()
            .and_then(|range| range.parse::<Range>().ok());
        self.indicate_current || range.is_some_and(|range| range.needs_applied())
    }
}

/// The revisions of the history, a branch down to its fork before the next.
///
/// # Errors
///
/// When the range is invalid.
pub fn history(listing: &Listing<'_>, args: &HistoryArgs) -> Result<json::History, CliError> {
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
    Ok(json::History {
        revisions: listing.revisions(newest_first),
        verbose: args.verbose,
    })
}
