//! The migration lock on MySQL or MariaDB: a named lock of the server, which is released with its
//! connection.

use std::thread;
use std::time::{Duration, Instant, SystemTime};

use diesel::mysql::MysqlConnection;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::{QueryResult, QueryableByName, RunQueryDsl, sql_query};

use crate::backend::{Holder, LockRequest};
use crate::error::LockError;

/// The prefix of the locks' names.
const PREFIX: &str = "migrate:";
/// The maximum length of a lock's name, in characters.
const NAME: usize = 64;
/// How long one wait on the server takes, in seconds: the server wakes the waiting process at once.
const WAIT: u64 = 1;
/// The pause between two attempts in the last fraction of a second, which the server cannot wait
/// for.
const PAUSE: Duration = Duration::from_millis(25);

/// The name of a database's lock. The names of locks are compared without regard to case, those of
/// databases are not: any but a plain one is hashed.
pub(super) fn name(database: &str) -> String {
    let plain = database
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    match plain && PREFIX.len() + database.len() <= NAME {
        true => format!("{PREFIX}{database}"),
        false => format!("{PREFIX}#{:016x}", fnv1a(database.as_bytes())),
    }
}

/// Acquires the lock; waits until the timeout.
pub(super) fn take(
    connection: &mut MysqlConnection,
    name: &str,
    database: &str,
    request: &mut LockRequest<'_>,
) -> Result<(), LockError> {
    let start = Instant::now();
    if try_take(connection, name, 0)? {
        return Ok(());
    }
    let first = holder(connection, name).map_err(LockError::Database)?;
    (request.on_wait)(first.as_ref());
    loop {
        let left = request.timeout.saturating_sub(start.elapsed());
        if left.is_zero() {
            return Err(LockError::TimedOut {
                database: database.to_owned(),
                waited: start.elapsed(),
                holder: holder(connection, name)
                    .map_err(LockError::Database)?
                    .map(Box::new),
            });
        }
        let whole = left.as_secs().min(WAIT);
        if whole == 0 {
            thread::sleep(PAUSE.min(left));
        }
        if try_take(connection, name, whole)? {
            return Ok(());
        }
    }
}

/// Releases the lock.
pub(super) fn release(connection: &mut MysqlConnection, name: &str) -> QueryResult<()> {
    number(
        connection,
        &format!("SELECT RELEASE_LOCK('{name}') AS number"),
    )
    .map(|_| ())
}

/// Whether this connection holds the lock.
pub(super) fn is_held(connection: &mut MysqlConnection, name: &str) -> QueryResult<bool> {
    let own = number(
        connection,
        &format!("SELECT IS_USED_LOCK('{name}') = CONNECTION_ID() AS number"),
    )?;
    Ok(own == Some(1))
}

/// A statement that fails unless this connection holds the lock: the sum exceeds the largest
/// number.
pub(super) fn guard(name: &str) -> String {
    format!("SELECT 18446744073709551615 + IF(IS_USED_LOCK('{name}') <=> CONNECTION_ID(), 0, 1)")
}

/// Whether an error is that of a [`guard`], whose text the server shows in its message in any
/// language.
pub(super) fn says_lost(error: &diesel::result::Error) -> bool {
    matches!(error, diesel::result::Error::DatabaseError(_, facts)
        if facts.message().to_lowercase().contains("is_used_lock("))
}

/// One attempt, of so many seconds. An occupied lock is not an error; a missing answer is.
fn try_take(connection: &mut MysqlConnection, name: &str, seconds: u64) -> Result<bool, LockError> {
    let answer = number(
        connection,
        &format!("SELECT GET_LOCK('{name}', {seconds}) AS number"),
    );
    match answer.map_err(LockError::Database)? {
        Some(1) => Ok(true),
        Some(_) => Ok(false),
        None => Err(LockError::Database(
            diesel::result::Error::QueryBuilderError(
                "the server gave no answer to GET_LOCK: it is out of memory, or the connection was killed".into(),
            ),
        )),
    }
}

/// The lock holder, as far as this user may see it.
pub(super) fn holder(connection: &mut MysqlConnection, name: &str) -> QueryResult<Option<Holder>> {
    let Some(id) = number(
        connection,
        &format!("SELECT CAST(IS_USED_LOCK('{name}') AS SIGNED) AS number"),
    )?
    else {
        return Ok(None); // it was given back in the meantime
    };
    let process = process(connection, id);
    let mut holder = Holder {
        connection: u64::try_from(id).ok(),
        ..Holder::default()
    };
    if let Some(process) = process {
        holder.user = Some(process.user);
        holder.host = Some(process.host);
        holder.doing = match process
            .statement
            .as_deref()
            .and_then(Holder::shown_statement)
        {
            Some(statement) => Some(statement),
            None => Some(process.command.to_lowercase()),
        };
        // since its last statement, so this is a lower bound
        holder.since = u64::try_from(process.time)
            .ok()
            .and_then(|seconds| SystemTime::now().checked_sub(Duration::from_secs(seconds)));
    }
    describe_program(connection, id, &mut holder);
    Ok(Some(holder))
}

/// What the server shows of a connection.
#[derive(QueryableByName)]
struct Process {
    #[diesel(sql_type = Text)]
    user: String,
    #[diesel(sql_type = Text)]
    host: String,
    #[diesel(sql_type = BigInt)]
    time: i64,
    #[diesel(sql_type = Text)]
    command: String,
    #[diesel(sql_type = Nullable<Text>)]
    statement: Option<String>,
}

/// What a connection is running, if the server says so. If it does not, the wait continues: MySQL
/// fails to list connections while any of them runs a statement with a character of four bytes, and
/// then the other table is queried.
fn process(connection: &mut MysqlConnection, id: i64) -> Option<Process> {
    let sources = [
        ("", "information_schema.processlist"),
        ("processlist_", "performance_schema.threads"),
    ];
    sources.into_iter().find_map(|(prefix, table)| {
        let text = |column: &str| format!("CONVERT({prefix}{column} USING utf8mb4)");
        sql_query(format!(
            "SELECT {} AS user, {} AS host, CAST({prefix}time AS SIGNED) AS time, {} AS command, \
             {} AS statement FROM {table} WHERE {prefix}id = {id}",
            text("user"),
            text("host"),
            text("command"),
            text("info"),
        ))
        .get_result(connection)
        .ok()
    })
}

/// What the lock holder's client reported about itself, if the server stores it and shows it to
/// this user.
fn describe_program(connection: &mut MysqlConnection, id: i64, holder: &mut Holder) {
    #[derive(QueryableByName)]
    struct Attribute {
        #[diesel(sql_type = Text)]
        name: String,
        #[diesel(sql_type = Text)]
        value: String,
    }
    // the second one is for users who may see only their own connections
    let mut attributes: QueryResult<Vec<Attribute>> = Ok(Vec::new());
    for table in ["session_connect_attrs", "session_account_connect_attrs"] {
        attributes = sql_query(format!(
            "SELECT CONVERT(attr_name USING utf8mb4) AS name, CONVERT(attr_value USING utf8mb4) AS value \
             FROM performance_schema.{table} \
             WHERE processlist_id = {id} AND attr_name IN ('_pid', 'program_name') AND attr_value IS NOT NULL"
        ))
        .load(connection);
        if attributes.is_ok() {
            break;
        }
    }
    for Attribute { name, value } in attributes.unwrap_or_default() {
        match name.as_str() {
            "_pid" => holder.pid = value.parse().ok(),
            _ => holder.command = Some(value),
        }
    }
}

/// The only value of a query.
fn number(connection: &mut MysqlConnection, query: &str) -> QueryResult<Option<i64>> {
    #[derive(QueryableByName)]
    struct Answer {
        #[diesel(sql_type = Nullable<BigInt>)]
        number: Option<i64>,
    }
    let answer: Answer = sql_query(query).get_result(connection)?;
    Ok(answer.number)
}

/// A hash that is the same in every build.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_named_after_its_database() {
        assert_eq!(name("app_2"), "migrate:app_2");
        let long = "a".repeat(64);
        for odd in ["App", "it's", "a`b", long.as_str()] {
            let name = name(odd);
            assert_eq!(name.len(), PREFIX.len() + 17, "{name}");
            assert!(!name.contains('\''));
        }
        assert_ne!(name("App"), name("APP"));
        assert_eq!(name("App"), format!("migrate:#{:016x}", fnv1a(b"App")));
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
    }
}
