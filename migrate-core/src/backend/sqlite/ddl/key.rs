//! Keys and checks, written with their column or after the columns.

use super::super::quote::{identifier, identifiers, sql};
use super::super::unsupported;
use super::foreign;
use crate::error::Unsupported;
use crate::schema::{Action, Check, Constraint, Deferrable, ForeignKey};

/// A constraint in the definition of its only column.
pub(super) fn of_column(constraint: &Constraint, numbered: bool) -> Result<String, Unsupported> {
    foreign::constraint(constraint)?;
    let body = match constraint {
        Constraint::PrimaryKey(_) if numbered => "PRIMARY KEY AUTOINCREMENT".to_owned(),
        Constraint::PrimaryKey(_) => "PRIMARY KEY".to_owned(),
        Constraint::Unique(_) => "UNIQUE".to_owned(),
        Constraint::Check(check) => expression(check)?,
        Constraint::ForeignKey(key) => references(key)?,
        Constraint::Exclude(_) => return Ok(String::new()), // refused above
    };
    named(constraint, &body)
}

/// A constraint after the columns.
pub(in super::super) fn of_table(constraint: &Constraint) -> Result<String, Unsupported> {
    foreign::constraint(constraint)?;
    let body = match constraint {
        Constraint::PrimaryKey(key) => format!("PRIMARY KEY {}", over(constraint, &key.columns)?),
        Constraint::Unique(key) => format!("UNIQUE {}", over(constraint, &key.columns)?),
        Constraint::Check(check) => expression(check)?,
        Constraint::ForeignKey(key) => {
            format!(
                "FOREIGN KEY {} {}",
                over(constraint, &key.columns)?,
                references(key)?
            )
        }
        Constraint::Exclude(_) => return Ok(String::new()), // refused above
    };
    named(constraint, &body)
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

fn expression(check: &Check) -> Result<String, Unsupported> {
    Ok(format!("CHECK ({})", sql(&check.expression)?))
}

fn references(key: &ForeignKey) -> Result<String, Unsupported> {
    if key.table.schema.is_some() {
        return Err(unsupported(
            format!(
                "point at `{}`: a foreign key cannot leave its database file",
                key.table
            ),
            "name the table without a schema",
        ));
    }
    let mut text = format!("REFERENCES {}", identifier(&key.table.name)?);
    if !key.referred.is_empty() {
        text.push_str(&format!(" {}", identifiers(&key.referred)?));
    }
    if let Some(action) = key.on_delete {
        text.push_str(&format!(" ON DELETE {}", words(action)));
    }
    if let Some(action) = key.on_update {
        text.push_str(&format!(" ON UPDATE {}", words(action)));
    }
    match key.deferrable {
        Some(Deferrable::InitiallyImmediate) => text.push_str(" DEFERRABLE INITIALLY IMMEDIATE"),
        Some(Deferrable::InitiallyDeferred) => text.push_str(" DEFERRABLE INITIALLY DEFERRED"),
        None => {}
    }
    Ok(text)
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
