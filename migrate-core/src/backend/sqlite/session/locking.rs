//! The migration lock, timeouts, and which other sessions block this one. On SQLite.

use std::borrow::BorrowMut;
use std::time::Duration;

use diesel::QueryResult;
use diesel::sqlite::SqliteConnection;

use super::super::lock;
use super::SqliteSession;
use super::settings::Settings;
use crate::backend::{Holder, LockRequest, Locking, MigrationLock, Timeouts};
use crate::error::LockError;
use crate::operation::Statements;

impl<C: BorrowMut<SqliteConnection>> Locking for SqliteSession<C> {
    fn is_busy(&self, error: &diesel::result::Error) -> bool {
        matches!(error, diesel::result::Error::DatabaseError(_, facts) if facts.message().contains("is locked"))
    }

    fn lock(&mut self, request: &mut LockRequest<'_>) -> Result<MigrationLock, LockError> {
        let locked = self.try_lock(request);
        if locked.is_err() {
            self.unlock();
        }
        locked.map(|()| MigrationLock::new())
    }

    fn holder(&mut self) -> QueryResult<Option<Holder>> {
        let held = self.file()?.map(|file| lock::held(&file));
        // a file that may not be opened does not help, and does no harm
        Ok(held.and_then(Result::ok).flatten())
    }

    fn unlock(&mut self) {
        if self.depth().is_ok_and(|depth| depth == 0) {
            // a connection that cannot do this cannot do anything else either
            let _ = self.restore_settings();
        }
        self.settings = Settings::default();
        self.lock = None;
        if let Some(timeout) = self.busy_timeout.take() {
            // a connection that cannot do this cannot do anything else either
            let _ = self.execute(&format!("PRAGMA busy_timeout = {timeout}"));
        }
    }

    fn limit(&mut self, _: &MigrationLock, limits: &Timeouts) -> QueryResult<()> {
        // by default, the same timeout as for the migration lock
        match limits.lock {
            Some(Duration::ZERO) => self.be_patient(Duration::MAX),
            Some(limit) => self.be_patient(limit),
            None => Ok(()),
        }
    }
}
