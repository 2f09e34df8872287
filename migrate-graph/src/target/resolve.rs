//! Names and symbols into revisions.
//!
//! It must not know what is applied: steps that count from there are refused.

use super::{Point, Target, TargetError, walk};
use crate::suggest::nearest;
use crate::{Applied, Graph, Node, NodeSet};

/// Names shorter than this are only meant exactly, never by a prefix.
const SHORTEST_FOR_PREFIX: usize = 4;

/// The revisions that a target means, whatever is applied: none for `base`, several perhaps for
/// `heads`.
///
/// As in Alembic, the only steps that have a meaning without a database are `-N` and `label@-N`,
/// counted from the heads.
///
/// # Errors
/// A name that is not there or is ambiguous, several heads where one is meant, steps.
///
/// ```
/// use migrate_graph::{Graph, Header, target};
/// let graph = Graph::new(vec![Header::new("2026", []), Header::new("2027", ["2026"])])?;
/// let nodes = target::resolve(&graph, &"head".parse().unwrap()).unwrap();
/// assert_eq!(graph.id(nodes[0]), "2027");
/// # Ok::<(), Vec<migrate_graph::Problem>>(())
/// ```
pub fn resolve(graph: &Graph, target: &Target) -> Result<Vec<Node>, TargetError> {
    let branch = Branch::of(graph, target)?;
    match (&target.point, target.steps) {
        (Point::Here, Some(steps)) if steps < 0 => below_heads(graph, target, steps),
        (Point::Here | Point::Current, _) => Err(TargetError::NotHere {
            text: target.text.clone(),
        }),
        (_, Some(_)) => match dashed(graph, target) {
            Some(node) => Ok(vec![node]),
            None => Err(TargetError::Unknown {
                name: target.text.clone(),
                near: None,
            }),
        },
        (Point::Heads, None) => Ok(heads(graph, branch.as_ref())),
        (_, None) => Ok(single(graph, target, branch.as_ref())?
            .into_iter()
            .collect()),
    }
}

/// As [`resolve`], where it is known what is applied: `current` means the applied heads, and
/// `label@current` those on the branch.
///
/// # Errors
/// As [`resolve`].
pub fn resolve_applied(
    graph: &Graph,
    applied: &Applied,
    target: &Target,
) -> Result<Vec<Node>, TargetError> {
    if target.point != Point::Current || target.steps.is_some() {
        return resolve(graph, target);
    }
    let branch = Branch::of(graph, target)?;
    let mut heads = applied.heads(graph);
    heads.retain(|head| on(branch.as_ref(), *head));
    Ok(heads)
}

/// The revision that steps from a named one lead to; none for what is below the first one.
pub(crate) fn counted(
    graph: &Graph,
    target: &Target,
    steps: i64,
) -> Result<Option<Node>, TargetError> {
    if let Some(node) = dashed(graph, target) {
        return Ok(Some(node));
    }
    let branch = Branch::of(graph, target)?;
    let start = if steps < 0 {
        target.without_steps()
    } else {
        target.without_steps_and_branch()
    };
    let from = one(graph, &start)?;
    let walk = match from {
        _ if steps >= 0 => walk::up(graph, target, from, steps, branch.as_ref())?,
        Some(from) => walk::down(graph, target, from, steps)?,
        None => return Ok(None),
    };
    walk.end(graph, target, from)
}

/// The one revision that a target without steps means; none for `base`, and for `head` of nothing.
pub(crate) fn one(graph: &Graph, target: &Target) -> Result<Option<Node>, TargetError> {
    let branch = Branch::of(graph, target)?;
    if target.point != Point::Heads {
        return single(graph, target, branch.as_ref());
    }
    let heads = heads(graph, branch.as_ref());
    match heads[..] {
        [] => Ok(None),
        [head] => Ok(Some(head)),
        _ => Err(several(graph, target, &heads)),
    }
}

fn single(
    graph: &Graph,
    target: &Target,
    branch: Option<&Branch>,
) -> Result<Option<Node>, TargetError> {
    match &target.point {
        Point::Base | Point::Here => Ok(None),
        Point::Current => Err(TargetError::NotHere {
            text: target.text.clone(),
        }),
        Point::Name(text) => name(graph, text, branch).map(Some),
        Point::Head | Point::Heads => {
            let heads: Vec<Node> = graph.heads().filter(|head| on(branch, *head)).collect();
            match heads[..] {
                [] => Ok(None),
                [head] => Ok(Some(head)),
                _ => Err(several(graph, target, &heads)),
            }
        }
    }
}

/// `heads`: the real ones; `label@heads`: those without a child on the branch.
fn heads(graph: &Graph, branch: Option<&Branch>) -> Vec<Node> {
    match branch {
        None => graph.real_heads().collect(),
        Some(_) => graph.heads().filter(|head| on(branch, *head)).collect(),
    }
}

fn several(graph: &Graph, target: &Target, heads: &[Node]) -> TargetError {
    let heads = heads
        .iter()
        .map(|head| graph.id(*head).to_owned())
        .collect();
    TargetError::SeveralHeads {
        text: target.text.clone(),
        heads,
    }
}

fn below_heads(graph: &Graph, target: &Target, steps: i64) -> Result<Vec<Node>, TargetError> {
    let label = target.branch.as_deref();
    let of_branch =
        |head: &Node| label.is_none_or(|label| graph.labels(*head).any(|name| name == label));
    let heads = graph.real_heads().filter(of_branch);
    heads
        .map(|head| walk::down(graph, target, head, steps)?.node(graph, target, Some(head)))
        .collect()
}

/// An id that is written short before a dash and digits: of `2026-05-17-init`, `2026-05`.
pub(crate) fn dashed(graph: &Graph, target: &Target) -> Option<Node> {
    let Point::Name(text) = &target.point else {
        return None;
    };
    if target.branch.is_some() || graph.node(text).or_else(|| graph.labelled(text)).is_some() {
        return None;
    }
    let mut longer = beginning(graph, &target.text);
    longer
        .next()
        .map(|(_, node)| node)
        .filter(|_| longer.next().is_none())
}

/// The revision with this id or label; or the only one with an id or label that begins so.
pub(crate) fn name(
    graph: &Graph,
    text: &str,
    branch: Option<&Branch>,
) -> Result<Node, TargetError> {
    let node = match graph.node(text).or_else(|| graph.labelled(text)) {
        Some(node) => node,
        None => prefix(graph, text, branch)?,
    };
    match branch {
        Some(branch) if !branch.line.contains(node) => {
            let revision = graph.id(node).to_owned();
            Err(TargetError::NotInBranch {
                revision,
                branch: branch.name.clone(),
            })
        }
        _ => Ok(node),
    }
}

fn prefix(graph: &Graph, text: &str, branch: Option<&Branch>) -> Result<Node, TargetError> {
    let candidates: Vec<(&str, Node)> = beginning(graph, text)
        .filter(|(_, node)| on(branch, *node))
        .collect();
    match candidates[..] {
        [(_, node)] => Ok(node),
        [] => Err(TargetError::Unknown {
            name: text.to_owned(),
            near: near(graph, text),
        }),
        _ => {
            let mut candidates: Vec<String> = candidates
                .iter()
                .map(|(name, _)| (*name).to_owned())
                .collect();
            candidates.sort();
            Err(TargetError::Ambiguous {
                name: text.to_owned(),
                candidates,
            })
        }
    }
}

/// The ids and labels that begin with a text, and may be shortened.
fn beginning<'a>(graph: &'a Graph, text: &'a str) -> impl Iterator<Item = (&'a str, Node)> {
    graph
        .names_from(text)
        .filter(move |(name, _)| name.chars().count() >= SHORTEST_FOR_PREFIX)
}

fn near(graph: &Graph, text: &str) -> Option<String> {
    let ids = graph.nodes().map(|node| graph.id(node));
    let labels = graph.branch_labels().map(|(label, _)| label);
    // not `base`: what is suggested must not destroy
    let words = ["head", "heads"];
    nearest(text, words.into_iter().chain(ids).chain(labels)).map(str::to_owned)
}

fn on(branch: Option<&Branch>, node: Node) -> bool {
    branch.is_none_or(|branch| branch.line.contains(node))
}

/// The part before the `@`, with the line of revisions that it names.
pub(crate) struct Branch {
    pub(crate) name: String,
    pub(crate) node: Node,
    pub(crate) line: NodeSet,
}

impl Branch {
    /// The branch of a target, if it names one.
    pub(crate) fn of(graph: &Graph, target: &Target) -> Result<Option<Branch>, TargetError> {
        target
            .branch
            .as_deref()
            .map(|branch| Branch::named(graph, branch))
            .transpose()
    }

    /// The branch that a label is on, or a revision.
    pub(crate) fn named(graph: &Graph, text: &str) -> Result<Branch, TargetError> {
        let node = name(graph, text, None).map_err(|error| match error {
            TargetError::Unknown { name, near } => {
                TargetError::UnknownBranch { branch: name, near }
            }
            other => other,
        })?;
        Ok(Branch::at(graph, text, node))
    }

    /// The branch that a revision is on.
    pub(crate) fn at(graph: &Graph, name: &str, node: Node) -> Branch {
        Branch {
            name: name.to_owned(),
            node,
            line: graph.lines([node]),
        }
    }
}
