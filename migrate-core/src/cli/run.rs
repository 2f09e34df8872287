//! One run of the program: arguments in, a command, its answer out, an exit code. Takes everything it touches as arguments
//! ([`Invocation`]), so that a test needs no process; `main` fills them in from the process.

use std::borrow::Borrow;
use std::env;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser};

use super::args::GlobalArgs;
use super::commands::{self, Command};
use super::configuration::{CONFIGURATION, Surroundings};
use super::context::Context;
use super::exit::Exit;
use super::report::Report;
use crate::history::History;

/// The name of the commands when `cargo migrate` runs them.
const CARGO_MIGRATE: &str = "cargo migrate";

/// Everything a run takes from the process that it is in.
pub struct Invocation<'a> {
    /// What the user typed to get here: `cargo migrate`, or a program's own name. Help and advice use it.
    pub program: String,
    /// The arguments, without the program's name.
    pub arguments: Vec<OsString>,
    /// Directory and variables.
    pub surroundings: Surroundings<'a>,
    /// Where data goes.
    pub out: &'a mut dyn Write,
    /// Where talk and errors go.
    pub err: &'a mut dyn Write,
    /// Whether the process's own stderr is `err`, and a terminal, on which a bar can be drawn.
    pub terminal: bool,
}

/// Runs the command that the process's arguments ask for: the whole `main` of a program that migrates its database.
///
/// ```no_run
/// use migrate_core::history::History;
///
/// // declared by `migrate_core::migrations!()`
/// static HISTORY: History = History::new(&[]);
///
/// fn main() -> std::process::ExitCode {
///     migrate_core::cli::main(&HISTORY)
/// }
/// ```
pub fn main(history: impl Borrow<History>) -> ExitCode {
    let variable = |name: &str| env::var_os(name);
    let mut arguments = env::args_os();
    let started_as = arguments.next().unwrap_or_default();
    let invocation = Invocation {
        program: program(&started_as, variable(CONFIGURATION).is_some()),
        arguments: arguments.collect(),
        surroundings: Surroundings {
            directory: env::current_dir().unwrap_or_default(),
            variable: &variable,
        },
        out: &mut anstream::stdout(),
        err: &mut anstream::stderr(),
        terminal: io::stderr().is_terminal(),
    };
    run(history.borrow(), invocation).into()
}

/// Runs the command that the arguments ask for, and gives the exit code.
///
/// ```
/// use migrate_core::History;
/// use migrate_core::cli::{self, Exit, Invocation, Surroundings};
///
/// let (mut out, mut err) = (Vec::new(), Vec::new());
/// let invocation = Invocation {
///     program: "app".to_owned(),
///     arguments: vec!["check".into(), "--json".into()],
///     surroundings: Surroundings { directory: "/".into(), variable: &|_| None },
///     out: &mut out,
///     err: &mut err,
///     terminal: false,
/// };
/// assert_eq!(cli::run(&History::new(&[]), invocation), Exit::Done);
/// assert!(String::from_utf8_lossy(&out).contains("\"ok\": true"));
/// ```
pub fn run(history: &History, invocation: Invocation<'_>) -> Exit {
    let Invocation {
        program,
        arguments,
        surroundings,
        out,
        err,
        terminal,
    } = invocation;
    let mut report = Report::new(out, err);
    report.program = Some(&program)
        .filter(|program| *program != CARGO_MIGRATE)
        .map(String::as_str);
    report.json = arguments.iter().any(|argument| argument == "--json");
    let parsed = match parse(&program, arguments, &surroundings) {
        Ok(parsed) => parsed,
        Err(error) => return report.clap(&error),
    };
    report.quiet = parsed.global.quiet;
    report.terminal = terminal;
    report.json = parsed.command.json();
    match Context::new(history, &parsed.global, &surroundings) {
        Ok(context) => commands::run(&parsed.command, &context, &mut report),
        Err(failure) => report.failure(failure),
    }
}

/// Of what the commands are: the program has a version of its own.
const VERSION: &str = concat!("(migrate-core ", env!("CARGO_PKG_VERSION"), ")");

/// The command line of the runner.
#[derive(Parser)]
#[command(version = VERSION, about = "Migrate a database", long_about = None, subcommand_required = true, arg_required_else_help = true)]
pub(super) struct Parsed {
    #[command(flatten)]
    pub(super) global: GlobalArgs,
    #[command(subcommand)]
    pub(super) command: Command,
}

fn parse(
    program: &str,
    arguments: Vec<OsString>,
    surroundings: &Surroundings<'_>,
) -> Result<Parsed, clap::Error> {
    let mut command = Parsed::command().display_name(program).bin_name(program);
    let columns =
        (surroundings.variable)("COLUMNS").and_then(|columns| columns.to_str()?.parse().ok());
    if let Some(columns) = columns {
        command = command.term_width(columns);
    }
    let all = std::iter::once(OsString::from(program)).chain(arguments);
    command
        .clone()
        .try_get_matches_from(all)
        .and_then(|matches| Parsed::from_arg_matches(&matches))
        .map_err(|error| error.format(&mut command.clone()))
}

/// The name to go by: the file's, unless `cargo migrate` started it.
fn program(started_as: &OsString, by_cargo_migrate: bool) -> String {
    let stem = Path::new(started_as)
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned());
    match stem {
        Some(stem) if !by_cargo_migrate => stem,
        _ => CARGO_MIGRATE.to_owned(),
    }
}
