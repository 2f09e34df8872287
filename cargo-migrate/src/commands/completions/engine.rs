//! What can follow the words of a command line: commands, options, values. Pure; what only the
//! project knows is asked through a function.

use std::collections::HashMap;

use clap::{Arg, Command};

/// What can follow, with what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) word: String,
    pub(super) about: String,
}

/// Values that only the project knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Values {
    Revisions,
    Packages,
    Histories,
    Environments,
}

/// The values of options that were typed before, by the ids of the options.
pub(super) type Typed = HashMap<String, String>;

/// What can stand for the last word, which may be empty.
pub(super) fn complete(
    mut root: Command,
    words: &[String],
    known: &dyn Fn(Values, &Typed) -> Vec<Candidate>,
) -> Vec<Candidate> {
    // so that general options are in each command
    root.build();
    let Some((last, before)) = words.split_last() else {
        return Vec::new();
    };
    let mut line = Line {
        command: &root,
        expected: None,
        positional: 0,
        only_values: false,
        typed: Typed::new(),
    };
    for word in before {
        line.read(word);
    }
    let values = |argument: &Arg, begun: &str, path: &str| {
        let mut all = values_of(argument, line.command, &line.typed, known);
        all.retain(|one| one.word.starts_with(begun));
        all.iter_mut().for_each(|one| one.word.insert_str(0, path));
        all
    };
    if let Some(argument) = line.expected {
        // bash makes a word of `=`
        return values(argument, last.strip_prefix('=').unwrap_or(last), "");
    }
    if let Some((option, begun)) = last.split_once('=').filter(|_| last.starts_with("--")) {
        let argument = line.option(option);
        return argument.map_or_else(Vec::new, |argument| {
            values(argument, begun, &format!("{option}="))
        });
    }
    let mut found = Vec::new();
    if last.starts_with('-') && !line.only_values {
        found.extend(line.options());
    } else {
        if line.positional == 0 && !line.only_values {
            found.extend(commands(line.command, last));
        }
        let positionals: Vec<&Arg> = line.command.get_positionals().collect();
        let argument = positionals.get(line.positional).or(positionals
            .last()
            .filter(|argument| argument.get_num_args().is_some_and(|n| n.max_values() > 1)));
        if let Some(argument) = argument {
            found.extend(values_of(argument, line.command, &line.typed, known));
        }
    }
    found.retain(|one| one.word.starts_with(last.as_str()));
    found
}

/// The words before the cursor, as far as they were read.
struct Line<'a> {
    command: &'a Command,
    /// The option whose value comes next.
    expected: Option<&'a Arg>,
    /// How many values without an option there are.
    positional: usize,
    /// After `--`.
    only_values: bool,
    typed: Typed,
}

impl<'a> Line<'a> {
    fn read(&mut self, word: &str) {
        if let Some(argument) = self.expected {
            if word != "=" {
                self.expected = None;
                self.typed
                    .insert(argument.get_id().to_string(), word.to_owned());
            }
        } else if word == "--" && !self.only_values {
            self.only_values = true;
        } else if self.only_values || !word.starts_with('-') || word == "-" {
            let below = self.command.find_subcommand(word);
            match below.filter(|_| self.positional == 0 && !self.only_values) {
                Some(below) => self.command = below,
                None => self.positional += 1,
            }
        } else if word.starts_with("--") {
            let (name, value) = match word.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (word, None),
            };
            match (self.option(name), value) {
                (Some(argument), Some(value)) => {
                    let name = argument.get_id().to_string();
                    self.typed.insert(name, value.to_owned());
                }
                (Some(argument), None) if takes_value(argument) => self.expected = Some(argument),
                _ => {}
            }
        } else if !self.letters(&word[1..]) {
            self.positional += 1; // a target such as `-1`
        }
    }

    /// Reads options of one letter, such as `-qp`; `false` if they are none.
    fn letters(&mut self, letters: &str) -> bool {
        for (at, letter) in letters.char_indices() {
            let mut all = self.command.get_arguments();
            let Some(argument) = all.find(|argument| argument.get_short() == Some(letter)) else {
                return false;
            };
            let value = &letters[at + letter.len_utf8()..];
            match takes_value(argument) {
                true if value.is_empty() => self.expected = Some(argument),
                true => {
                    let name = argument.get_id().to_string();
                    self.typed.insert(name, value.to_owned());
                }
                false => continue,
            }
            return true;
        }
        true
    }

    fn option(&self, name: &str) -> Option<&'a Arg> {
        let name = name.strip_prefix("--")?;
        let mut all = self.command.get_arguments();
        all.find(|argument| {
            argument.get_long() == Some(name)
                || argument
                    .get_all_aliases()
                    .unwrap_or_default()
                    .contains(&name)
        })
    }

    /// The options that are shown in the help, by their long names where they have one.
    fn options(&self) -> Vec<Candidate> {
        let shown = self.command.get_arguments().filter(|argument| {
            !argument.is_hide_set() && !self.typed.contains_key(argument.get_id().as_str())
        });
        shown
            .filter_map(|argument| {
                let word = match (argument.get_long(), argument.get_short()) {
                    (Some(long), _) => format!("--{long}"),
                    (None, Some(short)) => format!("-{short}"),
                    (None, None) => return None,
                };
                Some(Candidate {
                    word,
                    about: argument
                        .get_help()
                        .map(ToString::to_string)
                        .unwrap_or_default(),
                })
            })
            .collect()
    }
}

/// Whether the next word is the value: not if it must be behind a `=`.
fn takes_value(argument: &Arg) -> bool {
    argument.get_action().takes_values() && !argument.is_require_equals_set()
}

/// The commands below one. Other names of a command are shown once they are begun.
fn commands(command: &Command, begun: &str) -> Vec<Candidate> {
    let below = command.get_subcommands().filter(|one| !one.is_hide_set());
    below
        .filter_map(|one| {
            let mut names = std::iter::once(one.get_name()).chain(one.get_visible_aliases());
            let word = names.find(|name| name.starts_with(begun))?;
            Some(Candidate {
                word: word.to_owned(),
                about: one.get_about().map(ToString::to_string).unwrap_or_default(),
            })
        })
        .collect()
}

/// All values of an argument that are known.
fn values_of(
    argument: &Arg,
    command: &Command,
    typed: &Typed,
    known: &dyn Fn(Values, &Typed) -> Vec<Candidate>,
) -> Vec<Candidate> {
    let possible = argument.get_possible_values();
    if !possible.is_empty() {
        let shown = possible.iter().filter(|value| !value.is_hide_set());
        return shown
            .map(|value| Candidate {
                word: value.get_name().to_owned(),
                about: value
                    .get_help()
                    .map(ToString::to_string)
                    .unwrap_or_default(),
            })
            .collect();
    }
    let fixed = |words: &[(&str, &str)]| -> Vec<Candidate> {
        words
            .iter()
            .map(|(word, about)| Candidate {
                word: (*word).to_owned(),
                about: (*about).to_owned(),
            })
            .collect()
    };
    let name = argument.get_value_names().and_then(|names| names.first());
    let name = name.map_or("", |name| name.as_str());
    match (argument.get_id().as_str(), name) {
        ("package", _) => known(Values::Packages, typed),
        ("history", _) => known(Values::Histories, typed),
        ("env", _) => known(Values::Environments, typed),
        (_, "TARGET") => {
            let mut found = match command.get_name() {
                "down" => fixed(&[("-1", "the last revision"), ("base", "all of them")]),
                "up" => fixed(&[("head", "all that is pending"), ("+1", "the next revision")]),
                _ => fixed(&[("head", "all revisions"), ("base", "none")]),
            };
            found.extend(known(Values::Revisions, typed));
            found
        }
        (_, name) if name.contains("REVISION") => known(Values::Revisions, typed),
        _ if ["state", "from", "to"].contains(&argument.get_id().as_str()) => fixed(&[
            ("database", "what the database has"),
            ("history", "what the revisions create"),
            ("models", "what the source declares"),
            ("empty", "nothing"),
        ]),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use clap::{Parser, Subcommand};

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[arg(short, long, global = true)]
        package: Option<String>,
        #[arg(short, long, global = true)]
        quiet: bool,
        #[command(subcommand)]
        command: Sub,
    }

    #[derive(Subcommand)]
    enum Sub {
        #[command(visible_alias = "downgrade")]
        Down {
            #[arg(value_name = "TARGET", allow_negative_numbers = true)]
            target: Option<String>,
            #[arg(long, value_parser = ["sqlite", "mysql"])]
            dialect: Option<String>,
            #[arg(long, num_args = 0..=1, require_equals = true)]
            backup: Option<String>,
            #[arg(long, hide = true)]
            secret: bool,
        },
        Show {
            #[arg(value_name = "REVISION")]
            targets: Vec<String>,
        },
        #[command(hide = true)]
        Complete,
    }

    fn completed(line: &str) -> String {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let known = |values: Values, typed: &Typed| -> Vec<Candidate> {
            let words: &[&str] = match (values, typed.get("package").map(String::as_str)) {
                (Values::Packages, _) => &["app", "books"],
                (Values::Revisions, Some("app")) => &["a1", "a2"],
                (Values::Revisions, _) => &["b1"],
                _ => &[],
            };
            let plain = |word: &&str| Candidate {
                word: (*word).to_owned(),
                about: String::new(),
            };
            words.iter().map(plain).collect()
        };
        let found = complete(<Cli as clap::CommandFactory>::command(), &words, &known);
        let words: Vec<String> = found.into_iter().map(|one| one.word).collect();
        words.join(" ")
    }

    #[test]
    fn what_can_follow() {
        for (line, expected) in [
            ("", "down show help"),
            ("s", "show"),
            ("downg", "downgrade"),
            ("nothing", ""),
            ("down --", "--dialect --backup --package --quiet --help"),
            ("down --dialect ", "sqlite mysql"),
            ("down --dialect my", "mysql"),
            ("down --dialect=s", "--dialect=sqlite"),
            ("down --dialect =", "sqlite mysql"),
            ("down --dialect = s", "sqlite"),
            ("down --dialect sqlite --d", ""),
            ("down ", "-1 base b1"),
            ("down -p app ", "-1 base a1 a2"),
            ("-p app down ", "-1 base a1 a2"),
            ("-qpapp down a", "a1 a2"),
            ("down --package=app a", "a1 a2"),
            ("down --backup ", "-1 base b1"),
            ("down -p ", "app books"),
            ("down a1 ", ""),
            ("down -1 ", ""),
            ("show a b", "b1"),
            ("show -- ", "b1"),
            ("downgrade b", "base b1"),
        ] {
            assert_eq!(completed(line), expected, "{line:?}");
        }
    }
}
