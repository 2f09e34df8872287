//! Proves compiled data sound while the compiler evaluates it: names are unique, links lead
//! somewhere, nothing comes before itself.
//!
//! The macros check the text that they read; this checks what came of it, over several crates
//! too. There is no heap here, so tables are arrays whose sizes the macros pass as constants;
//! the cost is linear. A failure is a panic, which the compiler shows at the macro's call.

mod text;

use super::History;
use crate::revision::Revision;
use text::Text;

type Parts = &'static [&'static [&'static Revision]];

/// How many names the revisions give: an id each, and their branch labels.
pub const fn names(parts: Parts) -> usize {
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

/// How large a table is that finds so many names without long searches.
pub const fn slots(names: usize) -> usize {
    (names * 2 + 1).next_power_of_two()
}

/// The history of one crate. Its links may lead into other crates, which are not known here.
#[track_caller]
pub const fn part<const NAMES: usize, const SLOTS: usize>(parts: Parts) -> History {
    Check::<NAMES, SLOTS>::new(parts).run(true);
    History::new(parts)
}

/// A whole history: every link leads to a revision of it.
#[track_caller]
pub const fn whole<const NAMES: usize, const SLOTS: usize>(parts: Parts) -> History {
    Check::<NAMES, SLOTS>::new(parts).run(false);
    History::new(parts)
}

/// The revisions, and a hash table of their names.
struct Check<const NAMES: usize, const SLOTS: usize> {
    /// The first `count` are in use; labels leave room at the end.
    revisions: [Option<&'static Revision>; NAMES],
    count: usize,
    hashes: [u64; SLOTS],
    /// One more than the index of the revision with the name; 0 for none.
    owners: [u32; SLOTS],
}

/// How far the search for cycles has come with a revision.
const UNSEEN: u8 = 0;
const ON_PATH: u8 = 1;
const DONE: u8 = 2;

impl<const NAMES: usize, const SLOTS: usize> Check<NAMES, SLOTS> {
    const fn new(parts: Parts) -> Self {
        let mut check = Check {
            revisions: [None; NAMES],
            count: 0,
            hashes: [0; SLOTS],
            owners: [0; SLOTS],
        };
        let mut part = 0;
        while part < parts.len() {
            let mut index = 0;
            while index < parts[part].len() {
                check.revisions[check.count] = Some(parts[part][index]);
                check.count += 1;
                index += 1;
            }
            part += 1;
        }
        check
    }

    #[track_caller]
    const fn run(mut self, may_leave: bool) {
        let mut index = 0;
        while index < self.count {
            let revision = self.revision(index);
            self.insert(revision.id(), index);
            let mut label = 0;
            while label < revision.branch_labels().len() {
                self.insert(revision.branch_labels()[label], index);
                label += 1;
            }
            index += 1;
        }
        self.follow_links(may_leave);
    }

    const fn revision(&self, index: usize) -> &'static Revision {
        match self.revisions[index] {
            Some(revision) => revision,
            None => panic!("only revisions that are counted are asked for"),
        }
    }

    #[track_caller]
    const fn insert(&mut self, name: &str, index: usize) {
        let hash = hash(name);
        let mut slot = first_slot::<SLOTS>(hash);
        while self.owners[slot] != 0 {
            let owner = self.revision(self.owners[slot] as usize - 1);
            if self.hashes[slot] == hash && gives(owner, name) {
                refuse_duplicate(name, owner, self.revision(index));
            }
            slot = next_slot::<SLOTS>(slot);
        }
        self.hashes[slot] = hash;
        self.owners[slot] = index as u32 + 1;
    }

    /// The revision with this name, if it is one of these.
    const fn find(&self, name: &str) -> Option<usize> {
        let hash = hash(name);
        let mut slot = first_slot::<SLOTS>(hash);
        while self.owners[slot] != 0 {
            let owner = self.owners[slot] as usize - 1;
            if self.hashes[slot] == hash && gives(self.revision(owner), name) {
                return Some(owner);
            }
            slot = next_slot::<SLOTS>(slot);
        }
        None
    }

    /// Follows every link once, from each revision down.
    #[track_caller]
    const fn follow_links(&self, may_leave: bool) {
        let mut state = [UNSEEN; NAMES];
        let mut path = [0u32; NAMES];
        // how many links of each revision have been followed
        let mut followed = [0u32; NAMES];
        let mut start = 0;
        while start < self.count {
            if state[start] == UNSEEN {
                let mut depth = 1;
                path[0] = start as u32;
                state[start] = ON_PATH;
                while depth > 0 {
                    let at = path[depth - 1] as usize;
                    let revision = self.revision(at);
                    let Some(link) = link(revision, followed[at] as usize) else {
                        state[at] = DONE;
                        depth -= 1;
                        continue;
                    };
                    followed[at] += 1;
                    match self.find(link) {
                        Some(next) if state[next] == ON_PATH => {
                            self.refuse_cycle(&path, depth, next);
                        }
                        Some(next) if state[next] == UNSEEN => {
                            state[next] = ON_PATH;
                            path[depth] = next as u32;
                            depth += 1;
                        }
                        Some(_) => {}
                        None if may_leave => {}
                        None => refuse_link(revision, link),
                    }
                }
            }
            start += 1;
        }
    }

    /// The path leads from its `depth`th revision back to `first`, which is on it.
    #[track_caller]
    const fn refuse_cycle(&self, path: &[u32; NAMES], depth: usize, first: usize) -> ! {
        let mut text = Text::new("revisions form a cycle: ");
        let mut index = 0;
        while path[index] as usize != first {
            index += 1;
        }
        while index < depth {
            text = text
                .quoted(self.revision(path[index] as usize).id())
                .push(" -> ");
            index += 1;
        }
        panic!("{}", text.quoted(self.revision(first).id()).as_str());
    }
}

/// A parent, or after the parents a dependency.
const fn link(revision: &'static Revision, index: usize) -> Option<&'static str> {
    let parents = revision.down_revision();
    if index < parents.len() {
        return Some(parents[index]);
    }
    let index = index - parents.len();
    if index < revision.depends_on().len() {
        Some(revision.depends_on()[index])
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

#[track_caller]
const fn refuse_duplicate(name: &str, first: &Revision, again: &Revision) -> ! {
    let both_ids = equal(first.id(), name) && equal(again.id(), name);
    let what = if both_ids {
        "two revisions have the id "
    } else {
        "two revisions give the name "
    };
    let text = Text::new(what)
        .quoted(name)
        .push(": ")
        .place(first)
        .push(" and ")
        .place(again);
    panic!("{}", text.as_str());
}

#[track_caller]
const fn refuse_link(revision: &Revision, link: &str) -> ! {
    let text = Text::new("no revision ")
        .quoted(link)
        .push(" in this history, which ");
    let text = text
        .quoted(revision.id())
        .push(" continues or depends on: ")
        .place(revision);
    panic!("{}", text.as_str());
}

const fn first_slot<const SLOTS: usize>(hash: u64) -> usize {
    hash as usize & (SLOTS - 1)
}

const fn next_slot<const SLOTS: usize>(slot: usize) -> usize {
    (slot + 1) & (SLOTS - 1)
}

/// Eight bytes at a time, because each step of the compiler's interpreter counts.
const fn hash(text: &str) -> u64 {
    let mut rest = text.as_bytes();
    let mut hash = rest.len() as u64;
    while let Some((chunk, after)) = rest.split_first_chunk::<8>() {
        hash = mix(hash ^ u64::from_le_bytes(*chunk));
        rest = after;
    }
    let mut last = 0u64;
    while let Some((byte, after)) = rest.split_first() {
        last = last << 8 | *byte as u64;
        rest = after;
    }
    mix(hash ^ last)
}

const fn mix(hash: u64) -> u64 {
    let hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^ hash >> 32
}

const fn equal(a: &str, b: &str) -> bool {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    while let (Some((first, rest)), Some((other, others))) =
        (a.split_first_chunk::<8>(), b.split_first_chunk::<8>())
    {
        if u64::from_le_bytes(*first) != u64::from_le_bytes(*other) {
            return false;
        }
        (a, b) = (rest, others);
    }
    while let (Some((first, rest)), Some((other, others))) = (a.split_first(), b.split_first()) {
        if *first != *other {
            return false;
        }
        (a, b) = (rest, others);
    }
    true
}

#[cfg(test)]
mod tests;
