//! What can be wrong with a section of a manifest, or with a name that is looked for in it. Data
//! with its place; the words name the file and the line.

use migrate_cli::configuration::names::PatternError;
use migrate_cli::configuration::{Given, Origin};
use migrate_graph::suggest::nearest;
use migrate_source::HistoryProblem;

use crate::project;
use crate::words;

/// An invalid section, or one that lacks a requested name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SettingsError {
    #[error("`{}`: unknown key `{key}` in `[{}]`", place(origin), section(origin))]
    UnknownKey {
        origin: Box<Origin>,
        key: String,
        near: Option<&'static str>,
        known: Vec<&'static str>,
    },
    #[error(
        "`{}`: `{key}` in `[{}]` is to be {expected}",
        place(origin),
        section(origin)
    )]
    WrongValue {
        origin: Box<Origin>,
        key: String,
        expected: String,
        example: String,
    },
    #[error("`{}`: {}", place(origin), pattern(key, problem))]
    Pattern {
        origin: Box<Origin>,
        key: String,
        problem: PatternError,
        known: &'static [&'static str],
    },
    #[error("`{}`: `{key}` cannot differ between environments", place(origin))]
    Compiled {
        origin: Box<Origin>,
        key: &'static str,
    },
    #[error("unknown environment `{}`: it {}", given.value, given.origin)]
    UnknownEnvironment {
        given: Box<Given>,
        /// The environments that are declared, each with its place.
        declared: Vec<(String, Origin)>,
    },
    #[error("`{}`: {problem}", place(origin))]
    History {
        origin: Box<Origin>,
        problem: Box<HistoryProblem>,
    },
    #[error(
        "`{}`: the history `{history}` has the member `{member}`, and there is no such package in this workspace",
        place(origin)
    )]
    UnknownMember {
        origin: Box<Origin>,
        history: String,
        member: String,
        near: Option<String>,
    },
}

impl SettingsError {
    /// What to type instead.
    pub(crate) fn help(&self) -> String {
        match self {
            SettingsError::UnknownKey {
                near: Some(near), ..
            } => {
                format!("a key with a similar name exists: `{near}`")
            }
            SettingsError::UnknownKey { known, .. } => {
                format!("the keys are {}", words::list(known))
            }
            SettingsError::WrongValue { example, .. } => format!("such as `{example}`"),
            SettingsError::Pattern { known, .. } => {
                let known: Vec<String> = known.iter().map(|name| format!("{{{name}}}")).collect();
                format!("the placeholders are {}", words::list(&known))
            }
            SettingsError::Compiled { key, .. } => {
                format!(
                    "the compiler reads `{key}` too, and knows no environment: write it once, in the section around"
                )
            }
            SettingsError::UnknownEnvironment { given, declared } => {
                let names = declared.iter().map(|(name, _)| name.as_str());
                match nearest(&given.value, names.clone()) {
                    None if declared.is_empty() => {
                        format!(
                            "declare it in Cargo.toml: `[package.metadata.migrate.environments.{0}]`, or `[workspace.metadata.migrate.environments.{0}]` for all packages",
                            given.value
                        )
                    }
                    Some(near) => format!("an environment with a similar name exists: `{near}`"),
                    None => {
                        let mut names: Vec<&str> = names.collect();
                        names.sort_unstable();
                        names.dedup();
                        format!(
                            "the environments are {}; another one is declared by `[workspace.metadata.migrate.environments.{}]`",
                            words::list(&names),
                            given.value
                        )
                    }
                }
            }
            SettingsError::History { problem, .. } => problem.help(),
            SettingsError::UnknownMember { near, .. } => match near {
                Some(near) => format!("a package with a similar name exists: `{near}`"),
                None => "write the names of packages, as they stand under `[package]`".to_owned(),
            },
        }
    }

    /// Notes.
    pub(crate) fn notes(&self) -> Vec<String> {
        match self {
            SettingsError::UnknownEnvironment { declared, .. } => declared
                .iter()
                .map(|(name, origin)| format!("`{name}` is declared in `{}`", place(origin)))
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// What is wrong with a pattern for names.
fn pattern(key: &str, problem: &PatternError) -> String {
    match problem {
        PatternError::Unknown(name) => format!("unknown placeholder `{{{name}}}` in `{key}`"),
        PatternError::Open => format!("`{key}` has a brace without its other half"),
        PatternError::Lacks(what) => {
            format!("`{key}` is to have `{what}`: else several would have one name")
        }
    }
}

/// `path:line`, the path as a person names it.
pub(crate) fn place(origin: &Origin) -> String {
    match origin {
        Origin::Section { file, line, .. } | Origin::EnvFile { file, line, .. } => {
            let file = project::display(file);
            match line {
                Some(line) => format!("{file}:{line}"),
                None => file,
            }
        }
        other => other.to_string(),
    }
}

fn section(origin: &Origin) -> &str {
    match origin {
        Origin::Section { section, .. } => section,
        _ => "",
    }
}
