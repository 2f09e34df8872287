//! The statements of a script as migrations of diesel's embedded harness, which records them
//! itself. It must not know what `up` does.

use std::fmt;
use std::time::{Duration, Instant};

use diesel::SqliteConnection;
use diesel::backend::Backend;
use diesel::connection::{BoxableConnection, Connection};
use diesel::migration::{
    Migration, MigrationMetadata, MigrationName, MigrationSource, MigrationVersion, Result,
};
use diesel_migrations::MigrationHarness;
use migrate_core::engine::backend::BackendKind;
use migrate_core::migrator::Script;
use migrate_tests::scratch::Scratch;

/// A part of the script, without its row of the version table.
#[derive(Clone)]
struct Part {
    name: String,
    sql: String,
    transaction: bool,
}

struct Parts(Vec<Part>);

/// Runs the script as migrations on a new database, from connecting to the last.
pub(crate) fn run(kind: BackendKind, script: &Script, count: usize) -> Duration {
    let parts = Parts(parts(script));
    let database = Scratch::new(kind, "harness");
    let start = Instant::now();
    let done = match kind {
        BackendKind::Sqlite => apply::<SqliteConnection>(database.url(), parts),
        #[cfg(feature = "servers")]
        BackendKind::Postgres => apply::<diesel::PgConnection>(database.url(), parts),
        #[cfg(feature = "servers")]
        _ => apply::<diesel::MysqlConnection>(database.url(), parts),
        #[cfg(not(feature = "servers"))]
        _ => unreachable!("`kinds` gives what is compiled in"),
    };
    let time = start.elapsed();
    assert_eq!(done, count);
    time
}

fn apply<C: Connection + MigrationHarness<C::Backend>>(url: &str, parts: Parts) -> usize {
    let mut connection = C::establish(url).expect("a connection");
    let done = connection.run_pending_migrations(parts);
    done.expect("it goes up").len()
}

fn parts(script: &Script) -> Vec<Part> {
    let mut parts = Vec::new();
    for part in &script.parts {
        let own = |sql: &&str| !sql.contains("__diesel_schema_migrations");
        let statements = part.statements.iter().map(|sql| &**sql);
        let sql: Vec<&str> = statements.filter(own).collect();
        if !sql.is_empty() {
            parts.push(Part {
                name: format!("{:06}", parts.len()),
                sql: sql.join(";\n"),
                transaction: part.transaction,
            });
        }
    }
    parts
}

impl<DB: Backend> MigrationSource<DB> for Parts {
    fn migrations(&self) -> Result<Vec<Box<dyn Migration<DB>>>> {
        let parts = self.0.iter().cloned();
        Ok(parts.map(|part| Box::new(part) as Box<_>).collect())
    }
}

impl<DB: Backend> Migration<DB> for Part {
    fn run(&self, connection: &mut dyn BoxableConnection<DB>) -> Result<()> {
        Ok(connection.batch_execute(&self.sql)?)
    }

    fn revert(&self, _: &mut dyn BoxableConnection<DB>) -> Result<()> {
        Err("nothing is reverted here".into())
    }

    fn metadata(&self) -> &dyn MigrationMetadata {
        self
    }

    fn name(&self) -> &dyn MigrationName {
        self
    }
}

impl MigrationMetadata for Part {
    fn run_in_transaction(&self) -> bool {
        self.transaction
    }
}

impl MigrationName for Part {
    fn version(&self) -> MigrationVersion<'_> {
        MigrationVersion::from(&self.name)
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
