//! The classes of statements, one file for each family. They must not know how a class is tried.

mod engines;
mod mysql;
mod postgres;
mod shared;
mod sqlite;
mod typed;

use migrate_core::backend::BackendKind::{self, Mariadb, Mysql, Postgres, Sqlite};

use super::class::{Class, body, skips, sql};

/// Lists of databases, as the tables below name them.
const ALL: &[BackendKind] = &[Sqlite, Postgres, Mysql, Mariadb];
const MY: &[BackendKind] = &[Mysql, Mariadb];
const MARIA: &[BackendKind] = &[Mariadb];
const ORACLE: &[BackendKind] = &[Mysql];
const PG: &[BackendKind] = &[Postgres];
const LITE: &[BackendKind] = &[Sqlite];

/// All of them.
pub(super) fn all() -> Vec<Class> {
    let mut all = engines::classes();
    all.extend(mysql::classes());
    all.extend(postgres::classes());
    all.extend(sqlite::classes());
    all.extend(shared::classes());
    all.extend(typed::classes());
    all
}

/// What is there before any class is: rows to count with, and a table in which each row shows.
pub(super) const READY: &[&str] = &[
    "CREATE TABLE t (id INTEGER PRIMARY KEY, n BIGINT NOT NULL, name VARCHAR(50))",
    "INSERT INTO t (id, n, name) VALUES (1, 10, 'a'), (2, 20, 'b'), (3, 30, 'c')",
    "CREATE TABLE log (line VARCHAR(200))",
];

/// What empties a database that is named `{db}`.
pub(super) fn emptying(kind: BackendKind) -> &'static [&'static str] {
    match kind {
        Postgres => &["DO $$ DECLARE space text; BEGIN \
               FOR space IN SELECT quote_ident(nspname) FROM pg_namespace \
                 WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema' LOOP \
                 EXECUTE 'DROP SCHEMA ' || space || ' CASCADE'; \
               END LOOP; \
               CREATE SCHEMA public; \
             END $$"],
        Mysql | Mariadb => &[
            "SET SESSION lock_wait_timeout = 10",
            "DROP DATABASE IF EXISTS {db}",
            "CREATE DATABASE {db}",
            "USE {db}",
        ],
        _ => &[],
    }
}
