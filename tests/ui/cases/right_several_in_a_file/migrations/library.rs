//! All of the library's revisions.

use migrate_core::prelude::*;

/// Create users.
#[revision(id = "users", down_revision = None, reversible)]
fn create_users(op: &mut Operations) -> Result<()> {
    op.create_table(table("users").column(column("id", Integer).primary_key()))
}

pub mod books {
    use migrate_core::prelude::*;

    #[migrate_core::revision(id = "books", down_revision = "users", downgrade = super::nothing)]
    pub(super) fn create_books(op: &mut Operations<'_>) -> Result<(), String> {
        op.execute("CREATE TABLE books (id INTEGER)").map_err(|_| "no".to_owned())
    }

    #[revision(id = "loans", down_revision = "books", irreversible)]
    fn create_loans(_op: &mut Operations) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        Ok(())
    }
}

fn nothing(_op: &mut Operations) -> Result<()> {
    Ok(())
}
