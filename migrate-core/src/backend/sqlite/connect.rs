//! A path or URI to an open SQLite database, with the reasons why it cannot be one.

use std::io;
use std::path::{Path, PathBuf};

use diesel::Connection;
use diesel::connection::SimpleConnection;
use diesel::sqlite::SqliteConnection;

use super::SqliteSession;
use crate::backend::{Access, DatabaseUrl, Session};
use crate::error::ConnectError;

/// Opens the database. To read, nothing is created: a file that is not there reads as empty.
pub(crate) fn connect(url: &DatabaseUrl, access: Access) -> Result<Box<dyn Session>, ConnectError> {
    let target = url.as_secret_str();
    let file = file_of(target);
    if let Some(path) = &file {
        look_at(url, path)?;
    }
    let missing = file.as_ref().is_some_and(|path| !path.exists());
    let target = match access {
        Access::Read if missing => ":memory:".to_owned(),
        Access::Read => without_creation(target, file.as_deref()),
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
    Ok(Box::new(SqliteSession::watching(connection)))
}

/// The file that SQLite would open, when it would open one.
fn file_of(target: &str) -> Option<PathBuf> {
    let Some(uri) = target.strip_prefix("file:") else {
        return (target != ":memory:" && !target.is_empty()).then(|| PathBuf::from(target));
    };
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
    let path = path.split('#').next().unwrap_or(path);
    let special = query
        .split('&')
        .any(|part| part == "mode=memory" || part.starts_with("vfs="));
    // an authority is empty or `localhost`: anything else SQLite itself refuses
    let path = match path.strip_prefix("//") {
        Some(rest) => &rest[rest.find('/').unwrap_or(rest.len())..],
        None => path,
    };
    let path = decoded(path)?;
    (!special && !path.is_empty() && path != ":memory:").then(|| PathBuf::from(path))
}

/// The text with each `%41` as the byte that it stands for.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escape = tail
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|digits| std::str::from_utf8(digits).ok());
        match escape.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).ok()
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
            // a path that begins with two slashes would be read as a host's name
            let escaped = if escaped.starts_with("//") {
                format!("//{escaped}")
            } else {
                escaped
            };
            format!("file:{escaped}?mode=rw")
        }
    }
}

fn look_at(url: &DatabaseUrl, path: &Path) -> Result<(), ConnectError> {
    if path.is_dir() {
        return Err(ConnectError::IsDirectory { url: url.clone() });
    }
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    match directory.is_dir() {
        true => Ok(()),
        false => Err(ConnectError::NoDirectory {
            url: url.clone(),
            directory: directory.to_owned(),
        }),
    }
}

/// What the operating system says to a file of that name.
fn why_not_created(path: &Path) -> io::Error {
    match std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
    {
        Err(error) => error,
        Ok(_) => {
            // it can be created after all: take that back, and say what is known
            let _ = std::fs::remove_file(path);
            io::Error::other("SQLite could not create the file")
        }
    }
}

/// SQLite opens any file; the first page is looked at only here.
fn probe(url: &DatabaseUrl, connection: &mut SqliteConnection) -> Result<(), ConnectError> {
    match connection.batch_execute("PRAGMA schema_version") {
        Err(error) if error.to_string().contains("not a database") => {
            Err(ConnectError::NotADatabase { url: url.clone() })
        }
        // busy, or whatever else: the first real statement waits, or says so itself
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_behind_a_target() {
        let file = |target: &str| file_of(target).map(|path| path.to_str().unwrap().to_owned());
        assert_eq!(file("app.db").as_deref(), Some("app.db"));
        assert_eq!(file(":memory:"), None);
        assert_eq!(file("file:app.db?mode=rw").as_deref(), Some("app.db"));
        assert_eq!(file("file:///a%20b.db").as_deref(), Some("/a b.db"));
        assert_eq!(file("file://localhost/a.db").as_deref(), Some("/a.db"));
        assert_eq!(file("file:100%.db").as_deref(), Some("100%.db"));
        assert_eq!(file("file:x?mode=memory&cache=shared"), None);
        assert_eq!(file("file::memory:?cache=shared"), None);
    }

    #[test]
    fn a_path_becomes_a_uri_that_creates_nothing() {
        let uri = |target: &str| without_creation(target, file_of(target).as_deref());
        assert_eq!(uri("a?b#c%.db"), "file:a%3fb%23c%25.db?mode=rw");
        assert_eq!(
            uri("file:a.db?cache=private"),
            "file:a.db?cache=private&mode=rw"
        );
        assert_eq!(uri("file:a.db?mode=ro"), "file:a.db?mode=ro");
        assert_eq!(uri(":memory:"), ":memory:");
    }
}
