//! Where an Alembic project is: its configuration, and the folders of its revisions. Knows the few
//! keys that say so, and no revision.

use std::fs;
use std::path::{Path, PathBuf, absolute};

use migrate_cli::CliError;
use toml_edit::{DocumentMut, Item};

use crate::project;

/// An Alembic project. All paths are absolute.
#[derive(Clone, Debug)]
pub(super) struct AlembicProject {
    /// Where Alembic's own command is typed.
    pub(super) folder: PathBuf,
    pub(super) configuration: Configuration,
}

#[derive(Clone, Debug)]
pub(super) enum Configuration {
    Ini(PathBuf),
    Toml(PathBuf),
    /// None; this is the folder with `env.py`.
    Scripts(PathBuf),
}

impl AlembicProject {
    /// Finds the project that a path means.
    pub(super) fn find(path: &Path) -> Result<AlembicProject, CliError> {
        let name = path.display();
        let path = absolute(path).map_err(|error| {
            CliError::usage(format!("cannot read `{name}`: {error}"))
                .help("cargo migrate import alembic FOLDER")
        })?;
        let has_table = |file: &Path| {
            fs::read_to_string(file).is_ok_and(|text| text.contains("[tool.alembic]"))
        };
        let (ini, toml) = (path.join("alembic.ini"), path.join("pyproject.toml"));
        let configuration = if path.is_file() {
            match path.extension().is_some_and(|end| end == "toml") {
                true => Configuration::Toml(path.clone()),
                false => Configuration::Ini(path.clone()),
            }
        } else if ini.is_file() {
            Configuration::Ini(ini)
        } else if has_table(&toml) {
            Configuration::Toml(toml)
        } else if path.join("env.py").is_file() || path.join("versions").is_dir() {
            Configuration::Scripts(path.clone())
        } else {
            return Err(CliError::usage(format!("there is no Alembic project in `{name}`"))
                .note("neither `alembic.ini`, nor a `pyproject.toml` with `[tool.alembic]`, nor `env.py` is there")
                .help("name the folder with `alembic.ini`: `cargo migrate import alembic FOLDER`"));
        };
        let folder = configuration.path().parent().unwrap_or(&path).to_owned();
        Ok(AlembicProject {
            folder,
            configuration,
        })
    }

    /// Its configuration, as a message names it.
    pub(super) fn named(&self) -> String {
        format!("`{}`", project::display(self.configuration.path()))
    }

    /// The folders of its revisions, and whether those below them count.
    pub(super) fn versions(&self) -> Result<(Vec<PathBuf>, bool), CliError> {
        let path = self.configuration.path();
        let values = match &self.configuration {
            Configuration::Scripts(scripts) => return Ok((vec![scripts.join("versions")], false)),
            Configuration::Ini(file) => Values::Ini(read(file)?),
            Configuration::Toml(file) => {
                let document = read(file)?.parse().map_err(|error: toml_edit::TomlError| {
                    let name = project::display(file);
                    CliError::usage(format!("`{name}` cannot be read\n{error}"))
                        .help("cargo migrate import alembic FOLDER")
                })?;
                Values::Toml(document)
            }
        };
        let place = |text: &str| {
            let here = self.folder.to_string_lossy();
            self.folder.join(text.trim().replace("%(here)s", &here))
        };
        let recursive = values
            .get("recursive_version_locations")
            .is_some_and(|value| value == "true");
        let several = values.get("version_locations").map(|value| {
            let several = value.split([' ', '\n', ',', ';', ':']);
            several
                .map(str::trim)
                .filter(|one| !one.is_empty())
                .map(place)
                .collect()
        });
        let folders: Vec<PathBuf> = match (several, values.get("script_location")) {
            (Some(several), _) => several,
            (None, Some(scripts)) => vec![place(&scripts).join("versions")],
            (None, None) => {
                return Err(CliError::usage(format!(
                    "`{}` has no `script_location`",
                    project::display(path)
                ))
                .help("name the folder with `env.py`: `cargo migrate import alembic --no-python FOLDER`"));
            }
        };
        if let Some(lost) = folders.iter().find(|folder| !folder.is_dir()) {
            return Err(CliError::usage(format!(
                "there is no folder `{}`, where `{}` says that revisions are",
                project::display(lost),
                project::display(path)
            ))
            .help(
                "name the folder with `env.py`: `cargo migrate import alembic --no-python FOLDER`",
            ));
        }
        Ok((folders, recursive))
    }
}

impl Configuration {
    fn path(&self) -> &Path {
        match self {
            Configuration::Ini(path) | Configuration::Toml(path) | Configuration::Scripts(path) => {
                path
            }
        }
    }
}

/// The texts of a configuration.
enum Values {
    Ini(String),
    Toml(DocumentMut),
}

impl Values {
    fn get(&self, key: &str) -> Option<String> {
        match self {
            Values::Ini(text) => ini_value(text, key),
            Values::Toml(document) => toml_value(document, key),
        }
    }
}

fn read(file: &Path) -> Result<String, CliError> {
    fs::read_to_string(file).map_err(|error| {
        CliError::usage(format!("cannot read `{}`: {error}", project::display(file)))
            .help("cargo migrate import alembic FOLDER")
    })
}

/// A value in the section `[alembic]`, with the lines that continue it.
fn ini_value(text: &str, key: &str) -> Option<String> {
    let mut lines = text.lines().skip_while(|line| line.trim() != "[alembic]");
    lines.next()?;
    let mut lines = lines
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.trim_start().starts_with(['#', ';']));
    let value = lines.by_ref().find_map(|line| {
        let (name, value) = line.split_once(['=', ':'])?;
        (name.trim() == key && !line.starts_with([' ', '\t'])).then(|| value.trim().to_owned())
    })?;
    let more = lines.take_while(|line| line.starts_with([' ', '\t']));
    let value = more.fold(value, |value, line| value + "\n" + line.trim());
    Some(value.trim().to_owned())
}

/// A value of `[tool.alembic]`: a text, a list of them, or a truth.
fn toml_value(document: &DocumentMut, key: &str) -> Option<String> {
    let item = document.get("tool")?.get("alembic")?.get(key)?;
    let list = item.as_array().map(|list| {
        let texts = list.iter().filter_map(|one| one.as_str());
        texts.collect::<Vec<_>>().join("\n")
    });
    let truth = || item.as_bool().map(|truth| truth.to_string());
    let text = || Item::as_str(item).map(str::to_owned);
    list.or_else(text).or_else(truth)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_in_their_section() {
        let text = "[x]\nscript_location = no\n[alembic]\n# script_location = no\nscript_location = %(here)s/db\n\
                    version_locations =\n    a\n    # b\n    c\n\nother = 1\n[loggers]\nkeys = root\n";
        for (key, expected) in [
            ("script_location", Some("%(here)s/db")),
            ("version_locations", Some("a\nc")),
            ("other", Some("1")),
            ("keys", None),
        ] {
            assert_eq!(ini_value(text, key).as_deref(), expected, "{key}");
        }
        let text = "[tool.alembic]\nscript_location = \"db\"\nversion_locations = [\"a\", \"b\"]\nrecursive_version_locations = true\n";
        let document: DocumentMut = text.parse().unwrap();
        for (key, expected) in [
            ("script_location", Some("db")),
            ("version_locations", Some("a\nb")),
            ("recursive_version_locations", Some("true")),
            ("other", None),
        ] {
            assert_eq!(toml_value(&document, key).as_deref(), expected, "{key}");
        }
    }
}
