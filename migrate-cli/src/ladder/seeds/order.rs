//! In what order tables get rows: those that foreign keys refer to come first. A cycle is broken at
//! a key that may be NULL, or that is deferrable. Pure.

use std::collections::BTreeSet;

use migrate_core::engine::backend::BackendKind;
use migrate_core::schema::{Constraint, ForeignKey, ObjectName, Table};

/// A table, with what its rows wait for.
#[derive(Debug)]
pub(super) struct Turn<'s> {
    pub(super) table: &'s Table,
    /// The keys that are filled once all tables have rows.
    pub(super) later: Vec<&'s ForeignKey>,
}

/// The order of tables.
#[derive(Debug, Default)]
pub(super) struct Order<'s> {
    pub(super) turns: Vec<Turn<'s>>,
    /// Whether a deferrable key has to be deferred.
    pub(super) defers: bool,
    /// The tables of cycles that nothing breaks.
    pub(super) left: Vec<&'s Table>,
}

/// The foreign keys of a table.
pub(super) fn foreign_keys(table: &Table) -> impl Iterator<Item = &ForeignKey> {
    table.constraints.iter().filter_map(|one| match one {
        Constraint::ForeignKey(key) => Some(key),
        _ => None,
    })
}

/// The tables that must have rows before a table can have some, itself among them.
pub(super) fn needed<'s>(
    find: &impl Fn(&ObjectName) -> Option<&'s Table>,
    wanted: impl IntoIterator<Item = ObjectName>,
) -> Vec<&'s Table> {
    let mut open: Vec<ObjectName> = wanted.into_iter().collect();
    let mut seen = BTreeSet::new();
    let mut tables = Vec::new();
    while let Some(name) = open.pop() {
        let Some(table) = find(&name) else { continue };
        if seen.insert(name) {
            open.extend(foreign_keys(table).map(|key| key.table.clone()));
            tables.push(table);
        }
    }
    tables.sort_by(|one, other| one.name.cmp(&other.name));
    tables
}

/// The order of these tables.
pub(super) fn order(tables: Vec<&Table>, kind: BackendKind) -> Order<'_> {
    let mut order = Order::default();
    let mut open: Vec<Turn<'_>> = tables
        .into_iter()
        .map(|table| Turn {
            table,
            later: Vec::new(),
        })
        .collect();
    while !open.is_empty() {
        if let Some(at) = open
            .iter()
            .position(|turn| waits(turn, &open).next().is_none())
        {
            order.turns.push(open.remove(at));
            continue;
        }
        match broken(&open, kind) {
            Some((at, key, defers)) => {
                order.defers |= defers;
                open[at].later.push(key);
            }
            None => {
                // one of them at a time: those that only refer to it come out of it
                let at = open.iter().position(|turn| in_cycle(turn.table, &open));
                order.left.push(open.remove(at.unwrap_or(0)).table);
            }
        }
    }
    order
}

/// The keys of a table to others that have no rows yet.
fn waits<'o, 's>(
    turn: &'o Turn<'s>,
    open: &'o [Turn<'s>],
) -> impl Iterator<Item = &'s ForeignKey> + 'o {
    foreign_keys(turn.table).filter(move |key| {
        key.table != turn.table.name
            && open.iter().any(|other| other.table.name == key.table)
            && !turn.later.contains(key)
    })
}

/// A key of a cycle that can be filled later; whether it has to be deferred for that.
fn broken<'s>(open: &[Turn<'s>], kind: BackendKind) -> Option<(usize, &'s ForeignKey, bool)> {
    let of = |wanted: &dyn Fn(&Table, &ForeignKey) -> bool| {
        open.iter().enumerate().find_map(|(at, turn)| {
            let mut keys = waits(turn, open);
            let found = keys
                .find(|key| wanted(turn.table, key) && reaches(&key.table, &turn.table.name, open));
            Some((at, found?))
        })
    };
    if let Some((at, key)) = of(&may_be_null) {
        return Some((at, key, false));
    }
    let deferrable = |_: &Table, key: &ForeignKey| key.deferrable.is_some();
    let can = matches!(kind, BackendKind::Sqlite | BackendKind::Postgres);
    let (at, key) = of(&deferrable).filter(|_| can)?;
    Some((at, key, true))
}

/// Whether a key may be without a value.
pub(super) fn may_be_null(table: &Table, key: &ForeignKey) -> bool {
    let is_null = |column: &String| {
        let mut columns = table.columns.iter();
        columns.any(|found| found.name == *column && found.nullable)
    };
    let mut of_primary_key = table.primary_key().into_iter().flat_map(|key| &key.columns);
    key.columns.iter().any(is_null) && !of_primary_key.any(|column| key.columns.contains(column))
}

fn in_cycle(table: &Table, open: &[Turn<'_>]) -> bool {
    let turn = open.iter().find(|turn| turn.table.name == table.name);
    turn.is_some_and(|turn| waits(turn, open).any(|key| reaches(&key.table, &table.name, open)))
}

/// Whether keys lead from one table to another.
fn reaches(from: &ObjectName, to: &ObjectName, open: &[Turn<'_>]) -> bool {
    let mut next = vec![from];
    let mut seen = BTreeSet::new();
    while let Some(name) = next.pop() {
        if name == to {
            return true;
        }
        if seen.insert(name) {
            let turn = open.iter().find(|turn| turn.table.name == *name);
            next.extend(
                turn.into_iter()
                    .flat_map(|turn| waits(turn, open))
                    .map(|key| &key.table),
            );
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use migrate_core::schema::{Column, Deferrable, Type};

    /// A table with a column for each key: `a?` may be NULL, `a!` is deferrable.
    fn table(name: &str, keys: &[&str]) -> Table {
        let mut table = Table::new(name);
        for text in keys {
            let to = text.trim_end_matches(['?', '!']);
            let mut column = Column::new(to, Type::Integer);
            column.nullable = text.ends_with('?');
            table.columns.push(column);
            let mut key = ForeignKey::new(vec![to.to_owned()], to.into(), vec!["id".to_owned()]);
            key.deferrable = text
                .ends_with('!')
                .then_some(Deferrable::InitiallyImmediate);
            table.constraints.push(key.into());
        }
        table
    }

    #[track_caller]
    fn check(tables: &[Table], expected: &str) {
        let order = order(tables.iter().collect(), BackendKind::Postgres);
        let turns = order.turns.iter().map(|turn| {
            let later: Vec<&str> = turn.later.iter().map(|key| &*key.table.name).collect();
            match later.is_empty() {
                true => turn.table.name.to_string(),
                false => format!("{}({})", turn.table.name, later.join(" ")),
            }
        });
        let mut words: Vec<String> = turns.collect();
        words.extend(order.left.iter().map(|table| format!("-{}", table.name)));
        assert_eq!(words.join(" "), expected);
    }

    #[test]
    fn referred_tables_come_first_and_cycles_are_broken() {
        check(
            &[table("a", &["b"]), table("b", &["c", "x"]), table("c", &[])],
            "c b a",
        );
        check(&[table("a", &["a"])], "a");
        check(&[table("a", &["b"]), table("b", &["a?"])], "b(a) a");
        check(&[table("a", &["b"]), table("b", &["a!"])], "b(a) a");
        // the cycle is broken at its own keys, not at those that lead to it
        check(
            &[table("a", &["b?"]), table("b", &["c"]), table("c", &["b?"])],
            "c(b) b a",
        );
        check(
            &[table("a", &["b"]), table("b", &["a"]), table("c", &["a"])],
            "b c -a",
        );
    }

    #[test]
    fn what_a_table_needs() {
        let tables = [
            table("a", &["b"]),
            table("b", &["b?", "c"]),
            table("c", &[]),
            table("d", &[]),
        ];
        let find = |name: &ObjectName| tables.iter().find(|table| table.name == *name);
        let found = needed(&find, ["a".into(), "x".into()]);
        let names: Vec<&str> = found.iter().map(|table| &*table.name.name).collect();
        assert_eq!(names, ["a", "b", "c"]);
    }
}
