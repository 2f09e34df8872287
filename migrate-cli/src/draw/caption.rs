//! The text about a revision in every form of drawing: its state, labels, and the words in
//! brackets. Knows no form.

use crate::json::GraphRevision;

/// The state of a revision in a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    /// No database was asked.
    Unasked,
    /// The database has it.
    Applied,
    /// The database is at it.
    Current,
    /// The database does not have it.
    Pending,
    /// The database has it, and the history does not.
    Unknown,
}

impl State {
    /// Its state in the database.
    pub(super) fn of(revision: &GraphRevision) -> State {
        match (revision.applied, revision.revision.current) {
            (None, _) => State::Unasked,
            (Some(false), _) => State::Pending,
            (Some(true), Some(true)) => State::Current,
            (Some(true), _) => State::Applied,
        }
    }

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            State::Unasked => "revision",
            State::Applied => "applied",
            State::Current => "current",
            State::Pending => "pending",
            State::Unknown => "unknown",
        }
    }
}

/// The branch labels to show: those it declares, and on a head those of the branch that ends there.
pub(super) fn labels(revision: &GraphRevision) -> &[String] {
    let revision = &revision.revision;
    if revision.head {
        &revision.labels
    } else {
        &revision.branch_labels
    }
}

/// What it is, in words: what the lanes cannot show, or show by a sign that has to be known.
pub(super) fn words(revision: &GraphRevision) -> Vec<&'static str> {
    let state = State::of(revision);
    let graph = &revision.revision;
    let all = [
        ("head", graph.head && !graph.effective_head),
        ("effective head", graph.effective_head),
        ("base", graph.down_revision.is_empty()),
        ("current", state == State::Current),
        ("pending", state == State::Pending),
        ("gap", revision.gap == Some(true)),
    ];
    let said = all.into_iter().filter(|(_, is)| *is);
    said.map(|(word, _)| word).collect()
}

/// All of it in one line, for where there is room: id, labels and words in brackets, message.
pub(super) fn sentence(revision: &GraphRevision) -> String {
    let mut text = revision.revision.id.clone();
    let labels = labels(revision);
    if !labels.is_empty() {
        text += &format!(" ({})", labels.join(", "));
    }
    for word in words(revision) {
        text += &format!(" ({word})");
    }
    if !revision.revision.message.is_empty() {
        text += &format!(", {}", revision.revision.message);
    }
    text
}
