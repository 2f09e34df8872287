//! Random histories: forks, merges, several bases, dependencies by id and by label, labels, ids in
//! any order.

use std::collections::BTreeSet;

use migrate_graph::{Applied, Graph, Header, Node};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

/// At least this many cases; more if `PROPTEST_CASES` says so.
pub(crate) fn cases(least: u32) -> ProptestConfig {
    let config = ProptestConfig::default();
    ProptestConfig {
        cases: config.cases.max(least),
        ..config
    }
}

/// How one revision is attached to those before it.
#[derive(Clone, Debug)]
struct Attachment {
    parents: Vec<Index>,
    continues_head: bool,
    dependencies: Vec<(Index, bool)>,
    labelled: bool,
}

fn attachment() -> impl Strategy<Value = Attachment> {
    let parents = prop_oneof![
        1 => Just(0usize),
        6 => Just(1),
        2 => Just(2),
        1 => Just(3),
    ];
    let parents = parents.prop_flat_map(|count| vec(any::<Index>(), count));
    let dependencies = prop_oneof![5 => Just(0usize), 2 => Just(1), 1 => Just(3)];
    let dependencies =
        dependencies.prop_flat_map(|count| vec((any::<Index>(), any::<bool>()), count));
    (
        parents,
        any::<bool>(),
        dependencies,
        proptest::bool::weighted(0.25),
    )
        .prop_map(
            |(parents, continues_head, dependencies, labelled)| Attachment {
                parents,
                continues_head,
                dependencies,
                labelled,
            },
        )
}

/// The headers of a sound history of up to `most` revisions, in no particular order.
pub(crate) fn headers(most: usize) -> impl Strategy<Value = Vec<Header>> {
    let ids: Vec<String> = (0..most).map(id).collect();
    (vec(attachment(), 0..=most), Just(ids).prop_shuffle())
        .prop_map(|(attachments, ids)| attach(&attachments, &ids))
        .prop_shuffle()
}

/// Ids of different lengths, some with a beginning in common.
fn id(number: usize) -> String {
    match number % 3 {
        0 => format!("r{number}"),
        1 => format!("ab{number:02}cd"),
        _ => format!("2026{number:04}"),
    }
}

fn attach(attachments: &[Attachment], ids: &[String]) -> Vec<Header> {
    let mut headers: Vec<Header> = Vec::new();
    for (place, attachment) in attachments.iter().enumerate() {
        let mut parents: Vec<&str> = Vec::new();
        for parent in &attachment.parents {
            let continued: BTreeSet<&String> = headers
                .iter()
                .flat_map(|header| &header.down_revision)
                .collect();
            let heads: Vec<&Header> = headers
                .iter()
                .filter(|header| !attachment.continues_head || !continued.contains(&header.id))
                .collect();
            if let Some(header) = (!heads.is_empty()).then(|| *parent.get(&heads))
                && !parents.contains(&header.id.as_str())
            {
                parents.push(&header.id);
            }
        }
        let mut dependencies: Vec<&str> = Vec::new();
        for (dependency, by_label) in &attachment.dependencies {
            if headers.is_empty() {
                continue;
            }
            let header = dependency.get(&headers);
            let label = header.branch_labels.first().filter(|_| *by_label);
            let name = label.unwrap_or(&header.id).as_str();
            if !dependencies.contains(&name) {
                dependencies.push(name);
            }
        }
        let mut header = Header::new(&ids[place], parents).depends_on(dependencies);
        if attachment.labelled {
            header.branch_labels.push(format!("label{place}"));
        }
        headers.push(header);
    }
    headers
}

/// A history, as a graph.
pub(crate) fn graphs(most: usize) -> impl Strategy<Value = Graph> {
    headers(most).prop_map(|headers| Graph::new(headers).expect("the history is sound"))
}

/// A history, some of its revisions, and a set of its revisions that is closed under parents and
/// dependencies.
pub(crate) fn states(most: usize) -> impl Strategy<Value = (Graph, Vec<Node>, Applied)> {
    (
        graphs(most),
        vec(any::<Index>(), 0..3),
        vec(any::<Index>(), 0..4),
    )
        .prop_map(|(graph, picks, rows)| {
            let picks = pick(&graph, &picks);
            let applied = Applied::from_nodes(graph.ancestors(pick(&graph, &rows)));
            (graph, picks, applied)
        })
}

/// A history and any set of its revisions, with gaps.
pub(crate) fn gappy(most: usize) -> impl Strategy<Value = (Graph, Vec<Node>, Applied)> {
    (
        graphs(most),
        vec(any::<Index>(), 0..3),
        vec(any::<Index>(), 0..most),
    )
        .prop_map(|(graph, picks, rows)| {
            let picks = pick(&graph, &picks);
            let applied = Applied::from_nodes(pick(&graph, &rows).into_iter().collect());
            (graph, picks, applied)
        })
}

fn pick(graph: &Graph, picks: &[Index]) -> Vec<Node> {
    let nodes: Vec<Node> = graph.nodes().collect();
    picks
        .iter()
        .filter(|_| !nodes.is_empty())
        .map(|pick| *pick.get(&nodes))
        .collect()
}
