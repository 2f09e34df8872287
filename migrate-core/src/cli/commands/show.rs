//! `show`: all about some revisions.

use clap::Args;

use migrate_graph::{Target, target};

use crate::cli::args::{FormatArgs, refuse_url};
use crate::cli::failure::Failure;
use crate::cli::json;
use crate::cli::listing::Listing;

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

/// All that is known of the revisions that the targets name.
///
/// # Errors
///
/// When a target names no revision, or more than one where one is meant.
pub fn show(listing: &Listing<'_>, args: &ShowArgs) -> Result<json::Show, Failure> {
    let mut nodes = Vec::new();
    for text in &args.targets {
        refuse_url(text)?;
        match (text.as_str(), listing.applied()) {
            ("current", Some(applied)) => nodes.extend(applied.tips(listing.graph())),
            _ => nodes.extend(target::resolve(listing.graph(), &text.parse::<Target>()?)?),
        }
    }
    Ok(json::Show {
        revisions: listing.revisions(nodes),
    })
}
