//! A run: plan, lock, look again, and one step after another.

use std::time::Instant;

use migrate_graph::{Applied, Direction};

use super::goal::Goal;
use super::preflight::{ReadyStep, ready};
use super::report::standing;
use super::step;
use super::{Event, Migrator, Report, StepReport, applied_set};
use crate::backend::Session;
use crate::error::Error;
use crate::op::{Happening, Situation};

impl Migrator<'_> {
    /// Carries out what leads to the goal.
    pub(super) fn run(&self, session: &mut dyn Session, goal: &Goal) -> Result<Report, Error> {
        let revisions = self.revisions()?;
        let graph = &revisions.graph;
        let before = self.read(session)?;
        let applied = applied_set(graph, before.as_deref());
        let plan = goal.plan(graph, &applied)?;
        // what is refused is refused without waiting for the lock
        let steps = ready(&plan, revisions, session, &self.situation())?;
        if steps.is_empty() {
            let (current, at_heads) = standing(graph, &applied);
            return Ok(Report {
                steps: Vec::new(),
                warnings: plan.warnings,
                current,
                at_heads,
            });
        }
        self.locked(session, |session| {
            let now = self.read(session)?;
            if now == before {
                return self.carry_out(
                    session,
                    self.situation(),
                    &steps,
                    applied,
                    plan.warnings,
                    now.is_some(),
                );
            }
            let applied = applied_set(graph, now.as_deref());
            let plan = goal.plan_again(graph, &applied, &plan)?;
            let steps = ready(&plan, revisions, session, &self.situation())?;
            self.carry_out(
                session,
                self.situation(),
                &steps,
                applied,
                plan.warnings,
                now.is_some(),
            )
        })
    }

    /// Runs the steps, one after another, until one fails.
    pub(super) fn carry_out(
        &self,
        session: &mut dyn Session,
        situation: Situation<'static>,
        steps: &[ReadyStep],
        mut applied: Applied,
        warnings: Vec<migrate_graph::plan::Warning>,
        mut has_table: bool,
    ) -> Result<Report, Error> {
        let graph = self.graph()?;
        let mut report = Report {
            warnings,
            ..Report::default()
        };
        let mut failure = None;
        let observe = |happening: &Happening<'_>| self.tell(&happening.into());
        let situation = Situation {
            observer: Some(&observe),
            ..situation
        };
        for (index, step) in steps.iter().enumerate() {
            let (revision, direction) = (step.revision, step.direction);
            self.tell(&Event::Started {
                revision,
                direction,
                number: index + 1,
                of: steps.len(),
            });
            let start = Instant::now();
            if let Err(failed) = step::run(session, step, has_table, &situation) {
                failure = Some(failed);
                break;
            }
            has_table = true;
            let node = graph
                .node(revision.id())
                .expect("a step was planned from a node of this graph");
            match direction {
                Direction::Up => applied.insert(node),
                Direction::Down => applied.remove(node),
            }
            let done = StepReport {
                revision: revision.id().to_owned(),
                direction,
                message: revision.message().to_owned(),
                duration: start.elapsed(),
            };
            self.tell(&Event::Finished { step: &done });
            report.steps.push(done);
        }
        (report.current, report.at_heads) = standing(graph, &applied);
        match failure {
            Some(failed) => Err(failed.with(report).into()),
            None => Ok(report),
        }
    }
}
