//! `history`: the revisions, newest first.

use clap::Args;

use crate::cli::args::FormatArgs;

/// List the revisions, newest first
#[derive(Args, Clone, Debug)]
pub struct HistoryArgs {
    /// Only from one revision to another, both included: `a:b`, `a:`, `:b`; `base`, `heads` and `current` work too
    #[arg(short, long, value_name = "FROM:TO", allow_hyphen_values = true)]
    pub range: Option<String>,

    /// Mark the revisions the database is at
    #[arg(short, long)]
    pub indicate_current: bool,

    /// Show all that is known about each revision
    #[arg(short, long)]
    pub verbose: bool,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}

impl HistoryArgs {
    /// Whether the database has to be asked.
    pub(super) fn needs_database(&self) -> bool {
        let range = self.range.as_deref().unwrap_or_default();
        self.indicate_current || range.split(':').any(|end| end == "current")
    }
}
