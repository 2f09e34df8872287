//! Models as a schema: what `table!` declares, for one kind of database. Pure; it must not know how
//! source is read, nor what a difference becomes.

mod closed;
mod complete;
mod constraints;
mod convert;
mod declare;
mod names;
#[cfg(test)]
mod tests;
mod types;
mod words;

use std::fmt;

use migrate_core::BackendKind;
use migrate_core::engine::diff::Rename;
use migrate_core::schema::{ObjectName, Schema};
use migrate_models::{ColumnKey, Models, Place};

pub use crate::print::PrintSchema;
pub use closed::closed;
pub(crate) use declare::adopted;
pub(crate) use names::is_same_name;

/// A declaration that this kind of database cannot have, or that says too little.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelError {
    /// Where it is.
    pub place: Place,
    /// What is wrong.
    pub message: String,
    /// What can be written instead.
    pub help: Option<String>,
}

impl ModelError {
    fn new(place: &Place, message: impl Into<String>) -> ModelError {
        ModelError {
            place: place.clone(),
            message: message.into(),
            help: None,
        }
    }

    fn help(mut self, help: impl Into<String>) -> ModelError {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { file, line, column } = &self.place;
        write!(f, "{file}:{line}:{column}: {}", self.message)
    }
}

/// What models are turned into a schema with.
#[derive(Clone, Copy)]
pub struct Ground<'g> {
    /// The kind of database.
    pub kind: BackendKind,
    /// The schema before: what open declarations say nothing about stays as it is there.
    pub before: &'g Schema,
    /// What diesel.toml says about `schema.rs`.
    pub config: &'g PrintSchema,
    /// The schema that unqualified names are in.
    pub current: &'g str,
    /// What was renamed.
    pub renames: &'g [Rename],
    /// Tables that no model declares and that go; others stay, unless models say all there is.
    pub drops: &'g [String],
    /// The tables that it is about; all, if it is empty. The others stay as they are.
    pub only: &'g [String],
    /// Whether tables that no model declares stay, also beside closed models.
    pub keeps: bool,
}

/// The schema that models declare, on the ground of the one before, and remarks.
///
/// # Errors
///
/// What this kind of database cannot have, all of it; and tables that would go, though something
/// may declare them that is not read.
pub fn schema_of(
    models: &Models,
    ground: Ground<'_>,
) -> Result<(Schema, Vec<String>), Vec<ModelError>> {
    let declared = convert::tables(models, ground)?;
    complete::complete(models, declared, ground)
}

impl Ground<'_> {
    /// Whether it is about a table of this name.
    fn is_about(&self, name: &ObjectName) -> bool {
        let same = |one: &str, other: &str| names::is_same_name(self.kind, one, other);
        let mut only = self.only.iter();
        self.only.is_empty()
            || only.any(|one| same(one, &name.name) || same(one, &name.to_string()))
    }
}

/// Whether something is for this kind of database: one that grew out of another takes its own.
fn is_for(only: &[String], kind: BackendKind) -> bool {
    let named = |kind: BackendKind| {
        let names = |name: &String| match name.as_str() {
            "postgresql" => kind == BackendKind::Postgres,
            name => name.eq_ignore_ascii_case(kind.name()) || name == short_name(kind),
        };
        only.iter().any(names)
    };
    only.is_empty() || named(kind) || kind.offspring_of().is_some_and(named)
}

/// The name of a kind in attributes.
pub(crate) fn short_name(kind: BackendKind) -> &'static str {
    match kind {
        BackendKind::Postgres => "postgres",
        BackendKind::Mysql => "mysql",
        BackendKind::Mariadb => "mariadb",
        _ => "sqlite",
    }
}

/// The renames that the models themselves tell: of what was there under the old name, and is not
/// there under the new one.
pub fn renames(models: &Models, ground: Ground<'_>) -> Vec<Rename> {
    let mut found = Vec::new();
    for model in &models.tables {
        let name = ground.name(model.schema.as_deref(), &model.name);
        let old = ground.old_name(&name, model);
        if let Some(old) = &old {
            found.push(Rename {
                from: old.to_string(),
                to: name.name.clone(),
            });
        }
        let Some(was) = ground.before.table(old.as_ref().unwrap_or(&name)) else {
            continue;
        };
        let has = |name: &str| was.columns.iter().any(|column| column.name == name);
        for column in &model.columns {
            let said = column.attributes.iter().find_map(|one| match &one.key {
                ColumnKey::RenamedFrom(old) => Some(old),
                _ => None,
            });
            if let Some(old) = said
                && has(old)
                && !has(&column.name)
            {
                found.push(Rename {
                    from: format!("{name}.{old}"),
                    to: column.name.clone(),
                });
            }
        }
    }
    found
}
