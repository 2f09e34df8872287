//! `status`: where the database stands.

use std::collections::HashMap;

use clap::Args;
use migrate_graph::Node;

use crate::backend::Access;
use crate::cli::args::FormatArgs;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::json;
use crate::error::Error;

/// Show where the database stands: what is applied, pending, unknown
#[derive(Args, Clone, Debug)]
pub struct StatusArgs {
    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// Where the database stands, with each revision of the history.
pub(super) fn status(context: &Context<'_>) -> Result<json::Status, Failure> {
    let migrator = context.migrator();
    let mut database = context.database(Access::Read)?;
    let status = migrator.status(&mut database.session);
    let status = status.map_err(|error| database.failure(error))?;
    let server_version = database.session.server_version().map_err(|source| {
        database.failure(Error::Database {
            doing: "ask for the server's version",
            source,
        })
    })?;

    let graph = migrator.graph()?;
    let run_on: HashMap<&str, &str> = status
        .applied
        .iter()
        .map(|row| (row.version.as_str(), row.run_on.as_str()))
        .collect();
    let revision = |node: &Node| {
        let header = graph.header(*node);
        let run_on = run_on.get(header.id.as_str());
        json::StatusRevision {
            id: header.id.clone(),
            message: header.message.clone(),
            applied: run_on.is_some(),
            run_on: run_on.map(ToString::to_string),
        }
    };
    Ok(json::Status {
        database: database.name,
        server_version,
        revisions: graph.topological().iter().map(revision).collect(),
        applied: status
            .applied
            .iter()
            .map(|row| row.version.clone())
            .collect(),
        current: status.current,
        heads: status.heads,
        at_heads: status.at_heads,
        pending: status.pending,
        unknown: status.unknown,
        gaps: status.gaps,
    })
}
