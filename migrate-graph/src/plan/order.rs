//! The order of steps: newest first, a branch down to its fork before the next branch.
//!
//! It is given a set of revisions and must not know what they are for. The rule, as Alembic has it: keep a list of the
//! revisions that could be next. Look at one; if it comes before another of the list, look at the first such instead;
//! otherwise it is next, and its parents take its place, the first one in the list itself, the others at the end. With
//! none left, go one back in the list.
//!
//! Alembic keeps the ancestors of each revision of the list, which is quadratic. Here "comes before another of the list"
//! is "has a successor in the set that has not been told": they are the same, because everything not told is below
//! something in the list. "The first such" is found by going up from the revision to those of the list that are above
//! it; a stretch without forks or joins is one step of that, so that it costs as much as there are open branches.

use crate::{Graph, Node, NodeSet};

/// The revisions of a set, each before those that it comes after.
///
/// The set may have holes: what is between two of its revisions decides their order without being in it.
pub(super) fn newest_first(graph: &Graph, set: &NodeSet) -> Vec<Node> {
    let whole = without_holes(graph, set);
    let mut order = Order::new(graph, &whole).run();
    order.retain(|node| set.contains(*node));
    order
}

/// The set, and what is between its members.
fn without_holes(graph: &Graph, set: &NodeSet) -> NodeSet {
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
    whole
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

/// The state of the walk. Nodes are numbered anew, within the set.
struct Order<'a> {
    graph: &'a Graph,
    nodes: Vec<Node>,
    numbers: Vec<u32>,
    /// For each node, how many successors have not been told.
    missing: Vec<u32>,
    /// The stretch that each node is on.
    stretch: Vec<u32>,
    /// For each stretch, the uppermost node that has not been told.
    top: Vec<u32>,
    /// For each node in the list, its place.
    place: Vec<u32>,
    list: List,
    /// When each stretch was last passed on the way up.
    passed: Vec<u32>,
    searches: u32,
}

const NONE: u32 = u32::MAX;

impl<'a> Order<'a> {
    fn new(graph: &'a Graph, set: &NodeSet) -> Order<'a> {
        let nodes: Vec<Node> = set.iter().collect();
        let mut numbers = vec![NONE; graph.len()];
        for (number, node) in (0..).zip(&nodes) {
            numbers[node.index()] = number;
        }
        let len = nodes.len();
        let mut order = Order {
            graph,
            nodes,
            numbers,
            missing: vec![0; len],
            stretch: vec![NONE; len],
            top: Vec::new(),
            place: vec![NONE; len],
            list: List::new(),
            passed: Vec::new(),
            searches: 0,
        };
        order.count();
        order.find_stretches();
        for number in 0..len {
            if order.missing[number] == 0 {
                order.place[number] = order.list.push(number);
            }
        }
        order
    }

    fn below(&self, number: usize) -> impl Iterator<Item = usize> + use<'a, '_> {
        before(self.graph, self.nodes[number]).filter_map(|node| self.number(node))
    }

    fn number(&self, node: Node) -> Option<usize> {
        let number = self.numbers[node.index()];
        (number != NONE).then_some(number as usize)
    }

    fn count(&mut self) {
        for number in 0..self.nodes.len() {
            for below in before(self.graph, self.nodes[number]) {
                if let Some(below) = self.number(below) {
                    self.missing[below] += 1;
                }
            }
        }
    }

    /// A node is on the stretch of the one above it if it has no other above it, and that one no other below it.
    fn find_stretches(&mut self) {
        for &node in self.graph.topological().iter().rev() {
            let Some(number) = self.number(node) else {
                continue;
            };
            if self.stretch[number] == NONE {
                self.stretch[number] =
                    u32::try_from(self.top.len()).expect("no more stretches than nodes");
                self.top
                    .push(u32::try_from(number).expect("no more numbers than nodes"));
                self.passed.push(0);
            }
            let mut below = self.below(number);
            if let (Some(only), None) = (below.next(), below.next())
                && self.missing[only] == 1
            {
                drop(below);
                self.stretch[only] = self.stretch[number];
            }
        }
    }

    fn run(mut self) -> Vec<Node> {
        let mut told = Vec::with_capacity(self.nodes.len());
        let mut at = self.list.first;
        while at != NONE {
            let number = self.list.nodes[at as usize];
            if self.missing[number] > 0 {
                at = self.first_above(number);
                continue;
            }
            told.push(self.nodes[number]);
            at = self.tell(number, at);
        }
        told
    }

    /// Puts what is below a node in its place. Gives the place to look at next.
    fn tell(&mut self, number: usize, at: u32) -> u32 {
        let below: Vec<usize> = self.below(number).collect();
        if let [only] = below[..]
            && self.stretch[only] == self.stretch[number]
        {
            self.top[self.stretch[only] as usize] =
                u32::try_from(only).expect("no more numbers than nodes");
        } else {
            self.top[self.stretch[number] as usize] = NONE;
        }
        let mut next = NONE;
        for below in below {
            self.missing[below] -= 1;
            if self.place[below] != NONE {
                continue;
            }
            if next == NONE {
                next = at;
                self.list.nodes[at as usize] = below;
                self.place[below] = at;
            } else {
                self.place[below] = self.list.push(below);
            }
        }
        if next == NONE {
            self.list.remove(at)
        } else {
            next
        }
    }

    /// The first place of the list with a node that is above this one.
    fn first_above(&mut self, number: usize) -> u32 {
        self.searches += 1;
        let mut first = NONE;
        let mut todo = vec![number];
        while let Some(number) = todo.pop() {
            for above in self.graph.after(self.nodes[number]) {
                let Some(above) = self.number(above) else {
                    continue;
                };
                let stretch = self.stretch[above] as usize;
                let top = self.top[stretch];
                if top == NONE || self.passed[stretch] == self.searches {
                    continue;
                }
                self.passed[stretch] = self.searches;
                let top = top as usize;
                if self.place[top] != NONE {
                    first = first.min(self.place[top]);
                }
                todo.push(top);
            }
        }
        first
    }
}

/// The revisions that could be next. A place is never used again, so that places compare as they stand in the list.
struct List {
    nodes: Vec<usize>,
    before: Vec<u32>,
    after: Vec<u32>,
    first: u32,
    last: u32,
}

impl List {
    fn new() -> List {
        List {
            nodes: Vec::new(),
            before: Vec::new(),
            after: Vec::new(),
            first: NONE,
            last: NONE,
        }
    }

    fn push(&mut self, node: usize) -> u32 {
        let place = u32::try_from(self.nodes.len()).expect("no more places than links");
        self.nodes.push(node);
        self.before.push(self.last);
        self.after.push(NONE);
        match self.last {
            NONE => self.first = place,
            last => self.after[last as usize] = place,
        }
        self.last = place;
        place
    }

    /// Takes a place out. Gives the one before it, or the one after it if it was the first.
    fn remove(&mut self, place: u32) -> u32 {
        let (before, after) = (self.before[place as usize], self.after[place as usize]);
        match before {
            NONE => self.first = after,
            before => self.after[before as usize] = after,
        }
        match after {
            NONE => self.last = before,
            after => self.before[after as usize] = before,
        }
        if before == NONE { after } else { before }
    }
}
