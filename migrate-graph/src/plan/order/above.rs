//! The first place of the list with a revision that is above a given one.
//!
//! Going up through everything above, again for each question, would be quadratic. Two facts make
//! it cheap. The answer for a node never becomes smaller: a place is handed down to what is below
//! its node, and new places come last. And as long as the node that was found still has its place,
//! it is the answer: it is still above. So each node keeps its last answer. It is right, or a lower
//! bound with which a search can stop early.

use super::Order;
use super::list::NONE;
use crate::Node;

/// The last answer for each node.
pub(super) struct Answers {
    /// The place; 0 before the first answer.
    place: Vec<u32>,
    /// The node that had it.
    found: Vec<u32>,
    /// How many of the first links upwards lead to what has been told.
    done: Vec<u32>,
}

impl Answers {
    pub(super) fn new(len: usize) -> Answers {
        Answers {
            place: vec![0; len],
            found: vec![NONE; len],
            done: vec![0; len],
        }
    }

    /// Notes that the link that was just followed need not be followed again, if none before it
    /// must be.
    fn skip(&mut self, search: &Search) {
        let done = &mut self.done[search.number];
        if *done as usize + 1 == search.link {
            *done += 1;
        }
    }
}

/// A node whose answer is sought.
struct Search {
    number: usize,
    /// The next link up to follow.
    link: usize,
    /// The best place so far, and who has it.
    place: u32,
    found: u32,
}

impl Search {
    fn new(number: usize, answers: &Answers) -> Search {
        Search {
            number,
            link: answers.done[number] as usize,
            place: NONE,
            found: NONE,
        }
    }

    fn take(&mut self, place: u32, node: u32) {
        if place < self.place {
            (self.place, self.found) = (place, node);
        }
    }
}

impl Order<'_> {
    /// The first place of the list with a node that is above this one.
    pub(super) fn first_above(&mut self, number: usize) -> u32 {
        // not by recursion: a history may be deeper than the stack
        let mut below: Vec<Search> = Vec::new();
        let mut search = Search::new(number, &self.answers);
        loop {
            if let Some(above) = self.follow(&mut search) {
                below.push(std::mem::replace(
                    &mut search,
                    Search::new(above, &self.answers),
                ));
                continue;
            }
            self.answers.place[search.number] = search.place;
            self.answers.found[search.number] = search.found;
            let Some(mut waiting) = below.pop() else {
                return search.place;
            };
            waiting.take(search.place, search.found);
            search = waiting;
        }
    }

    /// Follows the links of a search until all are done, or until one leads to a node whose own
    /// answer is needed.
    fn follow(&mut self, search: &mut Search) -> Option<usize> {
        let least = self.list.alive_from(self.answers.place[search.number]);
        while search.place > least {
            let node = self.above(search.number, search.link)?;
            search.link += 1;
            let Some(above) = self.number(node).filter(|above| !self.is_listed(*above)) else {
                self.answers.skip(search);
                continue;
            };
            // of a stretch, only the uppermost node can be in the list, or below another that is
            let top = self.top[self.stretch[above] as usize];
            let number = top as usize;
            search.take(self.place[number], top);
            if self.missing[number] == 0 {
                continue;
            }
            let (place, found) = (self.answers.place[number], self.answers.found[number]);
            if found != NONE && self.list.has(place, found) {
                search.take(place, found);
            } else if self.list.alive_from(place) < search.place {
                return Some(number);
            }
        }
        None
    }

    /// The node at the end of a link upwards.
    fn above(&self, number: usize, link: usize) -> Option<Node> {
        let node = self.nodes[number];
        let children = self.graph.children(node);
        let dependents = self.graph.dependents(node);
        children
            .get(link)
            .or_else(|| dependents.get(link - children.len()))
            .copied()
    }
}
