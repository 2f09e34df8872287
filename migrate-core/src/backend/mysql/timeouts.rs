//! Statement and lock timeouts in the variables of MySQL and MariaDB, and the errors that report a
//! timeout. Knows the variables; the session decides when to set them.

use std::time::Duration;

use diesel::mysql::MysqlConnection;
use diesel::result::{DatabaseErrorKind, Error};
use diesel::sql_types::{BigInt, Double};
use diesel::{QueryResult, QueryableByName, RunQueryDsl, sql_query};

use super::Dialect;
use crate::backend::{LockConflict, STATEMENT_LOCK_TIMEOUT, Timeouts};
use crate::error::Unsupported;

/// In effect no limit: the maximum of the servers, a year.
const ENDLESS: u64 = 31_536_000;
/// A longer timeout is a default of the server: a day or a year.
const SET_BY_USER: i64 = 3_600;
/// The server's default, in seconds.
const ROW_DEFAULT: i64 = 50;

/// The variables of the connection before the run changed them, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Before {
    /// `lock_wait_timeout`: for tables.
    pub(super) table: i64,
    /// `innodb_lock_wait_timeout`: for rows.
    pub(super) row: i64,
    /// `max_statement_time` of MariaDB, if it was queried.
    pub(super) statement: Option<f64>,
}

impl Before {
    /// The statement that sets the timeouts of a run; `None` if there is nothing to set.
    pub(super) fn limited(&self, limits: &Timeouts) -> Option<String> {
        let default = seconds(STATEMENT_LOCK_TIMEOUT);
        let said = limits.lock.map(seconds);
        let table = said.or((self.table >= SET_BY_USER).then_some(default));
        let row = said.or((self.row == ROW_DEFAULT).then_some(default));
        let statement = limits.statement.filter(|_| self.statement.is_some());
        let statement = statement.map(|limit| limit.as_secs_f64());
        assignments([
            table.map(|table| format!("lock_wait_timeout = {table}")),
            row.map(|row| format!("innodb_lock_wait_timeout = {row}")),
            statement.map(|limit| format!("max_statement_time = {limit:.6}")),
        ])
    }

    /// The statement that restores the old values.
    pub(super) fn given_back(&self) -> Option<String> {
        assignments([
            Some(format!("lock_wait_timeout = {}", self.table)),
            Some(format!("innodb_lock_wait_timeout = {}", self.row)),
            self.statement
                .map(|limit| format!("max_statement_time = {limit:.6}")),
        ])
    }
}

impl Dialect {
    /// Refuses a timeout that would apply to queries only.
    pub(super) fn can_limit(self, limits: &Timeouts) -> Result<(), Unsupported> {
        match (self, limits.statement) {
            (Dialect::Mysql, Some(limit)) if !limit.is_zero() => Err(self.unsupported(
                "limit how long a statement takes: `max_execution_time` is for SELECT only",
                "leave out `--statement-timeout`; Ctrl-C twice ends the statement that runs",
            )),
            _ => Ok(()),
        }
    }
}

/// The current values of the variables.
pub(super) fn before(connection: &mut MysqlConnection, statement: bool) -> QueryResult<Before> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        tables: i64,
        #[diesel(sql_type = BigInt)]
        waits: i64,
    }
    #[derive(QueryableByName)]
    struct Time {
        #[diesel(sql_type = Double)]
        seconds: f64,
    }
    let row: Row = sql_query(
        "SELECT CAST(@@lock_wait_timeout AS SIGNED) AS tables, CAST(@@innodb_lock_wait_timeout AS SIGNED) AS waits",
    )
    .get_result(connection)?;
    let statement = match statement {
        true => {
            let time: Time = sql_query("SELECT CAST(@@max_statement_time AS DOUBLE) AS seconds")
                .get_result(connection)?;
            Some(time.seconds)
        }
        false => None,
    };
    Ok(Before {
        table: row.tables,
        row: row.waits,
        statement,
    })
}

/// Whether an error is a lock conflict with another session.
pub(super) fn lock_conflict(error: &Error) -> Option<LockConflict> {
    let Error::DatabaseError(kind, facts) = error else {
        return None;
    };
    let message = facts.message();
    if message.ends_with("(error 1213)")
        || message.starts_with("Deadlock found")
        || matches!(kind, DatabaseErrorKind::SerializationFailure)
    {
        Some(LockConflict::Deadlock)
    } else if message.ends_with("(error 1205)") || message.starts_with("Lock wait timeout exceeded")
    {
        Some(LockConflict::LockTimeout)
    } else {
        None
    }
}

/// The server's error number, which the session puts after its message.
pub(super) fn code(error: &Error) -> Option<u32> {
    let Error::DatabaseError(_, facts) = error else {
        return None;
    };
    let (_, code) = facts.message().rsplit_once("(error ")?;
    code.strip_suffix(')')?.parse().ok()
}

/// Whether an error says that the server rolled the transaction back to end a deadlock.
pub(super) fn is_deadlock(error: &Error) -> bool {
    lock_conflict(error) == Some(LockConflict::Deadlock)
}

fn assignments<const N: usize>(parts: [Option<String>; N]) -> Option<String> {
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| format!("SET SESSION {}", parts.join(", SESSION ")))
}

/// Whole seconds, and at least one, the smallest unit of the servers.
fn seconds(limit: Duration) -> u64 {
    match limit.is_zero() {
        true => ENDLESS,
        false => limit
            .as_millis()
            .div_ceil(1000)
            .try_into()
            .map_or(ENDLESS, |seconds: u64| seconds.min(ENDLESS)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVERS: Before = Before {
        table: 86_400,
        row: 50,
        statement: None,
    };

    #[test]
    fn what_is_said_counts_before_what_is_set_before_the_default() {
        let default = SERVERS.limited(&Timeouts::default());
        assert_eq!(
            default.as_deref(),
            Some("SET SESSION lock_wait_timeout = 5, SESSION innodb_lock_wait_timeout = 5")
        );
        let set = Before {
            table: 20,
            row: 10,
            statement: None,
        };
        assert_eq!(set.limited(&Timeouts::default()), None);
        let said = Timeouts {
            lock: Some(Duration::from_millis(1_200)),
            statement: Some(Duration::from_millis(500)),
        };
        assert_eq!(
            set.limited(&said).as_deref(),
            Some("SET SESSION lock_wait_timeout = 2, SESSION innodb_lock_wait_timeout = 2")
        );
        let mariadb = Before {
            statement: Some(0.0),
            ..set
        };
        assert_eq!(
            mariadb.limited(&said).as_deref(),
            Some(
                "SET SESSION lock_wait_timeout = 2, SESSION innodb_lock_wait_timeout = 2, SESSION max_statement_time = 0.500000"
            )
        );
        assert_eq!(
            mariadb.given_back().as_deref(),
            Some(
                "SET SESSION lock_wait_timeout = 20, SESSION innodb_lock_wait_timeout = 10, SESSION max_statement_time = 0.000000"
            )
        );
    }

    #[test]
    fn mysql_has_no_limit_for_all_statements() {
        let limits = Timeouts {
            lock: None,
            statement: Some(Duration::from_secs(1)),
        };
        assert!(Dialect::Mysql.can_limit(&limits).is_err());
        assert!(Dialect::Mariadb.can_limit(&limits).is_ok());
        assert!(Dialect::Mysql.can_limit(&Timeouts::default()).is_ok());
    }
}
