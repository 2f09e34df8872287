//! Why a revision would not fit into the history, with the facts and the words.
//!
//! It must not know how the command is called that was to write it.

use std::fmt;

use crate::advice::{Help, merge};
use crate::{IdProblem, Part, Problem, Site, TargetError};

/// Why a revision would not fit into the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DraftError {
    /// The id may not be one.
    IllegalId {
        /// The id.
        id: String,
        /// The rule that it breaks.
        why: IdProblem,
    },
    /// A revision or a branch has the id already.
    IdTaken {
        /// The id.
        id: String,
    },
    /// A parent or a dependency cannot be parsed, or does not resolve.
    Target(TargetError),
    /// A parent is given twice.
    RepeatedHead {
        /// The parent.
        revision: String,
    },
    /// A parent is continued already.
    NotAHead {
        /// The parent.
        revision: String,
    },
    /// A dependency means no revision.
    NoDependency {
        /// The dependency.
        text: String,
    },
    /// With the revision, the history would have these problems.
    Unsound(Vec<Problem>),
}

impl From<TargetError> for DraftError {
    fn from(error: TargetError) -> DraftError {
        DraftError::Target(error)
    }
}

impl DraftError {
    /// The illegal id as a problem of a header, which has the words for it.
    fn illegal(id: &str, why: &IdProblem) -> Problem {
        let site = Site {
            header: 0,
            part: Part::Id,
        };
        Problem::IllegalName {
            site,
            name: id.to_owned(),
            why: why.clone(),
        }
    }

    /// What to type instead, if that can be told.
    #[must_use]
    pub fn help(&self) -> Option<Help> {
        Some(match self {
            DraftError::IllegalId { id, why } => return DraftError::illegal(id, why).help(),
            DraftError::IdTaken { .. } => "give another one: `--rev-id …`".into(),
            DraftError::Target(TargetError::SeveralHeads { heads, .. }) => {
                let first = heads.first()?;
                Help::from(format!(
                    "say which one to continue: `--head {first}`; or join them first: `"
                )) + merge(heads)
                    + "`"
            }
            DraftError::Target(error) => return error.help(),
            DraftError::RepeatedHead { .. } => "name it once".into(),
            DraftError::NotAHead { .. } => {
                "to begin a branch there: `--splice --branch-label NAME`".into()
            }
            DraftError::NoDependency { .. } => "name a revision or a branch label".into(),
            DraftError::Unsound(problems) => return problems.iter().find_map(Problem::help),
        })
    }
}

impl fmt::Display for DraftError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DraftError::IllegalId { id, why } => DraftError::illegal(id, why).fmt(f),
            DraftError::IdTaken { id } => write!(f, "the id `{id}` is taken"),
            DraftError::Target(error) => error.fmt(f),
            DraftError::RepeatedHead { revision } => write!(f, "`{revision}` is given twice"),
            DraftError::NotAHead { revision } => {
                write!(f, "`{revision}` is not a head: it is continued already")
            }
            DraftError::NoDependency { text } => write!(f, "`{text}` is no revision to depend on"),
            DraftError::Unsound(problems) => {
                let messages: Vec<String> = problems.iter().map(Problem::message).collect();
                f.write_str(&messages.join("; "))
            }
        }
    }
}

impl std::error::Error for DraftError {}
