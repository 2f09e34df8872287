//! `recovery::probe`: for each statement of each case that commits by itself, up and down, the
//! catalogue says before it runs that it has not taken effect, and afterwards that it has. What no
//! catalogue can say is part of what the case's file records.

#[cfg(feature = "servers")]
mod lookups;

use std::cell::Cell;

use diesel::QueryResult;
use migrate_core::engine::backend::{ProbeResult, Session};
use migrate_core::engine::execute::Transactional;
use migrate_core::engine::recovery::probe;
use migrate_core::error::Unsupported;
use migrate_core::operation::Quoting;
use migrate_core::operation::Statements;
use migrate_core::operation::{CustomOperation, Operation};
use migrate_core::prelude::*;

use crate::backend::{TestBackend, on_each_backend};
use crate::operations::{Body, Case, collected, run, users};

/// Runs a case up and down, and returns what cannot be probed, a line for each operation.
pub(crate) fn check<B: TestBackend>(case: &Case) -> Vec<String> {
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    run(session, case.before).unwrap();
    let operations = collected(session, case.change);
    if operations
        .iter()
        .all(|operation| is_recorded_within(session, operation))
    {
        return Vec::new();
    }
    let mut unclear = Vec::new();
    for operation in &operations {
        unclear.extend(walk(session, operation, case.name));
    }
    for operation in operations.iter().rev() {
        // an irreversible operation has no reverse
        let Ok(reverse) = operation.reverse() else {
            break;
        };
        unclear.extend(walk(session, &reverse, case.name));
    }
    B::tidy(session);
    unclear
}

/// Whether an operation runs in one transaction with the row that records it, so that no run has to
/// probe for it.
fn is_recorded_within(session: &mut dyn Session, operation: &Operation) -> bool {
    let rules = session.backend();
    rules.capabilities().transactional_ddl
        && rules.inside_transaction(operation).is_ok()
        && !matches!(operation, Operation::Custom(_))
}

/// Runs an operation statement by statement, and probes before and after each.
fn walk(session: &mut dyn Session, operation: &Operation, case: &str) -> Option<String> {
    if is_recorded_within(session, operation) {
        let mut run = Transactional::new(session);
        run.operations().apply(operation.clone()).unwrap();
        run.finish().unwrap();
        return None;
    }
    let mut unclear = None;
    let repeatable = Cell::new(false);
    let may_do_nothing = |sql: &str| sql.contains("IF NOT EXISTS ") || sql.contains("IF EXISTS ");
    let mut is = |session: &mut dyn Session, statement: usize, sql: &str, wanted: ProbeResult| {
        let probed = probe(session, operation, statement, sql).unwrap();
        match probed {
            ProbeResult::Unclear { found } => {
                unclear.get_or_insert(format!("after a crash: {operation}: {found}"));
            }
            ProbeResult::There if may_do_nothing(sql) => {}
            ProbeResult::Repeatable => repeatable.set(true),
            probed => assert_eq!(
                probed, wanted,
                "{case}: {operation}: statement {statement}: {sql}"
            ),
        }
    };
    session.check(operation).unwrap();
    let statements = session.statements(operation).unwrap();
    if statements.is_empty() && matches!(operation, Operation::Execute { .. }) {
        // it is for another database
        is(session, 0, "IF EXISTS ", ProbeResult::There);
        return unclear;
    }
    for (statement, sql) in statements.iter().enumerate() {
        for (earlier, sql) in statements.iter().enumerate().take(statement) {
            is(session, earlier, sql, ProbeResult::There);
        }
        is(session, statement, sql, ProbeResult::Absent);
        session.execute(sql).unwrap();
        is(session, statement, sql, ProbeResult::There);
        if repeatable.get() {
            session.execute(sql).unwrap();
        }
    }
    unclear
}

/// The probe of an operation's first statement.
fn probed(session: &mut dyn Session, body: Body) -> ProbeResult {
    let operation = collected(session, body).remove(0);
    probe(session, &operation, 0, "").unwrap()
}

fn found(effect: ProbeResult) -> String {
    match effect {
        ProbeResult::Unclear { found } => found,
        probed => panic!("{probed:?}"),
    }
}

/// A custom operation that describes its own effect.
#[derive(Debug)]
struct Truncate {
    known: bool,
}

impl CustomOperation for Truncate {
    fn describe(&self) -> String {
        "empty the users".to_owned()
    }

    fn statements(&self, _backend: &dyn Quoting) -> Result<Vec<String>, Unsupported> {
        Ok(vec!["DELETE FROM users".to_owned()])
    }

    fn effect(&self, session: &mut dyn Statements, _statement: usize) -> QueryResult<ProbeResult> {
        if !self.known {
            return Ok(ProbeResult::Unclear {
                found: "not known".to_owned(),
            });
        }
        let rows = session.texts("SELECT name AS text FROM users")?;
        Ok(match rows.is_empty() {
            true => ProbeResult::There,
            false => ProbeResult::Absent,
        })
    }
}

fn custom_operations_describe_themselves<B: TestBackend>() {
    let place = B::place();
    let mut session = B::session(&place);
    let session = session.as_mut();
    run(session, users).unwrap();
    let known = |op: &mut Operations<'_>| op.custom(Truncate { known: true });
    assert_eq!(probed(session, known), ProbeResult::Absent);
    run(session, known).unwrap();
    assert_eq!(probed(session, known), ProbeResult::There);
    assert_eq!(
        found(probed(session, |op| op.custom(Truncate { known: false }))),
        "not known"
    );
}

on_each_backend! {
    custom_operations_describe_themselves
}
