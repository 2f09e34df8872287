//! What was probably renamed: how alike names, columns, tables and labels are. Pure.

use std::collections::BTreeSet;

use super::families::is_one_family;
use crate::schema::{Column, Table};

/// How alike two names are, of 100: by the trigrams of their words, and whether one contains the
/// other.
pub(super) fn names(one: &str, other: &str) -> u8 {
    let (one, other) = (one.to_lowercase(), other.to_lowercase());
    if one == other {
        return 100;
    }
    let (a, b) = (trigrams(&one), trigrams(&other));
    let common = a.intersection(&b).count();
    let every = a.union(&b).count().max(1);
    let share = u8::try_from(common * 100 / every).unwrap_or(100);
    let contains = one.len().min(other.len()) > 1 && (one.contains(&other) || other.contains(&one));
    if contains { share.max(60) } else { share }
}

/// From this on, names are alike.
const ALIKE: u8 = 50;

fn trigrams(name: &str) -> BTreeSet<String> {
    let mut trigrams = BTreeSet::new();
    for word in name.split(|sign: char| !sign.is_alphanumeric()) {
        let padded: Vec<char> = "  "
            .chars()
            .chain(word.chars())
            .chain(" ".chars())
            .collect();
        if !word.is_empty() {
            trigrams.extend(
                padded
                    .windows(3)
                    .map(|three| three.iter().collect::<String>()),
            );
        }
    }
    trigrams
}

/// A column that goes, or comes, and its neighbours that stay.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'t> {
    pub(super) column: &'t Column,
    pub(super) before: Option<&'t str>,
    pub(super) after: Option<&'t str>,
    pub(super) at: usize,
}

impl<'t> Place<'t> {
    /// The column at a place of a table, with the nearest neighbours that both tables have.
    pub(super) fn of(table: &'t Table, at: usize, stays: impl Fn(&str) -> bool) -> Place<'t> {
        let names = || table.columns.iter().map(|column| column.name.as_str());
        Place {
            column: &table.columns[at],
            before: names().take(at).filter(|name| stays(name)).last(),
            after: names().skip(at + 1).find(|name| stays(name)),
            at,
        }
    }
}

/// Why a pair is likely, and how likely, of 100.
pub(super) type Likely = Option<(u8, &'static str)>;

/// Whether a column that goes became one that comes; `only` is whether no other pair is possible.
pub(super) fn columns(old: &Place<'_>, new: &Place<'_>, only: bool) -> Likely {
    if !is_one_family(&old.column.ty, &new.column.ty) {
        return None;
    }
    let alike = names(&old.column.name, &new.column.name);
    let same_place = old.before == new.before && old.after == new.after;
    let why = match (alike >= ALIKE, only, same_place) {
        (true, ..) => "the names are alike",
        (_, true, _) => "no other column of that kind goes or comes",
        (.., true) => "they stand at the same place",
        _ => return None,
    };
    let same = |same: bool, worth: u8| if same { worth } else { 0 };
    let near = old.at == new.at;
    let likeness = alike / 2
        + same(old.column.ty == new.column.ty, 20)
        + same(same_place, 15)
        + same(near, 5)
        + same(old.column.nullable == new.column.nullable, 5)
        + same(only, 5);
    Some((likeness, why))
}

/// Whether a table that goes became one that comes.
pub(super) fn tables(old: &Table, new: &Table) -> Likely {
    let is_common = |column: &&Column| {
        new.columns
            .iter()
            .any(|other| other.name == column.name && is_one_family(&other.ty, &column.ty))
    };
    let common = old.columns.iter().filter(is_common).count();
    let largest = old.columns.len().max(new.columns.len());
    if common == 0 || common * 2 < largest {
        return None;
    }
    let why = match common == largest {
        true => "the columns are the same",
        false => "most of the columns are the same",
    };
    let share = u8::try_from(common * 60 / largest).unwrap_or(60);
    let alike = names(&old.name.name, &new.name.name);
    Some((share + alike * 2 / 5, why))
}

/// Whether a label that goes became one that comes: they stand at the same place.
pub(super) fn labels(old: &[String], gone: usize, new: &[String], come: usize) -> Likely {
    let neighbours = |values: &[String], at: usize, others: &[String]| {
        let stays = |value: &&String| others.contains(value);
        let before = values.iter().take(at).rfind(|value| stays(value)).cloned();
        let after = values.iter().skip(at + 1).find(stays).cloned();
        (before, after)
    };
    let same = neighbours(old, gone, new) == neighbours(new, come, old);
    let alike = names(&old[gone], &new[come]);
    same.then_some((60 + alike * 2 / 5, "they stand at the same place"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Type;

    #[test]
    fn names_are_alike_by_their_words() {
        assert!(names("start_at", "started_at") >= ALIKE);
        assert!(names("name", "full_name") >= ALIKE);
        assert!(names("start_at", "started_at") > names("start_at", "ended_at"));
        assert!(names("age", "grade") < ALIKE);
    }

    #[test]
    fn a_column_of_another_kind_is_no_rename() {
        let mut table = Table::new("t");
        table.columns = vec![
            Column::new("age", Type::Integer),
            Column::new("ages", Type::Text),
            Column::new("years", Type::BigInt),
        ];
        let place = |at| Place::of(&table, at, |_| false);
        assert_eq!(columns(&place(0), &place(1), true), None);
        assert!(columns(&place(0), &place(2), true).is_some());
    }

    #[test]
    fn a_table_is_recognised_by_half_of_its_columns() {
        let table = |name: &str, columns: &[&str]| {
            let mut table = Table::new(name);
            table.columns = columns
                .iter()
                .map(|name| Column::new(*name, Type::Text))
                .collect();
            table
        };
        let old = table("users", &["id", "name", "age", "at"]);
        assert!(tables(&old, &table("people", &["id", "name"])).is_some());
        assert!(tables(&old, &table("people", &["id", "title"])).is_none());
    }
}
