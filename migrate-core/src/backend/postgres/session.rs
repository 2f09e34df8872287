//! A live PostgreSQL connection, the session's own or borrowed.

mod settings;

use std::any::Any;
use std::borrow::BorrowMut;
use std::time::{Duration, Instant};

use diesel::connection::{
    AnsiTransactionManager, SimpleConnection, TransactionManager, TransactionManagerStatus,
};
use diesel::pg::PgConnection;
use diesel::result::{DatabaseErrorKind, Error};
use diesel::sql_types::Text;
use diesel::{Connection, QueryResult, QueryableByName, RunQueryDsl, sql_query};

use super::about::about;
use super::connect::establish;
use super::limits;
use super::lock::{self, DatabaseLock};
use super::place::Place;
use super::{Postgres, inspect, pooler, quote, reset, views};
use crate::backend::watch::Watch;
use crate::backend::{
    About, Backend, Belonging, Bookkeeping, Canceller, Catalog, Closed, Connected, Created,
    DatabaseUrl, DeferredWork, Effect, FailedStatement, Hindrance, Holder, ImplicitCommits, Inside,
    Instrumentation, Limits, LockRequest, Locking, Maintenance, NotDropped, RevisionSettings,
    SeenStatement, Session, Transactions, sealed, settle,
};
use crate::error::{Grantee, LockError, LockLost, OperationError};
use crate::journal::{self, AppliedRow, Entry, Stored, VERSION_TABLE, Which};
use crate::operation::{Operation, Statements};
use settings::Settings;

/// What the guard of a step says, as the text of a number that is none: the server quotes it in its
/// message, whatever language that is in.
const LOST: &str = "migrate-lock-lost";
const OPEN: &str = "migrate-transaction-open";

/// The savepoint by which a revision that left its transaction is noticed: it is gone with the
/// transaction, and another transaction does not have it. One that failed can still be asked for it.
const INSIDE: &str = "migrate_revision_is_open";
/// The savepoint that takes its place at the end of the revision.
const CLOSING: &str = "migrate_revision_is_closing";

/// A session on a PostgreSQL connection: `PgSession<PgConnection>` owns it, and
/// `PgSession<&mut PgConnection>` gives it back as it was.
pub struct PgSession<C: BorrowMut<PgConnection>> {
    connection: C,
    /// What the first look at the database showed.
    place: Option<Place>,
    lock: Option<DatabaseLock>,
    /// How long statements may take and wait, while there is a run.
    limits: Option<Limits>,
    /// How long the last statement took.
    took: Duration,
    /// Where the connection leads, if the session opened it itself.
    url: Option<DatabaseUrl>,
    /// How many transactions were open before the revision's.
    outside: u32,
    /// Whether the last thing sent was a COMMIT, whose outcome may never be heard of.
    committing: bool,
    /// What sees the statements of a connection that the session opened itself.
    watch: Option<Watch>,
    /// What a revision may have changed on the connection.
    settings: Settings,
}

impl PgSession<PgConnection> {
    /// A session on a connection that nobody else uses, and whose statements may be observed.
    pub(super) fn watching(
        mut connection: PgConnection,
        url: DatabaseUrl,
    ) -> PgSession<PgConnection> {
        let watch = Watch::default();
        connection.set_instrumentation(watch.clone());
        let mut session = PgSession::new(connection);
        session.watch = Some(watch);
        session.url = Some(url);
        session
    }
}

impl<C: BorrowMut<PgConnection>> PgSession<C> {
    /// A session on this connection. Nothing is changed on it yet.
    pub fn new(connection: C) -> PgSession<C> {
        PgSession {
            connection,
            place: None,
            lock: None,
            limits: None,
            took: Duration::ZERO,
            url: None,
            outside: 0,
            committing: false,
            watch: None,
            settings: Settings::default(),
        }
    }

    fn postgres(&mut self) -> &mut PgConnection {
        self.connection.borrow_mut()
    }

    /// How many transactions and savepoints diesel has open.
    fn depth(&mut self) -> QueryResult<u32> {
        let status = AnsiTransactionManager::transaction_manager_status_mut(self.postgres());
        Ok(status
            .transaction_depth()?
            .map_or(0, std::num::NonZeroU32::get))
    }

    /// Whether the connection is lost.
    fn is_broken(&mut self) -> bool {
        self.depth().is_err()
    }

    /// Looks for the version table, and remembers where it is once it was found. Until then, it
    /// is looked for where the first look said that it would be created.
    fn look(&mut self) -> QueryResult<Place> {
        let known = |place: &&Place| place.found.is_some() && place.journal;
        if let Some(place) = self.place.as_ref().filter(known) {
            return Ok(place.clone());
        }
        let first = self.place.clone();
        let place = Place::look(self.postgres(), first)?;
        Ok(self.place.insert(place).clone())
    }

    /// A table's name with the schema in which the bookkeeping is.
    fn in_place(&self, table: &str) -> String {
        match &self.place {
            Some(place) => place.qualified(table),
            None => table.to_owned(),
        }
    }

    /// The expression that fails when a transaction may not be used: the lock was lost, or it is not the revision's own.
    fn proof(&self, own_transaction: bool) -> Option<String> {
        let mut faults = String::new();
        let mut fault = |condition: &str, mark| {
            faults.push_str(&format!("WHEN {condition} THEN '{mark}' "));
        };
        if own_transaction {
            // in a transaction that is older than this statement, somebody else has begun it
            fault("pg_catalog.now() <> pg_catalog.statement_timestamp()", OPEN);
        }
        if let Some(lock) = &self.lock {
            for condition in lock.is_lost() {
                fault(&condition, LOST);
            }
        }
        (!faults.is_empty()).then(|| format!("CAST(CASE {faults}ELSE '0' END AS integer)"))
    }

    /// The settings that a step begins with, and the checks that it may begin: a text which
    /// fails when it may not.
    fn guard(&self, own_transaction: bool) -> QueryResult<String> {
        let mut parts: Vec<String> = self.proof(own_transaction).into_iter().collect();
        let mut settings = String::new();
        if let Some(place) = &self.place {
            parts.push(set("search_path", &place.search_path)?);
            let limits = self.limits.map(|limits| place.settings().limited(&limits));
            for (name, value) in limits.iter().flatten() {
                // of what is no list, this form costs the server a third
                settings.push_str(&format!("; SET {name} = {}", literal(value)?));
            }
        }
        Ok(match parts.is_empty() {
            true => format!("SELECT 1{settings}"),
            false => format!("SELECT {}{settings}", parts.join(", ")),
        })
    }

    /// Sends the guard, with what has to be sent before it, and sets the savepoint after it.
    fn pass(&mut self, before: &str, own_transaction: bool) -> QueryResult<()> {
        let guard = self.guard(own_transaction)?;
        let text = format!("{before}{guard}; SAVEPOINT {INSIDE}");
        let passed = match own_transaction {
            true => AnsiTransactionManager::begin_transaction_sql(self.postgres(), &text),
            false => self.postgres().batch_execute(&text),
        };
        passed.map_err(judged)
    }

    /// Whether the transaction that has this savepoint is still open, after a statement in it failed.
    fn is_inside(&mut self, savepoint: &str) -> bool {
        self.execute(&format!("ROLLBACK TO SAVEPOINT {savepoint}"))
            .is_ok()
    }

    /// Ends what the revision has begun in place of its transaction, if anything; diesel may not know of it.
    fn leave(&mut self) -> QueryResult<()> {
        self.execute("ROLLBACK")
    }

    /// Tells diesel that the transaction was committed.
    fn is_over(&mut self) {
        let status = AnsiTransactionManager::transaction_manager_status_mut(self.postgres());
        *status = TransactionManagerStatus::default();
    }

    /// Runs a statement that nobody waits for while it waits for others, as long as it takes, unless somebody set a limit.
    fn execute_patiently(&mut self, sql: &str) -> QueryResult<()> {
        let limited = self.limits.filter(|limits| limits.lock.is_none());
        let (Some(limits), Some(place)) = (limited, self.place.clone()) else {
            return self.postgres().batch_execute(sql);
        };
        let [(name, limit), _] = place.settings().limited(&limits);
        self.postgres().batch_execute(&format!("SET {name} = 0"))?;
        let executed = self.postgres().batch_execute(sql);
        let set = format!("SELECT {}", set(name, &limit)?);
        let set = self.postgres().batch_execute(&set);
        executed.and(set)
    }
}

impl<C: BorrowMut<PgConnection>> Statements for PgSession<C> {
    fn connection(&mut self) -> &mut dyn Any {
        self.postgres()
    }

    fn execute(&mut self, sql: &str) -> QueryResult<()> {
        let start = Instant::now();
        let executed =
            match limits::waits_without_harm(sql) && self.depth().is_ok_and(|depth| depth == 0) {
                true => self.execute_patiently(sql),
                false => self.postgres().batch_execute(sql),
            };
        self.took = start.elapsed();
        executed
    }

    fn texts(&mut self, query: &str) -> QueryResult<Vec<String>> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Text)]
            text: String,
        }
        let rows: Vec<Row> = sql_query(query).load(self.postgres())?;
        Ok(rows.into_iter().map(|row| row.text).collect())
    }
}

impl<C: BorrowMut<PgConnection>> Connected for PgSession<C> {
    fn backend(&self) -> &'static dyn Backend {
        &Postgres
    }

    fn secrets(&self) -> Vec<String> {
        self.url
            .as_ref()
            .map_or_else(Vec::new, DatabaseUrl::secrets)
    }
}

impl<C: BorrowMut<PgConnection>> Bookkeeping for PgSession<C> {
    fn version_table(&self) -> String {
        self.in_place(VERSION_TABLE)
    }

    fn chosen_version_table(&self) -> Option<String> {
        let place = self.place.as_ref().filter(|place| place.is_chosen)?;
        Some(place.qualified(VERSION_TABLE))
    }

    fn applied(&mut self) -> QueryResult<Option<Vec<AppliedRow>>> {
        if self.look()?.found.is_none() {
            return Ok(None);
        }
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Text)]
            version: String,
            #[diesel(sql_type = Text)]
            run_on: String,
        }
        let table = self.version_table();
        let rows: Vec<Row> = sql_query(format!(
            "SELECT CAST(version AS text) AS version, CAST(run_on AS text) AS run_on \
             FROM {table} ORDER BY {table}.run_on, {table}.ctid"
        ))
        .load(self.postgres())?;
        Ok(Some(
            rows.into_iter()
                .map(|Row { version, run_on }| AppliedRow { version, run_on })
                .collect(),
        ))
    }

    fn journal_table(&self) -> String {
        self.in_place(journal::TABLE)
    }

    fn journal(&mut self, which: Which) -> QueryResult<Option<Vec<Entry>>> {
        if !self.look()?.journal {
            return Ok(None);
        }
        let query = journal::select_sql(&self.journal_table(), which);
        let rows: Vec<Stored> = sql_query(query).load(self.postgres())?;
        Ok(Some(rows.into_iter().map(Entry::from).collect()))
    }
}

impl<C: BorrowMut<PgConnection>> Catalog for PgSession<C> {
    fn views_only_read(&mut self, queries: &[String]) -> bool {
        let failed = self.failed_statement();
        let only = views::only_read(self, queries);
        if let Some(watch) = &self.watch {
            watch.put_back(failed);
        }
        only.unwrap_or(false)
    }

    fn server_version(&mut self) -> QueryResult<Option<String>> {
        match &self.place {
            Some(place) => Ok(Some(place.version.clone())),
            None => Ok(Some(self.look()?.version)),
        }
    }

    fn about(&mut self) -> QueryResult<About> {
        self.look()?;
        let table = literal(&self.version_table())?;
        let journal = literal(&self.journal_table())?;
        let about = about(self.postgres(), &table, &journal)?;
        let is_pooled = match self.url.clone() {
            Some(url) => Some(pooler::is_shared(self.postgres(), &url)?),
            None => None,
        };
        Ok(About { is_pooled, ..about })
    }

    fn grantee(&mut self) -> Option<Grantee> {
        let rows = self.texts(
            "SELECT pg_catalog.quote_ident(CAST(current_user AS text)) AS text \
             UNION ALL SELECT CAST(pg_catalog.current_database() AS text)",
        );
        rows.ok().and_then(Grantee::of)
    }

    fn check(&mut self, operation: &Operation) -> Result<(), OperationError> {
        match self.depth().map_err(OperationError::Catalogue)? {
            0 => Ok(()),
            _ => Ok(inspect::inside_transaction(operation)?),
        }
    }

    fn effect(
        &mut self,
        operation: &Operation,
        statement: usize,
        _sql: &str,
    ) -> Result<Effect, OperationError> {
        settle::effect(self, &Postgres, operation, statement)
    }
}

impl<C: BorrowMut<PgConnection>> DeferredWork for PgSession<C> {}

impl<C: BorrowMut<PgConnection>> RevisionSettings for PgSession<C> {
    fn before_step(&mut self) -> QueryResult<()> {
        self.restore_settings()?;
        let guard = self.guard(false)?;
        self.execute(&guard).map_err(judged)
    }

    fn may_change_settings(&mut self, sql: Option<&str>) -> QueryResult<()> {
        self.expect_changes(sql)
    }
}

impl<C: BorrowMut<PgConnection>> Transactions for PgSession<C> {
    fn in_transaction(&mut self) -> QueryResult<bool> {
        Ok(self.depth()? > 0)
    }

    fn begin(&mut self) -> QueryResult<()> {
        self.outside = self.depth()?;
        if let Some(watch) = &self.watch {
            watch.forget();
        }
        self.committing = false;
        self.restore_settings()?;
        match self.outside {
            0 => self.pass("BEGIN; ", true).inspect_err(|_| {
                // nothing of ours is in it, and diesel does not know of it
                let _ = self.execute("ROLLBACK");
            }),
            _ => {
                AnsiTransactionManager::begin_transaction(self.postgres())?;
                self.pass("", false)
            }
        }
    }

    fn begin_small(&mut self) -> QueryResult<()> {
        self.outside = self.depth()?;
        self.committing = false;
        let proof = self.proof(false).map(|proof| format!("SELECT {proof}; "));
        let begin = format!("BEGIN; {}SAVEPOINT {INSIDE}", proof.unwrap_or_default());
        AnsiTransactionManager::begin_transaction_sql(self.postgres(), &begin).map_err(|error| {
            // diesel does not know of it
            let _ = self.execute("ROLLBACK");
            judged(error)
        })
    }

    fn begin_own(&mut self, sql: &str) -> QueryResult<()> {
        self.outside = self.depth()?;
        self.committing = false;
        AnsiTransactionManager::begin_transaction_sql(self.postgres(), sql)
    }

    fn record(&mut self, statements: &[String]) -> QueryResult<()> {
        let itself = self.as_itself()?;
        self.execute(&format!("{itself}{}", statements.join(";\n")))
    }

    fn inside(&mut self) -> QueryResult<Inside> {
        let nested = self.depth()? > self.outside + 1;
        match self.execute(&format!("RELEASE SAVEPOINT {INSIDE}")) {
            Ok(()) if nested => Ok(Inside::Nested),
            Ok(()) => Ok(Inside::Yes),
            Err(error) if self.is_inside(INSIDE) => Err(error), // it is still this transaction, and spoilt
            Err(_) => {
                self.leave()?;
                Ok(Inside::Ended)
            }
        }
    }

    fn close(&mut self, statements: &[String]) -> QueryResult<Closed> {
        if self.depth()? > self.outside + 1 {
            return self.inside().map(Closed::Not);
        }
        let own = self.outside == 0;
        // where the transaction is not the revision's any more, the release fails, and nothing that is sent with it is run
        let statements = self.as_itself()? + &statements.join(";\n");
        let commit = if own { ";\nCOMMIT" } else { "" };
        self.committing = own;
        let sent = self.execute(&format!(
            "RELEASE SAVEPOINT {INSIDE};\nSAVEPOINT {CLOSING};\n{statements}{commit}"
        ));
        let Err(error) = sent else {
            return Ok(match own {
                true => {
                    self.is_over();
                    Closed::Committed
                }
                false => Closed::Recorded,
            });
        };
        if !is_about_savepoint(&error) {
            // it was spoilt before by the body, or by one of the statements
            if self.is_inside(INSIDE) || self.is_inside(CLOSING) || !own {
                self.committing = false;
                return Err(error);
            }
            // the COMMIT ended it; or the connection is gone, and nobody knows
            if self.is_alive() || self.leave().is_err() {
                return Ok(Closed::Refused(error));
            }
        }
        self.committing = false;
        self.leave()?;
        Ok(Closed::Not(Inside::Ended))
    }

    fn commit(&mut self) -> QueryResult<()> {
        self.committing = true;
        AnsiTransactionManager::commit_transaction(self.postgres())
    }

    fn rollback(&mut self) -> QueryResult<()> {
        let mut result = Ok(());
        if self.is_broken() && !self.committing {
            return Ok(()); // the server rolls back what its client left behind
        }
        let mut depth = self.depth()?;
        while depth > self.outside {
            // a savepoint that is gone does not keep the transaction around it from ending
            result = AnsiTransactionManager::rollback_transaction(self.postgres());
            let left = self.depth()?;
            if left >= depth {
                break;
            }
            depth = left;
        }
        result
    }

    fn rollback_all(&mut self) -> QueryResult<()> {
        self.outside = 0;
        self.rollback()
    }
}

impl<C: BorrowMut<PgConnection>> ImplicitCommits for PgSession<C> {
    fn write_ahead(&mut self, sql: &str) -> QueryResult<()> {
        match self.as_itself()? {
            itself if itself.is_empty() || self.depth()? > 0 => self.execute(sql),
            itself => {
                let written = self.execute(&format!("BEGIN;\n{itself}{sql};\nCOMMIT"));
                written.inspect_err(|_| {
                    // the first error is the one to tell
                    let _ = self.execute("ROLLBACK");
                })
            }
        }
    }
}

impl<C: BorrowMut<PgConnection>> Locking for PgSession<C> {
    fn is_busy(&self, _error: &Error) -> bool {
        false // writers and readers wait for each other row by row, as long as it takes
    }

    fn lock(&mut self, request: &mut LockRequest<'_>) -> Result<(), LockError> {
        if self.lock.is_some() {
            return Ok(());
        }
        if let Some(url) = self.url.clone()
            && pooler::is_shared(self.postgres(), &url).map_err(LockError::Database)?
        {
            return Err(LockError::Shared);
        }
        self.lock = Some(DatabaseLock::take(self.postgres(), request)?);
        Ok(())
    }

    fn holder(&mut self) -> QueryResult<Option<Holder>> {
        lock::holder(self.postgres())
    }

    fn unlock(&mut self) {
        let Some(lock) = self.lock.take() else {
            return;
        };
        let limited = self.limits.take().is_some();
        // a connection that cannot do this is gone, and the lock with it
        let _ = lock.give_back(self.postgres());
        let _ = self.restore_settings();
        self.settings = Settings::default();
        if let Some(place) = self.place.clone() {
            let settings = place.settings().given_back();
            let limits = settings.iter().filter(|_| limited);
            let parts: QueryResult<Vec<String>> = limits
                .map(|(name, value)| set(name, value))
                .chain([set("search_path", &place.search_path)])
                .collect();
            if let Ok(parts) = parts {
                let _ = self.execute(&format!("SELECT {}", parts.join(", ")));
            }
        }
    }

    fn limit(&mut self, limits: &Limits) -> QueryResult<()> {
        self.look()?; // the settings to give back
        self.limits = Some(*limits); // they are set with each guard
        Ok(())
    }

    fn hindrance(&mut self, error: &Error) -> Option<Hindrance> {
        let place = self.place.as_ref()?;
        let speaks_english = ["en", "C", "POSIX"]
            .iter()
            .any(|start| place.language.starts_with(start))
            || place.language.is_empty();
        let [(_, limit), _] = place.settings().limited(&self.limits?);
        let limit = limit.parse().map(Duration::from_millis).ok();
        let was_up = limit.is_some_and(|limit| !limit.is_zero() && self.took >= limit);
        limits::hindrance(error, speaks_english, was_up)
    }

    fn canceller(&mut self) -> Option<Canceller> {
        let (url, process) = (self.url.clone()?, self.lock?.process);
        Some(Box::new(move || {
            let mut other = establish(&url).map_err(|error| error.to_string())?;
            other
                .batch_execute(&format!("SELECT pg_catalog.pg_cancel_backend({process})"))
                .map_err(|error| error.to_string())
        }))
    }
}

impl<C: BorrowMut<PgConnection>> Maintenance for PgSession<C> {
    fn belongings(&mut self, made: &[Created]) -> QueryResult<Vec<Belonging>> {
        self.look()?; // whose record would be kept is clear
        reset::belongings(self, made)
    }

    fn in_the_way(&mut self, made: &[Created]) -> QueryResult<Vec<String>> {
        reset::in_the_way(self, made)
    }

    fn drop_all(&mut self, all: &[Belonging], made: &[Created]) -> QueryResult<NotDropped> {
        let not = reset::drop_all(self, all, made)?;
        if let Some(place) = self.place.as_mut().filter(|_| not.is_empty()) {
            place.found = None;
            place.journal = false;
        }
        Ok(not)
    }
}

impl<C: BorrowMut<PgConnection>> Instrumentation for PgSession<C> {
    fn watch(&mut self) -> bool {
        self.watch.as_ref().map(Watch::begin).is_some()
    }

    fn watched(&mut self) -> Vec<SeenStatement> {
        self.watch.as_ref().map(Watch::end).unwrap_or_default()
    }

    fn failed_statement(&mut self) -> Option<FailedStatement> {
        self.watch.as_ref()?.last_failure()
    }
}

impl<C: BorrowMut<PgConnection>> sealed::Sealed for PgSession<C> {}

impl<C: BorrowMut<PgConnection>> Session for PgSession<C> {}

impl<C: BorrowMut<PgConnection>> Drop for PgSession<C> {
    fn drop(&mut self) {
        self.unlock();
    }
}

/// Whether an error says that the savepoint cannot be released, in whatever language.
fn is_about_savepoint(error: &Error) -> bool {
    matches!(error, Error::DatabaseError(_, facts)
        if facts.message().contains(INSIDE) || facts.message().contains("RELEASE SAVEPOINT"))
}

/// What the failure of a guard means.
fn judged(error: Error) -> Error {
    match &error {
        Error::DatabaseError(_, facts) if facts.message().contains(LOST) => LockLost::error(
            "the connection is no longer the one that took it, or the lock was given back; a pooler that shares connections between \
             transactions does that",
        ),
        Error::DatabaseError(_, facts) if facts.message().contains(OPEN) => {
            said("a transaction is open already")
        }
        _ => error,
    }
}

/// The expression that sets a setting until it is set again.
fn set(name: &str, value: &str) -> QueryResult<String> {
    let (name, value) = (literal(name)?, literal(value)?);
    Ok(format!("pg_catalog.set_config({name}, {value}, false)"))
}

pub(super) fn literal(text: &str) -> QueryResult<String> {
    quote::text(text).map_err(|error| Error::QueryBuilderError(error.into()))
}

/// An error with a message of ours.
fn said(message: &str) -> Error {
    Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new(message.to_owned()))
}
