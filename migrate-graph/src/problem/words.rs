//! The words for each problem: one voice for the compiler's errors and the command line's.
//!
//! It must not know where a site is in which file. Messages are lower-case phrases without a full
//! stop, the user's own words in backticks; help is something that can be typed.

use super::{Branch, CycleLink, Part, Problem, Site};
use crate::advice::{Help, merge};
use crate::header::{IdProblem, MAX_ID_BYTES};
use crate::text::list;

/// What is wrong.
pub(super) fn message(problem: &Problem) -> String {
    match problem {
        Problem::IllegalName { site, name, why } => illegal(kind(site.part), name, why),
        Problem::DuplicateId { id, .. } => format!("two revisions have the id `{id}`"),
        Problem::UnknownLink { site, link, .. } => match site.part {
            Part::DependsOn(_) => format!("no revision or branch label `{link}` in this history"),
            _ => format!("no revision `{link}` in this history"),
        },
        Problem::LabelAsParent { label, .. } => {
            format!("`{label}` is a branch label, and a parent is named by its id")
        }
        Problem::RepeatedLink { link, again, .. } => {
            format!("the {} `{link}` is listed twice", kind(again.part))
        }
        Problem::SelfLink { site, revision } => match site.part {
            Part::DependsOn(_) => format!("revision `{revision}` depends on itself"),
            _ => format!("revision `{revision}` is its own parent"),
        },
        Problem::Cycle { links } => format!("revisions form a cycle: {}", path(links)),
        Problem::DuplicateLabel {
            label,
            first_revision,
            revision,
            ..
        } if first_revision == revision => {
            format!("the branch label `{label}` is listed twice")
        }
        Problem::DuplicateLabel {
            label,
            first_revision,
            revision,
            ..
        } => {
            format!("the branch label `{label}` is on `{first_revision}` and on `{revision}`")
        }
        Problem::LabelIsId { label, .. } => {
            format!("the branch label `{label}` is the id of a revision")
        }
        Problem::SeveralBases {
            first, revision, ..
        } => {
            format!("`{revision}` has no parent, but the history already begins with `{first}`")
        }
        Problem::SeveralHeads {
            parent,
            branches,
            count,
            ..
        } => {
            let both = if branches.len() == 2 { "both " } else { "" };
            let all: Vec<&str> = branches
                .iter()
                .map(|branch| branch.revision.as_str())
                .collect();
            let all = list(&all);
            format!("{all} {both}continue `{parent}`, so the history has {count} heads")
        }
    }
}

/// What to say at the sites after the first.
pub(super) fn notes(problem: &Problem) -> Vec<(Site, String)> {
    match problem {
        Problem::DuplicateId { id, first, .. } => {
            vec![(*first, format!("`{id}` is first used here"))]
        }
        Problem::RepeatedLink { link, first, .. } => {
            vec![(*first, format!("`{link}` is first listed here"))]
        }
        Problem::DuplicateLabel { label, first, .. } => {
            vec![(*first, format!("`{label}` is first used here"))]
        }
        Problem::LabelIsId { label, id, .. } => vec![(*id, format!("`{label}` is an id here"))],
        Problem::SeveralBases {
            first, first_site, ..
        } => {
            vec![(
                *first_site,
                format!("the history begins here, with `{first}`"),
            )]
        }
        Problem::Cycle { links } => after_first(links),
        Problem::SeveralHeads {
            parent, branches, ..
        } => branches
            .iter()
            .rev()
            .skip(1)
            .map(|branch| {
                (
                    branch.site,
                    format!("`{}` continues `{parent}` too", branch.revision),
                )
            })
            .collect(),
        Problem::IllegalName { .. }
        | Problem::UnknownLink { .. }
        | Problem::LabelAsParent { .. }
        | Problem::SelfLink { .. } => Vec::new(),
    }
}

/// What to do.
pub(super) fn help(problem: &Problem) -> Option<Help> {
    match problem {
        Problem::SeveralHeads {
            branches, heads, ..
        } => Some(several_heads(branches, heads)),
        problem => words(problem).map(Help::from),
    }
}

/// The help where it is words alone.
fn words(problem: &Problem) -> Option<String> {
    Some(match problem {
        Problem::IllegalName { site, name, why } => remedy(kind(site.part), name, why),
        Problem::DuplicateId { .. } => "give one of them another id".to_owned(),
        Problem::UnknownLink { near, .. } => {
            format!("a revision with a similar id exists: `{}`", near.as_ref()?)
        }
        Problem::LabelAsParent { label, labelled, .. } => {
            format!("the label `{label}` is on the revision `{labelled}`: write `{labelled}`")
        }
        Problem::RepeatedLink { .. } => "remove one of the two".to_owned(),
        Problem::SelfLink { site, .. } => match site.part {
            Part::DependsOn(_) => "remove the dependency".to_owned(),
            _ => "name the revision that it continues, or `None` if it is the first".to_owned(),
        },
        Problem::Cycle { .. } => "one of these links must go: each revision would come before the others".to_owned(),
        Problem::DuplicateLabel { .. } => {
            "a branch label belongs to one revision, and goes on to those after it: remove one of the two".to_owned()
        }
        Problem::LabelIsId { .. } => "give the branch another name".to_owned(),
        Problem::SeveralBases { head, .. } => {
            let parent = head.as_deref().unwrap_or("…");
            format!(
                "continue a revision: `down_revision = \"{parent}\"`; or begin a branch of its own: `branch_labels = [\"…\"]`"
            )
        }
        Problem::SeveralHeads { .. } => return None,
    })
}

fn several_heads(branches: &[Branch], heads: &[String]) -> Help {
    let last = branches
        .last()
        .map_or("…", |branch| branch.revision.as_str());
    let label = format!(
        " -m \"…\"`; or tell them apart with a label: `branch_labels = [\"…\"]` on `{last}`"
    );
    Help::from("join them: `") + merge(heads) + label
}

fn kind(part: Part) -> &'static str {
    match part {
        Part::Id => "id",
        Part::DownRevision(_) => "parent",
        Part::DependsOn(_) => "dependency",
        Part::BranchLabel(_) => "branch label",
    }
}

fn illegal(kind: &str, name: &str, why: &IdProblem) -> String {
    match why {
        IdProblem::Empty => format!("the {kind} is empty"),
        IdProblem::TooLong { bytes } => {
            format!(
                "the {kind} `{name}` has {bytes} bytes, and at most {MAX_ID_BYTES} fit into the version table"
            )
        }
        IdProblem::Character { character, .. } => {
            format!("the {kind} `{name}` has a character that is not allowed: {character:?}")
        }
        IdProblem::Reserved => {
            format!("the {kind} `{name}` is a word with a meaning of its own in targets")
        }
        IdProblem::Relative { name: left, steps } => {
            format!("the {kind} `{name}` reads as a target: {steps} below `{left}`")
        }
    }
}

fn remedy(kind: &str, name: &str, why: &IdProblem) -> String {
    match why {
        IdProblem::Empty => format!(
            "name it: `{}`",
            if kind == "id" {
                "20261121093000"
            } else {
                "billing"
            }
        ),
        IdProblem::TooLong { .. } => format!(
            "shorten it: `{}`",
            name.chars().take(MAX_ID_BYTES).collect::<String>()
        ),
        IdProblem::Character { .. } => {
            format!(
                "use letters, digits, `_`, `.` and `-`: `{}`",
                with_legal_characters(name)
            )
        }
        IdProblem::Reserved => format!("choose another word: `{name}_1`"),
        IdProblem::Relative { name: left, steps } if left.is_empty() => format!("write `{steps}`"),
        IdProblem::Relative { name: left, steps } => format!("write `{left}_{steps}`"),
    }
}

fn with_legal_characters(name: &str) -> String {
    let legal =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '.' | '-');
    name.chars()
        .map(|character| if legal(character) { character } else { '_' })
        .collect()
}

/// How many revisions are named at either end of a long cycle. Each link shows the whole path, so
/// that a cycle through thousands would otherwise have millions of names.
const NAMED: usize = 6;

/// "`a` -> `b` -> `a`": each comes after the next.
fn path(links: &[CycleLink]) -> String {
    let left_out = links.len().saturating_sub(2 * NAMED);
    let (first, last) = links.split_at(if left_out > 0 { NAMED } else { links.len() });
    let name = |link: &CycleLink| format!("`{}`", link.revision);
    let mut names: Vec<String> = first.iter().map(name).collect();
    if left_out > 0 {
        names.push(format!("… {left_out} more …"));
        names.extend(last[left_out..].iter().map(name));
    }
    names.extend(names.first().cloned());
    names.join(" -> ")
}

fn after_first(links: &[CycleLink]) -> Vec<(Site, String)> {
    let next = links.iter().skip(1).chain(links.first());
    links
        .iter()
        .zip(next)
        .skip(1)
        .map(|(link, next)| {
            let verb = if matches!(link.site.part, Part::DependsOn(_)) {
                "depends on"
            } else {
                "continues"
            };
            (
                link.site,
                format!("`{}` {verb} `{}`", link.revision, next.revision),
            )
        })
        .collect()
}
