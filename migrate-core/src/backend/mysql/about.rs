//! What MySQL or MariaDB reports about itself and the connected user.
//!
//! A user's rights depend on grants and roles at four levels, which only the server can combine: so
//! the backend tries statements that cannot change anything. The server checks the right before it
//! finds that there is nothing to do.

use diesel::sql_types::{Bool, Text};
use diesel::{QueryResult, QueryableByName, RunQueryDsl, sql_query};

use super::MysqlConnection;
use crate::backend::{About, Session, TableAccess};

/// Two columns of one name: no such table can be created.
const NO_TABLE: &str = "CREATE TABLE __migrate_ping (a INT, a INT)";

/// The error that the server returns if nothing else fails first: `ER_DUP_FIELDNAME`.
const TWO_COLUMNS: &str = "(error 1060)";

/// `ER_NO_SUCH_TABLE`
const NOT_THERE: &str = "(error 1146)";

#[derive(QueryableByName)]
pub(super) struct Seen {
    #[diesel(sql_type = Text)]
    user_name: String,
    #[diesel(sql_type = Bool)]
    read_only: bool,
}

impl Seen {
    pub(super) fn of(connection: &mut MysqlConnection) -> QueryResult<Seen> {
        sql_query(
            "SELECT CONVERT(CURRENT_USER() USING utf8mb4) AS user_name, \
             @@global.read_only <> 0 AS read_only",
        )
        .get_result(connection)
    }
}

/// Collects the report. No transaction may be open.
pub(super) fn about(
    session: &mut dyn Session,
    seen: Seen,
    place: Option<String>,
) -> QueryResult<About> {
    let version = session.server_version()?;
    let refuses_tables = match session.execute(NO_TABLE) {
        Err(error) if error.to_string().contains(TWO_COLUMNS) => None,
        Err(error) => Some(error.to_string()),
        Ok(()) => Some("the server takes a table with two columns of one name".to_owned()),
    };
    Ok(About {
        user: Some(seen.user_name),
        version,
        place,
        refuses_tables,
        is_replica: seen.read_only,
        is_pooled: None,
        version_table: version_table(session),
        journal: journal(session),
        hides_locks: None,
    })
}

fn version_table(session: &mut dyn Session) -> TableAccess {
    let table = session.version_table();
    access(
        session,
        &format!("SELECT version FROM {table} LIMIT 0"),
        &[
            format!("DELETE FROM {table} WHERE 1 = 0"),
            format!("INSERT INTO {table} (version) SELECT '' WHERE 1 = 0"),
        ],
    )
}

fn journal(session: &mut dyn Session) -> TableAccess {
    let table = session.journal_table();
    access(
        session,
        &format!("SELECT id FROM {table} LIMIT 0"),
        &[format!(
            "INSERT INTO {table} (run, at, actor, tool, revision, direction, event, from_version) \
             SELECT '', '', '', '', '', '', '', '' WHERE 1 = 0"
        )],
    )
}

/// The rights on a table, by the outcome of statements that read and write no row.
fn access(session: &mut dyn Session, read: &str, write: &[String]) -> TableAccess {
    let read = session.execute(read);
    let exists = match &read {
        Ok(()) => true,
        Err(error) => !error.to_string().contains(NOT_THERE),
    };
    TableAccess {
        exists,
        readable: read.is_ok(),
        writable: exists && write.iter().all(|sql| session.execute(sql).is_ok()),
    }
}
