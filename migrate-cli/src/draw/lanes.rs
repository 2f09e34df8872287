//! The lanes of a drawing: for each revision its column, the lanes that pass it, and where its
//! links go. Knows the revisions and nothing of how lanes look: the terminal and the picture draw
//! the same.
//!
//! A lane waits for one revision: all that continue or depend on that revision join its lane. The
//! columns are those of `sapling-renderdag`; this file turns its cells into facts.

use std::collections::HashMap;

use renderdag::OutputRendererOptions;
use renderdag::pipeline::GraphRowShaper;
use renderdag::pipeline::types::{Ancestor, GraphRowShape, LinkLine, NodeLine, PadLine};

use crate::json::{Graph, GraphRevision};

/// What leads from a revision to one before it. A lane is a parent's as soon as one link in it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Link {
    /// A dependency.
    Dependency,
    /// A parent.
    Parent,
}

/// The lanes around one revision.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row<'a> {
    /// The column of the revision.
    pub(super) column: usize,
    /// The lanes that pass the revision, by column.
    pub(super) beside: Vec<Option<Link>>,
    /// The columns that its links go to.
    pub(super) links: Vec<(usize, Link)>,
    /// A lane from the right that turns into the revision's column below it.
    pub(super) turned: Option<(usize, Link)>,
    /// The column in which the lane of parents that are not drawn ends.
    pub(super) cut: Option<usize>,
    /// The lanes below, by column.
    pub(super) below: Vec<Option<Link>>,
    /// The ids it depends on that are not drawn.
    pub(super) beyond: Vec<&'a str>,
    /// Whether the revision is right below an unrelated one.
    pub(super) apart: bool,
}

/// The rows of the drawing, one for each revision.
pub(super) fn rows(graph: &Graph) -> impl Iterator<Item = Row<'_>> {
    let places: HashMap<&str, usize> = graph
        .revisions
        .iter()
        .enumerate()
        .map(|(place, revision)| (revision.revision.id.as_str(), place))
        .collect();
    let mut shaper = GraphRowShaper::with_options(OutputRendererOptions {
        min_row_height: 1,
        ..OutputRendererOptions::default()
    });
    let revisions = graph.revisions.iter().enumerate();
    revisions.map(move |(place, revision)| {
        let ancestors = ancestors(&places, revision);
        let drawn = |id: &&str| places.contains_key(id);
        let dependencies = revision.dependencies.iter().map(String::as_str);
        Row {
            beyond: dependencies.filter(|id| !drawn(id)).collect(),
            ..row(&shaper.next_row_shape(place, ancestors))
        }
    })
}

/// The links of a revision. Parents that are not drawn are one.
fn ancestors(places: &HashMap<&str, usize>, revision: &GraphRevision) -> Vec<Ancestor<usize>> {
    let parents = &revision.revision.down_revision;
    let place = |id: &String| places.get(id.as_str()).copied();
    let mut ancestors: Vec<_> = parents
        .iter()
        .filter_map(place)
        .map(Ancestor::Parent)
        .collect();
    if ancestors.len() < parents.len() {
        ancestors.push(Ancestor::Anonymous);
    }
    let only_depended_on = |id: &&String| !parents.contains(id);
    let dependencies = revision.dependencies.iter().filter(only_depended_on);
    ancestors.extend(dependencies.filter_map(place).map(Ancestor::Ancestor));
    ancestors
}

fn row<'a>(shape: &GraphRowShape<usize>) -> Row<'a> {
    let column = shape.node_column;
    let beside = |line: &NodeLine| match line {
        NodeLine::Parent => Some(Link::Parent),
        NodeLine::Ancestor => Some(Link::Dependency),
        NodeLine::Node | NodeLine::Blank => None,
    };
    let below = |line: &PadLine| match line {
        PadLine::Parent => Some(Link::Parent),
        PadLine::Ancestor => Some(Link::Dependency),
        PadLine::Blank => None,
    };
    let below: Vec<_> = shape.ancestry_line.iter().map(below).collect();
    let cells = shape.link_line_from_node.as_deref().unwrap_or_default();
    let link = |to: &usize| {
        let kind = match cells.get(*to) {
            Some(cell) => kind(*cell),
            // nothing but straight down
            None => below[*to].unwrap_or(Link::Parent),
        };
        (*to, kind)
    };
    let turned = cells.iter().enumerate().find(|(at, cell)| {
        *at != column && cell.intersects(LinkLine::LEFT_MERGE | LinkLine::RIGHT_MERGE)
    });
    let cut = shape.term_line.as_ref();
    Row {
        column,
        beside: shape.node_line.iter().map(beside).collect(),
        links: shape.parent_columns.iter().map(link).collect(),
        turned: turned.map(|(from, cell)| (from, kind(*cell))),
        cut: cut.and_then(|columns| columns.iter().position(|cut| *cut)),
        below,
        beyond: Vec::new(),
        apart: shape.separator_line,
    }
}

/// The kind of the one link that ends in a cell.
fn kind(cell: LinkLine) -> Link {
    let of_parents = LinkLine::VERT_PARENT
        | LinkLine::LEFT_FORK_PARENT
        | LinkLine::RIGHT_FORK_PARENT
        | LinkLine::LEFT_MERGE_PARENT
        | LinkLine::RIGHT_MERGE_PARENT;
    if cell.intersects(of_parents) {
        Link::Parent
    } else {
        Link::Dependency
    }
}
