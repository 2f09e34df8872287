//! What an operation can fail with, and what a revision's body fails with.

use std::error::Error as StdError;
use std::fmt;

use migrate_graph::{Advice, Direction, Help, Resolution};

use super::TransactionControl;
use crate::dialect::{BackendKind, Unsupported};

/// What a revision's body fails with: any error, taken in by `?`.
///
/// It is not an error type itself, so that the conversion can be from all of them; as a
/// `Box<dyn Error + Send + Sync>` it is.
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
    /// An error that is only a text.
    #[must_use]
    pub fn message(text: impl Into<String>) -> RevisionError {
        RevisionError(text.into().into())
    }

    /// Takes an error that is boxed already.
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

/// What one call on `Operations` can fail with.
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
    /// A table was made anew, and rows point at nothing, or at what is no key.
    #[error("a foreign key would be broken: {message}")]
    BrokenKeys {
        /// Which.
        message: String,
    },
    /// A table was made anew, and a view or a trigger does not fit it any more.
    #[error("the schema would be broken: {message}")]
    BrokenSchema {
        /// What the database said.
        message: String,
    },
    /// Foreign keys must be off, which only can be done before the transaction: the engine begins the
    /// revision's anew.
    #[error("{why} needs foreign keys off, which can only be set before the transaction")]
    KeysAreOn {
        /// What needs it.
        why: String,
    },
    /// A table cannot be dropped, as that would delete or unlink rows of another one. It was not dropped.
    #[error(transparent)]
    Referenced(#[from] Referenced),
    /// A statement begins or ends a transaction where it must not. It was not sent.
    #[error(transparent)]
    TransactionControl(#[from] TransactionControl),
    /// The catalogue could not be looked at before the operation.
    #[error("{0}")]
    Catalogue(diesel::result::Error),
    /// The journal could not be written, or the transaction around its row could not be begun or committed.
    #[error("the journal cannot be written: {0}")]
    Journal(diesel::result::Error),
    /// An earlier run has carried an operation out, and it is another one now.
    #[error("operation {number} was {} by an earlier run, and is another one now\n  it was: {was}{}\n  it is now: {is}{}", done(*.begun), ran_as(.ran), unseen(.was, .is))]
    Changed {
        /// Whether it was only begun, and nobody wrote down how it ended.
        begun: bool,
        /// Which operation of the revision, from 1.
        number: u32,
        /// What it was, in one line.
        was: String,
        /// Its last statement, where the journal has it.
        ran: Option<String>,
        /// What it is, in one line.
        is: String,
    },
    /// An earlier run has committed what a block with the live connection did, and its text is another one now.
    #[error(
        "operation {number} was carried out by an earlier run, and is another one now: the block with the live connection in line {line}"
    )]
    ChangedBlock {
        /// Which operation of the revision, from 1.
        number: u32,
        /// The line that the block begins in, in the file that it is in.
        line: u32,
    },
    /// An earlier run has carried an operation out that the revision does not have any more.
    #[error(
        "operation {number} was carried out or begun by an earlier run, and the revision has no such operation now: {operation}"
    )]
    LeftOut {
        /// Which operation of the revision, from 1.
        number: u32,
        /// What it was, in one line.
        operation: String,
    },
    /// An operation needs something that earlier ones left on the connection, and that is not there any more.
    #[error("{operation}: it uses {item}, {left_by}")]
    Lost {
        /// The operation that needs it, in one line.
        operation: String,
        /// What it needs, in words.
        item: String,
        /// What left it, and why it is gone.
        left_by: LeftBy,
    },
    /// An earlier run was cut, and no program can know what became of what it did last.
    #[error(transparent)]
    Unsettled(Box<Unsettled>),
    /// The statements of an operation ended the transaction that they ran in, or left another one open.
    #[error("{operation}: it ended the transaction that it ran in, or left one open")]
    LeftItsTransaction {
        /// The operation, in one line.
        operation: String,
    },
    /// The live connection was asked for while operations are only collected.
    #[error("there is no live connection while the operations of a revision are only collected")]
    NotLive,
    /// A connection of another backend was asked for.
    #[error("the revision needs a `{wanted}`, but {} is connected", connected.name())]
    OtherConnection {
        /// The type of connection that was asked for.
        wanted: &'static str,
        /// What is connected.
        connected: BackendKind,
    },
    /// Somebody wants the run to end: nothing more is begun.
    #[error("stopped")]
    Stopped,
    /// The body went on after an operation had failed.
    #[error("the revision went on after this had failed: {failed}")]
    AfterFailure {
        /// The operation that had failed.
        failed: String,
    },
}

/// A table that rows of another one point at, so that dropping it would change those.
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
    /// What the foreign key does when they lose their row, such as `CASCADE`.
    pub on_delete: String,
    /// Whether a block with the live connection has dropped it, where no transaction takes that back.
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

    /// What can be done instead.
    #[must_use]
    pub fn help(&self) -> String {
        if self.stays {
            return format!("restore the rows of `{}` from a backup", self.child);
        }
        format!(
            "to rebuild `{}`, begin with `PRAGMA foreign_keys = OFF`, which keeps the rows of `{}`; else delete those rows, or drop \
             that table, first",
            self.table, self.child
        )
    }
}

/// What is not known of an operation after a run was cut.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[error("it is not known whether this was carried out: {operation}{}{}\n  found: {found}", said("statement", .statement), begun(at, actor))]
pub struct Unsettled {
    /// The operation, in one line.
    pub operation: String,
    /// The statement that was about to be sent, when it was one.
    pub statement: Option<String>,
    /// When it was begun, in UTC; empty when that is not known.
    pub at: String,
    /// By whom; empty when that is not known.
    pub actor: String,
    /// What was found instead of an answer.
    pub found: String,
    /// Whether it is a block with the live connection, which cannot be left out when the revision is run again.
    pub block: bool,
}

/// Why something that operations leave on the connection is not there any more.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LeftBy {
    /// An earlier run carried the operation out that left it, on a connection of its own.
    EarlierRun {
        /// Which operation of the revision, from 1.
        number: u32,
        /// What it is, in one line.
        operation: String,
    },
    /// A row in the journal took its place.
    Journal,
}

/// How a [`LeftBy`] reads, as far as it is the same each time: a message in the journal is known by it.
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

/// What to do about a revision that stopped since something on the connection is gone, by the message of its failure, which is all
/// that the journal has of it; nothing for another failure.
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

/// What to do where something on the connection is gone: by a row of the journal, or with an earlier run.
pub(super) fn help_for_lost(
    by_journal: bool,
    revision: &str,
    direction: Direction,
    is_sql: bool,
) -> Help {
    if by_journal {
        let help = match is_sql {
            true => {
                "find the row by a query, or write a revision in Rust, with the statement that leaves it and the one that uses it in \
                 one `op.execute`"
            }
            false => {
                "write the statement that leaves it and the one that uses it into one `op.execute`, or find the row by a query"
            }
        };
        return help.into();
    }
    let (ended, undone) = match direction {
        Direction::Up => (Resolution::Applied, Resolution::NotApplied),
        Direction::Down => (Resolution::NotApplied, Resolution::Applied),
    };
    Help::from("bring the revision to its end by hand, then say `")
        + Advice::resolve(revision, ended)
        + format!("`; or undo by hand what it did, then `{}`", undone.option())
}

fn done(begun: bool) -> &'static str {
    match begun {
        true => "begun",
        false => "carried out",
    }
}

/// What to type about an operation of a revision of which no program can know whether it was carried out; `block` as in
/// [`Unsettled`].
pub fn decide(revision: &str, block: bool) -> Help {
    let resolve = |resolution| Advice::resolve(revision, resolution);
    match block {
        false => {
            Help::from("look whether it was carried out, then say so: `")
                + resolve(Resolution::Done)
                + "`, or `--not-done`"
        }
        true => {
            Help::from("let it do nothing where its work is done, then say `")
                + resolve(Resolution::NotDone)
                + "`; or bring the revision to its end by hand, then `"
                + resolve(Resolution::Applied)
                + "`"
        }
    }
}

/// What to type about a block with the live connection that was edited after it was carried out.
pub fn edited_block(revision: &str) -> Help {
    Help::from(
        "write the block as it was; or, if the database is as the block is to leave it, say `",
    ) + Advice::resolve(revision, Resolution::Done)
        + "`; or undo by hand what it did and say `"
        + Advice::resolve(revision, Resolution::NotDone)
        + "`, and the next run runs it"
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

/// What is said where the two lines are equal and the operations are not.
fn unseen(was: &str, is: &str) -> &'static str {
    match was == is {
        true => {
            "\n  they differ in what one line does not show: spaces, line ends, or what comes after its end"
        }
        false => "",
    }
}

fn ran_as(ran: &Option<String>) -> String {
    said("it ran", ran)
}
