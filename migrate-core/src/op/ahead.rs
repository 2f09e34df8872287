//! Operations of a revision whose statements cannot all be part of one transaction: each is written down before or with what it
//! does, so that a run that is cut can be gone on with. What was carried out is not done again. It knows no SQL of its own.

mod own;

use std::time::{Duration, Instant};

use super::steps::{BLOCK, Block, InBatches, Known, Opened, Place, Steps, at, planned};
use super::{Boundary, Executor, Failure, Happening, Operations};
use crate::backend::{Closed, Effect, Fate, SeenStatement, Session};
use crate::error::{OperationError, RevisionError, Unsettled};
use crate::journal::{
    ANYTHING, BlockHash, BlockText, Event, Open, OpenKind, Row, hash_of, hash_of_block,
};
use crate::operation::Operation;
use crate::sql::{StatementKind, TransactionEffect, classify, session_state};

/// What is to be done of an operation that was begun.
enum Next {
    /// Nothing: it is done.
    Nothing,
    /// What is left, from this statement on, of which nothing was carried out.
    From(usize),
    /// The same, from a statement on that may have been carried out, and leaves the same when it is run again.
    Again(usize),
}

/// How the statements of an operation are carried out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// As they are: they only set something for the connection.
    Plain,
    /// In a small transaction, with the row that says so.
    Together,
    /// In the transaction that is open, with the row that says so.
    Within,
    /// Each for itself, written down before.
    Alone,
    /// Within the transaction that is open, as far as can be told.
    Unknown,
}

impl<'a> Operations<'a> {
    /// The same handle, which writes down what it does.
    pub(crate) fn step_by_step(mut self, steps: Option<Steps>) -> Operations<'a> {
        self.steps = steps.map(Box::new);
        self
    }

    /// What was written down, and what is still to be.
    pub(crate) fn take_steps(&mut self) -> Option<Steps> {
        self.steps.take().map(|steps| *steps)
    }

    /// Runs an operation in its turn, unless it was carried out before.
    pub(super) fn apply_step(
        &mut self,
        operation: &Operation,
        name: &str,
    ) -> Result<(), OperationError> {
        self.flush_step(Some(operation))?;
        let Some(steps) = self.steps.as_mut() else {
            return Ok(());
        };
        let step = steps.advance();
        self.carry_out(operation, step, name)
    }

    /// Carries out an operation at its place, unless it was carried out before.
    fn carry_out(
        &mut self,
        operation: &Operation,
        step: u32,
        name: &str,
    ) -> Result<(), OperationError> {
        let hash = hash_of(operation);
        let place = Place {
            step,
            hash: &hash,
            operation: name,
        };
        match self.steps_mut().known(place)? {
            Known::New => self.run_from(operation, place, 0, None),
            Known::Finished => {
                self.leave_out(operation, place);
                if !self.is_for_others(operation) {
                    self.keep(name);
                }
                Ok(())
            }
            Known::Begun(open) => match self.settle(operation, place, &open)? {
                Next::From(statement) | Next::Again(statement) => {
                    self.run_from(operation, place, statement, planned(&open))
                }
                Next::Nothing => {
                    self.leave_out(operation, place);
                    self.keep(name);
                    Ok(())
                }
            },
        }
    }

    /// Whether it is SQL that other databases get, and this one nothing.
    fn is_for_others(&self, operation: &Operation) -> bool {
        let is_sql = matches!(operation, Operation::Execute { .. });
        let statements = self.backend_rules().ddl(operation);
        is_sql && statements.is_ok_and(|statements| statements.is_empty())
    }

    /// Carries out what is left of an operation that was begun, and nothing of one of which nothing was carried out. Tells
    /// whether it is carried out now.
    pub(crate) fn complete(&mut self, operation: &Operation, step: u32) -> crate::Result<bool> {
        let (hash, name) = (hash_of(operation), operation.describe());
        let place = Place {
            step,
            hash: &hash,
            operation: &name,
        };
        let completed = match self.steps_mut().known(place) {
            Ok(Known::New) => Ok(false),
            Ok(Known::Finished) => Ok(true),
            Ok(Known::Begun(open)) => self.go_on(operation, place, &open, false),
            Err(error) => Err(error),
        };
        completed.map_err(|error| self.failed(&name, error))
    }

    /// Carries out an operation that takes the one at this place back; with `begun_only`, if that was begun before.
    pub(crate) fn take_back(
        &mut self,
        reverse: &Operation,
        step: u32,
        begun_only: bool,
    ) -> crate::Result {
        let (hash, name) = (hash_of(reverse), reverse.describe());
        let place = Place {
            step,
            hash: &hash,
            operation: &name,
        };
        let done = match self.steps_mut().begun_back(place) {
            Ok(Some(open)) => self.go_on(reverse, place, &open, !begun_only),
            Ok(None) if begun_only => Ok(false),
            Ok(None) => self.run_from(reverse, place, 0, None).map(|()| true),
            Err(error) => Err(error),
        };
        let done = done.map_err(|error| self.failed(&name, error))?;
        if done {
            self.steps_mut().forget(step);
        }
        Ok(())
    }

    /// Notes that an operation needs not be taken back, as what comes after takes it along.
    pub(crate) fn goes_along(&mut self, operation: &Operation, step: u32) {
        let (hash, name) = (hash_of(operation), operation.describe());
        let place = Place {
            step,
            hash: &hash,
            operation: &name,
        };
        self.steps_mut().done(place, None, None, true);
    }

    /// Goes on with an operation that was begun. Nothing is done of one of which nothing was carried out, unless `run`.
    fn go_on(
        &mut self,
        operation: &Operation,
        place: Place<'_>,
        open: &Open,
        run: bool,
    ) -> Result<bool, OperationError> {
        match self.settle(operation, place, open)? {
            Next::Nothing => Ok(true),
            Next::From(0) if !run => {
                let row = self.steps_mut().row_of(Event::Refused, place);
                self.steps_mut().note(row, true);
                Ok(false)
            }
            Next::From(statement) | Next::Again(statement) => {
                self.run_from(operation, place, statement, planned(open))?;
                Ok(true)
            }
        }
    }

    /// Nothing that earlier runs carried out is left.
    pub(crate) fn forget_all(&mut self) {
        self.steps_mut().forget_all();
    }

    /// Turns round: what is written down from here on goes the other way.
    pub(crate) fn turn(&mut self) {
        self.steps_mut().turn();
    }

    /// Finds out what became of an operation that was begun, and says what is next.
    fn settle(
        &mut self,
        operation: &Operation,
        place: Place<'_>,
        open: &Open,
    ) -> Result<Next, OperationError> {
        let statement = usize::try_from(at(open)).unwrap_or(usize::MAX);
        let sql = open.statements.get(&at(open)).cloned().unwrap_or_default();
        let found = match &open.kind {
            OpenKind::Between(_) => return Ok(Next::From(statement)),
            OpenKind::Batches(_) | OpenKind::Batch { .. } => {
                "rows were changed in batches".to_owned()
            }
            OpenKind::Opaque => "what it did was committed at least in part".to_owned(),
            OpenKind::Statement(_) => match self.session()?.effect(operation, statement, &sql)? {
                Effect::There => {
                    let last = planned(open).is_none_or(|all| all.len() <= statement + 1);
                    let done = Some(statement).filter(|_| !last);
                    self.steps_mut().done(place, done, None, true);
                    return Ok(match last {
                        true => Next::Nothing,
                        false => Next::From(statement + 1),
                    });
                }
                Effect::Absent => return Ok(Next::From(statement)),
                Effect::Repeatable => return Ok(Next::Again(statement)),
                Effect::Broken { undo } => {
                    self.undo(&undo, place)?;
                    return Ok(Next::From(statement));
                }
                Effect::Unclear { found } => found,
            },
        };
        if self.may_be_repeated(operation, &sql) {
            return Ok(Next::Again(statement));
        }
        let unsettled = Unsettled {
            operation: open.operation.clone(),
            statement: Some(sql).filter(|sql| !sql.is_empty()),
            at: open.at.clone(),
            actor: open.actor.clone(),
            found,
            block: false,
        };
        self.steps_mut().open = Some(open.clone());
        Err(OperationError::Unsettled(Box::new(unsettled)))
    }

    /// Takes away what a statement left by half.
    fn undo(&mut self, undo: &[String], place: Place<'_>) -> Result<(), OperationError> {
        for sql in undo {
            self.send(sql)
                .1
                .map_err(|source| OperationError::Statement {
                    operation: place.operation.to_owned(),
                    sql: sql.clone(),
                    source,
                })?;
        }
        Ok(())
    }

    /// Whether a statement of an operation leaves the same when it is run again.
    fn may_be_repeated(&mut self, operation: &Operation, sql: &str) -> bool {
        let rules = self.backend_rules();
        let sql = match operation {
            Operation::Execute { sql, .. } => sql.text(rules.kind()),
            Operation::Custom(_) => sql,
            _ => return false,
        };
        let class = classify(sql, rules.kind());
        if class.repeatable && class.kind == StatementKind::Read {
            let query = [sql.to_owned()];
            return self
                .session()
                .is_ok_and(|session| session.views_only_read(&query));
        }
        class.repeatable || class.kind == StatementKind::Setting
    }

    /// Carries out an operation from one of its statements on.
    fn run_from(
        &mut self,
        operation: &Operation,
        place: Place<'_>,
        from: usize,
        planned: Option<Vec<String>>,
    ) -> Result<(), OperationError> {
        let session = self.session()?;
        let statements = match planned.filter(|_| !is_raw(operation)) {
            Some(statements) => statements,
            None => {
                session.check(operation)?;
                session.statements(operation)?
            }
        };
        if statements.is_empty() {
            let kept_back = session.keeps_back();
            return self.nothing_yet(place, kept_back);
        }
        self.refuse_lost(operation, place, &statements)?;
        self.refuse_control(operation, &statements)?;
        match self.way(operation, &statements)? {
            Way::Plain => self.run_plain(place, &statements),
            Way::Together => self.run_together(place, &statements, from),
            way => self.run_one_by_one(place, &statements, from, way, operation),
        }
    }

    /// Notes an operation that has nothing to do here, or is kept back.
    fn nothing_yet(&mut self, place: Place<'_>, kept_back: bool) -> Result<(), OperationError> {
        let outside = self.situation.outside;
        let steps = self.steps_mut();
        match kept_back {
            true => {
                let row = steps.row_of(Event::Done, place);
                steps.wait(row);
            }
            false => steps.done(place, None, None, outside),
        }
        Ok(())
    }

    /// How an operation's statements are carried out.
    fn way(&mut self, operation: &Operation, statements: &[String]) -> Result<Way, OperationError> {
        let rules = self.backend_rules();
        let transactional = rules.capabilities().transactional_ddl;
        let outside = self.situation.outside;
        let joins =
            |sql: &String| classify(sql, rules.kind()).transaction == TransactionEffect::Joins;
        if is_setting(rules, operation) {
            return Ok(Way::Plain);
        }
        let shares = match operation {
            Operation::Execute { .. } | Operation::Custom(_) => statements.iter().all(joins),
            _ if transactional => rules.inside_transaction(operation).is_ok(),
            _ => false,
        };
        let fates = self.fates(statements)?;
        let stays = fates.iter().all(|fate| *fate == Fate::Stays);
        Ok(match outside {
            true if transactional && shares => Way::Together,
            true if !transactional && stays => Way::Together,
            true => Way::Alone,
            false if stays => Way::Within,
            false if !fates.contains(&Fate::Unknown) => Way::Alone,
            false => Way::Unknown,
        })
    }

    fn fates(&mut self, statements: &[String]) -> Result<Vec<Fate>, OperationError> {
        let session = self.session()?;
        let fates = statements.iter().map(|sql| session.fate(sql));
        fates
            .collect::<Result<_, _>>()
            .map_err(OperationError::Catalogue)
    }

    /// Whether what cannot be looked into is written down and committed before it: it may change rows that no rollback restores.
    fn opens_ahead(&mut self) -> Result<bool, OperationError> {
        let outside = self.situation.outside;
        let apart = self.session()?.has_tables_without_transactions();
        Ok(apart.map_err(OperationError::Catalogue)? && !outside)
    }

    /// Refuses an operation that needs what is not on the connection any more.
    fn refuse_lost(
        &mut self,
        operation: &Operation,
        place: Place<'_>,
        statements: &[String],
    ) -> Result<(), OperationError> {
        if !is_raw(operation) && !matches!(operation, Operation::Custom(_)) {
            return Ok(()); // it needs nothing
        }
        let backend = self.backend();
        let steps = self.steps_mut();
        let went_past = steps.went_past(place.step);
        statements
            .iter()
            .try_for_each(|sql| steps.lost.before(place, sql, backend, went_past))
    }

    /// An earlier run carried this out, on a connection of its own.
    fn leave_out(&mut self, operation: &Operation, place: Place<'_>) {
        let backend = self.backend();
        let sql = match operation {
            Operation::Execute { sql, .. } => Some(sql.text(backend)),
            _ => None,
        };
        self.steps_mut().lost.left_out(place, sql, backend);
    }

    /// Sends statements that belong to the connection alone.
    fn run_plain(&mut self, place: Place<'_>, statements: &[String]) -> Result<(), OperationError> {
        for sql in statements {
            self.send(sql)
                .1
                .map_err(|source| failed_at(place, sql, source))?;
        }
        self.done.push(place.operation.to_owned());
        Ok(())
    }

    /// Carries statements out in a small transaction, with the row that says so.
    fn run_together(
        &mut self,
        place: Place<'_>,
        statements: &[String],
        from: usize,
    ) -> Result<(), OperationError> {
        self.at(Boundary::BeforeBegin);
        self.session()?
            .begin_small()
            .map_err(OperationError::Journal)?;
        self.at(Boundary::AfterBegin);
        let worked = self.work_together(place, statements, from);
        if worked.is_err() {
            let _ = self.session()?.rollback(); // the first error is the one to tell
        }
        worked?;
        self.steps_mut().saved();
        self.keep(place.operation);
        Ok(())
    }

    fn work_together(
        &mut self,
        place: Place<'_>,
        statements: &[String],
        from: usize,
    ) -> Result<(), OperationError> {
        let start = Instant::now();
        for sql in statements.iter().skip(from) {
            self.send(sql)
                .1
                .map_err(|source| failed_at(place, sql, source))?;
        }
        let row = Row {
            micros: Some(start.elapsed().as_micros()),
            ..self.steps_mut().row_of(Event::Done, place)
        };
        let insert = self.insert(vec![row])?;
        self.at(Boundary::BeforeJournal);
        let closed = self.session()?.close(&[insert]);
        self.at(Boundary::AfterJournal);
        match closed.map_err(OperationError::Journal)? {
            Closed::Recorded => {
                self.at(Boundary::BeforeCommit);
                let committed = self.session()?.commit();
                self.at(Boundary::AfterCommit);
                committed.map_err(OperationError::Journal)
            }
            Closed::Committed => Ok(()),
            Closed::Not(_) => Err(OperationError::LeftItsTransaction {
                operation: place.operation.to_owned(),
            }),
            Closed::Refused(error) => {
                let lost = !self.session()?.is_alive();
                self.steps_mut().in_doubt |= lost;
                Err(OperationError::Journal(error))
            }
        }
    }

    /// Carries statements out one by one.
    fn run_one_by_one(
        &mut self,
        place: Place<'_>,
        statements: &[String],
        from: usize,
        way: Way,
        operation: &Operation,
    ) -> Result<(), OperationError> {
        let outside = self.situation.outside;
        let mut first = true;
        let mut ahead = false;
        for (index, sql) in statements.iter().enumerate().skip(from) {
            let alone = way == Way::Alone
                && (outside || self.fates(std::slice::from_ref(sql))? == [Fate::Commits]);
            if alone {
                self.write_ahead(place, statements, index, (first, is_raw(operation)))?;
                first = false;
            } else if way == Way::Unknown && index == from {
                ahead = self.open(place)?;
            }
            let commits = self.session()?.commits();
            let (took, executed) = self.send(sql);
            if let Err(source) = executed {
                if alone {
                    self.refused(place, index, operation, (sql, &source));
                }
                return Err(failed_at(place, sql, source));
            }
            let stays = alone || ahead || self.session()?.commits() != commits;
            self.steps_mut().touched |= stays;
            self.steps_mut().in_doubt &= !stays;
            let last = index + 1 == statements.len();
            let statement = Some(index).filter(|_| !last);
            if last || alone {
                self.steps_mut().done(place, statement, Some(took), stays);
            }
            if stays && last {
                self.keep(place.operation);
            } else if last {
                self.done.push(place.operation.to_owned());
            }
        }
        match ahead {
            true => self.commit_ahead(Vec::new()),
            false => Ok(()),
        }
    }

    /// Writes down what came of what was opened ahead, and commits it.
    fn commit_ahead(&mut self, rows: Vec<Row>) -> Result<(), OperationError> {
        let insert = self.insert(rows)?;
        self.at(Boundary::BeforeJournal);
        let written = self.session()?.write_ahead(&insert);
        self.at(Boundary::AfterJournal);
        written.map_err(OperationError::Journal)?;
        self.steps_mut().saved();
        self.steps_mut().touched = true;
        self.steps_mut().in_doubt = false;
        self.kept = self.done.len();
        Ok(())
    }

    /// Writes down that a statement is about to be sent, and commits that with all that came before it.
    fn write_ahead(
        &mut self,
        place: Place<'_>,
        statements: &[String],
        index: usize,
        (first, raw): (bool, bool),
    ) -> Result<(), OperationError> {
        let mut rows = Vec::new();
        let row = |steps: &Steps, event, index: usize| Row {
            statement: Some(index),
            query: statements.get(index).cloned(),
            raw,
            ..steps.row_of(event, place)
        };
        let steps = self.steps_mut();
        if first {
            // they may look different once some of them were carried out
            let others = (0..statements.len()).filter(|other| *other != index);
            rows.extend(others.map(|other| row(steps, Event::Planned, other)));
        }
        rows.push(row(steps, Event::Intent, index));
        let insert = self.insert(rows)?;
        self.at(Boundary::BeforeJournal);
        let written = self.session()?.write_ahead(&insert);
        self.at(Boundary::AfterJournal);
        written.map_err(OperationError::Journal)?;
        self.steps_mut().saved();
        self.kept = self.done.len(); // all that came before is committed
        self.steps_mut().in_doubt = true;
        Ok(())
    }

    /// Notes that the server has refused a statement, when that means that nothing of it is there.
    fn refused(
        &mut self,
        place: Place<'_>,
        index: usize,
        operation: &Operation,
        (sql, error): (&str, &diesel::result::Error),
    ) {
        let class = classify(sql, self.backend());
        let leaves_rows = match self.session() {
            Ok(session) => session.may_leave_rows(sql, error),
            Err(_) => return,
        };
        let whole = match operation {
            _ if leaves_rows => false,
            Operation::Execute { .. } | Operation::Custom(_) => class.atomic,
            _ => true,
        };
        let Ok(session) = self.session() else { return };
        let effect = session.effect(operation, index, sql);
        let clean = match effect {
            Ok(Effect::Broken { undo }) => self.undo(&undo, place).is_ok(),
            Ok(Effect::Unclear { .. }) => whole && !class.concurrently,
            Ok(_) => whole,
            Err(_) => false, // the connection may be gone
        };
        if clean {
            let steps = self.steps_mut();
            let row = Row {
                statement: Some(index),
                ..steps.row_of(Event::Refused, place)
            };
            steps.note(row, true);
            steps.in_doubt = false;
        }
    }

    /// Writes down that something begins which may commit the open transaction: into that, or ahead of it and committed, as it
    /// says.
    fn open(&mut self, place: Place<'_>) -> Result<bool, OperationError> {
        let row = self.steps_mut().row_of(Event::Opened, place);
        let ahead = self.opens_ahead()?;
        if ahead {
            self.commit_ahead(vec![row])?;
            self.steps_mut().in_doubt = true;
            return Ok(true);
        }
        let insert = self.insert(vec![row])?;
        self.record(&insert)?;
        self.steps_mut().touched = true;
        match self.situation.outside {
            true => self.steps_mut().saved(),
            false => self.steps_mut().floats(),
        }
        Ok(false)
    }

    /// Before statements of a batch, any of which may commit the batch half way.
    pub(super) fn open_in_batch(&mut self, statements: &[String]) -> Result<(), OperationError> {
        let batch = self.steps.as_ref().and_then(|steps| steps.batches.as_ref());
        if batch.is_none_or(|batch| batch.opened == Opened::Ahead) {
            return Ok(());
        }
        let fates = self.fates(statements)?;
        let unknown = fates.contains(&Fate::Unknown);
        match fates.iter().all(|fate| *fate == Fate::Stays) {
            true => Ok(()),
            // what is changed apart from the transaction is written down before
            false => {
                let ahead = fates.contains(&Fate::Commits) || unknown && self.opens_ahead()?;
                self.open_batch(ahead)
            }
        }
    }

    /// Writes down that a batch begins of which a part may be committed.
    fn open_batch(&mut self, ahead: bool) -> Result<(), OperationError> {
        let steps = self.steps_mut();
        let Some(batch) = steps.batches.clone() else {
            return Ok(());
        };
        let row = Row {
            statement: Some(batch.number),
            detail: Some(batch.up_to.clone()),
            ..steps.row_of(Event::Opened, batch.place())
        };
        let opened = match ahead {
            true => {
                self.commit_ahead(vec![row])?;
                self.steps_mut().in_doubt = true;
                Opened::Ahead
            }
            false if batch.opened == Opened::Within => return Ok(()),
            false => {
                let insert = self.insert(vec![row])?;
                self.record(&insert)?;
                self.steps_mut().floats();
                Opened::Within
            }
        };
        if let Some(batch) = &mut self.steps_mut().batches {
            batch.opened = opened;
        }
        Ok(())
    }

    /// Before the live connection is handed out: writes down that it is, or refuses it because it was before.
    pub(super) fn begin_block(&mut self) -> Result<(), OperationError> {
        let Some(steps) = self.steps.as_mut() else {
            return Ok(());
        };
        if let Some(batch) = &steps.batches {
            let opened = batch.opened == Opened::Ahead
                || self.backend_rules().capabilities().transactional_ddl;
            return match opened {
                true => Ok(()),
                false => self.opens_ahead().and_then(|ahead| self.open_batch(ahead)),
            };
        }
        let step = steps.advance();
        let place = Place {
            step,
            hash: ANYTHING,
            operation: BLOCK,
        };
        let text = steps.text.take();
        if let Some(finished) = steps.finished(step) {
            match BlockHash::of(&finished.hash) {
                Some(block) if block.reads => return Ok(()),
                Some(_) => return Err(was_done(step)),
                None => drop(steps.known(place)?), // it is another operation
            }
        }
        if let Some(open) = steps.open.clone().filter(|open| open.step == step) {
            if BlockHash::of(&open.hash).is_none() {
                steps.known(place)?; // the same
            }
            return Err(OperationError::Unsettled(Box::new(Unsettled {
                operation: open.operation,
                statement: None,
                at: open.at,
                actor: open.actor,
                found: "it was cut, and what it did was committed at least in part".to_owned(),
                block: true,
            })));
        }
        let ahead = self.open(place)?;
        let session = self.session()?;
        let (watched, commits) = (session.watch(), session.commits());
        self.steps_mut().block = Some(Block {
            step,
            text,
            watched,
            ahead,
            failed: false,
            commits,
            gave: None,
        });
        Ok(())
    }

    /// Says which block comes next, and compares it with the one that an earlier run carried out there.
    pub(super) fn next_block_is(&mut self, text: BlockText) -> Result<(), OperationError> {
        let Some(steps) = self.steps.as_mut().filter(|steps| steps.batches.is_none()) else {
            return Ok(());
        };
        steps.compare_block(&text)?;
        steps.text = Some(text);
        Ok(())
    }

    /// What the block that comes next gave to an earlier run, if that was written down.
    pub(super) fn given_before(&self) -> Option<String> {
        let steps = self
            .steps
            .as_ref()
            .filter(|steps| steps.batches.is_none())?;
        steps.next_block()?.query.clone()
    }

    /// Leaves a block out that an earlier run has done.
    pub(super) fn leave_out_block(&mut self) -> crate::Result {
        self.leave_connection()?;
        self.flush()?;
        self.steps_mut().advance();
        self.keep(BLOCK);
        Ok(())
    }

    /// Notes what a block gives.
    pub(super) fn give(&mut self, value: Option<String>) {
        let steps = self.steps.as_mut();
        if let Some(block) = steps.and_then(|steps| steps.block.as_mut()) {
            block.gave = value;
        }
    }

    /// After a block with the live connection: notes what became of it.
    pub(super) fn end_block(&mut self) -> Result<(), OperationError> {
        let Some(block) = self.steps.as_mut().and_then(|steps| steps.block.take()) else {
            return Ok(());
        };
        let (all, kind) = (self.situation.all, self.backend());
        let seen = self.session()?.watched();
        if block.ahead && block.failed {
            return self.end_failed_block(&block, &seen);
        }
        let mut reads = block.watched;
        let mut leaves = false;
        let mut queries = Vec::new();
        for seen in seen {
            let what = classify(&seen.sql, kind).kind;
            reads &= matches!(what, StatementKind::Read | StatementKind::Setting);
            leaves |= what != StatementKind::Read && session_state(&seen.sql, kind).lasts();
            if all {
                self.situation.tell(&Happening::Statement {
                    sql: &seen.sql,
                    duration: seen.duration,
                });
            }
            queries.extend((what == StatementKind::Read).then_some(seen.sql));
        }
        let session = self.session()?;
        reads = reads && (queries.is_empty() || session.views_only_read(&queries));
        session.look_inside().map_err(OperationError::Journal)?;
        let committed = session.commits() != block.commits;
        let stays = block.ahead || self.situation.outside || committed;
        if !reads {
            self.done.push(BLOCK.to_owned());
        }
        if stays {
            self.kept = self.done.len();
        }
        if block.failed && self.situation.outside && !reads {
            self.steps_mut().in_doubt = true; // the row that says that it was begun is the last
            return Ok(());
        }
        let hash = hash_of_block(block.text.as_ref(), reads);
        let place = Place {
            step: block.step,
            hash: &hash,
            operation: BLOCK,
        };
        let row = Row {
            // one that changed the connection is not left out, whatever it gave
            query: block.gave.filter(|_| !leaves),
            ..self.steps_mut().row_of(Event::Done, place)
        };
        self.steps_mut().note(row, stays);
        match block.ahead {
            true => self.commit_ahead(Vec::new()),
            false => Ok(()),
        }
    }

    /// The body failed in the block that it is in, if it is in one.
    pub(crate) fn fail_block(&mut self) {
        let steps = self.steps.as_mut();
        if let Some(block) = steps.and_then(|steps| steps.block.as_mut()) {
            block.failed = true;
        }
    }

    /// A block that was written down ahead has failed: it left nothing if all of its statements are known, and none of them
    /// changes anything apart from the transaction.
    fn end_failed_block(
        &mut self,
        block: &Block,
        seen: &[SeenStatement],
    ) -> Result<(), OperationError> {
        let texts: Vec<String> = seen.iter().map(|seen| seen.sql.clone()).collect();
        let within = self.fates(&texts)?.iter().all(|fate| *fate == Fate::Stays);
        if block.watched && within {
            let place = Place {
                step: block.step,
                hash: ANYTHING,
                operation: BLOCK,
            };
            let row = self.steps_mut().row_of(Event::Refused, place);
            self.steps_mut().note(row, true);
            self.steps_mut().in_doubt = false;
        } else {
            self.keep(BLOCK);
        }
        Ok(())
    }

    /// Begins batches: says after which key they go on, unless all of them were done.
    pub(super) fn begin_batches(
        &mut self,
        hash: &str,
        name: &str,
    ) -> Result<Option<Option<String>>, OperationError> {
        if self
            .steps
            .as_ref()
            .is_none_or(|steps| steps.batches.is_some())
        {
            return Ok(Some(None));
        }
        self.flush_step(None)?;
        let steps = self.steps_mut();
        let step = steps.advance();
        let place = Place {
            step,
            hash,
            operation: name,
        };
        let after = match steps.known(place)? {
            Known::New => None,
            Known::Finished => {
                self.keep(name);
                return Ok(None);
            }
            Known::Begun(open) => match &open.kind {
                OpenKind::Batches(key) => Some(key.clone()),
                kind => {
                    let found = match kind {
                        OpenKind::Batch { after, up_to } => half_batch(after.as_deref(), up_to),
                        _ => "a statement of a batch committed half of it".to_owned(),
                    };
                    steps.open = Some(open.clone());
                    return Err(OperationError::Unsettled(Box::new(Unsettled {
                        operation: open.operation,
                        statement: None,
                        at: open.at,
                        actor: open.actor,
                        found,
                        block: false,
                    })));
                }
            },
        };
        self.steps_mut().batches = Some(InBatches {
            step,
            hash: hash.to_owned(),
            name: name.to_owned(),
            number: 0,
            up_to: String::new(),
            opened: Opened::No,
        });
        Ok(Some(after))
    }

    /// Before a batch begins: notes up to which key it goes.
    pub(super) fn next_batch(&mut self, number: usize, key: &str) {
        if let Some(batch) = self.steps.as_mut().and_then(|steps| steps.batches.as_mut()) {
            batch.number = number;
            key.clone_into(&mut batch.up_to);
            batch.opened = Opened::No;
        }
    }

    /// Before a batch is committed: writes down up to which key it goes. In a revision's transaction, that of which something was
    /// committed is committed here.
    pub(super) fn end_batch(&mut self, own: bool) -> Result<(), OperationError> {
        let Some(batch) = self.steps.as_ref().and_then(|steps| steps.batches.clone()) else {
            return Ok(());
        };
        let row = Row {
            statement: Some(batch.number),
            detail: Some(batch.up_to.clone()),
            ..self.steps_mut().row_of(Event::Batch, batch.place())
        };
        match own {
            true => {
                let insert = self.insert(vec![row])?;
                self.record(&insert)
            }
            false if batch.opened == Opened::No => Ok(()),
            false => self.commit_ahead(vec![row]),
        }
    }

    /// A batch was committed.
    pub(super) fn batch_is_committed(&mut self) {
        if let Some(steps) = self.steps.as_mut().filter(|steps| steps.batches.is_some()) {
            steps.saved();
            steps.touched = true;
            steps.in_doubt = false;
        }
    }

    /// All batches are done.
    pub(super) fn end_batches(&mut self) {
        let outside = self.situation.outside;
        if let Some(steps) = self.steps.as_mut()
            && let Some(batches) = steps.batches.take()
        {
            steps.done(batches.place(), None, None, outside);
        }
    }

    /// Carries out what the session keeps back, with its rows in the same transaction.
    pub(super) fn flush_step(&mut self, next: Option<&Operation>) -> Result<(), OperationError> {
        let waiting = self.steps.as_ref().is_some_and(|steps| steps.is_waiting());
        if waiting {
            let insert = self.insert(Vec::new())?;
            self.session()?.along(Some(insert));
        }
        self.at(Boundary::BeforeStatement);
        let Executor::Run(session) = &mut self.executor else {
            return Ok(());
        };
        let flushed = super::flush(&mut **session, &self.situation, next);
        let left = session.along(None);
        self.at(Boundary::AfterStatement);
        flushed?;
        if waiting && left.is_none() {
            self.steps_mut().waited();
            self.kept = self.done.len();
        }
        Ok(())
    }

    /// That the body did not come to an operation which was carried out before.
    pub(super) fn refuse_fewer(&mut self) -> Result<(), OperationError> {
        let left_out = self.steps.as_ref().and_then(|steps| steps.left_out());
        match left_out {
            Some((step, operation)) => Err(OperationError::LeftOut {
                number: step + 1,
                operation,
            }),
            None => Ok(()),
        }
    }

    /// An operation stays, whatever becomes of the transaction.
    fn keep(&mut self, name: &str) {
        if let Some(steps) = &mut self.steps {
            steps.touched = true;
        }
        self.done.push(name.to_owned());
        self.kept = self.done.len();
    }

    /// Sends a statement of the revision, and tells of it.
    fn send(&mut self, sql: &str) -> (Duration, diesel::QueryResult<()>) {
        self.at(Boundary::BeforeStatement);
        let start = Instant::now();
        let executed = match &mut self.executor {
            Executor::Run(session) => session.execute(sql),
            Executor::Collect { .. } => Ok(()),
        };
        let duration = start.elapsed();
        self.situation.tell(&Happening::Statement { sql, duration });
        self.at(Boundary::AfterStatement);
        (duration, executed)
    }

    /// Writes rows into the transaction that is open.
    fn record(&mut self, insert: &str) -> Result<(), OperationError> {
        self.at(Boundary::BeforeJournal);
        let written = self.session()?.record(&[insert.to_owned()]);
        self.at(Boundary::AfterJournal);
        written.map_err(OperationError::Journal)
    }

    fn insert(&mut self, rows: Vec<Row>) -> Result<String, OperationError> {
        let (rules, table) = (self.backend_rules(), self.session()?.journal_table());
        Ok(self.steps_mut().insert(rules, &table, rows)?)
    }

    fn at(&self, boundary: Boundary) {
        self.situation.at(boundary);
    }

    fn steps_mut(&mut self) -> &mut Steps {
        self.steps
            .as_mut()
            .expect("only a handle that writes down its steps comes here")
    }

    fn session(&mut self) -> Result<&mut (dyn Session + 'a), OperationError> {
        match &mut self.executor {
            Executor::Run(session) => Ok(&mut **session),
            Executor::Collect { .. } => Err(OperationError::NotLive),
        }
    }

    fn backend_rules(&self) -> &'static dyn crate::backend::Backend {
        self.rules()
    }

    /// The error of a block, as the operation that failed.
    pub(super) fn block_failed(&mut self, error: OperationError) -> RevisionError {
        self.failure
            .get_or_insert(Failure::of(BLOCK.to_owned(), &error));
        error.into()
    }
}

/// What is known of a batch that was cut half way.
fn half_batch(after: Option<&str>, up_to: &str) -> String {
    let after = after.map_or_else(String::new, |key| format!(" after the key `{key}`"));
    format!("the batch{after} up to the key `{up_to}` was begun, and some of it may be committed")
}

fn failed_at(place: Place<'_>, sql: &str, source: diesel::result::Error) -> OperationError {
    OperationError::Statement {
        operation: place.operation.to_owned(),
        sql: sql.to_owned(),
        source,
    }
}

/// A block that was committed by an earlier run, and cannot be left out by this one.
fn was_done(step: u32) -> OperationError {
    OperationError::Unsettled(Box::new(Unsettled {
        operation: format!("{BLOCK} (operation {})", step + 1),
        statement: None,
        at: String::new(),
        actor: String::new(),
        found: "an earlier run has committed what it did, and it cannot be left out".to_owned(),
        block: true,
    }))
}

fn is_raw(operation: &Operation) -> bool {
    matches!(operation, Operation::Execute { .. })
}

/// Whether an operation only sets something for the connection, which each run has to do for itself.
fn is_setting(rules: &dyn crate::backend::Backend, operation: &Operation) -> bool {
    let kind = rules.kind();
    match operation {
        Operation::Execute { sql, .. } => {
            classify(sql.text(kind), kind).kind == StatementKind::Setting
        }
        _ => false,
    }
}
