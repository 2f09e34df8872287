//! The configuration of a command: option, variable, `.env` and manifests, in this order. Reads the
//! environment only through [`Surroundings`], so that tests can replace it; never prints a URL.

mod env_file;
pub mod keys;
pub mod names;
mod origin;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use migrate_graph::{MultipleHeads, Rules};
use serde::{Deserialize, Serialize};

use super::error::CliError;
use keys::{Key, Kind};
use migrate_core::engine::backend::DatabaseUrl;
pub use origin::{Given, Origin};

/// The variable that names the environment, also in `.env`.
pub const ENVIRONMENT: &str = migrate_core::engine::ENVIRONMENT;

/// The variable that names the history, also in `.env`.
pub const HISTORY: &str = "MIGRATE_HISTORY";

/// The variable by which `cargo migrate` passes the manifests' settings to the runner: a
/// [`Configuration`] as JSON.
pub const CONFIGURATION: &str = "CARGO_MIGRATE_CONFIG";

/// The variable with the schemas of the history's heads, as a JSON list of dumps. Only a program
/// that has them built in sets it.
pub(super) const STATES: &str = "CARGO_MIGRATE_STATES";

/// What a process finds around it: its directory and its variables.
pub struct Surroundings<'a> {
    /// Where relative paths start, and where the search for `.env` begins.
    pub directory: PathBuf,
    /// The environment variable of a name.
    pub variable: &'a dyn Fn(&str) -> Option<OsString>,
}

/// The manifests' settings that the runner needs: the section of the chosen environment, merged
/// over the sections around it.
///
/// `cargo migrate` writes it as JSON into the variable [`CONFIGURATION`]. Keys that are not known
/// here are ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct Configuration {
    /// The history that the command is about, where a workspace has several.
    pub history: Option<Given>,
    /// The environment that was chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<Given>,
    /// The folder where schemas that the history left are kept; none in a program that is not
    /// started by `cargo migrate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub states: Option<PathBuf>,
    /// The file with the models, where the command needs them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub models: Option<PathBuf>,
    /// The SQL files that are a part of the models, in the order in which they run.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sql: Vec<PathBuf>,
    /// The file with the project at a commit, where the command asks about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub past: Option<PathBuf>,
    /// The URLs of the application's databases, where a command must not reach them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub databases: Vec<String>,
    /// The values by their keys.
    pub values: BTreeMap<String, Given>,
    /// The same for each environment, in a bundle: there it turns out at the start which one is
    /// meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environments: Option<BTreeMap<String, BTreeMap<String, Given>>>,
}

impl Configuration {
    /// Reads what `cargo migrate` passed on; nothing when the program was not started by it.
    pub fn read(surroundings: &Surroundings<'_>) -> Result<Configuration, CliError> {
        let Some(text) = text_of(surroundings, CONFIGURATION)? else {
            return Ok(Configuration::default());
        };
        // without serde's words, which quote what they find, and that may be a URL with a password
        serde_json::from_str(&text).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            CliError::usage(format!(
                "`{CONFIGURATION}` is not what `cargo migrate` writes there (line {line}, column {column})"
            ))
        })
    }

    /// Takes the values of an environment, where it turns out here which one is meant: in a bundle.
    /// Another one than those it knows is a mistake.
    pub fn choose(&mut self, environment: Option<&Given>) -> Result<(), CliError> {
        self.environment = environment.cloned();
        let (Some(given), Some(environments)) = (environment, &mut self.environments) else {
            return Ok(());
        };
        match environments.remove(&given.value) {
            Some(values) => {
                self.values = values;
                Ok(())
            }
            None => {
                let names: Vec<String> = environments
                    .keys()
                    .map(|name| format!("`{name}`"))
                    .collect();
                let help = match names.is_empty() {
                    true => format!(
                        "declare it in Cargo.toml, `[package.metadata.migrate.environments.{}]`, and make the bundle again",
                        given.value
                    ),
                    false => format!("the environments are {}", names.join(", ")),
                };
                Err(
                    CliError::usage(format!("no environment `{}` is known here", given.value))
                        .note(format!("the environment {}", given.origin))
                        .help(help),
                )
            }
        }
    }

    /// The setting `multiple-heads`.
    pub fn rules(&self) -> Result<Rules, CliError> {
        let said = self.values.get(keys::MULTIPLE_HEADS.name);
        let multiple_heads = match said.map(|given| given.value.as_str()) {
            None | Some("refuse") => MultipleHeads::Refuse,
            Some("allow") => MultipleHeads::Allow,
            Some(other) => {
                let failure = CliError::usage(format!("`multiple-heads` is `{other}`"));
                return Err(failure.help("write `multiple-heads = \"allow\"` or `\"refuse\"`"));
            }
        };
        Ok(Rules { multiple_heads })
    }

    /// The value of a key; `None` if it has none and no default.
    ///
    /// `flag` is the command line's value. An empty variable counts as unset, an empty flag is an
    /// error.
    pub fn value(
        &self,
        key: &Key,
        flag: Option<&str>,
        surroundings: &Surroundings<'_>,
    ) -> Result<Option<Given>, CliError> {
        let variable = self.variable_of(key);
        let variable = variable.as_deref();
        let written = self.values.get(key.name);
        let found = match typed(key.flag, variable, flag, surroundings)? {
            Some(given) => Some(given),
            None if self.goes_before_env_file(key, written) => None,
            None => in_env_file(variable, surroundings)?
                .filter(|given| key.kind == Kind::Url || !given.value.is_empty()),
        };
        let found = found.map(|given| checked(key, given)).transpose()?;
        let default = || {
            key.default.map(|value| Given {
                value: value.to_owned(),
                origin: Origin::Default,
            })
        };
        Ok(found.or_else(|| written.cloned()).or_else(default))
    }

    /// Whether the manifests override a `.env` file: the URL in the section of an environment that
    /// was chosen by name. A file that chooses the environment itself may give its database too,
    /// and so may one with the variable that the environment names.
    fn goes_before_env_file(&self, key: &Key, written: Option<&Given>) -> bool {
        key.name == keys::DATABASE_URL.name
            && written.is_some_and(|given| given.origin.is_of_environment())
            && !self.environment_names_variable()
            && !self.is_chosen_by_env_file()
    }

    /// Whether the section of the environment names the variable of its URL.
    pub fn environment_names_variable(&self) -> bool {
        let variable = self.values.get(keys::DATABASE_URL_VARIABLE.name);
        variable.is_some_and(|given| given.origin.is_of_environment())
    }

    fn is_chosen_by_env_file(&self) -> bool {
        let origin = self.environment.as_ref().map(|given| &given.origin);
        matches!(origin, Some(Origin::EnvFile { .. }))
    }

    /// A note if the environment names no database and so uses this one, which others use too.
    pub fn borrowed_by_environment(&self, database: &Given) -> Option<String> {
        let name = &self.environment.as_ref()?.value;
        let borrowed = match &database.origin {
            Origin::Section { .. } => !database.origin.is_of_environment(),
            Origin::EnvFile { .. } => {
                !self.is_chosen_by_env_file() && !self.environment_names_variable()
            }
            _ => false,
        };
        borrowed.then(|| {
            format!(
                "the environment `{name}` names no database; the URL {}",
                database.origin
            )
        })
    }

    /// The variable that gives a key: for the database, the one that the configuration names. The
    /// databases of histories with a name have variables of their own, so that no run reaches the
    /// database of another history.
    pub fn variable_of(&self, key: &Key) -> Option<String> {
        if key.name != keys::DATABASE_URL.name {
            return key.variable.map(str::to_owned);
        }
        let said = self.values.get(keys::DATABASE_URL_VARIABLE.name);
        let of_history = || {
            let history = self.history.as_ref()?;
            (history.value != DEFAULT_HISTORY).then(|| url_variable(&history.value))
        };
        said.map(|given| given.value.clone())
            .or_else(of_history)
            .or_else(|| key.variable.map(str::to_owned))
    }
}

/// The name of the history to which all belongs that is in no other.
pub const DEFAULT_HISTORY: &str = "default";

/// The variable with the database of a history that names no other.
pub fn url_variable(history: &str) -> String {
    let name: String = history
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    format!("{}_DATABASE_URL", name.to_ascii_uppercase())
}

/// The value of the option or the process's variable.
fn typed(
    option: Option<&str>,
    variable: Option<&str>,
    flag: Option<&str>,
    surroundings: &Surroundings<'_>,
) -> Result<Option<Given>, CliError> {
    let option = option.unwrap_or_default();
    match (flag, variable) {
        (Some(""), _) => Err(CliError::usage(format!("`{option}` is empty"))),
        (Some(value), _) => {
            let name = option.to_owned();
            Ok(Some(Given {
                value: value.to_owned(),
                origin: Origin::Flag { name },
            }))
        }
        (None, Some(variable)) => {
            let name = variable.to_owned();
            let value = text_of(surroundings, variable)?;
            Ok(value.map(|value| Given {
                value,
                origin: Origin::Variable { name },
            }))
        }
        (None, None) => Ok(None),
    }
}

/// The value in the nearest `.env` file.
fn in_env_file(
    variable: Option<&str>,
    surroundings: &Surroundings<'_>,
) -> Result<Option<Given>, CliError> {
    match variable {
        Some(variable) => env_file::find(&surroundings.directory, variable),
        None => Ok(None),
    }
}

/// The value of the option, the variable or `.env`.
fn around(
    option: &str,
    variable: &str,
    flag: Option<&str>,
    surroundings: &Surroundings<'_>,
) -> Result<Option<Given>, CliError> {
    match typed(Some(option), Some(variable), flag, surroundings)? {
        Some(given) => Ok(Some(given)),
        None => {
            let found = in_env_file(Some(variable), surroundings)?;
            Ok(found.filter(|given| !given.value.is_empty()))
        }
    }
}

/// Refuses a value that cannot be one of the key's, without quoting a URL.
fn checked(key: &Key, given: Given) -> Result<Given, CliError> {
    if key.kind.allows(&given.value) {
        return Ok(given);
    }
    if let Origin::Variable { name } | Origin::EnvFile { name, .. } = &given.origin
        && given.value.trim().is_empty()
    {
        let what = match given.value.is_empty() {
            true => "is empty",
            false => "holds only blanks",
        };
        let place = match &given.origin {
            Origin::EnvFile { file, line, .. } => format!(" in `{}`", origin::place(file, *line)),
            _ => String::new(),
        };
        return Err(
            CliError::usage(format!("the variable `{name}`{place} {what}"))
                .note(format!("it gives `{}`", key.name))
                .help(format!("give `{name}` a value, or remove it")),
        );
    }
    let shown = match key.kind {
        Kind::Url => "…",
        _ => &given.value,
    };
    let name = key.name;
    Err(CliError::usage(format!(
        "`{name}` is `{shown}`, which is not {}",
        key.kind.expected()
    ))
    .note(format!("`{name}` {}", given.origin)))
}

/// Finds the database's URL; `None` when nothing names one.
pub fn database_url(
    flag: Option<&str>,
    configuration: &Configuration,
    surroundings: &Surroundings<'_>,
) -> Result<Option<Given>, CliError> {
    match configuration.value(&keys::DATABASE_URL, flag, surroundings) {
        Err(failure) if flag == Some("") => Err(failure.help(WAYS)),
        found => found,
    }
}

/// The URL of the database, read; `None` when nothing names one.
pub fn parsed_url(
    flag: Option<&str>,
    configuration: &Configuration,
    surroundings: &Surroundings<'_>,
) -> Result<Option<DatabaseUrl>, CliError> {
    let Some(given) = database_url(flag, configuration, surroundings)? else {
        return Ok(None);
    };
    let origin = &given.origin;
    if let Origin::EnvFile {
        substituted: true, ..
    } = origin
        && !is_url_or_path(&given.value)
    {
        return Err(CliError::usage(
            "the database's URL has no scheme after a variable was substituted",
        )
        .note(format!("the URL {origin}"))
        .help(
            "write `${NAME}` with braces, as a name without them ends at the first `_`; begin with `sqlite:` if it is a path",
        ));
    }
    let variable = configuration.variable_of(&keys::DATABASE_URL);
    let names = [variable.as_deref(), keys::DATABASE_URL.variable];
    let is_assigned = |name: &&str| {
        let rest = given.value.trim_start().strip_prefix(*name);
        rest.is_some_and(|rest| rest.trim_start().starts_with('='))
    };
    if let Some(name) = names.into_iter().flatten().find(is_assigned) {
        return Err(
            CliError::usage(format!("the database's URL begins with `{name}=`"))
                .note(format!("the URL {origin}"))
                .help(format!("leave `{name}=` out of the value")),
        );
    }
    let url: DatabaseUrl = given
        .value
        .parse()
        .map_err(|error| CliError::from(error).note(format!("the URL {origin}")))?;
    Ok(Some(match given.directory() {
        Some(directory) => url.relative_to(directory),
        None => url,
    }))
}

/// Whether a text has a scheme, or begins as only a path does.
fn is_url_or_path(text: &str) -> bool {
    let paths = ["/", "./", "../"];
    text.split_once(':')
        .is_some_and(|(scheme, _)| scheme.chars().all(|c| c.is_ascii_alphanumeric()))
        || paths.iter().any(|path| text.starts_with(path))
}

/// The environment that the run is for; `None` when nothing names one.
pub fn environment(
    flag: Option<&str>,
    surroundings: &Surroundings<'_>,
) -> Result<Option<Given>, CliError> {
    match around("--env", ENVIRONMENT, flag, surroundings) {
        Err(failure) if flag == Some("") => Err(failure.help("--env production")),
        found => found,
    }
}

/// The history that the flag, the variable or `.env` name; `None` when nothing does.
pub fn history(
    flag: Option<&str>,
    surroundings: &Surroundings<'_>,
) -> Result<Option<Given>, CliError> {
    match around("--history", HISTORY, flag, surroundings) {
        Err(failure) if flag == Some("") => Err(failure.help("--history NAME")),
        found => found,
    }
}

/// The failure when a command needs a database and nothing names one.
///
/// `without_metadata` if there is no Cargo.toml to configure it.
pub fn no_database(configuration: &Configuration, without_metadata: bool) -> CliError {
    if let Some(named) = configuration.values.get(keys::DATABASE_URL_VARIABLE.name) {
        let variable = &named.value;
        return CliError::usage(format!("`{variable}` is not set"))
            .note(format!(
                "it names the database: `database-url-variable` {}",
                named.origin
            ))
            .help(format!(
                "set `{variable}` in the environment or in a `.env` file, or give `--database-url URL`"
            ));
    }
    let failure = CliError::usage("no database was given");
    let variable = configuration.variable_of(&keys::DATABASE_URL);
    match (variable, &configuration.history) {
        (Some(variable), Some(history)) if Some(&*variable) != keys::DATABASE_URL.variable => {
            let history = &history.value;
            CliError::usage(format!("no database was given for the history `{history}`")).help(format!(
                "give `--database-url URL`, or set `{variable}` in the environment or in a `.env` file, or write `database-url` \
                 under `[workspace.metadata.migrate.histories.{history}]` in Cargo.toml"
            ))
        }
        _ if without_metadata => failure.help(WAYS_WITHOUT_METADATA),
        _ => failure.help(WAYS),
    }
}

const WAYS_WITHOUT_METADATA: &str =
    "give `--database-url URL`, or set `DATABASE_URL` in the environment or in a `.env` file";

const WAYS: &str = "give `--database-url URL`, or set `DATABASE_URL` in the environment or in a `.env` file, or write \
                    `database-url = \"app.db\"` under `[package.metadata.migrate]` in Cargo.toml";

/// A variable's text; `None` when it is not set or empty.
fn text_of(surroundings: &Surroundings<'_>, name: &str) -> Result<Option<String>, CliError> {
    (surroundings.variable)(name)
        .filter(|value| !value.is_empty())
        .map(OsString::into_string)
        .transpose()
        .map_err(|_| CliError::usage(format!("the variable `{name}` is not UTF-8")))
}

#[cfg(test)]
mod tests;
