//! `up`: apply what is pending.

use clap::Args;

use crate::cli::args::FormatArgs;

/// Apply pending revisions, up to a target
///
/// Each revision runs in a transaction of its own. A target brings with it every revision it rests on.
#[derive(Args, Clone, Debug)]
pub struct UpArgs {
    /// `head`, `heads`, `+N`, a revision's id or a unique prefix of it
    #[arg(
        value_name = "TARGET",
        default_value = "head",
        allow_negative_numbers = true
    )]
    pub targets: Vec<String>,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}
