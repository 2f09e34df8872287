use diesel::prelude::*;
use migrate_core::revision;

/// Create users.
#[revision(id = "a", down_revision = None, downgrade = downgrade)]
fn upgrade(connection: &mut SqliteConnection) -> QueryResult<()> {
    diesel::sql_query("CREATE TABLE users (id INTEGER)").execute(connection).map(|_| ())
}

fn downgrade(connection: &mut diesel::SqliteConnection) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    diesel::sql_query("DROP TABLE users").execute(connection)?;
    Ok(())
}
