//! Why a run cannot be one transaction or was not committed as one, and statements that control transactions where they must not.

use diesel::result::Error;
use migrate_graph::{Advice, Help};

use super::{ServerFacts, Trouble};
use crate::dialect::BackendKind;
use crate::outcome::Report;

/// Why a run cannot be one transaction: part of it could not be rolled back with the rest. Nothing was run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotInOne {
    /// The database commits each change of the schema by itself.
    #[error("a run on {} cannot be one transaction: it commits each change of the schema by itself", .0.name())]
    Backend(BackendKind),
    /// A revision runs outside a transaction.
    #[error("the run cannot be one transaction: revision `{0}` says `transaction = false`")]
    Revision(String),
}

impl NotInOne {
    /// What can be done instead.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            NotInOne::Backend(_) => "leave out `--transaction all`".to_owned(),
            NotInOne::Revision(id) => {
                format!("leave out `--transaction all`, or bring `{id}` about by itself")
            }
        }
    }
}

/// A run that was one transaction, whose steps were all done, and whose COMMIT failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[error("{}: {source}", self.what())]
pub struct NotCommitted {
    /// What the database said.
    pub source: Error,
    /// Whether the connection was lost over it, so that nobody here can know whether the run was committed.
    pub unknown: bool,
    /// Where the database stands, as far as that can be read.
    pub report: Report,
}

impl NotCommitted {
    fn what(&self) -> &'static str {
        match self.unknown {
            true => {
                "the connection was lost while the run was being committed, and whether it was is not known"
            }
            false => "the run could not be committed, and nothing of it is left",
        }
    }

    /// What the server said about it beside its message.
    #[must_use]
    pub fn server_facts(&self) -> ServerFacts {
        ServerFacts::of(&self.source)
    }

    /// What can be typed to get further.
    #[must_use]
    pub fn help(&self) -> Help {
        match self.unknown {
            true => Help::from("`") + Advice::Status + "` says whether it was",
            false => Trouble::of(&self.source, None)
                .and_then(|trouble| trouble.help())
                .unwrap_or_else(|| {
                    "without `--transaction all`, the revision fails by itself that this comes from"
                        .to_owned()
                })
                .into(),
        }
    }
}
