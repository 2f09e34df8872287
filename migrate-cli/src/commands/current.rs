//! `current`: the heads of the applied revisions.

use clap::Args;

use crate::args::FormatArgs;
use crate::context::{self, Context};
use crate::error::CliError;
use crate::json;
use crate::listing::Listing;
use migrate_core::engine::backend::Access;

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

/// The revisions the database is at.
pub(super) fn current(
    context: &Context<'_>,
    args: &CurrentArgs,
) -> Result<json::Current, CliError> {
    let migrator = context.migrator();
    let mut database = context.database(Access::Read)?;
    let status = migrator.status(&mut database.session);
    let status = status.map_err(|error| database.failure(error))?;
    let graph = migrator.graph()?;
    let applied = context::applied(graph, &status);
    let facts = context.facts();
    let listing = Listing::new(graph, &facts).with_applied(&applied);
    let current = status.current.iter().filter_map(|id| graph.node(id));
    Ok(json::Current {
        database: database.name,
        revisions: listing.revisions(current),
        current: status.current,
        heads: status.heads,
        at_heads: status.at_heads,
        unknown: status.unknown,
        gaps: status.gaps,
        check_heads: args.check_heads,
        verbose: args.verbose,
    })
}
