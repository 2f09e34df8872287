//! What a server makes by itself, and drops by itself: the index of a foreign key. Pure.

use crate::backend::DiffRules;
use crate::schema::{Constraint, ForeignKey, Index, IndexKey, Schema};

/// The schema without the indexes that its foreign keys brought with them.
pub(super) fn without_indexes_of_keys(schema: &Schema, rules: DiffRules) -> Schema {
    let mut schema = schema.clone();
    if rules.keys_need_indexes {
        let tables = std::mem::take(&mut schema.tables);
        schema.indexes.retain(|index| {
            let of_table = tables.iter().filter(|table| table.name == index.table);
            let mut keys = of_table.flat_map(|table| &table.constraints);
            !keys.any(|constraint| match constraint {
                Constraint::ForeignKey(key) => is_its_own(index, key),
                _ => false,
            })
        });
        schema.tables = tables;
    }
    schema
}

/// Whether an index is a key's own: plain, over just its columns, and called as the key.
fn is_its_own(index: &Index, key: &ForeignKey) -> bool {
    let columns: Vec<&String> = index
        .parts
        .iter()
        .filter_map(|part| match &part.key {
            IndexKey::Column(column) if part.prefix.is_none() && part.order.is_none() => {
                Some(column)
            }
            _ => None,
        })
        .collect();
    !index.unique
        && index.method.is_none()
        && columns.len() == index.parts.len()
        && columns.into_iter().eq(&key.columns)
        && key.name.as_ref() == Some(&index.name)
}
