//! A look at the catalogue for what an unfinished revision had begun: what the next run will find, found before. Changes nothing.

use migrate_graph::Direction;

use super::Migrator;
use super::preflight::places_as_far_as_known;
use super::resume::operations_of;
use crate::backend::{Effect, MigrateConnection, Session};
use crate::error::Error;
use crate::journal::{OpenKind, Unfinished, hash_of};
use crate::operation::Operation;
use crate::recovery::probe;
use crate::revision::Downgrade;

/// What the catalogue shows of an operation that was begun and not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It was carried out.
    Done,
    /// It was not.
    NotDone,
    /// That cannot be told, and need not be: it leaves the same when it is run again.
    Repeatable,
    /// Half of it is there, and the next run clears that away.
    Broken,
    /// That cannot be told: what was found instead.
    Unclear(String),
    /// The next run finds it out: what the revision does before it is known only where that runs.
    Later,
}

impl Migrator<'_> {
    /// Looks in the catalogue for what an unfinished revision had begun. Nothing when nothing is open, or when it is known how far
    /// that went.
    ///
    /// # Errors
    ///
    /// When the catalogue cannot be read.
    pub fn look<C>(
        &self,
        connection: &mut C,
        unfinished: &Unfinished,
    ) -> Result<Option<Found>, Error>
    where
        C: MigrateConnection + ?Sized,
    {
        let Some(open) = &unfinished.open else {
            return Ok(None);
        };
        let statement = match open.kind {
            OpenKind::Statement(statement) => statement,
            OpenKind::Between(_) | OpenKind::Batches(_) => return Ok(None),
            OpenKind::Opaque | OpenKind::Batch { .. } => {
                let found = "nobody can look into what it did".to_owned();
                return Ok(Some(Found::Unclear(found)));
            }
        };
        connection.with_session(|session| {
            let operation = match self.open_operation(session, unfinished)? {
                Sought::Is(operation) => operation,
                Sought::Later => return Ok(Some(Found::Later)),
                Sought::Gone => {
                    let found = "the revision has another operation in this place now".to_owned();
                    return Ok(Some(Found::Unclear(found)));
                }
            };
            let sql = open.statements.get(&statement).map_or("", String::as_str);
            let place = usize::try_from(statement).unwrap_or(usize::MAX);
            let effect = probe(session, &operation, place, sql);
            Ok(Some(match effect {
                Ok(Effect::There) => Found::Done,
                Ok(Effect::Absent) => Found::NotDone,
                Ok(Effect::Repeatable) => Found::Repeatable,
                Ok(Effect::Broken { .. }) => Found::Broken,
                Ok(Effect::Unclear { found }) => Found::Unclear(found),
                Err(error) => Found::Unclear(error.to_string()),
            }))
        })
    }

    /// The operation that was begun, if the revision still has it.
    fn open_operation(
        &self,
        session: &mut dyn Session,
        unfinished: &Unfinished,
    ) -> Result<Sought, Error> {
        let (revisions, context) = (self.revisions()?, self.context());
        let (Some(node), Some(open)) = (
            revisions.graph.node(&unfinished.revision),
            unfinished.open.as_ref(),
        ) else {
            return Ok(Sought::Gone);
        };
        let (revision, backend) = (revisions.get(node), session.backend());
        let direction: Direction = unfinished.direction;
        let (operations, uncollected) = match (direction, revision.downgrade()) {
            (Direction::Up, _) => places_as_far_as_known(revision.upgrade(), backend, &context),
            (Direction::Down, Downgrade::Function(body)) => {
                places_as_far_as_known(body, backend, &context)
            }
            _ => match operations_of(revision, direction, backend, &context) {
                Ok(operations) => (operations, None),
                Err(uncollected) => (Vec::new(), Some(uncollected)),
            },
        };
        let mut found = operations.into_iter();
        let Some((_, operation)) = found.find(|(place, _)| *place == open.step) else {
            let later = uncollected.is_some_and(|uncollected| uncollected.needs_database);
            return Ok(if later { Sought::Later } else { Sought::Gone });
        };
        let operation = match open.back {
            true => operation.reverse().ok(),
            false => Some(operation).filter(|operation| hash_of(operation) == open.hash),
        };
        Ok(operation.map_or(Sought::Gone, |operation| Sought::Is(Box::new(operation))))
    }
}

/// What became of the operation that was begun.
enum Sought {
    Is(Box<Operation>),
    /// It comes after what is known without a database.
    Later,
    Gone,
}
