//! Whether a connection is one session of the server, or goes through a pooler that gives each of
//! its transactions to any free session. In such a session an advisory lock would stay behind for
//! other clients and would not keep other runs out: this is checked before the lock is acquired.

use std::thread;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::sql_types::Integer;
use diesel::{QueryResult, QueryableByName, RunQueryDsl, sql_query};

use super::connect::establish;
use crate::backend::DatabaseUrl;

/// The number of attempts: a pooler may assign its sessions in turn.
const ROUNDS: usize = 2;

/// How long a pooler may take to reclaim a session after it has reported the end of a transaction
/// to its client.
const GIVING_BACK: Duration = Duration::from_millis(2);

/// Whether a second connection, while it is in a transaction, takes the first one's session.
///
/// If no second connection can be opened, this says nothing: a pooler would open one.
pub(super) fn is_shared(first: &mut PgConnection, url: &DatabaseUrl) -> QueryResult<bool> {
    let Ok(mut second) = establish(url) else {
        return Ok(false);
    };
    let session = process(first)?;
    // a pooler that assigns its sessions in turn has already assigned another one
    if process(first)? != session {
        return Ok(true);
    }
    for round in 0..ROUNDS {
        if round > 0 {
            // the session that the second one has released is assigned next
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

/// The server process of a connection.
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
