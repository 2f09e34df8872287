//! `check`: is everything in order?

use clap::Args;
use migrate_graph::Problem;

use crate::cli::args::FormatArgs;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::json;
use crate::error::{Error, IrreversibleReason};
use crate::migrator::Status;
use crate::revision::Revision;

/// Exit with 0 when the history is sound and the database is up to date, else with 1
///
/// A history is sound when its revisions form a graph, and each that is declared `reversible` can be reversed.
/// Without a database only the history is checked.
#[derive(Args, Clone, Debug)]
pub struct CheckArgs {
    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// Whether the history is sound, and the database, if one is given, up to date with it.
pub(super) fn check(context: &Context<'_>) -> Result<json::Check, Failure> {
    let migrator = context.migrator();
    let (problems, heads) = match migrator.graph() {
        Ok(graph) => (
            graph.shape(&context.rules()?),
            graph
                .heads()
                .map(|node| graph.id(node).to_owned())
                .collect(),
        ),
        Err(Error::History(problems)) => (problems, Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let mut problems: Vec<json::Problem> = problems.iter().map(json::Problem::from).collect();
    let sound = migrator.graph().is_ok();
    if let Some(backend) = context.likely_dialect()?.filter(|_| sound) {
        problems.extend(migrator.not_reversible(backend)?.iter().map(not_reversible));
    }
    let mut answer = json::Check {
        ok: problems.is_empty(),
        revisions: context.history.len(),
        heads,
        problems,
        ..json::Check::default()
    };
    if let Some(mut database) = context.database_if_any()?.filter(|_| sound) {
        let status = migrator.status(&mut database.session);
        let status = status.map_err(|error| database.failure(error))?;
        answer.ok &= status.at_heads;
        answer.describe(database.name, status);
    }
    Ok(answer)
}

/// A promise to be reversible that cannot be kept.
fn not_reversible((revision, reason): &(&'static Revision, IrreversibleReason)) -> json::Problem {
    let (id, file, line) = (revision.id(), revision.file(), revision.line());
    json::Problem {
        message: format!(
            "revision `{id}` in `{file}:{line}` is declared `reversible`, and cannot be taken back: {reason}"
        ),
        places: vec![json::Place {
            file: file.to_owned(),
            line,
            column: None,
            note: None,
        }],
        help: Some(reason.help()),
    }
}

impl json::Check {
    fn describe(&mut self, database: json::Database, status: Status) {
        self.database = Some(database.database);
        self.backend = Some(database.backend);
        self.current = status.current;
        self.pending = status.pending;
        self.unknown = status.unknown;
        self.gaps = status.gaps;
    }
}

impl From<&Problem> for json::Problem {
    fn from(problem: &Problem) -> json::Problem {
        json::Problem {
            message: problem.message(),
            places: Vec::new(),
            help: problem.help(),
        }
    }
}
