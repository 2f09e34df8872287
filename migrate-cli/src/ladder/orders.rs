//! The rung `orders`: revisions of different branches can be applied in several orders, and each
//! leaves the same catalogue. Each pair is tried in both orders, and all orders where they are few.

use migrate_graph::{Direction, Graph, Node, NodeSet};

use super::bed::Catalogue;
use super::differing::Differing;
use super::{Bed, Halt, Ladder, MOST, Rung, Verdict};
use crate::error::CliError;
use crate::words::plural;

/// At most so many orders are all tried.
const ALL: usize = 24;

/// At most so many revisions are run for pairs.
const STEPS: usize = 20_000;

pub(super) fn orders(ladder: &Ladder<'_>) -> Result<Verdict, CliError> {
    let pairs = pairs(ladder);
    if pairs.is_empty() {
        return Ok(Verdict::skipped("pair", "the history has one order"));
    }
    let mut verdict = Verdict::of("pair");
    let mut steps = 0;
    for (one, other) in &pairs {
        let before = before(ladder.graph, *one, *other);
        steps += 2 * (before.len() + 2);
        if steps > STEPS || verdict.failures.len() == MOST {
            let left = pairs.len() - verdict.count;
            verdict.notes.push(format!(
                "{} were not tried; `--only REV` tries those of a revision",
                plural(left, "pair")
            ));
            return Ok(verdict);
        }
        verdict.count += 1;
        found(pair(ladder, &before, (*one, *other)), &mut verdict)?;
    }
    if verdict.failures.is_empty() {
        found(all(ladder, &mut verdict.notes), &mut verdict)?;
    }
    Ok(verdict)
}

fn found(done: Result<Option<String>, Halt>, verdict: &mut Verdict) -> Result<(), CliError> {
    match done {
        Ok(None) => {}
        Ok(Some(note)) if verdict.notes.contains(&note) => {}
        Ok(Some(note)) => verdict.notes.push(note),
        Err(Halt::Found(failure)) => verdict.failures.push(*failure),
        Err(Halt::Error(error)) => return Err(error),
    }
    Ok(())
}

/// The pairs of which neither must be applied before the other, with at least one that is tested.
fn pairs(ladder: &Ladder<'_>) -> Vec<(Node, Node)> {
    let order = ladder.chosen.order();
    let whole = ladder.graph.topological();
    // with `--only`, a pair is one with any other revision
    let others = match ladder.chosen.is_whole(ladder.graph) {
        true => order,
        false => whole,
    };
    let mut pairs = Vec::new();
    for one in ladder.chosen.tested() {
        if others.len()
            == ladder.graph.ancestors([one]).len() + ladder.graph.descendants([one]).len() - 1
        {
            continue; // it is in line with all others
        }
        let mut related = ladder.graph.ancestors([one]);
        related.union_with(&ladder.graph.descendants([one]));
        for other in others.iter().copied() {
            let twice = ladder.chosen.is_tested(other) && other < one;
            if !related.contains(other) && !twice {
                pairs.push((one, other));
            }
        }
    }
    pairs
}

/// All that comes before either, without them, in the order of an upgrade.
fn before(graph: &Graph, one: Node, other: Node) -> Vec<Node> {
    let set = graph.ancestors([one, other]);
    let order = graph.topological().iter().copied();
    let is_before = |node: &Node| set.contains(*node) && *node != one && *node != other;
    order.filter(is_before).collect()
}

/// Tries a pair in both orders.
fn pair(
    ladder: &Ladder<'_>,
    before: &[Node],
    (one, other): (Node, Node),
) -> Result<Option<String>, Halt> {
    let mut bed = ladder.bed_with(Rung::Orders, before)?;
    // as they come in a run
    let order = ladder.chosen.order();
    let earlier = order.iter().find(|node| **node == one || **node == other);
    let (usual, changed) = match earlier {
        Some(earlier) if *earlier == other => ([other, one], [one, other]),
        _ => ([one, other], [other, one]),
    };
    let [first, second] = usual.map(|node| ladder.graph.id(node).to_owned());
    let there = bed.look()?;
    let expected = run(ladder, &mut bed, &usual, None)?;
    let mut bed = match restored(ladder, &mut bed, &there, &usual)? {
        true => bed,
        false => ladder.bed_with(Rung::Orders, before)?,
    };
    let found = run(ladder, &mut bed, &changed, Some(usual))?;
    let Some(found) = bed.compare(&expected, &found)? else {
        return Ok(None);
    };
    if !found.counts() {
        let order = found.order().unwrap_or_default();
        return Ok(Some(format!(
            "the order of `{first}` and `{second}` changes {order}"
        )));
    }
    let mut failure = ladder.failure(
        Rung::Orders,
        usual[1],
        format!(
            "`{second}` before `{first}` leaves another catalogue than after it, and the graph allows both"
        ),
    );
    failure.changes = found.changes;
    failure.notes = found.notes;
    failure.notes.push(depends(&second, &first));
    Err(Halt::Found(Box::new(bed.finds(failure))))
}

/// What can be done where an order matters.
fn depends(second: &str, first: &str) -> String {
    format!("if `{second}` must come later, write `depends_on = [\"{first}\"]` there")
}

/// Applies revisions in an order; one that fails only in this order needs one of the others.
fn run(
    ladder: &Ladder<'_>,
    bed: &mut Bed<'_>,
    nodes: &[Node],
    usual: Option<[Node; 2]>,
) -> Result<Catalogue, Halt> {
    for node in nodes {
        let ran = bed.step(Rung::Orders, *node, Direction::Up);
        ran.map_err(|halt| match (halt, usual) {
            (Halt::Found(mut failure), Some(usual)) => {
                let [first, second] = usual.map(|node| ladder.graph.id(node).to_owned());
                failure.message = format!(
                    "with `{second}` before `{first}`, which the graph allows: {}",
                    failure.message
                );
                failure.notes.push(depends(&second, &first));
                Halt::Found(failure)
            }
            (halt, _) => halt,
        })?;
    }
    Ok(bed.look()?)
}

/// Reverts a pair, and returns whether that restored what was there.
fn restored(
    ladder: &Ladder<'_>,
    bed: &mut Bed<'_>,
    there: &Catalogue,
    nodes: &[Node],
) -> Result<bool, Halt> {
    for node in nodes.iter().rev() {
        if ladder.is_irreversible(*node) {
            return Ok(false);
        }
        match bed.step(Rung::Orders, *node, Direction::Down) {
            Ok(()) => {}
            Err(Halt::Found(_)) => return Ok(false), // another rung's matter
            Err(halt) => return Err(halt),
        }
    }
    let back = bed.look()?;
    Ok(bed.compare(there, &back)?.is_none())
}

/// Tries all orders of the whole, where they are few.
fn all(ladder: &Ladder<'_>, notes: &mut Vec<String>) -> Result<Option<String>, Halt> {
    let order = ladder.chosen.order();
    let Some(orders) = extensions(ladder.graph, order, ALL) else {
        return Ok(None);
    };
    notes.push(format!("all {} were tried", plural(orders.len(), "order")));
    let mut bed = ladder.bed_with(Rung::Orders, order)?;
    let expected = bed.look()?;
    for other in orders.iter().filter(|other| other.as_slice() != order) {
        let moved = other.iter().zip(order).find(|(one, two)| one != two);
        let Some((moved, _)) = moved else { continue };
        let mut bed = ladder.bed_with(Rung::Orders, other)?;
        let found = bed.look()?;
        let Some(found) = bed.compare(&expected, &found)?.filter(Differing::counts) else {
            continue;
        };
        let ids: Vec<&str> = ladder.ids(other);
        let mut failure = ladder.failure(
            Rung::Orders,
            *moved,
            format!(
                "an order that the graph allows leaves another catalogue: {}",
                ids.join(", ")
            ),
        );
        failure.repeat = Some(ladder.repeat(Rung::Orders, None));
        failure.changes = found.changes;
        failure.notes = found.notes;
        return Err(Halt::Found(Box::new(bed.finds(failure))));
    }
    Ok(None)
}

/// All orders of these revisions, which have all that comes before them; `None` if there are more
/// than so many.
fn extensions(graph: &Graph, nodes: &[Node], most: usize) -> Option<Vec<Vec<Node>>> {
    let mut found = Vec::new();
    // the places where another revision could come next are looked at one after another
    let mut open: Vec<(Vec<Node>, NodeSet)> = vec![(Vec::new(), NodeSet::new(graph.len()))];
    while let Some((mut begun, mut done)) = open.pop() {
        loop {
            let ready = |node: &&Node| {
                !done.contains(**node) && graph.before(**node).all(|before| done.contains(before))
            };
            let next: Vec<Node> = nodes.iter().filter(ready).copied().collect();
            let Some((first, others)) = next.split_first() else {
                break;
            };
            for other in others {
                let (mut begun, mut done) = (begun.clone(), done.clone());
                begun.push(*other);
                done.insert(*other);
                open.push((begun, done));
                if open.len() + found.len() > most {
                    return None;
                }
            }
            begun.push(*first);
            done.insert(*first);
        }
        found.push(begun);
        if found.len() + open.len() > most {
            return None;
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use migrate_graph::Header;

    #[test]
    fn all_orders_of_a_graph() {
        let none: [&str; 0] = [];
        let graph = |links: &[(&str, &[&str])]| {
            let headers = links
                .iter()
                .map(|(id, parents)| Header::new(id, parents.iter().copied()));
            Graph::new(headers.collect()).unwrap()
        };
        let orders = |graph: &Graph| {
            let orders = extensions(graph, graph.topological(), 24)?;
            let words = orders.iter().map(|order| {
                let ids = order.iter().map(|node| graph.id(*node));
                ids.collect::<String>()
            });
            let mut words: Vec<String> = words.collect();
            words.sort();
            Some(words.join(" "))
        };
        let line = graph(&[("a", &none), ("b", &["a"]), ("c", &["b"])]);
        assert_eq!(orders(&line).unwrap(), "abc");
        let diamond = graph(&[
            ("a", &none),
            ("b", &["a"]),
            ("c", &["a"]),
            ("d", &["b", "c"]),
        ]);
        assert_eq!(orders(&diamond).unwrap(), "abcd acbd");
        let loose = graph(&[("a", &none), ("b", &none), ("c", &none), ("d", &none)]);
        assert_eq!(orders(&loose).unwrap().split(' ').count(), 24);
        let more = graph(&[
            ("a", &none),
            ("b", &none),
            ("c", &none),
            ("d", &none),
            ("e", &none),
        ]);
        assert_eq!(orders(&more), None);
    }
}
