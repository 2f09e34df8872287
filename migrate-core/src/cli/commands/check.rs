//! `check`: is everything in order?

use clap::Args;

use crate::cli::args::FormatArgs;

/// Exit with 0 when the history is sound and the database is up to date, else with 1
///
/// Without a database only the history is checked.
#[derive(Args, Clone, Debug)]
pub struct CheckArgs {
    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}
