//! Which objects are renamed: those that a person answered, those that are likely, which are
//! questions, and those whose name is all that differs. Nothing else is compared here.

use std::collections::{BTreeMap, BTreeSet};

use super::answers::{Answers, Rename};
use super::change::{Note, Question};
use super::likely::{self, Place};
use super::lists::by_name;
use super::names::{Asked, matched};
use super::rewrite::Renamed;
use super::{alike, assign};
use crate::backend::DiffRules;
use crate::schema::{Column, EnumType, ObjectName, ObjectRef, Schema, Table, Type};

/// The renames of a comparison.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// All of them, also those that are asked about and those that differ in case only.
    pub(super) renamed: Renamed,
    /// Those of labels, by the type's new name.
    pub(super) labels: BTreeMap<ObjectName, BTreeMap<String, String>>,
    pub(super) questions: Vec<Question>,
    pub(super) notes: Vec<Note>,
    /// The tables and types, by their new names, that a question is about.
    pub(super) open: BTreeSet<ObjectName>,
    /// Tables and columns that are renamed for the comparison only, since case means nothing.
    pub(super) silent: BTreeSet<(ObjectName, Option<String>)>,
    used: BTreeSet<Rename>,
}

/// Compares the names of two schemas.
pub(super) fn find(from: &Schema, to: &Schema, rules: DiffRules, answers: &Answers) -> Found {
    let mut found = Found::default();
    let asked = &Asked::of(answers);
    found.tables(from, to, rules, asked);
    let tables = by_name(&to.tables);
    for old in &from.tables {
        let name = found.new_name(&old.name);
        if let Some(new) = tables.get(&name) {
            found.columns(old, new, rules, asked);
        }
    }
    found.types(from, to);
    let enums = by_name(&to.enums);
    for old in &from.enums {
        let name = match found.renamed.types.get(&old.name) {
            Some(new) => old.name.sibling(new.as_str()),
            None => old.name.clone(),
        };
        if let Some(new) = enums.get(&name) {
            found.labels(old, new, answers);
        }
    }
    found.sequences(from, to);
    for answer in &answers.renames {
        if !found.used.contains(answer) {
            found.notes.push(Note {
                object: ObjectRef::new("rename", answer.to_string()),
                text: "nothing that goes and comes has these names".to_owned(),
            });
        }
    }
    found
        .questions
        .sort_by(|a, b| (b.likeness, &a.from, &a.to).cmp(&(a.likeness, &b.from, &b.to)));
    found
}

/// Tables by their schemas, in order.
fn by_schema(tables: &[Table]) -> BTreeMap<&Option<String>, Vec<&Table>> {
    let mut schemas: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for table in tables {
        schemas.entry(&table.name.schema).or_default().push(table);
    }
    schemas
}

impl Found {
    /// A table's name after the renames.
    pub(super) fn new_name(&self, table: &ObjectName) -> ObjectName {
        match self.renamed.tables.get(table) {
            Some(new) => table.sibling(new.as_str()),
            None => table.clone(),
        }
    }

    /// A type's name before the renames.
    pub(super) fn old_type(&self, name: &ObjectName) -> ObjectName {
        let same =
            |(old, new): &(&ObjectName, &String)| old.schema == name.schema && **new == name.name;
        let found = self.renamed.types.iter().find(same);
        found.map_or_else(|| name.clone(), |(old, _)| old.clone())
    }

    fn tables(&mut self, from: &Schema, to: &Schema, rules: DiffRules, asked: &Asked<'_>) {
        let (old, mut new) = (by_schema(&from.tables), by_schema(&to.tables));
        for (schema, old) in old {
            let new = new.remove(schema).unwrap_or_default();
            self.tables_of(&old, &new, rules, asked);
        }
    }

    fn tables_of(&mut self, old: &[&Table], new: &[&Table], rules: DiffRules, asked: &Asked<'_>) {
        let answers = asked.answers;
        let names = |tables: &[&Table]| -> Vec<String> {
            tables.iter().map(|table| table.name.name.clone()).collect()
        };
        let (old_names, new_names) = (names(old), names(new));
        let used = &mut self.used;
        let matched = matched(
            &old_names.iter().map(String::as_str).collect::<Vec<_>>(),
            &new_names.iter().map(String::as_str).collect::<Vec<_>>(),
            rules.names_ignore_case,
            |places| {
                asked.pairs(used, (&old_names, places), |a| {
                    vec![old[a].name.to_string()]
                })
            },
        );
        let by_name: BTreeMap<&ObjectName, &Table> = old
            .iter()
            .rev()
            .map(|table| (&table.name, *table))
            .collect();
        for pair in &matched.pairs {
            if pair.silent {
                self.silent.insert((new[pair.new].name.clone(), None));
            }
            self.rename_table(&by_name, old[pair.old], new[pair.new]);
        }
        let gone: Vec<&Table> = matched
            .gone
            .iter()
            .map(|at| old[*at])
            .filter(|table| !answers.no_renames && !answers.drops.contains(&table.name.to_string()))
            .collect();
        let come: Vec<&Table> = matched.come.iter().map(|at| new[*at]).collect();
        let likely = |a: usize, b: usize| likely::tables(gone[a], come[b]);
        for (a, b) in assign::pairs(gone.len(), come.len(), |a, b| Some(likely(a, b)?.0)) {
            let Some((likeness, why)) = likely(a, b) else {
                continue;
            };
            self.questions.push(Question {
                kind: "table",
                from: gone[a].name.to_string(),
                to: come[b].name.name.clone(),
                was: String::new(),
                becomes: String::new(),
                why: why.to_owned(),
                likeness,
            });
            self.open.insert(come[b].name.clone());
            self.rename_table(&by_name, gone[a], come[b]);
        }
    }

    /// Notes a rename; what has the new name now, and goes, gets a third one.
    fn rename_table(&mut self, all: &BTreeMap<&ObjectName, &Table>, old: &Table, new: &Table) {
        self.renamed
            .tables
            .insert(old.name.clone(), new.name.name.clone());
        let other = all.get(&new.name);
        if let Some(other) = other.filter(|other| !self.renamed.tables.contains_key(&other.name)) {
            let third = third_name(&new.name.name);
            self.renamed.tables.insert(other.name.clone(), third);
        }
    }

    fn columns(&mut self, old: &Table, new: &Table, rules: DiffRules, asked: &Asked<'_>) {
        let answers = asked.answers;
        let names = |table: &Table| -> Vec<String> {
            table
                .columns
                .iter()
                .map(|column| column.name.clone())
                .collect()
        };
        let (old_names, new_names) = (names(old), names(new));
        let spelled = |column: &str| {
            [
                format!("{}.{column}", new.name),
                format!("{}.{column}", old.name),
            ]
        };
        let used = &mut self.used;
        let matched = matched(
            &old_names.iter().map(String::as_str).collect::<Vec<_>>(),
            &new_names.iter().map(String::as_str).collect::<Vec<_>>(),
            rules.names_ignore_case,
            |places| {
                asked.pairs(used, (&old_names, places), |a| {
                    spelled(&old_names[a]).into()
                })
            },
        );
        for pair in &matched.pairs {
            if pair.silent {
                let name = (new.name.clone(), Some(new_names[pair.new].clone()));
                self.silent.insert(name);
            }
            self.rename_column(old, &old_names[pair.old], &new_names[pair.new]);
        }
        self.hint_at_swap(old, new, answers);
        let dropped = |at: &usize| {
            spelled(&old_names[*at])
                .iter()
                .any(|name| answers.drops.contains(name))
        };
        let gone: Vec<usize> = matched
            .gone
            .iter()
            .copied()
            .filter(|at| !answers.no_renames && !dropped(at))
            .collect();
        let stays = |name: &str| {
            let both = |names: &[String]| names.iter().any(|other| other == name);
            both(&old_names) && both(&new_names)
        };
        let old_places: Vec<Place<'_>> = gone.iter().map(|at| Place::of(old, *at, stays)).collect();
        let new_places: Vec<Place<'_>> = matched
            .come
            .iter()
            .map(|at| Place::of(new, *at, stays))
            .collect();
        let possible = |a: usize, b: usize| likely::columns(&old_places[a], &new_places[b], true);
        let only = (0..old_places.len())
            .flat_map(|a| (0..new_places.len()).map(move |b| (a, b)))
            .filter(|(a, b)| possible(*a, *b).is_some())
            .count()
            == 1;
        let likely = |a: usize, b: usize| likely::columns(&old_places[a], &new_places[b], only);
        let pairs = assign::pairs(gone.len(), new_places.len(), |a, b| Some(likely(a, b)?.0));
        for (a, b) in pairs {
            let Some((likeness, why)) = likely(a, b) else {
                continue;
            };
            let (was, becomes) = (old_places[a].column, new_places[b].column);
            self.questions.push(Question {
                kind: "column",
                from: format!("{}.{}", new.name, was.name),
                to: becomes.name.clone(),
                was: summary(was),
                becomes: summary(becomes),
                why: why.to_owned(),
                likeness,
            });
            self.open.insert(new.name.clone());
            self.rename_column(old, &was.name, &becomes.name);
        }
    }

    fn rename_column(&mut self, table: &Table, old: &str, new: &str) {
        let names = self.renamed.columns.entry(table.name.clone()).or_default();
        names.insert(old.to_owned(), new.to_owned());
        let is_there = table.columns.iter().any(|column| column.name == new);
        if is_there && !names.contains_key(new) {
            names.insert(new.to_owned(), third_name(new));
        }
    }

    /// Two columns that each got the other's type may have swapped their names.
    fn hint_at_swap(&mut self, old: &Table, new: &Table, answers: &Answers) {
        let of = |table: &'_ Table, name: &str| {
            table
                .columns
                .iter()
                .find(|column| column.name == name)
                .map(|column| column.ty.clone())
        };
        let changed = old.columns.iter().filter_map(|column| {
            let becomes = of(new, &column.name).filter(|ty| *ty != column.ty)?;
            Some((column, becomes))
        });
        let changed: Vec<(&Column, Type)> = changed.collect();
        for (at, (one, becomes)) in changed.iter().enumerate() {
            for (other, other_becomes) in &changed[at + 1..] {
                let swapped = *becomes == other.ty && *other_becomes == one.ty;
                let is_known = |name: &String| {
                    self.renamed
                        .columns
                        .get(&old.name)
                        .is_some_and(|names| names.contains_key(name))
                };
                if swapped && !answers.no_renames && !is_known(&one.name) {
                    self.notes.push(Note {
                        object: ObjectRef::new("table", new.name.clone()),
                        text: format!(
                            "`{a}` and `{b}` got each other's type; if their names were swapped: --rename {t}.{a}:{b} --rename {t}.{b}:{a}",
                            a = one.name,
                            b = other.name,
                            t = new.name
                        ),
                    });
                }
            }
        }
    }

    /// An enum type whose labels stay has only another name.
    fn types(&mut self, from: &Schema, to: &Schema) {
        let (there, becomes) = (by_name(&from.enums), by_name(&to.enums));
        let gone = from.enums.iter();
        let gone = gone.filter(|old| !becomes.contains_key(&old.name));
        let come = to.enums.iter();
        let come = come.filter(|new| !there.contains_key(&new.name));
        let mut come: Vec<&EnumType> = come.collect();
        for old in gone {
            let same = come
                .iter()
                .position(|new| new.name.schema == old.name.schema && alike::enums(old, new));
            if let Some(at) = same {
                let new = come.remove(at);
                self.renamed
                    .types
                    .insert(old.name.clone(), new.name.name.clone());
            }
        }
    }

    fn labels(&mut self, old: &EnumType, new: &EnumType, answers: &Answers) {
        let of = |values: &'_ [String], others: &[String]| -> Vec<usize> {
            (0..values.len())
                .filter(|at| !others.contains(&values[*at]))
                .collect()
        };
        let mut gone = of(&old.values, &new.values);
        let mut come = of(&new.values, &old.values);
        let mut names = BTreeMap::new();
        let spelled = |label: &str| {
            [
                format!("{}.{label}", new.name),
                format!("{}.{label}", old.name),
            ]
        };
        gone.retain(|a| {
            let known = come.iter().position(|b| {
                answered(
                    answers,
                    &mut self.used,
                    &spelled(&old.values[*a]),
                    &new.values[*b],
                )
            });
            if let Some(at) = known {
                names.insert(old.values[*a].clone(), new.values[come.remove(at)].clone());
            }
            known.is_none()
        });
        gone.retain(|a| {
            let dropped = spelled(&old.values[*a])
                .iter()
                .any(|name| answers.drops.contains(name));
            !answers.no_renames && !dropped
        });
        let likely =
            |a: usize, b: usize| likely::labels(&old.values, gone[a], &new.values, come[b]);
        for (a, b) in assign::pairs(gone.len(), come.len(), |a, b| Some(likely(a, b)?.0)) {
            let Some((likeness, why)) = likely(a, b) else {
                continue;
            };
            self.questions.push(Question {
                kind: "label",
                from: format!("{}.{}", new.name, old.values[gone[a]]),
                to: new.values[come[b]].clone(),
                was: String::new(),
                becomes: String::new(),
                why: why.to_owned(),
                likeness,
            });
            self.open.insert(new.name.clone());
            names.insert(old.values[gone[a]].clone(), new.values[come[b]].clone());
        }
        if !names.is_empty() {
            self.labels.insert(new.name.clone(), names);
        }
    }

    /// A sequence with the same options, for the same column, has only another name.
    fn sequences(&mut self, from: &Schema, to: &Schema) {
        let (there, becomes) = (by_name(&from.sequences), by_name(&to.sequences));
        let come = to.sequences.iter();
        let come = come.filter(|new| !there.contains_key(&new.name));
        let mut come: Vec<_> = come.collect();
        let gone = from.sequences.iter();
        for old in gone.filter(|old| !becomes.contains_key(&old.name)) {
            let mut followed = old.clone();
            if let Some((table, column)) = &mut followed.owned_by {
                if let Some(names) = self.renamed.columns.get(table)
                    && let Some(new) = names.get(column)
                {
                    column.clone_from(new);
                }
                *table = self.new_name(table);
            }
            let same = come.iter().position(|new| {
                new.name.schema == old.name.schema
                    && alike::sequences(&followed, new) == (false, false, false)
            });
            if let Some(at) = same {
                let new = come.remove(at);
                self.renamed
                    .sequences
                    .insert(old.name.clone(), new.name.name.clone());
            }
        }
    }
}

/// Whether an answer is that one of these is renamed so.
fn answered(answers: &Answers, used: &mut BTreeSet<Rename>, from: &[String], to: &str) -> bool {
    let answer = answers
        .renames
        .iter()
        .find(|rename| rename.to == to && from.contains(&rename.from));
    if let Some(answer) = answer {
        used.insert(answer.clone());
    }
    answer.is_some()
}

/// A name that is free for a while.
pub(super) fn third_name(name: &str) -> String {
    format!("{name}__old")
}

/// A column's type, and whether it may be null.
fn summary(column: &Column) -> String {
    let null = if column.nullable { "null" } else { "not null" };
    format!("{}, {null}", type_for_people(&column.ty))
}

/// A type as a revision writes it, one that was created under a name by that.
#[must_use]
pub fn type_for_people(ty: &Type) -> String {
    match ty {
        Type::Named(name) => name.to_string(),
        Type::Array(element) => format!("Array({})", type_for_people(element)),
        other => format!("{other:?}"),
    }
}

/// Renames in an order in which the new name is always free; a circle is opened over a third name.
pub(super) fn in_order(renames: &BTreeMap<String, String>) -> Vec<(String, String)> {
    let mut rest: BTreeMap<String, String> = renames.clone();
    let mut order = Vec::with_capacity(rest.len());
    // who gets a name, for when that is free
    let mut waiting: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (old, new) in renames {
        waiting.entry(new.clone()).or_default().insert(old.clone());
    }
    let is_free = |(_, new): &(&String, &String)| !renames.contains_key(*new);
    let free = renames.iter().filter(is_free);
    let mut free: BTreeSet<String> = free.map(|(old, _)| old.clone()).collect();
    loop {
        let freed = match free.pop_first() {
            Some(old) => {
                order.extend(rest.remove(&old).map(|new| (old.clone(), new)));
                old
            }
            None => {
                let Some((old, new)) = rest.pop_first() else {
                    break;
                };
                let third = third_name(&old);
                order.push((old.clone(), third.clone()));
                if let Some(waiting) = waiting.get_mut(&new) {
                    waiting.remove(&old);
                    waiting.insert(third.clone());
                }
                rest.insert(third, new);
                old
            }
        };
        free.extend(waiting.remove(&freed).into_iter().flatten());
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_with_a_name_is_shown_by_that() {
        let mood = Type::Named("mood".into());
        assert_eq!(type_for_people(&mood), "mood");
        assert_eq!(type_for_people(&mood.array()), "Array(mood)");
        assert_eq!(type_for_people(&Type::VarChar(80)), "VarChar(80)");
    }

    #[test]
    fn a_circle_of_names_is_opened_over_a_third_one() {
        let names = |pairs: &[(&str, &str)]| {
            pairs
                .iter()
                .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
                .collect()
        };
        let order = |pairs: &[(&str, &str)]| -> Vec<String> {
            let order = in_order(&names(pairs));
            order
                .into_iter()
                .map(|(old, new)| format!("{old}>{new}"))
                .collect()
        };
        assert_eq!(order(&[("a", "b"), ("b", "c")]), ["b>c", "a>b"]);
        assert_eq!(
            order(&[("a", "b"), ("b", "a")]),
            ["a>a__old", "b>a", "a__old>b"]
        );
    }
}
