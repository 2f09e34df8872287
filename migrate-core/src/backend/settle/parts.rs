//! An operation that takes several statements, as one operation for each. Pure.

use crate::backend::BackendKind;
use crate::operation::{ColumnChange, Operation, ViewOperation};
use crate::schema::{Column, ObjectName};

/// The operation that each statement is by itself. Servers with statements of their own for comments take them after
/// the rest; a view with rows is replaced by dropping it first.
pub(super) fn of(kind: BackendKind, operation: &Operation) -> Vec<Operation> {
    if kind != BackendKind::Postgres {
        return vec![operation.clone()];
    }
    match operation {
        Operation::CreateTable { table, .. } => {
            let name = &table.name;
            let mut parts = vec![operation.clone()];
            parts.extend(
                table
                    .comment
                    .as_ref()
                    .map(|comment| Operation::SetTableComment {
                        table: name.clone(),
                        comment: Some(comment.clone()),
                        was: None,
                    }),
            );
            parts.extend(table.columns.iter().filter_map(|c| comment_of(name, c)));
            parts
        }
        Operation::AddColumn { table, column, .. } => std::iter::once(operation.clone())
            .chain(comment_of(table, column))
            .collect(),
        Operation::AlterColumn {
            table,
            name,
            change,
            was,
            using_back,
        } => {
            let rest = ColumnChange {
                comment: None,
                ..change.clone()
            };
            let mut parts = Vec::new();
            if !rest.is_empty() {
                parts.push(Operation::AlterColumn {
                    table: table.clone(),
                    name: name.clone(),
                    change: rest,
                    was: was.clone(),
                    using_back: using_back.clone(),
                });
            }
            parts.extend(
                change
                    .comment
                    .as_ref()
                    .map(|comment| says(table, name, comment.clone())),
            );
            parts
        }
        Operation::View(ViewOperation::Replace { view, .. }) if view.materialized => vec![
            Operation::View(ViewOperation::Drop {
                name: view.name.clone(),
                materialized: true,
                definition: None,
                if_exists: true,
            }),
            Operation::View(ViewOperation::Create {
                view: view.clone(),
                if_not_exists: false,
            }),
        ],
        operation => vec![operation.clone()],
    }
}

fn comment_of(table: &ObjectName, column: &Column) -> Option<Operation> {
    let comment = column.comment.clone()?;
    Some(says(table, &column.name, Some(comment)))
}

fn says(table: &ObjectName, column: &str, comment: Option<String>) -> Operation {
    Operation::AlterColumn {
        table: table.clone(),
        name: column.to_owned(),
        change: ColumnChange {
            comment: Some(comment),
            ..ColumnChange::default()
        },
        was: None,
        using_back: None,
    }
}
