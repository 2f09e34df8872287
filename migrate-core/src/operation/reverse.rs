//! The reverse of an operation, when the operation carries enough facts.

use super::Operation;
use crate::schema::ConstraintKind;

/// An operation whose facts are not enough to reverse it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{operation}: cannot be reversed without {missing}")]
pub struct Irreversible {
    /// The operation, in one line.
    pub operation: String,
    /// The fact that is missing.
    pub missing: &'static str,
    /// What the author can write instead.
    pub help: &'static str,
}

/// A missing fact, and what the author can write instead.
pub(super) type Missing = (&'static str, &'static str);

pub(super) const CAME_BEFORE: Missing = (
    "knowing whether it was there before",
    "leave out `if_not_exists` or `if_exists`, or write the downgrade as a function",
);

/// The definition that a drop carries, or the error that it carries none.
pub(super) fn definition<T: Clone>(
    definition: &Option<T>,
    help: &'static str,
) -> Result<T, Missing> {
    definition
        .clone()
        .ok_or(("the definition of what it drops", help))
}

/// The call that drops a constraint of this kind and can be reversed.
fn with_definition(kind: Option<ConstraintKind>) -> &'static str {
    match kind {
        Some(ConstraintKind::PrimaryKey) => {
            "op.drop_constraint(\"…\", primary_key([…]).named(\"…\"))"
        }
        Some(ConstraintKind::ForeignKey) => {
            "op.drop_constraint(\"…\", foreign_key([…]).references(\"…\", […]).named(\"…\"))"
        }
        Some(ConstraintKind::Check) => "op.drop_constraint(\"…\", check(\"…\").named(\"…\"))",
        Some(ConstraintKind::Exclude) => "op.drop_constraint(\"…\", exclude([…]).named(\"…\"))",
        Some(ConstraintKind::Unique) | None => {
            "op.drop_constraint(\"…\", unique([…]).named(\"…\"))"
        }
    }
}

/// The reverses of operations, the last one first.
///
/// # Errors
///
/// For the last operation that lacks a fact.
pub(crate) fn reverse_of_all(operations: &[Operation]) -> Result<Vec<Operation>, Irreversible> {
    let mut reverses = Vec::with_capacity(operations.len());
    for (at, operation) in operations.iter().enumerate().rev() {
        match operation.reverse() {
            Ok(reverse) => reverses.push(reverse),
            Err(_) if goes_along(operation, operations[..at].iter()) => {}
            Err(missing) => return Err(missing),
        }
    }
    Ok(reverses)
}

/// Whether the reverse of an operation in `before`, which created a table, covers an operation:
/// rows that were inserted into that table.
pub(crate) fn goes_along<'o>(
    operation: &Operation,
    before: impl Iterator<Item = &'o Operation>,
) -> bool {
    let Operation::BulkInsert { table, .. } = operation else {
        return false;
    };
    before.fold(false, |made, operation| match operation {
        Operation::CreateTable {
            table: new,
            if_not_exists: false,
        } => made || new.name == *table,
        // the name may refer to another table from here on
        Operation::RenameTable { from, to } => {
            made && from != table && from.sibling(to.as_str()) != *table
        }
        Operation::DropTable { name, .. } => made && name != table,
        _ => made,
    })
}

impl Operation {
    /// The operation that reverses this one.
    ///
    /// # Errors
    ///
    /// When a fact is missing, such as the definition of a dropped object.
    pub fn reverse(&self) -> Result<Operation, Irreversible> {
        self.undoing().map_err(|(missing, help)| Irreversible {
            operation: self.describe(),
            missing,
            help,
        })
    }

    fn undoing(&self) -> Result<Operation, Missing> {
        if self.may_do_nothing() {
            return Err(CAME_BEFORE);
        }
        match self {
            Operation::CreateTable { table, .. } => Ok(Operation::DropTable {
                name: table.name.clone(),
                definition: Some(table.clone()),
                if_exists: false,
            }),
            Operation::DropTable {
                definition: was, ..
            } => Ok(Operation::CreateTable {
                table: definition(was, "op.drop_table(table(…).column(…))")?,
                if_not_exists: false,
            }),
            Operation::RenameTable { from, to } => Ok(Operation::RenameTable {
                from: from.sibling(to.as_str()),
                to: from.name.clone(),
            }),
            Operation::SetTableComment {
                table,
                comment,
                was,
            } => Ok(Operation::SetTableComment {
                table: table.clone(),
                comment: was.clone().ok_or((
                    "the comment that was there before",
                    "op.comment_on_table(\"…\", comment(\"…\").was(\"…\")), or `.was(None)`",
                ))?,
                was: Some(comment.clone()),
            }),
            Operation::AddColumn {
                table,
                column,
                constraints,
                ..
            } => Ok(Operation::DropColumn {
                table: table.clone(),
                name: column.name.clone(),
                definition: Some((column.clone(), constraints.clone())),
                if_exists: false,
            }),
            Operation::DropColumn {
                table,
                definition: was,
                ..
            } => {
                let (column, constraints) =
                    definition(was, "op.drop_column(\"…\", column(\"…\", …))")?;
                Ok(Operation::AddColumn {
                    table: table.clone(),
                    column,
                    constraints,
                    if_not_exists: false,
                })
            }
            Operation::AlterColumn {
                table,
                name,
                change,
                was,
                using_back,
            } => {
                let was = was.as_ref().ok_or((
                    "the column as it was",
                    "op.alter_column(\"…\", alter(\"…\")….was(column(\"…\", …)))",
                ))?;
                let mut back = change.back_to(was);
                back.using.clone_from(using_back);
                Ok(Operation::AlterColumn {
                    table: table.clone(),
                    name: name.clone(),
                    change: back,
                    was: Some(change.applied_to(was)),
                    using_back: change.using.clone(),
                })
            }
            Operation::RenameColumn { table, from, to } => Ok(Operation::RenameColumn {
                table: table.clone(),
                from: to.clone(),
                to: from.clone(),
            }),
            Operation::AddConstraint { table, constraint } => Ok(Operation::DropConstraint {
                table: table.clone(),
                name: Some(
                    constraint
                        .name()
                        .ok_or(("the constraint's name", "give it one with `.named(\"…\")`"))?
                        .to_owned(),
                ),
                kind: Some(constraint.kind()),
                definition: Some(constraint.clone()),
                if_exists: false,
            }),
            Operation::DropConstraint {
                table,
                kind,
                definition: was,
                ..
            } => Ok(Operation::AddConstraint {
                table: table.clone(),
                constraint: definition(was, with_definition(*kind))?,
            }),
            Operation::RenameConstraint { table, from, to } => Ok(Operation::RenameConstraint {
                table: table.clone(),
                from: to.clone(),
                to: from.clone(),
            }),
            Operation::ValidateConstraint { .. } => Err((
                "a statement that makes it not valid again, which no server has",
                "write the downgrade as a function that does nothing, or that adds it again with `.not_valid()`",
            )),
            Operation::CreateIndex {
                index,
                concurrently,
                ..
            } => Ok(Operation::DropIndex {
                name: index.name.clone(),
                table: index.table.clone(),
                definition: Some(index.clone()),
                if_exists: false,
                concurrently: *concurrently,
            }),
            Operation::DropIndex {
                definition: was,
                concurrently,
                ..
            } => Ok(Operation::CreateIndex {
                index: definition(was, "op.drop_index(\"…\").was(index(\"…\").on(\"…\", […]))")?,
                if_not_exists: false,
                concurrently: *concurrently,
            }),
            Operation::RenameIndex { table, from, to } => Ok(Operation::RenameIndex {
                table: table.clone(),
                from: to.clone(),
                to: from.clone(),
            }),
            Operation::View(view) => view.reverse(),
            Operation::Sequence(sequence) => sequence.reverse(),
            Operation::EnumType(enum_type) => enum_type.reverse(),
            Operation::Domain(domain) => domain.reverse(),
            Operation::Schema(schema) => schema.reverse(),
            Operation::Extension(extension) => extension.reverse(),
            Operation::Execute { sql, undo } => Ok(Operation::Execute {
                sql: undo.clone().ok_or((
                    "the SQL that undoes it",
                    "op.execute(sql(\"…\").undone_by(\"…\"))",
                ))?,
                undo: Some(sql.clone()),
            }),
            Operation::BulkInsert { .. } => Err((
                "knowing which rows are its own",
                "write the downgrade as a function that deletes them",
            )),
            Operation::Custom(custom) => custom.operation().reverse().ok_or((
                "a reverse of its own",
                "give it one: `CustomOperation::reverse`",
            )),
        }
    }

    /// Whether it may do nothing, because of `if_not_exists` or `if_exists`.
    fn may_do_nothing(&self) -> bool {
        match self {
            Operation::CreateTable { if_not_exists, .. }
            | Operation::AddColumn { if_not_exists, .. }
            | Operation::CreateIndex { if_not_exists, .. } => *if_not_exists,
            Operation::DropTable { if_exists, .. }
            | Operation::DropColumn { if_exists, .. }
            | Operation::DropConstraint { if_exists, .. }
            | Operation::DropIndex { if_exists, .. } => *if_exists,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Table;

    fn made(name: &str) -> Operation {
        Operation::CreateTable {
            table: Table::new(name),
            if_not_exists: false,
        }
    }

    fn filled(name: &str) -> Operation {
        Operation::BulkInsert {
            table: name.into(),
            columns: vec!["id".to_owned()],
            rows: vec![vec![1.into()]],
        }
    }

    fn renamed(from: &str, to: &str) -> Operation {
        Operation::RenameTable {
            from: from.into(),
            to: to.to_owned(),
        }
    }

    #[test]
    fn inserted_rows_are_dropped_with_their_new_table() {
        let reverses = reverse_of_all(&[made("t"), filled("t")]).unwrap();
        assert_eq!(reverses, [made("t").reverse().unwrap()]);
    }

    #[test]
    fn rows_of_a_possibly_different_table_are_not() {
        for operations in [
            vec![filled("t")],
            vec![filled("t"), made("t")],
            vec![made("u"), filled("t")],
            vec![made("t"), renamed("t", "u"), renamed("v", "t"), filled("t")],
        ] {
            assert!(reverse_of_all(&operations).is_err(), "{operations:?}");
        }
    }

    #[test]
    fn the_help_for_a_dropped_constraint_is_of_its_kind() {
        for (kind, expected) in [
            (Some(ConstraintKind::ForeignKey), "foreign_key([…]).ref"),
            (Some(ConstraintKind::Check), "check("),
            (Some(ConstraintKind::PrimaryKey), "primary_key("),
            (Some(ConstraintKind::Exclude), "exclude("),
            (None, "unique("),
        ] {
            let dropped = Operation::DropConstraint {
                table: "t".into(),
                name: Some("c".to_owned()),
                kind,
                definition: None,
                if_exists: false,
            };
            let help = dropped.reverse().unwrap_err().help;
            let expected = format!("op.drop_constraint(\"…\", {expected}");
            assert!(help.starts_with(&expected), "{help}");
        }
    }
}
