//! A revision that is about to be written: what it continues, and whether the history is still
//! valid with it.
//!
//! Refuses an invalid draft before a file is written. It must not know the format of a revision's
//! file.

mod error;

pub use error::DraftError;

use crate::target::{self, resolve};
use crate::{Graph, Header, Node, Problem, Target, check_id};

/// What is asked for: `new` and `merge` of the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// The id of the new revision.
    pub id: String,
    /// Its message.
    pub message: String,
    /// What it continues: nothing given is `head`; several make a merge; `base` makes a base.
    pub heads: Vec<Target>,
    /// Whether its parent may be another revision than a head.
    pub splice: bool,
    /// Labels for the branch that begins with it.
    pub branch_labels: Vec<String>,
    /// Ids, beginnings of ids, or labels of revisions that it needs. A label stays a label.
    pub depends_on: Vec<String>,
}

/// A revision that fits into the history, and the history with it.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What the revision declares.
    pub header: Header,
    /// The graph with the revision: what rules say of it is [`Graph::shape`].
    pub after: Graph,
}

/// The header of a revision that fits into the history.
///
/// # Errors
/// A parent or dependency that does not exist, is not a head (without `splice`), or is given twice;
/// a label or an id that is taken; anything else with which the history would not be valid.
///
/// ```
/// use migrate_graph::{Graph, Header, draft};
/// let graph = Graph::new(vec![Header::new("a", []), Header::new("b", ["a"])])?;
/// let draft = draft::draft(&graph, &draft::Request { id: "c".into(), ..Default::default() }).unwrap();
/// assert_eq!(draft.header.down_revision, ["b"]);
/// # Ok::<(), Vec<migrate_graph::Problem>>(())
/// ```
pub fn draft(graph: &Graph, request: &Request) -> Result<Draft, DraftError> {
    if let Err(why) = check_id(&request.id) {
        return Err(DraftError::IllegalId {
            id: request.id.clone(),
            why,
        });
    }
    if graph.node(&request.id).is_some() || graph.labelled(&request.id).is_some() {
        return Err(DraftError::IdTaken {
            id: request.id.clone(),
        });
    }
    let parents = parents(graph, request)?;
    let id = |node: &Node| graph.id(*node).to_owned();
    let header = Header {
        id: request.id.clone(),
        down_revision: parents.iter().map(id).collect(),
        depends_on: dependencies(graph, &request.depends_on)?,
        branch_labels: request.branch_labels.clone(),
        message: request.message.clone(),
    };
    let after = with(graph, &header).map_err(DraftError::Unsound)?;
    Ok(Draft { header, after })
}

fn parents(graph: &Graph, request: &Request) -> Result<Vec<Node>, DraftError> {
    let mut parents: Vec<Node> = Vec::new();
    if request.heads.is_empty() {
        parents.extend(graph_head(graph)?);
    }
    for target in &request.heads {
        parents.extend(target::resolve(graph, target)?);
    }
    let revision = |parent: Node| graph.id(parent).to_owned();
    if let Some((_, parent)) = parents
        .iter()
        .enumerate()
        .find(|(place, parent)| parents[..*place].contains(parent))
    {
        return Err(DraftError::RepeatedHead {
            revision: revision(*parent),
        });
    }
    match parents
        .iter()
        .find(|parent| !request.splice && !graph.is_head(**parent))
    {
        Some(parent) => Err(DraftError::NotAHead {
            revision: revision(*parent),
        }),
        None => Ok(parents),
    }
}

fn graph_head(graph: &Graph) -> Result<Option<Node>, DraftError> {
    let head: Target = "head".parse()?;
    Ok(resolve::one(graph, &head)?)
}

fn dependencies(graph: &Graph, names: &[String]) -> Result<Vec<String>, DraftError> {
    let mut dependencies = Vec::new();
    for name in names {
        let dependency = dependency(graph, name)?;
        if !dependencies.contains(&dependency) {
            dependencies.push(dependency);
        }
    }
    Ok(dependencies)
}

/// The name that a dependency gets in the file: the id, unless it was given as a label of the
/// branch.
fn dependency(graph: &Graph, name: &str) -> Result<String, DraftError> {
    let target: Target = name.parse()?;
    let node = match target.steps() {
        None => resolve::one(graph, &target)?,
        Some(_) => target::resolve(graph, &target)?.first().copied(),
    };
    let node = node.ok_or_else(|| DraftError::NoDependency {
        text: name.to_owned(),
    })?;
    let is_label = graph.labels(node).any(|label| label == name);
    Ok(if is_label {
        name.to_owned()
    } else {
        graph.id(node).to_owned()
    })
}

/// The graph with one more revision. It comes last in the order of the input, so that the problems
/// are at its sites.
fn with(graph: &Graph, header: &Header) -> Result<Graph, Vec<Problem>> {
    let mut headers: Vec<Header> = graph
        .nodes()
        .map(|node| graph.header(node).clone())
        .collect();
    headers.push(header.clone());
    Graph::new(headers)
}
