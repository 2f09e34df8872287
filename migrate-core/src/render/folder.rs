//! The text of an SQL folder's files, for one kind of database.

use std::fmt;

use super::Step;
use super::file::is_harmless;
use crate::backend::Backend;
use crate::error::Unsupported;
use crate::operation::{Operation, goes_along};
use crate::script;
use crate::sql::Dialect;

/// The files of an SQL folder.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SqlFolder {
    /// `up.sql`.
    pub up: String,
    /// `down.sql`.
    pub down: String,
    /// Whether it can run in a transaction, where the database has them.
    pub transaction: bool,
}

impl SqlFolder {
    /// The files for operations, and for what reverts them when that is known better than from the
    /// operations themselves.
    ///
    /// # Errors
    ///
    /// For an operation whose statements depend on the tables that are there (SQLite's rebuilds),
    /// or that the database does not support.
    pub fn new(
        steps: &[Step],
        reverts: Option<&[Step]>,
        backend: &dyn Backend,
    ) -> Result<SqlFolder, Unsupported> {
        let mut up = Writer::new(backend);
        steps.iter().try_for_each(|step| up.step(step))?;
        let mut down = Writer::new(backend);
        match reverts {
            Some(reverts) => reverts.iter().try_for_each(|step| down.step(step))?,
            None => down.reverses(steps)?,
        }
        Ok(SqlFolder {
            transaction: up.transaction && down.transaction,
            up: up.text,
            down: down.text,
        })
    }
}

struct Writer<'b> {
    backend: &'b dyn Backend,
    text: String,
    transaction: bool,
}

impl Writer<'_> {
    fn new(backend: &dyn Backend) -> Writer<'_> {
        Writer {
            backend,
            text: String::new(),
            transaction: true,
        }
    }

    fn step(&mut self, step: &Step) -> Result<(), Unsupported> {
        self.apart();
        step.notes.iter().for_each(|note| self.comment(note));
        self.operation(&step.operation)
    }

    fn reverses(&mut self, steps: &[Step]) -> Result<(), Unsupported> {
        for (at, step) in steps.iter().enumerate().rev() {
            let before = steps[..at].iter().map(|step| &step.operation);
            match step.operation.reverse() {
                Ok(reverse) => {
                    self.apart();
                    match self.backend.can(&reverse) {
                        Ok(()) => self.operation(&reverse)?,
                        Err(refused) => self.comment(&format!("Not reverted: {refused}")),
                    }
                }
                Err(_) if goes_along(&step.operation, before) => {}
                Err(missing) => {
                    self.apart();
                    self.comment(&format!("Not reverted: {missing}"));
                }
            }
        }
        Ok(())
    }

    /// What is of several lines is set apart from what is before it.
    fn apart(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    fn operation(&mut self, operation: &Operation) -> Result<(), Unsupported> {
        self.transaction &= self.backend.inside_transaction(operation).is_ok();
        let dialect = Dialect::of(self.backend.kind());
        for statement in self.backend.ddl(operation)? {
            self.text += &Ended(&statement, dialect).to_string();
        }
        Ok(())
    }

    fn comment(&mut self, note: &str) {
        for line in note.split(['\n', '\r']) {
            let line: String = line.chars().filter(|sign| is_harmless(*sign)).collect();
            self.text += &format!("-- {}\n", line.trim());
        }
    }
}

/// A statement with what ends it.
struct Ended<'s>(&'s str, &'static Dialect);

impl fmt::Display for Ended<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        script::statement(f, self.0, self.1)
    }
}
