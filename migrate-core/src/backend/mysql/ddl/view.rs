//! Views.

use super::super::Dialect;
use super::super::quote::{identifiers, object, sql};
use super::{only_mariadb, optional, rename_table};
use crate::error::Unsupported;
use crate::operation::ViewOperation;
use crate::schema::View;

pub(super) fn statement(
    dialect: Dialect,
    operation: &ViewOperation,
) -> Result<String, Unsupported> {
    let materialized = match operation {
        ViewOperation::Create { view, .. } | ViewOperation::Replace { view, .. } => {
            view.materialized
        }
        ViewOperation::Rename { materialized, .. } | ViewOperation::Drop { materialized, .. } => {
            *materialized
        }
    };
    if materialized {
        return Err(dialect.unsupported(
            format!("{operation}: it keeps no view's rows"),
            "leave out `.materialized()`, or keep the rows in a table",
        ));
    }
    match operation {
        ViewOperation::Create {
            view,
            if_not_exists,
        } => {
            let exists = only_mariadb(dialect, *if_not_exists, "IF NOT EXISTS ", || {
                operation.to_string()
            })?;
            create(dialect, &format!("CREATE VIEW {exists}"), view)
        }
        ViewOperation::Replace { view, .. } => create(dialect, "CREATE OR REPLACE VIEW ", view),
        ViewOperation::Rename { from, to, .. } => rename_table(dialect, from, to),
        ViewOperation::Drop {
            name, if_exists, ..
        } => Ok(format!(
            "DROP VIEW {}{}",
            optional(*if_exists, "IF EXISTS "),
            object(dialect, name)?
        )),
    }
}

fn create(dialect: Dialect, head: &str, view: &View) -> Result<String, Unsupported> {
    let cut =
        |name: &&String| name.starts_with(|first: char| first.is_ascii_control() || first == ' ');
    if let (Dialect::Mariadb, Some(name)) = (dialect, view.columns.iter().find(cut)) {
        return Err(dialect.unsupported(
            format!("name a column of a view {name:?}: what it begins with would be cut off"),
            "begin it with a letter",
        ));
    }
    let columns = match view.columns.is_empty() {
        true => String::new(),
        false => format!(" {}", identifiers(dialect, &view.columns)?),
    };
    Ok(format!(
        "{head}{}{columns} AS {}",
        object(dialect, &view.name)?,
        sql(dialect, &view.query)?
    ))
}
