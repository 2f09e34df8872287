//! The order of steps is Alembic's, found another way.

use migrate_graph::range::{End, Range};
use migrate_graph::{Applied, Graph, Node, Plan, Target, downgrade, history, upgrade};
use proptest::prelude::*;

use crate::histories::{cases, gappy, states};
use crate::oracle::{Ids, Oracle, one};

fn ids(graph: &Graph, nodes: impl IntoIterator<Item = Node>) -> Vec<String> {
    nodes
        .into_iter()
        .map(|node| graph.id(node).to_owned())
        .collect()
}

fn steps(graph: &Graph, plan: &Plan) -> Vec<String> {
    ids(graph, plan.steps.iter().map(|step| step.node))
}

fn target(graph: &Graph, node: Node) -> Target {
    graph.id(node).parse().expect("an id is a target")
}

proptest! {
    #![proptest_config(cases(600))]

    #[test]
    fn up((graph, _, applied) in states(16)) {
        let oracle = Oracle::new(&graph);
        let plan = upgrade(&graph, &applied, &["heads".parse().unwrap()]).unwrap();
        let todo: Ids = ids(&graph, applied.pending(&graph)).into_iter().collect();
        let heads: Ids = ids(&graph, graph.real_heads()).into_iter().collect();
        let mut expected = oracle.newest_first(&todo, &heads).expect("everything pending is below a head");
        expected.reverse();
        prop_assert_eq!(steps(&graph, &plan), expected);
    }

    #[test]
    fn down((graph, picks, applied) in states(16)) {
        let oracle = Oracle::new(&graph);
        let target = picks.first().map_or("base".parse().unwrap(), |node| target(&graph, *node));
        let Ok(plan) = downgrade(&graph, &applied, &target) else { return Ok(()) };
        let todo: Ids = steps(&graph, &plan).into_iter().collect();
        let rows: Ids = ids(&graph, applied.heads(&graph)).into_iter().collect();
        prop_assert_eq!(Some(steps(&graph, &plan)), oracle.newest_first(&todo, &rows));
    }

    /// Between what continues a revision there may be what only depends on it, which is not in the
    /// range.
    #[test]
    fn ranges_with_holes((graph, picks, _) in states(16)) {
        let oracle = Oracle::new(&graph);
        let end = |place: usize| picks.get(place).map_or(End::Open, |node| End::At(target(&graph, *node)));
        let range = Range { lower: end(0), upper: end(1) };
        let Ok(shown) = history(&graph, &Applied::default(), &range) else { return Ok(()) };
        let shown = ids(&graph, shown);
        let set: Ids = shown.iter().cloned().collect();
        let upper = picks.get(1).map_or(graph.real_heads().collect(), |node| vec![*node]);
        let upper: Ids = ids(&graph, upper).into_iter().collect();
        prop_assert_eq!(set.len(), shown.len(), "each once");
        for (place, id) in shown.iter().enumerate() {
            let above = oracle.descendants(&one(id));
            prop_assert!(shown[place + 1..].iter().all(|later| !above.contains(later)));
        }
        // Alembic stops with an assertion where a hole hides the rest from the upper end
        if let Some(expected) = oracle.newest_first(&set, &upper) {
            prop_assert_eq!(shown, expected);
        }
    }

    /// A gap is closed in the order of what is missing, whatever lies between.
    #[test]
    fn gaps_are_closed_in_order((graph, _, applied) in gappy(14)) {
        let plan = upgrade(&graph, &applied, &["heads".parse().unwrap()]).unwrap();
        let steps: Vec<Node> = plan.steps.iter().map(|step| step.node).collect();
        for (place, node) in steps.iter().enumerate() {
            let below = graph.ancestors([*node]);
            prop_assert!(steps[place + 1..].iter().all(|later| !below.contains(*later)));
        }
        prop_assert!(plan.outcome(&applied).is_complete(&graph));
    }
}
