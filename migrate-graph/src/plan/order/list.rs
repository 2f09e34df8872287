//! The list of revisions that could be next, in which places are found and left in constant time.
//!
//! It knows nothing of the graph.

/// No place, no number.
pub(super) const NONE: u32 = u32::MAX;

/// The revisions that could be next. A place is never used again, so that places compare as they stand in the list.
pub(super) struct List {
    pub(super) nodes: Vec<usize>,
    before: Vec<u32>,
    after: Vec<u32>,
    pub(super) first: u32,
    last: u32,
}

impl List {
    pub(super) fn new() -> List {
        List {
            nodes: Vec::new(),
            before: Vec::new(),
            after: Vec::new(),
            first: NONE,
            last: NONE,
        }
    }

    pub(super) fn push(&mut self, node: usize) -> u32 {
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
    pub(super) fn remove(&mut self, place: u32) -> u32 {
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
