//! An SQL folder by the names of what is in it, and its texts, as a [`RevisionFile`] holds them.
//! Reads no file.

use std::path::PathBuf;

use super::{RevisionFile, SourceRevision};
use migrate_graph::Checksum;

pub(crate) mod name;

pub(crate) const UP: &str = "up.sql";
pub(crate) const DOWN: &str = "down.sql";
pub(crate) const METADATA: &str = "metadata.toml";

/// A folder with an `up.sql`, by the names of what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlFolder {
    /// The folder, relative to the package.
    pub path: PathBuf,
    /// Whether it has a `down.sql`.
    pub down: bool,
    /// Whether it has a `metadata.toml`.
    pub metadata: bool,
}

impl SqlFolder {
    /// The version that diesel gives the folder: the part of its name before the first `_`, without
    /// `-`.
    ///
    /// ```
    /// use migrate_source::SqlFolder;
    /// let path = "migrations/2024-01-01-000000_create_users".into();
    /// let folder = SqlFolder { path, down: true, metadata: false };
    /// assert_eq!(folder.version(), "20240101000000");
    /// ```
    #[must_use]
    pub fn version(&self) -> String {
        name::version(&self.name())
    }

    /// The folder's own name.
    #[must_use]
    pub fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }

    /// `up.sql`, relative to the package.
    #[must_use]
    pub fn up_file(&self) -> PathBuf {
        self.path.join(UP)
    }

    /// `down.sql`, relative to the package, if there is one.
    #[must_use]
    pub fn down_file(&self) -> Option<PathBuf> {
        self.down.then(|| self.path.join(DOWN))
    }

    /// `metadata.toml`, relative to the package, if there is one.
    #[must_use]
    pub fn metadata_file(&self) -> Option<PathBuf> {
        self.metadata.then(|| self.path.join(METADATA))
    }

    /// All of its files, relative to the package.
    pub fn files(&self) -> impl Iterator<Item = PathBuf> + use<> {
        let files = [Some(self.up_file()), self.down_file(), self.metadata_file()];
        files.into_iter().flatten()
    }
}

/// The texts of an SQL folder.
#[derive(Clone, Debug, Default)]
pub(crate) struct SqlTexts {
    /// `up.sql`, where the text of the file is that of `metadata.toml`.
    pub(crate) up: Option<String>,
    pub(crate) down: Option<String>,
    /// Whether `metadata.toml` declares the parents.
    pub(crate) is_placed: bool,
}

impl RevisionFile {
    /// What a revision of this file is known by in messages and in an editor: the file itself, or
    /// `up.sql` of an SQL folder.
    #[must_use]
    pub fn main_file(&self) -> PathBuf {
        self.sql
            .as_ref()
            .map_or_else(|| self.path.clone(), SqlFolder::up_file)
    }

    /// What the revision of an SQL folder does.
    pub(crate) fn sql_checksum(&self, revision: &SourceRevision) -> Checksum {
        let up = self.sql_texts.up.as_ref().unwrap_or(&self.text);
        let down = self.sql_texts.down.as_deref();
        Checksum::of_sql(up, down, revision.declaration.transaction)
    }

    /// Whether this is an SQL folder without a declared parent: it continues the folder before it
    /// in diesel's order.
    #[must_use]
    pub fn follows_order(&self) -> bool {
        self.sql.is_some() && !self.sql_texts.is_placed
    }
}
