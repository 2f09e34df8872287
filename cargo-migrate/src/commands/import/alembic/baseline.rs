//! A baseline: one revision that stands for the history up to one of its revisions, and has its id.
//! Which revisions those are, and what it does; must not know how a database is made.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;

use migrate_cli::commands::schema::baseline::Filler;
use migrate_cli::commands::stamp::BASELINE;
use migrate_cli::json::RevisionTexts;
use migrate_cli::{CliError, Ui};
use migrate_core::engine::backend::BackendKind;
use migrate_graph::{Graph, Header, Problem, Target, target};
use serde::Deserialize;

use super::super::revision::{Revision, Work};
use crate::commands::adopt;
use crate::words;

/// Which revisions a baseline stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// The last of them, whose id it has.
    pub(super) id: String,
    /// Those before it.
    pub(super) before: BTreeSet<String>,
    /// The labels of their branches.
    labels: Vec<String>,
}

/// What the runner answers to `schema baseline --json`.
#[derive(Deserialize)]
struct Answer {
    #[serde(flatten)]
    texts: RevisionTexts,
    notes: Vec<String>,
    said: String,
}

/// What Alembic has left.
#[derive(Default, Deserialize)]
struct Left {
    rows: BTreeMap<String, u64>,
}

/// Which revisions a baseline at a target stands for. What branches off before it is refused: it
/// would continue a revision that is not there.
pub(super) fn plan(revisions: &[Revision], text: &str) -> Result<Plan, CliError> {
    let headers: Vec<Header> = revisions.iter().map(|one| one.header.clone()).collect();
    let graph = Graph::new(headers).map_err(|problems| {
        let messages: Vec<String> = problems.iter().map(Problem::message).collect();
        CliError::usage("what was read is no sound history, so nothing is written").notes(messages)
    })?;
    let wanted: Target = text.parse()?;
    let found = target::resolve(&graph, &wanted)?;
    let [node] = found.as_slice() else {
        let ids: Vec<&str> = found.iter().map(|node| graph.id(*node)).collect();
        return Err(CliError::usage(format!(
            "a baseline stands for the history up to one revision, and `{text}` is {}",
            words::list(&ids)
        ))
        .help("name one: `--baseline=REV`"));
    };
    let before = graph.ancestors([*node]);
    let id = graph.id(*node).to_owned();
    for other in graph.nodes().filter(|other| !before.contains(*other)) {
        let needs = graph.parents(other).iter().chain(graph.dependencies(other));
        if let Some(need) = needs
            .into_iter()
            .find(|need| *need != node && before.contains(**need))
        {
            let (other, need) = (graph.id(other), graph.id(*need));
            return Err(CliError::usage(format!(
                "`{other}` branches off at `{need}`, before `{id}`: a baseline at `{id}` cannot stand for what it continues"
            ))
            .help(format!(
                "choose a revision that every branch comes after, or comes before: `--baseline={need}`"
            )));
        }
    }
    let stood_for = graph.nodes().filter(|one| before.contains(*one));
    let headers: Vec<&Header> = stood_for.map(|one| graph.header(one)).collect();
    let labels = headers
        .iter()
        .flat_map(|header| header.branch_labels.clone());
    let ids = headers.iter().map(|header| header.id.clone());
    Ok(Plan {
        labels: labels.collect(),
        before: ids.filter(|one| *one != id).collect(),
        id,
    })
}

/// The arguments of the runner's command.
pub(super) fn arguments(
    filler: &Filler,
    dialect: BackendKind,
    scratch_url: Option<&str>,
) -> Vec<OsString> {
    let filler = serde_json::to_string(filler).expect("texts can be written as JSON");
    let dialect = dialect.name().to_lowercase();
    let dialect = match dialect.as_str() {
        "postgresql" => "postgres",
        other => other,
    };
    let mut all = vec![
        "schema".to_owned(),
        "baseline".to_owned(),
        "--json".to_owned(),
        format!("--dialect={dialect}"),
        format!("--filled-by={filler}"),
    ];
    all.extend(scratch_url.map(|url| format!("--scratch-url={url}")));
    all.into_iter().map(OsString::from).collect()
}

/// The revisions with one that stands for those of the plan, by the runner's answer.
pub(super) fn collapsed(
    revisions: Vec<Revision>,
    plan: &Plan,
    answer: &str,
    ui: &mut Ui<'_>,
) -> Result<Vec<Revision>, CliError> {
    let Answer { texts, notes, said } = adopt::read(answer)?;
    let left: Left = said
        .lines()
        .find_map(|line| serde_json::from_str(line).ok())
        .unwrap_or_default();
    for note in notes {
        ui.say(&format!("note: {note}"));
    }
    for (table, count) in left.rows {
        ui.say(&format!(
            "note: the revisions up to `{}` leave {} in `{table}`: the baseline has no rows, so add what is needed",
            plan.id,
            words::count(usize::try_from(count).unwrap_or(usize::MAX), "row")
        ));
    }
    let mut all = Vec::new();
    for revision in revisions {
        if revision.header.id == plan.id {
            all.push(standing_for(&revision, plan, &texts));
        } else if !plan.before.contains(&revision.header.id) {
            all.push(revision);
        }
    }
    Ok(all)
}

fn standing_for(revision: &Revision, plan: &Plan, texts: &RevisionTexts) -> Revision {
    let Plan { id, before, labels } = plan;
    let before: Vec<&str> = before.iter().map(String::as_str).collect();
    let stands = format!("{BASELINE} {id}: {}", before.join(" "));
    let stands = stands.trim_end();
    let header = &revision.header;
    let subject = header.message.lines().next().unwrap_or_default();
    Revision {
        header: Header {
            id: id.clone(),
            down_revision: Vec::new(),
            depends_on: Vec::new(),
            branch_labels: labels.clone(),
            message: format!("Baseline: {subject}\n\n{stands}"),
        },
        source: revision.source.clone(),
        up: Work::of(vec![format!("-- {stands}\n{}", texts.up)]),
        down: Work::of(vec![texts.down.clone()]),
        transaction: texts.transaction,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history() -> Vec<Revision> {
        let one = |id: &str, parents: &[&str], label: &[&str]| Revision {
            header: Header::new(id, parents.iter().copied()).branch_labels(label.iter().copied()),
            source: format!("{id}.py"),
            up: Work::Nothing,
            down: Work::Nothing,
            transaction: true,
        };
        vec![
            one("a", &[], &[]),
            one("b", &["a"], &["left"]),
            one("c", &["a"], &["right"]),
            one("d", &["b", "c"], &[]),
            one("e", &["d"], &[]),
        ]
    }

    #[test]
    fn a_baseline_stands_for_all_before_it() {
        let found = plan(&history(), "d").unwrap();
        let before: Vec<&str> = found.before.iter().map(String::as_str).collect();
        assert_eq!(
            (found.id.as_str(), before.as_slice()),
            ("d", &["a", "b", "c"][..])
        );
        assert_eq!(found.labels, ["left", "right"]);
        assert_eq!(plan(&history(), "head").unwrap().id, "e");
        assert!(plan(&history(), "a").unwrap().before.is_empty());
    }

    #[test]
    fn what_branches_off_before_it_is_refused() {
        let refused = plan(&history(), "b").unwrap_err();
        assert!(
            refused
                .message
                .contains("`c` branches off at `a`, before `b`"),
            "{refused:?}"
        );
        let mut depends = history();
        depends.truncate(2);
        depends.push(Revision {
            header: Header::new("x", []).depends_on(["a"]),
            ..depends[0].clone()
        });
        let refused = plan(&depends, "b").unwrap_err();
        assert!(
            refused.message.contains("`x` branches off at `a`"),
            "{refused:?}"
        );
        let refused = plan(&depends, "heads").unwrap_err();
        assert!(refused.message.contains("`heads` is"), "{refused:?}");
        assert!(plan(&history(), "nothing").is_err());
    }
}
