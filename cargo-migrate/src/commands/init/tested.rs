//! What `init --tests` adds: a file with which `cargo test` tests the revisions, and the library
//! that it needs. Must not know what is tested.

use std::fs;
use std::path::Path;

use migrate_cli::CliError;
use toml_edit::{InlineTable, Item};

use super::{cannot, manifest, path_between, read_manifest, resolved, write};
use crate::project::{self, LIBRARY, Member, Origin};
use crate::runner::{COMMANDS, commands_of};

/// The file.
const FILE: &str = "tests/migrations.rs";

/// What was added, and what the user must still do.
#[derive(Default)]
pub(super) struct Tests {
    pub(super) changes: Vec<String>,
    pub(super) advice: Vec<String>,
}

/// Whether the package has the file.
pub(super) fn are_there(member: &Member) -> bool {
    member.root().join(FILE).is_file()
}

/// Where the package takes the commands from: where it takes the library from.
pub(super) fn commands(member: &Member, library: &str) -> InlineTable {
    let beside = |folder: &str| {
        let folder = folder.strip_suffix(LIBRARY).unwrap_or(folder);
        InlineTable::from_iter([("path", format!("{folder}{COMMANDS}"))])
    };
    match &member.core {
        None => beside(library),
        Some(Origin::Path(folder)) => {
            beside(&path_between(&resolved(member.root()), &resolved(folder)))
        }
        Some(origin) => commands_of(origin),
    }
}

/// Writes the file, if it is missing.
pub(super) fn write_file(member: &Member) -> Result<Tests, CliError> {
    let path = member.root().join(FILE);
    let manifest = read_manifest(&member.manifest)?;
    let library = manifest::library(&manifest).unwrap_or_else(|| member.name.replace('-', "_"));
    let line = format!(
        "{}::test_migrations!({library}::HISTORY);",
        member.library_name()
    );
    let name = project::display(&path);
    let mut tests = Tests::default();
    match fs::read_to_string(&path) {
        Ok(text) if text.contains("test_migrations!") => {}
        Ok(_) => tests.advice.push(format!("add this to {name}: `{line}`")),
        Err(_) => {
            let folder = path.parent().unwrap_or(Path::new(""));
            fs::create_dir_all(folder).map_err(|error| cannot("create", folder, &error))?;
            write(
                &path,
                &format!("//! Tests the revisions on scratch databases.\n\n{line}\n"),
            )?;
            tests.changes.push(format!("created {name}"));
        }
    }
    let package = manifest.get("package");
    let found = package.and_then(|package| package.get("autotests"));
    let declares = manifest.get("test").and_then(Item::as_array_of_tables);
    let is_declared = declares
        .into_iter()
        .flatten()
        .any(|test| test.get("path").and_then(Item::as_str) == Some(FILE));
    if found.and_then(Item::as_bool) == Some(false) && !is_declared {
        tests.advice.push(format!(
            "`autotests` is off in {}: add `[[test]]` there, with `name = \"migrations\"` and `path = \"{FILE}\"`",
            project::display(&member.manifest)
        ));
    }
    Ok(tests)
}
