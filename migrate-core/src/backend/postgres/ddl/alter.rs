//! ALTER COLUMN: all changes of a column in one statement, so that the table is rewritten at most
//! once; its comment in another.

use super::super::quote::{identifier, sql};
use super::super::{types, unsupported};
use super::{column, of_table, sequence};
use crate::error::Unsupported;
use crate::operation::ColumnChange;
use crate::schema::{Column, Identity, ObjectName};

pub(super) fn statements(
    table: &ObjectName,
    name: &str,
    change: &ColumnChange,
    was: Option<&Column>,
) -> Result<Vec<String>, Unsupported> {
    let actions: Vec<String> = actions(name, change, was)?
        .into_iter()
        .map(|action| Ok(format!("ALTER COLUMN {} {action}", identifier(name)?)))
        .collect::<Result<_, Unsupported>>()?;
    let mut statements = Vec::new();
    if !actions.is_empty() {
        statements.push(of_table(table, &actions.join(", "))?);
    }
    if let Some(comment) = &change.comment {
        statements.push(column::comment(table, name, comment.as_deref())?);
    }
    Ok(statements)
}

/// The actions after `ALTER COLUMN name`, in an order in which none blocks another.
fn actions(
    name: &str,
    change: &ColumnChange,
    was: Option<&Column>,
) -> Result<Vec<String>, Unsupported> {
    let mut actions = Vec::new();
    match &change.generated {
        Some(None) => actions.push("DROP EXPRESSION".to_owned()),
        Some(Some(_)) => {
            return Err(unsupported(
                format!("compute `{name}`, which exists"),
                "drop the column and add it with `.generated_stored(…)`",
            ));
        }
        None => {}
    }
    if let Some(None) = &change.identity {
        actions.push("DROP IDENTITY".to_owned());
    }
    if change.default.is_some() {
        // the old default may not fit the new type
        actions.push("DROP DEFAULT".to_owned());
    }
    if let Some(action) = new_type(name, change, was)? {
        actions.push(action);
    }
    match change.nullable {
        Some(true) => actions.push("DROP NOT NULL".to_owned()),
        Some(false) => actions.push("SET NOT NULL".to_owned()),
        None => {}
    }
    if let Some(Some(default)) = &change.default {
        actions.push(format!("SET DEFAULT {}", column::default_value(default)?));
    }
    if let Some(Some(identity)) = &change.identity {
        actions.push(match was.is_some_and(|was| was.identity.is_some()) {
            true => identity_again(identity),
            false => format!("ADD {}", column::numbered(identity)),
        });
    }
    Ok(actions)
}

fn new_type(
    name: &str,
    change: &ColumnChange,
    was: Option<&Column>,
) -> Result<Option<String>, Unsupported> {
    if change.ty.is_none() && change.collation.is_none() {
        return Ok(None);
    }
    let Some(ty) = change.ty.as_ref().or(was.map(|was| &was.ty)) else {
        return Err(unsupported(
            format!("change the collation of `{name}` without its type"),
            "say the type as well: `.set_type(…)`, or what the column was",
        ));
    };
    let collation = match &change.collation {
        Some(collation) => collation.as_ref(),
        None => was.and_then(|was| was.collation.as_ref()),
    };
    let mut action = format!("TYPE {}", types::declared(ty)?);
    if let Some(collation) = collation {
        action.push_str(&format!(" COLLATE {}", identifier(collation)?));
    }
    if let Some(using) = &change.using {
        action.push_str(&format!(" USING {}", sql(using)?));
    }
    Ok(Some(action))
}

/// Changes how a column that is already numbered gets its numbers.
fn identity_again(identity: &Identity) -> String {
    let mut text = format!("SET GENERATED {}", column::when(identity));
    for option in sequence::options(&identity.options) {
        text.push_str(&format!(" SET {option}"));
    }
    text
}
