//! The packages of a workspace, found without calling cargo.
//!
//! The macros need them for links into other packages. Cargo has read the same manifests
//! before, so what is wrong in them need not be reported here; it is passed over.

use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::manifest::Manifest;

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
            members.extend(packages(&self.root, pattern));
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
        let of_dependency = |(name, value): (&str, &Value)| match value.get("path") {
            Some(path) => Some(normal(&package.join(path.as_str()?))),
            None if value.get("workspace").is_some() => {
                let shared = ["workspace", "dependencies", name, "path"];
                Some(normal(&self.root.join(self.manifest.string(&shared)?)))
            }
            None => None,
        };
        let mut folders: Vec<PathBuf> = dependency_tables(&manifest)
            .flatten()
            .filter_map(|(name, value)| of_dependency((name.as_str(), value)))
            .collect();
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

/// Every table of dependencies: for all platforms, and for some.
fn dependency_tables(manifest: &Manifest) -> impl Iterator<Item = &Table> {
    let everywhere = manifest.table(&[]);
    let somewhere = manifest
        .table(&["target"])
        .into_iter()
        .flat_map(|targets| targets.values())
        .filter_map(Value::as_table);
    everywhere
        .into_iter()
        .chain(somewhere)
        .flat_map(|table| table.iter())
        .filter(|(key, _)| key.ends_with("dependencies"))
        .filter_map(|(_, value)| value.as_table())
}

/// The packages in the folders that a pattern of `[workspace] members` matches, as cargo expands it.
fn packages(root: &Path, pattern: &str) -> Vec<PathBuf> {
    let pattern = format!(
        "{}/{pattern}",
        glob::Pattern::escape(&root.to_string_lossy())
    );
    let folders = glob::glob(&pattern).into_iter().flatten().flatten();
    folders
        .filter(|folder| folder.join("Cargo.toml").is_file())
        .map(|folder| normal(&folder))
        .collect()
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
