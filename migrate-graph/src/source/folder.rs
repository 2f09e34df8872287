//! The folder that holds a package's revisions: which files there are, and what is in them.
//!
//! What cannot be read is data, not a failure: one bad file must not hide the others. This
//! module must not know of workspaces, nor of how a problem is shown.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::file::{RevisionFile, SourceRevision};

/// The revisions of one package, as they lie on disk.
#[derive(Clone, Debug, Default)]
pub struct Folder {
    /// The package's own folder.
    pub package: PathBuf,
    /// The folder of the revisions, relative to the package.
    pub directory: PathBuf,
    /// The files, sorted by their paths.
    pub files: Vec<RevisionFile>,
    /// What could not be read.
    pub problems: Vec<FolderProblem>,
}

/// Something in the folder that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderProblem {
    /// Which file or folder, relative to the package.
    pub path: PathBuf,
    /// Why not.
    pub kind: FolderProblemKind,
}

/// Why something in the folder could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FolderProblemKind {
    /// The folder of the revisions is not there.
    Missing,
    /// The operating system refused.
    Unreadable(String),
    /// Not text, from this line on.
    NotUtf8 {
        /// The line, from 1.
        line: usize,
    },
    /// A folder with `up.sql`, as diesel's own command line makes them.
    SqlFolder,
}

/// The names of the files that hold revisions; cheaper to have than what is in them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Rust files, relative to the package, sorted.
    pub files: Vec<PathBuf>,
    /// What cannot be used, relative to the package, in the order of its discovery.
    pub problems: Vec<FolderProblem>,
}

impl Folder {
    /// Reads the revisions of the package in the folder `package`, from `directory` in it.
    #[must_use]
    pub fn read(package: &Path, directory: &Path) -> Folder {
        let listing = Listing::read(package, directory);
        let mut folder = Folder {
            package: package.to_owned(),
            directory: directory.to_owned(),
            files: Vec::with_capacity(listing.files.len()),
            problems: listing.problems,
        };
        for path in listing.files {
            match read_text(&package.join(&path)) {
                Ok(text) => folder.files.push(RevisionFile::parse(path, text)),
                Err(kind) => folder.problems.push(FolderProblem { path, kind }),
            }
        }
        folder
    }

    /// Every revision with its file, in the order of the files.
    pub fn revisions(&self) -> impl Iterator<Item = (&RevisionFile, &SourceRevision)> {
        self.files
            .iter()
            .flat_map(|file| file.revisions.iter().map(move |revision| (file, revision)))
    }

    /// The names of what was read.
    #[must_use]
    pub fn listing(&self) -> Listing {
        Listing {
            files: self.files.iter().map(|file| file.path.clone()).collect(),
            problems: self.problems.clone(),
        }
    }
}

impl Listing {
    /// Lists the files below `directory` in the folder `package`, without reading them.
    ///
    /// Names that begin with a dot are passed over, and links to folders are not followed.
    #[must_use]
    pub fn read(package: &Path, directory: &Path) -> Listing {
        let mut listing = Listing::default();
        if package.join(directory).is_dir() {
            listing.visit(package, directory);
            listing.files.sort();
        } else {
            listing.problem(directory, FolderProblemKind::Missing);
        }
        listing
    }

    /// Sixteen characters that change when a file appears, disappears or gets another name.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut hash = 0xcbf2_9ce4_8422_2325u64;
        let paths = self
            .files
            .iter()
            .chain(self.problems.iter().map(|problem| &problem.path));
        for path in paths {
            // FNV-1a; a byte that no name contains keeps the names apart
            for byte in path.as_os_str().as_encoded_bytes().iter().chain(&[0]) {
                hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
        }
        format!("{hash:016x}")
    }

    fn problem(&mut self, path: &Path, kind: FolderProblemKind) {
        self.problems.push(FolderProblem {
            path: path.to_owned(),
            kind,
        });
    }

    fn visit(&mut self, package: &Path, directory: &Path) {
        match entries(&package.join(directory)) {
            Ok(entries) if entries.iter().any(|entry| entry.is_file("up.sql")) => {
                self.problem(directory, FolderProblemKind::SqlFolder);
            }
            Ok(entries) => {
                for entry in entries {
                    let path = directory.join(&entry.name);
                    if entry.folder {
                        self.visit(package, &path);
                    } else if path.extension().is_some_and(|extension| extension == "rs") {
                        self.files.push(path);
                    }
                }
            }
            Err(error) => {
                self.problem(directory, FolderProblemKind::Unreadable(error.to_string()));
            }
        }
    }
}

struct Entry {
    name: std::ffi::OsString,
    folder: bool,
}

impl Entry {
    fn is_file(&self, name: &str) -> bool {
        !self.folder && self.name == name
    }
}

/// What is in a folder, sorted by name, without what begins with a dot.
fn entries(folder: &Path) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if !name.as_encoded_bytes().starts_with(b".") {
            entries.push(Entry {
                name,
                folder: entry.file_type()?.is_dir(),
            });
        }
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}

fn read_text(path: &Path) -> Result<String, FolderProblemKind> {
    let bytes = fs::read(path).map_err(|error| FolderProblemKind::Unreadable(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| {
        let readable = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let newlines = readable.iter().filter(|byte| **byte == b'\n').count();
        FolderProblemKind::NotUtf8 { line: newlines + 1 }
    })
}

impl FolderProblem {
    /// Whether there simply is no folder, so that nothing can be missing from what was read.
    #[must_use]
    pub fn is_absence(&self) -> bool {
        self.kind == FolderProblemKind::Missing
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self.kind {
            FolderProblemKind::Missing => {
                Some("make a first revision: `cargo migrate new \"create users\"`".to_owned())
            }
            FolderProblemKind::SqlFolder => Some(
                "move its files out of this folder, and run them from a revision: \
                 `op.execute(include_str!(\"../sql/up.sql\"))?`"
                    .to_owned(),
            ),
            FolderProblemKind::Unreadable(_) | FolderProblemKind::NotUtf8 { .. } => None,
        }
    }
}

impl std::fmt::Display for FolderProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let path = self.path.display();
        match &self.kind {
            FolderProblemKind::Missing => write!(f, "there is no folder `{path}`"),
            FolderProblemKind::Unreadable(why) => write!(f, "cannot read `{path}`: {why}"),
            FolderProblemKind::NotUtf8 { line } => {
                write!(f, "cannot read `{path}`: line {line} is not UTF-8 text")
            }
            FolderProblemKind::SqlFolder => {
                write!(
                    f,
                    "SQL folders are not supported yet: `{path}` has an `up.sql`"
                )
            }
        }
    }
}

impl std::error::Error for FolderProblem {}

#[cfg(test)]
mod tests;
