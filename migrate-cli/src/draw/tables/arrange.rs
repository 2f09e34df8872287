//! Where each table stands: its layer gives the column, its neighbours the height. All heights are
//! whole rows. Pure.

use super::diagram::{Diagram, Entity};
use super::layers::{Layers, Slot, layers};
use super::wires;
use crate::draw::fit::width;

/// The height of a column's row, and of a table's name.
pub(super) const ROW: usize = 18;
/// The width of a letter.
const LETTER: usize = 7;
pub(super) const MARGIN: usize = ROW;
/// Between two tables.
const GAP: usize = 2 * ROW;
/// The marks of a column, before its name.
pub(super) const MARKS: usize = 34;

/// Where a table stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) x: usize,
    pub(super) y: usize,
    pub(super) width: usize,
    pub(super) height: usize,
}

/// Everything in its place.
#[derive(Debug)]
pub(super) struct Arranged {
    pub(super) layers: Layers,
    pub(super) spots: Vec<Spot>,
    /// The heights at which wires pass layers: layer, wire, height.
    pub(super) passes: Vec<(usize, usize, usize)>,
    /// The left end of each space between layers, and its width.
    pub(super) channels: Vec<(usize, usize)>,
    pub(super) width: usize,
    pub(super) height: usize,
}

pub(super) fn size(table: &Entity) -> (usize, usize) {
    let rows = table.columns.iter().map(|column| {
        let more = usize::from(column.nullable);
        MARKS + (width(&column.name) + 2 + width(&column.ty) + more) * LETTER + 14
    });
    let name = width(&table.name) * (LETTER + 1) + 24;
    let wide = rows.chain([name, 90]).max().unwrap_or(90);
    (wide, (table.columns.len() + 1) * ROW + ROW / 3 * 3)
}

/// Arranges a diagram.
pub(super) fn arranged(diagram: &Diagram) -> Arranged {
    let sizes: Vec<(usize, usize)> = diagram.tables.iter().map(size).collect();
    let heights: Vec<usize> = sizes.iter().map(|(_, height)| height + GAP).collect();
    let area: usize = sizes
        .iter()
        .map(|(wide, high)| (wide + 100) * (high + GAP))
        .sum();
    let budget = (area.isqrt() * 3 / 4).max(40 * ROW);
    let layers = layers(diagram, &heights, budget);
    let mut tops: Vec<Vec<usize>> = stacked(&layers, &sizes);
    for sweep in 0..8 {
        relax(&layers, &sizes, &mut tops, sweep % 2 == 0);
    }
    let least = tops.iter().flatten().copied().min().unwrap_or(0);
    let mut arranged = Arranged {
        spots: vec![
            Spot {
                x: 0,
                y: 0,
                width: 0,
                height: 0
            };
            sizes.len()
        ],
        passes: Vec::new(),
        channels: Vec::new(),
        width: 0,
        height: 0,
        layers,
    };
    for (layer, tops) in tops.iter().enumerate() {
        for (slot, top) in arranged.layers.layers[layer].iter().zip(tops) {
            let y = MARGIN + top - least;
            match slot {
                Slot::Table(table) => {
                    arranged.spots[*table].y = y;
                    arranged.height = arranged.height.max(y + sizes[*table].1);
                }
                // next to each other in two layers, two wires are not on one line
                Slot::Pass(wire) => {
                    arranged
                        .passes
                        .push((layer, *wire, y + ROW / 2 - 1 + layer % 2 * 2));
                    arranged.height = arranged.height.max(y + ROW);
                }
            }
        }
    }
    let mut x = MARGIN;
    for layer in 0..arranged.layers.layers.len() {
        let tables: Vec<usize> = tables_of(&arranged.layers, layer).collect();
        let wide = tables
            .iter()
            .map(|table| sizes[*table].0)
            .max()
            .unwrap_or(0);
        for table in tables {
            let (width, height) = sizes[table];
            let y = arranged.spots[table].y;
            arranged.spots[table] = Spot {
                x,
                y,
                width,
                height,
            };
        }
        x += wide;
        arranged.width = arranged.width.max(x);
        let channel = wires::channel_width(&arranged.layers.links[layer]);
        arranged.channels.push((x, channel));
        x += channel;
    }
    arranged.place_alone(&sizes);
    arranged.width += MARGIN;
    arranged.height += MARGIN;
    arranged
}

fn tables_of(layers: &Layers, layer: usize) -> impl Iterator<Item = usize> + '_ {
    layers.layers[layer].iter().filter_map(|slot| match slot {
        Slot::Table(table) => Some(*table),
        Slot::Pass(_) => None,
    })
}

fn height(slot: Slot, sizes: &[(usize, usize)]) -> usize {
    match slot {
        Slot::Table(table) => sizes[table].1 + GAP,
        Slot::Pass(_) => ROW,
    }
}

/// Each layer from the top, without holes.
fn stacked(layers: &Layers, sizes: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let stack = |slots: &Vec<Slot>| {
        let mut y = 0;
        let top = |slot: &Slot| {
            let top = y;
            y += height(*slot, sizes);
            top
        };
        slots.iter().map(top).collect()
    };
    layers.layers.iter().map(stack).collect()
}

/// Moves the slots of each layer to the heights of their neighbours, in their order.
fn relax(layers: &Layers, sizes: &[(usize, usize)], tops: &mut [Vec<usize>], forth: bool) {
    // heights may become less than the first ones
    const ABOVE: usize = 1_000 * ROW;
    tops.iter_mut().flatten().for_each(|top| *top += ABOVE);
    let count = layers.layers.len();
    let order: Vec<usize> = match forth {
        true => (0..count).collect(),
        false => (0..count).rev().collect(),
    };
    for layer in order {
        let slots = &layers.layers[layer];
        let mut wanted = Vec::new();
        for (at, slot) in slots.iter().enumerate() {
            let middle = |layer: usize, at: usize| {
                let slot = layers.layers[layer][at];
                tops[layer][at] + height(slot, sizes) / 2
            };
            let mut middles = Vec::new();
            if layer > 0 {
                let links = layers.links[layer - 1].iter();
                let to = links.filter(|link| link.to.contains(slot));
                let place = |from| layers.layers[layer - 1].iter().position(|one| *one == from);
                middles.extend(to.filter_map(|link| Some(middle(layer - 1, place(link.from)?))));
            }
            if layer + 1 < count {
                let links = layers.links[layer].iter().filter(|link| link.from == *slot);
                let place = |to| layers.layers[layer + 1].iter().position(|one| one == to);
                middles.extend(
                    links
                        .flat_map(|link| &link.to)
                        .filter_map(|to| Some(middle(layer + 1, place(to)?))),
                );
            }
            let own = tops[layer][at] + height(*slot, sizes) / 2;
            let sum: usize = middles.iter().sum();
            let middle = sum.checked_div(middles.len()).unwrap_or(own);
            wanted.push(middle - height(*slot, sizes) / 2);
        }
        let heights: Vec<usize> = slots.iter().map(|slot| height(*slot, sizes)).collect();
        let placed = in_order(&wanted, &heights);
        tops[layer] = placed;
    }
    let least = tops.iter().flatten().copied().min().unwrap_or(0);
    tops.iter_mut().flatten().for_each(|top| *top -= least);
}

/// The places nearest to the wanted ones that keep the order and the heights: neighbours that want
/// the same place share what they miss. In whole rows.
fn in_order(wanted: &[usize], heights: &[usize]) -> Vec<usize> {
    let mut offset = 0;
    // groups of slots that touch: the sum of where they want to begin, and how many they are
    let mut groups: Vec<(usize, usize)> = Vec::new();
    const ABOVE: usize = 1 << 30;
    for (want, height) in wanted.iter().zip(heights) {
        groups.push((want + ABOVE - offset, 1));
        offset += height;
        while let [.., (a, m), (b, n)] = groups.as_slice() {
            if a / m <= b / n {
                break;
            }
            let merged = (a + b, m + n);
            groups.truncate(groups.len() - 2);
            groups.push(merged);
        }
    }
    let starts = groups
        .iter()
        .flat_map(|(sum, count)| std::iter::repeat_n(sum / count, *count));
    let mut offset = 0;
    let place = |(start, height): (usize, &usize)| {
        let place = (start - ABOVE % ROW) / ROW * ROW + offset;
        offset += height;
        place
    };
    let places: Vec<usize> = starts.zip(heights).map(place).collect();
    places
        .iter()
        .map(|place| place - (ABOVE - ABOVE % ROW))
        .collect()
}

impl Arranged {
    /// The tables without keys, in columns below the others.
    fn place_alone(&mut self, sizes: &[(usize, usize)]) {
        let alone = self.layers.alone.clone();
        let Some(wide) = alone.iter().map(|table| sizes[*table].0).max() else {
            return;
        };
        let step = wide + GAP;
        let sum: usize = alone.iter().map(|table| sizes[*table].1 + GAP).sum();
        let fitting = (self.width.saturating_sub(MARGIN) + GAP) / step;
        let square = (sum / step).isqrt() + 1;
        let columns = fitting.max(square).clamp(1, alone.len());
        let top = match self.height {
            0 => MARGIN,
            height => height.div_ceil(ROW) * ROW + GAP,
        };
        let mut ends = vec![top; columns];
        for table in alone {
            let (width, height) = sizes[table];
            let column = (0..columns).min_by_key(|column| ends[*column]).unwrap_or(0);
            let x = MARGIN + column * step;
            let y = ends[column];
            self.spots[table] = Spot {
                x,
                y,
                width,
                height,
            };
            ends[column] += height + GAP;
            self.width = self.width.max(x + width);
            self.height = self.height.max(y + height);
        }
    }

    /// The height at which a wire passes a layer.
    pub(super) fn pass(&self, layer: usize, wire: usize) -> Option<usize> {
        let mut passes = self.passes.iter();
        let found = passes.find(|(of, one, _)| *of == layer && *one == wire);
        found.map(|(_, _, y)| *y)
    }

    /// The middle of a column's row.
    pub(super) fn row(&self, table: usize, column: usize) -> usize {
        self.spots[table].y + (column + 1) * ROW + ROW / 2
    }
}
