//! Runs the text of an SQL file statement by statement; each transaction that it begins and ends
//! itself is one operation.

use super::context::Mode;
use super::live::{Live, is_raw};
use crate::error::{
    OperationError, RevisionError, TransactionControl, TransactionFault, Unsupported,
};
use crate::op::Executor;
use crate::operation::Operation;
use crate::sql::{self, Cut, Part, Statement};
use crate::{Result, schema};

/// An executor that runs SQL files.
pub(super) trait Scripted: Executor {
    /// How the statements relate to transactions.
    fn mode(&self) -> Mode;

    /// Runs statements that belong together, such as a transaction of the text.
    fn own(&mut self, part: &Part<'_>) -> Result<()>;

    /// Notes the line in which the next statement begins.
    fn next_line(&mut self, line: Option<u32>) {
        let _ = line;
    }

    /// An operation failed in a line.
    fn failed(&mut self, name: &str, error: OperationError, line: u32) -> RevisionError;

    /// Notes that the failed statement begins in a line.
    fn failed_in_line(&mut self, line: u32);
}

/// Runs the text of an SQL file: each statement is an operation, and so is each transaction of the
/// text.
pub(super) fn run(executor: &mut impl Scripted, text: &str) -> Result<()> {
    let cut = sql::statements(text, executor.backend().kind());
    for part in parts(executor, cut)? {
        match part {
            Part::Statement(statement) => run_statement(executor, &statement)?,
            Part::Locked(statements) if executor.is_offline() => statements
                .iter()
                .try_for_each(|statement| run_statement(executor, statement))?,
            part => executor.own(&part)?,
        }
    }
    Ok(())
}

fn parts<'s>(executor: &mut impl Scripted, cut: Cut<'s>) -> Result<Vec<Part<'s>>> {
    let backend = executor.backend().kind();
    let parts = match (executor.mode(), executor.is_offline()) {
        (Mode::Autocommit, true) => {
            return Ok(cut.into_parts().into_iter().map(Part::Statement).collect());
        }
        (Mode::Autocommit, false) => sql::parts_without(cut, backend),
        (Mode::InTransaction, _) => sql::parts_within(cut, backend),
    };
    parts.map_err(|finding| {
        let line = finding.statement.line;
        executor.failed(
            "run its text",
            TransactionControl::from(finding).into(),
            line,
        )
    })
}

fn run_statement(executor: &mut impl Scripted, statement: &Statement<'_>) -> Result<()> {
    let sql = match executor.is_offline() {
        true => statement.commented,
        false => statement.sql,
    };
    executor.next_line(Some(statement.line));
    let applied = executor.apply(raw(sql));
    executor.next_line(None);
    applied.inspect_err(|_| executor.failed_in_line(statement.line))
}

/// SQL as an operation.
pub(super) fn raw(sql: impl Into<schema::Sql>) -> Operation {
    Operation::Execute {
        sql: sql.into(),
        undo: None,
    }
}

/// Refuses raw SQL that would end the transaction that it is run in, or, without one, a
/// transaction, savepoint or table lock that the text begins and does not end: as each statement is
/// recorded, those after it would not be part of it. Also refuses session state that a row in the
/// journal would overwrite.
pub(super) fn refuse_control(
    live: &Live<'_>,
    operation: &Operation,
    statements: &[String],
    mode: Mode,
) -> Result<(), OperationError> {
    if !is_raw(operation) {
        return Ok(());
    }
    let backend = live.backend();
    let next_id = |sql: &String| sql::sets_next_id(sql, backend);
    if let Some(finding) = statements.iter().find_map(next_id) {
        return Err(OperationError::Unsupported(Unsupported {
            backend,
            what: format!("keep what this leaves: {}", finding.what),
            help: finding.help.into(),
        }));
    }
    if mode.is_autocommit() {
        return statements.iter().try_for_each(|statement| {
            let cut = sql::statements(statement, backend);
            match sql::parts_without(cut, backend) {
                Ok(_) => Ok(()),
                Err(finding) => Err(TransactionControl {
                    line: None,
                    ..TransactionControl::from(finding)
                }
                .into()),
            }
        });
    }
    for statement in statements {
        if !live.context.single_transaction && !sql::may_control(statement, backend) {
            continue; // a long text need not be read
        }
        let refused = |fault, statement: &str| TransactionControl {
            fault,
            statement: statement.to_owned(),
            line: None,
        };
        let cut = sql::statements(statement, backend);
        if let Some(statement) = sql::controlling(&cut, backend) {
            return Err(refused(TransactionFault::Controls, statement).into());
        }
        let may_end = live.context.single_transaction && sql::may_end(&cut);
        let parts = sql::parts_within(cut, backend);
        if let Err(control) = parts.map_err(TransactionControl::from)
            && control.fault == TransactionFault::NotEnded
        {
            return Err(refused(control.fault, &control.statement).into());
        }
        if may_end {
            return Err(refused(TransactionFault::Uncertain, statement).into());
        }
    }
    Ok(())
}
