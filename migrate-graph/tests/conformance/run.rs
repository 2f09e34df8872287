//! Does what a case asks with the library, and says what came of it in the words of the recordings.
//!
//! It must not look at what is expected.

use migrate_graph::draft::{self, DraftError, Request};
use migrate_graph::plan::{self, Warning};
use migrate_graph::{
    Applied, Direction, Graph, Header, IdProblem, Node, Part, Plan, PlanError, Problem, Range,
    RangeError, Target, TargetError, history, target,
};
use serde_json::Value;

use crate::case::{Case, text, texts};

/// What came of a command.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Steps in order, each with the rows after it, and whether there was a warning.
    Steps {
        steps: Vec<(String, String, Vec<String>)>,
        rows: Vec<String>,
        warned: bool,
    },
    /// Whether a stamp writes anything, the rows after it, and the revisions that the targets mean.
    Stamp {
        writes: bool,
        rows: Vec<String>,
        targets: Vec<String>,
    },
    /// Revisions in order, with the words shown beside them.
    Revisions(Vec<(String, Vec<String>)>),
    /// Revisions as a set.
    Ids(Vec<String>),
    /// Branch points, and what continues them.
    Branches(Vec<(String, Vec<String>)>),
    /// The graph, in the form of the recordings.
    Graph(Value),
    /// A new revision.
    Draft {
        down: Vec<String>,
        depends_on: Vec<String>,
        heads_after: Vec<String>,
    },
    /// A typed error: the conditions of Alembic that it stands for, and its words.
    Refused {
        conditions: Vec<&'static str>,
        message: String,
    },
}

pub(crate) fn run(case: &Case) -> Outcome {
    let headers: Vec<Header> = case
        .revisions
        .iter()
        .map(|revision| Header {
            id: revision.id.clone(),
            down_revision: revision.down.clone(),
            depends_on: revision.depends_on.clone(),
            branch_labels: revision.labels.clone(),
            message: String::new(),
        })
        .collect();
    let graph = match Graph::new(headers.clone()) {
        Ok(graph) => graph,
        Err(problems) => return refused_problems(&problems, &headers),
    };
    let result = match case.command["name"].as_str().expect("a command has a name") {
        "load" => Ok(load(&graph)),
        "upgrade" => upgrade(&graph, case),
        "downgrade" => downgrade(&graph, case),
        "stamp" => stamp(&graph, case),
        "heads" => Ok(heads(&graph, case)),
        "bases" => Ok(Outcome::Ids(sorted(&graph, graph.bases()))),
        "branches" => Ok(branches(&graph)),
        "history" => show_history(&graph, case),
        "current" => current(&graph, case),
        "show" | "resolve" => resolve(&graph, case),
        "revision" => revision(&graph, case),
        "merge" => merge(&graph, case),
        other => panic!("no such command: {other}"),
    };
    result.unwrap_or_else(|refused| refused)
}

/// Alembic's rows as the set of applied revisions. The row that is read first is the one that `-1`
/// means there; here that is the revision that was applied last.
fn applied(graph: &Graph, rows: &[String]) -> Applied {
    let below = Applied::from_heads(graph, rows);
    let set: Vec<&str> = graph
        .topological()
        .iter()
        .filter(|node| below.contains(**node))
        .map(|node| graph.id(*node))
        .filter(|id| !rows.iter().any(|row| row == id))
        .collect();
    Applied::new(
        graph,
        set.into_iter().chain(rows.iter().rev().map(String::as_str)),
    )
}

fn is_sql(case: &Case) -> bool {
    case.command["sql"].as_bool().unwrap_or_default()
}

fn upgrade(graph: &Graph, case: &Case) -> Result<Outcome, Outcome> {
    let target = text(&case.command["target"]);
    if is_sql(case) {
        let (applied, plan) =
            plan::upgrade_script(graph, &target).map_err(|error| refused_plan(&error))?;
        return Ok(steps(graph, &applied, &plan));
    }
    Applied::from_sound_heads(graph, &case.db).map_err(|error| refused_plan(&error))?;
    let applied = applied(graph, &case.db);
    let target: Target = target.parse().map_err(|error| refused_target(&error))?;
    let plan = plan::upgrade(graph, &applied, &[target]).map_err(|error| refused_plan(&error))?;
    Ok(steps(graph, &applied, &plan))
}

fn downgrade(graph: &Graph, case: &Case) -> Result<Outcome, Outcome> {
    let target = text(&case.command["target"]);
    if is_sql(case) {
        let (applied, plan) =
            plan::downgrade_script(graph, &target).map_err(|error| refused_plan(&error))?;
        return Ok(steps(graph, &applied, &plan));
    }
    let applied = applied(graph, &case.db);
    let target: Target = target.parse().map_err(|error| refused_target(&error))?;
    let plan = plan::downgrade(graph, &applied, &target).map_err(|error| refused_plan(&error))?;
    Ok(steps(graph, &applied, &plan))
}

fn steps(graph: &Graph, applied: &Applied, plan: &Plan) -> Outcome {
    let mut now = applied.clone();
    let mut steps = Vec::new();
    for step in &plan.steps {
        let direction = match step.direction {
            Direction::Up => {
                now.insert(step.node);
                "up"
            }
            Direction::Down => {
                now.remove(step.node);
                "down"
            }
        };
        steps.push((
            direction.to_owned(),
            graph.id(step.node).to_owned(),
            rows(graph, &now),
        ));
    }
    assert_eq!(
        now,
        plan.outcome(applied),
        "the outcome is what the steps add up to"
    );
    let warned = plan
        .warnings
        .iter()
        .any(|warning| matches!(warning, Warning::SeveralHeads { .. }));
    Outcome::Steps {
        steps,
        rows: rows(graph, &now),
        warned,
    }
}

fn rows(graph: &Graph, applied: &Applied) -> Vec<String> {
    sorted(graph, applied.heads(graph).into_iter())
}

fn stamp(graph: &Graph, case: &Case) -> Result<Outcome, Outcome> {
    let targets = texts(&case.command["targets"]);
    let purge = case.command["purge"].as_bool().unwrap_or_default();
    let (before, stamp) = if is_sql(case) {
        let ranges: Vec<&str> = targets.iter().map(String::as_str).collect();
        plan::stamp_script(graph, &ranges, purge).map_err(|error| refused_plan(&error))?
    } else {
        let applied = applied(graph, &case.db);
        let parsed: Result<Vec<Target>, _> = targets.iter().map(|target| target.parse()).collect();
        let stamp = plan::stamp(
            graph,
            &applied,
            &parsed.map_err(|error| refused_target(&error))?,
            purge,
        )
        .map_err(|error| refused_plan(&error))?;
        (applied, stamp)
    };
    let mut after = before.clone();
    stamp.remove.iter().for_each(|node| after.remove(*node));
    stamp.add.iter().for_each(|node| after.insert(*node));
    let writes = !(stamp.add.is_empty() && stamp.remove.is_empty());
    let means = |text: &String| {
        let text = text.rsplit(':').next().unwrap_or(text);
        text.parse()
            .ok()
            .and_then(|target| target::resolve(graph, &target).ok())
    };
    let targets = sorted(graph, targets.iter().filter_map(means).flatten());
    Ok(Outcome::Stamp {
        writes,
        rows: rows(graph, &after),
        targets,
    })
}

fn heads(graph: &Graph, case: &Case) -> Outcome {
    let real = case.command["resolve_deps"].as_bool().unwrap_or_default();
    let heads: Vec<Node> = if real {
        graph.real_heads().collect()
    } else {
        graph.heads().collect()
    };
    Outcome::Revisions(
        heads
            .into_iter()
            .map(|head| (graph.id(head).to_owned(), head_words(graph, head)))
            .collect(),
    )
}

fn head_words(graph: &Graph, node: Node) -> Vec<String> {
    let word = match (graph.is_real_head(node), graph.is_head(node)) {
        (true, _) => "head",
        (false, true) => "effective head",
        (false, false) => return Vec::new(),
    };
    vec![word.to_owned()]
}

fn words(graph: &Graph, node: Node) -> Vec<String> {
    let mut words = head_words(graph, node);
    if graph.is_branch_point(node) {
        words.push("branchpoint".to_owned());
    }
    if graph.is_merge_point(node) {
        words.push("mergepoint".to_owned());
    }
    words
}

fn branches(graph: &Graph) -> Outcome {
    let branches = graph.branch_points().map(|point| {
        let into = graph.children(point).iter().copied();
        (graph.id(point).to_owned(), sorted(graph, into))
    });
    Outcome::Branches(branches.collect())
}

fn show_history(graph: &Graph, case: &Case) -> Result<Outcome, Outcome> {
    let range: Range = match &case.command["range"] {
        Value::Null => Range::default(),
        range => text(range).parse().map_err(|error| refused_range(&error))?,
    };
    let applied = applied(graph, &case.db);
    let nodes = history(graph, &applied, &range).map_err(|error| refused_range(&error))?;
    let current = applied.heads(graph);
    let indicate = case.command["indicate_current"]
        .as_bool()
        .unwrap_or_default();
    let revisions = nodes.into_iter().map(|node| {
        let mut words = words(graph, node);
        if indicate && current.contains(&node) {
            words.push("current".to_owned());
        }
        (graph.id(node).to_owned(), words)
    });
    Ok(Outcome::Revisions(revisions.collect()))
}

fn current(graph: &Graph, case: &Case) -> Result<Outcome, Outcome> {
    let applied = applied(graph, &case.db);
    if case.command["check_heads"].as_bool().unwrap_or_default() && !applied.is_complete(graph) {
        return Err(refused(&["not_at_head"], "not everything is applied"));
    }
    if let [unknown, ..] = applied.unknown() {
        return Err(refused(
            &["no_such_revision"],
            &format!("unknown to the history: {unknown}"),
        ));
    }
    let tips = applied.tips(graph);
    Ok(Outcome::Revisions(
        tips.into_iter()
            .map(|tip| (graph.id(tip).to_owned(), words(graph, tip)))
            .collect(),
    ))
}

fn resolve(graph: &Graph, case: &Case) -> Result<Outcome, Outcome> {
    let text = text(&case.command["target"]);
    let target: Target = text.parse().map_err(|error| refused_target(&error))?;
    let nodes = if case.command["name"] == "show" {
        target::resolve_applied(graph, &applied(graph, &case.db), &target)
    } else {
        target::resolve(graph, &target)
    };
    let nodes = nodes.map_err(|error| refused_target(&error))?;
    Ok(Outcome::Ids(sorted(graph, nodes.into_iter())))
}

fn revision(graph: &Graph, case: &Case) -> Result<Outcome, Outcome> {
    draft(graph, case, &texts(&case.command["head"]))
}

fn merge(graph: &Graph, case: &Case) -> Result<Outcome, Outcome> {
    draft(graph, case, &texts(&case.command["revisions"]))
}

fn draft(graph: &Graph, case: &Case, heads: &[String]) -> Result<Outcome, Outcome> {
    let heads: Result<Vec<Target>, _> = heads.iter().map(|head| head.parse()).collect();
    let request = Request {
        id: "zznew".to_owned(),
        message: String::new(),
        heads: heads.map_err(|error| refused_target(&error))?,
        splice: case.command["splice"].as_bool().unwrap_or_default(),
        branch_labels: texts(&case.command["branch_label"]),
        depends_on: texts(&case.command["depends_on"]),
    };
    let draft = draft::draft(graph, &request).map_err(|error| refused_draft(&error))?;
    Ok(Outcome::Draft {
        down: draft.header.down_revision,
        depends_on: draft.header.depends_on,
        heads_after: sorted(&draft.after, draft.after.heads()),
    })
}

fn load(graph: &Graph) -> Outcome {
    let revisions: Vec<Value> = graph
        .nodes()
        .map(|node| {
            let ids = |nodes: &[Node]| sorted(graph, nodes.iter().copied());
            let mut all_next = sorted(graph, graph.after(node));
            all_next.dedup();
            serde_json::json!({
                "rev": graph.id(node),
                "labels": graph.labels(node).collect::<Vec<_>>(),
                "deps": ids(graph.dependencies(node)),
                "effective_deps": ids(graph.effective_dependencies(node)),
                "next": ids(graph.children(node)),
                "all_next": all_next,
            })
        })
        .collect();
    Outcome::Graph(serde_json::json!({
        "heads": sorted(graph, graph.heads()),
        "real_heads": sorted(graph, graph.real_heads()),
        "bases": sorted(graph, graph.bases()),
        "real_bases": sorted(graph, graph.real_bases()),
        "graph": revisions,
    }))
}

fn sorted(graph: &Graph, nodes: impl Iterator<Item = Node>) -> Vec<String> {
    let mut ids: Vec<String> = nodes.map(|node| graph.id(node).to_owned()).collect();
    ids.sort();
    ids
}

fn refused(conditions: &[&'static str], message: &str) -> Outcome {
    Outcome::Refused {
        conditions: conditions.to_vec(),
        message: message.to_owned(),
    }
}

fn refused_problems(problems: &[Problem], headers: &[Header]) -> Outcome {
    let mut conditions: Vec<&'static str> = problems.iter().map(problem_condition).collect();
    // a revision that depends on itself by a label is a cycle to Alembic, and a self-link by its id
    // only
    let by_label = |problem: &Problem| match problem {
        Problem::SelfLink { site, revision } => match site.part {
            Part::DependsOn(place) => headers
                .get(site.header)
                .is_some_and(|header| header.depends_on[place] != *revision),
            _ => false,
        },
        _ => false,
    };
    if problems.iter().any(by_label) {
        conditions.push("dependency_cycle");
    }
    let messages: Vec<String> = problems.iter().map(Problem::message).collect();
    refused(&conditions, &messages.join("; "))
}

fn problem_condition(problem: &Problem) -> &'static str {
    let is_dependency = |part: Part| matches!(part, Part::DependsOn(_));
    match problem {
        Problem::IllegalName {
            why: IdProblem::Character { .. } | IdProblem::Relative { .. },
            ..
        } => "illegal_characters",
        Problem::IllegalName { .. } => "illegal_name",
        Problem::DuplicateId { .. } => "duplicate_id",
        Problem::UnknownLink { .. } | Problem::LabelAsParent { .. } => "missing_reference",
        Problem::RepeatedLink { .. } => "repeated_link",
        Problem::SelfLink { site, .. } if is_dependency(site.part) => "dependency_self_loop",
        Problem::SelfLink { .. } => "self_loop",
        Problem::Cycle { links } if links.iter().any(|link| is_dependency(link.site.part)) => {
            "dependency_cycle"
        }
        Problem::Cycle { .. } => "cycle",
        Problem::DuplicateLabel { .. } | Problem::LabelIsId { .. } => "duplicate_label",
        Problem::SeveralBases { .. } | Problem::SeveralHeads { .. } => "shape",
    }
}

fn refused_target(error: &TargetError) -> Outcome {
    use TargetError as E;
    let conditions: &[&'static str] = match error {
        // a name before the `@` that is not there is "no such branch" in one place of Alembic and
        // "no such revision" in others
        E::UnknownBranch { .. } => &["no_such_branch", "no_such_revision"],
        E::Unknown { .. } | E::NotHere { .. } | E::Empty | E::Malformed { .. } => {
            &["no_such_revision"]
        }
        // only `upgrade` recognizes a range; elsewhere it is an unknown id
        E::Range { .. } => &["range_needs_sql", "no_such_revision"],
        E::NoSteps { .. } => &["relative_too_far"],
        E::Ambiguous { .. } => &["ambiguous_partial"],
        E::NotInBranch { .. } => &["not_in_branch"],
        E::SeveralHeads { .. } => &["multiple_heads"],
        E::TooFar { from: None, .. } => &["relative_too_far"],
        E::TooFar { from: Some(_), .. } => &["walked_too_far"],
        E::AmbiguousWalk { .. } => &["ambiguous_walk"],
        E::AmbiguousStart { .. } => &["ambiguous_upgrade"],
    };
    refused(conditions, &error.to_string())
}

fn refused_plan(error: &PlanError) -> Outcome {
    let conditions: &[&'static str] = match error {
        PlanError::Target(target) => return refused_target(target),
        PlanError::UnknownApplied { .. } => &["no_such_revision"],
        PlanError::Overlap { .. } => &["overlapping_revisions"],
        PlanError::NothingToDrop { .. } => &["nothing_to_drop"],
        PlanError::NotADowngradeTarget { .. } => &["not_valid_downgrade_target"],
        PlanError::NeedsRange { .. } => &["sql_downgrade_needs_range"],
        PlanError::SeveralStarts { .. } => &["sql_stamp_one_start"],
        PlanError::PurgeNeedsDatabase => &["purge_with_sql"],
    };
    refused(conditions, &error.to_string())
}

fn refused_range(error: &RangeError) -> Outcome {
    let conditions: &[&'static str] = match error {
        RangeError::Target(target) => return refused_target(target),
        RangeError::Colon { .. } => &["history_needs_colon"],
        RangeError::CurrentTwice | RangeError::UnknownApplied { .. } => &["no_such_revision"],
        RangeError::NotAncestor { .. } => &["range_not_ancestor"],
        RangeError::Overlap { .. } => &["overlapping_revisions"],
        // Alembic counts from the heads
        RangeError::CountedFrom {
            heads_are_above: true,
            ..
        } => &["range_not_ancestor"],
        RangeError::CountedFrom { .. } | RangeError::NotALabel { .. } => &[],
    };
    refused(conditions, &error.to_string())
}

fn refused_draft(error: &DraftError) -> Outcome {
    let conditions: &[&'static str] = match error {
        DraftError::Target(target) => return refused_target(target),
        DraftError::Unsound(problems) => return refused_problems(problems, &[]),
        DraftError::IllegalId { .. } => &["illegal_characters"],
        DraftError::IdTaken { .. } => &["duplicate_id"],
        DraftError::RepeatedHead { .. } => &["duplicate_head_given"],
        DraftError::NotAHead { .. } => &["not_a_head"],
        DraftError::NoDependency { .. } => &["no_such_revision"],
    };
    refused(conditions, &error.to_string())
}
