//! The answers as text for people: each a pure function of the struct that is also the JSON.

use std::collections::HashMap;
use std::time::Duration;

use super::exit::Exit;
use super::failure::Failure;
use super::json::{
    Answer, Backup, Branches, Check, Current, Database, DryRun, Heads, History, Reset, Run, Script,
    Show, Stamp, Status, StatusRevision,
};
use super::mask::visible;
use super::progress::{standing, time};
use super::style::{self, paint};
use revision::{block, line, list, with_parents};

mod config;
mod ping;
mod revision;

impl Answer for History {
    fn text(&self) -> String {
        list(&self.revisions, self.verbose, with_parents)
    }
}

impl Answer for Heads {
    fn text(&self) -> String {
        list(&self.heads, self.verbose, line)
    }
}

impl Answer for Show {
    fn text(&self) -> String {
        list(&self.revisions, true, line)
    }
}

impl Answer for Branches {
    fn text(&self) -> String {
        let form = if self.verbose { block } else { line };
        let branches = self.branches.iter().map(|branch| {
            let children = branch
                .continued_by
                .iter()
                .map(|child| format!("    -> {}", line(child)));
            let between = if self.verbose { "\n" } else { "" };
            form(&branch.revision) + between + &children.collect::<String>()
        });
        branches
            .collect::<Vec<_>>()
            .join(if self.verbose { "\n" } else { "" })
    }
}

impl Answer for Current {
    fn text(&self) -> String {
        let unknown = self
            .unknown
            .iter()
            .map(|id| format!("{} {}\n", paint(style::ID, id), flag("unknown")));
        list(&self.revisions, self.verbose, line) + &unknown.collect::<String>()
    }

    fn exit(&self) -> Exit {
        if self.check_heads && !self.at_heads {
            Exit::No
        } else {
            Exit::Done
        }
    }

    fn remark(&self) -> Option<String> {
        match (
            self.check_heads && !self.at_heads,
            self.current.is_empty() && self.unknown.is_empty(),
        ) {
            (true, _) => Some(format!(
                "the database is not at {}",
                quoted_heads(&self.heads)
            )),
            (false, true) if !self.database.exists => Some(missing(&self.database)),
            (false, true) => Some(standing(&self.current, self.at_heads)),
            (false, false) => None,
        }
    }
}

impl Answer for Status {
    fn text(&self) -> String {
        let applied = self
            .revisions
            .iter()
            .filter(|revision| revision.applied)
            .count();
        let known = self
            .revisions
            .iter()
            .map(|revision| (revision.id.as_str(), revision))
            .collect();
        let fact = |key, value: String| field(8, key, &value);

        let server = match &self.server_version {
            Some(version) => format!("{} {}", self.database.backend, visible(version)),
            None => self.database.backend.clone(),
        };
        let mut text = fact("database", format!("{} ({server})", self.database.database));
        text += &fact("current", ids_or(&self.current, "<base>"));
        text += &fact(
            if self.heads.len() == 1 {
                "head"
            } else {
                "heads"
            },
            ids_or(&self.heads, "none"),
        );
        text += &fact(
            "applied",
            format!("{applied} of {}", plural(self.revisions.len(), "revision")),
        );
        text += &fact("pending", self.pending.len().to_string());
        text += &section(&self.pending, &known);
        if !self.gaps.is_empty() {
            text += &fact(
                "gaps",
                "pending, although a revision that rests on them is applied".to_owned(),
            );
            text += &section(&self.gaps, &known);
        }
        if !self.unknown.is_empty() {
            text += &fact("unknown", "applied, but not in this history".to_owned());
            text += &section(&self.unknown, &known);
        }
        text
    }
    fn remark(&self) -> Option<String> {
        (!self.database.exists).then(|| missing(&self.database))
    }
}

/// That a SQLite file is not there.
fn missing(database: &Database) -> String {
    format!(
        "`{}` is not there: `cargo migrate up` creates it",
        database.database
    )
}

impl Answer for Check {
    fn text(&self) -> String {
        let problems = self.problems.iter().map(|problem| {
            let help = problem
                .help
                .as_ref()
                .map(|help| format!("    help: {help}\n"));
            format!("problem: {}\n{}", problem.message, help.unwrap_or_default())
        });
        let sets = [
            ("pending", &self.pending),
            ("unknown", &self.unknown),
            ("gap", &self.gaps),
        ];
        let ids = sets
            .iter()
            .flat_map(|(what, ids)| ids.iter().map(move |id| (what, id)));
        let ids = ids.map(|(what, id)| format!("{what}: {}\n", paint(style::ID, id)));
        problems.chain(ids).collect::<String>() + &self.verdict()
    }

    /// What to type when the database is not up to date.
    fn remark(&self) -> Option<String> {
        let help = if !self.unknown.is_empty() {
            unknown_help(&self.current)
        } else if !self.pending.is_empty() {
            format!(
                "apply what is pending: `cargo migrate up{}`",
                if self.heads.len() > 1 { " heads" } else { "" }
            )
        } else {
            return None;
        };
        Some(format!("{} {help}", paint(style::HELP, "help:")))
    }

    fn exit(&self) -> Exit {
        if self.ok { Exit::Done } else { Exit::No }
    }
}

impl Check {
    /// The last line: the answer, and what was looked at.
    fn verdict(&self) -> String {
        let answer = if self.ok { "ok" } else { "not ok" };
        let revisions = plural(self.revisions, "revision");
        let noun = if self.heads.len() == 1 {
            "head"
        } else {
            "heads"
        };
        let heads = ids_or(&self.heads, "none");
        let database = match &self.database {
            Some(database) => format!(
                "database `{database}` at {}",
                ids_or(&self.current, "<base>")
            ),
            None if self.ok => "no database was given, so none was checked".to_owned(),
            None => "no database was checked".to_owned(),
        };
        format!("{answer}: {revisions}, {noun} {heads}; {database}\n")
    }
}

impl Answer for Run {
    /// Nothing: what was done was said while it was done.
    fn text(&self) -> String {
        String::new()
    }

    fn exit(&self) -> Exit {
        self.error
            .as_ref()
            .map_or(Exit::Done, |failure| failure.exit)
    }

    fn failure(&mut self) -> Option<&mut Failure> {
        self.error.as_mut()
    }
}

impl Answer for Backup {
    fn text(&self) -> String {
        format!("{}\n", self.path)
    }
}

impl Answer for Reset {
    /// Nothing: what was done was said while it was done.
    fn text(&self) -> String {
        String::new()
    }

    fn exit(&self) -> Exit {
        self.error
            .as_ref()
            .map_or(Exit::Done, |failure| failure.exit)
    }

    fn failure(&mut self) -> Option<&mut Failure> {
        self.error.as_mut()
    }
}

impl Answer for Stamp {
    /// Nothing: what was done was said while it was done.
    fn text(&self) -> String {
        String::new()
    }

    fn exit(&self) -> Exit {
        self.error
            .as_ref()
            .map_or(Exit::Done, |failure| failure.exit)
    }

    fn failure(&mut self) -> Option<&mut Failure> {
        self.error.as_mut()
    }
}

impl Answer for DryRun {
    fn text(&self) -> String {
        let of = self.steps.len();
        let steps = self.steps.iter().enumerate().map(|(index, step)| {
            let comma = if step.message.is_empty() { "" } else { ", " };
            let (number, direction) = (index + 1, step.direction);
            let id = paint(style::ID, &step.revision);
            let statements = step.statements.iter().map(|statement| {
                let sql = statement.sql.trim().trim_end_matches(';');
                let end = match sql.lines().last().is_some_and(|line| line.contains("--")) {
                    true => "\n;", // a comment would take it in
                    false => ";",
                };
                format!("{sql}{end}\n-- {}\n", milliseconds(statement.duration_ms))
            });
            let hidden = match step.connection {
                true => "-- what it sent over the connection by itself is not shown\n",
                false => "",
            };
            format!(
                "-- [{number}/{of}] {direction} {id}{comma}{}\n{}{hidden}",
                step.message,
                statements.collect::<String>()
            )
        });
        steps.collect::<Vec<_>>().join("\n")
    }

    fn exit(&self) -> Exit {
        self.error
            .as_ref()
            .map_or(Exit::Done, |failure| failure.exit)
    }

    fn failure(&mut self) -> Option<&mut Failure> {
        self.error.as_mut()
    }
}

fn milliseconds(number: f64) -> String {
    time(Duration::from_secs_f64(number / 1e3))
}

impl Answer for Script {
    fn text(&self) -> String {
        self.script.clone()
    }

    fn remark(&self) -> Option<String> {
        let notes = self
            .warnings
            .iter()
            .map(|warning| format!("note: {warning}"));
        let notes = notes.collect::<Vec<_>>().join("\n");
        (!notes.is_empty()).then_some(notes)
    }
}

/// `key: value`, with the values under each other when the keys are at most `width` long.
fn field(width: usize, key: &str, value: &str) -> String {
    let gap = " ".repeat(width.saturating_sub(key.len()));
    format!(
        "{}{gap} {value}\n",
        paint(style::KEY, format_args!("{key}:"))
    )
}

fn flag(name: &str) -> String {
    paint(style::FLAG, format_args!("({name})"))
}

/// The ids in a row, or `none` when there are none.
fn ids_or(ids: &[String], none: &str) -> String {
    if ids.is_empty() {
        return none.to_owned();
    }
    ids.iter()
        .map(|id| paint(style::ID, id))
        .collect::<Vec<_>>()
        .join(", ")
}

/// `head x` or `heads x, y`, in quotes.
fn quoted_heads(heads: &[String]) -> String {
    let noun = if heads.len() == 1 { "head" } else { "heads" };
    let heads = heads
        .iter()
        .map(|id| format!("`{id}`"))
        .collect::<Vec<_>>()
        .join(", ");
    format!("{noun} {heads}")
}

/// What to do about revisions that the history does not know, on a database that is else at `current`.
pub(super) fn unknown_help(current: &[String]) -> String {
    let known = if current.is_empty() {
        "base".to_owned()
    } else {
        current.join(" ")
    };
    format!(
        "check out the branch that has them; or, if their changes are not in the database any more, \
         forget them: `cargo migrate stamp --purge {known}`"
    )
}

/// A line for each id, with its message.
fn section(ids: &[String], known: &HashMap<&str, &StatusRevision>) -> String {
    let message = |id: &String| match known
        .get(id.as_str())
        .map(|revision| revision.message.as_str())
    {
        None | Some("") => String::new(),
        Some(message) => format!(", {message}"),
    };
    ids.iter()
        .map(|id| format!("  {}{}\n", paint(style::ID, id), message(id)))
        .collect()
}

/// `1 revision`, `2 revisions`.
pub(super) fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
