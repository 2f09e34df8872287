//! What undoes an operation, when the operation carries enough to say so.

use super::Operation;
use crate::schema::{Column, Constraint};

/// An operation that cannot be undone from what it carries.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{operation}: cannot be reversed without {missing}")]
pub struct Irreversible {
    /// The operation, in one line.
    pub operation: String,
    /// The fact that is missing.
    pub missing: &'static str,
    /// What to write instead.
    pub help: &'static str,
}

const CAME_BEFORE: (&str, &str) = (
    "knowing whether it was there before",
    "leave out `if_not_exists` or `if_exists`, or write the downgrade as a function",
);

impl Operation {
    /// The operation that undoes this one.
    ///
    /// # Errors
    ///
    /// When a fact is missing, such as the definition of what was dropped.
    pub fn reverse(&self) -> Result<Operation, Irreversible> {
        match self {
            Operation::CreateTable {
                if_not_exists: true,
                ..
            }
            | Operation::CreateIndex {
                if_not_exists: true,
                ..
            }
            | Operation::DropTable {
                if_exists: true, ..
            }
            | Operation::DropIndex {
                if_exists: true, ..
            } => Err(self.lacks(CAME_BEFORE)),
            Operation::CreateTable { table, .. } => Ok(Operation::DropTable {
                name: table.name.clone(),
                definition: Some(table.clone()),
                if_exists: false,
            }),
            Operation::DropTable { definition, .. } => Ok(Operation::CreateTable {
                table: self.known(definition, "op.drop_table(table(…).column(…))")?,
                if_not_exists: false,
            }),
            Operation::RenameTable { from, to } => Ok(Operation::RenameTable {
                from: from.sibling(to.as_str()),
                to: from.name.clone(),
            }),
            Operation::AddColumn {
                table,
                column,
                constraints,
            } => Ok(Operation::DropColumn {
                table: table.clone(),
                name: column.name.clone(),
                definition: Some((column.clone(), constraints.clone())),
            }),
            Operation::DropColumn {
                table, definition, ..
            } => {
                let (column, constraints): (Column, Vec<Constraint>) =
                    self.known(definition, "op.drop_column(\"…\", column(…, …))")?;
                Ok(Operation::AddColumn {
                    table: table.clone(),
                    column,
                    constraints,
                })
            }
            Operation::RenameColumn { table, from, to } => Ok(Operation::RenameColumn {
                table: table.clone(),
                from: to.clone(),
                to: from.clone(),
            }),
            Operation::AddConstraint { table, constraint } => match constraint.name() {
                Some(name) => Ok(Operation::DropConstraint {
                    table: table.clone(),
                    name: name.to_owned(),
                    definition: Some(constraint.clone()),
                }),
                None => {
                    Err(self.lacks(("the constraint's name", "give it one with `.named(\"…\")`")))
                }
            },
            Operation::DropConstraint {
                table, definition, ..
            } => Ok(Operation::AddConstraint {
                table: table.clone(),
                constraint: self.known(
                    definition,
                    "op.drop_constraint(\"…\", unique([…]).named(\"…\"))",
                )?,
            }),
            Operation::CreateIndex { index, .. } => Ok(Operation::DropIndex {
                name: index.name.clone(),
                table: index.table.clone(),
                definition: Some(index.clone()),
                if_exists: false,
            }),
            Operation::DropIndex { definition, .. } => Ok(Operation::CreateIndex {
                index: self.known(
                    definition,
                    "op.drop_index(\"…\").was(index(\"…\").on(\"…\", […]))",
                )?,
                if_not_exists: false,
            }),
            Operation::Execute { sql, undo } => match undo {
                Some(undo) => Ok(Operation::Execute {
                    sql: undo.clone(),
                    undo: Some(sql.clone()),
                }),
                None => Err(self.lacks((
                    "the SQL that undoes it",
                    "op.execute(sql(\"…\").undone_by(\"…\"))",
                ))),
            },
            Operation::BulkInsert { .. } => Err(self.lacks((
                "knowing which rows are its own",
                "write the downgrade as a function that deletes them",
            ))),
        }
    }

    /// The definition that a drop carries, or the complaint that it carries none.
    fn known<T: Clone>(
        &self,
        definition: &Option<T>,
        help: &'static str,
    ) -> Result<T, Irreversible> {
        definition
            .clone()
            .ok_or_else(|| self.lacks(("the definition of what it drops", help)))
    }

    fn lacks(&self, (missing, help): (&'static str, &'static str)) -> Irreversible {
        Irreversible {
            operation: self.describe(),
            missing,
            help,
        }
    }
}
