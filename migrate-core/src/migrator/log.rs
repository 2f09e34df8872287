//! What the journal of a database has, for those who read it. It judges nothing.

use super::Migrator;
use crate::backend::{MigrateConnection, Session};
use crate::error::Error;
use crate::journal::{Entry, Which};

impl Migrator<'_> {
    /// Reads the journal: what was done to the database, in the order of its rows. Writes nothing
    /// and creates nothing.
    ///
    /// ```
    /// # use diesel::{Connection, sqlite::SqliteConnection};
    /// # use migrate_core::{History, Migrator};
    /// # static HISTORY: History = History::new(&[]);
    /// # let mut connection = SqliteConnection::establish(":memory:")?;
    /// for entry in Migrator::new(&HISTORY).log(&mut connection)? {
    ///     println!("{} {} {}", entry.at, entry.revision, entry.event.name());
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the journal cannot be read.
    pub fn log<C>(&self, connection: &mut C) -> Result<Vec<Entry>, Error>
    where
        C: MigrateConnection + ?Sized,
    {
        self.log_of(connection, Which::All)
    }

    /// Reads the newest rows of the journal: all of the last `number` runs, and of each earlier run
    /// only its first row. Writes nothing and creates nothing.
    ///
    /// # Errors
    ///
    /// When the journal cannot be read.
    pub fn log_of_last<C>(&self, connection: &mut C, number: usize) -> Result<Vec<Entry>, Error>
    where
        C: MigrateConnection + ?Sized,
    {
        self.log_of(connection, Which::Runs(number))
    }

    fn log_of<C>(&self, connection: &mut C, which: Which) -> Result<Vec<Entry>, Error>
    where
        C: MigrateConnection + ?Sized,
    {
        let read = |session: &mut dyn Session| {
            self.patiently(session, "read the journal", |session| {
                session.journal(which)
            })
        };
        Ok(connection.with_session(read)?.unwrap_or_default())
    }
}
