//! Objects other than tables: views, sequences, schemas.

use super::compare;
use super::probe::{Answer, SchemaProbe, made, other, renamed, unclear};
use crate::backend::ProbeResult;
use crate::error::OperationError;
use crate::operation::{SchemaOperation, SequenceOperation, ViewOperation};

impl SchemaProbe<'_> {
    pub(super) fn view(&mut self, operation: &ViewOperation) -> Answer {
        match operation {
            ViewOperation::Create {
                view,
                if_not_exists,
            } => {
                let name = &view.name;
                match self.kinds(name)?.as_slice() {
                    [] => return Ok(ProbeResult::Absent),
                    _ if *if_not_exists => return Ok(ProbeResult::There),
                    [kind] if kind == "view" => {}
                    kinds => return Ok(unclear(format!("`{name}` is a {}", kinds.join(", a ")))),
                }
                let columns: Vec<String> = self
                    .columns(name)?
                    .into_iter()
                    .map(|column| column.name)
                    .collect();
                Ok(match view.columns.is_empty() || view.columns == columns {
                    true => ProbeResult::There,
                    false => unclear(format!(
                        "the view `{name}` is there, but its columns are `{}`",
                        columns.join("`, `")
                    )),
                })
            }
            // the server rewrites the query, and a statement that can be repeated is never skipped
            // for a resemblance
            ViewOperation::Replace { .. } => Ok(ProbeResult::Repeatable),
            ViewOperation::Rename { from, to, .. } => self.renamed_relation("a view", from, to),
            ViewOperation::Drop { name, .. } => {
                Ok(made(!self.kinds(name)?.contains(&"view".to_owned())))
            }
        }
    }

    pub(super) fn sequence(&mut self, operation: &SequenceOperation) -> Answer {
        match operation {
            SequenceOperation::Create {
                sequence,
                if_not_exists,
            } => {
                let name = &sequence.name;
                match self.kinds(name)?.as_slice() {
                    [] => return Ok(ProbeResult::Absent),
                    _ if *if_not_exists => return Ok(ProbeResult::There),
                    [kind] if kind == "sequence" => {}
                    kinds => return Ok(unclear(format!("`{name}` is a {}", kinds.join(", a ")))),
                }
                let Some(found) = self.found_sequence(name)? else {
                    return Ok(unclear(format!("`{name}` cannot be looked at")));
                };
                let differences = compare::sequence(&sequence.options, &found);
                Ok(match differences.is_empty() {
                    true => ProbeResult::There,
                    false => other("the sequence", name, &differences),
                })
            }
            SequenceOperation::Alter {
                name,
                options,
                restart,
                ..
            } => {
                let Some(found) = self.found_sequence(name)? else {
                    return Ok(unclear(format!("there is no sequence `{name}`")));
                };
                if !compare::sequence(options, &found).is_empty() {
                    return Ok(ProbeResult::Absent);
                }
                Ok(match (restart, found.next) {
                    (None, _) => ProbeResult::There,
                    (Some(wanted), Some(next)) if *wanted == next => ProbeResult::There,
                    (Some(_), next) => unclear(format!(
                        "the next number of `{name}` is {}",
                        next.map_or_else(|| "not known".to_owned(), |next| next.to_string())
                    )),
                })
            }
            SequenceOperation::Rename { from, to } => self.renamed_relation("a sequence", from, to),
            SequenceOperation::Drop { name, .. } => {
                Ok(made(!self.kinds(name)?.contains(&"sequence".to_owned())))
            }
        }
    }

    pub(super) fn schema(&mut self, operation: &SchemaOperation) -> Answer {
        let mut has =
            |name: &str| Ok::<_, OperationError>(self.text(self.queries.schema(name))?.is_some());
        match operation {
            SchemaOperation::Create { name, .. } => Ok(made(has(name)?)),
            SchemaOperation::Drop { name, .. } => Ok(made(!has(name)?)),
            SchemaOperation::Rename { from, to } => {
                let (old, new) = (has(from)?, has(to)?);
                Ok(renamed("a schema", (from, old), (to, new)))
            }
        }
    }
}
