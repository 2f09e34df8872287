//! Which dependencies say something that the revisions below do not say already.
//!
//! A dependency is left out when a revision further down the line declares the same one. It decides
//! in which order branches are finished, nothing else. It needs a topological order, and knows
//! nothing of labels.

use std::rc::Rc;

use super::links::Links;
use crate::Node;

/// The dependencies of each node without those that an ancestor over `parents` declares.
///
/// Walks upwards with the set of what was declared so far. Only nodes that several revisions depend
/// on can be declared twice, so only they have a bit in the set; on a plain line the set is handed
/// on, not copied.
pub(super) fn effective(
    topological: &[Node],
    parents: &Links,
    dependencies: &Links,
    children: &Links,
    dependents: &Links,
) -> Links {
    let len = topological.len();
    let mut bits: Vec<Option<usize>> = vec![None; len];
    let mut shared = 0;
    for node in (0..len).map(Node::at) {
        if dependents.of(node).len() > 1 {
            bits[node.index()] = Some(shared);
            shared += 1;
        }
    }
    if shared == 0 {
        return dependencies.clone();
    }
    let mut below = Declared {
        sets: vec![None; len],
        waiting: vec![0; len],
        words: shared.div_ceil(64),
    };
    let mut kept: Vec<Vec<Node>> = vec![Vec::new(); len];
    for &node in topological {
        let mut set = below.of(parents.of(node));
        for &dependency in dependencies.of(node) {
            let known = bits[dependency.index()]
                .zip(set.as_ref())
                .is_some_and(|(bit, set)| set[bit / 64] & 1 << (bit % 64) != 0);
            if !known {
                kept[node.index()].push(dependency);
            }
        }
        for bit in dependencies
            .of(node)
            .iter()
            .filter_map(|dependency| bits[dependency.index()])
        {
            below.add(&mut set, bit);
        }
        below.keep(node, set, children.of(node).len());
    }
    Links::collect(kept.into_iter())
}

type Set = Option<Rc<Vec<u64>>>;

/// For each node whose children are not all done, what was declared up to it.
struct Declared {
    sets: Vec<Set>,
    waiting: Vec<usize>,
    words: usize,
}

impl Declared {
    /// What any of the parents, or anything below them, declares. A parent's set is given away with
    /// its last child.
    fn of(&mut self, parents: &[Node]) -> Set {
        let mut all: Set = None;
        for parent in parents.iter().map(|parent| parent.index()) {
            self.waiting[parent] -= 1;
            let set = if self.waiting[parent] == 0 {
                self.sets[parent].take()
            } else {
                self.sets[parent].clone()
            };
            all = match (all, set) {
                (Some(mut all), Some(set)) => {
                    if !Rc::ptr_eq(&all, &set) {
                        for (word, other) in Rc::make_mut(&mut all).iter_mut().zip(set.iter()) {
                            *word |= other;
                        }
                    }
                    Some(all)
                }
                (all, set) => all.or(set),
            };
        }
        all
    }

    fn add(&self, set: &mut Set, bit: usize) {
        let set = set.get_or_insert_with(|| Rc::new(vec![0; self.words]));
        Rc::make_mut(set)[bit / 64] |= 1 << (bit % 64);
    }

    fn keep(&mut self, node: Node, set: Set, children: usize) {
        self.waiting[node.index()] = children;
        if children > 0 {
            self.sets[node.index()] = set;
        }
    }
}
