//! What a server makes by itself, and drops by itself: the index of a foreign key. Pure.

use std::collections::BTreeMap;

use crate::backend::DiffRules;
use crate::schema::{Constraint, ForeignKey, Index, IndexKey, ObjectName, Schema};

/// The schema without the indexes that its foreign keys brought with them.
pub(super) fn without_indexes_of_keys(schema: &Schema, rules: DiffRules) -> Schema {
    let mut schema = schema.clone();
    if rules.keys_need_indexes {
        let mut keys: BTreeMap<&ObjectName, Vec<&ForeignKey>> = BTreeMap::new();
        for table in &schema.tables {
            let of_table = table.constraints.iter().filter_map(|one| match one {
                Constraint::ForeignKey(key) => Some(key),
                _ => None,
            });
            keys.entry(&table.name).or_default().extend(of_table);
        }
        schema.indexes.retain(|index| {
            let mut keys = keys.get(&index.table).into_iter().flatten();
            !keys.any(|key| is_its_own(index, key))
        });
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
