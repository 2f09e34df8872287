//! The context of a run, for a revision's body: the caller's settings, cancellation, and the
//! observer. It knows neither the migrator nor the command line, which fill it in.

use std::sync::Arc;
use std::time::Duration;

use crate::backend::{ProbeResult, Session};
use crate::cancel::CancelToken;
use crate::error::OperationError;
use crate::op::Settings;
use crate::operation::Operation;

/// An event inside a body.
#[derive(Clone, Copy, Debug)]
pub(crate) enum OperationEvent<'a> {
    /// A statement of an operation was run.
    Statement { sql: &'a str, duration: Duration },
    /// The body took the connection; the run cannot see what the body does with it.
    Connection,
    /// A failpoint, where a test may end the process.
    Failpoint(Failpoint),
    /// A batch of rows was changed.
    Rows { table: &'a str, done: u64, of: u64 },
}

/// A point in a run where a test may end the process to see what remains of it.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Failpoint {
    /// Before a transaction begins.
    BeforeBegin,
    /// After it began.
    AfterBegin,
    /// Before a statement of a revision is sent.
    BeforeStatement,
    /// After the database has answered.
    AfterStatement,
    /// Before rows are written to the journal, maybe with those of the version table.
    BeforeJournal,
    /// After they were written.
    AfterJournal,
    /// Before a transaction is committed.
    BeforeCommit,
    /// After it was committed.
    AfterCommit,
}

/// The payload of a panic with which a test interrupts a run as a kill does: nothing is rolled back
/// or written. The session must be dropped afterwards.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Abandon;

/// How statements relate to transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// They are part of an open transaction.
    InTransaction,
    /// Each commits by itself.
    Autocommit,
}

impl Mode {
    /// The mode of a revision with or without a transaction.
    pub(crate) fn of(transaction: bool) -> Mode {
        match transaction {
            true => Mode::InTransaction,
            false => Mode::Autocommit,
        }
    }

    pub(crate) fn is_autocommit(self) -> bool {
        self == Mode::Autocommit
    }
}

/// The observer of events inside a body.
pub(crate) type Observer<'a> = &'a dyn Fn(&OperationEvent<'_>);

/// Finds out whether a statement of an operation took effect. Recovery, a higher layer, has the
/// function; the migrator fills it in.
#[derive(Clone, Copy)]
pub(crate) struct Probe(
    pub(crate) fn(&mut dyn Session, &Operation, usize, &str) -> Result<ProbeResult, OperationError>,
);

impl Default for Probe {
    fn default() -> Probe {
        Probe(|_, _, _, _| {
            Ok(ProbeResult::Unclear {
                found: "this run does not query the catalogue".to_owned(),
            })
        })
    }
}

/// The context of a body.
#[derive(Clone, Default)]
pub(crate) struct RunContext<'a> {
    pub(crate) settings: Arc<Settings>,
    /// For an SQL script, which is written without a database: how the statements of the revision
    /// relate to transactions in it.
    pub(crate) script: Option<Mode>,
    /// Whether the whole run is one transaction, which no revision may end.
    pub(crate) single_transaction: bool,
    /// Whether statements may be sent together: no observer gets each of them.
    pub(crate) together: bool,
    /// Whether the run is cancelled.
    pub(crate) stop: CancelToken,
    pub(crate) probe: Probe,
    pub(crate) observer: Option<Observer<'a>>,
    /// Whether the observer also gets the statements of connection blocks. They are kept in memory.
    pub(crate) observes_blocks: bool,
}

impl RunContext<'_> {
    pub(crate) fn report(&self, event: &OperationEvent<'_>) {
        if let Some(observer) = self.observer {
            observer(event);
        }
    }

    pub(crate) fn at(&self, failpoint: Failpoint) {
        self.report(&OperationEvent::Failpoint(failpoint));
    }
}
