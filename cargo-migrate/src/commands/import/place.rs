//! Puts imported revisions among those of a package: all of them or none. Must not know where they
//! came from.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use migrate_cli::CliError;
use migrate_graph::{Graph, Header, Problem};
use migrate_source::Folder;

use super::files::{Entry, entry};
use super::revision::Revision;
use crate::project::{self, Member};
use crate::selection::Selection;
use crate::{source, words};

/// What is to be written, after it was found to be a sound history.
pub(super) struct Placed {
    /// The revisions that are not there yet, each with its files.
    pub(super) new: Vec<(Revision, Entry)>,
    /// How many are there already.
    pub(super) there: usize,
    /// The heads of the whole, if there are more than the rules allow.
    pub(super) heads: Vec<String>,
    folder: PathBuf,
}

/// Finds out what is to be written. `missing` leaves what is there as it is; otherwise that must
/// be the same.
pub(super) fn plan(
    revisions: Vec<Revision>,
    missing: bool,
    again: &str,
    selection: &Selection,
    member: &Member,
) -> Result<Placed, CliError> {
    let folder = selection.project.folder(member)?;
    let directory = selection.project.directory(member)?;
    let library = member.library_name();
    let before = Folder::read(member.root(), &directory);
    let before: Vec<Header> = match folder.is_dir() {
        true => before
            .revisions()
            .filter_map(|(_, revision)| revision.header())
            .collect(),
        false => Vec::new(),
    };
    refuse_beside_baseline(&revisions, &before, again)?;
    let before: BTreeSet<String> = before.into_iter().map(|header| header.id).collect();
    let all = revisions.into_iter().map(|revision| {
        let entry = entry(&revision, &library);
        (revision, entry)
    });
    let all: Vec<(Revision, Entry)> = all.collect();
    if !missing && !before.is_empty() {
        refuse_others(&all, &before, &folder, again)?;
    }
    let (old, new): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|(revision, _)| before.contains(&revision.header.id));
    let heads = match new.is_empty() {
        true => Vec::new(),
        false => heads(&new, selection, member)?,
    };
    Ok(Placed {
        new,
        there: old.len(),
        heads,
        folder,
    })
}

/// Refuses what comes before a revision that stands for it there.
fn refuse_beside_baseline(
    revisions: &[Revision],
    before: &[Header],
    again: &str,
) -> Result<(), CliError> {
    let stands = |header: &&Header| {
        let mut same = revisions.iter().map(|one| &one.header);
        let same = same.find(|one| one.id == header.id);
        header.down_revision.is_empty() && same.is_some_and(|one| !one.down_revision.is_empty())
    };
    match before.iter().find(stands) {
        None => Ok(()),
        Some(Header { id, .. }) => Err(CliError::usage(format!(
            "`{id}` is there as a baseline, which stands for what is before it"
        ))
        .help(format!(
            "write what comes after it: `{again} --baseline={id} --missing`"
        ))),
    }
}

/// Refuses a folder with revisions, unless they are those that would be written.
fn refuse_others(
    all: &[(Revision, Entry)],
    before: &BTreeSet<String>,
    folder: &Path,
    again: &str,
) -> Result<(), CliError> {
    let is_same = |entry: &Entry| {
        let mut files = entry.files.iter();
        files
            .all(|(path, text)| fs::read(folder.join(path)).is_ok_and(|old| old == text.as_bytes()))
    };
    let names = all.iter().map(|(revision, _)| &revision.header.id);
    let names: BTreeSet<&String> = names.collect();
    let others: Vec<&String> = before.iter().filter(|id| !names.contains(id)).collect();
    let there = |revision: &Revision| before.contains(&revision.header.id);
    let changed = all
        .iter()
        .filter(|(revision, entry)| there(revision) && !is_same(entry));
    let changed: Vec<&String> = changed.map(|(revision, _)| &revision.header.id).collect();
    let absent: Vec<&String> = names
        .into_iter()
        .filter(|id| !before.contains(*id))
        .collect();
    if changed.is_empty() && absent.is_empty() {
        return Ok(());
    }
    let name = project::display(folder);
    let mut failure = CliError::usage(format!("`{name}` has revisions already"));
    for (ids, what) in [
        (&others, "is not among what is imported"),
        (&changed, "is there with other contents"),
        (&absent, "is not there"),
    ] {
        match ids.as_slice() {
            [] => {}
            [id] => failure = failure.note(format!("`{id}` {what}")),
            [id, rest @ ..] => {
                let more = words::count(rest.len(), "more revision");
                failure = failure.note(format!("`{id}` {what}, and {more}"));
            }
        }
    }
    Err(failure.help(match absent.is_empty() {
        true => format!("remove what is to be imported again, then type `{again} --missing`"),
        false => format!("write only those that are not there: `{again} --missing`"),
    }))
}

/// Checks that the history is sound with the new revisions, and returns its heads if there are more
/// than its rules allow.
fn heads(
    new: &[(Revision, Entry)],
    selection: &Selection,
    member: &Member,
) -> Result<Vec<String>, CliError> {
    let sharing = selection.sharing(member)?;
    let mut headers: Vec<Header> = Vec::new();
    for other in &sharing {
        // not as a history: what is missing in it may be what is imported
        let folder = Folder::read(other.root(), &selection.project.directory(other)?);
        let revisions = folder.revisions();
        headers.extend(revisions.filter_map(|(_, revision)| revision.header()));
    }
    headers.extend(new.iter().map(|(revision, _)| revision.header.clone()));
    let graph = Graph::new(headers).map_err(|problems| {
        let messages: Vec<String> = problems.iter().map(Problem::message).collect();
        CliError::usage("what was read is no sound history, so nothing is written")
            .notes(messages)
            .help("correct it where it comes from, and import it again")
    })?;
    let rules = source::rules(&selection.project, &sharing)?;
    Ok(match graph.shape(&rules).is_empty() {
        true => Vec::new(),
        false => graph
            .heads()
            .map(|head| graph.id(head).to_owned())
            .collect(),
    })
}

impl Placed {
    /// The folder of the revisions.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes all of it, or nothing.
    pub(super) fn write(&self) -> Result<(), CliError> {
        let folder = &self.folder;
        let names = self.new.iter().map(|(_, entry)| folder.join(&entry.name));
        let names: Vec<PathBuf> = names.collect();
        if let Some(taken) = names.iter().find(|path| path.exists()) {
            let name = project::display(taken);
            return Err(CliError::usage(format!("`{name}` already exists"))
                .help(format!("move it away: `mv {name} {name}.old`")));
        }
        // a name that readers pass over
        let draft = folder.join(format!(".import.{}.tmp", std::process::id()));
        let mut moved = 0;
        let written = self.fill(&draft).and_then(|()| {
            for ((_, entry), path) in self.new.iter().zip(&names) {
                fs::rename(draft.join(&entry.name), path)?;
                moved += 1;
            }
            Ok(())
        });
        // the first error is the one to report
        let _ = fs::remove_dir_all(&draft);
        written.map_err(|error| {
            for path in &names[..moved] {
                let _ = match path.is_dir() {
                    true => fs::remove_dir_all(path),
                    false => fs::remove_file(path),
                };
            }
            let name = project::display(folder);
            CliError::usage(format!("cannot write to `{name}`: {error}"))
                .note("nothing was left there")
        })
    }

    fn fill(&self, draft: &Path) -> io::Result<()> {
        for (path, text) in self.new.iter().flat_map(|(_, entry)| &entry.files) {
            let path = draft.join(path);
            fs::create_dir_all(path.parent().unwrap_or(draft))?;
            fs::write(path, text)?;
        }
        Ok(())
    }
}
