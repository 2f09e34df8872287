//! What plans may and must do.

use migrate_graph::{
    Applied, Direction, Graph, Node, NodeSet, Plan, Target, downgrade, stamp, upgrade,
};
use proptest::prelude::*;

use crate::histories::{cases, gappy, states};

fn target(text: &str) -> Target {
    text.parse().expect("a target")
}

fn at(graph: &Graph, node: Node) -> Target {
    target(graph.id(node))
}

/// Steps each of which is possible when it comes, and does something.
fn check(graph: &Graph, applied: &Applied, plan: &Plan) -> Result<(), TestCaseError> {
    let mut now = applied.set().clone();
    for step in &plan.steps {
        match step.direction {
            Direction::Up => {
                prop_assert!(graph.before(step.node).all(|before| now.contains(before)));
                prop_assert!(now.insert(step.node));
            }
            Direction::Down => {
                prop_assert!(graph.after(step.node).all(|after| !now.contains(after)));
                prop_assert!(now.remove(step.node));
            }
        }
    }
    prop_assert_eq!(plan.outcome(applied), Applied::from_nodes(now));
    Ok(())
}

fn closed(graph: &Graph, set: &NodeSet) -> bool {
    set.iter()
        .all(|node| graph.before(node).all(|before| set.contains(before)))
}

proptest! {
    #![proptest_config(cases(600))]

    #[test]
    fn up_applies_the_target_and_what_it_needs((graph, picks, applied) in states(14)) {
        let targets: Vec<Target> = picks.iter().map(|node| at(&graph, *node)).collect();
        let Ok(plan) = upgrade(&graph, &applied, &targets) else {
            let below = |a: &Node, b: &Node| a != b && graph.ancestors([*a]).contains(*b);
            prop_assert!(picks.iter().any(|a| picks.iter().any(|b| below(a, b))), "only an overlap is refused");
            return Ok(());
        };
        check(&graph, &applied, &plan)?;
        let mut expected = graph.ancestors(picks);
        expected.union_with(applied.set());
        prop_assert_eq!(plan.outcome(&applied), Applied::from_nodes(expected));
    }

    #[test]
    fn down_reverts_what_continues_the_target((graph, picks, applied) in states(14)) {
        for node in picks {
            let Ok(plan) = downgrade(&graph, &applied, &at(&graph, node)) else {
                prop_assert!(graph.children(node).iter().all(|child| !applied.contains(*child)));
                continue;
            };
            check(&graph, &applied, &plan)?;
            let mut expected = applied.set().clone();
            expected.subtract(&graph.descendants(graph.children(node).iter().copied()));
            let outcome = plan.outcome(&applied);
            prop_assert_eq!(outcome.set(), &expected);
            prop_assert!(closed(&graph, outcome.set()));
        }
    }

    #[test]
    fn up_and_down_again_is_where_it_was((graph, picks, applied) in states(14)) {
        let heads = upgrade(&graph, &applied, &[target("heads")]).unwrap();
        let everything = heads.outcome(&applied);
        prop_assert!(everything.is_complete(&graph));
        let nothing = downgrade(&graph, &everything, &target("base")).unwrap();
        check(&graph, &everything, &nothing)?;
        prop_assert!(nothing.outcome(&everything).is_empty());
        for node in picks {
            // up from the state of one revision, and down to it: what remains is what does not
            // continue it
            let there = Applied::from_nodes(graph.ancestors([node]));
            let up = upgrade(&graph, &there, &[target("heads")]).unwrap();
            let up = up.outcome(&there);
            let Ok(down) = downgrade(&graph, &up, &at(&graph, node)) else { continue };
            let back = down.outcome(&up);
            let mut kept = there.set().clone();
            kept.union_with(back.set());
            prop_assert_eq!(&kept, back.set(), "nothing of where it was is lost");
            let continues = graph.descendants(graph.children(node).iter().copied());
            prop_assert!(!back.set().intersects(&continues));
            if continues.len() + there.len() == graph.len() {
                prop_assert_eq!(back.set(), there.set());
            }
            // and down, and up again
            let again = upgrade(&graph, &back, &[target("heads")]).unwrap();
            prop_assert!(again.outcome(&back).is_complete(&graph));
        }
    }

    #[test]
    fn every_plan_can_be_reverted((graph, picks, applied) in states(14)) {
        for node in picks {
            let plan = upgrade(&graph, &applied, &[at(&graph, node)]).unwrap();
            let there = plan.outcome(&applied);
            let rows: Vec<Target> = applied.heads(&graph).iter().map(|node| at(&graph, *node)).collect();
            let back = Plan {
                steps: plan.steps.iter().rev()
                    .map(|step| migrate_graph::Step { direction: Direction::Down, ..*step })
                    .collect(),
                warnings: Vec::new(),
            };
            check(&graph, &there, &back)?;
            prop_assert_eq!(&back.outcome(&there), &applied);
            if !rows.is_empty() {
                let up = upgrade(&graph, &Applied::default(), &rows).unwrap();
                prop_assert_eq!(&up.outcome(&Applied::default()), &applied);
            }
        }
    }

    #[test]
    fn two_ways_to_a_target_are_the_same((graph, picks, applied) in states(14)) {
        let mut step_by_step = applied.clone();
        for node in &picks {
            let plan = upgrade(&graph, &step_by_step, &[at(&graph, *node)]).unwrap();
            step_by_step = plan.outcome(&step_by_step);
        }
        let targets: Vec<Target> = picks.iter().map(|node| at(&graph, *node)).collect();
        if let Ok(plan) = upgrade(&graph, &applied, &targets) {
            prop_assert_eq!(plan.outcome(&applied), step_by_step);
        }
    }

    #[test]
    fn one_step_and_one_more_are_two_steps((graph, _, applied) in states(10)) {
        let up = |applied: &Applied, text: &str| {
            upgrade(&graph, applied, &[target(text)]).map(|plan| plan.outcome(applied))
        };
        if let (Ok(one), Ok(both)) = (up(&applied, "+1"), up(&applied, "+2"))
            && let Ok(two) = up(&one, "+1")
        {
            prop_assert_eq!(two, both);
        }
    }

    #[test]
    fn gaps_do_not_stop_anything((graph, picks, applied) in gappy(14)) {
        let up = upgrade(&graph, &applied, &[target("heads")]).unwrap();
        prop_assert!(up.outcome(&applied).is_complete(&graph));
        let down = downgrade(&graph, &applied, &target("base")).unwrap();
        prop_assert!(down.outcome(&applied).is_empty());
        for node in picks {
            if let Ok(plan) = downgrade(&graph, &applied, &at(&graph, node)) {
                let continues = graph.descendants(graph.children(node).iter().copied());
                let mut expected = applied.set().clone();
                expected.subtract(&continues);
                prop_assert_eq!(plan.outcome(&applied), Applied::from_nodes(expected));
            }
        }
    }

    #[test]
    fn a_stamp_sets_the_given_heads((graph, picks, applied) in states(14)) {
        let Some(node) = picks.first().copied() else { return Ok(()) };
        let stamp = stamp(&graph, &applied, &[at(&graph, node)], false).unwrap();
        let mut after = applied.clone();
        stamp.remove.iter().for_each(|node| after.remove(*node));
        stamp.add.iter().for_each(|node| after.insert(*node));
        prop_assert!(closed(&graph, after.set()));
        prop_assert!(after.heads(&graph).contains(&node));
        // a head that is neither below nor above is left alone
        for head in applied.heads(&graph) {
            let related = graph.ancestors([head]).contains(node) || graph.descendants([head]).contains(node);
            prop_assert!(related || after.contains(head));
        }
    }

    #[test]
    fn a_stamp_of_the_heads_closes_gaps((graph, _, applied) in gappy(14)) {
        let stamp = stamp(&graph, &applied, &[target("heads")], false).unwrap();
        let mut after = applied.clone();
        stamp.add.iter().for_each(|node| after.insert(*node));
        prop_assert!(stamp.remove.is_empty());
        prop_assert!(after.is_complete(&graph));
    }

    #[test]
    fn no_target_of_a_stamp_is_lost((graph, picks, applied) in states(14)) {
        let targets: Vec<Target> = picks.iter().map(|node| at(&graph, *node)).collect();
        let below = |a: &Node, b: &Node| a != b && graph.ancestors([*a]).contains(*b);
        if targets.is_empty() || picks.iter().any(|a| picks.iter().any(|b| below(a, b))) {
            return Ok(());
        }
        let stamp = stamp(&graph, &applied, &targets, false).unwrap();
        let mut after = applied.clone();
        stamp.remove.iter().for_each(|node| after.remove(*node));
        stamp.add.iter().for_each(|node| after.insert(*node));
        prop_assert!(picks.iter().all(|node| after.contains(*node)));
        prop_assert!(closed(&graph, after.set()));
    }

    #[test]
    fn a_purge_leaves_only_the_targets((graph, picks, applied) in gappy(14)) {
        if picks.is_empty() {
            return Ok(());
        }
        let targets: Vec<Target> = picks.iter().map(|node| at(&graph, *node)).collect();
        let stamp = stamp(&graph, &applied, &targets, true).unwrap();
        let mut after = applied.clone();
        stamp.remove.iter().for_each(|node| after.remove(*node));
        stamp.add.iter().for_each(|node| after.insert(*node));
        prop_assert_eq!(after.set(), &graph.ancestors(picks));
    }
}
