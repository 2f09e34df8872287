//! The history of a folder of diesel's SQL migrations.

use std::fs;
use std::path::Path;

use migrate_core::revision::{Body, Downgrade};
use migrate_core::{History, Revision};

/// The revisions of a folder, one after another in diesel's order: that of their versions.
pub(crate) fn history(folder: &Path) -> Result<History, String> {
    let failed = |error: std::io::Error| format!("cannot read `{}`: {error}", folder.display());
    let mut names: Vec<String> = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.path().join("up.sql").exists() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    let version = |name: &String| {
        let version = name.split('_').next().unwrap_or_default();
        version.replace('-', "")
    };
    names.sort_by_key(version);
    let mut revisions: Vec<&'static Revision> = Vec::new();
    for name in names {
        let read = |file: &str| fs::read_to_string(folder.join(&name).join(file)).ok();
        let up: &'static str = read("up.sql").unwrap_or_default().leak();
        let down = read("down.sql").map(|text| &*text.leak());
        let toml = read("metadata.toml").unwrap_or_default();
        let id: &'static str = version(&name).leak();
        let parents: Vec<&'static str> =
            revisions.last().map(|last| last.id()).into_iter().collect();
        let is_empty = |text: &str| {
            let lines = text.lines().map(str::trim);
            lines
                .filter(|line| !line.is_empty())
                .all(|line| line.starts_with("--"))
        };
        let down = match down {
            None => Downgrade::Irreversible,
            Some(text) if is_empty(text) => Downgrade::Irreversible,
            Some(text) => Downgrade::Function(Body::sql(text)),
        };
        let file = format!("{}/up.sql", folder.join(&name).display()).leak();
        let made = Revision::new(
            id,
            parents.leak(),
            name.leak(),
            file,
            1,
            Body::sql(up),
            down,
        );
        let made = match toml.contains("run_in_transaction = false") {
            true => made.without_transaction(),
            false => made,
        };
        revisions.push(&*Box::leak(Box::new(made)));
    }
    Ok(History::new(vec![&*revisions.leak()].leak()))
}
