//! Two schemas into the ordered changes that lead from the one to the other. Pure: it reads the
//! rules of a backend and names none.
//!
//! What is renamed is found first (`renames`, `names`, `likely`), and what is there is looked at
//! under its new names (`rewrite`). Then each part is matched with what it is to be (`comparison`,
//! `parts`, `alike`), what would block a change is marked (`pins`, `touched`), and the changes are
//! planned (`tables`, `columns`, `numbering`, `keys`, `types`, `sequences`, `users`, `renaming`)
//! and put in order (`plan`). Where only texts differ, they are compared as a server spells them
//! (`respelled`). The work is linear in the number of objects: nothing is looked for in a list.

mod alike;
mod answers;
mod assign;
mod change;
mod columns;
mod comparison;
mod families;
mod implied;
mod keys;
mod likely;
mod lists;
mod names;
mod numbering;
mod parts;
mod pins;
mod plan;
mod renames;
mod renaming;
mod respelled;
mod rewrite;
mod sequences;
mod tables;
#[cfg(test)]
mod tests;
mod touched;
mod types;
mod users;

pub use answers::{AnswerError, Answers, Fill, Rename};
pub use change::{ADDED, Change, ChangeKind, Difference, Note, Question};
pub use renames::type_for_people;
pub use respelled::settled;
pub use rewrite::{Respelling, named_in};

use crate::backend::Backend;
use crate::schema::Schema;
use comparison::Comparison;
use plan::Plan;

/// The changes that lead from a schema to another.
///
/// Operations have the definitions as they were given, with what is needed to reverse them. Where
/// one cannot be reversed, the difference in the other direction leads back.
#[must_use]
pub fn diff(from: &Schema, to: &Schema, backend: &dyn Backend, answers: &Answers) -> Difference {
    let rules = backend.diff_rules();
    let from = &implied::without_indexes_of_keys(from, rules);
    let mut to = implied::without_indexes_of_keys(to, rules);
    let mut canonical = (backend.canonical(from), backend.canonical(&to));
    let found = renames::find(&canonical.0, &canonical.1, rules, answers);
    let mut plan = Plan::default();
    let mut renamed = from.clone();
    if !found.renamed.is_empty() {
        renamed = rewrite::rewritten(from, &found.renamed, rules.renames_follow, backend.kind());
        canonical.0 = backend.canonical(&renamed);
    }
    let (renamed, written_out) = types::prepare(
        (renamed, &mut to),
        &mut canonical,
        &found,
        backend,
        &mut plan,
    );
    let schemas = ((renamed, to), canonical);
    let mut comparison = Comparison::new(backend, answers, from, schemas, found, written_out);
    comparison.pin();
    comparison.plan_all(&mut plan);
    comparison.difference(plan)
}
