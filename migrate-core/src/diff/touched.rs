//! Whether an object goes, or changes so that its users block that; asked of one object at a time,
//! for many. It must not know what becomes of the users.

use std::collections::{BTreeMap, BTreeSet};

use super::comparison::{Comparison, TablePart};
use super::parts::{Part, Version};
use super::renames::{Found, third_name};
use crate::schema::{Index, ObjectName, ObjectRef, Other, Schema};

/// Where things are that are looked for by their names.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The enums and domains that are there, by kind.
    types: BTreeSet<(&'static str, ObjectName)>,
    /// The new names of types, in the schemas of the old ones.
    renamed: BTreeSet<ObjectName>,
    /// The enums, domains and sequences that are to be, by kind.
    becomes: BTreeSet<(&'static str, ObjectName)>,
    /// Indexes by the names that they have, of any table.
    indexes: BTreeMap<String, Vec<usize>>,
    /// The dependencies of each user as a whole.
    uses: BTreeMap<ObjectRef, Vec<usize>>,
}

impl Known {
    pub(super) fn new(from: &Schema, new: &Schema, found: &Found, parts: &[Part<Index>]) -> Known {
        let types = |schema: &Schema| -> BTreeSet<_> {
            let enums = schema.enums.iter().map(|one| ("enum", one.name.clone()));
            let domains = schema
                .domains
                .iter()
                .map(|one| ("domain", one.name.clone()));
            enums.chain(domains).collect()
        };
        let mut becomes = types(new);
        let sequences = new.sequences.iter();
        becomes.extend(sequences.map(|one| ("sequence", one.name.clone())));
        let mut indexes: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, part) in parts.iter().enumerate() {
            if let Some(old) = &part.old {
                indexes
                    .entry(old.canonical.name.clone())
                    .or_default()
                    .push(at);
            }
        }
        let mut uses: BTreeMap<ObjectRef, Vec<usize>> = BTreeMap::new();
        for (at, dependency) in from.dependencies.iter().enumerate() {
            let mut user = dependency.user.clone();
            user.column = None;
            uses.entry(user).or_default().push(at);
        }
        let renamed = found.renamed.types.iter();
        Known {
            types: types(from),
            renamed: renamed
                .map(|(old, new)| old.sibling(new.as_str()))
                .collect(),
            becomes,
            indexes,
            uses,
        }
    }

    /// The positions of the indexes that have a name.
    pub(super) fn indexes_called(&self, name: &str) -> &[usize] {
        self.indexes.get(name).map_or(&[], Vec::as_slice)
    }
}

impl Comparison<'_> {
    /// Whether what a comment is on is dropped and created again. It is named by kind and name.
    pub(super) fn loses_comment(&self, comment: &Other) -> bool {
        let Some((kind, name)) = comment.name.name.split_once(' ') else {
            return false;
        };
        let is_touched = |kind: &str| {
            let mut object = ObjectRef::new(kind, comment.name.sibling(name));
            object.on.clone_from(&comment.on);
            self.is_touched(&object)
        };
        let renamed_away = |kind: &'static str| {
            let third = comment.name.sibling(third_name(name));
            self.known.types.contains(&(kind, third))
        };
        match kind {
            "type" => renamed_away("enum") || is_touched(kind),
            "domain" => renamed_away("domain"),
            _ => is_touched(kind),
        }
    }

    /// Whether something else uses what goes, what changes its type, or what gets another name.
    pub(super) fn uses_touched(&self, part: &Part<Other>) -> bool {
        let Some(old) = &part.old else {
            return false;
        };
        let user = super::users::other_ref(&old.canonical);
        let places = self.known.uses.get(&user).into_iter().flatten();
        let mut used = places.map(|at| &self.from.dependencies[*at].used);
        used.any(|used| self.is_touched(used) || self.known.renamed.contains(&used.name))
    }

    /// Whether an object goes, or changes in a way that its users block.
    pub(super) fn is_touched(&self, used: &ObjectRef) -> bool {
        if let Some(column) = &used.column {
            let name = (used.name.clone(), column.clone());
            if let Some(part) = self.columns.get(&name) {
                return part.fate.drops() || part.is_retyped();
            }
        }
        let becomes = |kind: &'static str| {
            let name = (kind, used.name.clone());
            self.known.becomes.contains(&name)
        };
        match used.kind.as_str() {
            "table" => self.tables.get(&used.name).is_some_and(TablePart::goes),
            "view" | "materialized view" => self.views.of(&used.name).any(|part| part.fate.drops()),
            "enum" => !becomes("enum"),
            "domain" => !becomes("domain"),
            "sequence" => !becomes("sequence"),
            "index" => {
                let places = self.known.indexes_called(&used.name.name);
                places.iter().any(|at| self.indexes[*at].fate.drops())
            }
            "constraint" => {
                let of_table = used.on.iter().flat_map(|table| self.constraints.of(table));
                of_table.filter(|part| part.fate.drops()).any(|part| {
                    let old = part.old.as_ref();
                    old.is_some_and(|old| old.canonical.name() == Some(&used.name.name))
                })
            }
            _ => {
                let place = used.on.as_ref().unwrap_or(&used.name);
                let mut others = self.others.of(place);
                others.any(|part| part.fate.drops() && is_other(part.old.as_ref(), used))
            }
        }
    }
}

pub(super) fn is_other(part: Option<&Version<Other>>, reference: &ObjectRef) -> bool {
    part.is_some_and(|part| {
        let other = &part.canonical;
        other.kind == reference.kind && other.name == reference.name && other.on == reference.on
    })
}
