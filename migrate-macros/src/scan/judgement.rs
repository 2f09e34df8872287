//! What is wrong with the revisions that were read, and in which of them each problem shows.

use std::collections::HashMap;

use migrate_graph::{Graph, Header, MultipleHeads, Part, Problem, Rules, Site};
use migrate_source::{Config, Folder, Incomplete};

/// The problems of a package's history.
pub(super) struct Judgement {
    /// Where each header was read, in the order in which the graph was given them.
    places: Vec<Place>,
    problems: Vec<Problem>,
    /// For each revision of the package, its problems and where in it they show.
    found: HashMap<Place, Vec<(usize, Part)>>,
}

/// A revision by its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    /// 0 for the package's own folder.
    pub(crate) folder: usize,
    pub(crate) file: usize,
    pub(crate) revision: usize,
}

impl Judgement {
    /// Judges the package's own folder, together with those of other packages. `is_part` where the
    /// others may not be there.
    pub(super) fn of(
        folder: &Folder,
        others: &[Folder],
        config: &Config,
        is_part: bool,
    ) -> Judgement {
        let (mut places, mut headers) = (Vec::new(), Vec::new());
        for (index, folder) in std::iter::once(folder).chain(others).enumerate() {
            read_headers(index, folder, &mut places, &mut headers);
        }
        let multiple_heads = if config.multiple_heads {
            MultipleHeads::Allow
        } else {
            MultipleHeads::Refuse
        };
        let checked = Graph::check(headers, &Rules { multiple_heads });
        let mut problems = checked.err().unwrap_or_default();
        let incomplete = Incomplete::of(std::iter::once(folder).chain(others));
        problems.retain(|problem| {
            // reported by the attribute itself, which needs no other revision for it
            !matches!(problem, Problem::IllegalName { .. })
                && incomplete.allow(problem)
                && !(is_part && may_be_elsewhere(problem))
        });
        let mut found = HashMap::<_, Vec<_>>::new();
        for (index, problem) in problems.iter().enumerate() {
            for site in shown(problem, &places) {
                found
                    .entry(places[site.header])
                    .or_default()
                    .push((index, site.part));
            }
        }
        Judgement {
            places,
            problems,
            found,
        }
    }

    /// Whether a link refers to no revision of the history.
    pub(super) fn has_broken_link(&self) -> bool {
        let is_one = |problem: &Problem| matches!(problem, Problem::UnknownLink { .. });
        self.problems.iter().any(is_one)
    }

    pub(super) fn is_sound(&self) -> bool {
        self.found.is_empty()
    }

    pub(super) fn place(&self, site: Site) -> Place {
        self.places[site.header]
    }

    /// The problems that show in this revision.
    pub(super) fn problems(&self, place: Place) -> impl Iterator<Item = (&Problem, Part)> {
        let found = self
            .found
            .get(&place)
            .map(Vec::as_slice)
            .unwrap_or_default();
        found
            .iter()
            .map(|(problem, part)| (&self.problems[*problem], *part))
    }
}

fn read_headers(index: usize, folder: &Folder, places: &mut Vec<Place>, headers: &mut Vec<Header>) {
    for (file, in_file) in folder.files.iter().enumerate() {
        for (revision, source) in in_file.revisions.iter().enumerate() {
            if let Some(header) = source.header() {
                places.push(Place {
                    folder: index,
                    file,
                    revision,
                });
                headers.push(header);
            }
        }
    }
}

/// Whether the rest of the history could explain what looks wrong.
fn may_be_elsewhere(problem: &Problem) -> bool {
    matches!(
        problem,
        Problem::UnknownLink { .. } | Problem::SeveralHeads { .. } | Problem::SeveralBases { .. }
    )
}

/// The sites of a problem that are shown in the package's own files: each link of a cycle, and
/// of everything else the first.
fn shown(problem: &Problem, places: &[Place]) -> Vec<Site> {
    let mut sites = problem.sites();
    sites.retain(|site| places[site.header].folder == 0);
    if !matches!(problem, Problem::Cycle { .. }) {
        sites.truncate(1);
    }
    sites
}
