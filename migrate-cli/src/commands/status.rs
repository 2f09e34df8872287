//! `status`: the state of the database.

use std::collections::HashMap;

use clap::Args;
use migrate_graph::{Advice, Help, Node};

use super::stamp::recorded_elsewhere;
use crate::args::FormatArgs;
use crate::context::{Context, Database};
use crate::error::CliError;
use crate::json;
use crate::words::word;
use migrate_core::engine::backend::Access;
use migrate_core::engine::{continued, decide, edited_block, lost_help};
use migrate_core::error::Error;
use migrate_core::journal::{Finished, Open, OpenKind, PartialRevision};
use migrate_core::migrator::{Found, JournalAccess, Migrator};

/// Show what is applied, what is pending, and the last run
///
/// Also shows which applied revisions were edited since, which ones the history does not have, and
/// which one is only partially applied.
#[derive(Args, Clone, Debug)]
pub struct StatusArgs {
    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// The state of the database, with each revision of the history.
pub(super) fn status(context: &Context<'_>) -> Result<json::Status, CliError> {
    let migrator = context.migrator();
    let mut database = context.database(Access::Read)?;
    let status = migrator.status(&mut database.session);
    let status = status.map_err(|error| database.failure(error))?;
    let server_version = database.session.server_version().map_err(|source| {
        database.failure(Error::database("ask for the server's version", source))
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
    // without the privilege to ask, no run is shown
    let holder = database.session.holder().unwrap_or_default();
    let partial = partial(&migrator, &mut database, status.partial)?;
    let session = database.session.as_mut();
    let recorded_elsewhere = match status.applied.is_empty() && !status.pending.is_empty() {
        true => recorded_elsewhere(session, graph),
        false => None,
    };
    let (journal, journal_error) = match status.journal {
        JournalAccess::Absent => ("absent", None),
        JournalAccess::Read => ("read", None),
        JournalAccess::Closed(why) => ("closed", Some(why)),
    };
    Ok(json::Status {
        database: database.name,
        server_version,
        version_table: database.session.chosen_version_table(),
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
        edited: status
            .edited
            .iter()
            .map(json::ChecksumMismatch::from)
            .collect(),
        partial,
        lost_at: status.lost_at,
        at_work: holder.map(|holder| holder.to_string()),
        last_run: status
            .last_run
            .map(|run| json::LogRun::of(&run, None, graph)),
        journal,
        journal_error,
        recorded_elsewhere,
    })
}

/// The partially applied revision, with what the catalogue shows of it.
pub(super) fn partial(
    migrator: &Migrator<'_>,
    database: &mut Database,
    partial: Option<PartialRevision>,
) -> Result<Option<json::PartialRevision>, CliError> {
    let Some(partial) = partial else {
        return Ok(None);
    };
    let graph = migrator.graph()?;
    // without the privilege to ask, assume that no run is active
    let at_work = database.session.holder().unwrap_or_default();
    let found = match at_work {
        Some(_) => None,
        None => migrator
            .look(&mut database.session, &partial)
            .map_err(|error| database.failure(error))?,
    };
    let node = graph.node(&partial.revision);
    let opaque = partial.finished.iter().any(Finished::is_block);
    let edited = partial
        .finished
        .iter()
        .any(|finished| finished.edited.is_some());
    let backend = database.session.backend();
    let help = match &found {
        _ if at_work.is_some() => {
            Some(Help::from("wait until that run has ended, then run `") + Advice::Status + "`")
        }
        Some(Found::Unclear(_)) => {
            let open = partial.open.as_ref();
            let block = open.is_some_and(Open::is_block);
            Some(decide(&partial.revision, block))
        }
        _ if edited => Some(edited_block(&partial.revision)),
        _ if opaque => Some(
            Help::from("a connection block was committed and cannot be skipped: ")
                + decide(&partial.revision, true),
        ),
        _ => Some(further(
            &partial,
            migrator.can_revert(&partial, backend),
            migrator.is_sql(&partial.revision),
        )),
    };
    let finished = partial.finished.into_iter();
    Ok(Some(json::PartialRevision {
        message: node.map_or_else(String::new, |node| graph.header(node).message.clone()),
        revision: partial.revision,
        direction: word(partial.direction),
        since: partial.since,
        actor: partial.actor,
        finished: finished.map(|finished| finished.operation).collect(),
        open: partial.open.map(|open| json::OpenOperation {
            found: found.as_ref().map(|found| found_words(found).0),
            found_text: found.as_ref().map(|found| found_words(found).1),
            ..json::OpenOperation::from(open)
        }),
        failed: partial.failed,
        failed_at: partial.failed_at,
        at_work: at_work.map(|holder| holder.to_string()),
        help,
    }))
}

/// How to continue a partially applied revision: another run, unless session state of the
/// interrupted run is lost.
fn further(partial: &PartialRevision, can_revert: bool, is_sql: bool) -> Help {
    let message = partial.failed.as_deref().unwrap_or_default();
    match lost_help(message, &partial.revision, partial.direction, is_sql) {
        Some(help) => help,
        None => continued(partial.direction, can_revert),
    }
}

/// The result of the probe, as JSON and as text.
fn found_words(found: &Found) -> (&'static str, String) {
    match found {
        Found::Done => (
            "done",
            "it took effect: the next run resumes after it".to_owned(),
        ),
        Found::NotDone => (
            "not_done",
            "it had no effect: the next run repeats it".to_owned(),
        ),
        Found::Broken => (
            "broken",
            "it took effect in part: the next run removes that part and repeats it".to_owned(),
        ),
        Found::Repeatable => (
            "repeatable",
            "running it twice is harmless: the next run repeats it".to_owned(),
        ),
        Found::Unclear(found) => ("unclear", found.clone()),
        Found::Later => (
            "later",
            "it follows a connection block: the next run probes for it".to_owned(),
        ),
    }
}

impl From<Open> for json::OpenOperation {
    fn from(mut open: Open) -> json::OpenOperation {
        let (kind, statement, key) = match open.kind {
            OpenKind::Statement(number) => ("statement", open.statements.remove(&number), None),
            OpenKind::Between(number) => ("between", open.statements.remove(&number), None),
            OpenKind::Opaque => ("opaque", None, None),
            OpenKind::Batches(key) => ("batches", None, Some(key)),
            OpenKind::Batch { up_to, .. } => ("batch", None, Some(up_to)),
        };
        json::OpenOperation {
            step: open.step,
            operation: open.operation,
            kind,
            back: open.back,
            statement,
            key,
            found: None,
            found_text: None,
        }
    }
}
