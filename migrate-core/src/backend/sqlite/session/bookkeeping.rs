//! Reads the version table and the journal. On SQLite.

use std::borrow::BorrowMut;

use diesel::sql_types::Text;
use diesel::sqlite::SqliteConnection;
use diesel::{QueryResult, QueryableByName, RunQueryDsl, sql_query};

use super::SqliteSession;
use crate::backend::{Bookkeeping, Records};
use crate::journal;
use crate::journal::{AppliedRow, Entry, Stored, VERSION_TABLE, Which};
use crate::operation::Statements;

impl<C: BorrowMut<SqliteConnection>> Bookkeeping for SqliteSession<C> {
    fn applied(&mut self) -> QueryResult<Option<Vec<AppliedRow>>> {
        let is_there = self.own_tables()?.iter().any(|name| name == VERSION_TABLE);
        is_there.then(|| self.read_applied()).transpose()
    }

    fn journal(&mut self, which: Which) -> QueryResult<Option<Vec<Entry>>> {
        let is_there = self.own_tables()?.iter().any(|name| name == journal::TABLE);
        is_there.then(|| self.read_journal(which)).transpose()
    }

    fn records(&mut self, which: Which) -> QueryResult<Records> {
        let tables = self.own_tables()?;
        let has = |table: &str| tables.iter().any(|name| name == table);
        let applied = has(VERSION_TABLE).then(|| self.read_applied());
        let applied = applied.transpose()?;
        let counts = applied.is_some() || which != Which::Tail;
        let entries = (counts && has(journal::TABLE)).then(|| self.read_journal(which));
        let entries = entries.transpose()?;
        Ok(Records { applied, entries })
    }
}

impl<C: BorrowMut<SqliteConnection>> SqliteSession<C> {
    /// The tables of the tool that exist.
    fn own_tables(&mut self) -> QueryResult<Vec<String>> {
        self.texts(&format!(
            "SELECT name AS text FROM sqlite_master WHERE type = 'table' AND name IN ('{VERSION_TABLE}', '{}')",
            journal::TABLE
        ))
    }

    /// The rows of the version table, which exists.
    fn read_applied(&mut self) -> QueryResult<Vec<AppliedRow>> {
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
        let rows = rows.into_iter();
        let row = |Row { version, run_on }| AppliedRow { version, run_on };
        Ok(rows.map(row).collect())
    }

    /// Rows of the journal, which exists.
    fn read_journal(&mut self, which: Which) -> QueryResult<Vec<Entry>> {
        let query = journal::select_sql(&self.journal_table(), which);
        let rows: Vec<Stored> = sql_query(query).load(self.sqlite())?;
        Ok(rows.into_iter().map(Entry::from).collect())
    }
}
