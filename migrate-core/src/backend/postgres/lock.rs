//! The lock that keeps two runs on one database apart: an advisory lock of the session, which the
//! server frees when the connection ends, however it ends.
//!
//! It is polled for. A session that waits inside the server holds a snapshot, and a
//! `CREATE INDEX CONCURRENTLY` of the holder would wait for that, each for the other.

use std::time::{Duration, Instant, SystemTime};

use diesel::pg::PgConnection;
use diesel::sql_types::{Bool, Double, Integer, Nullable, Text};
use diesel::{OptionalExtension, QueryResult, QueryableByName, RunQueryDsl, sql_query};

use crate::backend::{Holder, LockRequest};
use crate::error::LockError;

/// The two halves of the key, `migr` and `ate ` in ASCII. It is the same for every database, as
/// the server keeps each database's advisory locks apart.
const KEY: (i32, i32) = (0x6d69_6772, 0x6174_6520);

/// The pauses between two attempts: short at first, as most runs are.
const SHORTEST: Duration = Duration::from_millis(5);
const LONGEST: Duration = Duration::from_millis(200);

/// A lock that is held.
#[derive(Clone, Copy, Debug)]
pub(super) struct DatabaseLock {
    /// The server process that holds it for this session.
    pub(super) process: i32,
}

impl DatabaseLock {
    /// Takes the lock, or waits for it as long as is asked.
    pub(super) fn take(
        connection: &mut PgConnection,
        request: &mut LockRequest<'_>,
    ) -> Result<DatabaseLock, LockError> {
        let start = Instant::now();
        let mut pause = SHORTEST;
        let mut told = false;
        loop {
            if let Some(lock) = attempt(connection).map_err(LockError::Database)? {
                return Ok(lock);
            }
            let waited = start.elapsed();
            if waited >= request.timeout {
                return Err(LockError::TimedOut {
                    database: database(connection).map_err(LockError::Database)?,
                    waited,
                    holder: holder(connection)
                        .map_err(LockError::Database)?
                        .map(Box::new),
                });
            }
            if !told {
                let holder = holder(connection).map_err(LockError::Database)?;
                (request.on_wait)(holder.as_ref());
                told = true;
            }
            std::thread::sleep(pause.min(request.timeout.saturating_sub(waited)));
            pause = (pause * 3 / 2).min(LONGEST);
        }
    }

    /// The statement that gives it back.
    pub(super) fn release() -> String {
        let (namespace, name) = KEY;
        format!("SELECT pg_catalog.pg_advisory_unlock({namespace}, {name})")
    }

    /// An expression that is true as long as the session has the lock.
    pub(super) fn is_held(self) -> String {
        format!(
            "pg_catalog.pg_backend_pid() = {process} AND EXISTS (SELECT FROM pg_catalog.pg_locks AS l \
             WHERE l.pid = {process} AND {})",
            is_ours(),
            process = self.process,
        )
    }
}

/// Takes the lock if nobody has it.
fn attempt(connection: &mut PgConnection) -> QueryResult<Option<DatabaseLock>> {
    #[derive(QueryableByName)]
    struct Attempt {
        #[diesel(sql_type = Bool)]
        locked: bool,
        #[diesel(sql_type = Integer)]
        process: i32,
    }
    let (namespace, name) = KEY;
    let attempt: Attempt = sql_query(format!(
        "SELECT pg_catalog.pg_try_advisory_lock({namespace}, {name}) AS locked, \
         pg_catalog.pg_backend_pid() AS process"
    ))
    .get_result(connection)?;
    Ok(attempt.locked.then_some(DatabaseLock {
        process: attempt.process,
    }))
}

/// Who has the lock, as far as the server lets this user see; nobody when it was freed just now.
fn holder(connection: &mut PgConnection) -> QueryResult<Option<Holder>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        pid: i32,
        #[diesel(sql_type = Nullable<Text>)]
        program: Option<String>,
        #[diesel(sql_type = Nullable<Text>)]
        user: Option<String>,
        #[diesel(sql_type = Nullable<Text>)]
        address: Option<String>,
        #[diesel(sql_type = Nullable<Double>)]
        connected: Option<f64>,
    }
    let row: Option<Row> = sql_query(format!(
        "SELECT l.pid, a.application_name AS program, CAST(a.usename AS text) AS \"user\", pg_catalog.host(a.client_addr) AS address, \
         CAST(EXTRACT(epoch FROM pg_catalog.clock_timestamp() - a.backend_start) AS double precision) AS connected \
         FROM pg_catalog.pg_locks AS l LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid \
         WHERE {} AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()) \
         LIMIT 1",
        is_ours()
    ))
    .get_result(connection)
    .optional()?;
    Ok(row.map(|row| Holder {
        connection: Some(u64::from(row.pid.unsigned_abs())),
        user: row.user,
        host: row.address,
        command: row.program.filter(|program| !program.is_empty()),
        // the server does not say when a lock was granted: a run connects to take it
        since: row
            .connected
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
            .and_then(|age| SystemTime::now().checked_sub(age)),
        ..Holder::default()
    }))
}

/// That a row `l` of `pg_locks` is this lock, and held.
fn is_ours() -> String {
    let (namespace, name) = KEY;
    format!(
        "l.locktype = 'advisory' AND l.classid = {namespace} AND l.objid = {name} AND l.objsubid = 2 AND l.granted"
    )
}

fn database(connection: &mut PgConnection) -> QueryResult<String> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        name: String,
    }
    let row: Row = sql_query("SELECT CAST(pg_catalog.current_database() AS text) AS name")
        .get_result(connection)?;
    Ok(row.name)
}
