//! The engine: reads the applied set, plans, takes the lock, and runs one step after another, each
//! in its own transaction together with its record. It knows no SQL and no backend by name.

mod bookkeeping;
mod checksum;
mod dry_run;
mod log;
mod options;
mod place;
mod plan;
mod preflight;
mod report;
mod request;
mod reset;
mod resolve;
mod retry;
mod reversal;
mod revisions;
mod run;
mod script;
mod single_transaction;
mod stamp;
mod step;

pub(crate) use step::run_unrecorded;

pub use crate::backend::{Holder, LockConflict, NotDropped, SchemaObject};
pub use crate::outcome::{
    ChecksumMismatch, JournalAccess, Report, StampReport, Status, StepReport,
};
pub use crate::recovery::{Decision, Found};
pub use crate::script::{Part, Script, Subject};
use checksum::applied_heads;
pub use options::{LOCK_RETRIES, Transactions};
pub use report::Event;
use report::Seen;
#[doc(hidden)]
pub use report::{Abandon, Failpoint};

use std::ffi::OsString;
use std::num::NonZeroU32;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use diesel::QueryResult;
use diesel::result::DatabaseErrorKind;
use migrate_graph::{Applied, Direction, Graph, Node, Problem, Target};

use crate::backend::{LockRequest, MigrateConnection, Records, Session, trouble};
use crate::error::{Error, LockError, NotAtHead};
use crate::execute::{OperationEvent, Probe, RunContext};
use crate::history::History;
use crate::journal::AppliedRow;
use crate::journal::{Entry, PartialRevision, Which};
use crate::op::Settings;
use crate::recovery::probe;
use options::Options;
use request::Request;
use revisions::Revisions;

/// The default time that a run waits for another one.
pub const LOCK_TIMEOUT: Duration = Duration::from_secs(60);

/// Upgrades and downgrades databases to a target in a history.
///
/// ```
/// use diesel::{Connection, sqlite::SqliteConnection};
/// use migrate_core::revision::{Body, Downgrade};
/// use migrate_core::{History, Migrator, Revision, prelude::*};
///
/// // what `#[revision]` and `migrations!` write for you
/// const USERS: Revision = Revision::new(
///     "20261121093000",
///     &[],
///     "Create users.",
///     "migrations/20261121093000_create_users.rs",
///     4,
///     Body::Operations(|op| {
///         op.create_table(table("users").column(column("id", Integer).primary_key()))
///     }),
///     Downgrade::Reversible,
/// );
/// static HISTORY: History = History::new(&[&[&USERS]]);
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut connection = SqliteConnection::establish(":memory:")?;
/// let migrator = Migrator::new(&HISTORY);
/// let report = migrator.upgrade(&mut connection, "head")?;
/// assert_eq!(report.steps[0].revision, "20261121093000");
/// assert!(migrator.upgrade(&mut connection, "head")?.steps.is_empty());
/// assert_eq!(migrator.status(&mut connection)?.current, ["20261121093000"]);
/// migrator.downgrade(&mut connection, "base")?;
/// # Ok(())
/// # }
/// ```
///
/// On a connection that is already in a transaction, each revision becomes a savepoint of it, so
/// that a test can roll all of it back; a revision with `transaction = false` is refused there.
pub struct Migrator<'a> {
    history: History,
    revisions: OnceLock<Result<Revisions, Vec<Problem>>>,
    lock_timeout: Duration,
    refuses_edited: bool,
    reports_edited: bool,
    settings: Arc<Settings>,
    options: Options,
    on_event: Box<dyn Fn(&Event<'_>) + 'a>,
}

impl<'a> Migrator<'a> {
    /// A migrator for this history.
    #[must_use]
    pub fn new(history: &History) -> Migrator<'a> {
        Migrator {
            history: *history,
            revisions: OnceLock::new(),
            lock_timeout: LOCK_TIMEOUT,
            refuses_edited: false,
            reports_edited: false,
            settings: Arc::default(),
            options: Options::default(),
            on_event: Box::new(|_| {}),
        }
    }

    /// Waits this long for another run, instead of [`LOCK_TIMEOUT`].
    #[must_use]
    pub fn lock_timeout(mut self, timeout: Duration) -> Migrator<'a> {
        self.lock_timeout = timeout;
        self
    }

    /// Refuses to run anything while an applied revision has a checksum mismatch, instead of only
    /// [reporting](Status::edited) it.
    #[must_use]
    pub fn refuse_edited(mut self, refuse: bool) -> Migrator<'a> {
        self.refuses_edited = refuse;
        self
    }

    /// Fills in [`Report::edited`], for which the journal is read for each revision.
    #[must_use]
    pub fn report_edited(mut self, report: bool) -> Migrator<'a> {
        self.reports_edited = report;
        self
    }

    /// Sets the environment of the run, such as `production`; a body reads it with
    /// [`op.environment()`](crate::Operations::environment).
    ///
    /// By default there is none: unlike `cargo migrate`, the library does not read `MIGRATE_ENV` by
    /// itself, so that a revision in an application does not depend on a variable that happens to
    /// be set. See [`environment_from_env`](Migrator::environment_from_env).
    #[must_use]
    pub fn environment(mut self, name: impl Into<String>) -> Migrator<'a> {
        Arc::make_mut(&mut self.settings).environment = Some(name.into());
        self
    }

    /// Takes the environment from the variable `MIGRATE_ENV`, as `cargo migrate` does; there is
    /// none where it is not set or empty.
    ///
    /// ```
    /// use migrate_core::{History, Migrator};
    ///
    /// # static HISTORY: History = History::new(&[]);
    /// let migrator = Migrator::new(&HISTORY).environment_from_env();
    /// ```
    #[must_use]
    pub fn environment_from_env(mut self) -> Migrator<'a> {
        let name = environment_in(std::env::var_os(ENVIRONMENT));
        Arc::make_mut(&mut self.settings).environment = name;
        self
    }

    /// Passes an argument to bodies, which read it with
    /// [`op.argument(key)`](crate::Operations::argument). The last value of a key counts.
    #[must_use]
    pub fn argument(mut self, key: impl Into<String>, value: impl Into<String>) -> Migrator<'a> {
        let arguments = &mut Arc::make_mut(&mut self.settings).arguments;
        arguments.insert(key.into(), value.into());
        self
    }

    /// Calls a function for each event of a run. Then each statement is sent by itself, so that its
    /// event comes when it was run; without an observer, PostgreSQL gets all statements of a
    /// revision in one message, with the ends of its transaction, as far as nothing needs an answer
    /// in between.
    #[must_use]
    pub fn on_event(mut self, observe: impl Fn(&Event<'_>) + 'a) -> Migrator<'a> {
        self.on_event = Box::new(observe);
        self.options.together = false;
        self
    }

    /// Sends statements together all the same, where the database can: the observer does not get
    /// them then.
    #[doc(hidden)]
    #[must_use]
    pub fn statements_together(mut self) -> Migrator<'a> {
        self.options.together = true;
        self
    }

    /// Applies what is pending up to a target: `head`, `heads`, `+1`, an id, …
    ///
    /// When there is nothing to do, nothing is locked and nothing written.
    ///
    /// # Errors
    ///
    /// A target that leads nowhere, a database with revisions that the history does not know, a
    /// timeout while waiting for the lock, or a revision that failed: then those before it stay
    /// applied, as [`Error::report`] says, and the failed one is rolled back.
    pub fn upgrade<C>(&self, connection: &mut C, target: &str) -> Result<Report, Error>
    where
        C: MigrateConnection + ?Sized,
    {
        self.upgrade_to(connection, &[target])
    }

    /// Applies what is pending up to several targets.
    ///
    /// # Errors
    ///
    /// As [`upgrade`](Migrator::upgrade).
    pub fn upgrade_to<C>(&self, connection: &mut C, targets: &[&str]) -> Result<Report, Error>
    where
        C: MigrateConnection + ?Sized,
    {
        let request = Request::Up(parsed(targets)?);
        connection.with_session(|session| self.run(session, &request))
    }

    /// Reverts the applied revisions above a target: `-1`, `base`, an id, …
    ///
    /// # Errors
    ///
    /// As [`upgrade`](Migrator::upgrade); and, before anything is run, a revision in the plan that
    /// cannot be reverted.
    pub fn downgrade<C>(&self, connection: &mut C, target: &str) -> Result<Report, Error>
    where
        C: MigrateConnection + ?Sized,
    {
        let request = Request::Down(target.parse()?);
        connection.with_session(|session| self.run(session, &request))
    }

    /// Reverts the last revisions and applies them again.
    ///
    /// # Errors
    ///
    /// As [`downgrade`](Migrator::downgrade).
    pub fn redo<C>(&self, connection: &mut C, number: NonZeroU32) -> Result<Report, Error>
    where
        C: MigrateConnection + ?Sized,
    {
        connection.with_session(|session| self.run(session, &Request::Redo(number)))
    }

    /// Records the database as being at these targets, without running anything. With `purge`,
    /// first deletes everything that was recorded, including revisions that the history does not
    /// know.
    ///
    /// # Errors
    ///
    /// A target that leads nowhere, unknown revisions without `purge`, or a timeout while waiting
    /// for the lock.
    pub fn stamp<C>(
        &self,
        connection: &mut C,
        targets: &[&str],
        purge: bool,
    ) -> Result<StampReport, Error>
    where
        C: MigrateConnection + ?Sized,
    {
        let targets = parsed(targets)?;
        connection.with_session(|session| self.write_stamp(session, &targets, purge))
    }

    /// Reads the state of a database. Writes nothing and creates nothing.
    ///
    /// # Errors
    ///
    /// When the version table cannot be read.
    pub fn status<C>(&self, connection: &mut C) -> Result<Status, Error>
    where
        C: MigrateConnection + ?Sized,
    {
        let graph = self.graph()?;
        let (rows, journal) = connection.with_session(|session| {
            if let Ok(Records { applied, entries }) = session.records(Which::Revisions) {
                return Ok((applied, entries.map_or(Seen::Absent, Seen::Read)));
            }
            let rows =
                self.patiently(session, "read what is applied", |session| session.applied())?;
            let journal = self.look_at_journal(session)?;
            Ok::<_, Error>((rows, journal))
        })?;
        let mut status = Status::new(graph, &rows.clone().unwrap_or_default());
        if let (None, Seen::Read(entries)) = (&rows, &journal) {
            status.lost_at = applied_heads(graph, entries);
        }
        status.take_in(journal, &self.history.by_id());
        Ok(status)
    }

    /// The journal, if it may be read: `status` does not fail when it may not.
    fn look_at_journal(&self, session: &mut dyn Session) -> Result<Seen, Error> {
        let entries = self.patiently(session, "read the journal", |session| {
            session.journal(Which::Revisions)
        });
        match entries {
            Ok(Some(entries)) => Ok(Seen::Read(entries)),
            Ok(None) => Ok(Seen::Absent),
            Err(Error::Database {
                source: diesel::result::Error::DatabaseError(kind, facts),
                ..
            }) if !matches!(kind, DatabaseErrorKind::ClosedConnection) => {
                Ok(Seen::Closed(facts.message().to_owned()))
            }
            Err(error) => Err(error),
        }
    }

    /// Checks that the database is at the head of the history, for a program that leaves migrating
    /// to another. Writes nothing and creates nothing.
    ///
    /// # Errors
    ///
    /// [`Error::NotAtHead`] when a revision is pending, unknown or partially applied; and as
    /// [`status`](Migrator::status).
    ///
    /// ```
    /// use diesel::{Connection, sqlite::SqliteConnection};
    /// use migrate_core::{Error, History, Migrator};
    ///
    /// # static HISTORY: History = History::new(&[]);
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut connection = SqliteConnection::establish(":memory:")?;
    /// Migrator::new(&HISTORY).require_head(&mut connection)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn require_head<C>(&self, connection: &mut C) -> Result<Status, Error>
    where
        C: MigrateConnection + ?Sized,
    {
        let status = self.status(connection)?;
        match status.at_heads && status.unknown.is_empty() && status.partial.is_none() {
            true => Ok(status),
            false => Err(Box::new(NotAtHead::new(status)).into()),
        }
    }

    /// Lists what [`reset`](Migrator::reset) would drop: every table, view, sequence, type and
    /// function of the database, in PostgreSQL of the current schema, except what belongs to an
    /// extension.
    ///
    /// # Errors
    ///
    /// When the catalogue cannot be read.
    pub fn objects<C>(&self, connection: &mut C) -> Result<Vec<SchemaObject>, Error>
    where
        C: MigrateConnection + ?Sized,
    {
        connection.with_session(|session| self.look_into(session))
    }

    /// Drops the listed [`objects`](Migrator::objects) with all their data, and applies the whole
    /// history. For development.
    ///
    /// # Errors
    ///
    /// When the database has other objects by now, when something outside depends on one, or when
    /// one cannot be dropped; where changes of the schema can be rolled back, nothing is dropped
    /// then. And as [`upgrade`](Migrator::upgrade).
    pub fn reset<C>(&self, connection: &mut C, objects: &[SchemaObject]) -> Result<Report, Error>
    where
        C: MigrateConnection + ?Sized,
    {
        connection.with_session(|session| self.reset_objects(session, objects))
    }

    /// Runs one revision without a lock and a record, so that its cost does not depend on how long
    /// the history is. For tests of a history.
    ///
    /// # Errors
    ///
    /// As [`upgrade`](Migrator::upgrade).
    #[doc(hidden)]
    pub fn run_alone(
        &self,
        session: &mut dyn Session,
        revision: Node,
        direction: Direction,
    ) -> Result<(), Error> {
        let revision = self.revisions()?.get(revision);
        let observe = |event: &OperationEvent<'_>| self.emit(&event.into());
        let context = RunContext {
            observer: Some(&observe),
            ..self.context()
        };
        run_unrecorded(session, revision, direction, &context)
    }

    /// The graph of the history.
    ///
    /// # Errors
    ///
    /// When the revisions form none; the macros do not compile such a history.
    pub fn graph(&self) -> Result<&Graph, Error> {
        Ok(&self.revisions()?.graph)
    }

    fn revisions(&self) -> Result<&Revisions, Error> {
        match self.revisions.get_or_init(|| Revisions::new(&self.history)) {
            Ok(revisions) => Ok(revisions),
            Err(problems) => Err(Error::History(problems.clone())),
        }
    }

    /// The context of bodies.
    fn context(&self) -> RunContext<'static> {
        RunContext {
            settings: Arc::clone(&self.settings),
            stop: self.options.stop.clone(),
            together: self.options.together,
            probe: Probe(probe),
            ..RunContext::default()
        }
    }

    fn emit(&self, event: &Event<'_>) {
        (self.on_event)(event);
    }

    /// Reads the state of the database.
    fn read(&self, session: &mut dyn Session, which: Which) -> Result<State, Error> {
        self.patiently(session, "read what is applied", |session| {
            let Records { applied, entries } = session.records(which)?;
            // the journal is created after the version table
            let entries = entries.filter(|_| applied.is_some());
            let rows = applied;
            Ok(State { rows, entries })
        })
    }

    /// Reads something. Waits while another connection has locked the database.
    fn patiently<T>(
        &self,
        session: &mut dyn Session,
        doing: &'static str,
        mut read: impl FnMut(&mut dyn Session) -> QueryResult<T>,
    ) -> Result<T, Error> {
        let start = Instant::now();
        loop {
            match read(session) {
                Ok(read) => return Ok(read),
                Err(error) if session.is_busy(&error) && start.elapsed() < self.lock_timeout => {
                    std::thread::sleep(Duration::from_millis(5));
                }
                Err(source) => return Err(failed(session, doing, source, start)),
            }
        }
    }

    /// Runs something with the lock.
    fn locked<T>(
        &self,
        session: &mut dyn Session,
        run: impl FnOnce(&mut dyn Session) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut request = LockRequest {
            timeout: self.lock_timeout,
            on_wait: &mut |holder| self.emit(&Event::Waiting { holder }),
        };
        let locked = session.lock(&mut request)?;
        self.options.stop.begin(session.cancel_handle(&locked));
        let limited = session.limit(&locked, &self.options.limits);
        let result = limited
            .map_err(|source| Error::database("set the timeouts of statements", source))
            .and_then(|()| run(session));
        self.options.stop.end();
        session.unlock();
        result
    }
}

/// The variable that names the environment, for the command line and for applications that ask for
/// it.
#[doc(hidden)]
pub const ENVIRONMENT: &str = "MIGRATE_ENV";

/// The environment that the variable's value names.
fn environment_in(value: Option<OsString>) -> Option<String> {
    let name = value?.to_string_lossy().into_owned();
    (!name.is_empty()).then_some(name)
}

/// The state of a database.
#[derive(Clone, Debug)]
struct State {
    /// The rows of the version table, if it exists.
    rows: Option<Vec<AppliedRow>>,
    /// Rows of the journal, at least those after the last one that closed a revision, if it exists.
    entries: Option<Vec<Entry>>,
}

impl State {
    fn partial(&self) -> Option<PartialRevision> {
        PartialRevision::of(self.entries.as_deref().unwrap_or_default())
    }

    fn applied(&self, graph: &Graph) -> Applied {
        applied_set(graph, self.rows.as_deref())
    }

    /// Whether nothing was done in between.
    fn is_as(&self, before: &State) -> bool {
        self.rows == before.rows && self.partial() == before.partial()
    }
}

/// The error of the database since `start`; if the database is busy, the other connection is to
/// blame.
fn failed(
    session: &mut dyn Session,
    doing: &'static str,
    source: diesel::result::Error,
    start: Instant,
) -> Error {
    match session.is_busy(&source) {
        true => Error::Lock(LockError::Busy {
            waited: start.elapsed(),
        }),
        false => {
            // a read needs only the privilege to read
            let statement = doing.starts_with("read").then_some("SELECT");
            let found = trouble(session, &source, statement);
            let mut error = Error::database(doing, source);
            if let Error::Database { trouble, .. } = &mut error {
                *trouble = found;
            }
            error
        }
    }
}

fn parsed(targets: &[&str]) -> Result<Vec<Target>, Error> {
    targets
        .iter()
        .map(|target| target.parse().map_err(Error::from))
        .collect()
}

/// The applied set of the rows of the version table.
fn applied_set(graph: &Graph, rows: Option<&[AppliedRow]>) -> Applied {
    Applied::new(
        graph,
        rows.unwrap_or_default().iter().map(|row| &row.version),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_sets_no_environment() {
        let history = History::new(&[]);
        let environment = |migrator: Migrator<'_>| migrator.settings.environment.clone();
        assert_eq!(environment(Migrator::new(&history)), None);
        assert_eq!(environment_in(None), None);
        assert_eq!(environment_in(Some("".into())), None);
        let found = environment_in(Some("production".into()));
        assert_eq!(found.as_deref(), Some("production"));
        let expected = environment_in(std::env::var_os(ENVIRONMENT));
        let named = Migrator::new(&history).environment("testing");
        assert_eq!(environment(named.environment_from_env()), expected);
    }
}
