//! What follows from a case's revisions, computed the slow and obvious way and without the library:
//! it is what the library's answers are checked against.

use std::collections::{BTreeMap, BTreeSet};

use crate::case::Case;

/// For each revision, what it names by `down` and `depends_on`, labels resolved.
pub(crate) struct Model {
    before: BTreeMap<String, BTreeSet<String>>,
}

impl Model {
    pub(crate) fn new(case: &Case) -> Model {
        let labels: BTreeMap<&str, &str> = case
            .revisions
            .iter()
            .flat_map(|revision| {
                revision
                    .labels
                    .iter()
                    .map(|label| (label.as_str(), revision.id.as_str()))
            })
            .collect();
        let resolve = |name: &String| {
            labels
                .get(name.as_str())
                .map_or(name.clone(), |id| (*id).to_owned())
        };
        let before = case.revisions.iter().map(|revision| {
            let names = revision.down.iter().chain(&revision.depends_on);
            (revision.id.clone(), names.map(resolve).collect())
        });
        Model {
            before: before.collect(),
        }
    }

    /// The rows and all that is below them: what is applied when Alembic stores these rows.
    pub(crate) fn closure(&self, rows: &[String]) -> BTreeSet<String> {
        let mut closure = BTreeSet::new();
        let mut todo: Vec<&String> = rows.iter().collect();
        while let Some(id) = todo.pop() {
            if closure.insert(id.clone()) {
                todo.extend(self.before.get(id).into_iter().flatten());
            }
        }
        closure
    }

    /// What Alembic should store: what nothing applied is above.
    pub(crate) fn rows(&self, applied: &BTreeSet<String>) -> Vec<String> {
        let covered: BTreeSet<String> = applied
            .iter()
            .filter_map(|id| self.before.get(id))
            .flat_map(|before| self.closure(&before.iter().cloned().collect::<Vec<_>>()))
            .collect();
        applied.difference(&covered).cloned().collect()
    }

    /// Applies a step to what is applied.
    pub(crate) fn step(
        &self,
        applied: &mut BTreeSet<String>,
        direction: &str,
        id: &str,
    ) -> Result<(), String> {
        let before = self
            .before
            .get(id)
            .ok_or_else(|| format!("the step {id} is no revision"))?;
        if direction == "up" {
            if !before.is_subset(applied) {
                return Err(format!("{id} goes up before something that it needs"));
            }
            if !applied.insert(id.to_owned()) {
                return Err(format!("{id} goes up although it is applied"));
            }
        } else {
            if let Some(above) = applied
                .iter()
                .find(|above| self.before.get(*above).is_some_and(|b| b.contains(id)))
            {
                return Err(format!("{id} goes down before {above}, which needs it"));
            }
            if !applied.remove(id) {
                return Err(format!("{id} goes down although it is not applied"));
            }
        }
        Ok(())
    }
}
