//! Why a run cannot be one transaction or was not committed as one, and statements that control transactions where they must not.

use diesel::result::Error;

use super::ServerFacts;
use crate::backend::BackendKind;
use crate::migrator::Report;

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

/// What is wrong with a statement that controls transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransactionFault {
    /// It begins or ends a transaction inside the one that the revision runs in.
    Controls,
    /// It is not certain where the statements of the text end, and one of them may end the transaction of the whole run.
    Uncertain,
    /// The transaction that it begins, or the lock on tables, is never ended.
    NotEnded,
    /// It ends, or goes back in, a transaction that the text has not begun.
    NotBegun,
    /// It ends a transaction in a way that leaves no place for the record of it.
    Unusual,
}

/// A statement that controls transactions where it must not. It was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[error("{}", self.what())]
pub struct TransactionControl {
    /// What is wrong with it.
    pub fault: TransactionFault,
    /// The statement; the whole text where it is not certain where its statements end.
    pub statement: String,
    /// The line of the SQL file that it begins in, from 1; nothing for a statement that a function executes.
    pub line: Option<u32>,
}

impl TransactionControl {
    fn what(&self) -> String {
        let statement = self.statement.split_whitespace().collect::<Vec<_>>();
        let statement = statement.join(" ");
        match self.fault {
            TransactionFault::Controls => {
                format!("`{statement}` begins or ends a transaction inside the one that the revision runs in")
            }
            TransactionFault::Uncertain => {
                "it is not certain where its statements end, and one may end the transaction of the run".to_owned()
            }
            TransactionFault::NotEnded => format!("what `{statement}` begins is not ended"),
            TransactionFault::NotBegun => {
                format!("`{statement}` belongs to a transaction or savepoint that was not begun")
            }
            TransactionFault::Unusual => {
                format!("`{statement}` ends its transaction in a way that leaves no place for the record")
            }
        }
    }

    /// What can be done instead.
    #[must_use]
    pub fn help(&self) -> String {
        match (self.fault, self.line) {
            (TransactionFault::Controls | TransactionFault::NotBegun, Some(_)) => {
                "write `run_in_transaction = false` into the metadata.toml beside it, which keeps the file's own transactions; or, with \
                 `run_in_transaction = true`, leave BEGIN, COMMIT and ROLLBACK out"
            }
            (TransactionFault::NotBegun | TransactionFault::NotEnded, None) => {
                "write the whole transaction as one text, from BEGIN to COMMIT, or as an SQL folder"
            }
            (TransactionFault::Controls, None) => {
                "leave BEGIN, COMMIT and ROLLBACK to the migrator, or give the revision `transaction = false`"
            }
            (TransactionFault::Uncertain, _) => "leave out `--dry-run` and `--transaction all`",
            (TransactionFault::NotEnded, Some(_)) => "end it with COMMIT or ROLLBACK, and locks with UNLOCK TABLES",
            (TransactionFault::Unusual, _) => "end it with COMMIT or ROLLBACK, and begin the next with BEGIN",
        }
        .to_owned()
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
    pub fn help(&self) -> String {
        match self.unknown {
            true => "`cargo migrate status` says whether it was".to_owned(),
            false => {
                "without `--transaction all`, the revision fails by itself that this comes from"
                    .to_owned()
            }
        }
    }
}
