//! A table from the text of its CREATE TABLE. Pure.

use super::super::rebuild::parse::{self, Clause, ClauseKind, Definition};
use super::super::{canonical, literal, types};
use crate::schema::{
    Check, Column, Constraint, ForeignKey, Generated, Identity, ObjectName, PrimaryKey, Sql, Table,
    Unique,
};
use crate::sql::unquoted;

/// The table; `None` if its text is not understood, or says what a [`Table`] cannot.
pub(super) fn table(name: &ObjectName, text: &str) -> Option<Table> {
    let definition = Definition::parse(text).ok()?;
    if definition.clauses().any(|clause| clause.unusual) || has_unknown_options(&definition) {
        return None;
    }
    let mut table = Table::new(name.clone());
    table.options.strict = definition.is_strict();
    table.options.without_rowid = definition.is_without_rowid();
    for column in &definition.columns {
        table.columns.push(self::column(&definition, column, text));
        for clause in &column.clauses {
            let columns = vec![column.name.clone()];
            table
                .constraints
                .extend(constraint(name, clause, columns, text));
        }
    }
    for item in &definition.constraints {
        let own = |column: &String| Some(definition.column(column)?.name.clone());
        let columns: Option<Vec<String>> = item.clause.columns.iter().map(own).collect();
        let constraint = constraint(name, &item.clause, columns?, text);
        table.constraints.extend(constraint);
    }
    canonical::imply_not_null(&mut table);
    Some(table)
}

fn has_unknown_options(definition: &Definition) -> bool {
    let known = |word: &String| matches!(word.as_str(), "STRICT" | "WITHOUT" | "ROWID" | ",");
    !definition.options.iter().all(known)
}

fn column(definition: &Definition, found: &parse::Column, text: &str) -> Column {
    let ty = found.ty.clone().map_or("", |ty| &text[ty]);
    let mut column = Column::new(&found.name, types::read(ty, definition.is_strict()));
    column.nullable = true;
    // the last of two clauses counts
    for clause in &found.clauses {
        let value = clause.value.clone().map_or("", |value| &text[value]);
        match clause.kind {
            ClauseKind::NotNull => column.nullable = false,
            ClauseKind::Default => column.default = literal::default_value(value),
            ClauseKind::Collate => {
                let name = unquoted(value);
                let is_default = name.eq_ignore_ascii_case("BINARY");
                column.collation = (!is_default).then_some(name);
            }
            ClauseKind::Generated => {
                column.generated = Some(Generated::new(value.trim(), clause.stored));
            }
            _ => {}
        }
    }
    if is_numbered(definition, found) {
        column.identity = Some(Identity::default());
    }
    column
}

fn is_numbered(definition: &Definition, column: &parse::Column) -> bool {
    let numbers = |clause: &Clause| {
        let autoincrement = true;
        clause.kind == ClauseKind::PrimaryKey { autoincrement }
    };
    let is_own = |name: &String| name.eq_ignore_ascii_case(&column.name);
    let of_table = definition.constraints.iter().map(|item| &item.clause);
    column.clauses.iter().any(numbers)
        || of_table
            .filter(|clause| numbers(clause))
            .any(|clause| clause.columns.iter().any(is_own))
}

/// The constraint that a clause is, if it is one that has an effect by itself.
fn constraint(
    table: &ObjectName,
    clause: &Clause,
    columns: Vec<String>,
    text: &str,
) -> Option<Constraint> {
    let name = clause.name.clone();
    Some(match clause.kind {
        ClauseKind::PrimaryKey { .. } => Constraint::PrimaryKey(PrimaryKey {
            name,
            columns,
            ..PrimaryKey::default()
        }),
        ClauseKind::Unique => Constraint::Unique(Unique {
            name,
            columns,
            ..Unique::default()
        }),
        ClauseKind::Check => {
            let expression = text[clause.value.clone()?].trim();
            Constraint::Check(Check {
                name,
                ..Check::new(Sql::from(expression))
            })
        }
        ClauseKind::References => {
            let reference = clause.reference.as_ref()?;
            Constraint::ForeignKey(ForeignKey {
                name,
                on_delete: reference.on_delete,
                on_update: reference.on_update,
                deferrable: reference.deferrable,
                ..ForeignKey::new(
                    columns,
                    table.sibling(&reference.table),
                    reference.columns.clone(),
                )
            })
        }
        _ => return None,
    })
}
