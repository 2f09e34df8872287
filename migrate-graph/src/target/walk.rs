//! Steps up and down from a revision, one parent or child at a time.
//!
//! It must not choose: where the way divides, that is an error.

use super::resolve::Branch;
use super::{Target, TargetError};
use crate::{Graph, Node};

/// Where a walk ended, and how many steps of it there were.
pub(crate) struct Walk {
    /// The last revision; none is below the bases.
    pub(crate) end: Option<Node>,
    /// The steps that were made.
    pub(crate) made: i64,
    /// The steps that were asked for, negative if downwards.
    pub(crate) asked: i64,
}

impl Walk {
    /// The end of the walk if all steps were made; none is below the bases.
    ///
    /// # Errors
    /// [`TargetError::TooFar`].
    pub(crate) fn end(
        &self,
        graph: &Graph,
        target: &Target,
        from: Option<Node>,
    ) -> Result<Option<Node>, TargetError> {
        if self.made == self.asked.abs() {
            return Ok(self.end);
        }
        Err(self.too_far(graph, target, from))
    }

    /// The revision at the end of the walk, if all steps were made and did not lead below the
    /// bases.
    ///
    /// # Errors
    /// [`TargetError::TooFar`].
    pub(crate) fn node(
        &self,
        graph: &Graph,
        target: &Target,
        from: Option<Node>,
    ) -> Result<Node, TargetError> {
        self.end(graph, target, from)?
            .ok_or_else(|| self.too_far(graph, target, from))
    }

    fn too_far(&self, graph: &Graph, target: &Target, from: Option<Node>) -> TargetError {
        let below_a_base = self.end.is_none() && self.asked < 0 && self.made == self.asked.abs();
        TargetError::TooFar {
            text: target.text.clone(),
            asked: self.asked,
            possible: self.made - i64::from(below_a_base),
            from: (!target.is_relative_to_applied())
                .then(|| from.map_or("base".to_owned(), |node| graph.id(node).to_owned())),
        }
    }
}

/// `steps` (negative) parents down. Below a base is one step more, to nothing.
pub(crate) fn down(
    graph: &Graph,
    target: &Target,
    from: Node,
    steps: i64,
) -> Result<Walk, TargetError> {
    let mut walk = Walk {
        end: Some(from),
        made: 0,
        asked: steps,
    };
    while walk.made < steps.abs() {
        let Some(node) = walk.end else { break };
        walk.end = match graph.parents(node) {
            [] => None,
            [parent] => Some(*parent),
            parents => return Err(divides(graph, target, Some(node), parents)),
        };
        walk.made += 1;
    }
    Ok(walk)
}

/// `steps` children up, on the branch if one is given. From nothing, the first step is to a base.
pub(crate) fn up(
    graph: &Graph,
    target: &Target,
    from: Option<Node>,
    steps: i64,
    branch: Option<&Branch>,
) -> Result<Walk, TargetError> {
    let mut walk = Walk {
        end: from,
        made: 0,
        asked: steps,
    };
    while walk.made < steps {
        let mut next: Vec<Node> = match walk.end {
            Some(node) => graph.children(node).to_vec(),
            None => graph.bases().collect(),
        };
        next.retain(|node| branch.is_none_or(|branch| branch.line.contains(*node)));
        walk.end = match next[..] {
            [] => break,
            [node] => Some(node),
            _ => return Err(divides(graph, target, walk.end, &next)),
        };
        walk.made += 1;
    }
    Ok(walk)
}

fn divides(graph: &Graph, target: &Target, at: Option<Node>, choices: &[Node]) -> TargetError {
    let id = |node: &Node| graph.id(*node).to_owned();
    let mut choices: Vec<String> = choices.iter().map(id).collect();
    choices.sort();
    TargetError::AmbiguousWalk {
        text: target.text.clone(),
        at: at.as_ref().map(id),
        choices,
    }
}
