//! The migration lock, timeouts, and which other sessions block this one. On MySQL and MariaDB.

use std::borrow::BorrowMut;
use std::time::Duration;

use diesel::QueryResult;
use diesel::connection::SimpleConnection;
use diesel::mysql::MysqlConnection;
use diesel::result::Error;

use super::super::connect::establish;
use super::super::{Dialect, lock, timeouts};
use super::MysqlSession;
use super::settings::Settings;
use crate::backend::{
    CancelHandle, Holder, LockConflict, LockRequest, Locking, MigrationLock, Timeouts,
};
use crate::error::LockError;

/// For how long a lock that no session held counts as free.
const JUST_NOW: Duration = Duration::from_millis(500);

impl<C: BorrowMut<MysqlConnection>> Locking for MysqlSession<C> {
    fn is_busy(&self, _error: &Error) -> bool {
        false // the server lets wait, and says so when the time is up
    }

    fn lock(&mut self, request: &mut LockRequest<'_>) -> Result<MigrationLock, LockError> {
        if self.lock.is_some() {
            // the server would count it twice, and want it given back twice
            return Ok(MigrationLock::new());
        }
        self.not_held = None; // what was found before is about the past now
        let database = self.server.database.clone().unwrap_or_default();
        let name = lock::name(&database);
        lock::take(self.mysql(), &name, &database, request)?;
        self.lock = Some(name);
        self.engines.forget();
        self.own_tables = false;
        Ok(MigrationLock::new())
    }

    fn holder(&mut self) -> QueryResult<Option<Holder>> {
        let not_held = self.not_held.take();
        if not_held.is_some_and(|at| at.elapsed() < JUST_NOW) {
            return Ok(None);
        }
        let database = self.server.database.clone().unwrap_or_default();
        lock::holder(self.mysql(), &lock::name(&database))
    }

    fn unlock(&mut self) {
        if let Some(name) = self.lock.take() {
            // a connection that cannot do this is lost, and the lock with it
            let _ = lock::release(self.mysql(), &name);
        }
        let _ = self.restore_settings();
        self.settings = Settings::default();
        if let Some(set) = self.before.take().and_then(|before| before.given_back()) {
            let _ = self.send(&set);
        }
        self.transaction.ends = None;
    }

    fn limit(&mut self, _: &MigrationLock, limits: &Timeouts) -> QueryResult<()> {
        let limited = limits.statement.is_some() && self.server.dialect == Dialect::Mariadb;
        let before = timeouts::before(self.mysql(), limited)?;
        if let Some(set) = before.limited(limits) {
            self.send(&set)?;
            self.before = Some(before);
        }
        Ok(())
    }

    fn lock_conflict(&mut self, error: &Error) -> Option<LockConflict> {
        timeouts::lock_conflict(error)
    }

    fn cancel_handle(&mut self, _: &MigrationLock) -> Option<CancelHandle> {
        let (url, connection) = (self.url.clone()?, self.server.connection);
        Some(Box::new(move || {
            let mut other = establish(&url).map_err(|error| error.to_string())?;
            other
                .batch_execute(&format!("KILL QUERY {connection}"))
                .map_err(|error| error.to_string())
        }))
    }
}
