//! What a graph says of itself: by definition, and independent of the order of the input.

use migrate_graph::{Applied, Graph, Header, Node, Rules};
use proptest::prelude::*;

use crate::histories::{gappy, graphs, headers};
use crate::oracle::{Ids, Oracle, one};

fn ids(graph: &Graph, nodes: impl IntoIterator<Item = Node>) -> Ids {
    nodes
        .into_iter()
        .map(|node| graph.id(node).to_owned())
        .collect()
}

fn list(graph: &Graph, nodes: &[Node]) -> Vec<String> {
    nodes
        .iter()
        .map(|node| graph.id(*node).to_owned())
        .collect()
}

proptest! {
    #[test]
    fn links_and_kinds(graph in graphs(14)) {
        let oracle = Oracle::new(&graph);
        let filter = |keep: &dyn Fn(&str) -> bool| oracle.ids().into_iter().filter(|id| keep(id)).collect::<Ids>();
        for node in graph.nodes() {
            let id = graph.id(node);
            prop_assert_eq!(list(&graph, graph.parents(node)), oracle.parents(id));
            prop_assert_eq!(list(&graph, graph.dependencies(node)), oracle.dependencies(id));
            prop_assert_eq!(list(&graph, graph.effective_dependencies(node)), oracle.effective(id));
            prop_assert_eq!(ids(&graph, graph.children(node).to_vec()), oracle.children(id));
            prop_assert_eq!(ids(&graph, graph.after(node)), oracle.after(id));
            prop_assert_eq!(ids(&graph, graph.ancestors([node]).iter()), oracle.ancestors(&one(id)));
            prop_assert_eq!(ids(&graph, graph.descendants([node]).iter()), oracle.descendants(&one(id)));
            let line: Ids = oracle.below(id).union(&oracle.above(id)).cloned().collect();
            prop_assert_eq!(ids(&graph, graph.lines([node]).iter()), line);
        }
        prop_assert_eq!(ids(&graph, graph.heads()), filter(&|id| oracle.children(id).is_empty()));
        prop_assert_eq!(ids(&graph, graph.real_heads()), filter(&|id| oracle.after(id).is_empty()));
        prop_assert_eq!(ids(&graph, graph.bases()), filter(&|id| oracle.parents(id).is_empty()));
        prop_assert_eq!(ids(&graph, graph.real_bases()), filter(&|id| oracle.before(id).is_empty()));
        prop_assert_eq!(ids(&graph, graph.branch_points()), filter(&|id| oracle.children(id).len() > 1));
        prop_assert_eq!(ids(&graph, graph.merge_points()), filter(&|id| oracle.parents(id).len() > 1));
    }

    #[test]
    fn labels(graph in graphs(12)) {
        let expected = Oracle::new(&graph).labels();
        for node in graph.nodes() {
            let labels: Ids = graph.labels(node).map(str::to_owned).collect();
            prop_assert_eq!(&labels, &expected[graph.id(node)], "labels of {}", graph.id(node));
        }
    }

    #[test]
    fn the_topological_order_is_one(graph in graphs(20)) {
        let mut seen = Ids::new();
        for node in graph.topological() {
            prop_assert!(graph.before(*node).all(|before| seen.contains(graph.id(before))));
            seen.insert(graph.id(*node).to_owned());
        }
        prop_assert_eq!(seen.len(), graph.len());
    }

    #[test]
    fn what_is_applied((graph, _, applied) in gappy(12)) {
        let oracle = Oracle::new(&graph);
        let set = ids(&graph, applied.nodes());
        prop_assert_eq!(ids(&graph, applied.heads(&graph)), oracle.maximal(&set));
        let gaps: Ids = oracle.ancestors(&set).difference(&set).cloned().collect();
        prop_assert_eq!(ids(&graph, applied.gaps(&graph)), gaps);
        let pending: Ids = oracle.ids().difference(&set).cloned().collect();
        prop_assert_eq!(ids(&graph, applied.pending(&graph)), pending);
        prop_assert_eq!(applied.is_complete(&graph), set == oracle.ids());
    }

    #[test]
    fn rows_and_applied_sets_are_the_same((graph, picks, _) in gappy(12)) {
        let applied = Applied::from_nodes(graph.ancestors(picks));
        let rows: Vec<&str> = applied.heads(&graph).iter().map(|node| graph.id(*node)).collect();
        prop_assert_eq!(&Applied::from_heads(&graph, &rows), &applied);
        prop_assert_eq!(&Applied::from_sound_heads(&graph, &rows).unwrap(), &applied);
        prop_assert!(applied.gaps(&graph).is_empty());
    }

    #[test]
    fn the_order_of_the_input_does_not_matter(
        (headers, shuffled) in headers(14).prop_flat_map(|headers| (Just(headers.clone()), Just(headers).prop_shuffle()))
    ) {
        let (one, other) = (Graph::new(headers.clone()).unwrap(), Graph::new(shuffled.clone()).unwrap());
        let nodes: Vec<Node> = one.nodes().collect();
        prop_assert_eq!(&nodes, &other.nodes().collect::<Vec<_>>());
        prop_assert_eq!(one.topological(), other.topological());
        for node in nodes {
            prop_assert_eq!(one.header(node), other.header(node));
            prop_assert_eq!(&headers[one.origin(node)], one.header(node));
            prop_assert_eq!(&shuffled[other.origin(node)], other.header(node));
            prop_assert_eq!(one.labels(node).collect::<Vec<_>>(), other.labels(node).collect::<Vec<_>>());
        }
        let messages = |graph: &Graph| {
            let mut messages: Vec<String> =
                graph.shape(&Rules::default()).iter().map(ToString::to_string).collect();
            messages.sort();
            messages
        };
        prop_assert_eq!(messages(&one), messages(&other));
    }

    #[test]
    fn labels_decide_the_shape(graph in graphs(12)) {
        let heads: Vec<Node> = graph.heads().collect();
        let bases: Vec<Node> = graph.bases().collect();
        let alike = |nodes: &[Node]| {
            nodes.iter().any(|a| nodes.iter().any(|b| a != b && graph.same_labels(*a, *b)))
        };
        let problems = graph.shape(&Rules::default());
        prop_assert_eq!(problems.is_empty(), !alike(&heads) && !alike(&bases));
        for site in problems.iter().flat_map(migrate_graph::Problem::sites) {
            prop_assert!(site.header < graph.len());
        }
    }
}

#[test]
fn an_empty_history_is_sound() {
    let graph = Graph::new(Vec::<Header>::new()).unwrap();
    assert!(graph.is_empty());
    assert!(graph.shape(&Rules::default()).is_empty());
}
