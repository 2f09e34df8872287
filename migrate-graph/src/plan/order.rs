//! The order of steps: newest first, a branch down to its fork before the next branch.
//!
//! It is given a set of revisions and must not know what they are for. The rule, as Alembic has it:
//! keep a list of the revisions that could be next. Look at one; if it comes before another of the
//! list, look at the first such instead; otherwise it is next, and its parents take its place, the
//! first one in the list itself, the others at the end. With none left, go one back in the list.
//!
//! Alembic keeps the ancestors of each revision of the list, which is quadratic. Here "comes before
//! another of the list" is "has a successor that has not been told": they are the same, because
//! everything not told is below something in the list. "The first such" is found by going up from
//! the revision, where a stretch without forks or joins is one step, and remembering what was
//! found: see [`above`].
//!
//! The set may have holes: revisions between two of the set that are not in it themselves. They are
//! listed as soon as nothing above them is left, without being in the list.

mod above;
mod list;

use crate::{Graph, Node, NodeSet};
use above::Answers;
use list::{List, NONE, short};

/// The revisions of a set, each before those that it comes after.
pub(crate) fn newest_first(graph: &Graph, set: &NodeSet) -> Vec<Node> {
    Order::new(graph, set).run()
}

/// The set, and what is between its members.
fn without_holes(graph: &Graph, set: &NodeSet) -> Vec<Node> {
    let mut above = NodeSet::new(graph.len());
    for &node in graph.topological() {
        if set.contains(node) || graph.before(node).any(|before| above.contains(before)) {
            above.insert(node);
        }
    }
    let mut whole = NodeSet::new(graph.len());
    for &node in graph.topological().iter().rev() {
        if above.contains(node)
            && (set.contains(node) || graph.after(node).any(|after| whole.contains(after)))
        {
            whole.insert(node);
        }
    }
    whole.iter().collect()
}

/// The nodes before `node`, in the order in which they take its place.
fn before(graph: &Graph, node: Node) -> impl Iterator<Item = Node> {
    let parents = graph.parents(node);
    let dependencies = graph
        .effective_dependencies(node)
        .iter()
        .filter(|node| !parents.contains(node));
    parents.iter().chain(dependencies).copied()
}

/// The state of the walk. Nodes get new numbers: only those of the set and its holes have one.
struct Order<'a> {
    graph: &'a Graph,
    set: &'a NodeSet,
    nodes: Vec<Node>,
    /// For each node of the graph, its number.
    numbers: Vec<u32>,
    /// How many successors have not been told; [`NONE`] when the node itself has been.
    missing: Vec<u32>,
    /// The stretch that a node is on.
    stretch: Vec<u32>,
    /// For each stretch, the uppermost node that has not been told.
    top: Vec<u32>,
    /// The place in the list, of those that are there.
    place: Vec<u32>,
    list: List,
    answers: Answers,
    told: Vec<Node>,
}

impl<'a> Order<'a> {
    fn new(graph: &'a Graph, set: &'a NodeSet) -> Order<'a> {
        let nodes = without_holes(graph, set);
        let mut numbers = vec![NONE; graph.len()];
        for (number, node) in (0..).zip(&nodes) {
            numbers[node.index()] = number;
        }
        let len = nodes.len();
        let mut order = Order {
            graph,
            set,
            nodes,
            numbers,
            missing: vec![0; len],
            stretch: vec![NONE; len],
            top: Vec::new(),
            place: vec![NONE; len],
            list: List::new(),
            answers: Answers::new(len),
            told: Vec::new(),
        };
        order.count();
        order.find_stretches();
        order
    }

    fn number(&self, node: Node) -> Option<usize> {
        let number = self.numbers[node.index()];
        (number != NONE).then_some(number as usize)
    }

    fn below(&self, number: usize) -> impl Iterator<Item = usize> + use<'a, '_> {
        before(self.graph, self.nodes[number]).filter_map(|node| self.number(node))
    }

    fn is_hole(&self, number: usize) -> bool {
        !self.set.contains(self.nodes[number])
    }

    fn count(&mut self) {
        for number in 0..self.nodes.len() {
            for node in before(self.graph, self.nodes[number]) {
                if let Some(below) = self.number(node) {
                    self.missing[below] += 1;
                }
            }
        }
    }

    /// A node is on the stretch of the one above it if it has no other above it, and that one no
    /// other below it.
    fn find_stretches(&mut self) {
        for &node in self.graph.topological().iter().rev() {
            let Some(number) = self.number(node) else {
                continue;
            };
            if self.stretch[number] == NONE {
                self.stretch[number] = short(self.top.len());
                self.top.push(short(number));
            }
            let mut below = self.below(number);
            let only = below.next().filter(|_| below.next().is_none());
            drop(below);
            if let Some(only) = only.filter(|only| self.missing[*only] == 1) {
                self.stretch[only] = self.stretch[number];
            }
        }
    }

    fn run(mut self) -> Vec<Node> {
        // nothing of the whole is above these, so that they are in the set
        for number in 0..self.nodes.len() {
            if self.missing[number] == 0 {
                self.place[number] = self.list.push(number);
            }
        }
        let mut at = self.list.first();
        while at != NONE {
            let number = self.list.node(at);
            at = if self.missing[number] > 0 {
                self.first_above(number)
            } else {
                self.list(number, at)
            };
        }
        self.told
    }

    /// Lists a node and puts what is below it in its place. Returns the place to look at next.
    fn list(&mut self, number: usize, at: u32) -> u32 {
        self.told.push(self.nodes[number]);
        let mut next = NONE;
        let (holes, below): (Vec<usize>, Vec<usize>) = self
            .leave(number)
            .into_iter()
            .partition(|below| self.is_hole(*below));
        for below in below {
            if self.place[below] != NONE {
                continue;
            }
            if next == NONE {
                next = at;
                self.list.replace(at, below);
                self.place[below] = at;
            } else {
                self.place[below] = self.list.push(below);
            }
        }
        // after them: what can be reached from here without a hole keeps this place
        for hole in holes {
            if self.missing[hole] == 0 {
                self.list_hole(hole);
            }
        }
        if next == NONE {
            self.list.remove(at)
        } else {
            next
        }
    }

    /// Lists a hole. What only it led to goes to the end of the list.
    fn list_hole(&mut self, hole: usize) {
        let mut holes = vec![hole];
        while let Some(hole) = holes.pop() {
            for below in self.leave(hole) {
                if self.missing[below] > 0 {
                    continue;
                }
                if self.is_hole(below) {
                    holes.push(below);
                } else if self.place[below] == NONE {
                    self.place[below] = self.list.push(below);
                }
            }
        }
    }

    /// Takes a node off its stretch, and off the count of those below it, which are given. From
    /// here on it is listed.
    fn leave(&mut self, number: usize) -> Vec<usize> {
        let below: Vec<usize> = self.below(number).collect();
        let stretch = self.stretch[number];
        self.missing[number] = NONE;
        self.top[stretch as usize] = match below[..] {
            [only] if self.stretch[only] == stretch => short(only),
            _ => NONE,
        };
        for below in &below {
            self.missing[*below] -= 1;
        }
        below
    }

    fn is_listed(&self, number: usize) -> bool {
        self.missing[number] == NONE
    }
}
