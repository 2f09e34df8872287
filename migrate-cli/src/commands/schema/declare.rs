//! `schema declare`: what the open tables of the models lack to be closed. `cargo migrate schema
//! adopt` writes it into the source.

use clap::Args;
use migrate_models::Models;
use serde::Serialize;

use super::autogenerate::at_head;
use crate::context::Context;
use crate::error::CliError;
use crate::json::Answer;
use crate::models::short_name;
use crate::states::{Scratching, State, States};
use crate::ui::Ui;

/// Rewrite `diesel::table!` as `migrate_core::table!`, with all that the database has
///
/// What the database has and `diesel::table!` cannot say is written into the source as attributes:
/// indexes, keys, checks, defaults, types. Nothing else in the files is changed.
#[derive(Args, Clone, Debug)]
pub struct AdoptArgs {
    /// Tables to rewrite [default: all that the models declare]
    pub tables: Vec<String>,

    /// State to read: database, history, history@TARGET, a URL or a file; see `schema --help`
    /// [default: database, or history if none is configured]
    #[arg(long, value_name = "STATE")]
    pub from: Option<String>,

    /// Print JSON.
    #[arg(long, hide = true)]
    pub json: bool,

    /// Scratch databases.
    #[command(flatten)]
    pub scratching: Scratching,
}

/// What the tables lack.
#[derive(Debug, Serialize)]
pub(super) struct Lacking {
    /// The kind of database that it was read from, as models name it.
    backend: &'static str,
    /// The tables, closed, with all their attributes.
    models: Models,
    /// What models cannot say.
    unsaid: Vec<String>,
    /// The tables that no model declares.
    undeclared: Vec<String>,
}

impl Answer for Lacking {
    fn text(&self) -> String {
        serde_json::to_string(self).expect("names and texts can be written as JSON")
    }

    fn is_to_be_run(&self) -> bool {
        true
    }
}

/// Finds what the tables lack.
pub(super) fn declare(
    context: &Context<'_>,
    args: &AdoptArgs,
    ui: &mut Ui<'_>,
) -> Result<Lacking, CliError> {
    let mut states = States::new(context, &args.scratching, ui).configured()?;
    let declared = states.declared()?;
    let known = |name: &String| {
        declared
            .models
            .tables
            .iter()
            .any(|table| table.name == *name)
    };
    if let Some(unknown) = args.tables.iter().find(|name| !known(name)) {
        let mut names = declared
            .models
            .tables
            .iter()
            .map(|table| table.name.as_str());
        let failure = CliError::usage(format!("no model declares `{unknown}`"));
        return Err(match migrate_graph::suggest::nearest(unknown, &mut names) {
            Some(near) => {
                failure.help(format!("a table with a similar name is declared: `{near}`"))
            }
            None => failure,
        });
    }
    let state = states.named_or_default(args.from.as_deref())?;
    let found = states.get(&state)?;
    if args.from.is_none() && state == State::Database {
        // models that say what it was would undo the revisions that it lacks
        at_head(context).map_err(|failure| {
            failure.help("cargo migrate up; or `--from history`, which is where the history leads")
        })?;
    }
    let (models, unsaid) = states.lacking(&declared, found.kind, &found.schema, &args.tables);
    let is_declared = |name: &str| {
        let mut tables = declared.models.tables.iter();
        tables.any(|table| table.name == name)
    };
    let tables = found.schema.tables.iter();
    let undeclared = tables.filter(|table| !is_declared(&table.name.name));
    Ok(Lacking {
        backend: short_name(found.kind),
        models,
        unsaid,
        undeclared: undeclared.map(|table| table.name.to_string()).collect(),
    })
}
