//! The list of revisions that could be next, in which places are found and left in constant time.
//!
//! It knows nothing of the graph.

/// No place, no number.
pub(super) const NONE: u32 = u32::MAX;

/// The revisions that could be next. A place is never used again, so that places compare by their
/// order in the list.
pub(super) struct List {
    /// The node at each place; none at one that was left.
    nodes: Vec<u32>,
    before: Vec<u32>,
    after: Vec<u32>,
    /// For each place a later one, at most the next that was not left; itself if it was not.
    alive: Vec<u32>,
    first: u32,
    last: u32,
}

impl List {
    pub(super) fn new() -> List {
        List {
            nodes: Vec::new(),
            before: Vec::new(),
            after: Vec::new(),
            alive: Vec::new(),
            first: NONE,
            last: NONE,
        }
    }

    /// The first place that was not left.
    pub(super) fn first(&self) -> u32 {
        self.first
    }

    /// The node at a place.
    pub(super) fn node(&self, place: u32) -> usize {
        self.nodes[place as usize] as usize
    }

    /// Whether a node is still at a place.
    pub(super) fn has(&self, place: u32, node: u32) -> bool {
        self.nodes.get(place as usize) == Some(&node)
    }

    /// Puts another node at a place.
    pub(super) fn replace(&mut self, place: u32, node: usize) {
        self.nodes[place as usize] = short(node);
    }

    /// Adds a place at the end.
    pub(super) fn push(&mut self, node: usize) -> u32 {
        let place = short(self.nodes.len());
        self.nodes.push(short(node));
        self.alive.push(place);
        self.before.push(self.last);
        self.after.push(NONE);
        match self.last {
            NONE => self.first = place,
            last => self.after[last as usize] = place,
        }
        self.last = place;
        place
    }

    /// Leaves a place. Returns the one before it, or the one after it if it was the first.
    pub(super) fn remove(&mut self, place: u32) -> u32 {
        let (before, after) = (self.before[place as usize], self.after[place as usize]);
        self.nodes[place as usize] = NONE;
        self.alive[place as usize] = place + 1;
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

    /// The first place from this one on that was not left; the next to come if there is none.
    pub(super) fn alive_from(&mut self, place: u32) -> u32 {
        let mut place = place as usize;
        while place < self.alive.len() && self.alive[place] as usize != place {
            let next = self.alive[place] as usize;
            // halve the way for those who come later
            if let Some(after) = self.alive.get(next) {
                self.alive[place] = *after;
            }
            place = next;
        }
        short(place)
    }
}

/// A number or a count of nodes, which are themselves counted in 32 bits.
pub(super) fn short(number: usize) -> u32 {
    u32::try_from(number).expect("a history has fewer than four billion revisions")
}
