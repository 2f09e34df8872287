//! `backup`, and `up --backup`: makes and checks a copy of a SQLite database, and prints the
//! command that restores it. For a server, prints the command that makes a dump.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::Args;

use crate::args::{FormatArgs, refuse_url};
use crate::context::{Context, Database};
use crate::error::CliError;
use crate::json;
use crate::progress::Progress;
use crate::words::plural;
use migrate_core::engine::backend::{Access, DatabaseUrl, LockRequest};
use migrate_core::engine::quoted;
use migrate_core::engine::utc;
use migrate_core::error::{BackupError, Error};

/// Copy a SQLite database, and check the copy
///
/// The copy is consistent, and includes the write-ahead log. No file is overwritten. Only SQLite
/// databases are copied. For a database on a server, prints the command that dumps it, and exits
/// with 2.
#[derive(Args, Clone, Debug)]
pub struct BackupArgs {
    /// File to write, or a folder [default: next to the database, with the time in its name]
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// Makes the copy.
pub(super) fn backup(
    context: &Context<'_>,
    args: &BackupArgs,
    progress: &Progress<'_, '_>,
) -> Result<json::Backup, CliError> {
    let given = args.path.as_deref().unwrap_or(Path::new(""));
    let mut database = context.database(Access::Existing)?;
    prepare(context, progress, &mut database, given)?;
    let made = make(context, progress, &mut database, given);
    database.session.unlock();
    made
}

/// Refuses a database on a server, and takes the migration lock, so that the copy does not contain
/// half a revision.
pub(super) fn prepare(
    context: &Context<'_>,
    progress: &Progress<'_, '_>,
    database: &mut Database,
    given: &Path,
) -> Result<(), CliError> {
    refuse_url(&given.to_string_lossy())?;
    refuse_server(&context.database_url()?, database, given)?;
    lock(context, progress, database)
}

/// Takes the migration lock.
pub(super) fn lock(
    context: &Context<'_>,
    progress: &Progress<'_, '_>,
    database: &mut Database,
) -> Result<(), CliError> {
    let name = database.name.database.clone();
    let mut request = LockRequest {
        timeout: context.lock_timeout(),
        on_wait: &mut |holder| progress.waiting(&name, holder),
    };
    let locked = database.session.lock(&mut request);
    locked
        .map(drop)
        .map_err(|error| database.failure(Error::Lock(error)))
}

/// Copies an open database, and prints the result.
pub(super) fn make(
    context: &Context<'_>,
    progress: &Progress<'_, '_>,
    database: &mut Database,
    given: &Path,
) -> Result<json::Backup, CliError> {
    let url = context.database_url()?;
    let path = destination(&url, database, given)?;
    let name = database.name.database.clone();
    let made = database
        .session
        .back_up(&path)
        .map_err(|error| failure(&error, database))?;
    let file = url.file().unwrap_or_default();
    let restore = restore_command(&file, &made.path);
    progress.say(&format!(
        "backed up `{name}` to `{}`: {} in {}, counted and checked",
        made.path.display(),
        plural(usize::try_from(made.rows).unwrap_or(usize::MAX), "row"),
        plural(made.tables, "table"),
    ));
    progress.say(&format!(
        "to restore, stop everything that uses the database and run: {restore}"
    ));
    Ok(json::Backup {
        database: name,
        backend: database.name.backend.clone(),
        path: made.path.display().to_string(),
        bytes: made.bytes,
        tables: made.tables,
        rows: made.rows,
        restore,
    })
}

/// Where the copy goes: next to the database, with the time in its name, unless a path was given.
fn destination(
    url: &DatabaseUrl,
    database: &mut Database,
    given: &Path,
) -> Result<PathBuf, CliError> {
    let beside = given.as_os_str().is_empty();
    if !beside && !given.is_dir() {
        return Ok(given.to_owned());
    }
    let file = url
        .file()
        .ok_or_else(|| failure(&BackupError::InMemory, database))?;
    let now = database
        .session
        .texts("SELECT strftime('%Y%m%dT%H%M%SZ', 'now') AS text")
        .map_err(|error| failure(&BackupError::Database(error), database))?;
    let named = |number: u32| {
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(format!(".backup-{}", now.concat()));
        if number > 1 {
            name.push(format!("-{number}"));
        }
        match beside {
            true => file.with_file_name(name),
            false => given.join(name),
        }
    };
    let free = (1..100).map(named).find(|path| !path.exists());
    Ok(free.unwrap_or_else(|| named(1))) // refused later, as it exists
}

/// Refuses a database on a server, with the command that dumps it.
fn refuse_server(url: &DatabaseUrl, database: &Database, given: &Path) -> Result<(), CliError> {
    let backend = database.session.backend().kind();
    let file = match given.as_os_str().is_empty() {
        // with the time: the same command typed again does not overwrite a good dump
        true => PathBuf::from(format!("{}-{}.dump", name_of(url), moment())),
        false => given.to_owned(),
    };
    let Some((dump, restore)) = url.dump_commands(backend, &file) else {
        return Ok(());
    };
    Err(failure(&BackupError::Server { backend }, database)
        .note(format!("to restore: `{restore}`"))
        .note("objects created after the dump are not removed by the restore: drop them, or restore into an empty database")
        .help(dump.clone())
        .fact("dump", dump)
        .fact("restore", restore))
}

/// This moment as part of a file's name, such as `20261121T093000Z`.
fn moment() -> String {
    let text = utc(SystemTime::now());
    let digits = |part: &str| -> String { part.chars().filter(char::is_ascii_digit).collect() };
    let (day, time) = text.split_at(text.len().min(10));
    let time = time.split('.').next().unwrap_or_default();
    format!("{}T{}Z", digits(day), digits(time))
}

/// The database's name on its server, without characters that a file name may not contain.
fn name_of(url: &DatabaseUrl) -> String {
    let shown = url.to_string();
    let address = shown.split('?').next().unwrap_or(&shown);
    let name = address.rsplit('/').next().unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    let name: String = name.chars().filter(|c| plain(*c)).collect();
    match name.is_empty() {
        true => "database".to_owned(),
        false => name,
    }
}

/// The command that restores the copy.
fn restore_command(file: &Path, copy: &Path) -> String {
    let file = file.to_string_lossy();
    let beside = |suffix: &str| quoted(&format!("{file}{suffix}"));
    format!(
        "rm -f {} {} {} && cp {} {}",
        beside("-wal"),
        beside("-shm"),
        beside("-journal"),
        quoted(&copy.to_string_lossy()),
        quoted(&file)
    )
}

fn failure(error: &BackupError, database: &Database) -> CliError {
    let name = database.name.database.as_str();
    let failure = CliError::usage(error.to_string()).fact("database", name);
    match error {
        BackupError::Exists { .. } => failure.help("name another file, or a folder"),
        BackupError::Damaged { .. } | BackupError::Differs { .. } => {
            failure.help("check the database itself: `PRAGMA integrity_check`")
        }
        _ => failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_restore_command_quotes_paths() {
        assert_eq!(
            restore_command(Path::new("my app.db"), Path::new("b/app.backup")),
            "rm -f 'my app.db-wal' 'my app.db-shm' 'my app.db-journal' && cp b/app.backup 'my app.db'"
        );
    }

    #[test]
    fn the_name_of_a_dump_has_the_time() {
        let moment = moment();
        let shape: String = moment
            .chars()
            .map(|c| if c.is_ascii_digit() { '0' } else { c })
            .collect();
        assert_eq!(shape, "00000000T000000Z");
    }
}
