//! A PostgreSQL connection, owned or borrowed.

mod bookkeeping;
mod catalog;
mod locking;
mod settings;
mod together;
mod transactions;

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
use settings::Settings;

use super::lock::DatabaseLock;
use super::place::Place;
use super::{Postgres, quote, reset, scratch};
use crate::backend::instrumentation::Watch;
use crate::backend::{
    Backend, Connected, Created, DatabaseUrl, DeferredWork, FailedStatement, Holder,
    Instrumentation, Locking, Maintenance, NotDropped, RevisionSettings, SavedSettings,
    SchemaObject, ScratchQueries, SeenStatement, Session, Timeouts, sealed,
};
use crate::error::LockLost;
use crate::operation::Statements;
use crate::sql;

/// The text by which the guard of a step fails: the server cannot read it as a number and quotes it
/// in its message, whatever language that is in.
const LOST: &str = "migrate-lock-lost";
const OPEN: &str = "migrate-transaction-open";

/// The savepoint that shows whether a revision left its transaction: it disappears with the
/// transaction, and another transaction does not have it. It can be queried even in a failed one.
pub(super) const INSIDE: &str = "migrate_revision_is_open";
/// The savepoint that replaces it at the end of the revision.
const CLOSING: &str = "migrate_revision_is_closing";

/// A session on a PostgreSQL connection: `PgSession<PgConnection>` owns it, and `PgSession<&mut
/// PgConnection>` restores its settings in the end.
pub struct PgSession<C: BorrowMut<PgConnection>> {
    connection: C,
    /// The result of the first look at the database.
    place: Option<Place>,
    lock: Option<DatabaseLock>,
    /// The lock holder, as it was found with the records, and when.
    holder: Option<(Instant, Option<Holder>)>,
    /// The timeouts of statements, during a run.
    limits: Option<Timeouts>,
    /// How long the last statement took.
    took: Duration,
    /// The URL, if the session opened the connection itself.
    url: Option<DatabaseUrl>,
    /// How many transactions were open before the revision's.
    outside: u32,
    /// Whether the last statement sent was a COMMIT, whose outcome may stay unknown.
    committing: bool,
    /// How many statements of a text may be counted that could not be asked for it.
    counted: usize,
    /// Observes the statements of a connection that the session opened itself.
    watch: Option<Watch>,
    /// The settings that a revision may have changed.
    settings: Settings,
}

impl PgSession<PgConnection> {
    /// A session that owns its connection and may observe its statements.
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
            holder: None,
            limits: None,
            took: Duration::ZERO,
            url: None,
            outside: 0,
            committing: false,
            counted: 0,
            watch: None,
            settings: Settings::default(),
        }
    }

    fn postgres(&mut self) -> &mut PgConnection {
        self.connection.borrow_mut()
    }

    /// The number of transactions and savepoints that diesel has open.
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

    /// Looks for the version table, and remembers where it is once it was found. Until then, it is
    /// looked for where the first call found that it would be created.
    fn look(&mut self) -> QueryResult<Place> {
        let known = |place: &&Place| place.found.is_some() && place.journal;
        if let Some(place) = self.place.as_ref().filter(known) {
            return Ok(place.clone());
        }
        let first = self.place.clone();
        let place = Place::look(self.postgres(), first)?;
        Ok(self.place.insert(place).clone())
    }

    /// A table's name with the schema of the bookkeeping.
    fn in_place(&self, table: &str) -> String {
        match &self.place {
            Some(place) => place.qualified(table),
            None => table.to_owned(),
        }
    }

    /// The expression that fails if a transaction may not be used: the lock was lost, or the
    /// transaction is not the revision's.
    fn proof(&self, own_transaction: bool) -> Option<String> {
        let mut faults = String::new();
        let mut fault = |condition: &str, mark| {
            faults.push_str(&format!("WHEN {condition} THEN '{mark}' "));
        };
        if own_transaction {
            // if the transaction is older than this statement, other code has begun it
            fault("pg_catalog.now() <> pg_catalog.statement_timestamp()", OPEN);
        }
        if let Some(lock) = &self.lock {
            for condition in lock.is_lost() {
                fault(&condition, LOST);
            }
        }
        (!faults.is_empty()).then(|| format!("CAST(CASE {faults}ELSE '0' END AS integer)"))
    }

    /// The settings that a step begins with, and the checks that it may begin: a text that fails if
    /// it may not.
    fn guard(&self, own_transaction: bool) -> QueryResult<String> {
        let mut parts: Vec<String> = self.proof(own_transaction).into_iter().collect();
        let mut settings = String::new();
        if let Some(place) = &self.place {
            parts.push(set("search_path", &place.search_path)?);
            let limits = self.limits.map(|limits| place.settings().limited(&limits));
            for (name, value) in limits.iter().flatten() {
                // for a single value, this form costs the server a third
                settings.push_str(&format!("; SET {name} = {}", literal(value)?));
            }
        }
        Ok(match parts.is_empty() {
            true => format!("SELECT 1{settings}"),
            false => format!("SELECT {}{settings}", parts.join(", ")),
        })
    }

    /// Sends the guard, after what has to be sent before it, and sets the savepoint.
    fn pass(&mut self, before: &str, own_transaction: bool) -> QueryResult<()> {
        let guard = self.guard(own_transaction)?;
        let text = format!("{before}{guard}; SAVEPOINT {INSIDE}");
        let passed = match own_transaction {
            true => AnsiTransactionManager::begin_transaction_sql(self.postgres(), &text),
            false => self.postgres().batch_execute(&text),
        };
        passed.map_err(judged)
    }

    /// Whether the transaction with this savepoint is still open, after a statement in it failed.
    fn is_inside(&mut self, savepoint: &str) -> bool {
        self.execute(&format!("ROLLBACK TO SAVEPOINT {savepoint}"))
            .is_ok()
    }

    /// Ends what the revision has begun in place of its transaction, if anything; diesel may not
    /// know about it.
    fn leave(&mut self) -> QueryResult<()> {
        self.execute("ROLLBACK")
    }

    /// Informs diesel that the transaction was committed.
    fn is_over(&mut self) {
        let status = AnsiTransactionManager::transaction_manager_status_mut(self.postgres());
        *status = TransactionManagerStatus::default();
    }

    /// Runs a statement that blocks no other session while it waits, without a lock timeout unless
    /// the user set one.
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
        let executed = match sql::is_concurrent(sql) && self.depth().is_ok_and(|depth| depth == 0) {
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

impl<C: BorrowMut<PgConnection>> DeferredWork for PgSession<C> {}

impl<C: BorrowMut<PgConnection>> RevisionSettings for PgSession<C> {
    fn before_step(&mut self) -> QueryResult<SavedSettings> {
        self.restore_settings()?;
        let guard = self.guard(false)?;
        self.execute(&guard).map_err(judged)?;
        Ok(SavedSettings::new())
    }

    fn may_change_settings(&mut self, sql: Option<&str>) -> QueryResult<()> {
        self.expect_changes(sql)
    }
}

impl<C: BorrowMut<PgConnection>> Maintenance for PgSession<C> {
    fn scratch_queries(&self, name: &str) -> Option<ScratchQueries> {
        Some(scratch::queries(name))
    }

    fn schema_objects(&mut self, made: &[Created]) -> QueryResult<Vec<SchemaObject>> {
        self.look()?; // whose record would be kept is clear
        reset::schema_objects(self, made)
    }

    fn conflicting_objects(&mut self, made: &[Created]) -> QueryResult<Vec<String>> {
        reset::conflicting_objects(self, made)
    }

    fn drop_all(&mut self, all: &[SchemaObject], made: &[Created]) -> QueryResult<NotDropped> {
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

/// Whether an error says that the savepoint cannot be released, in any language.
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

/// The expression that sets a setting for the session.
fn set(name: &str, value: &str) -> QueryResult<String> {
    let (name, value) = (literal(name)?, literal(value)?);
    Ok(format!("pg_catalog.set_config({name}, {value}, false)"))
}

pub(super) fn literal(text: &str) -> QueryResult<String> {
    quote::text(text).map_err(|error| Error::QueryBuilderError(error.into()))
}

/// An error with a message of the session.
fn said(message: &str) -> Error {
    Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new(message.to_owned()))
}
