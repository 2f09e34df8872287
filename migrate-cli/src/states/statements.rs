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

/// The texts of a revision that makes some changes, and reverts them by others.
pub(crate) fn revision_texts(
    kind: BackendKind,
    (up, up_statements): (&[Change], &[Vec<String>]),
    (down, down_statements): (&[Change], &[Vec<String>]),
) -> Result<RevisionTexts, CliError> {
    let rust = rendered(kind, up, down)?;
    let rebuilds = rebuilt(kind, up_statements).or_else(|| rebuilt(kind, down_statements));
    Ok(RevisionTexts {
        rebuilds,
        up: script(up, up_statements),
        down: script(down, down_statements),
        transaction: rust.transaction,
        rust,
    })
}

/// A revision in Rust that makes some changes. They are reverted by their reverses where all have
/// one, else by the other changes.
pub(crate) fn rendered(
    kind: BackendKind,
    up: &[Change],
    down: &[Change],
) -> Result<Body, CliError> {
    let rules = backend::rules(kind)?;
    let is_inside =
        |change: &Change| !change.commits && rules.inside_transaction(&change.operation).is_ok();
    let transaction = up.iter().chain(down).all(is_inside);
    let [steps_up, steps_down] =
        [up, down].map(|changes| changes.iter().map(Step::from).collect::<Vec<_>>());
    let body = Body::new(&steps_up, None, transaction);
    let runs = reverses(kind, up)?.is_some();
    Ok(match body.downgrade {
        Downgrade::Reversible if runs => body,
        _ => Body::new(&steps_up, Some(&steps_down), transaction),
    })
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

    #[test]
    fn each_statement_ends_in_one_semicolon() {
        assert_eq!(ended("SELECT 1; "), "SELECT 1;\n");
        assert_eq!(ended("SELECT 1 -- one"), "SELECT 1 -- one\n;\n");
    }
}
