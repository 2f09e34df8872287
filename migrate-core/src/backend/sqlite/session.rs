//! A SQLite connection, owned or borrowed.

mod bookkeeping;
mod catalog;
mod deferred_rebuild;
pub(super) mod drops;
mod locking;
pub(super) mod settings;
mod transactions;

use std::any::Any;
use std::borrow::BorrowMut;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::sql_types::{Integer, Text};
use diesel::sqlite::SqliteConnection;
use diesel::{Connection, QueryResult, QueryableByName, RunQueryDsl, sql_query};
use drops::Reference;
use settings::Settings;

use super::lock::DatabaseLock;
use super::rebuild::{Pending, Violations};
use super::{Sqlite, backup, reset};
use crate::backend::instrumentation::Watch;
use crate::backend::{
    Backend, Backup, Connected, Created, DeferredWork, FailedStatement, Instrumentation,
    LockRequest, Locking, Maintenance, NotDropped, RevisionSettings, SavedSettings, SchemaObject,
    SeenStatement, Session, sealed,
};
use crate::error::{BackupError, LockError, LockLost, OperationError};
use crate::operation::{Operation, Statements};

/// The savepoint that shows whether a revision left its transaction: it disappears with the
/// transaction, and another transaction does not have it.
const INSIDE: &str = "migrate_revision";

/// The pause between two attempts on a busy database.
const BETWEEN_TRIES: Duration = Duration::from_millis(1);

/// A session on a SQLite connection: `SqliteSession<SqliteConnection>` owns it, and
/// `SqliteSession<&mut SqliteConnection>` restores its settings in the end.
pub struct SqliteSession<C: BorrowMut<SqliteConnection>> {
    connection: C,
    lock: Option<DatabaseLock>,
    /// The connection's own busy timeout, while another one is set.
    busy_timeout: Option<i32>,
    /// How many transactions were open before the revision's.
    outside: u32,
    /// Whether the outermost of them was begun here: a dry run begins one around the revisions'.
    owns_outermost: bool,
    /// The pending changes of one table, to be made in one rebuild.
    pending: Option<Pending>,
    /// The statement that runs in the transaction of the rebuild.
    along: Option<String>,
    /// The foreign keys of the connection.
    keys: Keys,
    /// Whether foreign keys were on before a revision without a transaction.
    keys_before: Option<bool>,
    /// The rows that violated a foreign key before the first table was rebuilt.
    broken_before: Option<Violations>,
    /// Observes the statements of a connection that the session opened itself.
    watch: Option<Watch>,
    /// The secrets of the URL, if the session opened the connection itself.
    secrets: Vec<String>,
    /// The settings that a revision may have changed.
    settings: Settings,
    /// The foreign keys by which a connection block can lose rows.
    references: Vec<Reference>,
}

/// What the session has done about the connection's foreign keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keys {
    /// Nothing.
    AsTheyAre,
    /// They are on, and the next transaction must begin with them off.
    WantedOff,
    /// They were on, and are off until the transaction ends.
    Off,
}

impl SqliteSession<SqliteConnection> {
    /// A session that owns its connection and may observe its statements.
    pub(super) fn watching(
        mut connection: SqliteConnection,
        secrets: Vec<String>,
    ) -> SqliteSession<SqliteConnection> {
        let watch = Watch::default();
        connection.set_instrumentation(watch.clone());
        let mut session = SqliteSession::new(connection);
        session.watch = Some(watch);
        session.secrets = secrets;
        session
    }
}

impl<C: BorrowMut<SqliteConnection>> SqliteSession<C> {
    /// A session on this connection. Nothing is changed on it yet.
    pub fn new(connection: C) -> SqliteSession<C> {
        SqliteSession {
            connection,
            lock: None,
            busy_timeout: None,
            outside: 0,
            owns_outermost: false,
            pending: None,
            along: None,
            keys: Keys::AsTheyAre,
            keys_before: None,
            broken_before: None,
            watch: None,
            secrets: Vec::new(),
            settings: Settings::default(),
            references: Vec::new(),
        }
    }

    fn sqlite(&mut self) -> &mut SqliteConnection {
        self.connection.borrow_mut()
    }

    /// The number of transactions and savepoints that diesel has open.
    fn depth(&mut self) -> QueryResult<u32> {
        let status = AnsiTransactionManager::transaction_manager_status_mut(self.sqlite());
        Ok(status
            .transaction_depth()?
            .map_or(0, std::num::NonZeroU32::get))
    }

    /// The database's file, with links resolved; `None` for one in memory.
    fn file(&mut self) -> QueryResult<Option<PathBuf>> {
        #[derive(QueryableByName)]
        struct Database {
            #[diesel(sql_type = Text)]
            name: String,
            #[diesel(sql_type = Text)]
            file: String,
        }
        // as a statement, not as a table: that would read the schema, for which it may be busy
        let all: Vec<Database> = sql_query("PRAGMA database_list").load(self.sqlite())?;
        let main = all
            .into_iter()
            .find(|database| database.name == "main" && !database.file.is_empty());
        Ok(main.and_then(|database| std::fs::canonicalize(database.file).ok()))
    }

    /// Whether a setting of the connection is on.
    fn is_on(&mut self, setting: &str) -> QueryResult<bool> {
        let on = self.texts(&format!(
            "SELECT CAST({setting} AS TEXT) AS text FROM pragma_{setting}"
        ))?;
        Ok(on.iter().any(|value| value == "1"))
    }

    /// Restores the connection's foreign keys, once no transaction is open.
    fn restore_keys(&mut self) -> QueryResult<()> {
        self.pending = None;
        self.broken_before = None;
        if self.depth().unwrap_or(0) > 0 {
            return Ok(());
        }
        self.owns_outermost = false;
        match self.keys {
            Keys::Off => {
                self.keys = Keys::AsTheyAre;
                self.execute("PRAGMA foreign_keys = ON")
            }
            _ => Ok(()),
        }
    }

    /// Whether SQLite opened the file read-only, as it does without permission to write. Only an
    /// attempt shows it: a number in the file's header is set to its current value, and that is
    /// rolled back.
    fn is_read_only(&mut self) -> bool {
        if self.depth().unwrap_or(1) > 0 || self.execute("BEGIN IMMEDIATE").is_err() {
            return false; // the revision's own transaction will say what is the matter
        }
        let version =
            self.texts("SELECT CAST(user_version AS TEXT) AS text FROM pragma_user_version");
        let set = version.and_then(|version| {
            let version = version.first().map_or("0", String::as_str);
            self.execute(&format!("PRAGMA user_version = {version}"))
        });
        // a connection that cannot do this cannot do anything else either
        let _ = self.execute("ROLLBACK");
        set.is_err_and(|error| error.to_string().contains("readonly"))
    }

    /// Sets how long to wait for other connections that keep the database busy.
    fn be_patient(&mut self, timeout: std::time::Duration) -> QueryResult<()> {
        let before = self.busy_timeout()?;
        self.busy_timeout.get_or_insert(before);
        let timeout = i32::try_from(timeout.as_millis()).unwrap_or(i32::MAX);
        self.execute(&format!("PRAGMA busy_timeout = {timeout}"))
    }

    /// Checks that the lock, if it was acquired, still keeps other runs out.
    fn guard(&self) -> QueryResult<()> {
        match &self.lock {
            Some(lock) if !lock.is_held() => {
                Err(LockLost::error("its file was removed or replaced"))
            }
            _ => Ok(()),
        }
    }

    /// Begins a transaction that may write. SQLite by itself checks ten times a second whether the
    /// database is free, and a writer that commits one transaction after the other leaves gaps of
    /// microseconds: so this checks more often.
    fn begin_immediate(&mut self) -> QueryResult<()> {
        let busy_timeout = self.busy_timeout()?;
        let deadline =
            Instant::now() + Duration::from_millis(u64::from(busy_timeout.unsigned_abs()));
        self.execute("PRAGMA busy_timeout = 0")?;
        let begun = loop {
            let begun =
                AnsiTransactionManager::begin_transaction_sql(self.sqlite(), "BEGIN IMMEDIATE");
            match &begun {
                Err(error) if self.is_busy(error) && Instant::now() < deadline => {
                    thread::sleep(BETWEEN_TRIES);
                }
                _ => break begun,
            }
        };
        let restored = self.execute(&format!("PRAGMA busy_timeout = {busy_timeout}"));
        begun.and(restored)
    }

    /// The busy timeout of the connection, in milliseconds.
    fn busy_timeout(&mut self) -> QueryResult<i32> {
        #[derive(QueryableByName)]
        struct BusyTimeout {
            #[diesel(sql_type = Integer)]
            timeout: i32,
        }
        let busy_timeout: BusyTimeout =
            sql_query("PRAGMA busy_timeout").get_result(self.sqlite())?;
        Ok(busy_timeout.timeout)
    }

    fn try_lock(&mut self, request: &mut LockRequest<'_>) -> Result<(), LockError> {
        let file = self.file().map_err(LockError::Database)?;
        if let (None, Some(file)) = (&self.lock, file) {
            self.lock = Some(DatabaseLock::take(&file, request)?);
            if self.is_read_only() {
                return Err(LockError::ReadOnly { path: file });
            }
        }
        self.be_patient(request.timeout)
            .map_err(LockError::Database)
    }
}

impl<C: BorrowMut<SqliteConnection>> Statements for SqliteSession<C> {
    fn connection(&mut self) -> &mut dyn Any {
        self.sqlite()
    }

    fn execute(&mut self, sql: &str) -> QueryResult<()> {
        self.sqlite().batch_execute(sql)
    }

    fn texts(&mut self, query: &str) -> QueryResult<Vec<String>> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Text)]
            text: String,
        }
        let rows: Vec<Row> = sql_query(query).load(self.sqlite())?;
        Ok(rows.into_iter().map(|row| row.text).collect())
    }
}

impl<C: BorrowMut<SqliteConnection>> Connected for SqliteSession<C> {
    fn backend(&self) -> &'static dyn Backend {
        &Sqlite
    }

    fn secrets(&self) -> Vec<String> {
        self.secrets.clone()
    }
}

impl<C: BorrowMut<SqliteConnection>> DeferredWork for SqliteSession<C> {
    fn flush(
        &mut self,
        next: Option<&Operation>,
        report: &mut dyn FnMut(&str, Duration),
    ) -> Result<(), OperationError> {
        match self.pending.take() {
            Some(pending) if next.is_some_and(|next| pending.takes(next)) => {
                self.pending = Some(pending);
                Ok(())
            }
            Some(pending) => self.rebuild(&pending, report),
            None => Ok(()),
        }
    }

    fn has_deferred(&self) -> bool {
        self.pending.is_some()
    }

    fn along(&mut self, sql: Option<String>) -> Option<String> {
        std::mem::replace(&mut self.along, sql)
    }

    fn settle(&mut self) -> Result<(), OperationError> {
        self.refuse_broken()
    }

    fn restarts(&mut self) -> bool {
        self.keys == Keys::WantedOff && self.outside == 0
    }
}

impl<C: BorrowMut<SqliteConnection>> RevisionSettings for SqliteSession<C> {
    fn before_step(&mut self) -> QueryResult<SavedSettings> {
        self.begin_with_settings()?;
        self.guard()?;
        self.keys_before = Some(self.is_on("foreign_keys")?);
        Ok(SavedSettings::new())
    }

    fn after_step(&mut self, _: SavedSettings) {
        if let Some(before) = self.keys_before.take()
            && self.is_on("foreign_keys").is_ok_and(|now| now != before)
        {
            // a connection that cannot do this cannot do anything else either
            let _ = self.execute(&format!("PRAGMA foreign_keys = {before}"));
        }
    }

    fn may_change_settings(&mut self, sql: Option<&str>) -> QueryResult<()> {
        match sql.is_none_or(settings::may_be_changed) {
            true => self.expect_changes(),
            false => Ok(()),
        }
    }
}

impl<C: BorrowMut<SqliteConnection>> Maintenance for SqliteSession<C> {
    fn schema_objects(&mut self, _made: &[Created]) -> QueryResult<Vec<SchemaObject>> {
        reset::schema_objects(self)
    }

    fn drop_all(&mut self, all: &[SchemaObject], _made: &[Created]) -> QueryResult<NotDropped> {
        reset::drop_all(self, all).map(|()| NotDropped::default())
    }

    fn back_up(&mut self, to: &Path) -> Result<Backup, BackupError> {
        if self.depth()? > 0 {
            return Err(BackupError::InTransaction);
        }
        let file = self.file()?.ok_or(BackupError::InMemory)?;
        backup::back_up(self.sqlite(), &file, to)
    }
}

impl<C: BorrowMut<SqliteConnection>> Instrumentation for SqliteSession<C> {
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

impl<C: BorrowMut<SqliteConnection>> sealed::Sealed for SqliteSession<C> {}

impl<C: BorrowMut<SqliteConnection>> Session for SqliteSession<C> {}

impl<C: BorrowMut<SqliteConnection>> Drop for SqliteSession<C> {
    fn drop(&mut self) {
        // a connection that cannot do this cannot do anything else either
        let _ = self.restore_keys();
        self.unlock();
    }
}
