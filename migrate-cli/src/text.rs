//! The answers as text for people: each a pure function of the struct that is also the JSON.

use migrate_graph::{Advice, Help};
use std::time::Duration;

use super::error::CliError;
use super::exit::Exit;
use super::json::{
    Answer, Backup, Branches, Database, DatabaseChange, DryRun, Heads, History, Reset, Run, Show,
    Stamp,
};
use super::style::{self, paint, visible};
use super::words::{plural, standing, time};
use revision::{block, line, list, with_parents};

mod config;
mod log;
mod ping;
mod revision;
mod schema;
mod status;
pub(super) mod test;

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

/// What a help begins with.
fn heading() -> Help {
    Help::from(format!("{} ", paint(style::HELP, "help:")))
}

/// That a SQLite file does not exist.
fn missing(database: &Database) -> Help {
    Help::from(format!("`{}` is not there: `", database.database)) + Advice::UP + "` creates it"
}

impl Answer for Run {
    /// Empty: progress was printed during the run.
    fn text(&self) -> String {
        String::new()
    }

    fn exit(&self) -> Exit {
        self.error
            .as_ref()
            .map_or(Exit::Done, |failure| failure.exit)
    }

    fn failure(&mut self) -> Option<&mut CliError> {
        self.error.as_mut()
    }

    fn remark(&self) -> Option<Help> {
        self.remark.clone()
    }
}

impl Answer for Backup {
    fn text(&self) -> String {
        format!("{}\n", self.path)
    }
}

impl Answer for DatabaseChange {
    /// Empty: a message said it.
    fn text(&self) -> String {
        String::new()
    }
}

impl Answer for Reset {
    /// Empty: progress was printed during the run.
    fn text(&self) -> String {
        String::new()
    }

    fn exit(&self) -> Exit {
        self.error
            .as_ref()
            .map_or(Exit::Done, |failure| failure.exit)
    }

    fn failure(&mut self) -> Option<&mut CliError> {
        self.error.as_mut()
    }
}

impl Answer for Stamp {
    /// Empty: progress was printed during the run.
    fn text(&self) -> String {
        String::new()
    }

    fn exit(&self) -> Exit {
        self.error
            .as_ref()
            .map_or(Exit::Done, |failure| failure.exit)
    }

    fn failure(&mut self) -> Option<&mut CliError> {
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
                    true => "\n;", // a comment would swallow it
                    false => ";",
                };
                format!("{sql}{end}\n-- {}\n", milliseconds(statement.duration_ms))
            });
            let hidden = match step.connection {
                true => "-- statements sent through the connection itself are not shown\n",
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

    fn failure(&mut self) -> Option<&mut CliError> {
        self.error.as_mut()
    }
}

fn milliseconds(number: f64) -> String {
    time(Duration::from_secs_f64(number / 1e3))
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

/// What to do about unknown revisions, on a database that is otherwise at `current`.
pub(super) fn unknown_help(current: &[String]) -> Help {
    let purge = Advice::Stamp {
        revisions: current.to_vec(),
        purge: true,
    };
    Help::from(
        "check out the branch that has them; or, if the database no longer has their changes, delete their records: `",
    ) + purge
        + "`"
}
