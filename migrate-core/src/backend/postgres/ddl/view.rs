//! Views and materialized views.

use super::super::quote::{identifiers, object, sql};
use super::super::unsupported;
use super::{drop, optional, rename};
use crate::error::Unsupported;
use crate::operation::ViewOperation;
use crate::schema::View;

pub(super) fn statements(operation: &ViewOperation) -> Result<Vec<String>, Unsupported> {
    match operation {
        ViewOperation::Create {
            view,
            if_not_exists,
        } => {
            if *if_not_exists && !view.materialized {
                return Err(unsupported(
                    format!("create the view `{}` only where it is missing", view.name),
                    "op.replace_view(…)",
                ));
            }
            let words = optional(*if_not_exists, "IF NOT EXISTS ");
            Ok(vec![create("CREATE", view, words)?])
        }
        ViewOperation::Replace { view, .. } if view.materialized => Ok(vec![
            drop(kind(true), true, &object(&view.name)?),
            create("CREATE", view, "")?,
        ]),
        ViewOperation::Replace { view, .. } => Ok(vec![create("CREATE OR REPLACE", view, "")?]),
        ViewOperation::Rename {
            from,
            to,
            materialized,
        } => Ok(vec![rename(kind(*materialized), from, to)?]),
        ViewOperation::Drop {
            name,
            materialized,
            if_exists,
            ..
        } => Ok(vec![drop(kind(*materialized), *if_exists, &object(name)?)]),
    }
}

fn create(verb: &str, view: &View, condition: &str) -> Result<String, Unsupported> {
    let columns = match view.columns.is_empty() {
        true => String::new(),
        false => format!(" {}", identifiers(&view.columns)?),
    };
    Ok(format!(
        "{verb} {} {condition}{}{columns} AS {}",
        kind(view.materialized),
        object(&view.name)?,
        sql(&view.query)?
    ))
}

fn kind(materialized: bool) -> &'static str {
    match materialized {
        true => "MATERIALIZED VIEW",
        false => "VIEW",
    }
}
