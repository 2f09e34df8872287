//! The rung `down`: from the head to base, nothing is left but the tool's tables. An irreversible
//! revision ends it.

use migrate_graph::{Direction, Node};

use super::{Bed, Halt, Ladder, Rung, Verdict};
use crate::error::CliError;
use crate::json::TestFailure;
use migrate_core::migrator::Transactions;

/// How many revisions are run again to find the one that leaves something.
const SEARCHED: usize = 300;

pub(super) fn down(ladder: &Ladder<'_>) -> Result<Verdict, CliError> {
    let mut verdict = Verdict::of("revision");
    match reverted(ladder, &mut verdict) {
        Ok(()) => Ok(verdict),
        Err(Halt::Found(failure)) => {
            verdict.failures.push(*failure);
            Ok(verdict)
        }
        Err(Halt::Error(error)) => Err(error),
    }
}

fn reverted(ladder: &Ladder<'_>, verdict: &mut Verdict) -> Result<(), Halt> {
    let mut tested: Vec<Node> = ladder.chosen.tested().collect();
    let last = tested
        .iter()
        .rposition(|node| ladder.is_irreversible(*node));
    let mut start = ladder.chosen.before();
    if let Some(last) = last {
        let id = ladder.graph.id(tested[last]);
        verdict.irreversible.push(id.to_owned());
        verdict.notes.push(match tested.len() - last - 1 {
            0 => format!("`{id}` is irreversible: nothing was reverted"),
            after => format!(
                "`{id}` is irreversible: what comes after it was reverted, {}",
                crate::words::plural(after, "revision")
            ),
        });
        let rest = tested.split_off(last + 1);
        let kept = |node: &Node| !rest.contains(node);
        start = ladder.chosen.order().iter().copied().filter(kept).collect();
        tested = rest;
    }
    if tested.is_empty() {
        return Ok(());
    }
    let before = ladder.bed_with(Rung::Down, &start)?.look()?;
    let mut bed = match ladder.own.head.take() {
        Some(scratch) => ladder.bed_on(scratch),
        None => {
            let mut bed = ladder.bed()?;
            bed.upgrade(ladder, Rung::Down, Transactions::Revision)?;
            bed
        }
    };
    for node in tested.iter().rev() {
        bed.step(Rung::Down, *node, Direction::Down)?;
        verdict.count += 1;
    }
    let after = bed.look()?;
    let Some(found) = bed.compare(&before, &after)? else {
        return Ok(());
    };
    if !found.counts() {
        verdict.notes.extend(found.order());
        return Ok(());
    }
    let left = match start.is_empty() {
        true => "something is left at base",
        false => "reverting the revisions does not restore what was there before them",
    };
    let node = leaving(ladder, &start, &tested)?;
    let mut failure = match node {
        Some(node) => ladder.failure(
            Rung::Down,
            node,
            format!("the downgrade is not whole: {left}"),
        ),
        None => TestFailure {
            message: left.to_owned(),
            ..TestFailure::default()
        },
    };
    failure.repeat = Some(ladder.repeat(Rung::Down, None));
    failure.changes = found.changes;
    failure.notes = found.notes;
    Err(Halt::Found(Box::new(bed.finds(failure))))
}

/// The first revision, from the head, whose downgrade does not restore what was there before it.
fn leaving(ladder: &Ladder<'_>, start: &[Node], tested: &[Node]) -> Result<Option<Node>, Halt> {
    if tested.len() > SEARCHED {
        return Ok(None);
    }
    let mut bed: Bed<'_> = ladder.bed_with(Rung::Down, start)?;
    let mut before = Vec::with_capacity(tested.len());
    for node in tested {
        before.push(bed.look()?);
        bed.step(Rung::Down, *node, Direction::Up)?;
    }
    for (node, before) in tested.iter().zip(before).rev() {
        bed.step(Rung::Down, *node, Direction::Down)?;
        let after = bed.look()?;
        if bed
            .compare(&before, &after)?
            .is_some_and(|found| found.counts())
        {
            return Ok(Some(*node));
        }
    }
    Ok(None)
}
