//! Reads the version table and the journal. On MySQL and MariaDB.

use std::borrow::BorrowMut;
use std::time::Instant;

use diesel::mysql::MysqlConnection;
use diesel::result::{DatabaseErrorKind, Error};
use diesel::{QueryResult, RunQueryDsl, sql_query};

use super::super::lock;
use super::super::lookup::has_table;
use super::{MysqlSession, is_denied};
use crate::backend::{Bookkeeping, Records};
use crate::journal;
use crate::journal::{AppliedRow, Entry, Stored, VERSION_TABLE, Which};

/// What stands in place of a direction in the row that says who holds the migration lock.
const HOLDER: &str = "holder";

impl<C: BorrowMut<MysqlConnection>> Bookkeeping for MysqlSession<C> {
    fn version_table(&self) -> String {
        self.server.in_place(VERSION_TABLE)
    }

    fn applied(&mut self) -> QueryResult<Option<Vec<AppliedRow>>> {
        let error = match self.read_applied() {
            Ok(rows) => return Ok(Some(rows)),
            Err(error) if is_denied(&error) => return Err(error),
            Err(error) => error,
        };
        let database = self.server.database.clone();
        match has_table(self.mysql(), database.as_deref(), VERSION_TABLE) {
            Ok(false) => Ok(None),
            // another run may have created it in the meantime
            Ok(true) => self.read_applied().map(Some),
            Err(_) => Err(error),
        }
    }

    fn journal_table(&self) -> String {
        self.server.in_place(journal::TABLE)
    }

    fn records(&mut self, which: Which) -> QueryResult<Records> {
        if self.server.has_journal
            && let Ok(records) = self.read_records(which)
        {
            return Ok(records);
        }
        // a table is missing, or may not be read
        let applied = self.applied()?;
        let counts = applied.is_some() || which != Which::Tail;
        let entries = if counts { self.journal(which)? } else { None };
        Ok(Records { applied, entries })
    }

    fn journal(&mut self, which: Which) -> QueryResult<Option<Vec<Entry>>> {
        let query = journal::select_sql(&self.journal_table(), which);
        let rows: QueryResult<Vec<Stored>> = sql_query(query).load(self.mysql());
        match rows {
            Ok(rows) => {
                self.server.has_journal = true; // a run may have created it since the first look
                Ok(Some(rows.into_iter().map(Entry::from).collect()))
            }
            // the catalogue also hides it from a user without rights on it
            Err(error) if self.server.has_journal || is_denied(&error) => Err(error),
            Err(Error::DatabaseError(DatabaseErrorKind::Unknown, _)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl<C: BorrowMut<MysqlConnection>> MysqlSession<C> {
    /// The rows of both tables, and whether the migration lock is held.
    fn read_records(&mut self, which: Which) -> QueryResult<Records> {
        let versions = self.version_table();
        let versions = journal::Versions {
            table: &format!("{versions} AS done"),
            number: "CAST(ROW_NUMBER() OVER (ORDER BY done.run_on, done.version) AS SIGNED)",
            columns: [
                "CAST(done.run_on AS CHAR)",
                "CONVERT(done.version USING utf8mb4) COLLATE utf8mb4_bin",
            ],
        };
        let holder = (which == Which::Revisions).then(|| {
            let name = lock::name(self.server.database.as_deref().unwrap_or_default());
            format!(
                "SELECT CAST(IFNULL(IS_USED_LOCK('{name}'), 0) AS SIGNED), '', '', '', '', '', '{HOLDER}', '', \
                 NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', NULL"
            )
        });
        let table = self.journal_table();
        let query = journal::records_sql(&versions, &table, which, holder.as_deref());
        let rows: Vec<Stored> = sql_query(query).load(self.mysql())?;
        let (mut applied, mut entries) = (Vec::new(), Vec::new());
        for row in rows {
            match row.applied() {
                Some(row) => applied.push(row),
                None if row.is_entry() => entries.push(Entry::from(row)),
                None => self.not_held = (Entry::from(row).id == 0).then(Instant::now),
            }
        }
        Ok(Records {
            applied: Some(applied),
            entries: Some(entries),
        })
    }
}
