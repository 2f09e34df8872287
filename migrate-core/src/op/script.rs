//! The text of an SQL file, run statement by statement; the transactions that it begins and ends itself are kept whole.

use super::{Operations, sql};
use crate::Result;
use crate::error::{OperationError, TransactionControl, TransactionFault, Unsupported};
use crate::operation::Operation;
use crate::sql::{self as text, Cut, Part, Statement};

impl<'a> Operations<'a> {
    /// Runs the text of an SQL file, each statement as an operation of its own, and so each transaction of its own.
    pub(crate) fn run_script(&mut self, script: &str) -> Result<()> {
        let cut = text::statements(script, self.backend());
        for part in self.parts(&cut)? {
            match part {
                Part::Statement(statement) => self.run_statement(&statement)?,
                Part::Locked(statements) if self.is_offline() => statements
                    .iter()
                    .try_for_each(|statement| self.run_statement(statement))?,
                part => self.run_own(&part)?,
            }
        }
        Ok(())
    }

    fn parts<'s>(&mut self, cut: &Cut<'s>) -> Result<Vec<Part<'s>>> {
        let backend = self.backend();
        let parts = match (self.situation.outside, self.is_offline()) {
            (true, true) => return Ok(cut.parts().iter().copied().map(Part::Statement).collect()),
            (true, false) => text::parts_without(cut, backend),
            (false, _) => text::parts_within(cut, backend),
        };
        parts.map_err(|finding| {
            let line = finding.statement.line;
            let error = self.failed("run its text", TransactionControl::from(finding).into());
            self.failed_in_line(line);
            error
        })
    }

    fn run_statement(&mut self, statement: &Statement<'_>) -> Result<()> {
        let sql = match self.is_offline() {
            true => statement.commented,
            false => statement.sql,
        };
        self.execute(sql)
            .inspect_err(|_| self.failed_in_line(statement.line))
    }

    fn run_own(&mut self, part: &Part<'_>) -> Result<()> {
        let operation = super::Statement::from(sql(part.text())).into_operation();
        if !self.is_running() {
            return self.apply(operation);
        }
        self.refuse_to_go_on()?;
        self.leave_connection()?;
        let name = operation.describe();
        self.carry_out_own(&operation, &name, part)
            .map_err(|(error, line)| {
                let error = self.failed(&name, error);
                if let Some(line) = line {
                    self.failed_in_line(line);
                }
                error
            })
    }

    /// Refuses SQL as written that would end the transaction that it is run in, or, without one, a transaction, savepoint or lock on
    /// tables that the text begins and does not end: the statements after it would not be part of it, as each is recorded. So does what
    /// the row in the journal would take.
    pub(super) fn refuse_control(
        &self,
        operation: &Operation,
        statements: &[String],
    ) -> Result<(), OperationError> {
        let raw = matches!(operation, Operation::Execute { .. } | Operation::Custom(_));
        if !raw {
            return Ok(());
        }
        let backend = self.backend();
        let next_id = |sql: &String| text::sets_next_id(sql, backend);
        if let Some(finding) = statements.iter().find_map(next_id) {
            return Err(OperationError::Unsupported(Unsupported {
                backend,
                what: format!("keep what this leaves: {}", finding.what),
                help: finding.help.to_owned(),
            }));
        }
        if self.situation.outside {
            return statements.iter().try_for_each(|statement| {
                let cut = text::statements(statement, backend);
                match text::parts_without(&cut, backend) {
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
            let refused = |fault, statement: &str| TransactionControl {
                fault,
                statement: statement.to_owned(),
                line: None,
            };
            if let Some(statement) = text::controlling(statement, backend) {
                return Err(refused(TransactionFault::Controls, &statement).into());
            }
            let cut = text::statements(statement, backend);
            let parts = text::parts_within(&cut, backend);
            if let Err(control) = parts.map_err(TransactionControl::from)
                && control.fault == TransactionFault::NotEnded
            {
                return Err(refused(control.fault, &control.statement).into());
            }
            if self.situation.whole && text::may_end(&cut) {
                return Err(refused(TransactionFault::Uncertain, statement).into());
            }
        }
        Ok(())
    }
}
