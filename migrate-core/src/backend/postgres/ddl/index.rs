//! CREATE INDEX.

use super::super::quote::{identifier, object, parameters, sql};
use super::super::unsupported;
use super::{key, optional};
use crate::error::Unsupported;
use crate::schema::{Index, IndexKey, IndexPart, Nulls, Order};

pub(super) fn create(
    index: &Index,
    if_not_exists: bool,
    concurrently: bool,
) -> Result<String, Unsupported> {
    if index.parts.is_empty() {
        return Err(unsupported(
            "create an index over nothing",
            "name a column or an expression",
        ));
    }
    let parts: Vec<String> = index.parts.iter().map(part).collect::<Result<_, _>>()?;
    let method = match &index.method {
        Some(method) => format!(" USING {}", identifier(method)?),
        None => String::new(),
    };
    let storage = match index.parameters.is_empty() {
        true => String::new(),
        false => format!(" WITH {}", parameters(&index.parameters)?),
    };
    let filter = match &index.predicate {
        Some(predicate) => format!(" WHERE {}", sql(predicate)?),
        None => String::new(),
    };
    Ok(format!(
        "CREATE {}INDEX {}{}{} ON {}{method} ({}){}{}{storage}{filter}",
        optional(index.unique, "UNIQUE "),
        optional(concurrently, "CONCURRENTLY "),
        optional(if_not_exists, "IF NOT EXISTS "),
        identifier(&index.name)?,
        object(&index.table)?,
        parts.join(", "),
        key::including(&index.include)?,
        optional(index.nulls_not_distinct, " NULLS NOT DISTINCT"),
    ))
}

/// An element of an index or of an exclusion.
pub(super) fn part(part: &IndexPart) -> Result<String, Unsupported> {
    if part.prefix.is_some() {
        return Err(unsupported(
            "sort an index by the beginning of a column",
            "use an expression: `expression(\"left(title, 40)\")`",
        ));
    }
    let mut text = match &part.key {
        IndexKey::Column(column) => identifier(column)?,
        IndexKey::Expression(expression) => format!("({})", sql(expression)?),
    };
    if let Some(collation) = &part.collation {
        text.push_str(&format!(" COLLATE {}", identifier(collation)?));
    }
    if let Some(class) = &part.operator_class {
        text.push_str(&format!(" {}", identifier(class)?));
    }
    match part.order {
        Some(Order::Ascending) => text.push_str(" ASC"),
        Some(Order::Descending) => text.push_str(" DESC"),
        None => {}
    }
    match part.nulls {
        Some(Nulls::First) => text.push_str(" NULLS FIRST"),
        Some(Nulls::Last) => text.push_str(" NULLS LAST"),
        None => {}
    }
    Ok(text)
}
