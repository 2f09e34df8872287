//! All revisions of a program: the parts from its crates, as one history.
//!
//! A history is data, checked when it was compiled. This module must not know of databases;
//! `migrate_graph` determines the order in which revisions run.

pub(crate) mod check;

use std::collections::HashMap;

use migrate_graph::{Graph, Header, Problem};

use crate::autogenerate::Hook;
use crate::revision::Revision;

/// Every revision that a program knows, from one crate or several.
///
/// `migrations!()` declares one for a crate, and `history![…]` joins those of several crates.
#[derive(Clone, Copy, Debug)]
pub struct History {
    parts: &'static [&'static [&'static Revision]],
    hooks: &'static [Hook],
}

impl History {
    /// A history of these parts, one for each crate.
    ///
    /// Nothing is checked here: the macros check what they build, and [`graph`](Self::graph)
    /// checks what was built by hand.
    pub const fn new(parts: &'static [&'static [&'static Revision]]) -> History {
        History { parts, hooks: &[] }
    }

    /// The same with what its crates do with generated revisions: used by `cargo migrate`.
    #[doc(hidden)]
    #[must_use]
    pub const fn with_hooks(self, hooks: &'static [Hook]) -> History {
        History { hooks, ..self }
    }

    /// What its crates do with generated revisions, in the order of the crates.
    #[doc(hidden)]
    #[must_use]
    pub const fn hooks(&self) -> &'static [Hook] {
        self.hooks
    }

    /// The revisions, in the order of the parts.
    pub fn revisions(&self) -> impl Iterator<Item = &'static Revision> + use<> {
        self.parts.iter().copied().flatten().copied()
    }

    /// How many revisions there are.
    pub fn len(&self) -> usize {
        self.parts.iter().map(|part| part.len()).sum()
    }

    /// Whether there are no revisions.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The revisions by their ids, for several lookups.
    pub fn by_id(&self) -> HashMap<&'static str, &'static Revision> {
        self.revisions()
            .map(|revision| (revision.id(), revision))
            .collect()
    }

    /// The revision with this id. Searches the revisions one by one.
    pub fn get(&self, id: &str) -> Option<&'static Revision> {
        self.revisions().find(|revision| revision.id() == id)
    }

    /// The graph that the revisions form.
    ///
    /// # Errors
    ///
    /// All problems that keep them from forming one. The sites of a problem count the revisions in
    /// the order of [`revisions`](Self::revisions), as does [`Graph::origin`]. A history that a
    /// macro has checked has no problem.
    pub fn graph(&self) -> Result<Graph, Vec<Problem>> {
        Graph::new(self.revisions().map(header).collect())
    }
}

fn header(revision: &'static Revision) -> Header {
    let owned = |words: &[&str]| words.iter().map(ToString::to_string).collect();
    Header {
        id: revision.id().to_string(),
        down_revision: owned(revision.down_revision()),
        depends_on: owned(revision.depends_on()),
        branch_labels: owned(revision.branch_labels()),
        message: revision.message().to_string(),
    }
}
