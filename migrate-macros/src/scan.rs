//! What lies in the crate's folder of revisions: read once, and judged as a whole.
//!
//! A span cannot be made into another file, so each `#[revision]` reports the problems of its
//! own literals; it finds them here by its file and line. Looking one revision up must not cost
//! more in a longer history.

mod cache;
mod judgement;
#[cfg(test)]
mod tests;

pub(crate) use cache::{current, reread};
pub(crate) use judgement::Place;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use migrate_graph::source::{
    Config, Doubts, Folder, RevisionFile, SourceRevision, Workspace, read_manifest,
};
use migrate_graph::{Part, Problem, Site};

use crate::paths::{normal, relative};
use judgement::Judgement;

/// The revisions of one package, and what is wrong with them.
pub(crate) struct Scan {
    pub(crate) config: Config,
    /// The manifests that the configuration is from.
    pub(crate) manifests: Vec<PathBuf>,
    /// The root of the workspace, or of a package without one: compilers name files from there.
    pub(crate) root: PathBuf,
    /// The package's own folder.
    pub(crate) folder: Folder,
    /// The folders of the other packages of the workspace, if they had to be read.
    others: Vec<Folder>,
    judgement: Judgement,
    /// The files of the package by their absolute paths.
    files: HashMap<PathBuf, usize>,
    /// The ids and labels that only the other packages have, and the file of each.
    elsewhere: HashMap<String, PathBuf>,
}

impl Scan {
    /// Reads and judges the package in this folder.
    fn read(package: &Path) -> Scan {
        let workspace = Workspace::of(package);
        let config = config(package, workspace.as_ref());
        let folder = Folder::read(package, Path::new(&config.directory));
        let mut others = Vec::new();
        let mut judgement = Judgement::of(&folder, &others, &config);
        if judgement.may_lead_elsewhere() {
            others = workspace
                .iter()
                .flat_map(|workspace| read_others(workspace, package))
                .collect();
            judgement = Judgement::of(&folder, &others, &config);
        }
        let files = folder.files.iter().enumerate();
        let files = files
            .map(|(index, file)| (normal(&package.join(&file.path)), index))
            .collect();
        let elsewhere = elsewhere(&folder, &others);
        let manifests = manifests(package, workspace.as_ref());
        let root = workspace.map_or_else(|| package.to_owned(), |workspace| workspace.root);
        Scan {
            config,
            manifests,
            root: normal(&root),
            folder,
            others,
            judgement,
            files,
            elsewhere,
        }
    }

    /// The file with this absolute path.
    pub(crate) fn file(&self, path: &Path) -> Option<usize> {
        self.files.get(path).copied()
    }

    /// The revision whose function has this name in this line of this file.
    pub(crate) fn find(&self, file: usize, function: &str, line: usize) -> Option<Place> {
        let here = |revision: &SourceRevision| {
            revision.line as usize == line
                && revision
                    .function
                    .as_ref()
                    .is_some_and(|name| name.text == function)
        };
        let revision = self.folder.files[file].revisions.iter().position(here)?;
        Some(Place {
            folder: 0,
            file,
            revision,
        })
    }

    /// The revision at this place, and its file.
    pub(crate) fn at(&self, place: Place) -> (&RevisionFile, &SourceRevision) {
        let file = &self.folder(place.folder).files[place.file];
        (file, &file.revisions[place.revision])
    }

    /// The text of a file of the package.
    pub(crate) fn text(&self, file: usize) -> &str {
        &self.folder.files[file].text
    }

    /// The absolute path of the folder of revisions.
    pub(crate) fn directory(&self) -> PathBuf {
        normal(&self.folder.package.join(&self.folder.directory))
    }

    /// The problems that show in this revision, each with the part of it where it does.
    pub(crate) fn problems(&self, place: Place) -> impl Iterator<Item = (&Problem, Part)> {
        self.judgement.problems(place)
    }

    /// Whether the site is in the revision at this place.
    pub(crate) fn is_at(&self, site: Site, place: Place) -> bool {
        self.judgement.place(site) == place
    }

    /// Where a header is, as `path:line`.
    pub(crate) fn location(&self, site: Site) -> String {
        let place = self.judgement.place(site);
        let (file, revision) = self.at(place);
        let line = file.position(revision.span(site.part)).line;
        let path = if place.folder == 0 {
            file.path.clone()
        } else {
            relative(
                &self.folder.package,
                &self.folder(place.folder).package.join(&file.path),
            )
        };
        format!("{}:{line}", path.display())
    }

    /// The file of another package with the revision that has this name, if none here has it.
    pub(crate) fn elsewhere(&self, name: &str) -> Option<&Path> {
        self.elsewhere.get(name).map(PathBuf::as_path)
    }

    /// Whether everything was read, and nothing is wrong with it.
    pub(crate) fn is_sound(&self) -> bool {
        self.judgement.is_sound() && Doubts::of([&self.folder]).are_none()
    }

    fn folder(&self, index: usize) -> &Folder {
        if index == 0 {
            &self.folder
        } else {
            &self.others[index - 1]
        }
    }
}

fn config(package: &Path, workspace: Option<&Workspace>) -> Config {
    let manifest = read_manifest(package).unwrap_or_default();
    Config::read(&manifest, workspace.map(|workspace| &workspace.manifest))
}

/// The package's manifest, and the workspace's if it has something to say.
fn manifests(package: &Path, workspace: Option<&Workspace>) -> Vec<PathBuf> {
    let says = |workspace: &&Workspace| {
        workspace
            .manifest
            .has(&["workspace", "metadata", "migrate"])
    };
    let root = workspace
        .filter(says)
        .map(|workspace| workspace.root.as_path());
    let root = root.filter(|root| *root != package);
    [package]
        .into_iter()
        .chain(root)
        .map(|folder| folder.join("Cargo.toml"))
        .collect()
}

fn read_others(workspace: &Workspace, package: &Path) -> Vec<Folder> {
    let others = workspace
        .members()
        .into_iter()
        .filter(|member| member != package);
    others
        .map(|member| {
            let config = config(&member, Some(workspace));
            Folder::read(&member, Path::new(&config.directory))
        })
        .collect()
}

fn elsewhere(folder: &Folder, others: &[Folder]) -> HashMap<String, PathBuf> {
    let mut elsewhere = HashMap::new();
    for other in others {
        for (file, revision) in other.revisions() {
            for name in names(revision) {
                let path = || other.package.join(&file.path);
                elsewhere.entry(name.to_owned()).or_insert_with(path);
            }
        }
    }
    if !elsewhere.is_empty() {
        for name in folder.revisions().flat_map(|(_, revision)| names(revision)) {
            elsewhere.remove(name);
        }
    }
    elsewhere
}

fn names(revision: &SourceRevision) -> impl Iterator<Item = &str> {
    let words = revision
        .declaration
        .id
        .iter()
        .chain(&revision.declaration.branch_labels);
    words.map(|word| word.text.as_str())
}
