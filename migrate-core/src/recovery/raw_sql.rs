//! Raw SQL, as far as its text shows what it leaves in the catalogue. A name that such a statement
//! creates was free before it, and one that it drops was not: otherwise it would have failed.

use super::probe::{Answer, SchemaProbe, made, renamed, unclear, unknown};
use crate::backend::FoundConstraint;
use crate::backend::ProbeResult;
use crate::error::OperationError;
use crate::schema::{ConstraintKind, ObjectName, Sql};
use crate::sql::{PartKind, SchemaChange, TableChange, TablePart, schema_change};

impl SchemaProbe<'_> {
    pub(super) fn executed(&mut self, sql: &Sql) -> Answer {
        let kind = self.session.backend().kind();
        match schema_change(sql.text(kind), kind) {
            Some(SchemaChange::Object {
                creates,
                replaces,
                kind,
                name,
            }) => self.object(creates, replaces, &kind, &name),
            Some(SchemaChange::AlterTable { table, changes }) => self.changes(&table, &changes),
            Some(SchemaChange::RenameTables(pairs)) => {
                // a name that is free by one rename and taken by another exists before and
                // afterwards
                let gone = pairs
                    .iter()
                    .map(|(from, _)| from)
                    .filter(|from| pairs.iter().all(|(_, to)| to != *from));
                let come = pairs
                    .iter()
                    .map(|(_, to)| to)
                    .filter(|to| pairs.iter().all(|(from, _)| from != *to));
                let mut results = Vec::new();
                for name in gone {
                    results.push(made(self.kinds(name)?.is_empty()));
                }
                for name in come {
                    results.push(made(!self.kinds(name)?.is_empty()));
                }
                Ok(match results.is_empty() {
                    true => unknown(),
                    false => together(results),
                })
            }
            // no index is created concurrently where a change of the schema commits by itself
            Some(
                SchemaChange::CreateIndexConcurrently { .. }
                | SchemaChange::DropIndexConcurrently { .. },
            )
            | None => Ok(unknown()),
        }
    }

    fn object(&mut self, creates: bool, replaces: bool, kind: &str, name: &ObjectName) -> Answer {
        let there = match kind {
            "table" | "view" => self.kinds(name)?.iter().any(|found| found == kind),
            _ => match self.queries.routine(kind, name) {
                Some(query) => self.text(query)?.is_some(),
                None => return Ok(unknown()),
            },
        };
        Ok(match replaces && creates && there {
            true => ProbeResult::Repeatable, // it may be the object to be replaced
            false => made(creates == there),
        })
    }

    /// The result for all parts of a change of a table: a server makes the change as a whole or not
    /// at all.
    fn changes(&mut self, table: &ObjectName, changes: &[TableChange]) -> Answer {
        let moved = changes.iter().find_map(|change| match change {
            TableChange::RenamedTable(to) => Some(to),
            _ => None,
        });
        if let Some(to) = moved {
            // it determines under which of its names the table has its other parts
            let to = match &to.schema {
                None => table.sibling(&to.name),
                Some(_) => to.clone(),
            };
            return self.moved(table, &to);
        }
        let mut results = Vec::new();
        for change in changes {
            results.extend(self.change(table, change)?);
        }
        let repeats = |change: &TableChange| !matches!(change, TableChange::Unknown);
        Ok(match results.is_empty() {
            false => together(results),
            true if changes.iter().all(repeats) => ProbeResult::Repeatable,
            true => unknown(),
        })
    }

    /// The result for one part, if it shows anything.
    fn change(
        &mut self,
        table: &ObjectName,
        change: &TableChange,
    ) -> Result<Option<ProbeResult>, OperationError> {
        Ok(match change {
            TableChange::Part {
                part,
                present,
                certain,
            } => {
                let as_wanted = self.has(table, part)? == *present;
                match self.doubt(table, part, as_wanted)? {
                    Some(doubt) => Some(doubt),
                    None => (*certain || !as_wanted).then(|| made(as_wanted)),
                }
            }
            TableChange::Renamed { part, from, to } => {
                let mut has =
                    |name: &str| self.has(table, &TablePart::Named(*part, name.to_owned()));
                let (old, new) = (has(from)?, has(to)?);
                Some(renamed(name_of(*part), (from, old), (to, new)))
            }
            TableChange::RenamedTable(_) | TableChange::Repeatable | TableChange::Unknown => None,
        })
    }

    /// Why the presence of a part proves nothing, if it does not.
    fn doubt(
        &mut self,
        table: &ObjectName,
        part: &TablePart,
        as_wanted: bool,
    ) -> Result<Option<ProbeResult>, OperationError> {
        let TablePart::Named(kind, name) = part else {
            return Ok(None);
        };
        let same = |other: &str| other.to_lowercase() == name.to_lowercase();
        Ok(match kind {
            // an index that a foreign key has created is replaced by one of the same name
            PartKind::Index if as_wanted => {
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
            PartKind::Check if as_wanted && self.column(table, name)?.is_some() => Some(unclear(
                format!("a check `{name}` may also be that of the column"),
            )),
            // a key of each kind may have the name, and only one of them is dropped
            PartKind::Constraint if !as_wanted => {
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

    fn has(&mut self, table: &ObjectName, part: &TablePart) -> Result<bool, OperationError> {
        Ok(match part {
            TablePart::Named(PartKind::Column, name) => self.column(table, name)?.is_some(),
            TablePart::Named(PartKind::Index, name) => self.index(table, name)?.is_some(),
            TablePart::Named(kind, name) => {
                let found = self.constraints(table)?;
                let name = name.to_lowercase();
                found
                    .iter()
                    .any(|found| found.name.to_lowercase() == name && is_of(*kind, found.kind))
            }
            TablePart::PrimaryKey => {
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

fn name_of(part: PartKind) -> &'static str {
    match part {
        PartKind::Column => "a column",
        PartKind::Index => "an index",
        PartKind::ForeignKey | PartKind::Check | PartKind::Constraint => "a constraint",
    }
}

/// Whether a constraint of this kind may be the part.
fn is_of(part: PartKind, kind: ConstraintKind) -> bool {
    match part {
        PartKind::ForeignKey => kind == ConstraintKind::ForeignKey,
        PartKind::Check => kind == ConstraintKind::Check,
        PartKind::Constraint => true,
        PartKind::Column | PartKind::Index => false,
    }
}

/// The result for the parts of one statement, of which there is at least one.
fn together(results: Vec<ProbeResult>) -> ProbeResult {
    let all = |effect: &ProbeResult| results.iter().all(|result| result == effect);
    if all(&ProbeResult::There) {
        return ProbeResult::There;
    }
    if all(&ProbeResult::Absent) {
        return ProbeResult::Absent;
    }
    let doubt = results
        .into_iter()
        .find(|effect| matches!(effect, ProbeResult::Unclear { .. }));
    doubt.unwrap_or_else(|| {
        unclear("it is raw SQL, of which one part took effect and another did not")
    })
}
