//! `branches`: where the history forks.

use clap::Args;

use crate::cli::args::FormatArgs;

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
