//! What cannot stay while something else changes: it is dropped before and created again. Which
//! these are depends on the rules of the database.

use std::collections::{BTreeMap, BTreeSet};

use super::comparison::{ColumnName, ColumnPart, Comparison};
use super::parts::{Fate, Part};
use super::touched::is_other;
use super::users::is_comment;
use crate::dialect::BackendKind;
use crate::schema::{
    Constraint, DefaultValue, ForeignKey, Index, IndexKey, IndexPart, ObjectName, ObjectRef, Other,
    Sql, View,
};
use crate::sql;

impl Comparison<'_> {
    /// Marks all that has to be replaced for the sake of something else, until nothing is added.
    pub(super) fn pin(&mut self) {
        loop {
            let before = self.replaced();
            self.pin_generated_columns();
            self.pin_defaults();
            self.pin_constraints();
            self.pin_indexes();
            self.pin_views();
            self.pin_others();
            if self.rules.users_pin_columns {
                self.pin_dependent();
            }
            self.pin_keys();
            if self.replaced() == before {
                break;
            }
        }
    }

    fn replaced(&self) -> usize {
        fn of<T>(parts: &[Part<T>]) -> usize {
            parts
                .iter()
                .filter(|part| part.fate == Fate::Replace)
                .count()
        }
        let columns = self.columns.values();
        columns
            .filter(|part| part.fate == Fate::Replace || part.resets_default)
            .count()
            + of(&self.constraints)
            + of(&self.indexes)
            + of(&self.views)
            + of(&self.others)
    }

    /// Whether an expression of a table uses a column that blocks it: one that goes, one that gets
    /// another type, or one that is renamed where names in expressions do not follow.
    fn blocks(&self, table: &ObjectName, expression: &Sql, any_type: bool) -> bool {
        let of_table = self.columns.range((table.clone(), String::new())..);
        let mut blocking = of_table
            .take_while(|((other, _), _)| other == table)
            .filter(|((_, column), part)| {
                let retyped = match any_type {
                    true => part.is_retyped(),
                    false => part.is_converted(),
                };
                let silent = || {
                    let name = (table.clone(), Some(column.clone()));
                    self.found.silent.contains(&name)
                };
                part.fate.drops()
                    || self.rules.users_pin_columns && retyped
                    || !self.rules.renames_follow && part.old_name != *column && !silent()
            })
            .peekable();
        if blocking.peek().is_none() {
            return false;
        }
        let names = sql::names(expression.text(self.kind), self.kind);
        blocking.any(|((_, column), _)| names.contains(&column.to_lowercase()))
    }

    /// The columns of a table that are computed from a column, as it is there.
    pub(super) fn computed_from(&self, table: &ObjectName, name: &str) -> Vec<String> {
        let mentions = |part: &ColumnPart| {
            let old = part.old.as_ref().map(|old| &old.canonical);
            let generated = old.and_then(|old| old.generated.as_ref());
            generated.is_some_and(|generated| {
                let text = generated.expression.text(self.kind);
                sql::names(text, self.kind).contains(&name.to_lowercase())
            })
        };
        self.columns
            .range((table.clone(), String::new())..)
            .take_while(|((other, _), _)| other == table)
            .filter(|((_, other), part)| other != name && mentions(part))
            .map(|((_, other), _)| other.clone())
            .collect()
    }

    fn pin_generated_columns(&mut self) {
        let pinned: Vec<ColumnName> = self
            .columns
            .iter()
            .filter(|(_, part)| matches!(part.fate, Fate::Keep | Fate::Alter))
            .filter(|((table, _), part)| {
                let old = part
                    .old
                    .as_ref()
                    .and_then(|old| old.canonical.generated.as_ref());
                old.is_some_and(|old| {
                    let stays = part
                        .new
                        .as_ref()
                        .is_some_and(|new| new.canonical.generated.is_some());
                    let blocked = self.blocks(table, &old.expression, true);
                    // one that is computed otherwise is altered, unless that is refused
                    blocked && (part.fate == Fate::Keep || stays)
                })
            })
            .map(|(name, _)| name.clone())
            .collect();
        for name in pinned {
            if let Some(part) = self.columns.get_mut(&name) {
                part.fate = Fate::Replace;
            }
        }
    }

    /// Defaults that are computed from a column that goes, or is renamed.
    fn pin_defaults(&mut self) {
        let pinned: Vec<ColumnName> = self
            .columns
            .iter()
            .filter(|(_, part)| matches!(part.fate, Fate::Keep | Fate::Alter))
            .filter(|((table, _), part)| {
                let old = part.old.as_ref();
                match old.and_then(|old| old.canonical.default.as_ref()) {
                    Some(DefaultValue::Expression(text)) => self.blocks(table, text, false),
                    _ => false,
                }
            })
            .map(|(name, _)| name.clone())
            .collect();
        for name in pinned {
            if let Some(part) = self.columns.get_mut(&name) {
                part.resets_default = true;
            }
        }
    }

    fn pin_constraints(&mut self) {
        let blocked: Vec<usize> = (0..self.constraints.len())
            .filter(|at| {
                let part = &self.constraints[*at];
                let old = part.old.as_ref().map(|old| &old.canonical);
                old.is_some_and(|old| self.is_blocked(&part.table, old))
            })
            .collect();
        for at in blocked {
            self.constraints[at].replace();
        }
    }

    fn is_blocked(&self, table: &ObjectName, constraint: &Constraint) -> bool {
        let own = constraint
            .columns()
            .iter()
            .any(|column| self.goes(table, column));
        own || match constraint {
            Constraint::PrimaryKey(key) => key.include.iter().any(|name| self.goes(table, name)),
            Constraint::Unique(key) => key.include.iter().any(|name| self.goes(table, name)),
            Constraint::Check(check) => {
                self.blocks(table, &check.expression, false)
                    || check
                        .column
                        .as_ref()
                        .is_some_and(|name| self.goes(table, name))
            }
            Constraint::Exclude(exclude) => {
                let predicate = exclude.predicate.as_ref();
                exclude
                    .parts
                    .iter()
                    .any(|(part, _)| self.is_part_blocked(table, part))
                    || predicate.is_some_and(|text| self.blocks(table, text, false))
            }
            Constraint::ForeignKey(_) => false,
        }
    }

    fn is_part_blocked(&self, table: &ObjectName, part: &IndexPart) -> bool {
        match &part.key {
            IndexKey::Column(column) => self.goes(table, column),
            IndexKey::Expression(text) => self.blocks(table, text, false),
        }
    }

    fn pin_indexes(&mut self) {
        let is_blocked = |index: &Index| {
            let mut views = self.views.of(&index.table);
            let view = views.any(|view| view.fate.drops());
            let predicate = index.predicate.as_ref();
            view || index
                .parts
                .iter()
                .any(|part| self.is_part_blocked(&index.table, part))
                || index
                    .include
                    .iter()
                    .any(|name| self.goes(&index.table, name))
                || predicate.is_some_and(|text| self.blocks(&index.table, text, false))
        };
        let blocked: Vec<usize> = (0..self.indexes.len())
            .filter(|at| {
                let old = self.indexes[*at].old.as_ref();
                old.is_some_and(|old| is_blocked(&old.canonical))
            })
            .collect();
        for at in blocked {
            self.indexes[at].replace();
        }
    }

    /// The old names of columns that are renamed and of tables that are, where views and triggers
    /// do not follow.
    fn lost_names(&self) -> Lost {
        let mut lost = Lost::default();
        for (table, names) in &self.found.renamed.columns {
            let silent = |new: &String| {
                let name = (self.found.new_name(table), Some(new.clone()));
                self.found.silent.contains(&name)
            };
            for (old, _) in names.iter().filter(|(_, new)| !silent(new)) {
                let of_name = lost.columns.entry(old.to_lowercase()).or_default();
                of_name.push(table.clone());
            }
        }
        if !self.rules.renames_follow {
            let tables = self.found.renamed.tables.keys();
            lost.tables = tables.map(|table| table.name.to_lowercase()).collect();
        }
        lost
    }

    fn pin_views(&mut self) {
        let lost = self.lost_names();
        let dropped = self.dropped_views();
        let uses_dropped = |text: &str| {
            let names = || sql::names(text, self.kind);
            !dropped.is_empty() && names().iter().any(|name| dropped.contains(name))
        };
        let blocked: Vec<usize> = (0..self.views.len())
            .filter(|at| {
                let old = self.views[*at].old.as_ref();
                let query = old.map(|old| old.given.query.text(self.kind));
                query.is_some_and(|text| lost.are_used(text, None, self.kind) || uses_dropped(text))
            })
            .collect();
        for at in blocked {
            self.views[at].replace();
        }
    }

    /// The views that are not there for a while, which every rename would refuse to their users.
    fn dropped_views(&self) -> BTreeSet<String> {
        if !self.rules.renames_follow {
            return BTreeSet::new();
        }
        let moves = self.moves();
        let in_place = |view: &&Part<View>| match (&view.old, &view.new) {
            (Some(old), Some(new)) => self.replaced_view(view, old, new, &moves).is_some(),
            _ => false,
        };
        let dropped = self.views.iter().filter(|view| view.fate.drops());
        dropped
            .filter(|view| !in_place(view))
            .map(|view| view.table.name.to_lowercase())
            .collect()
    }

    fn pin_others(&mut self) {
        let lost = self.lost_names();
        let blocked: Vec<usize> = (0..self.others.len())
            .filter(|at| {
                let part = &self.others[*at];
                let Some(old) = &part.old else {
                    return false;
                };
                let on = old.given.on.as_ref();
                let place = old.canonical.on.iter().filter(|_| part.new.is_some());
                let mut views = place.flat_map(|on| self.views.of(on));
                let view = views.any(|view| view.fate.drops());
                if is_comment(&old.given) && self.loses_comment(&old.canonical) {
                    return true;
                }
                let texts = old.given.create.iter().flatten();
                view || !is_part_of_table(&old.given.kind)
                    && texts
                        .into_iter()
                        .any(|text| lost.are_used(text, on, self.kind))
            })
            .collect();
        for at in blocked {
            self.others[at].replace();
        }
    }

    /// What the catalogue says uses something that goes or changes its type.
    fn pin_dependent(&mut self) {
        let dependencies = self.from.dependencies.clone();
        for dependency in dependencies {
            if self.is_touched(&dependency.used) {
                self.replace(&dependency.user, &dependency.used);
            }
        }
    }

    /// Replaces a user of what goes.
    fn replace(&mut self, user: &ObjectRef, used: &ObjectRef) {
        match user.kind.as_str() {
            "view" | "materialized view" => {
                self.views.replace(&user.name, |_| true);
            }
            "table" => self.replace_column(user, used),
            "index" => {
                for at in self.known.indexes_called(&user.name.name) {
                    self.indexes[*at].replace();
                }
            }
            "constraint" => {
                if let Some(table) = &user.on {
                    self.constraints.replace(table, |constraint| {
                        let old = constraint.old.as_ref();
                        old.and_then(|old| old.canonical.name()) == Some(&user.name.name)
                    });
                }
            }
            kind if is_part_of_table(kind) => {}
            _ => {
                let place = user.on.as_ref().unwrap_or(&user.name);
                let is_user = |part: &Part<Other>| is_other(part.old.as_ref(), user);
                self.others.replace(place, is_user);
            }
        }
    }

    /// A column whose default or expression uses what goes. One whose type does changes its type.
    fn replace_column(&mut self, user: &ObjectRef, used: &ObjectRef) {
        let Some(column) = &user.column else {
            return;
        };
        let name = (user.name.clone(), column.clone());
        let Some(part) = self.columns.get_mut(&name) else {
            return;
        };
        let is_computed = part
            .old
            .as_ref()
            .is_some_and(|old| old.canonical.generated.is_some());
        match (used.kind.as_str(), part.fate) {
            ("enum" | "domain" | "table", _) => {}
            (_, Fate::Keep | Fate::Alter) if is_computed => part.fate = Fate::Replace,
            (_, Fate::Keep | Fate::Alter) => part.resets_default = true,
            _ => {}
        }
    }

    /// Foreign keys whose columns, or whose key on the other side, change.
    fn pin_keys(&mut self) {
        if self.rules.keys_before_tables {
            self.pin_keys_of_dropped_columns();
            return;
        }
        let blocked: Vec<usize> = (0..self.constraints.len())
            .filter(|at| {
                let part = &self.constraints[*at];
                match part.old.as_ref().map(|old| &old.canonical) {
                    Some(Constraint::ForeignKey(key)) if self.stays(&part.table) => {
                        self.is_key_blocked(&part.table, key)
                    }
                    _ => false,
                }
            })
            .collect();
        for at in blocked {
            self.constraints[at].replace();
        }
    }

    fn pin_keys_of_dropped_columns(&mut self) {
        let blocked: Vec<usize> = (0..self.constraints.len())
            .filter(
                |at| match self.constraints[*at].old.as_ref().map(|old| &old.canonical) {
                    Some(Constraint::ForeignKey(key)) => key
                        .referred
                        .iter()
                        .any(|column| self.goes(&key.table, column)),
                    _ => false,
                },
            )
            .collect();
        for at in blocked {
            self.constraints[at].replace();
        }
    }

    fn is_key_blocked(&self, table: &ObjectName, key: &ForeignKey) -> bool {
        let changes = |table: &ObjectName, column: &String| {
            let name = (table.clone(), column.clone());
            self.columns
                .get(&name)
                .is_some_and(|part| match self.rules.keys_pin_types {
                    true => part.is_retyped() || part.aspects.identity,
                    false => part.is_converted(),
                })
        };
        let referred = self.referred(key);
        key.columns.iter().any(|column| changes(table, column))
            || referred
                .iter()
                .any(|column| changes(&key.table, column) || self.goes(&key.table, column))
            || self.loses_cover(&key.table, &referred)
            || self.rules.keys_need_indexes && self.loses_cover(table, &key.columns)
    }

    /// Whether the index that a key needs on a table goes, and no other that stays does as well.
    fn loses_cover(&self, table: &ObjectName, columns: &[String]) -> bool {
        let (mut goes, mut stays) = (false, false);
        let mut count = |fate: Fate, covers: bool| {
            if covers {
                goes |= fate.drops();
                stays |= matches!(fate, Fate::Keep | Fate::Rename);
            }
        };
        for part in self.constraints.of(table) {
            if let Some(old) = &part.old {
                count(
                    part.fate,
                    self.covers_by_constraint(&old.canonical, columns),
                );
            }
        }
        for part in self.indexes.of(table) {
            if let Some(old) = &part.old {
                count(part.fate, self.covers(&old.canonical, columns));
            }
        }
        goes && !stays
    }
}

/// The old names, in lower case, that mean nothing any more.
#[derive(Debug, Default)]
struct Lost {
    /// The tables of the columns of a name.
    columns: BTreeMap<String, Vec<ObjectName>>,
    tables: BTreeSet<String>,
}

impl Lost {
    /// Whether a text uses what is renamed, so that it would not be the same text afterwards.
    fn are_used(&self, text: &str, on: Option<&ObjectName>, kind: BackendKind) -> bool {
        if self.columns.is_empty() && self.tables.is_empty() {
            return false;
        }
        let names = sql::names(text, kind);
        let has = |name: &str| names.contains(&name.to_lowercase());
        names.iter().any(|name| {
            let mut tables = self.columns.get(name).into_iter().flatten();
            let column = tables.any(|table| on == Some(table) || has(&table.name));
            column || self.tables.contains(name)
        })
    }
}

/// Whether something else holds rows of its table, and follows its changes.
pub(super) fn is_part_of_table(kind: &str) -> bool {
    kind == "partition"
}
