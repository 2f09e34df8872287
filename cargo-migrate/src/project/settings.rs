//! `[workspace.metadata.migrate]` and `[package.metadata.migrate]`: what may stand there, and what does. Reads no file: cargo
//! has done that.

use std::path::Path;

use serde_json::{Map, Value};

use crate::words;

/// What one section of metadata says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    /// `database-url`
    pub(crate) database_url: Option<String>,
    /// `directory`: the folder of a package's revisions, relative to it.
    pub(crate) directory: Option<String>,
    /// `multiple-heads`
    pub(crate) multiple_heads: Option<MultipleHeads>,
}

/// Whether a history may end in more than one head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MultipleHeads {
    Allow,
    Refuse,
}

/// A section that says something it cannot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SettingsError {
    #[error("`{manifest}`: unknown key `{key}` in `[{section}]`")]
    UnknownKey {
        manifest: String,
        section: &'static str,
        key: String,
        near: Option<&'static str>,
        known: Vec<&'static str>,
    },
    #[error("`{manifest}`: `{key}` in `[{section}]` is to be {expected}")]
    WrongValue {
        manifest: String,
        section: &'static str,
        key: &'static str,
        expected: &'static str,
        example: &'static str,
    },
}

impl SettingsError {
    /// What can be typed instead.
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
        }
    }
}

const PACKAGE: &str = "package.metadata.migrate";
const WORKSPACE: &str = "workspace.metadata.migrate";
const KEYS: [&str; 3] = ["database-url", "directory", "multiple-heads"];

impl Settings {
    /// Reads the section of a workspace. `section` is what stands under `metadata.migrate`, null when nothing does.
    pub(crate) fn of_workspace(
        section: &Value,
        manifest: &Path,
    ) -> Result<Settings, SettingsError> {
        Reader {
            manifest,
            section: WORKSPACE,
        }
        .read(section)
    }

    /// These settings, and what they leave open from `wider`.
    pub(crate) fn or(self, wider: Settings) -> Settings {
        Settings {
            database_url: self.database_url.or(wider.database_url),
            directory: self.directory.or(wider.directory),
            multiple_heads: self.multiple_heads.or(wider.multiple_heads),
        }
    }

    /// Reads the section of a package.
    pub(crate) fn of_package(section: &Value, manifest: &Path) -> Result<Settings, SettingsError> {
        Reader {
            manifest,
            section: PACKAGE,
        }
        .read(section)
    }
}

struct Reader<'a> {
    manifest: &'a Path,
    section: &'static str,
}

impl Reader<'_> {
    fn read(&self, section: &Value) -> Result<Settings, SettingsError> {
        let empty = Map::new();
        let section = match section {
            Value::Null => &empty,
            Value::Object(section) => section,
            _ => return Err(self.wrong("migrate", "a table", "[package.metadata.migrate]")),
        };
        if let Some(key) = section.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(SettingsError::UnknownKey {
                manifest: self.manifest(),
                section: self.section,
                key: key.clone(),
                near: words::nearest(key, KEYS),
                known: KEYS.to_vec(),
            });
        }
        Ok(Settings {
            database_url: self.text(section, "database-url", "database-url = \"app.db\"")?,
            directory: self.text(section, "directory", "directory = \"migrations\"")?,
            multiple_heads: self.multiple_heads(section)?,
        })
    }

    fn text(
        &self,
        section: &Map<String, Value>,
        key: &'static str,
        example: &'static str,
    ) -> Result<Option<String>, SettingsError> {
        match section.get(key) {
            None => Ok(None),
            Some(Value::String(text)) if !text.trim().is_empty() => Ok(Some(text.clone())),
            Some(_) => Err(self.wrong(key, "a string that is not empty", example)),
        }
    }

    fn multiple_heads(
        &self,
        section: &Map<String, Value>,
    ) -> Result<Option<MultipleHeads>, SettingsError> {
        match section.get("multiple-heads").map(Value::as_str) {
            None => Ok(None),
            Some(Some("allow")) => Ok(Some(MultipleHeads::Allow)),
            Some(Some("refuse")) => Ok(Some(MultipleHeads::Refuse)),
            Some(_) => Err(self.wrong(
                "multiple-heads",
                "\"allow\" or \"refuse\"",
                "multiple-heads = \"allow\"",
            )),
        }
    }

    fn wrong(
        &self,
        key: &'static str,
        expected: &'static str,
        example: &'static str,
    ) -> SettingsError {
        SettingsError::WrongValue {
            manifest: self.manifest(),
            section: self.section,
            key,
            expected,
            example,
        }
    }

    fn manifest(&self) -> String {
        super::display(self.manifest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn package(section: &Value) -> Result<Settings, SettingsError> {
        Settings::of_package(section, Path::new("/p/Cargo.toml"))
    }

    #[test]
    fn every_key_is_read() {
        let all = json!({"database-url": "app.db", "directory": "db", "multiple-heads": "allow"});
        assert_eq!(
            package(&all).unwrap(),
            Settings {
                database_url: Some("app.db".to_owned()),
                directory: Some("db".to_owned()),
                multiple_heads: Some(MultipleHeads::Allow),
            }
        );
        assert_eq!(package(&Value::Null).unwrap(), Settings::default());
    }

    #[test]
    fn mistakes_are_named_with_what_to_write() {
        for (section, message, help) in [
            (
                json!({"database_url": "app.db"}),
                "`/p/Cargo.toml`: unknown key `database_url` in `[package.metadata.migrate]`",
                "a key with a similar name exists: `database-url`",
            ),
            (
                json!({"colour": 1}),
                "`/p/Cargo.toml`: unknown key `colour` in `[package.metadata.migrate]`",
                "the keys are `database-url`, `directory` and `multiple-heads`",
            ),
            (
                json!({"directory": 1}),
                "`/p/Cargo.toml`: `directory` in `[package.metadata.migrate]` is to be a string that is not empty",
                "such as `directory = \"migrations\"`",
            ),
            (
                json!({"multiple-heads": true}),
                "`/p/Cargo.toml`: `multiple-heads` in `[package.metadata.migrate]` is to be \"allow\" or \"refuse\"",
                "such as `multiple-heads = \"allow\"`",
            ),
        ] {
            let error = package(&section).unwrap_err();
            assert_eq!(
                (error.to_string().as_str(), error.help().as_str()),
                (message, help)
            );
        }
        let error =
            Settings::of_workspace(&json!({"x": 1}), Path::new("/p/Cargo.toml")).unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with("unknown key `x` in `[workspace.metadata.migrate]`")
        );
    }
}
