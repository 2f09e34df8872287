//! `resolve`: records a decision about a partially applied revision.

use clap::{ArgGroup, Args};
use migrate_graph::target;

use super::status::partial;
use crate::args::{FormatArgs, refuse_url};
use crate::context::{Context, Database};
use crate::error::CliError;
use crate::json;
use crate::progress::Progress;
use crate::words::standing;
use migrate_core::engine::backend::Access;
use migrate_core::error::Error;
use migrate_core::migrator::{Decision, Migrator};

/// Record how an interrupted revision ended
///
/// `status` shows the operation that was running. Check whether its change is in the database, then
/// pass `--done` or `--not-done`; the next run resumes from there. If you completed or reverted the
/// whole revision by hand, pass `--applied` or `--not-applied`. Nothing is run.
#[derive(Args, Clone, Debug)]
#[command(group = ArgGroup::new("decision").required(true).args(["done", "not_done", "applied", "not_applied"]))]
pub struct ResolveArgs {
    /// The partially applied revision: its id or a unique prefix of it
    #[arg(value_name = "REVISION")]
    pub revision: String,

    /// The operation in progress took effect: the next run resumes after it
    #[arg(long)]
    pub done: bool,

    /// The operation in progress had no effect: the next run repeats it
    #[arg(long)]
    pub not_done: bool,

    /// The revision is completely applied
    #[arg(long)]
    pub applied: bool,

    /// The revision is not applied at all
    #[arg(long)]
    pub not_applied: bool,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}

impl ResolveArgs {
    fn decision(&self) -> Decision {
        match (self.done, self.not_done, self.applied) {
            (true, ..) => Decision::StepDone,
            (_, true, _) => Decision::StepNotDone,
            (_, _, true) => Decision::Applied,
            _ => Decision::NotApplied,
        }
    }
}

/// Records the decision, and prints what follows from it.
pub(super) fn resolve(
    context: &Context<'_>,
    args: &ResolveArgs,
    progress: &Progress<'_, '_>,
) -> Result<json::Resolve, CliError> {
    refuse_url(&args.revision)?;
    let migrator = context.migrator();
    let graph = migrator.graph()?;
    let mut database = context.database(Access::Existing)?;
    let before = look(&migrator, &mut database)?;
    let id = match &before {
        // a revision that the history does not know is matched by its prefix
        Some(before) if before.revision.starts_with(&args.revision) => before.revision.clone(),
        _ => match target::resolve(graph, &args.revision.parse()?)?.as_slice() {
            [node] => graph.id(*node).to_owned(),
            _ => args.revision.clone(),
        },
    };
    let decision = args.decision();
    if let Some(before) = before.as_ref().filter(|before| before.revision == id) {
        progress.say(before.text().trim_end());
    }
    let name = database.name.database.clone();
    let telling = context
        .migrator()
        .on_event(|event| progress.event(&name, |_| String::new(), event));
    telling
        .resolve(&mut database.session, &id, decision)
        .map_err(|error| database.failure(error))?;

    let status = migrator.status(&mut database.session);
    let status = status.map_err(|error| database.failure(error))?;
    let after = look(&migrator, &mut database)?;
    let counts = before
        .as_ref()
        .map_or_else(String::new, |before| words(decision, before));
    let position = match &after {
        Some(_) => "the revision is still partially applied".to_owned(),
        None => standing(&status.current, status.at_heads),
    };
    progress.say_done(&format!("recorded in `{name}`: {counts}\n{position}"));
    Ok(json::Resolve {
        database: Some(name.clone()),
        backend: Some(database.name.backend.clone()),
        revision: Some(id),
        decision: Some(decision_name(decision)),
        before,
        after,
        error: None,
    })
}

/// The partially applied revision, with what the catalogue shows of it.
fn look(
    migrator: &Migrator<'_>,
    database: &mut Database,
) -> Result<Option<json::PartialRevision>, CliError> {
    let status = migrator.status(&mut database.session);
    let status = status.map_err(|error: Error| database.failure(error))?;
    partial(migrator, database, status.partial)
}

fn decision_name(decision: Decision) -> &'static str {
    match decision {
        Decision::StepDone => "done",
        Decision::StepNotDone => "not done",
        Decision::Applied => "applied",
        Decision::NotApplied => "not applied",
    }
}

/// What a decision means for the partially applied revision.
fn words(decision: Decision, partial: &json::PartialRevision) -> String {
    let id = &partial.revision;
    let what = match &partial.open {
        Some(open) => format!("operation {} of `{id}`", open.step + 1),
        None => format!("the connection block of `{id}`"),
    };
    match decision {
        Decision::StepDone => {
            format!("{what} counts as done: the next run resumes after it")
        }
        Decision::StepNotDone => {
            format!("{what} counts as not done: the next run repeats it")
        }
        Decision::Applied => format!("`{id}` counts as applied"),
        Decision::NotApplied => format!("`{id}` counts as not applied"),
    }
}
