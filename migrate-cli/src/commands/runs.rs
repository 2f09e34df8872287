//! What `up`, `down` and `redo` have in common: open the database, run the migrator with progress,
//! and report the result.

use crate::CARGO_MIGRATE;
use std::path::Path;
use std::time::{Duration, Instant};

use migrate_graph::{Advice, Help, PlanError, Target, target};

use super::backup;
use super::stamp::recorded_elsewhere;
use crate::args::{RunArgs, refuse_url};
use crate::context::{Context, Database, failure_in};
use crate::error::CliError;
use crate::interrupt;
use crate::json;
use crate::progress::Progress;
use crate::text::unknown_help;
use crate::words::{standing, word};
use migrate_core::engine::backend::{Access, Session};
use migrate_core::error::{Cause, Error, ErrorKind, Trouble};
use migrate_core::migrator::{ChecksumMismatch, Migrator, Report, StepReport};

/// What to run, and how to report it.
pub(super) struct Request<'a> {
    /// The targets, as they were given.
    pub(super) targets: &'a [String],
    /// Whether a missing database is created.
    pub(super) access: Access,
    /// Where to back up the database first, if at all; empty for next to it.
    pub(super) backup: Option<&'a Path>,
    /// The options of the run.
    pub(super) run: &'a RunArgs,
    /// Whether an upgrade refuses to run if applied revisions were edited; it reports them in any
    /// case. `None` for a downgrade.
    pub(super) refuse_edited: Option<bool>,
    /// What a number of steps will do, in words.
    pub(super) plan: fn(usize) -> String,
    /// The command that resumes after a failure, from the steps done and the number of steps left.
    pub(super) resume: &'a dyn Fn(&[StepReport], usize) -> String,
}

/// Opens the database, runs, and reports the result.
pub(super) fn execute(
    context: &Context<'_>,
    progress: &Progress<'_, '_>,
    request: &Request<'_>,
    run: impl FnOnce(&Migrator<'_>, &mut dyn Session) -> Result<Report, Error>,
) -> Result<json::Run, CliError> {
    let migrator = context
        .migrator_for(request.run)?
        .stop(&interrupt::stop())
        .refuse_edited(request.refuse_edited.unwrap_or_default())
        .report_edited(request.refuse_edited.is_some());
    refuse_nonsense(&migrator, request.targets)?;
    let mut database = context.database(request.access)?;
    let copy = match request.backup {
        Some(path) => copied(context, progress, &migrator, &mut database, path)?,
        None => None,
    };
    let name = &database.name.database;
    let migrator = migrator
        .on_event(|event| progress.event(name, request.plan, event))
        .statements_together();

    let start = Instant::now();
    let result = run(&migrator, database.session.as_mut());
    let took = start.elapsed();
    database.session.unlock(); // taken by the backup, if there was nothing to do

    let mut answer = json::Run {
        backup: copy,
        database: Some(name.clone()),
        backend: Some(database.name.backend.clone()),
        targets: request.targets.to_vec(),
        duration_ms: millis(took),
        ..json::Run::default()
    };
    match result {
        Ok(report) => {
            answer.describe(&report);
            for warning in &answer.warnings {
                progress.say(&format!("note: {warning}"));
            }
            progress.done(
                &report.steps,
                took,
                &standing(&report.current, report.at_heads),
            );
            if request.refuse_edited.is_some() {
                answer.report_edited(report.edited);
            }
        }
        Err(error) => {
            if let Some(report) = error.report() {
                progress.failed(&error);
                answer.describe(report);
            }
            let checked = check_again(context, &migrator, &error);
            let session = database.session.as_mut();
            let changed = changed_since(&migrator, session, &error);
            let elsewhere = elsewhere(&migrator, session, &error);
            let mut failure = explain(error, &migrator, session, name, progress, request);
            if let Some(help) = elsewhere {
                failure = failure.help(help);
            }
            answer.error = Some(failure.notes(checked).notes(changed));
        }
    }
    Ok(answer)
}

/// What to type where the first revisions fail, as another tool has applied them.
fn elsewhere(migrator: &Migrator<'_>, session: &mut dyn Session, error: &Error) -> Option<Help> {
    let Error::Revision(failure) = error else {
        return None;
    };
    let exists = failure.trouble == Some(Trouble::Exists) && failure.partial.is_none();
    if !exists || !failure.report.current.is_empty() {
        return None;
    }
    recorded_elsewhere(session, migrator.graph().ok()?)
}

/// Backs up the database, unless there is nothing to do, and keeps the lock for the run that
/// follows.
fn copied(
    context: &Context<'_>,
    progress: &Progress<'_, '_>,
    migrator: &Migrator<'_>,
    database: &mut Database,
    path: &Path,
) -> Result<Option<json::Backup>, CliError> {
    backup::prepare(context, progress, database, path)?;
    let status = migrator.status(&mut database.session);
    let status = status.map_err(|error| database.failure(error))?;
    if status.pending.is_empty() {
        return Ok(None);
    }
    match database.name.exists {
        true => backup::make(context, progress, database, path).map(Some),
        false => Ok(None), // just created
    }
}

/// The error as a failure, with the command to resume.
fn explain(
    error: Error,
    migrator: &Migrator<'_>,
    session: &mut dyn Session,
    database: &str,
    progress: &Progress<'_, '_>,
    request: &Request<'_>,
) -> CliError {
    let resume = error.report().map(|report| {
        let left = progress.of().saturating_sub(report.steps.len());
        let arguments = (request.resume)(&report.steps, left) + &request.run.again();
        Advice::Command { arguments }
    });
    let stopped = error.kind() == ErrorKind::Stopped;
    let interrupted = matches!(&error, Error::Revision(failure) if failure.is_interrupted());
    let failure = of_database(error, migrator, session, database);
    match resume {
        Some(command) if stopped => failure
            .fact("continue", command.typed(CARGO_MIGRATE))
            .help(Help::from("resume with `") + command + "`"),
        Some(command) if interrupted => failure
            .fact("continue", command.typed(CARGO_MIGRATE))
            .help(Help::from("the connection was lost; run it again: `") + command + "`"),
        Some(command) => failure.continued_by(command),
        None => failure,
    }
}

/// That the file of the failed revision has changed since it was applied: then its downgrade may
/// not match the database.
fn changed_since(
    migrator: &Migrator<'_>,
    session: &mut dyn Session,
    error: &Error,
) -> Option<String> {
    let Error::Revision(failure) = error else {
        return None;
    };
    let edited = migrator.edited(session).ok()?;
    let id = &failure.revision;
    edited.iter().any(|edited| edited.revision == *id).then(|| {
        format!(
            "revision `{id}` has changed since it was applied: restore its file, or change the database by hand and record that with \
             `cargo migrate stamp`"
        )
    })
}

/// What the database reports over another connection, if the first one was lost during a commit.
fn check_again(context: &Context<'_>, migrator: &Migrator<'_>, error: &Error) -> Option<String> {
    let revision = match error {
        Error::Revision(failure) if matches!(failure.cause, Cause::CommitUnknown(_)) => {
            Some(failure)
        }
        Error::NotCommitted(failed) if failed.unknown => None,
        _ => return None,
    };
    let mut database = context.database(Access::Read).ok()?;
    let status = migrator.status(&mut database.session).ok()?;
    let Some(failure) = revision else {
        let standing = standing(&status.current, status.at_heads);
        return Some(format!("checked over a new connection: {standing}"));
    };
    let is = status
        .applied
        .iter()
        .any(|row| row.version == failure.revision);
    let word = if is { "is" } else { "is not" };
    Some(format!(
        "checked over a new connection: the revision {word} applied"
    ))
}

/// The error as a failure; for unknown revisions, with the command that deletes their records.
pub(super) fn of_database(
    error: Error,
    migrator: &Migrator<'_>,
    session: &mut dyn Session,
    database: &str,
) -> CliError {
    let unknown = matches!(error, Error::Plan(PlanError::UnknownApplied { .. }));
    let failure = failure_in(database, error);
    if !unknown {
        return failure; // do not wait again for a busy database
    }
    match migrator.status(session) {
        Ok(status) => failure.help(unknown_help(&status.current)),
        Err(_) => failure,
    }
}

/// Refuses targets that are invalid for any database, before opening one.
pub(super) fn refuse_nonsense(migrator: &Migrator<'_>, targets: &[String]) -> Result<(), CliError> {
    let graph = migrator.graph()?;
    for text in targets {
        refuse_url(text)?;
        let target: Target = text.parse()?;
        // the plan judges relative targets such as `id+1`
        if !target.is_relative_to_applied() && target.steps().is_none() {
            target::resolve(graph, &target)?;
        }
    }
    Ok(())
}

/// Refuses steps in the other direction, which is another command's.
pub(super) fn refuse_other_direction(
    targets: &[String],
    sign: char,
    command: &str,
) -> Result<(), CliError> {
    let other_way = |text: &&String| text.starts_with(sign) && text.parse::<Target>().is_ok();
    match targets.iter().find(other_way) {
        Some(text) => Err(
            CliError::usage(format!("`{text}` leads in the other direction"))
                .help(Advice::Command {
                    arguments: format!("{command} {text}"),
                })
                .fact("target", text.as_str()),
        ),
        None => Ok(()),
    }
}

/// The arguments of the command that resumes: the same targets, or the number of steps left if
/// steps were asked for.
pub(super) fn same_again(command: &str, sign: char, targets: &[String], left: usize) -> String {
    match targets {
        [only] if only.starts_with(sign) && left > 0 => {
            format!("{command} {sign}{left}")
        }
        [only] if command == "up" && only == "head" => "up".to_owned(),
        targets => format!("{command} {}", targets.join(" ")),
    }
}

pub(super) fn as_strs(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}

/// Milliseconds, to whole microseconds.
pub(super) fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

impl json::Run {
    /// Adds the edited revisions, with a note.
    fn report_edited(&mut self, edited: Vec<ChecksumMismatch>) {
        self.edited = edited
            .iter()
            .map(|edited| edited.revision.clone())
            .collect();
        if !edited.is_empty() {
            let error = Error::ChecksumMismatch(edited);
            let help = error.help().unwrap_or_default();
            self.remark = Some(Help::from(format!("note: {error}\nhelp: ")) + help);
        }
    }

    fn describe(&mut self, report: &Report) {
        self.steps = report.steps.iter().map(json::Step::from).collect();
        self.warnings = report.warnings.iter().map(ToString::to_string).collect();
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
