//! The migration lock, timeouts, and which other sessions block this one. On PostgreSQL.

use std::borrow::BorrowMut;
use std::time::Duration;

use diesel::QueryResult;
use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::result::Error;

use super::super::connect::establish;
use super::super::lock::DatabaseLock;
use super::super::{lock, pooler, timeouts};
use super::settings::Settings;
use super::{PgSession, set};
use crate::backend::{
    CancelHandle, Holder, LockConflict, LockRequest, Locking, MigrationLock, Timeouts,
};
use crate::error::LockError;
use crate::operation::Statements;

/// For how long a lock holder that was found counts as the present one.
const JUST_NOW: Duration = Duration::from_millis(500);

impl<C: BorrowMut<PgConnection>> Locking for PgSession<C> {
    fn is_busy(&self, _error: &Error) -> bool {
        false // writers and readers wait for each other row by row, as long as it takes
    }

    fn lock(&mut self, request: &mut LockRequest<'_>) -> Result<MigrationLock, LockError> {
        if self.lock.is_some() {
            return Ok(MigrationLock::new());
        }
        self.holder = None; // what was found before is about the past now
        if let Some(url) = self.url.clone()
            && pooler::is_shared(self.postgres(), &url).map_err(LockError::Database)?
        {
            return Err(LockError::Shared);
        }
        self.lock = Some(DatabaseLock::take(self.postgres(), request)?);
        Ok(MigrationLock::new())
    }

    fn holder(&mut self) -> QueryResult<Option<Holder>> {
        match self.holder.take() {
            Some((at, holder)) if at.elapsed() < JUST_NOW => Ok(holder),
            _ => lock::holder(self.postgres()),
        }
    }

    fn unlock(&mut self) {
        let Some(lock) = self.lock.take() else {
            return;
        };
        let limited = self.limits.take().is_some();
        // a connection that cannot do this is lost, and the lock with it
        let _ = self.uncount();
        let _ = lock.give_back(self.postgres());
        let _ = self.restore_settings();
        self.settings = Settings::default();
        if let Some(place) = self.place.clone() {
            let settings = place.settings().given_back();
            let limits = settings.iter().filter(|_| limited);
            let parts: QueryResult<Vec<String>> = limits
                .map(|(name, value)| set(name, value))
                .chain([set("search_path", &place.search_path)])
                .collect();
            if let Ok(parts) = parts {
                let _ = self.execute(&format!("SELECT {}", parts.join(", ")));
            }
        }
    }

    fn limit(&mut self, _: &MigrationLock, limits: &Timeouts) -> QueryResult<()> {
        self.look()?; // the settings to give back
        self.limits = Some(*limits); // they are set with each guard
        Ok(())
    }

    fn lock_conflict(&mut self, error: &Error) -> Option<LockConflict> {
        let place = self.place.as_ref()?;
        let speaks_english = place.speaks_english();
        let [(_, limit), _] = place.settings().limited(&self.limits?);
        let limit = limit.parse().map(Duration::from_millis).ok();
        let was_up = limit.is_some_and(|limit| !limit.is_zero() && self.took >= limit);
        timeouts::lock_conflict(error, speaks_english, was_up)
    }

    fn cancel_handle(&mut self, _: &MigrationLock) -> Option<CancelHandle> {
        let (url, process) = (self.url.clone()?, self.lock?.process);
        Some(Box::new(move || {
            let mut other = establish(&url).map_err(|error| error.to_string())?;
            other
                .batch_execute(&format!("SELECT pg_catalog.pg_cancel_backend({process})"))
                .map_err(|error| error.to_string())
        }))
    }
}
