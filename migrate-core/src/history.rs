//! All revisions of a program: the parts that its crates contribute, as one history.
//!
//! A history is data, proven sound when it was compiled. This module must not know of
//! databases; the order in which revisions run is `migrate_graph`'s.

use std::collections::HashMap;

use crate::revision::Revision;

/// Every revision that a program knows, from one crate or several.
///
/// `migrations!()` declares one for a crate, and `history![…]` joins those of several crates.
#[derive(Clone, Copy, Debug)]
pub struct History {
    parts: &'static [&'static [&'static Revision]],
}

impl History {
    /// A history of these parts, one for each crate.
    ///
    /// Nothing is checked here: the macros check what they build.
    pub const fn new(parts: &'static [&'static [&'static Revision]]) -> History {
        History { parts }
    }

    /// The revisions, in the order of the parts.
    pub fn revisions(&self) -> impl Iterator<Item = &'static Revision> + use<> {
        self.parts.iter().copied().flatten().copied()
    }

    /// How many revisions there are.
    pub fn len(&self) -> usize {
        self.parts.iter().map(|part| part.len()).sum()
    }

    /// Whether there is no revision at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The revisions by their ids, for those who look up more than one.
    pub fn by_id(&self) -> HashMap<&'static str, &'static Revision> {
        self.revisions()
            .map(|revision| (revision.id(), revision))
            .collect()
    }

    /// The revision with this id. Looks at each revision in turn.
    pub fn get(&self, id: &str) -> Option<&'static Revision> {
        self.revisions().find(|revision| revision.id() == id)
    }
}
