//! The errors, as data: facts, and whose fault it is. The command line adds further lines, places
//! and exit codes; nothing here knows it.

mod backup;
mod client;
mod connect;
mod failure;
mod lock;
mod not_at_head;
mod operation;
mod reset;
mod script;
mod server;
mod transactions;
mod trouble;

pub use crate::dialect::Unsupported;
pub use crate::sql::{TransactionControl, TransactionFault};
pub use crate::url::{DatabaseUrl, UrlError};
pub use backup::BackupError;
pub use client::NotRunnable;
pub use connect::ConnectError;
pub use failure::{Cause, RevisionFailure};
pub use lock::{LockError, LockLost};
pub use migrate_graph::{Advice, Help, Resolution};
pub use not_at_head::{NotAtHead, TwoVersionTables};
pub use operation::{LeftBy, OperationError, Referenced, RevisionError, Unsettled};
#[doc(hidden)]
pub use operation::{decide, edited_block, lost_help};
pub use reset::ResetError;
pub use script::{NoDryRun, NotInScript};
pub use server::ServerFacts;
pub use transactions::{NotCommitted, NotInOne};
pub use trouble::{Denied, Grantee, Missing, ReadOnly, Trouble};

use migrate_graph::{Direction, PlanError, Problem, TargetError};

use crate::dialect::BackendKind;
use crate::journal::PartialRevision;
use crate::operation::Irreversible;
use crate::outcome::{ChecksumMismatch, Report};

/// What a revision's body returns; with one argument, what any function of a body may return.
pub type Result<T = (), E = RevisionError> = std::result::Result<T, E>;

/// An error of the [`Migrator`](crate::Migrator).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The database cannot be reached by its URL.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The revisions form no valid history. The macros reject such a history at compile time.
    #[error("{}", first_problem(.0))]
    History(Vec<Problem>),
    /// The target cannot be reached from the applied set.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A revision of a downgrade cannot be reverted. Nothing was run.
    #[error("revision `{revision}` cannot be reverted: {reason}")]
    Irreversible {
        /// The revision.
        revision: String,
        /// Its parents: the heads of the database without it.
        parents: &'static [&'static str],
        /// Why not.
        reason: IrreversibleReason,
    },
    /// A revision is written for the connection of another backend. Nothing was run.
    #[error("revision `{revision}` is written for a connection of `{needs}`, but {} is connected", connected.name())]
    OtherBackend {
        /// The revision.
        revision: String,
        /// The backend that it is written for, by its feature.
        needs: &'static str,
        /// The backend that is connected.
        connected: BackendKind,
    },
    /// SQL that the server cannot run, such as a command of the database's client. Nothing was run.
    #[error("{}", first_not_runnable(.0))]
    NotRunnable(Vec<NotRunnable>),
    /// A revision must run outside a transaction, but the caller has one open. Nothing was run.
    #[error("revision `{revision}` must run outside a transaction, but the connection is in one")]
    InTransaction {
        /// The revision.
        revision: String,
    },
    /// Revisions that cannot be written into a script. Nothing was written.
    #[error("{}", first_missing(.0))]
    NoScript(Vec<NotInScript>),
    /// The run cannot be one transaction, as requested. Nothing was run.
    #[error(transparent)]
    NotInOne(#[from] NotInOne),
    /// The text of a revision begins or ends a transaction where it must not. Nothing was run.
    #[error("revision `{revision}` cannot be run: {control} (`{file}:{}`)", control.line.unwrap_or(1))]
    TransactionControl {
        /// The revision.
        revision: String,
        /// Whether it was to be applied or reverted.
        direction: Direction,
        /// The SQL file.
        file: String,
        /// The statement, and what is wrong with it.
        control: TransactionControl,
    },
    /// A run as one transaction was not committed, or it is unknown whether it was.
    #[error(transparent)]
    NotCommitted(Box<NotCommitted>),
    /// The caller cancelled the run. It ended between two revisions, so none is partially applied.
    #[error("stopped before revision `{next}`")]
    Stopped {
        /// The revision that was not begun.
        next: String,
        /// What the run did before.
        report: Box<Report>,
    },
    /// A dry run that could not be rolled back completely. Nothing was run.
    #[error(transparent)]
    NoDryRun(#[from] NoDryRun),
    /// An operation that the backend of a script cannot do.
    #[error(transparent)]
    Unsupported(#[from] Unsupported),
    /// The target is relative to the applied set, which changed in the meantime. Nothing was run.
    #[error("another run changed the database while this one waited for the lock")]
    Moved,
    /// A revision is partially applied, and must be completed or reverted first. Nothing was run.
    #[error("revision `{}` is partially applied", .0.revision)]
    PartialRevision(Box<PartialRevision>),
    /// The database is not at the head. Nothing was run.
    #[error(transparent)]
    NotAtHead(#[from] Box<NotAtHead>),
    /// The search path is ambiguous: two schemas could hold the version table. Nothing was run.
    #[error(transparent)]
    TwoVersionTables(#[from] TwoVersionTables),
    /// A reset was refused. Nothing was dropped.
    #[error(transparent)]
    Reset(#[from] ResetError),
    /// Checksums of applied revisions do not match, and the caller wants to fail then. Nothing was
    /// run.
    #[error("{}", edited(.0))]
    ChecksumMismatch(Vec<ChecksumMismatch>),
    /// The version table is missing, but the journal records applied revisions, which would be
    /// applied again. Nothing was run.
    #[error("the version table is missing, but the journal records the database at `{}`", .heads.join("`, `"))]
    VersionTableLost {
        /// The applied revisions that no applied one continues.
        heads: Vec<String>,
    },
    /// The revision is not applied, but must be. Nothing was written.
    #[error("revision `{revision}` is not applied")]
    NotApplied {
        /// The revision.
        revision: String,
    },
    /// A revision is partially applied that the history does not know. Nothing was run.
    #[error("revision `{}` is partially applied, and this history has no such revision", .0.revision)]
    UnknownPartialRevision(Box<PartialRevision>),
    /// A partially applied revision cannot be reverted. Nothing was run.
    #[error(transparent)]
    CannotRevert(Box<CannotRevert>),
    /// The revision to resolve is not partially applied. Nothing was written.
    #[error("revision `{revision}` is not partially applied{}", other_partial(.partial))]
    NotPartial {
        /// The revision.
        revision: String,
        /// The one that is, if any.
        partial: Option<String>,
    },
    /// The revision has no operation in progress to resolve. Nothing was written.
    #[error("revision `{revision}` has no operation in progress to resolve")]
    NothingToDecide {
        /// The revision.
        revision: String,
    },
    /// The migration lock was not acquired.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The database failed outside a revision.
    #[error("cannot {doing}: {source}")]
    Database {
        /// The action that failed, as it follows "cannot".
        doing: &'static str,
        /// The database's error.
        source: diesel::result::Error,
        /// The kind of that error, if known.
        trouble: Option<Trouble>,
    },
    /// A revision failed.
    #[error(transparent)]
    Revision(Box<RevisionFailure>),
}

/// A partially applied revision that cannot be reverted operation by operation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[error("revision `{revision}` is partially {}, and cannot be rolled back: {}", half(.direction), .reasons.join("\n  "))]
pub struct CannotRevert {
    /// The revision.
    pub revision: String,
    /// Its direction.
    pub direction: Direction,
    /// The reasons, one line each.
    pub reasons: Vec<String>,
}

impl CannotRevert {
    /// What to do next, with the commands to type.
    #[must_use]
    pub fn help(&self) -> Help {
        let (finish, by_hand) = match self.direction {
            Direction::Up => (Advice::UP, Resolution::NotApplied),
            Direction::Down => (Advice::DowngradeOne, Resolution::Applied),
        };
        let by_hand = Advice::resolve(&self.revision, by_hand);
        Help::from("complete it with `")
            + finish
            + "`; or revert it by hand, then `"
            + by_hand
            + "`"
    }
}

/// What resumes a partially applied revision, and what reverts it if that is possible.
#[doc(hidden)]
pub fn continued(direction: Direction, can_be_reverted: bool) -> Help {
    let (on, back) = match direction {
        Direction::Up => (Advice::UP, Advice::DowngradeOne),
        Direction::Down => (Advice::DowngradeOne, Advice::UP),
    };
    let on = Help::from("`") + on + "` resumes it";
    match can_be_reverted {
        true => on + ", and `" + back + "` reverts it",
        false => on,
    }
}

/// Whether the last run stopped because session state was lost: another run would stop there too.
fn stopped_over_lost(partial: &PartialRevision) -> bool {
    let message = partial.failed.as_deref().unwrap_or_default();
    lost_help(message, "", partial.direction, false).is_some()
}

fn half(direction: &Direction) -> &'static str {
    match direction {
        Direction::Up => "applied",
        Direction::Down => "reverted",
    }
}

fn other_partial(other: &Option<String>) -> String {
    other
        .as_ref()
        .map_or_else(String::new, |other| format!("; `{other}` is"))
}

/// Why a revision cannot be reverted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IrreversibleReason {
    /// It is declared so.
    #[error("it is declared `irreversible`")]
    Declared,
    /// One of its operations lacks the data to be reversed.
    #[error(transparent)]
    Operation(#[from] Irreversible),
    /// Its operations could not be collected.
    #[error("its operations cannot be collected: {0}")]
    Body(String),
    /// It is an SQL folder without downgrade statements.
    #[error("its folder has no `down.sql` with a statement")]
    NoDownFile,
    /// Its downgrade does nothing, although its upgrade does something, and no
    /// `downgrade = "nothing"` declares that.
    #[error("its downgrade does nothing, although its upgrade does something")]
    Idle {
        /// Whether it is an SQL folder.
        is_sql: bool,
    },
}

impl IrreversibleReason {
    /// What to write instead.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            IrreversibleReason::Operation(operation) => operation.help.to_owned(),
            IrreversibleReason::Declared | IrreversibleReason::Body(_) => {
                "give it `downgrade = downgrade` and write that function".to_owned()
            }
            IrreversibleReason::NoDownFile | IrreversibleReason::Idle { is_sql: true } => {
                "write its `down.sql`; if there is nothing to revert, `downgrade = \"nothing\"` in its `metadata.toml`, \
                 next to `run_in_transaction = true`"
                    .to_owned()
            }
            IrreversibleReason::Idle { is_sql: false } => {
                "fill the downgrade in; if there is nothing to revert, `downgrade = \"nothing\"`".to_owned()
            }
        }
    }
}

/// Whose fault an error is, or what must change before a retry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request or the configuration.
    Usage,
    /// Refused: the database is not in the required state.
    Refused,
    /// A revision.
    Revision,
    /// Another run, which holds the lock.
    Lock,
    /// The database.
    Database,
    /// None: the caller cancelled the run.
    Stopped,
}

impl Error {
    /// An error of the database, or of a query that found two version tables.
    #[doc(hidden)]
    pub fn database(doing: &'static str, source: diesel::result::Error) -> Error {
        if let diesel::result::Error::QueryBuilderError(found) = &source
            && let Some(two) = found.downcast_ref::<TwoVersionTables>()
        {
            return two.clone().into();
        }
        Error::Database {
            doing,
            trouble: Trouble::of(&source, None),
            source,
        }
    }

    /// Whose fault it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Error::Connect(_)
            | Error::NoScript(_)
            | Error::NoDryRun(_)
            | Error::NotInOne(_)
            | Error::TwoVersionTables(_)
            | Error::Unsupported(_) => ErrorKind::Usage,
            Error::Stopped { .. } => ErrorKind::Stopped,
            Error::Plan(PlanError::UnknownApplied { .. }) => ErrorKind::Refused,
            Error::Plan(_) => ErrorKind::Usage,
            Error::History(_)
            | Error::Irreversible { .. }
            | Error::OtherBackend { .. }
            | Error::NotRunnable(_)
            | Error::InTransaction { .. }
            | Error::PartialRevision(_)
            | Error::Reset(_)
            | Error::ChecksumMismatch(_)
            | Error::VersionTableLost { .. }
            | Error::NotApplied { .. }
            | Error::NotAtHead(_)
            | Error::TransactionControl { .. }
            | Error::UnknownPartialRevision(_)
            | Error::CannotRevert(_)
            | Error::NotPartial { .. }
            | Error::NothingToDecide { .. }
            | Error::Moved => ErrorKind::Refused,
            Error::Lock(
                LockError::Database(_)
                | LockError::File { .. }
                | LockError::ReadOnly { .. }
                | LockError::Shared,
            )
            | Error::Database { .. } => ErrorKind::Database,
            Error::Lock(_) => ErrorKind::Lock,
            Error::NotCommitted(_) => ErrorKind::Revision,
            Error::Revision(failure) => match failure.cause {
                Cause::Busy { .. } => ErrorKind::Lock,
                Cause::Stopped { .. } => ErrorKind::Stopped,
                Cause::Begin(_) | Cause::NotReady(_) => ErrorKind::Database,
                _ if failure.trouble == Some(Trouble::Busy) => ErrorKind::Lock,
                _ => ErrorKind::Revision,
            },
        }
    }

    /// What the run did before it failed; `None` for an error before the first revision.
    #[must_use]
    pub fn report(&self) -> Option<&Report> {
        match self {
            Error::Revision(failure) => Some(&failure.report),
            Error::Stopped { report, .. } => Some(report),
            // where it is unknown whether anything was committed, there is nothing to report
            Error::NotCommitted(failed) if !failed.unknown => Some(&failed.report),
            _ => None,
        }
    }

    /// What to do next, with the commands to type.
    #[must_use]
    pub fn help(&self) -> Option<Help> {
        match self {
            Error::Connect(error) => error.help(),
            Error::History(problems) => problems.first().and_then(Problem::help),
            Error::Plan(error) => error.help(),
            Error::Irreversible {
                parents, reason, ..
            } => {
                let parents: Vec<String> =
                    parents.iter().map(|&parent| parent.to_owned()).collect();
                let reverted = "; or revert it by hand, and record that with `";
                Some(Help::from(reason.help()) + reverted + Advice::stamp(&parents) + "`")
            }
            Error::NoScript(missing) => missing.first().map(NotInScript::help),
            Error::NoDryRun(why) => Some(why.help()),
            Error::TwoVersionTables(two) => Some(two.help().into()),
            Error::NotInOne(why) => Some(why.help().into()),
            Error::NotCommitted(failed) => Some(failed.help()),
            Error::TransactionControl { control, .. } => Some(control.help().into()),
            Error::Unsupported(unsupported) => Some(unsupported.help.clone()),
            Error::OtherBackend { .. } => {
                Some("write it for `&mut Operations`, which every backend has".into())
            }
            Error::NotRunnable(found) => found.first().map(|found| found.help.into()),
            Error::InTransaction { .. } => {
                Some("commit first, or give the migrator its own connection".into())
            }
            Error::Moved => {
                Some(Help::from("check with `") + Advice::Status + "`, then run it again")
            }
            Error::PartialRevision(partial) if stopped_over_lost(partial) => {
                Some(Help::from("`") + Advice::Status + "` shows how far it got, and how to end it")
            }
            Error::PartialRevision(partial) => Some(
                continued(partial.direction, false)
                    + "; `"
                    + Advice::Status
                    + "` shows how far it got",
            ),
            Error::Reset(error) => Some(error.help()),
            Error::VersionTableLost { heads } => Some(
                Help::from(
                    "restore the table; or, if the schema is still as the journal records it, run `",
                ) + Advice::stamp(heads)
                    + "`",
            ),
            Error::ChecksumMismatch(edited) => {
                let restore = match edited.len() {
                    1 => "restore its file; or, if the change is intended, `",
                    _ => "restore their files; or, if the changes are intended, `",
                };
                let revisions = edited.iter().map(|edited| edited.revision.clone());
                let revisions = revisions.collect();
                Some(Help::from(restore) + Advice::Accept { revisions } + "`")
            }
            Error::NotApplied { .. } => Some(Help::from("`") + Advice::Status + "` shows what is"),
            Error::NotAtHead(error) => Some(error.help()),
            Error::UnknownPartialRevision(partial) => Some(
                Help::from("run the version of the program that has it, or resolve it with `")
                    + Advice::resolve(&partial.revision, Resolution::Applied)
                    + "` or `--not-applied`",
            ),
            Error::CannotRevert(why) => Some(why.help()),
            Error::NotPartial { .. } | Error::NothingToDecide { .. } => {
                Some(Help::from("check with `") + Advice::Status + "`")
            }
            Error::Lock(error) => error.help().map(Help::from),
            Error::Database { trouble, .. } => match trouble {
                Some(Trouble::Closed) => Some("run it again".into()),
                trouble => trouble.as_ref().and_then(Trouble::help).map(Help::from),
            },
            Error::Stopped { .. } => None,
            Error::Revision(failure) => failure.help(),
        }
    }
}

impl From<TargetError> for Error {
    fn from(error: TargetError) -> Error {
        Error::Plan(error.into())
    }
}

impl From<RevisionFailure> for Error {
    fn from(failure: RevisionFailure) -> Error {
        Error::Revision(Box::new(failure))
    }
}

/// The first revision that cannot be in the script, and how many more there are.
fn first_missing(missing: &[NotInScript]) -> String {
    match missing {
        [] => "the script cannot be written".to_owned(),
        [only] => only.to_string(),
        [first, rest @ ..] => format!("{first} (and {} more)", rest.len()),
    }
}

fn first_not_runnable(found: &[NotRunnable]) -> String {
    let first = found.first().map(NotRunnable::to_string);
    first.unwrap_or_else(|| "a revision cannot be run".to_owned())
}

/// Which revisions were edited.
fn edited(edited: &[ChecksumMismatch]) -> String {
    let ids: Vec<String> = edited
        .iter()
        .map(|edited| format!("`{}`", edited.revision))
        .collect();
    let (noun, verb) = match ids.len() {
        1 => ("revision", "was"),
        _ => ("revisions", "were"),
    };
    format!(
        "{noun} {} {verb} edited after being applied",
        ids.join(", ")
    )
}

/// The first problem, and how many more there are.
fn first_problem(problems: &[Problem]) -> String {
    match problems {
        [] => "the history is not valid".to_owned(),
        [only] => only.message(),
        [first, rest @ ..] => format!("{} (and {} more)", first.message(), rest.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partially_applied_revision_resumes_in_its_direction() {
        let help = |direction| {
            let partial = PartialRevision {
                revision: "a".to_owned(),
                direction,
                since: String::new(),
                actor: String::new(),
                tool: String::new(),
                finished: Vec::new(),
                open: None,
                failed: None,
                failed_at: None,
            };
            Error::PartialRevision(Box::new(partial)).help().unwrap()
        };
        assert!(
            help(Direction::Up)
                .typed("app")
                .starts_with("`app up` resumes it")
        );
        assert!(
            help(Direction::Down)
                .typed("app")
                .starts_with("`app down -1` resumes it")
        );
    }
}
