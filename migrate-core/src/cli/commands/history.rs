//! `history`: the revisions, newest first.

use clap::Args;
use migrate_graph::{Applied, Target, plan};

use crate::cli::args::FormatArgs;
use crate::cli::failure::Failure;
use crate::cli::json;
use crate::cli::listing::Listing;

/// List the revisions, newest first
#[derive(Args, Clone, Debug)]
pub struct HistoryArgs {
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
    /// Whether the database has to be asked.
    pub(super) fn needs_database(&self) -> bool {
        self.indicate_current
    }
}

/// The revisions of the history, in the reverse of the order in which `up` applies them to an empty database.
///
/// # Errors
///
/// None for a sound history.
pub fn history(listing: &Listing<'_>, args: &HistoryArgs) -> Result<json::History, Failure> {
    let graph = listing.graph();
    let nothing = Applied::new(graph, [""; 0]);
    let heads: Target = "heads".parse()?;
    let plan = plan::upgrade(graph, &nothing, &[heads])?;
    let newest_first = plan.steps.iter().rev().map(|step| step.node);
    Ok(json::History {
        revisions: listing.revisions(newest_first),
        verbose: args.verbose,
    })
}
