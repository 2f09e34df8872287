//! Types that are created under a name: enum types and domains.

use super::super::quote::{identifier, object, sql, text};
use super::super::types;
use super::{column, drop, optional, rename};
use crate::error::Unsupported;
use crate::operation::{DomainOperation, EnumPosition, EnumTypeOperation};
use crate::schema::Domain;

pub(super) fn of_enum(operation: &EnumTypeOperation) -> Result<String, Unsupported> {
    match operation {
        EnumTypeOperation::Create { enum_type } => {
            let values: Vec<String> = enum_type
                .values
                .iter()
                .map(|value| text(value))
                .collect::<Result<_, _>>()?;
            Ok(format!(
                "CREATE TYPE {} AS ENUM ({})",
                object(&enum_type.name)?,
                values.join(", ")
            ))
        }
        EnumTypeOperation::Drop {
            name, if_exists, ..
        } => Ok(drop("TYPE", *if_exists, &object(name)?)),
        EnumTypeOperation::Rename { from, to } => rename("TYPE", from, to),
        EnumTypeOperation::AddValue {
            name,
            value,
            position,
            if_not_exists,
        } => {
            let place = match position {
                Some(EnumPosition::Before(other)) => format!(" BEFORE {}", text(other)?),
                Some(EnumPosition::After(other)) => format!(" AFTER {}", text(other)?),
                None => String::new(),
            };
            Ok(format!(
                "ALTER TYPE {} ADD VALUE {}{}{place}",
                object(name)?,
                optional(*if_not_exists, "IF NOT EXISTS "),
                text(value)?
            ))
        }
        EnumTypeOperation::RenameValue { name, from, to } => Ok(format!(
            "ALTER TYPE {} RENAME VALUE {} TO {}",
            object(name)?,
            text(from)?,
            text(to)?
        )),
    }
}

pub(super) fn of_domain(operation: &DomainOperation) -> Result<String, Unsupported> {
    match operation {
        DomainOperation::Create { domain } => create(domain),
        DomainOperation::Drop {
            name, if_exists, ..
        } => Ok(drop("DOMAIN", *if_exists, &object(name)?)),
    }
}

fn create(domain: &Domain) -> Result<String, Unsupported> {
    let mut statement = format!(
        "CREATE DOMAIN {} AS {}",
        object(&domain.name)?,
        types::declared(&domain.ty)?
    );
    if let Some(collation) = &domain.collation {
        statement.push_str(&format!(" COLLATE {}", identifier(collation)?));
    }
    if let Some(default) = &domain.default {
        statement.push_str(&format!(" DEFAULT {}", column::default_value(default)?));
    }
    if !domain.nullable {
        statement.push_str(" NOT NULL");
    }
    for check in &domain.checks {
        if let Some(name) = &check.name {
            statement.push_str(&format!(" CONSTRAINT {}", identifier(name)?));
        }
        statement.push_str(&format!(" CHECK ({})", sql(&check.expression)?));
    }
    Ok(statement)
}
