//! `check`: whether the history of the source files is valid. The runner checks whether revisions
//! can be reversed and whether a database is up to date.

use migrate_cli::commands::check::CheckArgs;
use migrate_cli::json::{self, Answer};
use migrate_cli::{CliError, Exit, Ui};
use serde::Serialize;

use crate::diagnostics::{self, Diagnostic};
use crate::selection::Selection;
use crate::source::{self, Unsound};
use crate::words;

/// What `check` answers without a database: the object that it always answers.
#[derive(Serialize)]
#[serde(transparent)]
pub(crate) struct Checked(json::Check);

impl Answer for Checked {
    fn text(&self) -> String {
        if self.0.ok {
            return self.0.text();
        }
        let problems = self.0.problems.iter().map(line);
        let count = words::count(self.0.problems.len(), "problem");
        problems.collect::<String>() + &format!("not ok: {count}; no database was checked\n")
    }

    fn exit(&self) -> Exit {
        self.0.exit()
    }
}

/// A problem in one line, with its place.
fn line(problem: &json::Problem) -> String {
    let message = &problem.message;
    match problem.places.first() {
        Some(json::Place {
            file,
            line,
            column: Some(column),
            ..
        }) => format!("problem: {file}:{line}:{column}: {message}\n"),
        Some(json::Place { file, line, .. }) => format!("problem: {file}:{line}: {message}\n"),
        None => format!("problem: {message}\n"),
    }
}

/// Checks the history. `None` if it is valid; the remaining checks need the compiled revisions.
/// That the models are `unreadable` is a part of the answer.
pub(crate) fn check(
    args: &CheckArgs,
    selection: &Selection,
    unreadable: Option<CliError>,
    ui: &mut Ui<'_>,
) -> Result<Option<Checked>, CliError> {
    let members = selection.participants()?;
    let rules = source::rules(&selection.project, &members)?;
    let history = match source::read(&selection.project, &members, &rules)? {
        Ok(history) => history,
        Err(unsound) => {
            ui.show(&diagnostics::render(&unsound.diagnostics));
            return Ok(Some(Checked(answer(unsound))));
        }
    };
    if args.database
        || args.drift
        || args.models
        || selection.models.is_some() && unreadable.is_none()
        || selection.has_database()?
        || history.has_compiled_downgrades()
    {
        return Ok(None);
    }
    let graph = history.graph();
    Ok(Some(Checked(json::Check {
        ok: true,
        revisions: graph.len(),
        heads: graph
            .heads()
            .map(|node| graph.id(node).to_owned())
            .collect(),
        models: unreadable.map(json::DifferenceCheck::unknown),
        ..json::Check::default()
    })))
}

fn answer(unsound: Unsound) -> json::Check {
    json::Check {
        revisions: unsound.revisions,
        heads: unsound.heads,
        problems: unsound
            .diagnostics
            .iter()
            .map(Diagnostic::to_json)
            .collect(),
        ..json::Check::default()
    }
}
