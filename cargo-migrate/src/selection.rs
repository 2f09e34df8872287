//! Where a command works: the project, the package and the history that were chosen, the members
//! with that history, and what their metadata says. Combines what `project` knows with what was
//! typed; must not know what a command does there.

mod history;
mod layers;

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use migrate_cli::configuration::{self, CONFIGURATION, Given, keys};
use migrate_cli::{CliError, Configuration, GlobalArgs, Surroundings};
use migrate_core::engine::backend::BackendKind;
use migrate_core::error::ConnectError;
use migrate_graph::suggest::nearest;

use crate::arguments::PlaceArgs;
use crate::project::{self, LIBRARY, Member, Project};
use crate::runner::{COMMANDS, lock};
use crate::words;

/// The models, as they are passed on to the runner.
#[derive(Clone)]
pub(crate) struct Passed {
    /// The file with the models.
    pub(crate) file: PathBuf,
    /// The SQL files.
    pub(crate) sql: Vec<PathBuf>,
}

/// The project, and the part of it that was chosen.
#[derive(Clone)]
pub(crate) struct Selection {
    pub(crate) project: Project,
    /// The manifest that was given.
    manifest: PathBuf,
    /// `--package`
    package: Option<String>,
    /// The history that was given.
    history: Option<Given>,
    /// The environment that was given.
    environment: Option<Given>,
    /// `--database-url`
    database_url: Option<String>,
    /// The models, for a command of the runner that needs them.
    pub(crate) models: Option<Passed>,
    /// The file with the project at a commit, for a command of the runner that needs it.
    pub(crate) past: Option<PathBuf>,
    /// Whether the command must not reach the application's databases.
    pub(crate) protects: bool,
}

impl Selection {
    /// Finds the project of the arguments.
    pub(crate) fn find(place: &PlaceArgs, global: &GlobalArgs) -> Result<Selection, CliError> {
        let (project, manifest) = project::find(place.manifest_path.as_deref())?;
        let (history, environment) = around(|surroundings| {
            let history = configuration::history(place.history.as_deref(), surroundings)?;
            let environment = configuration::environment(global.env.as_deref(), surroundings)?;
            Ok::<_, CliError>((history, environment))
        })?;
        let selection = Selection {
            project,
            manifest,
            package: place.package.clone(),
            history,
            environment,
            database_url: global.database_url.clone(),
            models: None,
            past: None,
            protects: false,
        };
        selection.named()?;
        Ok(selection)
    }

    /// The member that `--package` names.
    fn named(&self) -> Result<Option<&Member>, CliError> {
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
            let failure = CliError::usage(format!("no package `{name}` in this workspace"));
            failure.help(match nearest(name, names()) {
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
    pub(crate) fn chosen(&self) -> Result<Option<&Member>, CliError> {
        Ok(self
            .named()?
            .or_else(|| self.project.member_at(&self.manifest)))
    }

    /// Whether commands are about this member without naming it: they are typed in its folder.
    pub(crate) fn is_here(&self, member: &Member) -> bool {
        self.manifest == member.manifest
    }

    /// The members with the history that was chosen, of which there is at least one.
    pub(crate) fn participants(&self) -> Result<Vec<&Member>, CliError> {
        if self.project.participants()?.is_empty() {
            return Err(self.no_history()?);
        }
        let history = self.history()?;
        let participants = self.participants_of(&history.value)?;
        if participants.is_empty() {
            let name = &history.value;
            return Err(CliError::usage(format!(
                "no package has revisions of the history `{name}`"
            ))
            .note(format!("the history {}", history.origin))
            .help("cargo migrate init -p NAME"));
        }
        Ok(participants)
    }

    fn no_history(&self) -> Result<CliError, CliError> {
        let failure = match self.chosen()? {
            Some(member) if member.core.is_some() => {
                let folder = project::display(&self.project.folder(member)?);
                CliError::usage(format!(
                    "the package `{}` has no history: there is no folder `{folder}`",
                    member.name
                ))
            }
            Some(member) => CliError::usage(format!(
                "the package `{}` has no history: it does not depend on `{LIBRARY}`",
                member.name
            )),
            None => CliError::usage("no package of this workspace has a history"),
        };
        Ok(failure.help(match self.chosen()? {
            Some(_) => "cargo migrate init".to_owned(),
            None => "cargo migrate init -p NAME".to_owned(),
        }))
    }

    /// The member that new revisions go to.
    pub(crate) fn writable(&self) -> Result<&Member, CliError> {
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
        self.is_in_history(member)?;
        Ok(member)
    }

    fn only_participant(&self) -> Result<&Member, CliError> {
        let participants = self.participants()?;
        if let [member] = participants[..] {
            return Ok(member);
        }
        let names: Vec<&str> = participants
            .iter()
            .map(|member| member.name.as_str())
            .collect();
        let failure = CliError::usage(format!(
            "several packages have revisions: {}",
            words::list(&names)
        ));
        Err(failure.help(format!("choose one: `-p {}`", names[0])))
    }

    /// Whether a database is named: in the arguments, the environment, or metadata, by its URL or
    /// by a variable of its own.
    pub(crate) fn has_database(&self) -> Result<bool, CliError> {
        let configuration = self.configuration()?;
        let flag = self.database_url.as_deref();
        let url =
            around(|surroundings| configuration::database_url(flag, &configuration, surroundings))?;
        Ok(url.is_some() || configuration.environment_names_variable())
    }

    /// The same, also by a variable that is not the environment's own.
    pub(crate) fn names_database(&self) -> Result<bool, CliError> {
        let variable = keys::DATABASE_URL_VARIABLE.name;
        Ok(self.has_database()? || self.configuration()?.values.contains_key(variable))
    }

    /// The URL of the database with its password, and the variable that passes it to a bundle, if
    /// one is named: for a child, not to be shown.
    pub(crate) fn database_for_child(&self) -> Result<Option<(String, String)>, CliError> {
        let configuration = self.configuration()?;
        let flag = self.database_url.as_deref();
        let url =
            around(|surroundings| configuration::parsed_url(flag, &configuration, surroundings))?;
        let variable = configuration.variable_of(&keys::DATABASE_URL);
        Ok(variable.zip(url.map(|url| url.as_secret_str().to_owned())))
    }

    /// The kind of the database that is named, if one is.
    pub(crate) fn database_kind(&self) -> Result<Option<BackendKind>, CliError> {
        let configuration = self.configuration()?;
        let flag = self.database_url.as_deref();
        let url =
            around(|surroundings| configuration::parsed_url(flag, &configuration, surroundings))?;
        Ok(url.map(|url| url.kind()))
    }

    /// The same with its files elsewhere: where a folder is that holds a package, or the project's
    /// root. A package that is not there is left out.
    pub(crate) fn within(&self, folder: impl Fn(&Path) -> Option<PathBuf>) -> Selection {
        let mut selection = self.clone();
        let project = &mut selection.project;
        if let Some(root) = folder(&project.root) {
            project.root = root;
        }
        project.members.retain_mut(|member| {
            let Some(root) = folder(member.root()) else {
                return false;
            };
            let manifest = root.join("Cargo.toml");
            if selection.manifest == member.manifest {
                selection.manifest.clone_from(&manifest);
            }
            member.manifest = manifest;
            true
        });
        selection
    }

    /// `--database-url`
    pub(crate) fn typed_database(&self) -> Option<&str> {
        self.database_url.as_deref()
    }

    /// Refuses a command whose database is not named, or by something that is no URL, before
    /// anything is built for it.
    pub(crate) fn requires_database(&self) -> Result<(), CliError> {
        let configuration = self.configuration()?;
        let flag = self.database_url.as_deref();
        let url =
            around(|surroundings| configuration::parsed_url(flag, &configuration, surroundings))?;
        match url {
            Some(url) => self.requires_backend(url.kind()),
            None => Err(configuration::no_database(&configuration, false)),
        }
    }

    /// Refuses a kind of database that the runner would be built without, as far as the manifests
    /// say it.
    fn requires_backend(&self, backend: BackendKind) -> Result<(), CliError> {
        let members = &self.project.members;
        let asks = |member: &Member| {
            let mut features = member.core_features.iter();
            features.any(|feature| feature == backend.feature())
        };
        if members.iter().any(asks) {
            return Ok(());
        }
        // a dependency of theirs may ask for more
        let locked = fs::read_to_string(self.project.root.join("Cargo.lock")).unwrap_or_default();
        let known = |name: &String| name == COMMANDS || self.project.member(name).is_some();
        let names = members.iter().map(|member| member.name.as_str());
        match lock::dependents(&locked, LIBRARY, names).iter().all(known) {
            true => Err(ConnectError::NotEnabled { backend }.into()),
            false => Ok(()),
        }
    }

    /// The variable that passes the metadata to the runner.
    pub(crate) fn variable(&self) -> Result<(&'static str, String), CliError> {
        let mut configuration = self.configuration()?;
        configuration.states = Some(self.project.store().join("states"));
        if let Some(passed) = &self.models {
            configuration.models = Some(passed.file.clone());
            configuration.sql.clone_from(&passed.sql);
        }
        configuration.past.clone_from(&self.past);
        if self.protects {
            configuration.databases = self.databases()?;
        }
        let text = serde_json::to_string(&configuration);
        let text = text.expect("names and texts can be written as JSON");
        Ok((CONFIGURATION, text))
    }

    /// Whether the arguments or the environment name a database, so that the metadata does not
    /// count.
    fn is_given(&self, known: &Configuration) -> Result<bool, CliError> {
        let mut open = known.clone();
        open.values.remove(keys::DATABASE_URL.name);
        let flag = self.database_url.as_deref();
        let given = around(|surroundings| configuration::database_url(flag, &open, surroundings))?;
        Ok(given.is_some())
    }
}

/// Reads this process's environment.
pub(crate) fn around<T>(look: impl FnOnce(&Surroundings<'_>) -> T) -> T {
    let variable = |name: &str| -> Option<OsString> { env::var_os(name) };
    look(&Surroundings {
        directory: env::current_dir().unwrap_or_default(),
        variable: &variable,
    })
}

#[cfg(test)]
mod tests;
