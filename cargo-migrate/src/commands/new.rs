//! `new`: a revision that continues the head and does nothing yet.

mod id;
mod slug;
mod template;

use std::io;
use std::time::SystemTime;

use clap::Args;
use migrate_core::cli::json::Answer;
use migrate_core::cli::{Failure, FormatArgs, Report};
use migrate_graph::{Graph, Header, Node, check_id};
use serde::Serialize;

use crate::source::{self, History};
use crate::workplace::Workplace;
use crate::{files, project, words};
use template::Draft;

/// Write a new revision that continues the head
///
/// Prints the path of its file. The id is the time in UTC.
#[derive(Args, Clone, Debug)]
pub(crate) struct NewArgs {
    /// What the revision does; its first line becomes a part of the file's name
    #[arg(value_name = "MESSAGE", required_unless_present = "message")]
    words: Vec<String>,

    /// The same, as an option
    #[arg(short, long, conflicts_with = "words")]
    message: Option<String>,

    /// The revision's id, instead of the time
    #[arg(long, value_name = "ID")]
    rev_id: Option<String>,

    /// Text or JSON.
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

/// What `new` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct New {
    /// The revision's id.
    id: String,
    /// The file that was written.
    path: String,
    /// The package that it belongs to.
    package: String,
    /// What the revision continues.
    down_revision: Vec<String>,
    /// What the revision does.
    message: String,
}

impl Answer for New {
    fn text(&self) -> String {
        format!("{}\n", self.path)
    }
}

/// Writes the revision.
pub(crate) fn new(
    args: &NewArgs,
    workplace: &Workplace,
    report: &mut Report<'_>,
) -> Result<New, Failure> {
    let message = args.message.clone().unwrap_or_else(|| args.words.join(" "));
    let message = message.trim().to_owned();
    if message.is_empty() {
        return Err(
            Failure::usage("the message is empty").help("cargo migrate new \"create users\"")
        );
    }
    let member = workplace.writable()?;
    let folder = workplace.project.folder(member)?;
    let history = history(workplace, report)?;
    let parents = match &history {
        Some(history) => parents(history.graph())?,
        None => Vec::new(),
    };
    let parents: Vec<&str> = parents.iter().map(String::as_str).collect();
    let id = match &args.rev_id {
        Some(id) => given_id(id, &parents, workplace, history.as_ref())?,
        None => id::next_id(SystemTime::now(), &parents, |id| {
            history
                .as_ref()
                .is_some_and(|history| history.graph().node(id).is_some())
                || is_named(&folder, id)
        }),
    };
    let path = folder.join(format!(
        "{}_{}.rs",
        id.replace(['.', '-'], "_"),
        slug::slug(&message)
    ));
    let text = template::text(&Draft {
        id: &id,
        parents: &parents,
        message: &message,
    });
    files::create(&path, &text).map_err(|error| cannot_write(&path, &error))?;
    let continues = match &parents[..] {
        [] => "begins the history".to_owned(),
        parents => format!("continues {}", words::list(parents)),
    };
    report.say(&format!("revision `{id}` {continues}"));
    Ok(New {
        path: project::display(&path),
        package: member.name.clone(),
        down_revision: parents.iter().map(|&parent| parent.to_owned()).collect(),
        id,
        message,
    })
}

/// The history that the revision will be a part of; `None` while no package has one.
fn history(workplace: &Workplace, report: &mut Report<'_>) -> Result<Option<History>, Failure> {
    if workplace.project.participants()?.is_empty() {
        return Ok(None);
    }
    crate::cli::history(workplace, report).map(Some)
}

/// The one head, or nothing in an empty history.
fn parents(graph: &Graph) -> Result<Vec<String>, Failure> {
    let heads: Vec<Node> = graph.heads().collect();
    let ids: Vec<String> = heads
        .iter()
        .map(|head| graph.id(*head).to_owned())
        .collect();
    if ids.len() > 1 {
        return Err(Failure::usage(format!(
            "the history has several heads: {}",
            words::list(&ids)
        ))
        .note("a new revision continues one head")
        .help("join them in a revision with `down_revision = [\"…\", \"…\"]`"));
    }
    Ok(ids)
}

/// The id that was asked for, if the history stays sound with it.
fn given_id(
    id: &str,
    parents: &[&str],
    workplace: &Workplace,
    history: Option<&History>,
) -> Result<String, Failure> {
    if check_id(id).is_err() {
        let header = Header::new(id, []);
        let problems = Graph::new(vec![header]).err().unwrap_or_default();
        let problem = problems.first();
        let failure = Failure::usage(problem.map(ToString::to_string).unwrap_or_default());
        return Err(match problem.and_then(migrate_graph::Problem::help) {
            Some(help) => failure.help(help),
            None => failure,
        });
    }
    let rules = source::rules(
        &workplace.project,
        &workplace.participants().unwrap_or_default(),
    )?;
    let header = Header::new(id, parents.iter().copied());
    let problems = history
        .map(|history| history.problems_with(header, &rules))
        .unwrap_or_default();
    match problems.first() {
        Some(problem) => {
            let failure = Failure::usage(problem.message());
            Err(failure.help("cargo migrate new --rev-id ANOTHER_ID MESSAGE"))
        }
        None => Ok(id.to_owned()),
    }
}

/// Whether a file of the folder is named after this id already.
fn is_named(folder: &std::path::Path, id: &str) -> bool {
    let names = std::fs::read_dir(folder).into_iter().flatten().flatten();
    names
        .map(|entry| entry.file_name())
        .any(|name| name.to_string_lossy().starts_with(id))
}

fn cannot_write(path: &std::path::Path, error: &io::Error) -> Failure {
    let name = project::display(path);
    match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::usage(format!("`{name}` exists already"))
            .help("give the revision another message, or another id with `--rev-id`"),
        _ => Failure::usage(format!("cannot write `{name}`: {error}")),
    }
}
