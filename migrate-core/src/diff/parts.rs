//! What two tables have in common: their constraints and indexes, matched by name, then by what
//! they are. It must not know what is done about a difference.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};

use super::alike::{self, Likeness};
use crate::schema::{Constraint, Index, ObjectName};

/// What becomes of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Keep,
    Rename,
    /// It is changed where it is.
    Alter,
    /// It is dropped and created again, as it is to be.
    Replace,
    Drop,
    Create,
}

impl Fate {
    /// Whether the object that is there is dropped.
    pub(super) fn drops(self) -> bool {
        matches!(self, Fate::Drop | Fate::Replace)
    }

    /// Whether an object is created.
    pub(super) fn creates(self) -> bool {
        matches!(self, Fate::Create | Fate::Replace)
    }
}

/// An object as it was given, and spelled one way.
#[derive(Clone, Debug)]
pub(super) struct Version<T> {
    pub(super) given: T,
    pub(super) canonical: T,
}

/// An object of one schema or of both.
#[derive(Clone, Debug)]
pub(super) struct Part<T> {
    /// Its table, or itself, under the new name.
    pub(super) table: ObjectName,
    /// The table's name before.
    pub(super) old_table: ObjectName,
    /// What is there. As it was given it has the old names, spelled one way the new ones.
    pub(super) old: Option<Version<T>>,
    pub(super) new: Option<Version<T>>,
    pub(super) fate: Fate,
    /// Only texts differ.
    pub(super) doubtful: bool,
}

impl<T> Part<T> {
    /// It is dropped and created again, if it would stay.
    pub(super) fn replace(&mut self) -> bool {
        let stays = matches!(self.fate, Fate::Keep | Fate::Rename | Fate::Alter);
        if stays {
            self.fate = Fate::Replace;
        }
        stays
    }

    /// What it is now, spelled one way, else what it will be.
    pub(super) fn canonical(&self) -> Option<&T> {
        let version = self.old.as_ref().or(self.new.as_ref());
        version.map(|version| &version.canonical)
    }
}

/// The objects of one kind, in their order, and by their tables. Their tables stay.
#[derive(Debug)]
pub(super) struct Parts<T> {
    all: Vec<Part<T>>,
    by_table: BTreeMap<ObjectName, Vec<usize>>,
}

impl<T> Parts<T> {
    /// The positions of those of a table, in order.
    pub(super) fn places(&self, table: &ObjectName) -> &[usize] {
        self.by_table.get(table).map_or(&[], Vec::as_slice)
    }

    /// Those of a table, in order.
    pub(super) fn of(&self, table: &ObjectName) -> impl Iterator<Item = &Part<T>> {
        self.places(table).iter().map(|at| &self.all[*at])
    }

    /// Replaces those of a table that fit, if they would stay.
    pub(super) fn replace(&mut self, table: &ObjectName, fits: impl Fn(&Part<T>) -> bool) {
        for at in self.by_table.get(table).into_iter().flatten() {
            let part = &mut self.all[*at];
            if fits(part) {
                part.replace();
            }
        }
    }
}

impl<T> From<Vec<Part<T>>> for Parts<T> {
    fn from(all: Vec<Part<T>>) -> Parts<T> {
        let mut by_table: BTreeMap<ObjectName, Vec<usize>> = BTreeMap::new();
        for (at, part) in all.iter().enumerate() {
            match by_table.get_mut(&part.table) {
                Some(places) => places.push(at),
                None => drop(by_table.insert(part.table.clone(), vec![at])),
            }
        }
        Parts { all, by_table }
    }
}

impl<T> Default for Parts<T> {
    fn default() -> Parts<T> {
        Parts::from(Vec::new())
    }
}

impl<T> Deref for Parts<T> {
    type Target = [Part<T>];

    fn deref(&self) -> &[Part<T>] {
        &self.all
    }
}

impl<T> DerefMut for Parts<T> {
    fn deref_mut(&mut self) -> &mut [Part<T>] {
        &mut self.all
    }
}

/// A thing of a table that may have a name.
pub(super) trait Named: Clone {
    fn own_name(&self) -> Option<&str>;

    /// Without the names.
    fn likeness(&self, other: &Self) -> Likeness;

    /// Whether two may be one thing that changed.
    fn is_one_kind(&self, other: &Self) -> bool;
}

impl Named for Constraint {
    fn own_name(&self) -> Option<&str> {
        self.name()
    }

    fn likeness(&self, other: &Constraint) -> Likeness {
        alike::constraints(self, other)
    }

    fn is_one_kind(&self, other: &Constraint) -> bool {
        self.kind() == other.kind()
    }
}

impl Named for Index {
    fn own_name(&self) -> Option<&str> {
        Some(&self.name)
    }

    fn likeness(&self, other: &Index) -> Likeness {
        alike::indexes(self, other)
    }

    fn is_one_kind(&self, _other: &Index) -> bool {
        true
    }
}

/// Matches the parts of one table. `is_taken` says whether something else of the table gets a name.
pub(super) fn matched<T: Named>(
    (table, old_table): (&ObjectName, &ObjectName),
    mut old: Vec<Version<T>>,
    mut new: Vec<Version<T>>,
    ignore_case: bool,
    is_taken: impl Fn(&str) -> bool,
) -> Vec<Part<T>> {
    let by_name =
        |a: &Version<T>, b: &Version<T>| a.canonical.own_name().cmp(&b.canonical.own_name());
    old.sort_by(by_name);
    new.sort_by(by_name);
    let same_name = |a: &T, b: &T| match (a.own_name(), b.own_name()) {
        (Some(a), Some(b)) => a == b || ignore_case && a.eq_ignore_ascii_case(b),
        _ => false,
    };
    let mut parts = Vec::with_capacity(old.len().max(new.len()));
    let mut pair = |old: &mut Vec<Version<T>>,
                    new: &mut Vec<Version<T>>,
                    fits: &dyn Fn(&T, &T) -> bool,
                    fate: &dyn Fn(&T, &T) -> (Fate, bool)| {
        let mut rest = Vec::new();
        for one in std::mem::take(old) {
            let at = new
                .iter()
                .position(|other| fits(&one.canonical, &other.canonical));
            let Some(at) = at else {
                rest.push(one);
                continue;
            };
            let other = new.remove(at);
            let (fate, doubtful) = fate(&one.canonical, &other.canonical);
            parts.push(Part {
                table: table.clone(),
                old_table: old_table.clone(),
                old: Some(one),
                new: Some(other),
                fate,
                doubtful,
            });
        }
        *old = rest;
    };
    pair(
        &mut old,
        &mut new,
        &|a, b| same_name(a, b) && a.is_one_kind(b),
        &|a, b| match a.likeness(b) {
            Likeness::Same => (Fate::Keep, false),
            Likeness::Text => (Fate::Replace, true),
            Likeness::Different => (Fate::Replace, false),
        },
    );
    let same = |a: &T, b: &T| a.is_one_kind(b) && a.likeness(b) == Likeness::Same;
    pair(
        &mut old,
        &mut new,
        &|a, b| b.own_name().is_none() && !a.own_name().is_some_and(&is_taken) && same(a, b),
        &|_, _| (Fate::Keep, false),
    );
    pair(
        &mut old,
        &mut new,
        &|a, b| a.own_name().is_some() && b.own_name().is_some() && same(a, b),
        &|_, _| (Fate::Rename, false),
    );
    pair(&mut old, &mut new, &same, &|_, _| (Fate::Replace, false));
    pair(
        &mut old,
        &mut new,
        &|a, b| {
            // a server gives a name to what was declared without one
            let unnamed = a.own_name().is_none() || b.own_name().is_none();
            unnamed && a.is_one_kind(b) && a.likeness(b) == Likeness::Text
        },
        &|_, _| (Fate::Replace, true),
    );
    let part = |old: Option<Version<T>>, new: Option<Version<T>>, fate| Part {
        table: table.clone(),
        old_table: old_table.clone(),
        old,
        new,
        fate,
        doubtful: false,
    };
    parts.extend(old.into_iter().map(|one| part(Some(one), None, Fate::Drop)));
    parts.extend(
        new.into_iter()
            .map(|one| part(None, Some(one), Fate::Create)),
    );
    parts
}

/// What names an object without a table: its kind, its name, and what it is on.
pub(super) type Key = (String, ObjectName, Option<ObjectName>);

/// Matches objects by what names them. The lists are those of the two schemas, spelled one way and
/// as they were given.
pub(super) fn matched_by_key<T: Clone>(
    (old, from, origin): (&[T], &[T], &[T]),
    (new, to): (&[T], &[T]),
    key: impl Fn(&T) -> Key,
    table: impl Fn(&T) -> ObjectName,
    same: impl Fn(&T, &T) -> bool,
) -> Parts<T> {
    let places = |all: &[T]| -> BTreeMap<Key, usize> {
        let all = all.iter().enumerate().rev();
        all.map(|(at, one)| (key(one), at)).collect()
    };
    let (from, becomes) = (places(from), places(to));
    let mut parts: BTreeMap<Key, Part<T>> = BTreeMap::new();
    for one in old {
        let at = from.get(&key(one));
        let given = at.and_then(|at| origin.get(*at)).unwrap_or(one);
        let part = Part {
            table: table(one),
            old_table: table(given),
            old: Some(Version {
                given: given.clone(),
                canonical: one.clone(),
            }),
            new: None,
            fate: Fate::Drop,
            doubtful: false,
        };
        parts.insert(key(one), part);
    }
    for one in new {
        let given = becomes.get(&key(one)).map_or(one, |at| &to[*at]);
        let version = Version {
            given: given.clone(),
            canonical: one.clone(),
        };
        let part = parts.entry(key(one)).or_insert_with(|| Part {
            table: table(one),
            old_table: table(one),
            old: None,
            new: None,
            fate: Fate::Create,
            doubtful: false,
        });
        if let Some(old) = &part.old {
            part.fate = if same(&old.canonical, one) {
                Fate::Keep
            } else {
                Fate::Replace
            };
        }
        part.new = Some(version);
    }
    parts.into_values().collect::<Vec<_>>().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Check, Unique};

    fn unique(name: Option<&str>, column: &str) -> Constraint {
        Constraint::Unique(Unique {
            name: name.map(str::to_owned),
            columns: vec![column.to_owned()],
            ..Unique::default()
        })
    }

    fn fates(old: &[Constraint], new: &[Constraint]) -> Vec<Fate> {
        let versions = |constraints: &[Constraint]| {
            let of = |constraint: &Constraint| Version {
                given: constraint.clone(),
                canonical: constraint.clone(),
            };
            constraints.iter().map(of).collect()
        };
        let table = ObjectName::from("t");
        let is_taken = |name: &str| name == "taken";
        let parts = matched(
            (&table, &table),
            versions(old),
            versions(new),
            false,
            is_taken,
        );
        parts.iter().map(|part| part.fate).collect()
    }

    #[test]
    fn constraints_are_matched_by_name_then_by_what_they_are() {
        let [u, v] = ["u", "v"].map(|name| [unique(Some(name), "a")]);
        let (other, unnamed) = ([unique(Some("u"), "b")], [unique(None, "a")]);
        assert_eq!(fates(&u, &u), [Fate::Keep]);
        assert_eq!(fates(&u, &other), [Fate::Replace]);
        assert_eq!(fates(&u, &v), [Fate::Rename]);
        assert_eq!(fates(&u, &unnamed), [Fate::Keep]);
        let taken = [unique(Some("taken"), "a")];
        assert_eq!(fates(&taken, &unnamed), [Fate::Replace]);
        assert_eq!(fates(&unnamed, &u), [Fate::Replace]);
        assert_eq!(fates(&unnamed, &other), [Fate::Drop, Fate::Create]);
        let check = |name: Option<&str>, text: &str| {
            let mut check = Check::new(text);
            check.name = name.map(str::to_owned);
            [Constraint::Check(check)]
        };
        let (named, spelled) = (check(Some("u"), "a > 0"), check(None, "(a > 0)"));
        assert_eq!(fates(&u, &named), [Fate::Drop, Fate::Create]);
        assert_eq!(fates(&named, &spelled), [Fate::Replace]);
        assert_eq!(
            fates(&named, &check(Some("v"), "a > 1")),
            [Fate::Drop, Fate::Create]
        );
    }
}
