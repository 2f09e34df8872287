//! `up` and `down` with `--dry-run`: run, watch the statements, and roll all of it back.

use std::cell::RefCell;
use std::time::Instant;

use super::runs::{millis, of_database, refuse_nonsense};
use crate::args::RunArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::json;
use crate::progress::Progress;
use crate::words::{standing, time, word};
use migrate_core::engine::backend::{Access, Session};
use migrate_core::error::Error;
use migrate_core::migrator::{Event, Migrator, Report};

/// Runs on the database, reports the statements, and rolls them back.
pub(super) fn dry_run(
    context: &Context<'_>,
    progress: &Progress<'_, '_>,
    options: &RunArgs,
    targets: &[String],
    plan: fn(usize) -> String,
    run: impl FnOnce(&Migrator<'_>, &mut dyn Session) -> Result<Report, Error>,
) -> Result<json::DryRun, CliError> {
    let migrator = context.migrator_for(options)?;
    refuse_nonsense(&migrator, targets)?;
    // a missing database is tried in memory, so that no file is left
    let mut database = context.database(Access::Read)?;
    let name = &database.name.database;
    let steps = RefCell::new(Vec::new());
    let migrator = migrator.on_event(|event| {
        watch(&mut steps.borrow_mut(), event);
        progress.event(name, plan, event);
    });

    let start = Instant::now();
    let result = run(&migrator, database.session.as_mut());
    let took = start.elapsed();
    let mut answer = json::DryRun {
        database: Some(name.clone()),
        backend: Some(database.name.backend.clone()),
        targets: targets.to_vec(),
        duration_ms: millis(took),
        ..json::DryRun::default()
    };
    match result {
        Ok(report) => {
            answer.warnings = report.warnings.iter().map(ToString::to_string).collect();
            for warning in &answer.warnings {
                progress.say(&format!("note: {warning}"));
            }
            let standing = standing(&report.current, report.at_heads);
            progress.say(&match report.steps.is_empty() {
                true => format!("nothing to do: {standing}"),
                false => format!(
                    "tried in {}, and rolled all of it back; after a real run, {standing}",
                    time(took)
                ),
            });
            answer.current = Some(report.current);
            answer.at_heads = Some(report.at_heads);
        }
        Err(error) => {
            if error.report().is_some() {
                progress.failed(&error);
            }
            answer.error = Some(of_database(
                error,
                &migrator,
                database.session.as_mut(),
                name,
            ));
        }
    }
    answer.steps = steps.take();
    Ok(answer)
}

/// Records what a step did.
fn watch(steps: &mut Vec<json::DryStep>, event: &Event<'_>) {
    if let Event::Started {
        revision,
        direction,
        ..
    } = event
    {
        steps.push(json::DryStep {
            revision: revision.id().to_owned(),
            direction: word(*direction),
            message: revision.message().to_owned(),
            duration_ms: None,
            statements: Vec::new(),
            connection: false,
        });
    }
    let Some(step) = steps.last_mut() else {
        return;
    };
    match event {
        Event::Statement { sql, duration } => step.statements.push(json::DryStatement {
            sql: (*sql).to_owned(),
            duration_ms: millis(*duration),
        }),
        Event::StartedOver => steps.clear(),
        Event::Connection => step.connection = true,
        Event::Finished { step: done } => step.duration_ms = Some(millis(done.duration)),
        _ => {}
    }
}
