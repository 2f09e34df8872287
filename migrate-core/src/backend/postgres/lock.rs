//! The migration lock on PostgreSQL: an advisory lock of the session, which the server releases
//! when the connection ends, however it ends.
//!
//! A waiting process polls for it. A session that waits inside the server holds a snapshot, for
//! which a `CREATE INDEX CONCURRENTLY` of the lock holder would wait: a deadlock.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use diesel::pg::PgConnection;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text};
use diesel::{OptionalExtension, QueryResult, QueryableByName, RunQueryDsl, sql_query};

use super::session::INSIDE;
use crate::backend::{Holder, LockRequest};
use crate::error::LockError;
use crate::journal::Entry;

/// The two halves of the key, `migr` and `ate ` in ASCII. It is the same for every database, as the
/// server keeps the advisory locks of each database apart. A session acquires it twice, so that it
/// can test for it.
const KEY: (i32, i32) = (0x6d69_6772, 0x6174_6520);

/// The first half of the key of a second lock, `mark` in ASCII, which shows that the session holds
/// the first one: a session may acquire a lock twice, so a run to which a pooler gives another
/// run's session would acquire it too. The second half is the time of the acquisition, in seconds.
const MARK: i32 = 0x6d61_726b;

/// The pauses between two attempts: short at first, as most runs are.
const SHORTEST: Duration = Duration::from_millis(5);
const LONGEST: Duration = Duration::from_millis(200);

/// How often to query the lock holder.
const SEARCHES: u32 = 100;

/// The migration lock, while it is held.
#[derive(Clone, Copy, Debug)]
pub(super) struct DatabaseLock {
    /// The server process that holds it for this session.
    pub(super) process: i32,
    /// When it was acquired, as in the mark.
    since: i32,
}

impl DatabaseLock {
    /// Acquires the lock, or waits for it until the timeout.
    pub(super) fn take(
        connection: &mut PgConnection,
        request: &mut LockRequest<'_>,
    ) -> Result<DatabaseLock, LockError> {
        let start = Instant::now();
        let mut pause = SHORTEST;
        let mut notified = false;
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
            if !notified {
                let holder = holder(connection).map_err(LockError::Database)?;
                (request.on_wait)(holder.as_ref());
                notified = true;
            }
            std::thread::sleep(pause.min(request.timeout.saturating_sub(waited)));
            pause = (pause * 3 / 2).min(LONGEST);
        }
    }

    /// The expressions that release it.
    fn release(self) -> String {
        let (namespace, name) = KEY;
        let once = format!("pg_catalog.pg_advisory_unlock({namespace}, {name})");
        format!(
            "pg_catalog.pg_advisory_unlock({MARK}, {}), {once}, {once}",
            self.since
        )
    }

    /// Releases the lock, also behind a pooler: there, a statement may reach another session than
    /// the one that holds the lock, which would keep it for as long as the pooler lives. So this
    /// looks for that session, and releases nothing in others.
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

    /// Conditions for the branches of a CASE, which the server evaluates in order; one of them
    /// holds if the session no longer has the lock. They release one of the two acquisitions and
    /// repeat it, which costs a tenth of a query of `pg_locks`.
    pub(super) fn is_lost(self) -> [String; 3] {
        let (namespace, name) = KEY;
        [
            format!("pg_catalog.pg_backend_pid() <> {}", self.process),
            format!("NOT pg_catalog.pg_advisory_unlock({namespace}, {name})"),
            format!("NOT pg_catalog.pg_try_advisory_lock({namespace}, {name})"),
        ]
    }
}

/// The outcome of one attempt.
enum Attempt {
    Had(DatabaseLock),
    /// Another session holds it.
    Busy,
    /// This session holds it already, for another run.
    Shared,
}

/// Acquires the lock if no session holds it, not even this one.
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
    // one statement, so that a pooler cannot run another client's statements between its parts;
    // CASE evaluates in order
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

/// The time in seconds, as far as it fits a key.
fn seconds_now() -> i32 {
    let seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    i32::try_from(seconds).unwrap_or(i32::MAX)
}

/// The query for the lock holder, as far as the server lets this user see it: no row if no session
/// has the lock.
fn holder_query() -> String {
    format!(
        "SELECT l.pid, a.application_name AS program, CAST(a.usename AS text) AS \"user\", pg_catalog.host(a.client_addr) AS address, \
         (SELECT CAST(CAST(m.objid AS text) AS bigint) FROM pg_catalog.pg_locks AS m WHERE m.pid = l.pid AND {} LIMIT 1) AS since, \
         a.state, a.query \
         FROM pg_catalog.pg_locks AS l LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid \
         WHERE {} AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()) \
         LIMIT 1",
        is_mark().replace("l.", "m."),
        is_ours()
    )
}

/// The same as a row beside those of the journal.
pub(super) fn holder_as_record() -> String {
    format!(
        "SELECT h.pid, '', '', '', '', '', 'holder', '', NULL, NULL, h.program, h.\"user\", h.address, h.since, h.state, '', h.query \
         FROM ({}) AS h",
        holder_query()
    )
}

/// The lock holder of such a row.
pub(super) fn holder_of_record(row: Entry) -> Holder {
    Row {
        pid: i32::try_from(row.id).unwrap_or_default(),
        program: row.hash,
        user: row.operation,
        address: row.query,
        since: row.micros.and_then(|since| i64::try_from(since).ok()),
        state: row.checksum,
        query: row.detail,
    }
    .into()
}

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

impl From<Row> for Holder {
    fn from(row: Row) -> Holder {
        Holder {
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
        }
    }
}

/// The lock holder; `None` if the lock was released in the meantime.
pub(super) fn holder(connection: &mut PgConnection) -> QueryResult<Option<Holder>> {
    let row: Option<Row> = sql_query(holder_query())
        .get_result(connection)
        .optional()?;
    Ok(row.map(Holder::from))
}

/// What a session runs, if the server shows it: its statement, or that it is idle.
fn doing(state: Option<&str>, query: Option<&str>) -> Option<String> {
    match (state?, query) {
        ("active", Some(query)) => Holder::shown_statement(revisions_own(query)),
        (state, _) => Some(state.to_owned()),
    }
}

/// What a message has after the engine's own statements, which begin a revision.
fn revisions_own(query: &str) -> &str {
    let begun = query.split_once(&format!("; SAVEPOINT {INSIDE}"));
    let own = begun.map_or(query, |(_, own)| own);
    own.trim_start_matches(|sign: char| sign == ';' || sign.is_whitespace())
}

/// The condition that a row `l` of `pg_locks` is this lock, and granted.
fn is_ours() -> String {
    let (namespace, name) = KEY;
    format!(
        "l.locktype = 'advisory' AND l.classid = {namespace} AND l.objid = {name} AND l.objsubid = 2 AND l.granted"
    )
}

/// The condition that a row `l` of `pg_locks` is the mark next to this lock, and granted.
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

#[cfg(test)]
mod tests {
    use super::doing;

    #[test]
    fn the_statement_of_the_revision_is_shown() {
        let shown = |query| doing(Some("active"), Some(query));
        let text = "BEGIN; SELECT CAST(CASE WHEN 1 THEN '0' END AS integer); SAVEPOINT migrate_revision_is_open\n;\nCREATE INDEX ix ON t (a)";
        assert_eq!(shown(text).as_deref(), Some("`CREATE INDEX ix ON t (a)`"));
        assert_eq!(shown("VACUUM t").as_deref(), Some("`VACUUM t`"));
        // only the engine's own
        assert_eq!(
            shown("BEGIN; SELECT 1; SAVEPOINT migrate_revision_is_open"),
            None
        );
        assert_eq!(doing(Some("idle"), Some(text)).as_deref(), Some("idle"));
    }
}
