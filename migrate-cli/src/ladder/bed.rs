//! A scratch database on which a rung tests, and what is in it. It must not know what is tested.

use std::sync::atomic::{AtomicU64, Ordering};

use migrate_graph::{Direction, Node};

use super::differing::{Differing, differing};
use super::part::parts;
use super::{Halt, Ladder, Rung};
use crate::error::CliError;
use crate::exit::Exit;
use crate::json::TestFailure;
use crate::states::inspect;
use migrate_core::engine::backend;
use migrate_core::engine::backend::{Scope, Session};
use migrate_core::engine::diff::{Answers, diff};
use migrate_core::engine::scratch::{Scratch, ScratchStep, run_operations};
use migrate_core::schema::Schema;

/// A scratch database of a rung.
pub(super) struct Bed<'l> {
    ladder: &'l Ladder<'l>,
    scratch: Scratch,
    /// By which number a failure names it, once one was found on it.
    number: Option<String>,
}

impl Drop for Bed<'_> {
    fn drop(&mut self) {
        if let Some(number) = self.number.take().filter(|_| self.ladder.keep) {
            let mut shelf = self.ladder.own.shelf.borrow_mut();
            shelf.insert(number, self.scratch.take());
        }
    }
}

/// What cannot be, as each kind of database reads its own way.
const ANOTHER: &str = "two catalogues were read in different ways";

/// The whole catalogue at one time.
pub(crate) enum Catalogue {
    /// The text that the schema is made of.
    Text(String),
    /// The schema.
    Schema(Box<Schema>),
}

impl<'l> Ladder<'l> {
    /// A scratch database that an earlier rung left.
    pub(super) fn bed_on(&'l self, scratch: Scratch) -> Bed<'l> {
        Bed {
            ladder: self,
            scratch,
            number: None,
        }
    }

    /// An empty scratch database.
    pub(super) fn bed(&'l self) -> Result<Bed<'l>, CliError> {
        self.stop.begin(None); // Ctrl-C waits until it is dropped
        self.go_on()?;
        let made = match &self.place {
            Some(url) => Scratch::beside(url),
            None => Scratch::in_memory(),
        };
        Ok(self.bed_on(made?))
    }

    /// Whether the test is not to stop.
    fn go_on(&self) -> Result<(), CliError> {
        match self.stop.is_requested() {
            true => Err(CliError::new(
                Exit::Stopped,
                "stopped; the scratch databases were dropped",
            )),
            false => Ok(()),
        }
    }

    /// One with these revisions applied, in this order.
    pub(super) fn bed_with(&'l self, rung: Rung, nodes: &[Node]) -> Result<Bed<'l>, Halt> {
        let mut bed = self.bed()?;
        for node in nodes {
            bed.step(rung, *node, Direction::Up)?;
        }
        Ok(bed)
    }
}

impl Bed<'_> {
    /// The session; an error once Ctrl-C was pressed.
    pub(super) fn session(&mut self) -> Result<&mut dyn Session, CliError> {
        self.ladder.stop.begin(None);
        self.ladder.go_on()?;
        Ok(self.scratch.session()?)
    }

    /// Replaces the session, as if its process had ended.
    pub(super) fn reconnect(&mut self) -> Result<(), CliError> {
        Ok(self.scratch.reconnect()?)
    }

    /// Runs one revision, without a record.
    pub(super) fn step(
        &mut self,
        rung: Rung,
        node: Node,
        direction: Direction,
    ) -> Result<(), Halt> {
        let ladder = self.ladder;
        let ran = ladder.steps().run_alone(self.session()?, node, direction);
        ran.map_err(|error| self.halts(ladder.halt(rung, "", Some(node), error)))
    }

    /// A failure that was found on this database.
    pub(super) fn finds(&mut self, mut failure: TestFailure) -> TestFailure {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let new = || NUMBER.fetch_add(1, Ordering::Relaxed).to_string();
        failure.database = Some(self.number.get_or_insert_with(new).clone());
        failure
    }

    /// The same, as the end of a step.
    pub(super) fn halts(&mut self, halt: Halt) -> Halt {
        match halt {
            Halt::Found(failure) => Halt::Found(Box::new(self.finds(*failure))),
            halt => halt,
        }
    }

    /// Leaves the database to a later rung.
    pub(super) fn leave(mut self) -> Scratch {
        self.scratch.take()
    }

    /// Reads the catalogue.
    pub(super) fn look(&mut self) -> Result<Catalogue, CliError> {
        let session = self.session()?;
        let failed =
            |source| CliError::from(migrate_core::Error::database("read the catalogue", source));
        if let Some(text) = session.catalogue_text().map_err(failed)? {
            return Ok(Catalogue::Text(text));
        }
        let mut schema = inspect(session, &Scope::current().again(), "the scratch database")?;
        let mut others = session.other_schemas().map_err(failed)?;
        if !others.is_empty() {
            // with a second one, which is not there, names have their schema
            others.push("__migrate_nothing".to_owned());
            let other = inspect(session, &Scope::of(others).again(), "the scratch database")?;
            add(&mut schema, other);
        }
        Ok(Catalogue::Schema(Box::new(schema)))
    }

    /// A catalogue as a schema.
    pub(super) fn schema(&mut self, catalogue: &Catalogue) -> Result<Schema, CliError> {
        match catalogue {
            Catalogue::Text(text) => Ok(self.session()?.differing("", text).1),
            Catalogue::Schema(schema) => Ok(schema.as_ref().clone()),
        }
    }

    /// What differs between two catalogues, tables with all that belongs to them.
    pub(super) fn changed(
        &mut self,
        before: &Catalogue,
        after: &Catalogue,
    ) -> Result<(Schema, Schema), CliError> {
        match (before, after) {
            (Catalogue::Text(before), Catalogue::Text(after)) => {
                Ok(self.session()?.differing(before, after))
            }
            (Catalogue::Schema(before), Catalogue::Schema(after)) => Ok(parts(before, after)),
            _ => Err(CliError::usage(ANOTHER)),
        }
    }

    /// What is in one catalogue and not in the other; `None` if nothing.
    pub(super) fn compare(
        &mut self,
        before: &Catalogue,
        after: &Catalogue,
    ) -> Result<Option<Differing>, CliError> {
        let ladder = self.ladder;
        let written = |schema: &Schema| ladder.written(schema);
        match (before, after) {
            (Catalogue::Text(before), Catalogue::Text(after)) if before == after => Ok(None),
            (Catalogue::Text(before), Catalogue::Text(after)) => {
                let (before, after) = self.session()?.differing(before, after);
                differing(ladder.kind, &before, &after, written)
            }
            (Catalogue::Schema(before), Catalogue::Schema(after)) if before == after => Ok(None),
            (Catalogue::Schema(before), Catalogue::Schema(after)) => {
                differing(ladder.kind, before, after, written)
            }
            _ => Err(CliError::usage(ANOTHER)),
        }
    }
}

impl Ladder<'_> {
    /// A schema as the server spells it when it is created.
    fn written(&self, schema: &Schema) -> Result<Schema, CliError> {
        let rules = backend::rules(self.kind)?;
        let all = diff(&Schema::empty(), schema, rules, &Answers::default());
        let steps = all.changes.iter().map(|change| ScratchStep {
            operation: &change.operation,
            commits: change.commits,
        });
        let steps: Vec<ScratchStep<'_>> = steps.collect();
        let mut bed = self.bed()?;
        run_operations(bed.session()?, &steps)?;
        inspect(bed.session()?, &Scope::current(), "the scratch database")
    }
}

/// Adds what other schemas have.
fn add(schema: &mut Schema, other: Schema) {
    schema.schemas.extend(other.schemas);
    schema.extensions.extend(other.extensions);
    schema.enums.extend(other.enums);
    schema.domains.extend(other.domains);
    schema.sequences.extend(other.sequences);
    schema.tables.extend(other.tables);
    schema.indexes.extend(other.indexes);
    schema.views.extend(other.views);
    schema.others.extend(other.others);
    schema.dependencies.extend(other.dependencies);
    schema.sort();
    schema.extensions.dedup();
}
