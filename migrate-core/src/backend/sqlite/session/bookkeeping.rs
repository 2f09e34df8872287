//! Reads the version table and the journal. On SQLite.

use std::borrow::BorrowMut;

use diesel::sql_types::Text;
use diesel::sqlite::SqliteConnection;
use diesel::{QueryResult, QueryableByName, RunQueryDsl, sql_query};

use super::SqliteSession;
use crate::backend::Bookkeeping;
use crate::journal;
use crate::journal::{AppliedRow, Entry, Stored, VERSION_TABLE, Which};
use crate::operation::Statements;

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
