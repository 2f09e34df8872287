//! Why a reset was refused before anything was dropped.

use migrate_graph::{Advice, Help};

/// Why a reset was refused. Nothing was dropped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResetError {
    /// The caller has a transaction open.
    #[error("a reset cannot be part of a transaction")]
    InTransaction,
    /// The database has changed since its contents were shown.
    #[error("the database has changed since its contents were listed")]
    Changed,
    /// The version table is in another schema of the search path.
    #[error("the version table is in another schema than the one to reset")]
    RecordElsewhere,
    /// Other schemas hold dependent objects that would be dropped too.
    #[error(
        "other schemas would lose objects that depend on this one: {}",
        listed(lost)
    )]
    Outside {
        /// What would be lost.
        lost: Vec<String>,
    },
    /// The history created objects outside the database, which a reset does not drop.
    #[error(
        "the history created objects that a reset does not drop: {}",
        listed(names)
    )]
    NotDropped {
        /// The objects.
        names: Vec<String>,
    },
    /// The database refused to drop something.
    #[error("not everything can be dropped: {}", listed(why))]
    Refused {
        /// The objects, each with the reason.
        why: Vec<String>,
    },
}

impl ResetError {
    /// What to do next.
    #[must_use]
    pub fn help(&self) -> Help {
        match self {
            ResetError::Changed => Help::from("check it and run it again: `") + Advice::Reset + "`",
            error => error.words().into(),
        }
    }

    /// The help where it is words alone.
    fn words(&self) -> String {
        match self {
            ResetError::InTransaction => "commit first, or use a separate connection".to_owned(),
            ResetError::Changed => String::new(),
            ResetError::RecordElsewhere => {
                "name that schema first in the search path: `?options=-csearch_path%3DSCHEMA` in the URL".to_owned()
            }
            ResetError::Outside { .. } => {
                "drop them by hand first, if they are not needed: a reset drops one schema".to_owned()
            }
            ResetError::NotDropped { names } => {
                let first = names.first().map_or("", String::as_str);
                let (kind, name) = first.split_once(' ').unwrap_or(("", first));
                format!(
                    "drop them by hand first, such as `DROP {} {name}`: creating them again would fail",
                    kind.to_uppercase()
                )
            }
            ResetError::Refused { .. } => {
                "drop it by hand first, as its owner, or connect as its owner".to_owned()
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
