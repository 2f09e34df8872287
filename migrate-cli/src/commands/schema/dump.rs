//! `schema dump`: a whole schema as SQL that creates it, or as data.

use clap::{Args, ValueEnum};

use crate::context::Context;
use crate::error::CliError;
use crate::json::{SchemaDump, SchemaText};
use crate::states::{Scratching, States, whole_script};
use crate::ui::Ui;
use migrate_core::engine::backend;
use migrate_core::engine::diff::{Answers, diff};
use migrate_core::schema::Schema;

/// Print a whole schema as SQL that creates it, or as JSON
///
/// The SQL is in an order that runs, and the same for the same schema, so that it can be kept in a
/// repository and reviewed. The JSON can be compared later: `schema diff old.json database`.
#[derive(Args, Clone, Debug)]
pub struct DumpArgs {
    /// State to read: database, history, history@TARGET, a URL or a file; see `schema --help`
    /// [default: database, or history if none is configured]
    pub state: Option<String>,

    /// Output format
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: DumpForm,

    /// Print JSON, as `--format json`
    #[arg(long, conflicts_with = "format")]
    pub json: bool,

    /// Scratch databases.
    #[command(flatten)]
    pub scratching: Scratching,
}

/// The form of a dump.
#[derive(ValueEnum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DumpForm {
    /// Statements that create it
    #[default]
    Sql,
    /// The data
    Json,
}

impl DumpArgs {
    /// Whether the answer is to be one JSON object.
    pub(super) fn is_json(&self) -> bool {
        self.json || self.format == DumpForm::Json
    }
}

/// A whole schema.
pub(super) fn dump(
    context: &Context<'_>,
    args: &DumpArgs,
    ui: &mut Ui<'_>,
) -> Result<SchemaText, CliError> {
    let mut states = States::new(context, &args.scratching, ui).configured()?;
    let state = states.named_or_default(args.state.as_deref())?;
    let found = states.get(&state)?;
    if args.is_json() {
        return Ok(SchemaText::Data(Box::new(SchemaDump::of(found.schema))));
    }
    let rules = backend::rules(found.kind)?;
    let all = diff(&Schema::empty(), &found.schema, rules, &Answers::default());
    for note in &all.notes {
        states.ui.say(&format!("note: {note}"));
    }
    let statements = states.statements(found.kind, &Schema::empty(), &all.changes)?;
    Ok(SchemaText::Text(whole_script(
        found.kind,
        &all.changes,
        &statements,
    )))
}
