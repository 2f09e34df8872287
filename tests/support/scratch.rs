//! A database for one test or measurement, on any kind of database: a file, or one on a server. It
//! must not know what happens in it.

use std::io::Write;
use std::process::{Command, Stdio};

use migrate_core::engine::backend::{self, BackendKind, DatabaseUrl};
use tempfile::TempDir;

#[cfg(feature = "servers")]
use crate::servers::{Database, Server};

/// An empty database, deleted when dropped.
#[derive(Debug)]
pub struct Scratch {
    kind: BackendKind,
    url: String,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Folder(#[expect(dead_code, reason = "removed when dropped")] TempDir),
    #[cfg(feature = "servers")]
    Server(Database),
}

impl Scratch {
    /// Creates one. `test` is part of its name.
    ///
    /// # Panics
    ///
    /// Without the server that it needs, with the command that starts one.
    #[must_use]
    pub fn new(kind: BackendKind, test: &str) -> Scratch {
        let (url, place) = match kind {
            BackendKind::Sqlite => {
                let folder = tempfile::Builder::new()
                    .prefix(&format!("cargo-migrate-{test}-"))
                    .tempdir()
                    .expect("a temporary folder can be made");
                let file = folder.path().join("app.db");
                let url = file.to_str().expect("temporary folders have plain names");
                (url.to_owned(), Place::Folder(folder))
            }
            #[cfg(feature = "servers")]
            BackendKind::Postgres | BackendKind::Mariadb | BackendKind::Mysql => {
                let server = match kind {
                    BackendKind::Postgres => Server::Postgres,
                    BackendKind::Mariadb => Server::Mariadb,
                    _ => Server::Mysql,
                };
                let database = Database::new(server, test);
                (database.url().to_owned(), Place::Server(database))
            }
            kind => panic!(
                "built without {}\nhelp: tests/servers/with cargo … --features migrate-tests/servers",
                kind.name()
            ),
        };
        Scratch { kind, url, place }
    }

    /// Its kind of database.
    #[must_use]
    pub fn kind(&self) -> BackendKind {
        self.kind
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Runs a script as a user would: with the database's own client, which stops at the first
    /// error.
    ///
    /// # Errors
    ///
    /// The client's error.
    pub fn run_script(&self, script: &str) -> Result<(), String> {
        match &self.place {
            Place::Folder(_) => {
                let mut client = Command::new("sqlite3");
                client.arg("-bail").arg(&self.url);
                feed(client, script)
            }
            #[cfg(feature = "servers")]
            Place::Server(database) => feed(database.client(), script),
        }
    }

    /// The database's own program that writes its schema as SQL.
    #[must_use]
    pub fn dump_program(&self) -> Command {
        match &self.place {
            Place::Folder(_) => {
                let mut command = Command::new("sqlite3");
                command.args([self.url.as_str(), ".schema"]);
                command
            }
            #[cfg(feature = "servers")]
            Place::Server(database) => database.dump_program(),
        }
    }

    /// Keeps it, and returns its URL without a password.
    #[must_use]
    pub fn keep(self) -> String {
        let shown = match self.url.parse::<DatabaseUrl>() {
            Ok(url) => url.to_string(),
            Err(error) => error.to_string(),
        };
        std::mem::forget(self);
        shown
    }
}

/// Passes a script to a client.
fn feed(mut client: Command, script: &str) -> Result<(), String> {
    let mut child = client
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("the client does not start: {error}"))?;
    if let Some(mut input) = child.stdin.take() {
        // a client that stopped at an error reads no more, and reports why below
        let _ = input.write_all(script.as_bytes());
    }
    let output = child
        .wait_with_output()
        .map_err(|error| error.to_string())?;
    match output.status.success() {
        true => Ok(()),
        false => Err(format!(
            "the client fails: {}",
            String::from_utf8_lossy(&output.stderr)
        )),
    }
}

/// The kinds of database with these short names, such as `postgres`; without names, all that are
/// compiled in.
///
/// # Panics
///
/// At an unknown name, and at one that is not compiled in.
#[must_use]
pub fn kinds(names: &[String]) -> Vec<BackendKind> {
    let enabled: Vec<BackendKind> = backend::enabled().collect();
    if names.is_empty() {
        return enabled;
    }
    let named = |name: &String| {
        enabled
            .iter()
            .copied()
            .find(|kind| short_name(*kind) == name)
            .unwrap_or_else(|| {
                let names: Vec<_> = enabled.iter().map(|kind| short_name(*kind)).collect();
                panic!(
                    "no database `{name}` in this build: there are {}",
                    names.join(", ")
                )
            })
    };
    names.iter().map(named).collect()
}

/// Its short name.
#[must_use]
pub fn short_name(kind: BackendKind) -> &'static str {
    match kind {
        BackendKind::Sqlite => "sqlite",
        BackendKind::Postgres => "postgres",
        BackendKind::Mysql => "mysql",
        BackendKind::Mariadb => "mariadb",
        other => other.name(),
    }
}
