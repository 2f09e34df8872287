//! Revisions that were edited after they were applied: their recorded checksums against the
//! compiled ones, and how a person accepts the difference.

use std::collections::HashMap;

use diesel::QueryResult;
use migrate_graph::{Applied, Checksum, Direction, Graph};

use super::bookkeeping::{BookkeepingTables, BookkeepingWriter, CurrentHeads, in_transaction};
use super::report::standing;
use super::{Migrator, State, failed};
use crate::backend::{MigrateConnection, Session};
use crate::error::Error;
use crate::journal::{Author, Entry, Event, Which};
use crate::outcome::ChecksumMismatch;
use crate::revision::Revision;

/// The last record of a revision in the journal.
struct Recorded<'a> {
    at: &'a str,
    checksum: Option<Checksum>,
}

/// The last recorded checksum of each revision; none for one that was reverted.
fn recorded(entries: &[Entry]) -> HashMap<&str, Recorded<'_>> {
    let mut recorded = HashMap::new();
    for entry in entries {
        let id = entry.revision.as_str();
        match (entry.event, entry.direction) {
            (Event::Applied | Event::Accepted, _) | (Event::Stamped, Direction::Up) => {
                // a checksum from another version cannot be compared
                let checksum = entry.checksum.as_ref().and_then(|text| text.parse().ok());
                let at = &entry.at;
                recorded.insert(id, Recorded { at, checksum });
            }
            (Event::Reverted, _) | (Event::Stamped, Direction::Down) => {
                recorded.remove(id);
            }
            _ => {}
        }
    }
    recorded
}

/// The revisions of the history that the journal has as applied, and that no other such one
/// continues.
pub(super) fn applied_heads(graph: &Graph, entries: &[Entry]) -> Vec<String> {
    let recorded = recorded(entries);
    let applied = Applied::new(graph, recorded.into_keys());
    standing(graph, &applied).0
}

/// The applied revisions with a checksum mismatch. One without a recorded checksum has none.
pub(super) fn edited<'a>(
    applied: impl IntoIterator<Item = &'a str>,
    revisions: &HashMap<&str, &Revision>,
    entries: &[Entry],
) -> Vec<ChecksumMismatch> {
    let recorded = recorded(entries);
    let compare = |id: &str| {
        let Recorded { at, checksum } = recorded.get(id)?;
        let (recorded, compiled) = ((*checksum)?, revisions.get(id)?.checksum()?);
        (recorded != compiled).then(|| ChecksumMismatch {
            revision: id.to_owned(),
            recorded,
            recorded_at: (*at).to_owned(),
            compiled,
        })
    };
    let mut edited: Vec<ChecksumMismatch> = applied.into_iter().filter_map(compare).collect();
    edited.sort_by(|a, b| a.revision.cmp(&b.revision));
    edited
}

impl Migrator<'_> {
    /// The applied revisions with a checksum mismatch: only
    /// [`Status::edited`](super::Status::edited).
    ///
    /// # Errors
    ///
    /// When the version table or the journal cannot be read.
    pub fn edited<C>(&self, connection: &mut C) -> Result<Vec<ChecksumMismatch>, Error>
    where
        C: MigrateConnection + ?Sized,
    {
        connection.with_session(|session| {
            let (applied, entries) = self.applied_with_entries(session)?;
            let applied = applied.iter().map(String::as_str);
            Ok(edited(applied, &self.history.by_id(), &entries))
        })
    }

    /// The applied revisions of which the journal has no checksum, as another tool or an SQL script
    /// applied them: an edit of one is not reported.
    ///
    /// # Errors
    ///
    /// When the version table or the journal cannot be read.
    pub fn without_checksum<C>(&self, connection: &mut C) -> Result<Vec<String>, Error>
    where
        C: MigrateConnection + ?Sized,
    {
        connection.with_session(|session| {
            let (applied, entries) = self.applied_with_entries(session)?;
            let (known, recorded) = (self.history.by_id(), recorded(&entries));
            let lacks = |id: &String| {
                let compiled = known.get(id.as_str()).and_then(|one| one.checksum());
                let recorded = recorded.get(id.as_str()).and_then(|one| one.checksum);
                compiled.is_some() && recorded.is_none()
            };
            Ok(applied.into_iter().filter(lacks).collect())
        })
    }

    /// The applied revisions, and what the journal has of each.
    fn applied_with_entries(
        &self,
        session: &mut dyn Session,
    ) -> Result<(Vec<String>, Vec<Entry>), Error> {
        let records = self.patiently(session, "read what is applied", |session| {
            session.records(Which::Revisions)
        })?;
        let rows = records.applied.unwrap_or_default().into_iter();
        let applied = rows.map(|row| row.version).collect();
        Ok((applied, records.entries.unwrap_or_default()))
    }

    /// Those of a database in this state, which was read with the [revisions](Which::Revisions).
    pub(super) fn edited_in(&self, state: &State) -> Vec<ChecksumMismatch> {
        let (Some(rows), Some(entries)) = (&state.rows, &state.entries) else {
            return Vec::new();
        };
        let applied = rows.iter().map(|row| row.version.as_str());
        edited(applied, &self.history.by_id(), entries)
    }

    /// Refuses a database without a version table whose journal has applied revisions: their
    /// objects may exist, and applying the revisions again would conflict with them. An empty table
    /// is not refused, as diesel's own tools leave one.
    pub(super) fn refuse_lost_table(
        &self,
        session: &mut dyn Session,
        state: &State,
    ) -> Result<(), Error> {
        if state.rows.is_some() {
            return Ok(());
        }
        let entries = self.patiently(session, "read the journal", |session| {
            session.journal(Which::Revisions)
        })?;
        let heads = applied_heads(self.graph()?, &entries.unwrap_or_default());
        if heads.is_empty() {
            return Ok(());
        }
        // another run may have created both tables since the first look
        let rows = self.patiently(session, "read the version table", |session| {
            session.applied()
        })?;
        match rows {
            Some(_) => Ok(()),
            None => Err(Error::VersionTableLost { heads }),
        }
    }

    /// Refuses to continue when applied revisions were edited, if that was requested.
    pub(super) fn refuse_if_edited(&self, edited: &[ChecksumMismatch]) -> Result<(), Error> {
        match self.refuses_edited && !edited.is_empty() {
            true => Err(Error::ChecksumMismatch(edited.to_vec())),
            false => Ok(()),
        }
    }

    /// Records the compiled checksums of these revisions, although they were applied in another
    /// form, or by an SQL script, which records none: they are no longer reported as edited.
    /// Without ids, all edited revisions. Runs nothing of them. Returns those that were
    /// recorded.
    ///
    /// # Errors
    ///
    /// A revision that is not applied or not in the history, or a timeout while waiting for the
    /// lock.
    pub fn accept<C>(&self, connection: &mut C, ids: &[&str]) -> Result<Vec<String>, Error>
    where
        C: MigrateConnection + ?Sized,
    {
        connection.with_session(|session| {
            self.locked(session, |session| self.accept_under_lock(session, ids))
        })
    }

    fn accept_under_lock(
        &self,
        session: &mut dyn Session,
        ids: &[&str],
    ) -> Result<Vec<String>, Error> {
        let state = self.read(session, Which::Revisions)?;
        let edited = self.edited_in(&state);
        let recorded = recorded(state.entries.as_deref().unwrap_or_default());
        // also what has none, as after an SQL script
        let differs = |revision: &Revision| {
            let recorded = recorded.get(revision.id()).and_then(|one| one.checksum);
            revision.checksum().is_some() && recorded != revision.checksum()
        };
        let known = self.history.by_id();
        let mut accepted = Vec::new();
        if ids.is_empty() {
            let all = edited
                .iter()
                .filter_map(|edited| known.get(edited.revision.as_str()));
            accepted.extend(all.copied());
        }
        for id in ids {
            let applied = state.rows.iter().flatten().any(|row| row.version == *id);
            match known.get(id).filter(|_| applied) {
                Some(revision) if differs(revision) => accepted.push(*revision),
                Some(_) => {}
                None => {
                    return Err(Error::NotApplied {
                        revision: (*id).to_owned(),
                    });
                }
            }
        }
        if !accepted.is_empty() {
            let start = std::time::Instant::now();
            self.write_accepted(session, &accepted, &state)
                .map_err(|source| failed(session, "write the journal", source, start))?;
        }
        let ids = accepted.iter().map(|revision| revision.id().to_owned());
        Ok(ids.collect())
    }

    fn write_accepted(
        &self,
        session: &mut dyn Session,
        revisions: &[&Revision],
        state: &State,
    ) -> QueryResult<()> {
        let author = Author::of_new_run(session.secrets());
        let from = match self.graph() {
            Ok(graph) => CurrentHeads::of(graph, &state.applied(graph)).text(graph),
            Err(_) => String::new(),
        };
        let mut tables = BookkeepingTables::of(state);
        if !session.backend().capabilities().transactional_ddl {
            tables.create(session)?; // it would commit what is written with it
        }
        let writer = BookkeepingWriter {
            author: &author,
            from,
            tables,
        };
        let row = |revision: &&Revision| writer.row(revision, Direction::Up, Event::Accepted);
        let rows = revisions.iter().map(row).collect();
        in_transaction(session, |session| {
            writer.write(session, Vec::new(), rows, &self.context())
        })
    }
}
