//! The operations that a body called one after another and that wait to be sent together, with the
//! beginning of their transaction and maybe its end. It decides what waits, which operation a
//! failure belongs to, and sends one by one what cannot go together. It carries what is recorded of
//! each operation, and does not know which rows that makes.

use super::context::{Failpoint, RunContext};
use super::live::{Failure, Spot, failed_statement};
use crate::backend::{Backend, Batched, Batching, OpenTransaction, Session, Together};
use crate::error::{Cause, OperationError};
use crate::operation::Operation;
use crate::sql;

/// What waits, until something needs its outcome.
#[derive(Debug)]
pub(crate) struct Gathered {
    pub(super) batching: Batching,
    statements: Vec<Batched>,
    /// For each of them, its operation.
    operations: Vec<Of>,
    bytes: usize,
    /// How many statements were added.
    numbered: usize,
    /// The transaction, once it is begun. Then nothing waits any more, unless operations are
    /// recorded one by one.
    begun: Option<OpenTransaction>,
    /// Whether it was begun, and maybe handed on.
    was_begun: bool,
    /// Why it could not be begun, or that a statement ended it.
    not_begun: Option<Cause>,
    /// What the executor before the end of the revision has run, and how much of it is kept.
    pub(super) done: (Vec<String>, usize),
}

/// The operation of a statement.
#[derive(Clone, Debug)]
pub(super) struct Of {
    pub(super) name: String,
    /// Where it is called.
    pub(super) spot: Option<Spot>,
    /// What is recorded of it, if it is recorded by itself.
    pub(super) record: Option<OfRecord>,
}

/// What is recorded of an operation.
#[derive(Clone, Debug)]
pub(super) struct OfRecord {
    pub(super) step: u32,
    pub(super) hash: String,
    pub(super) operation: Operation,
    /// Whether it commits by itself, and is recorded before.
    pub(super) alone: bool,
}

impl Of {
    /// Whether it commits by itself.
    pub(super) fn is_alone(&self) -> bool {
        self.record.as_ref().is_some_and(|record| record.alone)
    }
}

/// What failed when it was sent.
pub(crate) enum NotSent {
    /// There is no transaction: it could not be begun, or a statement ended it.
    NotBegun(Cause),
    /// A statement of an operation failed.
    Failed(Box<(Failure, OperationError)>),
}

impl Gathered {
    /// Nothing yet, for a session that sends it like this.
    pub(crate) fn new(batching: Batching) -> Gathered {
        Gathered {
            batching,
            statements: Vec::new(),
            operations: Vec::new(),
            bytes: 0,
            numbered: 0,
            begun: None,
            was_begun: false,
            not_begun: None,
            done: (Vec::new(), 0),
        }
    }

    /// Whether operations still wait.
    pub(super) fn waits(&self) -> bool {
        !self.was_begun && self.not_begun.is_none()
    }

    /// Whether anything has to be sent before the connection is used.
    pub(super) fn is_due(&self) -> bool {
        self.waits() || !self.statements.is_empty()
    }

    /// Whether the end of the revision can be sent with what waits.
    pub(crate) fn is_whole(&self) -> bool {
        self.begun.is_none() || !self.statements.is_empty()
    }

    /// Whether a statement has to wait for the answer to those before it: one of those commits by
    /// itself, as it does, or there is much to send.
    pub(super) fn is_full(&self, sql: &str, alone: bool) -> bool {
        let ends = alone && self.operations.iter().any(Of::is_alone);
        ends || self.bytes + sent(sql) > self.batching.most && !self.statements.is_empty()
    }

    /// Adds the statement of an operation.
    pub(super) fn push(&mut self, sql: String, of: Of) {
        self.bytes += sent(&sql);
        self.statements.push(Batched {
            sql,
            number: self.numbered,
            ahead: None,
        });
        self.numbered += 1;
        self.operations.push(of);
    }

    /// Sets what is recorded before the statement at a place.
    pub(super) fn set_ahead(&mut self, at: usize, insert: String) {
        if let Some(statement) = self.statements.get_mut(at) {
            statement.ahead = Some(insert);
        }
    }

    /// The statements with their operations, in order.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&Batched, &Of)> {
        self.statements.iter().zip(&self.operations)
    }

    /// What waits, of which nothing waits any more.
    pub(super) fn take(&mut self) -> Vec<(Batched, Of)> {
        self.bytes = 0;
        let statements = std::mem::take(&mut self.statements);
        let operations = std::mem::take(&mut self.operations);
        statements.into_iter().zip(operations).collect()
    }

    /// Notes that the answer to what was sent is lost: nothing waits, and no transaction is known.
    pub(super) fn is_lost(&mut self) {
        self.was_begun = true;
    }

    /// Notes that the transaction is open.
    pub(super) fn is_open(&mut self, begun: OpenTransaction) {
        self.was_begun = true;
        self.begun = Some(begun);
    }

    /// Adds an operation, unless it has to be sent by itself.
    pub(super) fn add(
        &mut self,
        rules: &dyn Backend,
        operation: &Operation,
        name: &str,
        spot: Option<Spot>,
    ) -> bool {
        if !self.waits()
            || self.bytes >= self.batching.most
            || rules.inside_transaction(operation).is_err()
        {
            return false;
        }
        let Ok(statements) = rules.ddl(operation) else {
            return false;
        };
        let together = |sql: &String| sql::goes_together(sql, rules.kind());
        if !statements.iter().all(together) {
            return false;
        }
        for sql in statements {
            let of = Of {
                name: name.to_owned(),
                spot,
                record: None,
            };
            self.push(sql, of);
        }
        true
    }

    /// The statements, in order.
    pub(crate) fn statements(&self) -> &[Batched] {
        &self.statements
    }

    /// Why there is no transaction.
    pub(crate) fn not_begun(&mut self) -> Option<Cause> {
        self.not_begun.take()
    }

    /// The transaction, if it is begun: all that waited was sent then.
    pub(crate) fn begun(&mut self) -> Option<OpenTransaction> {
        self.begun.take()
    }

    /// Begins the transaction and sends what waits.
    pub(super) fn send(
        &mut self,
        session: &mut dyn Session,
        context: &RunContext<'_>,
    ) -> Result<(), NotSent> {
        let sent = match self.statements.is_empty() {
            true => Together::Apart,
            false => {
                context.at(Failpoint::BeforeBegin);
                let sent = session.run_together(&self.statements);
                context.at(Failpoint::AfterStatement);
                sent
            }
        };
        self.judge(session, context, sent)
    }

    /// What became of the statements; if they have to be sent one by one, sends them.
    ///
    /// # Errors
    ///
    /// What failed; the transaction is open then, if it could be begun.
    pub(crate) fn judge(
        &mut self,
        session: &mut dyn Session,
        context: &RunContext<'_>,
        sent: Together,
    ) -> Result<(), NotSent> {
        let judged = self.judged(session, context, sent);
        drop(self.take()); // nothing of it waits any more
        judged
    }

    fn judged(
        &mut self,
        session: &mut dyn Session,
        context: &RunContext<'_>,
        sent: Together,
    ) -> Result<(), NotSent> {
        match sent {
            Together::Open(begun) => {
                self.is_open(begun);
                Ok(())
            }
            Together::NotBegun(error) => Err(NotSent::NotBegun(Cause::Begin(error))),
            Together::Ended => Err(NotSent::NotBegun(Cause::EndedTransaction)),
            Together::NotAhead(begun, at, error) => {
                self.is_open(begun);
                Err(self.failure(Some(at), error))
            }
            Together::Failed {
                begun, at, error, ..
            } => {
                self.is_open(begun);
                Err(self.failure(at, error))
            }
            Together::Apart => {
                go_on(context)?;
                context.at(Failpoint::BeforeBegin);
                let begun = session.begin();
                context.at(Failpoint::AfterBegin);
                self.is_open(begun.map_err(|error| NotSent::NotBegun(Cause::Begin(error)))?);
                for index in 0..self.statements.len() {
                    go_on(context)?;
                    context.at(Failpoint::BeforeStatement);
                    let sent = session.execute(&self.statements[index].sql);
                    context.at(Failpoint::AfterStatement);
                    sent.map_err(|error| self.failure(Some(index), error))?;
                }
                Ok(())
            }
        }
    }

    /// Notes why there is no transaction.
    pub(super) fn is_not_begun(&mut self, cause: Cause) {
        self.not_begun = Some(cause);
    }

    /// The failure of a statement.
    fn failure(&self, index: Option<usize>, source: diesel::result::Error) -> NotSent {
        let found = index.and_then(|at| self.statements.get(at).zip(self.operations.get(at)));
        let Some((Batched { sql, .. }, of)) = found else {
            return NotSent::NotBegun(Cause::Begin(source)); // it is of no statement
        };
        let error = failed_statement(&of.name, sql, source);
        let failure = Failure::of(of.name.clone(), &error, of.spot);
        NotSent::Failed(Box::new((failure, error)))
    }
}

/// How much a statement adds to a text, in bytes: itself, and what is sent around each.
fn sent(sql: &str) -> usize {
    sql.len() + 512
}

/// Nothing is sent any more once the run is to stop.
fn go_on(context: &RunContext<'_>) -> Result<(), NotSent> {
    if !context.stop.is_requested() {
        return Ok(());
    }
    let error = OperationError::Stopped;
    let failure = Failure::of("go on".to_owned(), &error, None);
    Err(NotSent::Failed(Box::new((failure, error))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_statements_count_with_what_is_sent_around_them() {
        let mut gathered = Gathered::new(Batching {
            micros: "0",
            micros_of: |_| String::new(),
            most: 4096,
        });
        let of = || Of {
            name: String::new(),
            spot: None,
            record: None,
        };
        let sql = "DELETE FROM t";
        while !gathered.is_full(sql, false) {
            gathered.push(sql.to_owned(), of());
        }
        assert_eq!(gathered.statements().len(), 7);
        // one that is too long by itself is sent by itself
        let mut gathered = Gathered::new(gathered.batching);
        assert!(!gathered.is_full(&"x".repeat(9000), false));
        gathered.push(sql.to_owned(), of());
        assert!(gathered.is_full(&"x".repeat(9000), false));
    }
}
