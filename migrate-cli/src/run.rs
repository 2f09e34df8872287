//! One run of the program: arguments in, a command, its answer out, an exit code. Takes everything
//! it touches as arguments ([`Invocation`]), so that a test needs no process; `main` fills them in
//! from the process.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::borrow::Borrow;
use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal, Write};
use std::panic::{self, PanicHookInfo};
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser};

use super::CARGO_MIGRATE;
use super::args::GlobalArgs;
use super::commands::{self, Command};
use super::configuration::{CONFIGURATION, STATES, Surroundings, keys};
use super::context::Context;
use super::exit::Exit;
use super::help;
use super::interrupt;
use super::redact::Mask;
use super::style::visible;
use super::ui::Ui;
use migrate_core::History;

/// Everything a run takes from the process that it is in.
pub struct Invocation<'a> {
    /// What the user typed to get here: `cargo migrate`, or a program's own name. Help and advice
    /// use it.
    pub program: String,
    /// The arguments, without the program's name.
    pub arguments: Vec<OsString>,
    /// Directory and variables.
    pub surroundings: Surroundings<'a>,
    /// Where data goes.
    pub out: &'a mut dyn Write,
    /// Where messages and errors go.
    pub err: &'a mut dyn Write,
    /// Where scripts go, if not to `out`, which may strip what looks like colours.
    pub scripts: Option<&'a mut dyn Write>,
    /// Whether the process's own stderr is `err`, and a terminal, on which a bar can be drawn.
    pub terminal: bool,
}

/// Runs the command that the process's arguments ask for: the whole `main` of a program that
/// migrates its database.
pub fn main(history: impl Borrow<History>) -> ExitCode {
    let by_cargo_migrate = env::var_os(CONFIGURATION).is_some();
    start(
        history.borrow(),
        &|name| env::var_os(name),
        by_cargo_migrate,
    )
}

/// The same for a program that is built here and used elsewhere (`cargo migrate bundle`): what the
/// packages' metadata says is compiled in, as the [`Configuration`](super::Configuration) that
/// `cargo migrate` writes, and what the variable of that name says does not count.
///
/// ```no_run
/// use migrate_core::History;
///
/// // declared by `migrate_core::migrations!()`
/// static HISTORY: History = History::new(&[]);
///
/// fn main() -> std::process::ExitCode {
///     migrate_cli::bundle(&HISTORY, r#"{ "multiple_heads": "allow" }"#)
/// }
/// ```
pub fn bundle(history: impl Borrow<History>, configuration: &str) -> ExitCode {
    bundle_with(history, configuration, "[]")
}

/// The same with the schemas that the history leaves, one for each kind of database: a JSON list of
/// what `schema dump --format json` prints. So `drift` needs no scratch database there.
pub fn bundle_with(history: impl Borrow<History>, configuration: &str, states: &str) -> ExitCode {
    let variable = |name: &str| match name {
        CONFIGURATION => Some(OsString::from(configuration)),
        STATES => Some(OsString::from(states)),
        name => env::var_os(name),
    };
    start(history.borrow(), &variable, false)
}

/// Runs the command that the arguments ask for, and gives the exit code.
///
/// ```
/// use migrate_core::History;
/// use migrate_cli::{Exit, Invocation, Surroundings};
///
/// let (mut out, mut err) = (Vec::new(), Vec::new());
/// let invocation = Invocation {
///     program: "app".to_owned(),
///     arguments: vec!["check".into(), "--json".into()],
///     surroundings: Surroundings { directory: "/".into(), variable: &|_| None },
///     out: &mut out,
///     err: &mut err,
///     scripts: None,
///     terminal: false,
/// };
/// assert_eq!(migrate_cli::run(&History::new(&[]), invocation), Exit::Done);
/// assert!(String::from_utf8_lossy(&out).contains("\"ok\": true"));
/// ```
pub fn run(history: &History, invocation: Invocation<'_>) -> Exit {
    let Invocation {
        program,
        arguments,
        surroundings,
        out,
        err,
        scripts,
        terminal,
    } = invocation;
    let mut ui = Ui::new(out, err);
    ui.scripts = scripts.map(|scripts| scripts as &mut dyn std::io::Write);
    ui.hide(&arguments);
    let urls = || keys::KEYS.iter().filter(|key| key.kind == keys::Kind::Url);
    for key in urls() {
        ui.hide(key.variable.and_then(surroundings.variable));
    }
    ui.program = Some(&program)
        .filter(|program| *program != CARGO_MIGRATE)
        .map(String::as_str);
    ui.json = arguments.iter().any(|argument| argument == "--json");
    let parsed = match parse(&program, arguments, &surroundings) {
        Ok(parsed) => parsed,
        Err(error) => return ui.clap(error),
    };
    ui.quiet = parsed.global.quiet;
    ui.terminal = terminal;
    ui.json = parsed.command.json();
    match Context::new(history, &parsed.global, &surroundings) {
        Ok(context) => {
            // from whatever variable, file or section
            for key in urls() {
                ui.hide(context.named(key));
            }
            let context = context.without_metadata(program != CARGO_MIGRATE);
            let opens = parsed.command.needs_url()
                || matches!(parsed.command, Command::Check(_) | Command::Schema(_));
            if let Some(note) = context.borrowed_database().filter(|_| opens) {
                ui.say(&format!("note: {note}"));
            }
            commands::run(&parsed.command, &context, &mut ui)
        }
        Err(failure) => commands::refused(&parsed.command, failure, &mut ui),
    }
}

/// Runs the command that the process's arguments ask for.
fn start(
    history: &History,
    variable: &dyn Fn(&str) -> Option<OsString>,
    by_cargo_migrate: bool,
) -> ExitCode {
    interrupt::own_process();
    let mut arguments = env::args_os();
    let secrets = secrets();
    panic::set_hook(Box::new(move |panic| report_panic(panic, &secrets)));
    let started_as = arguments.next().unwrap_or_default();
    let invocation = Invocation {
        program: program(&started_as, by_cargo_migrate),
        arguments: arguments.collect(),
        surroundings: Surroundings {
            directory: env::current_dir().unwrap_or_default(),
            variable,
        },
        out: &mut anstream::stdout(),
        err: &mut anstream::stderr(),
        // on a terminal, nothing is stripped anyway
        scripts: Some(&mut io::stdout()),
        terminal: io::stderr().is_terminal(),
    };
    run(history, invocation).into()
}

/// What may hold a password: arguments and variables, as a configuration can name any variable for
/// the database.
fn secrets() -> Mask {
    let mut mask = Mask::default();
    let variables = env::vars_os().map(|(_, value)| value);
    for text in env::args_os().chain(variables) {
        mask.know(&text.to_string_lossy());
    }
    mask
}

/// Prints a panic as the standard library does, but without passwords: the code of a revision may
/// contain any text.
fn report_panic(panic: &PanicHookInfo<'_>, secrets: &Mask) {
    let text = panic.to_string();
    let text = secrets.apply(&visible(&text));
    let backtrace = Backtrace::capture();
    let backtrace = match backtrace.status() {
        BacktraceStatus::Captured => format!("stack backtrace:\n{backtrace}"),
        _ => "note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n"
            .to_owned(),
    };
    // a closed stderr is no reason to panic again
    let _ = write!(io::stderr(), "\n{text}\n{backtrace}");
}

/// The version of the library; the program has its own.
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

/// Where a program that `cargo migrate` did not start takes its database from.
const DATABASE_HELP: &str = "Database to use: a URL, or the path of a SQLite file\n\nWithout it: the variable DATABASE_URL, then \
                             DATABASE_URL in a `.env` file here or in a folder above.";

fn parse(
    program: &str,
    arguments: Vec<OsString>,
    surroundings: &Surroundings<'_>,
) -> Result<Parsed, clap::Error> {
    let shown = name(program);
    let mut command = Parsed::command().display_name(shown).bin_name(shown);
    if program != CARGO_MIGRATE {
        command = command.mut_arg("database_url", |url| url.long_help(DATABASE_HELP));
    }
    let mut command = help::arranged(command, shown, &[help::SHARED]);
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

/// What was typed to start the program, so that its advice can be typed too: `./shop-migrate` from
/// its folder, `shop-migrate` where it is found by that name. `cargo migrate` goes by its own.
fn program(started_as: &OsStr, by_cargo_migrate: bool) -> String {
    let typed = started_as.to_string_lossy();
    let typed = typed
        .strip_suffix(env::consts::EXE_SUFFIX)
        .unwrap_or(&typed);
    match by_cargo_migrate || typed.is_empty() {
        true => CARGO_MIGRATE.to_owned(),
        false => typed.to_owned(),
    }
}

/// The name of the program for help and versions: without the folder that it was started from.
fn name(program: &str) -> &str {
    program
        .rsplit(std::path::is_separator)
        .next()
        .unwrap_or(program)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_goes_by_what_was_typed() {
        for (started_as, typed, shown) in [
            ("./shop-migrate", "./shop-migrate", "shop-migrate"),
            (
                "/opt/shop-migrate-1.2",
                "/opt/shop-migrate-1.2",
                "shop-migrate-1.2",
            ),
            ("shop-migrate", "shop-migrate", "shop-migrate"),
            ("", CARGO_MIGRATE, CARGO_MIGRATE),
        ] {
            let program = program(OsStr::new(started_as), false);
            assert_eq!((program.as_str(), name(&program)), (typed, shown));
        }
        assert_eq!(program(OsStr::new("/t/runner"), true), CARGO_MIGRATE);
    }
}
