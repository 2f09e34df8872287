//! `database create` and `database drop`: the database itself, before its first revision and after
//! its last. Drops only where `reset` may.

use std::path::Path;

use clap::{Args, Subcommand};

use super::backup::lock;
use super::reset::{confirm, permitted, summary};
use crate::args::FormatArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::json;
use crate::progress::Progress;
use migrate_core::engine::backend::{Access, DatabaseUrl};
use migrate_core::engine::databases::{self, DatabaseError};

/// Create the database that the URL names, or drop it
#[derive(Args, Clone, Debug)]
pub struct DatabaseArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: DatabaseCommand,
}

/// What to do with a database.
#[derive(Subcommand, Clone, Debug)]
#[expect(
    missing_docs,
    reason = "a variant's doc comment would replace the help text, which is that of its arguments"
)]
pub enum DatabaseCommand {
    Create(CreateArgs),
    Drop(DropArgs),
}

/// Create an empty database, as a file or on a server
///
/// If it exists already, nothing is changed, and the exit code is 0. On a server, the user needs
/// the right to create databases. Then `up` applies the revisions.
#[derive(Args, Clone, Debug)]
pub struct CreateArgs {
    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// Drop the database with all that is in it
///
/// For development: all data is lost. What is in it is listed, and you are asked before it is
/// dropped. It must be allowed as a `reset` must be, by `--allow-reset` or by `allow-reset = true`
/// in Cargo.toml. If there is no such database, the exit code is 0.
#[derive(Args, Clone, Debug)]
pub struct DropArgs {
    /// Do not ask for confirmation
    #[arg(short, long)]
    pub yes: bool,

    /// Allow the drop, unless the configuration has `allow-reset = false`
    #[arg(long)]
    pub allow_reset: bool,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}

impl DatabaseArgs {
    /// Whether the answer is to be one JSON object.
    pub fn is_json(&self) -> bool {
        match &self.command {
            DatabaseCommand::Create(args) => args.format.json,
            DatabaseCommand::Drop(args) => args.format.json,
        }
    }
}

/// Creates or drops the database.
pub(super) fn database(
    context: &Context<'_>,
    args: &DatabaseArgs,
    progress: &Progress<'_, '_>,
) -> Result<json::DatabaseChange, CliError> {
    match &args.command {
        DatabaseCommand::Create(_) => create(context, progress),
        DatabaseCommand::Drop(args) => drop(context, args, progress),
    }
}

fn create(
    context: &Context<'_>,
    progress: &Progress<'_, '_>,
) -> Result<json::DatabaseChange, CliError> {
    let url = context.database_url()?;
    let created = databases::create(&url)?;
    progress.say(&match created {
        true => format!("created the database `{url}`"),
        false => format!("nothing to do: the database `{url}` exists already"),
    });
    Ok(answer(&url, created))
}

fn drop(
    context: &Context<'_>,
    args: &DropArgs,
    progress: &Progress<'_, '_>,
) -> Result<json::DatabaseChange, CliError> {
    permitted(context, args.allow_reset, "`database drop`")?;
    let url = context.database_url()?;
    if !databases::exists(&url)? {
        progress.say(&format!("nothing to do: there is no database `{url}`"));
        return Ok(answer(&url, false));
    }
    let mut database = context.database(Access::Existing)?;
    let objects = (context.migrator())
        .objects(&mut database.session)
        .map_err(|error| database.failure(error))?;
    let first = match url.leads_to() {
        Some(target) => format!("`{url}`, a link to `{}`, will be dropped", shown(&target)),
        None => format!("`{url}` will be dropped, with all data"),
    };
    progress.say(&summary(&first, &objects));
    confirm(args.yes, "drop it? [y/N] ", progress)?;
    lock(context, progress, &mut database)?; // not while another run migrates it
    database.session.unlock();
    std::mem::drop(database);
    let dropped = databases::drop(&url)?;
    progress.say(&match dropped {
        true => format!("dropped the database `{url}`"),
        false => format!("nothing to do: the database `{url}` is gone already"),
    });
    Ok(answer(&url, dropped))
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn answer(url: &DatabaseUrl, changed: bool) -> json::DatabaseChange {
    json::DatabaseChange {
        database: url.to_string(),
        backend: url.kind().name().to_lowercase(),
        changed,
    }
}

impl From<DatabaseError> for CliError {
    fn from(error: DatabaseError) -> CliError {
        let failure = CliError::usage(error.to_string());
        match error {
            DatabaseError::Connect(error) => error.into(),
            DatabaseError::Unnamed { .. } => failure.help("write it behind the host: `…/NAME`"),
            DatabaseError::InMemory { .. } => {
                failure.help("each run makes its own; name a file by `--database-url PATH`")
            }
            DatabaseError::Denied { grant, .. } => match grant {
                Some(grant) => failure
                    .help(format!("ask an administrator to run `{grant}`"))
                    .fact("grant", grant),
                None => failure.help("only its owner or an administrator may drop it"),
            },
            DatabaseError::Server { source, .. } if is_in_use(&source.to_string()) => failure
                .help("end the sessions that use it, such as your application, and run this again"),
            _ => failure,
        }
    }
}

/// Whether a server refuses to drop a database since other sessions use it.
fn is_in_use(message: &str) -> bool {
    let message = message.to_lowercase();
    ["being accessed by other users", "lock wait timeout"]
        .iter()
        .any(|words| message.contains(words))
}
