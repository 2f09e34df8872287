//! The lines of the keys: between two layers each wire has a vertical line of its own, and passes
//! a layer in a row that no table has. So no line runs through a table. Pure.

use super::arrange::{Arranged, ROW};
use super::diagram::{Diagram, Key};
use super::layers::{Link, Slot};

/// Between two vertical lines.
const STEP: usize = 9;
/// Beside a table, for the signs at the ends.
const EDGE: usize = 22;

/// The lines of the keys.
#[derive(Debug, Default)]
pub(super) struct Wires {
    /// A path, and the table whose wire it is.
    pub(super) lines: Vec<(usize, String)>,
    /// Where a wire reaches the table that is referenced: x, y, whether it comes from the right,
    /// and the wire.
    pub(super) arrows: Vec<(usize, usize, bool, usize)>,
    /// Where it reaches the table that has the key, likewise, with the key.
    pub(super) feet: Vec<(usize, usize, bool, usize, Key)>,
}

/// The room for the wires between two layers.
pub(super) fn channel_width(links: &[Link]) -> usize {
    2 * EDGE + links.len().max(1) * STEP + STEP
}

/// Where a line to the right of a table begins, and one to its left ends: not in the middle of the
/// row, so that lines of two layers do not lie on each other.
const OUT: usize = 3;

/// The lines of an arranged diagram.
pub(super) fn wires(diagram: &Diagram, arranged: &Arranged) -> Wires {
    let mut wires = Wires::default();
    for layer in 0..arranged.layers.links.len() {
        channel(diagram, arranged, layer, &mut wires);
    }
    for (layer, wire, y) in &arranged.passes {
        let (before, width) = arranged.channels[layer - 1];
        let from = before + width - EDGE;
        let to = arranged.channels[*layer].0 + EDGE;
        wires.lines.push((*wire, format!("M{from} {y}H{to}")));
    }
    for key in &diagram.keys {
        if key.child == key.parent {
            itself(arranged, key, &mut wires);
        }
    }
    wires
}

/// A horizontal part: its height, where it begins or ends, and what is there.
struct End {
    y: usize,
    x: usize,
}

fn channel(diagram: &Diagram, arranged: &Arranged, layer: usize, wires: &mut Wires) {
    let (left, width) = arranged.channels[layer];
    let mut links: Vec<(usize, Vec<End>, Vec<End>, &Link)> = Vec::new();
    for link in &arranged.layers.links[layer] {
        let (mut begins, mut ends) = (Vec::new(), Vec::new());
        match link.from {
            Slot::Pass(wire) => begins.extend(
                arranged
                    .pass(layer, wire)
                    .map(|y| End { y, x: left + EDGE }),
            ),
            Slot::Table(table) => {
                for (row, key, is_parent) in rows(diagram, arranged, link.wire, table, true) {
                    let spot = arranged.spots[table];
                    let (x, y) = (spot.x + spot.width, row + OUT);
                    begins.push(End { y, x });
                    match is_parent {
                        true => wires.arrows.push((x, y, true, link.wire)),
                        false => wires.feet.push((x, y, true, link.wire, key)),
                    }
                }
            }
        }
        for to in &link.to {
            match to {
                Slot::Pass(wire) => ends.extend(arranged.pass(layer + 1, *wire).map(|y| End {
                    y,
                    x: left + width - EDGE,
                })),
                Slot::Table(table) => {
                    for (row, key, is_parent) in rows(diagram, arranged, link.wire, *table, false) {
                        let (x, y) = (arranged.spots[*table].x, row - OUT);
                        ends.push(End { y, x });
                        match is_parent {
                            true => wires.arrows.push((x, y, false, link.wire)),
                            false => wires.feet.push((x, y, false, link.wire, key)),
                        }
                    }
                }
            }
        }
        let first = begins.iter().map(|end| end.y).min().unwrap_or(0);
        links.push((first, begins, ends, link));
    }
    // those that lead up come last from the top, so that fewer lines cross
    links.sort_by_key(|(first, _, ends, link)| {
        let mean = ends.iter().map(|end| end.y).sum::<usize>() / ends.len().max(1);
        let up = mean < *first;
        let order = if up { *first } else { usize::MAX - first };
        (!up, order, link.wire)
    });
    for (at, (_, begins, ends, link)) in links.iter().enumerate() {
        let x = left + EDGE + STEP / 2 + STEP * (at + 1);
        let all = || begins.iter().chain(ends).map(|end| end.y);
        let (Some(top), Some(bottom)) = (all().min(), all().max()) else {
            continue;
        };
        let mut path = String::new();
        if top != bottom {
            path += &format!("M{x} {top}V{bottom}");
        }
        for end in begins.iter().chain(ends) {
            path += &format!("M{} {}H{x}", end.x, end.y);
        }
        wires.lines.push((link.wire, path));
    }
}

/// The rows of a table at which a wire ends, each once, and whether the table is the referenced
/// one. `begins` says whether it is the table at which the wire begins.
fn rows(
    diagram: &Diagram,
    arranged: &Arranged,
    wire: usize,
    table: usize,
    begins: bool,
) -> Vec<(usize, Key, bool)> {
    let layer = |table: usize| arranged.layers.of[table];
    let mut rows: Vec<(usize, Key, bool)> = Vec::new();
    for key in &diagram.keys {
        let to_the_right = layer(key.child) < layer(key.parent);
        let (first, last) = match to_the_right {
            true => (key.child, key.parent),
            false => (key.parent, key.child),
        };
        if first != wire || key.child == key.parent || (begins && table != wire) {
            continue;
        }
        if !begins && last != table {
            continue;
        }
        let is_parent = begins != to_the_right;
        let column = match is_parent {
            true => key.referred,
            false => key.column,
        };
        let row = arranged.row(table, column);
        if !rows
            .iter()
            .any(|(other, _, parent)| *other == row && *parent == is_parent)
        {
            rows.push((row, key.clone(), is_parent));
        }
    }
    rows
}

/// A key of a table to itself: a loop at its right side.
fn itself(arranged: &Arranged, key: &Key, wires: &mut Wires) {
    let spot = arranged.spots[key.child];
    let x = spot.x + spot.width;
    let (from, mut to) = (
        arranged.row(key.child, key.column) - OUT,
        arranged.row(key.parent, key.referred) - OUT,
    );
    if from == to {
        to = spot.y + ROW / 2;
    }
    let out = x + EDGE - 6;
    let path = format!("M{x} {from}H{out}V{to}H{x}");
    wires.lines.push((key.parent, path));
    wires.arrows.push((x, to, true, key.parent));
    wires.feet.push((x, from, true, key.parent, key.clone()));
}
