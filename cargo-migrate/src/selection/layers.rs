//! Merges the manifests' values: the sections of the chosen environment override the others, the
//! package's its history's, and that the workspace's. Reads no manifest and no variable.

use std::collections::BTreeMap;

use migrate_cli::CliError;
use migrate_cli::configuration::keys::{self, KEYS, Key};
use migrate_cli::configuration::{Configuration, Given, Origin};
use migrate_source::Histories;

use super::Selection;
use crate::project::{self, Layers, Settings, SettingsError, Values};
use crate::words;

impl Selection {
    /// The manifests' values for the chosen history and environment.
    pub(crate) fn configuration(&self) -> Result<Configuration, CliError> {
        let history = match self.has_histories()? {
            true => Some(self.history()?),
            false => None,
        };
        self.configuration_of(history)
    }

    /// The same where it may stay open which history is meant.
    pub(crate) fn configuration_if_clear(&self) -> Result<Configuration, CliError> {
        let history = match self.has_histories()? {
            true => self.history().ok(),
            false => None,
        };
        self.configuration_of(history)
    }

    /// What a bundle takes along of the metadata: all but URLs, for each environment. URLs name
    /// databases of this machine, may hold secrets, and a server without a URL of its own is better
    /// told so than given a file in whatever folder it stands in.
    pub(crate) fn bundled(&self) -> Result<String, CliError> {
        let mut declared = owned(&self.project.settings()?);
        for member in self.participants()? {
            declared.extend(owned(&member.settings()?));
        }
        let mut configuration = self.of_environment(None).configuration()?;
        let mut environments = BTreeMap::new();
        self.take_along(&mut configuration.values);
        for (name, origin) in declared {
            let given = Given {
                value: name.clone(),
                origin,
            };
            let mut values = self.of_environment(Some(given)).configuration()?.values;
            self.take_along(&mut values);
            environments.insert(name, values);
        }
        configuration.environments = Some(environments);
        let text = serde_json::to_string(&configuration);
        Ok(text.expect("names and texts can be written as JSON"))
    }

    /// The URLs of all databases that the manifests name for the application.
    pub(super) fn databases(&self) -> Result<Vec<String>, CliError> {
        let of_workspace = self.project.settings()?;
        let mut found: Vec<String> = of_workspace
            .databases()
            .map(|given| given.value.clone())
            .collect();
        for member in &self.project.members {
            let settings = member.settings()?;
            found.extend(settings.databases().map(|given| given.value.clone()));
        }
        found.sort();
        found.dedup();
        Ok(found)
    }

    /// The same place, for another environment than was chosen, and as if a database were given:
    /// which one counts for nothing here.
    fn of_environment(&self, environment: Option<Given>) -> Selection {
        Selection {
            environment,
            database_url: Some(":memory:".to_owned()),
            ..self.clone()
        }
    }

    /// Leaves out what stays here: URLs, and where this workspace lies.
    fn take_along(&self, values: &mut BTreeMap<String, Given>) {
        for key in KEYS.iter().filter(|key| key.kind == keys::Kind::Url) {
            values.remove(key.name);
        }
        for given in values.values_mut() {
            if let Origin::Section { file, .. } = &mut given.origin
                && let Ok(inside) = file.strip_prefix(&self.project.root)
            {
                *file = inside.to_owned();
            }
        }
    }

    fn configuration_of(&self, history: Option<Given>) -> Result<Configuration, CliError> {
        self.knows_environment()?;
        let name = history.as_ref().map(|given| given.value.clone());
        let name = name.as_deref().unwrap_or(Histories::DEFAULT);
        let values = self.values(name, &self.project.settings()?)?;
        let mut configuration = Configuration {
            history,
            environment: self.environment.clone(),
            values,
            ..Configuration::default()
        };
        self.add_of_members(name, &mut configuration)?;
        drop_url_beyond_variable(&mut configuration.values);
        Ok(configuration)
    }

    /// Refuses an environment that no section declares.
    fn knows_environment(&self) -> Result<(), CliError> {
        let Some(given) = &self.environment else {
            return Ok(());
        };
        let mut declared = owned(&self.project.settings()?);
        for member in &self.project.members {
            declared.extend(owned(&member.settings()?));
        }
        if declared.iter().any(|(name, _)| *name == given.value) {
            return Ok(());
        }
        Err(SettingsError::UnknownEnvironment {
            given: Box::new(given.clone()),
            declared,
        }
        .into())
    }

    /// The values of the chosen package, its history and the workspace.
    fn values(
        &self,
        history: &str,
        workspace: &Settings,
    ) -> Result<BTreeMap<String, Given>, CliError> {
        let chosen = match self.chosen()? {
            Some(member) if self.project.history_of(member)? == history => {
                Some(member.settings()?.layers)
            }
            _ => None,
        };
        let of_history = workspace.histories.get(history);
        let own = [chosen.as_ref(), of_history.map(|history| &history.layers)];
        let own: Vec<&Layers> = own.into_iter().flatten().collect();
        let everything = of_history.is_none();
        let mut values = BTreeMap::new();
        for key in KEYS {
            let shared = (everything || key.inherited).then_some(&workspace.layers);
            let layers: Vec<&Layers> = own.iter().copied().chain(shared).collect();
            if let Some(given) = self.nearest(key, &layers) {
                values.insert(key.name.to_owned(), given.clone());
            }
        }
        Ok(values)
    }

    /// The value of a key: the sections of the environment override the others.
    fn nearest<'a>(&self, key: &Key, layers: &[&'a Layers]) -> Option<&'a Given> {
        let environment = self.environment.as_ref();
        let overriding = layers.iter().filter_map(|layers| {
            let values = &layers.environments.get(&environment?.value)?.values;
            Some(values)
        });
        let plain = layers.iter().map(|layers| &layers.values);
        let mut all = overriding.chain(plain);
        all.find_map(|values: &Values| values.get(key.name))
    }

    /// Adds what only the packages of the history say, of which none was chosen.
    fn add_of_members(
        &self,
        history: &str,
        configuration: &mut Configuration,
    ) -> Result<(), CliError> {
        let mut said = BTreeMap::<&str, Vec<Given>>::new();
        for member in self.participants_of(history)? {
            let layers = member.settings()?.layers;
            for key in KEYS {
                if let Some(given) = self.nearest(key, &[&layers]) {
                    said.entry(key.name).or_default().push(given.clone());
                }
            }
        }
        let is_allowed = |given: &Given| given.value == "allow";
        for (key, mut all) in said {
            let of_environment = |given: &Given| given.origin.is_of_environment();
            let known = configuration.values.get(key);
            if key == keys::MULTIPLE_HEADS.name {
                // what one package allows is allowed to the history that they share
                let allowed = all.into_iter().find(is_allowed);
                configuration
                    .values
                    .extend(allowed.map(|given| (key.to_owned(), given)));
            } else if key != keys::DIRECTORY.name {
                if let Some(known) = known {
                    // the section of an environment goes first, wherever it stands
                    all.retain(|given| of_environment(given) && !of_environment(known));
                }
                all.dedup_by(|a, b| a.value == b.value && a.directory() == b.directory());
                if all.len() <= 1 || !self.counts(key, configuration)? {
                    configuration
                        .values
                        .extend(all.pop().map(|given| (key.to_owned(), given)));
                } else {
                    return Err(ambiguous(key, &all));
                }
            }
        }
        Ok(())
    }

    /// Whether a key's value comes from the manifests: nothing overrides them.
    fn counts(&self, key: &str, configuration: &Configuration) -> Result<bool, CliError> {
        Ok(key != keys::DATABASE_URL.name || !self.is_given(configuration)?)
    }
}

/// A section that names a variable names its database: where the variable is not set, the URL of a
/// section further out is another's.
fn drop_url_beyond_variable(values: &mut BTreeMap<String, Given>) {
    let distance = |key: &Key| {
        let origin = &values.get(key.name)?.origin;
        let Origin::Section { section, .. } = origin else {
            return None;
        };
        let further_out = match section {
            package if package.starts_with("package.") => 0,
            history if history.contains(".histories.") => 1,
            _ => 2,
        };
        Some((!origin.is_of_environment(), further_out))
    };
    let variable = distance(&keys::DATABASE_URL_VARIABLE);
    if variable.is_some_and(|variable| Some(variable) < distance(&keys::DATABASE_URL)) {
        values.remove(keys::DATABASE_URL.name);
    }
}

fn owned(settings: &Settings) -> Vec<(String, Origin)> {
    let environments = settings.environments();
    environments
        .map(|(name, origin)| (name.to_owned(), origin.clone()))
        .collect()
}

/// Several packages have different values, and none of them was chosen.
fn ambiguous(key: &str, given: &[Given]) -> CliError {
    let places: Vec<String> = given
        .iter()
        .map(|given| project::place(&given.origin))
        .collect();
    let what = match key == keys::DATABASE_URL.name {
        true => "several packages name a database".to_owned(),
        false => format!("several packages say different things of `{key}`"),
    };
    CliError::usage(format!("{what}: {}", words::list(&places))).help(format!(
        "write `{key}` once for all under `[workspace.metadata.migrate]`, or say whose is meant: `-p NAME`"
    ))
}
