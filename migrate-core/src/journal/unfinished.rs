//! What the end of the journal says of a revision that was begun and not ended: a pure function from rows to where it stands. What
//! is done about it is the migrator's business.

use std::collections::BTreeMap;

use migrate_graph::Direction;

use super::entry::{Entry, Event};

/// A revision that was begun and neither ended nor undone.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unfinished {
    /// The revision.
    pub revision: String,
    /// Which way it was going when it was begun.
    pub direction: Direction,
    /// When it was begun, in UTC.
    pub since: String,
    /// Who was the last at it.
    pub actor: String,
    /// The version that wrote the last row.
    pub tool: String,
    /// The operations that were carried out and are not taken back, in their order.
    pub finished: Vec<Finished>,
    /// What was begun and not ended after them.
    pub open: Option<Open>,
    /// What the last attempt failed with, when it lived to tell.
    pub failed: Option<String>,
}

/// An operation that was carried out.
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
}

/// An operation that was begun and not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Open {
    /// Which operation of the revision, from 0.
    pub step: u32,
    /// How far it went.
    pub kind: OpenKind,
    /// Whether it was being taken back, and not carried out.
    pub back: bool,
    /// What the operation was, as the journal has it.
    pub hash: String,
    /// The operation, in one line.
    pub operation: String,
    /// All its statements from 0, as far as the journal has them.
    pub statements: BTreeMap<u32, String>,
    /// When the last of it was begun, in UTC.
    pub at: String,
    /// By whom.
    pub actor: String,
}

/// How far an operation went.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpenKind {
    /// This statement was about to be sent, and it is not known whether it was carried out.
    Statement(u32),
    /// It was cut between two statements; this one is the next.
    Between(u32),
    /// It cannot be looked into, and some of it was committed.
    Opaque,
    /// Rows were changed in batches, up to this key.
    Batches(String),
}

impl Unfinished {
    /// What the rows after the last one that closed a revision say.
    ///
    /// ```
    /// assert_eq!(migrate_core::journal::Unfinished::of(&[]), None);
    /// ```
    #[must_use]
    pub fn of(tail: &[Entry]) -> Option<Unfinished> {
        let mut standing = Standing::default();
        for entry in tail {
            standing.read(entry);
        }
        standing.unfinished()
    }

    /// Whether a person has to say what became of the open operation, as far as the journal shows.
    #[must_use]
    pub fn is_opaque(&self) -> bool {
        matches!(&self.open, Some(open) if open.kind == OpenKind::Opaque)
    }
}

/// Where a revision stands after some rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Standing {
    begun: Option<Begun>,
    finished: BTreeMap<u32, Finished>,
    open: Option<Open>,
    failed: Option<String>,
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

impl Standing {
    fn unfinished(self) -> Option<Unfinished> {
        let begun = self.begun?;
        Some(Unfinished {
            revision: begun.revision,
            direction: begun.direction,
            since: begun.since,
            actor: begun.actor,
            tool: begun.tool,
            finished: self.finished.into_values().collect(),
            open: self.open,
            failed: self.failed,
        })
        .filter(|unfinished| unfinished.open.is_some() || !unfinished.finished.is_empty())
    }

    /// Takes one row in.
    pub(crate) fn read(&mut self, entry: &Entry) {
        if entry.event.closes() {
            *self = Standing::default();
            return;
        }
        if self.is_empty() && !matches!(entry.event, Event::Failed) {
            *self = Standing::default();
        }
        match (entry.event, entry.step) {
            (Event::Failed, _) => self.failed = entry.detail.clone(),
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
        self.finished.is_empty() && self.open.is_none()
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
            (Event::Opened, _) => self.opened(step, entry).kind = OpenKind::Opaque,
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
            self.open = None;
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

    /// The operation is carried out, or is taken back.
    fn done(&mut self, step: u32, entry: &Entry) {
        let open = self.opened(step, entry).clone();
        self.open = None;
        if open.back {
            self.finished.remove(&step);
            return;
        }
        let query = open.statements.into_values().next_back();
        self.finished.insert(
            step,
            Finished {
                step,
                hash: open.hash,
                operation: open.operation,
                query,
            },
        );
    }

    /// The statement left nothing.
    fn refused(&mut self, step: u32, statement: u32) {
        match &mut self.open {
            Some(open) if open.step == step && statement > 0 => {
                open.kind = OpenKind::Between(statement);
            }
            _ => self.open = None,
        }
    }

    /// What a person said of the open statement.
    fn resolved(&mut self, step: u32, entry: &Entry) {
        let not_done = entry.detail.as_deref() != Some(super::DONE);
        let Some(open) = self.open.clone().filter(|open| open.step == step) else {
            if not_done {
                self.finished.remove(&step); // what cannot be left out is done again
            }
            return;
        };
        let statement = match open.kind {
            OpenKind::Statement(statement) => statement,
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
