//! A live SQLite connection, the session's own or borrowed.

mod anew;
pub(super) mod drops;
pub(super) mod settings;

use std::any::Any;
use std::borrow::BorrowMut;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::sql_types::{Integer, Text};
use diesel::sqlite::SqliteConnection;
use diesel::{Connection, QueryResult, QueryableByName, RunQueryDsl, sql_query};

use super::about::about;
use super::lock::{self, DatabaseLock};
use super::rebuild::{self, Pending, Violations};
use super::{Sqlite, backup, catalogue, inspect, reset};
use crate::backend::watch::Watch;
use crate::backend::{
    About, Backend, Backup, Belonging, Bookkeeping, Catalog, Connected, Created, DeferredWork,
    Effect, FailedStatement, Holder, ImplicitCommits, Inside, Instrumentation, Limits, LockRequest,
    Locking, Maintenance, NotDropped, RevisionSettings, SeenStatement, Session, Transactions,
    sealed, settle,
};
use crate::error::{BackupError, LockError, LockLost, OperationError, Trouble};
use crate::journal::{self, AppliedRow, Entry, Stored, VERSION_TABLE, Which};
use crate::operation::{Operation, Statements};
use settings::Settings;

/// The savepoint by which a revision that left its transaction is noticed: it is gone with the
/// transaction, and another transaction does not have it.
const INSIDE: &str = "migrate_revision";

/// How long to wait for a busy database before the next look.
const BETWEEN_TRIES: Duration = Duration::from_millis(1);

/// A session on a SQLite connection: `SqliteSession<SqliteConnection>` owns it, and
/// `SqliteSession<&mut SqliteConnection>` gives it back as it was.
pub struct SqliteSession<C: BorrowMut<SqliteConnection>> {
    connection: C,
    lock: Option<DatabaseLock>,
    /// The connection's own patience, while it is another's.
    busy_timeout: Option<i32>,
    /// How many transactions were open before the revision's.
    outside: u32,
    /// Whether the outermost of them was begun here: a dry run begins one around the revisions'.
    owns_outermost: bool,
    /// The changes of one table that are gathered, to be made in one go.
    pending: Option<Pending>,
    /// What goes into the transaction in which they are made.
    along: Option<String>,
    /// Whether the last look at the version table saw a journal.
    has_journal: Option<bool>,
    /// The foreign keys of the connection.
    keys: Keys,
    /// Whether foreign keys were on before a revision without a transaction.
    keys_before: Option<bool>,
    /// The rows that pointed at nothing before the first table was made anew.
    broken_before: Option<Violations>,
    /// What sees the statements of a connection that the session opened itself.
    watch: Option<Watch>,
    /// What of the URL is secret, if the session opened the connection itself.
    secrets: Vec<String>,
    /// What a revision may have changed on the connection.
    settings: Settings,
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
    /// A session on a connection that nobody else uses, and whose statements may be observed.
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
            has_journal: None,
            keys: Keys::AsTheyAre,
            keys_before: None,
            broken_before: None,
            watch: None,
            secrets: Vec::new(),
            settings: Settings::default(),
        }
    }

    fn sqlite(&mut self) -> &mut SqliteConnection {
        self.connection.borrow_mut()
    }

    /// How many transactions and savepoints diesel has open.
    fn depth(&mut self) -> QueryResult<u32> {
        let status = AnsiTransactionManager::transaction_manager_status_mut(self.sqlite());
        Ok(status
            .transaction_depth()?
            .map_or(0, std::num::NonZeroU32::get))
    }

    /// The database's file, links resolved; none for one in memory.
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

    /// Gives the connection its foreign keys back, once no transaction is open.
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

    /// Whether SQLite opened the file to be read only, as it does by itself where it may not write. Only an attempt tells:
    /// a number in the file's head is set to what it is, and that is rolled back.
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
        // a connection that cannot do this can do nothing else either
        let _ = self.execute("ROLLBACK");
        set.is_err_and(|error| error.to_string().contains("readonly"))
    }

    /// Waits this long for others to let go of the database.
    fn be_patient(&mut self, timeout: std::time::Duration) -> QueryResult<()> {
        let before = self.patience()?;
        self.busy_timeout.get_or_insert(before);
        let timeout = i32::try_from(timeout.as_millis()).unwrap_or(i32::MAX);
        self.execute(&format!("PRAGMA busy_timeout = {timeout}"))
    }

    /// Checks that the lock, if it was taken, still keeps other runs away.
    fn guard(&self) -> QueryResult<()> {
        match &self.lock {
            Some(lock) if !lock.is_held() => {
                Err(LockLost::error("its file was removed or replaced"))
            }
            _ => Ok(()),
        }
    }

    /// Begins a transaction that may write. SQLite by itself looks ten times a second whether the database is free, and a writer
    /// that commits one transaction after the other leaves gaps of microseconds: so it is looked for more often here.
    fn begin_immediate(&mut self) -> QueryResult<()> {
        let patience = self.patience()?;
        let deadline = Instant::now() + Duration::from_millis(u64::from(patience.unsigned_abs()));
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
        let restored = self.execute(&format!("PRAGMA busy_timeout = {patience}"));
        begun.and(restored)
    }

    /// How long the connection waits for others, in milliseconds.
    fn patience(&mut self) -> QueryResult<i32> {
        #[derive(QueryableByName)]
        struct Patience {
            #[diesel(sql_type = Integer)]
            timeout: i32,
        }
        let patience: Patience = sql_query("PRAGMA busy_timeout").get_result(self.sqlite())?;
        Ok(patience.timeout)
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

impl<C: BorrowMut<SqliteConnection>> Bookkeeping for SqliteSession<C> {
    fn applied(&mut self) -> QueryResult<Option<Vec<AppliedRow>>> {
        let tables = self.texts(&format!(
            "SELECT name AS text FROM sqlite_master WHERE type = 'table' AND name IN ('{VERSION_TABLE}', '{}')",
            journal::TABLE
        ))?;
        self.has_journal = Some(tables.iter().any(|name| name == journal::TABLE));
        if !tables.iter().any(|name| name == VERSION_TABLE) {
            return Ok(None);
        }
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Text)]
            version: String,
            #[diesel(sql_type = Text)]
            run_on: String,
        }
        let rows: Vec<Row> = sql_query(format!(
            "SELECT version, CAST(run_on AS TEXT) AS run_on FROM {VERSION_TABLE} ORDER BY run_on, rowid"
        ))
        .load(self.sqlite())?;
        Ok(Some(
            rows.into_iter()
                .map(|Row { version, run_on }| AppliedRow { version, run_on })
                .collect(),
        ))
    }

    fn journal(&mut self, which: Which) -> QueryResult<Option<Vec<Entry>>> {
        let there = match self.has_journal.take() {
            Some(there) => there,
            None => {
                let name = journal::TABLE;
                let found = self.texts(&format!(
                    "SELECT name AS text FROM sqlite_master WHERE type = 'table' AND name = '{name}'"
                ))?;
                !found.is_empty()
            }
        };
        if !there {
            return Ok(None);
        }
        let query = journal::select_sql(&self.journal_table(), which);
        let rows: Vec<Stored> = sql_query(query).load(self.sqlite())?;
        Ok(Some(rows.into_iter().map(Entry::from).collect()))
    }
}

impl<C: BorrowMut<SqliteConnection>> Catalog for SqliteSession<C> {
    fn about(&mut self) -> QueryResult<About> {
        let read_only = self.is_read_only();
        about(self, read_only)
    }

    fn check(&mut self, operation: &Operation) -> Result<(), OperationError> {
        inspect::check(self.sqlite(), operation)
    }

    fn statements(&mut self, operation: &Operation) -> Result<Vec<String>, OperationError> {
        if self.gather(operation)? {
            return Ok(Vec::new());
        }
        let statements = match operation {
            Operation::RenameIndex { table, from, to } => {
                return rebuild::rename_index(self.sqlite(), table, from, to);
            }
            _ => Sqlite.ddl(operation)?,
        };
        if matches!(
            operation,
            Operation::DropTable { .. } | Operation::Execute { .. } | Operation::Custom(_)
        ) {
            self.judge(&statements)?;
        }
        Ok(statements)
    }

    fn effect(
        &mut self,
        operation: &Operation,
        statement: usize,
        _sql: &str,
    ) -> Result<Effect, OperationError> {
        match rebuild::effect(self.sqlite(), operation, statement)? {
            Some(effect) => Ok(effect),
            None => settle::effect(self, &catalogue::Asked, operation, statement),
        }
    }
}

impl<C: BorrowMut<SqliteConnection>> DeferredWork for SqliteSession<C> {
    fn flush(
        &mut self,
        next: Option<&Operation>,
        tell: &mut dyn FnMut(&str, Duration),
    ) -> Result<(), OperationError> {
        match self.pending.take() {
            Some(pending) if next.is_some_and(|next| pending.takes(next)) => {
                self.pending = Some(pending);
                Ok(())
            }
            Some(pending) => self.rebuild(&pending, tell),
            None => Ok(()),
        }
    }

    fn keeps_back(&self) -> bool {
        self.pending.is_some()
    }

    fn along(&mut self, sql: Option<String>) -> Option<String> {
        std::mem::replace(&mut self.along, sql)
    }

    fn settle(&mut self) -> Result<(), OperationError> {
        self.refuse_broken()
    }

    fn starts_over(&mut self) -> bool {
        self.keys == Keys::WantedOff && self.outside == 0
    }
}

impl<C: BorrowMut<SqliteConnection>> RevisionSettings for SqliteSession<C> {
    fn before_step(&mut self) -> QueryResult<()> {
        self.begin_with_settings()?;
        self.guard()?;
        self.keys_before = Some(self.is_on("foreign_keys")?);
        Ok(())
    }

    fn after_step(&mut self) {
        if let Some(before) = self.keys_before.take()
            && self.is_on("foreign_keys").is_ok_and(|now| now != before)
        {
            // a connection that cannot do this can do nothing else either
            let _ = self.execute(&format!("PRAGMA foreign_keys = {before}"));
        }
    }

    fn may_change_settings(&mut self, _sql: Option<&str>) -> QueryResult<()> {
        self.expect_changes()
    }
}

impl<C: BorrowMut<SqliteConnection>> Transactions for SqliteSession<C> {
    fn in_transaction(&mut self) -> QueryResult<bool> {
        Ok(self.depth()? > 0)
    }

    fn begin(&mut self) -> QueryResult<()> {
        if self.depth()? == 0 {
            self.begin_with_settings()?;
        }
        self.begin_small()
    }

    fn begin_small(&mut self) -> QueryResult<()> {
        self.guard()?;
        self.outside = self.depth()?;
        if let Some(watch) = &self.watch {
            watch.forget();
        }
        self.owns_outermost |= self.outside == 0;
        self.pending = None;
        self.broken_before = None;
        if self.outside == 0 && self.keys == Keys::WantedOff {
            self.execute("PRAGMA foreign_keys = OFF")?;
            self.keys = Keys::Off;
        }
        match self.outside {
            0 => self.begin_immediate()?,
            _ => AnsiTransactionManager::begin_transaction(self.sqlite())?,
        }
        if self.keys == Keys::Off {
            // whatever the revision does until it ends, keys are off
            self.remember_broken();
        }
        self.execute(&format!("SAVEPOINT {INSIDE}"))
    }

    fn begin_own(&mut self, sql: &str) -> QueryResult<()> {
        self.outside = self.depth()?;
        AnsiTransactionManager::begin_transaction_sql(self.sqlite(), sql)?;
        if self.keys_before == Some(true) && !self.is_on("foreign_keys")? {
            // the revision has switched them off, and SQLite's procedure for that ends with a check
            self.remember_broken();
        }
        Ok(())
    }

    fn inside(&mut self) -> QueryResult<Inside> {
        let nested = self.depth()? > self.outside + 1;
        match self.execute(&format!("RELEASE {INSIDE}")) {
            Ok(()) if nested => Ok(Inside::Nested),
            Ok(()) => Ok(Inside::Yes),
            Err(_) => Ok(Inside::Ended),
        }
    }

    fn commit(&mut self) -> QueryResult<()> {
        AnsiTransactionManager::commit_transaction(self.sqlite())?;
        self.restore_keys()
    }

    fn rollback(&mut self) -> QueryResult<()> {
        let mut result = Ok(());
        let mut depth = self.depth()?;
        while depth > self.outside {
            // a savepoint that is gone does not keep the transaction around it from ending
            result = AnsiTransactionManager::rollback_transaction(self.sqlite());
            let left = self.depth()?;
            if left >= depth {
                break;
            }
            depth = left;
        }
        result.and(self.restore_keys())
    }

    fn rollback_all(&mut self) -> QueryResult<()> {
        self.outside = 0;
        self.rollback()
    }
}

impl<C: BorrowMut<SqliteConnection>> ImplicitCommits for SqliteSession<C> {
    fn rolls_back_for(&self, error: &diesel::result::Error) -> bool {
        matches!(
            Trouble::of(error, None),
            Some(Trouble::Full | Trouble::Disk | Trouble::Exhausted)
        )
    }
}

impl<C: BorrowMut<SqliteConnection>> Locking for SqliteSession<C> {
    fn is_busy(&self, error: &diesel::result::Error) -> bool {
        matches!(error, diesel::result::Error::DatabaseError(_, facts) if facts.message().contains("is locked"))
    }

    fn lock(&mut self, request: &mut LockRequest<'_>) -> Result<(), LockError> {
        let locked = self.try_lock(request);
        if locked.is_err() {
            self.unlock();
        }
        locked
    }

    fn holder(&mut self) -> QueryResult<Option<Holder>> {
        let held = self.file()?.map(|file| lock::held(&file));
        // a file that may not be opened is of no help, and no harm
        Ok(held.and_then(Result::ok).flatten())
    }

    fn unlock(&mut self) {
        if self.depth().is_ok_and(|depth| depth == 0) {
            // a connection that cannot do this can do nothing else either
            let _ = self.restore_settings();
        }
        self.settings = Settings::default();
        self.lock = None;
        if let Some(timeout) = self.busy_timeout.take() {
            // a connection that cannot do this can do nothing else either
            let _ = self.execute(&format!("PRAGMA busy_timeout = {timeout}"));
        }
    }

    fn limit(&mut self, limits: &Limits) -> QueryResult<()> {
        // unless it is said, as patient as for the lock of the run
        match limits.lock {
            Some(Duration::ZERO) => self.be_patient(Duration::MAX),
            Some(limit) => self.be_patient(limit),
            None => Ok(()),
        }
    }
}

impl<C: BorrowMut<SqliteConnection>> Maintenance for SqliteSession<C> {
    fn belongings(&mut self, _made: &[Created]) -> QueryResult<Vec<Belonging>> {
        reset::belongings(self)
    }

    fn drop_all(&mut self, all: &[Belonging], _made: &[Created]) -> QueryResult<NotDropped> {
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
        // a connection that cannot do this can do nothing else either
        let _ = self.restore_keys();
        self.unlock();
    }
}
