//! A revision of a graph as a node, and a set of nodes as one bit for each.
//!
//! It knows nothing of links. Iteration is in the order of nodes, which is the order of ids.

/// A revision of one [`Graph`](crate::Graph). Nodes compare in the order of their ids.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node(u32);

impl Node {
    /// The place of the revision in the order of ids: from 0 to [`Graph::len`](crate::Graph::len).
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }

    pub(crate) fn at(index: usize) -> Node {
        Node(u32::try_from(index).expect("a history has fewer than four billion revisions"))
    }
}

/// A set of nodes of one graph.
#[derive(Clone, Debug, Default)]
pub struct NodeSet {
    words: Vec<u64>,
}

impl NodeSet {
    /// The empty set, with room for a graph of `len` revisions.
    #[must_use]
    pub fn new(len: usize) -> NodeSet {
        NodeSet {
            words: vec![0; len.div_ceil(64)],
        }
    }

    /// Adds a node. Returns whether it was new.
    pub fn insert(&mut self, node: Node) -> bool {
        let (word, bit) = place(node);
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        let new = self.words[word] & bit == 0;
        self.words[word] |= bit;
        new
    }

    /// Removes a node. Returns whether it was there.
    pub fn remove(&mut self, node: Node) -> bool {
        let (word, bit) = place(node);
        let Some(word) = self.words.get_mut(word) else {
            return false;
        };
        let there = *word & bit != 0;
        *word &= !bit;
        there
    }

    /// Whether the node is in the set.
    #[must_use]
    pub fn contains(&self, node: Node) -> bool {
        let (word, bit) = place(node);
        self.words.get(word).is_some_and(|word| word & bit != 0)
    }

    /// How many nodes are in the set.
    #[must_use]
    pub fn len(&self) -> usize {
        self.words
            .iter()
            .map(|word| word.count_ones() as usize)
            .sum()
    }

    /// Whether no node is in the set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// The nodes, in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = Node> + Clone {
        self.words.iter().enumerate().flat_map(|(index, &word)| {
            let base = index * 64;
            bits(word).map(move |bit| Node::at(base + bit))
        })
    }

    /// Adds every node of `other`.
    pub fn union_with(&mut self, other: &NodeSet) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word |= other;
        }
    }

    /// Removes every node of `other`.
    pub fn subtract(&mut self, other: &NodeSet) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= !other;
        }
    }

    /// Keeps only the nodes that are also in `other`.
    pub fn intersect_with(&mut self, other: &NodeSet) {
        let rest = other.words.iter().copied().chain(std::iter::repeat(0));
        for (word, other) in self.words.iter_mut().zip(rest) {
            *word &= other;
        }
    }

    /// Whether some node is in both sets.
    #[must_use]
    pub fn intersects(&self, other: &NodeSet) -> bool {
        self.words
            .iter()
            .zip(&other.words)
            .any(|(word, other)| word & other != 0)
    }
}

/// Two sets are equal when they hold the same nodes, whatever room they have.
impl PartialEq for NodeSet {
    fn eq(&self, other: &NodeSet) -> bool {
        let len = self.words.len().max(other.words.len());
        let word = |set: &NodeSet, index| set.words.get(index).copied().unwrap_or(0);
        (0..len).all(|index| word(self, index) == word(other, index))
    }
}

impl Eq for NodeSet {}

impl FromIterator<Node> for NodeSet {
    fn from_iter<I: IntoIterator<Item = Node>>(nodes: I) -> NodeSet {
        let mut set = NodeSet::default();
        set.extend(nodes);
        set
    }
}

impl Extend<Node> for NodeSet {
    fn extend<I: IntoIterator<Item = Node>>(&mut self, nodes: I) {
        for node in nodes {
            self.insert(node);
        }
    }
}

fn place(node: Node) -> (usize, u64) {
    (node.index() / 64, 1 << (node.index() % 64))
}

fn bits(mut word: u64) -> impl Iterator<Item = usize> + Clone {
    std::iter::from_fn(move || {
        if word == 0 {
            return None;
        }
        let bit = word.trailing_zeros() as usize;
        word &= word - 1;
        Some(bit)
    })
}
