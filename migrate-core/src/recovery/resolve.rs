//! A person's decision about a partially applied revision, where the program cannot find it out:
//! the journal rows that record it. Nothing is written or run here.

use migrate_graph::{Checksum, Direction};

use crate::error::Error;
use crate::journal::{DONE, Event, Finished, NOT_DONE, Open, OpenKind, PartialRevision, Row};

/// A person's decision about a partially applied revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decision {
    /// The last operation was done: the next run resumes after it.
    StepDone,
    /// The last operation was not done: the next run runs it again.
    StepNotDone,
    /// The revision is applied completely: a person has made sure of it.
    Applied,
    /// Nothing of the revision is applied: a person has made sure of it.
    NotApplied,
}

/// The operation of a partially applied revision that a person has to decide about.
struct Question {
    step: u32,
    statement: Option<u32>,
    hash: String,
    operation: String,
    back: bool,
}

/// The rows that record a decision, and the direction of the change in the version table, if
/// `recorded` shows that one is needed.
///
/// # Errors
///
/// When no operation of the revision is to be decided about.
pub(crate) fn decided(
    partial: &PartialRevision,
    decision: Decision,
    recorded: bool,
    checksum: Option<Checksum>,
) -> Result<(Vec<Row>, Option<Direction>), Error> {
    let id = &partial.revision;
    let whole = |direction, event, word: &str, change| {
        let decision_row = Row {
            detail: Some(word.to_owned()),
            ..Row::new(id, direction, Event::Resolved)
        };
        let closing = Row {
            detail: Some("as a person decided".to_owned()),
            checksum: checksum.map(|checksum| checksum.to_string()),
            ..Row::new(id, direction, event)
        };
        Ok((vec![decision_row, closing], change))
    };
    match decision {
        Decision::Applied => {
            let change = (!recorded).then_some(Direction::Up);
            whole(Direction::Up, Event::Applied, "applied", change)
        }
        Decision::NotApplied => {
            let change = recorded.then_some(Direction::Down);
            whole(Direction::Down, Event::Reverted, "not applied", change)
        }
        Decision::StepDone | Decision::StepNotDone => {
            let done = decision == Decision::StepDone;
            let question = question(partial, done).ok_or_else(|| Error::NothingToDecide {
                revision: id.clone(),
            })?;
            Ok((vec![question.answer(partial, done)], None))
        }
    }
}

/// The operation to decide about: the block that the last attempt found edited, or else the first
/// one that was committed and cannot be skipped, as a run stops there before it reaches the open
/// operation; or else the open operation.
fn question(partial: &PartialRevision, done: bool) -> Option<Question> {
    let stop = |finished: &Finished| finished.is_block() || finished.edited.is_some();
    let stops = |open: &&Open| !open.back && partial.finished.iter().any(stop);
    if let Some(open) = partial.open.as_ref().filter(|open| !stops(open)) {
        let refused = done && open.is_block();
        return (!refused).then(|| Question {
            step: open.step,
            statement: match open.kind {
                OpenKind::Statement(statement) | OpenKind::Between(statement) => Some(statement),
                OpenKind::Opaque | OpenKind::Batches(_) | OpenKind::Batch { .. } => None,
            },
            hash: open.hash.clone(),
            operation: open.operation.clone(),
            back: open.back,
        });
    }
    let mut finished = partial.finished.iter();
    let block = match finished.clone().find(|finished| finished.edited.is_some()) {
        Some(edited) => edited,
        None => finished.find(|finished| finished.is_block() && !done)?,
    };
    Some(Question {
        step: block.step,
        statement: None,
        // the next run compares a block that counts as done with the present one
        hash: block.edited.clone().unwrap_or_else(|| block.hash.clone()),
        operation: block.operation.clone(),
        back: false,
    })
}

impl Question {
    fn answer(self, partial: &PartialRevision, done: bool) -> Row {
        let direction = match (partial.direction, self.back) {
            (Direction::Up, false) | (Direction::Down, true) => Direction::Up,
            (Direction::Up, true) | (Direction::Down, false) => Direction::Down,
        };
        let number = |number: u32| usize::try_from(number).ok();
        Row {
            step: number(self.step),
            statement: self.statement.and_then(number),
            hash: Some(self.hash),
            operation: Some(self.operation),
            detail: Some(if done { DONE } else { NOT_DONE }.to_owned()),
            ..Row::new(&partial.revision, direction, Event::Resolved)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(step: u32, query: Option<&str>) -> Finished {
        Finished {
            step,
            hash: "block".to_owned(),
            operation: "block".to_owned(),
            query: query.map(str::to_owned),
            edited: None,
        }
    }

    #[test]
    fn a_block_is_decided_before_the_open_operation() {
        let open = Open {
            step: 3,
            kind: OpenKind::Statement(0),
            back: false,
            hash: "h".to_owned(),
            operation: "execute".to_owned(),
            statements: std::collections::BTreeMap::new(),
            at: String::new(),
            actor: String::new(),
        };
        let partial = |finished: &[Finished], open: Option<&Open>| PartialRevision {
            revision: "a".to_owned(),
            direction: Direction::Up,
            since: String::new(),
            actor: String::new(),
            tool: String::new(),
            finished: finished.to_vec(),
            open: open.cloned(),
            failed: None,
            failed_at: None,
        };
        let asked =
            |partial: &PartialRevision, done| question(partial, done).map(|asked| asked.step);
        // the value of the first is known: it is skipped
        let blocks = [block(1, Some("3")), block(2, None)];
        let stops = partial(&blocks, Some(&open));
        assert_eq!(asked(&stops, false), Some(2));
        assert_eq!(asked(&stops, true), None, "a block cannot be left out");
        assert_eq!(asked(&partial(&blocks, None), false), Some(2));
        let known = partial(&blocks[..1], Some(&open));
        assert_eq!(
            (asked(&known, false), asked(&known, true)),
            (Some(3), Some(3))
        );
        let back = Open { back: true, ..open };
        assert_eq!(asked(&partial(&blocks, Some(&back)), false), Some(3));
    }
}
