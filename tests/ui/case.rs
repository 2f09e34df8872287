//! The cases as they lie below `cases`, and the packages that they become.
//!
//! A case is the files of a package. `Cargo.toml` is generated: `metadata.toml` is put into it, and
//! `dependencies.toml` below its dependencies. Where there is no `src/lib.rs`, it is
//! `migrate_core::migrations!();`. A case with a folder `packages` is a workspace of these, and
//! `workspace.toml` is put into its manifest. `library.txt` is the name by which a package calls
//! the library.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A case.
pub(crate) struct Case {
    /// The name of its folder.
    pub(crate) name: String,
    /// Its folder.
    pub(crate) folder: PathBuf,
}

/// The cases, sorted by name.
pub(crate) fn all() -> Vec<Case> {
    let mut cases: Vec<Case> = fs::read_dir(repository().join("tests/ui/cases"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| Case {
            name: entry.file_name().into_string().unwrap(),
            folder: entry.path(),
        })
        .collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases
}

/// The root of this repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

impl Case {
    /// The packages of the case: their names, and their folders within it.
    pub(crate) fn packages(&self) -> Vec<(String, PathBuf)> {
        let packages = self.folder.join("packages");
        if !packages.exists() {
            return vec![(self.name.clone(), PathBuf::new())];
        }
        let mut names: Vec<String> = fs::read_dir(packages)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        let package = |name: String| {
            (
                format!("{}_{name}", self.name),
                Path::new("packages").join(name),
            )
        };
        names.into_iter().map(package).collect()
    }

    /// Writes the case below `cases`, as packages that cargo can compile. Leaves alone what is
    /// there already, so that cargo compiles only what is new.
    pub(crate) fn write_package(&self, cases: &Path) {
        let mut files = BTreeMap::new();
        collect(&self.folder, Path::new(""), &mut files);
        let packages = self.packages();
        let is_workspace = self.folder.join("packages").exists();
        for (name, folder) in &packages {
            let library = b"migrate_core::migrations!();\n".to_vec();
            files.entry(folder.join("src/lib.rs")).or_insert(library);
            let manifest = manifest(name, folder, is_workspace, &files);
            files.insert(folder.join("Cargo.toml"), manifest.into());
        }
        if is_workspace {
            let mut workspace =
                b"[workspace]\nresolver = \"3\"\nmembers = [\"packages/*\"]\n".to_vec();
            let more = files.get(Path::new("workspace.toml")).cloned();
            workspace.extend(more.unwrap_or_default());
            files.insert("Cargo.toml".into(), workspace);
        }
        write(&cases.join(&self.name), files);
    }
}

fn manifest(
    name: &str,
    folder: &Path,
    is_member: bool,
    files: &BTreeMap<PathBuf, Vec<u8>>,
) -> String {
    let text = |file: &str| {
        let text = files.get(&folder.join(file)).cloned().unwrap_or_default();
        String::from_utf8(text).unwrap()
    };
    let workspace = if is_member { "" } else { "[workspace]\n" };
    let core = repository().join("migrate-core");
    let library = match text("library.txt").trim() {
        "" => "migrate-core".to_owned(),
        name => name.to_owned(),
    };
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n{}{workspace}\
         [dependencies]\n{library} = {{ package = \"migrate-core\", path = {core:?} }}\n{}",
        text("metadata.toml"),
        text("dependencies.toml"),
    )
}

fn collect(root: &Path, below: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(root.join(below)).unwrap() {
        let path = below.join(entry.unwrap().file_name());
        if root.join(&path).is_dir() {
            collect(root, &path, files);
        } else {
            files.insert(path.clone(), fs::read(root.join(&path)).unwrap());
        }
    }
}

fn write(root: &Path, files: BTreeMap<PathBuf, Vec<u8>>) {
    let mut existing = BTreeMap::new();
    if root.exists() {
        collect(root, Path::new(""), &mut existing);
    }
    for path in existing.keys().filter(|path| !files.contains_key(*path)) {
        fs::remove_file(root.join(path)).unwrap();
    }
    for (path, content) in files {
        if existing.get(&path) != Some(&content) {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
    }
}
