//! Reads the version table and the journal. On MySQL and MariaDB.

use std::borrow::BorrowMut;

use diesel::mysql::MysqlConnection;
use diesel::result::{DatabaseErrorKind, Error};
use diesel::{QueryResult, RunQueryDsl, sql_query};

use super::super::lookup::has_table;
use super::{MysqlSession, is_denied};
use crate::backend::Bookkeeping;
use crate::journal;
use crate::journal::{AppliedRow, Entry, Stored, VERSION_TABLE, Which};

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
