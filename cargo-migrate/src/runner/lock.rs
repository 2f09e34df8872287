//! The runner's lock file: the workspace's, with the additional packages of the runner, so that
//! both are built from the same packages and nothing is fetched twice. Pure: texts in, text out.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::semver::{Version, VersionReq};
use toml_edit::{Document, Table, Value};

/// A package's identity in a lock file; a package of a folder has no source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Id {
    name: String,
    version: String,
    source: Option<String>,
}

/// What a lock file says about a package besides its identity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Entry {
    checksum: Option<String>,
    dependencies: BTreeSet<Id>,
}

type Packages = BTreeMap<Id, Entry>;

/// Joins the workspace's lock file with the one that the runner had before, in which cargo finds
/// everything it needs and drops what it does not. Where both name a package's dependency, the
/// workspace's choice counts. `None` when the workspace's cannot be read: then cargo is to say why,
/// about the original.
pub(super) fn merge(workspace: &str, runner: &str) -> Option<String> {
    let (format, mut packages) = read(workspace)?;
    for (id, entry) in read(runner)
        .map(|(_, packages)| packages)
        .unwrap_or_default()
    {
        let known = packages.entry(id).or_default();
        known.checksum = known.checksum.take().or(entry.checksum);
        for dependency in entry.dependencies {
            // features of the runner may bring in more dependencies, but no other version of one
            if known
                .dependencies
                .iter()
                .all(|known| known.name != dependency.name)
            {
                known.dependencies.insert(dependency);
            }
        }
    }
    Some(write(format, &packages))
}

/// The names of all packages of a lock file.
pub(super) fn names(text: &str) -> BTreeSet<String> {
    let packages = read(text).map(|(_, packages)| packages).unwrap_or_default();
    packages.into_keys().map(|id| id.name).collect()
}

/// The packages of the runner's lock file that the workspace's does not have, with their versions.
pub(super) fn missing(workspace: &str, runner: &str) -> Vec<String> {
    let read = |text: &str| read(text).map(|(_, packages)| packages).unwrap_or_default();
    let known = read(workspace);
    let needed = read(runner).into_keys();
    needed
        .filter(|id| !known.contains_key(id))
        .map(|id| format!("{} {}", id.name, id.version))
        .collect()
}

/// The packages of a lock file that depend on this one, among those that `roots` need. A lock file
/// may have others.
pub(crate) fn dependents<'a>(
    text: &str,
    name: &str,
    roots: impl Iterator<Item = &'a str>,
) -> BTreeSet<String> {
    let packages = read(text).map(|(_, packages)| packages).unwrap_or_default();
    let mut reached: BTreeSet<&Id> = BTreeSet::new();
    let roots: BTreeSet<&str> = roots.collect();
    let is_root = |id: &&Id| id.source.is_none() && roots.contains(id.name.as_str());
    let mut next: Vec<&Id> = packages.keys().filter(is_root).collect();
    while let Some(id) = next.pop() {
        if reached.insert(id) {
            next.extend(
                packages
                    .get(id)
                    .into_iter()
                    .flat_map(|entry| &entry.dependencies),
            );
        }
    }
    let depends = |id: &&Id| {
        let mut entries = packages.get(*id).into_iter();
        entries.any(|entry| entry.dependencies.iter().any(|id| id.name == name))
    };
    let found = reached.into_iter().filter(depends);
    found.map(|id| id.name.clone()).collect()
}

/// The version that a lock file has of a package for this requirement.
pub(super) fn version(text: &str, name: &str, requirement: &str) -> Option<String> {
    let requirement = VersionReq::parse(requirement).ok()?;
    let (_, packages) = read(text)?;
    packages
        .into_keys()
        .filter(|id| id.name == name)
        .find(|id| Version::parse(&id.version).is_ok_and(|version| requirement.matches(&version)))
        .map(|id| id.version)
}

/// Whether the text is a lock file. One that was damaged may still be, of fewer packages.
pub(super) fn is_sound(text: &str) -> bool {
    read(text).is_some()
}

fn read(text: &str) -> Option<(i64, Packages)> {
    let document = text.parse::<Document<String>>().ok()?;
    let format = document
        .get("version")
        .and_then(toml_edit::Item::as_integer);
    let tables = document
        .get("package")
        .and_then(|item| item.as_array_of_tables());
    let tables: Vec<&Table> = tables.into_iter().flatten().collect();
    let ids: Vec<Id> = tables.iter().filter_map(|table| id(table)).collect();
    let packages = tables
        .iter()
        .filter_map(|table| Some((id(table)?, entry(table, &ids))))
        .collect();
    Some((format.unwrap_or(3), packages))
}

fn id(table: &Table) -> Option<Id> {
    Some(Id {
        name: text(table, "name")?,
        version: text(table, "version")?,
        source: text(table, "source"),
    })
}

fn text(table: &Table, key: &str) -> Option<String> {
    table.get(key)?.as_str().map(str::to_owned)
}

fn entry(table: &Table, ids: &[Id]) -> Entry {
    let dependencies = table.get("dependencies").and_then(|item| item.as_array());
    Entry {
        checksum: text(table, "checksum"),
        dependencies: dependencies
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .filter_map(|short| resolve(short, ids))
            .collect(),
    }
}

/// The package that `name`, `name version` or `name version (source)` stands for among those of the
/// file.
fn resolve(short: &str, ids: &[Id]) -> Option<Id> {
    let mut parts = short.splitn(3, ' ');
    let name = parts.next()?;
    let version = parts.next();
    let source = parts.next().map(|source| source.trim_matches(['(', ')']));
    ids.iter()
        .find(|id| {
            id.name == name
                && version.is_none_or(|version| id.version == version)
                && source.is_none_or(|source| id.source.as_deref() == Some(source))
        })
        .cloned()
}

fn write(format: i64, packages: &Packages) -> String {
    let mut text = format!("version = {format}\n");
    for (id, entry) in packages {
        text.push_str("\n[[package]]\n");
        let dependencies: toml_edit::Array = entry.dependencies.iter().map(full).collect();
        for (key, value) in [
            ("name", Some(Value::from(&id.name))),
            ("version", Some(Value::from(&id.version))),
            ("source", id.source.as_ref().map(Value::from)),
            ("checksum", entry.checksum.as_ref().map(Value::from)),
            ("dependencies", Some(Value::from(dependencies))),
        ] {
            if let Some(value) = value {
                text.push_str(&format!("{key} = {value}\n"));
            }
        }
    }
    text
}

fn full(id: &Id) -> String {
    match &id.source {
        Some(source) => format!("{} {} ({source})", id.name, id.version),
        None => format!("{} {}", id.name, id.version),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A lock file from lines such as `app 1 -> clap 4, serde`; `@` after a version means that it
    /// comes from the registry.
    fn lock(lines: &[&str]) -> String {
        let mut text = "version = 4\n".to_owned();
        for line in lines {
            let (package, dependencies) = line.split_once(" -> ").unwrap_or((line, ""));
            let (name, version) = package.split_once(' ').unwrap();
            text += &format!(
                "\n[[package]]\nname = \"{name}\"\nversion = \"{}\"\n",
                version.trim_end_matches('@')
            );
            if version.ends_with('@') {
                text += "source = \"registry+https://r\"\nchecksum = \"00\"\n";
            }
            let quoted: Vec<String> = dependencies
                .split(", ")
                .filter(|name| !name.is_empty())
                .map(|name| format!("\"{name}\""))
                .collect();
            text += &format!("dependencies = [{}]\n", quoted.join(", "));
        }
        text
    }

    /// Back to lines, with full names of dependencies.
    fn lines(text: &str) -> Vec<String> {
        let show = |id: &Id| {
            format!(
                "{} {}{}",
                id.name,
                id.version,
                if id.source.is_some() { "@" } else { "" }
            )
        };
        let (_, packages) = read(text).unwrap();
        packages
            .iter()
            .map(|(id, entry)| {
                match entry
                    .dependencies
                    .iter()
                    .map(show)
                    .collect::<Vec<_>>()
                    .join(", ")
                {
                    none if none.is_empty() => show(id),
                    dependencies => format!("{} -> {dependencies}", show(id)),
                }
            })
            .collect()
    }

    #[test]
    fn damaged_files_are_recognized() {
        assert!(is_sound(
            "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n"
        ));
        for damaged in ["version = 4\n[[pack", "\0\0", "<<<<<<< HEAD", "name = "] {
            assert!(!is_sound(damaged), "{damaged}");
        }
    }

    #[test]
    fn the_runner_adds_what_only_it_needs_and_the_workspace_chooses() {
        for (what, workspace, runner, expected) in [
            (
                "nothing before",
                &["app 1 -> a", "a 1@"][..],
                &[][..],
                &["a 1@", "app 1 -> a 1@"][..],
            ),
            (
                "the runner's own packages stay",
                &["core 1"],
                &["core 1 -> clap", "clap 4@", "runner 0 -> core"],
                &["clap 4@", "core 1 -> clap 4@", "runner 0 -> core 1"],
            ),
            (
                "the workspace's version counts",
                &["core 1 -> a", "a 2@"],
                &["core 1 -> a, b", "a 1@", "b 1@ -> a"],
                &["a 1@", "a 2@", "b 1@ -> a 1@", "core 1 -> a 2@, b 1@"],
            ),
            (
                "two versions of one package are distinguished",
                &["app 1 -> a 1, a 2", "a 1@", "a 2@"],
                &[],
                &["a 1@", "a 2@", "app 1 -> a 1@, a 2@"],
            ),
        ] {
            let merged = merge(&lock(workspace), &lock(runner)).unwrap();
            assert_eq!(lines(&merged), expected, "{what}");
        }
    }

    #[test]
    fn a_package_has_the_version_that_the_requirement_takes() {
        let text = lock(&["app 1.0.0 -> a 0.1.3", "a 0.1.3@", "a 0.2.0@"]);
        assert_eq!(version(&text, "a", "^0.1").as_deref(), Some("0.1.3"));
        assert_eq!(version(&text, "a", "^0.3"), None);
        assert_eq!(version("", "a", "*"), None);
    }

    #[test]
    fn what_the_workspace_has_not_locked_is_known() {
        let workspace = lock(&["app 1.0.0 -> core", "core 1.0.0", "clap 4.0.0@"]);
        let runner = lock(&[
            "runner 0.0.0 -> app, cli",
            "app 1.0.0 -> core",
            "core 1.0.0",
            "clap 4.1.0@",
            "cli 1.0.0 -> clap, core",
        ]);
        assert_eq!(
            missing(&workspace, &runner),
            ["clap 4.1.0", "cli 1.0.0", "runner 0.0.0"]
        );
        assert_eq!(
            dependents(&runner, "core", ["app"].into_iter()),
            ["app".to_owned()].into()
        );
    }

    #[test]
    fn a_lock_file_that_cannot_be_read_is_left_to_cargo() {
        assert_eq!(merge("not = [toml", ""), None);
        let alone = lock(&["app 1"]);
        assert_eq!(lines(&merge(&alone, "<<<<<<< HEAD").unwrap()), ["app 1"]);
    }
}
