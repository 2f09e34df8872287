//! Keys, checks and exclusions, in a table's definition, with a column, or added later.

use super::super::quote::{identifier, identifiers, object, sql};
use super::super::unsupported;
use super::{index, optional};
use crate::error::Unsupported;
use crate::schema::{
    Action, Check, Constraint, Deferrable, Exclude, ForeignKey, Match, PrimaryKey, Unique,
};

/// A constraint in the definition of a new table.
pub(super) fn definition(constraint: &Constraint) -> Result<String, Unsupported> {
    match is_not_valid(constraint) {
        true => Err(unsupported(
            format!(
                "create a table with a {} that is not valid: a new table has no rows to leave unchecked",
                constraint.kind()
            ),
            "leave out `.not_valid()`",
        )),
        false => added(constraint),
    }
}

/// A constraint that is added to a table.
pub(super) fn added(constraint: &Constraint) -> Result<String, Unsupported> {
    let body = match constraint {
        Constraint::PrimaryKey(key) => primary(key, &over(constraint, &key.columns)?)?,
        Constraint::Unique(key) => unique_over(key, &over(constraint, &key.columns)?)?,
        Constraint::Check(check) => expression(check)?,
        Constraint::ForeignKey(key) => format!(
            "FOREIGN KEY {} {}",
            over(constraint, &key.columns)?,
            references(key)?
        ),
        Constraint::Exclude(exclude) => excluding(exclude)?,
    };
    named(
        constraint,
        &format!("{body}{}", optional(is_not_valid(constraint), " NOT VALID")),
    )
}

/// A constraint in the definition of its only column; `None` if it must be separate.
pub(super) fn of_column(
    column: &str,
    constraint: &Constraint,
) -> Result<Option<String>, Unsupported> {
    if is_not_valid(constraint) {
        return Ok(None);
    }
    let alone = constraint.columns() == [column];
    let body = match constraint {
        Constraint::PrimaryKey(key) if alone => primary(key, "")?,
        Constraint::Unique(key) if alone => unique_over(key, "")?,
        Constraint::ForeignKey(key) if alone => references(key)?,
        Constraint::Check(check) if check.column.as_deref() == Some(column) => expression(check)?,
        _ => return Ok(None),
    };
    named(constraint, &body).map(Some)
}

fn is_not_valid(constraint: &Constraint) -> bool {
    match constraint {
        Constraint::Check(check) => check.not_valid,
        Constraint::ForeignKey(key) => key.not_valid,
        _ => false,
    }
}

fn named(constraint: &Constraint, body: &str) -> Result<String, Unsupported> {
    match constraint.name() {
        Some(name) => Ok(format!("CONSTRAINT {} {body}", identifier(name)?)),
        None => Ok(body.to_owned()),
    }
}

fn over(constraint: &Constraint, columns: &[String]) -> Result<String, Unsupported> {
    match columns.is_empty() {
        true => Err(unsupported(
            format!("make a {} over no column", constraint.kind()),
            "name its columns",
        )),
        false => identifiers(columns),
    }
}

fn primary(key: &PrimaryKey, columns: &str) -> Result<String, Unsupported> {
    Ok(format!(
        "PRIMARY KEY{}{}{}",
        spaced(columns),
        including(&key.include)?,
        waiting(key.deferrable)
    ))
}

fn unique_over(key: &Unique, columns: &str) -> Result<String, Unsupported> {
    Ok(format!(
        "UNIQUE{}{}{}{}",
        optional(key.nulls_not_distinct, " NULLS NOT DISTINCT"),
        spaced(columns),
        including(&key.include)?,
        waiting(key.deferrable)
    ))
}

fn spaced(columns: &str) -> String {
    match columns.is_empty() {
        true => String::new(),
        false => format!(" {columns}"),
    }
}

pub(super) fn including(columns: &[String]) -> Result<String, Unsupported> {
    match columns.is_empty() {
        true => Ok(String::new()),
        false => Ok(format!(" INCLUDE {}", identifiers(columns)?)),
    }
}

fn expression(check: &Check) -> Result<String, Unsupported> {
    Ok(format!(
        "CHECK ({}){}",
        sql(&check.expression)?,
        optional(check.no_inherit, " NO INHERIT")
    ))
}

fn references(key: &ForeignKey) -> Result<String, Unsupported> {
    let mut text = format!("REFERENCES {}", object(&key.table)?);
    if !key.referred.is_empty() {
        text.push_str(&format!(" {}", identifiers(&key.referred)?));
    }
    match key.match_type {
        Some(Match::Simple) => text.push_str(" MATCH SIMPLE"),
        Some(Match::Full) => text.push_str(" MATCH FULL"),
        Some(Match::Partial) => {
            return Err(unsupported(
                "match a foreign key by parts: MATCH PARTIAL",
                "use MATCH SIMPLE or MATCH FULL",
            ));
        }
        None => {}
    }
    if let Some(action) = key.on_delete {
        text.push_str(&format!(" ON DELETE {}", words(action)));
    }
    if let Some(action) = key.on_update {
        text.push_str(&format!(" ON UPDATE {}", words(action)));
    }
    text.push_str(waiting(key.deferrable));
    Ok(text)
}

fn excluding(exclude: &Exclude) -> Result<String, Unsupported> {
    if exclude.parts.is_empty() {
        return Err(unsupported(
            "exclude rows that are alike in nothing",
            "name a column or an expression, and an operator",
        ));
    }
    let parts: Vec<String> = exclude
        .parts
        .iter()
        .map(|(part, with)| Ok(format!("{} WITH {}", index::part(part)?, operator(with)?)))
        .collect::<Result<_, Unsupported>>()?;
    let method = match &exclude.method {
        Some(method) => format!(" USING {}", identifier(method)?),
        None => String::new(),
    };
    let filter = match &exclude.predicate {
        Some(predicate) => format!(" WHERE ({})", sql(predicate)?),
        None => String::new(),
    };
    Ok(format!(
        "EXCLUDE{method} ({}){filter}{}",
        parts.join(", "),
        waiting(exclude.deferrable)
    ))
}

/// An operator, which consists of a few characters only and is never quoted.
fn operator(text: &str) -> Result<&str, Unsupported> {
    let known = |character| "+-*/<>=~!@#%^&|`?".contains(character);
    match !text.is_empty() && text.chars().all(known) {
        true => Ok(text),
        false => Err(unsupported(
            format!("compare by {text:?}, which is no operator"),
            "use an operator such as `=` or `&&`",
        )),
    }
}

fn waiting(deferrable: Option<Deferrable>) -> &'static str {
    match deferrable {
        Some(Deferrable::InitiallyImmediate) => " DEFERRABLE INITIALLY IMMEDIATE",
        Some(Deferrable::InitiallyDeferred) => " DEFERRABLE INITIALLY DEFERRED",
        None => "",
    }
}

fn words(action: Action) -> &'static str {
    match action {
        Action::NoAction => "NO ACTION",
        Action::Restrict => "RESTRICT",
        Action::Cascade => "CASCADE",
        Action::SetNull => "SET NULL",
        Action::SetDefault => "SET DEFAULT",
    }
}
