//! The rows of the journal grouped by run: who did what, and how it ended. A pure function of the
//! rows.

use super::entry::{Entry, Event};

/// The rows of one run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Run {
    /// Its id: the same text in all its rows.
    pub id: String,
    /// When its first row was written, in UTC.
    pub at: String,
    /// When its last one was.
    pub until: String,
    /// Who: `user@host, process 42 (program)`.
    pub actor: String,
    /// The version of this crate that wrote it.
    pub tool: String,
    /// The state of the database before: the applied revisions that no applied one continues,
    /// separated by `, `.
    pub from: String,
    /// Its rows, in the order in which they were written.
    pub entries: Vec<Entry>,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It did everything that it was asked for.
    Done,
    /// It failed.
    Failed,
    /// It has recorded no end: it was interrupted or is still running.
    Open,
}

impl Outcome {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Done => "done",
            Outcome::Failed => "failed",
            Outcome::Open => "open",
        }
    }
}

impl Run {
    /// The runs that wrote these rows, in their order.
    ///
    /// ```
    /// assert!(migrate_core::journal::Run::all(Vec::new()).is_empty());
    /// ```
    #[must_use]
    pub fn all(entries: Vec<Entry>) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        for entry in entries {
            match runs.last_mut().filter(|run| run.id == entry.run) {
                Some(run) => run.add(entry),
                None => runs.push(Run::beginning_with(entry)),
            }
        }
        runs
    }

    fn beginning_with(entry: Entry) -> Run {
        Run {
            id: entry.run.clone(),
            at: entry.at.clone(),
            until: entry.at.clone(),
            actor: entry.actor.clone(),
            tool: entry.tool.clone(),
            from: entry.from.clone(),
            entries: vec![entry],
        }
    }

    fn add(&mut self, entry: Entry) {
        self.until.clone_from(&entry.at);
        self.entries.push(entry);
    }

    /// How it ended.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self.entries.last().map(|entry| entry.event) {
            Some(Event::Failed) => Outcome::Failed,
            Some(event) if event.is_about_a_revision() => Outcome::Done,
            _ => Outcome::Open,
        }
    }

    /// The rows about revisions as a whole.
    pub fn about_revisions(&self) -> impl Iterator<Item = &Entry> {
        let entries = self.entries.iter();
        entries.filter(|entry| entry.event.is_about_a_revision())
    }
}

#[cfg(test)]
mod tests {
    use migrate_graph::Direction;

    use super::*;

    fn entry(run: &str, at: &str, revision: &str, event: Event) -> Entry {
        Entry {
            id: 0,
            run: run.to_owned(),
            at: at.to_owned(),
            actor: "ada".to_owned(),
            tool: "1".to_owned(),
            revision: revision.to_owned(),
            direction: Direction::Up,
            event,
            step: None,
            statement: None,
            hash: None,
            operation: None,
            query: None,
            micros: None,
            checksum: None,
            from: "before".to_owned(),
            detail: None,
        }
    }

    #[test]
    fn rows_become_runs() {
        let runs = Run::all(vec![
            entry("1", "1:00", "a", Event::Applied),
            entry("1", "1:01", "b", Event::Applied),
            entry("2", "2:00", "c", Event::Intent),
            entry("3", "3:00", "c", Event::Done),
            entry("3", "3:01", "c", Event::Failed),
            entry("4", "4:00", "c", Event::Stamped),
            entry("5", "5:00", "a", Event::Accepted),
        ]);
        let told: Vec<_> = runs
            .iter()
            .map(|run| (run.at.as_str(), run.until.as_str(), run.outcome().name()))
            .collect();
        assert_eq!(
            told,
            [
                ("1:00", "1:01", "done"),
                ("2:00", "2:00", "open"),
                ("3:00", "3:01", "failed"),
                ("4:00", "4:00", "done"),
                ("5:00", "5:00", "done"),
            ]
        );
        assert_eq!(runs[2].about_revisions().count(), 1);
    }
}
