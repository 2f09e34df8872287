//! The classes of statements, one file for each family. They must not know how a class is tried.

mod engines;
mod mysql;
mod postgres;
mod shared;
mod sqlite;
mod typed;

use migrate_core::engine::backend::BackendKind::{self, Mariadb, Mysql, Postgres, Sqlite};

use super::class::{Class, body, skips, sql};

/// Lists of databases for the tables below.
const ALL: &[BackendKind] = &[Sqlite, Postgres, Mysql, Mariadb];
const MY: &[BackendKind] = &[Mysql, Mariadb];
const MARIA: &[BackendKind] = &[Mariadb];
const ORACLE: &[BackendKind] = &[Mysql];
const PG: &[BackendKind] = &[Postgres];
const LITE: &[BackendKind] = &[Sqlite];

/// All of them.
pub(super) fn all() -> Vec<Class> {
    let mut all = typed::classes();
    all.extend(shared::classes());
    all.extend(sqlite::classes());
    all.extend(postgres::classes());
    all.extend(mysql::classes());
    all.extend(engines::classes());
    all
}

/// The setup before any class: rows to count with, and a table in which each row shows.
pub(super) const READY: &[&str] = &[
    "CREATE TABLE t (id INTEGER PRIMARY KEY, n BIGINT NOT NULL, name VARCHAR(50))",
    "INSERT INTO t (id, n, name) VALUES (1, 10, 'a'), (2, 20, 'b'), (3, 30, 'c')",
    "CREATE TABLE log (line VARCHAR(200))",
];

/// The statements that empty a database named `{db}`.
pub(super) fn emptying(kind: BackendKind) -> &'static [&'static str] {
    match kind {
        Postgres => &[
            "SET lock_timeout = '10s'",
            "DO $$ DECLARE space text; BEGIN \
               FOR space IN SELECT quote_ident(nspname) FROM pg_namespace \
                 WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema' LOOP \
                 EXECUTE 'DROP SCHEMA ' || space || ' CASCADE'; \
               END LOOP; \
               CREATE SCHEMA public; \
             END $$",
        ],
        Mysql | Mariadb => &[
            "SET SESSION lock_wait_timeout = 10",
            "DROP DATABASE IF EXISTS {db}",
            "CREATE DATABASE {db}",
            "USE {db}",
        ],
        _ => &[],
    }
}

/// What a session sends to wait for locks, or to fail at once.
pub(super) fn patience(kind: BackendKind) -> (&'static str, &'static str) {
    match kind {
        Postgres => ("SET lock_timeout = '10s'", "SET lock_timeout = '2ms'"),
        Mysql => (
            "SET SESSION lock_wait_timeout = 10, information_schema_stats_expiry = 0",
            "SET SESSION lock_wait_timeout = 1, information_schema_stats_expiry = 0",
        ),
        Mariadb => (
            "SET SESSION lock_wait_timeout = 10",
            "SET SESSION lock_wait_timeout = 0",
        ),
        _ => ("PRAGMA busy_timeout = 5000", "PRAGMA busy_timeout = 0"),
    }
}
