//! The answer of `log` as text, and a run in one line.

use migrate_graph::Help;
use std::time::Duration;

use super::{heading, missing, paint, plural, style, visible};
use crate::error::CliError;
use crate::exit::Exit;
use crate::json::{Accept, Answer, Log, LogEntry, LogRun, Resolve};
use crate::words::time;

/// The widest line.
const WIDTH: usize = 100;

/// The column of times.
const TIME: usize = 9;

impl Answer for Log {
    fn text(&self) -> String {
        let runs = self.runs.iter().enumerate();
        // the newest is on top; an older run has ended, even if it recorded no end
        let runs: Vec<String> = runs
            .map(|(place, run)| run.text(self.verbose, place == 0))
            .collect();
        runs.join("\n")
    }

    fn remark(&self) -> Option<Help> {
        let name = &self.database.database;
        match (self.journal, self.runs.is_empty()) {
            _ if !self.database.exists => Some(missing(&self.database)),
            ("absent", _) => {
                Some(format!("`{name}` has no journal yet: it begins with the next run").into())
            }
            (_, true) => Some(format!("the journal of `{name}` has no such entry").into()),
            _ if self.older > 0 => Some(format!("and {} before", plural(self.older, "run")).into()),
            _ => None,
        }
    }
}

impl Answer for Accept {
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

impl Answer for Resolve {
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
        let help = self.after.as_ref()?.help.as_ref()?;
        Some(heading() + help.clone())
    }
}

impl LogRun {
    fn text(&self, verbose: bool, newest: bool) -> String {
        let who = fit(&self.actor, WIDTH - 21);
        let mut text = format!("{} {who}\n", paint(style::ID, clock(&self.at)));
        text += &format!("  {}\n", self.way());
        for entry in self
            .entries
            .iter()
            .filter(|entry| verbose || entry.is_whole())
        {
            text += &entry.text();
        }
        if self.outcome == "open" {
            if let Some(last) = self.entries.last() {
                text += &last.text_as("open", &format!("{}{}", last.named(), last.way()), None);
                for line in last
                    .at_operation()
                    .iter()
                    .flat_map(|at| wrapped(at, WIDTH - 12))
                {
                    text += &format!("{:12}{line}\n", "");
                }
            }
            let end = match newest {
                true => "interrupted or still running",
                false => "interrupted",
            };
            text += &format!("{:12}it recorded no end: {end}\n", "");
        }
        text
    }

    /// From which revisions to which.
    fn way(&self) -> String {
        let place = |ids: &[String]| match ids {
            [] => "<base>".to_owned(),
            ids => visible(&ids.join(", ")).into_owned(),
        };
        let took = match self.duration_ms {
            none if none <= 0.0 => String::new(),
            millis => format!(", in {}", time(Duration::from_secs_f64(millis / 1e3))),
        };
        match self.from == self.to {
            true => format!("at {}{took}", place(&self.from)),
            false => format!("{} -> {}{took}", place(&self.from), place(&self.to)),
        }
    }

    /// A summary of the run: `applied 2 revisions`.
    pub(super) fn summary(&self) -> String {
        let mut done: Vec<(&str, usize)> = Vec::new();
        for entry in self.entries.iter().filter(|entry| entry.is_whole()) {
            match done.last_mut().filter(|(event, _)| *event == entry.event) {
                Some((_, count)) => *count += 1,
                None => done.push((entry.event, 1)),
            }
        }
        if self.outcome == "open" {
            done.push(("open", 1));
        }
        let words = done.into_iter().map(|(event, count)| match event {
            "failed" => "failed".to_owned(),
            "open" => "recorded no end".to_owned(),
            event => format!("{event} {}", plural(count, "revision")),
        });
        words.collect::<Vec<_>>().join(", ")
    }
}

impl LogEntry {
    /// Whether it is about the revision as a whole.
    fn is_whole(&self) -> bool {
        let whole = [
            "applied", "reverted", "stamped", "failed", "resolved", "accepted",
        ];
        whole.contains(&self.event)
    }

    fn text(&self) -> String {
        let took = self
            .duration_ms
            .map(|millis| time(Duration::from_secs_f64(millis / 1e3)));
        let took = took.unwrap_or_default();
        let what = match (&self.operation, self.step) {
            (Some(operation), Some(step)) if self.event != "failed" => {
                format!("operation {}: {operation}", step + 1)
            }
            _ => self.named(),
        };
        let down = match (self.event, self.direction) {
            ("stamped", "down") => " (record removed)",
            ("failed", _) => self.way(),
            _ => "",
        };
        let mut text = self.text_as(self.event, &format!("{what}{down}"), Some(&took));
        let failed_at = self.at_operation().filter(|_| self.event == "failed");
        for line in failed_at.iter().flat_map(|at| wrapped(at, WIDTH - 12)) {
            text += &format!("{:12}{line}\n", "");
        }
        for line in visible(self.detail.as_deref().unwrap_or_default()).lines() {
            for part in wrapped(line, WIDTH - 12) {
                text += &format!("{:12}{part}\n", "");
            }
        }
        text
    }
}

impl LogEntry {
    /// The revision, with its message.
    fn named(&self) -> String {
        match self.message.is_empty() {
            true => self.revision.clone(),
            false => format!("{}, {}", self.revision, self.message),
        }
    }

    fn way(&self) -> &'static str {
        match self.direction {
            "down" => " (downgrade)",
            _ => "",
        }
    }

    /// At which operation.
    fn at_operation(&self) -> Option<String> {
        let operation = visible(self.operation.as_deref()?);
        Some(match self.step {
            Some(step) => format!("at operation {}: {operation}", step + 1),
            None => format!("at: {operation}"),
        })
    }

    fn text_as(&self, event: &str, what: &str, took: Option<&str>) -> String {
        let room = WIDTH - 12 - TIME - 1;
        let (what, took) = (fit(what, room), took.unwrap_or_default());
        let line = format!("  {event:9} {what:room$} {took:>TIME$}");
        format!("{}\n", line.trim_end())
    }
}

/// A time of the journal, to the second.
pub(super) fn clock(at: &str) -> String {
    let second = at.get(..19).unwrap_or(at);
    second.replace('T', " ")
}

/// The text, cut where it does not fit.
fn fit(text: &str, width: usize) -> String {
    let text = &*visible(text);
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    kept + "…"
}

/// The text in lines of at most this width, broken at spaces; a longer word gets its own line.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit() {
        assert_eq!(fit("abcd", 4), "abcd");
        assert_eq!(fit("abcde", 4), "abc…");
        assert_eq!(wrapped("a bb ccc dddd", 5), ["a bb", "ccc", "dddd"]);
        assert_eq!(wrapped("", 5), [""; 0]);
        assert_eq!(clock("2026-11-21T09:30:00.123456Z"), "2026-11-21 09:30:00");
        assert_eq!(clock("later"), "later");
    }
}
