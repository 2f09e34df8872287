//! Every way in which headers can fail to form a valid graph, as data with the facts.
//!
//! A problem says which header and which part of it is wrong ([`Site`]); where that is in which
//! file is added by the caller: the macro turns a site into a span, the command line into a path
//! and a line. The words are in `words`, so that both say the same.

mod words;

use crate::IdProblem;

/// A part of one of the headers that the graph was built from.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Site {
    /// Which header: its index in the list that was given to [`Graph::new`](crate::Graph::new).
    pub header: usize,
    /// Which part of it.
    pub part: Part,
}

/// A literal in a header.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The id.
    Id,
    /// One of the parents, by its place in the list.
    DownRevision(usize),
    /// One of the dependencies, by its place in the list.
    DependsOn(usize),
    /// One of the branch labels, by its place in the list.
    BranchLabel(usize),
}

/// One way in which headers fail to form a graph, or form one that the rules of the project do not
/// want.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// An id or a branch label that may not be one.
    IllegalName {
        /// The id or the label.
        site: Site,
        /// The text.
        name: String,
        /// The rule that it breaks.
        why: IdProblem,
    },
    /// Two revisions with one id.
    DuplicateId {
        /// The id.
        id: String,
        /// The revision that has it first, in the order of the input.
        first: Site,
        /// The other one.
        again: Site,
    },
    /// A parent or a dependency that is no revision of the history.
    UnknownLink {
        /// The link.
        site: Site,
        /// The revision that has the link.
        revision: String,
        /// The name that is not there.
        link: String,
        /// A name that is, and may have been meant.
        near: Option<String>,
    },
    /// A parent given by a branch label: only an id says which revision of the branch it is.
    LabelAsParent {
        /// The link.
        site: Site,
        /// The revision that has the link.
        revision: String,
        /// The label.
        label: String,
        /// The revision that the label is on.
        labelled: String,
    },
    /// One parent, or one dependency, listed twice.
    RepeatedLink {
        /// The revision that lists it.
        revision: String,
        /// The name.
        link: String,
        /// Where it is listed first.
        first: Site,
        /// Where it is listed again.
        again: Site,
    },
    /// A revision that is its own parent or dependency.
    SelfLink {
        /// The link.
        site: Site,
        /// The revision.
        revision: String,
    },
    /// Revisions that come before each other.
    Cycle {
        /// The links, each leading to the revision that has the next; the last leads to the first.
        links: Vec<CycleLink>,
    },
    /// A branch label that is given twice.
    DuplicateLabel {
        /// The label.
        label: String,
        /// The revision that has it first.
        first_revision: String,
        /// Where.
        first: Site,
        /// The revision that has it again.
        revision: String,
        /// Where.
        again: Site,
    },
    /// A branch label that is the id of a revision.
    LabelIsId {
        /// The label.
        label: String,
        /// The revision that has the label.
        revision: String,
        /// The label's place.
        site: Site,
        /// The place of the id.
        id: Site,
    },
    /// A second base that no branch label distinguishes from the first. A matter of rules: see
    /// [`Graph::shape`](crate::Graph::shape).
    SeveralBases {
        /// The base that most of the history continues.
        first: String,
        /// Its id.
        first_site: Site,
        /// The other base.
        revision: String,
        /// Its id.
        site: Site,
        /// The only head above the first base, if there is only one: a likely parent.
        head: Option<String>,
    },
    /// Revisions that continue the same parent and lead to heads that no branch label
    /// distinguishes. A matter of rules: see [`Graph::shape`](crate::Graph::shape).
    SeveralHeads {
        /// The revision that is continued twice.
        parent: String,
        /// The revisions that continue it, at least two, in the order of their ids.
        branches: Vec<Branch>,
        /// The heads that are alike, sorted: the first ten.
        heads: Vec<String>,
        /// How many there are.
        count: usize,
    },
}

/// One link of a cycle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CycleLink {
    /// The revision that has the link.
    pub revision: String,
    /// The link.
    pub site: Site,
}

/// One of several revisions that continue the same parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The revision.
    pub revision: String,
    /// Where it names the parent.
    pub site: Site,
    /// A head that it leads to.
    pub head: String,
}

impl Problem {
    /// Where the problem shows: the place to point at first, then the others that have a part in
    /// it.
    #[must_use]
    pub fn sites(&self) -> Vec<Site> {
        match self {
            Problem::IllegalName { site, .. }
            | Problem::UnknownLink { site, .. }
            | Problem::LabelAsParent { site, .. }
            | Problem::SelfLink { site, .. } => vec![*site],
            Problem::DuplicateId { first, again, .. }
            | Problem::RepeatedLink { first, again, .. }
            | Problem::DuplicateLabel { first, again, .. } => vec![*again, *first],
            Problem::LabelIsId { site, id, .. } => vec![*site, *id],
            Problem::SeveralBases {
                site, first_site, ..
            } => vec![*site, *first_site],
            Problem::Cycle { links } => links.iter().map(|link| link.site).collect(),
            Problem::SeveralHeads { branches, .. } => {
                branches.iter().rev().map(|branch| branch.site).collect()
            }
        }
    }

    /// The headers that have a part in it, each once, the one that is wrong first.
    #[must_use]
    pub fn headers(&self) -> Vec<usize> {
        let mut headers: Vec<usize> = Vec::new();
        for site in self.sites() {
            if !headers.contains(&site.header) {
                headers.push(site.header);
            }
        }
        headers
    }

    /// What sort of problem it is, in one word for programs.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Problem::IllegalName { .. } => "illegal_name",
            Problem::DuplicateId { .. } => "duplicate_id",
            Problem::UnknownLink { .. } => "unknown_link",
            Problem::LabelAsParent { .. } => "label_as_parent",
            Problem::RepeatedLink { .. } => "repeated_link",
            Problem::SelfLink { .. } => "self_link",
            Problem::Cycle { .. } => "cycle",
            Problem::DuplicateLabel { .. } => "duplicate_label",
            Problem::LabelIsId { .. } => "label_is_id",
            Problem::SeveralBases { .. } => "several_bases",
            Problem::SeveralHeads { .. } => "several_heads",
        }
    }

    /// What is wrong, in one line.
    #[must_use]
    pub fn message(&self) -> String {
        words::message(self)
    }

    /// What to say at each of the [`sites`](Problem::sites) but the first.
    #[must_use]
    pub fn notes(&self) -> Vec<(Site, String)> {
        words::notes(self)
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<crate::Help> {
        words::help(self)
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message())
    }
}

impl std::error::Error for Problem {}
