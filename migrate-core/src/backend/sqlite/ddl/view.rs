//! Views.

use super::super::quote::{identifiers, object, sql};
use super::super::unsupported;
use super::optional;
use crate::error::Unsupported;
use crate::operation::ViewOperation;
use crate::schema::View;

pub(super) fn statements(operation: &ViewOperation) -> Result<Vec<String>, Unsupported> {
    match operation {
        ViewOperation::Create {
            view,
            if_not_exists,
        } => Ok(vec![create(view, *if_not_exists)?]),
        ViewOperation::Replace { view, .. } => Ok(vec![
            format!("DROP VIEW IF EXISTS {}", object(&view.name)?),
            create(view, false)?,
        ]),
        ViewOperation::Drop {
            name,
            materialized,
            if_exists,
            ..
        } => {
            refuse_materialized(*materialized)?;
            Ok(vec![format!(
                "DROP VIEW {}{}",
                optional(*if_exists, "IF EXISTS "),
                object(name)?
            )])
        }
        ViewOperation::Rename { from, to, .. } => Err(unsupported(
            format!("rename the view `{from}`"),
            format!(
                "op.drop_view({:?}) and op.create_view(view({to:?}, \"SELECT …\"))",
                from.name
            ),
        )),
    }
}

fn create(view: &View, if_not_exists: bool) -> Result<String, Unsupported> {
    refuse_materialized(view.materialized)?;
    let columns = match view.columns.is_empty() {
        true => String::new(),
        false => format!(" {}", identifiers(&view.columns)?),
    };
    Ok(format!(
        "CREATE VIEW {}{}{columns} AS {}",
        optional(if_not_exists, "IF NOT EXISTS "),
        object(&view.name)?,
        sql(&view.query)?
    ))
}

fn refuse_materialized(materialized: bool) -> Result<(), Unsupported> {
    match materialized {
        true => Err(unsupported(
            "keep the rows of a view",
            "leave out `.materialized()`, or keep the rows in a table",
        )),
        false => Ok(()),
    }
}
