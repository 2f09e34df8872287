//! The rung `graph`: the history is sound, each `reversible` revision can be reversed, and nothing
//! in an SQL folder needs the database's client.

use super::{Ladder, Rung, Verdict};
use crate::error::CliError;
use crate::json::{Place, TestFailure};
use crate::reversal;

pub(super) fn graph(ladder: &Ladder<'_>) -> Result<Verdict, CliError> {
    let mut verdict = Verdict::of("revision");
    verdict.count = ladder.graph.len();
    let repeat = Some(ladder.repeat(Rung::Graph, None));
    for problem in ladder.graph.shape(&ladder.rules) {
        verdict.failures.push(TestFailure {
            message: problem.message(),
            repeat: repeat.clone(),
            ..TestFailure::default()
        });
    }
    let migrator = ladder.migrator();
    for problem in reversal::problems(&migrator, &[ladder.kind])? {
        verdict.failures.push(TestFailure {
            revision: problem.revisions.into_iter().next(),
            place: problem.places.into_iter().next(),
            message: problem.message,
            notes: problem.help.into_iter().collect(),
            repeat: repeat.clone(),
            ..TestFailure::default()
        });
    }
    for found in migrator.not_runnable(ladder.kind)? {
        verdict.failures.push(TestFailure {
            message: found.to_string(),
            place: Some(Place {
                file: found.file,
                line: found.line,
                column: None,
                note: None,
            }),
            notes: vec![found.help.to_owned()],
            revision: Some(found.revision),
            repeat: repeat.clone(),
            ..TestFailure::default()
        });
    }
    let is_tested = |failure: &TestFailure| match &failure.revision {
        Some(id) => {
            let node = ladder.graph.node(id);
            node.is_some_and(|node| ladder.chosen.is_tested(node))
        }
        None => true,
    };
    verdict.failures.retain(is_tested);
    Ok(verdict)
}
