//! Why a database is not where an application needs it.

use crate::journal::Unfinished;

/// A database that is not at the head of the history, with nothing else.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the database is not at the head of its history: {}", told(self))]
#[non_exhaustive]
pub struct NotAtHead {
    /// What is not applied.
    pub pending: Vec<String>,
    /// The versions in the database that are no revision of the history: a newer program wrote them, or another branch.
    pub unknown: Vec<String>,
    /// The revision that was begun and neither ended nor undone.
    pub unfinished: Option<Unfinished>,
}

impl NotAtHead {
    pub(crate) fn new(status: crate::migrator::Status) -> NotAtHead {
        NotAtHead {
            pending: status.pending,
            unknown: status.unknown,
            unfinished: status.unfinished,
        }
    }

    /// What can be typed to get further.
    #[must_use]
    pub fn help(&self) -> String {
        match self.unknown.is_empty() {
            true => "cargo migrate up".to_owned(),
            false => "run the version of the program that knows them, or look with `cargo migrate status`".to_owned(),
        }
    }
}

fn told(database: &NotAtHead) -> String {
    let unfinished = database
        .unfinished
        .iter()
        .map(|unfinished| format!("`{}` is unfinished", unfinished.revision));
    let lists = [
        ("pending", &database.pending),
        ("unknown", &database.unknown),
    ];
    let lists = lists
        .into_iter()
        .filter(|(_, ids)| !ids.is_empty())
        .map(|(what, ids)| listed(what, ids));
    unfinished.chain(lists).collect::<Vec<_>>().join("; ")
}

fn listed(what: &str, ids: &[String]) -> String {
    const SHOWN: usize = 3;
    let shown: Vec<String> = ids.iter().take(SHOWN).map(|id| format!("`{id}`")).collect();
    let more = match ids.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let verb = if ids.len() == 1 { "is" } else { "are" };
    format!("{}{more} {verb} {what}", shown.join(", "))
}
