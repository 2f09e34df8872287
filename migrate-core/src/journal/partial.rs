//! The partially applied revision at the end of the journal: a pure function from rows to its
//! state. The migrator decides what is done about it.

use std::collections::BTreeMap;

use migrate_graph::Direction;

use super::BlockHash;
use super::entry::{Entry, Event};

/// A revision that was begun and neither completed nor reverted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartialRevision {
    /// The revision.
    pub revision: String,
    /// The direction in which it was begun.
    pub direction: Direction,
    /// When it was begun, in UTC.
    pub since: String,
    /// Who worked on it last.
    pub actor: String,
    /// The version that wrote the last row.
    pub tool: String,
    /// The operations that were done and are not reverted, in order.
    pub finished: Vec<Finished>,
    /// The operation that was begun and not completed after them.
    pub open: Option<Open>,
    /// The error of the last attempt, if it recorded one.
    pub failed: Option<String>,
    /// The operation that failed, in one line, if one did.
    pub failed_at: Option<String>,
}

/// An operation that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finished {
    /// Which operation of the revision, from 0.
    pub step: u32,
    /// What the operation was, as the journal has it.
    pub hash: String,
    /// The operation, in one line.
    pub operation: String,
    /// Its last statement, where the journal has it.
    pub query: Option<String>,
    /// The hash that the last attempt found in its place, if it is a connection block that was
    /// edited.
    pub edited: Option<String>,
}

/// An operation that was begun and not completed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Open {
    /// Which operation of the revision, from 0.
    pub step: u32,
    /// How far it got.
    pub kind: OpenKind,
    /// Whether it was being reverted.
    pub back: bool,
    /// What the operation was, as the journal has it.
    pub hash: String,
    /// The operation, in one line.
    pub operation: String,
    /// All its statements from 0, as far as the journal has them.
    pub statements: BTreeMap<u32, String>,
    /// When the last part of it was begun, in UTC.
    pub at: String,
    /// Who began it.
    pub actor: String,
}

/// How far an operation got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenKind {
    /// This statement was about to be sent, and its outcome is unknown.
    Statement(u32),
    /// It was interrupted between two statements; this one is the next.
    Between(u32),
    /// It cannot be probed, and some of it was committed.
    Opaque,
    /// Rows were changed in batches, up to this key.
    Batches(String),
    /// A batch was begun, and some of it may be committed.
    Batch {
        /// The last key of the batch before it, if there is one.
        after: Option<String>,
        /// Its own last key.
        up_to: String,
    },
}

impl Finished {
    /// Whether it is a connection block that may have done anything, and cannot be skipped when the
    /// revision is run again.
    #[must_use]
    pub fn is_block(&self) -> bool {
        is_block(&self.hash) && self.query.is_none()
    }
}

impl Open {
    /// Whether it is a connection block that cannot be skipped when the revision is run again.
    #[must_use]
    pub fn is_block(&self) -> bool {
        self.kind == OpenKind::Opaque && is_block(&self.hash)
    }
}

fn is_block(hash: &str) -> bool {
    BlockHash::of(hash).is_some_and(|block| !block.reads)
}

impl PartialRevision {
    /// The state that follows from the rows after the last one that closed a revision.
    ///
    /// ```
    /// assert_eq!(migrate_core::journal::PartialRevision::of(&[]), None);
    /// ```
    #[must_use]
    pub fn of(tail: &[Entry]) -> Option<PartialRevision> {
        let mut standing = JournalState::default();
        for entry in tail {
            standing.read(entry);
        }
        standing.partial()
    }

    /// Whether a person has to decide about the open operation, as far as the journal shows.
    #[must_use]
    pub fn is_opaque(&self) -> bool {
        matches!(&self.open, Some(open) if open.kind == OpenKind::Opaque)
    }
}

/// The state of a revision after some rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct JournalState {
    begun: Option<Begun>,
    finished: BTreeMap<u32, Finished>,
    open: Option<Open>,
    /// The open operation behind one that is done again.
    behind: Option<Open>,
    failed: Option<String>,
    failed_at: Option<String>,
}

/// What is known of a revision since its first row.
#[derive(Clone, Debug)]
struct Begun {
    revision: String,
    direction: Direction,
    since: String,
    actor: String,
    tool: String,
}

impl JournalState {
    fn partial(self) -> Option<PartialRevision> {
        let begun = self.begun?;
        Some(PartialRevision {
            revision: begun.revision,
            direction: begun.direction,
            since: begun.since,
            actor: begun.actor,
            tool: begun.tool,
            finished: self.finished.into_values().collect(),
            open: self.open.or(self.behind),
            failed: self.failed,
            failed_at: self.failed_at,
        })
        .filter(|partial| partial.open.is_some() || !partial.finished.is_empty())
    }

    /// Adds one row.
    pub(crate) fn read(&mut self, entry: &Entry) {
        if entry.event.closes() {
            *self = JournalState::default();
            return;
        }
        if self.is_empty() && !matches!(entry.event, Event::Failed) {
            *self = JournalState::default();
        }
        match (entry.event, entry.step) {
            (Event::Failed, _) => {
                self.failed.clone_from(&entry.detail);
                self.failed_at.clone_from(&entry.operation);
                for finished in self.finished.values_mut() {
                    let here = entry.step == Some(finished.step);
                    finished.edited = entry.hash.clone().filter(|_| here);
                }
            }
            (Event::Accepted | Event::Other, _) | (_, None) => return,
            (event, Some(step)) => {
                self.begin(entry);
                self.step(event, step, entry);
            }
        }
        if let Some(begun) = &mut self.begun {
            begun.actor.clone_from(&entry.actor);
            begun.tool.clone_from(&entry.tool);
        }
    }

    /// Whether nothing remains of what was done.
    fn is_empty(&self) -> bool {
        self.finished.is_empty() && self.open.is_none() && self.behind.is_none()
    }

    fn begin(&mut self, entry: &Entry) {
        self.begun.get_or_insert_with(|| Begun {
            revision: entry.revision.clone(),
            direction: entry.direction,
            since: entry.at.clone(),
            actor: entry.actor.clone(),
            tool: entry.tool.clone(),
        });
    }

    fn step(&mut self, event: Event, step: u32, entry: &Entry) {
        match (event, entry.statement) {
            (Event::Planned, Some(statement)) => {
                let open = self.opened(step, entry);
                let query = entry.query.clone().unwrap_or_default();
                open.statements.insert(statement, query);
            }
            (Event::Intent, statement) => {
                let statement = statement.unwrap_or(0);
                let open = self.opened(step, entry);
                open.kind = OpenKind::Statement(statement);
                if let Some(query) = &entry.query {
                    open.statements.insert(statement, query.clone());
                }
            }
            (Event::Opened, Some(_)) => {
                let open = self.opened(step, entry);
                let after = match &open.kind {
                    OpenKind::Batches(key) => Some(key.clone()),
                    OpenKind::Batch { after, .. } => after.clone(),
                    _ => None,
                };
                let up_to = entry.detail.clone().unwrap_or_default();
                open.kind = OpenKind::Batch { after, up_to };
            }
            (Event::Opened, None) => self.opened(step, entry).kind = OpenKind::Opaque,
            (Event::Batch, _) => {
                let key = entry.detail.clone().unwrap_or_default();
                self.opened(step, entry).kind = OpenKind::Batches(key);
            }
            (Event::Done, Some(statement)) => {
                self.opened(step, entry).kind = OpenKind::Between(statement + 1);
            }
            (Event::Done, None) => self.done(step, entry),
            (Event::Refused, statement) => self.refused(step, statement.unwrap_or(0)),
            (Event::Resolved, _) => self.resolved(step, entry),
            _ => {}
        }
    }

    /// The operation as the open one.
    fn opened(&mut self, step: u32, entry: &Entry) -> &mut Open {
        let back = self
            .begun
            .as_ref()
            .is_some_and(|begun| begun.direction != entry.direction);
        let same = |open: &Open| open.step == step && open.back == back;
        if !self.open.as_ref().is_some_and(same) {
            let behind = |open: &Open| open.step > step && !open.back && !back;
            self.behind = self.open.take().filter(behind).or(self.behind.take());
        }
        let open = self.open.get_or_insert_with(|| Open {
            step,
            kind: OpenKind::Between(0),
            back,
            hash: String::new(),
            operation: String::new(),
            statements: BTreeMap::new(),
            at: String::new(),
            actor: String::new(),
        });
        open.hash = entry.hash.clone().unwrap_or_default();
        open.operation = entry.operation.clone().unwrap_or_default();
        open.at.clone_from(&entry.at);
        open.actor.clone_from(&entry.actor);
        open
    }

    /// Notes that the operation was done, or reverted.
    fn done(&mut self, step: u32, entry: &Entry) {
        let open = self.opened(step, entry).clone();
        self.open = self.behind.take();
        if open.back {
            self.finished.remove(&step);
            return;
        }
        let last = open.statements.into_values().next_back();
        let query = entry.query.clone().or(last);
        self.finished.insert(
            step,
            Finished {
                step,
                hash: open.hash,
                operation: open.operation,
                query,
                edited: None,
            },
        );
    }

    /// Notes that the statement left nothing.
    fn refused(&mut self, step: u32, statement: u32) {
        match &mut self.open {
            Some(open) if open.step == step && statement > 0 => {
                open.kind = OpenKind::Between(statement);
            }
            _ => self.open = self.behind.take(),
        }
    }

    /// Notes a person's decision about the open statement.
    fn resolved(&mut self, step: u32, entry: &Entry) {
        let not_done = entry.detail.as_deref() != Some(super::DONE);
        let Some(open) = self.open.clone().filter(|open| open.step == step) else {
            if not_done {
                self.finished.remove(&step); // an operation that cannot be skipped is done again
            } else if let Some(finished) = self.finished.get_mut(&step) {
                finished.edited = None;
                finished.hash = entry.hash.clone().unwrap_or_default();
            }
            return;
        };
        let statement = match &open.kind {
            OpenKind::Statement(statement) => *statement,
            OpenKind::Batch { after, up_to } => {
                let last = match not_done {
                    true => after.clone(),
                    false => Some(up_to.clone()),
                };
                match (last, &mut self.open) {
                    (Some(key), Some(open)) => open.kind = OpenKind::Batches(key),
                    _ => self.open = None,
                }
                return;
            }
            _ => 0,
        };
        if not_done {
            self.refused(step, statement);
        } else if open.statements.contains_key(&(statement + 1)) {
            if let Some(open) = &mut self.open {
                open.kind = OpenKind::Between(statement + 1);
            }
        } else {
            let entry = Entry {
                hash: Some(open.hash),
                operation: Some(open.operation),
                ..entry.clone()
            };
            self.done(step, &entry);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row(event: Event, direction: Direction, step: Option<u32>, statement: Option<u32>) -> Entry {
        Entry {
            id: 0,
            run: String::new(),
            at: String::new(),
            actor: String::new(),
            tool: String::new(),
            revision: "a".to_owned(),
            direction,
            event,
            step,
            statement,
            hash: step.map(|step| format!("h{step}")),
            operation: step.map(|step| format!("operation {step}")),
            query: None,
            micros: None,
            checksum: None,
            from: String::new(),
            detail: None,
        }
    }

    fn up(event: Event, step: u32, statement: Option<u32>) -> Entry {
        row(event, Direction::Up, Some(step), statement)
    }

    fn down(event: Event, step: u32, statement: Option<u32>) -> Entry {
        row(event, Direction::Down, Some(step), statement)
    }

    /// The places of the finished operations, and the open one.
    fn standing(rows: &[Entry]) -> Option<(Vec<u32>, Option<OpenKind>)> {
        let partial = PartialRevision::of(rows)?;
        let finished = partial.finished.iter().map(|finished| finished.step);
        Some((finished.collect(), partial.open.map(|open| open.kind)))
    }

    #[test]
    fn rows_give_the_state_of_a_revision() {
        use Event::{Applied, Batch, Done, Failed, Intent, Opened, Planned, Refused, Resolved};
        use OpenKind::{Batches, Between, Opaque, Statement};
        let said = |detail: &str, row: Entry| Entry {
            detail: Some(detail.to_owned()),
            ..row
        };
        let failed = row(Failed, Direction::Up, None, None);
        let closed = row(Applied, Direction::Up, None, None);
        let intent = || up(Intent, 0, Some(0));
        let done = |step| up(Done, step, None);
        for (rows, expected) in [
            (vec![], None),
            (vec![failed.clone()], None),
            (vec![intent()], Some((vec![], Some(Statement(0))))),
            (
                vec![intent(), up(Refused, 0, Some(0)), failed.clone()],
                None,
            ),
            (vec![intent(), done(0), closed.clone()], None),
            (vec![intent(), done(0), failed], Some((vec![0], None))),
            (
                vec![up(Planned, 0, Some(1)), intent(), up(Done, 0, Some(0))],
                Some((vec![], Some(Between(1)))),
            ),
            (
                vec![
                    intent(),
                    up(Done, 0, Some(0)),
                    up(Intent, 0, Some(1)),
                    up(Refused, 0, Some(1)),
                ],
                Some((vec![], Some(Between(1)))),
            ),
            (
                vec![done(0), up(Opened, 1, None)],
                Some((vec![0], Some(Opaque))),
            ),
            (
                vec![said("9", up(Batch, 0, Some(0)))],
                Some((vec![], Some(Batches("9".to_owned())))),
            ),
            // reverted, as far as it got
            (
                vec![done(0), done(1), down(Done, 1, None)],
                Some((vec![0], None)),
            ),
            (
                vec![done(0), down(Intent, 0, Some(0))],
                Some((vec![0], Some(Statement(0)))),
            ),
            (
                vec![done(0), down(Intent, 0, Some(0)), down(Refused, 0, Some(0))],
                Some((vec![0], None)),
            ),
            (vec![done(0), down(Done, 0, None)], None),
            // an operation before the open one is done again
            (
                vec![
                    done(0),
                    done(1),
                    up(Intent, 2, Some(0)),
                    said("not done", up(Resolved, 0, None)),
                ],
                Some((vec![1], Some(Statement(0)))),
            ),
            (
                vec![done(1), up(Intent, 2, Some(0)), up(Opened, 0, None)],
                Some((vec![1], Some(Opaque))),
            ),
            (
                vec![
                    done(1),
                    up(Intent, 2, Some(0)),
                    up(Opened, 0, None),
                    done(0),
                ],
                Some((vec![0, 1], Some(Statement(0)))),
            ),
            // a person's decision
            (
                vec![intent(), said("done", up(Resolved, 0, Some(0)))],
                Some((vec![0], None)),
            ),
            (
                vec![intent(), said("not done", up(Resolved, 0, Some(0)))],
                None,
            ),
            (
                vec![done(0), done(1), said("not done", up(Resolved, 0, None))],
                Some((vec![1], None)),
            ),
        ] {
            assert_eq!(standing(&rows), expected, "{rows:#?}");
        }
    }

    #[test]
    fn a_reverted_revision_may_change_direction() {
        let rows = [
            up(Event::Done, 0, None),
            down(Event::Done, 0, None),
            down(Event::Done, 0, None),
        ];
        let partial = PartialRevision::of(&rows).unwrap();
        assert_eq!(partial.direction, Direction::Down);
    }

    /// What a run does next with an operation.
    #[derive(Clone, Copy, Debug)]
    enum Act {
        Forward,
        Back,
        CutForward,
        CutBack,
    }

    proptest! {
        /// However often a run is interrupted, reversed and resumed, the rows describe the state
        /// exactly.
        #[test]
        fn rows_describe_the_state(acts in proptest::collection::vec(0..4_u8, 0..60)) {
            let mut rows = vec![up(Event::Done, 0, None)];
            let mut there = vec![0];
            let mut open = None;
            for act in acts {
                let act = [Act::Forward, Act::Back, Act::CutForward, Act::CutBack][usize::from(act)];
                // a run first settles the open operation
                if let Some((step, back)) = open.take() {
                    let way = if back { down } else { up };
                    rows.push(way(Event::Done, step, None));
                    match back {
                        true => { there.pop(); }
                        false => there.push(step),
                    }
                }
                if there.is_empty() {
                    rows.push(up(Event::Done, 0, None));
                    there.push(0);
                }
                let (next, last) = (there.len() as u32, there.len() as u32 - 1);
                match act {
                    Act::Forward => {
                        rows.extend([up(Event::Intent, next, Some(0)), up(Event::Done, next, None)]);
                        there.push(next);
                    }
                    Act::Back if last > 0 => {
                        rows.extend([down(Event::Intent, last, Some(0)), down(Event::Done, last, None)]);
                        there.pop();
                    }
                    Act::CutForward => {
                        rows.push(up(Event::Intent, next, Some(0)));
                        open = Some((next, false));
                    }
                    Act::CutBack if last > 0 => {
                        rows.push(down(Event::Intent, last, Some(0)));
                        open = Some((last, true));
                    }
                    Act::Back | Act::CutBack => {}
                }
                let kind = open.map(|_| OpenKind::Statement(0));
                prop_assert_eq!(standing(&rows), Some((there.clone(), kind)));
            }
        }
    }
}
