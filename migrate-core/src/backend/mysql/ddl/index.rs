//! CREATE INDEX and DROP INDEX.

use super::super::Dialect;
use super::super::quote::{identifier, object, sql};
use super::only_mariadb;
use crate::error::Unsupported;
use crate::schema::{Index, IndexKey, IndexPart, ObjectName, Order};

/// Makes the server refuse what it cannot do while rows are written.
const WHILE_WRITTEN: &str = " LOCK = NONE";

pub(super) fn create(
    dialect: Dialect,
    index: &Index,
    if_not_exists: bool,
    concurrently: bool,
) -> Result<String, Unsupported> {
    refuse(dialect, index)?;
    let exists = only_mariadb(dialect, if_not_exists, "IF NOT EXISTS ", || {
        format!("create the index `{}`", index.name)
    })?;
    let (kind, method) = kind(dialect, index)?;
    let parts: Vec<String> = index
        .parts
        .iter()
        .map(|key| part(dialect, index, key))
        .collect::<Result<_, _>>()?;
    Ok(format!(
        "CREATE {kind}INDEX {exists}{}{method} ON {} ({}){}",
        identifier(dialect, &index.name)?,
        object(dialect, &index.table)?,
        parts.join(", "),
        if concurrently { WHILE_WRITTEN } else { "" }
    ))
}

pub(super) fn drop(
    dialect: Dialect,
    table: &ObjectName,
    name: &str,
    if_exists: bool,
    concurrently: bool,
) -> Result<String, Unsupported> {
    let exists = only_mariadb(dialect, if_exists, "IF EXISTS ", || {
        format!("drop the index `{name}`")
    })?;
    if concurrently && dialect == Dialect::Mariadb {
        return Ok(format!(
            "ALTER TABLE {} DROP INDEX {exists}{},{WHILE_WRITTEN}",
            object(dialect, table)?,
            identifier(dialect, name)?
        ));
    }
    Ok(format!(
        "DROP INDEX {exists}{} ON {}{}",
        identifier(dialect, name)?,
        object(dialect, table)?,
        if concurrently { WHILE_WRITTEN } else { "" }
    ))
}

/// The words before INDEX, and after the index's name.
fn kind(dialect: Dialect, index: &Index) -> Result<(&'static str, &'static str), Unsupported> {
    let method = index.method.as_deref().map(str::to_ascii_lowercase);
    let unique = if index.unique { "UNIQUE " } else { "" };
    match method.as_deref() {
        None => Ok((unique, "")),
        Some("btree") => Ok((unique, " USING BTREE")),
        Some("hash") => Ok((unique, " USING HASH")),
        Some("rtree") => Ok((unique, " USING RTREE")),
        Some("fulltext") if !index.unique => Ok(("FULLTEXT ", "")),
        Some("spatial") if !index.unique => Ok(("SPATIAL ", "")),
        Some(method) => Err(dialect.unsupported(
            format!("organise the index `{}` as `{unique}{method}`", index.name),
            "use `btree`, `hash`, `fulltext` or `spatial`",
        )),
    }
}

fn part(dialect: Dialect, index: &Index, part: &IndexPart) -> Result<String, Unsupported> {
    let mut text = match &part.key {
        IndexKey::Column(column) => identifier(dialect, column)?,
        IndexKey::Expression(_) if dialect == Dialect::Mariadb => {
            return Err(dialect.unsupported(
                format!("sort the index `{}` by an expression", index.name),
                "add a column with `.generated(…)`, and index that",
            ));
        }
        IndexKey::Expression(expression) => format!("({})", sql(dialect, expression)?),
    };
    if let Some(length) = part.prefix {
        text.push_str(&format!("({length})"));
    }
    match part.order {
        Some(Order::Ascending) => text.push_str(" ASC"),
        Some(Order::Descending) => text.push_str(" DESC"),
        None => {}
    }
    Ok(text)
}

fn refuse(dialect: Dialect, index: &Index) -> Result<(), Unsupported> {
    let name = &index.name;
    if index.parts.is_empty() {
        return Err(dialect.unsupported(
            format!("create the index `{name}` over nothing"),
            "name a column",
        ));
    }
    if index.predicate.is_some() {
        return Err(dialect.unsupported(
            format!("create the index `{name}` over some rows only"),
            "leave out the filter, or index a column that is NULL for the other rows",
        ));
    }
    if !index.include.is_empty() || !index.parameters.is_empty() || index.nulls_not_distinct {
        return Err(dialect.lacks(format!(
            "create the index `{name}` with `INCLUDE`, storage parameters or `NULLS NOT DISTINCT`"
        )));
    }
    let odd = |part: &IndexPart| {
        part.nulls.is_some() || part.operator_class.is_some() || part.collation.is_some()
    };
    match index.parts.iter().any(odd) {
        true => Err(dialect.lacks(format!(
            "create the index `{name}` with an order of NULL, an operator class or a collation of its own"
        ))),
        false => Ok(()),
    }
}
