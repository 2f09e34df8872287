//! The cargo project that a command is about: its workspace, the members that have a history, and
//! what their metadata says about migrations. Asks cargo once and caches the answer until one of
//! its inputs changes. Must not know revisions or databases.

mod cache;
mod locate;
mod metadata;
mod settings;

use std::path::{Path, PathBuf};

use migrate_cli::configuration::{self, Given, keys};
use migrate_graph::suggest::nearest;
use migrate_source::{Config, Histories, folder_variable};
use serde::{Deserialize, Serialize};

use crate::fingerprint;
pub(crate) use locate::{LocateError, cargo, cargo_home, searched_for_configuration};
pub(crate) use metadata::MetadataError;
pub(crate) use migrate_source::LIBRARY;
use settings::Lines;
pub(crate) use settings::{Layers, Settings, SettingsError, Values, place};

/// A workspace, or a package that is one by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Project {
    /// The workspace's folder.
    pub(crate) root: PathBuf,
    /// Where cargo builds.
    pub(crate) target: PathBuf,
    /// Every package of the workspace, sorted by name.
    pub(crate) members: Vec<Member>,
    /// `[workspace.metadata.migrate]` as JSON.
    metadata: serde_json::Value,
    /// The lines of its keys.
    #[serde(default)]
    lines: Lines,
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
    /// The name by which it calls that library, where it is not the library's own.
    #[serde(default)]
    pub(crate) alias: Option<String>,
    /// The library's features that it asks for, always or by a feature of its own.
    #[serde(default)]
    pub(crate) core_features: Vec<String>,
    /// Its own features.
    #[serde(default)]
    pub(crate) features: Vec<String>,
    /// Its edition of Rust.
    #[serde(default)]
    pub(crate) edition: String,
    /// `[package.metadata.migrate]` as JSON.
    metadata: serde_json::Value,
    /// The lines of its keys.
    #[serde(default)]
    lines: Lines,
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

/// The project of the manifest `given`, or of the nearest one from the current directory upward.
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
    /// The folder for data kept between commands. Each workspace has its own, also where several
    /// share a target directory.
    pub(crate) fn store(&self) -> PathBuf {
        locate::store(&self.target, &self.root)
    }

    /// A suffix that distinguishes this workspace's artifacts in a shared target directory; empty
    /// if it is not shared.
    pub(crate) fn suffix(&self) -> String {
        locate::suffix(&self.target, &self.root)
    }

    /// What the whole workspace's metadata says.
    pub(crate) fn settings(&self) -> Result<Settings, SettingsError> {
        Settings::of_workspace(&self.metadata, &self.root.join("Cargo.toml"), &self.lines)
    }

    /// The history that a member belongs to.
    pub(crate) fn history_of(&self, member: &Member) -> Result<String, SettingsError> {
        self.history_within(member, &self.settings()?)
    }

    fn history_within(
        &self,
        member: &Member,
        workspace: &Settings,
    ) -> Result<String, SettingsError> {
        let declared = workspace.histories.iter();
        let histories =
            Histories::new(declared.map(|(name, history)| (name.clone(), history.members.clone())));
        let said = member.settings()?.history;
        let name = said.as_ref().map(|given| given.value.as_str());
        match histories.of_package(&member.name, name) {
            Ok(history) => Ok(history.to_owned()),
            Err(problem) => Err(SettingsError::History {
                origin: Box::new(
                    said.map_or_else(|| self.section("histories"), |given| given.origin),
                ),
                problem: Box::new(problem),
            }),
        }
    }

    /// A table of the workspace's section.
    fn section(&self, path: &str) -> configuration::Origin {
        configuration::Origin::Section {
            section: format!("workspace.metadata.migrate.{path}"),
            file: self.root.join("Cargo.toml"),
            line: self.lines.get(path),
        }
    }

    /// The value of a key that the compiler reads too: the member's, otherwise its history's,
    /// otherwise the workspace's.
    pub(crate) fn compiled(
        &self,
        member: &Member,
        key: &keys::Key,
    ) -> Result<Option<Given>, SettingsError> {
        let workspace = self.settings()?;
        let history = self.history_within(member, &workspace)?;
        let of_history = workspace.histories.get(&history);
        let layers = [
            Some(&member.settings()?.layers),
            of_history.map(|history| &history.layers),
            Some(&workspace.layers),
        ];
        let mut values = layers.into_iter().flatten().map(|layers| &layers.values);
        Ok(values.find_map(|values| values.get(key.name).cloned()))
    }

    /// The folder of a member's revisions relative to the package, whether it exists or not.
    pub(crate) fn directory(&self, member: &Member) -> Result<PathBuf, SettingsError> {
        let directory = self.compiled(member, &keys::DIRECTORY)?;
        Ok(directory.map_or_else(
            || PathBuf::from(Config::DIRECTORY),
            |given| PathBuf::from(given.value),
        ))
    }

    /// The folder of a member's revisions, whether it exists or not.
    pub(crate) fn folder(&self, member: &Member) -> Result<PathBuf, SettingsError> {
        Ok(member.root().join(self.directory(member)?))
    }

    /// The members with revisions: a folder of migrations, and the library to write them with.
    pub(crate) fn participants(&self) -> Result<Vec<&Member>, SettingsError> {
        self.known_members()?;
        let mut participants = Vec::new();
        for member in &self.members {
            if member.core.is_some() && self.folder(member)?.is_dir() {
                participants.push(member);
            }
        }
        Ok(participants)
    }

    /// Refuses histories with unknown members.
    fn known_members(&self) -> Result<(), SettingsError> {
        for (name, history) in self.settings()?.histories {
            let unknown = |member: &&String| self.member(member).is_none();
            if let Some(member) = history.members.iter().find(unknown) {
                let names = self.members.iter().map(|member| member.name.as_str());
                return Err(SettingsError::UnknownMember {
                    origin: Box::new(self.section(&format!("histories.{name}.members"))),
                    near: nearest(member, names).map(str::to_owned),
                    history: name,
                    member: member.clone(),
                });
            }
        }
        Ok(())
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

    /// The name by which its source calls the library for revisions.
    pub(crate) fn library_name(&self) -> String {
        self.alias.as_deref().unwrap_or(LIBRARY).replace('-', "_")
    }

    /// What its metadata says.
    pub(crate) fn settings(&self) -> Result<Settings, SettingsError> {
        Settings::of_package(&self.metadata, &self.manifest, &self.lines)
    }

    /// The variable with the folder's list of files, so that the compiler reads the folder again
    /// when it changes.
    pub(crate) fn folder_variable(&self) -> String {
        folder_variable(&self.name)
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
