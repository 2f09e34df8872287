//! `status`: where the database stands.

use std::collections::HashMap;

use clap::Args;
use migrate_graph::{Graph, Node};

use crate::backend::Access;
use crate::cli::args::FormatArgs;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::json;
use crate::cli::progress::word;
use crate::error::Error;
use crate::journal::{Open, OpenKind, Unfinished};
use crate::migrator::JournalAccess;

/// Show where the database stands: what is applied, pending, unknown, edited, unfinished, and what was done last
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
    let facts = context.facts();
    let revision = |node: &Node| {
        let header = graph.header(*node);
        let run_on = run_on.get(header.id.as_str());
        json::StatusRevision {
            id: header.id.clone(),
            package: facts(&header.id).package,
            message: header.message.clone(),
            applied: run_on.is_some(),
            run_on: run_on.map(ToString::to_string),
        }
    };
    let (journal, journal_error) = match status.journal {
        JournalAccess::Absent => ("absent", None),
        JournalAccess::Read => ("read", None),
        JournalAccess::Closed(why) => ("closed", Some(why)),
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
        edited: status.edited.iter().map(json::Edited::from).collect(),
        unfinished: status.unfinished.map(|it| json::Unfinished::of(it, graph)),
        last_run: status
            .last_run
            .map(|run| json::LogRun::of(&run, None, graph)),
        journal,
        journal_error,
    })
}

impl json::Unfinished {
    pub(super) fn of(unfinished: Unfinished, graph: &Graph) -> json::Unfinished {
        let node = graph.node(&unfinished.revision);
        let help = Error::Unfinished(Box::new(unfinished.clone())).help();
        let finished = unfinished.finished.into_iter();
        json::Unfinished {
            message: node.map_or_else(String::new, |node| graph.header(node).message.clone()),
            revision: unfinished.revision,
            direction: word(unfinished.direction),
            since: unfinished.since,
            actor: unfinished.actor,
            finished: finished.map(|finished| finished.operation).collect(),
            open: unfinished.open.map(json::OpenOperation::from),
            failed: unfinished.failed,
            help,
        }
    }
}

impl From<Open> for json::OpenOperation {
    fn from(mut open: Open) -> json::OpenOperation {
        let (kind, statement, key) = match open.kind {
            OpenKind::Statement(number) => ("statement", open.statements.remove(&number), None),
            OpenKind::Between(number) => ("between", open.statements.remove(&number), None),
            OpenKind::Opaque => ("opaque", None, None),
            OpenKind::Batches(key) => ("batches", None, Some(key)),
        };
        json::OpenOperation {
            step: open.step,
            operation: open.operation,
            kind,
            back: open.back,
            statement,
            key,
        }
    }
}
