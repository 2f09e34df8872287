//! The rung `stairway`: each revision up, down and up again on one database. The whole catalogue is
//! the same before it and after its downgrade, and after both upgrades. What it sees of a revision
//! is left for the rungs that run it on tables with rows.

use std::cell::RefCell;

use migrate_graph::{Direction, Node};

use super::bed::Catalogue;
use super::touched::Touched;
use super::{Bed, Halt, Ladder, MOST, Rung, Verdict};
use crate::error::CliError;
use migrate_core::Migrator;
use migrate_core::schema::Schema;

/// What a revision does, as it is known from tables without rows.
pub(super) struct Seen {
    pub(super) node: Node,
    /// The schema before it, unless that follows from the revision before.
    pub(super) start: Option<Schema>,
    /// What differs, before and after.
    pub(super) parts: (Schema, Schema),
    pub(super) up: Touched,
    pub(super) down: Touched,
}

/// What runs revisions here, and notes what they name.
struct Stairs<'s> {
    ladder: &'s Ladder<'s>,
    migrator: Migrator<'s>,
    touched: &'s RefCell<Touched>,
    seen: Vec<Seen>,
}

pub(super) fn stairway(ladder: &Ladder<'_>) -> Result<Verdict, CliError> {
    let mut verdict = Verdict::of("revision");
    let order = ladder.chosen.order();
    let mut bed = ladder.bed()?;
    let touched = RefCell::new(Touched::default());
    let mut stairs = Stairs {
        ladder,
        migrator: ladder.tracing(&touched),
        touched: &touched,
        seen: Vec::new(),
    };
    let mut before = None;
    for (number, node) in order.iter().copied().enumerate() {
        let done = match ladder.chosen.is_tested(node) {
            true => {
                verdict.count += 1;
                stairs
                    .stair(&mut bed, node, before.take(), &mut verdict)
                    .map(Some)
            }
            false => bed.step(Rung::Stairway, node, Direction::Up).map(|()| None),
        };
        match done {
            Ok(after) => before = after,
            Err(Halt::Error(error)) => return Err(error),
            Err(Halt::Found(failure)) => {
                verdict.failures.push(*failure);
                if verdict.failures.len() == MOST {
                    let left = ladder.chosen.len() - verdict.count;
                    verdict.notes.push(format!(
                        "{left} revisions were not tested after {MOST} failures"
                    ));
                    break;
                }
                // the database may be anywhere now
                bed = match ladder.bed_with(Rung::Stairway, &order[..=number]) {
                    Ok(bed) => bed,
                    Err(Halt::Error(error)) => return Err(error),
                    Err(Halt::Found(_)) => {
                        let id = ladder.graph.id(node);
                        verdict
                            .notes
                            .push(format!("the revisions after `{id}` were not tested"));
                        break;
                    }
                };
                before = None;
            }
        }
    }
    if verdict.failures.is_empty() && stairs.seen.len() == ladder.chosen.len() {
        ladder.own.seen.replace(Some(stairs.seen));
    }
    Ok(verdict)
}

impl Stairs<'_> {
    /// Tests one revision; returns the catalogue after it.
    fn stair(
        &mut self,
        bed: &mut Bed<'_>,
        node: Node,
        before: Option<Catalogue>,
        verdict: &mut Verdict,
    ) -> Result<Catalogue, Halt> {
        let ladder = self.ladder;
        let (before, start) = match before {
            Some(before) => (before, None),
            None => {
                let before = bed.look()?;
                let start = bed.schema(&before)?;
                (before, Some(start))
            }
        };
        self.step(bed, node, Direction::Up)?;
        let after = bed.look()?;
        let mut seen = Seen {
            node,
            start,
            parts: bed.changed(&before, &after)?,
            up: self.touched.take(),
            down: Touched::default(),
        };
        if ladder.is_irreversible(node) {
            verdict.irreversible.push(ladder.graph.id(node).to_owned());
            self.seen.push(seen);
            return Ok(after);
        }
        self.step(bed, node, Direction::Down)?;
        seen.down = self.touched.take();
        let back = bed.look()?;
        let what = "the downgrade does not restore the catalogue that was there before the upgrade";
        same(ladder, bed, node, (&before, &back), what, verdict)?;
        let again = self.step(bed, node, Direction::Up);
        again.map_err(|halt| match halt {
            Halt::Found(mut failure) => {
                failure.message = format!("after its downgrade: {}", failure.message);
                Halt::Found(failure)
            }
            halt => halt,
        })?;
        self.touched.take();
        let again = bed.look()?;
        let what = "the upgrade after the downgrade leaves another catalogue than the first one";
        same(ladder, bed, node, (&after, &again), what, verdict)?;
        self.seen.push(seen);
        Ok(again)
    }

    fn step(&self, bed: &mut Bed<'_>, node: Node, direction: Direction) -> Result<(), Halt> {
        let ran = self.migrator.run_alone(bed.session()?, node, direction);
        ran.map_err(|error| self.ladder.halt(Rung::Stairway, "", Some(node), error))
    }
}

fn same(
    ladder: &Ladder<'_>,
    bed: &mut Bed<'_>,
    node: Node,
    (one, other): (&Catalogue, &Catalogue),
    what: &str,
    verdict: &mut Verdict,
) -> Result<(), Halt> {
    let Some(found) = bed.compare(one, other)? else {
        return Ok(());
    };
    if !found.counts() {
        let id = ladder.graph.id(node);
        let order = found.order().unwrap_or_default();
        let note = format!("`{id}`: up, down and up changes {order}");
        // the second time for the other comparison
        let begin = format!("`{id}`: ");
        if !verdict.notes.iter().any(|note| note.starts_with(&begin)) {
            verdict.notes.push(note);
        }
        return Ok(());
    }
    let mut failure = ladder.failure(Rung::Stairway, node, what);
    failure.changes = found.changes;
    failure.notes = found.notes;
    Err(Halt::Found(Box::new(bed.finds(failure))))
}
