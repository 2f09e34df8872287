//! Ranges of a history: `a:b`, `:current`, `-3:`, `label@base:`.
//!
//! A [`Range`] is parsed without a graph; [`history`] gives its revisions, newest first. It must
//! not know what is shown of each.

mod error;

use std::str::FromStr;

pub use error::RangeError;

use crate::plan::newest_first;
use crate::target::resolve::{self, Branch};
use crate::target::{self, Point, walk};
use crate::{Applied, Graph, Node, NodeSet, Target, TargetError};

/// Two ends of a range. An end that is not given is `base` or `heads`.
///
/// ```
/// let range: migrate_graph::Range = "20261118:current".parse()?;
/// assert_eq!(range.upper, migrate_graph::range::End::Current);
/// assert!("20261118".parse::<migrate_graph::Range>().is_err());
/// # Ok::<(), migrate_graph::RangeError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// The oldest revision, which is part of the range.
    pub lower: End,
    /// The newest revision.
    pub upper: End,
}

/// One end of a range.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum End {
    /// Not given.
    #[default]
    Open,
    /// What is applied.
    Current,
    /// A target.
    At(Target),
}

impl Range {
    /// Whether what is applied is needed to know the range.
    #[must_use]
    pub fn needs_applied(&self) -> bool {
        self.lower == End::Current || self.upper == End::Current
    }
}

impl FromStr for Range {
    type Err = RangeError;

    fn from_str(text: &str) -> Result<Range, RangeError> {
        let text = text.trim();
        match text.split_once(':') {
            Some((lower, upper)) if !upper.contains(':') => {
                let range = Range {
                    lower: lower.parse()?,
                    upper: upper.parse()?,
                };
                if range.lower == End::Current && range.upper == End::Current {
                    return Err(RangeError::CurrentTwice);
                }
                Ok(range)
            }
            _ => Err(RangeError::Colon {
                text: text.to_owned(),
            }),
        }
    }
}

impl FromStr for End {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<End, TargetError> {
        match text {
            "" => Ok(End::Open),
            "current" => Ok(End::Current),
            target => target.parse().map(End::At),
        }
    }
}

/// The revisions of a range, newest first, a branch down to its fork before the next.
///
/// With a lower end, only what continues it (over parents) is in the range; without, dependencies
/// are too. An end that is `current` while nothing is applied is as if it were not given.
///
/// # Errors
/// A target that does not resolve; a lower end that is not below the upper end; ends that contain
/// each other.
pub fn history(graph: &Graph, applied: &Applied, range: &Range) -> Result<Vec<Node>, RangeError> {
    let mut upper = upper(graph, applied, range)?;
    if let End::At(target) = &range.lower
        && let Some(branch) = Branch::of(graph, target)?
    {
        let label = label(graph, target, &branch)?;
        upper.retain(|node| graph.labels(*node).any(|name| name == label));
    }
    let lower = Lower::of(graph, applied, range, &upper)?;
    refuse_overlap(graph, &upper)?;
    refuse_overlap(graph, &lower.nodes)?;
    let mut within = graph.ancestors(upper.iter().copied());
    if let Some(node) = lower.nodes.iter().find(|node| !within.contains(**node)) {
        let below_it = graph.ancestors([*node]);
        return Err(RangeError::NotAncestor {
            lower: graph.id(*node).to_owned(),
            upper: ids(graph, &upper),
            reversed: !upper.is_empty() && upper.iter().all(|node| below_it.contains(*node)),
        });
    }
    lower.restrict(graph, &mut within);
    Ok(newest_first(graph, &within))
}

/// The revisions at the upper end. Steps that go too far go as far as they can.
fn upper(graph: &Graph, applied: &Applied, range: &Range) -> Result<Vec<Node>, RangeError> {
    let target = match &range.upper {
        End::Open => return Ok(graph.real_heads().collect()),
        End::Current => {
            let heads = known_heads(graph, applied)?;
            return Ok(if heads.is_empty() {
                graph.real_heads().collect()
            } else {
                heads
            });
        }
        End::At(target) => target,
    };
    let Some(steps) = target.steps() else {
        return Ok(target::resolve(graph, target)?);
    };
    let branch = Branch::of(graph, target)?;
    let from = if *target.point() != Point::Here {
        let start = if steps < 0 {
            target.without_steps()
        } else {
            target.without_steps_and_branch()
        };
        resolve::one(graph, &start)?
    } else if steps < 0 {
        return Err(TargetError::NotHere {
            text: target.text().to_owned(),
        }
        .into());
    } else {
        above(graph, applied, range, target, branch.as_ref())?
    };
    let end = match from {
        _ if steps >= 0 => walk::up(graph, target, from, steps, branch.as_ref())?.end,
        Some(from) => walk::down(graph, target, from, steps)?.end,
        None => None,
    };
    Ok(end.into_iter().collect())
}

/// The revision that an upper end `+N` is counted from: the lower end.
fn above(
    graph: &Graph,
    applied: &Applied,
    range: &Range,
    target: &Target,
    branch: Option<&Branch>,
) -> Result<Option<Node>, RangeError> {
    let lower = match &range.lower {
        End::Open => return Ok(None),
        End::Current => known_heads(graph, applied)?,
        End::At(lower) if lower.steps().is_some() => {
            return Err(TargetError::NotHere {
                text: lower.text().to_owned(),
            }
            .into());
        }
        End::At(lower) if branch.is_none() => return Ok(resolve::one(graph, lower)?),
        End::At(lower) => target::resolve(graph, lower)?,
    };
    let on_branch = |node: &Node| branch.is_none_or(|branch| branch.line.contains(*node));
    let lower: Vec<Node> = lower.into_iter().filter(on_branch).collect();
    match lower[..] {
        [] => Ok(None),
        [node] => Ok(Some(node)),
        _ => {
            let text = target.text().to_owned();
            Err(TargetError::AmbiguousStart {
                text,
                heads: ids(graph, &lower),
            }
            .into())
        }
    }
}

fn known_heads(graph: &Graph, applied: &Applied) -> Result<Vec<Node>, RangeError> {
    match applied.unknown() {
        [] => Ok(applied.heads(graph)),
        versions => Err(RangeError::UnknownApplied {
            versions: versions.to_vec(),
        }),
    }
}

/// The label of the branch that a lower end names. A revision in its place stands for the one label
/// that it has.
fn label<'a>(graph: &'a Graph, target: &'a Target, branch: &Branch) -> Result<&'a str, RangeError> {
    if let Some(label) = target
        .branch()
        .filter(|name| graph.labelled(name).is_some())
    {
        return Ok(label);
    }
    let labels: Vec<&str> = graph.labels(branch.node).collect();
    match labels[..] {
        [label] => Ok(label),
        _ => Err(RangeError::NotALabel {
            name: branch.name.clone(),
            labels: labels.into_iter().map(str::to_owned).collect(),
        }),
    }
}

/// The lower end of a range.
struct Lower {
    /// The revisions that it begins with. None: everything is in the range.
    nodes: Vec<Node>,
    /// Upper ends below which there are fewer steps than were asked for: all below them is in the
    /// range.
    whole: Vec<Node>,
}

impl Lower {
    fn of(
        graph: &Graph,
        applied: &Applied,
        range: &Range,
        upper: &[Node],
    ) -> Result<Lower, RangeError> {
        let nodes = match &range.lower {
            End::Open => Vec::new(),
            End::Current => known_heads(graph, applied)?,
            End::At(target) => match target.steps() {
                Some(steps) if *target.point() == Point::Here && steps < 0 => {
                    return Lower::counted(graph, target, steps, upper);
                }
                Some(steps) if !matches!(target.point(), Point::Here | Point::Current) => {
                    let node = resolve::counted(graph, target, steps)?;
                    node.into_iter().collect()
                }
                _ => target::resolve(graph, target)?,
            },
        };
        Ok(Lower {
            nodes,
            whole: Vec::new(),
        })
    }

    /// `-N`: Alembic counts from the heads of the history, its documentation from the upper end.
    /// Where that makes a difference, neither is taken.
    fn counted(
        graph: &Graph,
        target: &Target,
        steps: i64,
        upper: &[Node],
    ) -> Result<Lower, RangeError> {
        let from_upper = Lower::below(graph, target, steps, upper)?;
        let mut heads: Vec<Node> = graph.real_heads().collect();
        if let Some(branch) = Branch::of(graph, target)? {
            let label = label(graph, target, &branch)?;
            heads.retain(|node| graph.labels(*node).any(|name| name == label));
        }
        heads.sort();
        let mut ends = upper.to_vec();
        ends.sort();
        if heads == ends {
            return Ok(from_upper);
        }
        let from_heads = Lower::below(graph, target, steps, &heads)?.nodes;
        let within = graph.ancestors(upper.iter().copied());
        Err(RangeError::CountedFrom {
            text: target.text().to_owned(),
            from_upper: ids(graph, &from_upper.nodes),
            heads_are_above: from_heads.iter().any(|node| !within.contains(*node)),
            from_heads: ids(graph, &from_heads),
        })
    }

    fn below(
        graph: &Graph,
        target: &Target,
        steps: i64,
        from: &[Node],
    ) -> Result<Lower, RangeError> {
        let mut lower = Lower {
            nodes: Vec::new(),
            whole: Vec::new(),
        };
        for node in from {
            match walk::down(graph, target, *node, steps)?.end {
                Some(end) if !lower.nodes.contains(&end) => lower.nodes.push(end),
                Some(_) => {}
                None => lower.whole.push(*node),
            }
        }
        Ok(lower)
    }

    /// Keeps of what is below the upper end what continues the lower end.
    fn restrict(&self, graph: &Graph, within: &mut NodeSet) {
        if self.nodes.is_empty() {
            return;
        }
        let mut kept = graph.above(self.nodes.iter().copied());
        kept.union_with(&graph.ancestors(self.whole.iter().copied()));
        within.intersect_with(&kept);
    }
}

fn refuse_overlap(graph: &Graph, ends: &[Node]) -> Result<(), RangeError> {
    match crate::plan::overlap(graph, ends) {
        None => Ok(()),
        Some((target, contained)) => Err(RangeError::Overlap {
            target: graph.id(target).to_owned(),
            contained: graph.id(contained).to_owned(),
        }),
    }
}

fn ids(graph: &Graph, nodes: &[Node]) -> Vec<String> {
    nodes
        .iter()
        .map(|node| graph.id(*node).to_owned())
        .collect()
}
