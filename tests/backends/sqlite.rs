//! SQLite under test: throw-away files, the catalogue by its pragmas, and what is SQLite's alone.

mod catalogue;
mod files;
mod keys;

use std::collections::BTreeSet;

use migrate_core::backend::{self, Access, DatabaseUrl, Session};
use tempfile::TempDir;

use crate::backend::TestBackend;

/// SQLite.
pub(crate) struct Sqlite;

impl TestBackend for Sqlite {
    type Place = TempDir;

    fn place() -> TempDir {
        tempfile::tempdir().unwrap()
    }

    fn session(place: &TempDir) -> Box<dyn Session> {
        backend::connect(&url(place), Access::Write).unwrap()
    }

    fn catalogue(session: &mut dyn Session) -> BTreeSet<String> {
        catalogue::facts(connection(session))
    }

    fn values(session: &mut dyn Session, query: &str) -> Vec<String> {
        catalogue::texts(connection(session), query)
    }
}

/// The database of a place.
pub(crate) fn url(place: &TempDir) -> DatabaseUrl {
    place
        .path()
        .join("app.db")
        .to_str()
        .unwrap()
        .parse()
        .unwrap()
}

/// The SQLite connection of a session.
pub(crate) fn connection(session: &mut dyn Session) -> &mut diesel::sqlite::SqliteConnection {
    session.connection().downcast_mut().unwrap()
}
