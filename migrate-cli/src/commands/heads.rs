//! `heads`: the revisions that nothing continues.

use clap::Args;

use crate::args::FormatArgs;
use crate::json;
use crate::listing::Listing;

/// Show the heads: the revisions that no other continues
#[derive(Args, Clone, Debug)]
pub struct HeadsArgs {
    /// Leave out heads that another revision depends on
    #[arg(long)]
    pub resolve_dependencies: bool,

    /// Show all that is known about each revision
    #[arg(short, long)]
    pub verbose: bool,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// The heads of the history.
pub fn heads(listing: &Listing<'_>, args: &HeadsArgs) -> json::Heads {
    let graph = listing.graph();
    let heads = graph
        .heads()
        .filter(|head| !args.resolve_dependencies || graph.is_real_head(*head));
    json::Heads {
        heads: listing.revisions(heads),
        verbose: args.verbose,
    }
}
