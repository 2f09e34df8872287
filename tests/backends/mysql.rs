//! MySQL and MariaDB under test: a database for each test, the catalogue by `information_schema`,
//! and tests specific to them.

mod alter;
pub(crate) mod catalogue;
mod connect;
mod engine;
mod engines;
mod inspect;
mod quoting;
mod together;

use std::collections::BTreeSet;

use diesel::mysql::MysqlConnection;
use migrate_core::engine::backend::{BackendKind, DatabaseUrl, Holder, Session};
use migrate_tests::servers::{Database, Server};

use crate::backend::TestBackend;

/// MySQL.
pub(crate) struct Mysql;

/// MariaDB.
pub(crate) struct Mariadb;

macro_rules! backends {
    ($($backend:ident $name:literal)*) => {$(
        impl TestBackend for $backend {
            const KIND: BackendKind = BackendKind::$backend;
            const NAME: &'static str = $name;
            const PLACEHOLDER: &'static str = "?";
            const TEXT: &'static str = "CHAR";

            type Place = Database;
            type Diesel = diesel::mysql::Mysql;
            type Connection = MysqlConnection;

            fn place() -> Database {
                Database::new(Server::$backend, "backends")
            }

            fn url(place: &Database) -> DatabaseUrl {
                place.url().parse().unwrap()
            }

            fn catalogue(session: &mut dyn Session) -> BTreeSet<String> {
                catalogue::facts(session, BackendKind::$backend)
            }

            fn run_script(place: &Database, script: &str) {
                place.run_script(script);
            }

            fn lasting(text: &str) -> String {
                text.replace(&catalogue::mine(), "")
            }

            fn tidy(session: &mut dyn Session) {
                drop_schemas(session);
            }

            fn is_this_process(holder: &Holder) -> bool {
                // MariaDB does not report the process of a client
                holder.connection.is_some()
                    && holder.host.is_some()
                    && holder.pid.is_none_or(|pid| pid == std::process::id())
            }
        }
    )*};
}

backends!(Mysql "mysql" Mariadb "mariadb");

/// Drops the test's schemas.
fn drop_schemas(session: &mut dyn Session) {
    let names = session
        .texts(&format!(
            "SELECT CONVERT(schema_name USING utf8mb4) AS text FROM information_schema.schemata \
             WHERE schema_name LIKE '{}'",
            catalogue::pattern()
        ))
        .unwrap();
    for name in names {
        session.execute(&format!("DROP DATABASE `{name}`")).unwrap();
    }
}

/// Generates tests from functions that are generic over the two servers.
macro_rules! on_both {
    ($($test:ident)*) => {
        mod mysql {
            $(#[test]
            fn $test() {
                super::$test::<crate::mysql::Mysql>();
            })*
        }

        mod mariadb {
            $(#[test]
            fn $test() {
                super::$test::<crate::mysql::Mariadb>();
            })*
        }
    };
}
pub(crate) use on_both;
