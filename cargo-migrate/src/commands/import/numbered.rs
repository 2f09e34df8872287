//! Reads folders of numbered SQL files, as sqlx, refinery and golang-migrate have them. Each file
//! continues the one before it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, absolute};

use migrate_cli::{CliError, Ui};
use migrate_graph::Header;

use super::revision::{Revision, Work};
use crate::project;

/// A tool with numbered files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tool {
    Sqlx,
    Refinery,
    GolangMigrate,
}

impl Tool {
    /// Its name on the command line.
    pub(super) fn name(self) -> &'static str {
        match self {
            Tool::Sqlx => "sqlx",
            Tool::Refinery => "refinery",
            Tool::GolangMigrate => "golang-migrate",
        }
    }

    /// How it names a file, for example.
    fn example(self) -> &'static str {
        match self {
            Tool::Sqlx => "20240101000000_create_users.sql",
            Tool::Refinery => "V1__create_users.sql",
            Tool::GolangMigrate => "000001_create_users.up.sql",
        }
    }

    /// The parts of a file's name; `None` if it has another form.
    fn parts(self, name: &str) -> Option<Parts<'_>> {
        let (name, part) = match self {
            Tool::Refinery => match name.strip_suffix(".rs") {
                Some(name) => (name, Part::Rust),
                None => (name.strip_suffix(".sql")?, Part::Up),
            },
            Tool::Sqlx | Tool::GolangMigrate => {
                let name = name.strip_suffix(".sql")?;
                match (name.strip_suffix(".up"), name.strip_suffix(".down")) {
                    (Some(name), _) => (name, Part::Up),
                    (_, Some(name)) => (name, Part::Down),
                    _ if self == Tool::Sqlx => (name, Part::Up),
                    _ => return None,
                }
            }
        };
        let (version, title) = match self {
            Tool::Refinery => name.strip_prefix(['V', 'U'])?.split_once("__")?,
            Tool::Sqlx | Tool::GolangMigrate => name.split_once('_')?,
        };
        let number = version.parse().ok()?;
        let is_digits = version.bytes().all(|byte| byte.is_ascii_digit());
        is_digits.then_some(Parts {
            number,
            version,
            title,
            part,
        })
    }

    /// Whether the tool runs a file outside of a transaction.
    fn is_outside(self, text: &str) -> bool {
        match self {
            Tool::Sqlx => text.starts_with("-- no-transaction"),
            Tool::Refinery => false,
            // it begins no transaction itself; only this could not run in one
            Tool::GolangMigrate => text.to_lowercase().contains("concurrently"),
        }
    }
}

/// What a file's name says.
struct Parts<'a> {
    number: u64,
    version: &'a str,
    title: &'a str,
    part: Part,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Up,
    Down,
    Rust,
}

/// One migration, while its files are collected.
struct Migration {
    id: String,
    title: String,
    source: String,
    up: Option<Work>,
    down: Option<Work>,
    transaction: bool,
}

/// Reads a folder. `own` is the folder that the revisions are written to.
pub(super) fn read(
    tool: Tool,
    path: &Path,
    own: &Path,
    ui: &mut Ui<'_>,
) -> Result<Vec<Revision>, CliError> {
    let name = path.display().to_string();
    let program = tool.name();
    if absolute(path).ok() == absolute(own).ok() {
        let other = format!(
            "{program}-{}",
            path.file_name().unwrap_or_default().display()
        );
        return Err(CliError::usage(format!(
            "`{name}` is where the revisions are written, too"
        ))
        .help(format!(
            "move the files of {program} first: `mv {name} {other}`, then `cargo migrate import {program} {other}`"
        )));
    }
    let unreadable = |path: &Path, error: &dyn std::fmt::Display| {
        CliError::usage(format!("cannot read `{}`: {error}", project::display(path))).help(format!(
            "name the folder: `cargo migrate import {program} FOLDER`"
        ))
    };
    let entries = fs::read_dir(path).map_err(|error| unreadable(path, &error))?;
    let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let names: std::io::Result<Vec<String>> = names.collect();
    let mut names = names.map_err(|error| unreadable(path, &error))?;
    names.sort();
    ui.say(&format!("reading the files of {program} in `{name}`"));
    let mut migrations: BTreeMap<u64, Migration> = BTreeMap::new();
    for file in &names {
        let Some(parts) = tool.parts(file) else {
            if file.ends_with(".sql") {
                ui.say(&format!(
                    "note: `{file}` is passed over: it is not named as in `{}`",
                    tool.example()
                ));
            }
            continue;
        };
        let text = match parts.part {
            Part::Rust => String::new(),
            Part::Up | Part::Down => {
                let file = path.join(file);
                fs::read_to_string(&file).map_err(|error| unreadable(&file, &error))?
            }
        };
        let migration = migrations.entry(parts.number).or_insert_with(|| Migration {
            id: parts.version.to_owned(),
            title: parts.title.to_owned(),
            source: file.clone(),
            up: None,
            down: None,
            transaction: true,
        });
        migration.transaction &= !tool.is_outside(&text);
        let place = match parts.part {
            Part::Down => &mut migration.down,
            Part::Up | Part::Rust => &mut migration.up,
        };
        let work = match parts.part {
            Part::Rust => Work::Unknown(format!("port {file}")),
            Part::Up | Part::Down => Work::of(Vec::from_iter(
                Some(text).filter(|text| !text.trim().is_empty()),
            )),
        };
        if migration.title != parts.title || place.replace(work).is_some() {
            return Err(CliError::usage(format!(
                "`{file}` and `{}` have one version",
                migration.source
            ))
            .help("give one of them another number"));
        }
    }
    if migrations.is_empty() {
        return Err(
            CliError::usage(format!("there is no migration of {program} in `{name}`"))
                .note(format!("its files are named as in `{}`", tool.example()))
                .help(format!(
                    "name their folder: `cargo migrate import {program} FOLDER`"
                )),
        );
    }
    in_a_row(migrations)
}

/// The migrations as a history without branches.
fn in_a_row(migrations: BTreeMap<u64, Migration>) -> Result<Vec<Revision>, CliError> {
    let mut before: Option<String> = None;
    let mut revisions = Vec::new();
    for migration in migrations.into_values() {
        let Some(up) = migration.up else {
            let file = &migration.source;
            return Err(
                CliError::usage(format!("`{file}` has no file that applies it")).help(format!(
                    "write `{}`, or remove `{file}`",
                    file.replace(".down.", ".up.")
                )),
            );
        };
        let parents = before.replace(migration.id.clone());
        let title = migration.title.replace(['_', '-'], " ");
        revisions.push(Revision {
            header: Header {
                id: migration.id,
                down_revision: parents.into_iter().collect(),
                message: title.trim().to_owned(),
                ..Header::default()
            },
            source: migration.source,
            up,
            down: migration.down.unwrap_or(Work::Missing),
            transaction: migration.transaction,
        });
    }
    Ok(revisions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart_as_each_tool_does() {
        for (tool, name, expected) in [
            (Tool::Sqlx, "1_init.sql", Some(("1", "init", Part::Up))),
            (
                Tool::Sqlx,
                "20240101000000_a_b.up.sql",
                Some(("20240101000000", "a_b", Part::Up)),
            ),
            (
                Tool::Sqlx,
                "20240101000000_a_b.down.sql",
                Some(("20240101000000", "a_b", Part::Down)),
            ),
            (Tool::Sqlx, "init.sql", None),
            (Tool::Sqlx, "x1_init.sql", None),
            (Tool::Sqlx, "+1_init.sql", None),
            (
                Tool::Refinery,
                "V1__init.sql",
                Some(("1", "init", Part::Up)),
            ),
            (
                Tool::Refinery,
                "U10__more_of_it.sql",
                Some(("10", "more_of_it", Part::Up)),
            ),
            (
                Tool::Refinery,
                "V2__code.rs",
                Some(("2", "code", Part::Rust)),
            ),
            (Tool::Refinery, "V1_init.sql", None),
            (Tool::Refinery, "mod.rs", None),
            (
                Tool::GolangMigrate,
                "000001_init.up.sql",
                Some(("000001", "init", Part::Up)),
            ),
            (
                Tool::GolangMigrate,
                "000001_init.down.sql",
                Some(("000001", "init", Part::Down)),
            ),
            (Tool::GolangMigrate, "000001_init.sql", None),
        ] {
            let parts = tool.parts(name);
            let parts = parts.map(|parts| (parts.version, parts.title, parts.part));
            assert_eq!(parts, expected, "{name}");
        }
    }
}
