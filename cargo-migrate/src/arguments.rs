//! The typed arguments: without the one that cargo adds, and for the runner without those that only
//! `cargo migrate` knows; the options that choose a package, and those for cargo. Pure.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::Args;
use migrate_cli::help::GENERAL;

/// The package and history of a command.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = GENERAL)]
pub(crate) struct PlaceArgs {
    /// Package to use
    ///
    /// `new` writes its revisions there, and its settings apply.
    #[arg(short, long, global = true, value_name = "NAME")]
    pub(crate) package: Option<String>,

    /// History to use, where the workspace has several: its name, or `default`
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) history: Option<String>,

    /// Path to the Cargo.toml of the package or workspace, instead of the nearest one
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) manifest_path: Option<PathBuf>,
}

/// How cargo builds the program that runs the revisions: options of the same names and meanings as
/// cargo's.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = GENERAL)]
pub(crate) struct BuildArgs {
    /// Features to activate when building the revisions; `PACKAGE/FEATURE` for one package
    #[arg(long, global = true, value_name = "FEATURES", value_delimiter = ',')]
    pub(crate) features: Vec<String>,

    /// Activate all features
    #[arg(long, global = true)]
    pub(crate) all_features: bool,

    /// Do not activate default features
    #[arg(long, global = true)]
    pub(crate) no_default_features: bool,

    /// Build with this Cargo profile
    #[arg(long, global = true, value_name = "PROFILE")]
    pub(crate) profile: Option<String>,

    /// Require Cargo.lock to be up to date, and to have every package that is built
    #[arg(long, global = true)]
    pub(crate) locked: bool,

    /// Do not access the network
    #[arg(long, global = true)]
    pub(crate) offline: bool,
}

impl BuildArgs {
    /// The options that change what is built.
    pub(crate) fn what(&self) -> (&[String], bool, bool, Option<&str>) {
        (
            &self.features,
            self.all_features,
            self.no_default_features,
            self.profile.as_deref(),
        )
    }

    /// The names of the features.
    pub(crate) fn feature_names(&self) -> impl Iterator<Item = &str> {
        let lists = self.features.iter();
        lists.flat_map(|names| names.split_whitespace())
    }
}

/// The arguments after the program's name, and after the `migrate` that cargo adds for
/// `cargo migrate …`.
pub(crate) fn own(all: Vec<OsString>) -> Vec<OsString> {
    let mut own = all.into_iter().skip(1).peekable();
    own.next_if(|first| first == "migrate");
    own.collect()
}

/// Options that are ours and take a value.
const LONG: [&str; 5] = [
    "--package",
    "--manifest-path",
    "--history",
    "--features",
    "--profile",
];
/// Options that are ours and take none.
const FLAGS: [&str; 5] = [
    "--fmt",
    "--all-features",
    "--no-default-features",
    "--locked",
    "--offline",
];
const SHORT: char = 'p';

/// Takes the options of `cargo migrate` itself out of arguments that clap has accepted.
/// `takes_value` says which one-letter options of the command are followed by a value, in
/// which the letter `p` is not an option.
pub(crate) fn strip(arguments: &[OsString], takes_value: impl Fn(char) -> bool) -> Vec<OsString> {
    let mut kept = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        if argument == "--" {
            kept.push(argument.clone());
            kept.extend(rest.cloned());
            break;
        }
        match look_at(argument, &takes_value) {
            Look::NotOurs => kept.push(argument.clone()),
            Look::TakesNext(next) => {
                kept.push(argument.clone());
                kept.extend(rest.by_ref().take(usize::from(next)).cloned());
            }
            Look::Ours { before, next } => {
                kept.extend(before);
                rest.by_ref().take(usize::from(next)).for_each(drop);
            }
        }
    }
    kept
}

/// The kind of one argument.
enum Look {
    NotOurs,
    /// Another option, which may take the next argument as its value.
    TakesNext(bool),
    /// One of ours, after other letters in the same argument; `next` when its value is the next
    /// argument.
    Ours {
        before: Option<OsString>,
        next: bool,
    },
}

fn look_at(argument: &OsStr, takes_value: &impl Fn(char) -> bool) -> Look {
    let text = argument.to_string_lossy();
    if text.starts_with("--") {
        let name = text.split('=').next().unwrap_or_default();
        let flag = FLAGS.contains(&name);
        return match flag || LONG.contains(&name) {
            true => Look::Ours {
                before: None,
                next: !flag && !text.contains('='),
            },
            false => Look::NotOurs,
        };
    }
    let Some(letters) = text.strip_prefix('-') else {
        return Look::NotOurs;
    };
    for (at, letter) in letters.char_indices() {
        let value = &letters[at + letter.len_utf8()..];
        if letter == SHORT {
            let before = (at > 0).then(|| format!("-{}", &letters[..at]).into());
            return Look::Ours {
                before,
                next: value.is_empty(),
            };
        }
        if takes_value(letter) {
            return Look::TakesNext(value.is_empty());
        }
    }
    Look::NotOurs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_puts_the_name_of_the_subcommand_first() {
        for (all, expected) in [
            (&["cargo-migrate", "migrate", "up"][..], &["up"][..]),
            (&["cargo-migrate", "up"], &["up"]),
            (
                &["cargo-migrate", "migrate", "new", "migrate"],
                &["new", "migrate"],
            ),
            (&["cargo-migrate"], &[]),
            (&[], &[]),
        ] {
            assert_eq!(own(all.iter().map(OsString::from).collect()), expected);
        }
    }

    #[test]
    fn only_our_options_are_taken_out() {
        for (typed, expected) in [
            ("up", "up"),
            ("-p app up", "up"),
            ("up -papp --json", "up --json"),
            ("up -p=app", "up"),
            (
                "up --package app --package=b --manifest-path a/Cargo.toml --manifest-path=b",
                "up",
            ),
            ("up -qp app head", "up -q head"),
            ("up -qpapp head", "up -q head"),
            ("--history reports up --history=x", "up"),
            ("down -1 -p app", "down -1"),
            ("down -- -p app", "down -- -p app"),
            ("history -rp:q -i", "history -rp:q -i"),
            ("history -r -p -i", "history -r -p -i"),
            ("history -r a:p -p app", "history -r a:p"),
            (
                "up --database-url sqlite://p",
                "up --database-url sqlite://p",
            ),
            ("up --packages", "up --packages"),
            (
                "up --locked --features a,b --offline --profile=release --json",
                "up --json",
            ),
            ("--no-default-features --all-features up", "up"),
            ("up -", "up -"),
        ] {
            let typed: Vec<OsString> = typed.split(' ').map(OsString::from).collect();
            let kept = strip(&typed, |letter| letter == 'r');
            let kept: Vec<_> = kept
                .iter()
                .map(|argument| argument.to_str().unwrap())
                .collect();
            assert_eq!(kept.join(" "), expected, "{typed:?}");
        }
    }
}
