//! The lock that keeps two runs on one database apart: an advisory lock of the session, which the
//! server frees when the connection ends, however it ends.
//!
//! It is polled for. A session that waits inside the server holds a snapshot, and a
//! `CREATE INDEX CONCURRENTLY` of the holder would wait for that, each for the other.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use diesel::pg::PgConnection;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text};
use diesel::{OptionalExtension, QueryResult, QueryableByName, RunQueryDsl, sql_query};

use crate::backend::{Holder, LockRequest};
use crate::error::LockError;

/// The two halves of the key, `migr` and `ate ` in ASCII. It is the same for every database, as
/// the server keeps each database's advisory locks apart. A session takes it twice, so that it can be asked for it.
const KEY: (i32, i32) = (0x6d69_6772, 0x6174_6520);

/// The first half of the key of a second lock, `mark` in ASCII, which says that the session has the first one: a session may take
/// a lock twice, so a run that is given another one's session by a pooler would have it too. Its second half is the time at which
/// it was taken, in seconds.
const MARK: i32 = 0x6d61_726b;

/// The pauses between two attempts: short at first, as most runs are.
const SHORTEST: Duration = Duration::from_millis(5);
const LONGEST: Duration = Duration::from_millis(200);

/// How often the session that has the lock is looked for.
const SEARCHES: u32 = 100;

/// A lock that is held.
#[derive(Clone, Copy, Debug)]
pub(super) struct DatabaseLock {
    /// The server process that holds it for this session.
    pub(super) process: i32,
    /// When it was taken, as the mark has it.
    since: i32,
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
            match attempt(connection).map_err(LockError::Database)? {
                Attempt::Had(lock) => return Ok(lock),
                Attempt::Shared => return Err(LockError::Shared),
                Attempt::Busy => {}
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

    /// The expressions that give it back.
    fn release(self) -> String {
        let (namespace, name) = KEY;
        let once = format!("pg_catalog.pg_advisory_unlock({namespace}, {name})");
        format!(
            "pg_catalog.pg_advisory_unlock({MARK}, {}), {once}, {once}",
            self.since
        )
    }

    /// Gives the lock back, behind a pooler too: there, a statement may reach another session than the one that has the lock, which
    /// would keep it for as long as the pooler lives. So that session is looked for, and nothing is given back in others.
    pub(super) fn give_back(self, connection: &mut PgConnection) -> QueryResult<()> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Bool)]
            reached: bool,
        }
        let release = self.release();
        let text = format!(
            "SELECT CASE WHEN pg_catalog.pg_backend_pid() = {} THEN pg_catalog.cardinality(ARRAY[{release}]) > 0 ELSE false END AS reached",
            self.process
        );
        for attempt in 0..SEARCHES {
            let row: Row = sql_query(&text).get_result(connection)?;
            if row.reached {
                break;
            }
            if attempt + 1 < SEARCHES {
                std::thread::sleep(SHORTEST);
            }
        }
        Ok(())
    }

    /// Conditions for the arms of a CASE, which are asked in order and of which one holds when the session does not have the lock
    /// any more. They give one of the two times back and take it again, which costs a tenth of a look into `pg_locks`.
    pub(super) fn is_lost(self) -> [String; 3] {
        let (namespace, name) = KEY;
        [
            format!("pg_catalog.pg_backend_pid() <> {}", self.process),
            format!("NOT pg_catalog.pg_advisory_unlock({namespace}, {name})"),
            format!("NOT pg_catalog.pg_try_advisory_lock({namespace}, {name})"),
        ]
    }
}

/// What became of one attempt.
enum Attempt {
    Had(DatabaseLock),
    /// Another session has it.
    Busy,
    /// This session had it already, for another run.
    Shared,
}

/// Takes the lock if no session has it, not even this one.
fn attempt(connection: &mut PgConnection) -> QueryResult<Attempt> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        outcome: String,
        #[diesel(sql_type = Integer)]
        process: i32,
    }
    let (namespace, name) = KEY;
    let since = seconds_now();
    // one statement, so that a pooler cannot put another run between its parts; CASE evaluates in order
    let row: Row = sql_query(format!(
        "SELECT CASE WHEN NOT pg_catalog.pg_try_advisory_lock({namespace}, {name}) THEN 'busy' \
         WHEN EXISTS (SELECT FROM pg_catalog.pg_locks AS l WHERE l.pid = pg_catalog.pg_backend_pid() AND {}) \
         THEN CASE WHEN pg_catalog.pg_advisory_unlock({namespace}, {name}) THEN 'shared' END \
         WHEN pg_catalog.pg_try_advisory_lock({MARK}, {since}) AND pg_catalog.pg_try_advisory_lock({namespace}, {name}) \
         THEN 'had' ELSE 'had' END AS outcome, \
         pg_catalog.pg_backend_pid() AS process",
        is_mark()
    ))
    .get_result(connection)?;
    Ok(match row.outcome.as_str() {
        "had" => Attempt::Had(DatabaseLock {
            process: row.process,
            since,
        }),
        "busy" => Attempt::Busy,
        _ => Attempt::Shared,
    })
}

/// The time, in the seconds that fit a key.
fn seconds_now() -> i32 {
    let seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    i32::try_from(seconds).unwrap_or(i32::MAX)
}

/// The lock holder, as far as the server lets this user see it; `None` if the lock was released in the meantime.
pub(super) fn holder(connection: &mut PgConnection) -> QueryResult<Option<Holder>> {
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
        #[diesel(sql_type = Nullable<BigInt>)]
        since: Option<i64>,
        #[diesel(sql_type = Nullable<Text>)]
        state: Option<String>,
        #[diesel(sql_type = Nullable<Text>)]
        query: Option<String>,
    }
    let row: Option<Row> = sql_query(format!(
        "SELECT l.pid, a.application_name AS program, CAST(a.usename AS text) AS \"user\", pg_catalog.host(a.client_addr) AS address, \
         (SELECT CAST(CAST(m.objid AS text) AS bigint) FROM pg_catalog.pg_locks AS m WHERE m.pid = l.pid AND {} LIMIT 1) AS since, \
         a.state, a.query \
         FROM pg_catalog.pg_locks AS l LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid \
         WHERE {} AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()) \
         LIMIT 1",
        is_mark().replace("l.", "m."),
        is_ours()
    ))
    .get_result(connection)
    .optional()?;
    Ok(row.map(|row| Holder {
        connection: Some(u64::from(row.pid.unsigned_abs())),
        user: row.user,
        host: row.address,
        command: row.program.filter(|program| !program.is_empty()),
        since: row
            .since
            .and_then(|seconds| u64::try_from(seconds).ok())
            .and_then(|seconds| UNIX_EPOCH.checked_add(Duration::from_secs(seconds))),
        doing: doing(row.state.as_deref(), row.query.as_deref()),
        ..Holder::default()
    }))
}

/// What a session does, where the server says it: the statement that it runs, or that it runs none.
fn doing(state: Option<&str>, query: Option<&str>) -> Option<String> {
    match (state?, query) {
        ("active", Some(query)) => Holder::shown_statement(query),
        (state, _) => Some(state.to_owned()),
    }
}

/// That a row `l` of `pg_locks` is this lock, and held.
fn is_ours() -> String {
    let (namespace, name) = KEY;
    format!(
        "l.locktype = 'advisory' AND l.classid = {namespace} AND l.objid = {name} AND l.objsubid = 2 AND l.granted"
    )
}

/// That a row `l` of `pg_locks` is the mark beside this lock, and held.
fn is_mark() -> String {
    format!("l.locktype = 'advisory' AND l.classid = {MARK} AND l.objsubid = 2 AND l.granted")
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
