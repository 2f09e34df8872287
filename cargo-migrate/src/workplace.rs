//! Where a command works: the project, the package that was chosen, the members with a history, the database that their metadata
//! names. Combines what `project` knows with what was typed; must not know what a command does there.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use migrate_core::cli::configuration::{self, CONFIGURATION};
use migrate_core::cli::{Configuration, Failure, Surroundings};
use serde_json::json;

use crate::cli::PlaceArgs;
use crate::project::{self, LIBRARY, Member, Project};
use crate::words;

/// The project, and the part of it that was chosen.
pub(crate) struct Workplace {
    pub(crate) project: Project,
    /// The manifest that was asked for.
    manifest: PathBuf,
    /// `--package`
    package: Option<String>,
    /// `--database-url`
    database_url: Option<String>,
}

/// A database that metadata names.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Database {
    url: String,
    /// Relative paths start here.
    folder: PathBuf,
}

impl Workplace {
    /// Finds the project of the arguments.
    pub(crate) fn find(
        place: &PlaceArgs,
        database_url: Option<&str>,
    ) -> Result<Workplace, Failure> {
        let (project, manifest) = project::find(place.manifest_path.as_deref())?;
        let workplace = Workplace {
            project,
            manifest,
            package: place.package.clone(),
            database_url: database_url.map(str::to_owned),
        };
        workplace.named()?;
        Ok(workplace)
    }

    /// The member that `--package` names.
    fn named(&self) -> Result<Option<&Member>, Failure> {
        let Some(name) = &self.package else {
            return Ok(None);
        };
        let names = || {
            self.project
                .members
                .iter()
                .map(|member| member.name.as_str())
        };
        let member = self.project.member(name).ok_or_else(|| {
            let failure = Failure::usage(format!("no package `{name}` in this workspace"));
            failure.help(match words::nearest(name, names()) {
                Some(near) => format!("a package with a similar name exists: `{near}`"),
                None => format!(
                    "the packages are {}",
                    words::list(&names().collect::<Vec<_>>())
                ),
            })
        })?;
        Ok(Some(member))
    }

    /// The member that was named, or in whose folder the command was typed.
    pub(crate) fn chosen(&self) -> Result<Option<&Member>, Failure> {
        Ok(self
            .named()?
            .or_else(|| self.project.member_at(&self.manifest)))
    }

    /// Whether commands are about this member without naming it: they are typed in its folder.
    pub(crate) fn is_here(&self, member: &Member) -> bool {
        self.manifest == member.manifest
    }

    /// The members with a history, of which there is at least one.
    pub(crate) fn participants(&self) -> Result<Vec<&Member>, Failure> {
        let participants = self.project.participants()?;
        if participants.is_empty() {
            return Err(self.no_history()?);
        }
        Ok(participants)
    }

    fn no_history(&self) -> Result<Failure, Failure> {
        let failure = match self.chosen()? {
            Some(member) if member.core.is_some() => {
                let folder = project::display(&self.project.folder(member)?);
                Failure::usage(format!(
                    "the package `{}` has no history: there is no folder `{folder}`",
                    member.name
                ))
            }
            Some(member) => Failure::usage(format!(
                "the package `{}` has no history: it does not depend on `{LIBRARY}`",
                member.name
            )),
            None => Failure::usage("no package of this workspace has a history"),
        };
        Ok(failure.help(match self.chosen()? {
            Some(_) => "cargo migrate init".to_owned(),
            None => "cargo migrate init -p NAME".to_owned(),
        }))
    }

    /// The member that new revisions go to.
    pub(crate) fn writable(&self) -> Result<&Member, Failure> {
        let named = self.named()?;
        let here = self.chosen()?.filter(|member| member.core.is_some());
        let member = match named.or(here) {
            Some(member) => member,
            None => self.only_participant()?,
        };
        if member.core.is_none() {
            return Err(self.no_history()?);
        }
        if member.library.is_none() {
            return Err(crate::error::no_library(member));
        }
        Ok(member)
    }

    fn only_participant(&self) -> Result<&Member, Failure> {
        let participants = self.participants()?;
        if let [member] = participants[..] {
            return Ok(member);
        }
        let names: Vec<&str> = participants
            .iter()
            .map(|member| member.name.as_str())
            .collect();
        let failure = Failure::usage(format!(
            "several packages have revisions: {}",
            words::list(&names)
        ));
        Err(failure.help(format!("say which one is meant: `-p {}`", names[0])))
    }

    /// Whether a database is known without asking: from the arguments, the environment, or metadata.
    pub(crate) fn has_database(&self) -> Result<bool, Failure> {
        Ok(self.is_given()? || !self.databases()?.is_empty())
    }

    /// The variable that tells the runner what the metadata says.
    pub(crate) fn configuration(&self) -> Result<(&'static str, String), Failure> {
        let database = match self.databases()?.as_slice() {
            [] => None,
            [database] => Some(database.clone()),
            _ if self.is_given()? => None,
            several => return Err(ambiguous(several)),
        };
        let configuration = json!({
            "database_url": database.as_ref().map(|database| &database.url),
            "directory": database.as_ref().map(|database| &database.folder),
            "multiple_heads": self.multiple_heads()?,
        });
        Ok((CONFIGURATION, configuration.to_string()))
    }

    /// What a bundle takes along of the metadata: all but URLs. They name databases of this machine, may hold secrets, and a server
    /// without a URL of its own is better told so than given a file in whatever folder it stands in.
    pub(crate) fn bundled(&self) -> Result<String, Failure> {
        Ok(json!({ "multiple_heads": self.multiple_heads()? }).to_string())
    }

    fn multiple_heads(&self) -> Result<Option<&'static str>, Failure> {
        for member in self.project.participants()? {
            let allowed = self.project.settings_of(member)?.multiple_heads;
            if allowed == Some(project::MultipleHeads::Allow) {
                return Ok(Some("allow"));
            }
        }
        Ok(None)
    }

    /// The databases that metadata names: the chosen package's, else the workspace's, else those of all members.
    fn databases(&self) -> Result<Vec<Database>, Failure> {
        if let Some(member) = self.chosen()?
            && let Some(url) = member.settings()?.database_url
        {
            return Ok(vec![Database {
                url,
                folder: member.root().to_owned(),
            }]);
        }
        if let Some(url) = self.project.settings()?.database_url {
            return Ok(vec![Database {
                url,
                folder: self.project.root.clone(),
            }]);
        }
        let mut databases = Vec::new();
        for member in self.project.participants()? {
            if let Some(url) = member.settings()?.database_url {
                databases.push(Database {
                    url,
                    folder: member.root().to_owned(),
                });
            }
        }
        Ok(databases)
    }

    /// Whether the arguments or the environment name a database, so that the metadata does not count.
    fn is_given(&self) -> Result<bool, Failure> {
        let variable = |name: &str| -> Option<OsString> { env::var_os(name) };
        let surroundings = Surroundings {
            directory: env::current_dir().unwrap_or_default(),
            variable: &variable,
        };
        let none = Configuration::default();
        let given =
            configuration::database_url(self.database_url.as_deref(), &none, &surroundings)?;
        Ok(given.is_some())
    }
}

fn ambiguous(databases: &[Database]) -> Failure {
    let manifests: Vec<String> = databases
        .iter()
        .map(|database| project::display(&Path::new(&database.folder).join("Cargo.toml")))
        .collect();
    Failure::usage(format!(
        "several packages name a database: {}",
        words::list(&manifests)
    ))
    .help("name one for all under `[workspace.metadata.migrate]`, or say whose is meant: `-p NAME`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// A workspace of three packages, of which two have a history, with this metadata.
    fn workplace(
        folder: &Path,
        at: &str,
        package: Option<&str>,
        [workspace, accounts, billing]: [Value; 3],
    ) -> Workplace {
        let member = |name: &str, core: bool, metadata: &Value| {
            let root = folder.join(name);
            if core {
                std::fs::create_dir_all(root.join("migrations")).unwrap();
            }
            json!({
                "name": name,
                "manifest": root.join("Cargo.toml"),
                "library": core.then(|| root.join("src/lib.rs")),
                "core": core.then_some(json!({"Path": "/core"})),
                "metadata": metadata,
            })
        };
        let members = [
            member("accounts", true, &accounts),
            member("app", false, &Value::Null),
            member("billing", true, &billing),
        ];
        let project = json!({
            "root": folder, "target": folder.join("target"), "members": members, "metadata": workspace,
        });
        Workplace {
            project: serde_json::from_value(project).unwrap(),
            manifest: folder.join(at).join("Cargo.toml"),
            package: package.map(str::to_owned),
            database_url: None,
        }
    }

    #[test]
    fn a_revision_goes_to_the_named_package_or_the_one_around() {
        let folder = tempfile::tempdir().unwrap();
        let writable = |at: &str, package: Option<&str>| {
            let workplace = workplace(
                folder.path(),
                at,
                package,
                [Value::Null, Value::Null, Value::Null],
            );
            workplace
                .writable()
                .map(|member| member.name.clone())
                .map_err(|failure| failure.message)
        };
        assert_eq!(writable("billing", None).as_deref(), Ok("billing"));
        assert_eq!(
            writable("billing", Some("accounts")).as_deref(),
            Ok("accounts")
        );
        for at in ["", "app"] {
            let several = "several packages have revisions: `accounts` and `billing`";
            assert_eq!(writable(at, None), Err(several.to_owned()), "{at}");
        }
        let none = "the package `app` has no history: it does not depend on `migrate-core`";
        assert_eq!(writable("", Some("app")), Err(none.to_owned()));
        assert_eq!(
            writable("", Some("ap")),
            Err("no package `ap` in this workspace".to_owned())
        );
    }

    #[test]
    fn the_nearest_metadata_names_the_database() {
        let folder = tempfile::tempdir().unwrap();
        let url = |url: &str| json!({"database-url": url});
        for (at, metadata, expected) in [
            ("", [Value::Null, Value::Null, Value::Null], &[][..]),
            ("", [url("w"), url("a"), Value::Null], &[("w", "")]),
            (
                "accounts",
                [url("w"), url("a"), Value::Null],
                &[("a", "accounts")],
            ),
            ("billing", [url("w"), url("a"), Value::Null], &[("w", "")]),
            (
                "billing",
                [Value::Null, url("a"), Value::Null],
                &[("a", "accounts")],
            ),
            (
                "app",
                [Value::Null, url("a"), url("b")],
                &[("a", "accounts"), ("b", "billing")],
            ),
        ] {
            let expected: Vec<Database> = expected
                .iter()
                .map(|(url, at)| Database {
                    url: (*url).to_owned(),
                    folder: folder.path().join(at),
                })
                .collect();
            let found = workplace(folder.path(), at, None, metadata.clone())
                .databases()
                .unwrap();
            assert_eq!(found, expected, "{at} {metadata:?}");
        }
    }
}
