//! SQL as its author wrote it, as far as its words say what it leaves in the catalogue. A name that such a statement makes
//! was free before it, and one that it drops was not: it would have failed otherwise.

mod reader;
mod statement;

use super::{Answer, Settle, made, renamed, unclear};
use crate::backend::Effect;
use crate::error::OperationError;
use crate::schema::{ConstraintKind, ObjectName, Sql};
use reader::Reader;
use statement::{Kind, Part, Statement, Trace};

impl Settle<'_> {
    pub(super) fn executed(&mut self, sql: &Sql) -> Answer {
        let kind = self.catalogue.kind();
        if !sql.is_for(kind) {
            return Ok(Effect::There); // there is nothing to do
        }
        let reader = Reader::new(sql.text(kind), kind, self.catalogue.kept());
        match statement::read(&reader) {
            Some(Statement::Thing {
                creates,
                again,
                kind,
                name,
            }) => self.thing(creates, again, &kind, &name),
            Some(Statement::Concurrent { index, table }) => {
                Ok(match self.index(&table, &index)? {
                    None => Effect::Absent,
                    Some(found) if found.valid => Effect::There,
                    Some(_) => Effect::Broken {
                        undo: self.catalogue.without_index(&table.sibling(&index))?,
                    },
                })
            }
            // one that is there, valid or not, is dropped by the same statement
            Some(Statement::DropConcurrent { index }) => {
                Ok(made(self.index(&index, &index.name)?.is_none()))
            }
            Some(Statement::Alter { table, traces }) => self.traces(&table, &traces),
            Some(Statement::Rename(pairs)) => {
                let mut told = Vec::new();
                for (from, to) in &pairs {
                    told.push(self.moved(from, to)?);
                }
                Ok(together(told))
            }
            None => Ok(unknown()),
        }
    }

    fn thing(&mut self, creates: bool, again: bool, kind: &str, name: &ObjectName) -> Answer {
        let there = match kind {
            "table" | "view" => self.kinds(name)?.iter().any(|found| found == kind),
            _ => match self.catalogue.routine(kind, name) {
                Some(query) => self.text(Some(query))?.is_some(),
                None => return Ok(unknown()),
            },
        };
        Ok(match again && creates && there {
            true => Effect::Absent, // what is there may be what is to be replaced
            false => made(creates == there),
        })
    }

    /// What the parts of a change of a table say together: a server makes it whole or not at all.
    fn traces(&mut self, table: &ObjectName, traces: &[Trace]) -> Answer {
        let moved = traces.iter().find_map(|trace| match trace {
            Trace::Moved(to) => Some(to),
            _ => None,
        });
        if let Some(to) = moved {
            // under which of its names the table has its other parts depends on it
            let to = match &to.schema {
                None => table.sibling(&to.name),
                Some(_) => to.clone(),
            };
            return self.moved(table, &to);
        }
        let mut told = Vec::new();
        for trace in traces {
            told.extend(self.trace(table, trace)?);
        }
        let repeats = |trace: &Trace| !matches!(trace, Trace::Unknown);
        Ok(match told.is_empty() {
            false => together(told),
            true if traces.iter().all(repeats) => Effect::Absent, // it may be run twice
            true => unknown(),
        })
    }

    /// What one part says, if it says anything.
    fn trace(
        &mut self,
        table: &ObjectName,
        trace: &Trace,
    ) -> Result<Option<Effect>, OperationError> {
        Ok(match trace {
            Trace::Part { part, there, sure } => {
                let as_wanted = self.has(table, part)? == *there;
                (*sure || !as_wanted).then(|| made(as_wanted))
            }
            Trace::Renamed { part, from, to } => {
                let mut has = |name: &str| self.has(table, &Part::Named(*part, name.to_owned()));
                let (old, new) = (has(from)?, has(to)?);
                Some(renamed(part.told(), (from, old), (to, new)))
            }
            Trace::Moved(_) | Trace::Same | Trace::Unknown => None,
        })
    }

    fn has(&mut self, table: &ObjectName, part: &Part) -> Result<bool, OperationError> {
        Ok(match part {
            Part::Named(Kind::Column, name) => self.column(table, name)?.is_some(),
            Part::Named(Kind::Index, name) => self.index(table, name)?.is_some(),
            Part::Named(Kind::Constraint, name) => {
                let found = self.constraints(table)?;
                let name = name.to_lowercase();
                found.iter().any(|found| found.name.to_lowercase() == name)
            }
            Part::PrimaryKey => {
                let found = self.constraints(table)?;
                found
                    .iter()
                    .any(|found| found.kind == ConstraintKind::PrimaryKey)
            }
        })
    }

    fn moved(&mut self, from: &ObjectName, to: &ObjectName) -> Answer {
        let (old, new) = (!self.kinds(from)?.is_empty(), !self.kinds(to)?.is_empty());
        Ok(renamed(
            "a table",
            (&from.to_string(), old),
            (&to.to_string(), new),
        ))
    }
}

impl Kind {
    fn told(self) -> &'static str {
        match self {
            Kind::Column => "a column",
            Kind::Index => "an index",
            Kind::Constraint => "a constraint",
        }
    }
}

fn unknown() -> Effect {
    unclear("it is SQL as written: what it leaves is not known")
}

/// What is told of the parts of one statement, of which there is at least one.
fn together(told: Vec<Effect>) -> Effect {
    let all = |effect: &Effect| told.iter().all(|told| told == effect);
    if all(&Effect::There) {
        return Effect::There;
    }
    if all(&Effect::Absent) {
        return Effect::Absent;
    }
    let doubt = told
        .into_iter()
        .find(|effect| matches!(effect, Effect::Unclear { .. }));
    doubt.unwrap_or_else(|| {
        unclear("it is SQL as written, and one part of what it says is there, and another is not")
    })
}
