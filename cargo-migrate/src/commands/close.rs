//! `schema adopt`: rewrites `diesel::table!` in the source as `migrate_core::table!`, with what the
//! runner says that the tables lack. Changes nothing else in the files; must not know how it is
//! found.

use std::collections::BTreeMap;
use std::fs;

use migrate_cli::{CliError, Ui};
use migrate_models::{Attribute, ColumnKey, Models, column_attribute, table_attribute, takes_type};
use serde::{Deserialize, Serialize};

use super::adopt;
use crate::models::edit::{Edit, before, before_line, edited, item, macro_path};
use crate::selection::Selection;
use crate::{files, models, project};

/// What the runner answers.
#[derive(Deserialize)]
struct Lacking {
    /// The kind of database that it was read from.
    backend: String,
    models: Models,
    unsaid: Vec<String>,
    undeclared: Vec<String>,
}

/// What was rewritten.
#[derive(Debug, Serialize)]
pub(crate) struct Rewritten {
    /// The files.
    files: Vec<String>,
    /// The tables.
    tables: Vec<String>,
}

impl migrate_cli::json::Answer for Rewritten {
    fn text(&self) -> String {
        self.files.iter().map(|file| format!("{file}\n")).collect()
    }
}

/// Rewrites the files.
pub(crate) fn close(
    answer: &str,
    selection: &Selection,
    ui: &mut Ui<'_>,
) -> Result<Rewritten, CliError> {
    let Lacking {
        backend,
        models: wanted,
        unsaid,
        undeclared,
    } = adopt::read(answer)?;
    let source = models::read(selection, ui)?;
    let mut edits: BTreeMap<String, Vec<Edit>> = BTreeMap::new();
    let mut texts: BTreeMap<String, (std::path::PathBuf, String)> = BTreeMap::new();
    for path in models::sources(selection)? {
        let text = fs::read_to_string(&path).map_err(|error| {
            CliError::usage(format!(
                "cannot read `{}`: {error}",
                project::display(&path)
            ))
        })?;
        texts.insert(project::display(&path), (path, text));
    }
    let mut tables = Vec::new();
    let mut disagreeing = Vec::new();
    for table in &wanted.tables {
        let mut declared = source.tables.iter();
        let Some(written) =
            declared.find(|one| one.name == table.name && one.schema == table.schema)
        else {
            continue;
        };
        let Some((path, text)) = texts.get(&written.place.file) else {
            continue;
        };
        let library = models::library_of(selection, path);
        let into = edits.entry(written.place.file.clone()).or_default();
        let Some(macro_path) = macro_path(text, models::offset(text, &written.place)) else {
            continue;
        };
        into.push(Edit {
            text: format!("{library}::table"),
            ..macro_path
        });
        let lines = table.attributes.iter();
        let lines = lines
            .filter(|one| !says(&written.attributes, one))
            .map(|one| table_attribute(one, table, &source.tables));
        let lines: Vec<String> = lines.collect();
        into.extend(before_line(text, &written.place, &lines));
        for column in &table.columns {
            let mut columns = written.columns.iter();
            let Some(place) = columns.find(|one| one.name == column.name) else {
                continue;
            };
            let fits = |one: &&Attribute<ColumnKey>| match &one.key {
                ColumnKey::Type(ty) => takes_type(place, ty, &backend),
                _ => true,
            };
            if !column.attributes.iter().all(|one| fits(&one)) {
                disagreeing.push(format!("`{}.{}`", table.name, column.name));
            }
            let lines = column.attributes.iter().filter(fits);
            let lines = lines
                .filter(|one| !says(&place.attributes, one))
                .map(|one| column_attribute(one, &source.tables));
            let lines: Vec<String> = lines.collect();
            into.extend(before_line(text, &place.place, &lines));
        }
        tables.push(table.name.clone());
    }
    for ty in &wanted.enums {
        let mut declared = source.enums.iter();
        let written = declared.find(|one| one.rust_name == ty.rust_name && one.labels.is_none());
        let (Some(written), Some(labels)) = (written, &ty.labels) else {
            continue;
        };
        let Some((path, text)) = texts.get(&written.place.file) else {
            continue;
        };
        let labels: Vec<String> = labels.iter().map(|label| format!("{label:?}")).collect();
        let library = models::library_of(selection, path);
        let line = format!("#[{library}::migrate(labels({}))]", labels.join(", "));
        let into = edits.entry(written.place.file.clone()).or_default();
        let at = item(text, models::offset(text, &written.place));
        into.extend(before(text, at, &[line]));
    }
    let mut files = Vec::new();
    for (name, edits) in edits {
        let Some((path, text)) = texts.get(&name) else {
            continue;
        };
        files::write(path, &edited(text, edits))
            .map_err(|error| CliError::usage(format!("cannot write `{name}`: {error}")))?;
        files.push(name);
    }
    for what in unsaid {
        ui.say(&format!("note: models cannot say {what}"));
    }
    if !disagreeing.is_empty() {
        ui.say(&format!(
            "note: models and database disagree about the type of {}: it stays as declared",
            disagreeing.join(", ")
        ));
    }
    if tables.is_empty() {
        ui.say("nothing to do: no open table is declared that is there");
    } else {
        if !undeclared.is_empty() {
            let names: Vec<String> = undeclared.iter().map(|name| format!("`{name}`")).collect();
            ui.say(&format!(
                "note: no model declares {}: beside closed models, the next `new --autogenerate` drops what is not declared or named by `exclude`",
                names.join(", ")
            ));
        }
        ui.say(&format!(
            "closed {}; next: `cargo migrate check --models`",
            crate::words::count(tables.len(), "table")
        ));
    }
    Ok(Rewritten { files, tables })
}

/// Whether an attribute is there already.
fn says<K: PartialEq>(there: &[Attribute<K>], one: &Attribute<K>) -> bool {
    there.iter().any(|known| known.key == one.key)
}
