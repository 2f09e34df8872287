//! What `up`, `down` and `redo` have in common: open, let the migrator run and tell of it, and sum up.

use std::time::{Duration, Instant};

use migrate_graph::{Target, target};

use crate::backend::{Access, Session};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::json;
use crate::cli::progress::{Progress, standing, word};
use crate::error::Error;
use crate::migrator::{Migrator, Report, StepReport};

/// What to type to go on after a revision failed, from what had been done and how many steps were left.
pub(super) type Continue<'a> = &'a dyn Fn(&[StepReport], usize) -> String;

/// Opens the database, runs, and says how it went.
pub(super) fn carry_out(
    context: &Context<'_>,
    progress: &Progress<'_, '_>,
    targets: &[String],
    run: impl FnOnce(&Migrator<'_>, &mut dyn Session) -> Result<Report, Error>,
    go_on: Continue<'_>,
) -> Result<json::Run, Failure> {
    let migrator = context.migrator();
    refuse_nonsense(&migrator, targets)?;
    let mut database = context.database(Access::Write)?;
    let name = database.name;
    let migrator = migrator.on_event(|event| progress.event(&name.database, event));

    let start = Instant::now();
    let result = run(&migrator, database.session.as_mut());
    let took = start.elapsed();

    let mut answer = json::Run {
        database: Some(name.database.clone()),
        backend: Some(name.backend.clone()),
        targets: targets.to_vec(),
        duration_ms: millis(took),
        ..json::Run::default()
    };
    match result {
        Ok(report) => {
            for warning in &report.warnings {
                progress.say(&format!("note: {warning}"));
            }
            let standing = standing(&report.current, report.at_heads);
            progress.done(&report.steps, took, &standing);
            answer.describe(&report);
        }
        Err(error) => {
            let failure = match error.report() {
                Some(report) => {
                    progress.failed();
                    answer.describe(report);
                    let left = progress.of() - report.steps.len();
                    let go_on = go_on(&report.steps, left);
                    Failure::from(error).continued_by(&go_on)
                }
                None => Failure::from(error),
            };
            answer.error = Some(failure);
        }
    }
    Ok(answer)
}

/// Refuses targets that lead nowhere in any database, before one is touched.
pub(super) fn refuse_nonsense(migrator: &Migrator<'_>, targets: &[String]) -> Result<(), Failure> {
    let graph = migrator.graph()?;
    for text in targets {
        let target: Target = text.parse()?;
        if !target.is_relative_to_applied() {
            target::resolve(graph, &target)?;
        }
    }
    Ok(())
}

/// The command that goes on with what is left: the same targets, or as many steps as are left when steps were asked for.
pub(super) fn same_again(command: &str, sign: char, targets: &[String], left: usize) -> String {
    let counted = |text: &String| {
        text.parse::<Target>()
            .is_ok_and(|target| target.is_relative_to_applied())
    };
    match targets {
        [only] if counted(only) => format!("cargo migrate {command} {sign}{left}"),
        [only] if command == "up" && only == "head" => "cargo migrate up".to_owned(),
        targets => format!("cargo migrate {command} {}", targets.join(" ")),
    }
}

pub(super) fn as_strs(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}

fn millis(time: Duration) -> f64 {
    // whole microseconds: more digits would only be noise
    (time.as_secs_f64() * 1e6).round() / 1e3
}

impl json::Run {
    fn describe(&mut self, report: &Report) {
        self.steps = report.steps.iter().map(json::Step::from).collect();
        self.current = Some(report.current.clone());
        self.at_heads = Some(report.at_heads);
    }
}

impl From<&StepReport> for json::Step {
    fn from(step: &StepReport) -> json::Step {
        json::Step {
            revision: step.revision.clone(),
            direction: word(step.direction),
            message: step.message.clone(),
            duration_ms: millis(step.duration),
        }
    }
}
