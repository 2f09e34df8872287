//! What can go wrong, as data: facts and whose fault it is. Words beyond the first line, places and
//! exit codes are added at the edge.

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
pub use trouble::{Denied, Grantee, Missing, Trouble};

use migrate_graph::{Direction, PlanError, Problem, TargetError};

use crate::dialect::BackendKind;
use crate::journal::PartialRevision;
use crate::operation::Irreversible;
use crate::outcome::{ChecksumMismatch, Report};

/// What a revision's body returns; with one argument, what any function of a body may return.
pub type Result<T = (), E = RevisionError> = std::result::Result<T, E>;

/// What a run of the [`Migrator`](crate::Migrator) can fail with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The database's URL leads to no connection.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The revisions form no history. The macros let no such history be compiled.
    #[error("{}", first_problem(.0))]
    History(Vec<Problem>),
    /// There is no way from what is applied to what was asked for.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A revision on the way down cannot be taken back. Nothing was run.
    #[error("revision `{revision}` cannot be taken back: {reason}")]
    Irreversible {
        /// The revision.
        revision: String,
        /// The revisions that it continues: where the database stands without it.
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
    /// SQL that cannot be carried out where the revision runs, such as a command of the database's client. Nothing was run.
    #[error("{}", first_not_runnable(.0))]
    NotRunnable(Vec<NotRunnable>),
    /// A revision must run outside a transaction, and the caller has one open. Nothing was run.
    #[error("revision `{revision}` must run outside a transaction, but the connection is in one")]
    InTransaction {
        /// The revision.
        revision: String,
    },
    /// Revisions that cannot be written into a script. Nothing was written.
    #[error("{}", first_missing(.0))]
    NoScript(Vec<NotInScript>),
    /// A run that was to be one transaction, and cannot be. Nothing was run.
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
    /// A run as one transaction that was not committed, or of which that is not known.
    #[error(transparent)]
    NotCommitted(Box<NotCommitted>),
    /// Somebody wanted the run to end: between two revisions, so none is left half done.
    #[error("stopped before revision `{next}`")]
    Stopped {
        /// The revision that was not begun.
        next: String,
        /// What had been done before.
        report: Box<Report>,
    },
    /// A dry run of which not all could be rolled back. Nothing was run.
    #[error(transparent)]
    NoDryRun(#[from] NoDryRun),
    /// An operation that the backend of a script cannot do.
    #[error(transparent)]
    Unsupported(#[from] Unsupported),
    /// A target that counts from what is applied, and that changed in the meantime. Nothing was run.
    #[error("another run changed the database while this one waited for the lock")]
    Moved,
    /// A revision was begun and neither ended nor undone, and comes first. Nothing was run.
    #[error("revision `{}` is unfinished", .0.revision)]
    PartialRevision(Box<PartialRevision>),
    /// The database is not where it must be. Nothing was run.
    #[error(transparent)]
    NotAtHead(#[from] Box<NotAtHead>),
    /// The search path leaves open which version table is meant. Nothing was run.
    #[error(transparent)]
    TwoVersionTables(#[from] TwoVersionTables),
    /// A reset was refused. Nothing was dropped.
    #[error(transparent)]
    Reset(#[from] ResetError),
    /// Applied revisions were changed since, and the run was to refuse that. Nothing was run.
    #[error("{}", edited(.0))]
    ChecksumMismatch(Vec<ChecksumMismatch>),
    /// The version table is missing, and the journal beside it has revisions as applied: they would be applied again. Nothing was run.
    #[error("the version table is missing, but the journal beside it has the database at `{}`", .heads.join("`, `"))]
    VersionTableLost {
        /// The applied revisions that no applied one continues.
        heads: Vec<String>,
    },
    /// A revision that is not applied, where only an applied one can be meant. Nothing was written.
    #[error("revision `{revision}` is not applied")]
    NotApplied {
        /// The revision.
        revision: String,
    },
    /// A revision is unfinished that the history does not know. Nothing was run.
    #[error("revision `{}` is unfinished, and this history has no such revision", .0.revision)]
    UnknownPartialRevision(Box<PartialRevision>),
    /// What is half done of a revision cannot be taken back. Nothing was run.
    #[error(transparent)]
    NoWayBack(Box<NoWayBack>),
    /// A decision about a revision that is not unfinished. Nothing was written.
    #[error("revision `{revision}` is not unfinished{}", other_unfinished(.partial))]
    NotUnfinished {
        /// The revision.
        revision: String,
        /// The one that is, if any.
        partial: Option<String>,
    },
    /// A decision about an operation, where there is none to be decided about. Nothing was written.
    #[error("nothing that was begun of revision `{revision}` can be decided about like this")]
    NothingToDecide {
        /// The revision.
        revision: String,
    },
    /// The lock was not had.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The database failed outside a revision.
    #[error("cannot {doing}: {source}")]
    Database {
        /// What was tried, as it follows "cannot".
        doing: &'static str,
        /// What the database said.
        source: diesel::result::Error,
        /// Which kind of trouble that is, where it is known.
        trouble: Option<Trouble>,
    },
    /// A revision failed.
    #[error(transparent)]
    Revision(Box<RevisionFailure>),
}

/// What is half done of a revision, and cannot be taken back operation by operation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[error("revision `{revision}` is half {}, and that cannot be undone: {}", half(.direction), .reasons.join("\n  "))]
pub struct NoWayBack {
    /// The revision.
    pub revision: String,
    /// Which way it was going.
    pub direction: Direction,
    /// What stands in the way, one line each.
    pub reasons: Vec<String>,
}

impl NoWayBack {
    /// What can be typed to get further.
    #[must_use]
    pub fn help(&self) -> Help {
        let (finish, by_hand) = match self.direction {
            Direction::Up => (Advice::UP, Resolution::NotApplied),
            Direction::Down => (Advice::DowngradeOne, Resolution::Applied),
        };
        let by_hand = Advice::resolve(&self.revision, by_hand);
        Help::from("finish it with `") + finish + "`; or undo it by hand, then `" + by_hand + "`"
    }
}

/// What continues an unfinished revision, and what takes it back where that can be.
#[doc(hidden)]
pub fn continued(direction: Direction, can_be_taken_back: bool) -> Help {
    let (on, back) = match direction {
        Direction::Up => (Advice::UP, Advice::DowngradeOne),
        Direction::Down => (Advice::DowngradeOne, Advice::UP),
    };
    let on = Help::from("`") + on + "` continues it";
    match can_be_taken_back {
        true => on + ", and `" + back + "` takes it back",
        false => on,
    }
}

/// Whether the last run stopped since something on the connection is gone, so that another run stops there too.
fn stopped_over_lost(partial: &PartialRevision) -> bool {
    let message = partial.failed.as_deref().unwrap_or_default();
    lost_help(message, "", partial.direction, false).is_some()
}

fn half(direction: &Direction) -> &'static str {
    match direction {
        Direction::Up => "applied",
        Direction::Down => "taken back",
    }
}

fn other_unfinished(other: &Option<String>) -> String {
    other
        .as_ref()
        .map_or_else(String::new, |other| format!("; `{other}` is"))
}

/// Why a revision cannot be taken back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IrreversibleReason {
    /// It says so itself.
    #[error("it is declared `irreversible`")]
    Declared,
    /// One of its operations does not carry enough to be reversed.
    #[error(transparent)]
    Operation(#[from] Irreversible),
    /// Its operations could not be collected.
    #[error("its operations cannot be collected: {0}")]
    Body(String),
    /// It is an SQL folder without statements that revert it.
    #[error("its folder has no `down.sql` with a statement")]
    NoDownFile,
    /// Its downgrade does nothing, its upgrade does something, and that is not declared.
    #[error("its downgrade does nothing, although its upgrade does something")]
    Idle {
        /// Whether it is an SQL folder.
        is_sql: bool,
    },
}

impl IrreversibleReason {
    /// What can be written instead.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            IrreversibleReason::Operation(operation) => operation.help.to_owned(),
            IrreversibleReason::Declared | IrreversibleReason::Body(_) => {
                "give it `downgrade = downgrade` and write that function".to_owned()
            }
            IrreversibleReason::NoDownFile | IrreversibleReason::Idle { is_sql: true } => {
                "write its `down.sql`; if there is nothing to revert, `downgrade = \"nothing\"` in its `metadata.toml`, \
                 beside `run_in_transaction = true`"
                    .to_owned()
            }
            IrreversibleReason::Idle { is_sql: false } => {
                "fill the downgrade in; if there is nothing to revert, `downgrade = \"nothing\"`".to_owned()
            }
        }
    }
}

/// Whose fault an error is, or what has to change for another try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// What was asked for, or the configuration.
    Usage,
    /// The answer is no: the database is not as it would have to be.
    Refused,
    /// A revision.
    Revision,
    /// Another run, which has the lock.
    Lock,
    /// The database.
    Database,
    /// Nobody's: somebody wanted the run to end.
    Stopped,
}

impl Error {
    /// What the database said, or what was found out while it was asked.
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
            | Error::NoWayBack(_)
            | Error::NotUnfinished { .. }
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

    /// What had already been done when it went wrong; nothing for an error that comes before the
    /// first revision.
    #[must_use]
    pub fn report(&self) -> Option<&Report> {
        match self {
            Error::Revision(failure) => Some(&failure.report),
            Error::Stopped { report, .. } => Some(report),
            // where nobody knows whether anything was done, there is nothing to report
            Error::NotCommitted(failed) if !failed.unknown => Some(&failed.report),
            _ => None,
        }
    }

    /// What can be typed to get further.
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
                Some("commit first, or give the migrator a connection of its own".into())
            }
            Error::Moved => {
                Some(Help::from("look at it with `") + Advice::Status + "`, then ask again")
            }
            Error::PartialRevision(partial) if stopped_over_lost(partial) => {
                Some(Help::from("`") + Advice::Status + "` shows how far it came, and what ends it")
            }
            Error::PartialRevision(partial) => Some(
                continued(partial.direction, false)
                    + "; `"
                    + Advice::Status
                    + "` shows how far it came",
            ),
            Error::Reset(error) => Some(error.help()),
            Error::VersionTableLost { heads } => Some(
                Help::from(
                    "restore the table; or, if what the journal has is still there, record it with `",
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
                Help::from("run the version that has it, or decide with `")
                    + Advice::resolve(&partial.revision, Resolution::Applied)
                    + "` or `--not-applied`",
            ),
            Error::NoWayBack(why) => Some(why.help()),
            Error::NotUnfinished { .. } | Error::NothingToDecide { .. } => {
                Some(Help::from("look at it with `") + Advice::Status + "`")
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

/// The first revision that is missing, and how many more there are.
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
        [] => "the history is not sound".to_owned(),
        [only] => only.message(),
        [first, rest @ ..] => format!("{} (and {} more)", first.message(), rest.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unfinished_goes_on_the_way_it_was_going() {
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
                .starts_with("`app up` continues it")
        );
        assert!(
            help(Direction::Down)
                .typed("app")
                .starts_with("`app down -1` continues it")
        );
    }
}
