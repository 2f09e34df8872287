//! The packages of a workspace, found without calling cargo.
//!
//! The macros need them for links into other packages. Cargo has read the same manifests
//! before, so what is wrong in them need not be reported here; it is passed over.

use std::fs;
use std::path::{Path, PathBuf};

use super::manifest::{Manifest, Value};

/// The root of a workspace.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// The folder of the root manifest.
    pub root: PathBuf,
    /// The root manifest.
    pub manifest: Manifest,
}

impl Workspace {
    /// The workspace of the package in this folder, if it is in one.
    #[must_use]
    pub fn of(package: &Path) -> Option<Workspace> {
        let named = read_manifest(package)?
            .string(&["package", "workspace"])
            .map(|path| package.join(path));
        if let Some(root) = named {
            return Some(Workspace {
                manifest: read_manifest(&root)?,
                root,
            });
        }
        package.ancestors().find_map(|folder| {
            let manifest = read_manifest(folder).filter(|manifest| manifest.has(&["workspace"]))?;
            let workspace = Workspace {
                root: folder.to_owned(),
                manifest,
            };
            (!workspace.excludes(package)).then_some(workspace)
        })
    }

    /// The folders of the packages: those that are listed, the root's own, and those that are
    /// in the root's folder and another one depends on.
    #[must_use]
    pub fn members(&self) -> Vec<PathBuf> {
        let mut members = Vec::new();
        if self.manifest.has(&["package"]) {
            members.push(self.root.clone());
        }
        for pattern in self.manifest.strings(&["workspace", "members"]) {
            let parts: Vec<&str> = pattern
                .split('/')
                .filter(|part| !part.is_empty() && *part != ".")
                .collect();
            matching(&self.root, &parts, &mut members);
        }
        members.retain(|member| !self.excludes(member));
        dedup(&mut members);
        let mut next = 0;
        while let Some(member) = members.get(next).cloned() {
            members.extend(self.dependencies(&member));
            dedup(&mut members);
            next += 1;
        }
        members
    }

    fn excludes(&self, package: &Path) -> bool {
        let mut excluded = self.manifest.strings(&["workspace", "exclude"]);
        excluded.any(|path| package.starts_with(normal(&self.root.join(path))))
            && !self
                .manifest
                .strings(&["workspace", "members"])
                .any(|path| self.root.join(path) == package)
    }

    /// The folders in the root's folder that the package there depends on by path.
    fn dependencies(&self, package: &Path) -> Vec<PathBuf> {
        let Some(manifest) = read_manifest(package) else {
            return Vec::new();
        };
        let of_entry = |(key, value): (&[String], &Value)| {
            let [.., section, name, last] = key else {
                return None;
            };
            if !section.ends_with("dependencies") || key[0] == "workspace" {
                return None;
            }
            match last.as_str() {
                "path" => Some(normal(&package.join(value.as_str()?))),
                "workspace" => {
                    let path =
                        self.manifest
                            .string(&["workspace", "dependencies", name, "path"])?;
                    Some(normal(&self.root.join(path)))
                }
                _ => None,
            }
        };
        let mut folders: Vec<PathBuf> = manifest.entries().filter_map(of_entry).collect();
        folders.retain(|folder| {
            folder.starts_with(&self.root)
                && !self.excludes(folder)
                && folder.join("Cargo.toml").is_file()
        });
        folders
    }
}

/// The manifest in this folder, if there is one.
pub fn read_manifest(folder: &Path) -> Option<Manifest> {
    Some(Manifest::parse(
        &fs::read_to_string(folder.join("Cargo.toml")).ok()?,
    ))
}

/// Adds the packages below `folder` whose path matches: `*` and `?` within a name, `**` for
/// any number of folders.
fn matching(folder: &Path, pattern: &[&str], found: &mut Vec<PathBuf>) {
    let Some((first, rest)) = pattern.split_first() else {
        if folder.join("Cargo.toml").is_file() {
            found.push(folder.to_owned());
        }
        return;
    };
    if !first.contains(['*', '?']) {
        return matching(&normal(&folder.join(first)), rest, found);
    }
    if *first == "**" {
        matching(folder, rest, found);
    }
    for (name, path) in subfolders(folder) {
        if *first == "**" {
            matching(&path, pattern, found);
        } else if matches(first.as_bytes(), name.as_bytes()) {
            matching(&path, rest, found);
        }
    }
}

fn subfolders(folder: &Path) -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    let mut folders: Vec<_> = folders
        .filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry.path())))
        .collect();
    folders.retain(|(name, _)| !name.starts_with('.') && name != "target");
    folders.sort();
    folders
}

/// Whether a name matches a pattern with `*` and `?`.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    match (pattern.split_first(), name.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => (0..=name.len()).any(|skipped| matches(rest, &name[skipped..])),
        (Some((b'?', pattern)), Some((_, name))) => matches(pattern, name),
        (Some((wanted, pattern)), Some((byte, name))) => wanted == byte && matches(pattern, name),
        _ => false,
    }
}

/// The path without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                normal.pop();
            }
            part => normal.push(part),
        }
    }
    normal
}

fn dedup(paths: &mut Vec<PathBuf>) {
    let mut seen = std::collections::HashSet::new();
    paths.retain(|path| seen.insert(path.clone()));
}

#[cfg(test)]
mod tests;
