//! Operations that wait to be sent together, each with what is recorded of it: at most one of them
//! commits by itself, and the journal has it before. It knows which rows, and no SQL of its own.

use std::time::{Duration, Instant};

use super::Journaled;
use crate::Result;
use crate::backend::{Backend, Batched, Session, Together};
use crate::error::{Cause, OperationError, RevisionError};
use crate::execute::context::Failpoint;
use crate::execute::gathered::{Gathered, Of, OfRecord};
use crate::execute::live::failed_statement;
use crate::execute::recorder::{Place, Recorder};
use crate::journal::{Event, Row, hash_of};
use crate::operation::Operation;
use crate::sql::TransactionEffect;

impl Journaled<'_> {
    /// Lets an operation wait, if it may; what waits already may have to be sent first.
    pub(super) fn gather_one(&mut self, operation: &Operation, name: &str) -> Result<bool> {
        let Some(batching) = self.live.gathered.as_deref().map(|it| it.batching) else {
            return Ok(false);
        };
        if !self.recorder.is_fresh() {
            return Ok(false);
        }
        // an error is that of the operation, which is run by itself
        let Ok(Some((sql, effect))) = self.live.session.for_batch(operation) else {
            return Ok(false);
        };
        let alone = match effect {
            TransactionEffect::Joins => false,
            TransactionEffect::Commits => true,
            _ => return Ok(false),
        };
        let hash = hash_of(operation);
        let place = Place {
            step: self.recorder.peek(),
            hash: &hash,
            operation: name,
        };
        let refused = self.refuse_lost(operation, place, std::slice::from_ref(&sql));
        if refused.is_err() || sql.len() > batching.most {
            return Ok(false);
        }
        let full = |gathered: &Gathered| gathered.is_full(&sql, alone);
        if self.live.gathered.as_deref().is_some_and(full) {
            self.send_all_waiting()?;
        }
        let record = OfRecord {
            step: self.recorder.advance(),
            hash,
            operation: operation.clone(),
            alone,
        };
        let of = Of {
            name: name.to_owned(),
            spot: self.live.spot(),
            record: Some(record),
        };
        if let Some(gathered) = self.live.gathered.as_deref_mut() {
            gathered.push(sql, of);
        }
        Ok(true)
    }

    /// Sends what waits, with the beginning of the transaction if it is not open.
    pub(super) fn send_all_waiting(&mut self) -> Result<()> {
        let Some(gathered) = self.live.gathered.as_deref_mut().filter(|it| it.is_due()) else {
            return Ok(());
        };
        if let Err(error) = ready(&*self.live.session, gathered, Some(&*self.recorder)) {
            return Err(self.live.failed("go on", error));
        }
        let start = Instant::now();
        let sent = match gathered.statements().is_empty() {
            true => Together::Apart,
            false => {
                self.live.context.at(Failpoint::BeforeStatement);
                let sent = self.live.session.run_together(gathered.statements());
                self.live.context.at(Failpoint::AfterStatement);
                sent
            }
        };
        self.settle_sent(sent, Some(start.elapsed()))
    }

    /// What became of the operations that were sent.
    pub(crate) fn settle_sent(&mut self, sent: Together, took: Option<Duration>) -> Result<()> {
        let Some(gathered) = self.live.gathered.as_deref_mut() else {
            return Ok(());
        };
        let all = gathered.take();
        let (done, failed) = match sent {
            Together::Open(begun) => {
                gathered.is_open(begun);
                (all.len(), None)
            }
            Together::NotBegun(error) => return Err(self.not_begun(Cause::Begin(error))),
            Together::Ended => return Err(self.not_begun(Cause::EndedTransaction)),
            Together::NotAhead(begun, at, error) => {
                gathered.is_open(begun);
                (at, Some(Failed::Ahead(error)))
            }
            Together::Failed {
                begun,
                at: Some(at),
                error,
                certain,
            } => {
                gathered.is_open(begun);
                (at, Some(Failed::Statement(error, certain)))
            }
            Together::Failed { error, .. } => return Err(self.lost(&all, error)),
            Together::Apart => return self.run_apart(&all),
        };
        for (at, (batched, of)) in all.iter().enumerate().take(done) {
            // behind the last one nothing was sent that takes its time
            let took = took.filter(|_| at + 1 == all.len());
            self.was_run(of, batched, took);
        }
        match (failed, all.get(done)) {
            (Some(failed), Some((batched, of))) => Err(self.one_failed(batched, of, failed)),
            _ => Ok(()),
        }
    }

    /// An operation was run.
    fn was_run(&mut self, of: &Of, batched: &Batched, took: Option<Duration>) {
        let (Some(record), Some(gathered)) = (&of.record, self.live.gathered.as_deref()) else {
            return;
        };
        let mut row = done_row(self.recorder, gathered, of, record, batched.number);
        if let Some(took) = took {
            (row.micros, row.and_micros) = (Some(took.as_micros()), None);
        }
        match record.alone {
            true => {
                self.was_recorded();
                self.recorder.in_doubt = false;
                self.recorder.note(row, true);
                self.writer().keep(&of.name);
            }
            false => {
                // what it left on the connection is newer than a row before it
                let sql = std::slice::from_ref(&batched.sql);
                let _ = self.refuse_lost(&record.operation, place(of, record), sql);
                self.recorder.note(row, false);
                self.live.done(&of.name);
            }
        }
    }

    /// An operation that commits by itself was recorded before.
    fn was_recorded(&mut self) {
        self.recorder.saved();
        self.live.keep_all();
        self.recorder.in_doubt = true;
    }

    /// An operation failed, or what is recorded before it.
    fn one_failed(&mut self, batched: &Batched, of: &Of, failed: Failed) -> RevisionError {
        let error = match failed {
            Failed::Ahead(error) => OperationError::Journal(error),
            Failed::Statement(error, certain) => {
                if let Some(record) = of.record.as_ref().filter(|record| record.alone) {
                    self.was_recorded();
                    let place = place(of, record);
                    let sent = (batched.sql.as_str(), &error);
                    self.refused(place, 0, &record.operation, sent, certain);
                }
                failed_statement(&of.name, &batched.sql, error)
            }
        };
        self.live.failed_at_spot(&of.name, error, of.spot)
    }

    /// The connection is lost, and it is unknown how far the server came.
    fn lost(&mut self, all: &[(Batched, Of)], error: diesel::result::Error) -> RevisionError {
        let alone = all.iter().find(|(_, of)| of.is_alone());
        self.recorder.in_doubt |= alone.is_some();
        match alone.or_else(|| all.first().filter(|_| all.len() == 1)) {
            Some((batched, of)) => {
                if let Some(gathered) = self.live.gathered.as_deref_mut() {
                    gathered.is_lost();
                }
                let error = failed_statement(&of.name, &batched.sql, error);
                self.live.failed_at_spot(&of.name, error, of.spot)
            }
            None => self.not_begun(Cause::Begin(error)),
        }
    }

    fn not_begun(&mut self, cause: Cause) -> RevisionError {
        if let Some(gathered) = self.live.gathered.as_deref_mut() {
            gathered.is_not_begun(cause);
        }
        self.live.failed("go on", OperationError::Stopped)
    }

    /// Runs the operations one by one, after the transaction is begun.
    fn run_apart(&mut self, all: &[(Batched, Of)]) -> Result<()> {
        if self.live.gathered.as_deref().is_some_and(Gathered::waits) {
            self.live.at(Failpoint::BeforeBegin);
            let begun = self.live.session.begin();
            self.live.at(Failpoint::AfterBegin);
            match (begun, self.live.gathered.as_deref_mut()) {
                (Ok(begun), Some(gathered)) => gathered.is_open(begun),
                (Ok(_), None) => {}
                (Err(error), _) => return Err(self.not_begun(Cause::Begin(error))),
            }
        }
        for (_, of) in all {
            self.live.refuse_more()?;
            let Some(record) = &of.record else {
                continue;
            };
            let ran = self.run_from(&record.operation, place(of, record), 0, None);
            ran.map_err(|error| self.live.failed_at_spot(&of.name, error, of.spot))?;
        }
        Ok(())
    }
}

/// What failed of an operation.
enum Failed {
    /// What is recorded before it.
    Ahead(diesel::result::Error),
    /// Its statement; whether that is certain.
    Statement(diesel::result::Error, bool),
}

/// Sets what is recorded before each operation that commits by itself, and returns the rows that
/// belong before the one that closes the revision.
pub(crate) fn ready(
    session: &dyn Session,
    gathered: &mut Gathered,
    recorder: Option<&Recorder>,
) -> Result<Vec<Row>, OperationError> {
    let Some(recorder) = recorder else {
        return Ok(Vec::new());
    };
    let (rules, table): (&dyn Backend, String) = (session.backend(), session.journal_table());
    let mut rows = Vec::new();
    let mut ahead = None;
    for (at, (batched, of)) in gathered.pairs().enumerate() {
        let Some(record) = &of.record else {
            continue;
        };
        if record.alone {
            let raw = matches!(record.operation, Operation::Execute { .. });
            rows.push(Row {
                statement: Some(0),
                query: Some(batched.sql.clone()),
                raw,
                ..recorder.row_of(Event::Intent, place(of, record))
            });
            let insert = recorder.insert(rules, &table, std::mem::take(&mut rows))?;
            ahead = Some((at, insert));
        }
        rows.push(done_row(recorder, gathered, of, record, batched.number));
    }
    match ahead {
        Some((at, insert)) => {
            gathered.set_ahead(at, insert);
            Ok(rows)
        }
        None if recorder.has_begun() => Ok([recorder.rest(), rows].concat()),
        None => Ok(Vec::new()),
    }
}

/// The row that says that an operation was done, with the time that the server took.
fn done_row(
    recorder: &Recorder,
    gathered: &Gathered,
    of: &Of,
    record: &OfRecord,
    number: usize,
) -> Row {
    Row {
        micros: Some(0),
        and_micros: Some((gathered.batching.micros_of)(number)),
        ..recorder.row_of(Event::Done, place(of, record))
    }
}

fn place<'a>(of: &'a Of, record: &'a OfRecord) -> Place<'a> {
    Place {
        step: record.step,
        hash: &record.hash,
        operation: &of.name,
    }
}
