//! Connection blocks of a body: what they do is unknown beforehand, and for some also afterwards.

use super::Journaled;
use crate::Result;
use crate::backend::SeenStatement;
use crate::error::{OperationError, Unsettled};
use crate::execute::context::OperationEvent;
use crate::execute::live::BLOCK;
use crate::execute::recorder::Place;
use crate::execute::session_executor::SessionExecutor;
use crate::journal::{ANYTHING, BlockHash, BlockText, Event, Row, hash_of_block};
use crate::sql::TransactionEffect;
use crate::sql::{StatementKind, classify, session_state};

/// A connection block.
pub(super) struct Block {
    step: u32,
    text: Option<BlockText>,
    /// Whether the session sees its statements.
    watched: bool,
    /// Whether its start was recorded and committed before it.
    ahead: bool,
    /// How many statements had committed by themselves before it.
    commits: u64,
    /// Its value, as text.
    pub(super) value: Option<String>,
}

impl Journaled<'_> {
    /// Called before the connection is lent: records the block, or refuses it because an earlier
    /// run did what follows. Returns whether the session sees the statements of the block, and the
    /// run observes them.
    pub(super) fn open_block(&mut self) -> Result<bool, OperationError> {
        let step = self.recorder.advance();
        let place = Place {
            step,
            hash: ANYTHING,
            operation: BLOCK,
        };
        let text = self.text.take();
        if let Some(finished) = self.recorder.finished(step) {
            match BlockHash::of(&finished.hash) {
                Some(block) if block.reads => return Ok(false),
                Some(_) => return Err(was_done(step)),
                None => drop(self.recorder.known(place)?), // it is another operation
            }
        }
        if let Some(open) = self.recorder.open_at(step) {
            if BlockHash::of(&open.hash).is_none() {
                self.recorder.known(place)?; // the same
            }
            let found = "it was interrupted, and some of what it did was committed".to_owned();
            return Err(self.recorder.unsettled(open, None, found, true));
        }
        let mode = self.mode;
        let ahead = self.writer().open(place, mode)?;
        let watched = self.live.session.watch();
        self.block = Some(Block {
            step,
            text,
            watched,
            ahead,
            commits: self.live.session.commits(),
            value: None,
        });
        Ok(watched)
    }

    /// Skips a block that an earlier run has done.
    pub(super) fn skip_block(&mut self) -> Result<()> {
        self.end_block(false)?;
        self.flush_now()?;
        self.recorder.advance();
        self.writer().keep(BLOCK);
        Ok(())
    }

    /// Records the result of the block that was running, if there was one.
    pub(super) fn close_block(&mut self, failed: bool) -> Result<(), OperationError> {
        let Some(block) = self.block.take() else {
            return Ok(());
        };
        let seen = self.live.session.watched();
        if block.ahead && failed {
            return self.record_failed_block(&block, &seen);
        }
        let kind = self.live.backend();
        let mut reads = block.watched;
        let mut leaves = false;
        let mut queries = Vec::new();
        for SeenStatement { sql, duration } in seen {
            let what = classify(&sql, kind).kind;
            reads &= matches!(what, StatementKind::Read | StatementKind::Setting);
            leaves |= what != StatementKind::Read && session_state(&sql, kind).lasts();
            if self.live.context.observes_blocks {
                let sql = &sql;
                self.live
                    .context
                    .report(&OperationEvent::Statement { sql, duration });
            }
            queries.extend((what == StatementKind::Read).then_some(sql));
        }
        let session = &mut *self.live.session;
        reads = reads && (queries.is_empty() || session.views_only_read(&queries));
        session.look_inside().map_err(OperationError::Journal)?;
        let committed = session.commits() != block.commits;
        let stays = block.ahead || self.mode.is_autocommit() || committed;
        if !reads {
            self.live.done(BLOCK);
        }
        if stays {
            self.live.keep_all();
        }
        if failed && self.mode.is_autocommit() && !reads {
            self.recorder.in_doubt = true; // the row about its start is the last
            return Ok(());
        }
        let hash = hash_of_block(block.text.as_ref(), reads);
        let place = Place {
            step: block.step,
            hash: &hash,
            operation: BLOCK,
        };
        let row = Row {
            // a block that changed the connection is run again, whatever its value
            query: block.value.filter(|_| !leaves),
            ..self.recorder.row_of(Event::Done, place)
        };
        self.recorder.note(row, stays);
        match block.ahead {
            true => self.writer().commit_ahead(Vec::new()),
            false => Ok(()),
        }
    }

    /// Records a failed block that was recorded before it ran: it left nothing if all of its
    /// statements are known, and none of them changes anything outside the transaction.
    fn record_failed_block(
        &mut self,
        block: &Block,
        seen: &[SeenStatement],
    ) -> Result<(), OperationError> {
        let texts: Vec<String> = seen.iter().map(|seen| seen.sql.clone()).collect();
        let effects = self.live.transaction_effects(&texts)?;
        let within = effects
            .iter()
            .all(|effect| *effect == TransactionEffect::Joins);
        if block.watched && within {
            let place = Place {
                step: block.step,
                hash: ANYTHING,
                operation: BLOCK,
            };
            let row = self.recorder.row_of(Event::Refused, place);
            self.recorder.note(row, true);
            self.recorder.in_doubt = false;
        } else {
            self.writer().keep(BLOCK);
        }
        Ok(())
    }
}

/// A block that an earlier run committed, and that this run cannot skip.
fn was_done(step: u32) -> OperationError {
    OperationError::Unsettled(Box::new(Unsettled {
        operation: format!("{BLOCK} (operation {})", step + 1),
        statement: None,
        at: String::new(),
        actor: String::new(),
        found: "an earlier run committed what it did, and it cannot be skipped".to_owned(),
        block: true,
    }))
}
