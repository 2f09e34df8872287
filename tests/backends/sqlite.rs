//! SQLite under test: temporary files, the catalogue by its pragmas, and tests specific to SQLite.

mod applications;
mod blocks;
mod catalogue;
mod engine;
mod files;
mod keys;
mod quoting;
mod rebuild;

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

use diesel::connection::SimpleConnection;
use diesel::sqlite::SqliteConnection;
use migrate_core::engine::backend::{BackendKind, DatabaseUrl, Holder, Session};
use tempfile::TempDir;

use crate::backend::TestBackend;

/// SQLite.
pub(crate) struct Sqlite;

impl TestBackend for Sqlite {
    const KIND: BackendKind = BackendKind::Sqlite;
    const NAME: &'static str = "sqlite";
    const PLACEHOLDER: &'static str = "?";
    const TEXT: &'static str = "TEXT";

    type Place = TempDir;
    type Diesel = diesel::sqlite::Sqlite;
    type Connection = SqliteConnection;

    fn place() -> TempDir {
        tempfile::tempdir().unwrap()
    }

    fn url(place: &TempDir) -> DatabaseUrl {
        let file = place.path().join("app.db");
        file.to_str().unwrap().parse().unwrap()
    }

    fn catalogue(session: &mut dyn Session) -> BTreeSet<String> {
        catalogue::facts(connection(session))
    }

    fn run_script(place: &TempDir, script: &str) {
        let client = Command::new("sqlite3")
            .arg("-bail")
            .arg(place.path().join("app.db"))
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let Ok(mut client) = client else {
            // the library serves as the client if the program is not installed
            return Self::connection(place).batch_execute(script).unwrap();
        };
        let mut input = client.stdin.take().unwrap();
        // a client that stopped at an error reads no more, and reports why below
        let _ = input.write_all(script.as_bytes());
        drop(input);
        let output = client.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "sqlite3 fails: {said}\n{script}");
    }

    fn is_this_process(holder: &Holder) -> bool {
        holder.pid == Some(std::process::id())
    }
}

/// The SQLite connection of a session.
pub(crate) fn connection(session: &mut dyn Session) -> &mut SqliteConnection {
    session.connection().downcast_mut().unwrap()
}
