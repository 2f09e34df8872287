//! SQL as its author wrote it, as far as its words say what it leaves in the catalogue. A name that such a statement makes
//! was free before it, and one that it drops was not: it would have failed otherwise.

mod reader;
mod statement;

use super::found::FoundConstraint;
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
        match self.told(sql.text(kind)) {
            // such as a name that is too long to be looked for
            Err(OperationError::Unsupported(_)) => Ok(unknown()),
            told => told,
        }
    }

    fn told(&mut self, text: &str) -> Answer {
        let catalogue = self.catalogue;
        let reader = Reader::new(text, catalogue.kind(), catalogue.kept());
        match statement::read(&reader, catalogue.commits_changes()) {
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
            Some(Statement::DropConcurrent { index }) => self.dropped_beside(&index),
            Some(Statement::Alter { table, traces }) => self.traces(&table, &traces),
            Some(Statement::Rename(pairs)) => {
                // a name that one table leaves and another takes is there before and afterwards
                let gone = pairs
                    .iter()
                    .map(|(from, _)| from)
                    .filter(|from| pairs.iter().all(|(_, to)| to != *from));
                let come = pairs
                    .iter()
                    .map(|(_, to)| to)
                    .filter(|to| pairs.iter().all(|(from, _)| from != *to));
                let mut told = Vec::new();
                for name in gone {
                    told.push(made(self.kinds(name)?.is_empty()));
                }
                for name in come {
                    told.push(made(!self.kinds(name)?.is_empty()));
                }
                Ok(match told.is_empty() {
                    true => unknown(),
                    false => together(told),
                })
            }
            None => Ok(unknown()),
        }
    }

    /// An index that is there, valid or not, is dropped by the same statement; but not another one of its name, which a bare name
    /// may mean once the first is gone.
    fn dropped_beside(&mut self, index: &ObjectName) -> Answer {
        let is_index = |kinds: Vec<String>| kinds.iter().any(|kind| kind == "index");
        if !is_index(self.kinds(index)?) {
            return Ok(Effect::There);
        }
        if index.schema.is_some() {
            return Ok(Effect::Absent);
        }
        let schema = self.text(self.catalogue.first_schema())?;
        let first = schema.map(|schema| ObjectName::qualified(schema, index.name.as_str()));
        Ok(match first {
            Some(first) if !is_index(self.kinds(&first)?) => unclear(format!(
                "an index `{}` is there, but not in the first schema of the search path",
                index.name
            )),
            _ => Effect::Absent,
        })
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
            true => Effect::Repeatable, // what is there may be what is to be replaced
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
            true if traces.iter().all(repeats) => Effect::Repeatable,
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
                match self.doubt(table, part, as_wanted)? {
                    Some(doubt) => Some(doubt),
                    None => (*sure || !as_wanted).then(|| made(as_wanted)),
                }
            }
            Trace::Renamed { part, from, to } => {
                let mut has = |name: &str| self.has(table, &Part::Named(*part, name.to_owned()));
                let (old, new) = (has(from)?, has(to)?);
                Some(renamed(part.told(), (from, old), (to, new)))
            }
            Trace::Moved(_) | Trace::Same | Trace::Unknown => None,
        })
    }

    /// Why the presence of a part says nothing, if it does not.
    fn doubt(
        &mut self,
        table: &ObjectName,
        part: &Part,
        as_wanted: bool,
    ) -> Result<Option<Effect>, OperationError> {
        let Part::Named(kind, name) = part else {
            return Ok(None);
        };
        let same = |other: &str| other.to_lowercase() == name.to_lowercase();
        Ok(match kind {
            // an index that a foreign key has made gives way to one of its name
            Kind::Index if as_wanted => {
                let mut found = self.constraints(table)?.into_iter();
                let made_one = |found: &FoundConstraint| {
                    found.kind == ConstraintKind::ForeignKey
                        && (same(&found.name)
                            || found.columns.first().is_some_and(|first| same(first)))
                };
                found.any(|found| made_one(&found)).then(|| {
                    unclear(format!(
                        "an index `{name}` may also be that of a foreign key of `{table}`"
                    ))
                })
            }
            // the check of a column may have its name
            Kind::Check if as_wanted && self.column(table, name)?.is_some() => Some(unclear(
                format!("a check `{name}` may also be that of the column"),
            )),
            // a key of each kind may have the name, and only one of them is dropped
            Kind::Constraint if !as_wanted => {
                let mut found = self.constraints(table)?.into_iter();
                let unique =
                    |kind| matches!(kind, ConstraintKind::Unique | ConstraintKind::PrimaryKey);
                found
                    .any(|found| same(&found.name) && unique(found.kind))
                    .then(|| {
                        unclear(format!(
                            "a key `{name}` is there, which may be another one of this name"
                        ))
                    })
            }
            _ => None,
        })
    }

    fn has(&mut self, table: &ObjectName, part: &Part) -> Result<bool, OperationError> {
        Ok(match part {
            Part::Named(Kind::Column, name) => self.column(table, name)?.is_some(),
            Part::Named(Kind::Index, name) => self.index(table, name)?.is_some(),
            Part::Named(kind, name) => {
                let found = self.constraints(table)?;
                let name = name.to_lowercase();
                found
                    .iter()
                    .any(|found| found.name.to_lowercase() == name && kind.is_of(found.kind))
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
            Kind::ForeignKey | Kind::Check | Kind::Constraint => "a constraint",
        }
    }

    fn is_of(self, kind: ConstraintKind) -> bool {
        match self {
            Kind::ForeignKey => kind == ConstraintKind::ForeignKey,
            Kind::Check => kind == ConstraintKind::Check,
            Kind::Constraint => true,
            Kind::Column | Kind::Index => false,
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
