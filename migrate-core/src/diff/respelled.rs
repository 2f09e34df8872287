//! Doubts about texts: both sides are written once more, and compared as the server spells them. It
//! must not know where they are written.

use std::collections::{BTreeMap, BTreeSet};

use super::answers::Answers;
use super::change::Difference;
use super::diff;
use super::lists::by_name;
use crate::backend::Backend;
use crate::schema::{Constraint, Index, IndexKey, IndexPart, ObjectName, Schema, Table};

/// How often two sides are written. What a server reads of its own text may have another spelling
/// once more: PostgreSQL's `NOT IN` of a `varchar` has.
const PASSES: usize = 3;

/// The difference of two schemas, without doubts. Where only texts of some tables differ, `written`
/// creates these tables of a schema in a scratch database and reads them; the schemas have its
/// texts afterwards.
///
/// # Errors
///
/// Those of `written`; the schemas are unchanged then.
pub fn settled<E>(
    (from, to): (&mut Schema, &mut Schema),
    backend: &dyn Backend,
    answers: &Answers,
    mut written: impl FnMut(&Schema, &[ObjectName]) -> Result<Schema, E>,
) -> Result<Difference, E> {
    let mut found = diff(from, to, backend, answers);
    let (mut old, mut new) = (from.clone(), to.clone());
    for _ in 0..PASSES {
        let tables = &found.doubtful;
        if tables.is_empty() {
            break;
        }
        let before = respelled(&old, &written(&old, tables)?, tables);
        let after = respelled(&new, &written(&new, tables)?, tables);
        let is_stable = before == old && after == new;
        (old, new) = (before, after);
        found = diff(&old, &new, backend, answers);
        if is_stable {
            break;
        }
    }
    (*from, *to) = (old, new);
    // what differs after both went through one server differs
    found.doubtful.clear();
    Ok(found)
}

/// The schema with the texts of some tables and of their indexes as they are in `read`. Only texts
/// are taken over: a name that the server chose for a copy is not the name of what is there.
fn respelled(schema: &Schema, read: &Schema, tables: &[ObjectName]) -> Schema {
    let mut respelled = schema.clone();
    let tables: BTreeSet<&ObjectName> = tables.iter().collect();
    let by_name = by_name(&read.tables);
    let of_tables = respelled.tables.iter_mut();
    for table in of_tables.filter(|table| tables.contains(&table.name)) {
        if let Some(read) = by_name.get(&table.name) {
            respell(table, read);
        }
    }
    let indexes = read.indexes.iter().rev();
    let indexes: BTreeMap<(&ObjectName, &str), &Index> = indexes
        .map(|index| ((&index.table, index.name.as_str()), index))
        .collect();
    let of_tables = respelled.indexes.iter_mut();
    for index in of_tables.filter(|index| tables.contains(&index.table)) {
        if let Some(read) = indexes.get(&(&index.table, index.name.as_str())) {
            respell_index(index, read);
        }
    }
    respelled
}

fn respell(table: &mut Table, read: &Table) {
    for column in &mut table.columns {
        let mut same = read.columns.iter();
        if let Some(read) = same.find(|read| read.name == column.name) {
            column.default.clone_from(&read.default);
            column.generated.clone_from(&read.generated);
            column.on_update.clone_from(&read.on_update);
        }
    }
    let mut rest: Vec<&Constraint> = read.constraints.iter().collect();
    let mut unnamed = Vec::new();
    for constraint in &mut table.constraints {
        let is_same = |read: &&Constraint| {
            read.kind() == constraint.kind()
                && read.name().is_some()
                && read.name() == constraint.name()
        };
        match rest.iter().position(is_same) {
            Some(at) => respell_constraint(constraint, rest.remove(at)),
            None => unnamed.push(constraint),
        }
    }
    // the others have got names of the copy's own, and stand in one order
    for constraint in unnamed {
        let is_next = |read: &&Constraint| {
            read.kind() == constraint.kind() && read.columns() == constraint.columns()
        };
        if let Some(at) = rest.iter().position(is_next) {
            respell_constraint(constraint, rest.remove(at));
        }
    }
}

fn respell_constraint(constraint: &mut Constraint, read: &Constraint) {
    match (constraint, read) {
        (Constraint::Check(check), Constraint::Check(read)) => {
            check.expression.clone_from(&read.expression);
        }
        (Constraint::Exclude(exclude), Constraint::Exclude(read)) => {
            exclude.predicate.clone_from(&read.predicate);
            for ((part, _), (read, _)) in exclude.parts.iter_mut().zip(&read.parts) {
                respell_part(part, read);
            }
        }
        _ => {}
    }
}

fn respell_index(index: &mut Index, read: &Index) {
    index.predicate.clone_from(&read.predicate);
    for (part, read) in index.parts.iter_mut().zip(&read.parts) {
        respell_part(part, read);
    }
}

fn respell_part(part: &mut IndexPart, read: &IndexPart) {
    if let (IndexKey::Expression(text), IndexKey::Expression(read)) = (&mut part.key, &read.key) {
        text.clone_from(read);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Check, Column, DefaultValue, Sql, Type};

    fn schema(check: Option<&str>, expression: &str, default: &str) -> Schema {
        let mut table = Table::new("t");
        let mut column = Column::new("a", Type::Integer);
        column.default = Some(DefaultValue::Expression(Sql::from(default)));
        table.columns.push(column);
        let mut constraint = Check::new(expression);
        constraint.name = check.map(str::to_owned);
        table.constraints.push(constraint.into());
        let mut schema = Schema::empty();
        schema.tables.push(table);
        schema
    }

    #[test]
    fn texts_are_taken_and_names_stay() {
        let there = schema(Some("t_chk_1"), "a>0", "(1+1)");
        let copy = schema(Some("t_chk_7"), "(`a` > 0)", "(1 + 1)");
        let expected = schema(Some("t_chk_1"), "(`a` > 0)", "(1 + 1)");
        assert_eq!(respelled(&there, &copy, &["t".into()]), expected);
        assert_eq!(respelled(&there, &copy, &["other".into()]), there);
    }
}
