//! The test servers work as the other tests expect: they answer, and give each test its own
//! database.
//!
//! It must not know anything about migrations.

use std::collections::HashSet;
use std::sync::Barrier;
use std::thread;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use migrate_tests::servers::{Database, Server};

#[derive(QueryableByName)]
struct OneText {
    #[diesel(sql_type = Text)]
    value: String,
}

#[derive(QueryableByName)]
struct OneNumber {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

/// The result of a query on a new connection to the database.
fn text(database: &Database, query: &str) -> String {
    let query = diesel::sql_query(query);
    match database.server() {
        Server::Postgres => query.get_result::<OneText>(&mut database.postgres()),
        Server::Mariadb | Server::Mysql => query.get_result(&mut database.mysql()),
    }
    .expect("a text")
    .value
}

fn number(database: &Database, query: &str) -> i64 {
    let query = diesel::sql_query(query);
    match database.server() {
        Server::Postgres => query.get_result::<OneNumber>(&mut database.postgres()),
        Server::Mariadb | Server::Mysql => query.get_result(&mut database.mysql()),
    }
    .expect("a number")
    .value
}

fn exists(server: Server, name: &str) -> bool {
    let from_here = Database::new(server, "looks_from");
    let catalogue = match server {
        Server::Postgres => "pg_database WHERE datname",
        Server::Mariadb | Server::Mysql => "information_schema.schemata WHERE schema_name",
    };
    number(
        &from_here,
        &format!("SELECT count(*) AS value FROM {catalogue} = '{name}'"),
    ) == 1
}

#[expect(clippy::print_stdout, reason = "a test's output is its log")]
fn is_the_server_that_it_claims_to_be(server: Server) {
    let database = Database::new(server, "version");
    let version = text(&database, "SELECT version() AS value");
    println!("{server}: {version}");
    match server {
        Server::Postgres => assert!(version.starts_with("PostgreSQL "), "{version}"),
        Server::Mariadb => assert!(version.contains("MariaDB"), "{version}"),
        Server::Mysql => assert!(!version.contains("MariaDB"), "{version}"),
    }
}

fn keeps_tables_and_rows_until_dropped(server: Server) {
    let database = Database::new(server, "tables and rows");
    let name = database.name().to_owned();
    assert!(exists(server, &name));

    database.execute("CREATE TABLE users (id BIGINT PRIMARY KEY, name VARCHAR(50) NOT NULL)");
    database.execute("INSERT INTO users VALUES (1, 'Ünïcødé 🦀'), (2, 'b')");
    let count = "SELECT count(*) AS value FROM users";
    assert_eq!(number(&database, count), 2);
    assert_eq!(
        text(&database, "SELECT name AS value FROM users WHERE id = 1"),
        "Ünïcødé 🦀"
    );

    drop(database);
    assert!(!exists(server, &name), "`{name}` is still there");
}

fn gives_two_tests_two_databases_at_once(server: Server) {
    let both = Barrier::new(2);
    let one = || {
        let database = Database::new(server, "twins");
        database.execute("CREATE TABLE only_mine (id BIGINT PRIMARY KEY)");
        both.wait();
        // While both exist.
        assert_eq!(
            number(&database, "SELECT count(*) AS value FROM only_mine"),
            0
        );
        both.wait();
        database.name().to_owned()
    };
    let names: HashSet<String> = thread::scope(|scope| {
        let threads = [scope.spawn(one), scope.spawn(one)];
        threads
            .map(|thread| thread.join().expect("no panic"))
            .into()
    });
    assert_eq!(names.len(), 2, "{names:?}");
}

fn drops_a_database_that_a_session_is_still_in(server: Server) {
    let database = Database::new(server, "left open");
    let name = database.name().to_owned();
    database.execute("CREATE TABLE t (id BIGINT PRIMARY KEY)");
    match server {
        Server::Postgres => {
            let mut left = database.postgres();
            left.batch_execute("BEGIN; LOCK TABLE t").expect("a lock");
            drop(database);
        }
        Server::Mariadb | Server::Mysql => {
            let left = database.mysql();
            drop(database);
            drop(left);
        }
    }
    assert!(!exists(server, &name), "`{name}` is still there");
}

/// One module for each server, with each of the tests.
macro_rules! on_each_server {
    ($($module:ident: $server:ident,)*) => {$(
        mod $module {
            use super::Server;

            #[test]
            fn is_the_server_that_it_claims_to_be() {
                super::is_the_server_that_it_claims_to_be(Server::$server);
            }

            #[test]
            fn keeps_tables_and_rows_until_dropped() {
                super::keeps_tables_and_rows_until_dropped(Server::$server);
            }

            #[test]
            fn gives_two_tests_two_databases_at_once() {
                super::gives_two_tests_two_databases_at_once(Server::$server);
            }

            #[test]
            fn drops_a_database_that_a_session_is_still_in() {
                super::drops_a_database_that_a_session_is_still_in(Server::$server);
            }
        }
    )*};
}

on_each_server! {
    postgres: Postgres,
    mariadb: Mariadb,
    mysql: Mysql,
}
