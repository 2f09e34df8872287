//! The operations that a body called one after another and that wait to be sent together, with the
//! beginning of their transaction and maybe its end. It decides what waits, which operation a
//! failure belongs to, and sends one by one what cannot go together; it does not know the record of
//! a revision.

use super::context::{Failpoint, RunContext};
use super::live::{Failure, failed_statement};
use crate::backend::{Backend, OpenTransaction, Session, Together};
use crate::error::{Cause, OperationError};
use crate::operation::Operation;
use crate::sql;

/// How much text waits, in bytes, before it is sent.
const MOST: usize = 1 << 20;

/// What waits, until something needs its outcome.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    statements: Vec<String>,
    /// For each of them, its operation.
    operations: Vec<Of>,
    bytes: usize,
    /// The transaction, once it is begun; then nothing waits any more.
    begun: Option<OpenTransaction>,
    /// Why it could not be begun.
    not_begun: Option<diesel::result::Error>,
}

/// The operation of a statement.
#[derive(Clone, Debug)]
struct Of {
    name: String,
    /// The line of the SQL file in which it begins.
    line: Option<u32>,
}

/// What failed when it was sent.
pub(crate) enum NotSent {
    /// The transaction could not be begun.
    NotBegun(diesel::result::Error),
    /// A statement of an operation failed.
    Failed(Box<(Failure, OperationError)>),
}

impl Gathered {
    /// Whether operations still wait.
    pub(super) fn waits(&self) -> bool {
        self.begun.is_none() && self.not_begun.is_none()
    }

    /// Adds an operation, unless it has to be sent by itself.
    pub(super) fn add(
        &mut self,
        rules: &dyn Backend,
        operation: &Operation,
        name: &str,
        line: Option<u32>,
    ) -> bool {
        if !self.waits() || self.bytes >= MOST || rules.inside_transaction(operation).is_err() {
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
            self.bytes += sql.len();
            self.statements.push(sql);
            self.operations.push(Of {
                name: name.to_owned(),
                line,
            });
        }
        true
    }

    /// The statements, in order.
    pub(crate) fn statements(&self) -> &[String] {
        &self.statements
    }

    /// Why the transaction could not be begun.
    pub(crate) fn not_begun(&mut self) -> Option<Cause> {
        self.not_begun.take().map(Cause::Begin)
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
        match sent {
            Together::Open(begun) => {
                self.begun = Some(begun);
                Ok(())
            }
            Together::NotBegun(error) => Err(NotSent::NotBegun(error)),
            Together::Failed(begun, index, error) => {
                self.begun = Some(begun);
                Err(self.failure(index, error))
            }
            Together::Apart => {
                go_on(context)?;
                context.at(Failpoint::BeforeBegin);
                let begun = session.begin();
                context.at(Failpoint::AfterBegin);
                self.begun = Some(begun.map_err(NotSent::NotBegun)?);
                for index in 0..self.statements.len() {
                    go_on(context)?;
                    context.at(Failpoint::BeforeStatement);
                    let sent = session.execute(&self.statements[index]);
                    context.at(Failpoint::AfterStatement);
                    sent.map_err(|error| self.failure(Some(index), error))?;
                }
                Ok(())
            }
        }
    }

    /// Notes that the transaction could not be begun.
    pub(super) fn is_not_begun(&mut self, error: diesel::result::Error) {
        self.not_begun = Some(error);
    }

    /// The failure of a statement.
    fn failure(&self, index: Option<usize>, source: diesel::result::Error) -> NotSent {
        let found = index.and_then(|at| self.statements.get(at).zip(self.operations.get(at)));
        let Some((sql, Of { name, line })) = found else {
            return NotSent::NotBegun(source); // it is of no statement
        };
        let error = failed_statement(name, sql, source);
        let failure = Failure {
            line: *line,
            ..Failure::of(name.clone(), &error)
        };
        NotSent::Failed(Box::new((failure, error)))
    }
}

/// Nothing is sent any more once the run is to stop.
fn go_on(context: &RunContext<'_>) -> Result<(), NotSent> {
    if !context.stop.is_requested() {
        return Ok(());
    }
    let error = OperationError::Stopped;
    let failure = Failure::of("go on".to_owned(), &error);
    Err(NotSent::Failed(Box::new((failure, error))))
}
