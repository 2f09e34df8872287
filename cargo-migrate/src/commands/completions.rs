//! `completions`: a script that completes commands in a shell; and `complete`, which the script
//! asks at each key. Builds nothing and reads no database.

mod engine;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Command, ValueEnum};
use migrate_cli::GlobalArgs;
use migrate_graph::{MultipleHeads, Rules};

use crate::arguments::PlaceArgs;
use crate::selection::Selection;
use crate::source;
use engine::{Candidate, Values};

/// Print a script that completes `cargo migrate` in a shell
///
/// Commands, options, their values and the ids of revisions are completed, from what the project's
/// files say: nothing is built, and no database is opened.
#[derive(Args, Clone, Debug)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// The shells that have a script.
#[expect(clippy::enum_variant_names, reason = "the name of a shell")]
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Shell {
    Bash,
    Elvish,
    Fish,
    #[value(name = "powershell", alias = "pwsh")]
    PowerShell,
    Zsh,
}

/// Print what can follow the words
#[derive(Args, Clone, Debug)]
pub(crate) struct CompleteArgs {
    /// Another word begins behind them: for shells that cannot pass an empty word.
    #[arg(long)]
    next: bool,

    /// The words after `cargo migrate`, up to the cursor.
    #[arg(last = true)]
    words: Vec<OsString>,
}

/// Returns the script.
pub(crate) fn script(args: &CompletionsArgs) -> &'static str {
    match args.shell {
        Shell::Bash => include_str!("completions/cargo-migrate.bash"),
        Shell::Elvish => include_str!("completions/cargo-migrate.elv"),
        Shell::Fish => include_str!("completions/cargo-migrate.fish"),
        Shell::PowerShell => include_str!("completions/cargo-migrate.ps1"),
        Shell::Zsh => include_str!("completions/_cargo-migrate"),
    }
}

/// Returns what can follow: a line for each word, which has its description behind a tab.
pub(crate) fn complete(args: &CompleteArgs, command: Command) -> String {
    let words = args.words.iter();
    let mut words: Vec<String> = words
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    if args.next || words.is_empty() {
        words.push(String::new());
    }
    let found = engine::complete(command, &words, &|values, place| known(values, place));
    let lines = found
        .iter()
        .map(|Candidate { word, about }| match about.as_str() {
            "" => format!("{word}\n"),
            about => format!("{word}\t{about}\n"),
        });
    lines.collect()
}

/// What the project has, as far as its files say; none where they cannot be read.
fn known(values: Values, typed: &engine::Typed) -> Vec<Candidate> {
    let place = PlaceArgs {
        package: typed.get("package").cloned(),
        history: typed.get("history").cloned(),
        manifest_path: typed.get("manifest_path").map(PathBuf::from),
    };
    let plain = |word: &str| Candidate {
        word: word.to_owned(),
        about: String::new(),
    };
    let look = || -> Option<Vec<Candidate>> {
        let selection = Selection::find(&place, &GlobalArgs::default()).ok()?;
        let project = &selection.project;
        Some(match values {
            Values::Packages => {
                let members = project.participants().ok()?;
                members.iter().map(|member| plain(&member.name)).collect()
            }
            Values::Histories => {
                let members = project.participants().ok()?;
                let names = members.iter().map(|member| project.history_of(member).ok());
                let mut names: Vec<String> = names.flatten().collect();
                names.sort_unstable();
                names.dedup();
                names.iter().map(|name| plain(name)).collect()
            }
            Values::Environments => {
                let settings = project.settings().ok()?;
                let mut names: Vec<&str> = settings.environments().map(|(name, _)| name).collect();
                names.sort_unstable();
                names.dedup();
                names.into_iter().map(plain).collect()
            }
            Values::Revisions => {
                // also of a history with several heads
                let rules = Rules {
                    multiple_heads: MultipleHeads::Allow,
                };
                let members = selection.participants().ok()?;
                let history = source::read(project, &members, &rules).ok()?.ok()?;
                let graph = history.graph();
                let mut ids: Vec<Candidate> = graph
                    .nodes()
                    .map(|node| {
                        let id = graph.id(node);
                        let doc = history.facts(id).doc;
                        Candidate {
                            word: id.to_owned(),
                            about: doc.lines().next().unwrap_or_default().to_owned(),
                        }
                    })
                    .collect();
                ids.reverse(); // the newest first
                ids
            }
        })
    };
    look().unwrap_or_default()
}
