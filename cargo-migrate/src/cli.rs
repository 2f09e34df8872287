//! The command line: the commands and global options, and how each command is dispatched. Commands
//! that need a database share their definitions with the runner and run there; the others run here.

use std::ffi::OsString;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use migrate_cli::help;
use migrate_cli::{self as core, CliError, Exit, GlobalArgs, Listing, Screen, Ui};
use migrate_graph::{MultipleHeads, Rules};

use crate::arguments::{self, BuildArgs, PlaceArgs};
use crate::commands::{
    adopt, autogenerate, bundle, check, close, completions, edit, import, init, merge, new,
};
use crate::diagnostics;
use crate::error::not_fetched;
use crate::examples::EXAMPLES;
use crate::models;
use crate::past;
use crate::project::Member;
use crate::runner::{self, CompileError, Runner, RunnerError};
use crate::selection::{self, Selection};
use crate::source;

/// Database migrations for diesel, checked by the compiler
#[derive(Parser, Debug)]
#[command(
    name = "cargo-migrate",
    bin_name = "cargo migrate",
    version,
    subcommand_required = true,
    arg_required_else_help = true
)]
struct Cli {
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    build: BuildArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Init(init::InitArgs),
    #[command(visible_alias = "revision", alias = "generate")]
    New(Box<new::NewArgs>),
    Merge(merge::MergeArgs),
    #[command(flatten)]
    Shared(core::Command),
    Import(import::ImportArgs),
    Edit(edit::EditArgs),
    Bundle(bundle::BundleArgs),
    Completions(completions::CompletionsArgs),
    #[command(hide = true)]
    Complete(completions::CompleteArgs),
}

/// Runs the command of the process's arguments, and returns the exit code.
pub(crate) fn run(all: Vec<OsString>) -> Exit {
    let typed = arguments::own(all);
    let (mut out, mut err) = (anstream::stdout(), anstream::stderr());
    let mut ui = Ui::new(&mut out, &mut err);
    ui.hide(&typed);
    ui.json = typed.iter().any(|argument| argument == "--json");
    let cli = match parse(&typed) {
        Ok(cli) => cli,
        Err(error) => return ui.clap(error),
    };
    ui.quiet = cli.global.quiet;
    ui.json = cli.command.json();
    match cli.dispatch(&typed, &mut ui) {
        Ok(exit) => exit,
        Err(failure) => match &cli.command {
            Command::Shared(command) => core::commands::refused(command, failure, &mut ui),
            _ => ui.failure(failure),
        },
    }
}

/// The command line with its help.
fn command() -> clap::Command {
    help::arranged(Cli::command(), "cargo migrate", &[EXAMPLES, help::SHARED])
}

fn parse(typed: &[OsString]) -> Result<Cli, clap::Error> {
    let name = OsString::from("cargo-migrate");
    let mut command = command();
    let matches = command.try_get_matches_from_mut([name].iter().chain(typed))?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

impl Command {
    fn json(&self) -> bool {
        match self {
            Command::New(args) => args.format.json,
            Command::Merge(args) => args.format.json,
            Command::Shared(command) => command.json(),
            Command::Bundle(args) => args.format.json,
            Command::Import(args) => args.json(),
            Command::Init(_) | Command::Edit(_) => false,
            Command::Completions(_) | Command::Complete(_) => false,
        }
    }
}

impl Cli {
    fn dispatch(&self, typed: &[OsString], ui: &mut Ui<'_>) -> Result<Exit, CliError> {
        let selection = || Selection::find(&self.place, &self.global);
        match &self.command {
            Command::Completions(args) => Ok(ui.data(completions::script(args))),
            Command::Complete(args) => Ok(ui.data(&completions::complete(args, command()))),
            Command::Init(args) => {
                let done = init::init(args, &selection()?)?;
                match args.from_database {
                    true => self.baseline(args, ui),
                    false => Ok(done.print(ui)),
                }
            }
            Command::New(args) if args.autogenerate => self.autogenerate(args, ui),
            Command::New(args) => {
                let written = new::new(args, &selection()?, ui)?;
                Ok(ui.finish(Ok(written)))
            }
            Command::Merge(args) => {
                let written = merge::merge(args, &selection()?, ui)?;
                Ok(ui.finish(Ok(written)))
            }
            Command::Import(args) => {
                let selection = selection()?;
                let ask = |arguments: &[OsString], ui: &mut Ui<'_>| {
                    let common = self.common(&selection);
                    let all: Vec<OsString> = arguments.iter().cloned().chain(common).collect();
                    self.ask_runner(&selection, &all, ui)
                };
                Ok(match import::import(args, &selection, &ask, ui)? {
                    Ok(imported) => ui.finish(Ok(imported)),
                    Err(exit) => exit,
                })
            }
            Command::Edit(args) => edit_revision(args, &selection()?, ui),
            Command::Bundle(args) => self.bundle(args, &selection()?, ui),
            Command::Shared(core::Command::Test(args)) => {
                let mut selection = selection()?;
                selection.participants()?;
                selection.protects = true;
                if let Some(since) = &args.since {
                    selection.past = past::pass_on(&selection, since, ui)?;
                }
                if args.needs_models() && models::are_there(&selection)? {
                    selection.models = Some(models::pass_on(&selection, ui)?);
                }
                self.run_runner(&selection, typed, false, ui)
            }
            Command::Shared(core::Command::Check(args)) => {
                let mut selection = selection()?;
                if args.fmt {
                    check::formatted(&selection)?;
                }
                let has_models = models::are_there(&selection)?;
                if !has_models && args.models {
                    return Err(models::none(&selection));
                }
                let mut unreadable = None;
                if has_models {
                    selection.models = Some(match models::pass_on(&selection, ui) {
                        Ok(passed) => passed,
                        Err(failure) if args.models => return Err(failure),
                        Err(mut failure) => {
                            if !ui.json {
                                failure.notes.clear(); // they were printed, with excerpts
                            }
                            let passed = models::pass_on_failure(&selection, &failure)?;
                            unreadable = Some(failure);
                            passed
                        }
                    });
                }
                match check::check(args, &selection, unreadable, ui)? {
                    Some(answer) => Ok(ui.finish(Ok(answer))),
                    None if args.database => {
                        selection.requires_database()?;
                        self.run_runner(&selection, typed, false, ui)
                    }
                    None => self.run_runner(&selection, typed, false, ui),
                }
            }
            Command::Shared(core::Command::Drift(args)) if args.write => {
                self.adopt_drift(&selection()?, typed, ui)
            }
            Command::Shared(core::Command::Schema(args)) if args.adopts() => {
                self.close(args.is_json(), typed, ui)
            }
            Command::Shared(core::Command::Config(_)) => {
                let configuration = selection()?.configuration_if_clear()?;
                let answer = selection::around(|surroundings| {
                    core::commands::config::config(&self.global, &configuration, surroundings)
                });
                Ok(ui.finish(answer))
            }
            Command::Shared(command) if command.needs_database() => {
                let mut selection = selection()?;
                selection.participants()?;
                if command.needs_models() {
                    selection.models = Some(models::pass_on(&selection, ui)?);
                }
                if command.needs_url() {
                    selection.requires_database()?;
                }
                self.run_runner(&selection, typed, command.only_looks(), ui)
            }
            Command::Shared(command) => read(command, &selection()?, ui),
        }
    }

    /// Builds the runner in release, for another machine.
    fn bundle(
        &self,
        args: &bundle::BundleArgs,
        selection: &Selection,
        ui: &mut Ui<'_>,
    ) -> Result<Exit, CliError> {
        source::history(selection, ui)?;
        let members = selection.participants()?;
        let name = selection.history()?.value;
        let runner = Runner::new(&selection.project, &members, &name, &self.build);
        let configuration = selection.bundled()?;
        let mut states = "[]".to_owned();
        // once without the schemas that the history leaves, which only the program itself knows
        let executable = loop {
            let built = runner.bundle(
                &configuration,
                &states,
                args.flags(),
                self.global.quiet,
                || {
                    ui.say("waiting for another `cargo migrate` that is building");
                },
            );
            let executable = match built {
                Ok(executable) => executable,
                Err(RunnerError::Compile(CompileError::Failed)) => {
                    return not_built(&runner, &members, ui);
                }
                Err(error) => return Err(error.into()),
            };
            if states != "[]" || args.is_for_another_platform() {
                break executable;
            }
            states = bundle::states(&executable, selection)?;
            if states == "[]" {
                break executable;
            }
        };
        Ok(ui.finish(bundle::place(args, selection, &members, &executable)))
    }

    /// Asks the runner a question whose answer becomes a revision; the exit code if it has none.
    fn ask_runner(
        &self,
        selection: &Selection,
        arguments: &[OsString],
        ui: &mut Ui<'_>,
    ) -> Result<Result<String, Exit>, CliError> {
        source::history(selection, ui)?;
        let members = selection.participants()?;
        let history = selection.history()?.value;
        let runner = Runner::new(&selection.project, &members, &history, &self.build);
        let built = runner.build(self.global.quiet, || {
            ui.say("waiting for another `cargo migrate` that is building");
        });
        let executable = match built {
            Ok(executable) => executable,
            Err(RunnerError::Compile(CompileError::Failed)) => match runner.last() {
                Some(executable) => {
                    ui.say(LAST);
                    executable
                }
                None => return not_built(&runner, &members, ui).map(Err),
            },
            Err(error) => return Err(error.into()),
        };
        let runner::Answered { code, out } =
            runner::ask(&executable, arguments, &[selection.variable()?], false)?;
        Ok(match Exit::of(code) {
            Exit::Done => Ok(out),
            Exit::No if !is_failure(&out) => Ok(out),
            exit => {
                if ui.json {
                    ui.data(&out);
                }
                Err(exit)
            }
        })
    }

    /// `drift --write`
    fn adopt_drift(
        &self,
        selection: &Selection,
        typed: &[OsString],
        ui: &mut Ui<'_>,
    ) -> Result<Exit, CliError> {
        selection.requires_database()?;
        let mut arguments = arguments::strip(typed, takes_value);
        if !ui.json {
            arguments.push("--json".into());
        }
        match self.ask_runner(selection, &arguments, ui)? {
            Err(exit) => Ok(exit),
            Ok(answer) => Ok(match adopt::drift(&answer, selection, ui)? {
                Some(written) => ui.finish(Ok(written)),
                None => Exit::Done,
            }),
        }
    }

    /// The options that every command of the runner takes.
    fn common(&self, selection: &Selection) -> Vec<OsString> {
        let mut common: Vec<OsString> = Vec::new();
        let mut option = |name: &str, value: &str| {
            common.extend([name.into(), OsString::from(value)]);
        };
        if let Some(url) = selection.typed_database() {
            option("--database-url", url);
        }
        if let Some(name) = &self.global.env {
            option("--env", name);
        }
        for (key, value) in &self.global.arguments {
            option("-x", &format!("{key}={value}"));
        }
        common
    }

    /// `schema adopt`
    fn close(&self, json: bool, typed: &[OsString], ui: &mut Ui<'_>) -> Result<Exit, CliError> {
        let mut selection = Selection::find(&self.place, &self.global)?;
        let sources = models::sources(&selection)?;
        if sources.is_empty() {
            return Err(models::none(&selection));
        }
        selection.models = Some(models::pass_on(&selection, ui)?);
        let mut arguments = arguments::strip(typed, takes_value);
        if !json {
            arguments.push("--json".into());
        }
        match self.ask_runner(&selection, &arguments, ui)? {
            Err(exit) => Ok(exit),
            Ok(answer) => {
                let rewritten = close::close(&answer, &selection, ui)?;
                Ok(ui.finish(Ok(rewritten)))
            }
        }
    }

    /// `new --autogenerate`
    fn autogenerate(&self, args: &new::NewArgs, ui: &mut Ui<'_>) -> Result<Exit, CliError> {
        let mut selection = Selection::find(&self.place, &self.global)?;
        selection.writable()?;
        let sources = models::sources(&selection)?;
        if !models::are_there(&selection)? && args.generate.to.is_none() {
            return Err(models::none(&selection));
        }
        models::refuse_two_directions(&selection, &sources)?;
        selection.models = Some(models::pass_on(&selection, ui)?);
        let mut arguments = autogenerate::arguments(&args.generate);
        arguments.extend(self.common(&selection));
        if ui.json {
            arguments.push("--json".into());
        }
        if self.global.quiet {
            arguments.push("--quiet".into());
        }
        match self.ask_runner(&selection, &arguments, ui)? {
            Err(exit) => Ok(exit),
            Ok(answer) => {
                let outcome = autogenerate::written(&answer, args, &selection, ui)?;
                Ok(ui.finish(Ok(outcome)))
            }
        }
    }

    /// `init --from-database`, in a package that is prepared
    fn baseline(&self, args: &init::InitArgs, ui: &mut Ui<'_>) -> Result<Exit, CliError> {
        let selection = Selection::find(&self.place, &self.global)?;
        selection.requires_database()?;
        let common = self.common(&selection);
        let with = |words: &[&str]| {
            let words = words.iter().map(OsString::from);
            words.chain(common.iter().cloned()).collect::<Vec<_>>()
        };
        let baseline = with(&["schema", "baseline", "--json"]);
        let written = match self.ask_runner(&selection, &baseline, ui)? {
            Err(exit) => return Ok(exit),
            Ok(answer) => adopt::baseline(&answer, args.sql, &selection, ui)?,
        };
        let exit = ui.finish(Ok(written));
        match args.stamp {
            true => self.run_runner(&selection, &with(&["stamp", "head"]), false, ui),
            false => {
                ui.say("record that the database has it: `cargo migrate stamp head`");
                Ok(exit)
            }
        }
    }

    /// Builds the runner if needed, and replaces this process by it. A command that only reads the
    /// database also runs with several heads, after a note that names them.
    fn run_runner(
        &self,
        selection: &Selection,
        typed: &[OsString],
        only_looks: bool,
        ui: &mut Ui<'_>,
    ) -> Result<Exit, CliError> {
        let members = selection.participants()?;
        let variables = [selection.variable()?];
        let passed_on = arguments::strip(typed, takes_value);
        let history = selection.history()?.value;
        let mut runner = Runner::new(&selection.project, &members, &history, &self.build);
        if let Some(executable) = runner.fresh() {
            // removed since the check: another process is building, so wait for it and build too
            let _ = runner::start(&executable, &passed_on, &variables);
        }
        match several_heads(&members, selection)?.filter(|_| only_looks) {
            None => drop(source::history(selection, ui)?),
            Some(heads) => {
                ui.say(&format!(
                    "note: the history has {} heads: {}; `cargo migrate merge heads` joins them",
                    heads.len(),
                    migrate_graph::text::list(&heads)
                ));
                runner = runner.with_several_heads();
                if let Some(executable) = runner.fresh() {
                    let _ = runner::start(&executable, &passed_on, &variables);
                }
            }
        }
        let built = runner.build(self.global.quiet, || {
            ui.say("waiting for another `cargo migrate` that is building");
        });
        match built {
            Ok(executable) => match runner::start(&executable, &passed_on, &variables)? {},
            Err(RunnerError::Compile(CompileError::Failed)) => {
                if let Some(executable) = runner.last() {
                    ui.say(LAST);
                    match runner::start(&executable, &passed_on, &variables)? {}
                }
                not_built(&runner, &members, ui)
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// That the runner of the last build is used.
const LAST: &str = "note: the project does not build. Its revisions are those of the last build, and use nothing else of it: that build runs";

/// The heads of a history that has several although its rules allow one, and that is valid
/// otherwise.
fn several_heads(
    members: &[&Member],
    selection: &Selection,
) -> Result<Option<Vec<String>>, CliError> {
    let project = &selection.project;
    if source::read(project, members, &source::rules(project, members)?)?.is_ok() {
        return Ok(None);
    }
    let rules = Rules {
        multiple_heads: MultipleHeads::Allow,
    };
    let history = source::read(project, members, &rules)?.ok();
    Ok(history.map(|history| {
        let graph = history.graph();
        graph
            .heads()
            .map(|head| graph.id(head).to_owned())
            .collect()
    }))
}

/// Whether a command answered with an error instead of with what it was asked.
fn is_failure(answer: &str) -> bool {
    let answer: Option<serde_json::Value> = serde_json::from_str(answer).ok();
    answer.is_none_or(|answer| {
        answer
            .get("error")
            .is_some_and(serde_json::Value::is_object)
    })
}

/// The project does not build. The compiler has reported why; this adds what it cannot know.
fn not_built(runner: &Runner<'_>, members: &[&Member], ui: &Ui<'_>) -> Result<Exit, CliError> {
    let lacks = |member: &&&Member| {
        let text = member
            .library
            .as_ref()
            .and_then(|path| std::fs::read_to_string(path).ok());
        text.is_some_and(|text| !text.contains("migrations!"))
    };
    let failure = CliError::usage("the project does not build");
    if let Some(dependency) = runner.missing_offline() {
        return Err(failure
            .note("the project's lock file does not have what `cargo migrate` builds in addition, so `cargo fetch` did not fetch it")
            .help(not_fetched(&dependency)));
    }
    match members.iter().find(lacks) {
        Some(member) => Err(failure
            .note(format!(
                "the library of `{}` does not declare its revisions",
                member.name
            ))
            .help(format!("cargo migrate init -p {}", member.name))),
        None if ui.json => Err(failure),
        None => Ok(Exit::Usage),
    }
}

/// The commands that the source files can answer.
fn read(command: &core::Command, selection: &Selection, ui: &mut Ui<'_>) -> Result<Exit, CliError> {
    let history = source::readable_history(selection, ui)?;
    let facts = |id: &str| history.facts(id);
    let listing = Listing::new(history.graph(), &facts);
    Ok(match command {
        core::Command::History(args) => ui.finish(core::commands::history::history(&listing, args)),
        core::Command::Graph(args) => {
            let screen = Screen::new(&|name| std::env::var_os(name));
            ui.finish(core::commands::graph::graph(&listing, args, screen))
        }
        core::Command::Show(args) => ui.finish(core::commands::show::show(&listing, args)),
        core::Command::Heads(args) => ui.finish(Ok(core::commands::heads::heads(&listing, args))),
        core::Command::Branches(args) => {
            ui.finish(Ok(core::commands::branches::branches(&listing, args)))
        }
        other => unreachable!("{other:?} needs a database"),
    })
}

/// Opens a revision, also of an invalid history, which needs to be edited.
fn edit_revision(
    args: &edit::EditArgs,
    selection: &Selection,
    ui: &mut Ui<'_>,
) -> Result<Exit, CliError> {
    let rules = Rules {
        multiple_heads: MultipleHeads::Allow,
    };
    match source::read(&selection.project, &selection.participants()?, &rules)? {
        Ok(history) => edit::edit(args, &history)?,
        Err(unsound) => {
            ui.show(&diagnostics::render(&unsound.diagnostics));
            edit::edit_unsound(args, &unsound)?;
        }
    }
    Ok(Exit::Done)
}

/// Whether a one-letter option of any command is followed by a value.
fn takes_value(letter: char) -> bool {
    fn any_takes(command: &clap::Command, letter: char) -> bool {
        let is_it = |option: &clap::Arg| {
            option.get_short() == Some(letter) && option.get_action().takes_values()
        };
        command.get_arguments().any(is_it)
            || command.get_subcommands().any(|one| any_takes(one, letter))
    }
    any_takes(&Cli::command(), letter)
}

#[cfg(test)]
mod tests;
