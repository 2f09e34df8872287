//! Processes that are started at the same time on one empty database.

use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use migrate_core::engine::backend::BackendKind;
use migrate_tests::scratch::Scratch;

use crate::Outcome;
use crate::database::Contents;
use crate::kills::{start_child, succeeded};

/// What waiting may cost in addition to the work of the others.
const GRACE: Duration = Duration::from_secs(2);

/// Starts so many processes, so many times. With `limit`, none may take longer than the work and
/// [`GRACE`].
pub(crate) fn run(kind: BackendKind, rounds: usize, processes: usize, limit: bool) -> Outcome {
    let alone = Scratch::new(kind, "alone");
    let work = end_of(Instant::now(), start_child(&alone, &["up", "--json"]))?;
    let expected = Contents::of(alone.url());
    let (mut longest, mut most_work) = (Duration::ZERO, work.worked);
    for round in 0..rounds {
        let scratch = Scratch::new(kind, "together");
        let children: Vec<(Instant, Child)> = (0..processes)
            .map(|_| {
                let start = Instant::now();
                (start, start_child(&scratch, &["up", "--json"]))
            })
            .collect();
        let ends: Vec<Result<End, String>> = thread::scope(|scope| {
            let waiting: Vec<_> = children
                .into_iter()
                .map(|(start, child)| scope.spawn(move || end_of(start, child)))
                .collect();
            let join = |thread: thread::ScopedJoinHandle<'_, _>| thread.join().expect("no panic");
            waiting.into_iter().map(join).collect()
        });
        let ends: Vec<End> = ends
            .into_iter()
            .collect::<Result<_, _>>()
            .map_err(|problem| format!("round {round}: {problem}"))?;
        let mut steps: Vec<&String> = ends.iter().flat_map(|end| &end.steps).collect();
        steps.sort();
        let once = steps.windows(2).all(|pair| pair[0] != pair[1]);
        if !once || steps.len() != expected.applied() {
            return Err(format!("round {round}: not each revision once: {steps:?}"));
        }
        if let Some(lines) = Contents::of(scratch.url()).differences(&expected) {
            return Err(format!("round {round}: not what one run leaves:\n{lines}"));
        }
        let worked: Duration = ends.iter().map(|end| end.worked).sum();
        let slowest = ends.iter().map(|end| end.took).max().unwrap_or_default();
        if limit && slowest > worked + GRACE {
            return Err(format!(
                "round {round}: one took {slowest:.2?}, and the work {worked:.2?}"
            ));
        }
        longest = longest.max(slowest.saturating_sub(worked));
        most_work = most_work.max(worked);
    }
    Ok(format!(
        "{rounds} rounds of {processes} processes at once: all exit 0, each revision once; the work took {:.2?} alone, at most \
         {most_work:.2?} among them, and none took more than {longest:.2?} longer",
        work.worked
    ))
}

/// The result of one process.
struct End {
    /// From its start to its end.
    took: Duration,
    /// The duration of its own steps.
    worked: Duration,
    /// The revisions that it applied.
    steps: Vec<String>,
}

fn end_of(start: Instant, child: Child) -> Result<End, String> {
    let output = succeeded(child.wait_with_output())?;
    let took = start.elapsed();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("it printed no JSON: {error}"))?;
    let steps = report["steps"].as_array().cloned().unwrap_or_default();
    let worked = steps
        .iter()
        .filter_map(|step| step["duration_ms"].as_f64())
        .sum::<f64>();
    Ok(End {
        took,
        worked: Duration::from_secs_f64(worked / 1_000.0),
        steps: steps
            .iter()
            .filter_map(|step| Some(step["revision"].as_str()?.to_owned()))
            .collect(),
    })
}
