//! Caches cargo's answer about a project, with the stamps of its inputs. Where a stamp differs, the
//! answer is dropped: a stale cache costs time, but gives no wrong answer. Must not know how the
//! answer is used.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::metadata::{self, MetadataError};
use super::{Project, cargo, locate, searched_for_configuration};
use crate::files;
use crate::fingerprint::{self, Stamp};

/// An answer and its inputs.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// The program that wrote this: another version may use another format.
    writer: Stamp,
    project: Project,
    basis: Basis,
}

/// The inputs of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Basis {
    environment: u64,
    /// Manifests and configuration, also those that do not exist.
    files: Vec<(PathBuf, Stamp)>,
    /// Source files that cargo finds by their name: whether they are there.
    found: Vec<(PathBuf, bool)>,
    /// The patterns among the workspace's members, with what they match.
    patterns: Vec<(String, u64)>,
}

const FILE: &str = "project.json";

/// The project of `manifest` as an earlier command kept it, if nothing has changed since.
pub(super) fn load(manifest: &Path) -> Option<Project> {
    locate::stores(manifest).iter().find_map(|store| {
        let text = fs::read_to_string(store.join(FILE)).ok()?;
        let kept: Kept = serde_json::from_str(&text).ok()?;
        let about_it = kept.project.member_at(manifest).is_some()
            || kept.project.root.join("Cargo.toml") == manifest;
        (about_it && kept.writer == writer() && kept.basis.holds()).then_some(kept.project)
    })
}

/// Asks cargo about the project of `manifest`, and keeps the answer.
pub(super) fn renew(manifest: &Path) -> Result<Project, MetadataError> {
    let (project, basis) = ask(manifest)?;
    let path = project.store().join(FILE);
    let kept = Kept {
        writer: writer(),
        project,
        basis,
    };
    if kept.basis.is_settled() {
        let text = serde_json::to_string(&kept);
        // without it the next command asks again: a folder that cannot be written to is no reason
        // to fail
        // a manifest may name a database with its password
        let _ = text.map(|text| files::write_private(&path, &text));
    }
    Ok(kept.project)
}

/// Asks until no file changed while cargo was reading; then what was read is what was stamped.
fn ask(manifest: &Path) -> Result<(Project, Basis), MetadataError> {
    const ATTEMPTS: usize = 3;
    let mut answer = attempt(manifest)?;
    for _ in 1..ATTEMPTS {
        if answer.1.is_settled() {
            break;
        }
        answer = attempt(manifest)?;
    }
    Ok(answer)
}

fn attempt(manifest: &Path) -> Result<(Project, Basis), MetadataError> {
    // the clock that stamps files may be some milliseconds behind
    let start = SystemTime::now() - Duration::from_millis(10);
    let project = metadata::ask(manifest)?;
    let basis = Basis::of(&project, Stamp::at(start));
    Ok((project, basis))
}

/// The program that is running.
fn writer() -> Stamp {
    std::env::current_exe().map_or(Stamp::UNKNOWN, |path| Stamp::of(&path))
}

impl Basis {
    /// What `project` came from, as it is now. Files that changed since `start` count as unknown.
    fn of(project: &Project, start: Stamp) -> Basis {
        let root = project.root.join("Cargo.toml");
        let manifests = project
            .members
            .iter()
            .map(|member| member.manifest.as_path());
        let mut paths: BTreeSet<PathBuf> = manifests
            .chain([root.as_path()])
            .flat_map(at_and_above)
            .collect();
        paths.extend(searched_for_configuration(&project.root));
        let stamped = |path: PathBuf| {
            let stamp = Stamp::with_text(&path);
            let stamp = if stamp.is_since(start) {
                Stamp::UNKNOWN
            } else {
                stamp
            };
            (path, stamp)
        };
        Basis {
            environment: fingerprint::environment(&cargo()),
            files: paths.into_iter().map(stamped).collect(),
            found: project
                .members
                .iter()
                .map(|member| member.root().join("src/lib.rs"))
                .map(|path| {
                    let found = path.exists();
                    (path, found)
                })
                .collect(),
            patterns: patterns(&root)
                .into_iter()
                .map(|pattern| {
                    let matches = matches(&pattern);
                    (pattern, matches)
                })
                .collect(),
        }
    }

    fn is_settled(&self) -> bool {
        self.files.iter().all(|(_, stamp)| *stamp != Stamp::UNKNOWN)
    }

    /// Whether no input has changed.
    fn holds(&self) -> bool {
        self.files
            .iter()
            .all(|(path, stamp)| Stamp::with_text(path) == *stamp)
            && self
                .found
                .iter()
                .all(|(path, found)| path.exists() == *found)
            && self
                .patterns
                .iter()
                .all(|(pattern, found)| matches(pattern) == *found)
            && self.environment == fingerprint::environment(&cargo())
    }
}

/// A manifest, and every place above it where cargo looks for the workspace that it belongs to.
fn at_and_above(manifest: &Path) -> Vec<PathBuf> {
    let folders = manifest.ancestors().skip(1);
    folders.map(|folder| folder.join("Cargo.toml")).collect()
}

/// The members that a workspace's manifest names by a pattern.
fn patterns(manifest: &Path) -> Vec<String> {
    let text = fs::read_to_string(manifest).unwrap_or_default();
    let Ok(document) = text.parse::<toml_edit::Document<String>>() else {
        return Vec::new();
    };
    let members = document
        .get("workspace")
        .and_then(|workspace| workspace.get("members"))
        .and_then(toml_edit::Item::as_array);
    let folder = manifest.parent().unwrap_or(Path::new(""));
    members
        .into_iter()
        .flatten()
        .filter_map(toml_edit::Value::as_str)
        .filter(|member| member.contains(['*', '?', '[']))
        .map(|member| folder.join(member).to_string_lossy().into_owned())
        .collect()
}

/// Which folders a pattern matches, and which of them are packages.
fn matches(pattern: &str) -> u64 {
    let found: Vec<(PathBuf, bool)> = glob::glob(pattern)
        .into_iter()
        .flatten()
        .flatten()
        .map(|folder| {
            let is_package = folder.join("Cargo.toml").is_file();
            (folder, is_package)
        })
        .collect();
    fingerprint::hash(&found)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Place(tempfile::TempDir);

    impl Place {
        fn write(&self, path: &str, text: &str) {
            let path = self.0.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }

        fn remove(&self, path: &str) {
            fs::remove_file(self.0.path().join(path)).unwrap();
        }

        /// A workspace of two members, and its basis.
        fn workspace() -> (Place, Project, Basis) {
            let place = Place(tempfile::tempdir().unwrap());
            place.write("ws/Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\n");
            let package =
                |name: &str| format!("[package]\nname = \"{name}\"\nedition = \"2024\"\n");
            place.write("ws/crates/a/Cargo.toml", &package("a"));
            place.write("ws/crates/a/src/lib.rs", "//! a");
            place.write("ws/crates/b/Cargo.toml", &package("b"));
            place.write("ws/crates/b/src/main.rs", "fn main() {}");
            let project = metadata::ask(&place.0.path().join("ws/Cargo.toml")).unwrap();
            let basis = Basis::of(&project, Stamp::of(Path::new("/nowhere")));
            (place, project, basis)
        }
    }

    #[test]
    fn a_basis_holds_until_something_changes_that_cargo_would_see() {
        type Change = fn(&Place);
        let changes: [(&str, bool, Change); 9] = [
            ("nothing", true, |_| {}),
            ("a source file", true, |place| {
                place.write("ws/crates/a/src/lib.rs", "//! changed");
            }),
            ("a manifest", false, |place| {
                place.write("ws/crates/a/Cargo.toml", "[package]\nname = \"c\"\n");
            }),
            ("a manifest gone", false, |place| {
                place.remove("ws/crates/b/Cargo.toml");
            }),
            ("a new member", false, |place| {
                place.write("ws/crates/c/Cargo.toml", "[package]\nname = \"c\"\n");
            }),
            ("a folder that is no member", false, |place| {
                place.write("ws/crates/d/README.md", "");
            }),
            ("a configuration", false, |place| {
                place.write("ws/.cargo/config.toml", "");
            }),
            ("a workspace around it", false, |place| {
                place.write("Cargo.toml", "[workspace]\n");
            }),
            ("a library target", false, |place| {
                place.write("ws/crates/b/src/lib.rs", "");
            }),
        ];
        for (what, holds, change) in changes {
            let (place, _, basis) = Place::workspace();
            change(&place);
            assert_eq!(basis.holds(), holds, "{what}");
        }
    }

    #[test]
    fn an_answer_is_found_again_from_every_member_and_dropped_when_stale() {
        let (place, project, _) = Place::workspace();
        let root = place.0.path().join("ws/Cargo.toml");
        // written a moment ago: kept only once that moment has passed
        assert_eq!(renew(&root).unwrap(), project);
        for manifest in [
            "ws/Cargo.toml",
            "ws/crates/a/Cargo.toml",
            "ws/crates/b/Cargo.toml",
        ] {
            assert_eq!(
                load(&place.0.path().join(manifest)),
                Some(project.clone()),
                "{manifest}"
            );
        }
        place.write("ws/crates/c/Cargo.toml", "[package]\nname = \"c\"\n");
        assert_eq!(load(&root), None);
    }

    #[test]
    fn only_patterns_are_expanded() {
        let place = Place(tempfile::tempdir().unwrap());
        place.write("Cargo.toml", "[workspace]\nmembers = [\"a\", \"b/*\", 1]\n");
        let expected = place.0.path().join("b/*").to_string_lossy().into_owned();
        assert_eq!(patterns(&place.0.path().join("Cargo.toml")), [expected]);
    }
}
