//! Runs operations on a scratch database, and collects the statements that were sent. It must not
//! know where the operations come from.

use std::cell::RefCell;

use super::ScratchError;
use crate::backend::{Inside, Session};
use crate::error::Result;
use crate::execute::{Mode, OperationEvent, RunContext, Transactional};
use crate::op::Operations;
use crate::operation::Operation;

/// An operation to be run.
#[derive(Clone, Copy, Debug)]
pub struct ScratchStep<'o> {
    /// The operation.
    pub operation: &'o Operation,
    /// Whether it must be committed before those after it.
    pub commits: bool,
}

/// Runs operations in their order, in as few transactions as they allow, and returns the statements
/// that were sent. The statements of operations that a session defers, to run several together,
/// come with the last of them.
///
/// # Errors
///
/// The first operation that fails; what was done in its transaction is rolled back where the
/// database can do that.
pub fn run_operations(
    session: &mut dyn Session,
    steps: &[ScratchStep<'_>],
) -> Result<Vec<Vec<String>>, ScratchError> {
    let rules = session.backend();
    let is_alone = |step: &ScratchStep<'_>| rules.inside_transaction(step.operation).is_err();
    let mut sent = Vec::with_capacity(steps.len());
    for part in steps.split_inclusive(|step| step.commits) {
        for group in part.chunk_by(|one, other| !is_alone(one) && !is_alone(other)) {
            match group {
                [step] if is_alone(step) => sent.push(alone(session, step)?),
                group => sent.extend(in_transaction(session, group)?),
            }
        }
    }
    Ok(sent)
}

/// Runs an operation that cannot be in a transaction.
fn alone(session: &mut dyn Session, step: &ScratchStep<'_>) -> Result<Vec<String>, ScratchError> {
    let failed = |error: &dyn std::error::Error| ScratchError::Operation {
        operation: step.operation.describe(),
        message: error.to_string(),
    };
    let statements = session.backend().ddl(step.operation);
    let statements = statements.map_err(|error| failed(&error))?;
    for statement in &statements {
        let ran = session.execute(statement);
        ran.map_err(|error| failed(&error))?;
    }
    Ok(statements)
}

/// Runs operations in one transaction.
fn in_transaction(
    session: &mut dyn Session,
    steps: &[ScratchStep<'_>],
) -> Result<Vec<Vec<String>>, ScratchError> {
    let failed = |source| ScratchError::of("use the scratch database", source);
    let mut begun = session.begin().map_err(failed)?;
    let mut ran = run(session, steps);
    if ran.is_err() && session.restarts() {
        session.rollback().map_err(failed)?;
        begun = session.begin().map_err(failed)?;
        ran = run(session, steps);
    }
    match ran {
        Ok(sent) => {
            // on MySQL, a change of the schema has ended it
            match session.inside(&begun).map_err(failed)? {
                Inside::Ended => session.rollback_all().map_err(failed)?,
                Inside::Yes | Inside::Nested => session.commit(begun).map_err(failed)?,
            }
            Ok(sent)
        }
        Err(error) => {
            let _ = session.rollback();
            Err(error)
        }
    }
}

/// Runs a function that calls operations, in one transaction where the database allows that.
///
/// # Errors
///
/// That of the function, or of the database; what was done is rolled back where the database can do
/// that.
pub fn run_function<T>(
    session: &mut dyn Session,
    function: impl FnOnce(&mut Operations<'_>) -> Result<T>,
) -> Result<T> {
    let begun = session.begin()?;
    let context = RunContext::default();
    let mut executor = Transactional::within(session, context, Mode::InTransaction);
    let mut done = function(&mut executor.operations());
    if let Err(error) = executor.finish() {
        done = done.and(Err(error));
    }
    drop(executor);
    match done {
        Ok(value) => {
            match session.inside(&begun)? {
                Inside::Ended => session.rollback_all()?,
                Inside::Yes | Inside::Nested => session.commit(begun)?,
            }
            Ok(value)
        }
        Err(error) => {
            let _ = session.rollback();
            Err(error)
        }
    }
}

fn run(
    session: &mut dyn Session,
    steps: &[ScratchStep<'_>],
) -> Result<Vec<Vec<String>>, ScratchError> {
    let statements = RefCell::new(Vec::new());
    let observe = |event: &OperationEvent<'_>| {
        if let OperationEvent::Statement { sql, .. } = event {
            statements.borrow_mut().push((*sql).to_owned());
        }
    };
    let context = RunContext {
        observer: Some(&observe),
        ..RunContext::default()
    };
    let mut executor = Transactional::within(session, context, Mode::InTransaction);
    let mut sent = Vec::with_capacity(steps.len());
    for (number, step) in steps.iter().enumerate() {
        let failed = |error: crate::RevisionError| ScratchError::Operation {
            operation: step.operation.describe(),
            message: error.to_string(),
        };
        let done = executor.operations().apply(step.operation.clone());
        done.map_err(failed)?;
        if number + 1 == steps.len() {
            executor.finish().map_err(failed)?;
        }
        sent.push(statements.take());
    }
    Ok(sent)
}
