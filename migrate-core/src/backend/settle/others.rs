//! What is not part of a table: views, sequences, types, domains, schemas, extensions.

use super::{Answer, Settle, compare, made, other, renamed, unclear};
use crate::backend::Effect;
use crate::error::OperationError;
use crate::operation::{
    DomainOperation, EnumPosition, EnumTypeOperation, ExtensionOperation, SchemaOperation,
    SequenceOperation, ViewOperation,
};
use crate::schema::Column;

impl Settle<'_> {
    pub(super) fn view(&mut self, operation: &ViewOperation) -> Answer {
        match operation {
            ViewOperation::Create {
                view,
                if_not_exists,
            } => {
                let name = &view.name;
                let wanted = view_kind(view.materialized);
                match self.kinds(name)?.as_slice() {
                    [] => return Ok(Effect::Absent),
                    _ if *if_not_exists => return Ok(Effect::There),
                    [kind] if kind == wanted => {}
                    kinds => return Ok(unclear(format!("`{name}` is a {}", kinds.join(", a ")))),
                }
                let columns: Vec<String> = self
                    .columns(name)?
                    .into_iter()
                    .map(|column| column.name)
                    .collect();
                Ok(match view.columns.is_empty() || view.columns == columns {
                    true => Effect::There,
                    false => unclear(format!(
                        "the view `{name}` is there, but its columns are `{}`",
                        columns.join("`, `")
                    )),
                })
            }
            // its query is not as it was written, and no likeness is a reason to leave out what can be run twice
            ViewOperation::Replace { .. } => Ok(Effect::Repeatable),
            ViewOperation::Rename { from, to, .. } => self.renamed_relation("a view", from, to),
            ViewOperation::Drop {
                name, materialized, ..
            } => {
                let kind = view_kind(*materialized);
                Ok(made(!self.kinds(name)?.iter().any(|found| found == kind)))
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
                    [] => return Ok(Effect::Absent),
                    _ if *if_not_exists => return Ok(Effect::There),
                    [kind] if kind == "sequence" => {}
                    kinds => return Ok(unclear(format!("`{name}` is a {}", kinds.join(", a ")))),
                }
                let Some(found) = self.found_sequence(name)? else {
                    return Ok(unclear(format!("`{name}` cannot be looked at")));
                };
                let differences = compare::sequence(&sequence.options, &found);
                Ok(match differences.is_empty() {
                    true => Effect::There,
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
                    return Ok(Effect::Absent);
                }
                Ok(match (restart, found.next) {
                    (None, _) => Effect::There,
                    (Some(wanted), Some(next)) if *wanted == next => Effect::There,
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

    pub(super) fn enum_type(&mut self, operation: &EnumTypeOperation) -> Answer {
        match operation {
            EnumTypeOperation::Create { enum_type } => {
                let listed = |values: Vec<String>| values.join("`, `");
                Ok(match self.enum_values(&enum_type.name)? {
                    None => Effect::Absent,
                    Some(found) if found == enum_type.values => Effect::There,
                    Some(found) => unclear(format!(
                        "the enum type `{}` is there, but its values are `{}`",
                        enum_type.name,
                        listed(found)
                    )),
                })
            }
            EnumTypeOperation::Drop { name, .. } => Ok(made(self.enum_values(name)?.is_none())),
            EnumTypeOperation::Rename { from, to } => {
                let old = self.enum_values(from)?.is_some();
                let new = self.enum_values(&from.sibling(to.as_str()))?.is_some();
                Ok(renamed("an enum type", (&from.to_string(), old), (to, new)))
            }
            EnumTypeOperation::AddValue {
                name,
                value,
                position,
                if_not_exists,
            } => {
                let found = self.enum_values(name)?.unwrap_or_default();
                let Some(at) = found.iter().position(|found| found == value) else {
                    return Ok(Effect::Absent);
                };
                let there = match position {
                    _ if *if_not_exists => true,
                    None => true,
                    Some(EnumPosition::Before(other)) => found.get(at + 1) == Some(other),
                    Some(EnumPosition::After(other)) => at > 0 && found[at - 1] == *other,
                };
                Ok(match there {
                    true => Effect::There,
                    false => unclear(format!(
                        "the value `{value}` is there, but the values of `{name}` are `{}`",
                        found.join("`, `")
                    )),
                })
            }
            EnumTypeOperation::RenameValue { name, from, to } => {
                let found = self.enum_values(name)?.unwrap_or_default();
                let (old, new) = (found.contains(from), found.contains(to));
                Ok(renamed("a value", (from, old), (to, new)))
            }
        }
    }

    pub(super) fn domain(&mut self, operation: &DomainOperation) -> Answer {
        match operation {
            DomainOperation::Create { domain } => {
                let Some(found) = self.text(self.catalogue.domain(&domain.name))? else {
                    return Ok(Effect::Absent);
                };
                let column = Column::new("value", domain.ty.clone());
                let wanted = self.catalogue.wanted(&column)?;
                Ok(match !wanted.sure_type || wanted.ty == found {
                    true => Effect::There,
                    false => unclear(format!(
                        "the domain `{}` is there, but of the type `{found}`",
                        domain.name
                    )),
                })
            }
            DomainOperation::Drop { name, .. } => {
                let found = self.text(self.catalogue.domain(name))?;
                Ok(made(found.is_none()))
            }
        }
    }

    pub(super) fn schema(&mut self, operation: &SchemaOperation) -> Answer {
        let mut has =
            |name: &str| Ok::<_, OperationError>(self.text(self.catalogue.schema(name))?.is_some());
        match operation {
            SchemaOperation::Create { name, .. } => Ok(made(has(name)?)),
            SchemaOperation::Drop { name, .. } => Ok(made(!has(name)?)),
            SchemaOperation::Rename { from, to } => {
                let (old, new) = (has(from)?, has(to)?);
                Ok(renamed("a schema", (from, old), (to, new)))
            }
        }
    }

    pub(super) fn extension(&mut self, operation: &ExtensionOperation) -> Answer {
        match operation {
            ExtensionOperation::Create {
                name,
                version,
                if_not_exists,
                ..
            } => {
                let Some(found) = self.text(self.catalogue.extension(name))? else {
                    return Ok(Effect::Absent);
                };
                Ok(match version {
                    Some(version) if *version != found && !if_not_exists => unclear(format!(
                        "the extension `{name}` is there, but of the version {found}"
                    )),
                    _ => Effect::There,
                })
            }
            ExtensionOperation::Drop { name, .. } => {
                let found = self.text(self.catalogue.extension(name))?;
                Ok(made(found.is_none()))
            }
        }
    }
}

fn view_kind(materialized: bool) -> &'static str {
    match materialized {
        true => "materialized view",
        false => "view",
    }
}
