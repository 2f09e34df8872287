//! Scratch databases: made to be thrown away, for what only a server can tell. They are made beside
//! another database of the same server, in memory for SQLite, and dropped at the end. A database
//! that a killed process left is dropped by the next one. It must not know what they are used for.

mod error;
mod operations;
mod script;

use std::env;
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use diesel::QueryResult;

pub use error::{ScratchError, SqlFailure};
pub use operations::{ScratchStep, run_function, run_operations};
pub use script::{run_sql, statements_of};

use crate::backend::{self, Access, SCRATCH_PREFIX, ScratchQueries, Session};
use crate::dialect::BackendKind;
use crate::error::ConnectError;
use crate::url::DatabaseUrl;

/// A scratch database, dropped with this value.
pub struct Scratch {
    /// The session on it; `None` only while it is dropped.
    session: Option<Box<dyn Session>>,
    /// What further sessions are opened by.
    url: DatabaseUrl,
    /// What drops it, where a server made it.
    made: Option<Made>,
}

/// A scratch database of a server.
struct Made {
    /// The connection to the other database, which holds the lock.
    keeper: Box<dyn Session>,
    name: String,
    /// What marks it as kept.
    keep: String,
}

impl Scratch {
    /// Makes one on the server of this database, with the character set and collation or locale of
    /// this database; for SQLite in memory.
    ///
    /// # Errors
    ///
    /// When the server cannot be reached, or its user may not create a database.
    pub fn beside(url: &DatabaseUrl) -> Result<Scratch, ScratchError> {
        if url.kind() == BackendKind::Sqlite {
            return Scratch::in_memory();
        }
        let mut keeper = backend::connect(url, Access::Existing)?;
        let name = name();
        let Some(queries) = keeper.scratch_queries(&name) else {
            return Scratch::in_memory();
        };
        drop_left(keeper.as_mut(), &queries);
        let prepare = create(keeper.as_mut(), &name, &queries)?;
        let beside = url.with_database(&name);
        let keep = queries.keep;
        let mut scratch = Scratch {
            session: None,
            url: beside,
            made: Some(Made { keeper, name, keep }),
        };
        let mut session = backend::connect(&scratch.url, Access::Existing)?;
        for statement in prepare {
            let done = session.execute(&statement);
            done.map_err(|source| ScratchError::of("prepare a scratch database", source))?;
        }
        scratch.session = Some(session);
        Ok(scratch)
    }

    /// One of SQLite, in memory.
    ///
    /// # Errors
    ///
    /// When SQLite is not compiled in.
    pub fn in_memory() -> Result<Scratch, ScratchError> {
        // unlike `:memory:`, it can have a second connection
        let url = format!("file:/{}?vfs=memdb", name());
        let url: DatabaseUrl = url.parse().map_err(ConnectError::from)?;
        Ok(Scratch {
            session: Some(backend::connect(&url, Access::Write)?),
            url,
            made: None,
        })
    }

    /// Moves it out of this value, which has none from then on.
    #[must_use]
    pub fn take(&mut self) -> Scratch {
        Scratch {
            session: self.session.take(),
            url: self.url.clone(),
            made: self.made.take(),
        }
    }

    /// Leaves it, also for later processes, and returns its URL; of one in memory, a file with what
    /// is in it.
    ///
    /// # Errors
    ///
    /// When it cannot be marked, or written.
    pub fn keep(mut self) -> Result<DatabaseUrl, ScratchError> {
        let failed = |source| ScratchError::of("keep a scratch database", source);
        let Some(mut made) = self.made.take() else {
            let file = env::temp_dir().join(format!("{}.db", name()));
            let url: DatabaseUrl = (file.to_string_lossy().parse()).map_err(ConnectError::from)?;
            // the name alone would be a database in memory
            let system = if cfg!(windows) { "win32" } else { "unix" };
            let file = file
                .to_string_lossy()
                .replace('%', "%25")
                .replace('?', "%3f");
            let file = file.replace('#', "%23").replace('\'', "''");
            let copy = format!("VACUUM INTO 'file:{file}?vfs={system}'");
            self.session()?.execute(&copy).map_err(failed)?;
            return Ok(url);
        };
        self.session = None;
        if let Err(source) = made.keeper.execute(&made.keep) {
            self.made = Some(made);
            return Err(failed(source));
        }
        Ok(self.url.clone())
    }

    /// Replaces the session by another one, as if the process had ended: what is open in it is
    /// rolled back.
    ///
    /// # Errors
    ///
    /// When the server cannot be reached any more.
    pub fn reconnect(&mut self) -> Result<(), ScratchError> {
        // before the other one is closed, with which a database in memory would go
        let session = backend::connect(&self.url, Access::Write)?;
        self.session = Some(session);
        Ok(())
    }

    /// The session on it.
    ///
    /// # Errors
    ///
    /// Never, as long as it is not dropped.
    pub fn session(&mut self) -> Result<&mut dyn Session, ScratchError> {
        match &mut self.session {
            Some(session) => Ok(session.as_mut()),
            None => Err(ScratchError::Dropped),
        }
    }

    /// Its name on the server; `None` for one in memory.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.made.as_ref().map(|made| made.name.as_str())
    }

    /// Its URL on the server; `None` for one in memory.
    #[must_use]
    pub fn url(&self) -> Option<&DatabaseUrl> {
        self.made.as_ref().map(|_| &self.url)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.session = None; // a database with a connection cannot be dropped
        if let Some(made) = &mut self.made {
            // if this fails, the next process drops it
            let _ = drop_database(made.keeper.as_mut(), &made.name);
        }
    }
}

/// A name that no other process has now.
fn name() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let time = SystemTime::now().duration_since(UNIX_EPOCH);
    let time = time.unwrap_or_default().as_micros();
    format!("{SCRATCH_PREFIX}{}_{time}_{number}", process::id())
}

/// Locks the name and creates the database; returns the statements that prepare it.
fn create(
    keeper: &mut dyn Session,
    name: &str,
    queries: &ScratchQueries,
) -> Result<Vec<String>, ScratchError> {
    let doing = "create a scratch database";
    let failed = |source| ScratchError::of(doing, source);
    let statements = keeper
        .texts(&queries.lock)
        .and_then(|_| keeper.texts(&queries.create))
        .map_err(failed)?;
    for statement in &statements {
        if let Err(source) = keeper.execute(statement) {
            let user = keeper.grantee().map(|grantee| grantee.user);
            let (before, after) = queries.grant;
            let grant = format!("{before}{}{after}", user.as_deref().unwrap_or("USER"));
            return Err(ScratchError::of(doing, source).granted_by(grant));
        }
    }
    let prepare = queries.prepare.as_deref();
    let prepare = prepare.map(|query| keeper.texts(query)).transpose();
    prepare.map(Option::unwrap_or_default).map_err(|source| {
        let _ = drop_database(keeper, name);
        failed(source)
    })
}

/// Drops the scratch databases that killed processes left. One that cannot be dropped, as it is
/// another user's, stays.
fn drop_left(keeper: &mut dyn Session, queries: &ScratchQueries) {
    let left = keeper.texts(&queries.left).unwrap_or_default();
    for name in left {
        let _ = drop_database(keeper, &name);
    }
}

fn drop_database(keeper: &mut dyn Session, name: &str) -> QueryResult<()> {
    let quoted = keeper.backend().name(&name.into());
    let quoted = quoted.unwrap_or_else(|_| name.to_owned());
    keeper.execute(&format!("DROP DATABASE IF EXISTS {quoted}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_need_no_quotes_and_fit_every_server() {
        let name = name();
        assert!(name.len() < 63, "{name}");
        let plain = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_';
        assert!(name.chars().all(plain), "{name}");
    }
}
