//! Checks compiled data while the compiler evaluates it: names are unique, links lead to a
//! revision, and there is no cycle.
//!
//! The macros check the text that they read; this checks the result, also over several crates.
//! There is no heap here, so tables are arrays whose sizes the macros pass as constants; the cost
//! is linear. A failure is a panic, which the compiler shows at the macro's call.
//!
//! The code is written for the compiler's interpreter, in which calls and type parameters cost more
//! than steps: long loops are not generic, and call little.

mod text;

use super::History;
use crate::revision::Revision;
use text::Text;

type Parts = &'static [&'static [&'static Revision]];

/// How many names have to be looked up to check the revisions: their ids and their branch labels.
/// None where it takes no search.
pub const fn names(parts: Parts) -> usize {
    if is_plain(parts) {
        return 0;
    }
    let (mut names, mut part) = (0, 0);
    while part < parts.len() {
        let mut index = 0;
        while index < parts[part].len() {
            names += 1 + parts[part][index].branch_labels().len();
            index += 1;
        }
        part += 1;
    }
    names
}

/// The size of a hash table in which so many names are found without long searches.
pub const fn slots(names: usize) -> usize {
    (names * 2 + 1).next_power_of_two()
}

/// The history of one crate. Its links may lead into other crates, which are not known here.
#[track_caller]
pub const fn part<const NAMES: usize, const SLOTS: usize>(parts: Parts) -> History {
    prove::<NAMES, SLOTS>(parts, true);
    History::new(parts)
}

/// A whole history: every link leads to a revision of it.
#[track_caller]
pub const fn whole<const NAMES: usize, const SLOTS: usize>(parts: Parts) -> History {
    prove::<NAMES, SLOTS>(parts, false);
    History::new(parts)
}

#[track_caller]
const fn prove<const NAMES: usize, const SLOTS: usize>(parts: Parts, may_leave: bool) {
    if NAMES == 0 {
        return;
    }
    let mut check = Check {
        revisions: &mut [None; NAMES],
        count: 0,
        hashes: &mut [0; SLOTS],
        owners: &mut [0; SLOTS],
        path: &mut [0; NAMES],
        followed: &mut [0; NAMES],
    };
    if let Some(problem) = check.problem(parts, may_leave) {
        panic!("{}", check.describe(problem).as_str());
    }
}

/// Whether it takes no search to see that there is no problem, as in the history of one crate whose
/// files are named by time: no labels, ids that ascend, and links that lead to earlier revisions.
const fn is_plain(parts: Parts) -> bool {
    let [revisions] = *parts else {
        return false;
    };
    // numbers order and distinguish ids as their texts do, in one step instead of hundreds
    let (mut previous, mut last) = ("", 0);
    let mut index = 0;
    while index < revisions.len() {
        let revision = revisions[index];
        let id = revision.id();
        if !revision.is_next(last)
            && (!precedes(previous, id)
                || !matches!(revision.branch_labels(), [])
                || !lead_back(revision.down_revision(), previous, revisions, index)
                || !lead_back(revision.depends_on(), previous, revisions, index))
        {
            return false;
        }
        (previous, last) = (id, revision.number());
        index += 1;
    }
    true
}

/// Whether each link leads to one of the first `count` revisions, which ascend; most lead to the
/// last of them.
const fn lead_back(mut links: &[&str], last: &str, revisions: &[&Revision], count: usize) -> bool {
    while let [link, rest @ ..] = links {
        if !equal(link, last) && !is_among(link, revisions, count) {
            return false;
        }
        links = rest;
    }
    true
}

/// Whether one of the first `count` revisions, which ascend, has the id.
const fn is_among(id: &str, revisions: &[&Revision], count: usize) -> bool {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = usize::midpoint(low, high);
        if precedes(revisions[middle].id(), id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low < count && equal(revisions[low].id(), id)
}

/// The revisions, a hash table of their names, and the progress of the search for cycles.
struct Check<'room> {
    /// As many as `count`; labels leave room at the end.
    revisions: &'room mut [Option<&'static Revision>],
    count: usize,
    hashes: &'room mut [u64],
    /// One more than the index of the revision with the name; 0 for none.
    owners: &'room mut [u32],
    /// The path from the start of the search to the current revision.
    path: &'room mut [u32],
    /// For each revision, one more than the number of its links that were followed; 0 for one that
    /// was not reached, and [`DONE`].
    followed: &'room mut [u32],
}

/// All links of a revision have been followed to their ends.
const DONE: u32 = u32::MAX;

/// The problem; revisions by their indices.
#[derive(Clone, Copy)]
enum Problem {
    Twice {
        name: &'static str,
        first: usize,
        again: usize,
    },
    Missing {
        revision: usize,
        link: &'static str,
    },
    /// The part of the path between these places is a cycle.
    Cycle {
        start: usize,
        end: usize,
    },
}

impl Check<'_> {
    const fn problem(&mut self, parts: Parts, may_leave: bool) -> Option<Problem> {
        let mut part = 0;
        while part < parts.len() {
            let mut index = 0;
            while index < parts[part].len() {
                let revision = parts[part][index];
                self.revisions[self.count] = Some(revision);
                self.count += 1;
                if let Some(problem) = self.insert_names(revision) {
                    return Some(problem);
                }
                index += 1;
            }
            part += 1;
        }
        let mut start = 0;
        while start < self.count {
            if self.followed[start] == 0
                && let Some(problem) = self.follow(start, may_leave)
            {
                return Some(problem);
            }
            start += 1;
        }
        None
    }

    const fn revision(&self, index: usize) -> &'static Revision {
        match self.revisions[index] {
            Some(revision) => revision,
            None => panic!("only revisions that are counted are asked for"),
        }
    }

    /// Puts the names of the last revision into the table.
    const fn insert_names(&mut self, revision: &'static Revision) -> Option<Problem> {
        if let Some(problem) = self.insert(revision.id()) {
            return Some(problem);
        }
        let mut label = 0;
        while label < revision.branch_labels().len() {
            if let Some(problem) = self.insert(revision.branch_labels()[label]) {
                return Some(problem);
            }
            label += 1;
        }
        None
    }

    const fn insert(&mut self, name: &'static str) -> Option<Problem> {
        let hash = hash(name);
        let again = self.count - 1;
        match self.slot(name, hash) {
            Ok(slot) => {
                let first = self.owners[slot] as usize - 1;
                Some(Problem::Twice { name, first, again })
            }
            Err(slot) => {
                self.hashes[slot] = hash;
                self.owners[slot] = again as u32 + 1;
                None
            }
        }
    }

    /// The slot of a name, or else the one where it belongs.
    const fn slot(&self, name: &str, hash: u64) -> Result<usize, usize> {
        let mask = self.owners.len() - 1;
        let mut slot = hash as usize & mask;
        while self.owners[slot] != 0 {
            if self.hashes[slot] == hash
                && gives(self.revision(self.owners[slot] as usize - 1), name)
            {
                return Ok(slot);
            }
            slot = (slot + 1) & mask;
        }
        Err(slot)
    }

    /// Follows every link from a revision, each once.
    const fn follow(&mut self, start: usize, may_leave: bool) -> Option<Problem> {
        let mut depth = 1;
        self.path[0] = start as u32;
        self.followed[start] = 1;
        while depth > 0 {
            let at = self.path[depth - 1] as usize;
            let revision = self.revision(at);
            let Some(link) = link(revision, self.followed[at] as usize - 1) else {
                self.followed[at] = DONE;
                depth -= 1;
                continue;
            };
            self.followed[at] += 1;
            match self.slot(link, hash(link)) {
                Ok(slot) => {
                    let next = self.owners[slot] as usize - 1;
                    if self.followed[next] == 0 {
                        self.followed[next] = 1;
                        self.path[depth] = next as u32;
                        depth += 1;
                    } else if self.followed[next] != DONE {
                        return Some(self.cycle(next, depth));
                    }
                }
                Err(_) if may_leave => {}
                Err(_) => return Some(Problem::Missing { revision: at, link }),
            }
        }
        None
    }

    /// The end of the path links to `first`, which is on the path.
    const fn cycle(&self, first: usize, end: usize) -> Problem {
        let mut start = 0;
        while self.path[start] as usize != first {
            start += 1;
        }
        Problem::Cycle { start, end }
    }

    const fn describe(&self, problem: Problem) -> Text {
        match problem {
            Problem::Twice { name, first, again } => {
                let (first, again) = (self.revision(first), self.revision(again));
                let both_ids = equal(first.id(), name) && equal(again.id(), name);
                let what = if both_ids {
                    "two revisions have the id "
                } else {
                    "two revisions give the name "
                };
                Text::new(what)
                    .quoted(name)
                    .push(": ")
                    .place(first)
                    .push(" and ")
                    .place(again)
            }
            Problem::Missing { revision, link } => {
                let revision = self.revision(revision);
                let text = Text::new("no revision ")
                    .quoted(link)
                    .push(" in this history, which ");
                text.quoted(revision.id())
                    .push(" continues or depends on: ")
                    .place(revision)
            }
            Problem::Cycle { start, end } => {
                let mut text = Text::new("revisions form a cycle: ");
                let mut index = start;
                while index < end {
                    let id = self.revision(self.path[index] as usize).id();
                    text = text.quoted(id).push(" -> ");
                    index += 1;
                }
                text.quoted(self.revision(self.path[start] as usize).id())
            }
        }
    }
}

/// A parent, or after the parents a dependency.
const fn link(revision: &'static Revision, index: usize) -> Option<&'static str> {
    let parents = revision.down_revision();
    if index < parents.len() {
        return Some(parents[index]);
    }
    let (dependencies, index) = (revision.depends_on(), index - parents.len());
    if index < dependencies.len() {
        Some(dependencies[index])
    } else {
        None
    }
}

/// Whether the name is the revision's id or one of its labels.
const fn gives(revision: &Revision, name: &str) -> bool {
    if equal(revision.id(), name) {
        return true;
    }
    let mut label = 0;
    while label < revision.branch_labels().len() {
        if equal(revision.branch_labels()[label], name) {
            return true;
        }
        label += 1;
    }
    false
}

/// FNV-1a, byte by byte: a call of the standard library would cost more than the few steps.
const fn hash(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325;
    let mut index = 0;
    while index < bytes.len() {
        hash = (hash ^ bytes[index] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        index += 1;
    }
    // the table uses the low bits, which differ little between similar ids
    hash ^ hash >> 32
}

/// Whether `a` is less than `b`, byte by byte.
const fn precedes(a: &str, b: &str) -> bool {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    // eight at once, as long as there are, and without a call unless they differ
    while let (
        [a0, a1, a2, a3, a4, a5, a6, a7, a_rest @ ..],
        [b0, b1, b2, b3, b4, b5, b6, b7, b_rest @ ..],
    ) = (a, b)
    {
        let left = [*a0, *a1, *a2, *a3, *a4, *a5, *a6, *a7];
        let right = [*b0, *b1, *b2, *b3, *b4, *b5, *b6, *b7];
        let (left, right) = (u64::from_ne_bytes(left), u64::from_ne_bytes(right));
        if left != right {
            return u64::from_be(left) < u64::from_be(right);
        }
        (a, b) = (a_rest, b_rest);
    }
    while let ([left, a_rest @ ..], [right, b_rest @ ..]) = (a, b) {
        if *left != *right {
            return *left < *right;
        }
        (a, b) = (a_rest, b_rest);
    }
    a.len() < b.len()
}

const fn equal(a: &str, b: &str) -> bool {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    // from the end, where similar ids differ
    while let (
        [a_rest @ .., a0, a1, a2, a3, a4, a5, a6, a7],
        [b_rest @ .., b0, b1, b2, b3, b4, b5, b6, b7],
    ) = (a, b)
    {
        let left = [*a0, *a1, *a2, *a3, *a4, *a5, *a6, *a7];
        let right = [*b0, *b1, *b2, *b3, *b4, *b5, *b6, *b7];
        if u64::from_ne_bytes(left) != u64::from_ne_bytes(right) {
            return false;
        }
        (a, b) = (a_rest, b_rest);
    }
    while let ([left, a_rest @ ..], [right, b_rest @ ..]) = (a, b) {
        if *left != *right {
            return false;
        }
        (a, b) = (a_rest, b_rest);
    }
    true
}

#[cfg(test)]
mod tests;
