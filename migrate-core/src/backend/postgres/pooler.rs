//! Whether a connection is one session of the server, or goes through a pooler that gives each of its transactions to whichever
//! session is free. In such a session an advisory lock would stay behind for other clients and would not keep other runs out: this is
//! checked before the lock is acquired.

use std::thread;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::sql_types::Integer;
use diesel::{QueryResult, QueryableByName, RunQueryDsl, sql_query};

use super::connect::establish;
use crate::backend::DatabaseUrl;

/// How often it is tried: a pooler may hand out its sessions in turn.
const ROUNDS: usize = 2;

/// How long a pooler may take to have a session back after it has told its client that a transaction is over.
const GIVING_BACK: Duration = Duration::from_millis(2);

/// Whether a second connection, while it is in a transaction, takes the first one's session away.
///
/// A second connection that is not to be had says nothing: behind a pooler there would be one.
pub(super) fn is_shared(first: &mut PgConnection, url: &DatabaseUrl) -> QueryResult<bool> {
    let Ok(mut second) = establish(url) else {
        return Ok(false);
    };
    let session = process(first)?;
    // one that hands its sessions out in turn has given another one already
    if process(first)? != session {
        return Ok(true);
    }
    for round in 0..ROUNDS {
        if round > 0 {
            // what the second one has given back is the next to be handed out
            thread::sleep(GIVING_BACK);
            if process(first)? != session {
                return Ok(true);
            }
        }
        let other = second
            .batch_execute("BEGIN")
            .and_then(|()| process(&mut second));
        let now = process(first)?;
        let ended = second.batch_execute("ROLLBACK");
        if now != session || other.is_ok_and(|other| other == session) {
            return Ok(true);
        }
        if ended.is_err() {
            break;
        }
    }
    Ok(false)
}

/// The server's process behind a connection.
fn process(connection: &mut PgConnection) -> QueryResult<i32> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        process: i32,
    }
    let row: Row =
        sql_query("SELECT pg_catalog.pg_backend_pid() AS process").get_result(connection)?;
    Ok(row.process)
}
