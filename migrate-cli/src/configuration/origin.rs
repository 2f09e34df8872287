//! A value with the place where it was found. Shows places, never values: they may be secrets.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// A value as written, with its place.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// The text; the URL of a database is not for printing.
    pub value: String,
    /// Where it was found.
    pub origin: Origin,
}

/// The places of a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Origin {
    /// An option on the command line.
    Flag {
        /// With its dashes.
        name: String,
    },
    /// A variable of the process.
    Variable {
        /// Its name.
        name: String,
    },
    /// A variable in a `.env` file.
    EnvFile {
        /// The variable's name.
        name: String,
        /// The file.
        file: PathBuf,
        /// The line, where it could be found.
        line: Option<u32>,
        /// Whether the value of another variable was put into this one.
        #[serde(default)]
        substituted: bool,
    },
    /// A section of a manifest.
    Section {
        /// The section, without brackets.
        section: String,
        /// The manifest.
        file: PathBuf,
        /// The line, where it could be found.
        line: Option<u32>,
    },
    /// It follows from the package that a command is about.
    Package {
        /// The package.
        name: String,
    },
    /// The default, as nothing is configured.
    Default,
}

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Given")
            .field("value", &"…")
            .field("origin", &self.origin)
            .finish()
    }
}

impl Given {
    /// The folder that a relative path in the value starts from: that of its file; `None` for the
    /// directory of the process.
    pub fn directory(&self) -> Option<&Path> {
        match &self.origin {
            Origin::EnvFile { file, .. } | Origin::Section { file, .. } => file.parent(),
            _ => None,
        }
    }
}

impl Origin {
    /// Whether it is the section of an environment: of the one that was chosen, as nothing is
    /// passed on of the others.
    pub fn is_of_environment(&self) -> bool {
        matches!(self, Origin::Section { section, .. } if section.contains(".environments."))
    }

    /// Whether both are the same section of the same manifest.
    pub fn is_beside(&self, other: &Origin) -> bool {
        match (self, other) {
            (
                Origin::Section { section, file, .. },
                Origin::Section {
                    section: other,
                    file: beside,
                    ..
                },
            ) => section == other && file == beside,
            _ => false,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Flag { name } => write!(f, "was given by `{name}`"),
            Origin::Variable { name } => write!(f, "stands in the variable `{name}`"),
            Origin::EnvFile { file, line, .. } => write!(f, "stands in `{}`", place(file, *line)),
            Origin::Section {
                section,
                file,
                line,
            } => {
                write!(f, "stands under `[{section}]` in `{}`", place(file, *line))
            }
            Origin::Package { name } => write!(f, "is that of the package `{name}`"),
            Origin::Default => write!(f, "is the default"),
        }
    }
}

/// `path:line`
pub(super) fn place(file: &Path, line: Option<u32>) -> String {
    match line {
        Some(line) => format!("{}:{line}", file.display()),
        None => file.display().to_string(),
    }
}
