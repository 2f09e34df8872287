//! The cargo project that a command is about: its workspace, the members that have a history, and what their metadata says
//! about migrations. Asks cargo once and keeps the answer for as long as nothing has changed that it came from. Must not
//! know revisions or databases.

mod cache;
mod locate;
mod metadata;
mod settings;

use std::path::{Path, PathBuf};

use migrate_graph::source::Config;
use serde::{Deserialize, Serialize};

use crate::fingerprint;
pub(crate) use locate::{LocateError, cargo, cargo_home, searched_for_configuration};
pub(crate) use metadata::MetadataError;
pub(crate) use settings::{MultipleHeads, Settings, SettingsError};

/// The package that revisions are written with.
pub(crate) const LIBRARY: &str = "migrate-core";

/// A workspace, or a package that is one by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Project {
    /// The workspace's folder.
    pub(crate) root: PathBuf,
    /// Where cargo builds.
    pub(crate) target: PathBuf,
    /// Every package of the workspace, sorted by name.
    pub(crate) members: Vec<Member>,
    /// `[workspace.metadata.migrate]` as it stands there.
    metadata: serde_json::Value,
}

/// A package of the workspace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Member {
    /// The package's name.
    pub(crate) name: String,
    /// Its `Cargo.toml`.
    pub(crate) manifest: PathBuf,
    /// The source file of its library target.
    pub(crate) library: Option<PathBuf>,
    /// Where it takes the library for revisions from; `None` when it does not use it.
    pub(crate) core: Option<Origin>,
    /// `[package.metadata.migrate]` as it stands there.
    metadata: serde_json::Value,
}

/// Where a package takes a dependency from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Origin {
    /// A folder.
    Path(PathBuf),
    /// A repository; `reference` is a kind (`branch`, `tag`, `rev`) with its value.
    Git {
        url: String,
        reference: Option<(String, String)>,
    },
    /// A registry: crates.io without `index`.
    Registry {
        requirement: String,
        index: Option<String>,
    },
}

impl Origin {
    /// Whether cargo takes both as one crate.
    pub(crate) fn is_compatible(&self, other: &Origin) -> bool {
        match (self, other) {
            (Origin::Registry { index, .. }, Origin::Registry { index: other, .. }) => {
                index == other
            }
            _ => self == other,
        }
    }
}

/// Why there is no project to work on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProjectError {
    #[error(transparent)]
    Locate(#[from] LocateError),
    #[error(transparent)]
    Metadata(#[from] MetadataError),
}

/// The project around the manifest that was asked for: `given`, or the nearest one from the current directory upward.
/// Returns it with the path of that manifest.
pub(crate) fn find(given: Option<&Path>) -> Result<(Project, PathBuf), ProjectError> {
    let manifest = locate::manifest(given)?;
    let project = match cache::load(&manifest) {
        Some(project) => project,
        None => cache::renew(&manifest)?,
    };
    Ok((project, manifest))
}

impl Project {
    /// The folder that holds what is kept between commands. One of its own for each workspace, also where several share a
    /// target directory.
    pub(crate) fn store(&self) -> PathBuf {
        locate::store(&self.target, &self.root)
    }

    /// What tells this workspace's products from another's in a shared target directory; empty where it is not shared.
    pub(crate) fn suffix(&self) -> String {
        locate::suffix(&self.target, &self.root)
    }

    /// What the whole workspace's metadata says.
    pub(crate) fn settings(&self) -> Result<Settings, SettingsError> {
        Settings::of_workspace(&self.metadata, &self.root.join("Cargo.toml"))
    }

    /// What a member's metadata says, and what it leaves open from the workspace's.
    pub(crate) fn settings_of(&self, member: &Member) -> Result<Settings, SettingsError> {
        Ok(member.settings()?.or(self.settings()?))
    }

    /// The folder of a member's revisions relative to the package, there or not.
    pub(crate) fn directory(&self, member: &Member) -> Result<PathBuf, SettingsError> {
        let directory = self.settings_of(member)?.directory;
        Ok(PathBuf::from(
            directory.as_deref().unwrap_or(Config::DIRECTORY),
        ))
    }

    /// The folder of a member's revisions, there or not.
    pub(crate) fn folder(&self, member: &Member) -> Result<PathBuf, SettingsError> {
        Ok(member.root().join(self.directory(member)?))
    }

    /// The members with a history: a folder of migrations, and the library to write them with.
    pub(crate) fn participants(&self) -> Result<Vec<&Member>, SettingsError> {
        let mut participants = Vec::new();
        for member in &self.members {
            if member.core.is_some() && self.folder(member)?.is_dir() {
                participants.push(member);
            }
        }
        Ok(participants)
    }

    /// The member of this manifest.
    pub(crate) fn member_at(&self, manifest: &Path) -> Option<&Member> {
        self.members
            .iter()
            .find(|member| member.manifest == manifest)
    }

    /// The member of this name.
    pub(crate) fn member(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.name == name)
    }
}

impl Member {
    /// The package's folder.
    pub(crate) fn root(&self) -> &Path {
        self.manifest.parent().unwrap_or(Path::new(""))
    }

    /// What its metadata says.
    pub(crate) fn settings(&self) -> Result<Settings, SettingsError> {
        Settings::of_package(&self.metadata, &self.manifest)
    }

    /// The variable that tells the compiler which files the folder holds, so that it looks again when that changes.
    pub(crate) fn folder_variable(&self) -> String {
        let name = self.name.to_uppercase().replace('-', "_");
        format!("CARGO_MIGRATE_FOLDER_{name}")
    }
}

/// `path` as a person in the current directory would name it.
pub(crate) fn display(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let path = fingerprint::absolute(path);
    path.strip_prefix(&here)
        .unwrap_or(&path)
        .display()
        .to_string()
}
