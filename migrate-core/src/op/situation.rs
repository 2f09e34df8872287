//! The run that a revision's body is part of: what it may ask to decide what to do, and whom its calls are told to. It knows
//! neither the migrator nor the command line, which fill it in.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::stop::Stop;

/// What the caller of a run says, for bodies to read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) environment: Option<String>,
    pub(crate) arguments: BTreeMap<String, String>,
}

/// What happens inside a body.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Happening<'a> {
    /// A statement of an operation was run.
    Statement { sql: &'a str, duration: Duration },
    /// The body took the live connection: what it does there cannot be seen.
    Connection,
    /// Something comes next, or is over.
    Boundary(Boundary),
    /// A batch of rows was changed.
    Rows { table: &'a str, done: u64, of: u64 },
}

/// A place in a run where a process may be ended to see what becomes of it.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Boundary {
    /// A transaction is about to be begun.
    BeforeBegin,
    /// It was.
    AfterBegin,
    /// A statement of a revision is about to be sent.
    BeforeStatement,
    /// It was carried out or refused.
    AfterStatement,
    /// Rows of the journal are about to be written, maybe with the version table's.
    BeforeJournal,
    /// They were.
    AfterJournal,
    /// A transaction is about to be committed.
    BeforeCommit,
    /// It was.
    AfterCommit,
}

/// Who is told what happens inside a body.
pub(crate) type Observer<'a> = &'a dyn Fn(&Happening<'_>);

/// The run around a body.
#[derive(Clone, Default)]
pub(crate) struct Situation<'a> {
    pub(crate) settings: Arc<Settings>,
    /// Whether a script is written, without a database.
    pub(crate) offline: bool,
    /// Whether no transaction is open, so that each batch of rows has its own.
    pub(crate) outside: bool,
    /// Whether the whole run is one transaction, which nothing in it may end.
    pub(crate) whole: bool,
    /// Somebody may want the run to end before it is done.
    pub(crate) stop: Stop,
    pub(crate) observer: Option<Observer<'a>>,
    /// Whether the observer is told of statements that bodies send over the connection, too. They are kept in memory.
    pub(crate) all: bool,
}

impl Situation<'_> {
    pub(crate) fn tell(&self, happening: &Happening<'_>) {
        if let Some(observer) = self.observer {
            observer(happening);
        }
    }

    pub(crate) fn at(&self, boundary: Boundary) {
        self.tell(&Happening::Boundary(boundary));
    }
}
