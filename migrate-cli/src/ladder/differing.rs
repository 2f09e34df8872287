//! Two catalogues of one server: what differs, in the words of `schema diff`. Pure, but for texts
//! that only a server can compare.

use crate::error::CliError;
use crate::json::SchemaChange;
use crate::states::{canonical, known_statements, part};
use migrate_core::engine::backend::{self, BackendKind};
use migrate_core::engine::diff::{Answers, settled};
use migrate_core::schema::{ObjectName, Schema};

/// What differs.
#[derive(Debug, Default)]
pub(super) struct Differing {
    /// What leads from the one to the other.
    pub(super) changes: Vec<SchemaChange>,
    /// Differences that no change expresses.
    pub(super) notes: Vec<String>,
    /// Tables with the same columns in another order.
    pub(super) reordered: Vec<String>,
}

impl Differing {
    /// Whether more differs than the order of columns.
    pub(super) fn counts(&self) -> bool {
        !self.changes.is_empty() || !self.notes.is_empty()
    }

    /// What is said of the order of columns.
    pub(super) fn order(&self) -> Option<String> {
        match self.reordered.as_slice() {
            [] => None,
            tables => Some(format!("the order of columns: {}", tables.join("; "))),
        }
    }
}

/// What differs between two catalogues of one server; `written` creates a schema there and reads
/// it.
pub(super) fn differing(
    kind: BackendKind,
    before: &Schema,
    after: &Schema,
    written: impl Fn(&Schema) -> Result<Schema, CliError>,
) -> Result<Option<Differing>, CliError> {
    let (mut before, mut after) = (canonical(kind, before), canonical(kind, after));
    if before == after {
        return Ok(None);
    }
    let rules = backend::rules(kind)?;
    let answers = Answers {
        no_renames: true,
        ..Answers::default()
    };
    let reordered = reordered(&before, &after);
    let found = settled(
        (&mut before, &mut after),
        rules,
        &answers,
        |schema, tables: &[ObjectName]| written(&part(schema, tables)),
    )?;
    let known = known_statements(kind, &found.changes)?;
    let changes = found.changes.iter().zip(known);
    let found = Differing {
        changes: changes
            .map(|(change, sql)| SchemaChange::of(change, sql))
            .collect(),
        notes: found.notes.iter().map(ToString::to_string).collect(),
        reordered,
    };
    Ok((found.counts() || !found.reordered.is_empty()).then_some(found))
}

/// The tables of both whose columns have another order, each with both orders.
fn reordered(before: &Schema, after: &Schema) -> Vec<String> {
    let mut found = Vec::new();
    for table in &before.tables {
        let Some(other) = after.table(&table.name) else {
            continue;
        };
        let names = |columns: &[migrate_core::schema::Column]| -> Vec<String> {
            columns.iter().map(|column| column.name.clone()).collect()
        };
        let (one, two) = (names(&table.columns), names(&other.columns));
        let sorted = |names: &[String]| {
            let mut names = names.to_vec();
            names.sort();
            names
        };
        if one != two && sorted(&one) == sorted(&two) {
            found.push(format!(
                "`{}` has {} instead of {}",
                table.name,
                two.join(", "),
                one.join(", ")
            ));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use migrate_core::schema::{Column, Index, Table, Type};

    fn table(columns: &[&str]) -> Schema {
        let mut table = Table::new("t");
        table.columns = columns
            .iter()
            .map(|name| Column::new(*name, Type::Integer))
            .collect();
        let mut schema = Schema::empty();
        schema.tables.push(table);
        schema
    }

    fn found(before: &Schema, after: &Schema) -> Option<Differing> {
        let same = |schema: &Schema| Ok(schema.clone());
        differing(BackendKind::Sqlite, before, after, same).unwrap()
    }

    #[test]
    fn what_differs_is_in_the_words_of_a_comparison() {
        assert!(found(&table(&["a"]), &table(&["a"])).is_none());
        let mut indexed = table(&["a"]);
        indexed
            .indexes
            .push(Index::new("ix", "t", vec!["a".into()]));
        let left = found(&table(&["a"]), &indexed).unwrap();
        assert_eq!(left.changes.len(), 1);
        assert!(left.changes[0].line().starts_with("+ create index `ix`"));
        assert!(left.counts() && left.order().is_none());
    }

    #[test]
    fn another_order_of_columns_is_said_and_does_not_count() {
        let found = found(&table(&["a", "b"]), &table(&["b", "a"])).unwrap();
        assert!(!found.counts());
        assert_eq!(
            found.order().unwrap(),
            "the order of columns: `t` has b, a instead of a, b"
        );
    }
}
