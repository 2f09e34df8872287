//! Opens a SQLite database from a path or URI, and explains failures.

use std::io;
use std::path::{Path, PathBuf};

use diesel::Connection;
use diesel::connection::SimpleConnection;
use diesel::sqlite::SqliteConnection;

use super::SqliteSession;
use crate::backend::{Access, DatabaseUrl, Session};
use crate::error::ConnectError;

/// Opens the database. With read access, nothing is created: a missing file reads as empty.
pub(crate) fn connect(url: &DatabaseUrl, access: Access) -> Result<Box<dyn Session>, ConnectError> {
    let target = url.as_secret_str();
    let file = url.file();
    if access != Access::Read && url.is_read_only() {
        return Err(ConnectError::ReadOnlyUrl { url: url.clone() });
    }
    if let Some(path) = &file {
        look_at(url, path)?;
    }
    let missing = file.as_ref().is_some_and(|path| !path.exists());
    let target = match access {
        Access::Read if missing => ":memory:".to_owned(),
        Access::Existing if missing => return Err(ConnectError::NoFile { url: url.clone() }),
        Access::Read | Access::Existing => without_creation(target, file.as_deref()),
        Access::Write => target.to_owned(),
    };
    let mut connection = SqliteConnection::establish(&target).map_err(|error| match &file {
        Some(path) if missing => ConnectError::File {
            url: url.clone(),
            source: why_not_created(path),
        },
        _ => ConnectError::Driver {
            url: url.clone(),
            message: error.to_string(),
        },
    })?;
    probe(url, &mut connection)?;
    Ok(Box::new(SqliteSession::watching(connection, url.secrets())))
}

/// The same target as a URI that creates nothing.
fn without_creation(target: &str, file: Option<&Path>) -> String {
    match (target.strip_prefix("file:"), file) {
        (_, None) => target.to_owned(),
        (Some(uri), _) if uri.contains("mode=") || uri.contains('#') => target.to_owned(),
        (Some(uri), _) if uri.contains('?') => format!("file:{uri}&mode=rw"),
        (Some(uri), _) => format!("file:{uri}?mode=rw"),
        (None, _) => {
            let escaped = target
                .replace('%', "%25")
                .replace('?', "%3f")
                .replace('#', "%23");
            // SQLite would read a path that begins with two slashes as a host name
            let escaped = if escaped.starts_with("//") {
                format!("//{escaped}")
            } else {
                escaped
            };
            format!("file:{escaped}?mode=rw")
        }
    }
}

/// A path without its root, if there is not even its first folder.
fn relative(path: &Path) -> Option<PathBuf> {
    let inside = path.strip_prefix("/").ok()?;
    let first = Path::new("/").join(inside.components().next()?);
    (!first.exists()).then(|| inside.to_owned())
}

fn look_at(url: &DatabaseUrl, path: &Path) -> Result<(), ConnectError> {
    if path.is_dir() {
        return Err(ConnectError::IsDirectory { url: url.clone() });
    }
    let directory = folder_of(path);
    if !directory.is_dir() {
        return Err(ConnectError::NoDirectory {
            url: url.clone(),
            directory: directory.to_owned(),
            relative: relative(path),
        });
    }
    match linked_to(path).filter(|target| !folder_of(target).is_dir()) {
        Some(target) => Err(ConnectError::DanglingLink {
            url: url.clone(),
            directory: folder_of(&target).to_owned(),
            target,
        }),
        None => Ok(()),
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// The target of a symbolic link to a missing file: SQLite would create the file there.
fn linked_to(path: &Path) -> Option<PathBuf> {
    let target = std::fs::read_link(path).ok().filter(|_| !path.exists())?;
    Some(folder_of(path).join(target))
}

/// The operating system's error for a file of that name.
fn why_not_created(path: &Path) -> io::Error {
    match std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
    {
        Err(error) => error,
        Ok(_) => {
            // it can be created after all: delete it, and report what is known
            let _ = std::fs::remove_file(path);
            io::Error::other("SQLite could not create the file")
        }
    }
}

/// SQLite opens any file, and checks the first page only here.
fn probe(url: &DatabaseUrl, connection: &mut SqliteConnection) -> Result<(), ConnectError> {
    match connection.batch_execute("PRAGMA schema_version") {
        Err(error) if error.to_string().contains("not a database") => {
            Err(ConnectError::NotADatabase { url: url.clone() })
        }
        // busy, or another error: the first real statement waits, or reports it
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_a_uri_that_creates_nothing() {
        let uri = |target: &str| {
            let url: DatabaseUrl = target.parse().unwrap();
            without_creation(target, url.file().as_deref())
        };
        assert_eq!(uri("a?b#c%.db"), "file:a%3fb%23c%25.db?mode=rw");
        assert_eq!(
            uri("file:a.db?cache=private"),
            "file:a.db?cache=private&mode=rw"
        );
        assert_eq!(uri("file:a.db?mode=ro"), "file:a.db?mode=ro");
        assert_eq!(uri(":memory:"), ":memory:");
    }
}
