//! Real servers for tests: their URLs, and a database for each test.
//!
//! `tests/servers/with` starts them and passes their URLs in variables. A test that needs one and
//! finds none fails: it is never skipped. This knows how to create and drop a database; it must not
//! know what a test does in it.

use std::env;
use std::fmt;
use std::io::Write;
use std::path::Path;
use std::process::{self, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use diesel::connection::SimpleConnection;
use diesel::{Connection, MysqlConnection, PgConnection};

/// A kind of server that the tests run against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Server {
    /// PostgreSQL 15.
    Postgres,
    /// MariaDB 10.11.
    Mariadb,
    /// MySQL 9.
    Mysql,
}

impl Server {
    /// Each of them.
    pub const ALL: [Server; 3] = [Server::Postgres, Server::Mariadb, Server::Mysql];

    /// Its name, as the scripts in `tests/servers` expect it.
    pub fn name(self) -> &'static str {
        match self {
            Server::Postgres => "postgres",
            Server::Mariadb => "mariadb",
            Server::Mysql => "mysql",
        }
    }

    /// The environment variable that holds an administrator's URL.
    pub fn variable(self) -> &'static str {
        match self {
            Server::Postgres => "MIGRATE_TEST_POSTGRES_URL",
            Server::Mariadb => "MIGRATE_TEST_MARIADB_URL",
            Server::Mysql => "MIGRATE_TEST_MYSQL_URL",
        }
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The URL of an administrator of this server.
///
/// # Panics
///
/// Without a server, with the command that starts one.
pub fn url(server: Server) -> String {
    let variable = server.variable();
    match env::var(variable) {
        Ok(url) if !url.is_empty() => url,
        _ => panic!(
            "this test needs {server}, and `{variable}` does not say where one is\n\
             help: tests/servers/with cargo test --package migrate-tests --features servers"
        ),
    }
}

/// A database for one test; it is dropped with this value.
#[derive(Debug)]
pub struct Database {
    server: Server,
    name: String,
    url: String,
}

impl Database {
    /// Creates an empty database on this server. `test` is part of its name, which shows its owner.
    ///
    /// # Panics
    ///
    /// Without a server (see [`url`]), or when it does not create the database.
    pub fn new(server: Server, test: &str) -> Database {
        let name = unique_name(test);
        let administrator = url(server);
        let create = match server {
            // template0: no session can be connected to it, which would prevent copying it.
            Server::Postgres => format!("CREATE DATABASE {name} TEMPLATE template0"),
            Server::Mariadb | Server::Mysql => format!("CREATE DATABASE {name}"),
        };
        execute(server, &administrator, &create)
            .unwrap_or_else(|error| panic!("{server} makes no database `{name}`: {error}"));
        Database {
            server,
            url: with_database(&administrator, &name),
            name,
        }
    }

    /// Its server.
    pub fn server(&self) -> Server {
        self.server
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The URL with which an administrator connects to it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A new connection to a database on PostgreSQL.
    pub fn postgres(&self) -> PgConnection {
        PgConnection::establish(&self.url)
            .unwrap_or_else(|error| panic!("no connection to `{}`: {error}", self.name))
    }

    /// A new connection to a database on MariaDB or MySQL.
    pub fn mysql(&self) -> MysqlConnection {
        MysqlConnection::establish(&self.url)
            .unwrap_or_else(|error| panic!("no connection to `{}`: {error}", self.name))
    }

    /// Runs one statement, or with PostgreSQL several, on a new connection.
    ///
    /// # Panics
    ///
    /// When the server refuses it.
    #[track_caller]
    pub fn execute(&self, sql: &str) {
        if let Err(error) = execute(self.server, &self.url, sql) {
            panic!("{} refuses `{sql}`: {error}", self.server);
        }
    }

    /// The server's own client, connected to it, to read a script from its input.
    ///
    /// # Panics
    ///
    /// When no variable says where the clients are.
    pub fn client(&self) -> Command {
        client(self.server, &self.url)
    }

    /// The server's own program for dumps of the schema.
    ///
    /// # Panics
    ///
    /// When no variable says where the clients are.
    pub fn dump_program(&self) -> Command {
        dumper(self.server, &self.url)
    }

    /// Runs a script with the server's own client, which stops at the first error.
    ///
    /// # Panics
    ///
    /// When the client cannot be started, or fails.
    #[track_caller]
    pub fn run_script(&self, script: &str) {
        let mut client = client(self.server, &self.url);
        let mut child = client
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("the client of {} does not start: {error}", self.server)
            });
        let mut input = child.stdin.take().expect("stdin is a pipe");
        // a client that stopped at an error reads no more, and reports why below
        let _ = input.write_all(script.as_bytes());
        drop(input);
        let output = child.wait_with_output().expect("a child can be waited for");
        assert!(
            output.status.success(),
            "the client of {} fails: {}\n{script}",
            self.server,
            String::from_utf8_lossy(&output.stderr)
        );
    }

    fn drop_database(&self) -> Result<(), String> {
        let (prepare, drop) = match self.server {
            Server::Postgres => ("", format!("DROP DATABASE {} WITH (FORCE)", self.name)),
            // A session that the test left in a transaction would otherwise block this for a day or
            // a year.
            Server::Mariadb | Server::Mysql => (
                "SET SESSION lock_wait_timeout = 10",
                format!("DROP DATABASE {}", self.name),
            ),
        };
        let administrator = url(self.server);
        match self.server {
            Server::Postgres => execute(self.server, &administrator, &drop),
            Server::Mariadb | Server::Mysql => {
                let mut connection =
                    MysqlConnection::establish(&administrator).map_err(|e| e.to_string())?;
                connection
                    .batch_execute(prepare)
                    .and_then(|()| connection.batch_execute(&drop))
                    .map_err(|e| e.to_string())
            }
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Err(error) = self.drop_database() {
            let problem = format!(
                "{} does not drop the database `{}`: {error}",
                self.server, self.name
            );
            // A second panic would hide the first one, which matters more.
            assert!(thread::panicking(), "{problem}");
        }
    }
}

/// The server's own client, connected to the database of this URL, to read a script from its input.
///
/// # Panics
///
/// When no variable says where the clients are.
pub fn client(server: Server, url: &str) -> Command {
    let mut command = program(
        server,
        url,
        match server {
            Server::Postgres => "psql",
            Server::Mariadb => "mariadb",
            Server::Mysql => "mysql",
        },
    );
    if server == Server::Postgres {
        command.args(["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"]);
    }
    command
}

/// The program that writes a database's schema as SQL.
fn dumper(server: Server, url: &str) -> Command {
    let (name, arguments) = match server {
        Server::Postgres => ("pg_dump", ["--schema-only", "--no-owner"]),
        // MariaDB's own is not part of its client here; MySQL's reads both
        Server::Mariadb => ("mysqldump", ["--no-data", "--column-statistics=0"]),
        Server::Mysql => ("mysqldump", ["--no-data", "--no-tablespaces"]),
    };
    let mut command = program(server, url, name);
    command.args(arguments);
    command
}

/// A program of a server, connected to a database.
fn program(server: Server, url: &str, name: &str) -> Command {
    let folder = env::var_os("MIGRATE_TEST_CLIENTS").unwrap_or_else(|| {
        panic!(
            "this test needs the client of {server}, and `MIGRATE_TEST_CLIENTS` does not say where the clients are\n\
             help: tests/servers/with cargo test --package migrate-tests --features servers"
        )
    });
    let mut command = Command::new(Path::new(&folder).join(name));
    // as in a container, where no locale sets the encoding of the script
    command.env("LC_ALL", "C").env("PGCLIENTENCODING", "LATIN1");
    if server == Server::Postgres {
        command.args(["--dbname", url]);
        return command;
    }
    // scheme://user:password@host:port/database?options
    let address = url.split_once("://").map_or(url, |(_, address)| address);
    let address = address.split('?').next().unwrap_or(address);
    let (user, place) = address.rsplit_once('@').unwrap_or(("root", address));
    let (user, password) = user.split_once(':').unwrap_or((user, ""));
    let (host, database) = place.split_once('/').unwrap_or((place, ""));
    let (host, port) = host.split_once(':').unwrap_or((host, "3306"));
    command.env("MYSQL_PWD", password);
    command.args(["--no-defaults", "--protocol=tcp"]);
    command.args([
        format!("--user={user}"),
        format!("--host={host}"),
        format!("--port={port}"),
    ]);
    command.arg(database);
    command
}

/// Runs one statement on a new connection.
fn execute(server: Server, url: &str, sql: &str) -> Result<(), String> {
    match server {
        Server::Postgres => run(PgConnection::establish(url), sql),
        Server::Mariadb | Server::Mysql => run(MysqlConnection::establish(url), sql),
    }
}

fn run<C: Connection>(connection: diesel::ConnectionResult<C>, sql: &str) -> Result<(), String> {
    connection
        .map_err(|error| error.to_string())?
        .batch_execute(sql)
        .map_err(|error| error.to_string())
}

/// A name that no other test has, in this process or another: lower case, and within PostgreSQL's
/// 63 bytes.
fn unique_name(test: &str) -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let readable: String = test
        .chars()
        .map(|c| match c {
            'a'..='z' | '0'..='9' => c,
            'A'..='Z' => c.to_ascii_lowercase(),
            _ => '_',
        })
        .take(30)
        .collect();
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    format!("t_{readable}_{}_{number}", process::id())
}

/// The same server, administrator and options, another database.
fn with_database(url: &str, database: &str) -> String {
    let (address, options) = match url.split_once('?') {
        Some((address, options)) => (address, format!("?{options}")),
        None => (url, String::new()),
    };
    let authority = address.find("://").map_or(0, |at| at + 3);
    let end = address[authority..]
        .find('/')
        .map_or(address.len(), |at| authority + at);
    format!("{}/{database}{options}", &address[..end])
}

#[cfg(test)]
mod tests {
    use super::{unique_name, with_database};

    #[test]
    fn a_database_replaces_the_administrators() {
        for (url, expected) in [
            ("mysql://a:b@h:1/mysql", "mysql://a:b@h:1/t"),
            ("mysql://a:b@h:1", "mysql://a:b@h:1/t"),
            (
                "postgres://a@h/p?sslmode=disable",
                "postgres://a@h/t?sslmode=disable",
            ),
            ("postgres://a@h?host=/run/x", "postgres://a@h/t?host=/run/x"),
        ] {
            assert_eq!(with_database(url, "t"), expected);
        }
    }

    #[test]
    fn names_are_unique_and_short_enough() {
        let long = "Ein sehr langer Name, mit Zeichen wie ß und `\"";
        let (first, second) = (unique_name(long), unique_name(long));
        assert_ne!(first, second);
        assert!(first.len() <= 63, "{first}");
        assert!(first.is_ascii(), "{first}");
    }
}
