//! `branches`: where the history forks.

use clap::Args;

use crate::args::FormatArgs;
use crate::json;
use crate::listing::Listing;

/// Show the branch points, and the revisions that continue each
#[derive(Args, Clone, Debug)]
pub struct BranchesArgs {
    /// Show all that is known about each revision
    #[arg(short, long)]
    pub verbose: bool,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// The branch points of the history, newest first.
pub fn branches(listing: &Listing<'_>, args: &BranchesArgs) -> json::Branches {
    let graph = listing.graph();
    let points = graph
        .topological()
        .iter()
        .rev()
        .filter(|node| graph.is_branch_point(**node));
    let branches = points.flat_map(|point| {
        let continued_by = listing.revisions(graph.children(*point).iter().copied());
        listing
            .revisions([*point])
            .into_iter()
            .map(move |revision| json::Branch {
                revision,
                continued_by: continued_by.clone(),
            })
    });
    json::Branches {
        branches: branches.collect(),
        verbose: args.verbose,
    }
}
