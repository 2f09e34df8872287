//! `up`, `down` and `stamp` with `--sql`: the script instead of the run.

use migrate_graph::{Advice, Graph, Help, PlanError, target};

use super::down::DownArgs;
use super::runs::as_strs;
use super::stamp::StampArgs;
use super::up::UpArgs;
use crate::args::refuse_url;
use crate::context::Context;
use crate::error::CliError;
use crate::json;
use crate::words::word;
use migrate_core::error::Error;
use migrate_core::migrator::{Part, Script, Subject};

/// The script that applies a range.
pub(super) fn up(context: &Context<'_>, args: &UpArgs) -> Result<json::Script, CliError> {
    let (targets, script) = (&args.targets, args.script);
    args.run.refuse_transaction_with("--sql")?;
    let range = match targets.as_slice() {
        [range] => range,
        targets => {
            let (others, last) = (targets.len() - 1, &targets[targets.len() - 1]);
            return Err(CliError::usage(format!(
                "a script leads to one target, and there are {}",
                others + 1
            ))
            .help(
                Help::from(Advice::UpScript {
                    range: Some(last.clone()),
                }) + ", or `heads` for all",
            ));
        }
    };
    refuse_url(range)?;
    let backend = context.dialect(script.dialect)?;
    let migrator = context.migrator();
    let script = migrator.upgrade_script(backend, range)?;
    refuse_wrong_way(migrator.graph()?, &script, range)?;
    answer(Ok(script))
}

/// The script that reverts a range.
pub(super) fn down(context: &Context<'_>, args: &DownArgs) -> Result<json::Script, CliError> {
    let (range, script) = (&args.target, args.script);
    args.run.refuse_transaction_with("--sql")?;
    refuse_url(range)?;
    let backend = context.dialect(script.dialect)?;
    answer(context.migrator().downgrade_script(backend, range))
}

/// The script that stamps a database.
pub(super) fn stamp(context: &Context<'_>, args: &StampArgs) -> Result<json::Script, CliError> {
    args.targets
        .iter()
        .try_for_each(|range| refuse_url(range))?;
    if args.purge {
        return Err(PlanError::PurgeNeedsDatabase.into());
    }
    let backend = context.dialect(args.script.dialect)?;
    let ranges = as_strs(&args.targets);
    answer(context.migrator().stamp_script(backend, &ranges))
}

/// Refuses a range whose end lies below its start, which leaves nothing to apply.
fn refuse_wrong_way(graph: &Graph, script: &Script, range: &str) -> Result<(), CliError> {
    let applies = |part: &Part| matches!(part.subject, Subject::Revision { .. });
    let Some((start, end)) = range.split_once(':') else {
        return Ok(());
    };
    if start.is_empty() || end.is_empty() || script.parts.iter().any(applies) {
        return Ok(());
    }
    let resolved = |text: &str| target::resolve(graph, &text.parse()?);
    match (resolved(start), resolved(end)) {
        (Ok(start), Ok(end)) if start == end => Ok(()),
        (Ok(from), Ok(to)) => {
            let failure = match (from.as_slice(), to.as_slice()) {
                ([_], [] | [_]) => CliError::usage(format!(
                    "`{end}` is below `{start}`, where the script begins"
                ))
                .help(
                    Help::from(format!("the other way round: `{end}:{start}`; or `"))
                        + Advice::DownScript {
                            range: Some(range.to_owned()),
                        }
                        + "`",
                ),
                _ => CliError::usage(format!("nothing leads up from `{start}` to `{end}`")),
            };
            Err(failure.fact("range", range))
        }
        _ => Ok(()),
    }
}

fn answer(script: Result<Script, Error>) -> Result<json::Script, CliError> {
    let script = script?;
    Ok(json::Script {
        backend: script.backend.name().to_lowercase(),
        before: script.before.clone(),
        after: script.after.clone(),
        warnings: script.warnings.iter().map(ToString::to_string).collect(),
        settings: script.settings.clone(),
        parts: script.parts.iter().map(json::ScriptPart::from).collect(),
        script: script.to_string(),
    })
}

impl From<&Part> for json::ScriptPart {
    fn from(part: &Part) -> json::ScriptPart {
        let (revision, direction) = match &part.subject {
            Subject::Revision { id, direction, .. } => (Some(id.clone()), Some(word(*direction))),
            Subject::VersionTable | Subject::Stamp | Subject::Settings | Subject::SettingsAhead => {
                (None, None)
            }
        };
        json::ScriptPart {
            revision,
            direction,
            transaction: part.transaction,
            statements: part.statements.clone(),
        }
    }
}
