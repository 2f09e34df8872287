//! What lies in the crate's folder of revisions: read once, and judged as a whole.
//!
//! A span cannot be made into another file, so each `#[revision]` reports the problems of its
//! own literals; it finds them here by its file and line. Looking one revision up must not cost
//! more in a longer history.

mod cache;

pub(crate) use cache::{current, reread};

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::paths::relative;
use migrate_graph::source::{
    Config, Folder, RevisionFile, SourceRevision, Workspace, read_manifest,
};
use migrate_graph::{Graph, Header, MultipleHeads, Part, Problem, Rules, Site};

/// The revisions of one package, and what is wrong with them.
pub(crate) struct Scan {
    pub(crate) config: Config,
    /// The package's own folder.
    pub(crate) folder: Folder,
    /// The folders of the other packages of the workspace, if they had to be read.
    others: Vec<Folder>,
    /// Where each header was read, in the order in which the graph was given them.
    places: Vec<Place>,
    problems: Vec<Problem>,
    /// For each revision of the package, its problems and where in it they show.
    found: HashMap<Place, Vec<(usize, Site)>>,
    files: HashMap<PathBuf, usize>,
    /// The ids and labels that only the other packages have, and the file of each.
    elsewhere: HashMap<String, PathBuf>,
}

/// A revision by its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    /// 0 for the package's own folder.
    folder: usize,
    file: usize,
    revision: usize,
}

impl Scan {
    /// Reads and judges the package in this folder.
    fn read(package: &Path) -> Scan {
        let workspace = Workspace::of(package);
        let manifest = read_manifest(package).unwrap_or_default();
        let config = Config::read(
            &manifest,
            workspace.as_ref().map(|workspace| &workspace.manifest),
        );
        let folder = Folder::read(package, Path::new(&config.directory));
        let mut scan = Scan::judge(config, folder, Vec::new());
        if scan.may_lead_elsewhere() {
            let others = workspace
                .map(|workspace| others(&workspace, package))
                .unwrap_or_default();
            scan = Scan::judge(scan.config, scan.folder, others);
        }
        scan
    }

    fn judge(config: Config, folder: Folder, others: Vec<Folder>) -> Scan {
        let files = folder.files.iter().enumerate();
        let files = files
            .map(|(index, file)| (folder.package.join(&file.path), index))
            .collect();
        let (mut places, mut found) = (Vec::new(), HashMap::<_, Vec<_>>::new());
        let mut headers = Vec::new();
        for (index, folder) in std::iter::once(&folder).chain(&others).enumerate() {
            read_headers(index, folder, &mut places, &mut headers);
        }
        let heads = if config.multiple_heads {
            MultipleHeads::Allow
        } else {
            MultipleHeads::Refuse
        };
        let mut problems = Graph::check(
            headers,
            &Rules {
                multiple_heads: heads,
            },
        )
        .err()
        .unwrap_or_default();
        let doubts = Doubts::of(std::iter::once(&folder).chain(&others));
        problems.retain(|problem| doubts.allow(problem));
        for (index, problem) in problems.iter().enumerate() {
            for site in shown(problem, &places) {
                found
                    .entry(places[site.header])
                    .or_default()
                    .push((index, site));
            }
        }
        let elsewhere = elsewhere(&folder, &others);
        Scan {
            config,
            folder,
            others,
            places,
            problems,
            found,
            files,
            elsewhere,
        }
    }

    /// Whether the rest of the workspace could explain what looks wrong.
    fn may_lead_elsewhere(&self) -> bool {
        let elsewhere = |problem: &Problem| {
            matches!(
                problem,
                Problem::UnknownLink { .. } | Problem::SeveralHeads { .. }
            )
        };
        self.problems.iter().any(elsewhere)
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

    /// The file with this absolute path.
    pub(crate) fn file(&self, path: &Path) -> Option<usize> {
        self.files.get(path).copied()
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
        self.folder.package.join(&self.folder.directory)
    }

    /// Whether the site is in the revision at this place.
    pub(crate) fn is_at(&self, site: Site, place: Place) -> bool {
        self.places[site.header] == place
    }

    fn folder(&self, index: usize) -> &Folder {
        if index == 0 {
            &self.folder
        } else {
            &self.others[index - 1]
        }
    }

    /// The problems that show in this revision, each with the part of it where it does.
    pub(crate) fn problems(&self, place: Place) -> impl Iterator<Item = (&Problem, Part)> {
        let found = self
            .found
            .get(&place)
            .map(Vec::as_slice)
            .unwrap_or_default();
        found
            .iter()
            .map(|(problem, site)| (&self.problems[*problem], site.part))
    }

    /// Where a header is, as `path:line`.
    pub(crate) fn location(&self, site: Site) -> String {
        let place = self.places[site.header];
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
        self.found.is_empty() && Doubts::of([&self.folder]).are_none()
    }
}

fn others(workspace: &Workspace, package: &Path) -> Vec<Folder> {
    let others = workspace
        .members()
        .into_iter()
        .filter(|member| member != package);
    others
        .map(|member| {
            let manifest = read_manifest(&member).unwrap_or_default();
            let config = Config::read(&manifest, Some(&workspace.manifest));
            Folder::read(&member, Path::new(&config.directory))
        })
        .collect()
}

fn read_headers(index: usize, folder: &Folder, places: &mut Vec<Place>, headers: &mut Vec<Header>) {
    for (file, in_file) in folder.files.iter().enumerate() {
        for (revision, source) in in_file.revisions.iter().enumerate() {
            if let Some(header) = source.header() {
                places.push(Place {
                    folder: index,
                    file,
                    revision,
                });
                headers.push(header);
            }
        }
    }
}

fn elsewhere(folder: &Folder, others: &[Folder]) -> HashMap<String, PathBuf> {
    let mut elsewhere = HashMap::new();
    for other in others {
        for (file, revision) in other.revisions() {
            for name in names(revision) {
                elsewhere
                    .entry(name.to_owned())
                    .or_insert_with(|| other.package.join(&file.path));
            }
        }
    }
    if !others.is_empty() {
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

/// The sites of a problem that are shown in the package's own files: each link of a cycle, and
/// of everything else the first.
fn shown(problem: &Problem, places: &[Place]) -> Vec<Site> {
    let mut sites = problem.sites();
    sites.retain(|site| places[site.header].folder == 0);
    if !matches!(problem, Problem::Cycle { .. }) {
        sites.truncate(1);
    }
    sites
}

/// What could not be read: it must not make mistakes of what is right.
#[derive(Default)]
struct Doubts {
    /// There may be revisions that are not known.
    revisions: bool,
    /// There may be parents that are not known.
    parents: bool,
    /// Something else is wrong with a revision.
    other: bool,
}

impl Doubts {
    fn of<'a>(folders: impl IntoIterator<Item = &'a Folder>) -> Doubts {
        let mut doubts = Doubts::default();
        for folder in folders {
            doubts.revisions |= !folder.problems.is_empty();
            doubts.revisions |= folder.files.iter().any(|file| file.error.is_some());
            for (_, revision) in folder.revisions() {
                doubts.revisions |= revision.declaration.id.is_none();
                doubts.parents |= revision.declaration.down_revision.is_none();
                doubts.other |= !revision.mistakes.is_empty();
            }
        }
        doubts
    }

    fn are_none(&self) -> bool {
        !self.revisions && !self.parents && !self.other
    }

    fn allow(&self, problem: &Problem) -> bool {
        match problem {
            // reported by the attribute itself, which needs no other revision for it
            Problem::IllegalName { .. } => false,
            Problem::UnknownLink { .. } => !self.revisions,
            Problem::SeveralBases { .. } | Problem::SeveralHeads { .. } => {
                !self.revisions && !self.parents
            }
            _ => true,
        }
    }
}
