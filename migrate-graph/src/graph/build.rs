//! From headers to a graph, or to every problem that they have.
//!
//! It must not stop at the first problem, and a broken link must not make others out of what is
//! right: what cannot be judged while something else is broken is left out.

use super::effective::effective;
use super::labels::{Labels, Lines};
use super::links::Links;
use super::names::Names;
use super::{Graph, Node, Rules, cycle, shape};
use crate::problem::{Part, Problem, Site};
use crate::suggest::nearest;
use crate::{Header, check_id};

/// For how many unknown links a similar name is looked for: each costs a look at every id.
const HINTS: usize = 20;

/// The graph, if it is valid.
pub(super) fn sound(headers: Vec<Header>) -> Result<Graph, Vec<Problem>> {
    let mut draft = Draft::new(headers);
    match draft.topological() {
        Some(topological) if draft.problems.is_empty() => Ok(draft.finish(topological)),
        _ => Err(draft.into_problems()),
    }
}

/// The graph, if it is valid and has the shape that the rules want.
pub(super) fn shapely(headers: Vec<Header>, rules: &Rules) -> Result<Graph, Vec<Problem>> {
    let mut draft = Draft::new(headers);
    let topological = draft.topological();
    match topological {
        Some(topological) if draft.problems.is_empty() => {
            let graph = draft.finish(topological);
            let problems = graph.shape(rules);
            if problems.is_empty() {
                Ok(graph)
            } else {
                Err(in_order(problems))
            }
        }
        topological => {
            let shape = draft.certain_shape(topological.as_deref(), rules);
            draft.problems.extend(shape);
            Err(draft.into_problems())
        }
    }
}

fn in_order(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by_cached_key(Problem::sites);
    problems
}

/// Headers in the order of their ids, with the links that could be resolved.
struct Draft {
    headers: Vec<Header>,
    origins: Vec<usize>,
    names: Names,
    parents: Vec<Vec<Node>>,
    dependencies: Vec<Vec<Node>>,
    problems: Vec<Problem>,
    hints: usize,
}

impl Draft {
    fn new(headers: Vec<Header>) -> Draft {
        let mut indexed: Vec<(usize, Header)> = headers.into_iter().enumerate().collect();
        indexed.sort_by(|(i, a), (j, b)| a.id.cmp(&b.id).then(i.cmp(j)));
        let (origins, headers): (Vec<usize>, Vec<Header>) = indexed.into_iter().unzip();
        let names = Names::new(&headers, &origins);
        let len = headers.len();
        let mut draft = Draft {
            headers,
            origins,
            names,
            parents: Vec::with_capacity(len),
            dependencies: Vec::with_capacity(len),
            problems: Vec::new(),
            hints: HINTS,
        };
        for node in (0..len).map(Node::at) {
            draft.check_id(node);
            draft.check_labels(node);
            let parents = draft.resolve_parents(node);
            draft.parents.push(parents);
            let dependencies = draft.resolve_dependencies(node);
            draft.dependencies.push(dependencies);
        }
        draft
    }

    fn header(&self, node: Node) -> &Header {
        &self.headers[node.index()]
    }

    fn site(&self, node: Node, part: Part) -> Site {
        Site {
            header: self.origins[node.index()],
            part,
        }
    }

    /// The first revision with this id.
    fn node(&self, id: &str) -> Option<Node> {
        let index = self
            .headers
            .partition_point(|header| header.id.as_str() < id);
        (self.headers.get(index)?.id == id).then(|| Node::at(index))
    }

    fn check_id(&mut self, node: Node) {
        let header = self.header(node);
        let site = self.site(node, Part::Id);
        if let Err(why) = check_id(&header.id) {
            self.problems.push(Problem::IllegalName {
                site,
                name: header.id.clone(),
                why,
            });
        } else if let Some(first) = self.node(&header.id).filter(|first| *first != node) {
            let first = self.site(first, Part::Id);
            self.problems.push(Problem::DuplicateId {
                id: header.id.clone(),
                first,
                again: site,
            });
        }
    }

    fn check_labels(&mut self, node: Node) {
        for place in 0..self.header(node).branch_labels.len() {
            self.problems.extend(self.label_problem(node, place));
        }
    }

    fn label_problem(&self, node: Node, place: usize) -> Option<Problem> {
        let header = self.header(node);
        let label = header.branch_labels[place].clone();
        let site = self.site(node, Part::BranchLabel(place));
        if let Err(why) = check_id(&label) {
            return Some(Problem::IllegalName {
                site,
                name: label,
                why,
            });
        }
        let revision = header.id.clone();
        if let Some(id) = self.node(&label) {
            let id = self.site(id, Part::Id);
            return Some(Problem::LabelIsId {
                label,
                revision,
                site,
                id,
            });
        }
        let declared = self.names.labelled(&label)?;
        let (first_revision, labels) = (
            self.header(declared).id.clone(),
            &self.header(declared).branch_labels,
        );
        let first = labels.iter().position(|name| *name == label)?;
        let first = self.site(declared, Part::BranchLabel(first));
        (first != site).then_some(Problem::DuplicateLabel {
            label,
            first_revision,
            first,
            revision,
            again: site,
        })
    }

    fn resolve_parents(&mut self, node: Node) -> Vec<Node> {
        let names = self.header(node).down_revision.clone();
        self.resolve(node, &names, Part::DownRevision, |draft, link| {
            draft.node(link)
        })
    }

    fn resolve_dependencies(&mut self, node: Node) -> Vec<Node> {
        let names = self.header(node).depends_on.clone();
        let mut nodes = self.resolve(node, &names, Part::DependsOn, |draft, link| {
            draft.node(link).or_else(|| draft.names.labelled(link))
        });
        // an id and a label of one revision: no mistake, but one link
        let mut seen = Vec::new();
        nodes.retain(|dependency| {
            let new = !seen.contains(dependency);
            seen.push(*dependency);
            new
        });
        nodes
    }

    fn resolve(
        &mut self,
        node: Node,
        names: &[String],
        part: fn(usize) -> Part,
        find: impl Fn(&Draft, &str) -> Option<Node>,
    ) -> Vec<Node> {
        let mut nodes = Vec::with_capacity(names.len());
        for (place, link) in names.iter().enumerate() {
            let site = self.site(node, part(place));
            let revision = || self.header(node).id.clone();
            if let Some(first) = names[..place].iter().position(|name| name == link) {
                let first = self.site(node, part(first));
                let problem = Problem::RepeatedLink {
                    revision: revision(),
                    link: link.clone(),
                    first,
                    again: site,
                };
                self.problems.push(problem);
                continue;
            }
            match find(self, link) {
                Some(found) if self.header(found).id == self.header(node).id => {
                    let problem = Problem::SelfLink {
                        site,
                        revision: revision(),
                    };
                    self.problems.push(problem);
                }
                Some(found) => nodes.push(found),
                None => {
                    let problem = self.unknown(node, site, link);
                    self.problems.push(problem);
                }
            }
        }
        nodes
    }

    fn unknown(&mut self, node: Node, site: Site, link: &str) -> Problem {
        let revision = self.header(node).id.clone();
        let link = link.to_owned();
        if let Some(labelled) = self.names.labelled(&link) {
            let labelled = self.header(labelled).id.clone();
            return Problem::LabelAsParent {
                site,
                revision,
                label: link,
                labelled,
            };
        }
        let near = if self.hints == 0 {
            None
        } else {
            self.near(&link, &revision, site.part)
        };
        self.hints = self.hints.saturating_sub(1);
        Problem::UnknownLink {
            site,
            revision,
            link,
            near,
        }
    }

    fn near(&self, link: &str, own: &str, part: Part) -> Option<String> {
        let labels = matches!(part, Part::DependsOn(_)).then(|| self.names.labels());
        let ids = self.headers.iter().map(|header| header.id.as_str());
        let names = ids.chain(labels.into_iter().flatten().map(|(label, _)| label));
        nearest(link, names.filter(|name| *name != own)).map(str::to_owned)
    }

    /// The order of the nodes over the links that are known; cycles become problems, and leave no
    /// order.
    fn topological(&mut self) -> Option<Vec<Node>> {
        let links = cycle::Links {
            parents: &self.parents,
            dependencies: &self.dependencies,
        };
        match cycle::order(&links) {
            Ok(order) => Some(order),
            Err(rest) => {
                for steps in cycle::cycles(&links, &rest) {
                    let links = steps.iter().map(|step| crate::problem::CycleLink {
                        revision: self.header(step.from).id.clone(),
                        site: self.link_site(step),
                    });
                    self.problems.push(Problem::Cycle {
                        links: links.collect(),
                    });
                }
                None
            }
        }
    }

    /// Where the header of `step.from` names `step.to`.
    fn link_site(&self, step: &cycle::Step) -> Site {
        let header = self.header(step.from);
        let to = self.header(step.to);
        let names = |name: &String| *name == to.id || to.branch_labels.contains(name);
        let part = if step.dependency {
            Part::DependsOn(header.depends_on.iter().position(names).unwrap_or_default())
        } else {
            Part::DownRevision(
                header
                    .down_revision
                    .iter()
                    .position(names)
                    .unwrap_or_default(),
            )
        };
        self.site(step.from, part)
    }

    /// The problems of shape that hold whatever the broken links should have been: none if labels,
    /// which could distinguish branches, are involved.
    fn certain_shape(&self, topological: Option<&[Node]>, rules: &Rules) -> Vec<Problem> {
        if self.names.labels().len() > 0 {
            return Vec::new();
        }
        let parents = Links::collect(self.parents.iter().map(|list| list.iter().copied()));
        let shape = shape::Shape {
            headers: &self.headers,
            origins: &self.origins,
            children: &parents.reversed(),
        };
        let mut problems = shape.several_bases(&|_, _| true);
        if let Some(topological) = topological
            && rules.multiple_heads == super::MultipleHeads::Refuse
            && !self.heads_may_change(topological)
        {
            problems.extend(shape.several_heads(topological, &|_, _| true));
        }
        problems
    }

    /// Whether fixing a broken link could join heads that are separate now: that takes a merge
    /// above the broken link.
    fn heads_may_change(&self, topological: &[Node]) -> bool {
        let duplicate = |problem: &Problem| matches!(problem, Problem::DuplicateId { .. });
        if self.problems.iter().any(duplicate) {
            return true;
        }
        let mut unsure = vec![false; topological.len()];
        topological.iter().any(|node| {
            let resolved = &self.parents[node.index()];
            let declared = self.header(*node).down_revision.len();
            let is_unsure =
                resolved.len() < declared || resolved.iter().any(|parent| unsure[parent.index()]);
            unsure[node.index()] = is_unsure;
            is_unsure && declared > 1
        })
    }

    fn into_problems(self) -> Vec<Problem> {
        in_order(self.problems)
    }

    fn finish(self, topological: Vec<Node>) -> Graph {
        let parents = Links::collect(self.parents.into_iter());
        let dependencies = Links::collect(self.dependencies.into_iter());
        let (children, dependents) = (parents.reversed(), dependencies.reversed());
        let lines = Lines {
            topological: &topological,
            parents: &parents,
            children: &children,
            dependents: &dependents,
        };
        let labels = Labels::new(&self.headers, &self.names, &lines);
        let effective = effective(
            &topological,
            &parents,
            &dependencies,
            &children,
            &dependents,
        );
        Graph {
            headers: self.headers,
            origins: self.origins,
            names: self.names,
            parents,
            dependencies,
            effective,
            children,
            dependents,
            topological,
            labels,
        }
    }
}
