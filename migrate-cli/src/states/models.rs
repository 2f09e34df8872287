//! The schema that the models declare. `cargo migrate` reads them from source and passes them on
//! in a file. Must not know how source is read.

use std::fs;
use std::path::PathBuf;

use super::{Found, State, States, state};
use crate::configuration::keys;
use crate::error::CliError;
use crate::models::{self, Ground, ModelError, Names};
use crate::print::{self, PrintSchema};
use migrate_core::engine::backend::BackendKind;
use migrate_core::engine::diff::{Answers, Rename};
use migrate_core::engine::scratch::run_sql;
use migrate_core::engine::sql::created_views;
use migrate_core::schema::{Index, Schema, View};
use migrate_models::Models;
use serde::{Deserialize, Serialize};

/// The models, and what diesel.toml says about them.
pub(crate) struct Declared {
    /// What the source declares.
    pub(crate) models: Models,
    config: PrintSchema,
    names: Names,
    docs: bool,
}

/// The models as they are passed on to the program that compares them.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub enum PassedModels {
    /// The source could not be read.
    Unreadable {
        /// Why.
        message: String,
        /// Each place that is wrong.
        notes: Vec<String>,
    },
    /// What the source declares.
    Read(Models),
}

impl States<'_, '_, '_> {
    /// What the source declares.
    pub(crate) fn declared(&self) -> Result<Declared, CliError> {
        let Some(path) = &self.context.configuration.models else {
            return Err(CliError::usage("this program does not know the models")
                .help("`cargo migrate` reads them from source: run it in the project"));
        };
        let text = fs::read_to_string(path).map_err(|error| {
            CliError::usage(format!(
                "cannot read the models in `{}`: {error}",
                path.display()
            ))
        })?;
        let unreadable = |error: serde_json::Error| {
            CliError::usage(format!(
                "cannot read the models in `{}`: {error}",
                path.display()
            ))
        };
        let models = match serde_json::from_str(&text).map_err(unreadable)? {
            PassedModels::Unreadable { message, notes } => {
                return Err(CliError::usage(message).notes(notes));
            }
            PassedModels::Read(models) => models,
        };
        let config = print::diesel_toml(self.context.surroundings, None)?.unwrap_or_default();
        let config = config.into_values().next().unwrap_or_default();
        let names = self.names()?;
        let docs = self.context.switch(&keys::DOCS_ARE_COMMENTS)? || config.docs_are_comments();
        Ok(Declared {
            models,
            config,
            names,
            docs,
        })
    }

    /// The names of what models do not name.
    pub(crate) fn names(&self) -> Result<Names, CliError> {
        let Some(given) = self.context.value(&keys::NAMES)? else {
            return Ok(Names::default());
        };
        let refused = || CliError::usage(format!("`names` {}, and is none", given.origin));
        Names::read(&given.value).ok_or_else(refused)
    }

    /// The schema that models declare, on the ground of another: what they say nothing about is as
    /// there. With remarks.
    pub(crate) fn models(
        &mut self,
        declared: &Declared,
        kind: BackendKind,
        before: &Schema,
        answers: &Answers,
        (only, keeps): (&[String], bool),
    ) -> Result<(Found, Vec<String>), CliError> {
        // what is about some tables is not about views
        let files = match only.is_empty() {
            true => self.context.configuration.sql.clone(),
            false => Vec::new(),
        };
        let ground = self.ground(declared, kind, before);
        let before = &with_views(ground, &declared.models, &files)?;
        let ground = Ground {
            renames: &answers.renames,
            drops: &answers.drops,
            only,
            keeps: keeps || !only.is_empty(),
            ..self.ground(declared, kind, before)
        };
        let (mut schema, notes) =
            models::schema_of(&declared.models, ground).map_err(|problems| refused(&problems))?;
        schema.server.clone_from(&before.server);
        let found = match files.is_empty() {
            true => Found { kind, schema },
            false if declared.models.tables.is_empty() => self.found(&State::Sql(files), kind)?,
            false => self.with_files(&schema, &files, kind)?,
        };
        Ok((found, notes))
    }

    /// A schema whose views, triggers and the like are those that SQL files create.
    fn with_files(
        &mut self,
        schema: &Schema,
        files: &[PathBuf],
        kind: BackendKind,
    ) -> Result<Found, CliError> {
        let mut tables = schema.clone();
        tables.views.clear();
        tables.dependencies.clear();
        let others = std::mem::take(&mut tables.others);
        let on_view = |index: &Index| tables.tables.iter().all(|one| one.name != index.table);
        let indexes = std::mem::take(&mut tables.indexes).into_iter();
        tables.indexes = indexes.filter(|index| !on_view(index)).collect();
        let mut bench = self.bench(kind)?;
        if self.build(&mut bench, kind, &tables).is_err() {
            // a table may use a function, which a file then replaces
            tables.others = others
                .into_iter()
                .filter(|other| other.on.is_none())
                .collect();
            bench = self.bench(kind)?;
            self.build(&mut bench, kind, &tables)?;
        }
        for path in files {
            let text = state::read(path)?;
            let ran = run_sql(bench.session()?, &text);
            ran.map_err(|failed| {
                let shown = path.strip_prefix(&self.context.surroundings.directory);
                state::failed_at(shown.unwrap_or(path), &failed)
            })?;
        }
        let schema = bench.inspect()?;
        Ok(Found { kind, schema })
    }

    /// What the open tables lack to be closed, and what models cannot say.
    pub(crate) fn lacking(
        &self,
        declared: &Declared,
        kind: BackendKind,
        before: &Schema,
        tables: &[String],
    ) -> (Models, Vec<String>) {
        models::adopted(
            &declared.models,
            tables,
            self.ground(declared, kind, before),
        )
    }

    /// The renames that the models tell.
    pub(crate) fn told(
        &self,
        declared: &Declared,
        kind: BackendKind,
        before: &Schema,
    ) -> Vec<Rename> {
        models::renames(&declared.models, self.ground(declared, kind, before))
    }

    fn ground<'g>(
        &'g self,
        declared: &'g Declared,
        kind: BackendKind,
        before: &'g Schema,
    ) -> Ground<'g> {
        let current = match (kind, self.scope.schemas.as_slice()) {
            (BackendKind::Postgres, [one]) => one.as_str(),
            (BackendKind::Postgres, []) => "public",
            _ => "",
        };
        Ground {
            kind,
            before,
            config: &declared.config,
            current,
            renames: &[],
            drops: &[],
            only: &[],
            keeps: false,
            names: &declared.names,
            docs: declared.docs,
        }
    }
}

/// The schema before, with the views that SQL files create: a declaration of such a name is that of
/// a view.
fn with_views(ground: Ground<'_>, models: &Models, files: &[PathBuf]) -> Result<Schema, CliError> {
    let mut before = ground.before.clone();
    for path in files {
        let created = created_views(&state::read(path)?, ground.kind);
        for model in &models.tables {
            let name = ground.name(model.schema.as_deref(), &model.name);
            if created.contains(&model.name.to_lowercase())
                && before.views.iter().all(|view| view.name != name)
            {
                before.views.push(View::new(name, ""));
            }
        }
    }
    Ok(before)
}

fn refused(problems: &[ModelError]) -> CliError {
    let count = match problems.len() {
        1 => "the models cannot be used".to_owned(),
        more => format!("the models cannot be used: {more} problems"),
    };
    let failure = CliError::usage(count).notes(problems.iter().map(ToString::to_string));
    match problems.iter().find_map(|problem| problem.help.clone()) {
        Some(help) => failure.help(help),
        None => failure,
    }
}
