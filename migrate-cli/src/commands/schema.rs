//! `schema`: commands about what is in a database, a history or a file. One file each in `schema/`.

use clap::{Args, Subcommand};

use crate::context::Context;
use crate::exit::Exit;
use crate::ui::Ui;

pub mod autogenerate;
pub mod baseline;
pub mod declare;
pub mod diff;
pub mod dump;
pub mod graph;
pub(super) mod hooks;
mod parts;
pub mod print;
mod proof;
pub(super) mod sides;

/// Show, compare and draw schemas
///
/// A state is `database`, `history`, `history@TARGET`, a database's URL or SQLite file, a `.sql`
/// file or a folder of them, a `.json` dump, or `empty`. The history and SQL files run on a scratch
/// database, which is dropped at the end.
#[derive(Args, Clone, Debug)]
pub struct SchemaArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: SchemaCommand,
}

/// What to do with schemas.
#[derive(Subcommand, Clone, Debug)]
#[expect(
    missing_docs,
    reason = "a variant's doc comment would replace the help text, which is that of its arguments"
)]
pub enum SchemaCommand {
    Dump(dump::DumpArgs),
    Diff(diff::DiffArgs),
    Adopt(declare::AdoptArgs),
    #[command(hide = true)]
    Autogenerate(Box<autogenerate::AutogenerateArgs>),
    #[command(hide = true)]
    Baseline(baseline::BaselineArgs),
    Print(print::PrintArgs),
    Graph(graph::GraphArgs),
}

impl SchemaArgs {
    /// Whether one of its states is `models`.
    pub(super) fn names_models(&self) -> bool {
        let is_it = |name: &Option<String>| name.as_deref() == Some("models");
        match &self.command {
            SchemaCommand::Dump(args) => is_it(&args.state),
            SchemaCommand::Diff(args) => [&args.from, &args.to].contains(&&"models".to_owned()),
            SchemaCommand::Print(args) => is_it(&args.state),
            SchemaCommand::Graph(args) => is_it(&args.state),
            SchemaCommand::Adopt(_) => true,
            SchemaCommand::Autogenerate(_) | SchemaCommand::Baseline(_) => false,
        }
    }

    /// Whether it rewrites the models.
    pub fn adopts(&self) -> bool {
        matches!(self.command, SchemaCommand::Adopt(_))
    }

    /// Whether the answer is to be one JSON object.
    pub fn is_json(&self) -> bool {
        match &self.command {
            SchemaCommand::Dump(args) => args.is_json(),
            SchemaCommand::Diff(args) => args.is_json(),
            SchemaCommand::Adopt(args) => args.json,
            SchemaCommand::Autogenerate(args) => args.json,
            SchemaCommand::Baseline(args) => args.json,
            SchemaCommand::Print(_) | SchemaCommand::Graph(_) => false,
        }
    }
}

/// Runs the command, and prints what it answers.
pub(super) fn run(args: &SchemaArgs, context: &Context<'_>, ui: &mut Ui<'_>) -> Exit {
    match &args.command {
        SchemaCommand::Dump(args) => {
            let answer = dump::dump(context, args, ui);
            ui.finish(answer)
        }
        SchemaCommand::Adopt(args) => {
            let answer = declare::declare(context, args, ui);
            ui.finish(answer)
        }
        SchemaCommand::Autogenerate(args) => {
            let answer = autogenerate::autogenerate(context, args, ui);
            ui.finish(answer)
        }
        SchemaCommand::Baseline(args) => {
            let answer = baseline::baseline(context, args, ui);
            ui.finish(answer)
        }
        SchemaCommand::Diff(args) => {
            let answer = diff::diff(context, args, ui);
            ui.finish(answer)
        }
        SchemaCommand::Graph(args) => {
            let answer = graph::graph(context, args, ui);
            ui.finish(answer)
        }
        SchemaCommand::Print(args) => {
            let answer = print::print(context, args, ui);
            ui.finish(answer)
        }
    }
}
