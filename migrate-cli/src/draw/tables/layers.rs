//! Which table is in which layer, and in what order: referenced tables are to the left of those
//! that reference them, and keys cross each other as little as a few sweeps achieve. Pure.

use std::collections::BTreeSet;

use super::diagram::Diagram;

/// A place in a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slot {
    /// A table.
    Table(usize),
    /// Where the keys to a table pass through a layer.
    Pass(usize),
}

/// The layers from the left, each from its top; and the tables without keys.
#[derive(Debug, Default)]
pub(super) struct Layers {
    pub(super) layers: Vec<Vec<Slot>>,
    pub(super) alone: Vec<usize>,
    /// The layer of each table that has keys.
    pub(super) of: Vec<Option<usize>>,
    /// The connections between a layer and the next one: from a slot to slots.
    pub(super) links: Vec<Vec<Link>>,
}

/// The keys to one table between two layers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    /// The table whose wire it is: the one that the keys reference; for a key that leads to the
    /// right, the one that has it.
    pub(super) wire: usize,
    pub(super) from: Slot,
    pub(super) to: Vec<Slot>,
}

/// How often the order is improved.
const SWEEPS: usize = 12;

/// Layers whose heights are about `budget`; `heights` are those of the tables.
pub(super) fn layers(diagram: &Diagram, heights: &[usize], budget: usize) -> Layers {
    let count = diagram.tables.len();
    let pairs: BTreeSet<(usize, usize)> = diagram
        .keys
        .iter()
        .filter(|key| key.child != key.parent)
        .map(|key| (key.parent, key.child))
        .collect();
    let touched = |table: usize| pairs.iter().any(|(a, b)| *a == table || *b == table);
    let connected: Vec<usize> = (0..count).filter(|table| touched(*table)).collect();
    let mut of: Vec<Option<usize>> = vec![None; count];
    let mut used: Vec<usize> = Vec::new();
    let mut left: Vec<usize> = connected;
    while !left.is_empty() {
        let open = |table: usize| {
            let parents = pairs.iter().filter(|(_, child)| *child == table);
            parents.filter(|(parent, _)| of[*parent].is_none()).count()
        };
        // without parents first; in a cycle the one that the most others reference
        let next = left.iter().enumerate().min_by_key(|(_, table)| {
            let children = pairs.iter().filter(|(parent, _)| parent == *table).count();
            (open(**table), std::cmp::Reverse(children), **table)
        });
        let Some((at, table)) = next.map(|(at, table)| (at, *table)) else {
            break;
        };
        left.remove(at);
        let parents = pairs.iter().filter(|(_, child)| *child == table);
        let after = parents.filter_map(|(parent, _)| of[*parent]).max();
        let mut layer = after.map_or(0, |layer| layer + 1);
        while used
            .get(layer)
            .is_some_and(|used| *used > 0 && used + heights[table] > budget)
        {
            layer += 1;
        }
        used.resize(used.len().max(layer + 1), 0);
        used[layer] += heights[table];
        of[table] = Some(layer);
    }
    let mut layers = Layers {
        layers: vec![Vec::new(); used.len()],
        alone: (0..count).filter(|table| of[*table].is_none()).collect(),
        links: vec![Vec::new(); used.len()],
        of,
    };
    for (table, layer) in layers.of.iter().enumerate() {
        if let Some(layer) = layer {
            layers.layers[*layer].push(Slot::Table(table));
        }
    }
    for (parent, child) in pairs {
        layers.connect(parent, child);
    }
    layers.order();
    layers
}

impl Layers {
    /// Leads the wire of a key through the layers between its tables.
    fn connect(&mut self, parent: usize, child: usize) {
        let (Some(a), Some(b)) = (self.of[parent], self.of[child]) else {
            return;
        };
        // in a cycle a key leads to the right: then the wire begins at the table that has it
        let (wire, end) = if a < b {
            (parent, child)
        } else {
            (child, parent)
        };
        let (first, last) = (a.min(b), a.max(b));
        let mut from = Slot::Table(wire);
        for layer in first..last {
            let to = match layer + 1 == last {
                true => Slot::Table(end),
                false => Slot::Pass(wire),
            };
            if to == Slot::Pass(wire) && !self.layers[layer + 1].contains(&to) {
                self.layers[layer + 1].push(to);
            }
            let links = &mut self.links[layer];
            match links.iter_mut().find(|link| link.from == from) {
                Some(link) if !link.to.contains(&to) => link.to.push(to),
                Some(_) => {}
                None => links.push(Link {
                    wire,
                    from,
                    to: vec![to],
                }),
            }
            from = to;
        }
    }

    /// Sorts each layer by where its neighbours are, forth and back.
    fn order(&mut self) {
        let mut best = self.layers.clone();
        let mut fewest = self.crossings();
        for sweep in 0..SWEEPS {
            let forth = sweep % 2 == 0;
            let count = self.layers.len();
            for step in 1..count {
                let layer = if forth { step } else { count - 1 - step };
                let beside = if forth { layer - 1 } else { layer + 1 };
                let places: Vec<f64> = (self.layers[layer].iter().enumerate())
                    .map(|(at, slot)| self.centre(*slot, layer, beside, at))
                    .collect();
                let mut order: Vec<usize> = (0..places.len()).collect();
                order.sort_by(|a, b| places[*a].total_cmp(&places[*b]).then(a.cmp(b)));
                let sorted = order.iter().map(|at| self.layers[layer][*at]).collect();
                self.layers[layer] = sorted;
            }
            let crossings = self.crossings();
            if crossings < fewest {
                fewest = crossings;
                best.clone_from(&self.layers);
            }
        }
        self.layers = best;
    }

    /// The middle of a slot's neighbours in another layer, as a part of its height.
    fn centre(&self, slot: Slot, layer: usize, beside: usize, at: usize) -> f64 {
        let own = self.layers[layer].len().max(1);
        let positions: Vec<f64> = (self.neighbours(slot, layer, beside).iter())
            .map(|at| share(*at, self.layers[beside].len()))
            .collect();
        match positions.is_empty() {
            true => share(at, own),
            false => positions.iter().sum::<f64>() / share_count(positions.len()),
        }
    }

    fn neighbours(&self, slot: Slot, layer: usize, beside: usize) -> Vec<usize> {
        let place = |slot: &Slot| self.layers[beside].iter().position(|one| one == slot);
        match beside < layer {
            true => {
                let links = self.links[beside]
                    .iter()
                    .filter(|link| link.to.contains(&slot));
                links.filter_map(|link| place(&link.from)).collect()
            }
            false => {
                let links = self.links[layer].iter().filter(|link| link.from == slot);
                links.flat_map(|link| &link.to).filter_map(place).collect()
            }
        }
    }

    fn crossings(&self) -> usize {
        let mut sum = 0;
        for (layer, links) in self.links.iter().enumerate() {
            let Some(next) = self.layers.get(layer + 1) else {
                continue;
            };
            let place = |slots: &[Slot], slot: Slot| slots.iter().position(|one| *one == slot);
            let mut lines: Vec<(usize, usize)> = Vec::new();
            for link in links {
                for to in &link.to {
                    let from = place(&self.layers[layer], link.from);
                    lines.extend(from.zip(place(next, *to)));
                }
            }
            for (at, (a, b)) in lines.iter().enumerate() {
                let crosses = |(c, d): &&(usize, usize)| (a < c && b > d) || (a > c && b < d);
                sum += lines[at + 1..].iter().filter(crosses).count();
            }
        }
        sum
    }
}

#[expect(clippy::cast_precision_loss, reason = "there are not so many tables")]
fn share(at: usize, of: usize) -> f64 {
    (at as f64 + 0.5) / of.max(1) as f64
}

#[expect(clippy::cast_precision_loss, reason = "there are not so many tables")]
fn share_count(count: usize) -> f64 {
    count as f64
}
