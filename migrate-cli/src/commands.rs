//! The commands, one file each: `<Verb>Args`, whose doc comment is the help text, and one function
//! that returns the answer. Nothing here prints.

use clap::Subcommand;

use super::context::{self, Context};
use super::error::CliError;
use super::exit::Exit;
use super::json::{self, Answer};
use super::listing::Listing;
use super::progress::Progress;
use super::ui::Ui;
use migrate_core::engine::backend::Access;

pub mod accept;
pub mod backup;
pub mod branches;
pub mod check;
pub mod config;
pub mod current;
pub mod database;
pub mod down;
pub mod drift;
mod dry_run;
pub mod graph;
pub mod heads;
pub mod history;
pub mod log;
pub mod ping;
pub mod redo;
pub mod reset;
pub mod resolve;

mod runs;
pub mod schema;
mod script;
pub mod show;
pub mod stamp;
pub mod status;
pub mod test;
pub mod up;

/// The commands that need the history, and most of them a database.
///
/// `cargo migrate` flattens this into its own list of commands, so that help and arguments are one.
#[derive(Subcommand, Clone, Debug)]
#[expect(
    missing_docs,
    reason = "a variant's doc comment would replace the help text, which is that of its arguments"
)]
pub enum Command {
    #[command(visible_alias = "upgrade", alias = "run")]
    Up(up::UpArgs),
    #[command(visible_alias = "downgrade", alias = "revert")]
    Down(down::DownArgs),
    Redo(redo::RedoArgs),
    Reset(reset::ResetArgs),
    Backup(backup::BackupArgs),
    Database(database::DatabaseArgs),
    #[command(alias = "pending")]
    Status(status::StatusArgs),
    Current(current::CurrentArgs),
    Check(check::CheckArgs),
    Test(test::TestArgs),
    Ping(ping::PingArgs),
    Log(log::LogArgs),
    Accept(accept::AcceptArgs),
    Resolve(resolve::ResolveArgs),
    Stamp(stamp::StampArgs),
    #[command(alias = "list")]
    History(history::HistoryArgs),
    Graph(graph::GraphArgs),
    Heads(heads::HeadsArgs),
    Branches(branches::BranchesArgs),
    Show(show::ShowArgs),
    Config(config::ConfigArgs),
    Schema(schema::SchemaArgs),
    Drift(drift::DriftArgs),
}

impl Command {
    /// Whether the command cannot be answered from the history alone.
    pub fn needs_database(&self) -> bool {
        match self {
            Command::Up(_) | Command::Down(_) | Command::Redo(_) | Command::Stamp(_) => true,
            Command::Reset(_) | Command::Backup(_) | Command::Database(_) => true,
            Command::Status(_) | Command::Current(_) | Command::Check(_) => true,
            Command::Ping(_) | Command::Log(_) | Command::Accept(_) => true,
            Command::Resolve(_) | Command::Schema(_) | Command::Drift(_) => true,
            Command::Test(_) => true,
            Command::History(args) => args.needs_database(),
            Command::Graph(args) => args.needs_database(),
            Command::Show(args) => args.needs_database(),
            Command::Heads(_) | Command::Branches(_) | Command::Config(_) => false,
        }
    }

    /// Whether it only reads the database, so that it is allowed on a history with several heads.
    pub fn only_looks(&self) -> bool {
        match self {
            Command::Status(_) | Command::Current(_) | Command::Log(_) | Command::Ping(_) => true,
            Command::Schema(_) | Command::Drift(_) => true,
            // no revision runs
            Command::Database(_) => true,
            Command::History(_) | Command::Graph(_) | Command::Show(_) => true,
            Command::Heads(_) | Command::Branches(_) | Command::Config(_) => true,
            Command::Up(_) | Command::Down(_) | Command::Redo(_) | Command::Stamp(_) => false,
            Command::Reset(_) | Command::Backup(_) | Command::Check(_) => false,
            Command::Accept(_) | Command::Resolve(_) | Command::Test(_) => false,
        }
    }

    /// Whether it reads the models of the project's source.
    pub fn needs_models(&self) -> bool {
        matches!(self, Command::Schema(args) if args.names_models())
    }

    /// Whether it is refused where no database is named.
    pub fn needs_url(&self) -> bool {
        match self {
            Command::Up(args) if args.script.sql => false,
            Command::Down(args) if args.script.sql => false,
            Command::Stamp(args) if args.script.sql => false,
            Command::Check(args) => args.database || args.drift,
            Command::Schema(_) | Command::Test(_) => false,
            other => other.needs_database(),
        }
    }

    /// Whether the answer is to be one JSON object.
    pub fn json(&self) -> bool {
        match self {
            Command::Up(args) => args.format.json,
            Command::Down(args) => args.format.json,
            Command::Redo(args) => args.format.json,
            Command::Reset(args) => args.format.json,
            Command::Backup(args) => args.format.json,
            Command::Database(args) => args.is_json(),
            Command::Status(args) => args.format.json,
            Command::Current(args) => args.format.json,
            Command::Check(args) => args.format.json,
            Command::Test(args) => args.format.json,
            Command::Ping(args) => args.format.json,
            Command::Log(args) => args.format.json,
            Command::Accept(args) => args.format.json,
            Command::Resolve(args) => args.format.json,
            Command::Stamp(args) => args.format.json,
            Command::History(args) => args.format.json,
            Command::Graph(args) => args.is_json(),
            Command::Heads(args) => args.format.json,
            Command::Branches(args) => args.format.json,
            Command::Show(args) => args.format.json,
            Command::Config(args) => args.format.json,
            Command::Schema(args) => args.is_json(),
            Command::Drift(args) => args.format.json,
        }
    }
}

/// Runs a command, and prints what it answers.
pub(super) fn run(command: &Command, context: &Context<'_>, ui: &mut Ui<'_>) -> Exit {
    match command {
        Command::Up(args) if args.script.sql => ui.finish(script::up(context, args)),
        Command::Down(args) if args.script.sql => ui.finish(script::down(context, args)),
        Command::Stamp(args) if args.script.sql => ui.finish(script::stamp(context, args)),
        Command::Up(args) if args.dry_run => {
            let answer = up::dry_run(context, args, &Progress::new(ui));
            finish(command, answer, ui)
        }
        Command::Down(args) if args.dry_run => {
            let answer = down::dry_run(context, args, &Progress::new(ui));
            finish(command, answer, ui)
        }
        Command::Up(args) => {
            let answer = up::up(context, args, &Progress::new(ui));
            finish_change(command, context, answer, ui)
        }
        Command::Down(args) => {
            let answer = down::down(context, args, &Progress::new(ui));
            finish_change(command, context, answer, ui)
        }
        Command::Redo(args) => {
            let answer = redo::redo(context, args, &Progress::new(ui));
            finish_change(command, context, answer, ui)
        }
        Command::Reset(args) => {
            let answer = reset::reset(context, args, &Progress::new(ui));
            finish_change(command, context, answer, ui)
        }
        Command::Stamp(args) => {
            let answer = stamp::stamp(context, args, &Progress::new(ui));
            finish(command, answer, ui)
        }
        Command::Resolve(args) => {
            let answer = resolve::resolve(context, args, &Progress::new(ui));
            finish(command, answer, ui)
        }
        Command::Accept(args) => {
            let answer = accept::accept(context, args, &Progress::new(ui));
            finish(command, answer, ui)
        }
        Command::Backup(args) => {
            let answer = backup::backup(context, args, &Progress::new(ui));
            ui.finish(answer)
        }
        Command::Database(args) => {
            let answer = database::database(context, args, &Progress::new(ui));
            ui.finish(answer)
        }
        Command::Status(_) => ui.finish(status::status(context)),
        Command::Current(args) => ui.finish(current::current(context, args)),
        Command::Check(args) => {
            let answer = check::check(context, args, ui);
            ui.finish(answer)
        }
        Command::Test(args) => {
            let answer = test::test(context, args, ui);
            ui.finish(answer)
        }
        Command::Ping(_) => ui.finish(ping::ping(context)),
        Command::Log(args) => ui.finish(log::log(context, args)),
        Command::History(args) => ui.finish(listed(command, context, |listing| {
            history::history(listing, args)
        })),
        Command::Graph(args) => ui.finish(listed(command, context, |listing| {
            graph::graph(listing, args, context.screen())
        })),
        Command::Heads(args) => ui.finish(listed(command, context, |listing| {
            Ok(heads::heads(listing, args))
        })),
        Command::Branches(args) => ui.finish(listed(command, context, |listing| {
            Ok(branches::branches(listing, args))
        })),
        Command::Show(args) => ui.finish(listed(command, context, |listing| {
            show::show(listing, args)
        })),
        Command::Schema(args) => schema::run(args, context, ui),
        Command::Drift(args) => {
            let answer = drift::drift(context, args, ui);
            ui.finish(answer)
        }
        Command::Config(_) => ui.finish(config::config(
            context.global,
            &context.configuration,
            context.surroundings,
        )),
    }
}

/// The same for a command that changes the schema: the files that `diesel.toml` names follow it.
fn finish_change<T: Answer>(
    command: &Command,
    context: &Context<'_>,
    answer: Result<T, CliError>,
    ui: &mut Ui<'_>,
) -> Exit {
    let changed = answer.is_ok();
    let exit = finish(command, answer, ui);
    if changed {
        schema::print::follow(context, ui);
    }
    exit
}

/// Prints the answer of a command that changes something.
fn finish<T: Answer>(command: &Command, answer: Result<T, CliError>, ui: &mut Ui<'_>) -> Exit {
    match answer {
        Ok(answer) => ui.finish(Ok(answer)),
        Err(failure) => refused(command, failure, ui),
    }
}

/// Prints why a command was not begun, in the shape of its answer if it changes something.
pub fn refused(command: &Command, failure: CliError, ui: &mut Ui<'_>) -> Exit {
    let failed = Some(failure.clone());
    match command {
        Command::Up(args) if args.script.sql => ui.failure(failure),
        Command::Down(args) if args.script.sql => ui.failure(failure),
        Command::Stamp(args) if args.script.sql => ui.failure(failure),
        Command::Up(args) if args.dry_run => {
            ui.finish(Ok(json::DryRun::failed(&args.targets, failure)))
        }
        Command::Down(args) if args.dry_run => {
            let targets = std::slice::from_ref(&args.target);
            ui.finish(Ok(json::DryRun::failed(targets, failure)))
        }
        Command::Up(args) => ui.finish(Ok(json::Run::failed(&args.targets, failure))),
        Command::Down(args) => {
            let targets = std::slice::from_ref(&args.target);
            ui.finish(Ok(json::Run::failed(targets, failure)))
        }
        Command::Redo(_) => ui.finish(Ok(json::Run::failed(&[], failure))),
        Command::Reset(_) => ui.finish(Ok(json::Reset::failed(failure))),
        Command::Stamp(args) => ui.finish(Ok(json::Stamp::failed(&args.targets, failure))),
        Command::Resolve(_) => ui.finish(Ok(json::Resolve {
            error: failed,
            ..json::Resolve::default()
        })),
        Command::Accept(_) => ui.finish(Ok(json::Accept {
            error: failed,
            ..json::Accept::default()
        })),
        _ => ui.failure(failure),
    }
}

/// Answers from the history, and from the database when the command needs it.
fn listed<T>(
    command: &Command,
    context: &Context<'_>,
    answer: impl FnOnce(&Listing<'_>) -> Result<T, CliError>,
) -> Result<T, CliError> {
    let migrator = context.migrator();
    let graph = migrator.graph()?;
    let facts = context.facts();
    let listing = Listing::new(graph, &facts);
    if !command.needs_database() {
        return answer(&listing);
    }
    let mut database = context.database(Access::Read)?;
    let status = migrator.status(&mut database.session);
    let status = status.map_err(|error| database.failure(error))?;
    answer(&listing.with_applied(&context::applied(graph, &status)))
}
