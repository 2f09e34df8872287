//! The statements of one operation: they run in a transaction with their record, in the open one,
//! or each by itself after it was recorded.

use std::time::Instant;

use super::Journaled;
use crate::backend::{Closed, OpenTransaction, ProbeResult};
use crate::error::OperationError;
use crate::execute::context::{Failpoint, Mode};
use crate::execute::live::{failed_statement, is_raw};
use crate::execute::recorder::{Place, planned};
use crate::execute::script::refuse_control;
use crate::journal::{Event, Open, Row};
use crate::operation::Operation;
use crate::sql::{StatementKind, TransactionEffect, classify};

/// How the statements of an operation are run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ExecutionMode {
    /// Without a record: they only set something for the connection.
    Plain,
    /// In a small transaction, with the row that records them.
    Together,
    /// In the open transaction, with the row that records them.
    Within,
    /// Each by itself, recorded before it.
    Alone,
    /// Within the open transaction, as far as is known.
    Unknown,
}

impl Journaled<'_> {
    /// Runs an operation from one of its statements on; `open` is what an earlier run began of it.
    pub(super) fn run_from(
        &mut self,
        operation: &Operation,
        place: Place<'_>,
        from: usize,
        open: Option<&Open>,
    ) -> Result<(), OperationError> {
        let is_sql = matches!(operation, Operation::Execute { .. });
        let statements = match open.and_then(planned).filter(|_| !is_sql) {
            Some(statements) => statements,
            None => {
                self.live.session.check(operation)?;
                self.live.session.statements(operation)?
            }
        };
        if statements.is_empty() {
            self.nothing_yet(place);
            return Ok(());
        }
        self.refuse_lost(operation, place, &statements)?;
        refuse_control(&self.live, operation, &statements, self.mode)?;
        match self.execution_mode(operation, &statements)? {
            ExecutionMode::Plain => self.run_plain(place, &statements),
            ExecutionMode::Together => self.run_together(place, &statements, from),
            mode => self.run_one_by_one(place, &statements, from, mode, operation),
        }
    }

    /// Notes an operation that has no statement here, or is deferred.
    fn nothing_yet(&mut self, place: Place<'_>) {
        match self.live.session.has_deferred() {
            true => {
                let row = self.recorder.row_of(Event::Done, place);
                self.recorder.wait(row);
            }
            false => self
                .recorder
                .done(place, None, None, self.mode.is_autocommit()),
        }
    }

    fn execution_mode(
        &mut self,
        operation: &Operation,
        statements: &[String],
    ) -> Result<ExecutionMode, OperationError> {
        let rules = self.live.rules();
        let transactional = rules.capabilities().transactional_ddl;
        let joins =
            |sql: &String| classify(sql, rules.kind()).transaction == TransactionEffect::Joins;
        if self.is_setting(operation) {
            return Ok(ExecutionMode::Plain);
        }
        let shares = match operation {
            _ if is_raw(operation) => statements.iter().all(joins),
            _ if transactional => rules.inside_transaction(operation).is_ok(),
            _ => false,
        };
        let effects = self.live.transaction_effects(statements)?;
        let stays = effects
            .iter()
            .all(|effect| *effect == TransactionEffect::Joins);
        Ok(match self.mode {
            Mode::Autocommit if transactional && shares => ExecutionMode::Together,
            Mode::Autocommit if !transactional && stays => ExecutionMode::Together,
            Mode::Autocommit => ExecutionMode::Alone,
            Mode::InTransaction if stays => ExecutionMode::Within,
            Mode::InTransaction if !effects.contains(&TransactionEffect::Unknown) => {
                ExecutionMode::Alone
            }
            Mode::InTransaction => ExecutionMode::Unknown,
        })
    }

    /// Whether an operation only sets something for the connection, which each run has to repeat.
    fn is_setting(&self, operation: &Operation) -> bool {
        let kind = self.live.backend();
        match operation {
            Operation::Execute { sql, .. } => {
                classify(sql.text(kind), kind).kind == StatementKind::Setting
            }
            _ => false,
        }
    }

    /// Refuses an operation that needs lost session state.
    pub(super) fn refuse_lost(
        &mut self,
        operation: &Operation,
        place: Place<'_>,
        statements: &[String],
    ) -> Result<(), OperationError> {
        if !is_raw(operation) {
            return Ok(()); // it needs nothing
        }
        let backend = self.live.backend();
        let went_past = self.recorder.went_past(place.step);
        let lost = &mut self.recorder.lost;
        let mut statements = statements.iter();
        statements.try_for_each(|sql| lost.before(place, sql, backend, went_past))
    }

    fn send(&mut self, place: Place<'_>, sql: &str) -> Result<(), OperationError> {
        let sent = self.live.send(sql).1;
        sent.map_err(|source| failed_statement(place.operation, sql, source))
    }

    /// Sends statements that only affect the connection.
    fn run_plain(&mut self, place: Place<'_>, statements: &[String]) -> Result<(), OperationError> {
        for sql in statements {
            self.send(place, sql)?;
        }
        self.live.done(place.operation);
        Ok(())
    }

    /// Runs statements in a small transaction, with the row that records them.
    fn run_together(
        &mut self,
        place: Place<'_>,
        statements: &[String],
        from: usize,
    ) -> Result<(), OperationError> {
        self.live.at(Failpoint::BeforeBegin);
        let begun = self.live.session.begin_small();
        let begun = begun.map_err(OperationError::Journal)?;
        self.live.at(Failpoint::AfterBegin);
        let worked = self.work_together(begun, place, statements, from);
        if worked.is_err() {
            let _ = self.live.session.rollback(); // the first error is the one to report
        }
        worked?;
        self.recorder.saved();
        self.writer().keep(place.operation);
        Ok(())
    }

    fn work_together(
        &mut self,
        begun: OpenTransaction,
        place: Place<'_>,
        statements: &[String],
        from: usize,
    ) -> Result<(), OperationError> {
        let start = Instant::now();
        for sql in statements.iter().skip(from) {
            self.send(place, sql)?;
        }
        let row = Row {
            micros: Some(start.elapsed().as_micros()),
            ..self.recorder.row_of(Event::Done, place)
        };
        let insert = self.writer().insert(vec![row])?;
        self.live.at(Failpoint::BeforeJournal);
        let closed = self.live.session.close(&begun, &[insert]);
        self.live.at(Failpoint::AfterJournal);
        match closed.map_err(OperationError::Journal)? {
            Closed::Recorded => {
                self.live.at(Failpoint::BeforeCommit);
                let committed = self.live.session.commit(begun);
                self.live.at(Failpoint::AfterCommit);
                committed.map_err(OperationError::Journal)
            }
            Closed::Committed => Ok(()),
            Closed::Not(_) => Err(OperationError::LeftItsTransaction {
                operation: place.operation.to_owned(),
            }),
            Closed::Refused(error) => {
                self.recorder.in_doubt |= !self.live.session.is_alive();
                Err(OperationError::Journal(error))
            }
        }
    }

    /// Runs statements one by one.
    fn run_one_by_one(
        &mut self,
        place: Place<'_>,
        statements: &[String],
        from: usize,
        mode: ExecutionMode,
        operation: &Operation,
    ) -> Result<(), OperationError> {
        let raw = matches!(operation, Operation::Execute { .. });
        let mut first = true;
        let mut ahead = false;
        for (index, sql) in statements.iter().enumerate().skip(from) {
            let alone = mode == ExecutionMode::Alone && self.commits(sql)?;
            if alone {
                let rows = (first, raw);
                self.writer().write_ahead(place, statements, index, rows)?;
                first = false;
            } else if mode == ExecutionMode::Unknown && index == from {
                let mode = self.mode;
                ahead = self.writer().open(place, mode)?;
            }
            let commits = self.live.session.commits();
            let (took, executed) = self.live.send(sql);
            if let Err(source) = executed {
                if alone {
                    self.refused(place, index, operation, (sql, &source), true);
                }
                return Err(failed_statement(place.operation, sql, source));
            }
            let stays = alone || ahead || self.live.session.commits() != commits;
            self.recorder.touched |= stays;
            self.recorder.in_doubt &= !stays;
            let last = index + 1 == statements.len();
            let statement = Some(index).filter(|_| !last);
            if last || alone {
                self.recorder.done(place, statement, Some(took), stays);
            }
            if stays && last {
                self.writer().keep(place.operation);
            } else if last {
                self.live.done(place.operation);
            }
        }
        match ahead {
            true => self.writer().commit_ahead(Vec::new()),
            false => Ok(()),
        }
    }

    /// Whether a statement is known to commit by itself.
    fn commits(&mut self, sql: &String) -> Result<bool, OperationError> {
        let autocommit = self.mode.is_autocommit();
        Ok(autocommit
            || self.live.transaction_effects(std::slice::from_ref(sql))?
                == [TransactionEffect::Commits])
    }

    /// Notes that the server refused a statement, when that means that it had no effect. If that is
    /// not `certain`, the error may be that of what was sent behind the statement.
    pub(super) fn refused(
        &mut self,
        place: Place<'_>,
        index: usize,
        operation: &Operation,
        (sql, error): (&str, &diesel::result::Error),
        certain: bool,
    ) {
        // what raw SQL would leave may have been there before: then it fails when it is run again
        let certain = certain || is_raw(operation);
        let class = classify(sql, self.live.backend());
        let leaves_rows = self.live.session.may_leave_rows(sql, error);
        let whole = match operation {
            _ if leaves_rows => false,
            _ if is_raw(operation) => class.atomic,
            _ => true,
        };
        let clean = match self.probe(operation, index, sql) {
            Ok(ProbeResult::Broken { undo }) => self.undo(&undo, place).is_ok(),
            Ok(ProbeResult::There) if !certain => {
                self.recorder.in_doubt = false;
                self.recorder.done(place, None, None, true);
                self.writer().keep(place.operation);
                false
            }
            Ok(ProbeResult::Absent) => whole,
            Ok(ProbeResult::Unclear { .. }) => certain && whole && !class.concurrently,
            Ok(_) => certain && whole,
            Err(_) => false, // the connection may be gone
        };
        if clean {
            let row = Row {
                statement: Some(index),
                ..self.recorder.row_of(Event::Refused, place)
            };
            self.recorder.note(row, true);
            self.recorder.in_doubt = false;
        }
    }

    /// Drops the partial result of a statement.
    pub(super) fn undo(&mut self, undo: &[String], place: Place<'_>) -> Result<(), OperationError> {
        undo.iter().try_for_each(|sql| self.send(place, sql))
    }
}
