//! A reset: drops what the database holds, and applies the history to what is left.

use std::time::Instant;

use super::request::Request;
use super::{Migrator, Report, failed, parsed};
use crate::backend::{Created, SchemaObject, Session};
use crate::error::{Error, ResetError};
use crate::execute::places_as_far_as_known;
use crate::journal::Which;
use crate::sql::created;

impl Migrator<'_> {
    /// What a reset would drop.
    pub(super) fn look_into(&self, session: &mut dyn Session) -> Result<Vec<SchemaObject>, Error> {
        Ok(self.look_around(session)?.0)
    }

    /// What a reset would drop, and what the applied revisions created outside of the schema.
    fn look_around(
        &self,
        session: &mut dyn Session,
    ) -> Result<(Vec<SchemaObject>, Vec<Created>), Error> {
        let start = Instant::now();
        let made = self.made(session)?;
        let list_error = |session: &mut dyn Session, source| {
            failed(session, "list what is in the database", source, start)
        };
        match session.conflicting_objects(&made) {
            Ok(names) if names.is_empty() => {}
            Ok(names) => return Err(ResetError::NotDropped { names }.into()),
            Err(source) => return Err(list_error(session, source)),
        }
        match session.schema_objects(&made) {
            Ok(all) => Ok((all, made)),
            Err(source) => Err(list_error(session, source)),
        }
    }

    /// What the revisions that are applied, or begun, created outside of any schema, as far as it
    /// can be read without running them.
    fn made(&self, session: &mut dyn Session) -> Result<Vec<Created>, Error> {
        let state = self.read(session, Which::Tail)?;
        let rules = session.backend();
        let begun = state.partial().map(|partial| partial.revision);
        let is_applied = |id: &str| {
            let mut rows = state.rows.iter().flatten();
            rows.any(|row| row.version == id) || begun.as_deref() == Some(id)
        };
        let context = self.context();
        let revisions = self.history.revisions();
        let applied = revisions.filter(|revision| is_applied(revision.id()));
        let operations = applied
            .flat_map(|revision| places_as_far_as_known(revision.upgrade(), rules, &context).0);
        let sql = operations.flat_map(|(_, operation)| rules.ddl(&operation).unwrap_or_default());
        let mut made: Vec<Created> = sql.flat_map(|sql| created(&sql, rules.kind())).collect();
        made.sort();
        made.dedup();
        Ok(made)
    }

    /// Drops the listed objects, and applies the whole history, under one lock.
    pub(super) fn reset_objects(
        &self,
        session: &mut dyn Session,
        seen: &[SchemaObject],
    ) -> Result<Report, Error> {
        let start = Instant::now();
        let request = Request::Up(parsed(&["heads"])?);
        if session
            .in_transaction()
            .map_err(|source| failed(session, "ask for a transaction", source, start))?
        {
            return Err(ResetError::InTransaction.into());
        }
        self.locked(session, |session| {
            let (now, made) = self.look_around(session)?;
            if now != seen {
                return Err(ResetError::Changed.into());
            }
            let has_record = seen.iter().any(|belonging| belonging.bookkeeping);
            if !has_record && self.read(session, Which::Tail)?.rows.is_some() {
                return Err(ResetError::RecordElsewhere.into());
            }
            let not = session
                .drop_all(seen, &made)
                .map_err(|source| failed(session, "drop what is in the database", source, start))?;
            if !not.refused.is_empty() {
                return Err(ResetError::Refused { why: not.refused }.into());
            }
            if !not.lost.is_empty() {
                return Err(ResetError::Outside { lost: not.lost }.into());
            }
            self.run(session, &request)
        })
    }
}
