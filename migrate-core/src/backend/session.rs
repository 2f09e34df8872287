//! What a connection must be able to do for the engine.

use std::time::Duration;

use super::{
    Bookkeeping, Catalog, DeferredWork, Holder, ImplicitCommits, Instrumentation, Locking,
    Maintenance, RevisionSettings,
};
use crate::error::Trouble;
use crate::journal::{AppliedRow, Entry};

/// A connection, as the engine uses it.
///
/// Statements are sent as text, one at a time. Transactions go through diesel's transaction
/// manager, so that `connection.transaction(…)` inside a revision nests.
///
/// It is sealed: only this crate's backends implement it.
pub trait Session:
    Bookkeeping
    + Catalog
    + DeferredWork
    + RevisionSettings
    + ImplicitCommits
    + Locking
    + Maintenance
    + Instrumentation
    + sealed::Sealed
{
}

/// Keeps other crates from implementing [`Session`].
pub(crate) mod sealed {
    /// Implemented by this crate's sessions.
    pub trait Sealed {}
}

/// A statement that a connection sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenStatement {
    /// Its text, without the values that were bound to it.
    pub sql: String,
    /// How long it took.
    pub duration: Duration,
}

/// A statement that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedStatement {
    /// Its text, without the values that were bound to it.
    pub sql: String,
    /// The database's error.
    pub message: String,
}

/// Proof that a transaction was begun: only a begun transaction can be committed, and only once.
#[derive(Debug)]
#[must_use = "a transaction that was begun is committed or rolled back"]
pub struct OpenTransaction(());

impl OpenTransaction {
    #[allow(dead_code, reason = "only backends make one")]
    pub(crate) fn new() -> OpenTransaction {
        OpenTransaction(())
    }
}

/// Proof that the migration lock was acquired.
#[derive(Debug)]
pub struct MigrationLock(());

impl MigrationLock {
    #[allow(dead_code, reason = "only backends make one")]
    pub(crate) fn new() -> MigrationLock {
        MigrationLock(())
    }
}

/// Proof that the session is ready for a revision without a transaction, whose settings are
/// restored after it.
#[derive(Debug)]
#[must_use = "settings are restored when the revision has ended"]
pub struct SavedSettings(());

impl SavedSettings {
    #[allow(dead_code, reason = "only backends make one")]
    pub(crate) fn new() -> SavedSettings {
        SavedSettings(())
    }
}

/// The state of a revision's transaction after its body ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inside {
    /// It is open, with no other transaction inside it.
    Yes,
    /// It is open, and another one inside it is too.
    Nested,
    /// It was ended.
    Ended,
}

/// The outcome of closing a revision's transaction.
#[derive(Debug)]
pub enum Closed {
    /// Its last statements ran, and it is to be committed.
    Recorded,
    /// It is committed.
    Committed,
    /// It was not in the expected state, and nothing ran.
    Not(Inside),
    /// Its last statements ran, and the commit returned this error. If the connection is lost, the
    /// outcome of both is unknown.
    Refused(diesel::result::Error),
}

/// How a session sends statements of a revision in one batch.
#[derive(Clone, Copy, Debug)]
pub struct Batching {
    /// The expression for the microseconds since the server got the batch.
    pub micros: &'static str,
    /// The expression for the microseconds that the statement with a number took, once another one
    /// or the end of the revision is sent behind it in its batch.
    pub micros_of: fn(usize) -> String,
    /// How much text waits, in bytes, before it is sent.
    pub most: usize,
}

/// A statement of a revision that is sent in one batch with others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batched {
    /// Its text.
    pub sql: String,
    /// Its number in the revision.
    pub number: usize,
    /// The statement of the engine that is sent and committed before it, if it commits by itself.
    pub ahead: Option<String>,
}

/// The outcome of statements that were sent in one batch.
#[derive(Debug)]
pub enum Together {
    /// They ran, and the transaction is open.
    Open(OpenTransaction),
    /// The transaction could not be begun.
    NotBegun(diesel::result::Error),
    /// A statement ended the transaction: what ran may stay.
    Ended,
    /// What the engine sends before the statement at this place failed.
    NotAhead(OpenTransaction, usize, diesel::result::Error),
    /// A statement failed.
    Failed {
        /// The transaction, which is open.
        begun: OpenTransaction,
        /// Its place; none if that cannot be asked any more.
        at: Option<usize>,
        /// The error.
        error: diesel::result::Error,
        /// Whether the error is that of the statement, rather than of the batch behind it.
        certain: bool,
    },
    /// Nothing of them is left: they have to be sent one by one. No transaction is open, unless one
    /// was before.
    Apart,
}

/// The outcome of statements that were sent in one batch with the end of their transaction.
#[derive(Debug)]
pub enum Whole {
    /// They ran, and the transaction is committed.
    Committed,
    /// The statements of the engine at its end failed.
    NotRecorded(OpenTransaction, diesel::result::Error),
    /// A statement ended the transaction.
    Ended,
    /// The COMMIT was refused, or the connection was lost, and with it the answer.
    NotCommitted(diesel::result::Error),
    /// Anything that can happen before the end.
    Before(Together),
}

/// What the version table and the journal have.
#[derive(Debug)]
pub struct Records {
    /// The rows of the version table in insertion order; `None` if it does not exist.
    pub applied: Option<Vec<AppliedRow>>,
    /// The rows of the journal in insertion order; `None` if it does not exist, or nothing of it
    /// counts without a version table.
    pub entries: Option<Vec<Entry>>,
}

/// How long to wait for the lock, and whom to notify.
pub struct LockRequest<'a> {
    /// How long to wait.
    pub timeout: Duration,
    /// Called once, when the process starts to wait.
    pub on_wait: &'a mut dyn FnMut(Option<&Holder>),
}

/// The purpose for which a connection is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// To read: nothing is created.
    Read,
    /// To change an existing database: a missing file is not created, but an error.
    Existing,
    /// To change: a missing file is created.
    Write,
}

/// A diesel connection that can be migrated.
///
/// Implemented for the connections of the enabled backends and for sessions.
pub trait MigrateConnection {
    /// Runs something on this connection as a session.
    #[doc(hidden)]
    fn with_session<T>(&mut self, run: impl FnOnce(&mut dyn Session) -> T) -> T;
}

impl MigrateConnection for dyn Session + '_ {
    fn with_session<T>(&mut self, run: impl FnOnce(&mut dyn Session) -> T) -> T {
        run(self)
    }
}

impl MigrateConnection for Box<dyn Session> {
    fn with_session<T>(&mut self, run: impl FnOnce(&mut dyn Session) -> T) -> T {
        run(self.as_mut())
    }
}

/// Classifies an error of the session, with what only the connection knows. To be called when no
/// transaction has failed on it.
pub(crate) fn trouble(
    session: &mut dyn Session,
    error: &diesel::result::Error,
    statement: Option<&str>,
) -> Option<Trouble> {
    use diesel::result::Error;
    if !matches!(
        error,
        Error::DatabaseError(..) | Error::BrokenTransactionManager
    ) {
        return None;
    }
    match Trouble::of(error, statement) {
        None if !session.is_alive() => Some(Trouble::Closed),
        Some(Trouble::Denied(mut denied)) => {
            denied.to = session.grantee();
            Some(Trouble::Denied(denied))
        }
        trouble => trouble,
    }
}
