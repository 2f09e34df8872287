//! The rung `resume`: a run that ends at any boundary (before and after each statement, write to
//! the journal and commit), and is run again, leaves what an undisturbed run leaves.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use migrate_graph::{Direction, Node};

use super::bed::Catalogue;
use super::differing::Differing;
use super::{Bed, Chosen, Halt, Ladder, MOST, Rung, Verdict};
use crate::error::CliError;
use migrate_core::Migrator;
use migrate_core::error::ErrorKind;
use migrate_core::migrator::{Abandon, Event};

pub(super) fn resume(ladder: &Ladder<'_>) -> Result<Verdict, CliError> {
    let mut verdict = Verdict::of("interruption");
    let order = ladder.chosen.order();
    let cut = Cut::default();
    let run = Run {
        ladder,
        migrator: ladder.observed(|event| cut.event(event)),
        cut: &cut,
    };
    let mut bed = ladder.bed()?;
    let mut calm = ladder.bed()?;
    for (number, node) in order.iter().copied().enumerate() {
        let stepped = calm.step(Rung::Resume, node, Direction::Up);
        let done = stepped.and_then(|()| match ladder.chosen.is_tested(node) {
            true => run.revision(&mut bed, &mut calm, number, &mut verdict),
            false => run.complete(&mut bed, node).map(drop),
        });
        match done {
            Ok(()) => {}
            Err(Halt::Error(error)) => return Err(error),
            Err(Halt::Found(failure)) => {
                verdict.failures.push(*failure);
                if verdict.failures.len() == MOST {
                    break;
                }
                match run.at(&order[..=number]) {
                    Ok(fresh) => bed = fresh,
                    Err(Halt::Error(error)) => return Err(error),
                    Err(Halt::Found(_)) => break, // it does not apply at all
                }
            }
        }
    }
    Ok(verdict)
}

/// Where a run ends, and what it did before.
#[derive(Default)]
struct Cut {
    /// The boundary, from 1; never, if it is 0.
    at: Cell<usize>,
    seen: Cell<usize>,
    last: RefCell<String>,
    place: RefCell<String>,
}

impl Cut {
    fn event(&self, event: &Event<'_>) {
        match event {
            Event::Failpoint { at } => {
                self.seen.set(self.seen.get() + 1);
                if self.seen.get() == self.at.get() {
                    self.place.replace(format!("{at:?}"));
                    resume_unwind(Box::new(Abandon));
                }
            }
            Event::Statement { sql, .. } => drop(self.last.replace((*sql).to_owned())),
            _ => {}
        }
    }

    fn set(&self, at: usize) {
        self.at.set(at);
        self.seen.set(0);
        self.last.replace(String::new());
    }

    /// Where it was, in words.
    fn described(&self) -> String {
        let last = self.last.borrow();
        let line = last.lines().next().unwrap_or_default();
        let short: String = line.chars().take(80).collect();
        let place = match self.place.borrow().as_str() {
            "BeforeBegin" => "before it began",
            "AfterBegin" => "after it began",
            "BeforeStatement" => "before a statement",
            "AfterStatement" => "after a statement",
            "BeforeJournal" => "before a write to the journal",
            "AfterJournal" => "after a write to the journal",
            "BeforeCommit" => "before its commit",
            _ => "after its commit",
        };
        match short.is_empty() {
            true => place.to_owned(),
            false => format!("{place}, the last one being `{short}`"),
        }
    }
}

/// The runs of the rung.
struct Run<'r> {
    ladder: &'r Ladder<'r>,
    migrator: Migrator<'r>,
    cut: &'r Cut,
}

impl<'r> Run<'r> {
    /// Interrupts a revision at each of its boundaries, on a database that has those before it.
    fn revision(
        &self,
        bed: &mut Bed<'r>,
        calm: &mut Bed<'r>,
        number: usize,
        verdict: &mut Verdict,
    ) -> Result<(), Halt> {
        let order = self.ladder.chosen.order();
        let node = order[number];
        let expected = calm.look()?;
        for boundary in 1.. {
            if !self.interrupted(bed, node, boundary)? {
                return self.compare(bed, node, &expected, "without an interruption");
            }
            verdict.count += 1;
            let place = self.cut.described();
            bed.reconnect()?;
            let status = self.migrator.status(bed.session()?);
            let status = status.map_err(CliError::from)?;
            let id = self.ladder.graph.id(node);
            let is_applied = status.applied.iter().any(|row| row.version == id);
            if status.partial.is_none() && !is_applied {
                continue; // nothing is left of it, and the next run begins here
            }
            match self.complete(bed, node) {
                Ok(None) => self.compare(bed, node, &expected, &place)?,
                Ok(Some(question)) => {
                    let note = format!("`{id}`, interrupted {place}: the run asks: {question}");
                    verdict.notes.push(note);
                    *bed = self.at(&order[..=number])?;
                    return Ok(());
                }
                Err(Halt::Found(mut failure)) => {
                    failure.message = format!("interrupted {place}: {}", failure.message);
                    return Err(Halt::Found(failure));
                }
                Err(halt) => return Err(halt),
            }
            if is_applied && status.partial.is_none() {
                return Ok(()); // it was the last boundary
            }
            self.revert(bed, number)?;
        }
        Ok(())
    }

    /// Runs to a boundary; `false` if the run ended before.
    fn interrupted(&self, bed: &mut Bed<'_>, node: Node, boundary: usize) -> Result<bool, Halt> {
        self.cut.set(boundary);
        let session = bed.session()?;
        let id = self.ladder.graph.id(node);
        let ran = catch_unwind(AssertUnwindSafe(|| self.migrator.upgrade(session, id)));
        self.cut.at.set(0);
        match ran {
            Ok(Ok(_)) => Ok(false),
            Ok(Err(error)) => {
                let halt = self.ladder.halt(Rung::Resume, "", Some(node), error);
                Err(bed.halts(halt))
            }
            Err(panic) if panic.is::<Abandon>() => Ok(true),
            Err(panic) => resume_unwind(panic),
        }
    }

    /// Runs to the end; the question, if the run has one.
    fn complete(&self, bed: &mut Bed<'_>, node: Node) -> Result<Option<String>, Halt> {
        self.cut.set(0);
        let id = self.ladder.graph.id(node);
        match self.migrator.upgrade(bed.session()?, id) {
            Ok(_) => Ok(None),
            Err(error) if error.kind() == ErrorKind::Refused => Ok(Some(error.to_string())),
            Err(error) => {
                let ladder = self.ladder;
                Err(bed.halts(ladder.halt(Rung::Resume, "run again", Some(node), error)))
            }
        }
    }

    fn compare(
        &self,
        bed: &mut Bed<'_>,
        node: Node,
        expected: &Catalogue,
        place: &str,
    ) -> Result<(), Halt> {
        let found = bed.look()?;
        let found = bed.compare(expected, &found)?;
        let Some(found) = found.filter(Differing::counts) else {
            return Ok(());
        };
        let mut failure = self.ladder.failure(
            Rung::Resume,
            node,
            format!("interrupted {place}, and run again, it leaves another catalogue"),
        );
        failure.changes = found.changes;
        failure.notes = found.notes;
        Err(Halt::Found(Box::new(bed.finds(failure))))
    }

    /// Reverts the revision, with its record.
    fn revert(&self, bed: &mut Bed<'r>, number: usize) -> Result<(), Halt> {
        let order = self.ladder.chosen.order();
        let before = &order[..number];
        let reverted = match self.ladder.is_irreversible(order[number]) {
            true => None,
            false => Some(bed.step(Rung::Resume, order[number], Direction::Down)),
        };
        match reverted {
            Some(Ok(())) => {
                let tips = Chosen::tips(self.ladder.graph, before);
                let tips = match tips.is_empty() {
                    true => vec!["base"],
                    false => self.ladder.ids(&tips),
                };
                let stamped = self.migrator.stamp(bed.session()?, &tips, true);
                stamped.map_err(CliError::from)?;
            }
            Some(Err(Halt::Error(error))) => return Err(Halt::Error(error)),
            // a downgrade that fails is found by another rung
            Some(Err(Halt::Found(_))) | None => *bed = self.at(before)?,
        }
        Ok(())
    }

    /// A database that has these revisions, with their records.
    fn at(&self, nodes: &[Node]) -> Result<Bed<'r>, Halt> {
        self.cut.set(0);
        let mut bed = self.ladder.bed()?;
        let tips = Chosen::tips(self.ladder.graph, nodes);
        if !tips.is_empty() {
            let ran = self
                .migrator
                .upgrade_to(bed.session()?, &self.ladder.ids(&tips));
            ran.map_err(|error| self.ladder.halt(Rung::Resume, "", None, error))?;
        }
        Ok(bed)
    }
}
