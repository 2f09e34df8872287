//! Of two schemas, the parts that differ; and a schema in which the one part is replaced by the
//! other. So a walk through a history keeps little for each revision. Pure.

use std::collections::{BTreeMap, BTreeSet};

use migrate_core::schema::{ObjectName, Schema, Table};

/// What differs between two schemas: tables with all their indexes, and single objects of other
/// kinds. What uses what is left out.
pub(super) fn parts(before: &Schema, after: &Schema) -> (Schema, Schema) {
    let (mut one, mut other) = (Schema::empty(), Schema::empty());
    let mut tables: BTreeSet<&ObjectName> = BTreeSet::new();
    let both = [before, after].map(|schema| -> BTreeMap<&ObjectName, &Table> {
        let tables = schema.tables.iter();
        tables.map(|table| (&table.name, table)).collect()
    });
    for (name, table) in both.iter().flatten() {
        if both.iter().any(|tables| tables.get(name) != Some(table)) {
            tables.insert(name);
        }
    }
    let (gone, new) = middle(&before.indexes, &after.indexes);
    tables.extend(gone.iter().chain(new).map(|index| &index.table));
    for (schema, part) in [(before, &mut one), (after, &mut other)] {
        let changed = schema.tables.iter();
        let changed = changed.filter(|table| tables.contains(&table.name));
        part.tables = changed.cloned().collect();
        let indexes = schema.indexes.iter();
        let indexes = indexes.filter(|index| tables.contains(&index.table));
        part.indexes = indexes.cloned().collect();
    }
    macro_rules! differing {
        ($($kind:ident)*) => {$(
            let (gone, new) = middle(&before.$kind, &after.$kind);
            (one.$kind, other.$kind) = (gone.to_vec(), new.to_vec());
        )*};
    }
    differing!(schemas extensions enums domains sequences views others);
    (one, other)
}

/// Of two lists, what is left of each without the begin and the end that both have.
fn middle<'l, T: PartialEq>(one: &'l [T], other: &'l [T]) -> (&'l [T], &'l [T]) {
    let same = |(a, b): &(&T, &T)| a == b;
    let begin = one.iter().zip(other).take_while(same).count();
    let (one, other) = (&one[begin..], &other[begin..]);
    let end = one.iter().rev().zip(other.iter().rev());
    let end = end.take_while(same).count();
    (&one[..one.len() - end], &other[..other.len() - end])
}

/// Replaces a part of a schema.
pub(super) fn replace(schema: &mut Schema, before: &Schema, after: &Schema) {
    let tables = before.tables.iter().chain(&after.tables);
    let tables: BTreeSet<&ObjectName> = tables.map(|table| &table.name).collect();
    schema.tables.retain(|table| !tables.contains(&table.name));
    schema
        .indexes
        .retain(|index| !tables.contains(&index.table));
    schema.tables.extend(after.tables.iter().cloned());
    schema.indexes.extend(after.indexes.iter().cloned());
    macro_rules! replaced {
        ($($kind:ident)*) => {$(
            schema.$kind.retain(|one| !before.$kind.contains(one));
            schema.$kind.extend(after.$kind.iter().cloned());
        )*};
    }
    replaced!(schemas extensions enums domains sequences views others);
    schema.sort();
}

#[cfg(test)]
mod tests {
    use super::*;
    use migrate_core::schema::{Column, EnumType, Index, Other, Type};

    fn schema(tables: &[(&str, &[&str])]) -> Schema {
        let mut schema = Schema::empty();
        for (name, columns) in tables {
            let mut table = Table::new(*name);
            let columns = columns.iter();
            table.columns = columns
                .map(|name| Column::new(*name, Type::Integer))
                .collect();
            schema.tables.push(table);
        }
        schema.sort();
        schema
    }

    #[test]
    fn a_schema_with_one_part_replaced_is_the_other() {
        let mut before = schema(&[("a", &["x"]), ("b", &["x"]), ("c", &["x"]), ("e", &["x"])]);
        before.enums = vec![EnumType::new("mood", ["sad"]), EnumType::new("size", ["s"])];
        before.others = vec![Other::new("function", "f()")];
        let mut after = schema(&[
            ("b", &["x"]),
            ("c", &["x", "y"]),
            ("d", &["x"]),
            ("e", &["x"]),
        ]);
        after.enums = vec![EnumType::new("mood", ["sad", "ok"])];
        after.indexes = vec![Index::new("ix", "e", vec!["x".into()])];
        let (one, other) = parts(&before, &after);
        let names = |part: &Schema| {
            let names = part.tables.iter().map(|table| table.name.to_string());
            names.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            (names(&one), names(&other)),
            ("a c e".into(), "c d e".into())
        );
        let mut replaced = before.clone();
        replace(&mut replaced, &one, &other);
        assert_eq!(replaced, after);
        replace(&mut replaced, &other, &one);
        assert_eq!(replaced, before);
        assert_eq!(parts(&before, &before), (Schema::empty(), Schema::empty()));
    }
}
