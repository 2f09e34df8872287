//! `[workspace.metadata.migrate]` and `[package.metadata.migrate]`: their values. The table in
//! `migrate_cli::configuration::keys` defines the keys. Reads no file: cargo has done that.

mod error;
mod lines;

use std::collections::BTreeMap;
use std::path::Path;

use migrate_cli::configuration::keys::{self, KEYS, Key, Kind};
use migrate_cli::configuration::names::{Nameless, Names};
use migrate_cli::configuration::{Given, Origin};
use migrate_graph::suggest::nearest;
use serde_json::{Map, Value};

pub(crate) use error::{SettingsError, place};
pub(crate) use lines::Lines;

/// Values by their keys.
pub(crate) type Values = BTreeMap<&'static str, Given>;

/// What one manifest says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    /// The section's own keys, and those of its environments.
    pub(crate) layers: Layers,
    /// `history`: of a package, the one that it belongs to; of a workspace, its default.
    pub(crate) history: Option<Given>,
    /// The histories that a workspace declares.
    pub(crate) histories: BTreeMap<String, History>,
}

/// A section with the environments that override it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Layers {
    pub(crate) values: Values,
    pub(crate) environments: BTreeMap<String, Environment>,
}

/// What an environment overrides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Environment {
    /// Where it is declared.
    pub(crate) origin: Origin,
    pub(crate) values: Values,
}

/// A history that a workspace declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct History {
    /// Where it is declared.
    pub(crate) origin: Origin,
    /// The packages that the workspace assigns to it.
    pub(crate) members: Vec<String>,
    pub(crate) layers: Layers,
}

const PACKAGE: &str = "package.metadata.migrate";
const WORKSPACE: &str = "workspace.metadata.migrate";

/// The table with what tests need.
const TEST: &str = "test";

impl Settings {
    /// Reads the section of a workspace. `section` is the value of `metadata.migrate`, or null.
    pub(crate) fn of_workspace(
        section: &Value,
        manifest: &Path,
        lines: &Lines,
    ) -> Result<Settings, SettingsError> {
        let reader = Reader::new(manifest, WORKSPACE, lines);
        let section = reader.table("", section)?;
        let mut settings = Settings {
            layers: reader.layers("", &section, &["history", "histories"])?,
            history: reader.text("", &section, "history")?,
            histories: BTreeMap::new(),
        };
        for (name, path, table) in reader.tables("", &section, "histories")? {
            if !is_plain(&name) {
                let origin = reader.origin("histories", Some(&name));
                let expected = "of letters, digits, `_` and `-`";
                return Err(wrong(
                    origin,
                    &name,
                    expected,
                    "{ members = [\"reports\"] }",
                ));
            }
            let history = History {
                origin: reader.origin("histories", Some(&name)),
                members: reader.members(&path, &table)?,
                layers: reader.layers(&path, &table, &["members"])?,
            };
            settings.histories.insert(name, history);
        }
        Ok(settings)
    }

    /// Reads the section of a package.
    pub(crate) fn of_package(
        section: &Value,
        manifest: &Path,
        lines: &Lines,
    ) -> Result<Settings, SettingsError> {
        let reader = Reader::new(manifest, PACKAGE, lines);
        let section = reader.table("", section)?;
        Ok(Settings {
            layers: reader.layers("", &section, &["history"])?,
            history: reader.text("", &section, "history")?,
            histories: BTreeMap::new(),
        })
    }

    /// Every URL of a database, whatever it is for.
    pub(crate) fn databases(&self) -> impl Iterator<Item = &Given> {
        let layers = std::iter::once(&self.layers);
        let layers = layers.chain(self.histories.values().map(|history| &history.layers));
        let values = layers.flat_map(|layers| {
            let environments = layers.environments.values();
            let values = environments.map(|environment| &environment.values);
            std::iter::once(&layers.values).chain(values)
        });
        values.filter_map(|values| values.get(keys::DATABASE_URL.name))
    }

    /// Every environment that is declared, with its place.
    pub(crate) fn environments(&self) -> impl Iterator<Item = (&str, &Origin)> {
        let layers = std::iter::once(&self.layers);
        let layers = layers.chain(self.histories.values().map(|history| &history.layers));
        layers
            .flat_map(|layers| &layers.environments)
            .map(|(name, environment)| (name.as_str(), &environment.origin))
    }
}

/// A table in a table of tables: its name, its path, what is in it.
type Named = (String, String, Map<String, Value>);

/// Reads the tables of one manifest. A path is that of a table below the section, such as
/// `environments.testing`.
struct Reader<'a> {
    manifest: &'a Path,
    section: &'static str,
    lines: &'a Lines,
}

impl<'a> Reader<'a> {
    fn new(manifest: &'a Path, section: &'static str, lines: &'a Lines) -> Reader<'a> {
        Reader {
            manifest,
            section,
            lines,
        }
    }

    /// The section's keys, but for those of `others`, and its environments.
    fn layers(
        &self,
        path: &str,
        table: &Map<String, Value>,
        others: &[&'static str],
    ) -> Result<Layers, SettingsError> {
        let mut allowed = others.to_vec();
        allowed.push("environments");
        let mut layers = Layers {
            values: self.values(path, table, &allowed)?,
            environments: BTreeMap::new(),
        };
        for (name, path, table) in self.tables(path, table, "environments")? {
            let environment = Environment {
                origin: self.origin(&parent(&path), Some(&name)),
                values: self.values_of_environment(&path, &table)?,
            };
            layers.environments.insert(name, environment);
        }
        Ok(layers)
    }

    fn values_of_environment(
        &self,
        path: &str,
        table: &Map<String, Value>,
    ) -> Result<Values, SettingsError> {
        let values = self.values(path, table, &[])?;
        let compiled = |key: &&Key| key.compiled && values.contains_key(key.name);
        match KEYS.iter().find(compiled) {
            Some(key) => Err(SettingsError::Compiled {
                origin: Box::new(self.origin(path, Some(key.name))),
                key: key.name,
            }),
            None => Ok(values),
        }
    }

    fn values(
        &self,
        path: &str,
        table: &Map<String, Value>,
        others: &[&'static str],
    ) -> Result<Values, SettingsError> {
        let mut values = Values::new();
        for (name, value) in table {
            match Key::named(name) {
                Some(key) => {
                    values.insert(key.name, self.given(path, key, value)?);
                }
                None if others.contains(&name.as_str()) => {}
                None if name == TEST => {
                    let path = join(path, TEST);
                    self.values_of_test(&path, &self.table(&path, value)?, &mut values)?;
                }
                None => {
                    let known = KEYS.iter().map(|key| key.name);
                    let known: Vec<&'static str> = known.chain(others.iter().copied()).collect();
                    return Err(SettingsError::UnknownKey {
                        origin: Box::new(self.origin(path, Some(name))),
                        key: name.clone(),
                        near: nearest(name, known.iter().copied()),
                        known,
                    });
                }
            }
        }
        Ok(values)
    }

    /// The values of the table `test`, whose keys have its name before theirs.
    fn values_of_test(
        &self,
        path: &str,
        table: &Map<String, Value>,
        values: &mut Values,
    ) -> Result<(), SettingsError> {
        for (name, value) in table {
            let whole = join(TEST, name);
            let Some(key) = Key::named(&whole) else {
                let known = KEYS.iter().filter_map(|key| key.name.strip_prefix("test."));
                let known: Vec<&'static str> = known.collect();
                return Err(SettingsError::UnknownKey {
                    origin: Box::new(self.origin(path, Some(name))),
                    key: name.clone(),
                    near: nearest(name, known.iter().copied()),
                    known,
                });
            };
            let origin = self.origin(path, Some(name));
            let given = self.read(origin, key, value)?;
            values.insert(key.name, given);
        }
        Ok(())
    }

    fn given(&self, path: &str, key: &'static Key, value: &Value) -> Result<Given, SettingsError> {
        if key.kind == Kind::Names {
            self.patterns(&join(path, key.name), value)?;
        }
        self.read(self.origin(path, Some(key.name)), key, value)
    }

    fn read(
        &self,
        origin: Origin,
        key: &'static Key,
        value: &Value,
    ) -> Result<Given, SettingsError> {
        match key.kind.text_of(value) {
            Some(value) => Ok(Given { value, origin }),
            None => Err(SettingsError::WrongValue {
                origin: Box::new(origin),
                key: key.name.to_owned(),
                expected: key.kind.expected(),
                example: key.example(),
            }),
        }
    }

    /// Refuses a pattern for names that is none.
    fn patterns(&self, path: &str, value: &Value) -> Result<(), SettingsError> {
        for (name, value) in self.table(path, value)? {
            let origin = self.origin(path, Some(&name));
            let Some(kind) = Nameless::of(&name) else {
                let known = Nameless::keys();
                return Err(SettingsError::UnknownKey {
                    origin: Box::new(origin),
                    near: nearest(&name, known.iter().copied()),
                    key: name,
                    known,
                });
            };
            let Some(pattern) = value.as_str() else {
                return Err(wrong(origin, &name, "a string", "\"{table}_{columns}\""));
            };
            if let Err(problem) = Names::default().add(kind, pattern) {
                return Err(SettingsError::Pattern {
                    origin: Box::new(origin),
                    key: name,
                    problem,
                    known: kind.placeholders(),
                });
            }
        }
        Ok(())
    }

    /// A key of a section that is not in the table of keys: a name.
    fn text(
        &self,
        path: &str,
        table: &Map<String, Value>,
        key: &str,
    ) -> Result<Option<Given>, SettingsError> {
        let origin = self.origin(path, Some(key));
        match table.get(key) {
            None => Ok(None),
            Some(Value::String(text)) if !text.is_empty() => Ok(Some(Given {
                value: text.clone(),
                origin,
            })),
            Some(_) => Err(wrong(origin, key, "the name of a history", "\"reports\"")),
        }
    }

    fn members(
        &self,
        path: &str,
        table: &Map<String, Value>,
    ) -> Result<Vec<String>, SettingsError> {
        let mistake = || {
            let origin = self.origin(path, Some("members"));
            wrong(origin, "members", "a list of packages", "[\"reports\"]")
        };
        let list = match table.get("members") {
            None => return Ok(Vec::new()),
            Some(Value::Array(list)) => list,
            Some(_) => return Err(mistake()),
        };
        let names = list.iter().map(|name| name.as_str().map(str::to_owned));
        names.collect::<Option<_>>().ok_or_else(mistake)
    }

    /// The tables within a table of tables, each with its name and its path.
    fn tables(
        &self,
        path: &str,
        table: &Map<String, Value>,
        key: &str,
    ) -> Result<Vec<Named>, SettingsError> {
        let path = join(path, key);
        let outer = self.table(&path, table.get(key).unwrap_or(&Value::Null))?;
        outer
            .into_iter()
            .map(|(name, value)| {
                let path = join(&path, &name);
                let table = self.table(&path, &value)?;
                Ok((name, path, table))
            })
            .collect()
    }

    fn table(&self, path: &str, value: &Value) -> Result<Map<String, Value>, SettingsError> {
        match value {
            Value::Null => Ok(Map::new()),
            Value::Object(table) => Ok(table.clone()),
            _ => {
                let key = path.rsplit('.').next().unwrap_or_default();
                let example = format!("[{}]", join(self.section, path));
                Err(SettingsError::WrongValue {
                    origin: Box::new(
                        self.origin(&parent(path), Some(key).filter(|key| !key.is_empty())),
                    ),
                    key: if key.is_empty() { "migrate" } else { key }.to_owned(),
                    expected: "a table".to_owned(),
                    example,
                })
            }
        }
    }

    /// The place of a table, or of a key in it.
    fn origin(&self, path: &str, key: Option<&str>) -> Origin {
        Origin::Section {
            section: join(self.section, path),
            file: self.manifest.to_owned(),
            line: self
                .lines
                .get(&key.map_or(path.to_owned(), |key| join(path, key))),
        }
    }
}

fn wrong(origin: Origin, key: &str, expected: &str, value: &str) -> SettingsError {
    SettingsError::WrongValue {
        origin: Box::new(origin),
        key: key.to_owned(),
        expected: expected.to_owned(),
        example: format!("{key} = {value}"),
    }
}

/// Whether this is a valid name of a history: it becomes a part of file names and of a variable's
/// name.
fn is_plain(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    !name.is_empty() && name.bytes().all(is_plain)
}

fn join(path: &str, key: &str) -> String {
    match (path, key) {
        ("", key) => key.to_owned(),
        (path, "") => path.to_owned(),
        _ => format!("{path}.{key}"),
    }
}

fn parent(path: &str) -> String {
    path.rsplit_once('.')
        .map_or("", |(parent, _)| parent)
        .to_owned()
}

#[cfg(test)]
mod tests;
