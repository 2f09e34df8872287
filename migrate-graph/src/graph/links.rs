//! The links of one kind between nodes, as two flat arrays.
//!
//! It knows nothing of what a link means. Two arrays instead of a vector for each node, because a
//! history of 100,000 revisions would otherwise spend its time allocating.

use crate::Node;

/// For each node, the nodes that it is linked to, in the order in which they were given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Links {
    starts: Vec<u32>,
    ends: Vec<Node>,
}

impl Links {
    /// Links from a list for each node, in the order of nodes.
    pub(crate) fn collect<I: IntoIterator<Item = Node>>(lists: impl Iterator<Item = I>) -> Links {
        let mut links = Links {
            starts: vec![0],
            ends: Vec::new(),
        };
        for list in lists {
            links.push(list);
        }
        links
    }

    /// Adds the links of the next node.
    fn push(&mut self, list: impl IntoIterator<Item = Node>) {
        self.ends.extend(list);
        self.starts.push(
            u32::try_from(self.ends.len()).expect("a history has fewer than four billion links"),
        );
    }

    /// The links of `node`.
    pub(crate) fn of(&self, node: Node) -> &[Node] {
        let index = node.index();
        &self.ends[self.starts[index] as usize..self.starts[index + 1] as usize]
    }

    /// The same links seen from the other end. Each list is in the order of nodes.
    pub(crate) fn reversed(&self) -> Links {
        let len = self.starts.len() - 1;
        let mut starts = vec![0u32; len + 1];
        for end in &self.ends {
            starts[end.index() + 1] += 1;
        }
        for index in 0..len {
            starts[index + 1] += starts[index];
        }
        let mut next = starts.clone();
        let mut ends = vec![Node::at(0); self.ends.len()];
        for index in 0..len {
            let from = Node::at(index);
            for to in self.of(from) {
                let slot = &mut next[to.index()];
                ends[*slot as usize] = from;
                *slot += 1;
            }
        }
        Links { starts, ends }
    }
}
