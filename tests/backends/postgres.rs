//! PostgreSQL under test: a database for each test, the catalogue by `pg_catalog`, and tests
//! specific to PostgreSQL.

mod catalogue;
mod connect;
mod engine;
mod identity;
mod inspect;
mod lock;
mod pooler;
mod quoting;
mod together;

use std::collections::BTreeSet;

use diesel::pg::PgConnection;
use migrate_core::engine::backend::{BackendKind, DatabaseUrl, Holder, Session};
use migrate_tests::servers::{Database, Server};

use crate::backend::TestBackend;

/// PostgreSQL.
pub(crate) struct Postgres;

impl TestBackend for Postgres {
    const KIND: BackendKind = BackendKind::Postgres;
    const NAME: &'static str = "postgres";
    const PLACEHOLDER: &'static str = "$1";
    const TEXT: &'static str = "TEXT";

    type Place = Database;
    type Diesel = diesel::pg::Pg;
    type Connection = PgConnection;

    fn place() -> Database {
        Database::new(Server::Postgres, "backends")
    }

    fn url(place: &Database) -> DatabaseUrl {
        place.url().parse().unwrap()
    }

    fn catalogue(session: &mut dyn Session) -> BTreeSet<String> {
        catalogue::facts(session)
    }

    fn run_script(place: &Database, script: &str) {
        place.run_script(script);
    }

    fn is_this_process(holder: &Holder) -> bool {
        let process = format!("(process {}", std::process::id());
        let named = holder.command.as_deref().unwrap_or_default();
        holder.connection.is_some() && named.contains(&process)
    }
}
