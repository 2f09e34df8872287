//! The statements of changes: what a database is sent for them.

use super::{States, canonical};
use crate::error::CliError;
use crate::json::RevisionTexts;
use migrate_core::engine::backend::{self, BackendKind};
use migrate_core::engine::diff::Change;
use migrate_core::engine::render::{Body, Downgrade, Step};
use migrate_core::operation::Operation;
use migrate_core::schema::Schema;

/// The statements of each change, as far as they are known without a catalogue.
pub(crate) fn known_statements(
    kind: BackendKind,
    changes: &[Change],
) -> Result<Vec<Option<Vec<String>>>, CliError> {
    let rules = backend::rules(kind)?;
    let known = |change: &Change| rules.ddl(&change.operation).ok();
    Ok(changes.iter().map(known).collect())
}

impl States<'_, '_, '_> {
    /// The statements of each change, in order. Where they depend on the catalogue, the changes run
    /// on a scratch database with the state before them, and what was sent is returned.
    pub(crate) fn statements(
        &mut self,
        kind: BackendKind,
        from: &Schema,
        changes: &[Change],
    ) -> Result<Vec<Vec<String>>, CliError> {
        let known = known_statements(kind, changes)?;
        if let Some(all) = known.into_iter().collect::<Option<Vec<_>>>() {
            return Ok(all);
        }
        let mut bench = self.bench(kind)?;
        self.build(&mut bench, kind, &canonical(kind, from))?;
        bench.run(changes)
    }
}

/// What a revision is on one kind of database.
pub(crate) struct OnKind<'c> {
    pub(crate) kind: BackendKind,
    /// The changes, each with its statements.
    pub(crate) up: (&'c [Change], &'c [Vec<String>]),
    /// What reverts them.
    pub(crate) down: (&'c [Change], &'c [Vec<String>]),
}

/// The texts of a revision; for several kinds of database, a Rust file only.
pub(crate) fn revision_texts(all: &[OnKind<'_>]) -> Result<RevisionTexts, CliError> {
    let plain: Vec<_> = all
        .iter()
        .map(|one| (one.kind, one.up.0, one.down.0))
        .collect();
    let rust = rendered(&plain)?;
    let mut texts = RevisionTexts {
        up: String::new(),
        down: String::new(),
        transaction: rust.transaction,
        rebuilds: None,
        backends: Vec::new(),
        rust,
    };
    match all {
        [OnKind { kind, up, down }] => {
            texts.rebuilds = rebuilt(*kind, up.1).or_else(|| rebuilt(*kind, down.1));
            texts.up = script(up.0, up.1);
            texts.down = script(down.0, down.1);
        }
        several => {
            let names = several.iter().map(|one| one.kind.name().to_owned());
            texts.backends = names.collect();
        }
    }
    Ok(texts)
}

/// A revision in Rust that makes some changes. They are reverted by their reverses where all have
/// one, else by the other changes.
pub(crate) fn rendered(all: &[(BackendKind, &[Change], &[Change])]) -> Result<Body, CliError> {
    let mut transaction = true;
    let mut runs = true;
    for (kind, up, down) in all {
        let rules = backend::rules(*kind)?;
        let is_inside = |change: &Change| {
            !change.commits && rules.inside_transaction(&change.operation).is_ok()
        };
        transaction &= up.iter().chain(*down).all(is_inside);
        runs &= reverses(*kind, up)?.is_some();
    }
    let kinds: Vec<BackendKind> = all.iter().map(|(kind, ..)| *kind).collect();
    let up: Vec<&[Change]> = all.iter().map(|(_, up, _)| *up).collect();
    let down: Vec<&[Change]> = all.iter().map(|(.., down)| *down).collect();
    let (up, down) = (steps(&kinds, &up), steps(&kinds, &down));
    let body = Body::new(&up, None, transaction);
    Ok(match body.downgrade {
        Downgrade::Reversible if runs => body,
        // the rows were looked at, which is nothing to revert
        _ if down.is_empty() && up.iter().all(validates) => Body {
            downgrade: Downgrade::Nothing,
            ..Body::new(&up, Some(&down), transaction)
        },
        _ => Body::new(&up, Some(&down), transaction),
    })
}

fn validates(step: &Step) -> bool {
    matches!(step.operation, Operation::ValidateConstraint { .. })
}

/// The changes of several kinds of database as the steps of one revision.
fn steps(kinds: &[BackendKind], lists: &[&[Change]]) -> Vec<Step> {
    let step = |places: Vec<(usize, usize)>| {
        let mut changes = places.iter().map(|(list, at)| &lists[*list][*at]);
        let mut step = Step::from(changes.next()?);
        for note in changes.flat_map(|change| Step::from(change).notes) {
            if !step.notes.contains(&note) {
                step.notes.push(note);
            }
        }
        if places.len() < lists.len() {
            step.only = places.iter().map(|(list, _)| kinds[*list]).collect();
        }
        Some(step)
    };
    merged(lists).into_iter().filter_map(step).collect()
}

/// Puts the changes of a database that orders them by table in the order of another one that has
/// them all, so that they are one list.
pub(crate) fn align(lists: &mut [(BackendKind, &mut Vec<Change>)]) -> Result<(), CliError> {
    let mut by_phase = None;
    for (kind, changes) in lists.iter() {
        if by_phase.is_none() && !backend::rules(*kind)?.diff_rules().keys_before_tables {
            by_phase = Some((*changes).clone());
        }
    }
    for (kind, changes) in lists {
        if backend::rules(*kind)?.diff_rules().keys_before_tables {
            let mut rest = changes.clone();
            let mut ordered = Vec::new();
            for other in by_phase.iter().flatten() {
                let same = rest.iter().position(|one| one.operation == other.operation);
                ordered.extend(same.map(|at| rest.remove(at)));
            }
            if rest.is_empty() {
                **changes = ordered;
            }
        }
    }
    Ok(())
}

/// Several lists of changes as one in which each keeps its order: for each change the places where
/// it is, a list and a place in it. What has the same operation is one as far as the order allows.
pub(crate) fn merged(lists: &[&[Change]]) -> Vec<Vec<(usize, usize)>> {
    let mut all: Vec<Vec<(usize, usize)>> = Vec::new();
    for (number, list) in lists.iter().enumerate() {
        let operation = |places: &Vec<(usize, usize)>| {
            let (list, at) = places[0];
            &lists[list][at].operation
        };
        let is_same = |one: usize, other: usize| *operation(&all[one]) == list[other].operation;
        let fewer = all.len().min(list.len());
        let start = (0..fewer).take_while(|at| is_same(*at, *at)).count();
        let (rows, columns) = (all.len() - start, list.len() - start);
        // how many changes the rests from here on have in common
        let mut common = vec![vec![0_u32; columns + 1]; rows + 1];
        for row in (0..rows).rev() {
            for column in (0..columns).rev() {
                common[row][column] = match is_same(start + row, start + column) {
                    true => common[row + 1][column + 1] + 1,
                    false => common[row + 1][column].max(common[row][column + 1]),
                };
            }
        }
        let mut together = Vec::new();
        let (mut one, mut other) = (0, 0);
        while one < all.len() || other < list.len() {
            let (has_one, has_other) = (one < all.len(), other < list.len());
            let is_here = |one: usize, other: usize| {
                one < start
                    || common[one - start + 1][other - start]
                        >= common[one - start][other - start + 1]
            };
            if has_one && has_other && is_same(one, other) {
                let mut places = all[one].clone();
                places.push((number, other));
                together.push(places);
                (one, other) = (one + 1, other + 1);
            } else if has_one && (!has_other || is_here(one, other)) {
                together.push(all[one].clone());
                one += 1;
            } else {
                together.push(vec![(number, other)]);
                other += 1;
            }
        }
        all = together;
    }
    all
}

/// The operations that revert changes one by one; `None` if one has no reverse that the database
/// accepts.
pub(crate) fn reverses(
    kind: BackendKind,
    changes: &[Change],
) -> Result<Option<Vec<Operation>>, CliError> {
    let rules = backend::rules(kind)?;
    let reverses = changes.iter().rev().map(|change| {
        let reverse = change.operation.reverse().ok()?;
        rules.can(&reverse).ok()?;
        Some(reverse)
    });
    Ok(reverses.collect())
}

/// How SQLite calls a table that is being rebuilt, before its name.
const ASIDE: &str = "_migrate_old_";

/// A table that SQLite rebuilds by these statements. They are right only where renaming a table
/// changes nothing that refers to it.
fn rebuilt(kind: BackendKind, statements: &[Vec<String>]) -> Option<String> {
    if kind != BackendKind::Sqlite {
        return None;
    }
    let mut all = statements.iter().flatten();
    all.find_map(|statement| {
        let name = &statement[statement.find(ASIDE)? + ASIDE.len()..];
        let end = name.find(['`', '"', ' ', ';', '\n']);
        Some(name[..end.unwrap_or(name.len())].to_owned())
    })
}

/// The same as a script that a database's own program runs.
pub(crate) fn whole_script(
    kind: BackendKind,
    changes: &[Change],
    statements: &[Vec<String>],
) -> String {
    let text = script(changes, statements);
    match rebuilt(kind, statements) {
        Some(_) => format!(
            "PRAGMA foreign_keys = OFF;\nPRAGMA legacy_alter_table = ON;\nBEGIN;\n{text}COMMIT;\n\
             PRAGMA legacy_alter_table = OFF;\nPRAGMA foreign_keys = ON;\n"
        ),
        None => text,
    }
}

/// Statements as a script, each with a comment for what is lost or may fail.
fn script(changes: &[Change], statements: &[Vec<String>]) -> String {
    let mut text = String::new();
    for (change, statements) in changes.iter().zip(statements) {
        for remark in [&change.loses, &change.may_fail].into_iter().flatten() {
            for line in remark.lines() {
                text += &format!("-- {line}\n");
            }
        }
        for statement in statements {
            text += &ended(statement);
        }
    }
    text
}

/// A statement with its semicolon, and a line end.
fn ended(statement: &str) -> String {
    let sql = statement.trim().trim_end_matches(';');
    // a comment at its end would swallow the semicolon
    match sql.lines().last().is_some_and(|line| line.contains("--")) {
        true => format!("{sql}\n;\n"),
        false => format!("{sql};\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use migrate_core::engine::diff::ChangeKind;
    use migrate_core::schema::ObjectRef;

    fn list(names: &[&str]) -> Vec<Change> {
        let change = |name: &&str| Change {
            operation: Operation::Execute {
                sql: (*name).into(),
                undo: None,
            },
            kind: ChangeKind::Add,
            object: ObjectRef::new("x", *name),
            loses: None,
            may_fail: None,
            fills: None,
            commits: false,
        };
        names.iter().map(change).collect()
    }

    #[test]
    fn what_several_need_comes_once() {
        for (lists, expected) in [
            (&[&["a", "b"][..]][..], "a0 b0"),
            (&[&["a", "b"], &["a", "b"]], "a01 b01"),
            (&[&["a", "b"], &["b"]], "a0 b01"),
            (&[&["b"], &["a", "b", "c"]], "a1 b01 c1"),
            (&[&["a", "b"], &["b", "a"]], "a0 b01 a1"),
            (
                &[&["a", "x"], &["a", "y"], &["a", "y", "z"]],
                "a012 x0 y12 z2",
            ),
            (&[&[], &["a"], &[]], "a1"),
        ] {
            let changes: Vec<Vec<Change>> = lists.iter().map(|names| list(names)).collect();
            let slices: Vec<&[Change]> = changes.iter().map(Vec::as_slice).collect();
            let found = merged(&slices).into_iter().map(|places| {
                let (first, at) = places[0];
                let of = places.iter().map(|(list, _)| list.to_string());
                format!("{}{}", lists[first][at], of.collect::<String>())
            });
            assert_eq!(found.collect::<Vec<_>>().join(" "), expected);
        }
    }

    #[test]
    fn each_statement_ends_in_one_semicolon() {
        assert_eq!(ended("SELECT 1; "), "SELECT 1;\n");
        assert_eq!(ended("SELECT 1 -- one"), "SELECT 1 -- one\n;\n");
    }
}
