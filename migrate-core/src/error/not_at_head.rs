//! Why a database is not where an application needs it, or where that cannot be known.

use migrate_graph::{Advice, Help};

use crate::journal::PartialRevision;

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
    pub partial: Option<PartialRevision>,
}

impl NotAtHead {
    pub(crate) fn new(status: crate::outcome::Status) -> NotAtHead {
        NotAtHead {
            pending: status.pending,
            unknown: status.unknown,
            partial: status.partial,
        }
    }

    /// What can be typed to get further.
    #[must_use]
    pub fn help(&self) -> Help {
        match self.unknown.is_empty() {
            true => Advice::UP.into(),
            false => {
                Help::from("run the version of the program that knows them, or look with `")
                    + Advice::Status
                    + "`"
            }
        }
    }
}

/// Two schemas of the search path could hold the version table: the first one, where it would be created, and a later one, where there is
/// one. Which is meant, such as one tenant's or the one that all share, the path does not say.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the schema `{first}` has no version table, and `{found}` behind it in the search path has one: which one is meant?"
)]
pub struct TwoVersionTables {
    /// The schema with a version table.
    pub found: String,
    /// The schema in which one would be created.
    pub first: String,
}

impl TwoVersionTables {
    /// What can be typed to get further.
    #[must_use]
    pub fn help(&self) -> String {
        let TwoVersionTables { found, first } = self;
        format!(
            "choose by the setting `migrate.schema`: `-cmigrate.schema={first}` begins a new one, `-cmigrate.schema={found}` continues with \
             what is there; in the URL as `?options=-cmigrate.schema%3D{first}`, or by `ALTER ROLE … SET migrate.schema = '{first}'`"
        )
    }
}

fn told(database: &NotAtHead) -> String {
    let partial = database
        .partial
        .iter()
        .map(|partial| format!("`{}` is unfinished", partial.revision));
    let lists = [
        ("pending", &database.pending),
        ("unknown", &database.unknown),
    ];
    let lists = lists
        .into_iter()
        .filter(|(_, ids)| !ids.is_empty())
        .map(|(what, ids)| listed(what, ids));
    partial.chain(lists).collect::<Vec<_>>().join("; ")
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
