//! The revisions that are linked to and not drawn themselves, since a range leaves them out.

use std::collections::{BTreeSet, HashSet};

use crate::json::Graph;

/// Their ids, sorted.
pub(super) fn ids(graph: &Graph) -> BTreeSet<&str> {
    let drawn: HashSet<&str> = graph
        .revisions
        .iter()
        .map(|revision| revision.revision.id.as_str())
        .collect();
    let links = graph.revisions.iter().flat_map(|revision| {
        let parents = &revision.revision.down_revision;
        parents.iter().chain(&revision.dependencies)
    });
    let links = links.map(String::as_str);
    links.filter(|id| !drawn.contains(id)).collect()
}
