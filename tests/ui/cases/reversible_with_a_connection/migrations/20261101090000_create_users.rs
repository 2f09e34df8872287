use diesel::SqliteConnection;
use migrate_core::prelude::*;

#[revision(id = "a", down_revision = None, reversible)]
fn upgrade(_connection: &mut SqliteConnection) -> Result<()> {
    Ok(())
}
