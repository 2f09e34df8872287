//! Why a database is not at the head, or why that is ambiguous.

use migrate_graph::{Advice, Help};

use crate::journal::PartialRevision;

/// A database that is not exactly at the head of the history.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the database is not at the head of its history: {}", facts(self))]
#[non_exhaustive]
pub struct NotAtHead {
    /// What is not applied.
    pub pending: Vec<String>,
    /// Versions in the database that this history does not know: from a newer program, or another
    /// branch.
    pub unknown: Vec<String>,
    /// The partially applied revision, if any.
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

    /// What to do next.
    #[must_use]
    pub fn help(&self) -> Help {
        match self.unknown.is_empty() {
            true => Advice::UP.into(),
            false => {
                Help::from("run the version of the program that knows them, or check with `")
                    + Advice::Status
                    + "`"
            }
        }
    }
}

/// Two schemas of the search path could hold the version table: the first one, where it would be
/// created, and a later one, which has one. The path does not say which is meant, for example one
/// tenant's or the shared one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the schema `{first}` has no version table, but `{found}` after it in the search path has one: it is ambiguous which one is meant"
)]
pub struct TwoVersionTables {
    /// The schema with a version table.
    pub found: String,
    /// The schema in which one would be created.
    pub first: String,
}

impl TwoVersionTables {
    /// What to do next.
    #[must_use]
    pub fn help(&self) -> String {
        let TwoVersionTables { found, first } = self;
        format!(
            "choose by the setting `migrate.schema`: `-cmigrate.schema={first}` begins a new one, `-cmigrate.schema={found}` continues with \
             what is there; in the URL as `?options=-cmigrate.schema%3D{first}`, or by `ALTER ROLE … SET migrate.schema = '{first}'`"
        )
    }
}

fn facts(database: &NotAtHead) -> String {
    let partial = database
        .partial
        .iter()
        .map(|partial| format!("`{}` is partially applied", partial.revision));
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
