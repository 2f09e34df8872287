//! A live PostgreSQL connection, the session's own or borrowed.

use std::any::Any;
use std::borrow::BorrowMut;

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::pg::PgConnection;
use diesel::result::{DatabaseErrorKind, Error};
use diesel::sql_types::{Nullable, Text};
use diesel::{Connection, QueryResult, QueryableByName, RunQueryDsl, sql_query};

use super::lock::DatabaseLock;
use super::{Postgres, inspect, quote};
use crate::applied::{AppliedRow, TABLE};
use crate::backend::watch::Watch;
use crate::backend::{Backend, FailedStatement, Inside, LockRequest, SeenStatement, Session};
use crate::error::{LockError, OperationError};
use crate::operation::Operation;

/// What the guard of a step says, as the text of a number that is none: the server quotes it in its
/// message, whatever language that is in.
const LOST: &str = "migrate-lock-lost";
const OPEN: &str = "migrate-transaction-open";
const ENDED: &str = "migrate-transaction-ended";

/// The setting by which a revision that left its transaction is noticed: it goes with the
/// transaction.
const INSIDE: &str = "migrate.revision";

/// A session on a PostgreSQL connection: `PgSession<PgConnection>` owns it, and
/// `PgSession<&mut PgConnection>` gives it back as it was.
pub struct PgSession<C: BorrowMut<PgConnection>> {
    connection: C,
    /// What the first look at the database showed.
    place: Option<Place>,
    lock: Option<DatabaseLock>,
    /// How many transactions were open before the revision's.
    outside: u32,
    /// How many transactions were begun here.
    begun: u32,
    /// Whether the last thing sent was a COMMIT, whose outcome may never be heard of.
    committing: bool,
    /// What sees the statements of a connection that the session opened itself.
    watch: Option<Watch>,
}

/// Where the bookkeeping is, whatever a revision does to the search path.
#[derive(Clone, Debug, QueryableByName)]
struct Place {
    /// The schema in which the version table was found.
    #[diesel(sql_type = Nullable<Text>)]
    found: Option<String>,
    /// The schema in which it would be created.
    #[diesel(sql_type = Nullable<Text>)]
    current: Option<String>,
    #[diesel(sql_type = Text)]
    search_path: String,
    #[diesel(sql_type = Text)]
    version: String,
}

impl PgSession<PgConnection> {
    /// A session on a connection that nobody else uses, and whose statements may be observed.
    pub(super) fn watching(mut connection: PgConnection) -> PgSession<PgConnection> {
        let watch = Watch::default();
        connection.set_instrumentation(watch.clone());
        let mut session = PgSession::new(connection);
        session.watch = Some(watch);
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
            outside: 0,
            begun: 0,
            committing: false,
            watch: None,
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
        if let Some(place) = self.place.as_ref().filter(|place| place.found.is_some()) {
            return Ok(place.clone());
        }
        let name = literal(&self.version_table())?;
        let seen: Place = sql_query(format!(
            "SELECT (SELECT CAST(n.nspname AS text) FROM pg_catalog.pg_class AS c \
             JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
             WHERE c.oid = pg_catalog.to_regclass({name})) AS found, \
             CAST(pg_catalog.current_schema() AS text) AS current, \
             pg_catalog.current_setting('search_path') AS search_path, \
             pg_catalog.split_part(pg_catalog.current_setting('server_version'), ' ', 1) AS version"
        ))
        .get_result(self.postgres())?;
        let place = match self.place.take() {
            Some(first) => Place {
                found: seen.found,
                ..first
            },
            None => seen,
        };
        Ok(self.place.insert(place).clone())
    }

    /// The settings that a step begins with, and the checks that it may begin; one statement, which
    /// fails when it may not.
    fn guard(&self, own_transaction: bool) -> QueryResult<String> {
        let mut parts = Vec::new();
        if own_transaction {
            // in a transaction that is older than this statement, somebody else has begun it
            parts.push(must(
                "pg_catalog.now() = pg_catalog.statement_timestamp()",
                OPEN,
            ));
        }
        if let Some(place) = &self.place {
            let path = literal(&place.search_path)?;
            parts.push(format!(
                "pg_catalog.set_config('search_path', {path}, false)"
            ));
        }
        if let Some(lock) = &self.lock {
            parts.push(must(&lock.is_held(), LOST));
        }
        Ok(match parts.is_empty() {
            true => "SELECT 1".to_owned(),
            false => format!("SELECT {}", parts.join(", ")),
        })
    }

    /// Sends the guard, with what has to be sent before it.
    fn pass(&mut self, before: &str, own_transaction: bool) -> QueryResult<()> {
        let guard = self.guard(own_transaction)?;
        let mark = format!(
            "; SELECT pg_catalog.set_config('{INSIDE}', '{}', true)",
            self.begun
        );
        let text = format!("{before}{guard}{mark}");
        let passed = match own_transaction {
            true => AnsiTransactionManager::begin_transaction_sql(self.postgres(), &text),
            false => self.postgres().batch_execute(&text),
        };
        passed.map_err(judged)
    }
}

impl<C: BorrowMut<PgConnection>> Session for PgSession<C> {
    fn backend(&self) -> &'static dyn Backend {
        &Postgres
    }

    fn connection(&mut self) -> &mut dyn Any {
        self.postgres()
    }

    fn execute(&mut self, sql: &str) -> QueryResult<()> {
        self.postgres().batch_execute(sql)
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

    fn server_version(&mut self) -> QueryResult<Option<String>> {
        match &self.place {
            Some(place) => Ok(Some(place.version.clone())),
            None => Ok(Some(self.look()?.version)),
        }
    }

    fn version_table(&self) -> String {
        let place = self.place.as_ref();
        let schema = place.and_then(|place| place.found.as_ref().or(place.current.as_ref()));
        match schema.and_then(|schema| quote::identifier(schema).ok()) {
            Some(schema) => format!("{schema}.{TABLE}"),
            None => TABLE.to_owned(),
        }
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

    fn check(&mut self, operation: &Operation) -> Result<(), OperationError> {
        match self.depth().map_err(OperationError::Catalogue)? {
            0 => Ok(()),
            _ => Ok(inspect::inside_transaction(operation)?),
        }
    }

    fn in_transaction(&mut self) -> QueryResult<bool> {
        Ok(self.depth()? > 0)
    }

    fn before_step(&mut self) -> QueryResult<()> {
        let guard = self.guard(false)?;
        self.execute(&guard).map_err(judged)
    }

    fn begin(&mut self) -> QueryResult<()> {
        self.outside = self.depth()?;
        self.begun += 1;
        self.committing = false;
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

    fn inside(&mut self) -> QueryResult<Inside> {
        let nested = self.depth()? > self.outside + 1;
        let same = format!(
            "pg_catalog.current_setting('{INSIDE}', true) = '{}'",
            self.begun
        );
        match self.execute(&format!("SELECT {}", must(&same, ENDED))) {
            Ok(()) if nested => Ok(Inside::Nested),
            Ok(()) => Ok(Inside::Yes),
            Err(Error::DatabaseError(_, facts)) if facts.message().contains(ENDED) => {
                // what is open now, if anything, was begun by the body, and diesel may not know
                self.execute("ROLLBACK")?;
                Ok(Inside::Ended)
            }
            Err(error) => Err(error),
        }
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

    fn is_busy(&self, _error: &Error) -> bool {
        false // writers and readers wait for each other row by row, as long as it takes
    }

    fn lock(&mut self, request: &mut LockRequest<'_>) -> Result<(), LockError> {
        if self.lock.is_none() {
            self.lock = Some(DatabaseLock::take(self.postgres(), request)?);
        }
        Ok(())
    }

    fn unlock(&mut self) {
        if self.lock.take().is_none() {
            return;
        }
        // a connection that cannot do this is gone, and the lock with it
        let _ = self.execute(&DatabaseLock::release());
        if let Some(path) = self
            .place
            .as_ref()
            .and_then(|place| literal(&place.search_path).ok())
        {
            let _ = self.execute(&format!(
                "SELECT pg_catalog.set_config('search_path', {path}, false)"
            ));
        }
    }

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

impl<C: BorrowMut<PgConnection>> Drop for PgSession<C> {
    fn drop(&mut self) {
        self.unlock();
    }
}

/// A column that is 0 when the condition holds, and fails with the mark in its message when not.
fn must(condition: &str, mark: &str) -> String {
    format!(
        "CASE WHEN {condition} THEN 0 \
         ELSE CAST(pg_catalog.concat('{mark} ', pg_catalog.pg_backend_pid()) AS integer) END"
    )
}

/// What the failure of a guard means.
fn judged(error: Error) -> Error {
    match &error {
        Error::DatabaseError(_, facts) if facts.message().contains(LOST) => said(
            "the lock that keeps other runs away was lost: the connection is no longer the one that took it, \
             or the lock was given back; a pooler that shares connections between transactions does that",
        ),
        Error::DatabaseError(_, facts) if facts.message().contains(OPEN) => {
            said("a transaction is open already")
        }
        _ => error,
    }
}

fn literal(text: &str) -> QueryResult<String> {
    quote::text(text).map_err(|error| Error::QueryBuilderError(error.into()))
}

/// An error with a message of ours.
fn said(message: &str) -> Error {
    Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new(message.to_owned()))
}
