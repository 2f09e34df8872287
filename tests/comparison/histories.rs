//! Real histories: the database that a folder of diesel's migrations leaves is created again from
//! what inspection found, by operations and by their SQL, and dropped again.

use std::path::{Path, PathBuf};

use migrate_core::engine::backend::{self, BackendKind, Scope};
use migrate_core::engine::diff::{Answers, diff};
use migrate_core::engine::render::{SqlFolder, Step};
use migrate_core::schema::Schema;
use migrate_tests::comparison::{Fresh, same, steps};

/// What was created again.
pub(crate) struct Rebuilt {
    pub(crate) revisions: usize,
    pub(crate) of: usize,
    pub(crate) tables: usize,
    pub(crate) changes: usize,
    /// Where it stopped, and what no operation creates.
    pub(crate) notes: Vec<String>,
}

/// Runs a folder of diesel's migrations, and creates what it leaves again.
pub(crate) fn rebuilt(kind: BackendKind, folder: &Path) -> Result<Rebuilt, String> {
    let scope = Scope::current();
    let files = up_files(folder)?;
    let mut origin = Fresh::new(kind);
    if matches!(kind, BackendKind::Mysql | BackendKind::Mariadb) {
        origin.run_text("SET foreign_key_checks = 0")?; // as applications do that migrate so
    }
    let (mut revisions, mut stopped) = (0, None);
    for file in &files {
        if let Err(why) = run(kind, &mut origin, file) {
            stopped = Some(format!("it stops at {}: {why}", file.display()));
            break;
        }
        revisions += 1;
    }
    let found = origin.inspect(&scope)?;
    let rules = backend::rules(kind).map_err(|error| error.to_string())?;
    let nothing = Schema::empty();
    let making = diff(&nothing, &found, rules, &Answers::default());

    let mut by_operations = Fresh::new(kind);
    by_operations
        .run(&steps(&making))
        .map_err(|why| format!("created by operations: {why}"))?;
    let again = by_operations.inspect(&scope)?;
    same(kind, &scope, &again, &found).map_err(|why| format!("created by operations: {why}"))?;

    let sql: Vec<Step> = making.changes.iter().map(Step::from).collect();
    let folder = SqlFolder::new(&sql, Some(&[]), rules).map_err(|refused| refused.to_string())?;
    let mut by_text = Fresh::new(kind);
    by_text
        .run_text(&folder.up)
        .map_err(|why| format!("created by SQL: {why}"))?;
    let again = by_text.inspect(&scope)?;
    same(kind, &scope, &again, &found).map_err(|why| format!("created by SQL: {why}"))?;

    let dropping = diff(&found, &nothing, rules, &Answers::default());
    by_operations
        .run(&steps(&dropping))
        .map_err(|why| format!("dropped: {why}"))?;
    let rest = by_operations.inspect(&scope)?;
    same(kind, &scope, &rest, &nothing).map_err(|why| format!("dropped: {why}"))?;
    Ok(Rebuilt {
        revisions,
        of: files.len(),
        tables: found.tables.len(),
        changes: making.changes.len(),
        notes: stopped
            .into_iter()
            .chain(making.notes.iter().map(ToString::to_string))
            .collect(),
    })
}

/// Runs a file as diesel does: in a transaction, unless `metadata.toml` says otherwise.
fn run(kind: BackendKind, place: &mut Fresh, file: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
    let metadata = std::fs::read_to_string(file.with_file_name("metadata.toml"));
    let alone =
        metadata.is_ok_and(|text| text.replace(' ', "").contains("run_in_transaction=false"));
    if alone || kind != BackendKind::Postgres {
        return place.run_text(&text);
    }
    place.run_text("BEGIN")?;
    let ran = place.run_text(&text);
    let end = if ran.is_ok() { "COMMIT" } else { "ROLLBACK" };
    place.run_text(end)?;
    ran
}

/// The `up.sql` of each migration, in the order in which diesel runs them: by the version, the part
/// of the name before the first `_` without dashes.
fn up_files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = std::fs::read_dir(folder);
    let entries = entries.map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<(String, PathBuf)> = entries
        .flatten()
        .map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let version = name.split('_').next().unwrap_or_default().replace('-', "");
            (version, entry.path().join("up.sql"))
        })
        .filter(|(_, file)| file.is_file())
        .collect();
    files.sort();
    match files.is_empty() {
        true => Err(format!("{}: no `up.sql` is in it", folder.display())),
        false => Ok(files.into_iter().map(|(_, file)| file).collect()),
    }
}
