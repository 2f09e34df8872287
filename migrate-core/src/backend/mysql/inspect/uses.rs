//! What of a schema uses what, where that refuses a change or orders the creation: generated
//! columns, expressions in indexes and defaults over columns, views over views and functions. Pure.

use std::collections::{HashMap, HashSet};

use super::super::Dialect;
use crate::schema::{
    DefaultValue, Dependency, IndexKey, ObjectName, ObjectRef, Schema, Sql, Table,
};
use crate::sql::names;

/// Adds the dependencies of a schema to it.
pub(super) fn find(dialect: Dialect, schema: &mut Schema) {
    let mut found = Vec::new();
    let words =
        |text: &str| -> HashSet<String> { names(text, dialect.kind()).into_iter().collect() };
    let columns = |table: &Table, sql: &Sql| -> Vec<ObjectRef> {
        let words = words(sql.text(dialect.kind()));
        table
            .columns
            .iter()
            .filter(|column| words.contains(&column.name.to_lowercase()))
            .map(|column| of_column(&table.name, &column.name))
            .collect()
    };
    for table in &schema.tables {
        for column in &table.columns {
            let expression = match (&column.generated, &column.default) {
                (Some(generated), _) => &generated.expression,
                (None, Some(DefaultValue::Expression(expression))) => expression,
                _ => continue,
            };
            let user = of_column(&table.name, &column.name);
            let used = columns(table, expression).into_iter();
            found.extend(
                used.filter(|used| *used != user)
                    .map(|used| Dependency::new(user.clone(), used)),
            );
        }
    }
    let tables: HashMap<&ObjectName, &Table> = schema
        .tables
        .iter()
        .map(|table| (&table.name, table))
        .collect();
    for index in &schema.indexes {
        let Some(table) = tables.get(&index.table) else {
            continue;
        };
        let user = ObjectRef::new("index", index.name.as_str()).on(index.table.clone());
        for part in &index.parts {
            if let IndexKey::Expression(expression) = &part.key {
                let used = columns(table, expression).into_iter();
                found.extend(used.map(|used| Dependency::new(user.clone(), used)));
            }
        }
    }
    let of_views = schema.views.iter().map(|view| {
        let text = view.query.text(dialect.kind()).to_owned();
        (view.name.clone(), text)
    });
    let of_others = schema
        .others
        .iter()
        .filter(|other| other.kind == "view")
        .map(|other| {
            let text = other.create.iter().flatten().cloned().collect::<String>();
            (other.name.clone(), text)
        });
    let views: Vec<(ObjectName, HashSet<String>)> = of_views
        .chain(of_others)
        .map(|(name, text)| (name, words(&text)))
        .collect();
    let functions = schema
        .others
        .iter()
        .filter(|other| other.kind == "function");
    let called = functions.map(|other| ("function", &other.name));
    let used = views.iter().map(|(name, _)| ("view", name));
    let mut usable: HashMap<String, Vec<(&str, &ObjectName)>> = HashMap::new();
    for (kind, name) in used.chain(called) {
        let of_word = usable.entry(name.name.to_lowercase()).or_default();
        of_word.push((kind, name));
    }
    for (user, words) in &views {
        let used = words.iter().filter_map(|word| usable.get(word)).flatten();
        found.extend(used.filter(|(_, name)| *name != user).map(|(kind, name)| {
            let user = ObjectRef::new("view", user.clone());
            Dependency::new(user, ObjectRef::new(*kind, (*name).clone()))
        }));
    }
    schema.dependencies.extend(found);
}

fn of_column(table: &ObjectName, column: &str) -> ObjectRef {
    ObjectRef::new("table", table.clone()).column(column)
}
