//! Why there is no plan, with the facts and the words.
//!
//! It must not know how a plan is made.

use std::fmt;

use crate::TargetError;
use crate::advice::{Advice, Help};
use crate::text::list;

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlanError {
    /// The target cannot be parsed, or does not resolve.
    Target(TargetError),
    /// The database has versions that are no revision of the history.
    UnknownApplied {
        /// The versions, sorted.
        versions: Vec<String>,
        /// The applied heads that are revisions, sorted.
        known: Vec<String>,
    },
    /// One of the targets comes before another.
    Overlap {
        /// The target that contains the other.
        target: String,
        /// The other.
        contained: String,
    },
    /// The target of a downgrade is neither applied nor below anything that is.
    NothingToDrop {
        /// The target.
        target: String,
    },
    /// On the branch that was given, nothing continues the target of a downgrade.
    NotADowngradeTarget {
        /// The target.
        target: String,
        /// The branch.
        branch: String,
    },
    /// A downgrade for a script without the revision that it starts from.
    NeedsRange {
        /// The target.
        target: String,
    },
    /// A stamp for a script with several starts.
    SeveralStarts {
        /// The first.
        first: String,
        /// Another.
        other: String,
    },
    /// A purge for a script: what is to go is not known without a database.
    PurgeNeedsDatabase,
}

impl From<TargetError> for PlanError {
    fn from(error: TargetError) -> PlanError {
        PlanError::Target(error)
    }
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PlanError::Target(error) => error.fmt(f),
            PlanError::UnknownApplied { versions, .. } => {
                write!(
                    f,
                    "the database has revisions that this history does not know: {}",
                    list(versions)
                )
            }
            PlanError::Overlap { target, contained } => {
                write!(f, "the target `{target}` contains the target `{contained}`")
            }
            PlanError::NothingToDrop { target } => {
                write!(
                    f,
                    "`{target}` is not a revision to go down to: neither it nor anything above it is applied"
                )
            }
            PlanError::NotADowngradeTarget { target, branch } => {
                write!(
                    f,
                    "`{target}` is not a revision to go down to: the branch `{branch}` does not lead up from it"
                )
            }
            PlanError::NeedsRange { target } => {
                write!(
                    f,
                    "a script down to `{target}` must know the revision that it starts from"
                )
            }
            PlanError::SeveralStarts { first, other } => {
                write!(
                    f,
                    "a script has one start, and there are two: `{first}` and `{other}`"
                )
            }
            PlanError::PurgeNeedsDatabase => {
                write!(f, "what a purge takes away is not known without a database")
            }
        }
    }
}

impl std::error::Error for PlanError {}

impl PlanError {
    /// What to type instead, if that can be told.
    #[must_use]
    pub fn help(&self) -> Option<Help> {
        Some(match self {
            PlanError::Target(error) => return error.help(),
            PlanError::UnknownApplied { known, .. } => {
                let purge = Advice::Stamp {
                    revisions: known.clone(),
                    purge: true,
                };
                Help::from(
                    "get the revisions back (another branch of the repository may have them), or forget them: `",
                ) + purge
                    + "`"
            }
            PlanError::Overlap { target, .. } => format!("name `{target}` alone").into(),
            PlanError::NothingToDrop { target } => {
                Help::from("to go up to it: `") + Advice::up_to(target) + "`"
            }
            PlanError::NeedsRange { target } => format!("name it: `head:{target}`").into(),
            PlanError::SeveralStarts { .. } => "write a script for each".into(),
            PlanError::PurgeNeedsDatabase => "leave `--purge` or `--sql` out".into(),
            PlanError::NotADowngradeTarget { .. } => {
                "leave the branch out, or name a revision further down".into()
            }
        })
    }
}

/// What the user should know of how a target was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// Steps down were counted from the head that was applied last, and there are others.
    SeveralHeads {
        /// The head that they were counted from.
        taken: String,
        /// The others, sorted.
        others: Vec<String>,
    },
    /// Steps up close gaps: what comes after these revisions is applied already.
    ClosesGaps {
        /// The revisions, in the order of their ids.
        revisions: Vec<String>,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::SeveralHeads { taken, others } => {
                write!(
                    f,
                    "counted down from `{taken}`, which was applied last; {} is applied too",
                    list(others)
                )
            }
            Warning::ClosesGaps { revisions } => {
                let (close, it) = match revisions.len() {
                    1 => ("closes a gap", "it"),
                    _ => ("close gaps", "them"),
                };
                write!(
                    f,
                    "{} {close}: revisions that come after {it} were applied before",
                    list(revisions)
                )
            }
        }
    }
}
