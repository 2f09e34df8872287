//! `check`: whether the history of the source files is valid. The runner checks whether revisions
//! can be reversed and whether a database is up to date.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use migrate_cli::commands::check::CheckArgs;
use migrate_cli::json::{self, Answer};
use migrate_cli::{CliError, Exit, Ui};
use serde::Serialize;

use crate::diagnostics::{self, Diagnostic};
use crate::project;
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

/// Refuses revisions that are not as rustfmt writes them. `cargo fmt` follows `mod` declarations,
/// and those of revisions are written by a macro.
pub(crate) fn formatted(selection: &Selection) -> Result<(), CliError> {
    let mut changed = Vec::new();
    // a command for each edition, with the folders of its packages
    let mut commands: Vec<(&str, String)> = Vec::new();
    for member in selection.participants()? {
        let folder = selection.project.folder(member)?;
        let files = glob::Pattern::escape(&folder.to_string_lossy());
        let files = glob::glob(&format!("{files}/*.rs")).into_iter().flatten();
        let files: Vec<PathBuf> = files.filter_map(Result::ok).collect();
        if files.is_empty() {
            continue;
        }
        let edition = ["--edition", &member.edition];
        let rustfmt =
            project::cargo().with_file_name(format!("rustfmt{}", env::consts::EXE_SUFFIX));
        let rustfmt = if rustfmt.is_file() {
            rustfmt
        } else {
            "rustfmt".into()
        };
        let output = Command::new(&rustfmt)
            .args(["--check", "-l"])
            .args(edition)
            .args(&files)
            .stdin(Stdio::null())
            .output();
        let output = output.map_err(|error| {
            CliError::usage(format!(
                "`{}` cannot be started: {error}",
                rustfmt.display()
            ))
            .help("rustup component add rustfmt")
        })?;
        let named = String::from_utf8_lossy(&output.stdout);
        let named: Vec<String> = named
            .lines()
            .map(|path| project::display(path.as_ref()))
            .collect();
        if !output.status.success() && named.is_empty() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(CliError::usage("rustfmt cannot read a revision").note(said.trim_end()));
        }
        if !named.is_empty() {
            let folder = format!(" {}/*.rs", project::display(&folder));
            match commands
                .iter_mut()
                .find(|(edition, _)| *edition == member.edition)
            {
                Some((_, folders)) => folders.push_str(&folder),
                None => commands.push((&member.edition, folder)),
            }
        }
        changed.extend(named);
    }
    match changed.as_slice() {
        [] => Ok(()),
        files => {
            let commands = commands.iter();
            let commands =
                commands.map(|(edition, folders)| format!("rustfmt --edition {edition}{folders}"));
            let commands: Vec<String> = commands.collect();
            Err(CliError::new(
                Exit::No,
                format!("rustfmt would change {}", words::list(files)),
            )
            .fact("unformatted", files)
            .note("nothing else was checked")
            .help(commands.join(" && ")))
        }
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
