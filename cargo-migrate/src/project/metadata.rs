//! Asks cargo what the project is. The only place that runs `cargo metadata`; must not know that
//! answers are kept.

use std::path::{Path, PathBuf};

use cargo_metadata::{Dependency, DependencyKind, Metadata, MetadataCommand, Package, TargetKind};

use super::{LIBRARY, Lines, Member, Origin, Project};
use crate::fingerprint;

/// Why cargo gave no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MetadataError {
    #[error("cargo cannot read the project\n{0}")]
    Refused(String),
    #[error("`cargo metadata` failed: {0}")]
    Failed(cargo_metadata::Error),
}

/// Asks cargo about the project of `manifest`.
///
/// Cargo's configuration depends on where it runs. It is asked in the workspace's root, so that the
/// answer is the same from every folder of the project.
pub(super) fn ask(manifest: &Path) -> Result<Project, MetadataError> {
    let folder = manifest.parent().unwrap_or(Path::new("/"));
    let project = ask_in(folder, manifest)?;
    let between = folder
        .ancestors()
        .take_while(|folder| **folder != project.root);
    let configured = between
        .flat_map(|folder| ["config", "config.toml"].map(|name| folder.join(".cargo").join(name)))
        .any(|file| file.exists());
    if configured && folder.starts_with(&project.root) {
        return ask_in(&project.root.clone(), manifest);
    }
    Ok(project)
}

fn ask_in(folder: &Path, manifest: &Path) -> Result<Project, MetadataError> {
    let mut command = MetadataCommand::new();
    command
        .cargo_path(super::cargo())
        .manifest_path(manifest)
        .current_dir(folder)
        .no_deps();
    for name in ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"] {
        if let Some(value) = std::env::var_os(name).filter(|value| !value.is_empty()) {
            command.env(name, fingerprint::absolute(Path::new(&value)));
        }
    }
    match command.exec() {
        Ok(metadata) => Ok(project(metadata)),
        Err(cargo_metadata::Error::CargoMetadata { stderr }) => {
            Err(MetadataError::Refused(stderr.trim_end().to_owned()))
        }
        Err(error) => Err(MetadataError::Failed(error)),
    }
}

fn project(metadata: Metadata) -> Project {
    let mut members: Vec<Member> = metadata
        .packages
        .iter()
        .filter(|package| metadata.workspace_members.contains(&package.id))
        .map(member)
        .collect();
    members.sort_by(|a, b| a.name.cmp(&b.name));
    Project {
        // cargo leaves `..` in what its configuration says
        target: fingerprint::absolute(metadata.target_directory.as_std_path()),
        members,
        lines: lines(
            &metadata.workspace_metadata["migrate"],
            metadata.workspace_root.join("Cargo.toml").as_std_path(),
            "workspace",
        ),
        metadata: metadata.workspace_metadata["migrate"].clone(),
        root: metadata.workspace_root.into(),
    }
}

fn member(package: &Package) -> Member {
    let library = package
        .targets
        .iter()
        .find(|target| target.kind.iter().any(|kind| LINKABLE.contains(kind)));
    Member {
        name: package.name.to_string(),
        manifest: package.manifest_path.clone().into(),
        library: library.map(|target| PathBuf::from(&target.src_path)),
        core: package.dependencies.iter().find_map(core_of),
        alias: package.dependencies.iter().find_map(alias_of),
        core_features: core_features(package),
        features: package.features.keys().cloned().collect(),
        edition: package.edition.to_string(),
        lines: lines(
            &package.metadata["migrate"],
            package.manifest_path.as_std_path(),
            "package",
        ),
        metadata: package.metadata["migrate"].clone(),
    }
}

/// The features of the library that a package may ask for.
fn core_features(package: &Package) -> Vec<String> {
    /// What the library has by default.
    const DEFAULT: &str = "sqlite";
    let mut asked = Vec::new();
    for dependency in package
        .dependencies
        .iter()
        .filter(|one| one.name == LIBRARY)
    {
        asked.extend(dependency.features.iter().cloned());
        asked.extend(dependency.uses_default_features.then(|| DEFAULT.to_owned()));
        let name = dependency.rename.as_ref().unwrap_or(&dependency.name);
        let of_feature = package.features.values().flatten();
        asked.extend(of_feature.filter_map(|part| {
            let (dependency, feature) = part.split_once('/')?;
            let is_it = dependency.trim_end_matches('?') == name;
            is_it.then(|| feature.to_owned())
        }));
    }
    asked.sort();
    asked.dedup();
    asked
}

/// The lines of a section, if there is one.
fn lines(section: &serde_json::Value, manifest: &Path, table: &str) -> Lines {
    match section {
        serde_json::Value::Null => Lines::default(),
        _ => Lines::read(manifest, &[table, "metadata", "migrate"]),
    }
}

/// The name by which a package calls the library, where it is not the library's own.
fn alias_of(dependency: &Dependency) -> Option<String> {
    core_of(dependency)?;
    dependency.rename.clone()
}

/// The kinds of library that another crate can be built with.
const LINKABLE: [TargetKind; 3] = [TargetKind::Lib, TargetKind::RLib, TargetKind::DyLib];

fn core_of(dependency: &Dependency) -> Option<Origin> {
    (dependency.name == LIBRARY && dependency.kind == DependencyKind::Normal)
        .then(|| origin(dependency))
}

fn origin(dependency: &Dependency) -> Origin {
    if let Some(path) = &dependency.path {
        return Origin::Path(path.clone().into());
    }
    let source = dependency
        .source
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    match source.strip_prefix("git+") {
        Some(url) => git(url),
        None => Origin::Registry {
            requirement: dependency.req.to_string(),
            index: dependency.registry.clone(),
        },
    }
}

/// A repository as cargo writes it: `https://host/name?branch=main`.
fn git(source: &str) -> Origin {
    let source = source.split('#').next().unwrap_or_default();
    let (url, query) = source.split_once('?').unwrap_or((source, ""));
    let reference = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(kind, _)| ["branch", "tag", "rev"].contains(kind))
        .map(|(kind, value)| (kind.to_owned(), decoded(value)));
    Origin::Git {
        url: url.to_owned(),
        reference,
    }
}

/// A value of a URL's query without its escapes (`%2F` for `/`).
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let mut ahead = rest.clone();
        let digits = [ahead.next(), ahead.next()];
        let escape = match (byte, digits) {
            (b'%', [Some(high), Some(low)]) => std::str::from_utf8(&[high, low])
                .ok()
                .and_then(|digits| u8::from_str_radix(digits, 16).ok()),
            _ => None,
        };
        match escape {
            Some(escape) => {
                bytes.push(escape);
                rest = ahead;
            }
            None => bytes.push(if byte == b'+' { b' ' } else { byte }),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_keeps_its_reference() {
        for (source, url, reference) in [
            ("https://host/a", "https://host/a", None),
            (
                "https://host/a?branch=feat%2Fx",
                "https://host/a",
                Some(("branch", "feat/x")),
            ),
            (
                "ssh://git@host/a?rev=abc#abcdef",
                "ssh://git@host/a",
                Some(("rev", "abc")),
            ),
            (
                "https://host/a?tag=v1.0",
                "https://host/a",
                Some(("tag", "v1.0")),
            ),
            (
                "https://host/a?tag=100%",
                "https://host/a",
                Some(("tag", "100%")),
            ),
        ] {
            let reference = reference.map(|(kind, value)| (kind.to_owned(), value.to_owned()));
            assert_eq!(
                git(source),
                Origin::Git {
                    url: url.to_owned(),
                    reference
                },
                "{source}"
            );
        }
    }
}
