//! Runs operations whose statements cannot all be part of one transaction: each is recorded in the
//! journal together with its effect, or before it, so that the next run can resume after an
//! interrupted one. Completed operations are not run again. It knows no SQL of its own.

mod blocks;
mod resume;
mod statements;
mod together;

use std::any::Any;

use super::batches;
use super::context::{Mode, RunContext};
use super::live::Live;
use super::own_transaction::{self, Failed};
use super::recorder::{Known, Place, Recorder};
use super::script::raw;
use super::session_executor::SessionExecutor;
use super::writer::Writer;
use crate::Result;
use crate::backend::{Backend, Session};
use crate::error::OperationError;
use crate::journal::{BlockText, Event, Row, hash_of};
use crate::op::{BatchRange, ChangeBatch, Settings};
use crate::operation::Operation;
use crate::sql::Part;
use blocks::Block;
use resume::Next;
pub(crate) use together::ready;

/// Runs operations and records each in the journal.
pub(crate) struct Journaled<'a> {
    pub(super) live: Live<'a>,
    recorder: &'a mut Recorder,
    mode: Mode,
    /// The text of the next connection block, where it is known.
    text: Option<BlockText>,
    /// The connection block that is running.
    block: Option<Block>,
}

impl<'a> Journaled<'a> {
    /// Runs each operation that the recorder does not have as done.
    pub(crate) fn new(
        session: &'a mut (dyn Session + 'a),
        context: RunContext<'a>,
        mode: Mode,
        recorder: &'a mut Recorder,
    ) -> Journaled<'a> {
        Journaled {
            live: Live::new(session, context),
            recorder,
            mode,
            text: None,
            block: None,
        }
    }

    fn writer(&mut self) -> Writer<'_, 'a> {
        Writer {
            live: &mut self.live,
            recorder: self.recorder,
        }
    }

    /// Whether it is SQL that only other databases have a text for.
    fn is_for_others(&self, operation: &Operation) -> bool {
        let is_sql = matches!(operation, Operation::Execute { .. });
        let statements = self.live.rules().ddl(operation);
        is_sql && statements.is_ok_and(|statements| statements.is_empty())
    }

    /// Skips an operation that an earlier run did on its own connection.
    fn skip(&mut self, operation: &Operation, place: Place<'_>) {
        let backend = self.live.backend();
        let sql = match operation {
            Operation::Execute { sql, .. } => Some(sql.text(backend)),
            _ => None,
        };
        self.recorder.lost.left_out(place, sql, backend);
    }

    /// Runs a transaction of the text, or the statements that run while it has locked tables.
    fn run_own(&mut self, place: Place<'_>, part: &Part<'_>) -> Result<(), Failed> {
        let Some(own) = own_transaction::atomic(&mut self.live, part)? else {
            let first = part.statements().first().map(|(_, line)| *line);
            self.writer()
                .write_ahead(place, &[part.text()], 0, (true, true))
                .map_err(Failed::at(first))?;
            let took = own_transaction::run_alone(&mut self.live, place.operation, part)?;
            self.recorder.in_doubt = false;
            self.recorder.done(place, None, Some(took), true);
            return Ok(());
        };
        let recorder = &mut *self.recorder;
        let live = &mut self.live;
        let took = own_transaction::run_atomic(live, place.operation, own, |live, took| {
            let row = Row {
                micros: Some(took.as_micros()),
                ..recorder.row_of(Event::Done, place)
            };
            Writer { live, recorder }.record(vec![row])
        })
        .inspect_err(|failed| self.recorder.in_doubt |= failed.in_doubt)?;
        match own.commits {
            true => self.recorder.saved(),
            // it left nothing, but counts as done
            false => self.recorder.done(place, None, Some(took), true),
        }
        Ok(())
    }
}

impl<'a> SessionExecutor<'a> for Journaled<'a> {
    fn live(&mut self) -> &mut Live<'a> {
        &mut self.live
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
        self.mode
    }

    fn gather(&mut self, operation: &Operation, name: &str) -> Result<bool> {
        self.gather_one(operation, name)
    }

    fn send_waiting(&mut self) -> Result<()> {
        self.send_all_waiting()
    }

    /// Runs an operation, unless an earlier run has done it.
    fn run(&mut self, operation: &Operation, name: &str) -> Result<(), OperationError> {
        self.writer().flush(Some(operation))?;
        let hash = hash_of(operation);
        let place = Place {
            step: self.recorder.advance(),
            hash: &hash,
            operation: name,
        };
        match self.recorder.known(place)? {
            Known::New => self.run_from(operation, place, 0, None),
            Known::Finished => {
                self.skip(operation, place);
                if !self.is_for_others(operation) {
                    self.writer().keep(name);
                }
                Ok(())
            }
            Known::Begun(open) => match self.settle(operation, place, &open)? {
                Next::From(statement) | Next::Again(statement) => {
                    self.run_from(operation, place, statement, Some(&open))
                }
                Next::Nothing => {
                    self.skip(operation, place);
                    self.writer().keep(name);
                    Ok(())
                }
            },
        }
    }

    /// Runs a transaction of the text, or the statements that run while it has locked tables,
    /// unless an earlier run has done that.
    fn run_part(&mut self, name: &str, part: &Part<'_>) -> Result<(), Failed> {
        let operation = raw(part.text());
        self.writer().flush(Some(&operation))?;
        let hash = hash_of(&operation);
        let place = Place {
            step: self.recorder.advance(),
            hash: &hash,
            operation: name,
        };
        let done = match self.recorder.known(place)? {
            Known::New => false,
            Known::Finished => true,
            Known::Begun(open) => {
                matches!(self.settle(&operation, place, &open)?, Next::Nothing)
            }
        };
        if done {
            self.skip(&operation, place);
        } else {
            self.run_own(place, part)?;
        }
        self.writer().keep(name);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), OperationError> {
        self.writer().flush(None)
    }

    fn begin_block(&mut self) -> Result<bool, OperationError> {
        self.open_block()
    }

    fn record_block(&mut self, failed: bool) -> Result<(), OperationError> {
        self.close_block(failed)
    }

    fn recall_block(
        &mut self,
        block: BlockText,
        readable: &dyn Fn(&str) -> bool,
    ) -> Result<Option<String>> {
        let compared = self.recorder.compare_block(&block);
        compared.map_err(|error| self.live.block_failed(error))?;
        self.text = Some(block);
        let recorded = self.recorder.next_block();
        let value = recorded.and_then(|finished| finished.query.clone());
        let Some(value) = value.filter(|value| readable(value)) else {
            return Ok(None);
        };
        self.skip_block()?;
        Ok(Some(value))
    }

    fn remember_block(&mut self, value: Option<String>) {
        if let Some(block) = &mut self.block {
            block.value = value;
        }
    }

    fn run_batches(&mut self, range: &BatchRange, change: ChangeBatch<'_>) -> Result<()> {
        let recorder = Some(&mut *self.recorder);
        batches::run(&mut self.live, recorder, self.mode, range, change)
    }

    /// Refuses a body that did not reach an operation which an earlier run did.
    fn check_done(&self) -> Result<(), OperationError> {
        match self.recorder.left_out() {
            Some((step, operation)) => Err(OperationError::LeftOut {
                number: step + 1,
                operation,
            }),
            None => Ok(()),
        }
    }
}
