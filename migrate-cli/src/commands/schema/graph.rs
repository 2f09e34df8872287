//! `schema graph`: the tables of a schema and the keys between them, drawn.

use clap::{Args, ValueEnum};

use crate::context::Context;
use crate::draw::tables::{self, Diagram, Selection};
use crate::error::CliError;
use crate::json::SchemaText;
use crate::states::{Scratching, States};
use crate::ui::Ui;

/// Draw the tables, their columns and the keys between them
///
/// Tables that are referenced are to the left of those that reference them.
#[derive(Args, Clone, Debug)]
pub struct GraphArgs {
    /// State to read: database, history, history@TARGET, a URL or a file; see `schema --help`
    /// [default: database, or history if none is configured]
    pub state: Option<String>,

    /// Output format
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: Drawing,

    /// Only these tables
    #[arg(long, value_name = "TABLE", num_args = 1..)]
    pub only: Vec<String>,

    /// Only these tables, and those that keys connect with them
    #[arg(long, value_name = "TABLE", num_args = 1..)]
    pub around: Vec<String>,

    /// How many keys away from the tables of `--around`
    #[arg(long, value_name = "N", default_value_t = 1, requires = "around")]
    pub depth: usize,

    /// Scratch databases.
    #[command(flatten)]
    pub scratching: Scratching,
}

/// The form of the drawing.
#[derive(ValueEnum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Drawing {
    /// A picture
    #[default]
    Svg,
    /// A Mermaid entity diagram, for Markdown
    Mermaid,
    /// The language of Graphviz
    Dot,
}

/// Draws a schema.
pub(super) fn graph(
    context: &Context<'_>,
    args: &GraphArgs,
    ui: &mut Ui<'_>,
) -> Result<SchemaText, CliError> {
    let mut states = States::new(context, &args.scratching, ui).configured()?;
    let state = states.named_or_default(args.state.as_deref())?;
    let found = states.get(&state)?;
    let selection = Selection {
        only: args.only.clone(),
        around: args.around.clone(),
        depth: args.depth,
    };
    let diagram = Diagram::new(&found.schema, &selection).map_err(|name| {
        let names = found
            .schema
            .tables
            .iter()
            .map(|table| table.name.to_string());
        let names: Vec<String> = names.collect();
        let near = migrate_graph::suggest::nearest(&name, names.iter().map(String::as_str));
        let failure = CliError::usage(format!("there is no table `{name}`"));
        match near {
            Some(near) => failure.help(format!("did you mean `{near}`?")),
            None => failure,
        }
    })?;
    Ok(SchemaText::Text(match args.format {
        Drawing::Svg => tables::svg(&diagram),
        Drawing::Mermaid => tables::mermaid(&diagram),
        Drawing::Dot => tables::dot(&diagram),
    }))
}
