//! `current`: the heads of what is applied.

use clap::Args;

use crate::cli::args::FormatArgs;

/// Show the revisions the database is at
#[derive(Args, Clone, Debug)]
pub struct CurrentArgs {
    /// Exit with 1 unless the database is at every head of the history
    #[arg(short, long)]
    pub check_heads: bool,

    /// Show all that is known about each revision
    #[arg(short, long)]
    pub verbose: bool,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}
