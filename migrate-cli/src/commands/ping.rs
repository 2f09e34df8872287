//! `ping`: can the database be reached, as whom, and can it be migrated?

use std::path::Path;
use std::time::Instant;

use clap::Args;

use super::runs::millis;
use crate::args::FormatArgs;
use crate::context::{self, Context};
use crate::error::CliError;
use crate::exit::Exit;
use crate::json;
use migrate_core::engine::backend::{About, Access, DatabaseUrl};
use migrate_core::error::{Error, LockError};

/// Check that the database can be reached and migrated
///
/// Prints the server's version, the user, and whether tables can be created. The exit code is 0 if
/// so, and 1 if not. Nothing is changed.
#[derive(Args, Clone, Debug)]
pub struct PingArgs {
    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// What the server reports about itself, and what would prevent a run.
pub(super) fn ping(context: &Context<'_>) -> Result<json::Ping, CliError> {
    let url = context.database_url()?;
    let start = Instant::now();
    let mut database =
        context::open(&url, access(&url)).map_err(|failure| out_of_reach(&url, failure))?;
    let connected = start.elapsed();
    let about = database
        .session
        .about()
        .map_err(|source| database.failure(Error::database("ask what the database is", source)))?;
    let problems = problems(&url, &about);
    Ok(json::Ping {
        ok: problems.is_empty(),
        database: database.name,
        server_version: about.version,
        duration_ms: millis(connected),
        user: about.user,
        place: about.place,
        may_create_tables: about.refuses_tables.is_none(),
        replica: about.is_replica,
        pooled: about.is_pooled,
        version_table: about.version_table.into(),
        problems,
    })
}

/// The access of a run, but without creating anything.
fn access(url: &DatabaseUrl) -> Access {
    match url.file() {
        Some(file) if file.exists() && !url.is_read_only() => Access::Existing,
        _ => Access::Read,
    }
}

/// The database cannot be reached: the answer is no, unless this program could reach none of its
/// kind.
fn out_of_reach(url: &DatabaseUrl, failure: CliError) -> CliError {
    match migrate_core::engine::backend::rules(url.kind()) {
        Ok(_) => CliError {
            exit: Exit::No,
            ..failure
        },
        Err(_) => failure,
    }
}

/// What would prevent a run.
fn problems(url: &DatabaseUrl, about: &About) -> Vec<String> {
    let mut problems = Vec::new();
    if let Some(why) = &about.refuses_tables {
        problems.push(format!("no table can be created: {why}"));
    } else if let Some(file) = url
        .file()
        .filter(|file| !file.exists() && cannot_appear(file))
    {
        let file = file.display();
        problems.push(format!(
            "`{file}` is not there, and its folder is read-only"
        ));
    }
    for (name, table) in [
        ("version table", about.version_table),
        ("journal", about.journal),
    ] {
        if table.exists && !table.readable {
            problems.push(format!("the {name} cannot be read"));
        } else if table.exists && !table.writable {
            problems.push(format!("the {name} cannot be written"));
        }
    }
    if let Some(why) = &about.hides_locks {
        problems.push(format!("the migration lock cannot be inspected: {why}"));
    }
    if about.is_pooled == Some(true) {
        problems.push(LockError::Shared.to_string());
    }
    problems
}

/// Whether no such file can be created.
fn cannot_appear(file: &Path) -> bool {
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let metadata = folder.unwrap_or(Path::new(".")).metadata();
    metadata.is_ok_and(|metadata| metadata.permissions().readonly())
}
