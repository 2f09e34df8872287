//! Creates and drops the database that a URL names, from another database of its server, or as a
//! file. It must not know who asked for it, and what is in the database.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use diesel::result::Error;

use crate::backend::{self, Access, Session, server};
use crate::error::{ConnectError, Trouble};
use crate::url::DatabaseUrl;

const CREATE: &str = "create";
const DROP: &str = "drop";

/// Why a database could not be created or dropped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatabaseError {
    /// The server cannot be reached, the file cannot be opened, or its kind is not compiled in.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The URL names no database of the server.
    #[error("`{url}` names no database")]
    Unnamed {
        /// The URL.
        url: DatabaseUrl,
    },
    /// The database is in memory.
    #[error("the database `{url}` is in memory: there is nothing to {doing}")]
    InMemory {
        /// The URL.
        url: DatabaseUrl,
        /// `create` or `drop`.
        doing: &'static str,
    },
    /// The user may not do it.
    #[error("cannot {doing} the database `{name}`: {message}")]
    Denied {
        /// `create` or `drop`.
        doing: &'static str,
        /// Its name.
        name: String,
        /// The statement that grants it, if there is one.
        grant: Option<String>,
        /// The server's message.
        message: String,
    },
    /// The server refused it for another reason.
    #[error("cannot {doing} the database `{name}`: {source}")]
    Server {
        /// `create` or `drop`.
        doing: &'static str,
        /// Its name.
        name: String,
        /// The error.
        source: Error,
    },
    /// A file cannot be removed.
    #[error("cannot remove `{}`: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

/// Whether there is a database of this URL that could be dropped.
///
/// # Errors
///
/// When it cannot be opened, for another reason than that it is missing.
pub fn exists(url: &DatabaseUrl) -> Result<bool, DatabaseError> {
    match Place::of(url, DROP)? {
        Place::File(file) => Ok(file.exists()),
        Place::Server(_) => opens(url),
    }
}

/// Whether a database on a server can be opened; not if it is missing. What the server lists is not
/// asked: MySQL lists what the user may see.
fn opens(url: &DatabaseUrl) -> Result<bool, DatabaseError> {
    match backend::connect(url, Access::Existing) {
        Ok(_) => Ok(true),
        Err(error) if error.is_of_missing_database() => Ok(false),
        Err(error) => Err(DatabaseError::Connect(error)),
    }
}

/// Creates the database of this URL, and returns whether it was not there before.
///
/// # Errors
///
/// When its server cannot be reached, or its user may not create it.
pub fn create(url: &DatabaseUrl) -> Result<bool, DatabaseError> {
    let name = match Place::of(url, CREATE)? {
        Place::File(file) => {
            let there = file.exists();
            // opening it creates the file
            let _ = backend::connect(url, Access::Write)?;
            return Ok(!there);
        }
        Place::Server(name) => name,
    };
    let mut keeper = match backend::connect(url, Access::Existing) {
        Ok(_) => return Ok(false),
        Err(error) => keeper(url, error)?,
    };
    if is_there(keeper.as_mut(), &name) {
        return Ok(false);
    }
    match run(keeper.as_mut(), "CREATE DATABASE", &name) {
        Ok(()) => Ok(true),
        // by another process, in the meantime
        Err(source) if Trouble::of(&source, None) == Some(Trouble::Exists) => Ok(false),
        Err(source) => Err(failure(keeper.as_mut(), CREATE, name, source)),
    }
}

/// Drops the database of this URL with all that is in it, and returns whether it was there. No
/// session of this process may be open on it.
///
/// # Errors
///
/// When it cannot be opened, its user may not drop it, or another session uses it.
pub fn drop(url: &DatabaseUrl) -> Result<bool, DatabaseError> {
    let name = match Place::of(url, DROP)? {
        Place::File(file) => return remove(&file),
        Place::Server(name) => name,
    };
    if !opens(url)? {
        return Ok(false);
    }
    let mut keeper = keeper(url, ConnectError::NoDatabase { url: url.clone() })?;
    match run(keeper.as_mut(), "DROP DATABASE", &name) {
        Ok(()) => Ok(true),
        Err(source) => Err(failure(keeper.as_mut(), DROP, name, source)),
    }
}

/// What a URL names.
enum Place {
    File(PathBuf),
    /// A database of this name.
    Server(String),
}

impl Place {
    fn of(url: &DatabaseUrl, doing: &'static str) -> Result<Place, DatabaseError> {
        if let Some(file) = url.file() {
            return Ok(Place::File(file));
        }
        let (on_server, url) = (!server(url.kind()).databases.is_empty(), url.clone());
        match url.database_name() {
            Some(name) if on_server => Ok(Place::Server(name)),
            _ if on_server => Err(DatabaseError::Unnamed { url }),
            _ => Err(DatabaseError::InMemory { url, doing }),
        }
    }
}

/// A session on another database of the server; `unreachable` says why there is none on this one.
fn keeper(url: &DatabaseUrl, unreachable: ConnectError) -> Result<Box<dyn Session>, DatabaseError> {
    server(url.kind())
        .databases
        .iter()
        .find_map(|name| backend::connect(&url.with_database(name), Access::Existing).ok())
        .ok_or(DatabaseError::Connect(unreachable))
}

/// Whether the server lists a database of this name.
fn is_there(keeper: &mut dyn Session, name: &str) -> bool {
    let kind = keeper.backend().kind();
    let names = keeper.texts(server(kind).names).unwrap_or_default();
    names.iter().any(|one| one == name)
}

fn run(keeper: &mut dyn Session, statement: &str, name: &str) -> Result<(), Error> {
    let quoted = keeper.backend().name(&name.into());
    let quoted = quoted.map_err(|refused| Error::SerializationError(Box::new(refused)))?;
    for setting in server(keeper.backend().kind()).settings {
        keeper.execute(setting)?;
    }
    keeper.execute(&format!("{statement} {quoted}"))
}

fn failure(
    keeper: &mut dyn Session,
    doing: &'static str,
    name: String,
    source: Error,
) -> DatabaseError {
    match Trouble::of(&source, Some("CREATE DATABASE")) {
        Some(Trouble::Denied(_)) => {
            let user = keeper.grantee().map(|grantee| grantee.user);
            let queries = keeper.scratch_queries(&name).filter(|_| doing == CREATE);
            let grant = queries.map(|queries| {
                let (before, after) = queries.grant;
                format!("{before}{}{after}", user.as_deref().unwrap_or("USER"))
            });
            let message = match source {
                Error::DatabaseError(_, facts) => facts.message().to_owned(),
                other => other.to_string(),
            };
            DatabaseError::Denied {
                doing,
                name,
                grant,
                message,
            }
        }
        _ => DatabaseError::Server {
            doing,
            name,
            source,
        },
    }
}

/// Removes a file of SQLite, and what SQLite writes next to it. A link to it stays.
fn remove(file: &Path) -> Result<bool, DatabaseError> {
    if !file.exists() {
        return Ok(false);
    }
    let file = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    for end in ["", "-wal", "-shm", "-journal"] {
        let mut path = file.clone().into_os_string();
        path.push(end);
        let path = PathBuf::from(path);
        match fs::remove_file(&path) {
            Err(source) if end.is_empty() || source.kind() != io::ErrorKind::NotFound => {
                return Err(DatabaseError::File { path, source });
            }
            _ => {}
        }
    }
    Ok(true)
}
