//! `up`, `down` and `stamp` with `--sql`: the script instead of the run.

use std::io::{self, BufWriter, Write};

use migrate_graph::{Advice, Graph, Help, PlanError, target};
use serde::{Serialize, Serializer};

use super::down::DownArgs;
use super::runs::as_strs;
use super::stamp::StampArgs;
use super::up::UpArgs;
use crate::args::refuse_url;
use crate::context::Context;
use crate::error::CliError;
use crate::json::{self, Answer};
use crate::words::word;
use migrate_core::migrator::{Part, Script, Subject};

/// The script that applies a range.
pub(super) fn up(context: &Context<'_>, args: &UpArgs) -> Result<Written, CliError> {
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
    Ok(Written(script))
}

/// The script that reverts a range.
pub(super) fn down(context: &Context<'_>, args: &DownArgs) -> Result<Written, CliError> {
    let (range, script) = (&args.target, args.script);
    args.run.refuse_transaction_with("--sql")?;
    refuse_url(range)?;
    let backend = context.dialect(script.dialect)?;
    Ok(Written(
        context.migrator().downgrade_script(backend, range)?,
    ))
}

/// The script that stamps a database.
pub(super) fn stamp(context: &Context<'_>, args: &StampArgs) -> Result<Written, CliError> {
    args.targets
        .iter()
        .try_for_each(|range| refuse_url(range))?;
    if args.purge {
        return Err(PlanError::PurgeNeedsDatabase.into());
    }
    let backend = context.dialect(args.script.dialect)?;
    let ranges = as_strs(&args.targets);
    Ok(Written(context.migrator().stamp_script(backend, &ranges)?))
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

/// A script, which becomes text when it is written.
pub(super) struct Written(Script);

impl Answer for Written {
    fn text(&self) -> String {
        self.0.to_string()
    }

    fn write(&self, to: &mut dyn Write) -> io::Result<()> {
        let mut to = BufWriter::with_capacity(1 << 16, to);
        write!(to, "{}", self.0)?;
        to.flush()
    }

    fn is_to_be_run(&self) -> bool {
        true
    }

    fn remark(&self) -> Option<Help> {
        let warnings = self.0.warnings.iter();
        let notes = warnings.map(|warning| format!("note: {warning}"));
        let notes = notes.collect::<Vec<_>>().join("\n");
        (!notes.is_empty()).then(|| notes.into())
    }
}

impl Serialize for Written {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let script = &self.0;
        let shape = json::Script {
            backend: script.backend.name().to_lowercase(),
            before: script.before.clone(),
            after: script.after.clone(),
            warnings: script.warnings.iter().map(ToString::to_string).collect(),
            settings: script.settings.clone(),
            parts: script.parts.iter().map(json::ScriptPart::from).collect(),
            script: script.to_string(),
        };
        shape.serialize(to)
    }
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
            statements: part.statements.iter().map(ToString::to_string).collect(),
        }
    }
}
