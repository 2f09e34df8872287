//! `status`: where the database stands.

use clap::Args;

use crate::cli::args::FormatArgs;

/// Show where the database stands: what is applied, pending, unknown
#[derive(Args, Clone, Debug)]
pub struct StatusArgs {
    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}
