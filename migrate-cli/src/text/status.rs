//! The answers of `status`, `current` and `check` as text.

use migrate_graph::{Advice, Help};
use std::collections::HashMap;

use super::log::clock;
use super::revision::{line, list};
use super::{
    field, flag, heading, ids_or, missing, paint, plural, quoted_heads, standing, style,
    unknown_help, visible,
};
use crate::exit::Exit;
use crate::json::{
    Answer, Check, ChecksumMismatch, Current, PartialRevision, Problem, Status, StatusRevision,
};
use migrate_core::error::Error;

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
        if let Some(table) = &self.version_table {
            text += &fact("table", visible(table).into_owned());
        }
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
        text += &fact(
            "pending",
            match self.pending.len() {
                0 => "0".to_owned(),
                count => paint(style::PENDING, count),
            },
        );
        text += &section(&self.pending, &known);
        let sets = [
            (
                "gaps",
                "pending, although a later revision is applied",
                self.gaps.clone(),
            ),
            (
                "unknown",
                "applied, but not in this history",
                self.unknown.clone(),
            ),
            (
                "edited",
                "changed since they were applied",
                ids(&self.edited),
            ),
        ];
        for (key, what, ids) in sets.into_iter().filter(|(.., ids)| !ids.is_empty()) {
            text += &fact(key, what.to_owned());
            text += &section(&ids, &known);
        }
        if let Some(partial) = &self.partial {
            text += &partial.text();
        }
        let partial = self.partial.as_ref();
        // the section of the partially applied revision names its run
        if let Some(run) = self.at_work.as_ref().filter(|_| partial.is_none()) {
            text += &fact("running", visible(run).into_owned());
        }
        if let Some(run) = &self.last_run {
            let (at, what) = (clock(&run.at), run.summary());
            text += &fact(
                "last run",
                format!("{at} UTC, {what}, by {}", visible(&run.actor)),
            );
        }
        text
    }

    fn remark(&self) -> Option<Help> {
        if !self.database.exists {
            return Some(missing(&self.database));
        }
        if let Some(why) = &self.journal_error {
            return Some(closed(why));
        }
        if let Some(lost) = lost(&self.lost_at) {
            return Some(lost);
        }
        if let Some(text) = self.partial.as_ref().and_then(|it| it.help.clone()) {
            return Some(heading() + text);
        }
        if let Some(help) = self.recorded_elsewhere.clone() {
            return Some(heading() + help);
        }
        (!self.edited.is_empty()).then(|| heading() + edited_help(&self.edited))
    }
}

/// That the version table is missing, and what to do.
fn lost(at: &[String]) -> Option<Help> {
    let heads = (!at.is_empty()).then(|| at.to_vec())?;
    let error = Error::VersionTableLost { heads };
    let note = format!("{} {error}\n", paint(style::NOTE, "note:"));
    Some(Help::from(note) + heading() + error.help()?)
}

/// That the journal cannot be read.
fn closed(why: &str) -> Help {
    format!(
        "{} the journal cannot be read, so partially applied and edited revisions are unknown: {}",
        paint(style::NOTE, "note:"),
        visible(why)
    )
    .into()
}

/// What to do about edited revisions.
fn edited_help(edited: &[ChecksumMismatch]) -> Help {
    let files = if edited.len() == 1 {
        "the file has"
    } else {
        "files have"
    };
    let revisions = ids(edited);
    Help::from(format!(
        "{files} changed since it was applied; if that is intended, `"
    )) + Advice::Accept { revisions }
        + "`"
}

fn ids(edited: &[ChecksumMismatch]) -> Vec<String> {
    edited
        .iter()
        .map(|edited| edited.revision.clone())
        .collect()
}

impl PartialRevision {
    pub(crate) fn text(&self) -> String {
        let message = match self.message.as_str() {
            "" => String::new(),
            message => format!(", {message}"),
        };
        let mut text = field(
            7,
            "partial",
            &format!(
                "the {}grade of {}{message}",
                self.direction,
                paint(style::ID, &self.revision)
            ),
        );
        let mut say = |what: &str, value: &str| text += &format!("  {what:6} {}\n", visible(value));
        say(
            "since",
            &format!("{} UTC, by {}", clock(&self.since), self.actor),
        );
        if let Some(last) = self.finished.last() {
            let count = plural(self.finished.len(), "operation");
            say("done", &format!("{count}, the last: {last}"));
        }
        if let Some(open) = &self.open {
            say(
                "open",
                &format!("operation {}: {}", open.step + 1, open.operation),
            );
            let back = if open.back { " during the revert" } else { "" };
            say(
                "",
                &match open.kind {
                    _ if self.at_work.is_some() => format!("begun{back}, still running"),
                    "statement" => format!("sent{back}, outcome unknown"),
                    "between" => format!("interrupted between two of its statements{back}"),
                    "batches" => format!(
                        "rows were changed up to the key {}",
                        open.key.as_deref().unwrap_or("?")
                    ),
                    "batch" => format!(
                        "the batch up to the key {} was begun, and may be partially committed",
                        open.key.as_deref().unwrap_or("?")
                    ),
                    _ => format!("partially committed{back}"),
                },
            );
        }
        if let Some(found) = self
            .open
            .as_ref()
            .and_then(|open| open.found_text.as_deref())
        {
            say("found", found);
        }
        if let Some(holder) = &self.at_work {
            say("now", &format!("a run is active: {holder}"));
        }
        if let Some(failed) = &self.failed {
            say("failed", failed.lines().next().unwrap_or_default());
            if let Some(operation) = &self.failed_at {
                say("", &format!("at: {operation}"));
            }
        }
        text
    }
}

impl Answer for Current {
    fn text(&self) -> String {
        let flagged = |ids: &[String], name: &str| -> String {
            ids.iter()
                .map(|id| format!("{} {}\n", paint(style::ID, id), flag(name)))
                .collect()
        };
        list(&self.revisions, self.verbose, line)
            + &flagged(&self.gaps, "gap: pending below an applied revision")
            + &flagged(&self.unknown, "unknown")
    }

    fn exit(&self) -> Exit {
        if self.check_heads && !self.at_heads {
            Exit::No
        } else {
            Exit::Done
        }
    }

    fn remark(&self) -> Option<Help> {
        match (
            self.check_heads && !self.at_heads,
            self.current.is_empty() && self.unknown.is_empty(),
        ) {
            (true, _) if self.current == self.heads && !self.gaps.is_empty() => Some(
                format!(
                    "the database is at {}, but earlier revisions are pending",
                    quoted_heads(&self.heads)
                )
                .into(),
            ),
            (true, _) => {
                Some(format!("the database is not at {}", quoted_heads(&self.heads)).into())
            }
            (false, true) if !self.database.exists => Some(missing(&self.database)),
            (false, true) => Some(standing(&self.current, self.at_heads).into()),
            (false, false) => None,
        }
    }
}

impl Answer for Check {
    fn text(&self) -> String {
        let shown = |kind: &'static str| {
            move |problem: &Problem| {
                let help = problem.help.as_ref();
                let help = help.map(|help| format!("    help: {help}\n"));
                format!("{kind}: {}\n{}", problem.message, help.unwrap_or_default())
            }
        };
        let problems = self.problems.iter().map(shown("problem"));
        let problems = problems.chain(self.warnings.iter().map(shown("warning")));
        let partial = self.partial.iter().map(|partial| partial.revision.clone());
        let sets = [
            ("pending", self.pending.clone()),
            ("unknown", self.unknown.clone()),
            ("gap", self.gaps.clone()),
            ("edited", ids(&self.edited)),
            ("partial", partial.collect()),
        ];
        let ids = sets
            .iter()
            .flat_map(|(what, ids)| ids.iter().map(move |id| (what, id)));
        let ids = ids.map(|(what, id)| {
            let what = paint(style::PENDING, format_args!("{what}:"));
            format!("{what} {}\n", paint(style::ID, id))
        });
        problems.chain(ids).collect::<String>() + &self.difference_lines() + &self.verdict()
    }

    /// The help when the database is not up to date.
    fn remark(&self) -> Option<Help> {
        if let Some(lost) = lost(&self.lost_at) {
            return Some(lost);
        }
        let help = if let Some(partial) = &self.partial {
            partial.help.clone()?
        } else if !self.unknown.is_empty() {
            unknown_help(&self.current)
        } else if !self.edited.is_empty() {
            edited_help(&self.edited)
        } else if let Some(help) = self.recorded_elsewhere.clone() {
            help
        } else if !self.pending.is_empty() {
            let up = match self.heads.len() > 1 {
                true => Advice::up_to("heads"),
                false => Advice::UP,
            };
            Help::from("apply what is pending: `") + up + "`"
        } else {
            return self.journal_error.as_deref().map(closed);
        };
        Some(heading() + help)
    }

    fn exit(&self) -> Exit {
        if self.ok { Exit::Done } else { Exit::No }
    }
}

impl Check {
    /// The last line: the answer, and what was checked.
    fn verdict(&self) -> String {
        let answer = match self.ok {
            true => paint(style::DONE, "ok:"),
            false => paint(style::ERROR, "not ok:"),
        };
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
        format!("{answer} {revisions}, {noun} {heads}; {database}\n")
    }
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
