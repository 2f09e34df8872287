//! A user of a test's database with only the granted rights; dropped with this value. It must not
//! know what a test does as that user.

use std::thread;

use crate::servers::{Database, Server};

/// A user with few rights.
#[derive(Debug)]
pub struct Guest<'a> {
    database: &'a Database,
    name: String,
    url: String,
}

impl<'a> Guest<'a> {
    /// Creates a user of this database without any rights.
    ///
    /// # Panics
    ///
    /// When the server does not create the user.
    pub fn new(database: &'a Database) -> Guest<'a> {
        let name = format!("g{}", database.name());
        let name = name[..name.len().min(32)].to_owned();
        let password = "guest_4711";
        database.execute(&match database.server() {
            Server::Postgres => format!("CREATE ROLE {name} LOGIN PASSWORD '{password}'"),
            Server::Mariadb | Server::Mysql => {
                format!("CREATE USER {name}@'%' IDENTIFIED BY '{password}'")
            }
        });
        let (scheme, rest) = database
            .url()
            .split_once("://")
            .expect("a URL has a scheme");
        let (_, place) = rest
            .rsplit_once('@')
            .expect("the administrator has a password");
        Guest {
            database,
            url: format!("{scheme}://{name}:{password}@{place}"),
            name,
        }
    }

    /// Grants rights, such as `SELECT`, on a table, or with `*` on all of them.
    pub fn may(&self, rights: &str, table: &str) -> &Guest<'a> {
        let (database, name) = (self.database.name(), &self.name);
        self.database
            .execute(&match (self.database.server(), table) {
                (Server::Postgres, "*") => {
                    format!("GRANT {rights} ON ALL TABLES IN SCHEMA public TO {name}")
                }
                (Server::Postgres, table) => format!("GRANT {rights} ON {table} TO {name}"),
                (_, table) => format!("GRANT {rights} ON {database}.{table} TO {name}@'%'"),
            });
        self
    }

    /// The user's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The URL with which the user connects.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Guest<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            return; // the database, and so the rights in it, may not be as they were
        }
        let name = &self.name;
        self.database.execute(&match self.database.server() {
            Server::Postgres => format!("DROP OWNED BY {name}; DROP ROLE {name}"),
            Server::Mariadb | Server::Mysql => format!("DROP USER {name}@'%'"),
        });
    }
}
