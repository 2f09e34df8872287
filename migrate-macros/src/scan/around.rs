//! The other packages of the workspace: those that share the history, and where revisions of other
//! histories lie. Reads their folders; must not check their contents.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use migrate_source::{Folder, FolderProblem, Participant, SourceRevision, Workspace};

use crate::paths::{normal, relative};

/// The other packages with revisions.
#[derive(Default)]
pub(super) struct Around {
    /// Those that share the history.
    same: Vec<Participant>,
    /// Those with another one.
    others: Vec<Participant>,
}

impl Around {
    /// Looks around the package with this history.
    pub(super) fn of(workspace: &Workspace, package: &Path, history: &str) -> Around {
        let package = normal(package);
        let all = workspace.participants().into_iter();
        let (same, others) = all
            .filter(|other| other.folder != package)
            .partition(|other| other.config.history == history);
        Around { same, others }
    }

    /// Whether one of those that share the history allows several heads: then it may have them.
    pub(super) fn allow_several_heads(&self) -> bool {
        self.same.iter().any(|other| other.config.multiple_heads)
    }

    /// Reads the revisions of those that share the history.
    pub(super) fn read(&self) -> Vec<Folder> {
        let folders = self.same.iter().map(read);
        // a package without a folder has no revision yet
        let is_there = |folder: &Folder| !folder.problems.iter().any(FolderProblem::is_absence);
        folders.filter(is_there).collect()
    }

    /// Reads the revisions of other histories: by their names, the history of each and its place as
    /// seen from the package.
    pub(super) fn strangers(&self, package: &Path) -> HashMap<String, (String, String)> {
        let mut strangers = HashMap::new();
        for other in &self.others {
            let folder = read(other);
            for (file, revision) in folder.revisions() {
                let path = relative(package, &folder.package.join(file.main_file()));
                let place = format!("{}:{}", path.display(), revision.line);
                for name in names(revision) {
                    let value = || (other.config.history.clone(), place.clone());
                    strangers.entry(name.to_owned()).or_insert_with(value);
                }
            }
        }
        strangers
    }
}

fn read(other: &Participant) -> Folder {
    Folder::read(&other.folder, Path::new(&other.config.directory))
}

/// The files of other packages at the ends of links that cross: those that the package's links lead
/// into, and those with links into it.
pub(super) fn across(folder: &Folder, others: &[Folder]) -> Vec<PathBuf> {
    let own: Vec<&SourceRevision> = folder.revisions().map(|(_, revision)| revision).collect();
    let own_names: HashSet<&str> = own.iter().flat_map(|own| names(own)).collect();
    let links_of_own = own.iter().flat_map(|own| links(own));
    let wanted: HashSet<&str> = links_of_own
        .filter(|link| !own_names.contains(link))
        .collect();
    let mut across = Vec::new();
    for other in others {
        for (file, revision) in other.revisions() {
            let leads_here = links(revision).any(|link| own_names.contains(link));
            if leads_here || names(revision).any(|name| wanted.contains(name)) {
                across.push(normal(&other.package.join(file.main_file())));
            }
        }
    }
    across.dedup();
    across
}

fn names(revision: &SourceRevision) -> impl Iterator<Item = &str> {
    let declaration = &revision.declaration;
    let words = declaration.id.iter().chain(&declaration.branch_labels);
    words.map(|word| word.text.as_str())
}

fn links(revision: &SourceRevision) -> impl Iterator<Item = &str> {
    let declaration = &revision.declaration;
    let parents = declaration.down_revision.iter().flatten();
    let words = parents.chain(&declaration.depends_on);
    words.map(|word| word.text.as_str())
}
