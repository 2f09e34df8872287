//! `heads`: the revisions that nothing continues.

use clap::Args;

use crate::cli::args::FormatArgs;

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
