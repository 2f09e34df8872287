//! `check`: is the history of the source files sound? Whether a database is up to date is the runner's part.

use migrate_core::cli::commands::check::CheckArgs;
use migrate_core::cli::{Failure, Report, json};

use crate::diagnostics::{self, Diagnostic};
use crate::source;
use crate::workplace::Workplace;

/// Judges the history. `None` when it is sound and there is a database to go on with.
pub(crate) fn check(
    _args: &CheckArgs,
    workplace: &Workplace,
    report: &mut Report<'_>,
) -> Result<Option<json::Check>, Failure> {
    let members = workplace.participants()?;
    let rules = source::rules(&workplace.project, &members)?;
    let history = match source::read(&workplace.project, &members, &rules)? {
        Ok(history) => history,
        Err(diagnostics) => {
            report.show(&diagnostics::render(&diagnostics));
            return Ok(Some(unsound(&diagnostics)));
        }
    };
    if workplace.has_database()? {
        return Ok(None);
    }
    let graph = history.graph();
    Ok(Some(json::Check {
        ok: true,
        revisions: graph.len(),
        heads: graph
            .heads()
            .map(|node| graph.id(node).to_owned())
            .collect(),
        ..empty()
    }))
}

fn unsound(diagnostics: &[Diagnostic]) -> json::Check {
    let problem = |diagnostic: &Diagnostic| json::Problem {
        message: diagnostic.with_place(),
        help: diagnostic.help.clone(),
    };
    json::Check {
        problems: diagnostics.iter().map(problem).collect(),
        ..empty()
    }
}

fn empty() -> json::Check {
    json::Check {
        ok: false,
        revisions: 0,
        heads: Vec::new(),
        problems: Vec::new(),
        database: None,
        backend: None,
        current: Vec::new(),
        pending: Vec::new(),
        unknown: Vec::new(),
        gaps: Vec::new(),
    }
}
