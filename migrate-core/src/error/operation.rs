//! Errors of an operation, and of a revision's body.

use std::error::Error as StdError;
use std::fmt;

use migrate_graph::{Advice, Direction, Help, Resolution};

use super::TransactionControl;
use crate::dialect::{BackendKind, Unsupported};

/// The error of a revision's body: `?` converts any error into it.
///
/// It does not implement `Error` itself, so that it can convert from every error; a
/// `Box<dyn Error + Send + Sync>` made of it does.
///
/// ```
/// use migrate_core::prelude::*;
///
/// fn upgrade(op: &mut Operations<'_>) -> Result<()> {
///     let limit: i32 = "20".parse()?;
///     if limit > 100 {
///         return Err(RevisionError::message("the limit is too high"));
///     }
///     op.add_column("users", column("quota", Integer).default(limit))
/// }
/// ```
#[derive(Debug)]
pub struct RevisionError(Box<dyn StdError + Send + Sync>);

impl RevisionError {
    /// An error with only a message.
    #[must_use]
    pub fn message(text: impl Into<String>) -> RevisionError {
        RevisionError(text.into().into())
    }

    /// From a boxed error.
    #[must_use]
    pub fn from_boxed(error: Box<dyn StdError + Send + Sync>) -> RevisionError {
        RevisionError(error)
    }

    /// The error inside, if it is of this type.
    #[must_use]
    pub fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        self.0.downcast_ref()
    }
}

impl fmt::Display for RevisionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<E: StdError + Send + Sync + 'static> From<E> for RevisionError {
    fn from(error: E) -> RevisionError {
        RevisionError(Box::new(error))
    }
}

impl From<RevisionError> for Box<dyn StdError + Send + Sync> {
    fn from(error: RevisionError) -> Self {
        error.0
    }
}

/// An error of one call on `Operations`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OperationError {
    /// The backend cannot do it; nothing of the operation was run.
    #[error(transparent)]
    Unsupported(#[from] Unsupported),
    /// The database refused one of its statements.
    #[error("{source}")]
    Statement {
        /// The operation, in one line.
        operation: String,
        /// The statement.
        sql: String,
        /// What the database said.
        source: diesel::result::Error,
    },
    /// A table was rebuilt, and now foreign keys reference missing rows or columns that are no key.
    #[error("a foreign key would be broken: {message}")]
    BrokenKeys {
        /// Which.
        message: String,
    },
    /// A table was rebuilt, and a view or a trigger no longer matches it.
    #[error("the schema would be broken: {message}")]
    BrokenSchema {
        /// What the database said.
        message: String,
    },
    /// Foreign keys must be off, which can only be set before the transaction: the engine begins
    /// the revision's transaction again.
    #[error("{why} needs foreign keys off, which can only be set before the transaction")]
    KeysAreOn {
        /// What needs it.
        why: String,
    },
    /// A table was not dropped, as that would delete or unlink rows of another one.
    #[error(transparent)]
    Referenced(#[from] Referenced),
    /// A statement begins or ends a transaction where it must not. It was not sent.
    #[error(transparent)]
    TransactionControl(#[from] TransactionControl),
    /// The catalogue could not be queried before the operation.
    #[error("{0}")]
    Catalogue(diesel::result::Error),
    /// The journal could not be written, or the transaction of its row failed.
    #[error("the journal cannot be written: {0}")]
    Journal(diesel::result::Error),
    /// An earlier run ran an operation that has changed since.
    #[error("operation {number} was {} by an earlier run, but has changed since\n  it was: {was}{}\n  it is now: {is}{}", done(*.begun), ran_as(.ran), unseen(.was, .is))]
    Changed {
        /// Whether it was only started, and its outcome was not recorded.
        begun: bool,
        /// Which operation of the revision, from 1.
        number: u32,
        /// The operation as it was, in one line.
        was: String,
        /// Its last statement, if the journal has it.
        ran: Option<String>,
        /// The operation as it is now, in one line.
        is: String,
    },
    /// An earlier run committed a connection block whose text has changed since.
    #[error(
        "operation {number} was run by an earlier run, but has changed since: the connection block in line {line}"
    )]
    ChangedBlock {
        /// Which operation of the revision, from 1.
        number: u32,
        /// The line in which the block begins.
        line: u32,
    },
    /// An earlier run ran an operation that the revision no longer has.
    #[error(
        "operation {number} was run or started by an earlier run, but the revision no longer has it: {operation}"
    )]
    LeftOut {
        /// Which operation of the revision, from 1.
        number: u32,
        /// The operation as it was, in one line.
        operation: String,
    },
    /// An operation needs session state that earlier ones left on the connection, and that was
    /// lost.
    #[error("{operation}: it uses {item}, {left_by}")]
    Lost {
        /// The operation, in one line.
        operation: String,
        /// What it needs, in words.
        item: String,
        /// Where it came from, and why it was lost.
        left_by: LeftBy,
    },
    /// An earlier run was interrupted, and the outcome of its last operation is unknown.
    #[error(transparent)]
    Unsettled(Box<Unsettled>),
    /// The statements of an operation ended the transaction that they ran in, or left another one
    /// open.
    #[error("{operation}: it ended the transaction that it ran in, or left one open")]
    LeftItsTransaction {
        /// The operation, in one line.
        operation: String,
    },
    /// The connection was requested while operations are only collected.
    #[error("there is no connection while the operations of a revision are only collected")]
    NotLive,
    /// A connection of another backend was requested.
    #[error("the revision needs a `{wanted}`, but {} is connected", connected.name())]
    OtherConnection {
        /// The type of connection that was requested.
        wanted: &'static str,
        /// The backend that is connected.
        connected: BackendKind,
    },
    /// The caller cancelled the run: no further operation is started.
    #[error("stopped")]
    Stopped,
    /// The body continued after an operation had failed.
    #[error("the revision continued after this had failed: {failed}")]
    AfterFailure {
        /// The operation that had failed.
        failed: String,
    },
}

/// A table that rows of another one reference, so that dropping it would change those.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[error("`{table}` {}: {rows} {} of `{child}` {} it, and {}", self.drop(), if *.rows == 1 { "row" } else { "rows" }, self.verb(), self.consequence())]
pub struct Referenced {
    /// The table.
    pub table: String,
    /// The table whose rows reference it.
    pub child: String,
    /// How many do.
    pub rows: i64,
    /// The foreign key's `ON DELETE` action, such as `CASCADE`.
    pub on_delete: String,
    /// Whether a connection block has dropped it outside a transaction, so that it is not rolled
    /// back.
    pub stays: bool,
}

impl Referenced {
    fn drop(&self) -> &'static str {
        match self.stays {
            true => "was dropped, and that is not rolled back",
            false => "cannot be dropped",
        }
    }

    fn verb(&self) -> &'static str {
        match (self.stays, self.rows) {
            (true, _) => "referenced",
            (false, 1) => "references",
            (false, _) => "reference",
        }
    }

    fn consequence(&self) -> String {
        match self.on_delete.as_str() {
            "CASCADE" if self.stays => "SQLite deleted them (ON DELETE CASCADE)".to_owned(),
            action if self.stays => format!("SQLite unlinked them (ON DELETE {action})"),
            "CASCADE" => "SQLite would delete them (ON DELETE CASCADE)".to_owned(),
            "SET NULL" | "SET DEFAULT" => {
                format!("SQLite would unlink them (ON DELETE {})", self.on_delete)
            }
            action => format!("its foreign key does not allow that (ON DELETE {action})"),
        }
    }

    /// What to do instead.
    #[must_use]
    pub fn help(&self) -> String {
        if self.stays {
            return format!("restore the rows of `{}` from a backup", self.child);
        }
        format!(
            "to rebuild `{}`, begin with `PRAGMA foreign_keys = OFF`, which keeps the rows of `{}`; otherwise delete those rows, or \
             drop that table, first",
            self.table, self.child
        )
    }
}

/// An operation whose outcome is unknown after an interrupted run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[error("the outcome of this operation is unknown: {operation}{}{}\n  found: {found}", said("statement", .statement), begun(at, actor))]
pub struct Unsettled {
    /// The operation, in one line.
    pub operation: String,
    /// The statement that was about to be sent, if any.
    pub statement: Option<String>,
    /// When it was started, in UTC; empty if unknown.
    pub at: String,
    /// Who started it; empty if unknown.
    pub actor: String,
    /// What the probe found in the catalogue.
    pub found: String,
    /// Whether it is a connection block, which cannot be skipped when the revision is run again.
    pub block: bool,
}

/// Why session state that operations left on the connection was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LeftBy {
    /// An earlier run ran the operation that left it, on another connection.
    EarlierRun {
        /// Which operation of the revision, from 1.
        number: u32,
        /// What it is, in one line.
        operation: String,
    },
    /// A row in the journal replaced it.
    Journal,
}

/// The fixed parts of a [`LeftBy`]'s text, by which a message stored in the journal is recognized;
/// never change them.
const BY_EARLIER_RUN: &str = " left on the connection of an earlier run that was cut: ";
const BY_JOURNAL: &str =
    "which the row that the engine wrote into its journal after the last statement has replaced";

impl std::fmt::Display for LeftBy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            LeftBy::EarlierRun { number, operation } => {
                write!(f, "which operation {number}{BY_EARLIER_RUN}{operation}")
            }
            LeftBy::Journal => f.write_str(BY_JOURNAL),
        }
    }
}

/// What to do about a revision that stopped because session state was lost, recognized by the
/// failure's message, which is all that the journal has of it; `None` for another failure.
pub fn lost_help(
    message: &str,
    revision: &str,
    direction: Direction,
    is_sql: bool,
) -> Option<Help> {
    let by_journal = message.ends_with(BY_JOURNAL);
    let is_lost =
        message.contains(": it uses ") && (by_journal || message.contains(BY_EARLIER_RUN));
    is_lost.then(|| help_for_lost(by_journal, revision, direction, is_sql))
}

/// What to do after session state was lost: to a row of the journal, or with an earlier run.
pub(super) fn help_for_lost(
    by_journal: bool,
    revision: &str,
    direction: Direction,
    is_sql: bool,
) -> Help {
    if by_journal {
        let help = match is_sql {
            true => {
                "find the row by a query, or write a revision in Rust, with the statement that sets it and the one that uses it in \
                 one `op.execute`"
            }
            false => {
                "put the statement that sets it and the one that uses it into one `op.execute`, or find the row by a query"
            }
        };
        return help.into();
    }
    let (ended, undone) = match direction {
        Direction::Up => (Resolution::Applied, Resolution::NotApplied),
        Direction::Down => (Resolution::NotApplied, Resolution::Applied),
    };
    Help::from("complete the revision by hand, then run `")
        + Advice::resolve(revision, ended)
        + format!(
            "`; or revert by hand what it did, then `{}`",
            undone.option()
        )
}

fn done(begun: bool) -> &'static str {
    match begun {
        true => "started",
        false => "run",
    }
}

/// What to type about an operation whose outcome is unknown; `block` as in [`Unsettled`].
pub fn decide(revision: &str, block: bool) -> Help {
    let resolve = |resolution| Advice::resolve(revision, resolution);
    match block {
        false => {
            Help::from("check whether it was run, then record that: `")
                + resolve(Resolution::Done)
                + "`, or `--not-done`"
        }
        true => {
            Help::from("make it skip work that is already done, then run `")
                + resolve(Resolution::NotDone)
                + "`; or complete the revision by hand, then run `"
                + resolve(Resolution::Applied)
                + "`"
        }
    }
}

/// What to type about a connection block that was edited after it was run.
pub fn edited_block(revision: &str) -> Help {
    Help::from("restore the block; or, if the database is as the block should leave it, run `")
        + Advice::resolve(revision, Resolution::Done)
        + "`; or revert by hand what it did, then run `"
        + Advice::resolve(revision, Resolution::NotDone)
        + "`, and the next run runs the block"
}

fn said(what: &str, text: &Option<String>) -> String {
    text.as_ref()
        .map_or_else(String::new, |text| format!("\n  {what}: {text}"))
}

fn begun(at: &str, actor: &str) -> String {
    match at.is_empty() {
        true => String::new(),
        false => format!("\n  begun: {at} by {actor}"),
    }
}

/// A note where both lines are equal, but the operations differ.
fn unseen(was: &str, is: &str) -> &'static str {
    match was == is {
        true => {
            "\n  they differ in what one line does not show: spaces, line ends, or what follows"
        }
        false => "",
    }
}

fn ran_as(ran: &Option<String>) -> String {
    said("it ran", ran)
}
