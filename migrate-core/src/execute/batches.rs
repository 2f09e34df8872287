//! Rows changed in batches: ranges of a key that are read from the table, one after another. Each
//! batch has its own transaction where the revision has none.

mod walk;

use std::any::Any;

pub(super) use walk::Walk;

use super::context::{Failpoint, Mode, OperationEvent};
use super::live::Live;
use super::recorder::{Known, Place, Recorder};
use super::session_executor::SessionExecutor;
use super::writer::Writer;
use crate::Result;
use crate::backend::{Backend, Inside, OpenTransaction};
use crate::error::{OperationError, RevisionError};
use crate::journal::{Event, OpenKind, Row, hash_of_text};
use crate::op::{BatchRange, ChangeBatch, Operations, Settings};
use crate::operation::Operation;
use crate::sql::TransactionEffect;

/// Changes rows in batches, and records the progress in the journal, if there is one.
pub(super) fn run(
    live: &mut Live<'_>,
    recorder: Option<&mut Recorder>,
    mode: Mode,
    range: &BatchRange,
    change: ChangeBatch<'_>,
) -> Result<()> {
    let walk = Walk::new(live.rules(), range)?;
    let (journal, after) = match recorder {
        None => (None, None),
        Some(recorder) => match BatchJournal::begin(live, recorder, &walk, range)? {
            Some((journal, after)) => (Some(journal), after),
            None => return Ok(()), // an earlier run did all of them
        },
    };
    let mut batch = InBatch { live, journal };
    batch.walk(&walk, range, after, Level::Revision(mode), change)?;
    if let Some(journal) = &mut batch.journal {
        journal.end_all(mode);
    }
    Ok(())
}

/// What the batches are part of.
#[derive(Clone, Copy)]
enum Level {
    /// A revision, and how its statements relate to transactions.
    Revision(Mode),
    /// Another batch, which is the one that is recorded.
    Batch,
}

/// Runs the operations of a batch in the open transaction.
struct InBatch<'b, 'a> {
    live: &'b mut Live<'a>,
    journal: Option<BatchJournal<'b>>,
}

impl InBatch<'_, '_> {
    /// Calls the function for each batch after a key.
    fn walk(
        &mut self,
        walk: &Walk,
        range: &BatchRange,
        mut after: Option<String>,
        level: Level,
        change: ChangeBatch<'_>,
    ) -> Result<()> {
        self.live.flush(None)?;
        let of = walk.count(self.live)?;
        let Some(end) = walk.end(self.live)? else {
            return Ok(());
        };
        let (mut done, mut number) = (0, 0);
        while after.as_ref() != Some(&end) {
            self.live.flush(None)?;
            let next = walk.next(self.live, after.as_deref(), &end, range.size)?;
            let Some((last, batch)) = next else {
                break; // the remaining rows were deleted
            };
            match level {
                Level::Batch => self.change(|op| change(op, &batch))?,
                Level::Revision(mode) => {
                    if let Some(journal) = &mut self.journal {
                        journal.next(number, &last);
                    }
                    self.one(mode, |op| change(op, &batch))?;
                }
            }
            number += 1;
            done += batch.rows;
            self.live.context.report(&OperationEvent::Rows {
                table: &range.table.name,
                done,
                of: of.max(done),
            });
            after = Some(last);
        }
        Ok(())
    }

    /// Runs one batch, in its own transaction where the revision has none.
    fn one(
        &mut self,
        mode: Mode,
        change: impl FnOnce(&mut Operations<'_>) -> Result<()>,
    ) -> Result<()> {
        if mode == Mode::InTransaction {
            self.change(change)?;
            return self.record_in_transaction();
        }
        let begun = self.live.session.begin_small()?;
        let ended = self.change(change).and_then(|()| {
            self.live.flush(None)?;
            match self.live.session.inside(&begun)? {
                Inside::Yes => self.commit(begun),
                Inside::Nested => Err(RevisionError::message("a batch left a transaction open")),
                Inside::Ended => Err(RevisionError::message(
                    "a batch ended the transaction that it ran in",
                )),
            }
        });
        if ended.is_err() {
            let _ = self.live.session.rollback(); // the first error is the one to report
        }
        ended
    }

    fn change(&mut self, change: impl FnOnce(&mut Operations<'_>) -> Result<()>) -> Result<()> {
        change(&mut Operations::new(self))?;
        self.next_call()
    }

    /// Records a batch in its own transaction, and commits it.
    fn commit(&mut self, begun: OpenTransaction) -> Result<()> {
        if let Some(journal) = &mut self.journal {
            let row = journal.row(Event::Batch);
            journal.writer(self.live).record(vec![row])?;
        }
        self.live.at(Failpoint::BeforeCommit);
        let committed = self.live.session.commit(begun);
        self.live.at(Failpoint::AfterCommit);
        committed?;
        if let Some(journal) = &mut self.journal {
            journal.recorder.saved();
            journal.recorder.touched = true;
            journal.recorder.in_doubt = false;
        }
        Ok(())
    }

    /// Records a batch in a revision's transaction, if some of it was committed, and commits that.
    fn record_in_transaction(&mut self) -> Result<()> {
        match &mut self.journal {
            Some(journal) if journal.opened != Opened::No => {
                let row = journal.row(Event::Batch);
                Ok(journal.writer(self.live).commit_ahead(vec![row])?)
            }
            _ => Ok(()),
        }
    }
}

/// The progress of batches, for the journal.
struct BatchJournal<'r> {
    recorder: &'r mut Recorder,
    step: u32,
    hash: String,
    name: String,
    /// The current batch, and its last key.
    number: usize,
    up_to: String,
    opened: Opened,
}

/// Whether the journal records that some of a batch may be committed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Opened {
    No,
    /// In the open transaction: the record becomes durable when that is committed.
    Within,
    /// And the record is committed.
    Ahead,
}

impl<'r> BatchJournal<'r> {
    /// Begins batches: the key after which they resume, or none if all of them are done.
    fn begin(
        live: &mut Live<'_>,
        recorder: &'r mut Recorder,
        walk: &Walk,
        range: &BatchRange,
    ) -> Result<Option<(BatchJournal<'r>, Option<String>)>, OperationError> {
        let hash = hash_of_text(&format!("{walk:?}"));
        let name = range.describe(live.rules().kind());
        let mut writer = Writer { live, recorder };
        writer.flush(None)?;
        let step = writer.recorder.advance();
        let place = Place {
            step,
            hash: &hash,
            operation: &name,
        };
        let after = match writer.recorder.known(place)? {
            Known::New => None,
            Known::Finished => {
                writer.keep(&name);
                return Ok(None);
            }
            Known::Begun(open) => match &open.kind {
                OpenKind::Batches(key) => Some(key.clone()),
                kind => {
                    let found = match kind {
                        OpenKind::Batch { after, up_to } => half_batch(after.as_deref(), up_to),
                        _ => "a statement of a batch committed part of it".to_owned(),
                    };
                    return Err(writer.recorder.unsettled(open, None, found, false));
                }
            },
        };
        let journal = BatchJournal {
            recorder,
            step,
            hash,
            name,
            number: 0,
            up_to: String::new(),
            opened: Opened::No,
        };
        Ok(Some((journal, after)))
    }

    fn place(&self) -> Place<'_> {
        Place {
            step: self.step,
            hash: &self.hash,
            operation: &self.name,
        }
    }

    fn writer<'w, 'a>(&'w mut self, live: &'w mut Live<'a>) -> Writer<'w, 'a> {
        Writer {
            live,
            recorder: self.recorder,
        }
    }

    /// A row about the current batch.
    fn row(&self, event: Event) -> Row {
        Row {
            statement: Some(self.number),
            detail: Some(self.up_to.clone()),
            ..self.recorder.row_of(event, self.place())
        }
    }

    /// A batch begins, which ends at this key.
    fn next(&mut self, number: usize, key: &str) {
        self.number = number;
        key.clone_into(&mut self.up_to);
        self.opened = Opened::No;
    }

    /// All batches are done.
    fn end_all(&mut self, mode: Mode) {
        let (hash, name) = (self.hash.clone(), self.name.clone());
        let place = Place {
            step: self.step,
            hash: &hash,
            operation: &name,
        };
        self.recorder.done(place, None, None, mode.is_autocommit());
    }

    /// Called before statements of which any may commit part of the batch.
    fn open_for(
        &mut self,
        live: &mut Live<'_>,
        statements: &[String],
    ) -> Result<(), OperationError> {
        if self.opened == Opened::Ahead {
            return Ok(());
        }
        let effects = live.transaction_effects(statements)?;
        let unknown = effects.contains(&TransactionEffect::Unknown);
        if effects
            .iter()
            .all(|effect| *effect == TransactionEffect::Joins)
        {
            return Ok(());
        }
        // changes outside the transaction are recorded first
        let ahead =
            effects.contains(&TransactionEffect::Commits) || unknown && self.opens_ahead(live)?;
        self.open(live, ahead)
    }

    /// Called before a connection block, which may do anything.
    fn open_for_block(&mut self, live: &mut Live<'_>) -> Result<(), OperationError> {
        if self.opened == Opened::Ahead || live.rules().capabilities().transactional_ddl {
            return Ok(());
        }
        let ahead = self.opens_ahead(live)?;
        self.open(live, ahead)
    }

    fn opens_ahead(&mut self, live: &mut Live<'_>) -> Result<bool, OperationError> {
        self.writer(live).opens_ahead(Mode::InTransaction)
    }

    /// Records that a batch begins of which a part may be committed.
    fn open(&mut self, live: &mut Live<'_>, ahead: bool) -> Result<(), OperationError> {
        let row = self.row(Event::Opened);
        match ahead {
            true => {
                self.writer(live).commit_ahead(vec![row])?;
                self.recorder.in_doubt = true;
                self.opened = Opened::Ahead;
            }
            false if self.opened == Opened::Within => {}
            false => {
                self.writer(live).record(vec![row])?;
                self.recorder.floats();
                self.opened = Opened::Within;
            }
        }
        Ok(())
    }
}

/// The state of a batch that was interrupted.
fn half_batch(after: Option<&str>, up_to: &str) -> String {
    let after = after.map_or_else(String::new, |key| format!(" after the key `{key}`"));
    format!("the batch{after} up to the key `{up_to}` was begun, and some of it may be committed")
}

impl<'a> SessionExecutor<'a> for InBatch<'_, 'a> {
    fn live(&mut self) -> &mut Live<'a> {
        self.live
    }

    fn rules(&self) -> &'static dyn Backend {
        self.live.rules()
    }

    fn caller_settings(&self) -> &Settings {
        &self.live.context.settings
    }

    fn lend(&mut self, watched: bool) -> &mut dyn Any {
        self.live.lend(watched)
    }

    fn mode(&self) -> Mode {
        Mode::InTransaction
    }

    fn run(&mut self, operation: &Operation, name: &str) -> Result<(), OperationError> {
        let journal = &mut self.journal;
        let open = |live: &mut Live<'a>, statements: &[String]| match journal {
            Some(journal) => journal.open_for(live, statements),
            None => Ok(()),
        };
        self.live.run(operation, name, Mode::InTransaction, open)
    }

    fn begin_block(&mut self) -> Result<bool, OperationError> {
        match &mut self.journal {
            Some(journal) => journal.open_for_block(self.live).map(|()| false),
            None => Ok(false),
        }
    }

    fn run_batches(&mut self, range: &BatchRange, change: ChangeBatch<'_>) -> Result<()> {
        let walk = Walk::new(self.live.rules(), range)?;
        self.walk(&walk, range, None, Level::Batch, change)
    }
}
