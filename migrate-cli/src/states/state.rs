//! The names of states, and the files that some of them are.

use std::fs;
use std::path::{Path, PathBuf};

use migrate_graph::suggest::nearest;

use crate::args::refuse_url;
use crate::error::CliError;
use crate::json::SchemaDump;
use migrate_core::engine::backend::{BackendKind, DatabaseUrl};
use migrate_core::engine::scratch::SqlFailure;

/// A schema, by the way to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Nothing.
    Empty,
    /// The configured database.
    Database,
    /// What the source declares.
    Models,
    /// What the history creates, up to a target or to its heads.
    History(Option<String>),
    /// The database of a URL.
    At(DatabaseUrl),
    /// What SQL files create, in this order.
    Sql(Vec<PathBuf>),
    /// A dump.
    Dump(PathBuf),
}

/// The names that are no path and no URL.
const NAMES: [&str; 4] = ["database", "history", "empty", "models"];

/// What a state can be.
const FORMS: &str = "a state is `database`, `history`, `history@TARGET`, `models`, a URL, a SQLite file, a `.sql` file or a folder of them, \
                     a `.json` dump, or `empty`";

impl State {
    /// The state of a name; relative paths are in this directory.
    pub(crate) fn parse(name: &str, directory: &Path) -> Result<State, CliError> {
        let path = directory.join(name);
        let has_ending = |ending: &str| {
            let found = path.extension().and_then(|found| found.to_str());
            found.is_some_and(|found| found.eq_ignore_ascii_case(ending))
        };
        let is_url = name.contains("://") || name.starts_with("sqlite:");
        match name {
            "" => Err(CliError::usage("the name of a state is empty").help(FORMS)),
            "empty" => Ok(State::Empty),
            "database" => Ok(State::Database),
            "history" => Ok(State::History(None)),
            "models" => Ok(State::Models),
            _ if name.starts_with("history@") => {
                let target = &name["history@".len()..];
                refuse_url(target)?;
                match target {
                    "" => Err(CliError::usage("`history@` names no target")
                        .help("write `history@REVISION`, or `history` for all of it")),
                    target => Ok(State::History(Some(target.to_owned()))),
                }
            }
            _ if !is_url && has_ending("json") => Ok(State::Dump(there(path, name)?)),
            _ if !is_url && has_ending("sql") => Ok(State::Sql(vec![there(path, name)?])),
            _ if !is_url && path.is_dir() => Ok(State::Sql(sql_files(&path, name)?)),
            _ if !is_url && !path.exists() => Err(unknown(name)),
            _ => {
                let url: DatabaseUrl = name.parse()?;
                Ok(State::At(url.relative_to(directory)))
            }
        }
    }

    /// Whether it cannot be had for several kinds of database.
    pub(crate) fn is_of_one_kind(&self) -> bool {
        !matches!(
            self,
            State::Empty | State::Models | State::History(_) | State::Sql(_)
        )
    }

    /// The kind of database that it can only be for.
    pub(super) fn kind(&self) -> Result<Option<BackendKind>, CliError> {
        Ok(match self {
            State::At(url) => Some(url.kind()),
            State::Dump(path) => {
                let server = read_dump(path)?.schema.server;
                server.map(|server| server.backend)
            }
            State::Empty | State::Database | State::Models | State::History(_) | State::Sql(_) => {
                None
            }
        })
    }
}

fn unknown(name: &str) -> CliError {
    let name = DatabaseUrl::redacted(name);
    let failure = CliError::usage(format!("there is no state and no file `{name}`"));
    failure.help(match nearest(&name, NAMES.into_iter()) {
        Some(near) => format!("a state with a similar name exists: `{near}`"),
        None => FORMS.to_owned(),
    })
}

/// A path, if something is there.
fn there(path: PathBuf, name: &str) -> Result<PathBuf, CliError> {
    match path.is_file() {
        true => Ok(path),
        false => Err(CliError::usage(format!("there is no file `{name}`"))),
    }
}

/// The SQL files of a folder, in the order of their names.
fn sql_files(folder: &Path, name: &str) -> Result<Vec<PathBuf>, CliError> {
    let unreadable = |error| CliError::usage(format!("cannot read the folder `{name}`: {error}"));
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let is_sql = path.extension().is_some_and(|ending| ending == "sql");
        if is_sql && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    match files.is_empty() {
        true => Err(CliError::usage(format!(
            "there is no `.sql` file in the folder `{name}`"
        ))),
        false => Ok(files),
    }
}

/// The text of a file.
pub(super) fn read(path: &Path) -> Result<String, CliError> {
    fs::read_to_string(path)
        .map_err(|error| CliError::usage(format!("cannot read `{}`: {error}", path.display())))
}

/// The dump in a file.
pub(super) fn read_dump(path: &Path) -> Result<SchemaDump, CliError> {
    let text = read(path)?;
    SchemaDump::parse(&text).map_err(|why| {
        CliError::usage(format!(
            "`{}` is not a dump of a schema: {why}",
            path.display()
        ))
        .help("make one with `cargo migrate schema dump --format json`")
    })
}

/// An SQL file that failed.
pub(super) fn failed_at(path: &Path, failed: &SqlFailure) -> CliError {
    let place = format!("{}:{}", path.display(), failed.line);
    let failure = CliError::new(
        crate::exit::Exit::Revision,
        format!("{place}: {}", failed.message),
    )
    .fact("file", path.display().to_string())
    .fact("line", failed.line);
    match failed.help {
        Some(help) => failure.help(help),
        None => failure,
    }
}
