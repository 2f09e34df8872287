//! An order of nodes in which each comes after those it links to, or the cycles that forbid one.
//!
//! It must not know what a node is called: sites and ids are added by the caller.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet, VecDeque};

use crate::Node;

/// The most cycles that are reported: each takes its own search, and no one fixes more at once.
const MOST: usize = 50;

/// The links of each node.
pub(super) struct Links<'a> {
    pub(super) parents: &'a [Vec<Node>],
    pub(super) dependencies: &'a [Vec<Node>],
}

/// One link on a cycle.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Step {
    pub(super) from: Node,
    pub(super) to: Node,
    /// Whether it is a dependency, and not a parent.
    pub(super) dependency: bool,
}

impl Links<'_> {
    fn of(&self, from: Node) -> impl Iterator<Item = Step> {
        let step = move |dependency| {
            move |to: &Node| Step {
                from,
                to: *to,
                dependency,
            }
        };
        let parents = self.parents[from.index()].iter().map(step(false));
        parents.chain(self.dependencies[from.index()].iter().map(step(true)))
    }

    fn len(&self) -> usize {
        self.parents.len()
    }
}

/// All nodes, each after those that it links to, the smallest possible one first; or the nodes that
/// are on a cycle or after one.
pub(super) fn order(links: &Links<'_>) -> Result<Vec<Node>, Vec<Node>> {
    let mut missing = vec![0usize; links.len()];
    let mut after: Vec<Vec<Node>> = vec![Vec::new(); links.len()];
    for node in (0..links.len()).map(Node::at) {
        for step in links.of(node) {
            missing[node.index()] += 1;
            after[step.to.index()].push(node);
        }
    }
    let ready = (0..links.len()).filter(|index| missing[*index] == 0);
    let mut ready: BinaryHeap<Reverse<Node>> =
        ready.map(|index| Reverse(Node::at(index))).collect();
    let mut order = Vec::with_capacity(links.len());
    while let Some(Reverse(node)) = ready.pop() {
        order.push(node);
        for next in &after[node.index()] {
            missing[next.index()] -= 1;
            if missing[next.index()] == 0 {
                ready.push(Reverse(*next));
            }
        }
    }
    if order.len() == links.len() {
        return Ok(order);
    }
    Err((0..links.len())
        .filter(|index| missing[*index] > 0)
        .map(Node::at)
        .collect())
}

/// Cycles among the nodes of `rest`, no two with a link in common: first those of parents alone,
/// then those with dependencies. Each is a shortest one through the node that it begins with.
pub(super) fn cycles(links: &Links<'_>, rest: &[Node]) -> Vec<Vec<Step>> {
    let mut inside = vec![false; links.len()];
    for node in on_cycles(links, rest) {
        inside[node.index()] = true;
    }
    let mut used: HashSet<Step> = HashSet::new();
    let mut cycles = Vec::new();
    for dependencies in [false, true] {
        for &node in rest.iter().filter(|node| inside[node.index()]) {
            while cycles.len() < MOST
                && let Some(cycle) = shortest(links, node, |step| {
                    inside[step.to.index()]
                        && (dependencies || !step.dependency)
                        && !used.contains(step)
                })
            {
                used.extend(&cycle);
                cycles.push(cycle);
            }
        }
    }
    cycles
}

/// Of nodes that are on a cycle or after one, those with nothing after them that is: what is left
/// is on a cycle, or between two.
fn on_cycles(links: &Links<'_>, rest: &[Node]) -> Vec<Node> {
    let mut after = vec![0usize; links.len()];
    let mut is_left = vec![false; links.len()];
    for node in rest {
        is_left[node.index()] = true;
        for step in links.of(*node) {
            after[step.to.index()] += 1;
        }
    }
    let mut todo: Vec<Node> = rest
        .iter()
        .copied()
        .filter(|node| after[node.index()] == 0)
        .collect();
    while let Some(node) = todo.pop() {
        is_left[node.index()] = false;
        for step in links.of(node) {
            after[step.to.index()] -= 1;
            if after[step.to.index()] == 0 && is_left[step.to.index()] {
                todo.push(step.to);
            }
        }
    }
    rest.iter()
        .copied()
        .filter(|node| is_left[node.index()])
        .collect()
}

/// A shortest way from a node back to itself, over the links that are allowed.
fn shortest(links: &Links<'_>, start: Node, allowed: impl Fn(&Step) -> bool) -> Option<Vec<Step>> {
    let mut came: HashMap<Node, Step> = HashMap::new();
    let mut todo = VecDeque::from([start]);
    while let Some(node) = todo.pop_front() {
        for step in links.of(node).filter(&allowed) {
            came.entry(step.to).or_insert_with(|| {
                todo.push_back(step.to);
                step
            });
            if step.to == start {
                return Some(path_back(start, &came));
            }
        }
    }
    None
}

fn path_back(start: Node, came: &HashMap<Node, Step>) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut node = start;
    while let Some(step) = came.get(&node) {
        steps.push(*step);
        node = step.from;
        if node == start {
            break;
        }
    }
    steps.reverse();
    steps
}
