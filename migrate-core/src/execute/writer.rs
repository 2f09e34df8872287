//! Writes journal rows of operations: with their effect, or before a statement whose outcome may be
//! unknown afterwards. It knows which rows, and no SQL of its own.

use super::context::{Failpoint, Mode};
use super::live::Live;
use super::recorder::{Place, Recorder};
use crate::error::OperationError;
use crate::journal::{Event, Row};
use crate::operation::Operation;

/// The session, and what is recorded on it.
pub(super) struct Writer<'w, 'a> {
    pub(super) live: &'w mut Live<'a>,
    pub(super) recorder: &'w mut Recorder,
}

impl Writer<'_, '_> {
    /// The statement that writes the noted rows, with these after them.
    pub(super) fn insert(&mut self, rows: Vec<Row>) -> Result<String, OperationError> {
        let (rules, table) = (self.live.rules(), self.live.session.journal_table());
        Ok(self.recorder.insert(rules, &table, rows)?)
    }

    /// Writes rows into the open transaction.
    pub(super) fn record(&mut self, rows: Vec<Row>) -> Result<(), OperationError> {
        let insert = self.insert(rows)?;
        self.live.at(Failpoint::BeforeJournal);
        let written = self.live.session.record(&[insert]);
        self.live.at(Failpoint::AfterJournal);
        written.map_err(OperationError::Journal)
    }

    /// Writes rows and commits them, with everything before them in the revision.
    fn commit(&mut self, rows: Vec<Row>) -> Result<(), OperationError> {
        let insert = self.insert(rows)?;
        self.live.at(Failpoint::BeforeJournal);
        let written = self.live.session.write_ahead(&insert);
        self.live.at(Failpoint::AfterJournal);
        written.map_err(OperationError::Journal)?;
        self.recorder.saved();
        self.live.keep_all(); // everything before it is committed
        Ok(())
    }

    /// Writes the result of an operation that was recorded before it ran, and commits it.
    pub(super) fn commit_ahead(&mut self, rows: Vec<Row>) -> Result<(), OperationError> {
        self.commit(rows)?;
        self.recorder.touched = true;
        self.recorder.in_doubt = false;
        Ok(())
    }

    /// Records that a statement is about to be sent, and commits that. With `first`, also records
    /// the other statements of the operation: their text may depend on whether some of them were
    /// run.
    pub(super) fn write_ahead(
        &mut self,
        place: Place<'_>,
        statements: &[String],
        index: usize,
        (first, raw): (bool, bool),
    ) -> Result<(), OperationError> {
        let mut rows = Vec::new();
        let row = |recorder: &Recorder, event, index: usize| Row {
            statement: Some(index),
            query: statements.get(index).cloned(),
            raw,
            ..recorder.row_of(event, place)
        };
        if first {
            let others = (0..statements.len()).filter(|other| *other != index);
            rows.extend(others.map(|other| row(self.recorder, Event::Planned, other)));
        }
        rows.push(row(self.recorder, Event::Intent, index));
        self.commit(rows)?;
        self.recorder.in_doubt = true;
        Ok(())
    }

    /// Records the start of something that may commit the open transaction: in that transaction, or
    /// committed before it.
    pub(super) fn open(&mut self, place: Place<'_>, mode: Mode) -> Result<bool, OperationError> {
        let row = self.recorder.row_of(Event::Opened, place);
        let ahead = self.opens_ahead(mode)?;
        if ahead {
            self.commit_ahead(vec![row])?;
            self.recorder.in_doubt = true;
            return Ok(true);
        }
        self.record(vec![row])?;
        self.recorder.touched = true;
        match mode {
            Mode::Autocommit => self.recorder.saved(),
            Mode::InTransaction => self.recorder.floats(),
        }
        Ok(false)
    }

    /// Whether an opaque operation is recorded and committed before it: it may change rows that no
    /// rollback restores.
    pub(super) fn opens_ahead(&mut self, mode: Mode) -> Result<bool, OperationError> {
        let apart = self.live.session.has_tables_without_transactions();
        Ok(apart.map_err(OperationError::Catalogue)? && !mode.is_autocommit())
    }

    /// Runs what the session has deferred, with its rows in the same transaction.
    pub(super) fn flush(&mut self, next: Option<&Operation>) -> Result<(), OperationError> {
        let waiting = self.recorder.is_waiting();
        if waiting {
            let insert = self.insert(Vec::new())?;
            self.live.session.along(Some(insert));
        }
        self.live.at(Failpoint::BeforeStatement);
        let flushed = self.live.flush(next);
        let left = self.live.session.along(None);
        self.live.at(Failpoint::AfterStatement);
        flushed?;
        if waiting && left.is_none() {
            self.recorder.waited();
            self.live.keep_all();
        }
        Ok(())
    }

    /// Notes that an operation is not rolled back with the transaction.
    pub(super) fn keep(&mut self, name: &str) {
        self.recorder.touched = true;
        self.live.done(name);
        self.live.keep_all();
    }
}
