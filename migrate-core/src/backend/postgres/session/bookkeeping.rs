//! Reads the version table and the journal. On PostgreSQL.

use std::borrow::BorrowMut;
use std::time::Instant;

use diesel::pg::PgConnection;
use diesel::sql_types::Text;
use diesel::{QueryResult, QueryableByName, RunQueryDsl, sql_query};

use super::super::lock;
use super::PgSession;
use crate::backend::{Bookkeeping, Records};
use crate::journal;
use crate::journal::{AppliedRow, Entry, Stored, VERSION_TABLE, Which};

impl<C: BorrowMut<PgConnection>> Bookkeeping for PgSession<C> {
    fn version_table(&self) -> String {
        self.in_place(VERSION_TABLE)
    }

    fn chosen_version_table(&self) -> Option<String> {
        let place = self.place.as_ref().filter(|place| place.is_chosen)?;
        Some(place.qualified(VERSION_TABLE))
    }

    fn applied(&mut self) -> QueryResult<Option<Vec<AppliedRow>>> {
        match self.look()?.found {
            Some(_) => self.read_applied().map(Some),
            None => Ok(None),
        }
    }

    fn journal_table(&self) -> String {
        self.in_place(journal::TABLE)
    }

    fn records(&mut self, which: Which) -> QueryResult<Records> {
        let place = self.look()?;
        // a query that is refused would end the caller's transaction
        if place.found.is_none() || !place.journal || self.depth()? > 0 {
            let applied = place.found.is_some();
            let journal = place.journal && (applied || which != Which::Tail);
            return Ok(Records {
                applied: applied.then(|| self.read_applied()).transpose()?,
                entries: journal.then(|| self.read_journal(which)).transpose()?,
            });
        }
        let (versions, table) = (self.version_table(), self.journal_table());
        let number = format!("row_number() OVER (ORDER BY {versions}.run_on, {versions}.ctid)");
        let versions = journal::Versions {
            table: &versions,
            number: &number,
            columns: ["CAST(run_on AS text)", "CAST(version AS text)"],
        };
        let holder = (which == Which::Revisions).then(lock::holder_as_record);
        let query = journal::records_sql(&versions, &table, which, holder.as_deref());
        let rows: Vec<Stored> = sql_query(query).load(self.postgres())?;
        if holder.is_some() {
            self.holder = Some((Instant::now(), None));
        }
        let (mut applied, mut entries) = (Vec::new(), Vec::new());
        for row in rows {
            match row.applied() {
                Some(row) => applied.push(row),
                None if row.is_entry() => entries.push(Entry::from(row)),
                None => {
                    let holder = lock::holder_of_record(Entry::from(row));
                    self.holder = Some((Instant::now(), Some(holder)));
                }
            }
        }
        Ok(Records {
            applied: Some(applied),
            entries: Some(entries),
        })
    }

    fn journal(&mut self, which: Which) -> QueryResult<Option<Vec<Entry>>> {
        if !self.look()?.journal {
            return Ok(None);
        }
        self.read_journal(which).map(Some)
    }
}

impl<C: BorrowMut<PgConnection>> PgSession<C> {
    /// The rows of the version table, which exists.
    fn read_applied(&mut self) -> QueryResult<Vec<AppliedRow>> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Text)]
            version: String,
            #[diesel(sql_type = Text)]
            run_on: String,
        }
        let table = self.version_table();
        let rows: Vec<Row> = sql_query(format!(
            "SELECT CAST(version AS text) AS version, CAST(run_on AS text) AS run_on \
             FROM {table} ORDER BY {table}.run_on, {table}.ctid"
        ))
        .load(self.postgres())?;
        let rows = rows.into_iter();
        let row = |Row { version, run_on }| AppliedRow { version, run_on };
        Ok(rows.map(row).collect())
    }

    /// Rows of the journal, which exists.
    fn read_journal(&mut self, which: Which) -> QueryResult<Vec<Entry>> {
        let query = journal::select_sql(&self.journal_table(), which);
        let rows: Vec<Stored> = sql_query(query).load(self.postgres())?;
        Ok(rows.into_iter().map(Entry::from).collect())
    }
}
