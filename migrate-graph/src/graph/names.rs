//! Branch labels as a sorted table, and prefixes of names.
//!
//! It knows which revision declares a label, not which others the label reaches: that is `labels`.

use crate::{Header, Node};

/// The labels of a graph. Ids need no table: the headers are sorted by them.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    labels: Vec<(String, Node)>,
}

impl Names {
    /// The labels of these headers; of one that is declared twice, the one that came first.
    pub(super) fn new(headers: &[Header], origins: &[usize]) -> Names {
        let mut labels: Vec<(String, usize, Node)> = Vec::new();
        for (index, header) in headers.iter().enumerate() {
            let labelled = |label: &String| (label.clone(), origins[index], Node::at(index));
            labels.extend(header.branch_labels.iter().map(labelled));
        }
        labels.sort();
        labels.dedup_by(|a, b| a.0 == b.0);
        Names {
            labels: labels
                .into_iter()
                .map(|(label, _, node)| (label, node))
                .collect(),
        }
    }

    /// The revision that declares the label.
    pub(super) fn labelled(&self, label: &str) -> Option<Node> {
        self.index(label).map(|index| self.labels[index].1)
    }

    /// The place of the label among the sorted labels.
    pub(super) fn index(&self, label: &str) -> Option<usize> {
        self.labels
            .binary_search_by(|(name, _)| name.as_str().cmp(label))
            .ok()
    }

    /// The label at a place.
    pub(super) fn label(&self, index: u32) -> &str {
        &self.labels[index as usize].0
    }

    /// The labels that begin with a text, sorted.
    pub(super) fn from(&self, text: &str) -> impl Iterator<Item = (&str, Node)> {
        let start = self
            .labels
            .partition_point(|(label, _)| label.as_str() < text);
        let labels = self.labels[start..]
            .iter()
            .map(|(label, node)| (label.as_str(), *node));
        labels.take_while(move |(label, _)| label.starts_with(text))
    }

    /// All labels, sorted.
    pub(super) fn labels(&self) -> impl ExactSizeIterator<Item = (&str, Node)> {
        self.labels
            .iter()
            .map(|(label, node)| (label.as_str(), *node))
    }
}
