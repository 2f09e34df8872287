//! The keys of `[package.metadata.migrate]` that decide what a history is, so that macros and
//! command line agree on them.
//!
//! The package's section goes before that of its history, and that before
//! `[workspace.metadata.migrate]`. Keys that only matter when a database is involved are not read
//! here.

use toml::Value;

use super::histories::{Histories, HistoryProblem};
use super::manifest::Manifest;

/// The end of a [`folder_variable`]'s value with which the macros let several heads pass, for
/// commands that only look at a database.
pub const SEVERAL_HEADS: &str = "+heads";

/// The variable by which `cargo migrate` passes the list of a package's revision files to the
/// compiler. The compiler notes that the crate depends on it, so that a file which appears or
/// disappears has the crate compiled again without a build script.
#[must_use]
pub fn folder_variable(package: &str) -> String {
    let package = package.to_uppercase().replace('-', "_");
    format!("CARGO_MIGRATE_FOLDER_{package}")
}

/// A package's configuration of its history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// `directory`: the folder of the revisions, relative to the package.
    pub directory: String,
    /// `multiple-heads = "allow"`: whether a history may have several heads without labels.
    pub multiple_heads: bool,
    /// The history that the package belongs to.
    pub history: String,
    /// What is written there but cannot be used.
    pub problems: Vec<ConfigProblem>,
}

/// Something that is written there but cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigProblem {
    /// A key with a value that it cannot have.
    Value {
        /// The key.
        key: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// The package's history cannot be told.
    History(HistoryProblem),
}

impl ConfigProblem {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            ConfigProblem::Value { .. } => None,
            ConfigProblem::History(problem) => Some(problem.help()),
        }
    }
}

impl std::fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ConfigProblem::Value { key, expected } => {
                write!(
                    f,
                    "`{key}` in `[package.metadata.migrate]` must be {expected}"
                )
            }
            ConfigProblem::History(problem) => problem.fmt(f),
        }
    }
}

impl std::error::Error for ConfigProblem {}

impl Config {
    /// The default folder of the revisions.
    pub const DIRECTORY: &str = "migrations";

    /// Reads the sections of a package's manifest and of its workspace's.
    ///
    /// ```
    /// use migrate_source::{Config, Manifest};
    /// let package = Manifest::parse("[package.metadata.migrate]\ndirectory = 'db'");
    /// assert_eq!(Config::read(&package, None).directory, "db");
    /// assert_eq!(Config::read(&Manifest::default(), None).directory, "migrations");
    /// ```
    #[must_use]
    pub fn read(package: &Manifest, workspace: Option<&Manifest>) -> Config {
        let mut config = Config {
            directory: Config::DIRECTORY.to_owned(),
            multiple_heads: false,
            history: Histories::DEFAULT.to_owned(),
            problems: Vec::new(),
        };
        config.read_history(package, workspace);
        let history = config.history.clone();
        let find = |key| {
            let section = ["workspace", "metadata", "migrate"];
            let of_history = [&section[..], &["histories", &*history, key]].concat();
            let of_workspace = [&section[..], &[key]].concat();
            let shared = || {
                workspace?
                    .get(&of_history)
                    .or_else(|| workspace?.get(&of_workspace))
            };
            package
                .get(&["package", "metadata", "migrate", key])
                .or_else(shared)
        };
        config.read_directory(find("directory"));
        config.read_multiple_heads(find("multiple-heads"));
        config
    }

    /// A package by itself, outside of the workspace that it was written in, has all of its history
    /// that there is.
    fn read_history(&mut self, package: &Manifest, workspace: Option<&Manifest>) {
        let Some(workspace) = workspace else { return };
        let name = package.string(&["package", "name"]).unwrap_or_default();
        let said = package.string(&["package", "metadata", "migrate", "history"]);
        match Histories::read(workspace).of_package(name, said) {
            Ok(history) => history.clone_into(&mut self.history),
            Err(problem) => self.problems.push(ConfigProblem::History(problem)),
        }
    }

    fn read_directory(&mut self, value: Option<&Value>) {
        match value.map(Value::as_str) {
            None => {}
            Some(Some(directory)) if !directory.is_empty() => self.directory = directory.to_owned(),
            Some(_) => {
                let expected = "the path of a folder, relative to the package";
                self.problems.push(ConfigProblem::Value {
                    key: "directory",
                    expected,
                });
            }
        }
    }

    fn read_multiple_heads(&mut self, value: Option<&Value>) {
        match value.map(Value::as_str) {
            None | Some(Some("refuse")) => {}
            Some(Some("allow")) => self.multiple_heads = true,
            Some(_) => {
                let expected = "\"allow\" or \"refuse\"";
                self.problems.push(ConfigProblem::Value {
                    key: "multiple-heads",
                    expected,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(package: &str, workspace: &str) -> String {
        let config = Config::read(&Manifest::parse(package), Some(&Manifest::parse(workspace)));
        let problems: String = config
            .problems
            .iter()
            .map(|problem| format!("; {problem}"))
            .collect();
        format!("{} {}{problems}", config.directory, config.multiple_heads)
    }

    #[test]
    fn the_package_goes_before_the_workspace() {
        let both = |section: &str| {
            format!(
                "[{section}.metadata.migrate]\ndirectory = \"{section}\"\nmultiple-heads = \"allow\""
            )
        };
        assert_eq!(read("", ""), "migrations false");
        assert_eq!(read(&both("package"), ""), "package true");
        assert_eq!(read("", &both("workspace")), "workspace true");
        assert_eq!(read(&both("package"), &both("workspace")), "package true");
        assert_eq!(
            read(
                "package.metadata.migrate.multiple-heads = \"refuse\"",
                &both("workspace")
            ),
            "workspace false"
        );
    }

    #[test]
    fn a_history_goes_between_the_package_and_the_workspace() {
        let workspace = Manifest::parse(
            "[workspace.metadata.migrate]\ndirectory = 'all'\nhistories.reports = { members = ['a'], directory = 'reports' }",
        );
        let config = |package: &str| Config::read(&Manifest::parse(package), Some(&workspace));
        let a = config("[package]\nname = 'a'");
        assert_eq!((&*a.history, &*a.directory), ("reports", "reports"));
        let b = config(
            "[package]\nname = 'b'\nmetadata.migrate.history = 'reports'\nmetadata.migrate.directory = 'own'",
        );
        assert_eq!((&*b.history, &*b.directory), ("reports", "own"));
        let c = config("[package]\nname = 'c'");
        assert_eq!((&*c.history, &*c.directory), ("default", "all"));
        let d = config("[package]\nname = 'd'\nmetadata.migrate.history = 'report'");
        assert_eq!(d.problems.len(), 1);
        assert_eq!(
            d.problems[0].to_string(),
            "the workspace declares no history `report`"
        );
        let alone = Manifest::parse("[package]\nmetadata.migrate.history = 'report'");
        assert_eq!(Config::read(&alone, None).problems, []);
    }

    #[test]
    fn values_that_cannot_be() {
        assert_eq!(
            read(
                "[package.metadata.migrate]\ndirectory = ''\nmultiple-heads = true",
                ""
            ),
            "migrations false; `directory` in `[package.metadata.migrate]` must be the path of a folder, \
             relative to the package; `multiple-heads` in `[package.metadata.migrate]` must be \"allow\" or \"refuse\""
        );
    }
}
