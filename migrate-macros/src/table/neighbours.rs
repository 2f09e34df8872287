//! The tables around one: those of its file, then of its package, then of the workspace. Files are
//! read once for each compiler process; in an editor, which lives long, again when they change.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use migrate_models::{FileModels, Outline, Problem};
use migrate_source::{Workspace, is_published};
use proc_macro2::Span;

use super::outline::outlines;
use crate::paths;

/// How many times its own cost must pass before a folder is looked through again.
const PATIENCE: u32 = 20;

/// What was read before.
#[derive(Default)]
struct Known {
    files: HashMap<PathBuf, (Option<SystemTime>, Arc<Vec<Outline>>)>,
    folders: HashMap<PathBuf, Folder>,
}

struct Folder {
    outlines: Arc<Vec<Outline>>,
    right_at: Instant,
    cost: Duration,
}

static KNOWN: Mutex<Option<Known>> = Mutex::new(None);

/// The references that lead nowhere. Where the compiler does not say which file is expanded, as in
/// editors and in examples of documentation, nothing is said rather than something wrong.
pub(super) fn wrong_references(read: &FileModels) -> Vec<Problem> {
    let (Some(package), Some(place)) = (paths::package(), paths::place(Span::call_site())) else {
        return Vec::new();
    };
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let known = known.get_or_insert_default();
    let mut around = vec![known.file(&place.file)];
    let wrong = |around: &[Arc<Vec<Outline>>]| {
        let outlines: Vec<&Outline> = around.iter().flat_map(|outlines| outlines.iter()).collect();
        read.wrong_references(&outlines)
    };
    let problems = wrong(&around);
    if problems.is_empty() && !read.is_renamed() {
        return problems;
    }
    for folder in folders(&package, &place.file) {
        around.push(known.folder(&folder));
    }
    let problems = wrong(&around);
    if problems.is_empty() {
        return problems;
    }
    if is_published(&package) {
        // the rest of the workspace is not there
        return Vec::new();
    }
    let Some(workspace) = Workspace::of(&package) else {
        return problems;
    };
    let package = paths::normal(&package);
    for member in workspace.members() {
        if member != package {
            around.push(known.folder(&member.join("src")));
        }
    }
    wrong(&around)
}

/// Where the other models of a package are: in `src`, and where the file is, which can belong to
/// a test or an example.
fn folders(package: &Path, file: &Path) -> Vec<PathBuf> {
    let mut folders = vec![package.join("src")];
    let file = paths::in_package(file, package).unwrap_or_else(|| file.to_owned());
    let own = match file.strip_prefix(package) {
        Ok(inside) if inside.components().count() > 1 => {
            inside.iter().next().map(|first| package.join(first))
        }
        // what lies next to the manifest is a whole package
        Ok(_) => None,
        Err(_) => file.parent().map(Path::to_owned),
    };
    folders.extend(own.filter(|own| *own != folders[0]));
    folders
}

impl Known {
    /// The tables of a file.
    fn file(&mut self, path: &Path) -> Arc<Vec<Outline>> {
        let changed = path.metadata().and_then(|file| file.modified()).ok();
        if let Some((before, outlines)) = self.files.get(path)
            && *before == changed
        {
            return Arc::clone(outlines);
        }
        let text = fs::read_to_string(path).unwrap_or_default();
        let found = Arc::new(outlines(&text));
        let value = (changed, Arc::clone(&found));
        self.files.insert(path.to_owned(), value);
        found
    }

    /// The tables of the files in a folder, at any depth.
    fn folder(&mut self, path: &Path) -> Arc<Vec<Outline>> {
        if let Some(folder) = self.folders.get(path)
            && folder.right_at.elapsed() < folder.cost * PATIENCE
        {
            return Arc::clone(&folder.outlines);
        }
        let start = Instant::now();
        let mut files = Vec::new();
        collect(path, &mut files);
        files.sort();
        let mut all = Vec::new();
        for file in files {
            all.extend(self.file(&file).iter().cloned());
        }
        let outlines = Arc::new(all);
        let folder = Folder {
            outlines: Arc::clone(&outlines),
            right_at: Instant::now(),
            cost: start.elapsed(),
        };
        self.folders.insert(path.to_owned(), folder);
        outlines
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        // a link to a folder may lead back
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => collect(&path, files),
            Ok(_) if path.extension().is_some_and(|end| end == "rs") => files.push(path),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_has_models_of_its_own() {
        let package = Path::new("/p");
        let of = |file: &str| {
            let folders = folders(package, Path::new(file)).into_iter();
            let folders = folders.map(|folder| folder.display().to_string());
            folders.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(of("/p/src/a/b.rs"), "/p/src");
        assert_eq!(of("/p/tests/a/b.rs"), "/p/src /p/tests");
        assert_eq!(of("/p/lib.rs"), "/p/src");
        assert_eq!(of("/other/models/a.rs"), "/p/src /other/models");
    }

    #[test]
    fn a_file_is_read_again_when_it_changes() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        fs::create_dir(root.join("deep")).unwrap();
        fs::write(root.join("deep/a.rs"), "table! { a { id -> Integer } }").unwrap();
        fs::write(root.join("b.txt"), "table! { b { id -> Integer } }").unwrap();
        let mut known = Known::default();
        let found = known.folder(root);
        assert_eq!((found.len(), &*found[0].name), (1, "a"));
        let path = root.join("deep/a.rs");
        fs::write(&path, "table! { c { id -> Integer } }").unwrap();
        let later = SystemTime::now() + Duration::from_secs(9);
        let file = fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(later).unwrap();
        assert_eq!(known.file(&path)[0].name, "c");
        known.folders.clear();
        assert_eq!(known.folder(root)[0].name, "c");
    }
}
