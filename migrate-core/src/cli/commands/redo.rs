//! `redo`: down and up again.

use std::num::NonZeroU32;

use clap::Args;

use crate::cli::args::FormatArgs;

/// Undo the last applied revision and apply it again
#[derive(Args, Clone, Debug)]
pub struct RedoArgs {
    /// How many revisions to undo and apply again
    #[arg(short = 'n', long = "number", value_name = "N", default_value = "1")]
    pub number: NonZeroU32,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}
