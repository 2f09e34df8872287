//! Compares what the library did with what was recorded, by the rules of the cases' README.
//!
//! It trusts nothing that the library says of a graph: steps and rows are checked against the
//! `model`.

use serde_json::Value;

use crate::case::{Case, sorted, text, texts};
use crate::model::Model;
use crate::run::Outcome;

/// What is to be said of a case.
#[derive(Debug)]
pub(crate) enum Verdict {
    Agreed,
    /// Not as Alembic, where that is not a goal; how.
    Deviated(String),
    Failed(String),
}

pub(crate) fn judge(case: &Case, outcome: &Outcome) -> Verdict {
    if let Err(why) = sound(case, outcome) {
        return Verdict::Failed(why);
    }
    let differences = match agrees(case, outcome) {
        Ok(()) => return Verdict::Agreed,
        Err(differences) => differences,
    };
    if keeps_target(case, outcome) {
        return Verdict::Deviated(
            "a target that was a row stays, which Alembic takes away".to_owned(),
        );
    }
    if case.deviation.is_none() {
        return Verdict::Failed(differences);
    }
    match (outcome, &case.suggested) {
        (Outcome::Refused { message, .. }, _) => Verdict::Deviated(format!("refused: {message}")),
        (_, Some(suggested)) => match suggestion(case, suggested, outcome) {
            Ok(()) => Verdict::Deviated("as suggested".to_owned()),
            Err(why) => Verdict::Failed(format!(
                "neither as Alembic ({differences}) nor as suggested ({why})"
            )),
        },
        (_, None) => Verdict::Failed(format!(
            "not as Alembic ({differences}), and nothing else is suggested"
        )),
    }
}

/// What must hold whatever was recorded: the order of steps, and rows of which none contains
/// another.
fn sound(case: &Case, outcome: &Outcome) -> Result<(), String> {
    let model = Model::new(case);
    match outcome {
        Outcome::Steps { steps, rows, .. } => {
            let mut applied = model.closure(&start(case)?);
            for (direction, id, after) in steps {
                model.step(&mut applied, direction, id)?;
                same("rows after a step", after, &model.rows(&applied))?;
            }
            same("final rows", rows, &model.rows(&applied))
        }
        Outcome::Stamp { rows, .. } => same("rows", rows, &model.rows(&model.closure(rows))),
        _ => Ok(()),
    }
}

/// The one deviation of our own: of several targets of a stamp, Alembic loses one that is a row
/// already if another of them takes the place of the rows beside it. That is accepted if it is all
/// that differs.
fn keeps_target(case: &Case, outcome: &Outcome) -> bool {
    let Outcome::Stamp { rows, targets, .. } = outcome else {
        return false;
    };
    let model = Model::new(case);
    let recorded = sorted(&case.expect["rows"]);
    let lost: Vec<String> = case
        .db
        .iter()
        .filter(|row| targets.contains(row) && !model.closure(&recorded).contains(*row))
        .cloned()
        .collect();
    let kept: Vec<String> = recorded.into_iter().chain(lost.iter().cloned()).collect();
    let related = |row: &String| {
        targets.iter().any(|target| {
            target != row
                && (model.closure(std::slice::from_ref(target)).contains(row)
                    || model.closure(std::slice::from_ref(row)).contains(target))
        })
    };
    !lost.is_empty() && !lost.iter().any(related) && *rows == model.rows(&model.closure(&kept))
}

/// The rows from which steps start: the database's, or the start of the range of a script.
fn start(case: &Case) -> Result<Vec<String>, String> {
    if !case.command["sql"].as_bool().unwrap_or_default() {
        return Ok(case.db.clone());
    }
    let target = text(&case.command["target"]);
    let start = target.split_once(':').map_or("base", |(start, _)| start);
    if ["base", ""].contains(&start) {
        return Ok(Vec::new());
    }
    let name = case.revisions.iter().find(|revision| {
        revision.id == start
            || revision.labels.iter().any(|label| label == start)
            || revision.id.starts_with(start)
    });
    name.map(|revision| vec![revision.id.clone()])
        .ok_or_else(|| format!("the start {start} is no revision"))
}

/// The first two rules: the same result, or an error of the same condition.
fn agrees(case: &Case, outcome: &Outcome) -> Result<(), String> {
    if case.expect["ok"] == Value::Bool(false) {
        return refused_as(&case.expect, outcome);
    }
    match result(case, &case.expect, outcome) {
        Err(why) if !case.result_stable => case
            .alternatives
            .iter()
            .find_map(|other| result(case, other, outcome).ok())
            .ok_or(why),
        result => result,
    }
}

fn refused_as(expect: &Value, outcome: &Outcome) -> Result<(), String> {
    let Some(condition) = expect["condition"].as_str() else {
        return Err("Alembic crashes".to_owned());
    };
    match outcome {
        Outcome::Refused { conditions, .. } if conditions.contains(&condition) => Ok(()),
        Outcome::Refused {
            conditions,
            message,
        } => Err(format!(
            "expected {condition}, refused with {conditions:?}: {message}"
        )),
        other => Err(format!("expected {condition}, got {other:?}")),
    }
}

fn result(case: &Case, expect: &Value, outcome: &Outcome) -> Result<(), String> {
    match outcome {
        Outcome::Steps {
            steps,
            rows,
            warned,
        } => {
            same_steps(case, &expect["steps"], steps)?;
            same("final rows", rows, &sorted(&expect["rows"]))?;
            let expected =
                texts(&expect["warnings"]).contains(&"ambiguous_relative_downgrade".to_owned());
            same("a warning", warned, &expected)
        }
        Outcome::Stamp { writes, rows, .. } => {
            same("rows", rows, &sorted(&expect["rows"]))?;
            // a purge that stores the same rows again is recorded as steps, and is nothing to write
            // here
            let purge = case.command["purge"].as_bool().unwrap_or_default();
            let expected = !list(&expect["steps"]).is_empty();
            if purge {
                Ok(())
            } else {
                same("whether something is written", writes, &expected)
            }
        }
        Outcome::Revisions(revisions) => {
            let expected: Vec<(String, Vec<String>)> = list(&expect["revs"])
                .iter()
                .map(|rev| (text(&rev["rev"]), sorted(&rev["flags"])))
                .collect();
            let mut revisions: Vec<(String, Vec<String>)> = revisions
                .iter()
                .map(|(id, words)| (id.clone(), ordered(words.clone())))
                .collect();
            if case.command["name"] == "history" && case.order_stable {
                return same("revisions in order", &revisions, &expected);
            }
            revisions.sort();
            same("revisions", &revisions, &ordered(expected))
        }
        Outcome::Ids(ids) => same("revisions", ids, &sorted(&expect["revs"])),
        Outcome::Branches(branches) => {
            let expected = list(&expect["branches"])
                .iter()
                .map(|branch| (text(&branch["rev"]), sorted(&branch["into"])))
                .collect();
            same("branches", &ordered(branches.clone()), &ordered(expected))
        }
        Outcome::Graph(graph) => same_graph(expect, graph),
        Outcome::Draft {
            down,
            depends_on,
            heads_after,
        } => {
            same("parents", down, &texts(&expect["down"]))?;
            same("dependencies", depends_on, &texts(&expect["depends_on"]))?;
            same("heads after", heads_after, &sorted(&expect["heads_after"]))
        }
        Outcome::Refused {
            conditions,
            message,
        } => Err(format!("refused with {conditions:?}: {message}")),
    }
}

/// The same steps; in the same order and with the same rows after each, if Alembic's order is
/// stable.
fn same_steps(
    case: &Case,
    expect: &Value,
    steps: &[(String, String, Vec<String>)],
) -> Result<(), String> {
    let expected: Vec<(String, String, Vec<String>)> = list(expect)
        .iter()
        .map(|step| {
            (
                text(&step["dir"]),
                text(&step["rev"]),
                sorted(&step["rows"]),
            )
        })
        .collect();
    if case.order_stable {
        return same("steps in order", &steps.to_vec(), &expected);
    }
    let set = |steps: &[(String, String, Vec<String>)]| {
        ordered(
            steps
                .iter()
                .map(|(direction, id, _)| (direction.clone(), id.clone()))
                .collect(),
        )
    };
    same("set of steps", &set(steps), &set(&expected))
}

fn same_graph(expect: &Value, graph: &Value) -> Result<(), String> {
    for key in ["heads", "real_heads", "bases", "real_bases"] {
        same(key, &sorted(&graph[key]), &sorted(&expect[key]))?;
    }
    let (ours, theirs) = (list(&graph["graph"]), list(&expect["graph"]));
    same("number of revisions", &ours.len(), &theirs.len())?;
    for theirs in theirs {
        let ours = ours
            .iter()
            .find(|revision| revision["rev"] == theirs["rev"]);
        let ours = ours.ok_or_else(|| format!("{} is missing", theirs["rev"]))?;
        for key in ["labels", "deps", "effective_deps", "next", "all_next"] {
            same(
                &format!("{} of {}", key, theirs["rev"]),
                &sorted(&ours[key]),
                &sorted(&theirs[key]),
            )?;
        }
    }
    Ok(())
}

/// The third rule: what is suggested instead of Alembic's result. It may leave out what it says
/// nothing of.
fn suggestion(case: &Case, suggested: &Value, outcome: &Outcome) -> Result<(), String> {
    if suggested["ok"] == Value::Bool(false) {
        return Err("an error is suggested".to_owned());
    }
    let ids = |steps: &[(String, String, Vec<String>)]| {
        steps.iter().map(|(_, id, _)| id.clone()).collect()
    };
    match outcome {
        Outcome::Steps { steps, rows, .. } => {
            if !suggested["steps"].is_null() {
                same(
                    "set of steps",
                    &ordered(ids(steps)),
                    &sorted(&suggested["steps"]),
                )?;
            }
            if !suggested["rows"].is_null() {
                same("final rows", rows, &sorted(&suggested["rows"]))?;
            }
            Ok(())
        }
        Outcome::Stamp { rows, .. } => same("rows", rows, &sorted(&suggested["rows"])),
        // said without details: that the command succeeds
        _ if suggested
            .as_object()
            .is_some_and(|suggested| suggested.len() == 1) =>
        {
            Ok(())
        }
        other => result(case, suggested, other),
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn ordered<T: Ord>(mut items: Vec<T>) -> Vec<T> {
    items.sort();
    items
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, ours: &T, theirs: &T) -> Result<(), String> {
    if ours == theirs {
        Ok(())
    } else {
        Err(format!("{what}: got {ours:?}, recorded {theirs:?}"))
    }
}
