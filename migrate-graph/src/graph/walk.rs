//! What can be reached from some revisions over links.
//!
//! It must not know which links: the caller says what is next.

use crate::{Node, NodeSet};

/// These nodes and everything that is reached from them over `next`, in a graph of `len` nodes.
pub(super) fn reach<I: Iterator<Item = Node>>(
    len: usize,
    from: impl IntoIterator<Item = Node>,
    next: impl Fn(Node) -> I,
) -> NodeSet {
    let mut reached = NodeSet::new(len);
    let mut todo: Vec<Node> = from.into_iter().collect();
    while let Some(node) = todo.pop() {
        if reached.insert(node) {
            todo.extend(next(node));
        }
    }
    reached
}
