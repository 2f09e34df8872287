//! A reset: what the database holds is dropped, and the history is applied to what is left.

use std::time::Instant;

use super::goal::Goal;
use super::{Migrator, Report, failed, parsed};
use crate::backend::{Belonging, Session};
use crate::error::{Error, ResetError};

impl Migrator<'_> {
    /// What a reset would drop.
    pub(super) fn look_into(&self, session: &mut dyn Session) -> Result<Vec<Belonging>, Error> {
        let start = Instant::now();
        session
            .belongings()
            .map_err(|source| failed(session, "list what is in the database", source, start))
    }

    /// Drops what was seen, and applies the whole history, under one lock.
    pub(super) fn begin_anew(
        &self,
        session: &mut dyn Session,
        seen: &[Belonging],
    ) -> Result<Report, Error> {
        let start = Instant::now();
        let goal = Goal::Up(parsed(&["heads"])?);
        if session
            .in_transaction()
            .map_err(|source| failed(session, "ask for a transaction", source, start))?
        {
            return Err(ResetError::InTransaction.into());
        }
        self.locked(session, |session| {
            if self.look_into(session)? != seen {
                return Err(ResetError::Changed.into());
            }
            let has_record = seen.iter().any(|belonging| belonging.bookkeeping);
            if !has_record && self.read(session)?.rows.is_some() {
                return Err(ResetError::RecordElsewhere.into());
            }
            let lost = session
                .drop_all(seen)
                .map_err(|source| failed(session, "drop what is in the database", source, start))?;
            if !lost.is_empty() {
                return Err(ResetError::Outside { lost }.into());
            }
            self.run(session, &goal)
        })
    }
}
