//! Why a reset was refused before anything was dropped.

use migrate_graph::{Advice, Help};

/// Why a reset was refused. Nothing was dropped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResetError {
    /// The caller has a transaction open.
    #[error("a reset cannot be part of a transaction")]
    InTransaction,
    /// The database holds something else than what was shown.
    #[error("what is in the database has changed since it was listed")]
    Changed,
    /// The version table is in another schema, which the search path leads to.
    #[error("the record of what is applied is in another schema than the one that would be reset")]
    RecordElsewhere,
    /// Other schemas hold what would go with it.
    #[error("other schemas would lose what depends on this one: {}", listed(lost))]
    Outside {
        /// What would be lost.
        lost: Vec<String>,
    },
    /// The history made what is no part of the database, and what a reset of the one database leaves alone.
    #[error("the history made what a reset does not drop: {}", listed(names))]
    InTheWay {
        /// What it is.
        names: Vec<String>,
    },
    /// The database refused to drop something.
    #[error("not everything can be dropped: {}", listed(why))]
    Refused {
        /// What, each with the reason.
        why: Vec<String>,
    },
}

impl ResetError {
    /// What can be typed to get further.
    #[must_use]
    pub fn help(&self) -> Help {
        match self {
            ResetError::Changed => Help::from("look at it and ask again: `") + Advice::Reset + "`",
            error => error.words().into(),
        }
    }

    /// The help where it is words alone.
    fn words(&self) -> String {
        match self {
            ResetError::InTransaction => "commit first, or use a connection of its own".to_owned(),
            ResetError::Changed => String::new(),
            ResetError::RecordElsewhere => {
                "name that schema first in the search path: `?options=-csearch_path%3DSCHEMA` in the URL".to_owned()
            }
            ResetError::Outside { .. } => {
                "drop that by hand first, if it may go: a reset is about one schema".to_owned()
            }
            ResetError::InTheWay { names } => {
                let first = names.first().map_or("", String::as_str);
                let (kind, name) = first.split_once(' ').unwrap_or(("", first));
                format!(
                    "drop that by hand first, such as `DROP {} {name}`: making it again would fail",
                    kind.to_uppercase()
                )
            }
            ResetError::Refused { .. } => {
                "drop that by hand first, as its owner, or connect as its owner".to_owned()
            }
        }
    }
}

fn listed(names: &[String]) -> String {
    const MOST: usize = 5;
    let shown: Vec<String> = names
        .iter()
        .take(MOST)
        .map(|name| format!("`{name}`"))
        .collect();
    match names.len().saturating_sub(MOST) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
