//! Why a run cannot be one transaction or was not committed as one, and statements that control
//! transactions where they must not.

use diesel::result::Error;
use migrate_graph::{Advice, Help};

use super::{ServerFacts, Trouble};
use crate::dialect::BackendKind;
use crate::outcome::Report;

/// Why a run cannot be one transaction: part of it could not be rolled back with the rest. Nothing
/// was run.
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
    /// What to do instead.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            NotInOne::Backend(_) => "leave out `--transaction all`".to_owned(),
            NotInOne::Revision(id) => {
                format!("leave out `--transaction all`, or run `{id}` by itself")
            }
        }
    }
}

/// A run as one transaction, whose steps all succeeded and whose COMMIT failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[error("{}: {source}", self.what())]
pub struct NotCommitted {
    /// The database's error.
    pub source: Error,
    /// Whether the connection was lost during the COMMIT, so that it is unknown whether the run was
    /// committed.
    pub unknown: bool,
    /// The state of the database, as far as it can be read.
    pub report: Report,
}

impl NotCommitted {
    fn what(&self) -> &'static str {
        match self.unknown {
            true => {
                "the connection was lost while the run was being committed, and it is unknown whether it was"
            }
            false => "the run could not be committed, and was rolled back completely",
        }
    }

    /// The server's facts about it besides its message.
    #[must_use]
    pub fn server_facts(&self) -> ServerFacts {
        ServerFacts::of(&self.source)
    }

    /// What to do next.
    #[must_use]
    pub fn help(&self) -> Help {
        match self.unknown {
            true => Help::from("`") + Advice::Status + "` says whether it was",
            false => Trouble::of(&self.source, None)
                .and_then(|trouble| trouble.help())
                .unwrap_or_else(|| {
                    "run it without `--transaction all` to see which revision fails".to_owned()
                })
                .into(),
        }
    }
}
