//! `config`: every value of the configuration, with where it came from.

use std::path::Path;

use clap::Args;

use crate::args::{FormatArgs, GlobalArgs};
use crate::configuration::keys::{KEYS, Key, Kind};
use crate::configuration::{self, Configuration, Given, Origin, Surroundings};
use crate::error::CliError;
use crate::{json, redact};
use migrate_core::engine::backend::DatabaseUrl;
use migrate_core::error::UrlError;

/// Show the configuration: every value, and where it comes from
///
/// The first of these counts: the option, the environment variable, the variable in `.env`, the
/// section of the environment in Cargo.toml, the section around it, the default. Passwords are not
/// shown.
#[derive(Args, Clone, Debug)]
pub struct ConfigArgs {
    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// The configuration as a command with these arguments would use it.
///
/// # Errors
///
/// Fails when a value is one that its key cannot have, or a variable is not text.
pub fn config(
    global: &GlobalArgs,
    configuration: &Configuration,
    surroundings: &Surroundings<'_>,
) -> Result<json::Config, CliError> {
    let here = &surroundings.directory;
    let environment = configuration::environment(global.env.as_deref(), surroundings)?;
    let mut values = vec![
        row("environment", environment, here),
        row("history", configuration.history.clone(), here),
    ];
    for key in KEYS {
        let given = configuration.value(key, global.given(key), surroundings)?;
        let given = match (given, configuration.variable_of(key)) {
            // by default, the history decides which variable it is
            (None, _) if key.name == "database-url-variable" => configuration
                .variable_of(&configuration::keys::DATABASE_URL)
                .map(|value| Given {
                    value,
                    origin: Origin::Default,
                }),
            (given, _) => given,
        };
        values.push(row(key.name, given.map(|given| shown(key, given)), here));
    }
    Ok(json::Config { values })
}

/// The value as it may be seen.
fn shown(key: &Key, given: Given) -> Given {
    if key.kind != Kind::Url {
        return given;
    }
    let url = given.value.parse::<DatabaseUrl>();
    let value = match (url, given.directory()) {
        (Ok(url), Some(directory)) => url.relative_to(directory).to_string(),
        (Ok(url), None) => url.to_string(),
        (Err(UrlError::NoScheme), _) => redact::HIDDEN.to_owned(),
        (Err(_), _) => redact::hidden(&given.value),
    };
    // what libpq also takes, and no URL is
    let is_secret = value.to_ascii_lowercase().contains("password=") && !value.contains("://");
    Given {
        value: if is_secret { "***".to_owned() } else { value },
        ..given
    }
}

fn row(key: &'static str, given: Option<Given>, here: &Path) -> json::ConfigValue {
    let (value, origin) = match given {
        Some(given) => (Some(given.value), given.origin),
        None => (None, Origin::Default),
    };
    json::ConfigValue {
        key,
        origin: place(origin, value.is_some(), here),
        value,
    }
}

fn place(origin: Origin, is_set: bool, here: &Path) -> json::ConfigOrigin {
    let of_kind = |kind| json::ConfigOrigin {
        kind,
        name: None,
        section: None,
        file: None,
        line: None,
    };
    let path = |file: &Path| {
        let file = file.strip_prefix(here).unwrap_or(file);
        Some(file.display().to_string())
    };
    match origin {
        Origin::Flag { name } => json::ConfigOrigin {
            name: Some(name),
            ..of_kind("flag")
        },
        Origin::Variable { name } => json::ConfigOrigin {
            name: Some(name),
            ..of_kind("variable")
        },
        Origin::EnvFile {
            name, file, line, ..
        } => json::ConfigOrigin {
            name: Some(name),
            file: path(&file),
            line,
            ..of_kind("env-file")
        },
        Origin::Section {
            section,
            file,
            line,
        } => json::ConfigOrigin {
            section: Some(section),
            file: path(&file),
            line,
            ..of_kind("section")
        },
        Origin::Package { name } => json::ConfigOrigin {
            name: Some(name),
            ..of_kind("package")
        },
        Origin::Default if is_set => of_kind("default"),
        Origin::Default => of_kind("none"),
    }
}
