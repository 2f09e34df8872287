//! Which packages of a workspace share a history. By default all do; a named history has its own
//! members.
//!
//! The macros and the command line ask here, so that they put the same revisions together. This
//! module must not know what else is configured, nor read a file.

use std::collections::BTreeMap;

use toml::Value;

use super::manifest::Manifest;
use migrate_graph::suggest::nearest;
use migrate_graph::text;

/// The histories of a workspace that have a name, with the packages that the workspace puts in
/// them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histories(BTreeMap<String, Vec<String>>);

/// Why a package's history cannot be determined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HistoryProblem {
    /// The package names a history that its workspace does not declare.
    Unknown {
        /// The name.
        history: String,
        /// One that is declared and may have been meant.
        near: Option<String>,
    },
    /// Two of them have the package.
    Twice {
        /// The package.
        package: String,
        /// One of them.
        first: String,
        /// The other one.
        again: String,
    },
    /// A declared history has the name of the one that needs no declaration.
    Reserved,
}

impl Histories {
    /// The name of the history of all packages that are in no other.
    pub const DEFAULT: &str = "default";

    /// Histories with these names and members.
    pub fn new(histories: impl IntoIterator<Item = (String, Vec<String>)>) -> Histories {
        Histories(histories.into_iter().collect())
    }

    /// The histories that the manifest of a workspace declares.
    ///
    /// ```
    /// use migrate_source::{Histories, Manifest};
    /// let manifest = Manifest::parse("[workspace.metadata.migrate.histories.reports]\nmembers = ['charts']");
    /// let histories = Histories::read(&manifest);
    /// assert_eq!(histories.of_package("charts", None), Ok("reports"));
    /// assert_eq!(histories.of_package("shop", None), Ok("default"));
    /// ```
    #[must_use]
    pub fn read(workspace: &Manifest) -> Histories {
        let declared = workspace.table(&["workspace", "metadata", "migrate", "histories"]);
        let members = |history: &Value| {
            let list = history.get("members").and_then(Value::as_array);
            let names = list.into_iter().flatten().filter_map(Value::as_str);
            names.map(str::to_owned).collect()
        };
        let declared = declared.into_iter().flatten();
        Histories::new(declared.map(|(name, history)| (name.clone(), members(history))))
    }

    /// Whether there is only the one history that needs no name.
    #[must_use]
    pub fn are_none(&self) -> bool {
        self.0.is_empty()
    }

    /// The names, sorted, without the default's.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The history of a package: the one that it declares, or the one that lists it as a member.
    ///
    /// # Errors
    ///
    /// Fails when the package names a history that is not declared, or belongs to two.
    pub fn of_package<'a>(
        &'a self,
        package: &str,
        said: Option<&'a str>,
    ) -> Result<&'a str, HistoryProblem> {
        if self.0.contains_key(Histories::DEFAULT) {
            return Err(HistoryProblem::Reserved);
        }
        if let Some(said) = said
            && said != Histories::DEFAULT
            && !self.0.contains_key(said)
        {
            let near = nearest(said, self.names().chain([Histories::DEFAULT]));
            return Err(HistoryProblem::Unknown {
                history: said.to_owned(),
                near: near.map(str::to_owned),
            });
        }
        let has_it = |(name, members): (&'a String, &Vec<String>)| {
            let has_it = members.iter().any(|member| member == package);
            has_it.then_some(name.as_str())
        };
        let mut belongs = said;
        for listed in self.0.iter().filter_map(has_it) {
            match belongs {
                Some(first) if first != listed => {
                    return Err(HistoryProblem::Twice {
                        package: package.to_owned(),
                        first: first.to_owned(),
                        again: listed.to_owned(),
                    });
                }
                _ => belongs = Some(listed),
            }
        }
        Ok(belongs.unwrap_or(Histories::DEFAULT))
    }
}

impl HistoryProblem {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            HistoryProblem::Unknown {
                near: Some(near), ..
            } => format!("a history with a similar name exists: `{near}`"),
            HistoryProblem::Unknown { history, .. } => {
                format!(
                    "declare it in the workspace's Cargo.toml: `[workspace.metadata.migrate.histories.{history}]`"
                )
            }
            HistoryProblem::Twice { package, .. } => {
                format!(
                    "name `{package}` in one place: under `members`, or with `history` under `[package.metadata.migrate]`"
                )
            }
            HistoryProblem::Reserved => {
                "write its settings under `[workspace.metadata.migrate]`".to_owned()
            }
        }
    }
}

impl std::fmt::Display for HistoryProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            HistoryProblem::Unknown { history, .. } => {
                write!(f, "the workspace declares no history `{history}`")
            }
            HistoryProblem::Twice {
                package,
                first,
                again,
            } => write!(
                f,
                "the package `{package}` belongs to two histories: {}",
                text::list(&[first, again])
            ),
            HistoryProblem::Reserved => write!(
                f,
                "`{}` is the history of all packages that are in no other, and is not declared",
                Histories::DEFAULT
            ),
        }
    }
}

impl std::error::Error for HistoryProblem {}

/// The note on a link to a revision of another history, in addition to the problem that there is no
/// such revision.
#[must_use]
pub fn in_another_history(link: &str, history: &str, place: &str) -> String {
    format!(
        "`{link}` is a revision of the history `{history}` ({place}), and a link cannot leave its history"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_belongs_to_one_history() {
        let histories = Histories::new([
            (
                "reports".to_owned(),
                vec!["charts".to_owned(), "both".to_owned()],
            ),
            ("audit".to_owned(), vec!["both".to_owned()]),
        ]);
        for (package, said, expected) in [
            ("shop", None, Ok("default")),
            ("shop", Some("default"), Ok("default")),
            ("shop", Some("audit"), Ok("audit")),
            ("charts", None, Ok("reports")),
            ("charts", Some("reports"), Ok("reports")),
            (
                "charts",
                Some("audit"),
                Err("the package `charts` belongs to two histories: `audit` and `reports`"),
            ),
            (
                "charts",
                Some("default"),
                Err("the package `charts` belongs to two histories: `default` and `reports`"),
            ),
            (
                "both",
                None,
                Err("the package `both` belongs to two histories: `audit` and `reports`"),
            ),
            (
                "shop",
                Some("report"),
                Err("the workspace declares no history `report`"),
            ),
        ] {
            let found = histories.of_package(package, said);
            assert_eq!(
                found.map_err(|problem| problem.to_string()),
                expected.map_err(str::to_owned)
            );
        }
        let unknown = histories.of_package("shop", Some("report")).unwrap_err();
        assert_eq!(
            unknown.help(),
            "a history with a similar name exists: `reports`"
        );
        let reserved = Histories::new([("default".to_owned(), Vec::new())]);
        assert_eq!(
            reserved.of_package("a", None),
            Err(HistoryProblem::Reserved)
        );
        assert_eq!(Histories::default().of_package("a", None), Ok("default"));
    }
}
