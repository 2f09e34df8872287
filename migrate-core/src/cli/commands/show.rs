//! `show`: all about some revisions.

use clap::Args;

use crate::cli::args::FormatArgs;

/// Show all that is known about revisions
#[derive(Args, Clone, Debug)]
pub struct ShowArgs {
    /// A revision's id or a unique prefix of it, `head`, `heads` or `current`
    #[arg(
        value_name = "REVISION",
        default_value = "head",
        allow_negative_numbers = true
    )]
    pub targets: Vec<String>,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}

impl ShowArgs {
    /// Whether the database has to be asked.
    pub(super) fn needs_database(&self) -> bool {
        self.targets.iter().any(|target| target == "current")
    }
}
