//! What the suite needs from a database: how to get an empty one, and the facts of its catalogue.

use std::collections::BTreeSet;

use diesel::Connection;
use diesel::connection::AnsiTransactionManager;
use diesel_migrations::MigrationHarness;
use migrate_core::DieselBackend;
use migrate_core::engine::backend::{
    self, Access, BackendKind, DatabaseUrl, Holder, MigrateConnection, Session,
};

/// A kind of database under test.
pub(crate) trait TestBackend {
    /// Its kind.
    const KIND: BackendKind;
    /// The folder that records what each operation does here.
    const NAME: &'static str;
    /// The first placeholder of a statement.
    const PLACEHOLDER: &'static str;
    /// The type to which a value is cast to read it as text.
    const TEXT: &'static str;

    /// The location of one database, for as long as it is needed.
    type Place: Sync;

    /// Diesel's backend type.
    type Diesel: DieselBackend;

    /// Diesel's connection.
    type Connection: Connection<Backend = Self::Diesel, TransactionManager = AnsiTransactionManager>
        + MigrateConnection
        + MigrationHarness<Self::Diesel>;

    /// An empty database.
    fn place() -> Self::Place;

    /// Its URL.
    fn url(place: &Self::Place) -> DatabaseUrl;

    /// All facts of the catalogue, one per line: tables, columns, keys, checks and indexes; without
    /// the version table.
    fn catalogue(session: &mut dyn Session) -> BTreeSet<String>;

    /// A text without random parts, such as the name of a test's schema.
    fn lasting(text: &str) -> String {
        text.to_owned()
    }

    /// Removes what a case of this test may have left outside its database.
    fn tidy(_session: &mut dyn Session) {}

    /// Whether this describes a run in this process to those who wait for it.
    fn is_this_process(holder: &Holder) -> bool;

    /// Runs a script as a user would: with the database's own client, if that is a separate
    /// program.
    fn run_script(place: &Self::Place, script: &str);

    /// Another connection to the same database, opened as the command line opens it.
    fn session(place: &Self::Place) -> Box<dyn Session> {
        backend::connect(&Self::url(place), Access::Write).unwrap()
    }

    /// Another connection to the same database, as a program opens it.
    fn connection(place: &Self::Place) -> Self::Connection {
        Self::Connection::establish(Self::url(place).as_secret_str()).unwrap()
    }

    /// The values of a query's only column, which is text and named `text`.
    fn values(session: &mut dyn Session, query: &str) -> Vec<String> {
        session.texts(query).unwrap()
    }

    /// The value of an expression over a table's rows, as text, sorted.
    fn of_rows(session: &mut dyn Session, expression: &str, table: &str) -> Vec<String> {
        let query = format!(
            "SELECT CAST({expression} AS {}) AS text FROM {table} ORDER BY 1",
            Self::TEXT
        );
        Self::values(session, &query)
    }

    /// The number of tables, without the version table.
    fn tables(session: &mut dyn Session) -> usize {
        let facts = Self::catalogue(session);
        facts
            .iter()
            .filter(|fact| fact.starts_with("table "))
            .count()
    }
}

/// The differences between two catalogues: `- fact` for each that disappeared, `+ fact` for each
/// that appeared.
pub(crate) fn difference(before: &BTreeSet<String>, after: &BTreeSet<String>) -> Vec<String> {
    let gone = before.difference(after).map(|fact| format!("- {fact}"));
    let new = after.difference(before).map(|fact| format!("+ {fact}"));
    gone.chain(new).collect()
}

/// Generates tests from functions that are generic over the backend: one module per backend. Those
/// of servers need the feature `servers`.
macro_rules! on_each_backend {
    ($($test:ident)*) => {
        mod sqlite {
            $(#[test]
            fn $test() {
                super::$test::<crate::sqlite::Sqlite>();
            })*
        }

        #[cfg(feature = "servers")]
        mod postgres {
            $(#[test]
            fn $test() {
                super::$test::<crate::postgres::Postgres>();
            })*
        }

        #[cfg(feature = "servers")]
        mod mysql {
            $(#[test]
            fn $test() {
                super::$test::<crate::mysql::Mysql>();
            })*
        }

        #[cfg(feature = "servers")]
        mod mariadb {
            $(#[test]
            fn $test() {
                super::$test::<crate::mysql::Mariadb>();
            })*
        }
    };
}
pub(crate) use on_each_backend;

/// The same for the server backends.
#[cfg(feature = "servers")]
macro_rules! on_each_server {
    ($($test:ident)*) => {
        mod postgres {
            $(#[test]
            fn $test() {
                super::$test::<crate::postgres::Postgres>();
            })*
        }

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
#[cfg(feature = "servers")]
pub(crate) use on_each_server;

/// The same for the backends with transactional changes of the schema, in addition to the tests of
/// `on_each_backend`.
macro_rules! on_each_that_undoes {
    ($($test:ident)*) => {
        mod undone_sqlite {
            $(#[test]
            fn $test() {
                super::$test::<crate::sqlite::Sqlite>();
            })*
        }

        #[cfg(feature = "servers")]
        mod undone_postgres {
            $(#[test]
            fn $test() {
                super::$test::<crate::postgres::Postgres>();
            })*
        }
    };
}
pub(crate) use on_each_that_undoes;
