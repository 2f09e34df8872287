//! The keys of `[package.metadata.migrate]` that decide what a history is, so that macros and
//! command line agree on them.
//!
//! The package's section goes before `[workspace.metadata.migrate]`. Keys that only matter when
//! a database is involved are not read here.

use toml::Value;

use super::manifest::Manifest;

/// What a package says about its history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// `directory`: the folder of the revisions, relative to the package.
    pub directory: String,
    /// `multiple-heads = "allow"`: whether a history may have several heads without labels.
    pub multiple_heads: bool,
    /// What is written there but cannot be used.
    pub problems: Vec<ConfigProblem>,
}

/// A key with a value that it cannot have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigProblem {
    /// The key.
    pub key: &'static str,
    /// What it must be.
    pub expected: &'static str,
}

impl std::fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "`{}` in `[package.metadata.migrate]` must be {}",
            self.key, self.expected
        )
    }
}

impl std::error::Error for ConfigProblem {}

impl Config {
    /// The folder of the revisions where nothing else is said.
    pub const DIRECTORY: &str = "migrations";

    /// Reads the sections of a package's manifest and of its workspace's.
    ///
    /// ```
    /// use migrate_graph::source::{Config, Manifest};
    /// let package = Manifest::parse("[package.metadata.migrate]\ndirectory = 'db'");
    /// assert_eq!(Config::read(&package, None).directory, "db");
    /// assert_eq!(Config::read(&Manifest::default(), None).directory, "migrations");
    /// ```
    #[must_use]
    pub fn read(package: &Manifest, workspace: Option<&Manifest>) -> Config {
        let find = |key| {
            let of_workspace = || workspace?.get(&["workspace", "metadata", "migrate", key]);
            package
                .get(&["package", "metadata", "migrate", key])
                .or_else(of_workspace)
        };
        let mut config = Config {
            directory: Config::DIRECTORY.to_owned(),
            multiple_heads: false,
            problems: Vec::new(),
        };
        config.read_directory(find("directory"));
        config.read_multiple_heads(find("multiple-heads"));
        config
    }

    fn read_directory(&mut self, value: Option<&Value>) {
        match value.map(Value::as_str) {
            None => {}
            Some(Some(directory)) if !directory.is_empty() => self.directory = directory.to_owned(),
            Some(_) => {
                let expected = "the path of a folder, relative to the package";
                self.problems.push(ConfigProblem {
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
                self.problems.push(ConfigProblem {
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
