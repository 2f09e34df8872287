//! The two verdicts of the walk on tables with rows: which rung a failure belongs to, and what is
//! left to test after it. It must not run a revision that is tested.

use migrate_graph::Node;

use super::Walk;
use crate::error::CliError;
use crate::json::TestFailure;
use crate::ladder::sowing::Sown;
use crate::ladder::{Halt, MOST, Rung, Verdict};

impl Walk<'_> {
    /// The verdicts that are not full.
    pub(super) fn verdicts(&mut self) -> impl Iterator<Item = &mut Verdict> {
        let both = [&mut self.rows, &mut self.runs].into_iter();
        both.filter(|verdict| verdict.failures.len() < MOST)
    }

    /// Adds a failure to one of the verdicts.
    pub(super) fn found(&mut self, failure: TestFailure, rung: Rung) {
        let verdict = match rung {
            Rung::Rows => &mut self.rows,
            _ => &mut self.runs,
        };
        if verdict.failures.len() == MOST {
            return;
        }
        verdict.failures.push(failure);
        if verdict.failures.len() == MOST {
            let left = self.ladder.chosen.len() - verdict.count;
            verdict.notes.push(format!(
                "{left} revisions were not tested after {MOST} failures"
            ));
        }
    }

    /// A revision does not run: with rows, that is one rung's matter, and without, no one's here.
    pub(super) fn failed(&mut self, failure: &TestFailure, node: Node) {
        let id = self.ladder.graph.id(node);
        let note = format!("`{id}` was not tested: {}", failure.message);
        let is_own = self.with_rows && failure.revision.as_deref() == Some(id);
        let is_tested = self.ladder.chosen.is_tested(node);
        // what it lost before it failed is known
        let is_found = |found: &TestFailure| found.revision.as_deref() == Some(id);
        let is_lost = self.rows.failures.last().is_some_and(is_found);
        let mut without = vec![];
        if !is_lost {
            without.push(&mut self.rows);
        }
        if !is_own {
            without.push(&mut self.runs);
        }
        for verdict in without {
            if verdict.failures.len() < MOST {
                verdict.count -= usize::from(is_tested);
                verdict.notes.push(note.clone());
            }
        }
        if is_own {
            self.found(failure.clone(), Rung::FullTables);
        }
    }

    /// New databases after this revision; whether the walk continues.
    pub(super) fn again(&mut self, number: usize) -> Result<bool, CliError> {
        if self.verdicts().next().is_none() {
            return Ok(false);
        }
        self.patch();
        self.catalogue = None;
        self.empty = None;
        self.sown = Sown::default();
        let order = &self.ladder.chosen.order()[..=number];
        match self.ladder.bed_with(Rung::FullTables, order) {
            Ok(bed) => self.full = bed,
            Err(Halt::Error(error)) => return Err(error),
            Err(Halt::Found(_)) => {
                let id = self.ladder.graph.id(order[number]);
                let note = format!("the revisions after `{id}` were not tested");
                for verdict in self.verdicts() {
                    verdict.notes.push(note.clone());
                }
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The verdicts, with what was not tested with rows.
    pub(super) fn ended(mut self) -> [Verdict; 2] {
        for (table, why) in self.sown.refused() {
            for verdict in [&mut self.rows, &mut self.runs] {
                verdict.notes.push(format!("`{table}` has no rows: {why}"));
            }
        }
        [self.rows, self.runs]
    }
}
