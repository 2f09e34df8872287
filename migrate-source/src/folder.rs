//! The folder of a package's revisions: its files, and their contents.
//!
//! What cannot be read is data, not a failure: one bad file must not hide the others. This
//! module must not know of workspaces, nor of how a problem is shown.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::file::{RevisionFile, SourceRevision, SqlFolder};
use super::read::{FolderProblem, FolderProblemKind, read_text};
use super::sql;

/// The revisions of one package, as they lie on disk.
#[derive(Clone, Debug, Default)]
pub struct Folder {
    /// The package's own folder.
    pub package: PathBuf,
    /// The folder of the revisions, relative to the package.
    pub directory: PathBuf,
    /// The Rust files, sorted by their paths, and after them the SQL folders in diesel's order.
    pub files: Vec<RevisionFile>,
    /// What could not be read.
    pub problems: Vec<FolderProblem>,
}

/// The names of the files with revisions; cheaper than their contents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Rust files, relative to the package, sorted.
    pub files: Vec<PathBuf>,
    /// SQL folders, in diesel's order.
    pub sql: Vec<SqlFolder>,
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
        // files that a Rust file includes are not skipped
        let is_included = |problem: &FolderProblem| {
            let name = problem.path.file_name().and_then(|name| name.to_str());
            problem.kind == FolderProblemKind::LooseSql
                && name.is_some_and(|name| folder.files.iter().any(|file| file.text.contains(name)))
        };
        let problems = folder.problems.iter();
        folder.problems = problems
            .filter(|problem| !is_included(problem))
            .cloned()
            .collect();
        let sql = sql::read(package, &listing.sql, &mut folder.problems);
        folder.files.extend(sql);
        folder
    }

    /// Whether something in the file or folder with this path, relative to the package, could not
    /// be read.
    #[must_use]
    pub fn has_problem_in(&self, path: &Path) -> bool {
        self.problems
            .iter()
            .any(|problem| problem.path.starts_with(path))
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
        let (sql, rust): (Vec<_>, Vec<_>) = self.files.iter().partition(|file| file.sql.is_some());
        Listing {
            files: rust.into_iter().map(|file| file.path.clone()).collect(),
            sql: sql
                .into_iter()
                .filter_map(|file| file.sql.clone())
                .collect(),
            problems: self.problems.clone(),
        }
    }
}

impl Listing {
    /// Lists the files below `directory` in the folder `package`, without reading them.
    ///
    /// Skips names that begin with a dot, and does not follow links to folders.
    #[must_use]
    pub fn read(package: &Path, directory: &Path) -> Listing {
        let mut listing = Listing::default();
        if package.join(directory).is_dir() {
            listing.visit(package, directory, &[]);
            listing.files.sort();
            sql::sort(&mut listing.sql);
        } else {
            listing.problem(directory, FolderProblemKind::Missing);
        }
        listing
    }

    /// Sixteen characters that change when a file appears, disappears or gets another name.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut hash = 0xcbf2_9ce4_8422_2325u64;
        let problems = self.problems.iter().map(|problem| problem.path.clone());
        let sql = self.sql.iter().flat_map(SqlFolder::files);
        for path in self.files.iter().cloned().chain(sql).chain(problems) {
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

    /// Looks through a folder; `above` are those around it, that of the revisions first.
    fn visit(&mut self, package: &Path, directory: &Path, above: &[&Path]) {
        let entries = match entries(&package.join(directory)) {
            Ok(entries) => entries,
            Err(error) => {
                let kind = FolderProblemKind::Unreadable(error.to_string());
                return self.problem(directory, kind);
            }
        };
        let has = |name: &str| entries.iter().any(|entry| entry.is_file(name));
        let is_sql = |entry: &&Entry| !entry.folder && entry.has_extension("sql");
        if let [_] = above
            && self.misnamed(directory, &entries)
        {
            return;
        }
        match (above, has(sql::UP)) {
            ([], _) => {
                for entry in entries.iter().filter(is_sql) {
                    self.problem(&directory.join(&entry.name), FolderProblemKind::LooseSql);
                }
            }
            ([_], true) => return self.sql_folder(directory, &entries),
            ([.., within], true) => {
                let within = within.to_path_buf();
                return self.problem(directory, FolderProblemKind::NestedSql { within });
            }
            ([_, ..], false) if has(sql::DOWN) || has(sql::METADATA) => {
                return self.problem(directory, FolderProblemKind::NoUpSql);
            }
            ([_], false)
                if (entries.is_empty() || entries.iter().any(|entry| is_sql(&entry)))
                    && sql::is_versioned(directory) =>
            {
                return self.problem(directory, FolderProblemKind::NoUpSql);
            }
            _ => {}
        }
        let above: Vec<&Path> = above.iter().copied().chain([directory]).collect();
        for entry in entries {
            let path = directory.join(&entry.name);
            // diesel follows links to the folders that it reads
            let linked =
                || entry.link && above.len() == 1 && package.join(&path).join(sql::UP).is_file();
            if entry.folder || linked() {
                self.visit(package, &path, &above);
            } else if is_rust(&path) {
                self.files.push(path);
            }
        }
    }

    /// Reports files whose names are similar to those of an SQL folder, and returns whether
    /// `up.sql` is missing because of that.
    fn misnamed(&mut self, directory: &Path, entries: &[Entry]) -> bool {
        let mut is_up = false;
        for name in [sql::UP, sql::DOWN, sql::METADATA] {
            let is_missing = !entries.iter().any(|entry| entry.is_file(name));
            let differs = |entry: &&Entry| {
                !entry.folder
                    && entry.name != name
                    && (entry.name.eq_ignore_ascii_case(name)
                        || is_missing && is_nearly(&entry.name.to_string_lossy(), name))
            };
            for entry in entries.iter().filter(differs) {
                is_up |= name == sql::UP;
                let kind = FolderProblemKind::MisnamedSql { name };
                self.problem(&directory.join(&entry.name), kind);
            }
        }
        is_up && !entries.iter().any(|entry| entry.is_file(sql::UP))
    }

    fn sql_folder(&mut self, directory: &Path, entries: &[Entry]) {
        let has = |name: &str| entries.iter().any(|entry| entry.is_file(name));
        for entry in entries {
            let path = directory.join(&entry.name);
            if !entry.folder && is_rust(&path) {
                self.problem(&path, FolderProblemKind::RustInSql);
            }
        }
        self.sql.push(SqlFolder {
            path: directory.to_owned(),
            down: has(sql::DOWN),
            metadata: has(sql::METADATA),
        });
    }
}

/// Whether a name was probably meant to be the one of a file in an SQL folder: `up.psql`,
/// `up.sql.txt`, `metadata.toml~`.
fn is_nearly(found: &str, name: &str) -> bool {
    let found = found.to_ascii_lowercase();
    let of_sql = match (name.strip_suffix("sql"), found.split_once('.')) {
        (Some(stem), Some((before, after))) => {
            stem.trim_end_matches('.') == before && after.contains("sql")
        }
        _ => false,
    };
    of_sql || found.starts_with(name)
}

fn is_rust(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rs")
}

struct Entry {
    name: std::ffi::OsString,
    folder: bool,
    link: bool,
}

impl Entry {
    fn has_extension(&self, wanted: &str) -> bool {
        let extension = Path::new(&self.name).extension();
        extension.is_some_and(|extension| extension.eq_ignore_ascii_case(wanted))
    }

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
            let kind = entry.file_type()?;
            entries.push(Entry {
                name,
                folder: kind.is_dir(),
                link: kind.is_symlink(),
            });
        }
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}

impl FolderProblem {
    /// Whether the folder does not exist, so that nothing was left unread.
    #[must_use]
    pub fn is_absence(&self) -> bool {
        self.kind == FolderProblemKind::Missing
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match &self.kind {
            FolderProblemKind::Missing => {
                Some("make a first revision: `cargo migrate new \"create users\"`".to_owned())
            }
            FolderProblemKind::NoUpSql => {
                let up = self.path.join(sql::UP);
                Some(format!("write `{}`, or remove the folder", up.display()))
            }
            FolderProblemKind::MisnamedSql { name } => Some(format!(
                "rename it to `{}`",
                self.path.with_file_name(name).display()
            )),
            FolderProblemKind::LooseSql => {
                let folder = self.path.parent().unwrap_or(Path::new(""));
                let stem = self.path.file_stem().unwrap_or_default();
                let example = match sql::is_versioned(Path::new(stem)) {
                    true => folder.join(stem),
                    false => folder.join("2024-01-01-000000_create_users"),
                };
                let example = example.join(sql::UP);
                Some(format!(
                    "give it a folder of its own: `{}`",
                    example.display()
                ))
            }
            FolderProblemKind::NestedSql { within } => Some(format!(
                "move it up, or make that folder the one of the revisions: \
                 `[package.metadata.migrate] directory = \"{}\"`",
                within.display()
            )),
            FolderProblemKind::RustInSql => {
                let folder = self.path.parent().and_then(Path::parent);
                let name = self.path.file_name().unwrap_or_default();
                let moved = folder.unwrap_or(Path::new("")).join(name);
                Some(format!("move it to `{}`", moved.display()))
            }
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
            FolderProblemKind::NoUpSql => write!(f, "the SQL folder `{path}` has no `up.sql`"),
            FolderProblemKind::MisnamedSql { name } => {
                let found = self.path.file_name().unwrap_or_default();
                let capitals = match found.eq_ignore_ascii_case(name) {
                    true => ", in small letters",
                    false => "",
                };
                write!(f, "`{path}` is not read: the name is `{name}`{capitals}")
            }
            FolderProblemKind::LooseSql => {
                write!(
                    f,
                    "`{path}` is in no folder of its own, which names a revision"
                )
            }
            FolderProblemKind::NestedSql { within } => write!(
                f,
                "the SQL folder `{path}` is below `{}`, where diesel does not look",
                within.display()
            ),
            FolderProblemKind::RustInSql => {
                write!(
                    f,
                    "`{path}` is in an SQL folder, where no Rust file is read"
                )
            }
        }
    }
}

impl std::error::Error for FolderProblem {}

#[cfg(test)]
mod tests;
