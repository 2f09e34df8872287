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
use migrate_graph::draft::{self, Draft};
use migrate_graph::{Graph, Header, Target, target};
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
    /// Those that were written after it, each of which continues the one before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    then: Vec<Written>,
}

impl Written {
    /// The revision's id.
    pub(super) fn id(&self) -> &str {
        &self.id
    }
}

impl Answer for Written {
    fn text(&self) -> String {
        let then = self.then.iter().map(Written::text);
        format!("{}\n", self.path) + &then.collect::<String>()
    }
}

/// Writes revisions into the member's folder, of which each continues the one before: all, or none.
/// `graph` is the history so far, `None` before there is one.
pub(super) fn write(
    wanted: &[Wanted],
    selection: &Selection,
    member: &Member,
    graph: Option<&Graph>,
) -> Result<Written, CliError> {
    let headers = headers(wanted, selection, member, graph)?;
    let paths = all_or_none(wanted.iter().zip(&headers), |(one, header)| {
        write_one(one, header, selection, member)
    })?;
    let written = headers
        .into_iter()
        .zip(paths)
        .map(|(header, path)| Written {
            path: project::display(&path),
            package: member.name.clone(),
            id: header.id,
            down_revision: header.down_revision,
            depends_on: header.depends_on,
            branch_labels: header.branch_labels,
            message: header.message,
            then: Vec::new(),
        });
    let mut all: Vec<Written> = written.collect();
    let then = all.split_off(1);
    Ok(Written {
        then,
        ..all.remove(0)
    })
}

/// Writes each; after a failure, what was written before it is removed. What is written is a file,
/// or the `up.sql` of a folder.
fn all_or_none<T>(
    all: impl Iterator<Item = T>,
    write: impl Fn(T) -> Result<PathBuf, CliError>,
) -> Result<Vec<PathBuf>, CliError> {
    let mut paths: Vec<PathBuf> = Vec::new();
    for one in all {
        match write(one) {
            Ok(path) => paths.push(path),
            Err(failure) => {
                for path in &paths {
                    // the failure is the one to report
                    let _ = match (path.ends_with("up.sql"), path.parent()) {
                        (true, Some(folder)) => fs::remove_dir_all(folder),
                        _ => fs::remove_file(path),
                    };
                }
                return Err(failure);
            }
        }
    }
    Ok(paths)
}

fn write_one(
    wanted: &Wanted,
    header: &Header,
    selection: &Selection,
    member: &Member,
) -> Result<PathBuf, CliError> {
    match wanted.sql {
        true => sql::write(
            header,
            member.root(),
            &selection.project.directory(member)?,
            wanted.texts.as_ref(),
        ),
        false => {
            let folder = selection.project.folder(member)?;
            write_rust(header, member, &folder, wanted.texts.as_ref())
        }
    }
}

/// The text of revisions, as they would be written.
pub(super) fn text(
    wanted: &[Wanted],
    selection: &Selection,
    member: &Member,
    graph: Option<&Graph>,
) -> Result<String, CliError> {
    let headers = headers(wanted, selection, member, graph)?;
    let library = member.library_name();
    let texts = wanted.iter().zip(&headers);
    let texts = texts.map(|(one, header)| match &one.texts {
        Some(texts) if one.sql => {
            format!("-- up.sql\n{}\n-- down.sql\n{}", texts.up, texts.down)
        }
        Some(texts) => texts.rust.text(header, &library),
        None => template::text(header, &library),
    });
    Ok(texts.collect::<Vec<_>>().join("\n"))
}

/// What new revisions declare about themselves; each but the first continues the one before.
fn headers(
    wanted: &[Wanted],
    selection: &Selection,
    member: &Member,
    graph: Option<&Graph>,
) -> Result<Vec<Header>, CliError> {
    let mut after = graph.cloned();
    let mut found: Vec<Header> = Vec::new();
    for one in wanted {
        let mut one = Wanted {
            texts: None,
            ..one.clone()
        };
        if let Some(before) = found.last() {
            one.heads = vec![before.id.parse::<Target>()?];
        }
        let draft = draft(&one, selection, member, after.as_ref())?;
        found.push(draft.header);
        after = Some(draft.after);
    }
    Ok(found)
}

/// What a new revision declares about itself.
fn draft(
    wanted: &Wanted,
    selection: &Selection,
    member: &Member,
    graph: Option<&Graph>,
) -> Result<Draft, CliError> {
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
    Ok(draft)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_revisions_all_are_written_or_none() {
        let root = tempfile::tempdir().unwrap();
        let write = |name: &&str| {
            let path = root.path().join(name);
            let folder = path.parent().unwrap();
            let written = fs::create_dir_all(folder).and_then(|()| fs::write(&path, ""));
            written.map_err(|error| cannot_write(&path, &error))?;
            Ok(path)
        };
        let left = || fs::read_dir(root.path()).unwrap().count();
        let names = ["a.rs", "b/up.sql", "a.rs/c.rs"];
        assert!(all_or_none(names[..2].iter(), write).is_ok());
        assert_eq!(left(), 2);
        assert!(all_or_none(names.iter(), write).is_err());
        assert_eq!(left(), 0);
    }
}
