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
    /// The direction of that.
    pub direction: Direction,
    /// What happened.
    pub event: Event,
    /// Which operation of the revision, from 0; nothing when it is about the revision as a whole.
    pub step: Option<u32>,
    /// Which statement of the operation, from 0; nothing when it is about the operation as a whole.
    pub statement: Option<u32>,
    /// A hash of the operation, in hexadecimal digits: a different one when the operation is
    /// edited.
    pub hash: Option<String>,
    /// The operation, in one line.
    pub operation: Option<String>,
    /// The statement, where the next run may have to probe for it after a crash.
    pub query: Option<String>,
    /// How long it took, in microseconds.
    pub micros: Option<u64>,
    /// The checksum of the revision, in hexadecimal digits.
    pub checksum: Option<String>,
    /// The state of the database before: the applied revisions that no applied one continues,
    /// separated by `, `.
    pub from: String,
    /// Details: a server's message, a decision, the last key of a batch.
    pub detail: Option<String>,
}

/// The event of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Event {
    /// A statement that commits by itself is about to be sent.
    Intent,
    /// One of the statements of an operation with several, recorded before the first of them is
    /// sent.
    Planned,
    /// A statement was run, or, without a statement number, an operation.
    Done,
    /// The server refused a statement, which left nothing.
    Refused,
    /// An operation begins that cannot be probed: a body has the connection, or a statement may
    /// commit. The row is part of the transaction, so it exists only if that was committed.
    Opened,
    /// A batch of rows was changed, up to the key in `detail`.
    Batch,
    /// A revision was applied. Closes the partially applied revision.
    Applied,
    /// A revision was reverted. Closes the partially applied revision.
    Reverted,
    /// A run of a revision failed with the error in `detail`.
    Failed,
    /// A revision was recorded as applied (up) or not applied (down), and nothing was run. Closes
    /// the partially applied revision.
    Stamped,
    /// A person decided what the program cannot find out.
    Resolved,
    /// A person accepted that an applied revision was edited.
    Accepted,
    /// An event of a later version.
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

    /// Whether no revision before it is partially applied any more.
    #[must_use]
    pub fn closes(self) -> bool {
        matches!(self, Event::Applied | Event::Reverted | Event::Stamped)
    }

    /// Whether it is about a revision as a whole.
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
    fn event_names_round_trip() {
        for (event, name) in NAMES {
            assert_eq!(event.name(), name);
            assert_eq!(Event::of_name(name), event);
        }
        assert_eq!(Event::of_name("of another time"), Event::Other);
    }
}
