//! `reset`: drops everything and applies the history again. For development; refuses to run
//! elsewhere.

use migrate_graph::Advice;
use std::collections::BTreeMap;
use std::time::Instant;

use clap::Args;

use super::runs::{millis, of_database};
use crate::args::FormatArgs;
use crate::ask;
use crate::context::{Context, Said};
use crate::error::CliError;
use crate::exit::Exit;
use crate::json;
use crate::progress::Progress;
use crate::words::{plural, standing};
use migrate_core::engine::backend::{Access, SchemaObject};

/// Drop everything in the database, and apply all revisions
///
/// For development: all data is lost. The tables, views, sequences, types and functions of the
/// database (in PostgreSQL, of the current schema) are listed, and you are asked before they are
/// dropped.
///
/// A reset must be allowed, by `--allow-reset` or by `allow-reset = true` in Cargo.toml, next to
/// the database's URL or in the section of the environment. The line next to the URL does not count
/// in a bundle, or where an option, a variable or a `.env` file names the database. The
/// environments `production` and `prod` need the line in their own section, even with
/// `--allow-reset`.
#[derive(Args, Clone, Debug)]
pub struct ResetArgs {
    /// Do not ask for confirmation
    #[arg(short, long)]
    pub yes: bool,

    /// Allow the reset, unless the configuration has `allow-reset = false`
    #[arg(long)]
    pub allow_reset: bool,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// Drops everything and applies the history.
pub(super) fn reset(
    context: &Context<'_>,
    args: &ResetArgs,
    progress: &Progress<'_, '_>,
) -> Result<json::Reset, CliError> {
    permitted(context, args.allow_reset, "a reset")?;
    let migrator = context.migrator();
    migrator.graph()?;
    let link = context.database_url()?.leads_to();
    let mut database = context.database(Access::Write)?;
    let name = &database.name.database;
    let objects = migrator
        .objects(&mut database.session)
        .map_err(|error| database.failure(error))?;
    if !objects.is_empty() {
        let shown = match link {
            Some(target) => format!("`{name}`, a link to `{}`", target.display()),
            None => format!("`{name}`"),
        };
        let first = format!("{shown}: everything in it will be dropped, with all data");
        progress.say(&summary(&first, &objects));
        confirm(args.yes, "drop all of it? [y/N] ", progress)?;
    }
    let plan = |steps| format!("{} to apply", plural(steps, "revision"));
    let migrator = migrator
        .on_event(|event| progress.event(name, plan, event))
        .statements_together();
    let start = Instant::now();
    let result = migrator.reset(&mut database.session, &objects);
    let took = start.elapsed();
    let mut answer = json::Reset {
        database: Some(name.clone()),
        backend: Some(database.name.backend.clone()),
        dropped: objects.iter().map(json::Dropped::from).collect(),
        duration_ms: millis(took),
        ..json::Reset::default()
    };
    match result {
        Ok(report) => {
            let standing = standing(&report.current, report.at_heads);
            progress.done(&report.steps, took, &standing);
            answer.steps = report.steps.iter().map(json::Step::from).collect();
            answer.current = Some(report.current);
            answer.at_heads = Some(report.at_heads);
        }
        Err(error) => {
            let began = error.report().map(|report| {
                progress.failed(&error);
                answer.steps = report.steps.iter().map(json::Step::from).collect();
                answer.current = Some(report.current.clone());
                answer.at_heads = Some(report.at_heads);
            });
            let failure = of_database(error, &migrator, database.session.as_mut(), name);
            answer.error = Some(match began {
                Some(()) => failure.continued_by(Advice::UP),
                None => {
                    answer.dropped.clear();
                    failure
                }
            });
        }
    }
    Ok(answer)
}

/// Environments in which only their own section can allow a reset.
const PROTECTED: [&str; 2] = ["production", "prod"];

/// Refuses what drops everything in the database where the configuration does not allow it.
pub(super) fn permitted(context: &Context<'_>, flag: bool, what: &str) -> Result<(), CliError> {
    let said = context.allows_reset()?;
    refuse_where_not_allowed(context.environment(), said, flag, &context.section()?, what)
}

fn refuse_where_not_allowed(
    environment: Option<&str>,
    said: Option<Said>,
    flag: bool,
    section: &str,
    what: &str,
) -> Result<(), CliError> {
    let protected =
        environment.filter(|name| PROTECTED.contains(&name.to_ascii_lowercase().as_str()));
    if said.as_ref().is_some_and(|said| !said.allowed) {
        return Err(CliError::usage(format!(
            "{what} is not allowed here: `allow-reset` is `false` in the configuration"
        ))
        .help("choose another environment: `--env development`"));
    }
    if let Some(name) = protected.filter(|_| !said.as_ref().is_some_and(|said| said.own)) {
        return Err(CliError::usage(format!(
            "{what} is not allowed in the environment `{name}`"
        ))
        .help(format!(
            "if everything may be dropped there, write `allow-reset = true` under `[{section}.environments.{name}]`"
        )));
    }
    let elsewhere = match said {
        Some(Said {
            beside_another: None,
            ..
        }) => return Ok(()),
        _ if flag => return Ok(()),
        Some(Said { beside_another, .. }) => beside_another,
        None => None,
    };
    let failure = CliError::usage(format!(
        "{what} drops everything in the database, and nothing allows it here"
    ))
    .help(format!(
        "give `--allow-reset`, or write `allow-reset = true` in an environment's section, or next to the database's URL under \
         `[{section}]`"
    ));
    Err(match elsewhere {
        Some((permission, database)) => failure
            .note(format!(
                "`allow-reset` {permission}, and applies only to the database configured there"
            ))
            .notes(database.map(|database| format!("the URL of this database {database}"))),
        None => failure,
    })
}

/// Asks for confirmation.
pub(super) fn confirm(
    yes: bool,
    question: &str,
    progress: &Progress<'_, '_>,
) -> Result<(), CliError> {
    if yes {
        return Ok(());
    }
    if !ask::can_ask() {
        return Err(CliError::usage("there is no terminal to ask on")
            .note("nothing was dropped")
            .help("add `--yes`"));
    }
    progress.ask(question);
    match ask::answer() {
        true => Ok(()),
        false => Err(CliError::new(Exit::No, "nothing was dropped")),
    }
}

/// How many names of a kind are shown.
const SHOWN: usize = 20;

/// What would be dropped, with counts and names, below a first line.
pub(super) fn summary(first: &str, objects: &[SchemaObject]) -> String {
    let mut kinds: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for belonging in objects.iter().filter(|belonging| !belonging.bookkeeping) {
        kinds
            .entry(belonging.kind)
            .or_default()
            .push(&belonging.name);
    }
    let mut text = first.to_owned();
    for (kind, names) in &kinds {
        let kind = if names.len() == 1 {
            singular(kind)
        } else {
            (*kind).to_owned()
        };
        let shown = names.iter().take(SHOWN).copied().collect::<Vec<_>>();
        let more = match names.len().saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        text += &format!("\n  {} {kind}: {}{more}", names.len(), shown.join(", "));
    }
    if objects.iter().any(|belonging| belonging.bookkeeping) {
        text += "\n  the record of applied revisions";
    }
    text
}

fn singular(kind: &str) -> String {
    match kind.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => kind.trim_end_matches('s').to_owned(),
    }
}

impl From<&SchemaObject> for json::Dropped {
    fn from(belonging: &SchemaObject) -> json::Dropped {
        json::Dropped {
            kind: singular(belonging.kind),
            name: belonging.name.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reset_needs_permission() {
        let said = |allowed, own| {
            Some(Said {
                allowed,
                own,
                beside_another: None,
            })
        };
        for (environment, said, flag, allowed) in [
            (None, None, false, false),
            (None, None, true, true),
            (None, said(true, false), false, true),
            (None, said(false, false), true, false),
            (Some("testing"), None, false, false),
            (Some("testing"), None, true, true),
            (Some("testing"), said(true, false), false, true),
            (Some("production"), None, true, false),
            (Some("production"), said(true, false), true, false),
            (Some("Production"), said(true, false), false, false),
            (Some("production"), said(true, true), false, true),
            (Some("production"), said(false, true), true, false),
        ] {
            let case = format!("{environment:?} {said:?} {flag}");
            let section = "package.metadata.migrate";
            let answer = refuse_where_not_allowed(environment, said, flag, section, "a reset");
            assert_eq!(answer.is_ok(), allowed, "{case}");
        }
    }

    #[test]
    fn kinds_have_a_singular() {
        for (kind, one) in [
            ("tables", "table"),
            ("text search dictionaries", "text search dictionary"),
            ("materialized views", "materialized view"),
        ] {
            assert_eq!(singular(kind), one);
        }
    }
}
