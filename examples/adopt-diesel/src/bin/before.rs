//! The application as it was released in 2022: diesel's own harness, with the two migrations that
//! there were.

use std::error::Error;

use adopt_diesel::Database;
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut connection = Database::establish(&adopt_diesel::database_url())?;
    for _ in 0..2 {
        let version = connection.run_next_migration(MIGRATIONS)?;
        println!("diesel has run {version}");
    }
    for statement in [
        "INSERT INTO customers (id, name, email) VALUES (1, 'Ada', 'ada@example.com'), (2, 'Grace', 'grace@example.com')",
        "INSERT INTO tickets (id, customer_id, title) VALUES (1, 1, 'The engine stutters'), (2, 2, 'URGENT: a moth in the relay')",
    ] {
        diesel::sql_query(statement).execute(&mut connection)?;
    }
    Ok(())
}
