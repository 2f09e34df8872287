//! How help looks: commands by what people want, general options apart and only where they mean
//! something, an example of each command. Knows the names of commands and runs none.

mod examples;
mod foreign;

use clap::Command;
use clap::builder::{Arg, ArgAction, StyledStr};
use std::fmt::Write;

pub use examples::{Example, SHARED};
pub use foreign::answered;

/// The heading of the options that most commands have.
pub const GENERAL: &str = "General options";

/// The commands by what people want, of `cargo migrate` and of the runner.
const GROUPS: [(&str, &[&str]); 4] = [
    (
        "Write revisions",
        &["init", "new", "merge", "edit", "import"],
    ),
    (
        "Run revisions",
        &[
            "up", "down", "redo", "stamp", "reset", "backup", "database", "bundle",
        ],
    ),
    (
        "Look",
        &[
            "status", "current", "log", "history", "graph", "show", "heads", "branches", "schema",
            "drift", "config",
        ],
    ),
    (
        "Test and repair",
        &["check", "test", "ping", "resolve", "accept", "completions"],
    ),
];

/// General options that `-h` leaves to `--help`.
const RARE: [&str; 3] = ["history", "manifest_path", "lock_timeout"];

/// Options for cargo, which `-h` leaves to `--help` as well.
const BUILDING: [&str; 6] = [
    "features",
    "all_features",
    "no_default_features",
    "profile",
    "locked",
    "offline",
];

/// Whether a general option means something to a command, which has the words of its path.
fn means(option: &str, path: &[&str]) -> bool {
    let [command, below @ ..] = path else {
        return true;
    };
    let is = |names: &[&str]| names.contains(command);
    match option {
        "help" => true,
        _ if is(&["completions", "help"]) => false,
        "database_url" if is(&["import"]) => below == ["alembic"],
        "database_url" => !is(&["merge", "edit", "heads", "branches", "bundle", "test"]),
        "lock_timeout" => is(&["up", "down", "redo", "reset", "stamp", "resolve", "accept"]),
        "arguments" => is(&[
            "up", "down", "redo", "reset", "check", "test", "drift", "schema", "new",
        ]),
        "env" => !is(&["merge", "edit", "heads", "branches"]),
        "quiet" => !is(&["edit"]),
        option if BUILDING.contains(&option) => !is(&["init", "edit", "import", "config"]),
        _ => true,
    }
}

/// A command line with its help arranged: for a program of this name, with these examples.
#[must_use]
pub fn arranged(command: Command, program: &str, examples: &[&[Example]]) -> Command {
    let version = Arg::new("version")
        .short('V')
        .long("version")
        .action(ArgAction::Version)
        .display_order(901)
        .help("Print the version");
    let command = command
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(version)
        .arg(
            Arg::new("help")
                .short('h')
                .long("help")
                .action(ArgAction::Help)
                .global(true)
                .help_heading(GENERAL)
                .display_order(900)
                .help("Print help (see more with '--help')")
                .long_help("Print help (see a summary with '-h')"),
        );
    let general: Vec<Arg> = command
        .get_arguments()
        .filter(|argument| argument.is_global_set())
        .cloned()
        .collect();
    let command = command.mut_subcommands(|below| {
        let name = below.get_name().to_owned();
        let all = Below {
            program,
            general: &general,
            examples,
        };
        all.arrange(below, &[&name])
    });
    let template = overview(&command);
    let mut after = StyledStr::new();
    if let Some(example) = example(examples, "") {
        let _ = write!(after, "{}\n\n", example.text(program));
    }
    let _ = write!(
        after,
        "See `{program} help COMMAND` for more about one command."
    );
    command
        .mut_args(|argument| match argument.get_id() == "help" {
            true => {
                argument.help("Print help; more with '--help', of one command with 'help COMMAND'")
            }
            false => argument.hide_short_help(true),
        })
        .after_long_help(after)
        .help_template(template)
}

/// The example of the command at a path; of the program itself, where that is empty.
fn example<'a>(examples: &[&'a [Example]], path: &str) -> Option<&'a Example> {
    let mut all = examples.iter().flat_map(|examples| *examples);
    all.find(|example| example.command == path)
}

/// What all commands of a program share.
struct Below<'a> {
    program: &'a str,
    general: &'a [Arg],
    examples: &'a [&'a [Example]],
}

impl Below<'_> {
    /// The command at this path, and those below it.
    fn arrange(&self, mut command: Command, path: &[&str]) -> Command {
        for option in self.general {
            let name = option.get_id().as_str();
            if command.get_arguments().any(|own| own.get_id() == name) {
                continue; // an option of its own with this name
            }
            let option = option.clone();
            command = command.arg(match means(name, path) {
                true => option.hide_short_help(RARE.contains(&name) || BUILDING.contains(&name)),
                false => option.hide(true),
            });
        }
        if let Some(example) = example(self.examples, &path.join(" ")) {
            command = command.after_help(example.text(self.program));
        }
        command.mut_subcommands(|below| {
            let name = below.get_name().to_owned();
            self.arrange(below, &[path, &[&name]].concat())
        })
    }
}

/// The help of the program: its commands in groups. Each line fits 80 columns, so that no line
/// depends on the width of the terminal.
fn overview(command: &Command) -> StyledStr {
    let styles = command.get_styles();
    let (header, literal) = (styles.get_header(), styles.get_literal());
    let mut text = StyledStr::new();
    let _ = writeln!(text, "{{about}}\n\n{{usage-heading}} {{usage}}\n");
    let width = command.get_subcommands().map(|one| one.get_name().len());
    let width = width.max().unwrap_or_default();
    for (title, names) in GROUPS {
        let known: Vec<&Command> = names
            .iter()
            .filter_map(|name| command.find_subcommand(name))
            .collect();
        if known.is_empty() {
            continue;
        }
        let _ = writeln!(text, "{header}{title}:{header:#}");
        for below in known {
            let (name, words) = (below.get_name(), words(below));
            let _ = writeln!(text, "  {literal}{name:<width$}{literal:#}  {words}");
        }
    }
    let _ = write!(
        text,
        "{header}{GENERAL}:{header:#}\n{{options}}{{after-help}}"
    );
    text
}

/// What a command does, with its other names.
fn words(command: &Command) -> String {
    let about = command.get_about().map(ToString::to_string);
    let mut words = about.unwrap_or_default();
    for alias in command.get_visible_aliases() {
        let _ = write!(words, " [alias: {alias}]");
    }
    words
}
