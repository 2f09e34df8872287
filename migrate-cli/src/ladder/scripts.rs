//! The rung `scripts`: what `up --sql` writes, run as it is, leaves what `up` leaves.

use std::sync::Arc;

use migrate_graph::{Direction, Node};

use super::bed::Catalogue;
use super::differing::Differing;
use super::{Bed, Halt, Ladder, Rung, Verdict};
use crate::error::CliError;
use crate::json::TestFailure;
use migrate_core::engine::scratch::run_sql;
use migrate_core::error::Error;

pub(super) fn scripts(ladder: &Ladder<'_>) -> Result<Verdict, CliError> {
    let mut verdict = Verdict::of("revision");
    match compared(ladder, &mut verdict, false) {
        Ok(true) => return Ok(verdict),
        Err(Halt::Error(error)) => return Err(error),
        Err(Halt::Found(failure)) => {
            verdict.failures.push(*failure);
            return Ok(verdict);
        }
        Ok(false) => {}
    }
    // once more, with a look after each revision
    let mut verdict = Verdict::of("revision");
    match compared(ladder, &mut verdict, true) {
        Ok(_) => Ok(verdict),
        Err(Halt::Found(failure)) => {
            verdict.failures.push(*failure);
            Ok(verdict)
        }
        Err(Halt::Error(error)) => Err(error),
    }
}

/// Applies the revisions, and their scripts on another database; returns whether both are equal in
/// the end. With `each`, a difference is found at its revision.
fn compared(ladder: &Ladder<'_>, verdict: &mut Verdict, each: bool) -> Result<bool, Halt> {
    // what `up` left need not be made again, unless each revision is looked at
    let head = ladder.own.catalogue().filter(|_| !each);
    let (mut applied, mut written) = (ladder.bed()?, ladder.bed()?);
    let migrator = ladder.migrator();
    let table = migrator.stamp_script(ladder.kind, &["base"]);
    let table = table.map_err(CliError::from)?.to_string();
    run_sql(written.session()?, &table).map_err(|failed| CliError::usage(failed.message))?;
    for node in ladder.chosen.order().iter().copied() {
        if head.is_none() {
            applied.step(Rung::Scripts, node, Direction::Up)?;
        }
        match script(ladder, node, verdict)? {
            Some(script) => {
                verdict.count += 1;
                let ran = run_sql(written.session()?, &script);
                ran.map_err(|failed| written.halts(refused(ladder, node, &failed.message)))?;
            }
            None => written.step(Rung::Scripts, node, Direction::Up)?,
        }
        if !each || !ladder.chosen.is_tested(node) {
            continue;
        }
        let expected = applied.look()?;
        if let Some(failure) = differing(&expected, &mut written)? {
            let of_revision = ladder.failure(
                Rung::Scripts,
                node,
                "the script of `up --sql` leaves another catalogue than `up`",
            );
            return Err(Halt::Found(Box::new(written.finds(TestFailure {
                changes: failure.changes,
                notes: failure.notes,
                ..of_revision
            }))));
        }
    }
    let head = match head {
        Some(head) => head,
        None => Arc::new(applied.look()?),
    };
    Ok(differing(&head, &mut written)?.is_none())
}

/// The script of a tested revision, if it can have one.
fn script(ladder: &Ladder<'_>, node: Node, verdict: &mut Verdict) -> Result<Option<String>, Halt> {
    if !ladder.chosen.is_tested(node) {
        return Ok(None);
    }
    match ladder.steps().script_of(ladder.kind, node) {
        Ok(script) => Ok(Some(script.to_string())),
        Err(Error::NoScript(missing)) => {
            let why = missing.iter().map(ToString::to_string);
            verdict.notes.extend(why);
            Ok(None)
        }
        Err(error) => Err(ladder.halt(Rung::Scripts, "", Some(node), error)),
    }
}

/// That the database refuses a script.
fn refused(ladder: &Ladder<'_>, node: Node, why: &str) -> Halt {
    let message = format!("the script of `up --sql` fails, and `up` does not: {why}");
    Halt::Found(Box::new(ladder.failure(Rung::Scripts, node, message)))
}

fn differing(expected: &Catalogue, written: &mut Bed<'_>) -> Result<Option<TestFailure>, Halt> {
    let found = written.look()?;
    let found = written.compare(expected, &found)?;
    let found = found.filter(Differing::counts);
    Ok(found.map(|found| TestFailure {
        changes: found.changes,
        notes: found.notes,
        ..TestFailure::default()
    }))
}
