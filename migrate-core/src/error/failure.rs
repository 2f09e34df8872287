//! A revision that failed: where, in which operation, and what the run did before.

use std::fmt;
use std::time::Duration;

use migrate_graph::{Advice, Direction, Help, Resolution};

use super::operation::{LeftBy, help_for_lost};
use super::trouble::broken_help;
use super::{LockLost, OperationError, RevisionError, ServerFacts, Trouble, decide, edited_block};
use crate::dialect::{BackendKind, LockConflict};
use crate::journal::{OpenKind, PartialRevision};
use crate::outcome::Report;
use crate::sql::tokens;

/// A revision that failed. Its `Display` also names the operation, the statement, and what was not
/// undone, one line each.
#[derive(Debug)]
#[non_exhaustive]
pub struct RevisionFailure {
    /// The revision's id.
    pub revision: String,
    /// Its message.
    pub message: String,
    /// Its file, relative to its package; of an SQL folder, the file that was run.
    pub file: String,
    /// The line of the call that failed, if that is known and there, else of its function; of an
    /// SQL folder, the line that failed.
    pub line: u32,
    /// The file and line of the call that failed, if it is in another file, as the compiler names
    /// that.
    pub called_at: Option<String>,
    /// Whether it was being applied or reverted.
    pub direction: Direction,
    /// What went wrong.
    pub cause: Cause,
    /// The operation that failed, if any, in one line.
    pub operation: Option<String>,
    /// The statement that failed, if known.
    pub statement: Option<String>,
    /// Whether everything that the revision did was rolled back. If not, its changes so far may be
    /// in the database.
    pub undone: bool,
    /// The operations that were run and not rolled back, one per line; without what the revision
    /// did by other means.
    pub kept: Vec<String>,
    /// The lock conflict with another session, if that was the only cause.
    pub lock_conflict: Option<LockConflict>,
    /// The kind of the database's error, if the next step depends on it.
    pub trouble: Option<Trouble>,
    /// The revisions that it continues.
    pub parents: &'static [&'static str],
    /// The journal's record of it, if it is partially applied and the journal can be read.
    pub partial: Option<PartialRevision>,
    /// Whether what was not rolled back can be reverted operation by operation.
    pub can_be_reverted: bool,
    /// What the run did before this revision.
    pub report: Report,
}

/// What went wrong in a revision.
#[derive(Debug)]
#[non_exhaustive]
pub enum Cause {
    /// Its body returned an error.
    Body(RevisionError),
    /// Its body returned no error, although an operation had failed with this message.
    Swallowed(String),
    /// Its body panicked, with this message.
    Panicked(String),
    /// Its body ended the transaction that it ran in.
    EndedTransaction,
    /// Its body left a transaction open that it had begun.
    OpenTransaction,
    /// Another connection blocked the database all the time.
    Busy {
        /// How long this run waited.
        waited: Duration,
    },
    /// The connection could not be prepared for it.
    NotReady(diesel::result::Error),
    /// The transaction could not be begun.
    Begin(diesel::result::Error),
    /// The version table could not be written.
    Record(diesel::result::Error),
    /// The transaction could not be committed.
    Commit(diesel::result::Error),
    /// The connection was lost, or the disk failed, during the commit: it is unknown whether the
    /// transaction was committed.
    CommitUnknown(diesel::result::Error),
    /// The caller cancelled the run.
    Stopped {
        /// The database's error for the statement that was cancelled, if any.
        cancelled: Option<String>,
    },
}

impl RevisionFailure {
    /// What to do next, with the commands to type.
    #[must_use]
    pub fn help(&self) -> Option<Help> {
        let help = self
            .lock_conflict_help()
            .map(Help::from)
            .or_else(|| self.cause_help())
            .or_else(|| match (self.trouble_help(), self.doubt_help()) {
                (Some(trouble), Some(doubt)) => Some(trouble + "; " + doubt),
                (trouble, doubt) => trouble.or(doubt),
            });
        let back = self.reverse();
        // what may be partially done is decided first: until then neither direction runs
        match (help, self.can_be_reverted && self.doubt_help().is_none()) {
            (help, false) => help,
            (Some(help), true) => Some(help + "; or revert what it did with `" + back + "`"),
            (None, true) => {
                Some(Help::from("fix the revision, or revert what it did with `") + back + "`")
            }
        }
    }

    /// Whether it failed only because the connection was lost, and the next run can find out the
    /// rest.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        let unknown = matches!(self.cause, Cause::CommitUnknown(_));
        self.trouble == Some(Trouble::Closed) && !unknown
    }

    fn trouble_help(&self) -> Option<Help> {
        let trouble = self.trouble.as_ref()?;
        match trouble {
            Trouble::Exists => Some(self.exists_help()),
            Trouble::Nulls => Some(self.nulls_help().into()),
            Trouble::InTransaction => Some(self.in_transaction_help().into()),
            Trouble::TooLarge => Some(self.too_large_help().into()),
            Trouble::NewLabelInRun => {
                let before = self.parents.first().copied().unwrap_or("+1");
                let help = trouble.help().map(Help::from)?;
                Some(
                    help + ": apply the revisions before it first, with `"
                        + Advice::up_to(before)
                        + "`",
                )
            }
            trouble => trouble.help().map(Help::from),
        }
    }

    /// What to do where the database already has what the revision creates, perhaps all of it.
    fn exists_help(&self) -> Help {
        let id = &self.revision;
        let (which, done, resolution) = match self.direction {
            Direction::Up => ("revision", "is there", Resolution::Applied),
            Direction::Down => ("downgrade", "is reverted", Resolution::NotApplied),
        };
        let record = match (self.direction, &self.partial) {
            (_, Some(_)) => Advice::resolve(id, resolution),
            (Direction::Up, None) => Advice::stamp(std::slice::from_ref(id)),
            (Direction::Down, None) => {
                let parents: Vec<String> = self.parents.iter().map(|&id| id.to_owned()).collect();
                Advice::stamp(&parents)
            }
        };
        let found = match self.direction {
            // what a downgrade leaves is the state before the revision, of several parents perhaps
            Direction::Down => Help::from("the database has it already: "),
            Direction::Up => {
                let compare = Advice::Command {
                    arguments: format!("schema diff database history@{id}"),
                };
                Help::from("the database has it already: compare with `") + compare + "`; "
            }
        };
        let done = format!("if all of revision `{id}` {done}, record that with `");
        found + done + record + "`, otherwise fix the " + which
    }

    /// What to do about a statement that runs only outside a transaction.
    fn in_transaction_help(&self) -> &'static str {
        match self.file.ends_with(".sql") {
            true => {
                "run it outside a transaction, in a revision of its own: `run_in_transaction = false` in its `metadata.toml`"
            }
            false => {
                "run it outside a transaction, in a revision of its own: `#[revision(…, transaction = false)]`"
            }
        }
    }

    /// What to do about a statement that is perhaps larger than the server accepts.
    fn too_large_help(&self) -> String {
        let megabytes = self.statement.as_deref().unwrap_or_default().len() >> 20;
        format!(
            "the statement has {megabytes} MB, more than the server's `max_allowed_packet` perhaps: send less at once, or raise that"
        )
    }

    /// What to do about rows without a value in a column that may not be null.
    fn nulls_help(&self) -> &'static str {
        let statement = self.statement.as_deref().unwrap_or_default();
        // words are split the same way on every database
        let adds =
            tokens(statement, BackendKind::Postgres).any(|word| word.eq_ignore_ascii_case("ADD"));
        let operation = self.operation.as_deref().unwrap_or_default();
        match (operation.starts_with("add column"), adds) {
            (true, _) => "add `.default(…)` or `.nullable()`",
            (false, true) => "give the column a DEFAULT, or leave NOT NULL out",
            (false, false) => "give the rows that are NULL a value first, with UPDATE",
        }
    }

    /// What to type where the statement that failed may have taken effect partially.
    fn doubt_help(&self) -> Option<Help> {
        let open = self.partial.as_ref()?.open.as_ref()?;
        if open.is_block() {
            let doubt = Help::from("the block may be partially done: ");
            return Some(doubt + decide(&self.revision, true));
        }
        matches!(open.kind, OpenKind::Statement(_))
            .then(|| Help::from("it may be partially done: ") + decide(&self.revision, false))
    }

    /// What reverts a revision that was interrupted in this direction.
    fn reverse(&self) -> Advice {
        match self.direction {
            Direction::Up => Advice::DowngradeOne,
            Direction::Down => Advice::UP,
        }
    }

    /// The server's facts about it besides its message.
    #[must_use]
    pub fn server_facts(&self) -> ServerFacts {
        let error = self.cause.database_error();
        error.map(ServerFacts::of).unwrap_or_default()
    }

    fn lock_conflict_help(&self) -> Option<String> {
        self.lock_conflict.map(|lock_conflict| match lock_conflict {
            LockConflict::LockTimeout => "end the session that holds the lock, or wait longer with `--statement-lock-timeout SECONDS` or \
                                       more often with `--lock-retries N`"
                .to_owned(),
            LockConflict::Deadlock => {
                "end the conflicting session, or retry more often with `--lock-retries N`".to_owned()
            }
        })
    }

    fn cause_help(&self) -> Option<Help> {
        match &self.cause {
            Cause::NotReady(error) | Cause::Begin(error) if LockLost::is(error) => Some(
                Help::from("check with `") + Advice::Status + "` whether another run is active",
            ),
            Cause::Body(error) => match error.downcast_ref() {
                Some(OperationError::Unsupported(unsupported)) => Some(unsupported.help.clone()),
                Some(OperationError::Referenced(referenced)) => Some(match self.doubt_help() {
                    Some(doubt) => Help::from(referenced.help()) + "; " + doubt,
                    None => referenced.help().into(),
                }),
                Some(OperationError::BrokenSchema { message }) => Some(broken_help(message).into()),
                Some(OperationError::TransactionControl(control)) => Some(control.help().into()),
                Some(OperationError::Unsettled(unsettled)) => {
                    Some(decide(&self.revision, unsettled.block))
                }
                Some(OperationError::Changed { begun: true, .. }) => Some(
                    Help::from("check whether it was run, and use `")
                        + Advice::resolve(&self.revision, Resolution::NotDone)
                        + "` if it was not; else restore the operation",
                ),
                Some(OperationError::Changed { .. } | OperationError::LeftOut { .. }) => {
                    let applied = Advice::resolve(&self.revision, Resolution::Applied);
                    let decide = "restore the operation, or decide with `";
                    Some(Help::from(decide) + applied + "` or `--not-applied`")
                }
                Some(OperationError::ChangedBlock { .. }) => Some(edited_block(&self.revision)),
                Some(OperationError::Lost { left_by, .. }) => Some(help_for_lost(
                    *left_by == LeftBy::Journal,
                    &self.revision,
                    self.direction,
                    self.file.ends_with(".sql"),
                )),
                _ => None,
            },
            Cause::Swallowed(_) => {
                Some("return the operation's error with `?`; run what may fail in its own transaction: `op.sqlite()?.transaction(…)`".into())
            }
            Cause::EndedTransaction => Some(
                "leave BEGIN, COMMIT and ROLLBACK to the migrator, or give the revision `transaction = false`".into(),
            ),
            Cause::OpenTransaction => Some("commit it, or roll it back, in the function that began it".into()),
            Cause::Busy { .. } => Some("wait longer with `--lock-timeout SECONDS`".into()),
            Cause::CommitUnknown(_) => Some(Help::from("`") + Advice::Status + "` says whether it was"),
            Cause::Panicked(_)
            | Cause::NotReady(_)
            | Cause::Begin(_)
            | Cause::Record(_)
            | Cause::Commit(_)
            | Cause::Stopped { .. } => None,
        }
    }
}

impl Cause {
    /// The database's own error, if it is one.
    #[must_use]
    pub fn database_error(&self) -> Option<&diesel::result::Error> {
        match self {
            Cause::Body(error) => match error.downcast_ref() {
                Some(
                    OperationError::Statement { source, .. }
                    | OperationError::Catalogue(source)
                    | OperationError::Journal(source),
                ) => Some(source),
                _ => error.downcast_ref(),
            },
            Cause::NotReady(error)
            | Cause::Begin(error)
            | Cause::Record(error)
            | Cause::Commit(error)
            | Cause::CommitUnknown(error) => Some(error),
            _ => None,
        }
    }
}

impl fmt::Display for RevisionFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let direction = match self.direction {
            Direction::Up => "upgrade",
            Direction::Down => "downgrade",
        };
        write!(
            f,
            "the {direction} of revision `{}` failed: {}",
            self.revision, self.cause
        )?;
        if let Some(operation) = &self.operation {
            write!(f, "\n  operation: {operation}")?;
        }
        if let Some(statement) = &self.statement {
            write!(f, "\n  statement: {}", shortened(statement))?;
        }
        for line in self.server_facts().lines(self.statement.as_deref()) {
            write!(f, "\n  {}", line.replace('\n', "\n    "))?;
        }
        for operation in &self.kept {
            write!(f, "\n  not rolled back: {operation}")?;
        }
        Ok(())
    }
}

/// The most characters of a statement that are shown.
const SHOWN: usize = 1_000;

fn shortened(statement: &str) -> String {
    match statement.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &statement[..end]),
        None => statement.to_owned(),
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Body(error) => error.fmt(f),
            Cause::Swallowed(message) => write!(f, "{message} (but its function continued)"),
            Cause::Panicked(message) => write!(f, "its function panicked: {message}"),
            Cause::EndedTransaction => {
                f.write_str("its function ended the transaction that it ran in")
            }
            Cause::OpenTransaction => f.write_str("its function left a transaction open"),
            Cause::Busy { waited } => {
                write!(
                    f,
                    "the database is busy: another connection was using it for {} s",
                    waited.as_secs()
                )
            }
            Cause::NotReady(error) => error.fmt(f),
            Cause::Begin(error) => write!(f, "its transaction could not be begun: {error}"),
            Cause::Record(error) => write!(f, "it could not be recorded: {error}"),
            Cause::Commit(error) => write!(f, "its transaction could not be committed: {error}"),
            Cause::CommitUnknown(error) => write!(
                f,
                "its transaction was being committed when this happened, and it is unknown whether it was committed: {error}"
            ),
            Cause::Stopped { cancelled: None } => f.write_str("stopped before its next operation"),
            Cause::Stopped {
                cancelled: Some(message),
            } => write!(f, "stopped, and its statement was cancelled: {message}"),
        }
    }
}

impl std::error::Error for RevisionFailure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.cause {
            Cause::NotReady(error)
            | Cause::Begin(error)
            | Cause::Record(error)
            | Cause::Commit(error)
            | Cause::CommitUnknown(error) => Some(error),
            _ => None,
        }
    }
}
