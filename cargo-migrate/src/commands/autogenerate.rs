//! `new --autogenerate`: asks the runner for the revision that leads to the models, and writes it.
//! Must not know how a difference is found.

use std::ffi::OsString;

use migrate_cli::commands::schema::autogenerate::GenerateArgs;
use migrate_cli::json::GeneratedRevision;
use migrate_cli::{CliError, Ui};
use serde::Deserialize;

use super::adopt;
use super::new::{self, Found, NewArgs, Outcome};
use crate::models;
use crate::selection::Selection;

/// What the runner answers.
#[derive(Deserialize)]
struct Generated {
    message: String,
    revisions: Vec<GeneratedRevision>,
    #[serde(flatten)]
    found: Found,
}

/// The arguments of the runner's command.
pub(crate) fn arguments(args: &GenerateArgs) -> Vec<OsString> {
    let mut all: Vec<OsString> = ["schema", "autogenerate", "--autogenerate"]
        .map(Into::into)
        .into();
    let mut one = |option: &str, value: &str| all.push(format!("{option}={value}").into());
    let GenerateArgs {
        from,
        to,
        backends,
        only,
        answers,
        fills,
        no_fill,
        answers_from,
        unproven,
        scratching,
    } = args;
    let single = [("--from", from), ("--to", to), ("--answers", answers_from)];
    for (option, value) in single {
        if let Some(value) = value {
            one(option, value);
        }
    }
    let many = [
        ("--only", only),
        ("--rename", &answers.renames),
        ("--drop", &answers.drops),
        ("--fill", fills),
        ("--scratch-url", &scratching.server.scratch_urls),
    ];
    for (option, values) in many {
        values.iter().for_each(|value| one(option, value));
    }
    let backends = backends.iter().map(|name| ("--backend", name));
    let dialect = scratching.dialect.iter().map(|name| ("--dialect", name));
    for (option, kind) in backends.chain(dialect) {
        let name = clap::ValueEnum::to_possible_value(kind);
        one(option, name.as_ref().map_or("", |name| name.get_name()));
    }
    let flags = [
        ("--no-renames", answers.no_renames),
        ("--no-fill", *no_fill),
        ("--unproven", *unproven),
        ("--fresh", scratching.fresh),
    ];
    all.extend(
        flags
            .iter()
            .filter(|(_, given)| *given)
            .map(|(flag, _)| flag.into()),
    );
    all
}

/// Writes the revisions that the runner answers with, if there is something to do.
pub(crate) fn written(
    answer: &str,
    args: &NewArgs,
    selection: &Selection,
    ui: &mut Ui<'_>,
) -> Result<Outcome, CliError> {
    let generated: Generated = adopt::read(answer)?;
    let Generated {
        message,
        revisions,
        found,
    } = generated;
    if revisions.is_empty() {
        ui.say("nothing to do: the history leads to what the models declare");
        return Ok(Outcome::nothing().found(found));
    }
    let outcome = new::write(args, Some((revisions, message)), selection, ui)?;
    if !args.dry_run && args.generate.to.is_none() {
        models::forget_old_names(selection, &args.generate.only, ui)?;
    }
    Ok(outcome.found(found))
}
