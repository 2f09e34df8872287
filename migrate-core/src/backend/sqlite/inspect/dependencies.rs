//! What views and triggers use, by the words of their texts: rather one thing too many than one too
//! few. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::backend::BackendKind;
use crate::schema::{Dependency, ObjectName, ObjectRef, Schema};
use crate::sql::names;

/// A view or a trigger, and its text.
pub(super) struct User<'t> {
    pub(super) object: ObjectRef,
    pub(super) text: &'t str,
}

/// The tables, views and columns that users name, also through other views.
pub(super) fn dependencies(schema: &Schema, users: &[User<'_>]) -> Vec<Dependency> {
    let words: Vec<BTreeSet<String>> = users.iter().map(|user| words(user.text)).collect();
    let used = Used::of(schema);
    let direct: Vec<Vec<&ObjectRef>> = words.iter().map(|words| used.named(words)).collect();
    let position: BTreeMap<&ObjectRef, usize> = users
        .iter()
        .enumerate()
        .map(|(at, user)| (&user.object, at))
        .collect();
    let mut all = Vec::new();
    for (at, user) in users.iter().enumerate() {
        // a trigger is dropped with what it is on
        let is_other = |object: &ObjectRef| {
            *object != user.object && user.object.on.as_ref() != Some(&object.name)
        };
        for object in direct[at].iter().filter(|object| is_other(object)) {
            all.push(Dependency::new(user.object.clone(), (*object).clone()));
        }
        for object in reached(at, &direct, &position) {
            for column in used.columns(object) {
                let lower = column.to_lowercase();
                if words[at].contains(&lower) || words[at].contains("*") {
                    let column = object.clone().column(column.as_str());
                    all.push(Dependency::new(user.object.clone(), column));
                }
            }
        }
    }
    all
}

/// What the user at a place names, and what the views name that it names.
fn reached<'u>(
    user: usize,
    direct: &[Vec<&'u ObjectRef>],
    position: &BTreeMap<&ObjectRef, usize>,
) -> BTreeSet<&'u ObjectRef> {
    let mut reached = BTreeSet::new();
    let mut open = vec![user];
    while let Some(at) = open.pop() {
        for object in &direct[at] {
            if reached.insert(*object) {
                open.extend(position.get(object));
            }
        }
    }
    reached
}

/// What can be used, by name in lower case.
struct Used<'s> {
    objects: BTreeMap<String, Vec<ObjectRef>>,
    columns: BTreeMap<&'s ObjectName, Vec<&'s String>>,
}

impl<'s> Used<'s> {
    fn of(schema: &'s Schema) -> Used<'s> {
        let mut used = Used {
            objects: BTreeMap::new(),
            columns: BTreeMap::new(),
        };
        let mut add = |kind: &str, name: &ObjectName| {
            let objects = used.objects.entry(name.name.to_lowercase()).or_default();
            objects.push(ObjectRef::new(kind, name.clone()));
        };
        for table in &schema.tables {
            add("table", &table.name);
        }
        for view in &schema.views {
            add("view", &view.name);
        }
        for other in schema.others.iter().filter(|other| other.on.is_none()) {
            add(&other.kind, &other.name);
        }
        for table in &schema.tables {
            let columns = table.columns.iter().map(|column| &column.name);
            used.columns.insert(&table.name, columns.collect());
        }
        used
    }

    fn named(&self, words: &BTreeSet<String>) -> Vec<&ObjectRef> {
        let objects = words.iter().filter_map(|word| self.objects.get(word));
        objects.flatten().collect()
    }

    fn columns(&self, object: &ObjectRef) -> &[&'s String] {
        let is_table = object.kind == "table";
        let columns = self.columns.get(&object.name).filter(|_| is_table);
        columns.map_or(&[], Vec::as_slice)
    }
}

/// The words and signs of a text in lower case; also those in single quotes, which SQLite takes for
/// a name where it expects one.
fn words(text: &str) -> BTreeSet<String> {
    let strings = crate::sql::tokens(text, BackendKind::Sqlite)
        .filter(|token| token.starts_with('\''))
        .map(|token| crate::sql::unquoted(token).to_lowercase());
    let mut words: BTreeSet<String> = names(text, BackendKind::Sqlite).into_iter().collect();
    words.extend(strings);
    words
}
