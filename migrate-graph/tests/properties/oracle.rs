//! The same answers, the slow and obvious way: from the headers, with sets of ids, by definition.

use std::collections::{BTreeMap, BTreeSet};

use migrate_graph::{Graph, Header};

pub(crate) type Ids = BTreeSet<String>;

/// A history as maps of ids.
pub(crate) struct Oracle {
    pub(crate) headers: BTreeMap<String, Header>,
    labelled: BTreeMap<String, String>,
}

impl Oracle {
    pub(crate) fn new(graph: &Graph) -> Oracle {
        let headers: BTreeMap<String, Header> = graph
            .nodes()
            .map(|node| (graph.id(node).to_owned(), graph.header(node).clone()))
            .collect();
        let labelled = headers
            .values()
            .flat_map(|header| {
                header
                    .branch_labels
                    .iter()
                    .map(|label| (label.clone(), header.id.clone()))
            })
            .collect();
        Oracle { headers, labelled }
    }

    pub(crate) fn ids(&self) -> Ids {
        self.headers.keys().cloned().collect()
    }

    pub(crate) fn parents(&self, id: &str) -> Vec<String> {
        self.headers[id].down_revision.clone()
    }

    pub(crate) fn dependencies(&self, id: &str) -> Vec<String> {
        let names = self.headers[id].depends_on.iter();
        let ids = names.map(|name| self.labelled.get(name).unwrap_or(name).clone());
        ids.fold(Vec::new(), |mut ids, id| {
            if !ids.contains(&id) {
                ids.push(id);
            }
            ids
        })
    }

    pub(crate) fn before(&self, id: &str) -> Vec<String> {
        let mut before = self.parents(id);
        before.extend(self.dependencies(id));
        before
    }

    pub(crate) fn children(&self, id: &str) -> Ids {
        self.headers
            .keys()
            .filter(|other| self.parents(other).iter().any(|parent| parent == id))
            .cloned()
            .collect()
    }

    pub(crate) fn after(&self, id: &str) -> Ids {
        self.headers
            .keys()
            .filter(|other| self.before(other).iter().any(|before| before == id))
            .cloned()
            .collect()
    }

    /// The ids and everything reached from them.
    pub(crate) fn reach(&self, from: &Ids, next: impl Fn(&str) -> Vec<String>) -> Ids {
        let mut reached = from.clone();
        loop {
            let more: Ids = reached.iter().flat_map(|id| next(id)).collect();
            if more.is_subset(&reached) {
                return reached;
            }
            reached.extend(more);
        }
    }

    pub(crate) fn ancestors(&self, from: &Ids) -> Ids {
        self.reach(from, |id| self.before(id))
    }

    pub(crate) fn descendants(&self, from: &Ids) -> Ids {
        self.reach(from, |id| self.after(id).into_iter().collect())
    }

    pub(crate) fn below(&self, id: &str) -> Ids {
        self.reach(&one(id), |id| self.parents(id))
    }

    pub(crate) fn above(&self, id: &str) -> Ids {
        self.reach(&one(id), |id| self.children(id).into_iter().collect())
    }

    /// The dependencies that no revision below declares, over parents.
    pub(crate) fn effective(&self, id: &str) -> Vec<String> {
        let mut below = self.below(id);
        below.remove(id);
        let declared: Ids = below.iter().flat_map(|id| self.dependencies(id)).collect();
        self.dependencies(id)
            .into_iter()
            .filter(|dependency| !declared.contains(dependency))
            .collect()
    }

    /// Parents, then effective dependencies that are not parents.
    pub(crate) fn effective_before(&self, id: &str) -> Vec<String> {
        let mut before = self.parents(id);
        for dependency in self.effective(id) {
            if !before.contains(&dependency) {
                before.push(dependency);
            }
        }
        before
    }

    fn plain(&self, id: &str) -> bool {
        self.after(id).len() <= 1 && self.parents(id).len() <= 1
    }

    /// The labels of each revision: carried to everything above, and down a plain line if all above
    /// is plain too.
    pub(crate) fn labels(&self) -> BTreeMap<String, Ids> {
        let mut labels: BTreeMap<String, Ids> = self
            .headers
            .keys()
            .map(|id| (id.clone(), Ids::new()))
            .collect();
        for (label, id) in &self.labelled {
            let above = self.above(id);
            let mut carried = above.clone();
            if above.iter().all(|id| self.plain(id)) {
                let mut down = id.clone();
                while self.plain(&down) {
                    carried.insert(down.clone());
                    let Some(parent) = self.parents(&down).first().cloned() else {
                        break;
                    };
                    down = parent;
                }
            }
            for id in carried {
                labels
                    .get_mut(&id)
                    .expect("a revision")
                    .insert(label.clone());
            }
        }
        labels
    }

    /// The order in which Alembic tells a set, newest first, by its own way: with the ancestors of
    /// everything that could be next. None if it would stop with something untold.
    pub(crate) fn newest_first(&self, set: &Ids, heads: &Ids) -> Option<Vec<String>> {
        let mut todo = set.clone();
        let mut list: Vec<String> = heads.intersection(set).cloned().collect();
        let mut told = Vec::new();
        let mut at = 0;
        while !list.is_empty() {
            let candidate = list[at].clone();
            let above = list.iter().position(|other| {
                *other != candidate && self.ancestors(&one(other)).contains(&candidate)
            });
            if let Some(above) = above {
                at = above;
                continue;
            }
            if todo.remove(&candidate) {
                told.push(candidate.clone());
            }
            let mut next: Vec<String> = self
                .effective_before(&candidate)
                .into_iter()
                .filter(|id| todo.contains(id) && !list.contains(id))
                .collect();
            if next.is_empty() {
                list.remove(at);
                at = at.saturating_sub(1);
            } else {
                list[at] = next.remove(0);
                list.extend(next);
            }
        }
        todo.is_empty().then_some(told)
    }

    /// What no other of the set comes after.
    pub(crate) fn maximal(&self, set: &Ids) -> Ids {
        let below = |id: &String| {
            let mut below = self.ancestors(&one(id));
            below.remove(id);
            below
        };
        let covered: Ids = set.iter().flat_map(below).collect();
        set.difference(&covered).cloned().collect()
    }
}

pub(crate) fn one(id: &str) -> Ids {
    Ids::from([id.to_owned()])
}
