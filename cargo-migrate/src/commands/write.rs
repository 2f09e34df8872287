//! Writing a revision's file: what `new` and `merge` have in common. Refuses an invalid revision
//! before it writes a file.

mod id;
pub(super) mod slug;
pub(super) mod sql;
mod template;

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use migrate_cli::CliError;
use migrate_cli::json::{Answer, RevisionTexts};
use migrate_graph::{Graph, Header, Target, draft, target};
use serde::Serialize;

use crate::project::Member;
use crate::selection::Selection;
use crate::{files, project, source};

/// The definition of a new revision.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    /// Its id; without one, the time.
    pub(super) id: Option<String>,
    pub(super) message: String,
    /// Its parents; by default the head.
    pub(super) heads: Vec<Target>,
    pub(super) splice: bool,
    pub(super) branch_labels: Vec<String>,
    pub(super) depends_on: Vec<String>,
    /// Whether it is an SQL folder instead of a Rust file.
    pub(super) sql: bool,
    /// What it does, if that is known.
    pub(super) texts: Option<RevisionTexts>,
}

/// A revision that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Written {
    /// The revision's id.
    id: String,
    /// The file, as a person in the current directory names it.
    path: String,
    /// The package that it belongs to.
    package: String,
    /// What the revision continues.
    down_revision: Vec<String>,
    /// What must be applied before it.
    depends_on: Vec<String>,
    /// The labels of its branch.
    branch_labels: Vec<String>,
    /// What the revision does.
    message: String,
}

impl Written {
    /// The revision's id.
    pub(super) fn id(&self) -> &str {
        &self.id
    }
}

impl Answer for Written {
    fn text(&self) -> String {
        format!("{}\n", self.path)
    }
}

/// Writes a revision into the member's folder. `graph` is the history so far, `None` before there
/// is one.
pub(super) fn write(
    wanted: &Wanted,
    selection: &Selection,
    member: &Member,
    graph: Option<&Graph>,
) -> Result<Written, CliError> {
    let header = header(wanted, selection, member, graph)?;
    let folder = selection.project.folder(member)?;
    let path = match wanted.sql {
        true => sql::write(
            &header,
            member.root(),
            &selection.project.directory(member)?,
            wanted.texts.as_ref(),
        )?,
        false => write_rust(&header, member, &folder, wanted.texts.as_ref())?,
    };
    Ok(Written {
        path: project::display(&path),
        package: member.name.clone(),
        id: header.id,
        down_revision: header.down_revision,
        depends_on: header.depends_on,
        branch_labels: header.branch_labels,
        message: header.message,
    })
}

/// The text of a revision, as it would be written.
pub(super) fn text(
    wanted: &Wanted,
    selection: &Selection,
    member: &Member,
    graph: Option<&Graph>,
) -> Result<String, CliError> {
    let header = header(wanted, selection, member, graph)?;
    let library = member.library_name();
    Ok(match &wanted.texts {
        Some(texts) if wanted.sql => {
            format!("-- up.sql\n{}\n-- down.sql\n{}", texts.up, texts.down)
        }
        Some(texts) => texts.rust.text(&header, &library),
        None => template::text(&header, &library),
    })
}

/// What a new revision declares about itself.
fn header(
    wanted: &Wanted,
    selection: &Selection,
    member: &Member,
    graph: Option<&Graph>,
) -> Result<Header, CliError> {
    let empty = Graph::new(Vec::new()).expect("no revision, no problem");
    let graph = graph.unwrap_or(&empty);
    let folder = selection.project.folder(member)?;
    let request = draft::Request {
        id: wanted
            .id
            .clone()
            .unwrap_or_else(|| free_id(wanted, graph, &folder)),
        message: wanted.message.clone(),
        heads: wanted.heads.clone(),
        splice: wanted.splice,
        branch_labels: wanted.branch_labels.clone(),
        depends_on: wanted.depends_on.clone(),
    };
    let draft = draft::draft(graph, &request).map_err(crate::error::refused)?;
    let rules = source::rules(&selection.project, &selection.sharing(member)?)?;
    let before = graph.shape(&rules).len();
    if let Some(problem) = draft.after.shape(&rules).into_iter().nth(before) {
        let failure = CliError::usage(problem.message());
        return Err(failure.help("give the branch a label: `--branch-label LABEL`"));
    }
    Ok(draft.header)
}

fn write_rust(
    header: &Header,
    member: &Member,
    folder: &Path,
    texts: Option<&RevisionTexts>,
) -> Result<PathBuf, CliError> {
    let name = format!(
        "{}_{}.rs",
        header.id.replace(['.', '-'], "_"),
        slug::slug(&header.message)
    );
    let path = folder.join(name);
    let library = member.library_name();
    let text = match texts {
        Some(texts) => texts.rust.text(header, &library),
        None => template::text(header, &library),
    };
    files::create(&path, &text).map_err(|error| cannot_write(&path, &error))?;
    Ok(path)
}

/// The time as an id that neither a revision nor a file has, and that is later than what the
/// revision continues.
fn free_id(wanted: &Wanted, graph: &Graph, folder: &Path) -> String {
    let mut parents = Vec::new();
    for head in &wanted.heads {
        // an unknown parent is refused below
        parents.extend(target::resolve(graph, head).unwrap_or_default());
    }
    if wanted.heads.is_empty() {
        parents.extend(graph.heads());
    }
    let mut parents: Vec<&str> = parents.into_iter().map(|parent| graph.id(parent)).collect();
    if wanted.sql {
        // each SQL folder continues the one before it, unless it says otherwise
        parents.extend(graph.nodes().map(|node| graph.id(node)));
    }
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names: Vec<OsString> = entries.map(|entry| entry.file_name()).collect();
    id::next_id(SystemTime::now(), &parents, |id| {
        graph.node(id).is_some()
            || names
                .iter()
                .any(|name| name.as_encoded_bytes().starts_with(id.as_bytes()))
    })
}

fn cannot_write(path: &Path, error: &io::Error) -> CliError {
    let name = project::display(path);
    match error.kind() {
        io::ErrorKind::AlreadyExists => CliError::usage(format!("`{name}` already exists"))
            .help("give the revision another message, or another id with `--rev-id`"),
        _ => CliError::usage(format!("cannot write `{name}`: {error}")),
    }
}
