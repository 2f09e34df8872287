//! What the project's own functions make of a difference before a revision is made of it, and where
//! new labels begin one. It must not know how a revision is proven or written.

use super::parts::{Apart, Part, Split};
use crate::error::CliError;
use crate::exit::Exit;
use crate::states::{Compared, Found, States};
use migrate_core::History;
use migrate_core::autogenerate::Changes;
use migrate_core::engine::backend;
use migrate_core::engine::diff::{Answers, Change};

/// What a revision does that uses what the one before has added, for its message.
const USES: &str = "uses of new labels";

/// A difference after the functions.
pub(crate) struct Shaped {
    /// Whether it is another one than before.
    pub(super) changed: bool,
    /// The revisions, each with its message, if a function gave it one; none without a function.
    pub(super) revisions: Vec<(Option<String>, Vec<Change>)>,
    /// The names of the functions, for people.
    names: String,
}

impl Shaped {
    /// Calls the functions that the history's crates have marked, and notes what they changed.
    pub(crate) fn of(history: &History, compared: &mut Compared) -> Shaped {
        if history.hooks().is_empty() {
            return Shaped {
                changed: false,
                revisions: Vec::new(),
                names: String::new(),
            };
        }
        let before = compared.difference.changes.clone();
        let mut changes = Changes::new(compared.kind, before.clone());
        for hook in history.hooks() {
            hook.run(&mut changes);
        }
        let names = names(history);
        let revisions = changes.into_revisions();
        let after: Vec<Change> = revisions
            .iter()
            .flat_map(|(_, changes)| changes)
            .cloned()
            .collect();
        for change in before.iter().filter(|change| !after.contains(change)) {
            compared
                .notes
                .push(format!("left out by {names}: {change}"));
        }
        for change in after.iter().filter(|change| !before.contains(change)) {
            compared.notes.push(format!("by {names}: {change}"));
        }
        let changed = after != before || revisions.len() > 1;
        compared.difference.changes = after;
        Shaped {
            changed,
            revisions,
            names,
        }
    }

    /// Begins a revision before what uses new labels of an enum type: PostgreSQL uses none in the
    /// transaction that adds it, and so every revision has a transaction.
    pub(super) fn part_labels(&mut self, changes: &[Change]) {
        let is_added = |change: &Change| change.commits;
        let mut revisions = Vec::new();
        let all = match self.revisions.is_empty() {
            true => vec![(None, changes.to_vec())],
            false => std::mem::take(&mut self.revisions),
        };
        for (message, mut changes) in all {
            let users = match changes.iter().rposition(is_added) {
                Some(last) => changes.split_off(last + 1),
                None => Vec::new(),
            };
            if users.is_empty() {
                revisions.push((message, changes));
                continue;
            }
            for change in &mut changes {
                change.commits = false;
            }
            revisions.extend([(message, changes), (None, users)]);
            self.changed = true;
        }
        self.revisions = revisions;
    }

    /// The message of the first revision, if a function gave it one.
    pub(super) fn message(&self) -> Option<String> {
        self.revisions.first()?.0.clone()
    }

    /// The revisions of a difference that is another one than what was compared. What they arrive
    /// at is tried on a scratch database, and is then what the difference leads to.
    pub(super) fn split(
        self,
        states: &mut States<'_, '_, '_>,
        compared: &mut Compared,
        apart: Apart,
        answers: &Answers,
    ) -> Result<Split, CliError> {
        let kind = compared.kind;
        let rules = backend::rules(kind)?;
        let found = |schema| Found { kind, schema };
        // what is renamed gets its old name back
        let back_answers = answers.inverted();
        let mut bench = states.bench(kind)?;
        states.build(&mut bench, kind, &compared.from)?;
        let mut before = bench.inspect()?;
        let mut all: Option<Split> = None;
        for (message, changes) in self.revisions {
            bench.run(&changes).map_err(|failure| CliError {
                exit: Exit::Revision,
                message: match self.names.is_empty() {
                    true => failure.message,
                    false => format!(
                        "what {} made of the changes does not run: {}",
                        self.names, failure.message
                    ),
                },
                ..failure
            })?;
            let after = bench.inspect()?;
            let split = Split::of(&changes, &after, rules, apart);
            match &mut all {
                None => all = Some(split),
                Some(all) => {
                    let back = states.compare(found(split.after), found(before), &back_answers)?;
                    all.then.push(Part {
                        what: message.is_none().then_some(USES),
                        message,
                        changes: split.first,
                        back: back.difference.changes,
                    });
                    all.then.extend(split.then);
                }
            }
            before = after;
        }
        compared.to = before;
        Ok(all.unwrap_or_else(|| Split::of(&[], &compared.to, rules, apart)))
    }
}

/// Refuses what is not the same list of revisions on each kind of database: one file is for all.
pub(super) fn same_revisions(history: &History, all: &[(Compared, Split)]) -> Result<(), CliError> {
    let parts = |split: &Split| -> Vec<Option<String>> {
        split.then.iter().map(|part| part.message.clone()).collect()
    };
    let Some(((first, split), others)) = all.split_first() else {
        return Ok(());
    };
    match others
        .iter()
        .find(|(_, other)| parts(other) != parts(split))
    {
        None => Ok(()),
        Some((other, _)) => Err(CliError::new(
            Exit::Revision,
            format!(
                "{} makes other revisions for {} than for {}",
                names(history),
                other.kind.name(),
                first.kind.name()
            ),
        )
        .help("name one database with `--backend`, or begin the same revisions on each")),
    }
}

/// The names of the functions, for people.
fn names(history: &History) -> String {
    let names = history
        .hooks()
        .iter()
        .map(|hook| format!("`{}`", hook.path()));
    names.collect::<Vec<_>>().join(" and ")
}
