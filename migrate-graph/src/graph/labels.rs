//! Which branch labels reach which revisions.
//!
//! A label goes up to everything that continues its revision, and down along a plain line;
//! dependencies do not carry it. Equal sets of labels are stored once, because nearly all revisions
//! share one of a few.

use std::collections::HashMap;

use super::links::Links;
use super::names::Names;
use crate::{Header, Node};

/// For each node, the sorted places of its labels among all labels.
#[derive(Clone, Debug, Default)]
pub(super) struct Labels {
    sets: Vec<Vec<u32>>,
    of: Vec<u32>,
}

/// The links that labels follow, or are stopped by.
pub(super) struct Lines<'a> {
    pub(super) topological: &'a [Node],
    pub(super) parents: &'a Links,
    pub(super) children: &'a Links,
    pub(super) dependents: &'a Links,
}

impl Labels {
    /// Carries the labels of the headers along the lines.
    pub(super) fn new(headers: &[Header], names: &Names, lines: &Lines<'_>) -> Labels {
        let mut pool = Pool::new();
        let mut of = vec![pool.empty(); headers.len()];
        if names.labels().len() > 0 {
            let own: Vec<u32> = headers
                .iter()
                .map(|header| pool.declared(header, names))
                .collect();
            upwards(&own, lines, &mut pool, &mut of);
            downwards(&own, lines, &mut pool, &mut of);
        }
        Labels {
            sets: pool.sets,
            of,
        }
    }

    /// The labels that reach a node.
    pub(super) fn of(&self, node: Node) -> &[u32] {
        &self.sets[self.of[node.index()] as usize]
    }
}

/// Every node gets its own labels and those of its parents.
fn upwards(own: &[u32], lines: &Lines<'_>, pool: &mut Pool, of: &mut [u32]) {
    for &node in lines.topological {
        let inherited = lines
            .parents
            .of(node)
            .iter()
            .fold(pool.empty(), |all, parent| {
                pool.union(all, of[parent.index()])
            });
        of[node.index()] = pool.union(inherited, own[node.index()]);
    }
}

/// From each head down its plain line, every node gets the labels that were passed.
fn downwards(own: &[u32], lines: &Lines<'_>, pool: &mut Pool, of: &mut [u32]) {
    let heads = lines
        .topological
        .iter()
        .filter(|node| lines.children.of(**node).is_empty());
    for &head in heads {
        let mut node = head;
        let mut passed = pool.empty();
        while lines.plain(node) {
            passed = pool.union(passed, own[node.index()]);
            of[node.index()] = pool.union(of[node.index()], passed);
            let Some(&parent) = lines.parents.of(node).first() else {
                break;
            };
            node = parent;
        }
    }
}

impl Lines<'_> {
    /// Whether a line neither forks nor joins here; a dependent makes a fork too.
    fn plain(&self, node: Node) -> bool {
        match self.children.of(node) {
            _ if self.parents.of(node).len() > 1 => false,
            [] => self.dependents.of(node).len() <= 1,
            [child] => self
                .dependents
                .of(node)
                .iter()
                .all(|dependent| dependent == child),
            _ => false,
        }
    }
}

/// Sets of labels, each stored once, and the unions that were asked for.
struct Pool {
    sets: Vec<Vec<u32>>,
    places: HashMap<Vec<u32>, u32>,
    unions: HashMap<(u32, u32), u32>,
}

impl Pool {
    fn new() -> Pool {
        Pool {
            sets: vec![Vec::new()],
            places: HashMap::from([(Vec::new(), 0)]),
            unions: HashMap::new(),
        }
    }

    fn empty(&self) -> u32 {
        0
    }

    fn declared(&mut self, header: &Header, names: &Names) -> u32 {
        let places = header
            .branch_labels
            .iter()
            .filter_map(|label| names.index(label));
        let mut set: Vec<u32> = places
            .map(|place| u32::try_from(place).expect("fewer than four billion labels"))
            .collect();
        set.sort_unstable();
        set.dedup();
        self.place(set)
    }

    fn union(&mut self, a: u32, b: u32) -> u32 {
        if a == b || b == self.empty() {
            return a;
        }
        if a == self.empty() {
            return b;
        }
        if let Some(union) = self.unions.get(&(a, b)) {
            return *union;
        }
        let mut set = self.sets[a as usize].clone();
        set.extend_from_slice(&self.sets[b as usize]);
        set.sort_unstable();
        set.dedup();
        let union = self.place(set);
        self.unions.insert((a, b), union);
        union
    }

    fn place(&mut self, set: Vec<u32>) -> u32 {
        if let Some(place) = self.places.get(&set) {
            return *place;
        }
        let place = u32::try_from(self.sets.len()).expect("fewer than four billion sets of labels");
        self.sets.push(set.clone());
        self.places.insert(set, place);
        place
    }
}
