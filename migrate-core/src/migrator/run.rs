//! A run: plan, lock, read the state again, and run one step after another.

use std::time::Instant;

use migrate_graph::plan::Warning;
use migrate_graph::{Applied, Direction};

use super::bookkeeping::{BookkeepingTables, BookkeepingWriter, CurrentHeads};
use super::preflight::ReadyStep;
use super::report::standing;
use super::request::Request;
use super::{Event, Migrator, Report, StepReport, Transactions, failed};
use crate::backend::Session;
use crate::error::Error;
use crate::execute::{OperationEvent, RunContext};
use crate::journal::{Author, Which};

/// The state from which a run starts.
#[derive(Clone)]
pub(super) struct Start {
    pub(super) applied: Applied,
    pub(super) tables: BookkeepingTables,
    pub(super) warnings: Vec<Warning>,
}

impl Migrator<'_> {
    /// Runs the steps that lead to the request.
    pub(super) fn run(
        &self,
        session: &mut dyn Session,
        request: &Request,
    ) -> Result<Report, Error> {
        let graph = self.graph()?;
        session.backend().can_limit(&self.options.limits)?;
        // what an upgrade needs does not grow with the journal
        let looks = self.refuses_edited || self.reports_edited;
        let which = if looks { Which::Revisions } else { Which::Tail };
        let before = self.read(session, which)?;
        self.refuse_lost_table(session, &before)?;
        let edited = match looks {
            true => self.edited_in(&before),
            false => Vec::new(),
        };
        self.refuse_if_edited(&edited)?;
        // a refusal does not wait for the lock; but a partially applied revision may belong to a
        // run in progress
        let prepared = match before.partial() {
            Some(_) => None,
            None => Some(self.prepare(session, request, &before, None)?),
        };
        if let Some(prepared) = &prepared
            && prepared.steps.is_empty()
        {
            let (current, at_heads) = standing(graph, &prepared.applied);
            return Ok(Report {
                steps: Vec::new(),
                warnings: prepared.plan.warnings.clone(),
                current,
                at_heads,
                edited,
            });
        }
        let (mut report, edited) = self.locked(session, |session| {
            let now = self.read(session, Which::Tail)?;
            // another run may have changed that, too
            let edited = match !looks || edited.is_empty() && now.is_as(&before) {
                true => edited,
                false => self.edited_in(&self.read(session, Which::Revisions)?),
            };
            let prepared = match prepared {
                Some(prepared) if now.is_as(&before) => prepared,
                Some(prepared) => self.prepare(session, request, &now, Some(&prepared.plan))?,
                // another run has just changed the state, or an interrupted run left it so
                None if now.is_as(&before) => self.prepare(session, request, &now, None)?,
                None if request.is_a_walk_down() => return Err(Error::Moved),
                None => self.prepare(session, request, &now, None)?,
            };
            let start = Start {
                applied: prepared.applied,
                tables: BookkeepingTables::of(&now),
                warnings: prepared.plan.warnings,
            };
            let report = match self.options.transactions {
                Transactions::All => self.run_in_one_transaction(session, &prepared.steps, &start),
                _ => self.run_steps(session, self.context(), &prepared.steps, start),
            };
            Ok((report?, edited))
        })?;
        report.edited = edited;
        let is_same = |id: &str| report.steps.iter().all(|step| step.revision != id);
        report.edited.retain(|edited| is_same(&edited.revision));
        Ok(report)
    }

    /// Runs the steps, one after another, until one fails.
    pub(super) fn run_steps(
        &self,
        session: &mut dyn Session,
        context: RunContext<'static>,
        steps: &[ReadyStep],
        start: Start,
    ) -> Result<Report, Error> {
        let graph = self.graph()?;
        let Start {
            mut applied,
            mut tables,
            warnings,
        } = start;
        let mut report = Report {
            warnings,
            ..Report::default()
        };
        let mut failure = None;
        let mut stopped = None;
        let observe = |event: &OperationEvent<'_>| self.emit(&event.into());
        let context = RunContext {
            observer: Some(&observe),
            ..context
        };
        self.create_tables(session, steps, &mut tables)?;
        let author = Author::of_new_run(session.secrets());
        let mut tips = CurrentHeads::of(graph, &applied);
        for (index, step) in steps.iter().enumerate() {
            let (revision, direction) = (step.revision, step.direction);
            if self.options.stop.is_requested() {
                stopped = Some(revision.id().to_owned());
                break;
            }
            self.emit(&Event::Started {
                revision,
                direction,
                number: index + 1,
                of: steps.len(),
                resumes_after: step.resumes_after(),
            });
            let start = Instant::now();
            let writer = BookkeepingWriter {
                author: &author,
                from: tips.text(graph),
                tables,
            };
            if let Err(failed) = self.try_step(session, step, &writer, &context) {
                failure = Some(failed);
                break;
            }
            tables = BookkeepingTables::BOTH;
            let node = graph
                .node(revision.id())
                .expect("a step was planned from a node of this graph");
            match direction {
                // its downgrade was interrupted: it is still recorded
                Direction::Up if applied.contains(node) => {}
                Direction::Up => applied.insert(node),
                Direction::Down => applied.remove(node),
            }
            tips.step(graph, &applied, node, direction);
            let done = StepReport {
                revision: revision.id().to_owned(),
                direction,
                message: revision.message().to_owned(),
                duration: start.elapsed(),
            };
            self.emit(&Event::Finished { step: &done });
            report.steps.push(done);
        }
        (report.current, report.at_heads) = standing(graph, &applied);
        match (failure, stopped) {
            (Some(failed), _) => {
                let left = failed.may_leave_something();
                let left = left.then(|| self.after_failure(session)).flatten();
                Err(failed.look(session).with(report, left).into())
            }
            (None, Some(next)) => Err(Error::Stopped {
                next,
                report: Box::new(report),
            }),
            (None, None) => Ok(report),
        }
    }

    /// Creates the missing tables, in no transaction with other work. Inside a transaction of the
    /// caller, the first step does it.
    fn create_tables(
        &self,
        session: &mut dyn Session,
        steps: &[ReadyStep],
        tables: &mut BookkeepingTables,
    ) -> Result<(), Error> {
        if steps.is_empty() || tables.are_there() {
            return Ok(());
        }
        let start = Instant::now();
        let doing = "create the version table and the journal";
        let created = match session.in_transaction() {
            Ok(true) => Ok(()),
            Ok(false) => tables.create(session),
            Err(error) => Err(error),
        };
        created.map_err(|source| failed(session, doing, source, start))
    }
}
