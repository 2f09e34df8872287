//! One row of the journal, as data. It knows no SQL.

use migrate_graph::Direction;

/// A row of the journal. Rows are added and never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// Its number; later rows have higher ones, with gaps.
    pub id: i64,
    /// The run that wrote it: the same text for all rows of one run, and of no other.
    pub run: String,
    /// When, in UTC, by the clock of the program: `2026-11-21T09:30:00.123456Z`.
    pub at: String,
    /// Who: `user@host, process 42 (program)`.
    pub actor: String,
    /// The version of this crate that wrote it.
    pub tool: String,
    /// The revision that it is about.
    pub revision: String,
    /// Which way that was going.
    pub direction: Direction,
    /// What happened.
    pub event: Event,
    /// Which operation of the revision, from 0; nothing when it is about the revision as a whole.
    pub step: Option<u32>,
    /// Which statement of the operation, from 0; nothing when it is about the operation as a whole.
    pub statement: Option<u32>,
    /// What the operation was, as a number in hexadecimal digits: another one when the operation is another one.
    pub hash: Option<String>,
    /// The operation, in one line.
    pub operation: Option<String>,
    /// The statement, where it may have to be looked for after a crash.
    pub query: Option<String>,
    /// How long it took, in microseconds.
    pub micros: Option<u64>,
    /// The checksum of the revision, in hexadecimal digits.
    pub checksum: Option<String>,
    /// Where the database stood before: the applied revisions that no applied one continued, with `, ` between.
    pub from: String,
    /// More about it: a server's message, what was decided, the last key of a batch.
    pub detail: Option<String>,
}

/// What a row of the journal says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Event {
    /// A statement that commits by itself is about to be sent.
    Intent,
    /// One of the statements of an operation that has several, written down before the first of them is sent.
    Planned,
    /// A statement, or without its number an operation, was carried out.
    Done,
    /// A statement was refused by the server, and nothing of it remains.
    Refused,
    /// Something is about to be done that cannot be looked into: a body has the live connection, or a statement may or may
    /// not commit. The row is part of the transaction, so it is only there when that was committed.
    Opened,
    /// A batch of rows was changed, up to the key in `detail`.
    Batch,
    /// A revision was applied. Closes what was unfinished.
    Applied,
    /// A revision was taken back. Closes what was unfinished.
    Reverted,
    /// A run of a revision ended with an error, which is in `detail`.
    Failed,
    /// A revision was recorded as applied (up) or not applied (down), and nothing was run. Closes what was unfinished.
    Stamped,
    /// A person decided what no program could know.
    Resolved,
    /// A person accepted that an applied revision was edited.
    Accepted,
    /// Something that a later version knows.
    Other,
}

/// The events with their names in the table.
const NAMES: [(Event, &str); 13] = [
    (Event::Intent, "intent"),
    (Event::Planned, "planned"),
    (Event::Done, "done"),
    (Event::Refused, "refused"),
    (Event::Opened, "opened"),
    (Event::Batch, "batch"),
    (Event::Applied, "applied"),
    (Event::Reverted, "reverted"),
    (Event::Failed, "failed"),
    (Event::Stamped, "stamped"),
    (Event::Resolved, "resolved"),
    (Event::Accepted, "accepted"),
    (Event::Other, "other"),
];

impl Event {
    /// Its name, as it is in the table.
    #[must_use]
    pub fn name(self) -> &'static str {
        let named = NAMES.iter().find(|(event, _)| *event == self);
        named.map_or("other", |(_, name)| name)
    }

    /// The event of a name; [`Event::Other`] for one that is not known here.
    #[must_use]
    pub fn of_name(name: &str) -> Event {
        let named = NAMES.iter().find(|(_, known)| *known == name);
        named.map_or(Event::Other, |(event, _)| *event)
    }

    /// Whether nothing before it is unfinished any more.
    #[must_use]
    pub fn closes(self) -> bool {
        matches!(self, Event::Applied | Event::Reverted | Event::Stamped)
    }

    /// Whether it says what became of a revision as a whole, and not of a part of it.
    #[must_use]
    pub fn is_about_a_revision(self) -> bool {
        self.closes() || matches!(self, Event::Failed | Event::Resolved | Event::Accepted)
    }

    /// Those that close.
    pub(super) fn closing() -> impl Iterator<Item = Event> {
        NAMES
            .iter()
            .map(|(event, _)| *event)
            .filter(|event| event.closes())
    }
}

/// A direction, as it is in the table.
pub(super) fn direction_name(direction: Direction) -> &'static str {
    match direction {
        Direction::Up => "up",
        Direction::Down => "down",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for (event, name) in NAMES {
            assert_eq!(event.name(), name);
            assert_eq!(Event::of_name(name), event);
        }
        assert_eq!(Event::of_name("of another time"), Event::Other);
    }
}
