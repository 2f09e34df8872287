//! What a run records of a revision's operations, and what earlier runs have recorded; used where
//! the statements of a revision cannot all be part of one transaction. Only data and its rules;
//! `journaled` runs the operations.

use std::collections::BTreeMap;
use std::time::Duration;

use migrate_graph::Direction;

use super::lost::LostState;
use crate::backend::Backend;
use crate::bookkeeping::journal_table;
use crate::error::{OperationError, Unsettled, Unsupported};
use crate::journal::{
    Author, BlockHash, BlockText, Event, Finished, Open, OpenKind, PartialRevision, Row,
};

/// The operations of one revision, with what the journal has and what is to be written.
#[derive(Debug)]
pub(crate) struct Recorder {
    author: Author,
    revision: String,
    /// The direction of the run: the opposite of the revision's when it is reversed.
    direction: Direction,
    from: String,
    /// The operations that earlier runs have done.
    finished: BTreeMap<u32, Finished>,
    /// The operation that an earlier run has begun.
    pub(super) open: Option<Open>,
    /// The place of the next operation.
    next: u32,
    /// The results of operations that are not written yet.
    unsaved: Vec<Unsaved>,
    /// The rows of operations that the session has deferred.
    waiting: Vec<Row>,
    /// The rows in a transaction that is still open, which are to be kept even if that is rolled
    /// back.
    floating: Vec<Row>,
    /// Whether the journal has a committed row of the revision.
    begun: bool,
    /// Whether any effect of the revision is not rolled back.
    pub(super) touched: bool,
    /// Whether something was committed together with rows of the journal.
    pub(super) carried: bool,
    /// Whether the outcome of a sent statement is unknown.
    pub(super) in_doubt: bool,
    /// The block that differs from the one that an earlier run did: its place, and its hash.
    changed: Option<(u32, String)>,
    /// The lost session state.
    pub(super) lost: LostState,
}

#[derive(Debug)]
struct Unsaved {
    row: Row,
    /// Whether its effect is committed already.
    stays: bool,
}

/// A statement of an operation, and its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) step: u32,
    pub(super) hash: &'a str,
    pub(super) operation: &'a str,
}

/// What is known of an operation before it is run.
pub(super) enum Known {
    /// Nothing: it is new.
    New,
    /// It was done.
    Finished,
    /// It was begun.
    Begun(Open),
}

impl Recorder {
    /// A recorder for a revision in this direction, with what earlier runs left.
    pub(crate) fn new(
        author: &Author,
        revision: &str,
        direction: Direction,
        from: &str,
        resumed: Option<&PartialRevision>,
    ) -> Recorder {
        let finished = resumed.map(|partial| partial.finished.clone());
        let finished = finished.unwrap_or_default().into_iter();
        Recorder {
            author: author.clone(),
            revision: revision.to_owned(),
            direction,
            from: from.to_owned(),
            finished: finished.map(|finished| (finished.step, finished)).collect(),
            open: resumed.and_then(|partial| partial.open.clone()),
            next: 0,
            unsaved: Vec::new(),
            waiting: Vec::new(),
            floating: Vec::new(),
            begun: resumed.is_some(),
            touched: resumed.is_some(),
            carried: false,
            in_doubt: false,
            changed: None,
            lost: LostState::default(),
        }
    }

    /// The same, in the other direction from here on.
    pub(crate) fn turn(&mut self) {
        self.direction = match self.direction {
            Direction::Up => Direction::Down,
            Direction::Down => Direction::Up,
        };
    }

    /// What was done at the next place, if it was a block.
    pub(super) fn next_block(&self) -> Option<&Finished> {
        let finished = self.finished.get(&self.next)?;
        BlockHash::of(&finished.hash).map(|_| finished)
    }

    /// Compares the next block with the one that an earlier run did there. A different block that
    /// only reads is run again.
    pub(super) fn compare_block(&mut self, text: &BlockText) -> Result<(), OperationError> {
        let step = self.next;
        let Some(was) = self
            .finished
            .get(&step)
            .and_then(|finished| BlockHash::of(&finished.hash))
        else {
            return Ok(());
        };
        if was.may_be(text) {
            return Ok(());
        }
        if was.reads {
            self.finished.remove(&step);
            return Ok(());
        }
        self.changed = Some((step, text.of_block(false)));
        Err(OperationError::ChangedBlock {
            number: step + 1,
            line: text.line,
        })
    }

    /// Whether no earlier run has done or begun anything of the revision.
    pub(super) fn is_fresh(&self) -> bool {
        self.finished.is_empty() && self.open.is_none()
    }

    /// The place of the next operation, which the caller may not run.
    pub(super) fn peek(&self) -> u32 {
        self.next
    }

    /// The place of the next operation.
    pub(super) fn advance(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }

    /// What is known of an operation.
    pub(super) fn known(&mut self, place: Place<'_>) -> Result<Known, OperationError> {
        let same = |hash: &str, was: &str, query: Option<&String>, begun| match hash == place.hash {
            true => Ok(()),
            false => Err(OperationError::Changed {
                begun,
                number: place.step + 1,
                was: was.to_owned(),
                ran: query.cloned(),
                is: place.operation.to_owned(),
            }),
        };
        if let Some(finished) = self.finished.get(&place.step) {
            same(
                &finished.hash,
                &finished.operation,
                finished.query.as_ref(),
                false,
            )?;
            return Ok(Known::Finished);
        }
        match self.open.take_if(|open| open.step == place.step) {
            Some(open) => {
                let query = open.statements.values().next_back();
                same(&open.hash, &open.operation, query, true)
                    .inspect_err(|_| self.open = Some(open.clone()))?;
                Ok(Known::Begun(open))
            }
            None => Ok(Known::New),
        }
    }

    /// What an earlier run began of reversing an operation.
    pub(super) fn begun_reversal(
        &mut self,
        place: Place<'_>,
    ) -> Result<Option<Open>, OperationError> {
        let open = self
            .open
            .take_if(|open| open.step == place.step && open.back);
        match open {
            Some(open) if open.hash != place.hash => Err(OperationError::Changed {
                begun: true,
                number: place.step + 1,
                was: open.operation,
                ran: open.statements.into_values().next_back(),
                is: place.operation.to_owned(),
            }),
            open => Ok(open),
        }
    }

    /// The error of an operation whose outcome is unknown, and which a person has to resolve.
    pub(super) fn unsettled(
        &mut self,
        open: Open,
        statement: Option<String>,
        found: String,
        block: bool,
    ) -> OperationError {
        let unsettled = Unsettled {
            operation: open.operation.clone(),
            statement,
            at: open.at.clone(),
            actor: open.actor.clone(),
            found,
            block,
        };
        self.open = Some(open);
        OperationError::Unsettled(Box::new(unsettled))
    }

    /// An operation was reversed.
    pub(super) fn forget(&mut self, step: u32) {
        self.finished.remove(&step);
    }

    /// All operations were reversed.
    pub(super) fn forget_all(&mut self) {
        self.finished.clear();
    }

    /// Whether nothing of the revision remains once the open transaction is rolled back; for one
    /// without a transaction.
    pub(crate) fn leaves_nothing(&self) -> bool {
        !self.touched && !self.in_doubt
    }

    /// Whether something of a revision in a transaction may not be rolled back, besides what its
    /// operations report and the session counts.
    pub(crate) fn may_stay(&self) -> bool {
        self.carried || self.in_doubt || self.open.is_some()
    }

    /// What an earlier run did at a place.
    pub(super) fn finished(&self, step: u32) -> Option<&Finished> {
        self.finished.get(&step)
    }

    /// What an earlier run has begun at a place.
    pub(super) fn open_at(&self, step: u32) -> Option<Open> {
        self.open.clone().filter(|open| open.step == step)
    }

    /// Whether an earlier run went past this place.
    pub(super) fn went_past(&self, step: u32) -> bool {
        let open = self.open.as_ref().is_some_and(|open| open.step > step);
        open || self
            .finished
            .keys()
            .next_back()
            .is_some_and(|last| *last > step)
    }

    /// The first operation that was done and that the body did not reach.
    pub(super) fn left_out(&self) -> Option<(u32, String)> {
        let finished = self.finished.range(self.next..).next();
        let finished = finished.map(|(step, finished)| (*step, finished.operation.clone()));
        finished.or_else(|| {
            let open = self.open.as_ref()?;
            Some((open.step, open.operation.clone()))
        })
    }

    fn row(&self, event: Event) -> Row {
        Row {
            from: self.from.clone(),
            ..Row::new(&self.revision, self.direction, event)
        }
    }

    /// A row about an operation.
    pub(super) fn row_of(&self, event: Event, place: Place<'_>) -> Row {
        Row {
            step: usize::try_from(place.step).ok(),
            hash: Some(place.hash.to_owned()),
            operation: Some(place.operation.to_owned()),
            ..self.row(event)
        }
    }

    /// A row that says that a run of the revision ended with an error.
    pub(crate) fn failed(&self, message: String, operation: Option<String>) -> Row {
        let (step, hash) = self.changed.clone().unzip();
        Row {
            step: step.and_then(|step| usize::try_from(step).ok()),
            hash,
            operation,
            detail: Some(message),
            ..self.row(Event::Failed)
        }
    }

    /// Notes that an operation was done, or one of its statements but the last.
    pub(super) fn done(
        &mut self,
        place: Place<'_>,
        statement: Option<usize>,
        took: Option<Duration>,
        stays: bool,
    ) {
        let row = Row {
            statement,
            micros: took.map(|took| took.as_micros()),
            ..self.row_of(Event::Done, place)
        };
        self.note(row, stays);
    }

    /// Notes a row, to be written with the next ones.
    pub(super) fn note(&mut self, row: Row, stays: bool) {
        self.unsaved.push(Unsaved { row, stays });
    }

    /// Notes that the session has deferred an operation.
    pub(super) fn wait(&mut self, row: Row) {
        self.waiting.push(row);
    }

    pub(super) fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Notes that the deferred operations were done, and their rows written.
    pub(super) fn waited(&mut self) {
        self.waiting.clear();
        self.saved();
    }

    /// Notes that all rows were written and committed.
    pub(super) fn saved(&mut self) {
        self.lost.journal_was_written();
        self.carried |= !self.unsaved.is_empty() || !self.floating.is_empty();
        self.unsaved.clear();
        self.floating.clear();
        self.begun = true;
    }

    /// Notes that all rows were written, into a transaction that is still open.
    pub(super) fn floats(&mut self) {
        self.lost.journal_was_written();
        let unsaved = std::mem::take(&mut self.unsaved);
        let staying = unsaved.into_iter().filter(|unsaved| unsaved.stays);
        self.floating.extend(staying.map(|unsaved| unsaved.row));
    }

    /// The statement that writes the noted rows, with these after them.
    pub(super) fn insert(
        &self,
        backend: &dyn Backend,
        table: &str,
        more: Vec<Row>,
    ) -> Result<String, Unsupported> {
        let unsaved = self.unsaved.iter().map(|unsaved| unsaved.row.clone());
        let waiting = match more.is_empty() {
            true => self.waiting.clone(), // the session runs them now
            false => Vec::new(),
        };
        let rows = unsaved.chain(waiting).chain(more).collect();
        let insert = journal_table::insert_sql(backend, table, &self.author, rows)?;
        Ok(insert.unwrap_or_default())
    }

    /// The rows that belong before the one that closes the revision: the results of its operations,
    /// unless none of them was ever written, as then all of it is one transaction. If they cannot
    /// be written, those about what stays are written with the failure.
    pub(crate) fn rest(&self) -> Vec<Row> {
        match self.begun {
            true => self.unsaved.iter().map(|it| it.row.clone()).collect(),
            false => Vec::new(),
        }
    }

    /// Whether the journal has a committed row of the revision.
    pub(super) fn has_begun(&self) -> bool {
        self.begun
    }

    /// The rows about what remains after a failure, even if a transaction was rolled back.
    pub(crate) fn remains(&mut self) -> Vec<Row> {
        let mut rows = std::mem::take(&mut self.floating);
        let unsaved = std::mem::take(&mut self.unsaved).into_iter();
        let staying = unsaved.filter(|unsaved| unsaved.stays);
        rows.extend(staying.map(|unsaved| unsaved.row));
        rows
    }
}

/// The statements of an operation that an earlier run recorded, if it recorded them all.
pub(super) fn planned(open: &Open) -> Option<Vec<String>> {
    let complete = open
        .statements
        .keys()
        .copied()
        .eq(0..open.statements.len().try_into().ok()?);
    (complete && !open.statements.is_empty()).then(|| open.statements.values().cloned().collect())
}

/// The current statement of an open operation.
pub(super) fn at(open: &Open) -> u32 {
    match open.kind {
        OpenKind::Statement(statement) | OpenKind::Between(statement) => statement,
        OpenKind::Opaque | OpenKind::Batches(_) | OpenKind::Batch { .. } => 0,
    }
}
