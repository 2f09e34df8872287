//! What lies in the crate's folder of revisions: read once, and judged as a whole.
//!
//! A span cannot be made into another file, so each `#[revision]` reports the problems of its
//! own literals; it finds them here by its file and line. Looking one revision up must not cost
//! more in a longer history.

mod around;
mod cache;
mod judgement;
#[cfg(test)]
mod tests;

pub(crate) use cache::{current, reread};
pub(crate) use judgement::Place;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use migrate_graph::{Part, Problem, Site};
use migrate_source::{
    Config, Folder, Incomplete, RevisionFile, SEVERAL_HEADS, SourceRevision, Workspace,
    is_published, read_manifest,
};

use crate::migrations::fingerprint_variable;
use crate::paths::{normal, relative, with_slashes};
use around::Around;
use judgement::Judgement;

/// The revisions of one package, and their mistakes.
pub(crate) struct Scan {
    pub(crate) config: Config,
    /// The manifests that the configuration is from.
    pub(crate) manifests: Vec<PathBuf>,
    /// The root of the workspace, or of a package without one: compilers name files from there.
    root: PathBuf,
    /// The package's own folder.
    pub(crate) folder: Folder,
    /// The way from the root to the package.
    from_root: PathBuf,
    /// The folders of the other packages that share the history.
    others: Vec<Folder>,
    judgement: Judgement,
    /// The files of the package by their absolute paths.
    files: HashMap<PathBuf, usize>,
    /// The files of other packages at the ends of links that cross.
    pub(crate) across: Vec<PathBuf>,
    /// By their names, the revisions of other histories: the history of each, and its place. Empty
    /// unless a link is broken.
    strangers: HashMap<String, (String, String)>,
}

impl Scan {
    /// Reads and judges the package in this folder, together with the others that share its
    /// history.
    fn read(package: &Path) -> Scan {
        let workspace = Workspace::of(package);
        let mut config = config(package, workspace.as_ref());
        let around = workspace
            .as_ref()
            .map_or_else(Around::default, |workspace| {
                Around::of(workspace, package, &config.history)
            });
        config.multiple_heads |= around.allow_several_heads();
        config.multiple_heads |=
            std::env::var(fingerprint_variable()).is_ok_and(|value| value.ends_with(SEVERAL_HEADS));
        let folder = Folder::read(package, Path::new(&config.directory));
        let others = around.read();
        let judgement = Judgement::of(&folder, &others, &config, is_published(package));
        let strangers = match judgement.has_broken_link() {
            true => around.strangers(package),
            false => HashMap::new(),
        };
        let files = folder.files.iter().enumerate();
        let files = files
            .map(|(index, file)| (normal(&package.join(&file.path)), index))
            .collect();
        let across = around::across(&folder, &others);
        let manifests = manifests(package, workspace.as_ref());
        let root = workspace.map_or_else(|| package.to_owned(), |workspace| workspace.root);
        let root = normal(&root);
        Scan {
            config,
            manifests,
            from_root: relative(&root, package),
            root,
            folder,
            others,
            judgement,
            files,
            across,
            strangers,
        }
    }

    /// The file with this absolute path.
    pub(crate) fn file(&self, path: &Path) -> Option<usize> {
        self.files.get(path).copied()
    }

    /// A path in the package as it is shown: relative to the root.
    pub(crate) fn shown(&self, path: &Path) -> String {
        with_slashes(&match path.is_absolute() {
            true => relative(&self.root, path),
            false => self.from_root.join(path),
        })
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

    /// The ids of the package's revisions, and of those that share its history.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        let folders = std::iter::once(&self.folder).chain(&self.others);
        let revisions = folders.flat_map(Folder::revisions);
        revisions.filter_map(|(_, revision)| Some(revision.declaration.id.as_ref()?.text.as_str()))
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

    /// The files that a problem shows in.
    pub(crate) fn files_of(&self, problem: &Problem) -> impl Iterator<Item = &RevisionFile> {
        let sites = problem.sites().into_iter();
        sites.map(|site| self.at(self.judgement.place(site)).0)
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

    /// The history that has this name, which no revision of this one has, and the place of the
    /// revision there.
    pub(crate) fn stranger(&self, name: &str) -> Option<(&str, &str)> {
        let (history, place) = self.strangers.get(name)?;
        Some((history, place))
    }

    /// Whether everything was read without mistakes.
    pub(crate) fn is_sound(&self) -> bool {
        self.judgement.is_sound() && Incomplete::of([&self.folder]).are_none()
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
