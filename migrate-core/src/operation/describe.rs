//! The description of an operation in a message: one line, in the words of SQL.

use std::fmt;

use super::Operation;
use crate::schema::{Constraint, ObjectName};

/// The maximum length of an SQL excerpt in a line.
const EXCERPT: usize = 60;

impl Operation {
    /// One line for people, such as ``create index `ix_users_phone` on `users` ``.
    #[must_use]
    pub fn describe(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Operation::CreateTable { table, .. } => write!(f, "create table `{}`", table.name),
            Operation::DropTable { name, .. } => write!(f, "drop table `{name}`"),
            Operation::RenameTable { from, to } => write!(f, "rename table `{from}` to `{to}`"),
            Operation::SetTableComment {
                table,
                comment: Some(_),
                ..
            } => write!(f, "comment on table `{table}`"),
            Operation::SetTableComment { table, .. } => {
                write!(f, "drop the comment on table `{table}`")
            }
            Operation::AddColumn { table, column, .. } => {
                write!(f, "add column `{}` to `{table}`", column.name)
            }
            Operation::DropColumn { table, name, .. } => {
                write!(f, "drop column `{name}` of `{table}`")
            }
            Operation::AlterColumn {
                table,
                name,
                change,
                ..
            } => write!(
                f,
                "alter column `{name}` of `{table}`: {}",
                change.aspects().join(", ")
            ),
            Operation::RenameColumn { table, from, to } => {
                write!(f, "rename column `{from}` of `{table}` to `{to}`")
            }
            Operation::AddConstraint { table, constraint } => add_constraint(f, table, constraint),
            Operation::DropConstraint {
                table,
                name: Some(name),
                ..
            } => write!(f, "drop constraint `{name}` of `{table}`"),
            Operation::DropConstraint { table, kind, .. } => match kind {
                Some(kind) => write!(f, "drop the {kind} of `{table}`"),
                None => write!(f, "drop a constraint of `{table}`"),
            },
            Operation::RenameConstraint { table, from, to } => {
                write!(f, "rename constraint `{from}` of `{table}` to `{to}`")
            }
            Operation::ValidateConstraint { table, name } => {
                write!(f, "validate constraint `{name}` of `{table}`")
            }
            Operation::RenameIndex { from, to, .. } => {
                write!(f, "rename index `{from}` to `{to}`")
            }
            Operation::View(view) => view.fmt(f),
            Operation::Sequence(sequence) => sequence.fmt(f),
            Operation::EnumType(enum_type) => enum_type.fmt(f),
            Operation::Domain(domain) => domain.fmt(f),
            Operation::Schema(schema) => schema.fmt(f),
            Operation::Extension(extension) => extension.fmt(f),
            Operation::Custom(custom) => f.write_str(&custom.operation().describe()),
            Operation::CreateIndex { index, .. } => {
                write!(f, "create index `{}` on `{}`", index.name, index.table)
            }
            Operation::DropIndex { name, table, .. } => {
                write!(f, "drop index `{name}` of `{table}`")
            }
            Operation::Execute { sql, .. } => write!(f, "execute `{}`", excerpt(sql.common_text())),
            Operation::BulkInsert { table, rows, .. } => {
                write!(
                    f,
                    "insert {} {} into `{table}`",
                    rows.len(),
                    if rows.len() == 1 { "row" } else { "rows" }
                )
            }
        }
    }
}

fn add_constraint(
    f: &mut fmt::Formatter<'_>,
    table: &ObjectName,
    constraint: &Constraint,
) -> fmt::Result {
    match constraint.name() {
        Some(name) => write!(f, "add {} `{name}` to `{table}`", constraint.kind()),
        None => write!(f, "add a {} to `{table}`", constraint.kind()),
    }
}

/// A text with white space collapsed.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The beginning of a text in one line.
fn excerpt(text: &str) -> String {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if line.len() > EXCERPT * 4 {
            break; // a long text need not be read
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    match line.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_sql_is_shortened_at_a_character() {
        assert_eq!(excerpt("SELECT\n   1"), "SELECT 1");
        let long = "é".repeat(100);
        assert_eq!(excerpt(&long), format!("{}…", "é".repeat(EXCERPT)));
    }

    #[test]
    fn an_operation_is_one_line() {
        let execute = Operation::Execute {
            sql: "UPDATE users\nSET phone = ''".into(),
            undo: None,
        };
        assert_eq!(execute.describe(), "execute `UPDATE users SET phone = ''`");
    }
}
